/*
 * Conversion to UTF-8; see charset.h. iconv(3) loads a shared object for most charsets, so what
 * nearly every mail is written in never gets there. Where a name stands for less than mail programs
 * write under it (GB2312 for GB 18030, KS C 5601 for Microsoft's extension of it), the wider one is
 * taken, as WHATWG's Encoding Standard does.
 */
#include "message/charset.h"
#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>
#include <iconv.h>

struct alias {
	const char *name; /* lower case */
	const char *iconv;
};

/* Names of mail that iconv does not know, or for which mail programs mean something wider. */
static const struct alias aliases[] = {
	{"big5", "BIG5-HKSCS"},
	{"big5-hkscs", "BIG5-HKSCS"},
	{"cn-big5", "BIG5-HKSCS"},
	{"x-x-big5", "BIG5-HKSCS"},
	{"cn-gb", "GB18030"},
	{"gb2312", "GB18030"},
	{"gb_2312-80", "GB18030"},
	{"gbk", "GB18030"},
	{"x-gbk", "GB18030"},
	{"cp936", "GB18030"},
	{"windows-936", "GB18030"},
	{"euc-kr", "CP949"},
	{"ks_c_5601-1987", "CP949"},
	{"ks_c_5601-1989", "CP949"},
	{"ksc5601", "CP949"},
	{"ksc_5601", "CP949"},
	{"korean", "CP949"},
	{"windows-949", "CP949"},
	{"cp949", "CP949"},
	{"shift_jis", "CP932"},
	{"shift-jis", "CP932"},
	{"sjis", "CP932"},
	{"x-sjis", "CP932"},
	{"ms_kanji", "CP932"},
	{"windows-31j", "CP932"},
	{"cp932", "CP932"},
	{"x-euc-jp", "EUC-JP"},
	{"x-euc", "EUC-JP"},
	{"iso-8859-6-e", "ISO-8859-6"},
	{"iso-8859-6-i", "ISO-8859-6"},
	{"iso-8859-8-e", "ISO-8859-8"},
	{"iso-8859-8-i", "ISO-8859-8"},
	{"logical", "ISO-8859-8"},
	{"iso-8859-9", "CP1254"},
	{"latin5", "CP1254"},
	{"iso-8859-11", "CP874"},
	{"tis-620", "CP874"},
	{"windows-874", "CP874"},
	{"dos-874", "CP874"},
	{"x-cp1250", "CP1250"},
	{"x-cp1251", "CP1251"},
	{"x-cp1253", "CP1253"},
	{"koi", "KOI8-R"},
	{"koi8", "KOI8-R"},
	{"koi8-ru", "KOI8-U"},
	{"x-koi8-r", "KOI8-R"},
	{"macintosh", "MACINTOSH"},
	{"mac", "MACINTOSH"},
	{"x-mac-roman", "MACINTOSH"},
	{"x-mac-cyrillic", "MAC-CYRILLIC"},
	{"x-mac-ukrainian", "MAC-UK"},
	{"x-mac-ce", "MAC-CENTRALEUROPE"},
	{"x-viscii", "VISCII"},
	{"utf-7", "UTF-7"},
	{"utf7", "UTF-7"},
	{"unicode-1-1-utf-7", "UTF-7"},
	{"unicode-2-0-utf-7", "UTF-7"},
	{"x-unicode-2-0-utf-7", "UTF-7"},
	{"csunicode11utf7", "UTF-7"},
	{"unicode", "UTF-16LE"},
	{"ucs-2", "UTF-16LE"},
	{"iso-10646-ucs-2", "UTF-16BE"},
	{"utf-16", "UTF-16"},
	{"utf16", "UTF-16"},
	{"utf-16le", "UTF-16LE"},
	{"utf-16be", "UTF-16BE"},
	{"utf-32", "UTF-32"},
	{"utf32", "UTF-32"},
	{"utf-32le", "UTF-32LE"},
	{"utf-32be", "UTF-32BE"},
	{"ucs-4", "UTF-32BE"},
	{"iso-10646-ucs-4", "UTF-32BE"},
};

static const char *const utf8_names[] = {"utf-8", "utf8", "x-utf-8", "unicode-1-1-utf-8",
	"unicode-2-0-utf-8", "x-unicode-2-0-utf-8", "cp65001", "us-ascii", "ascii",
	"ansi_x3.4-1968", "ansi_x3.4-1986", "iso_646.irv:1991", "iso646-us", "us", "ibm367",
	"cp367", "csascii", "7bit", "8bit", "unknown-8bit", "x-unknown", "unknown", "default",
	"x-user-defined"};

static const char *const latin1_names[] = {"iso-8859-1", "iso8859-1", "iso_8859-1", "iso88591",
	"iso-8859-1:1987", "iso_8859-1:1987", "latin1", "latin-1", "l1", "iso-ir-100", "ibm819",
	"cp819", "csisolatin1", "windows-1252", "windows1252", "cp1252", "cp-1252", "x-cp1252",
	"x-ansi", "ansi"};

/* Beginnings of the names (iconv's) in which bytes below 128 mean ASCII. */
static const char *const ascii_inside[] = {"ISO-8859", "ISO8859", "ISO_8859", "WINDOWS-12", "CP125",
	"CP874", "CP949", "CP932", "KOI8", "GB18030", "BIG5", "EUC-", "EUCJP", "EUCKR", "EUCTW",
	"MAC", "VISCII"};

static bool is_listed(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}
#define IS_LISTED(name, list) is_listed((name), (list), sizeof(list) / sizeof((list)[0]))

static bool holds_ascii(const char *iconv_name)
{
	for (size_t i = 0; i < sizeof(ascii_inside) / sizeof(ascii_inside[0]); i++)
		if (slice_starts_nocase(slice_cstr(iconv_name), ascii_inside[i]))
			return true;
	return false;
}

/*
 * Copies `name` in lower case; false when it cannot be a charset's name (RFC 2978 2.3 allows more
 * punctuation, no charset uses it). A leading RFC 2231 blank or quote is nobody's charset either.
 */
static bool copy_name(struct slice name, char out[CHARSET_NAME_MAX + 1])
{
	name = slice_trim(name);
	if (name.len == 0 || name.len > CHARSET_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = ascii_lower(name.data[i]);

		if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && !strchr("._:+-", c))
			return false;
		out[i] = (char)c;
	}
	out[name.len] = '\0';
	return true;
}

static struct charset charset_iconv(const char *name)
{
	struct charset charset = {.kind = CHARSET_ICONV, .unit = 1};
	struct slice s = slice_cstr(name);

	memcpy(charset.name, name, s.len + 1);
	if (slice_starts_nocase(s, "utf-16") || slice_starts_nocase(s, "utf16") ||
		slice_starts_nocase(s, "ucs-2"))
		charset.unit = 2;
	else if (slice_starts_nocase(s, "utf-32") || slice_starts_nocase(s, "utf32") ||
		 slice_starts_nocase(s, "ucs-4"))
		charset.unit = 4;
	charset.holds_ascii = holds_ascii(name);
	return charset;
}

struct charset charset_find(struct slice name)
{
	struct charset charset = {.kind = CHARSET_UTF8, .holds_ascii = true, .unit = 1};
	char lower[CHARSET_NAME_MAX + 1];

	if (!copy_name(name, lower) || IS_LISTED(lower, utf8_names))
		return charset;
	if (IS_LISTED(lower, latin1_names)) {
		charset.kind = CHARSET_LATIN1;
		return charset;
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(lower, aliases[i].name) == 0)
			return charset_iconv(aliases[i].iconv);
	/* glibc's own representations are no charset of mail and want aligned input. */
	if (strcmp(lower, "internal") == 0 || strncmp(lower, "wchar", 5) == 0)
		return charset;
	return charset_iconv(lower);
}

size_t charset_from_bom(struct slice bytes, struct charset *charset)
{
	static const struct {
		unsigned char mark[4];
		unsigned char len;
		const char *name;
	} marks[] = {
		{{0xff, 0xfe, 0, 0}, 4,
			"utf-32le"}, /* before UTF-16LE, whose mark it begins with */
		{{0, 0, 0xfe, 0xff}, 4, "utf-32be"},
		{{0xff, 0xfe}, 2, "utf-16le"},
		{{0xfe, 0xff}, 2, "utf-16be"},
		{{0xef, 0xbb, 0xbf}, 3, "utf-8"},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (bytes.len < marks[i].len ||
			memcmp(bytes.data, marks[i].mark, marks[i].len) != 0)
			continue;
		*charset = charset_find(slice_cstr(marks[i].name));
		return marks[i].len;
	}
	return 0;
}

static int add_latin1(struct slice bytes, struct buf *out)
{
	size_t at = 0;

	while (at < bytes.len) {
		size_t ascii = utf8_ascii_prefix(slice_from(bytes, at));
		int error = buf_add(out, slice_make(bytes.data + at, ascii));

		if (error)
			return error;
		for (at += ascii; at < bytes.len && bytes.data[at] >= 0x80; at++)
			if (utf8_add(out, unicode_from_windows_1252(bytes.data[at])))
				return -ENOMEM;
	}
	return 0;
}

static int add_utf8(struct slice bytes, struct buf *out)
{
	while (bytes.len > 0) {
		size_t valid = utf8_valid_prefix(bytes);
		int error = buf_add(out, slice_first(bytes, valid));

		if (!error && valid < bytes.len)
			error = utf8_add(out, unicode_from_windows_1252(bytes.data[valid]));
		if (error)
			return error;
		bytes = slice_from(bytes, valid + 1);
	}
	return 0;
}

/* Takes one unit that iconv refuses off the front: a byte as Latin-1, a wider unit as U+FFFD. */
static int skip_unit(const struct charset *charset, char **in, size_t *left, struct buf *out)
{
	size_t unit = charset->unit < *left ? charset->unit : *left;
	uint32_t c = unit == 1 ? unicode_from_windows_1252((unsigned char)**in) : 0xfffd;

	*in += unit;
	*left -= unit;
	return utf8_add(out, c);
}

static int convert(iconv_t cd, const struct charset *charset, struct slice bytes, struct buf *out)
{
	char *in = (char *)(uintptr_t)bytes.data; /* iconv takes no const, but does not write */
	size_t left = bytes.len;
	bool flushed = false;

	/* The last turn, without input, gives what a stateful charset still holds back. */
	while (!flushed) {
		char room[4096], *end = room;
		size_t free_room = sizeof(room), before = left;
		size_t result;
		int cause;

		flushed = left == 0;
		result = iconv(cd, flushed ? NULL : &in, flushed ? NULL : &left, &end, &free_room);
		cause = errno;
		if (buf_add(out, slice_make(room, (size_t)(end - room))))
			return -ENOMEM;
		if (flushed || result != (size_t)-1)
			continue;
		/* E2BIG means one more turn; without progress it would be one more for ever. */
		if (cause == E2BIG && (left < before || end > room))
			continue;
		if (skip_unit(charset, &in, &left, out))
			return -ENOMEM;
	}
	return 0;
}

/* RFC 2781 4.3 says big-endian where there is no mark, Windows writes little: count the NULs. */
static const char *byte_order(const struct charset *charset, struct slice bytes)
{
	size_t even = 0, odd = 0;

	bytes = slice_first(bytes, 4096);
	for (size_t i = 0; i + 1 < bytes.len; i += 2) {
		even += bytes.data[i] == 0;
		odd += bytes.data[i + 1] == 0;
	}
	if (charset->unit == 4) /* 00 00 00 61 or 61 00 00 00: look at the first unit's ends */
		return bytes.len >= 4 && bytes.data[0] != 0 ? "UTF-32LE" : "UTF-32BE";
	return even >= odd ? "UTF-16BE" : "UTF-16LE";
}

static int add_iconv(const struct charset *charset, struct slice bytes, struct buf *out)
{
	const char *name = charset->name;
	struct charset marked;
	iconv_t cd;
	int error;

	if (charset->unit > 1) {
		size_t mark = charset_from_bom(bytes, &marked);

		/* UTF-16LE keeps its mark as a character, and means what the mark says. */
		if (mark > 0 && marked.unit == charset->unit) {
			name = marked.name;
			bytes = slice_from(bytes, mark);
		} else if (strcmp(name, "UTF-16") == 0 || strcmp(name, "UTF-32") == 0) {
			name = byte_order(charset, bytes);
		}
	}
	cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return errno == ENOMEM ? -ENOMEM : add_utf8(bytes, out);
	error = convert(cd, charset, bytes, out);
	iconv_close(cd);
	return error;
}

int charset_to_utf8(const struct charset *charset, struct slice bytes, struct buf *out)
{
	if (bytes.len == 0)
		return 0;
	if (charset->holds_ascii && utf8_ascii_prefix(bytes) == bytes.len)
		return buf_add(out, bytes);
	switch (charset->kind) {
	case CHARSET_LATIN1:
		return add_latin1(bytes, out);
	case CHARSET_ICONV:
		return add_iconv(charset, bytes, out);
	case CHARSET_UTF8:
	default:
		return add_utf8(bytes, out);
	}
}

int charset_name_to_utf8(struct slice name, struct slice bytes, struct buf *out)
{
	struct charset charset = charset_find(name);

	return charset_to_utf8(&charset, bytes, out);
}
