/*
 * virulator(8): what qmvc.rep says of virus mails and bad mails, as pages, and who sends the viruses,
 * as the file that blockvirussender(8) reads. No name is looked up anywhere.
 */
#include "programs/virulator.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/topvirus.h"
#include "scan/facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const char usage[] =
	"usage: virulator [-cms] [-d NAME] [-o DIR] [--since TIME] [--until TIME] [BASEDIR]\n"
	"       virulator -V | -h\n"
	"\n"
	"Makes HTML pages of the virus mails and bad mails that the records below BASEDIR (the\n"
	"home) tell of, in BASEDIR/html: of the last 24 hours, of a period, or with -m of each\n"
	"day; and writes BASEDIR/log/topvirus_Sender1 for blockvirussender.\n"
	"\n"
	"  -m       a page for every day that is not closed, and the pages of months and years\n"
	"  -s       asks the scanners what patterns they have, and how old they are\n"
	"  -c       quiet, for cron: one line when something needs care, else nothing\n"
	"  -d NAME  NAME, a domain for instance, stands in titles and in front of file names\n"
	"  -o DIR   write to DIR\n"
	"  --since TIME, --until TIME\n"
	"           today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h, 7d;\n"
	"           a day given to --until is counted whole\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nothing could be read or written.\n"
	"See virulator(8), qmvc-log(5).\n";

/* --- counting -------------------------------------------------------------- */

struct pass {
	struct counting *list;
	unsigned count;
	bool lines; /* the second one */
	struct virus_mail mail;
};

/* A rep_take. */
static int take(void *context, const struct rep_entry *entry, const struct log_place *place)
{
	struct pass *pass = context;
	bool known = false;
	int result = 0;

	(void)place;
	for (unsigned i = 0; i < pass->count && result == 0; i++) {
		struct counting *counting = &pass->list[i];

		if (!virus_tally_wants(counting->tally, entry->time_ms))
			continue;
		if (!known)
			virus_mail_read(entry, &pass->mail);
		known = true;
		result = pass->lines ? virus_lines_take(&counting->lines, &pass->mail)
				     : virus_tally_take(counting->tally, &pass->mail);
	}
	return result;
}

static int read_all(struct virulator *virulator, struct pass *pass, struct error *error)
{
	cleanup_(log_files_release) struct log_files files = {
		.base = virulator->reporting.base, .users = virulator->reporting.users};
	int result;

	files.since_ms = pass->list[0].tally->since_ms;
	for (unsigned i = 1; i < pass->count; i++)
		if (pass->list[i].tally->since_ms < files.since_ms)
			files.since_ms = pass->list[i].tally->since_ms;
	if (files.since_ms < 0)
		files.since_ms = 0;
	result = log_files_read_records(&files, take, pass, error);
	if (files.counts.failed > virulator->files_failed) {
		virulator->files_failed = files.counts.failed;
		virulator->file_failed = files.failed;
	}
	return result;
}

int virulator_begin(struct counting *counting, int64_t day, int64_t since_ms, int64_t until_ms)
{
	counting->day = day;
	counting->tally = virus_tally_new(since_ms, until_ms);
	return counting->tally ? 0 : -ENOMEM;
}

void virulator_end(struct counting *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		virus_lines_release(&list[i].lines);
		virus_tally_free(list[i].tally);
	}
}

int virulator_count(
	struct virulator *virulator, struct counting *list, unsigned count, struct error *error)
{
	cleanup_free struct pass *pass = calloc(1, sizeof(*pass));
	int result;

	if (!pass)
		return error_set_errno(error, -ENOMEM, "cannot begin");
	pass->list = list;
	pass->count = count;
	result = read_all(virulator, pass, error);
	for (unsigned i = 0; i < count && result == 0; i++) {
		result = virus_lines_init(&list[i].lines, list[i].tally);
		if (result)
			error_set_errno(error, result, "cannot count");
	}
	pass->lines = true;
	return result ? result : read_all(virulator, pass, error);
}

int virulator_write(struct virulator *virulator, struct counting *counting, int64_t previous,
	int64_t next, struct error *error)
{
	struct reporting *reporting = &virulator->reporting;
	const struct virus_tally *tally = counting->tally;
	struct virus_page page = {.site = &reporting->site,
		.tally = counting->tally,
		.lines = &counting->lines,
		.day = counting->day,
		.previous = previous,
		.next = next,
		.has_scanners = virulator->ask,
		.scanners = virulator->scanners,
		.scanner_count = virulator->scanner_count,
		.not_asked = slice_cstr(virulator->not_asked.text),
		.old_days = FACTS_OLD_DAYS};
	char path[SITE_PATH];
	int result = virus_page_write(&page, error);

	if (result == 0 && !reporting->quiet)
		printf("%s/%s: %" PRIu64 " with a virus, %" PRIu64 " bad\n", reporting->site.folder,
			site_path(&reporting->site, SITE_VIRUS, counting->day, path),
			tally->mails[VIRUS_INFECTED], tally->mails[VIRUS_BAD]);
	return result;
}

/* --- the period, and whom to block ----------------------------------------- */

static int write_senders(
	struct virulator *virulator, const struct virus_tally *tally, struct error *error)
{
	const struct reporting *reporting = &virulator->reporting;
	cleanup_buf struct buf text = {0};
	unsigned lines = topvirus_format(&tally->lists[VIRUS_SENDERS], &text);
	int result = text.failed ? error_set_errno(error, -ENOMEM, TOPVIRUS_FILE)
				 : topvirus_write(reporting->base, buf_slice(&text), error);

	if (result == 0 && !reporting->quiet)
		printf("%s/log/" TOPVIRUS_FILE ": %u sender%s\n", reporting->base, lines,
			lines == 1 ? "" : "s");
	return result;
}

/* With -m the period is the last 24 hours, and only its senders are wanted. */
static int do_period(struct virulator *virulator, struct error *error)
{
	struct reporting *reporting = &virulator->reporting;
	int64_t end_ms = reporting->site.now_ms + 1; /* what is written now is there */
	struct counting counting = {.tally = NULL};
	int result;

	if (reporting->until_ms < end_ms)
		end_ms = reporting->until_ms;
	if (reporting->since_ms >= end_ms)
		return error_set(
			error, -EINVAL, "the period is empty: --until is not behind --since");
	result = virulator_begin(&counting, SITE_NO_DAY, reporting->since_ms, end_ms);
	if (result)
		return error_set_errno(error, result, "cannot begin");
	result = virulator_count(virulator, &counting, 1, error);
	if (result == 0 && !reporting->month)
		result = virulator_write(virulator, &counting, SITE_NO_DAY, SITE_NO_DAY, error);
	if (result == 0)
		result = write_senders(virulator, counting.tally, error);
	virulator_end(&counting, 1);
	return result;
}

/* --- what needs care ------------------------------------------------------- */

static void complain(struct buf *out, const char **separator, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct buf *out, const char **separator, const char *format, ...)
{
	struct error text = {0}; /* has no control characters */
	char words[600];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	error_set(&text, 0, "%s", words);
	buf_add_cstr(out, *separator);
	buf_add_cstr(out, text.text);
	*separator = "; ";
}

static void complain_of_scanner(
	const struct virus_scanner_now *now, struct buf *out, const char **separator)
{
	struct slice initial = slice_first(now->initial, 16), name = slice_first(now->name, 100);
	struct slice state = words(LANGUAGE_EN, now->state);

	if (now->state == WORD_STATE_OLD_PATTERNS)
		complain(out, separator,
			"scanner %.*s (%.*s): its patterns are %" PRId64 " days old",
			SLICE_ARGS(initial), SLICE_ARGS(name), now->age_days);
	else
		complain(out, separator, "scanner %.*s (%.*s) %.*s%s%.*s", SLICE_ARGS(initial),
			SLICE_ARGS(name), SLICE_ARGS(state), now->trouble.len > 0 ? ": " : "",
			SLICE_ARGS(slice_first(now->trouble, 200)));
}

static void complain_of_scanners(
	const struct virulator *virulator, struct buf *out, const char **separator)
{
	for (unsigned i = 0; i < virulator->scanner_count; i++)
		if (virulator->scanners[i].care)
			complain_of_scanner(&virulator->scanners[i], out, separator);
	if (virulator->not_asked.set)
		complain(out, separator, "the scanners could not be asked: %s",
			virulator->not_asked.text);
}

/* Returns whether there is something. */
static bool complain_of_all(const struct virulator *virulator, struct buf *out)
{
	const char *separator = "virulator: ";

	complain_of_scanners(virulator, out, &separator);
	if (virulator->files_failed > 0)
		complain(out, &separator, "%" PRIu64 " file%s not read: %s",
			virulator->files_failed, virulator->files_failed == 1 ? "" : "s",
			virulator->file_failed.text);
	if (virulator->days_kept > 0)
		complain(out, &separator,
			"%u day%s left as counted before: the records have fewer mails now",
			virulator->days_kept, virulator->days_kept == 1 ? "" : "s");
	buf_add_cstr(out, out->len > 0 ? "\n" : "");
	return out->len > 0;
}

/* --- the program ----------------------------------------------------------- */

static int work(struct virulator *virulator, struct error *error)
{
	cleanup_buf struct buf line = {0};
	int result = reporting_begin(&virulator->reporting, false, error);

	if (result == 0 && virulator->ask)
		result = virulator_ask(virulator, error);
	if (result == 0 && virulator->reporting.month)
		result = virulator_days(virulator, error);
	if (result == 0)
		result = do_period(virulator, error);
	if (result)
		return result;
	if (!complain_of_all(virulator, &line))
		return EXIT_WELL;
	if (fd_write_all(STDOUT_FILENO, buf_slice(&line)))
		return error_set(error, -EIO, "cannot print");
	return EXIT_CARE;
}

static int take_option(int letter, const char *argument, void *context, struct error *error)
{
	struct virulator *virulator = context;

	(void)letter;
	(void)argument;
	(void)error;
	virulator->ask = true; /* there is no other letter than s */
	return 0;
}

int main(int argc, char **argv)
{
	struct virulator virulator = {.ask = false};
	const struct reporting_program program = {.name = "virulator",
		.usage = usage,
		.letters = ":cd:hmo:sV",
		.has_period = true,
		.take = take_option,
		.context = &virulator};
	struct error error = {0};
	int result = reporting_parse(argc, argv, &program, &virulator.reporting, &error);

	if (result == 0) {
		result = work(&virulator, &error);
		reporting_end(&virulator.reporting);
		if (result >= 0)
			return reporting_flush(&program, result);
	}
	return result > 0 ? reporting_flush(&program, EXIT_WELL) : reporting_fail(&program, &error);
}
