/*
 * plainmail(8): a mail as text and nothing else. For badbodytexts (qmvc-control(5)): with
 * addresses it sends the text there and says no, so that the filter goes on; without, it hands the
 * text to qmvc, to be forwarded as `filters` has it, and says yes.
 */
#include "programs/plainmail.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "config.h"
#include "control/address.h"
#include "message/message.h"
#include "plain/plain_mail.h"
#include "programs/handing.h"
#include "react/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define EXIT_WRITTEN 0
#define EXIT_SENT    1
#define EXIT_BOUNCE  100
#define EXIT_LATER   111

#define WORKING_SPACE  "/tmp"
#define REPLACEMENT_FD 3

static const char usage[] =
	"usage: plainmail [-q DIRECTORY] [ADDRESS ...]\n"
	"       plainmail -V | -h\n"
	"\n"
	"Makes a text of the mail on standard input: text parts as they are, HTML turned into "
	"text,\n"
	"attachments named. Called from badbodytexts:\n"
	"\n"
	"  |plainmail phone@example.com:0   sends it there, and the filter goes on\n"
	"  |plainmail:0                     the condition is met; forward= sends the text\n"
	"\n"
	"In an ADDRESS, $SENDER, $LOCAL and so on stand for what qmail-local says: "
	"qmvc-filters(5).\n"
	"\n"
	"  -q DIRECTORY  where qmail is (" QMVC_QMAIL ")\n"
	"\n"
	"Exit code: 0 written to descriptor 3 (to standard output when that is closed), 1 sent,\n"
	"100 refused for good, 111 try again later. See plainmail(8).\n";

struct command {
	struct arena arena;
	const char *qmail;
	char **addresses;
	bool has_replacement; /* descriptor 3 was open when we began */
	struct envelope envelope;
	struct message message;
	struct buf mail;
};

static int fail(int code, const struct error *error)
{
	fprintf(stderr, "plainmail: %s\n", error->text);
	return code;
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct handing_program program = {"plainmail", usage, ":hq:V"};
	struct handing handing = {.prepend = NULL};
	int result = handing_parse(argc, argv, &program, &handing, error);

	if (result)
		return result;
	command->qmail = handing.qmail;
	command->addresses = handing.rest;
	return 0;
}

static bool sends(const struct command *command)
{
	return *command->addresses != NULL;
}

static bool is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

static int read_envelope(struct command *command, struct error *error)
{
	static const struct options options; /* none: an empty set */
	int result;

	if (!sends(command) && !envelope_is_there(&options))
		return 0; /* called by hand */
	result = envelope_from_environment(&command->arena, &options, &command->envelope, error);
	if (result == 0 && sends(command) && command->envelope.dtline.len == 0)
		result = error_set(error, -EINVAL, "DTLINE is not in the environment");
	return result;
}

static struct slice sender_of(const struct envelope *envelope)
{
	return envelope->newsender.data ? envelope->newsender : envelope->sender;
}

static int compose(struct command *command, struct error *error)
{
	cleanup_buf struct buf text = {0};
	const struct limits limits = limits_default();
	int64_t now_ms = clock_wall_ms();
	const struct header_defaults defaults = {
		.sender = command->envelope.sender,
		.host = command->envelope.host,
		.unique = arena_printf(
			&command->arena, "plainmail.%lld.%d", (long long)now_ms, (int)getpid()),
		.now_ms = now_ms,
	};
	int result = message_open(&command->message, STDIN_FILENO, WORKING_SPACE, error);

	if (result == 0)
		result = message_read(&command->message, &limits, WORKING_SPACE, error);
	if (result == 0)
		result = plainmail_text(&command->message.reading, &text, error);
	if (result == 0 &&
		(!defaults.unique || plain_mail_compose(&command->message.reading, &defaults,
					     buf_slice(&text), &command->mail)))
		result = error_set_errno(error, -ENOMEM, "cannot write the mail");
	return result;
}

/*
 * *list: the addresses of this mail. One that its sender made unfit is left out: the mail itself
 * goes on, and would otherwise wait a week for what cannot be. Returns 0 or a negative errno.
 */
static int expand(struct command *command, const char ***list, struct error *error)
{
	size_t count = 0;

	for (char **address = command->addresses; *address; address++)
		count++;
	*list = arena_array(&command->arena, count + 1, sizeof(**list));
	if (!*list)
		return error_set_errno(error, -ENOMEM, "no addresses");
	count = 0;
	for (char **address = command->addresses; *address; address++) {
		int result = address_expand(
			&command->arena, &command->envelope, *address, &(*list)[count]);

		if (result < 0)
			return error_set_errno(error, result, "%s", *address);
		if (result == ADDRESS_MADE)
			count++;
		else
			fprintf(stderr, "plainmail: %s: this mail makes no address of it\n",
				*address);
	}
	return 0;
}

/* Returns an exit code. */
static int send_mail(struct command *command, struct error *error)
{
	const struct slice pieces[] = {command->envelope.dtline, buf_slice(&command->mail)};
	struct submission submission = {
		.sender = sender_of(&command->envelope), .pieces = pieces, .count = 2};
	struct profile profile;
	const char **recipients;
	struct loop *loop;
	int result = expand(command, &recipients, error);

	if (result)
		return EXIT_LATER;
	if (!recipients[0])
		return EXIT_SENT;
	submission.recipients = recipients;
	if (profile_of_qmail(&command->arena, command->qmail, WORKING_SPACE, &profile) ||
		loop_new(&loop)) {
		error_set_errno(error, -ENOMEM, "cannot send the mail");
		return EXIT_LATER;
	}
	result = submit(loop, &profile, &submission, error);
	loop_free(loop);
	if (result == SUBMIT_REFUSED)
		return EXIT_BOUNCE;
	return result == SUBMIT_DONE ? EXIT_SENT : EXIT_LATER;
}

static int write_mail(const struct command *command, struct error *error)
{
	int fd = command->has_replacement ? REPLACEMENT_FD : STDOUT_FILENO;
	int result = fd_write_all(fd, buf_slice(&command->mail));

	if (result == 0)
		return EXIT_WRITTEN;
	error_set_errno(error, result, "descriptor %d", fd);
	return EXIT_LATER;
}

int main(int argc, char **argv)
{
	struct command command = {
		.message = {.fd = -1}, .has_replacement = is_writable(REPLACEMENT_FD)};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	if (result)
		return result > 0 ? EXIT_WRITTEN : fail(EXIT_LATER, &error);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	result = read_envelope(&command, &error);
	if (result == 0)
		result = compose(&command, &error);
	if (result)
		result = EXIT_LATER;
	else
		result = sends(&command) ? send_mail(&command, &error)
					 : write_mail(&command, &error);
	buf_release(&command.mail);
	message_release(&command.message);
	arena_release(&command.arena);
	return error.set ? fail(result, &error) : result;
}
