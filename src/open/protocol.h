/*
 * What qmvc and qmvc-open say to each other over a stream socket (descriptor 3 of the helper). Both
 * sides use this file, so there is one place that knows the words and their bounds.
 *
 * qmvc asks, and behind the last line of a question sends one NUL byte that carries the descriptor
 * of the object's bytes (SCM_RIGHTS, unix(7)):
 *
 *	members N		only when the object is to be looked into: at most so many members,
 *	bytes N			and so many bytes in all of them
 *	object INDEX LF NUL
 *
 * at most OPEN_WINDOW of them before it has an answer. qmvc-open says "qmvc-open VERSION" once its
 * box is closed and before it looks at any byte of the mail; then, for each object, in any order
 * but the last line:
 *
 *	object INDEX
 *	mime TYPE		at most once
 *	text DESCRIPTION	at most once, as file(1) prints
 *	flag WORD		executable, overlimit, encrypted, damaged, unsupported
 *	import LIBRARY		at most OPEN_IMPORTS_MAX
 *	member KIND		what follows belongs to a new member: 0 has names of its own, 1 is
 *				the content of a compressed file, named after it
 *	name LENGTH LF BYTES	a name of that member, as it stands there
 *	data LENGTH LF BYTES	the next bytes of that member
 *	end INDEX
 *
 * or, behind the first of these lines, nothing but
 *
 *	lacking INDEX		what is inside takes the libraries for archives, and it was started
 *				without them: qmvc asks another one, which has them
 *
 * Every line ends with LF and holds UTF-8 that can be seen: no control or invisible characters;
 * only behind `name` and `data` come bytes as they are. Members become objects of qmvc's, which
 * asks for them in their turn: so qmvc-open opens one layer at a time, keeps nothing, and what it
 * had unpacked before it died is not lost. The side that has no more to ask closes the socket. Two
 * versions never talk to each other.
 */
#ifndef QMVC_OPEN_PROTOCOL_H
#define QMVC_OPEN_PROTOCOL_H

#include "base/buf.h"

#include <stdint.h>

#define OPEN_VERSION 3
#define OPEN_FD	     3
#define OPEN_WINDOW  16

/* Bytes: of a line without its LF, of a text, of a MIME type, of a library's name. */
#define OPEN_LINE_MAX	((size_t)1100)
#define OPEN_TEXT_MAX	((size_t)1024)
#define OPEN_MIME_MAX	((size_t)255)
#define OPEN_IMPORT_MAX ((size_t)255)
/* Libraries of one object, bytes of their names, and bytes of all names in one run. */
#define OPEN_IMPORTS_MAX   1000u
#define OPEN_IMPORTS_BYTES ((size_t)65536)
#define OPEN_IMPORTS_TOTAL ((size_t)4 * 1024 * 1024)
/* Bytes of a member's name (of a longer one its end is sent), names of one, bytes of one `data`. */
#define OPEN_NAME_MAX  ((size_t)1024)
#define OPEN_NAMES_MAX 4u
#define OPEN_DATA_MAX  ((size_t)65536)

enum open_record_kind {
	OPEN_HELLO,  /* number: the version */
	OPEN_OBJECT, /* number: the index; a question when qmvc says it */
	OPEN_MIME,
	OPEN_TEXT,
	OPEN_FLAG, /* number: an open_flag */
	OPEN_IMPORT,
	OPEN_END,     /* number: the index */
	OPEN_LACKING, /* number: the index */
	OPEN_MEMBERS, /* number: a bound */
	OPEN_BYTES,   /* number: a bound */
	OPEN_MEMBER,  /* number: an open_member */
	OPEN_NAME,    /* number: bytes that follow */
	OPEN_DATA,    /* number: bytes that follow */
	OPEN_RECORD_KINDS
};

enum open_flag {
	OPEN_FLAG_EXECUTABLE = 1,
	OPEN_FLAG_OVERLIMIT = 2,
	OPEN_FLAG_ENCRYPTED = 4,
	OPEN_FLAG_DAMAGED = 8,
	OPEN_FLAG_UNSUPPORTED = 16,
};

enum open_member {
	OPEN_MEMBER_NAMED,
	OPEN_MEMBER_CONTENT,
};

struct open_record {
	enum open_record_kind kind;
	uint64_t number; /* at most 15 digits */
	struct slice text; /* mime, text, import: never empty; borrows the line */
};

/*
 * Appends the record as a line. Text is made fit to be sent: what is not allowed becomes '?', what
 * is too long is cut; a record whose text is empty then is left out. 0 or -ENOMEM.
 */
int open_record_write(
	struct buf *out, enum open_record_kind kind, uint64_t number, struct slice text);

/* Reads one line (without LF). Returns 0, or -EPROTO: not exactly as above. */
int open_record_read(struct slice line, struct open_record *record);

#endif
