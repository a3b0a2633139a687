/* Invisible and look-alike characters; see unicode.h. */
#include "message/unicode.h"

#include <stddef.h>

struct range {
	uint32_t first, last;
};

/* Ascending, so that the search can stop early. */
static const struct range invisible[] = {
	{0x0000, 0x001f},   /* C0 controls, TAB and line ends too */
	{0x007f, 0x009f},   /* DEL and C1 controls */
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x034f, 0x034f},   /* combining grapheme joiner */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x115f, 0x1160},   /* Hangul fillers */
	{0x17b4, 0x17b5},   /* Khmer inherent vowels */
	{0x180b, 0x180f},   /* Mongolian selectors and vowel separator */
	{0x200b, 0x200f},   /* zero-width space and joiners, direction marks */
	{0x2028, 0x202e},   /* line and paragraph separator, embeddings and overrides */
	{0x2060, 0x206f},   /* word joiner, isolates, deprecated formatting */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xfe00, 0xfe0f},   /* variation selectors */
	{0xfeff, 0xfeff},   /* byte order mark, zero-width no-break space */
	{0xffa0, 0xffa0},   /* halfwidth Hangul filler */
	{0xfff0, 0xfffb},   /* unassigned, interlinear annotation */
	{0x1bca0, 0x1bca3}, /* shorthand format controls */
	{0x1d173, 0x1d17a}, /* musical format controls */
	{0xe0000, 0xe0fff}, /* tags and further variation selectors */
};

bool unicode_is_invisible(uint32_t character)
{
	for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++)
		if (character <= invisible[i].last)
			return character >= invisible[i].first;
	return false;
}

static bool is_blank(uint32_t c)
{
	return c == 0x00a0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* U+1D400..U+1D7FF: thirteen alphabets of 52 letters, then (with Greek between) digits. */
static uint32_t fold_mathematical(uint32_t c)
{
	uint32_t n;

	if (c >= 0x1d7ce)
		return '0' + (c - 0x1d7ce) % 10;
	if (c > 0x1d6a3)
		return c;
	n = (c - 0x1d400) % 52;
	return n < 26 ? 'A' + n : 'a' + (n - 26);
}

/* The letters among the letterlike symbols, where the mathematical alphabets have gaps. */
static uint32_t fold_letterlike(uint32_t c)
{
	static const struct {
		uint16_t from;
		char to;
	} letters[] = {{0x2102, 'C'}, {0x210a, 'g'}, {0x210b, 'H'}, {0x210c, 'H'}, {0x210d, 'H'},
		{0x210e, 'h'}, {0x2110, 'I'}, {0x2111, 'I'}, {0x2112, 'L'}, {0x2113, 'l'},
		{0x2115, 'N'}, {0x2119, 'P'}, {0x211a, 'Q'}, {0x211b, 'R'}, {0x211c, 'R'},
		{0x211d, 'R'}, {0x2124, 'Z'}, {0x2128, 'Z'}, {0x212a, 'K'}, {0x212c, 'B'},
		{0x212d, 'C'}, {0x212e, 'e'}, {0x212f, 'e'}, {0x2130, 'E'}, {0x2131, 'F'},
		{0x2133, 'M'}, {0x2134, 'o'}, {0x2139, 'i'}};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].from == c)
			return (unsigned char)letters[i].to;
	return c;
}

uint32_t unicode_fold(uint32_t c)
{
	if (c < 0x80)
		return c;
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xff01 + '!';
	if (is_blank(c))
		return ' ';
	if (c >= 0x1d400 && c <= 0x1d7ff)
		return fold_mathematical(c);
	if (c >= 0x24b6 && c <= 0x24cf)
		return 'A' + (c - 0x24b6);
	if (c >= 0x24d0 && c <= 0x24e9)
		return 'a' + (c - 0x24d0);
	if (c >= 0x2100 && c <= 0x2139)
		return fold_letterlike(c);
	switch (c) {
	case 0x017f: /* long s */
		return 's';
	case 0x2024: /* one dot leader */
	case 0x3002: /* ideographic full stop */
	case 0xfe12: /* its vertical form */
	case 0xfe52: /* small full stop */
	case 0xff61: /* halfwidth ideographic full stop */
		return '.';
	case 0x2044: /* fraction slash */
	case 0x2215: /* division slash */
		return '/';
	case 0xfe55:
		return ':';
	case 0xfe6a:
		return '%';
	case 0x2216: /* set minus */
	case 0xfe68:
		return '\\';
	default:
		return c;
	}
}

uint32_t unicode_from_windows_1252(unsigned char byte)
{
	static const uint16_t table[32] = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
		0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090,
		0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161,
		0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

	return byte >= 0x80 && byte < 0xa0 ? table[byte - 0x80] : byte;
}
