/*
 * Where in an object archives lie; see unpack.h. A file may be several at once: programs look for a
 * zip from its end, for a RAR or a 7-Zip from its beginning, for a self-extracting one anywhere in
 * it; and each shows another content. So what the object begins as is read first, then what a zip's
 * directory at its end accounts for; and in the bytes that neither of the two accounts for every
 * signature is followed. An object that is one archive, as all honest ones are, is read once; most
 * are a regular zip, tar or gzip (open/archive_signature.h), in which there is nothing to look for.
 */
#include "helpers/bytes.h"
#include "helpers/unpack.h"
#include "helpers/zip_directory.h"

#include <sys/mman.h>

/* Archives that are looked into in one object; more of them are no accident. */
#define PLACES_MAX 32u

#define ISO_SECTOR	  2048u
#define ISO_FIRST	  (16 * ISO_SECTOR)
#define ISO_SIZE	  80u /* in the primary descriptor: sectors of the volume */
#define ISO_DESCRIPTORS	  32u
#define ISO_SUPPLEMENTARY 2

struct places {
	int fd;
	struct slice bytes;
	struct unpack_sink *sink;
	struct zip_directory zip;
};

static struct unpack_piece piece_at(const struct places *places, uint64_t start)
{
	return (struct unpack_piece){
		.fd = places->fd, .start = start, .size = places->bytes.len - start};
}

static bool is_done(const struct places *places)
{
	return places->sink->failed || places->sink->full;
}

static bool is_iso(struct slice bytes)
{
	return slice_starts(bytes_at(bytes, ISO_FIRST + 1), "CD001");
}

/* Has it a second tree, with the long names that Windows shows? */
static bool has_joliet(struct slice bytes)
{
	for (unsigned i = 0; i < ISO_DESCRIPTORS; i++) {
		struct slice descriptor = bytes_at(bytes, ISO_FIRST + i * ISO_SECTOR);

		if (!slice_starts(slice_from(descriptor, 1), "CD001"))
			return false;
		if (descriptor.data[0] == ISO_SUPPLEMENTARY)
			return true;
	}
	return false;
}

/* Where an archive ends whose reader goes to and fro in it. */
static uint64_t end_by_header(struct slice bytes, uint64_t end)
{
	const uint64_t offset = bytes_number(bytes, 12, 8, false),
		       size = bytes_number(bytes, 20, 8, false);

	if (slice_starts(bytes, "7z\xbc\xaf") && offset < bytes.len && size < bytes.len)
		return 32 + offset + size;
	if (is_iso(bytes))
		return (uint64_t)bytes_le32(bytes, ISO_FIRST + ISO_SIZE) * ISO_SECTOR;
	return end;
}

/* An archive that begins at `start`. Returns where it ends. */
static uint64_t read_container(struct places *places, uint64_t start, bool sure)
{
	const struct unpack_piece piece = piece_at(places, start);
	struct slice bytes = bytes_at(places->bytes, start);
	struct unpack_result done =
		unpack_container(&piece, UNPACK_PLAIN, sure, places->sink);

	if (done.rockridge && has_joliet(bytes) && !is_done(places))
		unpack_container(&piece, UNPACK_JOLIET, sure, places->sink);
	if (slice_starts(bytes, "Rar!\x1a\7\1") && rar5_is_encrypted(bytes))
		places->sink->flags |= OPEN_FLAG_ENCRYPTED;
	if (done.whole)
		done.end = end_by_header(bytes, done.end);
	if (done.end == 0)
		done.end = 1;
	return done.end < piece.size ? start + done.end : places->bytes.len;
}

static struct unpack_result read_stream(
	struct places *places, uint64_t start, enum archive_kind kind, struct slice name)
{
	struct unpack_piece piece = piece_at(places, start);

	piece.is_stream = true;
	piece.name = name;
	return unpack_stream(&piece, kind, places->sink);
}

/* Where archives may lie behind a stream: nobody knows where one ends that broke off. */
static uint64_t behind_stream(struct unpack_result done)
{
	return done.whole ? done.end : 1;
}

/* One place more. Returns false when there have been enough: then nobody looks at what is left. */
static bool count_place(struct places *places, unsigned *count)
{
	if ((*count)++ < PLACES_MAX)
		return true;
	places->sink->flags |= OPEN_FLAG_OVERLIMIT;
	return false;
}

/* libarchive goes on with a second stream behind the first, but not when junk is between them. */
static uint64_t read_gzips(struct places *places)
{
	static const struct slice gzip = SLICE_LITERAL("\x1f\x8b\x08");
	const struct slice bytes = places->bytes;
	const struct unpack_result first = read_stream(places, 0, ARCHIVE_GZIP, SLICE_EMPTY);
	uint64_t end = first.end;
	unsigned count = 0;

	while (end < bytes.len && !is_done(places)) {
		const size_t next = slice_find(bytes, gzip, (size_t)end);

		end = next + 1;
		if (archive_begins(slice_from(bytes, next)) != ARCHIVE_GZIP)
			continue;
		if (!count_place(places, &count))
			break;
		end = next + read_stream(places, next, ARCHIVE_GZIP, SLICE_EMPTY).end;
	}
	return behind_stream(first);
}

/* Blocks in a text, "begin 644 name" before each. Text has no end in which no archive could lie. */
static uint64_t read_uu(struct places *places)
{
	const struct slice bytes = places->bytes;
	size_t at = archive_find_uu(bytes, 0);
	unsigned count = 0;

	while (at < bytes.len && !is_done(places) && count_place(places, &count)) {
		struct slice rest = slice_from(bytes, at), line = SLICE_EMPTY;

		slice_next_line(&rest, &line);
		/* "begin", the mode, and what is left is the name, blanks and all. */
		line = slice_from(line, slice_find_byte(line, ' ', 0) + 1);
		line = slice_from(line, slice_find_byte(line, ' ', 0) + 1);
		read_stream(places, at, ARCHIVE_UU, line);
		at = archive_find_uu(bytes, at + 1);
	}
	return 0;
}

/* What the object begins as. Returns where that ends. */
static uint64_t read_beginning(struct places *places)
{
	const enum archive_kind kind = archive_begins(places->bytes);

	switch (kind) {
	case ARCHIVE_NONE:
		return 0;
	case ARCHIVE_TNEF:
		return tnef_unpack(places->bytes, places->sink);
	case ARCHIVE_CONTAINER:
		/* A zip is known by its end. */
		if (slice_starts(places->bytes, "PK"))
			return 0;
		return read_container(places, 0, true);
	case ARCHIVE_GZIP:
		return read_gzips(places);
	case ARCHIVE_UU:
		return read_uu(places);
	default:
		return behind_stream(read_stream(places, 0, kind, SLICE_EMPTY));
	}
}

/* What only the directory knows of counts too: an unpacker shows it, whatever it then finds. */
static void send_unread(struct places *places, size_t read)
{
	for (size_t i = 0; i < places->zip.count; i++) {
		if (i < read && !places->zip.members[i].again)
			continue;
		if (!sink_member(places->sink, OPEN_MEMBER_NAMED) ||
			!sink_name(places->sink, zip_directory_name(&places->zip, i)))
			return;
	}
}

/* The zip whose directory stands at the end, when that is behind what was read already. */
static int read_directory(struct places *places, uint64_t behind)
{
	int failed = zip_directory_read(places->bytes, &places->zip);
	struct unpack_piece piece;
	struct unpack_result done;

	if (failed || places->zip.end <= behind || is_done(places)) {
		zip_directory_release(&places->zip);
		return failed;
	}
	/* An empty zip has nothing to be read, and libarchive would call that damaged. */
	if (places->zip.directory.end - places->zip.directory.start <= ZIP_END_SIZE)
		return 0;
	piece = piece_at(places, 0);
	piece.size = places->zip.end;
	piece.zip = &places->zip;
	done = unpack_container(&piece, UNPACK_PLAIN, true, places->sink);
	send_unread(places, done.listed);
	/* One that broke off has shown the members before that, in the order of their bytes. */
	if (!done.whole)
		zip_directory_keep(&places->zip, done.listed);
	return 0;
}

/* In the bytes that nothing has accounted for. */
static void read_signatures(struct places *places, uint64_t next)
{
	const struct slice bytes = places->bytes;
	struct archive_search search = {0};
	unsigned count = 0;

	while (next < bytes.len && !is_done(places)) {
		const uint64_t at = archive_search_next(&search, bytes, (size_t)next);
		const uint64_t covered = zip_directory_covers(&places->zip, at);

		if (at >= bytes.len)
			return;
		if (covered > at) {
			next = covered;
			continue;
		}
		next = at + 1;
		if (at > 0 && !archive_plausible(bytes_at(bytes, at)))
			continue;
		if (!count_place(places, &count))
			return;
		next = read_container(places, at, at == 0);
	}
}

/* What needs no library. Returns false when the object is nothing of that: then nothing was sent. */
static bool unpack_regular(struct slice bytes, struct unpack_sink *sink)
{
	switch (archive_layout(bytes)) {
	case ARCHIVE_REGULAR_ZIP:
		zip_unpack(bytes, sink);
		return true;
	case ARCHIVE_REGULAR_TAR:
		tar_unpack(bytes, sink);
		return true;
	case ARCHIVE_REGULAR_GZIP:
		return gzip_unpack(bytes, sink);
	case ARCHIVE_IRREGULAR:
		break;
	}
	return false;
}

void unpack(int fd, uint64_t size, struct unpack_sink *sink)
{
	void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	struct places places = {.fd = fd, .bytes = {memory, size}, .sink = sink};
	uint64_t next;

	if (memory == MAP_FAILED) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		return;
	}
	if (unpack_regular(places.bytes, sink)) {
		munmap(memory, size);
		return;
	}
	if (!unpack_version()) {
		sink->lacking = true;
	} else {
		next = read_beginning(&places);
		if (read_directory(&places, next))
			sink->flags |= OPEN_FLAG_OVERLIMIT;
		read_signatures(&places, next);
		zip_directory_release(&places.zip);
	}
	munmap(memory, size);
}
