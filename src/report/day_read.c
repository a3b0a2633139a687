/*
 * Reading the day database; see day_read.h. A file that passed SQLite's own checks may still hold
 * what we never wrote: numbers below 0, texts that are not escaped, blobs that are no histograms.
 * All that is damage, and none of it is shown.
 */
#include "report/day_read.h"

#include "record/escape.h"
#include "report/day_db_private.h"
#include "report/histogram_blob.h"

#include <errno.h>

/* Rows of a list. No day has more kinds of things than this, and no memory is spent on more. */
#define ROWS_MAX 100000

struct reading {
	struct day_db *db;
	struct arena *arena;
	sqlite3_stmt *statement;
	struct error *error;
};

static int no_memory(const struct reading *reading)
{
	return error_set_errno(reading->error, -ENOMEM, "%s", reading->db->path);
}

/* The element behind the last of a list, whose room doubles; NULL without memory. */
static void *next_row(struct arena *arena, void *list, unsigned count, size_t size)
{
	void **rows = list, *more;

	if (count == 0 || (count >= 16 && (count & (count - 1)) == 0)) {
		more = arena_array(arena, count ? (size_t)count * 2 : 16, size);
		if (!more)
			return NULL;
		if (count > 0)
			memcpy(more, *rows, count * size);
		*rows = more;
	}
	return (char *)*rows + count * size;
}

static int begin(struct reading *reading, const char *statement, struct day_span span, int *at)
{
	reading->statement = day_db_prepare(reading->db, statement, reading->error);
	if (!reading->statement)
		return -EBADMSG;
	*at = 1;
	sqlite3_bind_int64(reading->statement, (*at)++, span.first);
	sqlite3_bind_int64(reading->statement, (*at)++, span.last);
	return 0;
}

static int text_of(const struct reading *reading, int column, struct slice *text)
{
	const unsigned char *bytes = sqlite3_column_text(reading->statement, column);
	size_t length = (size_t)sqlite3_column_bytes(reading->statement, column);
	struct slice copy = arena_copy(reading->arena, slice_make(bytes, length));
	int result;

	if (!copy.data || !bytes)
		return no_memory(reading);
	result = escape_undo(copy, reading->arena, text);
	if (result > 0)
		return day_db_damaged(
			reading->db, "a text is not as qmvc writes them", reading->error);
	return result ? no_memory(reading) : 0;
}

static int number_of(const struct reading *reading, int column, uint64_t *number)
{
	return day_db_number(reading->db, reading->statement, column, number, reading->error);
}

/* Calls `take` for each row. */
static int each(struct reading *reading, int (*take)(struct reading *, void *), void *context)
{
	int result = 0;

	for (unsigned rows = 0; result == 0; rows++) {
		result = day_db_step(reading->db, reading->statement, reading->error);
		if (result == 0 && rows == ROWS_MAX)
			result = day_db_damaged(
				reading->db, "it has far too many rows", reading->error);
		if (result == 0)
			result = take(reading, context);
	}
	sqlite3_finalize(reading->statement);
	return result > 0 ? 0 : result;
}

/* --- days ------------------------------------------------------------------ */

struct days {
	struct day_figures *list;
	unsigned count;
};

/* The log's row of a day comes first, virulator's behind it. */
static int take_day(struct reading *reading, void *context)
{
	struct days *days = context;
	struct day_figures *day = days->count > 0 ? &days->list[days->count - 1] : NULL;
	int64_t number = sqlite3_column_int64(reading->statement, 0);
	int result;

	if (day && day->day == number)
		return 0;
	day = next_row(reading->arena, &days->list, days->count, sizeof(*day));
	if (!day)
		return no_memory(reading);
	*day = (struct day_figures){.day = number};
	days->count++;
	/* A mail in the rep is one of those that met a condition, not of all. */
	result = sqlite3_column_int(reading->statement, 6) ? number_of(reading, 1, &day->mails) : 0;
	if (result == 0)
		result = number_of(reading, 2, &day->bytes);
	if (result == 0)
		result = number_of(reading, 3, &day->stopped);
	if (result == 0)
		result = number_of(reading, 4, &day->bad);
	return result ? result : number_of(reading, 5, &day->infected);
}

static int read_histogram(const struct reading *reading, int column, struct histogram *histogram)
{
	const void *bytes = sqlite3_column_blob(reading->statement, column);
	size_t length = (size_t)sqlite3_column_bytes(reading->statement, column);

	if (histogram_unpack(slice_make(bytes, length), histogram))
		return 0;
	return day_db_damaged(reading->db, "what should be durations is none", reading->error);
}

static int take_delay(struct reading *reading, void *context)
{
	struct days *days = context;
	int64_t number = sqlite3_column_int64(reading->statement, 0);
	struct histogram delay;
	int result = read_histogram(reading, 1, &delay);

	for (unsigned i = 0; result == 0 && i < days->count; i++) {
		if (days->list[i].day != number)
			continue;
		days->list[i].median_us = histogram_quantile(&delay, 500);
		days->list[i].p95_us = histogram_quantile(&delay, 950);
	}
	return result;
}

int day_db_read_days(struct day_db *db, struct day_span span, struct arena *arena,
	struct day_figures **days, unsigned *count, struct error *error)
{
	struct reading reading = {.db = db, .arena = arena, .error = error};
	struct days read = {0};
	int at, result = begin(&reading,
			"SELECT day, mails, bytes, stopped, bad, infected, source='log' FROM day"
			" WHERE day BETWEEN ?1 AND ?2 ORDER BY day, source",
			span, &at);

	if (result == 0)
		result = each(&reading, take_day, &read);
	if (result == 0)
		result = begin(&reading,
			"SELECT day, cells FROM duration"
			" WHERE day BETWEEN ?1 AND ?2 AND kind='delay' AND subject=''",
			span, &at);
	if (result == 0)
		result = each(&reading, take_delay, &read);
	if (result)
		return result;
	*days = read.list;
	*count = read.count;
	return 0;
}

/* --- amounts --------------------------------------------------------------- */

static int take_amount(struct reading *reading, void *context)
{
	struct day_amounts *amounts = context;
	struct day_amount *amount =
		next_row(reading->arena, &amounts->list, amounts->count, sizeof(*amount));
	int result;

	if (!amount)
		return no_memory(reading);
	result = text_of(reading, 0, &amount->subject);
	if (result == 0)
		result = text_of(reading, 1, &amount->name);
	if (result == 0)
		result = number_of(reading, 2, &amount->count);
	amounts->count += result == 0;
	return result;
}

int day_db_read_amounts(struct day_db *db, enum day_source source, const char *kind,
	struct day_span span, struct arena *arena, struct day_amounts *amounts, struct error *error)
{
	struct reading reading = {.db = db, .arena = arena, .error = error};
	struct day_amounts read = {0};
	int at, result = begin(&reading,
			"SELECT subject, name, sum(count) AS count FROM amount"
			" WHERE day BETWEEN ?1 AND ?2 AND source=?3 AND kind=?4"
			" GROUP BY subject, name ORDER BY subject, sum(count) DESC, name",
			span, &at);

	if (result)
		return result;
	day_db_bind_cstr(reading.statement, &at, day_source_name(source));
	day_db_bind_cstr(reading.statement, &at, kind);
	result = each(&reading, take_amount, &read);
	if (result == 0)
		*amounts = read;
	return result;
}

/* --- durations ------------------------------------------------------------- */

static int take_times(struct reading *reading, void *context)
{
	struct day_times_list *times = context;
	struct day_times *last = times->count > 0 ? &times->list[times->count - 1] : NULL;
	struct slice subject;
	struct histogram time;
	int result = text_of(reading, 0, &subject);

	if (result == 0)
		result = read_histogram(reading, 1, &time);
	if (result)
		return result;
	if (!last || !slice_eq(last->subject, subject)) {
		last = next_row(reading->arena, &times->list, times->count, sizeof(*last));
		if (!last)
			return no_memory(reading);
		times->count++;
		last->subject = subject;
	}
	histogram_merge(&last->time, &time);
	return 0;
}

int day_db_read_times(struct day_db *db, const char *kind, struct day_span span,
	struct arena *arena, struct day_times_list *times, struct error *error)
{
	struct reading reading = {.db = db, .arena = arena, .error = error};
	struct day_times_list read = {0};
	int at, result = begin(&reading,
			"SELECT subject, cells FROM duration"
			" WHERE day BETWEEN ?1 AND ?2 AND kind=?3 ORDER BY subject",
			span, &at);

	if (result)
		return result;
	day_db_bind_cstr(reading.statement, &at, kind);
	result = each(&reading, take_times, &read);
	if (result == 0)
		*times = read;
	return result;
}

/* --- the whole ------------------------------------------------------------- */

int day_db_read_span(
	struct day_db *db, struct day_span within, struct day_span *span, struct error *error)
{
	cleanup_statement sqlite3_stmt *both = day_db_prepare(db,
		"SELECT min(day), max(day) FROM day WHERE mails>0 AND day BETWEEN ?1 AND ?2",
		error);
	int result;

	if (!both)
		return -EBADMSG;
	sqlite3_bind_int64(both, 1, within.first);
	sqlite3_bind_int64(both, 2, within.last);
	result = day_db_step(db, both, error);
	if (result)
		return result;
	if (sqlite3_column_type(both, 0) == SQLITE_NULL)
		return 1;
	*span = (struct day_span){sqlite3_column_int64(both, 0), sqlite3_column_int64(both, 1)};
	return 0;
}
