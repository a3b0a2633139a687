/*
 * What is inside of an archive, one layer of it: libarchive's formats and filters, and TNEF by
 * libytnef. The members go out as they are unpacked; nothing is kept and no file is made.
 */
#ifndef QMVC_HELPERS_UNPACK_H
#define QMVC_HELPERS_UNPACK_H

#include "base/error.h"
#include "helpers/channel.h"
#include "open/archive_signature.h"

/* The answer in the making, and what it may still hold. */
struct unpack_sink {
	struct channel *channel;
	struct buf lines;	/* not sent yet */
	uint64_t members, bytes; /* how many more may go out */
	unsigned flags;		/* of open_flag, met so far */
	bool full;		/* a limit was met: nothing more goes out */
	bool lacking; /* it takes the libraries, which were not loaded: nothing went out */
	int failed;		/* qmvc takes no more: a negative errno */
};

/*
 * Loads the two libraries, and what they load themselves when first used. To be called before the
 * box closes. Returns 0 or a negative errno with *error set.
 */
int unpack_load(struct error *error);

/* What was loaded, e.g. "libarchive 3.6.2"; NULL when nothing was. */
const char *unpack_version(void);

/*
 * unpack_places.c: sends the members of the object in `fd`, `size` bytes of it, and says in
 * sink->flags what stood in the way. Bytes that are no archive have no members and no flags. What
 * archive_layout() calls regular needs no library; for anything else, and for a gzip that proves to
 * be something else, sink->lacking is set when they were not loaded.
 */
void unpack(int fd, uint64_t size, struct unpack_sink *sink);

struct zip_directory;

/* A piece of an object. */
struct unpack_piece {
	int fd;
	uint64_t start, size;
	bool is_stream;
	struct slice name; /* of a stream's content, where libarchive does not tell */
	/*
	 * A zip's directory, to be read by. libarchive tells a member's name from its own header,
	 * and unpackers show the one in the directory.
	 */
	const struct zip_directory *zip;
};

struct unpack_result {
	unsigned count;	/* members */
	size_t listed;	/* how many of the directory's those were */
	bool whole;	/* it was read to its end */
	bool rockridge;	/* an ISO 9660, read by its Rock Ridge tree */
	/* Bytes of the piece, at least 1, behind which something else may begin. */
	uint64_t end;
};

/* Which of its tables of contents an archive is read by. */
enum unpack_reader {
	UNPACK_PLAIN, /* zip by the headers of its members, or by its directory: unpack_piece.zip */
	UNPACK_JOLIET, /* ISO 9660 by the tree that Windows shows */
};

/*
 * unpack.c: one archive or compressed stream that begins with the piece. `sure`: it has the
 * signature of one, so that an error at its beginning is one.
 */
struct unpack_result unpack_container(const struct unpack_piece *piece, enum unpack_reader reader,
	bool sure, struct unpack_sink *sink);
struct unpack_result unpack_stream(
	const struct unpack_piece *piece, enum archive_kind kind, struct unpack_sink *sink);

/*
 * For those who read one kind. Each returns false when the reading is to stop: a limit was met
 * (then OPEN_FLAG_OVERLIMIT is set) or qmvc takes no more.
 */
bool sink_member(struct unpack_sink *sink, enum open_member kind);
bool sink_name(struct unpack_sink *sink, struct slice name);
bool sink_data(struct unpack_sink *sink, struct slice data);

/* unpack_zip.c, unpack_tar.c: the members of what archive_layout() calls regular, without a library. */
void zip_unpack(struct slice bytes, struct unpack_sink *sink);
void tar_unpack(struct slice bytes, struct unpack_sink *sink);

/*
 * unpack_gzip.c: the same for gzip. Returns false, and has sent nothing, when it is not what it says:
 * damaged, several streams, something behind it; or without memory for the content.
 */
bool gzip_unpack(struct slice bytes, struct unpack_sink *sink);

/* rar5.c: is something in the RAR of version 5 that `bytes` begin with closed with a password? */
bool rar5_is_encrypted(struct slice bytes);

/* tnef.c: the same for TNEF, over bytes that are all there. Returns where it ends. */
int tnef_load(struct error *error);
uint64_t tnef_unpack(struct slice bytes, struct unpack_sink *sink);

/* Loads one library; *handle is for dlsym(3). Returns 0 or -ENOENT with *error set. */
int unpack_load_library(const char *name, void **handle, struct error *error);

#endif
