/*
 * Bytes, wherever they are: borrowed from the message, in memory, or in a memfd or an unlinked file
 * that is mapped. Always readable through `bytes`; a descriptor for a scanner comes from
 * content_open().
 */
#ifndef QMVC_MESSAGE_CONTENT_H
#define QMVC_MESSAGE_CONTENT_H

#include "base/slice.h"

/*
 * Decoded content up to so many bytes stays in memory, more goes into a memfd, where one can be had
 * and not too many descriptors are open, and still more into an unlinked file in tmp.
 */
#define CONTENT_SMALL_MAX  ((size_t)16 * 1024)
#define CONTENT_MEMORY_MAX ((size_t)1024 * 1024)

enum content_home {
	CONTENT_BORROWED, /* bytes belong to somebody who lives longer */
	CONTENT_MEMORY,	  /* malloc'd, owned */
	CONTENT_SEALED,	  /* mapped from fd, a memfd that nobody can change any more, both owned */
	CONTENT_FILE,	  /* mapped from fd, both owned */
};

struct content {
	struct slice bytes;
	enum content_home home;
	int fd; /* CONTENT_SEALED and CONTENT_FILE only, else -1 */
};

#define CONTENT_NONE ((struct content){.fd = -1})

struct content content_borrow(struct slice bytes);
/* Unmaps, closes, frees; leaves CONTENT_NONE behind. */
void content_release(struct content *content);
/*
 * A descriptor of its own (owned by the caller, offset 0, close-on-exec) for the bytes: the file or
 * sealed memfd opened anew, which copies nothing, or a memfd with a copy. Returns it or a negative errno.
 */
int content_open(const struct content *content);

/*
 * Where decoded bytes go while their number is not known: memory first, beyond CONTENT_SMALL_MAX a
 * memfd, beyond CONTENT_MEMORY_MAX an unlinked file in `tmp`. Used by the transfer decoders and by the reader of qmvc-open.
 */
struct content_writer {
	const char *tmp;
	uint64_t limit; /* bytes; one more gives -EFBIG */
	uint64_t total;
	unsigned char *data;
	size_t len, cap;
	int fd;		/* -1 as long as memory is enough */
	bool sealing;	/* fd is a memfd */
	bool in_memory; /* a memfd cannot be had */
	bool in_file;	/* more is expected than memory may hold */
};

void content_writer_init(struct content_writer *writer, const char *tmp, uint64_t limit);
/*
 * About `bytes` are to come, as far as one can tell: when that is far more than CONTENT_MEMORY_MAX
 * they go into the file from the first on.
 */
void content_writer_expect(struct content_writer *writer, uint64_t bytes);
/*
 * Returns 0, -EFBIG at the limit and only there (what fitted is kept), or a negative errno: a disk
 * or quota that is full, RLIMIT_FSIZE too, is -ENOSPC or -EDQUOT.
 */
int content_writer_add(struct content_writer *writer, struct slice bytes);
/* Turns what was written into *content, which owns it. Returns 0 or a negative errno. */
int content_writer_finish(struct content_writer *writer, struct content *content);
/* Drops everything; legal after finish. */
void content_writer_release(struct content_writer *writer);

/*
 * Where many small contents stay: the first CONTENT_POOL_MEMORY bytes in memory, the others one
 * behind the other in unlinked files, each mapped as a whole; so that neither memory nor the number
 * of descriptors grows with what an archive unpacks to.
 */
#define CONTENT_POOL_MEMORY ((size_t)16 * 1024 * 1024)

struct content_pool {
	size_t memory;	       /* bytes left where they were, memfds' too */
	unsigned char **files; /* where they are mapped */
	size_t count;	       /* of files */
	int fd;		       /* of the last one, when there is any */
	size_t used;	       /* bytes of it */
};

/*
 * An empty pool is all zeros. Moves a CONTENT_MEMORY or CONTENT_SEALED to a file in `tmp` when the pool has enough in
 * memory; it borrows from the pool then. Any other content is left as it is. Returns 0 or a negative
 * errno as content_writer_add() does.
 */
int content_pool_take(struct content_pool *pool, const char *tmp, struct content *content);
void content_pool_release(struct content_pool *pool);

#endif
