/*
 * qmvcmonth(8): the pages of months and years anew from the day database, and with -a the logs put
 * away.
 */
#include "programs/qmvcmonth.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/number.h"
#include "report/day_db.h"
#include "report/month_pages.h"
#include "report/old_pages.h"

#include <errno.h>

#define KEEP_MOST 1200

static const char usage[] =
	"usage: qmvcmonth [-ac] [-d NAME] [-k MONTHS] [-o DIRECTORY] [BASEDIR]\n"
	"       qmvcmonth -V | -h\n"
	"\n"
	"Writes the pages of months and years, from what qmvclog2html -m and virulator -m have\n"
	"counted below BASEDIR (the home), into BASEDIR/html.\n"
	"\n"
	"  -a            archive qmvc.log, qmvc.rep and qmvc.error, compressed by zstd\n"
	"  -k MONTHS     with -a: remove archives and pages of days older than that (13)\n"
	"  -d NAME       a name for titles and file names\n"
	"  -o DIRECTORY  the pages go there\n"
	"  -c            quiet, for cron: one line when something needs care, else nothing\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nothing could be read or written.\n"
	"See qmvcmonth(8), qmvc-days(5).\n";

struct command {
	struct reporting reporting;
	bool archive;
	unsigned keep; /* months; 0: not given */
	struct archive_done done;
	unsigned pages; /* of days, removed */
	bool counted;	/* there is a database */
};

static int take(int letter, const char *argument, void *context, struct error *error)
{
	struct command *command = context;

	if (letter == 'a') {
		command->archive = true;
		return 0;
	}
	if (number_read_unsigned(slice_cstr(argument), &command->keep) && command->keep > 0 &&
		command->keep <= KEEP_MOST)
		return 0;
	return error_set(error, -EINVAL, "-k '%s': is not 1 to %d months", argument, KEEP_MOST);
}

/* --- pages ----------------------------------------------------------------- */

/* How far the kinds of logs are counted; errors are nobody's figures, they go with the log. */
static int read_closed(struct day_db *db, int64_t closed[ARCHIVE_KINDS], struct error *error)
{
	int result = day_db_closed_until(db, DAY_LOG, &closed[LOG_KIND_LOG], error);

	if (result >= 0)
		result = day_db_closed_until(db, DAY_REP, &closed[LOG_KIND_REP], error);
	closed[LOG_KIND_ERROR] = closed[LOG_KIND_LOG];
	return result < 0 ? result : 0;
}

/* The same date so many months ago. */
static int64_t months_ago(struct site *site, unsigned months)
{
	struct calendar_date date = calendar_date(calendar_look(&site->calendar, site->now_ms).day);

	return calendar_day(
		date.year - (int)(months / 12) - 1, date.month + 12 - months % 12, date.day);
}

static int64_t first_kept(struct command *command)
{
	return months_ago(&command->reporting.site, command->keep ? command->keep : KEEP_MONTHS);
}

/* The pages of days go with their logs; where only virulator counts, its days are what there is. */
static int remove_old_pages(
	struct command *command, const int64_t closed[ARCHIVE_KINDS], struct error *error)
{
	int64_t before = first_kept(command);
	int64_t until =
		closed[LOG_KIND_LOG] != INT64_MIN ? closed[LOG_KIND_LOG] : closed[LOG_KIND_REP];

	if (until == INT64_MIN)
		return 0;
	return old_pages_remove(
		&command->reporting.site, until < before ? until : before, &command->pages, error);
}

/* All of them: what has changed may be the language, and no link is to lead to what was removed. */
static int write_pages(struct command *command, int64_t closed[ARCHIVE_KINDS], struct error *error)
{
	struct day_db *db = NULL;
	int result = day_db_open(command->reporting.base, false, &db, error), removed = 0;

	command->counted = result == 0;
	if (result == 0)
		result = read_closed(db, closed, error);
	if (result == 0 && command->archive)
		removed = remove_old_pages(command, closed, error);
	if (result == 0)
		result = month_pages_update(
			&command->reporting.site, db, INT64_MIN, INT64_MAX, error);
	day_db_close(db);
	return result < 0 ? result : removed;
}

/* --- logs ------------------------------------------------------------------ */

static int archive(
	struct command *command, const int64_t closed[ARCHIVE_KINDS], struct error *error)
{
	return month_archive(
		&command->reporting, first_kept(command), closed, &command->done, error);
}

/* --- what is said ---------------------------------------------------------- */

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
}

static void say_archived(const struct command *command, struct buf *line)
{
	const struct archive_done *done = &command->done;

	if (command->reporting.quiet && done->kept == 0)
		return;
	buf_addf(line, "%s%u log%s archived, %u old one%s removed", line->len ? "; " : "",
		done->archived, plural(done->archived), done->removed, plural(done->removed));
	if (command->pages > 0)
		buf_addf(line, ", %u old page%s removed", command->pages, plural(command->pages));
	if (done->kept > 0)
		buf_addf(line, ", %u kept, for not all of their days are counted", done->kept);
}

/* One line. Returns an exit code, or a negative errno. */
static int say(const struct command *command, struct error *error)
{
	cleanup_buf struct buf line = {0}, whole = {0};

	if (!command->counted)
		buf_addf(&line, "%s: no day was counted yet (qmvclog2html -m, virulator -m)",
			command->reporting.base);
	if (command->archive)
		say_archived(command, &line);
	if (line.len > 0)
		buf_addf(&whole, "qmvcmonth: %.*s\n", SLICE_ARGS(buf_slice(&line)));
	if (line.failed || whole.failed || fd_write_all(STDOUT_FILENO, buf_slice(&whole)))
		return error_set(error, -EIO, "cannot print");
	return command->counted && command->done.kept == 0 ? EXIT_WELL : EXIT_CARE;
}

static int work(struct command *command, struct error *error)
{
	int64_t closed[ARCHIVE_KINDS] = {INT64_MIN, INT64_MIN, INT64_MIN};
	int result = reporting_begin(&command->reporting, false, error);

	if (result)
		return result;
	result = write_pages(command, closed, error);
	/* A damaged database is no reason to let the log grow; nothing is removed then. */
	if (result)
		closed[LOG_KIND_LOG] = closed[LOG_KIND_REP] = closed[LOG_KIND_ERROR] = INT64_MIN;
	if (command->archive) {
		int archived = archive(command, closed, error);

		result = result ? result : archived;
	}
	return result ? result : say(command, error);
}

int main(int argc, char **argv)
{
	struct command command = {.counted = false};
	const struct reporting_program program = {.name = "qmvcmonth",
		.usage = usage,
		.letters = ":acd:hk:o:V",
		.take = take,
		.context = &command};
	struct error error = {0};
	int result = reporting_parse(argc, argv, &program, &command.reporting, &error);

	if (result == 0 && command.keep > 0 && !command.archive)
		result = error_set(&error, -EINVAL, "-k goes together with -a");
	if (result == 0)
		result = work(&command, &error);
	else if (result > 0)
		result = EXIT_WELL;
	reporting_end(&command.reporting);
	return result < 0 ? reporting_fail(&program, &error) : reporting_flush(&program, result);
}
