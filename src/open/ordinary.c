/*
 * Pictures and PDF; see ordinary.h. Their first bytes weigh more with libmagic (file -l) than all that it
 * looks for elsewhere in a file, but for a few things that such a file could be at the same time: an
 * archive or a disk image, which the caller rules out, and programs that are known by what stands
 * further in, foremost the program information file, which Windows starts whatever it begins with.
 */
#include "open/ordinary.h"

#define JPEG_SOS 0xdau
#define JPEG_EOI 0xd9u

#define PNG_CHUNK 12u /* length, name and checksum around a chunk's data */

#define PDF_END	   ((size_t)1024)
#define PDF_HEADER 8u

static uint32_t big_endian(const unsigned char *bytes, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Where the next marker stands behind compressed data, in which 0xff 0 is a byte and RST a pause. */
static size_t jpeg_behind_scan(struct slice bytes, size_t at)
{
	while ((at = slice_find_byte(bytes, 0xff, at)) + 1 < bytes.len) {
		const unsigned next = bytes.data[at + 1];

		if (next != 0 && (next < 0xd0 || next > 0xd7))
			return at;
		at += 2;
	}
	return bytes.len;
}

/* Frames, tables, scans, application data and comments: what begins with its length. */
static bool jpeg_is_segment(unsigned marker)
{
	return (marker >= 0xc0 && marker <= 0xcf) || (marker >= JPEG_SOS && marker <= 0xef) ||
	       marker == 0xfe;
}

static bool is_jpeg(struct slice bytes)
{
	size_t at = 2;

	if (!slice_starts(bytes, "\xff\xd8\xff"))
		return false;
	while (bytes.len - at >= 4) {
		const unsigned marker = bytes.data[at + 1];
		const uint32_t length = big_endian(bytes.data + at + 2, 2);

		if (bytes.data[at] != 0xff || !jpeg_is_segment(marker) || length < 2 ||
			length > bytes.len - at - 2)
			return false;
		at += 2 + length;
		if (marker != JPEG_SOS)
			continue;
		at = jpeg_behind_scan(bytes, at);
		if (at + 2 == bytes.len && bytes.data[at + 1] == JPEG_EOI)
			return true;
	}
	return false;
}

static bool png_is_named(const unsigned char *chunk, const char *name)
{
	return memcmp(chunk + 4, name, 4) == 0;
}

/* An animated one has another type in later versions of libmagic. */
static bool is_png(struct slice bytes)
{
	static const struct slice start = SLICE_LITERAL("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
	size_t at = start.len - 8;

	if (!slice_eq(slice_first(bytes, start.len), start))
		return false;
	while (bytes.len - at >= PNG_CHUNK) {
		const unsigned char *chunk = bytes.data + at;
		const uint32_t length = big_endian(chunk, 4);

		if (length > bytes.len - at - PNG_CHUNK || png_is_named(chunk, "acTL"))
			return false;
		at += PNG_CHUNK + length;
		if (png_is_named(chunk, "IEND"))
			return at == bytes.len;
	}
	return false;
}

static bool is_pdf(struct slice bytes)
{
	static const struct slice mark = SLICE_LITERAL("%%EOF");
	struct slice end;

	if (bytes.len < PDF_HEADER || !slice_starts(bytes, "%PDF-") ||
		!ascii_digit(bytes.data[5]) || bytes.data[6] != '.' || !ascii_digit(bytes.data[7]))
		return false;
	end = slice_from(bytes, bytes.len < PDF_END ? 0 : bytes.len - PDF_END);
	return slice_find(end, mark, 0) < end.len;
}

/* libmagic's application/x-dosexec, as far as it does not go by the first bytes. */
static bool may_be_program(struct slice bytes)
{
	static const struct {
		size_t at;
		const char *mark;
	} programs[] = {
		{0x171, "MICROSOFT PIFEX"},
		{252, "Must have DOS version"},
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (bytes.len > programs[i].at &&
			slice_starts(slice_from(bytes, programs[i].at), programs[i].mark))
			return true;
	return false;
}

const char *ordinary_type(struct slice bytes)
{
	if (may_be_program(bytes))
		return NULL;
	if (is_jpeg(bytes))
		return "image/jpeg";
	if (is_png(bytes))
		return "image/png";
	return is_pdf(bytes) ? "application/pdf" : NULL;
}
