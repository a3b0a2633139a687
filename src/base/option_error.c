/*
 * See option_error.h. getopt_long(3) tells of a short option its letter, which may stand in the middle
 * of a word; of a long one nothing that a user has typed, but it has just gone past that word.
 */
#include "base/option_error.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>

int option_error(int letter, char *const *argv, struct error *error)
{
	const char *word = argv[optind - 1];
	bool is_long =
		optopt == 0 || optopt > UCHAR_MAX || (letter == ':' && strncmp(word, "--", 2) == 0);

	if (letter == ':')
		return is_long ? error_set(error, -EINVAL, "option %s needs an argument", word)
			       : error_set(error, -EINVAL, "option -%c needs an argument", optopt);
	return is_long ? error_set(error, -EINVAL, "there is no option %s", word)
		       : error_set(error, -EINVAL, "there is no option -%c", optopt);
}
