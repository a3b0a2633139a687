/*
 * qmvclog2html -m: what of report_days.h is its own. A few days at a time are counted in one pass over the
 * logs, so a first run over years of them needs no more memory than an ordinary one (REPORT_DAYS_AT_ONCE
 * times what day_log.h says).
 */
#include "programs/qmvclog2html.h"

#include "base/cleanup.h"
#include "programs/report_days.h"
#include "report/day_read.h"

#include <errno.h>

/* Of a batch. */
struct counting {
	struct complaint *complaint;
	struct report_batch *batch;
	struct day_log *logs[REPORT_DAYS_AT_ONCE];
	unsigned last; /* the one the last line went to */
	struct log_files files;
};

/* A log_take. */
static int find_day(void *context, const struct log_entry *entry, const struct log_place *place)
{
	(void)place;
	report_days_find(context, entry->time_ms);
	return 0;
}

static int find(struct log_files *files, struct report_days *days, struct error *error)
{
	return log_files_read(files, find_day, days, error);
}

/* --- counting -------------------------------------------------------------- */

/* A log_take: each line to its day; they come nearly in order. */
static int take(void *context, const struct log_entry *entry, const struct log_place *place)
{
	struct counting *counting = context;
	unsigned count = counting->batch->count;

	for (unsigned i = 0; i < count; i++) {
		unsigned at = (counting->last + i) % count;

		if (entry->time_ms < counting->logs[at]->since_ms ||
			entry->time_ms >= counting->logs[at]->until_ms)
			continue;
		counting->last = at;
		return day_log_take(counting->logs[at], entry, place);
	}
	return 0;
}

static int count(struct report_batch *batch, struct error *error)
{
	struct counting *counting = batch->context;
	const struct reporting *reporting = batch->reporting;
	int result;

	counting->batch = batch;
	counting->last = 0;
	counting->files = (struct log_files){.base = reporting->base,
		.users = reporting->users,
		.since_ms = batch->bounds[0][0]};
	for (unsigned i = 0; i < batch->count; i++) {
		counting->logs[i] = day_log_new(batch->bounds[i][0], batch->bounds[i][1]);
		if (!counting->logs[i])
			return error_set_errno(error, -ENOMEM, "cannot begin");
	}
	result = log_files_read(&counting->files, take, counting, error);
	complaint_take_files(counting->complaint, &counting->files);
	batch->unread = counting->files.counts.failed > 0;
	return result;
}

static void end(struct report_batch *batch)
{
	struct counting *counting = batch->context;

	for (unsigned i = 0; i < batch->count; i++) {
		day_log_free(counting->logs[i]);
		counting->logs[i] = NULL;
	}
	log_files_release(&counting->files);
}

static const struct tally *tally_of(const struct report_batch *batch, unsigned at)
{
	const struct counting *counting = batch->context;

	return counting->logs[at]->tally;
}

static uint64_t mails(const struct report_batch *batch, unsigned at)
{
	return tally_of(batch, at)->total.mails;
}

static int put(struct report_batch *batch, unsigned at, bool closed, struct error *error)
{
	return day_db_put_log(batch->db, batch->days[at], tally_of(batch, at), closed, error);
}

/* --- pages ----------------------------------------------------------------- */

/* What the database knows of the days up to this one, this one included. */
static int set_trend(
	const struct report_batch *batch, int64_t day, struct day_page *page, struct error *error)
{
	cleanup_arena struct arena arena = {0};
	struct day_span span = {day - DAY_PAGE_TREND + 1, day};
	struct day_figures *figures;
	unsigned known;
	int result = 0;

	if (batch->db)
		result = day_db_read_days(batch->db, span, &arena, &figures, &known, error);
	if (result || !batch->db)
		return result;
	if (known > 0)
		span.first = figures[0].day; /* no line of zeros in front of the first day */
	page->trend_count = (unsigned)(span.last - span.first + 1);
	for (unsigned i = 0; i < known; i++) {
		page->mails[figures[i].day - span.first] = figures[i].mails;
		page->stopped[figures[i].day - span.first] = figures[i].stopped;
	}
	return 0;
}

static int write_day(struct report_batch *batch, unsigned at, int64_t previous, int64_t next,
	struct error *error)
{
	struct counting *counting = batch->context;
	struct reporting *reporting = batch->reporting;
	int64_t day = batch->days[at];
	struct day_page page = {
		.lines = {&reporting->site, counting->logs[at], day, reporting->users},
		.files = &counting->files,
		.previous = previous,
		.next = next};
	int result;

	complaint_take(counting->complaint, tally_of(batch, at));
	result = set_trend(batch, day, &page, error);
	if (result == 0)
		result = day_page_write(&page, error);
	if (result == 0)
		log2html_say(reporting, day, mails(batch, at));
	return result;
}

int log2html_days(struct reporting *reporting, struct complaint *complaint, struct error *error)
{
	static const struct report_days_program program = {
		DAY_LOG, SITE_LOG, "logs", find, count, end, mails, put, write_day};
	struct counting counting = {.complaint = complaint};
	unsigned kept = 0;
	int result = report_days(reporting, &program, &counting, &kept, error);

	complaint->days_kept += kept;
	return result;
}
