/*
 * Could these bytes hold an archive? By their own bytes alone, never by a name or a declared type.
 * qmvc asks before it has the unpacking libraries loaded, qmvc-open to know how to begin.
 */
#ifndef QMVC_OPEN_ARCHIVE_SIGNATURE_H
#define QMVC_OPEN_ARCHIVE_SIGNATURE_H

#include "base/slice.h"

/* How many kinds of signatures may stand anywhere. */
#define ARCHIVE_SIGNATURES 5u

enum archive_kind {
	ARCHIVE_NONE,
	/* One compressed stream, whose content may be anything. */
	ARCHIVE_GZIP,
	ARCHIVE_BZIP2,
	ARCHIVE_COMPRESS,
	ARCHIVE_LZMA,
	ARCHIVE_XZ,
	ARCHIVE_UU,
	ARCHIVE_LZIP,
	ARCHIVE_LZ4,
	ARCHIVE_ZSTD,
	/* Outlook's winmail.dat (MS-OXTNEF). */
	ARCHIVE_TNEF,
	/* A container with a directory: zip, tar, 7z, ... */
	ARCHIVE_CONTAINER,
};

/* What the bytes begin as. */
enum archive_kind archive_begins(struct slice bytes);

/*
 * The offset, at `from` or behind it, of the next signature that may stand anywhere (a zip, rar,
 * 7-Zip or cabinet behind a program, a picture, a document); bytes.len when there is none.
 */
size_t archive_find(struct slice bytes, size_t from);

/* The same again and again: each signature is looked for once in all, however often others stand. */
struct archive_search {
	bool started;
	size_t at[ARCHIVE_SIGNATURES]; /* where each of them stands next */
};

/* As archive_find(); `from` never goes back in one search, which begins zeroed. */
size_t archive_search_next(struct archive_search *search, struct slice bytes, size_t from);

/*
 * The offset, at `from` or behind it, of the next line that begins a uuencoded block
 * ("begin 644 name"); bytes.len when there is none near the beginning of the bytes.
 */
size_t archive_find_uu(struct slice bytes, size_t from);

/*
 * Does more than the signature fit, where archive_find() found one? Programs that pack hold the
 * signatures too, and four bytes come by chance. Asks nothing that a reader could do without.
 */
bool archive_plausible(struct slice bytes);

/* Either of the first two: is it worth asking what is inside? */
bool archive_possible(struct slice bytes);

/*
 * What can be opened without the libraries for archives, and is nothing else at the same time: what
 * is written as everybody does (zip_layout.h, tar_layout.h, gzip_layout.h). A gzip shows only when
 * it is unpacked whether it is what it says.
 */
enum archive_layout {
	ARCHIVE_IRREGULAR = 0,
	ARCHIVE_REGULAR_ZIP,
	ARCHIVE_REGULAR_TAR,
	ARCHIVE_REGULAR_GZIP,
};

enum archive_layout archive_layout(struct slice bytes);

#endif
