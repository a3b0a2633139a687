/* The memory of what was sent: what counts when, and what is forgotten. */
#include "unit.h"

#include "react/sent.h"
#include "tmp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY ((int64_t)24 * 60 * 60 * 1000)

static int look(const char *name)
{
	struct error error = {0};

	return sent_look(dir, name, &error);
}

static void note(const char *name, int64_t now)
{
	struct error error = {0};

	assert_int_equal(sent_prepare(dir, name, now, &error), 0);
	assert_int_equal(sent_note(dir, name, now, &error), 0);
}

static bool is_there(const char *path)
{
	char full[128];

	snprintf(full, sizeof(full), "%s/sent/%s", dir, path);
	return access(full, F_OK) == 0;
}

static void test_counts_when_it_was_sent(void **state)
{
	struct error error = {0};

	assert_int_equal(look("aa"), 0);
	assert_int_equal(sent_prepare(dir, "aa", 5 * DAY, &error), 0);
	assert_int_equal(look("aa"), 0);
	assert_true(is_there("5/.aa"));
	sent_forget(dir, "aa", 5 * DAY);
	assert_false(is_there("5/.aa"));
	assert_int_equal(look("aa"), 0);
	note("aa", 5 * DAY);
	assert_int_equal(look("aa"), 1);
	assert_int_equal(look("ab"), 0);
	note("aa", 6 * DAY); /* once more, by who did not look */
	assert_int_equal(look("aa"), 1);
}

static void test_forgets(void **state)
{
	note("old", 5 * DAY);
	assert_int_equal(sent_prepare(dir, "half", 5 * DAY, NULL), 0);
	note("kept", 6 * DAY);
	note("x", 14 * DAY - 1);
	assert_int_equal(look("old"), 1);
	note("y", (5 + SENT_DAYS + 1) * DAY);
	assert_int_equal(look("old"), 0);
	assert_false(is_there("5")); /* with what was only prepared */
	assert_int_equal(look("kept"), 1);
	assert_int_equal(look("x"), 1);
}

/* What is not ours is neither believed nor removed. */
static void test_strange_entries(void **state)
{
	char path[128];

	note("aa", 5 * DAY);
	snprintf(path, sizeof(path), "%s/sent/notes", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	strcat(path, "/bb");
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(look("bb"), 0);
	note("cc", 99 * DAY);
	assert_true(is_there("notes/bb"));
}

static void test_errors(void **state)
{
	char path[128], elsewhere[128];
	struct error error = {0};

	snprintf(path, sizeof(path), "%s/sent", dir);
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(look("aa"), -ENOTDIR);
	assert_true(sent_prepare(dir, "aa", 0, &error) < 0);
	assert_non_null(strstr(error.text, "/sent"));
	unlink(path);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", dir);
	assert_int_equal(mkdir(elsewhere, 0700), 0);
	assert_int_equal(symlink(elsewhere, path), 0);
	assert_true(look("aa") < 0);
	assert_true(sent_prepare(dir, "aa", 0, NULL) < 0);
	unlink(path);
	assert_true(sent_note(dir, "aa", 0, NULL) < 0); /* nothing was prepared */
	sent_forget(dir, "aa", 0);
}

/* Of another kind, mail, recipient or address it is another dispatch; borders matter. */
static void test_names(void **state)
{
	static const struct sent_item items[] = {
		{"inform", SLICE_LITERAL("mail"), SLICE_LITERAL("r"), "a"},
		{"forward", SLICE_LITERAL("mail"), SLICE_LITERAL("r"), "a"},
		{"inform", SLICE_LITERAL("mail\n"), SLICE_LITERAL("r"), "a"},
		{"inform", SLICE_LITERAL("mail"), SLICE_LITERAL("r2"), "a"},
		{"inform", SLICE_LITERAL("mail"), SLICE_LITERAL("r"), "b"},
		{"inform", SLICE_LITERAL("amail"), SLICE_LITERAL("r"), ""},
		{"inform", SLICE_LITERAL("mail"), SLICE_LITERAL(""), "ra"},
	};
	char names[7][KEYED_HEX + 1], again[KEYED_HEX + 1];

	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(sent_name(dir, &items[i], names[i], NULL), 0);
		assert_int_equal(strlen(names[i]), KEYED_HEX);
		for (size_t before = 0; before < i; before++)
			assert_string_not_equal(names[i], names[before]);
	}
	assert_int_equal(sent_name(dir, &items[0], again, NULL), 0);
	assert_string_equal(again, names[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_counts_when_it_was_sent),
		in_dir(test_forgets),
		in_dir(test_strange_entries),
		in_dir(test_errors),
		in_dir(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
