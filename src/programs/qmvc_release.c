/*
 * qmvc-release(8): lists, shows, releases and deletes kept mail. One word says what is to be done;
 * the mails are named by the beginning of their ids.
 */
#include "programs/release.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/option_error.h"
#include "config.h"
#include "loop/loop.h"
#include "record/number.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static const char usage[] =
	"usage: qmvc-release [-u] [-c BASEDIR] list [--json] [--since DAY] [--until DAY]\n"
	"                    [--sender PATTERN] [--recipient PATTERN] [--virus PATTERN]\n"
	"                    [--subject TEXT]\n"
	"       qmvc-release [-u] [-c BASEDIR] show [--raw] ID\n"
	"       qmvc-release [-u] [-c BASEDIR] release [--to ADDRESS] [--again] [--delete] ID...\n"
	"       qmvc-release [-u] [-c BASEDIR] delete ID...\n"
	"       qmvc-release [-u] [-c BASEDIR] expire [--age DAYS] [--size BYTES]\n"
	"       qmvc-release -V | -h\n"
	"\n"
	"  list     which mails are kept, and why\n"
	"  show     all that is known of one, and its header; --raw: the mail itself\n"
	"  release  sends mails to their recipients after all\n"
	"  delete   deletes mails\n"
	"  expire   deletes what is older than DAYS, and the oldest until the rest fits in BYTES\n"
	"\n"
	"  ID is the beginning of an id; DAY is YYYY-MM-DD (UTC); PATTERN may hold * and ?.\n"
	"  -u       the mail kept in ~/qmvc\n"
	"\n"
	"Exit code: 0 done, 1 some failed, 2 usage or profile, 111 try again later.\n"
	"See qmvc-release(8).\n";

static const char *const verbs[] = {
	[VERB_LIST] = "list",
	[VERB_SHOW] = "show",
	[VERB_RELEASE] = "release",
	[VERB_DELETE] = "delete",
	[VERB_EXPIRE] = "expire",
};

#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))
#define NO_VERB	   VERB_COUNT /* in front of the word */

/*
 * Options, and the words behind which they may stand. The letters are nobody's: long options only.
 */
static const struct option long_options[] = {
	{"json", no_argument, NULL, 'j'},
	{"since", required_argument, NULL, 's'},
	{"until", required_argument, NULL, 'e'},
	{"sender", required_argument, NULL, 'f'},
	{"recipient", required_argument, NULL, 'r'},
	{"virus", required_argument, NULL, 'v'},
	{"subject", required_argument, NULL, 'b'},
	{"raw", no_argument, NULL, 'w'},
	{"to", required_argument, NULL, 't'},
	{"again", no_argument, NULL, 'g'},
	{"delete", no_argument, NULL, 'd'},
	{"age", required_argument, NULL, 'a'},
	{"size", required_argument, NULL, 'z'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const char *const allowed[] = {
	[VERB_LIST] = "jsefrvb",
	[VERB_SHOW] = "w",
	[VERB_RELEASE] = "tgd",
	[VERB_DELETE] = "",
	[VERB_EXPIRE] = "az",
	[NO_VERB] = "ucVh",
};

void release_complain(struct command *command, const char *id, int code, const struct error *error)
{
	fprintf(stderr, "qmvc-release: %s%s%s\n", id ? id : "", id ? ": " : "", error->text);
	if (code == -EAGAIN)
		command->deferred = true;
	else
		command->failed = true;
}

static int fail(const struct error *error)
{
	fprintf(stderr, "qmvc-release: %s\n", error->text);
	return EXIT_USAGE;
}

int release_print(struct buf *out, struct error *error)
{
	int result = out->failed ? -ENOMEM : fd_write_all(STDOUT_FILENO, buf_slice(out));

	buf_clear(out);
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

/* --- the command line ---------------------------------------------------------- */

/* The beginning of a day. */
static int read_day(const char *name, int64_t *ms, struct error *error)
{
	char text[CLOCK_UTC_SIZE];

	if (strlen(optarg) != strlen("2026-11-22"))
		return error_set(error, -EINVAL, "--%s %s: a day is YYYY-MM-DD", name, optarg);
	snprintf(text, sizeof(text), "%sT00:00:00.000Z", optarg);
	return number_read_time(slice_cstr(text), ms)
		       ? 0
		       : error_set(error, -EINVAL, "--%s %s: a day is YYYY-MM-DD", name, optarg);
}

static int take_limit(int letter, struct command *command, struct error *error)
{
	if (letter == 'a') {
		command->has_age = number_read(slice_cstr(optarg), &command->age_days) &&
				   command->age_days > 0;
		return command->has_age
			       ? 0
			       : error_set(error, -EINVAL, "--age %s: 1 day or more", optarg);
	}
	command->has_size = slice_to_size(slice_cstr(optarg), &command->size) == 0;
	return command->has_size
		       ? 0
		       : error_set(error, -EINVAL,
				 "--size %s: a number of bytes, perhaps with K, M or G", optarg);
}

static int take(int letter, struct command *command, struct error *error)
{
	int result;

	switch (letter) {
	case 'u':
		command->options.user = true;
		return 0;
	case 'c':
		command->options.basedir = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "option -c has an empty argument");
	case 'j':
		command->json = true;
		return 0;
	case 's':
		return read_day("since", &command->since_ms, error);
	case 'e':
		result = read_day("until", &command->until_ms, error);
		command->until_ms += result ? 0 : DAY_MS;
		return result;
	case 'f':
		command->sender = optarg;
		return 0;
	case 'r':
		command->recipient = optarg;
		return 0;
	case 'v':
		command->virus = optarg;
		return 0;
	case 'b':
		command->subject = optarg;
		return 0;
	case 'w':
		command->raw = true;
		return 0;
	case 't':
		command->to = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "--to has an empty argument");
	case 'g':
		command->again = true;
		return 0;
	case 'd':
		command->delete = true;
		return 0;
	default:
		return take_limit(letter, command, error);
	}
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int take_options(
	int argc, char **argv, size_t verb, struct command *command, struct error *error)
{
	const char *letters = verb == NO_VERB ? "+:uc:Vh" : ":";
	int letter, number = 0, result = 0;

	opterr = 0;
	optind = 0; /* glibc's word for "from the start, with nothing remembered" */
	while (result == 0 &&
		(letter = getopt_long(argc, argv, letters, long_options, &number)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "qmvc-release " QMVC_VERSION "\n", stdout);
			return 1;
		}
		if (letter == ':' || letter == '?')
			return option_error(letter, argv, error);
		if (!strchr(allowed[verb], letter))
			return error_set(error, -EINVAL, "%s: --%s does not go with it",
				verb == NO_VERB ? "in front of the word" : verbs[verb],
				long_options[number].name);
		result = take(letter, command, error);
	}
	return result;
}

/* As many words as the verb wants? */
static int check_words(const struct command *command, int count, struct error *error)
{
	const char *verb = verbs[command->verb];

	switch (command->verb) {
	case VERB_LIST:
		break;
	case VERB_EXPIRE:
		if (!command->has_age && !command->has_size)
			return error_set(error, -EINVAL, "expire: --age, --size or both");
		break;
	case VERB_SHOW:
		return count == 1 ? 0 : error_set(error, -EINVAL, "show: one id");
	case VERB_RELEASE:
	case VERB_DELETE:
		return count > 0 ? 0 : error_set(error, -EINVAL, "%s: which mail?", verb);
	}
	return count == 0 ? 0 : error_set(error, -EINVAL, "%s takes no ids", verb);
}

static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	size_t verb = 0;
	int result = take_options(argc, argv, NO_VERB, command, error);

	if (result)
		return result;
	argc -= optind;
	argv += optind;
	if (argc == 0)
		return error_set(
			error, -EINVAL, "list, show, release, delete or expire? (-h: help)");
	while (verb < VERB_COUNT && strcmp(argv[0], verbs[verb]) != 0)
		verb++;
	if (verb == VERB_COUNT)
		return error_set(error, -EINVAL,
			"'%s': there are list, show, release, delete and expire", argv[0]);
	command->verb = (enum verb)verb;
	result = take_options(argc, argv, verb, command, error);
	if (result)
		return result;
	command->words = argv + optind;
	return check_words(command, argc - optind, error);
}

/* --- the work ------------------------------------------------------------------ */

/* Returns NULL after a complaint. */
static const struct lying *find(struct command *command, const char *word)
{
	long found = kept_find(command->kept, command->mail_count, word);
	struct error why = {0};

	if (found >= 0)
		return &command->mails[found];
	error_set(&why, 0, "'%s': %s", word,
		found == -EEXIST ? "several ids begin so; more of it, or the directory's path"
				 : "no such mail is kept");
	release_complain(command, NULL, 0, &why);
	return NULL;
}

static int work_on_each(struct command *command, struct loop *loop, struct error *error)
{
	int result = 0;

	for (char *const *word = command->words; result == 0 && *word; word++) {
		const struct lying *mail = find(command, *word);

		if (!mail)
			continue;
		result = release_home_enter(mail->home, command->verb == VERB_RELEASE, error);
		if (result)
			return result;
		result = command->verb == VERB_SHOW ? release_show(command, mail, error)
						    : release_change(command, loop, mail, error);
	}
	return result;
}

static int work(struct command *command, struct error *error)
{
	struct loop *loop = NULL;
	int result = release_homes_read(command, error);

	if (result)
		return result;
	if (command->verb == VERB_LIST)
		return release_list(command, error);
	if (command->verb == VERB_EXPIRE)
		return release_expire(command, error);
	if (command->verb == VERB_RELEASE)
		result = loop_new(&loop);
	if (result)
		return error_set_errno(error, result, "cannot release");
	result = work_on_each(command, loop, error);
	loop_free(loop);
	return result;
}

/* A core dump would hold the mail. */
static void forbid_core_dumps(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}

int main(int argc, char **argv)
{
	struct command command = {.until_ms = INT64_MAX};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	if (result)
		return result > 0 ? EXIT_DONE : fail(&error);
	forbid_core_dumps();
	/* Who reads only the beginning of a list is no error; what changes something is done in full. */
	if (command.verb != VERB_LIST && command.verb != VERB_SHOW)
		signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	result = work(&command, &error);
	release_homes_end(&command);
	if (result)
		return fail(&error);
	return command.deferred ? EXIT_DEFER : command.failed ? EXIT_FAILED : EXIT_DONE;
}
