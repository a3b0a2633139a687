/*
 * Memory for libuv when there is none. libuv aborts where its table of watchers cannot grow; that would
 * end the filter by a signal, with its work tree left behind and nothing said. So what cannot be had
 * there comes from a reserve, and the next allocation that fails is one whose failure is an error.
 */
#ifndef QMVC_LOOP_RESERVE_H
#define QMVC_LOOP_RESERVE_H

/* Makes libuv allocate through us. Before its first other call; again is legal. */
void reserve_install(void);

#endif
