/*
 * qmvcbench(8): in which order, one after the other or at once, the scanners are best asked. What it
 * goes by is what they have said of real mail and how long they took, as qmvc.log has it; nothing is
 * scanned for it.
 */
#include "base/cleanup.h"
#include "base/fd.h"
#include "config.h"
#include "control/filters.h"
#include "programs/bench_report.h"
#include "programs/reporting.h"
#include "programs/scanners_write.h"
#include "report/log_files.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>

static const char usage[] =
	"usage: qmvcbench [-ajw] [--since TIME] [--until TIME] [BASEDIR]\n"
	"       qmvcbench -V | -h\n"
	"\n"
	"Tells in which order the scanners are best asked, and whether one after the other, by\n"
	"what they said and how long they took in the logs below BASEDIR (the home).\n"
	"\n"
	"  -a, --all    every way, not just the quickest\n"
	"  -j, --json   as JSON\n"
	"  -w, --write  write the control file scanners for it; the old one is kept\n"
	"  --since TIME, --until TIME\n"
	"               today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h, 7d;\n"
	"               a day given to --until is counted whole\n"
	"\n"
	"Exit code: 0, 1 nothing to go by, or some log file not read, 2 usage or failure.\n"
	"See qmvcbench(8), qmvc-scanners(5).\n";

struct command {
	struct reporting reporting;
	bool json, write;
	struct bench_data data;
	struct bench_ways ways;
	struct bench_report report;
	struct scanner_list list;
	struct slice text; /* of the file scanners */
	struct buf file;   /* the one to use */
	struct log_counts counts;
	struct error failed; /* the first log file that could not be read */
};

static int fail(const struct error *error)
{
	fprintf(stderr, "qmvcbench: %s\n", error->text);
	return EXIT_USAGE;
}

/* --- the profile of today -------------------------------------------------- */

/* Scanners are told apart by the list, so that those of the past do not take places. */
static int read_scanners(struct command *command, struct error *error)
{
	struct reporting *reporting = &command->reporting;
	struct bench_data *data = &command->data;
	int result = 1;

	if (reporting->profile.dir_count > 0)
		result = profile_read(&reporting->profile, &reporting->arena, "scanners",
			&command->text, &command->report.path, error);
	if (result)
		return result > 0 ? 0 : result;
	result = scanner_list_parse(
		&reporting->arena, command->text, command->report.path, &command->list, error);
	if (result)
		return result;
	for (unsigned i = 0; i < command->list.count; i++)
		bench_data_scanner(data, slice_cstr(command->list.scanners[i].initial));
	data->is_list = command->list.count > 0;
	command->report.list = data->is_list ? &command->list : NULL;
	return 0;
}

static int read_filters(struct command *command, struct error *error)
{
	struct reporting *reporting = &command->reporting;
	struct bench_report *report = &command->report;
	struct filters filters;
	const char *path;
	struct slice text;
	int result = 1;

	if (reporting->profile.dir_count > 0)
		result = profile_read(
			&reporting->profile, &reporting->arena, "filters", &text, &path, error);
	if (result == 0)
		result = filters_parse(&reporting->arena, text, path, &filters, error);
	if (result)
		return result > 0 ? 0 : result;
	report->has_filters = filters.conditions[CONDITION_VIRUS].on;
	report->present.quitasap = filters.conditions[CONDITION_VIRUS].quitasap;
	report->virus_stops = action_stops(filters.conditions[CONDITION_VIRUS].action);
	return 0;
}

/* Behind bench_data_complete(), which may have dropped some: how they are asked now. */
static void find_present(struct command *command)
{
	struct bench_way *present = &command->report.present;
	unsigned known = 0;

	present->sequential = command->list.sequential;
	for (unsigned i = 0; i < command->list.count; i++) {
		int at = bench_data_scanner(
			&command->data, slice_cstr(command->list.scanners[i].initial));

		if (at >= 0)
			present->order[known++] = (unsigned char)at;
	}
}

/* --- what is said ---------------------------------------------------------- */

static int make_file(struct command *command, struct error *error)
{
	if (!command->report.list)
		return 0;
	if (bench_rewrite(&command->data, bench_best(&command->report), &command->list,
		    command->text, &command->file))
		return error_set_errno(error, -ENOMEM, "cannot make the file scanners");
	command->report.file = buf_slice(&command->file);
	return 0;
}

static int print(const struct command *command, struct error *error)
{
	struct terminal terminal = terminal_look(STDOUT_FILENO);
	cleanup_buf struct buf out = {0};
	int result;

	terminal.width = TERMINAL_WIDTH_MIN;
	if (command->json)
		bench_json(&command->report, &out);
	else
		bench_text(&command->report, &terminal, &out);
	result = out.failed ? -ENOMEM : fd_write_all(STDOUT_FILENO, buf_slice(&out));
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

/* To stderr: with --json, stdout is a program's. */
static int write_file(struct command *command, struct error *error)
{
	const char *path = command->report.path, *kept;
	int result;

	if (!command->report.list)
		return error_set(
			error, -ENOENT, "there is no control file scanners to be written anew");
	if (slice_eq(command->text, command->report.file)) {
		fprintf(stderr, "qmvcbench: %s: is so already; nothing is written\n", path);
		return 0;
	}
	result = scanners_replace(
		&command->reporting.arena, command->report.file, &path, &kept, error);
	if (result == 0)
		fprintf(stderr, "qmvcbench: %s: written; the old one is %s\n", path, kept);
	return result;
}

/* --- the log --------------------------------------------------------------- */

static int read_log(struct command *command, struct error *error)
{
	struct reporting *reporting = &command->reporting;
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users};
	int result;

	command->data.since_ms = reporting->since ? reporting->since_ms : 0;
	command->data.until_ms = reporting->until_ms;
	files.since_ms = command->data.since_ms > 0 ? command->data.since_ms : 0;
	result = log_files_read(&files, bench_take_entry, &command->data, error);
	command->counts = files.counts;
	command->failed = files.failed;
	return result;
}

static int work(struct command *command, struct error *error)
{
	struct reporting *reporting = &command->reporting;
	int result = reporting_locate(reporting, error);

	if (result == 0)
		result = read_scanners(command, error);
	if (result == 0)
		result = read_filters(command, error);
	if (result == 0)
		result = read_log(command, error);
	if (result)
		return result;
	command->report.source =
		arena_printf(&reporting->arena, "the log below %s", reporting->base);
	bench_data_complete(&command->data);
	if (!command->report.source || bench_ways_reckon(&command->data, &command->ways))
		return error_set_errno(error, -ENOMEM, "cannot reckon");
	find_present(command);
	if (command->data.scanner_count > 0)
		result = make_file(command, error);
	if (result == 0)
		result = print(command, error);
	if (result == 0 && command->write && command->data.scanner_count > 0)
		result = write_file(command, error);
	return result;
}

/* What is no failure and still wants to be known. Returns the exit code. */
static int finish(const struct command *command)
{
	if (command->counts.failed > 0)
		fprintf(stderr, "qmvcbench: not read: %s\n", command->failed.text);
	if (command->data.scanner_count == 0)
		fprintf(stderr, "qmvcbench: no answer of a scanner is there to go by\n");
	return command->counts.failed > 0 || command->data.scanner_count == 0 ? EXIT_CARE
									      : EXIT_WELL;
}

/* --- the command line ------------------------------------------------------ */

enum {
	OPTION_SINCE = 256,
	OPTION_UNTIL,
};

static int take(int letter, struct command *command, struct error *error)
{
	switch (letter) {
	case 'a':
		command->report.all = true;
		return 0;
	case 'j':
		command->json = true;
		return 0;
	case 'w':
		command->write = true;
		return 0;
	case OPTION_SINCE:
		command->reporting.since = optarg;
		return 0;
	case OPTION_UNTIL:
		command->reporting.until = optarg;
		return 0;
	case ':':
		return error_set(error, -EINVAL, "an option needs an argument; see qmvcbench -h");
	default:
		return optopt && optopt < OPTION_SINCE
			       ? error_set(error, -EINVAL, "there is no option -%c", optopt)
			       : error_set(error, -EINVAL, "there is no such long option");
	}
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"all", no_argument, NULL, 'a'},
		{"json", no_argument, NULL, 'j'}, {"write", no_argument, NULL, 'w'},
		{"since", required_argument, NULL, OPTION_SINCE},
		{"until", required_argument, NULL, OPTION_UNTIL}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":ahjVw", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "qmvcbench " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, command, error);
		if (failed)
			return failed;
	}
	if (argc - optind > 1)
		return error_set(error, -EINVAL, "'%s': one BASEDIR only", argv[optind + 1]);
	if (optind < argc)
		command->reporting.base = argv[optind];
	if (command->reporting.base && !*command->reporting.base)
		return error_set(error, -EINVAL, "BASEDIR is empty");
	return 0;
}

int main(int argc, char **argv)
{
	struct command command = {.reporting = {.site = SITE_NONE}};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	signal(SIGPIPE, SIG_IGN);
	command.report.data = &command.data;
	command.report.ways = &command.ways;
	if (result == 0) {
		result = work(&command, &error);
		result = result < 0 ? result : finish(&command);
		reporting_end(&command.reporting);
	} else if (result > 0) {
		result = EXIT_WELL;
	}
	bench_data_release(&command.data);
	bench_ways_release(&command.ways);
	buf_release(&command.file);
	return result < 0 ? fail(&error) : result;
}
