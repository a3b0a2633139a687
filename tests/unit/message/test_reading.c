/* Readings: the rules steer them, the limits bound them, and what fails is the environment only. */
#include "message/show.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>

static void assert_reads_by(const struct reading_rules *rules, const char *mail, const char *want)
{
	struct limits limits = show_limits();
	struct show show;

	assert_string_equal(show_read(&show, rules, slice_cstr(mail), &limits), want);
	assert_ptr_equal(show.reading.rules, rules);
	show_release(&show);
}

static const char two_types[] = "Content-Type: text/plain\nContent-Type: text/html\n\nx";
static const char two_encodings[] =
	"Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8=";
#define TWO_STRUCTURES "--a\n\nA\n--a--\n--b\n\nB\n--b--\n"
static const char two_boundaries[] =
	"Content-Type: multipart/mixed; boundary=a; boundary=b\n\n" TWO_STRUCTURES;
static const char extended_boundary[] =
	"Content-Type: multipart/mixed; boundary=a; boundary*0=\"\"; boundary*1*=%62\n\n"
	TWO_STRUCTURES;

static void test_first_and_last(void **state)
{
	struct reading_rules last = reading_principal;

	assert_reads_by(&reading_principal, two_types, "text/plain 'x'");
	assert_reads_by(&reading_principal, two_encodings, "text/plain 'hello'");
	assert_reads_by(&reading_principal, two_boundaries, "multipart/mixed[text/plain 'A']");
	assert_reads_by(&reading_principal, extended_boundary, "multipart/mixed[text/plain 'A']");

	last.content_type = CHOOSE_LAST;
	assert_reads_by(&last, two_types, "text/html 'x'");
	assert_reads_by(&last, two_encodings, "text/plain 'hello'");
	last.encoding = CHOOSE_LAST;
	assert_reads_by(&last, two_encodings, "text/plain 'aGVsbG8='");
	assert_reads_by(&last, two_boundaries, "multipart/mixed[text/plain 'A']");
	last.boundary = CHOOSE_LAST;
	assert_reads_by(&last, two_boundaries, "multipart/mixed[text/plain 'B']");
	assert_reads_by(&last, extended_boundary, "multipart/mixed[text/plain 'B']");
}

static void test_guess(void **state)
{
	struct reading_rules strict = reading_principal;
	const char *mail = "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n";

	strict.guess_boundary = false;
	assert_reads_by(&reading_principal, mail, "multipart/mixed[text/plain 'one']");
	assert_reads_by(&strict, mail, "multipart/mixed '--b\n\none\n--b--\n'");
	/* Delimiters that show only when the body is decoded are not guessed, they are given. */
	assert_reads_by(&strict,
		"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
		"LS1iCgpvbmUKLS1iLS0K\n",
		"multipart/mixed[text/plain 'one']");
}

static void test_blocks(void **state)
{
	struct reading_rules plain = reading_principal;
	const char *mail = "\nbegin 644 f\n%:&5L;&\\\n`\nend\n";

	plain.blocks_in_text = false;
	assert_reads_by(&reading_principal, mail,
		"text/plain 'begin 644 f\n%:&5L;&\\\n`\nend\n'[application/octet-stream 'hello']");
	assert_reads_by(&plain, mail, "text/plain 'begin 644 f\n%:&5L;&\\\n`\nend\n'");
}

/* A multipart "in base64": one structure as it stands, another one encoded in its preamble. */
static void test_decode_multipart(void **state)
{
	struct reading_rules decode = reading_principal;
	const char *mail = "Content-Type: multipart/mixed; boundary=b\n"
			   "Content-Transfer-Encoding: base64\n\n"
			   "LS1iCgpvbmUKLS1iLS0K\n=\n" /* --b, one, --b-- */
			   "--b\n\ntwo\n--b--\n";

	decode.decode_multipart = true;
	assert_reads_by(&reading_principal, mail, "multipart/mixed[text/plain 'two']");
	assert_reads_by(&decode, mail, "multipart/mixed[text/plain 'one']");
}

static void test_header_limit(void **state)
{
	struct limits limits = show_limits();
	struct show show;
	const char *mail = "Subject: 0123456789\nContent-Type: text/html\n\nbody";

	limits.header = 30;
	assert_string_equal(show_read(&show, &reading_principal, slice_cstr(mail), &limits),
		"text/plain 'body'");
	assert_int_equal(show.reading.flags & PART_OVER_ANY, PART_OVER_HEADER);
	show_release(&show);
}

static void test_parts_limit(void **state)
{
	cleanup_buf struct buf mail = {0};
	struct limits limits = show_limits();
	struct show show;

	buf_add_cstr(&mail, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&mail, "--b\n\n%d\n", i);
	buf_add_cstr(&mail, "--b--\n");
	limits.parts = 101;
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	assert_int_equal(show.reading.count, 101);
	assert_int_equal(show.reading.flags, 0);
	show_release(&show);
	limits.parts = 100;
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	assert_int_equal(show.reading.count, 100);
	assert_true(show.reading.parts[99].flags & PART_OVER_PARTS);
	assert_slice(show.reading.parts[99].content.bytes, "98");
	show_release(&show);
	limits.parts = 0; /* the root is always read */
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	assert_int_equal(show.reading.count, 1);
	assert_true(show.reading.parts[0].is_leaf);
	assert_true(show.reading.flags & PART_OVER_PARTS);
	show_release(&show);
}

static void test_depth_limit(void **state)
{
	struct limits limits = show_limits();
	struct show show;
	const char *multi = "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
			    "Content-Type: multipart/mixed; boundary=b\n\n"
			    "--b\n\none\n--b--\n--a--\n";
	const char *mail = "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n"
			   "Subject: x\n\nbody";
	const char *block = "\nbegin 644 f\n%:&5L;&\\\n`\nend\n";

	limits.depth = 1;
	assert_string_equal(show_read(&show, &reading_principal, slice_cstr(multi), &limits),
		"multipart/mixed[multipart/mixed '--b\n\none\n--b--']");
	assert_true(show.reading.parts[1].flags & PART_OVER_DEPTH);
	assert_int_equal(show.reading.parts[0].flags & PART_OVER_DEPTH, 0);
	show_release(&show);
	show_read(&show, &reading_principal, slice_cstr(mail), &limits);
	assert_int_equal(show.reading.count, 2);
	assert_true(show.reading.parts[1].flags & PART_OVER_DEPTH);
	assert_true(show.reading.parts[1].is_leaf);
	assert_slice(show.reading.parts[1].content.bytes, "Subject: x\n\nbody");
	show_release(&show);
	limits.depth = 0;
	show_read(&show, &reading_principal, slice_cstr(block), &limits);
	assert_int_equal(show.reading.count, 1);
	assert_int_equal(show.reading.flags, PART_OVER_DEPTH);
	show_release(&show);
}

/* 10,000 levels and more of each kind: a flag, not a stack overflow, and no search once a level. */
static void test_deep(void **state)
{
	const char *kinds[] = {
		"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n",
		"Content-Type: message/rfc822\nX: %d %d\n\n",
		"Content-Type: multipart/mixed\nX: %d\n\n--b%d\n",
	};

	for (size_t kind = 0; kind < 3; kind++) {
		cleanup_buf struct buf mail = {0};
		struct limits limits = show_limits();
		struct show show;

		for (int i = 0; i < 10000 + 100000 * (kind == 2); i++)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			buf_addf(&mail, kinds[kind], i, i);
#pragma GCC diagnostic pop
		limits.depth = UINT64_MAX; /* the reader's own bound holds */
		show_read(&show, &reading_principal, buf_slice(&mail), &limits);
		assert_true(show.reading.flags & PART_OVER_DEPTH);
		assert_true(show.reading.count <= 101);
		if (mail.len > (1 << 20))
			assert_true(show.reading.work <= 12 * (uint64_t)mail.len);
		show_release(&show);
	}
}

static void test_bytes_limit(void **state)
{
	struct limits limits = show_limits();
	struct show show;
	const char *mail = "Content-Type: multipart/mixed; boundary=b\n\n"
			   "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
			   "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
			   "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
			   "--b\n\nplain costs nothing\n--b--\n";

	limits.bytes = 7;
	assert_string_equal(show_read(&show, &reading_principal, slice_cstr(mail), &limits),
		"multipart/mixed[text/plain 'hello', text/plain 'he', text/plain '', "
		"text/plain 'plain costs nothing']");
	assert_int_equal(show.reading.decoded, 7);
	assert_int_equal(show.reading.parts[1].flags, 0);
	assert_int_equal(show.reading.parts[2].flags, PART_OVER_BYTES);
	assert_int_equal(show.reading.parts[3].flags, PART_OVER_BYTES);
	assert_int_equal(show.reading.parts[4].flags, 0);
	show_release(&show);
}

/* Many fields in many parts: bounded together, so that a header costs no memory without end. */
static void test_fields_limit(void **state)
{
	cleanup_buf struct buf mail = {0};
	struct limits limits = show_limits();
	struct show show;
	size_t fields = 0;

	buf_add_cstr(&mail, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 50; i++) {
		buf_add_cstr(&mail, "--b\n");
		for (int k = 0; k < 3000; k++)
			buf_add_cstr(&mail, "a:\n");
	}
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	for (size_t i = 0; i < show.reading.count; i++)
		fields += show.reading.parts[i].header.count;
	assert_int_equal(fields, 100000);
	assert_true(show.reading.flags & PART_OVER_HEADER);
	show_release(&show);
}

/* Large content goes through tmp; without tmp that is an error, and all is released. */
static void test_tmp(void **state)
{
	cleanup_buf struct buf mail = {0};
	struct limits limits = show_limits();
	struct reading reading;
	struct error error = {0};

	buf_add_cstr(&mail, "Content-Transfer-Encoding: base64\n\n");
	for (size_t i = 0; i < CONTENT_MEMORY_MAX / 3 + 1; i++)
		buf_add_cstr(&mail, "AAAA");
	assert_int_equal(reading_read(&reading, &reading_principal, buf_slice(&mail), &limits,
				 "/tmp", &error),
		0);
	assert_int_equal(reading.parts[0].content.home, CONTENT_FILE);
	assert_int_equal(reading.decoded, (CONTENT_MEMORY_MAX / 3 + 1) * 3);
	reading_release(&reading);
	assert_int_equal(reading_read(&reading, &reading_principal, buf_slice(&mail), &limits,
				 "/nonexistent", &error),
		-ENOENT);
	assert_true(error.set);
	assert_non_null(strstr(error.text, "/nonexistent"));
	reading_release(&reading);
	reading_release(&reading); /* twice is legal */
}

static void test_borrowed(void **state)
{
	static const char mail[] = "Subject: x\n\nbody stays where it is";
	struct limits limits = show_limits();
	struct show show;

	show_read(&show, &reading_principal, slice_cstr(mail), &limits);
	assert_ptr_equal(show.reading.parts[0].content.bytes.data, mail + 12);
	assert_int_equal(show.reading.parts[0].content.home, CONTENT_BORROWED);
	assert_int_equal(show.reading.decoded, 0);
	show_release(&show);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_and_last),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_decode_multipart),
		cmocka_unit_test(test_header_limit),
		cmocka_unit_test(test_parts_limit),
		cmocka_unit_test(test_depth_limit),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_bytes_limit),
		cmocka_unit_test(test_fields_limit),
		cmocka_unit_test(test_tmp),
		cmocka_unit_test(test_borrowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
