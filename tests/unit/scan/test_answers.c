/* From answers about objects to one verdict: what is missing is never clean. */
#include "unit.h"

#include "scan_test.h"

#include "scan/answers.h"

static enum verdict verdict_of(struct answers *answers)
{
	return answers_finish(answers)->verdict;
}

static void start(struct scan_test *test, struct answers *answers)
{
	test->objects.count = 0;
	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	answers_init(answers, &test->request);
}

static void test_every_object_has_to_be_clean(void **state)
{
	struct answers answers;

	start(*state, &answers);
	assert_int_equal(verdict_of(&answers), VERDICT_ERROR);
	start(*state, &answers);
	answers_clean(&answers);
	assert_int_equal(verdict_of(&answers), VERDICT_ERROR);
	answers_clean(&answers);
	assert_int_equal(verdict_of(&answers), VERDICT_CLEAN);
	start(*state, &answers);
	answers_clean_all(&answers);
	assert_int_equal(verdict_of(&answers), VERDICT_CLEAN);
}

/* What outranks what, one more at a time. */
static void test_rank(void **state)
{
	struct answers answers;
	struct slice name = slice_cstr("Name");
	const struct object large = {0};

	start(*state, &answers);
	answers_clean_all(&answers);
	answers_too_large(&answers, &large);
	assert_int_equal(verdict_of(&answers), VERDICT_LIMIT);
	answers_found(&answers, VERDICT_ENCRYPTED, 1, name);
	assert_int_equal(verdict_of(&answers), VERDICT_ENCRYPTED);
	assert_true(answers.result.saw_encrypted && answers.result.too_large);
	answers_broken(&answers, VERDICT_TIMEOUT, "slow");
	answers_broken(&answers, VERDICT_ERROR, "later");
	assert_int_equal(verdict_of(&answers), VERDICT_TIMEOUT);
	assert_string_equal(answers.result.text, "slow");
	answers_found(&answers, VERDICT_SUSPICIOUS, 1, name);
	assert_int_equal(verdict_of(&answers), VERDICT_SUSPICIOUS);
	answers_found(&answers, VERDICT_INFECTED, 1, slice_cstr("Other"));
	assert_int_equal(verdict_of(&answers), VERDICT_INFECTED);
	assert_int_equal(answers.result.virus_count, 2);
	assert_string_equal(answers.result.text, "slow");
}

/* People want to know the part, not only that the mail around it is infected as well. */
static void test_the_part_is_named(void **state)
{
	struct answers answers;

	start(*state, &answers);
	answers_found(&answers, VERDICT_INFECTED, 0, slice_cstr("Same"));
	answers_found(&answers, VERDICT_INFECTED, 1, slice_cstr("Same"));
	assert_int_equal(answers.result.virus_count, 1);
	assert_int_equal(answers.result.virus_objects[0], 1);
}

static void test_failures(void **state)
{
	struct answers answers;

	start(*state, &answers);
	answers_failed(&answers, 0, slice_cstr("broken format"));
	answers_failed(&answers, 1, slice_cstr("broken too"));
	assert_int_equal(verdict_of(&answers), VERDICT_ERROR);
	assert_string_equal(answers.result.text, "object 0: broken format");
	answers.answers_otherwise = true;
	assert_int_equal(verdict_of(&answers), VERDICT_LIMIT);
	start(*state, &answers);
	answers_failed(&answers, 0, slice_cstr("broken format"));
	answers_clean(&answers);
	assert_int_equal(verdict_of(&answers), VERDICT_LIMIT);
	assert_true(answers.result.saw_limit);
}

/* Names come from an engine that read hostile content: cut, and without control characters. */
static void test_names(void **state)
{
	struct answers answers;
	char longest[5000];

	memset(longest, 'n', sizeof(longest));
	start(*state, &answers);
	answers_found(&answers, VERDICT_INFECTED, 0, slice_make(longest, sizeof(longest)));
	answers_found(&answers, VERDICT_INFECTED, 0, slice_make("a\0b\nc\x7f\033\303x", 9));
	answers_found(&answers, VERDICT_INFECTED, 0, slice_cstr(" \t"));
	assert_true(strlen(answers.result.viruses[0]) <= 200);
	assert_string_equal(answers.result.viruses[1], "a?b?c???x");
	assert_string_equal(answers.result.viruses[2], "unnamed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_every_object_has_to_be_clean),
		scan_test(test_rank),
		scan_test(test_the_part_is_named),
		scan_test(test_failures),
		scan_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
