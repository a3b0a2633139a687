/* Handing mail to qmail-queue: what it gets, and what each of its ends means. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "react/submit.h"
#include "tmp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES(text) slice_make(text, sizeof(text) - 1)

/* The stand-in, or a script of these lines; how long it may take. */
static int submit_by(const char *script, unsigned timeout_ms, struct error *error)
{
	static const char *const recipients[] = {"a@h", "b c@h", NULL};
	static const struct slice pieces[] = {
		SLICE_LITERAL("Seal: x\n"), SLICE_LITERAL(""), SLICE_LITERAL("Subject: \0y\n\nz\n")};
	char variable[96], queue[4096];
	const char *const environment[] = {variable, "PATH=/usr/bin:/bin", NULL};
	const struct profile profile = {.tmp = dir, .queue = queue, .environment = environment};
	const struct submission submission = {.recipients = recipients, .pieces = pieces,
		.count = 3, .timeout_ms = timeout_ms};
	struct loop *loop;
	int result;

	snprintf(variable, sizeof(variable), "QMVC_TEST_QUEUE=%s", dir);
	snprintf(queue, sizeof(queue), "%s/tests/fake/fake-qmail-queue", getenv("QMVC_BUILD"));
	if (script) {
		FILE *file;

		snprintf(queue, sizeof(queue), "%s/queue", dir);
		file = fopen(queue, "w");
		fprintf(file, "#!/bin/sh\n%s\n", script);
		fchmod(fileno(file), 0700);
		fclose(file);
	}
	assert_int_equal(loop_new(&loop), 0);
	result = submit(loop, &profile, &submission, error);
	assert_int_equal(loop_free(loop), 0);
	return result;
}

static void assert_content(const char *name, struct slice want)
{
	cleanup_buf struct buf buf = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(fd_read_file(AT_FDCWD, path, SIZE_MAX, &buf), 0);
	if (!slice_eq(buf_slice(&buf), want))
		fail_msg("%s: %.*s", name, SLICE_ARGS(buf_slice(&buf)));
}

static void test_what_it_gets(void **state)
{
	struct error error = {0};

	assert_int_equal(submit_by(NULL, 0, &error), SUBMIT_DONE);
	assert_false(error.set);
	assert_content("1.message", BYTES("Seal: x\nSubject: \0y\n\nz\n"));
	assert_content("1.envelope", BYTES("F\0Ta@h\0Tb c@h\0\0"));
}

static int expected(int code)
{
	return code == 0					    ? SUBMIT_DONE
	       : (code >= 11 && code <= 40) || code == 115 ? SUBMIT_REFUSED
							    : -ECHILD;
}

static void test_exit_codes(void **state)
{
	static const int codes[] = {0, 1, 10, 11, 31, 40, 41, 51, 53, 71, 81, 91, 99, 100, 111, 114,
		115, 116, 120, 127, 255};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char script[64], words[64];
		struct error error = {0};

		snprintf(script, sizeof(script), "exec >/dev/null; echo why >&2; exit %d", codes[i]);
		snprintf(words, sizeof(words), "/queue: exit code %d: why", codes[i]);
		assert_int_equal(submit_by(script, 0, &error), expected(codes[i]));
		assert_true(codes[i] == 0 || strstr(error.text, words));
	}
}

static void test_other_ends(void **state)
{
	struct error killed = {0}, hung = {0}, none = {0};
	char path[96];

	assert_int_equal(submit_by("kill -9 $$", 0, &killed), -ECHILD);
	assert_non_null(strstr(killed.text, "killed by signal 9"));
	assert_int_equal(submit_by("exec sleep 600", 50, &hung), -ETIMEDOUT);
	assert_non_null(strstr(hung.text, "did not end in time"));
	snprintf(path, sizeof(path), "%s/queue", dir);
	assert_int_equal(submit_by("true", 0, &none), SUBMIT_DONE);
	assert_int_equal(submit_by("exec /nonexistent/interpreter", 0, &none), -ECHILD);
}

/* The envelope is on descriptor 1, and nothing is open but what it needs (3 is of ls itself). */
static void test_descriptors(void **state)
{
	struct error error = {0};

	assert_int_equal(submit_by("tr '\\0' + <&1 >\"$QMVC_TEST_QUEUE/got\"; ls /proc/self/fd "
				   ">\"$QMVC_TEST_QUEUE/fds\"", 0, &error), SUBMIT_DONE);
	assert_content("got", BYTES("F+Ta@h+Tb c@h++"));
	assert_content("fds", BYTES("0\n1\n2\n3\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_what_it_gets),
		in_dir(test_exit_codes),
		in_dir(test_other_ends),
		in_dir(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
