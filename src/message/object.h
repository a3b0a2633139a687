/*
 * What is checked and scanned: the raw message, every leaf part, and every member of an
 * archive. The list is made after reading, and grows while qmvc-open looks into archives; then each
 * condition and each scanner sees the same objects.
 */
#ifndef QMVC_MESSAGE_OBJECT_H
#define QMVC_MESSAGE_OBJECT_H

#include "message/message.h"

enum object_kind {
	OBJECT_MESSAGE, /* the whole mail as it stands; always object 0 */
	OBJECT_PART,	/* a leaf of the MIME tree */
	OBJECT_MEMBER,	/* out of a container */
};

enum object_flag {
	OBJECT_TEXT = 1,	/* settled as plain text (plain_text.h): no helper needed */
	OBJECT_NEGATIVE = 2,	/* -n: its type is in noscantypes, not given to scanners */
	OBJECT_EXECUTABLE = 4,	/* qmvc-open took it for a program */
	OBJECT_ENCRYPTED = 8,
	OBJECT_OVERLIMIT = 16,	/* qmvc-open met a limit, or died, on it */
	OBJECT_DAMAGED = 32,
	OBJECT_TYPED = 64,	/* mime and description are filled in */
	OBJECT_IN_PARTS = 128,	/* object 0: all of it is in the others too (message/doubt.h) */
	OBJECT_UNSUPPORTED = 256, /* an archive, or a method in it, that qmvc-open cannot read */
	OBJECT_CONTAINER = 512,	  /* its bytes show the signature of an archive: open_mark() */
	OBJECT_UNTYPED = 1024,	  /* nobody asked: it is of no type that a rule is for (type_marks.h) */
	OBJECT_NAMED = 2048,	  /* and is asked about all the same: a finding names it */
	OBJECT_SEARCHED = 4096,	  /* for OBJECT_CONTAINER; all its bytes are read for that, and once is enough */
};

struct object {
	unsigned index;
	enum object_kind kind;
	int parent;		    /* index of the object it came out of; -1 for object 0 */
	unsigned depth;		    /* OBJECT_MEMBER: how many archives it was in */
	unsigned flags;
	const char *limit;	    /* OBJECT_OVERLIMIT: a key of the file limits, or NULL */
	const struct part *part;    /* OBJECT_PART */
	const struct content *content;
	struct content *unpacked;   /* OBJECT_MEMBER: what content points to; the list owns it */
	const struct slice *names;  /* UTF-8, every candidate */
	size_t name_count;
	const char *mime;	    /* libmagic's MIME type, e.g. "application/x-dosexec", or NULL */
	const char *description;    /* as file(1) prints, or NULL */
	const char *const *imports; /* libraries an executable loads, NULL-terminated, or NULL */
};

struct objects {
	struct arena arena;
	struct object *list;
	size_t count, room;
	struct content message; /* object 0's content: the mapped message, borrowed */
	struct content_pool pool; /* what members' contents may borrow from */
};

/*
 * Makes the list from the message's reading and settles plain text. Empty leaves are objects too.
 * Returns 0 or -ENOMEM.
 */
int objects_make(struct objects *objects, const struct message *message);

/* Does some object need qmvc-open: is not settled as text, and not object 0, and not empty? */
bool objects_need_opening(const struct objects *objects);

/*
 * Adds an empty member of object `parent` to the end of the list; pointers to objects are then no
 * longer valid. Returns 0 or -ENOMEM.
 */
int objects_add_member(struct objects *objects, unsigned parent);

/*
 * Gives an object one more name, `raw` as an archive has it: UTF-8, or in the charset of DOS, which
 * it is then read in too. Returns 0 or -ENOMEM.
 */
int object_add_name(struct objects *objects, struct object *object, struct slice raw);

void objects_release(struct objects *objects);

/*
 * A short name for people and the log: the first file name, or "part N" or "message"; for a member
 * with those of the archives it was in before it, "a.zip/inner/evil.exe". Into `out`; hostile bytes
 * are left as they are, who prints them quotes them. 0 or -ENOMEM.
 */
int object_label(const struct objects *objects, const struct object *object, struct buf *out);

/* The name of the file that an object is for scanners that read files: four digits, or more. */
#define OBJECT_FILE_NAME 16
void object_file_name(unsigned index, char name[OBJECT_FILE_NAME]);

/*
 * The object that `name` is the file of, as a scanner printed it: it may go on with a member of an
 * archive in it. Exactly a name of object_file_name(), of one of `count` objects; else -1.
 */
int object_of_file(struct slice name, size_t count);

#endif
