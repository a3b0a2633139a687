/* The sentences of a language: every key once, and all of them there; the shipped files too. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "react/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static int parse(struct slice text, const char *path, struct words *words, struct error *error)
{
	int result = words_parse(text, path, words, error);

	return result ? result : words_check(words, path, error);
}

static void all_keys(struct buf *out)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		buf_addf(out, "reason.%s = because %s\n", condition_name(id), condition_name(id));
	buf_add_cstr(out, "# a comment\n\nFATE.kept=kept\nfate.dropped =  dropped = gone \n");
}

static void test_complete(void **state)
{
	cleanup_buf struct buf text = {0};
	struct words words;
	struct error error = {0};

	all_keys(&text);
	assert_int_equal(parse(buf_slice(&text), "W", &words, &error), 0);
	assert_slice(words.reasons[CONDITION_VIRUS], "because virus");
	assert_slice(words.reasons[CONDITION_ERRORS], "because errors");
	assert_slice(words.kept, "kept");
	assert_slice(words.dropped, "dropped = gone");
}

static void assert_refused(const char *more, const char *complaint)
{
	cleanup_buf struct buf text = {0};
	struct words words;
	struct error error = {0};

	buf_add_cstr(&text, more);
	all_keys(&text);
	assert_int_equal(parse(buf_slice(&text), "W", &words, &error), -EINVAL);
	if (strncmp(error.text, complaint, strlen(complaint)) != 0)
		fail_msg("%s", error.text);
}

static void test_refused(void **state)
{
	char twice[60];

	assert_refused("reason.vires = x\n", "W:1: 'reason.vires': no such key");
	assert_refused("fate = x\n", "W:1: 'fate': no such key");
	assert_refused("reason. = x\n", "W:1: 'reason.': no such key");
	assert_refused("nothing\n", "W:1: 'nothing': must be KEY = sentence");
	assert_refused("fate.kept =\n", "W:1: 'fate.kept =': must be KEY = sentence");
	snprintf(twice, sizeof(twice), "W:%u: 'FATE.kept': is given twice", CONDITION_COUNT + 4);
	assert_refused("fate.kept = one\n", twice);
	assert_refused("fate.kept = \xff\n", "W:1: 'fate.kept': this is not UTF-8");
}

static void test_missing(void **state)
{
	static const char *const texts[] = {"fate.kept = x\n", "W: 'reason.errors': is missing", "",
		"W: 'reason.errors': is missing"};

	for (size_t i = 0; i < 2; i++) {
		struct words words;
		struct error error = {0};

		assert_int_equal(parse(slice_cstr(texts[2 * i]), "W", &words, &error), -EINVAL);
		assert_string_equal(error.text, texts[2 * i + 1]);
	}
	for (unsigned fate = 0; fate <= 1; fate++) {
		cleanup_buf struct buf text = {0};
		struct words words;
		struct error error = {0};

		for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
			buf_addf(&text, "reason.%s = x\n", condition_name(id));
		buf_add_cstr(&text, fate ? "fate.kept = x\n" : "fate.dropped = x\n");
		assert_int_equal(parse(buf_slice(&text), "W", &words, &error), -EINVAL);
		assert_string_equal(error.text,
			fate ? "W: 'fate.dropped': is missing" : "W: 'fate.kept': is missing");
	}
}

/* What is there stays, and what is missing comes from the other. */
static void test_add(void **state)
{
	cleanup_buf struct buf text = {0};
	struct words words, others;
	struct error error = {0};

	all_keys(&text);
	assert_int_equal(parse(buf_slice(&text), "W", &others, &error), 0);
	assert_int_equal(words_parse(slice_cstr("reason.virus = mine\nfate.kept = here\n"), "M",
				 &words, &error),
		0);
	words_add(&words, &others);
	assert_int_equal(words_check(&words, "M", &error), 0);
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (id != CONDITION_VIRUS)
			assert_true(slice_eq(words.reasons[id], others.reasons[id]));
	assert_slice(words.reasons[CONDITION_VIRUS], "mine");
	assert_slice(words.kept, "here");
	assert_slice(words.dropped, "dropped = gone");
	assert_int_equal(words_parse(slice_cstr("fate.dropped = there\n"), "M", &words, &error), 0);
	words_add(&words, &others);
	assert_slice(words.kept, "kept");
	assert_slice(words.dropped, "there");
}

static void test_shipped(void **state)
{
	static const char *const languages[] = {"en", "de", "fr", "it", "es"};

	for (size_t i = 0; i < 5; i++) {
		cleanup_buf struct buf text = {0};
		struct words words;
		struct error error = {0};
		char path[4096];

		snprintf(
			path, sizeof(path), "%s/tpl/%s/words", getenv("QMVC_SOURCE"), languages[i]);
		assert_int_equal(fd_read_file(AT_FDCWD, path, SIZE_MAX, &text), 0);
		if (parse(buf_slice(&text), path, &words, &error))
			fail_msg("%s", error.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
