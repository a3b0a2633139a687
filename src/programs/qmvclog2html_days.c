/*
 * qmvclog2html -m: the days that are not closed. A few at a time are counted in one pass over the
 * logs, so a first run over years of them needs no more memory than an ordinary one
 * (REPORT_DAYS_AT_ONCE times what day_log.h says).
 *
 * A day without mail has no page, but for today, which yesterday's page leads to. A day is closed,
 * and never counted again, when it was counted an hour or more after its end and its pages are
 * written. Where a log file cannot be read it stays open for a week: perhaps somebody mends that.
 */
#include "programs/qmvclog2html.h"

#include "base/cleanup.h"
#include "programs/report_days.h"
#include "report/day_read.h"
#include "report/month_pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Some of them on their way. */
struct batch {
	struct reporting *reporting;
	struct day_db *db; /* NULL: it cannot be used, and only pages are written */
	const struct report_days *days;
	unsigned from, count; /* in `days` */
	struct day_log *logs[REPORT_DAYS_AT_ONCE];
	unsigned last; /* the one the last line went to */
	struct log_files files;
};

/* --- which days ------------------------------------------------------------ */

/* A log_take. */
static int find_day(void *context, const struct log_entry *entry, const struct log_place *place)
{
	(void)place;
	report_days_find(context, entry->time_ms);
	return 0;
}

static int list_days(struct reporting *reporting, struct day_db *db, struct report_days *days,
	struct error *error)
{
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users};
	int result = report_days_begin(days, db, DAY_LOG, reporting->site.now_ms, error);

	if (result <= 0)
		return result;
	files.since_ms = report_days_since(days);
	result = log_files_read(&files, find_day, days, error);
	report_days_finish(days);
	return result;
}

/* --- counting -------------------------------------------------------------- */

/* A log_take: each line to its day; they come nearly in order. */
static int take(void *context, const struct log_entry *entry, const struct log_place *place)
{
	struct batch *batch = context;

	for (unsigned i = 0; i < batch->count; i++) {
		unsigned at = (batch->last + i) % batch->count;

		if (entry->time_ms < batch->logs[at]->since_ms ||
			entry->time_ms >= batch->logs[at]->until_ms)
			continue;
		batch->last = at;
		return day_log_take(batch->logs[at], entry, place);
	}
	return 0;
}

static int64_t day_of(const struct batch *batch, unsigned at)
{
	return batch->days->list[batch->from + at];
}

static int begin_batch(struct batch *batch)
{
	struct calendar *calendar = &batch->reporting->site.calendar;

	for (unsigned i = 0; i < batch->count; i++) {
		batch->logs[i] = day_log_new(calendar_day_start(calendar, day_of(batch, i)),
			calendar_day_start(calendar, day_of(batch, i) + 1));
		if (!batch->logs[i])
			return -ENOMEM;
	}
	batch->files = (struct log_files){.base = batch->reporting->base,
		.users = batch->reporting->users,
		.since_ms = batch->logs[0]->since_ms};
	return 0;
}

static void end_batch(struct batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++)
		day_log_free(batch->logs[i]);
	log_files_release(&batch->files);
}

/* --- pages ----------------------------------------------------------------- */

/* Will this run write a page of that day, or has one been there before? */
static bool has_page(const struct batch *batch, int64_t day)
{
	char path[SITE_PATH];

	for (unsigned i = 0; i < batch->count; i++)
		if (day_of(batch, i) == day && batch->logs[i]->tally->total.mails > 0)
			return true;
	return day == batch->days->list[batch->days->count - 1] ||
	       site_has(&batch->reporting->site,
		       site_path(&batch->reporting->site, SITE_LOG, day, path));
}

/* The days next to it that have a page; of those found in the logs the one behind the batch too. */
static void set_neighbours(const struct batch *batch, unsigned at, struct day_page *page)
{
	int64_t day = day_of(batch, at);
	unsigned behind = batch->from + at + 1;

	page->previous = has_page(batch, day - 1) ? day - 1 : SITE_NO_DAY;
	page->next = has_page(batch, day + 1) ||
				     (at + 1 == batch->count && behind < batch->days->count &&
					     batch->days->list[behind] == day + 1)
			     ? day + 1
			     : SITE_NO_DAY;
}

/* What the database knows of the days up to this one, this one included. */
static int set_trend(struct batch *batch, int64_t day, struct day_page *page, struct error *error)
{
	cleanup_arena struct arena arena = {0};
	struct day_span span = {day - DAY_PAGE_TREND + 1, day};
	struct day_figures *figures;
	unsigned count;
	int result = 0;

	if (batch->db)
		result = day_db_read_days(batch->db, span, &arena, &figures, &count, error);
	if (result || !batch->db)
		return result;
	if (count > 0)
		span.first = figures[0].day; /* no line of zeros in front of the first day */
	page->trend_count = (unsigned)(span.last - span.first + 1);
	for (unsigned i = 0; i < count; i++) {
		page->mails[figures[i].day - span.first] = figures[i].mails;
		page->stopped[figures[i].day - span.first] = figures[i].stopped;
	}
	return 0;
}

/* No page is there to be made when the logs of the day are gone: the old one stays. */
static int write_day(struct batch *batch, unsigned at, struct error *error)
{
	struct reporting *reporting = batch->reporting;
	struct day_log *log = batch->logs[at];
	int64_t day = day_of(batch, at);
	bool today = at + batch->from + 1 == batch->days->count;
	struct day_page page = {
		.lines = {&reporting->site, log, day, reporting->users}, .files = &batch->files};
	int result = 0;

	if (log->tally->total.mails == 0 && !today)
		return 0;
	set_neighbours(batch, at, &page);
	result = set_trend(batch, day, &page, error);
	if (result == 0)
		result = day_page_write(&page, error);
	if (result == 0)
		log2html_say(reporting, day, log->tally->total.mails);
	return result;
}

static void say_kept(const struct reporting *reporting, int64_t day)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(day, date);
	if (!reporting->quiet)
		printf("%s: left as it was counted before, the logs have fewer mails now\n", date);
}

/* Returns as day_db_put_log(). */
static int put_day(struct batch *batch, unsigned at, bool closed, struct error *error)
{
	if (!batch->db)
		return 0;
	return day_db_put_log(batch->db, day_of(batch, at), batch->logs[at]->tally, closed, error);
}

/* Closed only when its pages are there, so that a crash between leaves nothing undone. */
static int finish_day(
	struct batch *batch, unsigned at, struct complaint *complaint, struct error *error)
{
	int result = put_day(batch, at, false, error);

	if (result == DAY_DB_KEPT) {
		complaint->days_kept++;
		say_kept(batch->reporting, day_of(batch, at));
	} else if (result == 0) {
		complaint_take(complaint, batch->logs[at]->tally);
		result = write_day(batch, at, error);
	}
	if (result >= 0 && report_day_is_closed(batch->reporting->site.now_ms,
				   batch->logs[at]->until_ms, batch->files.counts.failed > 0))
		result = put_day(batch, at, true, error);
	return result < 0 ? result : 0;
}

static int do_batch(struct batch *batch, struct complaint *complaint, struct error *error)
{
	int result = begin_batch(batch);

	if (result)
		return error_set_errno(error, result, "cannot begin");
	result = log_files_read(&batch->files, take, batch, error);
	complaint_take_files(complaint, &batch->files);
	for (unsigned i = 0; i < batch->count && result == 0; i++)
		result = finish_day(batch, i, complaint, error);
	return result;
}

static void close_db(struct day_db **db)
{
	day_db_close(*db);
}

int log2html_days(struct reporting *reporting, struct complaint *complaint, struct error *error)
{
	cleanup_free struct report_days *days = calloc(1, sizeof(*days));
	cleanup_(close_db) struct day_db *db = NULL;
	int result = 0, failed;

	if (!days)
		return error_set_errno(error, -ENOMEM, "cannot begin");
	failed = day_db_open(reporting->base, true, &db, error);
	if (failed == 0)
		failed = list_days(reporting, db, days, error);
	if (failed) { /* the newest pages are written all the same */
		day_db_close(db);
		db = NULL;
		report_days_newest(days, reporting->site.now_ms);
	}
	for (unsigned from = 0; result == 0 && from < days->count; from += REPORT_DAYS_AT_ONCE) {
		struct batch batch = {.reporting = reporting, .db = db, .days = days, .from = from};

		batch.count = days->count - from < REPORT_DAYS_AT_ONCE ? days->count - from
								       : REPORT_DAYS_AT_ONCE;
		result = do_batch(&batch, complaint, error);
		end_batch(&batch);
	}
	if (result == 0 && db && days->count > 0)
		result = month_pages_update(
			&reporting->site, db, days->list[0], days->list[days->count - 1], error);
	return failed ? failed : result;
}
