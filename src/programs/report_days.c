/* The days that are not closed; see report_days.h. */
#include "programs/report_days.h"

#include "base/cleanup.h"
#include "report/day_read.h"
#include "report/month_pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DAYS_MAX 4096
#define HOUR_MS	 (INT64_C(3600) * 1000)
/* Where a log file cannot be read a day stays open for a week: perhaps somebody mends that. */
#define HOURS_OPEN   1
#define HOURS_UNREAD (7 * 24)

struct report_days {
	int64_t list[DAYS_MAX]; /* ascending; today is the last */
	unsigned count;
	int64_t first, last; /* what may be among them */
	struct calendar calendar;
};

/* --- which days ------------------------------------------------------------ */

/* Takes a place in the ascending list; of more than it has room for the earliest goes. */
static void insert(struct report_days *days, int64_t day)
{
	unsigned at = days->count;

	while (at > 0 && days->list[at - 1] > day)
		at--;
	if (at > 0 && days->list[at - 1] == day)
		return;
	if (days->count < DAYS_MAX) {
		memmove(&days->list[at + 1], &days->list[at],
			(days->count++ - at) * sizeof(days->list[0]));
	} else {
		if (at == 0)
			return;
		memmove(&days->list[0], &days->list[1], --at * sizeof(days->list[0]));
	}
	days->list[at] = day;
}

/* The days of the database want to be closed too, also when their logs are gone. */
static int insert_counted(struct report_days *days, struct day_db *db, struct error *error)
{
	struct day_span span = {days->first, days->last};
	cleanup_arena struct arena arena = {0};
	struct day_figures *counted;
	unsigned count;
	int result = day_db_read_days(db, span, &arena, &counted, &count, error);

	for (unsigned i = 0; result == 0 && i < count; i++)
		insert(days, counted[i].day);
	return result;
}

/*
 * Begins with what the database says is closed. Returns 0 when the list is made, 1 when the moments in
 * the logs are wanted, or a negative errno.
 */
static int begin(struct report_days *days, struct day_db *db, enum day_source source,
	int64_t now_ms, struct error *error)
{
	int64_t closed, today;
	int result = day_db_closed_until(db, source, &closed, error);

	if (result < 0)
		return result;
	days->count = 0;
	calendar_init(&days->calendar);
	today = calendar_look(&days->calendar, now_ms).day;
	days->first = result > 0 ? INT64_MIN : closed + 1;
	days->last = today;
	if (result > 0 || today - closed > REPORT_DAYS_AT_ONCE) {
		result = insert_counted(days, db, error);
		return result ? result : 1;
	}
	/* None when a clock that was ahead has closed today. */
	for (int64_t day = closed + 1; day <= today; day++)
		insert(days, day);
	return 0;
}

/* Yesterday and today, for when there is no database to ask. */
static void newest(struct report_days *days, int64_t now_ms)
{
	days->count = 0;
	calendar_init(&days->calendar);
	days->last = calendar_look(&days->calendar, now_ms).day;
	days->first = days->last - 1;
	insert(days, days->first);
	insert(days, days->last);
}

static int64_t since(struct report_days *days)
{
	return days->first == INT64_MIN ? 0 : calendar_day_start(&days->calendar, days->first);
}

void report_days_find(struct report_days *days, int64_t time_ms)
{
	int64_t day = calendar_look(&days->calendar, time_ms).day;

	if (day >= days->first && day <= days->last)
		insert(days, day);
}

static int list_days(struct report_days *days, const struct report_days_program *program,
	const struct reporting *reporting, struct day_db *db, struct error *error)
{
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users};
	int result = begin(days, db, program->source, reporting->site.now_ms, error);

	if (result <= 0)
		return result;
	files.since_ms = since(days);
	result = program->find(&files, days, error);
	insert(days, days->last);
	return result;
}

/* --- one day --------------------------------------------------------------- */

/* A batch, and what it is part of. */
struct step {
	const struct report_days_program *program;
	const struct report_days *days;
	unsigned from; /* in `days` */
	struct report_batch batch;
	unsigned *kept;
};

/* Will this run write a page of that day, or has one been there before? */
static bool has_page(const struct step *step, int64_t day)
{
	const struct report_batch *batch = &step->batch;
	const struct site *site = &batch->reporting->site;
	char path[SITE_PATH];

	for (unsigned i = 0; i < batch->count; i++)
		if (batch->days[i] == day && step->program->mails(batch, i) > 0)
			return true;
	return day == step->days->last ||
	       site_has(site, site_path(site, step->program->page, day, path));
}

/* Those found in the logs have one; that of the day behind this batch is written soon. */
static bool follows(const struct step *step, int64_t day)
{
	unsigned behind = step->from + step->batch.count;

	return behind < step->days->count && step->days->list[behind] == day;
}

/* No page is there to be made when the logs of the day are gone: the old one stays. */
static int write_day(struct step *step, unsigned at, struct error *error)
{
	int64_t day = step->batch.days[at];

	if (step->program->mails(&step->batch, at) == 0 && day != step->days->last)
		return 0;
	return step->program->write(&step->batch, at,
		has_page(step, day - 1) ? day - 1 : SITE_NO_DAY,
		has_page(step, day + 1) || follows(step, day + 1) ? day + 1 : SITE_NO_DAY, error);
}

static void say_kept(const struct step *step, int64_t day)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(day, date);
	++*step->kept;
	if (!step->batch.reporting->quiet)
		printf("%s: left as it was counted before, the %s have fewer mails now\n", date,
			step->program->logs);
}

static int put_day(struct step *step, unsigned at, bool closed, struct error *error)
{
	return step->batch.db ? step->program->put(&step->batch, at, closed, error) : 0;
}

static bool is_over(const struct report_batch *batch, unsigned at)
{
	int64_t hours = batch->unread ? HOURS_UNREAD : HOURS_OPEN;

	return batch->reporting->site.now_ms >= batch->bounds[at][1] + hours * HOUR_MS;
}

/* Closed only when its page is there, so that a crash between leaves nothing undone. */
static int finish_day(struct step *step, unsigned at, struct error *error)
{
	int result = put_day(step, at, false, error);

	if (result == DAY_DB_KEPT)
		say_kept(step, step->batch.days[at]);
	else if (result == 0)
		result = write_day(step, at, error);
	if (result >= 0 && is_over(&step->batch, at))
		result = put_day(step, at, true, error);
	return result < 0 ? result : 0;
}

/* --- all of them ----------------------------------------------------------- */

static int do_batch(struct step *step, struct error *error)
{
	struct report_batch *batch = &step->batch;
	struct calendar *calendar = &batch->reporting->site.calendar;
	unsigned left = step->days->count - step->from;
	int result;

	batch->count = left < REPORT_DAYS_AT_ONCE ? left : REPORT_DAYS_AT_ONCE;
	for (unsigned i = 0; i < batch->count; i++) {
		batch->days[i] = step->days->list[step->from + i];
		for (unsigned end = 0; end < 2; end++)
			batch->bounds[i][end] = calendar_day_start(calendar, batch->days[i] + end);
	}
	result = step->program->count(batch, error);
	for (unsigned i = 0; i < batch->count && result == 0; i++)
		result = finish_day(step, i, error);
	step->program->end(batch);
	return result;
}

static void close_db(struct day_db **db)
{
	day_db_close(*db);
}

int report_days(struct reporting *reporting, const struct report_days_program *program,
	void *context, unsigned *kept, struct error *error)
{
	cleanup_free struct report_days *days = calloc(1, sizeof(*days));
	cleanup_(close_db) struct day_db *db = NULL;
	int result = 0, failed;

	if (!days)
		return error_set_errno(error, -ENOMEM, "cannot begin");
	failed = day_db_open(reporting->base, true, &db, error);
	if (failed == 0)
		failed = list_days(days, program, reporting, db, error);
	if (failed) { /* the newest pages are written all the same */
		day_db_close(db);
		db = NULL;
		newest(days, reporting->site.now_ms);
	}
	for (unsigned from = 0; result == 0 && from < days->count; from += REPORT_DAYS_AT_ONCE) {
		struct step step = {program, days, from,
			{.reporting = reporting, .db = db, .context = context}, kept};

		result = do_batch(&step, error);
	}
	if (result == 0 && db && days->count > 0)
		result = month_pages_update(
			&reporting->site, db, days->list[0], days->list[days->count - 1], error);
	return failed ? failed : result;
}
