/*
 * Charsets (RFC 2046 4.1.2, RFC 2978) to UTF-8. US-ASCII, UTF-8, ISO-8859-1 and windows-1252 are
 * converted here; every other one by iconv(3), under the names that mail gives them. Nothing is
 * ever dropped, whatever the label says: a filter that drops what it cannot read can be blinded.
 */
#ifndef QMVC_MESSAGE_CHARSET_H
#define QMVC_MESSAGE_CHARSET_H

#include "base/buf.h"

/* Longer charset names name nothing. */
#define CHARSET_NAME_MAX 40

enum charset_kind {
	/*
	 * None given, US-ASCII, UTF-8, or a name nobody knows: what is valid UTF-8 is taken as
	 * that, other bytes as Latin-1, each for itself, so that one wrong byte cannot turn all
	 * the rest into something else than the recipient sees.
	 */
	CHARSET_UTF8,
	/* ISO-8859-1 and windows-1252, which mail programs take for the same: see latin1 below. */
	CHARSET_LATIN1,
	CHARSET_ICONV,
};

struct charset {
	enum charset_kind kind;
	bool holds_ascii; /* bytes below 128 mean themselves: pure ASCII needs no conversion */
	unsigned unit; /* bytes that belong together: 2 for UTF-16, 4 for UTF-32, else 1 */
	char name[CHARSET_NAME_MAX + 1]; /* CHARSET_ICONV: iconv's name */
};

/*
 * What `name` (from a mail, hostile) stands for. Only letters, digits and "._:+-" ever reach
 * iconv: no "//" suffix, no path.
 */
struct charset charset_find(struct slice name);

/*
 * The charset that a byte order mark at the front of `bytes` speaks of: UTF-8, UTF-16 or UTF-32.
 * Returns the mark's length in bytes and writes *charset, or returns 0 when there is no mark.
 */
size_t charset_from_bom(struct slice bytes, struct charset *charset);

/*
 * Appends `bytes` to `out` as valid UTF-8, at most four bytes for each given one (iconv's stateful
 * charsets: what iconv gives). Bytes that the charset does not allow are taken as Latin-1, units of
 * UTF-16 and UTF-32 that it does not allow become U+FFFD. Latin-1 means windows-1252 here, as
 * everywhere in mail: it differs in 0x80..0x9f only, where Latin-1 has no printable character.
 * Returns 0 or -ENOMEM.
 */
int charset_to_utf8(const struct charset *charset, struct slice bytes, struct buf *out);

/* The same, the charset looked up by its name. */
int charset_name_to_utf8(struct slice name, struct slice bytes, struct buf *out);

/*
 * Converters that stay open, for one who converts many short pieces, as the words of a field. A
 * zeroed struct has none open; release closes them. It opens sixty-four at most in its life: what a
 * mail writes in still more charsets is read as if nobody knew them.
 */
#define CHARSET_CONVERTERS_MAX 16

struct charset_converters {
	struct charset_converter {
		void *handle; /* iconv's */
		char name[CHARSET_NAME_MAX + 1];
	} list[CHARSET_CONVERTERS_MAX];
	unsigned opened;
};

void charset_converters_release(struct charset_converters *converters);
#define cleanup_converters __attribute__((cleanup(charset_converters_release)))

/* As charset_to_utf8, with such converters. */
int charset_convert(struct charset_converters *converters, const struct charset *charset,
	struct slice bytes, struct buf *out);

#endif
