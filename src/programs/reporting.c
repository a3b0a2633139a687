/*
 * Options, places and rights of the report programs; see reporting.h.
 *
 * Root's cron may write the report of a user. All that is read and written then is the user's, so
 * root becomes that user first: whatever stands in the way there, a link, a forged database, gets
 * nobody further than the user is already. Only a home with users/ in it, where logs of several
 * people are merged, is read as root; and so is what a page over all accounts shows (for_all).
 */
#include "programs/reporting.h"

#include "base/clock.h"
#include "base/option_error.h"
#include "config.h"
#include "control/envelope.h"
#include "control/language.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

enum {
	OPTION_SINCE = 256,
	OPTION_UNTIL,
};

/* --- the command line ------------------------------------------------------ */

static int take_name(struct reporting *reporting, struct error *error)
{
	reporting->name = slice_cstr(optarg);
	if (site_name_is_fit(reporting->name))
		return 0;
	return error_set(error, -EINVAL,
		"-d '%s': is no name: 1 to 64 bytes, printable UTF-8, no '/', no '.' in front",
		optarg);
}

static int take(int letter, char *const *argv, const struct reporting_program *program,
	struct reporting *reporting, struct error *error)
{
	switch (letter) {
	case 'c':
		reporting->quiet = true;
		return 0;
	case 'd':
		return take_name(reporting, error);
	case 'm':
		reporting->month = true;
		return 0;
	case 'o':
		reporting->folder = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "-o: the directory is empty");
	case OPTION_SINCE:
		reporting->since = optarg;
		return 0;
	case OPTION_UNTIL:
		reporting->until = optarg;
		return 0;
	case ':':
	case '?':
		return option_error(letter, argv, error);
	default:
		return program->take(letter, optarg, program->context, error);
	}
}

static int take_rest(int argc, char **argv, struct reporting *reporting, struct error *error)
{
	if (argc - optind > 1)
		return error_set(error, -EINVAL, "'%s': one BASEDIR only", argv[optind + 1]);
	if (optind < argc)
		reporting->base = argv[optind];
	if (reporting->base && !*reporting->base)
		return error_set(error, -EINVAL, "BASEDIR is empty");
	if (reporting->month && (reporting->since || reporting->until))
		return error_set(error, -EINVAL,
			"-m counts whole days: it does not go together with --since and --until");
	return 0;
}

int reporting_parse(int argc, char **argv, const struct reporting_program *program,
	struct reporting *reporting, struct error *error)
{
	static const struct option with_period[] = {{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{"since", required_argument, NULL, OPTION_SINCE},
		{"until", required_argument, NULL, OPTION_UNTIL}, {NULL, 0, NULL, 0}};
	static const struct option without[] = {{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	const struct option *options = program->has_period ? with_period : without;
	int letter, failed;

	*reporting = (struct reporting){.site = SITE_NONE};
	opterr = 0;
	while ((letter = getopt_long(argc, argv, program->letters, options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? program->usage : program->name, stdout);
			fputs(letter == 'h' ? "" : " " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, argv, program, reporting, error);
		if (failed)
			return failed;
	}
	return take_rest(argc, argv, reporting, error);
}

/* --- whose it is ----------------------------------------------------------- */

static int become(uid_t uid, gid_t gid, const char *base, struct error *error)
{
	const struct passwd *entry = getpwuid(uid);
	int failed = entry ? initgroups(entry->pw_name, gid) : setgroups(1, &gid);

	if (failed < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return error_set_errno(error, -errno, "cannot become the owner of %s", base);
	return 0;
}

static int drop_rights(struct reporting *reporting, struct error *error)
{
	const char *users = arena_printf(&reporting->arena, "%s/users", reporting->base);
	struct stat base, below;

	if (geteuid() != 0 || reporting->for_all)
		return 0;
	if (!users)
		return error_set_errno(error, -ENOMEM, "%s", reporting->base);
	if (stat(reporting->base, &base) < 0)
		return error_set_errno(error, -errno, "%s", reporting->base);
	reporting->users = lstat(users, &below) == 0 && S_ISDIR(below.st_mode) && below.st_uid == 0;
	if (base.st_uid == 0 || reporting->users)
		return 0;
	return become(base.st_uid, base.st_gid, reporting->base, error);
}

/* --- where things are ------------------------------------------------------ */

/* Control files of BASEDIR's own, when it has some, count before the home's. */
static int put_base_first(struct reporting *reporting, struct error *error)
{
	struct profile *profile = &reporting->profile;
	const char *control = arena_printf(&reporting->arena, "%s/control", reporting->base);
	struct stat status;

	if (!control)
		return error_set_errno(error, -ENOMEM, "%s", reporting->base);
	if (stat(control, &status) < 0 || !S_ISDIR(status.st_mode))
		return 0;
	memmove(&profile->dirs[1], profile->dirs, profile->dir_count * sizeof(profile->dirs[0]));
	profile->dirs[0] = reporting->base;
	profile->dir_count++;
	return 0;
}

/* BASEDIR's own control files come first, the home's behind them. */
static int find_profile(struct reporting *reporting, struct error *error)
{
	struct options options = {0};
	bool needed = !reporting->base || reporting->for_all;
	int result = profile_locate(&reporting->arena, &options, envelope_home(),
		&reporting->profile, needed ? error : NULL);

	if (result && needed)
		return result;
	if (!reporting->base) {
		reporting->base = geteuid() == 0 || reporting->for_all ? reporting->profile.home
								       : reporting->profile.state;
		return 0;
	}
	/* Logs of another host perhaps, and then there is no home here. */
	if (result)
		reporting->profile = (struct profile){0};
	return put_base_first(reporting, error);
}

/* The first language that we have words of. */
static int read_language(struct reporting *reporting, enum language *language, struct error *error)
{
	const char **names, *path;
	struct slice text;
	int result = 1;

	*language = LANGUAGE_EN;
	if (reporting->profile.dir_count > 0)
		result = profile_read(
			&reporting->profile, &reporting->arena, "language", &text, &path, error);
	if (result)
		return result > 0 ? 0 : result;
	result = language_parse(&reporting->arena, text, path, &names, error);
	if (result)
		return result;
	while (*names && !language_from_code(slice_cstr(*names), language))
		names++;
	return 0;
}

/* For their names only: a file that is wrong is for `qmvc -t` to tell. */
static void read_scanners(struct reporting *reporting)
{
	struct error ignored = {0};
	const char *path;
	struct slice text;

	if (reporting->profile.dir_count > 0 &&
		profile_read(&reporting->profile, &reporting->arena, "scanners", &text, &path,
			&ignored) == 0 &&
		scanner_list_parse(&reporting->arena, text, path, &reporting->scanners, &ignored) ==
			0)
		reporting->site.scanners = &reporting->scanners;
}

static int read_time(struct reporting *reporting, const char *text, bool is_end, int64_t *wall_ms,
	struct error *error)
{
	struct site *site = &reporting->site;

	if (calendar_read(&site->calendar, slice_cstr(text), site->now_ms, is_end, wall_ms))
		return 0;
	return error_set(error, -EINVAL,
		"'%s' is no time: today, yesterday, month, 2026-11-22, 2026-11-22T14:05, 90m, 24h "
		"or 7d",
		text);
}

static int read_period(struct reporting *reporting, struct error *error)
{
	int result = 0;

	reporting->since_ms = reporting->site.now_ms - DAY_MS;
	reporting->until_ms = INT64_MAX;
	if (reporting->since)
		result = read_time(reporting, reporting->since, false, &reporting->since_ms, error);
	if (result == 0 && reporting->until)
		result = read_time(reporting, reporting->until, true, &reporting->until_ms, error);
	return result;
}

int reporting_frame(struct reporting *reporting, struct error *error)
{
	struct site *site = &reporting->site;

	*site = SITE_NONE;
	site->name = reporting->name;
	site->now_ms = clock_wall_ms();
	calendar_init(&site->calendar);
	return read_language(reporting, &site->language, error);
}

int reporting_locate(struct reporting *reporting, struct error *error)
{
	int result = find_profile(reporting, error);

	if (result == 0)
		result = drop_rights(reporting, error);
	if (result == 0)
		result = reporting_frame(reporting, error);
	return result ? result : read_period(reporting, error);
}

int reporting_begin(struct reporting *reporting, bool here, struct error *error)
{
	int result = reporting_locate(reporting, error);
	struct site located = reporting->site;

	if (result == 0)
		result = site_open(&reporting->site, reporting->for_all ? "." : reporting->base,
			here ? "." : reporting->folder, error);
	if (result)
		return result;
	reporting->site.name = located.name;
	reporting->site.language = located.language;
	reporting->site.now_ms = located.now_ms;
	read_scanners(reporting);
	return 0;
}

void reporting_end(struct reporting *reporting)
{
	site_release(&reporting->site);
	arena_release(&reporting->arena);
}

int reporting_fail(const struct reporting_program *program, const struct error *error)
{
	fprintf(stderr, "%s: %s\n", program->name, error->text);
	return EXIT_USAGE;
}

int reporting_flush(const struct reporting_program *program, int result)
{
	struct error error = {0};

	if (fflush(stdout) == 0 && !ferror(stdout))
		return result;
	error_set(&error, -EIO, "cannot print");
	return reporting_fail(program, &error);
}
