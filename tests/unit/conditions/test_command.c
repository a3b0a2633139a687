/* The command-API: what a command gets, what its end means, and commands that misbehave. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "conditions/command.h"
#include "mail_fixture.h"

#define MAIL "Received: here\nSubject: x\n\nhello\n"

static int run(struct mail_fixture *mail, const char *command, unsigned code, bool *met)
{
	struct pattern pattern = {
		.kind = PATTERN_COMMAND, .text = slice_cstr(command), .code = code, .line = 7};

	mail->error = (struct error){0};
	return command_run(&mail->check, "control/badbodytexts", &pattern, met, &mail->error);
}

static void open_mail(struct mail_fixture *mail)
{
	mail_open(mail, slice_cstr(MAIL));
	mail->envelope = (struct envelope){
		.sender = slice_cstr("x y@z.test"),
		.newsender = slice_cstr("x y@z.test"),
		.recipient = slice_cstr("bob-info-sub@mail.vdom.test"),
		.local = slice_cstr("bob-info-sub"),
		.host = slice_cstr("mail.vdom.test"),
		.ext = slice_cstr("info-sub"),
		.ext2 = slice_cstr("sub"),
		.user = slice_cstr("bob"),
		.dtline = slice_cstr("Delivered-To: bob-info-sub@mail.vdom.test\n"),
		.rpline = slice_cstr("Return-Path: <\"x y\"@z.test>\n"),
		.home = "/home/bob",
	};
}

/* The replacement message of the last command that met. */
static void assert_replacement(struct mail_fixture *mail, const char *want)
{
	cleanup_buf struct buf text = {0};

	assert_true(mail->replacement_fd >= 0);
	assert_int_equal(fd_read_all(mail->replacement_fd, 100000, &text), 0);
	assert_slice(buf_slice(&text), want);
}

static void test_codes(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = true;

	open_mail(&mail);
	assert_int_equal(run(&mail, "exit 1", 0, &met), 0);
	assert_false(met);
	assert_int_equal(run(&mail, "exit 0", 0, &met), 0);
	assert_true(met);
	assert_int_equal(run(&mail, "exit 99", 99, &met), 0);
	assert_true(met);
	assert_int_equal(run(&mail, "exit 255", 255, &met), 0);
	assert_true(met);
	assert_int_equal(mail.replacement_fd, -1);
}

static void test_failures(void **state)
{
	static const struct {
		const char *command;
		int code;
		const char *words;
	} failures[] = {
		{"exit 111", -ECHILD, "111"},
		{"/nonexistent/program", -ENOEXEC, "cannot be run"},
		{"/etc/passwd", -ENOEXEC, "cannot be run"},
		{"kill -SEGV $$", -ECHILD, "killed by signal 11"},
		{"sh -c 'kill -KILL $$'; exit $?", -ECHILD, "killed by signal 9"},
	};
	cleanup_mail struct mail_fixture mail = {0};

	open_mail(&mail);
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		bool met = false;

		assert_int_equal(run(&mail, failures[i].command, 111, &met), failures[i].code);
		assert_false(met);
		assert_int_equal(strncmp(mail.error.text, "control/badbodytexts:7: '|", 26), 0);
		assert_non_null(strstr(mail.error.text, failures[i].words));
		assert_int_equal(mail.replacement_fd, -1);
	}
}

static void test_environment(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	setenv("QMVC_SECRET", "leak", 1);
	assert_int_equal(run(&mail,
		"[ -z \"$QMVC_SECRET\" ] && [ \"$PATH\" = /usr/local/bin:/usr/bin:/bin ] &&"
		"[ -z \"${DEFAULT+set}\" ] && [ \"${EXT4+set}\" = set ] &&"
		"printf '%s|' \"$SENDER\" \"$NEWSENDER\" \"$RECIPIENT\" \"$USER\" \"$HOME\" \"$HOST\" "
		"\"$HOST2\" \"$HOST3\" \"$HOST4\" \"$LOCAL\" \"$EXT\" \"$EXT2\" \"$EXT3\" \"$EXT4\" "
		"\"$DTLINE\" \"$RPLINE\" \"${UFLINE%% ??? ??? *}\" >&3", 0, &met), 0);
	assert_true(met);
	assert_replacement(&mail, "x y@z.test|x y@z.test|bob-info-sub@mail.vdom.test|bob|/home/bob|"
		"mail.vdom.test|mail.vdom|mail|mail|bob-info-sub|info-sub|sub|||"
		"Delivered-To: bob-info-sub@mail.vdom.test\n|Return-Path: <\"x y\"@z.test>\n|"
		"From x-y@z.test|");
	mail.envelope.default_ext = slice_cstr("info-sub");
	assert_int_equal(run(&mail, "[ \"$DEFAULT\" = info-sub ]", 0, &met), 0);
	assert_true(met);
}

/* What a stranger wrote into the envelope stays one value. */
static void test_hostile_environment(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	mail.envelope.sender = slice_cstr("a`exit 9`\nPATH=/evil;$(exit 9)@z");
	assert_int_equal(run(&mail, "[ \"$PATH\" = /usr/local/bin:/usr/bin:/bin ] && "
				    "printf %s \"$SENDER\" >&3", 0, &met), 0);
	assert_true(met);
	assert_replacement(&mail, "a`exit 9`\nPATH=/evil;$(exit 9)@z");
}

/* At its start for each command, whatever the ones before read, and our own offset is left alone. */
static void test_message(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	assert_int_equal(lseek(mail.message.fd, 5, SEEK_SET), 5);
	assert_int_equal(run(&mail, "head -c 9 >/dev/null; exit 1", 0, &met), 0);
	assert_int_equal(run(&mail, "cat >&3", 0, &met), 0);
	assert_true(met);
	assert_replacement(&mail, MAIL);
	assert_int_equal(lseek(mail.message.fd, 0, SEEK_CUR), 5);
}

static void test_replacement(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	assert_int_equal(run(&mail, "echo no >&3; exit 1", 0, &met), 0);
	assert_int_equal(mail.replacement_fd, -1); /* it did not meet */
	assert_int_equal(run(&mail, "echo first >&3; exit 2", 2, &met), 0);
	assert_int_equal(run(&mail, "echo second >&3; exit 2", 2, &met), 0);
	assert_replacement(&mail, "second\n");
}

static void test_output(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	assert_int_equal(
		run(&mail, "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", 0, &met), 0);
	assert_true(met);
	assert_int_equal(run(&mail, "exec 0<&- 1>&- 2>&- 3>&-; exit 5", 5, &met), 0);
	assert_true(met);
}

/* A process left behind neither holds us up nor lives on. */
static void test_grandchildren(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf pid = {0};
	bool met = false;

	open_mail(&mail);
	assert_int_equal(run(&mail, "sleep 600 & echo $! >&3", 0, &met), 0);
	assert_true(met);
	assert_int_equal(fd_read_all(mail.replacement_fd, 100, &pid), 0);
	assert_int_equal(kill(atoi(buf_cstr(&pid)), 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void test_hangs(void **state)
{
	static const char *const commands[] = {"sleep 600", "exec sleep 600", "kill -STOP $$"};
	cleanup_mail struct mail_fixture mail = {0};

	open_mail(&mail);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct pattern pattern = {
			.kind = PATTERN_COMMAND, .text = slice_cstr(commands[i]), .line = 7};
		bool met = false;

		mail.error = (struct error){0};
		assert_int_equal(command_run_within(&mail.check, 20, "control/badbodytexts",
					 &pattern, &met, &mail.error), -ETIMEDOUT);
		assert_false(met);
		assert_non_null(strstr(mail.error.text, "in time"));
	}
}

static void test_no_tmp(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	bool met = false;

	open_mail(&mail);
	mail.profile.tmp = "/nonexistent/tmp";
	assert_int_equal(run(&mail, "true", 0, &met), -ENOENT);
	assert_non_null(strstr(mail.error.text, "/nonexistent/tmp"));
	assert_false(met);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_hostile_environment),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_replacement),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_grandchildren),
		cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_no_tmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
