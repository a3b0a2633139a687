/*
 * Archives by libarchive; see unpack.h. The library is loaded by hand, since most mails hold no
 * archive, or one that unpack_zip.c and the others read, and loading it costs more than all else the
 * helper does. Formats and filters are enabled by name: with "all" of them libarchive starts programs
 * (lrzip, lzop, grzip) and opens files that a mail names (mtree). A compressed stream is one layer, whatever is in it: its content goes back
 * to qmvc, which asks again, so that neither a gzip that holds itself nor one that holds what looks
 * like an empty tar is a special case.
 */
#include "helpers/unpack.h"

#include "base/cleanup.h"
#include "helpers/unpack_source.h"
#include "helpers/zip_directory.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

/* The names whose types this was compiled with. */
#define LIBRARY "libarchive.so.13"


#define CALLS(X) \
	X(archive_version_string) \
	X(archive_read_new) \
	X(archive_read_free) \
	X(archive_read_append_filter) \
	X(archive_read_support_filter_compress) \
	X(archive_read_support_format_zip_seekable) \
	X(archive_read_set_options) \
	X(archive_read_set_read_callback) \
	X(archive_read_set_skip_callback) \
	X(archive_read_set_seek_callback) \
	X(archive_read_set_callback_data) \
	X(archive_read_open1) \
	X(archive_read_next_header) \
	X(archive_read_data_block) \
	X(archive_read_has_encrypted_entries) \
	X(archive_read_header_position) \
	X(archive_filter_bytes) \
	X(archive_format) \
	X(archive_errno) \
	X(archive_error_string) \
	X(archive_entry_pathname) \
	X(archive_entry_pathname_utf8) \
	X(archive_entry_is_encrypted) \
	X(archive_read_support_format_raw)

/* Of zip the reader of its local headers; that of its directory is asked for by itself. */
#define FORMATS(X) \
	X(archive_read_support_format_zip_streamable) \
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

/*
 * Lazily: libarchive brings ICU and C++ along for its XAR reader, and binding all their names costs as
 * much as an archive. What is bound later wants no file, and a library of another version is refused
 * here all the same.
 */
int unpack_load_library(const char *name, void **handle, struct error *error)
{
	*handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
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

static int base_format(struct archive *archive)
{
	return la.archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK;
}

/* A hole in a sparse file is zeros for who unpacks it. Returns false to stop. */
static bool fill(struct unpack_sink *sink, uint64_t count)
{
	static const unsigned char zeros[SOURCE_ROOM];

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
		const bool ends = result != ARCHIVE_OK && result != ARCHIVE_WARN;
		/* At the end only tar says how long the file is, which may end with a hole. */
		const bool hole = offset > 0 && (uint64_t)offset > written &&
				  (ends ? result == ARCHIVE_EOF &&
						   base_format(archive) == ARCHIVE_FORMAT_TAR
					: len > 0);

		if (hole) {
			if (!fill(sink, (uint64_t)offset - written))
				return ARCHIVE_OK;
			written = (uint64_t)offset;
		}
		if (ends)
			return result == ARCHIVE_RETRY ? ARCHIVE_FAILED : result;
		if (len > 0 && !sink_data(sink, slice_make(bytes, len)))
			return ARCHIVE_OK;
		written += len;
	}
}

/* The content of a compressed file has the name that gzip or uuencode noted down, if any. */
static bool send_names(
	struct archive_entry *entry, const struct unpack_piece *piece, struct unpack_sink *sink)
{
	const char *raw = la.archive_entry_pathname(entry);
	const char *utf8 = la.archive_entry_pathname_utf8(entry);

	if (piece->name.len > 0 && !sink_name(sink, piece->name))
		return false;
	if (piece->is_stream && raw && strcmp(raw, "data") == 0)
		return true; /* libarchive's own word for none */
	if (utf8 && (!raw || strcmp(raw, utf8) != 0) && !sink_name(sink, slice_cstr(utf8)))
		return false;
	return !raw || sink_name(sink, slice_cstr(raw));
}

/* libarchive turns the separators of DOS. */
static bool is_same_name(struct slice listed, const char *told)
{
	if (!told || strlen(told) != listed.len)
		return false;
	for (size_t i = 0; i < listed.len; i++)
		if (listed.data[i] != (unsigned char)told[i] &&
			(listed.data[i] != '\\' || told[i] != '/'))
			return false;
	return true;
}

/* The directory's name for the member, which is its next one, when it is another. */
static bool send_listed_name(const struct unpack_piece *piece, struct archive_entry *entry,
	struct unpack_result *done, struct unpack_sink *sink)
{
	const struct zip_directory *zip = piece->zip;
	struct slice name;

	/* Bytes that are listed twice are read once. */
	while (zip && done->listed < zip->count && zip->members[done->listed].again)
		done->listed++;
	if (!zip || done->listed >= zip->count)
		return true;
	name = zip_directory_name(zip, done->listed++);
	return is_same_name(name, la.archive_entry_pathname(entry)) || sink_name(sink, name);
}

/* Only zip's members stand for themselves: elsewhere one that failed spoils what follows. */
static bool goes_on(struct archive *archive, int result)
{
	return result == ARCHIVE_EOF ||
	       (result == ARCHIVE_FAILED && base_format(archive) == ARCHIVE_FORMAT_ZIP);
}

/* Where to go on looking behind an entry that could not be read: behind where that one begins. */
static uint64_t behind_header(struct archive *archive)
{
	la_int64_t at = la.archive_read_header_position(archive);

	return at < 0 ? 1 : (uint64_t)at + 1;
}

/* The next entry. A block of a tar that is no header is passed over, as tar(1) does. */
static int next_entry(
	struct archive *archive, struct archive_entry **entry, struct unpack_sink *sink)
{
	int result;

	while ((result = la.archive_read_next_header(archive, entry)) == ARCHIVE_RETRY &&
		base_format(archive) == ARCHIVE_FORMAT_TAR)
		sink->flags |= OPEN_FLAG_DAMAGED;
	return result;
}

/*
 * Sends the entries of an archive that was opened. `sure`: it has the signature of one, so that an
 * error at its beginning is one.
 */
static struct unpack_result send_entries(struct archive *archive, const struct unpack_piece *piece,
	bool sure, struct unpack_sink *sink)
{
	const enum open_member kind = piece->is_stream ? OPEN_MEMBER_CONTENT : OPEN_MEMBER_NAMED;
	struct unpack_result done = {.end = 1};
	int result;

	for (;;) {
		struct archive_entry *entry;

		result = next_entry(archive, &entry, sink);
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
			break;
		done.count++;
		done.end = behind_header(archive);
		if (!sink_member(sink, kind) || !send_names(entry, piece, sink) ||
			!send_listed_name(piece, entry, &done, sink))
			return done;
		if (la.archive_entry_is_encrypted(entry))
			sink->flags |= OPEN_FLAG_ENCRYPTED;
		result = send_data(archive, sink);
		if (result == ARCHIVE_OK)
			return done;
		if (result != ARCHIVE_EOF && !la.archive_entry_is_encrypted(entry))
			note_failure(archive, sink);
		if (!goes_on(archive, result))
			return done;
		done.end = (uint64_t)la.archive_filter_bytes(archive, 0);
	}
	done.whole = result == ARCHIVE_EOF;
	if (la.archive_read_has_encrypted_entries(archive) > 0)
		sink->flags |= OPEN_FLAG_ENCRYPTED;
	else if (!done.whole && (sure || done.count > 0))
		note_failure(archive, sink);
	return done;
}

static int open_source(struct archive *archive, struct source *source)
{
	source->at = 0;
	la.archive_read_set_read_callback(archive, source_read);
	la.archive_read_set_skip_callback(archive, source_skip);
	la.archive_read_set_seek_callback(archive, source_seek);
	la.archive_read_set_callback_data(archive, source);
	return la.archive_read_open1(archive);
}

/* A few bytes of these may ask for gigabytes to be unpacked with. */
static bool wants_dictionary(enum archive_kind kind)
{
	return kind == ARCHIVE_XZ || kind == ARCHIVE_LZMA || kind == ARCHIVE_LZIP ||
	       kind == ARCHIVE_ZSTD;
}

/* Without memory nothing can be told of the piece. */
static struct unpack_result give_up(const struct unpack_piece *piece, struct unpack_sink *sink)
{
	sink->flags |= OPEN_FLAG_OVERLIMIT;
	return (struct unpack_result){.end = piece->size};
}

struct unpack_result unpack_stream(
	const struct unpack_piece *piece, enum archive_kind kind, struct unpack_sink *sink)
{
	cleanup_free struct source *source = malloc(sizeof(*source));
	struct archive *archive = source ? la.archive_read_new() : NULL;
	struct unpack_result done = {0};
	int result;

	if (!archive)
		return give_up(piece, sink);
	source->piece = *piece;
	la.archive_read_support_format_raw(archive);
	/* libarchive 3.6 crashes when the one for .Z is not left to its own judgement. */
	if (kind == ARCHIVE_COMPRESS)
		result = la.archive_read_support_filter_compress(archive);
	else
		result = la.archive_read_append_filter(archive, filters[kind]);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
		result = open_source(archive, source);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
		done = send_entries(archive, piece, true, sink);
		done.end = (uint64_t)la.archive_filter_bytes(archive, -1);
	} else {
		note_failure(archive, sink);
	}
	/* Without memory for its dictionary it fails like a damaged one, before any byte. */
	if (done.count == 0 && wants_dictionary(kind))
		sink->flags |= OPEN_FLAG_OVERLIMIT;
	if (done.end == 0 || done.end > piece->size)
		done.end = piece->size;
	la.archive_read_free(archive);
	return done;
}

static void enable(
	struct archive *archive, const struct unpack_piece *piece, enum unpack_reader reader)
{
#define ENABLE(name) la.name(archive);
	if (piece->zip) {
		la.archive_read_support_format_zip_seekable(archive);
		return;
	}
	FORMATS(ENABLE)
#undef ENABLE
	/* Behind blocks of zeros, which some take for the end of a tar, others go on. */
	la.archive_read_set_options(archive, "tar:read_concatenated_archives");
	if (reader == UNPACK_JOLIET)
		la.archive_read_set_options(archive, "iso9660:!rockridge");
}

struct unpack_result unpack_container(const struct unpack_piece *piece, enum unpack_reader reader,
	bool sure, struct unpack_sink *sink)
{
	cleanup_free struct source *source = malloc(sizeof(*source));
	struct archive *archive = source ? la.archive_read_new() : NULL;
	struct unpack_result done = {.end = 1};
	int result;

	if (!archive)
		return give_up(piece, sink);
	source->piece = *piece;
	enable(archive, piece, reader);
	result = open_source(archive, source);
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
		done = send_entries(archive, piece, sure, sink);
	else if (sure)
		note_failure(archive, sink);
	done.rockridge = la.archive_format(archive) == ARCHIVE_FORMAT_ISO9660_ROCKRIDGE;
	la.archive_read_free(archive);
	return done;
}
