/* Figures as people read them; see figure.h. */
#include "report/figure.h"

#include <inttypes.h>
#include <stdio.h>

#define NARROW_BLANK "\xe2\x80\xaf" /* U+202F: does not break */
#define BLANK	     "\xc2\xa0"	    /* U+00A0 */

static void add_count(struct buf *out, uint64_t value)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, value);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_cstr(out, NARROW_BLANK);
		buf_add_byte(out, (unsigned char)digits[i]);
	}
}

/*
 * Appends value / unit with `decimals` (0 to 2) digits behind the point, rounded half up; zeros at
 * the end are left out.
 */
static void add_decimal(struct buf *out, unsigned __int128 value, uint64_t unit, unsigned decimals)
{
	static const unsigned powers[] = {1, 10, 100};
	unsigned power = powers[decimals];
	unsigned __int128 scaled = (value * power + unit / 2) / unit;
	unsigned rest = (unsigned)(scaled % power);

	add_count(out, (uint64_t)(scaled / power));
	while (rest > 0 && rest % 10 == 0) {
		rest /= 10;
		decimals--;
	}
	if (rest > 0)
		buf_addf(out, ".%0*u", (int)decimals, rest);
}

/* Below 10: two digits behind the point, below 100 one. */
static unsigned decimals_of(uint64_t value, uint64_t unit)
{
	return value / unit >= 100 ? 0 : value / unit >= 10 ? 1 : 2;
}

static void add_scaled(struct buf *out, uint64_t value, uint64_t unit, const char *name)
{
	add_decimal(out, value, unit, decimals_of(value, unit));
	buf_addf(out, BLANK "%s", name);
}

static void add_time(struct buf *out, uint64_t us)
{
	/* From where a unit would show "1000 ms" or "60 s", the next one is used. */
	if (us < 999500)
		add_scaled(out, us, 1000, "ms");
	else if (us < 59950000)
		add_scaled(out, us, 1000000, "s");
	else if (us < UINT64_C(3597000000))
		add_scaled(out, us, 60000000, "min");
	else
		add_scaled(out, us, UINT64_C(3600000000), "h");
}

static void add_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t unit = 1024;
	size_t i = 0;

	if (bytes < 1024) {
		buf_addf(out, "%u" BLANK "B", (unsigned)bytes);
		return;
	}
	while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1000) {
		unit *= 1024;
		i++;
	}
	add_scaled(out, bytes, unit, units[i]);
}

void figure_add(struct buf *out, enum figure_unit unit, uint64_t value)
{
	switch (unit) {
	case FIGURE_TIME:
		add_time(out, value);
		break;
	case FIGURE_SIZE:
		add_size(out, value);
		break;
	case FIGURE_COUNT:
		add_count(out, value);
		break;
	}
}

void figure_add_share(struct buf *out, uint64_t part, uint64_t whole)
{
	unsigned __int128 hundredfold = (unsigned __int128)part * 100;
	unsigned __int128 thousandths = hundredfold * 10;

	if (whole == 0) {
		buf_add_byte(out, '-');
		return;
	}
	if (part > 0 && thousandths < whole)
		buf_add_cstr(out, "<" BLANK "0.1");
	else if (part < whole && thousandths >= (unsigned __int128)whole * 999)
		buf_add_cstr(out, ">" BLANK "99.9");
	else if (hundredfold < (unsigned __int128)whole * 10 ||
		 hundredfold >= (unsigned __int128)whole * 95)
		add_decimal(out, hundredfold, whole, 1);
	else
		add_decimal(out, hundredfold, whole, 0);
	buf_add_cstr(out, BLANK "%");
}
