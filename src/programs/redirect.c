/*
 * redirect(8): gives a mail that was filtered on its way out to the other qmail of the host, which
 * sends it. What forward(1) does, for a recipient that is not written in the dot-qmail file but was the
 * mail's from the beginning, and for a qmail that is not the one which runs us.
 *
 * Round and round it cannot go: the mail leaves with the Delivered-To line of this delivery, and where
 * it comes back qmail-local bounces it before it reads the dot-qmail file (qmail-command(8)).
 */
#include "base/cleanup.h"
#include "config.h"
#include "control/envelope.h"
#include "message/message.h"
#include "programs/handing.h"
#include "react/submit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* qmail-command(8) */
#define EXIT_GO_ON  0
#define EXIT_BOUNCE 100
#define EXIT_LATER  111

#define WORKING_SPACE "/tmp"

static const char usage[] =
	"usage: redirect [-q DIRECTORY] [-v PREPEND]\n"
	"       redirect -V | -h\n"
	"\n"
	"Hands the mail on standard input to the qmail in DIRECTORY (" QMVC_QMAIL
	"), for the recipient it\n"
	"was written to. Called from the dot-qmail file of another qmail, behind qmvc:\n"
	"\n"
	"  |/usr/local/bin/qmvc -uv-\n"
	"  |/usr/local/bin/redirect\n"
	"\n"
	"  -q DIRECTORY  where that qmail is; not the one whose dot-qmail file this is\n"
	"  -v PREPEND    take PREPEND- off the recipient (\"-\", the value of USER)\n"
	"\n"
	"Exit code: 0 handed over, 100 refused for good, 111 try again later.\n"
	"See redirect(8), forward(1).\n";

struct command {
	struct arena arena;
	struct options options;
	const char *qmail;
	struct envelope envelope;
	struct message message;
	struct loop *loop;
};

static int fail(int code, const struct error *error)
{
	printf("redirect: %s\n", error->text);
	return code;
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct handing_program program = {"redirect", usage, ":hq:v:V"};
	struct handing handing = {.prepend = "-"};
	int result = handing_parse(argc, argv, &program, &handing, error);

	if (result)
		return result;
	if (*handing.rest)
		return error_set(error, -EINVAL,
			"'%s': the recipient is the mail's own; see forward(1) for others",
			*handing.rest);
	command->qmail = handing.qmail;
	command->options.prepend = handing.prepend;
	return 0;
}

static int prepare(struct command *command, struct error *error)
{
	int result = envelope_from_environment(
		&command->arena, &command->options, &command->envelope, error);

	if (result == 0 && command->envelope.dtline.len == 0)
		result = error_set(error, -EINVAL, "DTLINE is not in the environment");
	if (result == 0)
		result = message_open(&command->message, STDIN_FILENO, WORKING_SPACE, error);
	if (result == 0 && loop_new(&command->loop))
		result = error_set(error, -ENOMEM, "cannot begin");
	return result;
}

/* Returns a submit_outcome or a negative errno. */
static int hand_over(struct command *command, struct error *error)
{
	struct profile profile;
	const char *recipient = arena_cstr(&command->arena, command->envelope.original);
	const char *const recipients[] = {recipient, NULL};
	const struct slice pieces[] = {command->envelope.dtline, command->message.bytes};
	const struct submission submission = {.sender = command->envelope.newsender.data
								? command->envelope.newsender
								: command->envelope.sender,
		.recipients = recipients,
		.pieces = pieces,
		.count = 2};

	if (!recipient ||
		profile_of_qmail(&command->arena, command->qmail, WORKING_SPACE, &profile))
		return error_set_errno(error, -ENOMEM, "cannot hand the mail over");
	return submit(command->loop, &profile, &submission, error);
}

static void release(struct command *command)
{
	if (command->loop)
		loop_free(command->loop);
	message_release(&command->message);
	arena_release(&command->arena);
}

int main(int argc, char **argv)
{
	struct command command = {.message = {.fd = -1}};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	if (result)
		return result > 0 ? EXIT_GO_ON : fail(EXIT_LATER, &error);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	result = prepare(&command, &error);
	if (result == 0)
		result = hand_over(&command, &error);
	release(&command);
	if (result < 0)
		return fail(EXIT_LATER, &error);
	return result == SUBMIT_REFUSED ? fail(EXIT_BOUNCE, &error) : EXIT_GO_ON;
}
