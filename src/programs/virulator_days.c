/* virulator -m: what of report_days.h is its own. */
#include "programs/virulator.h"

#include "programs/report_days.h"

#include <errno.h>

struct counted {
	struct virulator *virulator;
	struct counting list[REPORT_DAYS_AT_ONCE];
};

/* A rep_take. */
static int find_day(void *context, const struct rep_entry *entry, const struct log_place *place)
{
	(void)place;
	report_days_find(context, entry->time_ms);
	return 0;
}

static int find(struct log_files *files, struct report_days *days, struct error *error)
{
	return log_files_read_records(files, find_day, days, error);
}

static int count(struct report_batch *batch, struct error *error)
{
	struct counted *counted = batch->context;
	int result = 0;

	memset(counted->list, 0, sizeof(counted->list));
	for (unsigned i = 0; i < batch->count && result == 0; i++)
		result = virulator_begin(&counted->list[i], batch->days[i], batch->bounds[i][0],
			batch->bounds[i][1]);
	if (result)
		return error_set_errno(error, result, "cannot begin");
	result = virulator_count(counted->virulator, counted->list, batch->count, error);
	batch->unread = counted->virulator->files_failed > 0;
	return result;
}

static void end(struct report_batch *batch)
{
	struct counted *counted = batch->context;

	virulator_end(counted->list, batch->count);
}

static const struct virus_tally *tally_of(const struct report_batch *batch, unsigned at)
{
	const struct counted *counted = batch->context;

	return counted->list[at].tally;
}

static uint64_t mails(const struct report_batch *batch, unsigned at)
{
	return tally_of(batch, at)->records;
}

static struct day_names names_of(const struct top *top, struct day_name names[DAY_DB_NAMES])
{
	const struct top_name *best[DAY_DB_NAMES];
	struct day_names list = {names, top_best(top, best, DAY_DB_NAMES)};

	for (unsigned i = 0; i < list.count; i++)
		names[i] = (struct day_name){top_text(best[i]), best[i]->count};
	return list;
}

static int put(struct report_batch *batch, unsigned at, bool closed, struct error *error)
{
	static const enum virus_list lists[DAY_REP_KINDS] = {[DAY_REP_VIRUS] = VIRUS_NAMES,
		[DAY_REP_SENDER] = VIRUS_SENDERS,
		[DAY_REP_DOMAIN] = VIRUS_DOMAINS,
		[DAY_REP_RECIPIENT] = VIRUS_RECIPIENTS,
		[DAY_REP_FILE] = VIRUS_FILES,
		[DAY_REP_TYPE] = VIRUS_TYPES};
	const struct virus_tally *tally = tally_of(batch, at);
	struct day_name names[DAY_REP_KINDS][DAY_DB_NAMES];
	struct day_rep rep = {.mails = tally->records,
		.bad = tally->mails[VIRUS_BAD],
		.infected = tally->mails[VIRUS_INFECTED]};

	for (unsigned i = 0; i < DAY_REP_KINDS; i++)
		rep.names[i] = names_of(&tally->lists[lists[i]], names[i]);
	return day_db_put_virus(batch->db, batch->days[at], &rep, closed, error);
}

static int write_day(struct report_batch *batch, unsigned at, int64_t previous, int64_t next,
	struct error *error)
{
	struct counted *counted = batch->context;

	return virulator_write(counted->virulator, &counted->list[at], previous, next, error);
}

int virulator_days(struct virulator *virulator, struct error *error)
{
	static const struct report_days_program program = {
		DAY_REP, SITE_VIRUS, "records", find, count, end, mails, put, write_day};
	struct counted counted = {.virulator = virulator};

	return report_days(&virulator->reporting, &program, &counted, &virulator->days_kept, error);
}
