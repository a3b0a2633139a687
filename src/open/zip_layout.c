/*
 * The layout of a regular zip; see zip_layout.h. The bytes are the mail's, and qmvc reads them
 * outside of the sandbox to know what its helper has to load: so nothing is allocated, nothing is
 * believed, and each place is checked against the end before it is looked at.
 */
#include "open/zip_layout.h"

#define LOCAL_SIZE	30u
#define CENTRAL_SIZE	46u
#define END_SIZE	22u
#define DESCRIPTOR_SIZE 12u
#define SIGNATURE_SIZE	4u

#define STORED	 0u
#define DEFLATED 8u

/* General purpose bits: the deflater's effort, sizes behind the data, the name is UTF-8. */
#define FLAG_DESCRIPTOR 0x0008u
#define FLAGS_KNOWN	(0x0006u | FLAG_DESCRIPTOR | 0x0800u)

/* Unix's st_mode in the high half of the external attributes. */
#define MODE_TYPE      0170000u
#define MODE_DIRECTORY 0040000u
#define MODE_REGULAR   0100000u

static unsigned get16(struct slice bytes, size_t at)
{
	return bytes.data[at] | (unsigned)bytes.data[at + 1] << 8;
}

static uint32_t get32(struct slice bytes, size_t at)
{
	return get16(bytes, at) | (uint32_t)get16(bytes, at + 2) << 16;
}

/* A header of `size` bytes with that signature, all of it before `end`. */
static bool is_header(struct slice bytes, size_t at, size_t end, const char *signature, size_t size)
{
	return at <= end && end - at >= size &&
	       memcmp(bytes.data + at, signature, SIGNATURE_SIZE) == 0;
}

bool zip_begin(struct zip *zip, struct slice bytes)
{
	size_t end = bytes.len - END_SIZE;
	uint32_t size, start;

	if (bytes.len < END_SIZE || bytes.len > UINT32_MAX ||
		!is_header(bytes, end, bytes.len, "PK\5\6", END_SIZE))
		return false;
	size = get32(bytes, end + 12);
	start = get32(bytes, end + 16);
	*zip = (struct zip){
		.bytes = bytes, .directory = start, .end = end, .left = get16(bytes, end + 10)};
	/* One disk, all entries on it, no comment, and no zip64 record before the end. */
	return get32(bytes, end + 4) == 0 && get16(bytes, end + 8) == zip->left && zip->left > 0 &&
	       zip->left < UINT16_MAX && get16(bytes, end + 20) == 0 && start <= end &&
	       end - start == size;
}

/* Times, owners, Java's mark and Office's padding. Other fields may change what the name or sizes are. */
static bool extra_is_known(struct slice extra)
{
	static const unsigned known[] = {0x000a, 0x5455, 0x5855, 0x7875, 0xa220, 0xcafe};

	while (extra.len >= 4) {
		const unsigned id = get16(extra, 0), len = get16(extra, 2);
		bool found = false;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found |= id == known[i];
		if (!found || len > extra.len - 4)
			return false;
		extra = slice_from(extra, 4 + len);
	}
	return extra.len == 0;
}

static bool mode_is_plain(uint32_t attributes)
{
	const unsigned type = attributes >> 16 & MODE_TYPE;

	return type == 0 || type == MODE_DIRECTORY || type == MODE_REGULAR;
}

/* What the directory says of a member. */
struct entry {
	size_t at;
	unsigned flags, method, name_len;
	uint32_t crc, packed, size;
};

/* Reads the entry at zip->directory, and goes behind it. */
static bool next_entry(struct zip *zip, struct entry *entry)
{
	const struct slice bytes = zip->bytes;
	const size_t at = zip->directory;
	unsigned extra;

	if (!is_header(bytes, at, zip->end, "PK\1\2", CENTRAL_SIZE))
		return false;
	*entry = (struct entry){.at = at,
		.flags = get16(bytes, at + 8),
		.method = get16(bytes, at + 10),
		.crc = get32(bytes, at + 16),
		.packed = get32(bytes, at + 20),
		.size = get32(bytes, at + 24),
		.name_len = get16(bytes, at + 28)};
	extra = get16(bytes, at + 30);
	/* Comment, disk; then where its header is: behind the member before it. */
	if (get16(bytes, at + 32) != 0 || get16(bytes, at + 34) != 0 ||
		!mode_is_plain(get32(bytes, at + 38)) || get32(bytes, at + 42) != zip->member)
		return false;
	zip->directory = at + CENTRAL_SIZE;
	if (zip->end - zip->directory < (size_t)entry->name_len + extra ||
		!extra_is_known(slice_make(bytes.data + zip->directory + entry->name_len, extra)))
		return false;
	zip->directory += entry->name_len + extra;
	return entry->name_len > 0 && (entry->flags & ~FLAGS_KNOWN) == 0 &&
	       (entry->method == DEFLATED ||
		       (entry->method == STORED && entry->packed == entry->size)) &&
	       entry->packed != UINT32_MAX && entry->size != UINT32_MAX;
}

/* Checksum and both sizes, in this order wherever they stand. Behind the data they may be zero here. */
static bool sizes_agree(struct slice bytes, size_t at, const struct entry *entry, bool may_be_zero)
{
	const uint32_t want[] = {entry->crc, entry->packed, entry->size};

	for (size_t i = 0; i < 3; i++) {
		const uint32_t said = get32(bytes, at + 4 * i);

		if (said != want[i] && !(may_be_zero && said == 0))
			return false;
	}
	return true;
}

/* Goes behind the data descriptor, which may have a signature. */
static bool pass_descriptor(struct zip *zip, const struct entry *entry, size_t limit)
{
	size_t at = zip->member;

	if (is_header(zip->bytes, at, limit, "PK\7\10", SIGNATURE_SIZE + DESCRIPTOR_SIZE) &&
		sizes_agree(zip->bytes, at + SIGNATURE_SIZE, entry, false))
		at += SIGNATURE_SIZE;
	else if (limit - at < DESCRIPTOR_SIZE || !sizes_agree(zip->bytes, at, entry, false))
		return false;
	zip->member = at + DESCRIPTOR_SIZE;
	return true;
}

/* The member's own header and its data, all before `limit`, where the directory begins. */
static bool next_local(
	struct zip *zip, const struct entry *entry, size_t limit, struct zip_member *member)
{
	const struct slice bytes = zip->bytes;
	const size_t at = zip->member;
	const bool described = entry->flags & FLAG_DESCRIPTOR;
	size_t data;
	unsigned extra;

	if (!is_header(bytes, at, limit, "PK\3\4", LOCAL_SIZE) ||
		get16(bytes, at + 6) != entry->flags || get16(bytes, at + 8) != entry->method ||
		get16(bytes, at + 26) != entry->name_len ||
		!sizes_agree(bytes, at + 14, entry, described))
		return false;
	extra = get16(bytes, at + 28);
	data = at + LOCAL_SIZE + entry->name_len + extra;
	if (data > limit || limit - data < entry->packed)
		return false;
	member->name = slice_make(bytes.data + at + LOCAL_SIZE, entry->name_len);
	member->data = slice_make(bytes.data + data, entry->packed);
	if (!extra_is_known(slice_make(bytes.data + data - extra, extra)) ||
		!slice_eq(member->name,
			slice_make(bytes.data + entry->at + CENTRAL_SIZE, entry->name_len)) ||
		slice_find_byte(member->name, 0, 0) < member->name.len)
		return false;
	zip->member = data + entry->packed;
	return !described || pass_descriptor(zip, entry, limit);
}

enum zip_step zip_next(struct zip *zip, struct zip_member *member)
{
	const size_t start = zip->end - get32(zip->bytes, zip->end + 12);
	struct zip_member found;
	struct entry entry;

	if (zip->left == 0)
		return zip->directory == zip->end && zip->member == start ? ZIP_END : ZIP_IRREGULAR;
	if (!next_entry(zip, &entry) || !next_local(zip, &entry, start, &found))
		return ZIP_IRREGULAR;
	zip->left--;
	found.deflated = entry.method == DEFLATED;
	found.crc = entry.crc;
	found.size = entry.size;
	*member = found;
	return ZIP_MEMBER;
}

bool zip_is_regular(struct slice bytes)
{
	struct zip_member member;
	enum zip_step step;
	struct zip zip;

	if (!zip_begin(&zip, bytes))
		return false;
	do {
		step = zip_next(&zip, &member);
	} while (step == ZIP_MEMBER);
	return step == ZIP_END;
}
