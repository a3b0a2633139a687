/*
 * The layout of a regular tar; see tar_layout.h. As in zip_layout.c nothing is allocated, nothing is
 * believed, and each place is checked against the end before it is looked at: qmvc reads this
 * outside of the sandbox.
 */
#include "open/tar_layout.h"

#include "open/name_layout.h"
#include "open/tar_pax.h"

#define BLOCK	    512u
#define END_BLOCKS  2u	   /* of zeros, at least */
#define SPECIAL_MAX 16384u /* bytes of a long name or of pax records */
#define ZIP_END	    22u	   /* of the record that ends a zip */

/* Where a field is, and its size. */
#define NAME   0u, 100u
#define MODE   100u, 8u
#define UID    108u, 8u
#define GID    116u, 8u
#define SIZE   124u, 12u
#define MTIME  136u, 12u
#define SUM    148u, 8u
#define TYPE   156u
#define MAGIC  257u, 8u
#define MAJOR  329u, 8u
#define MINOR  337u, 8u
#define PREFIX 345u, 155u
#define UNUSED 500u, 12u  /* ustar */
#define HOLES  369u, 143u /* GNU tar: of a sparse file, or of one in several volumes */
/* Before there was a magic number; GNU tar writes the device all the same. */
#define V7_MAGIC 257u, 72u
#define V7_REST	 345u, 167u

struct header {
	unsigned char type;
	uint64_t size;
	struct slice prefix, name;
};

/* What the headers before a member's own say of it. */
struct special {
	bool any, name, link;
	struct pax pax;
};

static struct slice field(struct slice block, size_t at, size_t size)
{
	return slice_make(block.data + at, size);
}

static bool is_zero(struct slice s)
{
	return s.len == 0 || (s.data[0] == 0 && memcmp(s.data, s.data + 1, s.len - 1) == 0);
}

/* Octal digits with blanks before and blanks or NUL behind. A field may be empty: `digits` is 0 then. */
static bool read_octal(struct slice s, uint64_t *value, size_t *digits)
{
	size_t at = 0;

	*value = 0;
	while (at < s.len && s.data[at] == ' ')
		at++;
	for (*digits = 0; at < s.len && s.data[at] >= '0' && s.data[at] <= '7'; at++) {
		*value = *value * 8 + (s.data[at] - '0');
		++*digits;
	}
	while (at < s.len && (s.data[at] == ' ' || s.data[at] == 0))
		at++;
	return at == s.len;
}

static bool is_octal(struct slice s)
{
	uint64_t value;
	size_t digits;

	return read_octal(s, &value, &digits);
}

/* Up to its end or the first NUL, behind which there is nothing. */
static bool read_text(struct slice s, struct slice *text)
{
	*text = slice_first(s, slice_find_byte(s, 0, 0));
	return is_zero(slice_from(s, text->len));
}

static bool has_its_sum(struct slice block)
{
	const struct slice own = field(block, SUM);
	uint64_t said, sum = 0;
	size_t digits;

	if (!read_octal(own, &said, &digits) || digits == 0)
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += block.data[i];
	for (size_t i = 0; i < own.len; i++)
		sum += ' ' - (uint64_t)own.data[i];
	return said == sum;
}

static bool is_known(struct slice block, struct header *header)
{
	const struct slice magic = field(block, MAGIC);

	if (slice_eq(magic, slice_make("ustar\00000", 8)))
		return read_text(field(block, PREFIX), &header->prefix) &&
		       is_zero(field(block, UNUSED));
	if (slice_eq(magic, slice_make("ustar  ", 8)))
		return is_zero(field(block, HOLES));
	return is_zero(field(block, V7_MAGIC)) && is_zero(field(block, V7_REST));
}

/* The header at tar->at, and goes behind it. Returns false when it is none that all read alike. */
static bool next_header(struct tar *tar, struct header *header)
{
	struct slice block = slice_from(tar->bytes, tar->at);
	size_t digits;

	if (block.len < BLOCK)
		return false;
	block = slice_first(block, BLOCK);
	*header = (struct header){.type = block.data[TYPE]};
	if (!has_its_sum(block) || !is_known(block, header) ||
		!read_text(field(block, NAME), &header->name) || header->name.len == 0 ||
		!read_octal(field(block, SIZE), &header->size, &digits) || digits == 0 ||
		!is_octal(field(block, MODE)) || !is_octal(field(block, UID)) ||
		!is_octal(field(block, GID)) || !is_octal(field(block, MTIME)) ||
		!is_octal(field(block, MAJOR)) || !is_octal(field(block, MINOR)))
		return false;
	tar->at += BLOCK;
	return true;
}

/* So many bytes and the zeros up to the next block, and goes behind them. */
static bool next_data(struct tar *tar, uint64_t size, struct slice *data)
{
	const size_t padding = (size_t)(-size % BLOCK);
	const struct slice rest = slice_from(tar->bytes, tar->at);

	if (size > rest.len || rest.len - size < padding)
		return false;
	*data = slice_first(rest, (size_t)size);
	tar->at += data->len + padding;
	return is_zero(slice_first(slice_from(rest, data->len), padding));
}

/* GNU tar ends a long name with a NUL. */
static bool read_long(struct slice body, struct slice *text)
{
	*text = slice_first(body, slice_find_byte(body, 0, 0));
	return text->len > 0 && text->len + 1 == body.len;
}

/* A header that tells of the next one. At most one of a kind, and not of two manners. */
static bool take_special(struct tar *tar, const struct header *header, struct special *special)
{
	struct slice body, link;
	bool *const once = header->type == 'K' ? &special->link : &special->name;

	if (header->size > SPECIAL_MAX || !next_data(tar, header->size, &body))
		return false;
	if (header->type == 'g')
		return !special->any && pax_is_comment(body);
	if (header->type == 'x') {
		if (special->any)
			return false;
		special->any = special->name = special->link = true;
		return pax_read(body, &special->pax);
	}
	if (*once)
		return false;
	special->any = *once = true;
	return read_long(body, header->type == 'K' ? &link : &special->pax.path);
}

static bool name_is_plain(const struct tar_member *member)
{
	const struct slice name = member->name, prefix = member->prefix;

	return !name_has_surrogates(name) && !name_has_surrogates(prefix) &&
	       (prefix.len == 0 || prefix.data[prefix.len - 1] != '/') &&
	       /* A file that is called as directories are is one for some. */
	       (member->data.len == 0 || name.data[name.len - 1] != '/');
}

static enum tar_step take_member(struct tar *tar, const struct header *header,
	const struct special *special, struct tar_member *member)
{
	const bool is_file = header->type == 0 || header->type == '0';

	/* Links, devices and directories have no data, whatever their size says. */
	if (!is_file && (header->type < '1' || header->type > '6' || header->size != 0))
		return TAR_IRREGULAR;
	if (special->pax.has_size && special->pax.size != header->size)
		return TAR_IRREGULAR;
	*member = (struct tar_member){.prefix = header->prefix, .name = header->name};
	if (special->pax.path.len > 0) {
		member->prefix = SLICE_EMPTY;
		member->name = special->pax.path;
	}
	if (!next_data(tar, header->size, &member->data) || !name_is_plain(member))
		return TAR_IRREGULAR;
	return TAR_MEMBER;
}

/*
 * Zeros up to the end. What ends like a zip but for its last bytes, the length of its comment, would
 * have these in the zeros, and be one.
 */
static bool is_end(const struct tar *tar)
{
	static const struct slice zip = SLICE_LITERAL("PK\5\6");
	const struct slice rest = slice_from(tar->bytes, tar->at);
	const struct slice last = slice_from(
		slice_first(tar->bytes, tar->at), tar->at < ZIP_END ? 0 : tar->at - ZIP_END + 1);

	return rest.len >= (size_t)END_BLOCKS * BLOCK && rest.len % BLOCK == 0 && is_zero(rest) &&
	       slice_find(last, zip, 0) == last.len;
}

void tar_begin(struct tar *tar, struct slice bytes)
{
	*tar = (struct tar){.bytes = bytes};
}

enum tar_step tar_next(struct tar *tar, struct tar_member *member)
{
	struct special special = {0};
	struct header header;

	if (tar->at < tar->bytes.len && tar->bytes.data[tar->at] == 0)
		return is_end(tar) ? TAR_END : TAR_IRREGULAR;
	while (next_header(tar, &header)) {
		if (header.type != 'L' && header.type != 'K' && header.type != 'x' &&
			header.type != 'g')
			return take_member(tar, &header, &special, member);
		if (!take_special(tar, &header, &special))
			break;
	}
	return TAR_IRREGULAR;
}

bool tar_is_regular(struct slice bytes)
{
	struct tar_member member;
	enum tar_step step;
	struct tar tar;

	tar_begin(&tar, bytes);
	do {
		step = tar_next(&tar, &member);
	} while (step == TAR_MEMBER);
	return step == TAR_END && tar.at > 0;
}
