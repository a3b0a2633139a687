/* What is written into the day database: one day of one source, in one transaction; see day_db.h. */
#include "report/day_db_private.h"

#include "report/histogram_blob.h"

#include <errno.h>

static const char *const rep_kinds[DAY_REP_KINDS] = {
	[DAY_REP_VIRUS] = "virus",
	[DAY_REP_SENDER] = "virus sender",
	[DAY_REP_DOMAIN] = "domain",
	[DAY_REP_RECIPIENT] = "recipient",
	[DAY_REP_FILE] = "file",
	[DAY_REP_TYPE] = "type",
};

const char *day_rep_kind_name(enum day_rep_kind kind)
{
	return rep_kinds[kind];
}

/* A day that is being written. The first failure stays; nothing is done behind it. */
struct putting {
	struct day_db *db;
	enum day_source source;
	int64_t day;
	sqlite3_stmt *amount, *duration;
	int result;
	struct error *error;
};

static void step(struct putting *putting, sqlite3_stmt *statement)
{
	int result = day_db_step(putting->db, statement, putting->error);

	if (result < 0)
		putting->result = result;
	sqlite3_reset(statement);
}

static void out_of_memory(struct putting *putting)
{
	putting->result = error_set_errno(putting->error, -ENOMEM, "%s", putting->db->path);
}

/* What did not happen takes no room. */
static void put_amount(struct putting *putting, const char *kind, struct slice subject,
	struct slice name, uint64_t count)
{
	int at = 1;

	if (putting->result || count == 0)
		return;
	day_db_bind_cstr(putting->amount, &at, day_source_name(putting->source));
	sqlite3_bind_int64(putting->amount, at++, putting->day);
	day_db_bind_cstr(putting->amount, &at, kind);
	if (day_db_bind_text(putting->amount, &at, subject) ||
		day_db_bind_text(putting->amount, &at, name)) {
		out_of_memory(putting);
		return;
	}
	day_db_bind_number(putting->amount, &at, count);
	step(putting, putting->amount);
}

static void put_named(struct putting *putting, const char *kind, const char *name, uint64_t count)
{
	put_amount(putting, kind, SLICE_EMPTY, slice_cstr(name), count);
}

static void put_duration(struct putting *putting, const char *kind, struct slice subject,
	const struct histogram *histogram)
{
	cleanup_buf struct buf packed = {0};
	int at = 1;

	if (putting->result || histogram->count == 0)
		return;
	histogram_pack(histogram, &packed);
	sqlite3_bind_int64(putting->duration, at++, putting->day);
	day_db_bind_cstr(putting->duration, &at, kind);
	if (packed.failed || day_db_bind_text(putting->duration, &at, subject)) {
		out_of_memory(putting);
		return;
	}
	sqlite3_bind_blob(putting->duration, at, packed.data, (int)packed.len, SQLITE_TRANSIENT);
	step(putting, putting->duration);
}

static void put_top(
	struct putting *putting, const char *kind, struct slice subject, const struct top *top)
{
	const struct top_name *best[DAY_DB_NAMES];
	unsigned count = top_best(top, best, DAY_DB_NAMES);

	for (unsigned i = 0; i < count; i++)
		put_amount(putting, kind, subject, top_text(best[i]), best[i]->count);
}

/* --- qmvc.log -------------------------------------------------------------- */

static void put_counts(struct putting *putting, const struct tally_counts *counts)
{
	for (unsigned i = 0; i < TALLY_ACTIONS; i++)
		put_named(putting, "action", tally_action_name((enum tally_action)i),
			counts->actions[i]);
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		put_named(putting, "condition", tally_condition_name(i), counts->met[i]);
	for (unsigned i = 0; i < TALLY_CODES; i++)
		put_named(putting, "error", tally_code_name(i), counts->codes[i]);
}

static void put_scanner(struct putting *putting, const struct tally_scanner *scanner)
{
	struct slice initial = tally_initial(scanner);

	put_amount(putting, "scanner", initial, slice_cstr("mails"), scanner->mails);
	put_amount(putting, "scanner", initial, slice_cstr("found"), scanner->found);
	put_amount(putting, "scanner", initial, slice_cstr("alone"), scanner->unique);
	put_amount(putting, "scanner", initial, slice_cstr("missed"), scanner->missed);
	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		put_amount(putting, "verdict", initial,
			slice_cstr(tally_verdict_name((enum tally_verdict)i)),
			scanner->verdicts[i]);
	put_top(putting, "hit", initial, &scanner->hits);
	put_duration(putting, "scanner", initial, &scanner->latency);
}

static void put_tally(struct putting *putting, const struct tally *tally)
{
	put_counts(putting, &tally->total);
	put_duration(putting, "delay", SLICE_EMPTY, &tally->delay);
	for (unsigned i = 0; i < tally->stage_count; i++)
		put_duration(putting, "stage", tally_stage_name(tally->stages[i]),
			&tally->stages[i]->time);
	for (unsigned i = 0; i < tally->scanner_count; i++)
		put_scanner(putting, tally->scanners[i]);
	put_top(putting, "sender", SLICE_EMPTY, &tally->senders);
	put_top(putting, "recipient", SLICE_EMPTY, &tally->recipients);
	put_top(putting, "virus", SLICE_EMPTY, &tally->viruses);
	put_top(putting, "virus sender", SLICE_EMPTY, &tally->virus_senders);
}

/* --- qmvc.rep -------------------------------------------------------------- */

static void put_rep(struct putting *putting, const struct day_rep *rep)
{
	for (unsigned kind = 0; kind < DAY_REP_KINDS; kind++) {
		const struct day_names *names = &rep->names[kind];

		for (unsigned i = 0; i < names->count && i < DAY_DB_NAMES; i++)
			put_amount(putting, rep_kinds[kind], SLICE_EMPTY, names->list[i].name,
				names->list[i].count);
	}
}

/* --- a day ----------------------------------------------------------------- */

/* Returns 0, 1 when the day is new, or a negative errno. */
static int look(struct putting *putting, uint64_t *mails, bool *closed)
{
	cleanup_statement sqlite3_stmt *known = day_db_prepare(putting->db,
		"SELECT mails, closed FROM day WHERE source=?1 AND day=?2", putting->error);
	int at = 1, result;

	if (!known)
		return -EBADMSG;
	day_db_bind_cstr(known, &at, day_source_name(putting->source));
	sqlite3_bind_int64(known, at, putting->day);
	result = day_db_step(putting->db, known, putting->error);
	if (result)
		return result;
	*closed = sqlite3_column_int(known, 1) != 0;
	return day_db_number(putting->db, known, 0, mails, putting->error);
}

/* Runs a statement that wants source and day. */
static int run_for_day(struct putting *putting, const char *text)
{
	cleanup_statement sqlite3_stmt *statement =
		day_db_prepare(putting->db, text, putting->error);
	int at = 1, result;

	if (!statement)
		return -EBADMSG;
	day_db_bind_cstr(statement, &at, day_source_name(putting->source));
	sqlite3_bind_int64(statement, at, putting->day);
	result = day_db_step(putting->db, statement, putting->error);
	return result < 0 ? result : 0;
}

static int put_day(struct putting *putting, const struct tally_counts *counts, bool closed)
{
	cleanup_statement sqlite3_stmt *day = day_db_prepare(putting->db,
		"INSERT INTO day VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)", putting->error);
	int at = 1, result;

	if (!day)
		return -EBADMSG;
	day_db_bind_cstr(day, &at, day_source_name(putting->source));
	sqlite3_bind_int64(day, at++, putting->day);
	day_db_bind_number(day, &at, closed);
	day_db_bind_number(day, &at, counts->mails);
	day_db_bind_number(day, &at, counts->bytes);
	day_db_bind_number(day, &at, counts->stopped);
	day_db_bind_number(day, &at, counts->bad);
	day_db_bind_number(day, &at, counts->infected);
	day_db_bind_number(day, &at, counts->disagreed);
	day_db_bind_number(day, &at, counts->sealed);
	day_db_bind_number(day, &at, counts->forwarded);
	result = day_db_step(putting->db, day, putting->error);
	return result < 0 ? result : 0;
}

static int clear_day(struct putting *putting)
{
	int result = run_for_day(putting, "DELETE FROM day WHERE source=?1 AND day=?2");

	if (result == 0)
		result = run_for_day(putting, "DELETE FROM amount WHERE source=?1 AND day=?2");
	if (result == 0 && putting->source == DAY_LOG)
		result = run_for_day(putting, "DELETE FROM duration WHERE ?1='log' AND day=?2");
	return result;
}

/* Exactly one of `tally` and `rep`. Within the transaction. */
static int replace(struct putting *putting, const struct tally *tally, const struct day_rep *rep,
	const struct tally_counts *counts, bool closed)
{
	uint64_t mails = 0;
	bool was_closed = false;
	int result = look(putting, &mails, &was_closed);

	if (result < 0)
		return result;
	if (counts->mails < mails) {
		if (closed)
			result = run_for_day(
				putting, "UPDATE day SET closed=1 WHERE source=?1 AND day=?2");
		return result ? result : DAY_DB_KEPT;
	}
	result = clear_day(putting);
	if (result == 0)
		result = put_day(putting, counts, closed || was_closed);
	if (result)
		return result;
	if (tally)
		put_tally(putting, tally);
	else
		put_rep(putting, rep);
	return putting->result;
}

static int put(struct putting *putting, const struct tally *tally, const struct day_rep *rep,
	const struct tally_counts *counts, bool closed)
{
	struct day_db *db = putting->db;
	int result = day_db_run(db, "BEGIN IMMEDIATE", putting->error);

	if (result)
		return result;
	putting->amount = day_db_prepare(db,
		"INSERT INTO amount VALUES(?1,?2,?3,?4,?5,?6)"
		" ON CONFLICT DO UPDATE SET count=count+excluded.count",
		putting->error);
	putting->duration =
		day_db_prepare(db, "INSERT INTO duration VALUES(?1,?2,?3,?4)", putting->error);
	result = putting->amount && putting->duration ? replace(putting, tally, rep, counts, closed)
						      : -EBADMSG;
	sqlite3_finalize(putting->amount);
	sqlite3_finalize(putting->duration);
	if (result >= 0) {
		int done = day_db_run(db, "COMMIT", putting->error);

		if (done == 0)
			return result;
		result = done;
	}
	sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

int day_db_put_log(
	struct day_db *db, int64_t day, const struct tally *tally, bool closed, struct error *error)
{
	struct putting putting = {.db = db, .source = DAY_LOG, .day = day, .error = error};

	return put(&putting, tally, NULL, &tally->total, closed);
}

int day_db_put_virus(
	struct day_db *db, int64_t day, const struct day_rep *rep, bool closed, struct error *error)
{
	struct putting putting = {.db = db, .source = DAY_REP, .day = day, .error = error};
	struct tally_counts counts = {
		.mails = rep->mails, .bad = rep->bad, .infected = rep->infected};

	return put(&putting, NULL, rep, &counts, closed);
}

int day_db_closed_until(
	struct day_db *db, enum day_source source, int64_t *day, struct error *error)
{
	cleanup_statement sqlite3_stmt *last = day_db_prepare(db,
		"SELECT max(day) FROM day WHERE source=?1 AND closed=1 AND day<coalesce("
		"(SELECT min(day) FROM day WHERE source=?1 AND closed=0), 1e9)",
		error);
	int at = 1, result;

	if (!last)
		return -EBADMSG;
	day_db_bind_cstr(last, &at, day_source_name(source));
	result = day_db_step(db, last, error);
	if (result)
		return result;
	if (sqlite3_column_type(last, 0) == SQLITE_NULL)
		return 1;
	*day = sqlite3_column_int64(last, 0);
	return 0;
}
