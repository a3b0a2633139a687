/* What the tests of control files share: an error's text compared, and large texts. */
#ifndef QMVC_TESTS_CONTROL_UNIT_H
#define QMVC_TESTS_CONTROL_UNIT_H

#include "unit.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The call must fail with `code` and say exactly `message`. `error` is emptied for the next call. */
#define assert_fails(call, code, error, message)                                                   \
	do {                                                                                       \
		assert_int_equal((call), (code));                                                  \
		assert_string_equal((error).text, (message));                                      \
		(error) = (struct error){0};                                                       \
	} while (0)

/* The call must succeed; when it does not, its error is shown. */
#define assert_works(call, error)                                                                  \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s", (error).text);                                              \
		assert_false((error).set);                                                         \
	} while (0)

/* `head`, then `count` times `byte`, then `tail`; to be freed. */
__attribute__((noinline, unused)) static char *control_unit_long(
	const char *head, char byte, size_t count, const char *tail)
{
	char *text = malloc(strlen(head) + count + strlen(tail) + 1);

	assert_non_null(text);
	strcpy(text, head);
	memset(text + strlen(head), byte, count);
	strcpy(text + strlen(head) + count, tail);
	return text;
}

#endif
