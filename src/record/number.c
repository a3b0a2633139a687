/* Numbers and times of the logs; see number.h. Own code instead of strtoull(3) and timegm(3): these
 * want NUL-terminated text, pass over blanks and signs, and are ten times slower on a log of years.
 */
#include "record/number.h"

void number_add_ms(struct buf *out, uint64_t us)
{
	buf_addf(out, "%llu.%03u", (unsigned long long)(us / 1000), (unsigned)(us % 1000));
}

bool number_read(struct slice text, uint64_t *number)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 20)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = text.data[i] - (unsigned)'0';

		if (digit > 9)
			return false;
		/* Only the twentieth digit can be one too many. */
		if (i == 19 && (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit))
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

bool number_read_unsigned(struct slice text, unsigned *number)
{
	uint64_t value;

	if (!number_read(text, &value) || value > UINT32_MAX)
		return false;
	*number = (unsigned)value;
	return true;
}

static unsigned digits(const unsigned char *text, unsigned count)
{
	unsigned value = 0;

	while (count-- > 0)
		value = value * 10 + (unsigned)(*text++ - '0');
	return value;
}

bool number_read_ms(struct slice text, uint64_t *us)
{
	uint64_t ms;

	if (text.len < 5 || !number_read(slice_first(text, text.len - 4), &ms))
		return false;

	const unsigned char *point = text.data + text.len - 4;

	if (*point != '.' || !ascii_digit(point[1]) || !ascii_digit(point[2]) ||
		!ascii_digit(point[3]))
		return false;
	if (__builtin_mul_overflow(ms, 1000u, &ms) ||
		__builtin_add_overflow(ms, digits(point + 1, 3), &ms))
		return false;
	*us = ms;
	return true;
}

static unsigned month_length(unsigned year, unsigned month)
{
	static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return lengths[month - 1] + (unsigned)(leap && month == 2);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
	unsigned past = year - 1; /* whole years since year 1 */
	int64_t days = (int64_t)past * 365 + past / 4 - past / 100 + past / 400;

	for (unsigned m = 1; m < month; m++)
		days += month_length(year, m);
	return days - 719162 + (day - 1);
}

bool number_read_time(struct slice text, int64_t *wall_ms)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";
	const unsigned char *d = text.data;
	unsigned year, month, day, hour, minute, second;

	if (text.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (form[i] == '0' ? !ascii_digit(d[i]) : d[i] != (unsigned char)form[i])
			return false;
	year = digits(d, 4);
	month = digits(d + 5, 2);
	day = digits(d + 8, 2);
	hour = digits(d + 11, 2);
	minute = digits(d + 14, 2);
	second = digits(d + 17, 2);
	if (year == 0 || month < 1 || month > 12 || day < 1 || day > month_length(year, month) ||
		hour > 23 || minute > 59 || second > 60)
		return false;
	*wall_ms = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60000 +
		   (int64_t)second * 1000 + digits(d + 20, 3);
	return true;
}
