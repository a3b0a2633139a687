/*
 * Borrowed bytes: a pointer and a length, owned by somebody else, never NUL-terminated by
 * assumption. The empty slice has len 0; its data may be NULL.
 */
#ifndef QMVC_BASE_SLICE_H
#define QMVC_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const unsigned char *data;
	size_t len;
};

#define SLICE_EMPTY ((struct slice){NULL, 0})
/* A slice of a string literal, usable in static initialisers. */
#define SLICE_LITERAL(text) {(const unsigned char *)(text), sizeof(text) - 1}
/* For printf("%.*s", SLICE_ARGS(s)): only for text known to hold no NUL. */
#define SLICE_ARGS(s) (int)(s).len, (const char *)(s).data

static inline struct slice slice_make(const void *data, size_t len)
{
	return (struct slice){data, len};
}

/* The bytes of a C string without its NUL; NULL gives the empty slice. */
static inline struct slice slice_cstr(const char *text)
{
	return (struct slice){(const unsigned char *)text, text ? strlen(text) : 0};
}

/* From byte `from` on; beyond the end gives the empty slice. */
static inline struct slice slice_from(struct slice s, size_t from)
{
	if (from > s.len)
		from = s.len;
	return slice_make(s.data ? s.data + from : NULL, s.len - from);
}

/* The first `len` bytes, or all when there are fewer. */
static inline struct slice slice_first(struct slice s, size_t len)
{
	return slice_make(s.data, len < s.len ? len : s.len);
}

/* ASCII only, and never the locale's opinion. */
static inline unsigned char ascii_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static inline bool ascii_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

static inline bool ascii_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit of either case, or -1. */
static inline int ascii_hex(unsigned char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool slice_eq_cstr(struct slice a, const char *text);
/* Equal but for ASCII case. */
bool slice_eq_nocase(struct slice a, struct slice b);
bool slice_eq_nocase_cstr(struct slice a, const char *text);
bool slice_starts(struct slice s, const char *prefix);
bool slice_starts_nocase(struct slice s, const char *prefix);
bool slice_ends_nocase(struct slice s, const char *suffix);

/* Index of the first `byte` at or after `from`, or s.len when there is none. */
static inline size_t slice_find_byte(struct slice s, unsigned char byte, size_t from)
{
	const unsigned char *found =
		from < s.len ? memchr(s.data + from, byte, s.len - from) : NULL;

	return found ? (size_t)(found - s.data) : s.len;
}

/* Index of the first `needle` at or after `from`, or s.len; an empty needle is found at `from`. */
size_t slice_find(struct slice s, struct slice needle, size_t from);
/* As slice_find, ASCII case ignored. */
size_t slice_find_nocase(struct slice s, struct slice needle, size_t from);

/* Without ASCII white space (blank, TAB, LF, VT, FF, CR) at both ends. */
struct slice slice_trim(struct slice s);

/*
 * Takes the next line off the front of *rest, without its LF or CRLF. Returns false when nothing is
 * left. A last line without newline counts.
 */
bool slice_next_line(struct slice *rest, struct slice *line);

/*
 * Reads all of `s` as an unsigned decimal number with an optional suffix K, M or G (1024 each).
 * Returns 0, -EINVAL (empty or another character), -ERANGE.
 */
int slice_to_size(struct slice s, uint64_t *value);

/* A NUL-terminated copy, to be freed by the caller; NUL bytes inside become '?'. NULL: no memory. */
char *slice_dup(struct slice s);

#endif
