/*
 * virulator -m: the days that are not closed, a few in one pass over the records. A day is closed, and
 * never counted again, when it was counted an hour or more after its end and its page is written. A day
 * that has no record has no page, but for today, which yesterday's leads to.
 */
#include "programs/virulator.h"

#include "base/cleanup.h"
#include "programs/report_days.h"
#include "report/month_pages.h"

#include <errno.h>
#include <stdio.h>

struct batch {
	struct virulator *virulator;
	struct day_db *db; /* NULL: it cannot be used, and only pages are written */
	const struct report_days *days;
	unsigned from, count; /* in `days` */
	struct counting list[REPORT_DAYS_AT_ONCE];
};

/* --- which days ------------------------------------------------------------ */

/* A rep_take. */
static int find_day(void *context, const struct rep_entry *entry, const struct log_place *place)
{
	(void)place;
	report_days_find(context, entry->time_ms);
	return 0;
}

static int list_days(struct virulator *virulator, struct day_db *db, struct report_days *days,
	struct error *error)
{
	struct reporting *reporting = &virulator->reporting;
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users};
	int result = report_days_begin(days, db, DAY_REP, reporting->site.now_ms, error);

	if (result <= 0)
		return result;
	files.since_ms = report_days_since(days);
	result = log_files_read_records(&files, find_day, days, error);
	report_days_finish(days);
	return result;
}

/* --- the database ---------------------------------------------------------- */

static struct day_names names_of(const struct top *top, struct day_name names[DAY_DB_NAMES])
{
	const struct top_name *best[DAY_DB_NAMES];
	struct day_names list = {names, top_best(top, best, DAY_DB_NAMES)};

	for (unsigned i = 0; i < list.count; i++)
		names[i] = (struct day_name){top_text(best[i]), best[i]->count};
	return list;
}

static int put_day(struct batch *batch, unsigned at, bool closed, struct error *error)
{
	static const enum virus_list lists[DAY_REP_KINDS] = {[DAY_REP_VIRUS] = VIRUS_NAMES,
		[DAY_REP_SENDER] = VIRUS_SENDERS,
		[DAY_REP_DOMAIN] = VIRUS_DOMAINS,
		[DAY_REP_RECIPIENT] = VIRUS_RECIPIENTS,
		[DAY_REP_FILE] = VIRUS_FILES,
		[DAY_REP_TYPE] = VIRUS_TYPES};
	const struct virus_tally *tally = batch->list[at].tally;
	struct day_name names[DAY_REP_KINDS][DAY_DB_NAMES];
	struct day_rep rep = {.mails = tally->records,
		.bad = tally->mails[VIRUS_BAD],
		.infected = tally->mails[VIRUS_INFECTED]};

	for (unsigned i = 0; i < DAY_REP_KINDS; i++)
		rep.names[i] = names_of(&tally->lists[lists[i]], names[i]);
	if (!batch->db)
		return 0;
	return day_db_put_virus(batch->db, batch->list[at].day, &rep, closed, error);
}

/* --- pages ----------------------------------------------------------------- */

static bool is_today(const struct batch *batch, int64_t day)
{
	return day == batch->days->last;
}

/* Will this run write a page of that day, or has one been there before? */
static bool has_page(const struct batch *batch, int64_t day)
{
	const struct site *site = &batch->virulator->reporting.site;
	char path[SITE_PATH];

	for (unsigned i = 0; i < batch->count; i++)
		if (batch->list[i].day == day && batch->list[i].tally->records > 0)
			return true;
	return is_today(batch, day) || site_has(site, site_path(site, SITE_VIRUS, day, path));
}

/* Those found in the records have one; that of the day behind this batch is written soon. */
static bool follows(const struct batch *batch, int64_t day)
{
	unsigned behind = batch->from + batch->count;

	return behind < batch->days->count && batch->days->list[behind] == day;
}

static int write_day(struct batch *batch, unsigned at, struct error *error)
{
	struct counting *counting = &batch->list[at];
	int64_t day = counting->day;

	if (counting->tally->records == 0 && !is_today(batch, day))
		return 0;
	return virulator_write(batch->virulator, counting,
		has_page(batch, day - 1) ? day - 1 : SITE_NO_DAY,
		has_page(batch, day + 1) || follows(batch, day + 1) ? day + 1 : SITE_NO_DAY, error);
}

static void say_kept(const struct reporting *reporting, int64_t day)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(day, date);
	if (!reporting->quiet)
		printf("%s: left as it was counted before, the records have fewer mails now\n",
			date);
}

/* Closed only when its page is there, so that a crash between leaves nothing undone. */
static int finish_day(struct batch *batch, unsigned at, struct error *error)
{
	struct virulator *virulator = batch->virulator;
	const struct counting *counting = &batch->list[at];
	int result = put_day(batch, at, false, error);

	if (result == DAY_DB_KEPT) {
		virulator->days_kept++;
		say_kept(&virulator->reporting, counting->day);
	} else if (result == 0) {
		result = write_day(batch, at, error);
	}
	if (result >= 0 && report_day_is_closed(virulator->reporting.site.now_ms,
				   counting->tally->until_ms, virulator->files_failed > 0))
		result = put_day(batch, at, true, error);
	return result < 0 ? result : 0;
}

static int do_batch(struct batch *batch, struct error *error)
{
	struct calendar *calendar = &batch->virulator->reporting.site.calendar;
	int result = 0;

	for (unsigned i = 0; i < batch->count && result == 0; i++) {
		int64_t day = batch->days->list[batch->from + i];

		result = virulator_begin(&batch->list[i], day, calendar_day_start(calendar, day),
			calendar_day_start(calendar, day + 1));
	}
	if (result)
		return error_set_errno(error, result, "cannot begin");
	result = virulator_count(batch->virulator, batch->list, batch->count, error);
	for (unsigned i = 0; i < batch->count && result == 0; i++)
		result = finish_day(batch, i, error);
	return result;
}

static void close_db(struct day_db **db)
{
	day_db_close(*db);
}

int virulator_days(struct virulator *virulator, struct error *error)
{
	struct reporting *reporting = &virulator->reporting;
	cleanup_free struct report_days *days = calloc(1, sizeof(*days));
	cleanup_(close_db) struct day_db *db = NULL;
	int result = 0, failed;

	if (!days)
		return error_set_errno(error, -ENOMEM, "cannot begin");
	failed = day_db_open(reporting->base, true, &db, error);
	if (failed == 0)
		failed = list_days(virulator, db, days, error);
	if (failed) { /* the newest pages are written all the same */
		day_db_close(db);
		db = NULL;
		report_days_newest(days, reporting->site.now_ms);
	}
	for (unsigned from = 0; result == 0 && from < days->count; from += REPORT_DAYS_AT_ONCE) {
		struct batch batch = {.virulator = virulator, .db = db, .days = days, .from = from};
		unsigned left = days->count - from;

		batch.count = left < REPORT_DAYS_AT_ONCE ? left : REPORT_DAYS_AT_ONCE;
		result = do_batch(&batch, error);
		virulator_end(batch.list, batch.count);
	}
	if (result == 0 && db && days->count > 0)
		result = month_pages_update(
			&reporting->site, db, days->list[0], days->list[days->count - 1], error);
	return failed ? failed : result;
}
