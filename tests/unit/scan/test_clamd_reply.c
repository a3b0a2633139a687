/* Replies of clamd: what is one, and above all what is not. */
#include "unit.h"

#include "scan/clamd_reply.h"

static struct clamd_reply read_text(const char *text)
{
	return clamd_reply_read(slice_cstr(text));
}

static void test_answers(void **state)
{
	struct clamd_reply reply = read_text("12: fd[10]: OK");

	(void)state;
	assert_int_equal(reply.kind, CLAMD_OK);
	assert_int_equal(reply.number, 12);
	assert_false(reply.about_stream);
	reply = read_text("1: stream: OK");
	assert_int_equal(reply.kind, CLAMD_OK);
	assert_true(reply.about_stream);
	reply = read_text("3: stream: Win.Test.EICAR_HDB-1 FOUND");
	assert_int_equal(reply.kind, CLAMD_FOUND);
	assert_slice(reply.text, "Win.Test.EICAR_HDB-1");
	reply = read_text("3: fd[9]: Evil OK FOUND FOUND");
	assert_int_equal(reply.kind, CLAMD_FOUND);
	assert_slice(reply.text, "Evil OK FOUND");
	reply = read_text("4: fd[9]: Can't parse data ERROR");
	assert_int_equal(reply.kind, CLAMD_ERROR);
	assert_slice(reply.text, "Can't parse data");
	assert_int_equal(read_text("5: No file descriptor received. ERROR").kind, CLAMD_NO_FD);
	assert_int_equal(read_text("5: INSTREAM size limit exceeded. ERROR").kind, CLAMD_TOO_LONG);
	assert_int_equal(read_text("5: PONG").kind, CLAMD_WORDS);
	assert_int_equal(read_text("5: COMMAND UNAVAILABLE").kind, CLAMD_WORDS);
	assert_int_equal(read_text("5: ClamAV 1.4.6/27000/Sun Nov 22").kind, CLAMD_WORDS);
}

static void test_nonsense(void **state)
{
	static const char *const lines[] = {"", "OK", "1: OK", "fd[9]: OK", "stream: OK",
		"1: fd[9]: OK ", "1: fd[9]:OK", "1: fd[]: OK", "1: fd[9]: ok", "1:fd[9]: OK",
		" 1: fd[9]: OK", "0: fd[9]: OK", "-1: fd[9]: OK", "1: fd[9]: Excluded",
		"1: /tmp/x: OK", "1: fd[9]: OK\n", "1: fd[9]: ", "1: fd[9]:  FOUND\n",
		"1: fd[9]: FOUND", "1: stream: ERROR", "COMMAND READ TIMED OUT\n",
		"UNKNOWN COMMAND", "1: UNKNOWN COMMAND", "1: RELOADING", "1: fd[9]: not OK",
		"4294967297: fd[9]: OK", "1: stream: fd[9]: OK", "1: fd[9]: OK\n1: fd[9]: OK"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct clamd_reply reply = read_text(lines[i]);

		if (reply.kind != CLAMD_NONSENSE)
			fail_msg("\"%s\" was taken for %d", lines[i], reply.kind);
		assert_int_equal(reply.number, 0);
	}
	/* A NUL cannot come, records end there; but a reader must not stop at one either. */
	assert_int_equal(clamd_reply_read(slice_make("1: fd[9]: OK\0x", 14)).kind, CLAMD_NONSENSE);
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		enum verdict verdict;
	} names[] = {
		{"Eicar-Test-Signature.UNOFFICIAL", VERDICT_INFECTED},
		{"Heuristics.Limits.Exceeded.MaxFileSize", VERDICT_LIMIT},
		{"Heuristics.Limits.Exceeded", VERDICT_LIMIT},
		{"(null)", VERDICT_LIMIT},
		{"Heuristics.Encrypted.Zip", VERDICT_ENCRYPTED},
		{"Heuristics.Phishing.Email.SpoofedDomain", VERDICT_SUSPICIOUS},
		{"PUA.Win.Packer.X", VERDICT_SUSPICIOUS},
		{"Win.Heuristics.Limits.Exceeded", VERDICT_INFECTED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(clamav_name_means(slice_cstr(names[i].name)), names[i].verdict);
}

static void test_errors(void **state)
{
	(void)state;
	assert_true(clamd_error_refuses_fd(slice_cstr("Access denied.")));
	assert_true(clamd_error_refuses_fd(slice_cstr("Not a regular file")));
	assert_false(clamd_error_refuses_fd(slice_cstr("Can't parse data")));
	assert_true(clamd_error_is_environment(slice_cstr("Can't allocate memory")));
	assert_true(clamd_error_is_environment(slice_cstr("Can't create temporary file")));
	assert_false(clamd_error_is_environment(slice_cstr("Can't parse data")));
	assert_false(clamd_error_is_environment(slice_cstr("Can't unpack some data")));
	assert_false(clamd_error_is_environment(slice_cstr("Exceeded time limit")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
