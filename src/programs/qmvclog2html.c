/*
 * qmvclog2html(8): qmvc.log as pages, one for a period, or with -m one for each day. It reads logs
 * and writes pages; no mail, no scanner.
 */
#include "programs/qmvclog2html.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char usage[] =
	"usage: qmvclog2html [-cm] [-d NAME] [-o DIR] [--since TIME] [--until TIME] [BASEDIR]\n"
	"       qmvclog2html -V | -h\n"
	"\n"
	"Makes HTML pages of the logs below BASEDIR (the home), in BASEDIR/html: of the last 24\n"
	"hours, of a period, or with -m of each day.\n"
	"\n"
	"  -m       a page for every day that is not closed, and the pages of months and years\n"
	"  -c       quiet, for cron: one line when something needs care, else nothing\n"
	"  -d NAME  NAME, a domain for instance, stands in titles and in front of file names\n"
	"  -o DIR   write to DIR\n"
	"  --since TIME, --until TIME\n"
	"           today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h, 7d;\n"
	"           a day given to --until is counted whole\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nothing could be read or written.\n"
	"See qmvclog2html(8), qmvc-log(5).\n";

static const struct reporting_program program = {
	.name = "qmvclog2html", .usage = usage, .letters = ":cd:hmo:V", .has_period = true};

static void free_log(struct day_log **log)
{
	day_log_free(*log);
}

void log2html_say(const struct reporting *reporting, int64_t day, uint64_t mails)
{
	char path[SITE_PATH];

	if (!reporting->quiet)
		printf("%s/%s: %" PRIu64 " mail%s\n", reporting->site.folder,
			site_path(&reporting->site, SITE_LOG, day, path), mails,
			mails == 1 ? "" : "s");
}

/* One page of the period asked for. */
static int write_period(
	struct reporting *reporting, struct complaint *complaint, struct error *error)
{
	int64_t now_ms = reporting->site.now_ms, since_ms = reporting->since_ms;
	int64_t until_ms = reporting->until_ms < now_ms ? reporting->until_ms : now_ms;
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users, .since_ms = since_ms};
	cleanup_(free_log) struct day_log *log = NULL;
	struct day_page page = {.files = &files, .previous = SITE_NO_DAY, .next = SITE_NO_DAY};
	int result;

	if (since_ms >= until_ms)
		return error_set(
			error, -EINVAL, "the period is empty: --until is not behind --since");
	log = day_log_new(since_ms, until_ms);
	if (!log)
		return error_set_errno(error, -ENOMEM, "cannot begin");
	result = log_files_read(&files, day_log_take, log, error);
	complaint_take(complaint, log->tally);
	complaint_take_files(complaint, &files);
	page.lines = (struct lines_site){.site = &reporting->site,
		.log = log,
		.day = SITE_NO_DAY,
		.users = reporting->users};
	if (result == 0)
		result = day_page_write(&page, error);
	if (result == 0)
		log2html_say(reporting, SITE_NO_DAY, log->tally->total.mails);
	return result;
}

static int work(struct reporting *reporting, struct error *error)
{
	cleanup_buf struct buf line = {0};
	struct complaint complaint = {0};
	int result = reporting_begin(reporting, false, error);
	bool care;

	if (result == 0)
		result = reporting->month ? log2html_days(reporting, &complaint, error)
					  : write_period(reporting, &complaint, error);
	if (result)
		return result;
	care = complaint_tell(&complaint, program.name, &line);
	if (!reporting->quiet)
		return complaint.files_failed > 0 || complaint.days_kept > 0 ? EXIT_CARE
									     : EXIT_WELL;
	if (care && fd_write_all(STDOUT_FILENO, buf_slice(&line)))
		return error_set(error, -EIO, "cannot print");
	return care ? EXIT_CARE : EXIT_WELL;
}

int main(int argc, char **argv)
{
	struct reporting reporting;
	struct error error = {0};
	int result = reporting_parse(argc, argv, &program, &reporting, &error);

	if (result == 0) {
		result = work(&reporting, &error);
		reporting_end(&reporting);
		if (result >= 0)
			return reporting_flush(&program, result);
	}
	return result > 0 ? reporting_flush(&program, EXIT_WELL) : reporting_fail(&program, &error);
}
