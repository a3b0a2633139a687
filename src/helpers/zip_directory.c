/*
 * The directory of a zip; see zip_directory.h. It is taken for the place that libarchive takes it
 * for: the last record of the end that can be one. Nothing is believed that the member's own header
 * does not say too, so a directory that claims what it does not show hides nothing.
 */
#include "helpers/zip_directory.h"

#include "helpers/bytes.h"

#include <errno.h>
#include <stdlib.h>

#define ENTRY_SIZE  46u
#define HEADER_SIZE 30u
#define ZIP64_END     56u
#define ZIP64_LOCATOR 20u
#define EXTRA_ZIP64   1u
/* Behind the end a comment of 64 K may follow; more than that is looked through for junk. */
#define END_SEARCH ((size_t)128 * 1024)
#define ENCRYPTED     1u /* flag */
#define IN_DESCRIPTOR 8u /* flag: the sizes stand behind the data */

static bool stands_at(struct slice bytes, uint64_t at, const char *signature)
{
	return slice_starts(bytes_at(bytes, at), signature);
}

/* The record of the end: where the directory begins and ends, and where it says that it begins. */
struct ending {
	uint64_t start, end, said;
};

/* What does not fit into 32 bits stands in a second record, that a third one leads to. */
static bool read_zip64(struct slice bytes, uint64_t locator, struct ending *ending)
{
	uint64_t at = bytes_number(bytes, locator + 8, 8, false), size;

	if (!stands_at(bytes, locator, "PK\6\7"))
		return false;
	/* Something was put before the zip: the two stand together all the same. */
	if (!stands_at(bytes, at, "PK\6\6") && locator >= ZIP64_END)
		at = locator - ZIP64_END;
	size = bytes_number(bytes, at + 40, 8, false);
	ending->said = bytes_number(bytes, at + 48, 8, false);
	if (!stands_at(bytes, at, "PK\6\6") || at > locator || size > at ||
		ending->said > at - size)
		return false;
	ending->start = at - size;
	ending->end = at;
	return true;
}

/* Can this be the record of the end, with its directory before it? */
static bool read_ending(struct slice bytes, uint64_t at, struct ending *ending)
{
	const uint64_t size = bytes_le32(bytes, at + 12), said = bytes_le32(bytes, at + 16);

	if (bytes.len - at < ZIP_END_SIZE || !stands_at(bytes, at, "PK\5\6") ||
		bytes_le16(bytes, at + 4) != 0 ||
		bytes_le16(bytes, at + 8) != bytes_le16(bytes, at + 10))
		return false;
	if (at >= ZIP64_LOCATOR && read_zip64(bytes, at - ZIP64_LOCATOR, ending))
		return true;
	if (size + said > at)
		return false;
	*ending = (struct ending){at - size, at, said};
	return true;
}

static bool find_ending(struct slice bytes, uint64_t *end, struct ending *ending)
{
	const size_t from = bytes.len > END_SEARCH ? bytes.len - END_SEARCH : 0;

	for (size_t at = bytes.len; at > from; at--) {
		if (bytes.data[at - 1] == 'P' && read_ending(bytes, at - 1, ending)) {
			*end = at - 1 + ZIP_END_SIZE;
			return true;
		}
	}
	return false;
}

/* Where the header of a member is and how much data it has; both may be in the field for 64 bits. */
static void read_place(struct slice bytes, uint64_t entry, uint64_t *start, uint64_t *packed)
{
	uint64_t at = entry + ENTRY_SIZE + bytes_le16(bytes, entry + 28);
	const uint64_t end = at + bytes_le16(bytes, entry + 30);

	*packed = bytes_le32(bytes, entry + 20);
	*start = bytes_le32(bytes, entry + 42);
	while (at + 4 <= end && bytes_le16(bytes, at) != EXTRA_ZIP64)
		at += 4u + bytes_le16(bytes, at + 2);
	if (at + 4 > end)
		return;
	at += bytes_le32(bytes, entry + 24) == UINT32_MAX ? 12 : 4;
	if (*packed == UINT32_MAX) {
		*packed = bytes_number(bytes, at, 8, false);
		at += 8;
	}
	if (*start == UINT32_MAX)
		*start = bytes_number(bytes, at, 8, false);
}

/* Is the member at `start` there as entry `entry` of the directory says? */
static bool agrees(struct slice bytes, uint64_t entry, uint64_t start)
{
	const uint32_t size = bytes_le32(bytes, start + 18);

	return stands_at(bytes, start, "PK\3\4") &&
	       bytes_le16(bytes, start + 8) == bytes_le16(bytes, entry + 10) &&
	       ((bytes_le16(bytes, start + 6) ^ bytes_le16(bytes, entry + 8)) & ENCRYPTED) == 0 &&
	       (size == bytes_le32(bytes, entry + 20) || size == UINT32_MAX ||
		       (bytes_le16(bytes, start + 6) & IN_DESCRIPTOR));
}

static int in_order(const void *left, const void *right)
{
	const struct zip_extent *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->entry < b->entry ? -1 : 1;
}

/*
 * Puts the members in order. An end becomes the last of all up to there, so that one look tells what
 * is accounted for.
 */
static void put_in_order(struct zip_directory *zip)
{
	uint64_t end = 0;

	qsort(zip->members, zip->count, sizeof(*zip->members), in_order);
	for (size_t i = 0; i < zip->count; i++) {
		struct zip_extent *member = &zip->members[i];

		member->again = i > 0 && member->start == zip->members[i - 1].start;
		if (member->agrees && member->end > end)
			end = member->end;
		member->end = end;
	}
	zip->kept = zip->count;
}

static void read_entries(struct zip_directory *zip, uint64_t shift)
{
	const struct slice bytes = zip->bytes;
	uint64_t at = zip->directory.start;

	while (at + ENTRY_SIZE <= zip->directory.end && stands_at(bytes, at, "PK\1\2")) {
		struct zip_extent *member = &zip->members[zip->count++];
		uint64_t packed;

		*member = (struct zip_extent){.entry = at};
		read_place(bytes, at, &member->start, &packed);
		if (member->start <= bytes.len)
			member->start += shift;
		member->end = member->start + HEADER_SIZE + bytes_le16(bytes, member->start + 26) +
			      bytes_le16(bytes, member->start + 28);
		/* One that does not agree keeps its place, and accounts for nothing. */
		member->agrees = agrees(bytes, at, member->start) &&
				 member->end <= zip->directory.start &&
				 packed <= zip->directory.start - member->end;
		member->end += packed;
		at += ENTRY_SIZE + bytes_le16(bytes, at + 28) + bytes_le16(bytes, at + 30) +
		      bytes_le16(bytes, at + 32);
	}
}

int zip_directory_read(struct slice bytes, struct zip_directory *zip)
{
	struct ending ending;
	uint64_t end;

	*zip = (struct zip_directory){.bytes = bytes};
	if (!find_ending(bytes, &end, &ending))
		return 0;
	zip->end = end;
	zip->directory = (struct zip_extent){.start = ending.start, .end = end};
	zip->members = calloc((end - ending.start) / ENTRY_SIZE + 1, sizeof(*zip->members));
	if (!zip->members)
		return -ENOMEM;
	/* Something was put before the zip when the directory stands behind where it says. */
	read_entries(zip, ending.start - ending.said);
	put_in_order(zip);
	return 0;
}

void zip_directory_release(struct zip_directory *zip)
{
	free(zip->members);
	*zip = (struct zip_directory){0};
}

void zip_directory_keep(struct zip_directory *zip, size_t count)
{
	if (count < zip->kept)
		zip->kept = count;
}

struct slice zip_directory_name(const struct zip_directory *zip, size_t index)
{
	const uint64_t entry = zip->members[index].entry;

	return slice_first(
		bytes_at(zip->bytes, entry + ENTRY_SIZE), bytes_le16(zip->bytes, entry + 28));
}

/* How many members begin at `at` or before it. */
static size_t count_up_to(const struct zip_directory *zip, uint64_t at)
{
	size_t low = 0, high = zip->kept;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (zip->members[middle].start <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A header with the directory's word for flags, method, checksum and both sizes. */
static void make_header(
	const struct zip_directory *zip, const struct zip_extent *member, unsigned char *header)
{
	static const struct {
		unsigned char to, from, size;
	} fields[] = {{6, 8, 2}, {8, 10, 2}, {14, 16, 4}, {18, 20, 4}, {22, 24, 4}};
	struct slice own = slice_first(bytes_at(zip->bytes, member->start), HEADER_SIZE);
	struct slice listed = bytes_at(zip->bytes, member->entry);

	memset(header, 0, HEADER_SIZE);
	if (own.len > 0)
		memcpy(header, own.data, own.len);
	memcpy(header, "PK\3\4", 4);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy(header + fields[i].to, listed.data + fields[i].from, fields[i].size);
}

static bool has_large_size(struct slice bytes, uint64_t entry)
{
	return bytes_le32(bytes, entry + 20) == UINT32_MAX ||
	       bytes_le32(bytes, entry + 24) == UINT32_MAX;
}

void zip_directory_overrule(
	const struct zip_directory *zip, uint64_t at, unsigned char *room, size_t size)
{
	const uint64_t end = at + size;

	/* The first whose header may reach to here. */
	for (size_t i = at < HEADER_SIZE ? 0 : count_up_to(zip, at - HEADER_SIZE);
		i < zip->kept && zip->members[i].start < end; i++) {
		const struct zip_extent *member = &zip->members[i];
		unsigned char header[HEADER_SIZE];

		if (member->agrees || member->again || has_large_size(zip->bytes, member->entry))
			continue;
		make_header(zip, member, header);
		for (size_t k = 0; k < HEADER_SIZE; k++)
			if (member->start + k >= at && member->start + k < end)
				room[member->start + k - at] = header[k];
	}
}

uint64_t zip_directory_covers(const struct zip_directory *zip, uint64_t at)
{
	const size_t count = count_up_to(zip, at);
	uint64_t end = at;

	if (at >= zip->directory.start && at < zip->directory.end)
		end = zip->directory.end;
	if (count > 0 && zip->members[count - 1].end > end)
		end = zip->members[count - 1].end;
	return end;
}
