/*
 * Records of qmvc.rep: their form, that no value can forge a field or a record, that they can be read
 * again by us, and, where GNU recutils is installed, by recfix(1) and recsel(1).
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "hostile.h"
#include "record/rep_record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct slice S(const char *text)
{
	return slice_cstr(text);
}

static void test_format(void **state)
{
	cleanup_buf struct buf out = {0};
	struct rep_field fields[] = {
		{"Id", S("0dk3")},
		{"Subject", S("a: b # c")},
		{"Sender", SLICE_EMPTY},
		{"Part", S("first\n\n last\\")},
		{"Part", slice_make("\0\r\xff", 3)},
	};
	struct rep_record record = {fields, 5};

	assert_int_equal(rep_record_format(&record, &out), 0);
	assert_slice(buf_slice(&out), "Id: 0dk3\n"
				      "Subject: a: b # c\n"
				      "Sender:\n"
				      "Part: first\n+\n+  last\\x5C\n"
				      "Part: \\x00\\x0D\\xFF\n"
				      "\n");
}

static void test_bad_names(void **state)
{
	static const char *const names[] = {"", "1a", "a b", "a:", "_a", "a\n", "%rec", "\xc3\xa4"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct rep_field fields[] = {{"Good", S("x")}, {names[i], S("x")}};
		struct rep_record record = {fields, 2};

		assert_int_equal(rep_record_format(&record, &out), -EINVAL);
		assert_int_equal(out.len, 0);
	}
}

static void test_parse(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct slice rest = S("%rec: Mail\n\n# comment\n\nId: 1\n# within\nText: a\n+ b\n+\n+ c\n"
			      "garbage\nLast:x\n\n\n\nId: 2\nOpen: \\q\n");
	struct rep_record record;

	assert_int_equal(rep_record_parse(&rest, &arena, &record), 0);
	assert_int_equal(record.count, 3);
	assert_string_equal(record.fields[0].name, "Id");
	assert_slice(record.fields[0].value, "1");
	assert_string_equal(record.fields[1].name, "Text");
	assert_slice(record.fields[1].value, "a\nb\n\nc");
	assert_slice(record.fields[2].value, "x");
	assert_int_equal(rep_record_parse(&rest, &arena, &record), 0);
	assert_int_equal(record.count, 2);
	assert_slice(record.fields[1].value, "\\q"); /* not our escape: taken as it stands */
	assert_int_equal(rep_record_parse(&rest, &arena, &record), 1);
	assert_int_equal(rest.len, 0);
}

/* Random records into `log`; the same ones again for the same seed. */
static struct rep_record random_record(struct arena *arena, uint32_t *seed)
{
	static const char *const names[] = {"Id", "Subject", "Virus", "A_1"};
	struct rep_record record = {.count = 1 + hostile_random(seed) % 6};

	record.fields = arena_array(arena, record.count, sizeof(*record.fields));
	for (size_t i = 0; i < record.count; i++)
		record.fields[i] = (struct rep_field){
			names[hostile_random(seed) % 4], hostile_text(arena, seed, 120)};
	return record;
}

static void test_round_trip(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf log = {0};
	uint32_t seed = 99;
	struct slice rest;

	for (int i = 0; i < 3000; i++) {
		struct rep_record record = random_record(&arena, &seed);

		assert_int_equal(rep_record_format(&record, &log), 0);
	}
	seed = 99;
	rest = buf_slice(&log);
	for (int i = 0; i < 3000; i++) {
		struct rep_record want = random_record(&arena, &seed), got;

		assert_int_equal(rep_record_parse(&rest, &arena, &got), 0);
		assert_int_equal(got.count, want.count);
		for (size_t k = 0; k < got.count; k++) {
			assert_string_equal(got.fields[k].name, want.fields[k].name);
			assert_true(slice_eq(got.fields[k].value, want.fields[k].value));
		}
	}
	assert_int_equal(rest.len, 0);
}

/* Runs `command FILE`, FILE holding `text`; its output into `out`. Returns the exit status. */
static int run_on(const char *command, struct slice text, struct buf *out)
{
	char path[] = "/tmp/qmvc-test-XXXXXX", line[256];
	cleanup_fd int fd = mkstemp(path);
	FILE *pipe;
	int status;

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text), 0);
	snprintf(line, sizeof(line), "%s %s", command, path);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	assert_int_equal(fd_read_all(fileno(pipe), 1 << 24, out), 0);
	status = pclose(pipe);
	unlink(path);
	return status;
}

static void test_recutils(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf log = {0}, report = {0}, count = {0}, value = {0};
	uint32_t seed = 7;

	if (system("recfix --version >/dev/null 2>&1") != 0)
		skip();
	for (int i = 0; i < 500; i++) {
		struct rep_record record = random_record(&arena, &seed);

		assert_int_equal(rep_record_format(&record, &log), 0);
	}
	if (run_on("recfix --check 2>&1", buf_slice(&log), &report) != 0)
		fail_msg("recfix: %.*s", SLICE_ARGS(buf_slice(&report)));
	assert_int_equal(run_on("recsel -c", buf_slice(&log), &count), 0);
	assert_slice(buf_slice(&count), "500\n");
	/* And it sees the same value, line by line. */
	buf_clear(&log);
	{
		struct rep_field fields[] = {{"Id", S("1")}, {"Text", S("a\\\n b\n\nc: d\n+ e")}};
		struct rep_record record = {fields, 2};

		assert_int_equal(rep_record_format(&record, &log), 0);
	}
	assert_int_equal(run_on("recsel -P Text", buf_slice(&log), &value), 0);
	assert_slice(slice_trim(buf_slice(&value)), "a\\x5C\n b\n\nc: d\n+ e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_recutils),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
