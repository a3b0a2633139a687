/* The option that is wrong, by its name. */
#include "unit.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base/option_error.h"

/* Of a command line without quotes. */
static void assert_said(const char *line, const char *words)
{
	static const struct option longs[] = {{"help", no_argument, NULL, 'h'},
		{"since", required_argument, NULL, 256}, {"list", no_argument, NULL, 257},
		{NULL, 0, NULL, 0}};
	struct error error = {0};
	char text[100], *argv[8], *rest = NULL;
	int argc = 0, letter;

	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	opterr = 0;
	optind = 0;
	while ((letter = getopt_long(argc, argv, ":cd:h", longs, NULL)) != '?' && letter != ':')
		assert_int_not_equal(letter, -1);
	assert_int_equal(option_error(letter, argv, &error), -EINVAL);
	assert_string_equal(error.text, words);
}

static void test_named(void **state)
{
	assert_said("p -x", "there is no option -x");
	assert_said("p --list -cxc", "there is no option -x");
	assert_said("p -c --nonsense y", "there is no option --nonsense");
	assert_said("p --list=5", "there is no option --list=5");
	assert_said("p -d", "option -d needs an argument");
	assert_said("p -cd", "option -d needs an argument");
	assert_said("p -c --since", "option --since needs an argument");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_named)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
