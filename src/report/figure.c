/* Figures as people read them; see figure.h. */
#include "report/figure.h"

#include <inttypes.h>
#include <stdio.h>

struct style {
	const char *group, *blank;
	bool zeros; /* at the end of decimals are kept */
};

static const struct style page = {"\xe2\x80\xaf", "\xc2\xa0", false}; /* U+202F, U+00A0 */
static const struct style column = {"\xe2\x80\xaf", "\xc2\xa0", true};
static const struct style text = {",", " ", true};

static void add_count(struct buf *out, const struct style *style, uint64_t value)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, value);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_cstr(out, style->group);
		buf_add_byte(out, (unsigned char)digits[i]);
	}
}

/* value / unit with `decimals` (0 to 2) digits behind the point, as a whole number, rounded half up. */
static unsigned __int128 scale(unsigned __int128 value, uint64_t unit, unsigned decimals)
{
	static const unsigned powers[] = {1, 10, 100};

	return (value * powers[decimals] + unit / 2) / unit;
}

static void add_decimal(struct buf *out, const struct style *style, unsigned __int128 value,
	uint64_t unit, unsigned decimals)
{
	unsigned power = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	unsigned __int128 scaled = scale(value, unit, decimals);
	unsigned rest = (unsigned)(scaled % power);

	add_count(out, style, (uint64_t)(scaled / power));
	while (!style->zeros && decimals > 0 && rest % 10 == 0) {
		rest /= 10;
		decimals--;
	}
	if (decimals > 0)
		buf_addf(out, ".%0*u", (int)decimals, rest);
}

/* Three digits in all: below 10 two behind the point, below 100 one. */
static void add_scaled(
	struct buf *out, const struct style *style, uint64_t value, uint64_t unit, const char *name)
{
	unsigned decimals = 2;

	while (decimals > 0 && scale(value, unit, decimals) >= 1000)
		decimals--;
	add_decimal(out, style, value, unit, decimals);
	buf_addf(out, "%s%s", style->blank, name);
}

static void add_time(struct buf *out, const struct style *style, uint64_t us)
{
	/* From where a unit would show "1000 ms" or "60 s", the next one is used. */
	if (us < 999500)
		add_scaled(out, style, us, 1000, "ms");
	else if (us < 59950000)
		add_scaled(out, style, us, 1000000, "s");
	else if (us < UINT64_C(3597000000))
		add_scaled(out, style, us, 60000000, "min");
	else
		add_scaled(out, style, us, UINT64_C(3600000000), "h");
}

static void add_size(struct buf *out, const struct style *style, uint64_t bytes)
{
	static const char *const units[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t unit = 1024;
	size_t i = 0;

	if (bytes < 1024) {
		buf_addf(out, "%u%sB", (unsigned)bytes, style->blank);
		return;
	}
	while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1000) {
		unit *= 1024;
		i++;
	}
	add_scaled(out, style, bytes, unit, units[i]);
}

static void add(struct buf *out, const struct style *style, enum figure_unit unit, uint64_t value)
{
	switch (unit) {
	case FIGURE_TIME:
		add_time(out, style, value);
		break;
	case FIGURE_SIZE:
		add_size(out, style, value);
		break;
	case FIGURE_COUNT:
		add_count(out, style, value);
		break;
	}
}

void figure_add(struct buf *out, enum figure_unit unit, uint64_t value)
{
	add(out, &page, unit, value);
}

void figure_add_column(struct buf *out, enum figure_unit unit, uint64_t value)
{
	add(out, &column, unit, value);
}

void figure_add_text(struct buf *out, enum figure_unit unit, uint64_t value)
{
	add(out, &text, unit, value);
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
		buf_addf(out, "<%s0.1", page.blank);
	else if (part < whole && thousandths >= (unsigned __int128)whole * 999)
		buf_addf(out, ">%s99.9", page.blank);
	else if (hundredfold < (unsigned __int128)whole * 10 ||
		 hundredfold >= (unsigned __int128)whole * 95)
		add_decimal(out, &page, hundredfold, whole, 1);
	else
		add_decimal(out, &page, hundredfold, whole, 0);
	buf_addf(out, "%s%%", page.blank);
}
