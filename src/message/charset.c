/*
 * What the names of charsets mean; see charset.h. Where a name stands for less than mail programs
 * write under it (GB2312 for GB 18030, KS C 5601 for Microsoft's extension of it), the wider one is
 * taken, as WHATWG's Encoding Standard does.
 */
#include "message/charset.h"

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
