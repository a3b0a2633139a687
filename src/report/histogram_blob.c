/* Histograms in a few bytes, and a reader that believes none of them; see histogram_blob.h. */
#include "report/histogram_blob.h"

#define FORM 1
/* Of a day; a thousand years of them can be added up. */
#define COUNT_MAX (UINT64_C(1) << 45)

static void add_number(struct buf *out, uint64_t number)
{
	while (number >= 0x80) {
		buf_add_byte(out, (unsigned char)(number | 0x80));
		number >>= 7;
	}
	buf_add_byte(out, (unsigned char)number);
}

void histogram_pack(const struct histogram *histogram, struct buf *out)
{
	size_t before = (size_t)-1;

	add_number(out, FORM);
	add_number(out, histogram->least);
	add_number(out, histogram->greatest);
	add_number(out, histogram->sum);
	for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
		add_number(out, histogram->within[i]);
	for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
		if (histogram->cells[i] == 0)
			continue;
		add_number(out, i - before);
		add_number(out, histogram->cells[i]);
		before = i;
	}
}

/* Takes a number off the front; only its shortest form is one. */
static bool take_number(struct slice *rest, uint64_t *number)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 10 && i < rest->len; i++) {
		unsigned char byte = rest->data[i];

		if (i == 9 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		if (byte == 0 && i > 0)
			return false;
		*number = value;
		*rest = slice_from(*rest, i + 1);
		return true;
	}
	return false;
}

static bool take_head(struct slice *rest, struct histogram *histogram, uint64_t *within)
{
	uint64_t form;

	if (!take_number(rest, &form) || form != FORM || !take_number(rest, &histogram->least) ||
		!take_number(rest, &histogram->greatest) || !take_number(rest, &histogram->sum))
		return false;
	*within = 0;
	for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		if (!take_number(rest, &histogram->within[i]) || histogram->within[i] > COUNT_MAX)
			return false;
		*within += histogram->within[i];
	}
	return true;
}

static bool take_cells(struct slice *rest, struct histogram *histogram)
{
	uint64_t cell = 0, distance, count;

	while (rest->len > 0) {
		if (!take_number(rest, &distance) || !take_number(rest, &count) || distance == 0 ||
			distance > HISTOGRAM_CELLS || count == 0 || count > COUNT_MAX)
			return false;
		cell += distance;
		if (cell > HISTOGRAM_CELLS)
			return false;
		histogram->cells[cell - 1] = count;
		histogram->count += count;
		if (histogram->count > COUNT_MAX)
			return false;
	}
	return true;
}

bool histogram_unpack(struct slice bytes, struct histogram *histogram)
{
	struct histogram read = {0};
	uint64_t within;

	if (!take_head(&bytes, &read, &within) || !take_cells(&bytes, &read) ||
		within != read.count || read.least > read.greatest ||
		(read.count == 0 && (read.greatest | read.sum) != 0))
		return false;
	*histogram = read;
	return true;
}
