/*
 * Signatures of archives; see archive_signature.h. Those at the beginning are checked as far as
 * they tell, so that hardly any other file has them. Those that count anywhere are long enough to
 * be rare, and are looked for by a byte of theirs that is rare itself: memchr(3) then passes over
 * most of a file at the speed of memory.
 */
#include "open/archive_signature.h"

#include "open/gzip_layout.h"
#include "open/tar_layout.h"
#include "open/zip_layout.h"

#define TAR_BLOCK	 512u
#define TAR_SUM		 148u
#define TAR_SUM_LEN	 8u
#define ISO_DESCRIPTOR	 32769u
#define SKIPPABLE_HEADER 8u
#define LZMA_HEADER	 14u
#define UU_HEADER	 12u
#define UU_SEARCH	 ((size_t)64 * 1024) /* of text before a block */
#define ZIP_HEADER	 30u
#define SEVEN_ZIP_HEADER 32u
#define CABINET_HEADER	 36u
#define LZMA_PROPERTIES	 225u /* 9 * 5 * 5: every combination of lc, lp and pb */

struct signature {
	struct slice bytes;
	size_t rare; /* the byte looked for */
};

static const struct signature anywhere[ARCHIVE_SIGNATURES] = {
	{SLICE_LITERAL("PK\3\4"), 2}, /* a zip's member */
	{SLICE_LITERAL("PK\5\6"), 2}, /* a zip's end */
	{SLICE_LITERAL("Rar!\x1a\7"), 4},
	{SLICE_LITERAL("7z\xbc\xaf\x27\x1c"), 2},
	{SLICE_LITERAL("MSCF\0\0\0\0"), 3},
};

static const struct beginning {
	struct slice bytes;
	size_t at;
	enum archive_kind kind;
} beginnings[] = {
	{SLICE_LITERAL("\xfd\x37zXZ\0"), 0, ARCHIVE_XZ},
	{SLICE_LITERAL("\x28\xb5\x2f\xfd"), 0, ARCHIVE_ZSTD},
	{SLICE_LITERAL("\x04\x22\x4d\x18"), 0, ARCHIVE_LZ4},
	{SLICE_LITERAL("\x02\x21\x4c\x18"), 0, ARCHIVE_LZ4},
	{SLICE_LITERAL("LZIP\0"), 0, ARCHIVE_LZIP},
	{SLICE_LITERAL("LZIP\1"), 0, ARCHIVE_LZIP},
	{SLICE_LITERAL("\x78\x9f\x3e\x22"), 0, ARCHIVE_TNEF},
	{SLICE_LITERAL("PK\3\4"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("PK\5\6"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("PK00PK\3\4"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("7z\xbc\xaf\x27\x1c"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("Rar!\x1a\7"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("MSCF\0\0\0\0"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("!<arch>\n"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("xar!\0"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("WARC/"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("070701"), 0, ARCHIVE_CONTAINER}, /* cpio, in its five spellings */
	{SLICE_LITERAL("070702"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("070707"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\xc7\x71"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\x71\xc7"), 0, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("-lh"), 2, ARCHIVE_CONTAINER}, /* LHA: "-lh5-", "-lzs-", "-pm0-" */
	{SLICE_LITERAL("-lz"), 2, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("-pm"), 2, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("ustar"), 257, ARCHIVE_CONTAINER},
	{SLICE_LITERAL("CD001"), ISO_DESCRIPTOR, ARCHIVE_CONTAINER},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool stands_at(struct slice bytes, size_t at, struct slice signature)
{
	return at <= bytes.len && bytes.len - at >= signature.len &&
	       memcmp(bytes.data + at, signature.data, signature.len) == 0;
}

/* RFC 1952 2.3: deflate is the only method, and three bits are reserved. */
static bool is_gzip(struct slice s)
{
	return s.len > 10 && memcmp(s.data, "\x1f\x8b\x08", 3) == 0 && !(s.data[3] & 0xe0);
}

/* A digit for the size of a block, then a block or the end of the stream. */
static bool is_bzip2(struct slice s)
{
	return s.len >= 10 && memcmp(s.data, "BZh", 3) == 0 && s.data[3] >= '1' &&
	       s.data[3] <= '9' &&
	       (memcmp(s.data + 4, "1AY&SY", 6) == 0 ||
		       memcmp(s.data + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* compress(1): the third byte holds the width of the codes, 9 to 16 bits, and two reserved bits. */
static bool is_compress(struct slice s)
{
	return s.len > 3 && s.data[0] == 0x1f && s.data[1] == 0x9d && !(s.data[2] & 0x60) &&
	       (s.data[2] & 0x1f) >= 9 && (s.data[2] & 0x1f) <= 16;
}

/*
 * LZMA alone has no signature: properties, a dictionary size that is 2^n or 2^n + 2^(n-1), a size
 * below 256 GB or unknown, and a stream whose first byte is always 0.
 */
static bool is_lzma(struct slice s)
{
	uint32_t dictionary = 0;
	uint64_t size = 0;

	if (s.len < LZMA_HEADER || s.data[0] >= LZMA_PROPERTIES || s.data[13] != 0)
		return false;
	for (unsigned i = 4; i > 0; i--)
		dictionary = dictionary << 8 | s.data[i];
	for (unsigned i = 12; i > 4; i--)
		size = size << 8 | s.data[i];
	if (dictionary < 4096 || (size != UINT64_MAX && size >> 38 != 0))
		return false;
	if (dictionary == UINT32_MAX)
		return true;
	while (!(dictionary & 1))
		dictionary >>= 1;
	return dictionary == 1 || dictionary == 3;
}

/*
 * zstd and lz4 share frames that carry nothing, and may begin with them (pzstd(1) does): what counts
 * is the first frame that carries something (RFC 8878 3.1.2).
 */
static enum archive_kind behind_skippable(struct slice s)
{
	while (s.len >= SKIPPABLE_HEADER && (s.data[0] & 0xf0) == 0x50 &&
		memcmp(s.data + 1, "\x2a\x4d\x18", 3) == 0) {
		const uint32_t size = (uint32_t)s.data[4] | (uint32_t)s.data[5] << 8 |
				      (uint32_t)s.data[6] << 16 | (uint32_t)s.data[7] << 24;

		s = slice_from(s, SKIPPABLE_HEADER);
		s = slice_from(s, size < s.len ? size : s.len);
	}
	for (size_t i = 0; i < COUNT(beginnings); i++)
		if ((beginnings[i].kind == ARCHIVE_ZSTD || beginnings[i].kind == ARCHIVE_LZ4) &&
			stands_at(s, 0, beginnings[i].bytes))
			return beginnings[i].kind;
	return ARCHIVE_NONE;
}

/* "644 name" */
static bool is_mode_and_name(struct slice s)
{
	size_t digits = 0;

	while (digits < 4 && digits < s.len && s.data[digits] >= '0' && s.data[digits] <= '7')
		digits++;
	return digits == 3 && s.len > digits + 1 && s.data[digits] == ' ';
}

size_t archive_find_uu(struct slice bytes, size_t from)
{
	static const struct slice begin = SLICE_LITERAL("begin"), base64 = SLICE_LITERAL("-base64 ");
	const struct slice searched = slice_first(bytes, UU_SEARCH);

	for (size_t at = from; (at = slice_find(searched, begin, at)) < searched.len; at++) {
		struct slice line = slice_from(bytes, at + begin.len);

		if (at > 0 && bytes.data[at - 1] != '\n' && bytes.data[at - 1] != '\r')
			continue;
		if (stands_at(line, 0, base64))
			line = slice_from(line, base64.len);
		else if (slice_starts(line, " "))
			line = slice_from(line, 1);
		else
			continue;
		if (is_mode_and_name(line))
			return at;
	}
	return bytes.len;
}

/* A text with a block in it. What is no text is not searched. */
static bool holds_uu(struct slice s)
{
	return s.len > UU_HEADER && (s.data[0] >= ' ' || ascii_space(s.data[0])) &&
	       archive_find_uu(s, 0) < s.len;
}

/* tar before POSIX has a checksum for a signature; some summed up signed bytes: tar(1) takes both. */
static bool is_tar(struct slice s)
{
	unsigned sum = 0, as_signed = 0, written = 0;
	size_t at = TAR_SUM;

	if (s.len < TAR_BLOCK || s.data[0] == 0)
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		const bool own = i >= TAR_SUM && i < TAR_SUM + TAR_SUM_LEN;

		sum += own ? ' ' : s.data[i];
		as_signed += own ? ' ' : (unsigned)(signed char)s.data[i];
	}
	while (s.data[at] == ' ' && at < TAR_SUM + TAR_SUM_LEN)
		at++;
	for (; at < TAR_SUM + TAR_SUM_LEN && s.data[at] >= '0' && s.data[at] <= '7'; at++)
		written = written * 8 + (s.data[at] - '0');
	return written == sum || written == as_signed;
}

enum archive_kind archive_begins(struct slice bytes)
{
	enum archive_kind skipped;

	for (size_t i = 0; i < COUNT(beginnings); i++)
		if (stands_at(bytes, beginnings[i].at, beginnings[i].bytes))
			return beginnings[i].kind;
	if (is_gzip(bytes))
		return ARCHIVE_GZIP;
	if (is_bzip2(bytes))
		return ARCHIVE_BZIP2;
	if (is_compress(bytes))
		return ARCHIVE_COMPRESS;
	if (is_tar(bytes))
		return ARCHIVE_CONTAINER;
	skipped = behind_skippable(bytes);
	if (skipped != ARCHIVE_NONE)
		return skipped;
	if (is_lzma(bytes))
		return ARCHIVE_LZMA;
	return holds_uu(bytes) ? ARCHIVE_UU : ARCHIVE_NONE;
}

/* Where the signature stands next, before `end`; `end` when it does not. */
static size_t find_one(
	struct slice bytes, const struct signature *signature, size_t from, size_t end)
{
	const unsigned char rare = signature->bytes.data[signature->rare];
	size_t at = from + signature->rare;

	while (at < end + signature->rare) {
		size_t hit = slice_find_byte(bytes, rare, at);

		if (hit >= bytes.len || hit - signature->rare >= end)
			return end;
		if (stands_at(bytes, hit - signature->rare, signature->bytes))
			return hit - signature->rare;
		at = hit + 1;
	}
	return end;
}

size_t archive_find(struct slice bytes, size_t from)
{
	size_t found = bytes.len;

	for (size_t i = 0; i < COUNT(anywhere); i++)
		found = find_one(bytes, &anywhere[i], from, found);
	return found;
}

size_t archive_search_next(struct archive_search *search, struct slice bytes, size_t from)
{
	size_t found = bytes.len;

	for (size_t i = 0; i < COUNT(anywhere); i++) {
		if (!search->started || search->at[i] < from)
			search->at[i] = find_one(bytes, &anywhere[i], from, bytes.len);
		if (search->at[i] < found)
			found = search->at[i];
	}
	search->started = true;
	return found;
}

/* APPNOTE.TXT 4.3.7: a method that somebody has defined, and a name that is there. */
static bool zip_member_fits(struct slice s)
{
	const unsigned method = s.len < ZIP_HEADER ? 0 : s.data[8] | (unsigned)s.data[9] << 8;
	size_t name;

	if (s.len < ZIP_HEADER || (method > 20 && (method < 92 || method > 99)))
		return false;
	name = s.data[26] | (size_t)s.data[27] << 8;
	return name > 0 && name <= s.len - ZIP_HEADER;
}

static bool seven_zip_fits(struct slice s)
{
	uint64_t offset = 0, size = 0;

	if (s.len < SEVEN_ZIP_HEADER || s.data[6] != 0)
		return false;
	for (unsigned i = 8; i > 0; i--) {
		offset = offset << 8 | s.data[11 + i];
		size = size << 8 | s.data[19 + i];
	}
	return offset <= s.len && size <= s.len && offset + size <= s.len - SEVEN_ZIP_HEADER;
}

bool archive_plausible(struct slice bytes)
{
	if (slice_starts(bytes, "PK\3\4"))
		return zip_member_fits(bytes);
	if (slice_starts(bytes, "Rar!"))
		return bytes.len > 8 && (bytes.data[6] == 0 ||
						(bytes.data[6] == 1 && bytes.data[7] == 0));
	if (slice_starts(bytes, "7z"))
		return seven_zip_fits(bytes);
	if (slice_starts(bytes, "MSCF"))
		return bytes.len > CABINET_HEADER && bytes.data[25] == 1;
	return false;
}

bool archive_possible(struct slice bytes)
{
	return archive_begins(bytes) != ARCHIVE_NONE || archive_find(bytes, 0) < bytes.len;
}

/* But for `own`, no signature stands at its place. */
static bool begins_as_nothing_but(struct slice bytes, const char *own)
{
	for (size_t i = 0; i < COUNT(beginnings); i++)
		if (stands_at(bytes, beginnings[i].at, beginnings[i].bytes) &&
			!slice_eq_cstr(beginnings[i].bytes, own))
			return false;
	return true;
}

/* A tar begins with a name, which may be the signature of something else. */
static bool name_is_signature(struct slice bytes)
{
	return is_gzip(bytes) || is_bzip2(bytes) || is_compress(bytes) ||
	       slice_starts(bytes, "MZ") || slice_starts(bytes, "\177ELF") ||
	       slice_starts(bytes, "0707");
}

enum archive_layout archive_layout(struct slice bytes)
{
	struct gzip gzip;

	if (slice_starts(bytes, "PK\3\4"))
		return begins_as_nothing_but(bytes, "PK\3\4") && zip_is_regular(bytes)
			       ? ARCHIVE_REGULAR_ZIP
			       : ARCHIVE_IRREGULAR;
	if (gzip_read(bytes, &gzip))
		return begins_as_nothing_but(bytes, "") ? ARCHIVE_REGULAR_GZIP : ARCHIVE_IRREGULAR;
	if (begins_as_nothing_but(bytes, "ustar") && !name_is_signature(bytes) &&
		tar_is_regular(bytes))
		return ARCHIVE_REGULAR_TAR;
	return ARCHIVE_IRREGULAR;
}
