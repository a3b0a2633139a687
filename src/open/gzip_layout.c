/* The header and the end of a regular gzip; see gzip_layout.h. */
#include "open/gzip_layout.h"

#include "open/name_layout.h"

#define HEADER	10u
#define TRAILER 8u
#define NAME	8u /* flag */
#define TEXT	1u /* flag, of no meaning */

static uint32_t get32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

bool gzip_read(struct slice bytes, struct gzip *gzip)
{
	size_t at = HEADER;

	if (bytes.len < HEADER + TRAILER || memcmp(bytes.data, "\x1f\x8b\x08", 3) != 0 ||
		(bytes.data[3] & ~(NAME | TEXT)))
		return false;
	*gzip = (struct gzip){.crc = get32(bytes.data + bytes.len - TRAILER),
		.size = get32(bytes.data + bytes.len - TRAILER / 2)};
	bytes.len -= TRAILER;
	if (bytes.data[3] & NAME) {
		at = slice_find_byte(bytes, 0, HEADER);
		gzip->name = slice_make(bytes.data + HEADER, at - HEADER);
		at++;
	}
	gzip->data = slice_from(bytes, at);
	return gzip->data.len > 0 && gzip->size > 0 && gzip->size <= GZIP_CONTENT_MAX &&
	       !name_has_surrogates(gzip->name);
}
