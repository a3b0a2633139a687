/*
 * qmvcbench(8): in which order, one after the other or at once, the scanners are best asked. It goes by
 * what they have said of real mail and how long they took, as qmvc.log has it, without scanning anything;
 * or it has mails filtered, see qmvcbench_replay.c.
 */
#include "programs/qmvcbench.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/option_error.h"
#include "config.h"
#include "programs/bench_log.h"
#include "programs/bench_rewrite.h"
#include "programs/scanners_write.h"
#include "record/number.h"
#include "report/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

static const char usage[] =
	"usage: qmvcbench [-ajw] [--html FILE] [--log] [--since TIME] [--until TIME]\n"
	"                 [BASEDIR]\n"
	"       qmvcbench [-ajnuw] [--html FILE] [-c BASEDIR] [--fresh] [--rounds N]\n"
	"                 CORPUS... | --generate N\n"
	"       qmvcbench -V | -h\n"
	"\n"
	"Tells in which order the scanners are best asked, and whether one after the other: by\n"
	"what they said and how long they took in the logs below BASEDIR (the home), or by having\n"
	"mails filtered: of a Maildir, an mbox, a directory of mails, files, or generated ones.\n"
	"\n"
	"  -a, --all     every way, not just the quickest\n"
	"  -j, --json    as JSON\n"
	"  --html FILE   also write a page\n"
	"  -w, --write   write the control file scanners for it; the old one is kept\n"
	"  --log         the argument is a BASEDIR, not mails\n"
	"  --since TIME, --until TIME\n"
	"                today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h, 7d;\n"
	"                a day given to --until is counted whole\n"
	"  -n, -u, -c BASEDIR\n"
	"                filter as qmvc does with these options\n"
	"  --rounds N    measure each mail so often (3)\n"
	"  --fresh       make each copy of a mail one that no scanner has seen\n"
	"  --generate N  make N mails\n"
	"\n"
	"Exit code: 0, 1 nothing to go by, or mails or a log file left out, 2 usage or failure.\n"
	"See qmvcbench(8), qmvc-scanners(5).\n";

int qmvcbench_fail(const struct error *error)
{
	fprintf(stderr, "qmvcbench: %s\n", error->text);
	return EXIT_USAGE;
}

/* Scanners are told apart by the list, so that those of the past do not take places. */
int qmvcbench_profile(struct qmvcbench *bench, struct error *error)
{
	struct bench_profile *profile = &bench->profile;
	int result = bench_profile_read(profile, &bench->reporting.arena, error);

	for (unsigned i = 0; result == 0 && i < profile->list.count; i++)
		bench_data_scanner(&bench->data, slice_cstr(profile->list.scanners[i].initial));
	bench->data.is_list = profile->has_list;
	return result;
}

/* --- what is said ---------------------------------------------------------- */

static int make_file(struct qmvcbench *bench, struct error *error)
{
	const struct bench_profile *profile = &bench->profile;

	if (!profile->has_list)
		return 0;
	if (bench_rewrite(&bench->data, bench_best(&bench->report), &profile->list, profile->text,
		    &bench->file) ||
		bench_rewrite_lines(buf_slice(&bench->file), &bench->lines))
		return error_set_errno(error, -ENOMEM, "cannot make the file scanners");
	bench->report.file = buf_slice(&bench->file);
	bench->report.lines = buf_slice(&bench->lines);
	return 0;
}

static int print(const struct qmvcbench *bench, struct error *error)
{
	struct terminal terminal = terminal_look(STDOUT_FILENO);
	cleanup_buf struct buf out = {0};
	int result;

	terminal.width = TERMINAL_WIDTH_MIN;
	if (bench->json)
		bench_json(&bench->report, &out);
	else
		bench_text(&bench->report, &terminal, &out);
	result = out.failed ? -ENOMEM : fd_write_all(STDOUT_FILENO, buf_slice(&out));
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

/* To stderr: with --json, stdout is a program's. */
static int write_file(struct qmvcbench *bench, struct error *error)
{
	const char *path = bench->profile.path, *kept;
	int result;

	if (!bench->profile.has_list)
		return error_set(
			error, -ENOENT, "there is no control file scanners to be written anew");
	if (slice_eq(bench->profile.text, bench->report.file)) {
		fprintf(stderr, "qmvcbench: %s: is so already; nothing is written\n", path);
		return 0;
	}
	result = scanners_replace(&bench->reporting.arena, bench->report.file, &path, &kept, error);
	if (result == 0)
		fprintf(stderr, "qmvcbench: %s: written; the old one is %s\n", path, kept);
	return result;
}

static int write_page(struct qmvcbench *bench, struct error *error)
{
	const char *slash = strrchr(bench->page, '/');
	const char *name = slash ? slash + 1 : bench->page;
	const char *folder = slash ? arena_printf(&bench->reporting.arena, "%.*s/",
					     (int)(slash - bench->page), bench->page)
				   : ".";
	const struct fd_rights rights = {.mode = 0644, .owner = geteuid(), .group = getegid()};
	cleanup_fd int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	cleanup_buf struct buf page = {0};
	int result = fd < 0 ? -errno : bench_page(&bench->report, &bench->reporting.site, &page);

	if (result == 0)
		result = fd_replace(fd, name, buf_slice(&page), &rights, false);
	return result ? error_set_errno(error, result, "cannot write %s", bench->page) : 0;
}

int qmvcbench_tell(struct qmvcbench *bench, const struct bench_ways *ways, struct error *error)
{
	bool some = bench->data.scanner_count > 0;
	int result = 0;

	bench->report.data = &bench->data;
	bench->report.ways = ways;
	bench->report.profile = &bench->profile;
	bench_profile_present(&bench->profile, &bench->data, &bench->report.present);
	if (!bench->report.source)
		return error_set_errno(error, -ENOMEM, "cannot tell");
	if (some)
		result = make_file(bench, error);
	if (result == 0)
		result = print(bench, error);
	if (result == 0 && bench->page && some)
		result = write_page(bench, error);
	if (result == 0 && bench->write && some)
		result = write_file(bench, error);
	if (!some)
		fprintf(stderr, "qmvcbench: no answer of a scanner is there to go by\n");
	return result;
}

/* --- the log --------------------------------------------------------------- */

/* Returns 0, 1 when a file could not be read, or a negative errno with *error set. */
static int read_log(struct qmvcbench *bench, struct error *error)
{
	struct reporting *reporting = &bench->reporting;
	cleanup_(log_files_release) struct log_files files = {
		.base = reporting->base, .users = reporting->users};
	int result;

	bench->data.since_ms = reporting->since ? reporting->since_ms : 0;
	bench->data.until_ms = reporting->until_ms;
	files.since_ms = bench->data.since_ms > 0 ? bench->data.since_ms : 0;
	result = log_files_read(&files, bench_take_entry, &bench->data, error);
	if (result == 0 && files.counts.failed > 0)
		fprintf(stderr, "qmvcbench: not read: %s\n", files.failed.text);
	return result ? result : files.counts.failed > 0;
}

/* Returns the exit code, or a negative errno with *error set. */
static int simulate(struct qmvcbench *bench, struct error *error)
{
	struct reporting *reporting = &bench->reporting;
	cleanup_(bench_ways_release) struct bench_ways ways = {.list = NULL};
	int result = reporting_locate(reporting, error), unread;

	bench->profile.profile = reporting->profile;
	if (result == 0)
		result = qmvcbench_profile(bench, error);
	unread = result == 0 ? read_log(bench, error) : result;
	if (unread < 0)
		return unread;
	bench->report.source = arena_printf(&reporting->arena, "the log below %s", reporting->base);
	bench_data_complete(&bench->data);
	if (bench_ways_reckon(&bench->data, &ways))
		return error_set_errno(error, -ENOMEM, "cannot reckon");
	result = qmvcbench_tell(bench, &ways, error);
	if (result)
		return result;
	return unread || bench->data.scanner_count == 0 ? EXIT_CARE : EXIT_WELL;
}

/* --- the command line ------------------------------------------------------ */

enum {
	OPTION_SINCE = 256,
	OPTION_UNTIL,
	OPTION_LOG,
	OPTION_ROUNDS,
	OPTION_FRESH,
	OPTION_GENERATE,
	OPTION_HTML,
};

struct command {
	struct qmvcbench bench;
	/* The first option that is for a log or for mails only, or NULL. */
	const char *for_log, *for_mails;
};

static int take_number(const char *name, unsigned greatest, unsigned *number, struct error *error)
{
	uint64_t value;

	if (!number_read(slice_cstr(optarg), &value) || value < 1 || value > greatest)
		return error_set(error, -EINVAL, "%s '%s': is not 1 to %u", name, optarg, greatest);
	*number = (unsigned)value;
	return 0;
}

static int take_for_mails(
	int letter, char *const *argv, struct command *command, struct error *error)
{
	struct qmvcbench *bench = &command->bench;

	switch (letter) {
	case 'c':
		command->for_mails = "-c";
		bench->options.basedir = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "option -c has an empty argument");
	case 'n':
		command->for_mails = "-n";
		bench->options.noscan = true;
		return 0;
	case 'u':
		command->for_mails = "-u";
		bench->options.user = true;
		return 0;
	case OPTION_FRESH:
		command->for_mails = "--fresh";
		bench->fresh = true;
		return 0;
	case OPTION_ROUNDS:
		command->for_mails = "--rounds";
		return take_number("--rounds", BENCH_ROUNDS_MAX, &bench->rounds, error);
	case OPTION_GENERATE:
		command->for_mails = "--generate";
		return take_number("--generate", BENCH_GENERATE_MAX, &bench->generate, error);
	default:
		return option_error(letter, argv, error);
	}
}

static int take(int letter, char *const *argv, struct command *command, struct error *error)
{
	switch (letter) {
	case 'a':
		command->bench.report.all = true;
		return 0;
	case 'j':
		command->bench.json = true;
		return 0;
	case 'w':
		command->bench.write = true;
		return 0;
	case OPTION_HTML:
		command->bench.page = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "--html: the file name is empty");
	case OPTION_SINCE:
		command->for_log = "--since";
		command->bench.reporting.since = optarg;
		return 0;
	case OPTION_UNTIL:
		command->for_log = "--until";
		command->bench.reporting.until = optarg;
		return 0;
	case OPTION_LOG:
		command->for_log = "--log";
		return 0;
	default:
		return take_for_mails(letter, argv, command, error);
	}
}

/* Is it where qmvc keeps its logs? */
static bool is_basedir(const char *path)
{
	cleanup_free char *log = NULL;
	struct stat status;

	if (asprintf(&log, "%s/log", path) < 0)
		log = NULL;
	return log && stat(log, &status) == 0 && S_ISDIR(status.st_mode);
}

static int take_rest(char **rest, struct command *command, struct error *error)
{
	struct qmvcbench *bench = &command->bench;
	bool one = rest[0] && !rest[1];

	for (char **path = rest; *path; path++)
		if (!**path)
			return error_set(error, -EINVAL, "an argument is empty");
	if (command->for_log && command->for_mails)
		return error_set(error, -EINVAL, "options %s and %s do not go together",
			command->for_log, command->for_mails);
	bench->is_replay = command->for_mails ||
			   (!command->for_log && rest[0] && !(one && is_basedir(rest[0])));
	bench->corpus = rest;
	if (bench->is_replay && !rest[0] && bench->generate == 0)
		return error_set(error, -EINVAL, "option %s: which mails?", command->for_mails);
	if (!bench->is_replay && rest[0] && !one)
		return error_set(error, -EINVAL, "'%s': one BASEDIR only", rest[1]);
	if (!bench->is_replay)
		bench->reporting.base = rest[0];
	return 0;
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"all", no_argument, NULL, 'a'},
		{"json", no_argument, NULL, 'j'}, {"write", no_argument, NULL, 'w'},
		{"log", no_argument, NULL, OPTION_LOG},
		{"html", required_argument, NULL, OPTION_HTML},
		{"since", required_argument, NULL, OPTION_SINCE},
		{"until", required_argument, NULL, OPTION_UNTIL},
		{"fresh", no_argument, NULL, OPTION_FRESH},
		{"rounds", required_argument, NULL, OPTION_ROUNDS},
		{"generate", required_argument, NULL, OPTION_GENERATE},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":ac:hjnuVw", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "qmvcbench " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, argv, command, error);
		if (failed)
			return failed;
	}
	return take_rest(argv + optind, command, error);
}

int main(int argc, char **argv)
{
	struct command command = {
		.bench = {.reporting = {.site = SITE_NONE}, .rounds = BENCH_ROUNDS}};
	struct qmvcbench *bench = &command.bench;
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	signal(SIGPIPE, SIG_IGN);
	if (result > 0)
		result = EXIT_WELL;
	else if (result == 0)
		result = bench->is_replay ? qmvcbench_replay(bench) : simulate(bench, &error);
	reporting_end(&bench->reporting);
	bench_data_release(&bench->data);
	buf_release(&bench->file);
	buf_release(&bench->lines);
	return result < 0 ? qmvcbench_fail(&error) : result;
}
