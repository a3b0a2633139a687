/*
 * Which rules the marks of types are known for, and what switches them off. That they hide nothing is
 * shown against libmagic itself, in tests/unit/helpers/test_type_answers.c.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "open/type_marks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULES_MAX 4

static char local[64], compiled[80];

static struct type_marks marks_of(const char *const *rules, size_t count)
{
	struct pattern list[RULES_MAX];

	for (size_t i = 0; i < count; i++)
		list[i] = (struct pattern){.kind = PATTERN_TYPE, .text = slice_cstr(rules[i])};
	return type_marks_of(&(struct patterns){.list = list, .count = count}, local);
}

#define MARKS(...) \
	marks_of((const char *[]){__VA_ARGS__}, \
		sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

#define FIT(marks, text) type_marks_fit(&(marks), (struct slice)SLICE_LITERAL(text))

static void write_local(const char *text, size_t len)
{
	cleanup_fd int fd = open(local, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
}

static int remove_local(void **state)
{
	(void)unlink(local);
	(void)unlink(compiled);
	(void)rmdir(local);
	return 0;
}

/* Rules outside the table: every type matters, and everything is asked about. */
static void which_rules_are_known(void **state)
{
	static const char *const outside[] = {"image/gif", "video/*", "application/*",
		"PE32 executable", "text/plain", "application/octet-stream", "application/zip",
		"x"};
	struct type_marks marks = MARKS("application/x-dosexec", "APPLICATION/X-MSI", "");

	assert_true(marks.known);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		marks = MARKS("application/x-dosexec", outside[i], "application/x-msi");
		assert_false(marks.known);
		assert_true(FIT(marks, "plain text"));
	}
	marks = (struct type_marks){0};
	assert_true(FIT(marks, "plain text"));
}

/* Programs always count, a type of its own only where a rule names it, by each of its names. */
static void each_by_its_marks(void **state)
{
	struct type_marks none = marks_of(NULL, 0), gzip = MARKS("application/x-gzip"),
			  both = MARKS("application/gzip", "application/vnd.ms-htmlhelp");

	assert_true(FIT(none, "MZ") && FIT(none, "\xd0\xcf\x11\xe0\xa1") && FIT(none, "#!/bin/sh"));
	assert_false(FIT(none, "\x1f\x8b\x08") || FIT(none, "ITSF\3") || FIT(none, "plain text"));
	assert_true(FIT(gzip, "\x1f\x8b\x08"));
	assert_false(FIT(gzip, "ITSF\3"));
	assert_true(FIT(both, "\x1f\x8b\x08") && FIT(both, "ITSF\3"));
}

/* At their places, at both ends of where they may stand, and not one byte further; nor cut off. */
static void where_they_stand(void **state)
{
	const struct type_marks none = marks_of(NULL, 0),
				disc = MARKS("application/x-iso9660-image");
	cleanup_free unsigned char *bytes = malloc(70000);
	const struct slice all = slice_make(bytes, 70000);

	memset(bytes, 'x', 70000);
	memcpy(bytes + 80, "\xcd\x21", 2);
	assert_true(type_marks_fit(&none, all));
	assert_true(type_marks_fit(&none, slice_first(all, 82)));
	assert_false(type_marks_fit(&none, slice_first(all, 81)));
	memmove(bytes + 81, bytes + 80, 2);
	bytes[80] = 'x';
	assert_false(type_marks_fit(&none, all));
	memcpy(bytes + 65600, "DWARFS", 6);
	assert_true(type_marks_fit(&none, all));
	bytes[65600] = 'x';
	memcpy(bytes + 32769, "CD001", 5);
	assert_true(type_marks_fit(&disc, all));
	assert_false(type_marks_fit(&none, all));
	assert_false(type_marks_fit(&disc, slice_first(all, 32773)));
	memmove(bytes + 32770, bytes + 32769, 5);
	assert_false(type_marks_fit(&disc, all));
	assert_false(type_marks_fit(&disc, SLICE_EMPTY));
}

/* Comments alone change nothing; a rule does, and so does what cannot be read. */
static void local_rules_switch_off(void **state)
{
	static const char comments[] = "# Magic local data\n\n  \t\n#0 string MZ nothing\n",
			  rule[] = "# mine\n0 string abc Mine\n!:mime application/x-dosexec";
	cleanup_free char *longer = calloc(1, 5000);
	struct type_marks marks = marks_of(NULL, 0);

	assert_true(marks.known);
	write_local(comments, sizeof(comments) - 1);
	assert_true(marks_of(NULL, 0).known);
	write_local(rule, sizeof(rule) - 1);
	assert_false(marks_of(NULL, 0).known);
	memset(longer, '#', 5000);
	write_local(longer, 4095);
	assert_true(marks_of(NULL, 0).known);
	write_local(longer, 5000);
	assert_false(marks_of(NULL, 0).known);
	remove_local(state);
	assert_int_equal(symlink(local, local), 0);
	assert_false(marks_of(NULL, 0).known);
	remove_local(state);
	assert_int_equal(mkdir(local, 0700), 0);
	assert_false(marks_of(NULL, 0).known);
	remove_local(state);
	close(open(compiled, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_false(marks_of(NULL, 0).known);
	remove_local(state);
	assert_true(marks_of(NULL, 0).known);
}

/* The tables were read for these; before and behind them nothing is known. */
static void versions(void **state)
{
	assert_true(type_marks_cover(539) && type_marks_cover(544) && type_marks_cover(548));
	assert_false(type_marks_cover(538) || type_marks_cover(549) || type_marks_cover(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_rules_are_known),
		cmocka_unit_test(each_by_its_marks),
		cmocka_unit_test(where_they_stand),
		cmocka_unit_test_teardown(local_rules_switch_off, remove_local),
		cmocka_unit_test(versions),
	};

	snprintf(local, sizeof(local), "/tmp/qmvc-test-magic-%ld", (long)getpid());
	snprintf(compiled, sizeof(compiled), "%s.mgc", local);
	/* Nothing is known of this host's libmagic: then there is nothing to see. */
	if (!marks_of(NULL, 0).known)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
