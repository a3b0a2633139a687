/* The bytes that libarchive sees; see unpack_source.h. Those of a zip as its directory has them. */
#include "helpers/unpack_source.h"

#include "helpers/zip_directory.h"

#include <unistd.h>

la_ssize_t source_read(struct archive *archive, void *context, const void **bytes)
{
	struct source *source = context;
	size_t most = SOURCE_ROOM;
	ssize_t got;

	(void)archive;
	if (most > source->piece.size - source->at)
		most = (size_t)(source->piece.size - source->at);
	got = pread(source->piece.fd, source->room, most,
		(off_t)(source->piece.start + source->at));
	if (got > 0 && source->piece.zip)
		zip_directory_overrule(
			source->piece.zip, source->at, source->room, (size_t)got);
	if (got > 0)
		source->at += (uint64_t)got;
	*bytes = source->room;
	return got;
}

la_int64_t source_skip(struct archive *archive, void *context, la_int64_t request)
{
	struct source *source = context;
	uint64_t left = source->piece.size - source->at;
	uint64_t skipped = request < 0 ? 0 : (uint64_t)request;

	(void)archive;
	if (skipped > left)
		skipped = left;
	source->at += skipped;
	return (la_int64_t)skipped;
}

la_int64_t source_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct source *source = context;
	la_int64_t base = 0, to;

	(void)archive;
	if (whence == SEEK_CUR)
		base = (la_int64_t)source->at;
	else if (whence == SEEK_END)
		base = (la_int64_t)source->piece.size;
	if (__builtin_add_overflow(base, offset, &to) || to < 0 ||
		(uint64_t)to > source->piece.size)
		return ARCHIVE_FATAL;
	source->at = (uint64_t)to;
	return to;
}
