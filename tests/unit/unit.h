/* cmocka with the headers it wants first. Every unit test includes this and nothing before it. */
#ifndef QMVC_TESTS_UNIT_H
#define QMVC_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

/* Compares a slice with a C string, and shows both when they differ. */
#define assert_slice(s, text)                                                                      \
	do {                                                                                       \
		struct slice unit_s_ = (s);                                                        \
		const char *unit_t_ = (text);                                                      \
		if (!slice_eq_cstr(unit_s_, unit_t_))                                              \
			fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARGS(unit_s_), unit_t_);        \
	} while (0)

#endif
