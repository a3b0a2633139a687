/*
 * What conn.c (the socket once it is open) and connect.c (how it gets there) share. Private to
 * loop/.
 *
 *	STARTING -> [RESOLVING] -> CONNECTING (one address after another) -> OPEN -> BROKEN, CLOSING
 */
#ifndef QMVC_LOOP_CONN_PRIVATE_H
#define QMVC_LOOP_CONN_PRIVATE_H

#include "loop/conn.h"
#include "loop/loop_private.h"
#include "loop/send_queue.h"

#include <sys/socket.h>
#include <sys/un.h>

struct resolve;

#define CONN_ADDRESSES_MAX 8

enum conn_state {
	CONN_STARTING,
	CONN_RESOLVING,
	CONN_CONNECTING,
	CONN_OPEN,
	CONN_BROKEN,
	CONN_CLOSING,
};

/* A socket under libuv; an attempt to connect that failed is still closing while the next runs. */
struct conn_socket {
	uv_poll_t poll;
	int fd;
	int polled; /* the events asked for */
	struct conn *conn;
};

struct conn_address {
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_storage room;
	} to;
	socklen_t len;
};

struct conn {
	struct loop_item item;
	struct loop *loop;
	conn_handler *handler; /* NULL: nobody wants to hear */
	void *context;
	enum conn_state state;
	uv_timer_t timer;
	unsigned handles; /* libuv has not let go of them yet: the timer and the sockets */
	struct conn_socket *socket;
	char *host; /* to be resolved, else NULL */
	unsigned port;
	struct resolve *resolve;
	struct conn_address addresses[CONN_ADDRESSES_MAX];
	unsigned address_count, address_next;
	uint64_t until_us, attempt_until_us; /* 0: no bound */
	unsigned retry_ms;
	uint64_t sending_us, sending_since_us; /* what has ended; 0: is not sending */
	struct send_queue queue;
	bool takes_fds;
	bool deaf; /* the peer takes no more: what is sent is dropped */
	bool eof;  /* nothing more comes in */
};

/* conn.c: Reports CONN_FAILED with `error`; nothing but conn_close() is left to do. */
void conn_fail(struct conn *conn, int error);
/* conn.c: Puts `fd` under libuv as conn->socket; owns it, also when it fails. 0 or an errno. */
int conn_take_socket(struct conn *conn, int fd);
/* conn.c: Closes conn->socket, if there is one. */
void conn_drop_socket(struct conn *conn);
/* conn.c: Asks libuv for these events of conn->socket. */
void conn_set_poll(struct conn_socket *sock, int events);
/* conn.c: The connection stands. */
void conn_connected(struct conn *conn);

/* connect.c: Notes where to connect. 0 or a negative errno, as conn_open(). */
int connect_note_unix(struct conn *conn, const char *path);
int connect_note_host(struct conn *conn, const char *host, unsigned port);
/* connect.c: Begins in the next turn, to be done within `timeout_ms` (0: no bound). */
void connect_begin(struct conn *conn, unsigned timeout_ms);
/* connect.c: The socket of the attempt under way is writable or in error. */
void connect_attempt_ended(struct conn *conn);

#endif
