/*
 * Memory for libuv when there is none. libuv aborts where its table of watchers cannot grow; that would
 * end the filter by a signal, with its work tree left behind and nothing said. So what cannot be had
 * there comes from a reserve, and the next allocation that fails is one whose failure is an error.
 */
#ifndef QMVC_LOOP_RESERVE_H
#define QMVC_LOOP_RESERVE_H

#include <stddef.h>

/* What a reserve takes. Aligned for any type; untouched until it is needed. */
#define RESERVE_SIZE ((size_t)8192)

/*
 * Makes libuv allocate through us, with `reserve` (RESERVE_SIZE bytes) to fall back to, which stays valid
 * until its loop is closed. Before the first other call for that loop; once for each of them.
 */
void reserve_install(void *reserve);

#endif
