/*
 * qmvcstat(8): what the logs say, as a screenful of text, as JSON or as OpenMetrics. It reads logs
 * and, for OpenMetrics, whom the circuit breaker leaves alone; only with -s it asks scanners.
 */
#include "programs/qmvcstat.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/option_error.h"
#include "config.h"
#include "control/envelope.h"
#include "control/profile.h"
#include "record/number.h"
#include "report/complaint.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#define EXIT_WELL  0
#define EXIT_CARE  1
#define EXIT_USAGE 2

#define INTERVAL_S     5
#define INTERVAL_MAX_S 86400
/* With -f scanners are asked no more often: it costs them, and patterns come by the hour. */
#define ASK_MS (INT64_C(600) * 1000)

static const char usage[] =
	"usage: qmvcstat [-cfjls] [--openmetrics] [--since TIME] [--until TIME] [-o FILE]\n"
	"                [--interval SECONDS] [BASEDIR]\n"
	"       qmvcstat -V | -h\n"
	"\n"
	"Tells what the logs below BASEDIR (the home) say.\n"
	"\n"
	"  --since TIME, --until TIME\n"
	"                 today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h, 7d;\n"
	"                 a day given to --until is counted whole\n"
	"  -l, --long     as text, all of it: by default a screenful, 24 lines\n"
	"  -j, --json     as JSON\n"
	"  --openmetrics  for node_exporter's textfile collector; since today, if not told else\n"
	"  -s             with --openmetrics: ask the scanners, for the age of their patterns\n"
	"  -o FILE        write FILE, at once and whole\n"
	"  -f, --follow   go on as the logs grow\n"
	"  --interval SECONDS\n"
	"                 with -f: so often (5)\n"
	"  -c             quiet, for cron: one line when something needs care, else nothing\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nothing could be read or written.\n"
	"See qmvcstat(8), qmvc-log(5).\n";

enum form {
	FORM_TEXT,
	FORM_JSON,
	FORM_OPENMETRICS,
};

struct command {
	enum form form;
	bool quiet, follow, ask;
	const char *since, *until, *file, *base;
	unsigned interval_s;
	struct arena arena;
	struct terminal terminal;
	struct log_files files;
	struct stat_report report;
	struct log_counts told; /* when the last report was made */
	struct arena answers;	/* of the scanners */
	struct scanner_states states;
	struct error not_asked;
	int64_t asked_ms;
};

static int fail(const struct error *error)
{
	fprintf(stderr, "qmvcstat: %s\n", error->text);
	return EXIT_USAGE;
}

/* --- the report ------------------------------------------------------------ */

/* That scanners cannot be asked is no reason to have no figures. */
static void ask_scanners(struct command *command)
{
	int64_t now_ms = command->report.now_ms;
	int result;

	if (!command->ask || (command->asked_ms > 0 && now_ms - command->asked_ms < ASK_MS &&
				     now_ms >= command->asked_ms))
		return;
	arena_release(&command->answers);
	command->states = (struct scanner_states){0};
	command->not_asked = (struct error){0};
	command->asked_ms = now_ms;
	result = scanner_states_ask(
		command->files.base, &command->answers, &command->states, &command->not_asked);
	if (result)
		fprintf(stderr, "qmvcstat: %s\n", command->not_asked.text);
}

static void make(struct command *command, struct buf *out)
{
	command->report.now_ms = clock_wall_ms();
	ask_scanners(command);
	if (command->form == FORM_JSON)
		stat_json(&command->report, out);
	else if (command->form == FORM_OPENMETRICS)
		stat_openmetrics(&command->report, out);
	else
		stat_text(&command->report, &command->terminal, out);
}

/*
 * Writes a file that is there whole or not at all. The name it has meanwhile begins with a dot and
 * ends in no suffix, so that no collector takes it for one of its files.
 */
static int write_file(const struct command *command, struct slice text, struct error *error)
{
	const char *slash = strrchr(command->file, '/');
	int folder = slash ? (int)(slash - command->file) + 1 : 0;
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;
	int result;

	if (asprintf(&path, "%.*s.%s.XXXXXX", folder, command->file, command->file + folder) < 0) {
		path = NULL;
		return error_set_errno(error, -ENOMEM, "%s", command->file);
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, -errno, "%s", path);
	result = fd_write_all(fd, text);
	/* Metrics name nobody, and another user's collector reads them. */
	if (result == 0 && fchmod(fd, command->form == FORM_OPENMETRICS ? 0644 : 0600) < 0)
		result = -errno;
	if (result == 0)
		result = fd_sync(fd);
	if (result == 0 && rename(path, command->file) < 0)
		result = -errno;
	if (result) {
		unlink(path);
		return error_set_errno(error, result, "%s", command->file);
	}
	return 0;
}

static int tell(struct command *command, struct error *error)
{
	cleanup_buf struct buf out = {0};
	int result;

	command->told = command->files.counts;
	if (command->quiet && !command->file)
		return 0;
	if (command->follow && !command->file && isatty(STDOUT_FILENO))
		buf_add_cstr(&out, "\033[H\033[2J"); /* ECMA-48: CUP, ED */
	make(command, &out);
	if (out.failed)
		return error_set_errno(error, -ENOMEM, "cannot make the report");
	if (command->file)
		return write_file(command, buf_slice(&out), error);
	result = fd_write_all(STDOUT_FILENO, buf_slice(&out));
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

/* --- reading --------------------------------------------------------------- */

static int go_on(struct command *command, struct error *error)
{
	for (;;) {
		const struct log_counts *now = &command->files.counts, *told = &command->told;
		int result;

		poll(NULL, 0, (int)command->interval_s * 1000);
		result = log_files_read(&command->files, tally_take, command->report.tally, error);
		/* A file is written again also to say that somebody still looks. */
		if (result == 0 &&
			(command->file || now->lines != told->lines || now->failed != told->failed))
			result = tell(command, error);
		if (result)
			return result;
	}
}

static int finish(const struct command *command, struct error *error)
{
	cleanup_buf struct buf line = {0};
	int code = command->not_asked.set ? EXIT_CARE : EXIT_WELL;
	struct complaint complaint = {0};
	bool care;

	if (!command->quiet)
		return command->files.counts.failed > 0 ? EXIT_CARE : code;
	if (command->file && command->files.counts.failed == 0)
		return code;
	complaint_take(&complaint, command->report.tally);
	complaint_take_files(&complaint, &command->files);
	care = complaint_tell(&complaint, "qmvcstat", &line);
	if (care && fd_write_all(STDOUT_FILENO, buf_slice(&line)))
		return error_set(error, -EIO, "cannot print");
	return care ? EXIT_CARE : code;
}

static int work(struct command *command, struct error *error)
{
	struct stat_report *report = &command->report;
	int result = log_files_read(&command->files, tally_take, report->tally, error);

	if (result == 0)
		result = tell(command, error);
	if (result == 0 && command->follow)
		result = go_on(command, error);
	return result ? result : finish(command, error);
}

/* --- what is asked for ----------------------------------------------------- */

static int read_time(const char *text, bool is_end, int64_t *wall_ms, struct error *error)
{
	struct calendar calendar;

	calendar_init(&calendar);
	if (!calendar_read(&calendar, slice_cstr(text), clock_wall_ms(), is_end, wall_ms))
		return error_set(error, -EINVAL,
			"'%s' is no time: today, yesterday, month, 2026-11-22, 2026-11-22T14:05, "
			"90m, "
			"24h or 7d",
			text);
	return 0;
}

/* The home, or where somebody who does not own it has his logs. */
static int find_base(struct command *command, struct error *error)
{
	struct options options = {0};
	struct profile profile;
	int result;

	command->files.users = geteuid() == 0;
	command->files.base = command->base;
	if (command->base)
		return 0;
	result = profile_locate(&command->arena, &options, envelope_home(), &profile, error);
	if (result == 0)
		command->files.base = geteuid() == 0 ? profile.home : profile.state;
	return result;
}

static int prepare(struct command *command, struct error *error)
{
	int64_t since_ms = 0, until_ms = INT64_MAX;
	char *host = arena_alloc(&command->arena, 256);
	const char *since = command->since;
	int result = host ? find_base(command, error) : -ENOMEM;

	if (!since && command->form == FORM_OPENMETRICS)
		since = "today";
	if (result == 0 && since)
		result = read_time(since, false, &since_ms, error);
	if (result == 0 && command->until)
		result = read_time(command->until, true, &until_ms, error);
	if (result)
		return result;
	if (gethostname(host, 255) < 0)
		*host = 0;
	command->files.follow = command->follow;
	command->files.since_ms = since_ms;
	command->terminal = terminal_look(STDOUT_FILENO);
	command->terminal.width = TERMINAL_WIDTH_MIN;
	if (command->file)
		command->terminal.colour = false;
	command->report = (struct stat_report){.tally = tally_new(since_ms, until_ms),
		.files = &command->files,
		.host = host,
		.scanners = &command->states,
		.all = command->report.all,
		.has_since = since != NULL,
		.has_until = command->until != NULL};
	return command->report.tally ? 0 : error_set_errno(error, -ENOMEM, "cannot begin");
}

enum {
	OPTION_SINCE = 256,
	OPTION_UNTIL,
	OPTION_OPENMETRICS,
	OPTION_INTERVAL,
};

static int take(int letter, char *const *argv, struct command *command, struct error *error)
{
	uint64_t seconds;

	switch (letter) {
	case 'c':
		command->quiet = true;
		return 0;
	case 'f':
		command->follow = true;
		return 0;
	case 'j':
		command->form = FORM_JSON;
		return 0;
	case 'l':
		command->report.all = true;
		return 0;
	case 's':
		command->ask = true;
		return 0;
	case 'o':
		command->file = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "option -o has an empty argument");
	case OPTION_OPENMETRICS:
		command->form = FORM_OPENMETRICS;
		return 0;
	case OPTION_SINCE:
		command->since = optarg;
		return 0;
	case OPTION_UNTIL:
		command->until = optarg;
		return 0;
	case OPTION_INTERVAL:
		if (!number_read(slice_cstr(optarg), &seconds) || seconds < 1 ||
			seconds > INTERVAL_MAX_S)
			return error_set(error, -EINVAL, "--interval '%s': is not 1 to %d seconds",
				optarg, INTERVAL_MAX_S);
		command->interval_s = (unsigned)seconds;
		return 0;
	default:
		return option_error(letter, argv, error);
	}
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"json", no_argument, NULL, 'j'},
		{"long", no_argument, NULL, 'l'},
		{"openmetrics", no_argument, NULL, OPTION_OPENMETRICS},
		{"since", required_argument, NULL, OPTION_SINCE},
		{"until", required_argument, NULL, OPTION_UNTIL},
		{"follow", no_argument, NULL, 'f'},
		{"interval", required_argument, NULL, OPTION_INTERVAL},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":cfhjlo:sV", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "qmvcstat " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, argv, command, error);
		if (failed)
			return failed;
	}
	if (argc - optind > 1)
		return error_set(error, -EINVAL, "'%s': one BASEDIR only", argv[optind + 1]);
	if (optind < argc)
		command->base = argv[optind];
	if (command->base && !*command->base)
		return error_set(error, -EINVAL, "BASEDIR is empty");
	if (command->ask && command->form != FORM_OPENMETRICS)
		return error_set(error, -EINVAL, "option -s goes with --openmetrics only");
	if (command->quiet && command->follow && !command->file)
		return error_set(error, -EINVAL, "options -c and -f go together with -o only");
	return 0;
}

int main(int argc, char **argv)
{
	struct command command = {.interval_s = INTERVAL_S};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	signal(SIGPIPE, SIG_IGN);
	if (result == 0) {
		result = prepare(&command, &error);
		if (result == 0)
			result = work(&command, &error);
	} else if (result > 0) {
		result = EXIT_WELL;
	}
	tally_free(command.report.tally);
	log_files_release(&command.files);
	arena_release(&command.answers);
	arena_release(&command.arena);
	return result < 0 ? fail(&error) : result;
}
