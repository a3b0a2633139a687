/*
 * Archives by libarchive; see unpack.h. The library is loaded by hand, since most mails hold no
 * archive, or a zip that unpack_zip.c reads, and loading it costs more than all else the helper
 * does. Formats and filters are enabled by name: with "all" of them libarchive starts programs
 * (lrzip, lzop, grzip) and opens files that a mail names (mtree). A compressed stream is one layer, whatever is in it: its content goes back
 * to qmvc, which asks again, so that neither a gzip that holds itself nor one that holds what looks
 * like an empty tar is a special case.
 */
#include "helpers/unpack.h"

#include "open/archive_signature.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The names whose types this was compiled with. */
#define LIBRARY "libarchive.so.13"

#define READ_SIZE ((size_t)65536)
/* Places other than its beginning where an archive is looked for in an object that begins as none. */
#define PLACES_MAX 8u

#define CALLS(X) \
	X(archive_version_string) \
	X(archive_read_new) \
	X(archive_read_free) \
	X(archive_read_append_filter) \
	X(archive_read_support_filter_compress) \
	X(archive_read_set_read_callback) \
	X(archive_read_set_skip_callback) \
	X(archive_read_set_seek_callback) \
	X(archive_read_set_callback_data) \
	X(archive_read_open1) \
	X(archive_read_next_header) \
	X(archive_read_data_block) \
	X(archive_read_has_encrypted_entries) \
	X(archive_filter_bytes) \
	X(archive_format) \
	X(archive_errno) \
	X(archive_error_string) \
	X(archive_entry_pathname) \
	X(archive_entry_pathname_utf8) \
	X(archive_entry_is_encrypted) \
	X(archive_read_support_format_raw)

#define FORMATS(X) \
	X(archive_read_support_format_zip) \
	X(archive_read_support_format_tar) \
	X(archive_read_support_format_cpio) \
	X(archive_read_support_format_7zip) \
	X(archive_read_support_format_rar) \
	X(archive_read_support_format_rar5) \
	X(archive_read_support_format_cab) \
	X(archive_read_support_format_lha) \
	X(archive_read_support_format_iso9660) \
	X(archive_read_support_format_xar) \
	X(archive_read_support_format_ar) \
	X(archive_read_support_format_warc)

/* libarchive's functions, by their names and with their types. */
static struct library {
#define DECLARE(name) __typeof__(&name) name;
	CALLS(DECLARE)
	FORMATS(DECLARE)
#undef DECLARE
} la;

static const int filters[] = {
	[ARCHIVE_GZIP] = ARCHIVE_FILTER_GZIP,
	[ARCHIVE_BZIP2] = ARCHIVE_FILTER_BZIP2,
	[ARCHIVE_LZMA] = ARCHIVE_FILTER_LZMA,
	[ARCHIVE_XZ] = ARCHIVE_FILTER_XZ,
	[ARCHIVE_UU] = ARCHIVE_FILTER_UU,
	[ARCHIVE_LZIP] = ARCHIVE_FILTER_LZIP,
	[ARCHIVE_LZ4] = ARCHIVE_FILTER_LZ4,
	[ARCHIVE_ZSTD] = ARCHIVE_FILTER_ZSTD,
};

/* A piece of the object, read as if it were a file. */
struct source {
	int fd;
	uint64_t start, size, at;
	unsigned char room[READ_SIZE];
};

int unpack_load_library(const char *name, void **handle, struct error *error)
{
	*handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	return *handle ? 0 : error_set(error, -ENOENT, "%s", dlerror());
}

/* libarchive converts names by iconv(3), which loads a table when first asked for one. */
static void load_conversions(void)
{
	static const char *const charsets[] = {"UTF-16LE", "UTF-16BE", "CP437", "CP932"};

	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		iconv_t conversion = iconv_open("UTF-8", charsets[i]);

		/* Where it is missing, names stay as they are. Left open: closing would unload. */
		(void)conversion;
	}
}

int unpack_load(struct error *error)
{
	void *handle;
	int failed = unpack_load_library(LIBRARY, &handle, error);

	if (failed)
		return failed;
#define FIND(name) \
	la.name = (__typeof__(&name))dlsym(handle, #name); \
	if (!la.name) \
		return error_set(error, -ENOENT, "%s: no %s in it", LIBRARY, #name);
	CALLS(FIND)
	FORMATS(FIND)
#undef FIND
	load_conversions();
	return tnef_load(error);
}

const char *unpack_version(void)
{
	return la.archive_version_string ? la.archive_version_string() : NULL;
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **bytes)
{
	struct source *source = context;
	size_t most = READ_SIZE;
	ssize_t got;

	(void)archive;
	if (most > source->size - source->at)
		most = (size_t)(source->size - source->at);
	got = pread(source->fd, source->room, most, (off_t)(source->start + source->at));
	if (got > 0)
		source->at += (uint64_t)got;
	*bytes = source->room;
	return got;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t request)
{
	struct source *source = context;
	uint64_t left = source->size - source->at;
	uint64_t skipped = request < 0 ? 0 : (uint64_t)request;

	(void)archive;
	if (skipped > left)
		skipped = left;
	source->at += skipped;
	return (la_int64_t)skipped;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct source *source = context;
	la_int64_t base = 0, to;

	(void)archive;
	if (whence == SEEK_CUR)
		base = (la_int64_t)source->at;
	else if (whence == SEEK_END)
		base = (la_int64_t)source->size;
	if (__builtin_add_overflow(base, offset, &to) || to < 0 ||
		(uint64_t)to > source->size)
		return ARCHIVE_FATAL;
	source->at = (uint64_t)to;
	return to;
}

/* libarchive has no numbers for what it does not know, only words. */
static void note_failure(struct archive *archive, struct unpack_sink *sink)
{
	static const char *const unknown[] = {
		"nsupported", "not supported", "unavailable", "nknown", "not implemented"};
	const char *said = la.archive_error_string(archive);
	unsigned flag = OPEN_FLAG_DAMAGED;

	for (size_t i = 0; said && i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (strstr(said, unknown[i]))
			flag = OPEN_FLAG_UNSUPPORTED;
	if (said && (strstr(said, "ncrypt") || strstr(said, "assphrase")))
		flag = OPEN_FLAG_ENCRYPTED;
	if (la.archive_errno(archive) == ENOMEM ||
		(said && (strstr(said, "llocat") || strstr(said, "emory"))))
		flag = OPEN_FLAG_OVERLIMIT;
	sink->flags |= flag;
}

/* A hole in a sparse file is zeros for who unpacks it. Returns false to stop. */
static bool fill(struct unpack_sink *sink, uint64_t count)
{
	static const unsigned char zeros[READ_SIZE];

	while (count > 0) {
		struct slice piece =
			slice_make(zeros, count < sizeof(zeros) ? (size_t)count : sizeof(zeros));

		if (!sink_data(sink, piece))
			return false;
		count -= piece.len;
	}
	return true;
}

/* Returns ARCHIVE_EOF at the end, a libarchive error, or ARCHIVE_OK when it is to stop. */
static int send_data(struct archive *archive, struct unpack_sink *sink)
{
	uint64_t written = 0;

	for (;;) {
		const void *bytes = NULL;
		size_t len = 0;
		la_int64_t offset = 0;
		int result = la.archive_read_data_block(archive, &bytes, &len, &offset);

		if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
			return result == ARCHIVE_RETRY ? ARCHIVE_FAILED : result;
		if (len == 0)
			continue;
		if (offset > 0 && (uint64_t)offset > written) {
			if (!fill(sink, (uint64_t)offset - written))
				return ARCHIVE_OK;
			written = (uint64_t)offset;
		}
		if (!sink_data(sink, slice_make(bytes, len)))
			return ARCHIVE_OK;
		written += len;
	}
}

static bool send_names(struct archive_entry *entry, struct unpack_sink *sink)
{
	const char *raw = la.archive_entry_pathname(entry);
	const char *utf8 = la.archive_entry_pathname_utf8(entry);

	if (utf8 && (!raw || strcmp(raw, utf8) != 0) && !sink_name(sink, slice_cstr(utf8)))
		return false;
	return !raw || sink_name(sink, slice_cstr(raw));
}

/* Only zip's members stand for themselves: elsewhere one that failed spoils what follows. */
static bool goes_on(struct archive *archive, int result)
{
	return result == ARCHIVE_EOF ||
	       (result == ARCHIVE_FAILED &&
		       (la.archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) ==
			       ARCHIVE_FORMAT_ZIP);
}

/*
 * Sends the entries of an archive that was opened. Returns how many there were. `sure`: it has the
 * signature of one, so that an error at its beginning is one.
 */
static unsigned send_entries(
	struct archive *archive, enum open_member kind, bool sure, struct unpack_sink *sink)
{
	unsigned count = 0;
	int result;

	for (;;) {
		struct archive_entry *entry;

		result = la.archive_read_next_header(archive, &entry);
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
			break;
		count++;
		if (!sink_member(sink, kind))
			return count;
		if (kind == OPEN_MEMBER_NAMED && !send_names(entry, sink))
			return count;
		if (la.archive_entry_is_encrypted(entry))
			sink->flags |= OPEN_FLAG_ENCRYPTED;
		result = send_data(archive, sink);
		if (result == ARCHIVE_OK)
			return count;
		if (result != ARCHIVE_EOF && !la.archive_entry_is_encrypted(entry))
			note_failure(archive, sink);
		if (!goes_on(archive, result))
			return count;
	}
	if (la.archive_read_has_encrypted_entries(archive) > 0)
		sink->flags |= OPEN_FLAG_ENCRYPTED;
	else if (result != ARCHIVE_EOF && (sure || count > 0))
		note_failure(archive, sink);
	return count;
}

static int open_source(struct archive *archive, struct source *source)
{
	source->at = 0;
	la.archive_read_set_read_callback(archive, on_read);
	la.archive_read_set_skip_callback(archive, on_skip);
	la.archive_read_set_seek_callback(archive, on_seek);
	la.archive_read_set_callback_data(archive, source);
	return la.archive_read_open1(archive);
}

/* A few bytes of these may ask for gigabytes to be unpacked with. */
static bool wants_dictionary(enum archive_kind kind)
{
	return kind == ARCHIVE_XZ || kind == ARCHIVE_LZMA || kind == ARCHIVE_LZIP ||
	       kind == ARCHIVE_ZSTD;
}

/* One compressed stream. Returns how many bytes of the source it took. */
static uint64_t unpack_stream(
	struct source *source, enum archive_kind kind, struct unpack_sink *sink)
{
	struct archive *archive = la.archive_read_new();
	unsigned count = 0;
	la_int64_t took = 0;
	int result;

	if (!archive) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		return source->size;
	}
	la.archive_read_support_format_raw(archive);
	/* libarchive 3.6 crashes when the one for .Z is not left to its own judgement. */
	if (kind == ARCHIVE_COMPRESS)
		result = la.archive_read_support_filter_compress(archive);
	else
		result = la.archive_read_append_filter(archive, filters[kind]);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
		result = open_source(archive, source);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
		count = send_entries(archive, OPEN_MEMBER_CONTENT, true, sink);
		took = la.archive_filter_bytes(archive, -1);
	} else {
		note_failure(archive, sink);
	}
	/* Without memory for its dictionary it fails like a damaged one, before any byte. */
	if (count == 0 && wants_dictionary(kind))
		sink->flags |= OPEN_FLAG_OVERLIMIT;
	la.archive_read_free(archive);
	return took > 0 ? (uint64_t)took : source->size;
}

/* Returns how many members there were. */
static unsigned unpack_container(struct source *source, bool sure, struct unpack_sink *sink)
{
	struct archive *archive = la.archive_read_new();
	unsigned count = 0;
	int result;

	if (!archive) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		return 0;
	}
#define ENABLE(name) la.name(archive);
	FORMATS(ENABLE)
#undef ENABLE
	result = open_source(archive, source);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
		count = send_entries(archive, OPEN_MEMBER_NAMED, sure, sink);
	else if (sure)
		note_failure(archive, sink);
	la.archive_read_free(archive);
	return count;
}

/* libarchive goes on with a second stream behind the first, but not when junk is between them. */
static void unpack_streams(
	struct source *source, struct slice bytes, enum archive_kind kind, struct unpack_sink *sink)
{
	static const struct slice gzip = SLICE_LITERAL("\x1f\x8b\x08");
	uint64_t end = unpack_stream(source, kind, sink);

	if (kind != ARCHIVE_GZIP)
		return;
	for (unsigned place = 1; place < PLACES_MAX && !sink->failed; place++) {
		size_t next = slice_find(bytes, gzip, end < bytes.len ? (size_t)end : bytes.len);

		if (next >= bytes.len)
			return;
		source->start = next;
		source->size = bytes.len - next;
		end = next + unpack_stream(source, kind, sink);
	}
}

/* As a whole first; where that is no archive, from each place that looks like the start of one. */
static void unpack_anywhere(struct source *source, struct slice bytes, struct unpack_sink *sink)
{
	const bool sure = archive_begins(bytes) == ARCHIVE_CONTAINER;
	size_t next = 0;

	if (unpack_container(source, sure, sink) > 0)
		return;
	for (unsigned place = 0; place < PLACES_MAX && !sink->failed; place++) {
		next = archive_find(bytes, next + 1);
		if (next >= bytes.len)
			return;
		source->start = next;
		source->size = bytes.len - next;
		if (unpack_container(source, false, sink) > 0)
			return;
	}
}

void unpack(int fd, uint64_t size, struct unpack_sink *sink)
{
	struct source *source = malloc(sizeof(*source));
	void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	struct slice bytes = slice_make(memory, memory == MAP_FAILED ? 0 : size);
	enum archive_kind kind;

	if (!source || memory == MAP_FAILED) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		free(source);
		if (memory != MAP_FAILED)
			munmap(memory, size);
		return;
	}
	source->fd = fd;
	source->start = 0;
	source->size = size;
	kind = archive_begins(bytes);
	if (archive_is_simple(bytes))
		zip_unpack(bytes, sink);
	else if (!la.archive_read_new)
		sink->failed = -EPROTO;
	else if (kind == ARCHIVE_TNEF)
		tnef_unpack(bytes, sink);
	else if (kind == ARCHIVE_NONE || kind == ARCHIVE_CONTAINER)
		unpack_anywhere(source, bytes, sink);
	else
		unpack_streams(source, bytes, kind, sink);
	munmap(memory, size);
	free(source);
}
