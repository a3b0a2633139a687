/*
 * A conversation with a scanning daemon that is asked about one object after another: SSSP, fsavd,
 * trophie, ICAP. A protocol is a struct daemon_protocol, which knows how to ask and how to read, and
 * nothing else. Connecting, addresses in turn, deadlines, cancelling, what a loss in mid-object
 * means and whose fault it was are daemon_engine.c's and engine.c's business; `qmvc -t` is
 * daemon_check.c's. Both drive this session through struct daemon_events.
 *
 *	connected -> begin() [-> take() ...] -> greeted -> ask() -> take() ... -> answered -> ask() ...
 */
#ifndef QMVC_SCAN_DAEMON_H
#define QMVC_SCAN_DAEMON_H

#include "loop/deadline.h"
#include "scan/scan.h"
#include "scan/session.h"

struct daemon;

/* What is asked about: an object, or a probe (harmless content to see if it answers at all). */
struct daemon_question {
	const struct object *object; /* NULL: a probe */
	struct slice bytes;	     /* the content; valid until the connection is closed */
	const char *path;	     /* by_path: an absolute path of a file that holds it */
};

/* What begin() and take() come to. */
enum daemon_step {
	DAEMON_MORE,	/* the peer has not said everything yet */
	DAEMON_GREETED, /* the greetings are over: it may be asked */
	DAEMON_CLEAN,	/* the answer is whole, and is the exact clean one */
	DAEMON_ANSWERED, /* the answer is whole; what it says was told by daemon_found(), _failed() */
	DAEMON_TOO_LARGE, /* the answer is whole: it does not take an object of this size */
	DAEMON_REFUSES,	  /* it cannot or will not scan at all; words by daemon_words() */
	DAEMON_NONSENSE,  /* not of the protocol: nothing it says is believed any more */
};

struct daemon_protocol {
	const char *name;
	size_t state_size;  /* of daemon->state: zeroed for each connection */
	size_t memory_size; /* of daemon->memory: zeroed once for all connections of a scan */
	size_t answer_max;  /* more bytes than this that take() does not consume are nonsense */
	bool by_path;	    /* it reads files: questions have a path */
	bool one_each;	    /* a new connection for every question */
	/*
	 * The socket is connected: sends what comes first, if anything does. DAEMON_MORE when the peer
	 * has to greet, DAEMON_GREETED when not. NULL: DAEMON_GREETED. When the greetings fail, or do not
	 * come in time (address_greet_ms()), the next address is tried.
	 */
	enum daemon_step (*begin)(struct daemon *daemon);
	/*
	 * Sends the question daemon->question: DAEMON_MORE, the answer follows. Or DAEMON_TOO_LARGE
	 * without sending it.
	 */
	enum daemon_step (*ask)(struct daemon *daemon);
	/*
	 * Reads the greetings, then the answers: `in` is all that came and was not consumed, *used
	 * (0 before) becomes how much of it is consumed now. Whole lines are consumed as they come, so
	 * that what is left when the connection breaks is a word cut off, and not a daemon that died on
	 * the object; before nonsense it stops. With `eof` nothing more will come; DAEMON_MORE is then a
	 * loss. Bytes behind a whole answer are nonsense. May send, too.
	 */
	enum daemon_step (*take)(struct daemon *daemon, struct slice in, bool eof, size_t *used);
	/* Frees what `state` holds. NULL: nothing. Also called when the connection never stood. */
	void (*release)(struct daemon *daemon);
};

extern const struct daemon_protocol sssp_protocol, fsavd_protocol, trophie_protocol;

/* What the one who asks is told. `closed` is the last, after session_end() or `broken`. */
struct daemon_events {
	void (*ready)(struct daemon *daemon); /* session->ready is set by the owner */
	void (*found)(struct daemon *daemon, enum verdict verdict, struct slice name);
	void (*failed)(struct daemon *daemon, struct slice text);
	/* DAEMON_CLEAN, _ANSWERED, _TOO_LARGE, _REFUSES (daemon->words) */
	void (*answered)(struct daemon *daemon, enum daemon_step step);
	void (*fact)(struct daemon *daemon, enum scan_fact fact, struct slice text); /* or NULL */
	void (*broken)(struct session *session, int error, struct slice words);
	void (*closed)(struct session *session);
};

struct daemon {
	struct session base; /* first */
	const struct daemon_protocol *protocol;
	const struct daemon_events *events;
	const struct scan_request *request;
	const struct scanner_config *config;
	struct daemon_question question; /* while base.waiting */
	void *state, *memory;		 /* the protocol's own */
	bool checking;			 /* for `qmvc -t`: ask for the version, too */
	bool last;	   /* set by take(): the peer takes no other question on this connection */
	int failed;	   /* sending failed: a negative errno */
	unsigned greet_ms; /* 0: no bound */
	struct deadline *greeting;
	char words[160]; /* of DAEMON_REFUSES */
};

/* ---- For protocols ---- */

/* Queues bytes: copied; or valid until the connection is closed, as those of the question are. */
void daemon_send(struct daemon *daemon, struct slice bytes);
void daemon_send_borrowed(struct daemon *daemon, struct slice bytes);
/*
 * Part of an answer, any number: VERDICT_INFECTED, _SUSPICIOUS, _ENCRYPTED or _LIMIT with a name; or
 * it failed on this object, as it says in `text`. They count even if the answer is never whole.
 */
void daemon_found(struct daemon *daemon, enum verdict verdict, struct slice name);
void daemon_failed(struct daemon *daemon, struct slice text);
/* Notes the words for DAEMON_REFUSES, and returns that. */
enum daemon_step daemon_words(struct daemon *daemon, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What it tells about itself, while daemon->checking; FACT_ENGINE, _PATTERNS, _DATE, _WARNING. */
void daemon_fact(struct daemon *daemon, enum scan_fact fact, struct slice text);
/*
 * Takes a line that ends with LF or CRLF off the front of `in` behind *used, which moves behind it.
 * False: there is no whole line. A line that holds a NUL comes as it is.
 */
bool daemon_line(struct slice in, size_t *used, struct slice *line);
/* take() for who reads line by line: goes on as long as `read` says DAEMON_MORE of a line. */
enum daemon_step daemon_lines(struct daemon *daemon, struct slice in, size_t *used,
	enum daemon_step (*read)(struct daemon *daemon, struct slice line));

/* ---- For who asks ---- */

/* Room for the protocol's state and memory, to be added to what holds the struct daemon. */
size_t daemon_room(const struct daemon_protocol *protocol);
/* Once: `room` is zeroed, aligned for anything, and lives as long as the daemon. */
void daemon_setup(struct daemon *daemon, const struct daemon_protocol *protocol,
	const struct daemon_events *events, const struct scan_request *request,
	const struct scanner_config *config, void *room);
/* For each connection, as session_init(); its conn is opened with session_conn(&daemon->base). */
struct session *daemon_init(struct daemon *daemon, void *context);
/*
 * Asks, once ready, one question at a time: 0, the answer follows; or a negative errno. *step becomes
 * DAEMON_MORE, or DAEMON_TOO_LARGE when that is the answer already, and none follows.
 */
int daemon_ask(
	struct daemon *daemon, const struct daemon_question *question, enum daemon_step *step);

#endif
