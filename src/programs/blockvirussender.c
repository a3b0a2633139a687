/*
 * blockvirussender(8): adds the senders of whom virulator(8) counted most infected mails to
 * qmail-smtpd's badmailfrom, and takes them out again when their time is over.
 *
 * What cannot be read or is wrong keeps senders from being added, and says so; entries expire all
 * the same, for a block that nobody looks after must not stay for ever.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/option_error.h"
#include "config.h"
#include "control/address.h"
#include "control/envelope.h"
#include "programs/block_file.h"
#include "programs/block_mail.h"
#include "programs/block_tell.h"
#include "record/number.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>

#define EXIT_WELL  0
#define EXIT_CARE  1
#define EXIT_USAGE 2

#define THRESHOLD  3
#define DAYS	   30
#define NUMBER_MAX 3650
/* So often badmailfrom may change under our hands before we give up. */
#define TRIES_MAX 10

static const char usage[] =
	"usage: blockvirussender [-t] [-n N] [-d DAYS] [-b BASEDIR] [ADDRESS ...]\n"
	"       blockvirussender [-t] -u SENDER ... | -U\n"
	"       blockvirussender -l | -V | -h\n"
	"\n"
	"Adds the worst senders of viruses to qmail's badmailfrom, and mails what is new to\n"
	"each ADDRESS.\n"
	"\n"
	"  -n N        who sent so many infected mails (3)\n"
	"  -d DAYS     for so long, from the last time that somebody is met (30)\n"
	"  -b BASEDIR  whose log/topvirus_Sender1 is read (the home)\n"
	"  -t          print what would be done, and do nothing\n"
	"  -l          list the entries of this program: since, until, infected mails, sender\n"
	"  -u          take these senders out again\n"
	"  -U          take all of them out again\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nobody could be added or taken out.\n"
	"See blockvirussender(8), virulator(8).\n";

enum verb {
	VERB_BLOCK,
	VERB_LIST,
	VERB_UNDO,
	VERB_UNDO_ALL,
};

struct command {
	enum verb verb;
	bool trial;
	uint64_t threshold, days;
	const char *base;
	char *const *words; /* addresses to write to, or senders to take out */

	struct arena arena;
	struct profile profile;
	const char *control; /* qmail's, and open: */
	int dir;
	const char *me;
	int64_t now_ms;
	struct block_rules rules;
	struct block_senders senders;
	struct block_list list;
	int status; /* what the exit code will be, if nothing worse happens */
};

static void complain(struct command *command, int status, const struct error *error)
{
	fprintf(stderr, "blockvirussender: %s\n", error->text);
	if (command->status < status)
		command->status = status;
}

/* --- what there is to know ------------------------------------------------------ */

/* The name of this host; what is no name is none to write in a mail. */
static int read_me(struct command *command, struct error *error)
{
	struct slice text = SLICE_EMPTY, line = SLICE_EMPTY;
	int result = block_control_read(
		command->dir, command->control, "me", &command->arena, &text, error);

	if (result < 0)
		return result;
	(void)block_control_line(&text, &line);
	command->me = "localhost";
	if (block_address_is_fit(
		    slice_cstr(arena_printf(&command->arena, "postmaster@%.*s", SLICE_ARGS(line)))))
		command->me = arena_cstr(&command->arena, line);
	return command->me ? 0 : error_set(error, -ENOMEM, "no memory");
}

static int read_never(struct command *command, struct error *error)
{
	struct slice text;
	const char *path;
	int result =
		profile_read(&command->profile, &command->arena, "neverblock", &text, &path, error);

	if (result)
		return result < 0 ? result : 0;
	return patterns_parse_addresses(&command->arena, text, path, &command->rules.never, error);
}

/* Whatever fails here leaves command->senders empty, so nobody is added. */
static void find_senders(struct command *command)
{
	struct block_senders senders = {0};
	struct error error = {0};
	int result = read_me(command, &error);

	if (result == 0)
		result = block_own_read(command->dir, command->control, &command->arena,
			&command->rules.own, &error);
	if (result == 0)
		result = read_never(command, &error);
	if (result == 0)
		result = block_senders_read(command->base, command->threshold, command->now_ms,
			&command->arena, &senders, &error);
	if (result == 0)
		command->senders = senders;
	else
		complain(command, result < 0 ? EXIT_USAGE : EXIT_CARE, &error);
}

static int prepare(struct command *command, struct error *error)
{
	const struct options options = {0};
	int result = profile_locate(
		&command->arena, &options, envelope_home(), &command->profile, error);

	if (result)
		return result;
	if (!command->base)
		command->base = geteuid() == 0 ? command->profile.home : command->profile.state;
	command->now_ms = clock_wall_ms();
	command->control = arena_printf(&command->arena, "%s/control", command->profile.qmail);
	if (!command->control)
		return error_set(error, -ENOMEM, "no memory");
	command->dir = open(command->control, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return command->dir < 0 ? error_set_errno(error, -errno, "%s", command->control) : 0;
}

/* --- what is done ---------------------------------------------------------------- */

static int print(const struct buf *out, struct error *error)
{
	int result = out->failed ? -ENOMEM : fd_write_all(STDOUT_FILENO, buf_slice(out));

	return result ? error_set_errno(error, result, "cannot print") : 0;
}

static int decide(struct command *command, struct error *error)
{
	struct calendar calendar;
	int result = 0;

	calendar_init(&calendar);
	if (command->verb == VERB_BLOCK)
		result = block_list_update(&command->arena, &command->rules, &command->senders,
			calendar_look(&calendar, command->now_ms).day, (unsigned)command->days,
			&command->list);
	else if (command->verb == VERB_UNDO_ALL)
		block_list_undo(&command->list, SLICE_EMPTY);
	for (size_t i = 0; command->verb == VERB_UNDO && command->words[i]; i++)
		block_list_undo(&command->list, slice_cstr(command->words[i]));
	return result ? error_set_errno(error, result, "%s", command->control) : 0;
}

/* One try. Returns 0, 1 when somebody else changed the file meanwhile, or a negative errno. */
static int change_once(struct command *command, struct error *error)
{
	cleanup_buf struct buf text = {0};
	struct block_file file;
	int result = block_file_read(command->dir, command->control, &command->arena, &file, error);

	if (result == 0)
		result = block_list_parse(&command->arena, file.text, &command->list);
	if (result == 0)
		result = decide(command, error);
	if (result > 0)
		return result;
	if (result < 0)
		return error_set_errno(error, result, "%s", command->control);
	block_list_render(&command->list, &text);
	if (text.failed)
		return error_set_errno(error, -ENOMEM, "%s", command->control);
	if (command->trial || slice_eq(buf_slice(&text), file.text))
		return 0;
	return block_file_replace(command->dir, command->control, &file, buf_slice(&text), error);
}

static int change(struct command *command, struct error *error)
{
	cleanup_fd int lock = -1;
	int result = 1;

	/* Who only looks finds the old file or the new one. */
	if (!command->trial) {
		lock = block_file_lock(command->dir, command->control, error);
		if (lock < 0)
			return lock;
	}
	for (int i = 0; result == 1 && i < TRIES_MAX; i++)
		result = change_once(command, error);
	return result == 1 ? error_set(error, -EBUSY,
				     "%s/badmailfrom: somebody else changes it all the time",
				     command->control)
			   : result;
}

/* A sender that has no entry of ours: a slip of the pen, or somebody else took it out. */
static void miss(struct command *command)
{
	for (size_t i = 0; command->words[i]; i++) {
		struct error error = {0};

		if (block_list_find(&command->list, slice_cstr(command->words[i])))
			continue;
		error_set(&error, 0, "'%s': has no entry of this program in %s/badmailfrom",
			command->words[i], command->control);
		complain(command, EXIT_CARE, &error);
	}
}

static int block(struct command *command, struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct error mail_error = {0};
	int result;

	if (command->verb == VERB_BLOCK)
		find_senders(command);
	result = change(command, error);
	if (result)
		return result;
	block_tell(&command->list, &command->senders, command->trial, &out);
	result = print(&out, error);
	if (command->verb == VERB_UNDO)
		miss(command);
	if (command->verb == VERB_BLOCK && !command->trial &&
		block_mail(&command->profile, command->me, &command->list, command->words,
			&mail_error))
		complain(command, EXIT_CARE, &mail_error);
	return result;
}

static int list(struct command *command, struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct block_file file;
	int result = block_file_read(command->dir, command->control, &command->arena, &file, error);

	if (result > 0)
		return error_set(
			error, -EAGAIN, "%s/badmailfrom: is changed just now", command->control);
	if (result == 0 && block_list_parse(&command->arena, file.text, &command->list))
		result = error_set_errno(error, -ENOMEM, "%s", command->control);
	if (result)
		return result;
	block_tell_all(&command->list, &out);
	return print(&out, error);
}

/* --- what is asked for ------------------------------------------------------------ */

static int take_number(char letter, uint64_t *number, struct error *error)
{
	uint64_t value;

	if (!number_read(slice_cstr(optarg), &value) || value < 1 || value > NUMBER_MAX)
		return error_set(
			error, -EINVAL, "-%c '%s': is not 1 to %d", letter, optarg, NUMBER_MAX);
	*number = value;
	return 0;
}

static int take_verb(struct command *command, enum verb verb, struct error *error)
{
	if (command->verb != VERB_BLOCK && command->verb != verb)
		return error_set(error, -EINVAL, "options -l, -u and -U do not go together");
	command->verb = verb;
	return 0;
}

static int take(int letter, char *const *argv, struct command *command, struct error *error)
{
	switch (letter) {
	case 'n':
		return take_number('n', &command->threshold, error);
	case 'd':
		return take_number('d', &command->days, error);
	case 'b':
		command->base = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "option -b has an empty argument");
	case 't':
		command->trial = true;
		return 0;
	case 'l':
		return take_verb(command, VERB_LIST, error);
	case 'u':
		return take_verb(command, VERB_UNDO, error);
	case 'U':
		return take_verb(command, VERB_UNDO_ALL, error);
	default:
		return option_error(letter, argv, error);
	}
}

/* The words behind the options: NAME@HOST each, whatever is done with them. */
static int check_words(const struct command *command, struct error *error)
{
	if ((command->verb == VERB_LIST || command->verb == VERB_UNDO_ALL) && *command->words)
		return error_set(
			error, -EINVAL, "'%s': options -l and -U take no address", *command->words);
	if (command->verb == VERB_UNDO && !*command->words)
		return error_set(error, -EINVAL, "option -u wants the senders; all of them: -U");
	for (size_t i = 0; command->words[i]; i++) {
		struct slice word = slice_cstr(command->words[i]);

		if (!address_is_fit(word) || slice_find_byte(word, '@', 0) == word.len)
			return error_set(
				error, -EINVAL, "'%s': is not NAME@HOST", command->words[i]);
	}
	return 0;
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":b:d:hln:tuUV", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "blockvirussender " QMVC_VERSION "\n",
				stdout);
			return 1;
		}
		failed = take(letter, argv, command, error);
		if (failed)
			return failed;
	}
	command->words = argv + optind;
	return check_words(command, error);
}

int main(int argc, char **argv)
{
	struct command command = {.threshold = THRESHOLD, .days = DAYS, .dir = -1};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	/* A limit of file sizes is an error like others, and no death; nor is a reader that has gone. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (result == 0) {
		result = prepare(&command, &error);
		if (result == 0)
			result = command.verb == VERB_LIST ? list(&command, &error)
							   : block(&command, &error);
	}
	if (result < 0)
		complain(&command, EXIT_USAGE, &error);
	if (command.dir >= 0)
		close(command.dir);
	arena_release(&command.arena);
	return command.status;
}
