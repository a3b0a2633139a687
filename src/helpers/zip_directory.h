/*
 * The directory at the end of a zip (APPNOTE.TXT 4.3.12 ff.), to know which bytes of an object it
 * accounts for: what lies elsewhere is no part of what a reader of the directory shows, and has to
 * be looked at by itself.
 */
#ifndef QMVC_HELPERS_ZIP_DIRECTORY_H
#define QMVC_HELPERS_ZIP_DIRECTORY_H

#include "base/slice.h"

/* Bytes of the record of the end. */
#define ZIP_END_SIZE 22u

struct zip_extent {
	uint64_t start, end; /* of a member, the end of all up to it */
	uint64_t entry; /* where the directory tells of it */
	bool agrees; /* its own header says what the directory does */
	bool again;  /* the directory told of these bytes before */
};

struct zip_directory {
	struct slice bytes;
	uint64_t end; /* behind the record of the end, without its comment; 0: there is none */
	/* In the order of their bytes. */
	struct zip_extent *members;
	size_t count, kept;
	struct zip_extent directory; /* with that record */
};

/*
 * Reads the last directory in `bytes`. Returns 0 (with or without one) or -ENOMEM;
 * zip_directory_release() in any case.
 */
int zip_directory_read(struct slice bytes, struct zip_directory *zip);
void zip_directory_release(struct zip_directory *zip);

/* What the directory calls member `index`. */
struct slice zip_directory_name(const struct zip_directory *zip, size_t index);

/*
 * Bytes of the object from `at` on were read into `room`: where the own header of a member does not
 * agree with the directory, they become what the directory says. A reader then unpacks the member as
 * one does that believes the directory.
 */
void zip_directory_overrule(
	const struct zip_directory *zip, uint64_t at, unsigned char *room, size_t size);

/* Only the members before `count` were read: the others count as not accounted for. */
void zip_directory_keep(struct zip_directory *zip, size_t count);

/* Where the bytes end that are accounted for at `at`; `at` itself when it is not. */
uint64_t zip_directory_covers(const struct zip_directory *zip, uint64_t at);

#endif
