/*
 * A conversation with a scanning daemon that is asked about one object after another: SSSP, fsavd or
 * trophie. A protocol is a struct daemon_protocol, which knows how to ask and how to read, and
 * nothing else. Connecting, addresses in turn, deadlines, cancelling, what a loss in mid-object
 * means and whose fault it was are daemon_engine.c's and engine.c's business; `qmvc -t` is
 * daemon_check.c's. Both drive it by daemon_session.h.
 *
 *	connected -> begin() [-> take() ...] -> greeted -> ask() -> take() ... -> answered -> ask() ...
 */
#ifndef QMVC_SCAN_DAEMON_H
#define QMVC_SCAN_DAEMON_H

#include "loop/deadline.h"
#include "scan/scan.h"
#include "scan/session.h"

struct daemon;
struct daemon_events;

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
	size_t state_size; /* of daemon->state: zeroed for each connection */
	size_t answer_max; /* more bytes than this that take() does not consume are nonsense */
	bool by_path;	   /* it reads files: questions have a path */
	bool one_each;	   /* a new connection for every question */
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
};

extern const struct daemon_protocol sssp_protocol, fsavd_protocol, trophie_protocol;

struct daemon {
	struct session base; /* first */
	const struct daemon_protocol *protocol;
	const struct daemon_events *events;
	const struct scan_request *request;
	const struct scanner_config *config;
	struct daemon_question question; /* while base.waiting */
	void *state;			 /* the protocol's own */
	bool last;	   /* set by take(): the peer takes no other question on this connection */
	int failed;	   /* sending failed: a negative errno */
	unsigned greet_ms; /* 0: no bound */
	struct deadline *greeting;
	char words[160]; /* of DAEMON_REFUSES */
};

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
/* What it tells about itself, for `qmvc -t`: FACT_ENGINE, _PATTERNS, _DATE, _WARNING. */
void daemon_fact(struct daemon *daemon, enum scan_fact fact, struct slice text);
/*
 * Takes a line that ends with LF or CRLF off the front of `in` behind *used, which moves behind it.
 * False: there is no whole line. A line that holds a NUL comes as it is.
 */
bool daemon_line(struct slice in, size_t *used, struct slice *line);
/* take() for who reads line by line: goes on as long as `read` says DAEMON_MORE of a line. */
enum daemon_step daemon_lines(struct daemon *daemon, struct slice in, size_t *used,
	enum daemon_step (*read)(struct daemon *daemon, struct slice line));

#endif
