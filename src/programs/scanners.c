/*
 * scanners(8): which engines are there, and the control file for them. What engines do and print is
 * their vendors'; so it runs in a private directory that is removed afterwards.
 */
#include "programs/scanners.h"
#include "programs/scanners_write.h"

#include "base/cleanup.h"
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

static const char usage[] =
	"usage: scanners [-wu] [-c BASEDIR] [-s ENGINE]...           find engines\n"
	"       scanners -l [-aju] [-c BASEDIR] [-s ENGINE]...       list the configured ones\n"
	"       scanners -V | -h\n"
	"\n"
	"  -l          a table: engine, version, patterns and their age, state\n"
	"  -a          with -l: also what is found and not configured\n"
	"  -j, --json  with -l: as JSON\n"
	"  -w          write the control file that is printed otherwise; the old one is kept\n"
	"  -u          the profile in ~/qmvc\n"
	"  -c BASEDIR  a shared profile, searched first\n"
	"  -s ENGINE   look for this one instead of what is known, e.g. clamd:/run/clamd.sock\n"
	"\n"
	"Exit code: 0, 1 none was found or, with -l, one cannot be used, 2 usage, profile, or file.\n"
	"See scanners(8), qmvc-scanners(5).\n";

struct command {
	struct asking asking;
	struct finding_engines finding;
	bool list, all, json, write;
};

static int fail(const struct error *error)
{
	return asking_fail("scanners", error);
}

static int print(struct buf *out)
{
	struct error error = {0};

	return asking_print(out, &error) < 0 ? fail(&error) : EXIT_USABLE;
}

static int list(struct command *command)
{
	cleanup_buf struct buf out = {0};
	struct scanner_table table;
	struct error error = {0};
	int result = asking_read_scanners(&command->asking, &error), printed;

	if (result == 0)
		result = asking_make_tree(&command->asking, &error);
	if (result == 0)
		result = scanners_list(&command->finding, command->all, &table, &error);
	if (result < 0)
		return fail(&error);
	if (command->json)
		scanners_print_json(&table, &out);
	else
		scanners_print_text(&table, &out);
	printed = print(&out);
	return printed ? printed : result ? EXIT_UNUSABLE : EXIT_USABLE;
}

static int write_file(struct command *command, struct slice text, int active)
{
	struct error error = {0};
	const char *path, *kept;

	if (scanners_write(&command->asking.profile, &command->asking.arena, text, &path, &kept,
		    &error) < 0)
		return fail(&error);
	printf("%s: written, with %d engine%s", path, active, active == 1 ? "" : "s");
	printf(kept ? "; the old one is %s\n" : "\n", kept);
	return EXIT_USABLE;
}

static int find(struct command *command)
{
	cleanup_buf struct buf text = {0};
	struct error error = {0};
	int active, result = asking_make_tree(&command->asking, &error);

	if (result == 0)
		result = scanners_find(&command->finding, &error);
	active = result < 0 ? result : scanners_compose(&command->finding, &text, &error);
	if (active < 0)
		return fail(&error);
	if (active > 0 && command->write)
		return write_file(command, buf_slice(&text), active);
	if (command->write) {
		fputs("scanners: no engine that can be used was found; nothing is written\n",
			stderr);
		return EXIT_UNUSABLE;
	}
	result = print(&text);
	return result ? result : active > 0 ? EXIT_USABLE : EXIT_UNUSABLE;
}

static int work(const char *room, const void *context)
{
	struct command command = *(const struct command *)context;
	struct error error = {0};
	int result = asking_begin(&command.asking, room, &error);

	command.finding.asking = &command.asking;
	if (result < 0)
		result = fail(&error);
	else
		result = command.list ? list(&command) : find(&command);
	asking_end(&command.asking);
	fflush(stdout);
	return result;
}

static int take(int letter, char *const *argv, struct command *command, struct error *error)
{
	switch (letter) {
	case 'a':
		command->all = true;
		return 0;
	case 'j':
		command->json = true;
		return 0;
	case 'l':
		command->list = true;
		return 0;
	case 's':
		if (command->finding.place_count == PLACES_MAX)
			return error_set(error, -EINVAL, "more than %d options -s", PLACES_MAX);
		command->finding.places[command->finding.place_count++] = optarg;
		return 0;
	case 'w':
		command->write = true;
		return 0;
	default:
		return asking_option(&command->asking, letter, argv, error);
	}
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "+:ac:hjls:uVw", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "scanners " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, argv, command, error);
		if (failed)
			return failed;
	}
	if (optind < argc)
		return error_set(error, -EINVAL, "'%s': scanners takes options only", argv[optind]);
	if (!command->list && (command->all || command->json))
		return error_set(error, -EINVAL, "options -a and -j go with -l only");
	if (command->list && command->write)
		return error_set(error, -EINVAL, "options -l and -w do not go together");
	return 0;
}

int main(int argc, char **argv)
{
	struct command command = {0};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	if (result)
		return result > 0 ? EXIT_USABLE : fail(&error);
	return asking_run("scanners", work, &command);
}
