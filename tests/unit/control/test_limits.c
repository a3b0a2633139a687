/* The file `limits`. */
#include "control_unit.h"

#include "control/limits.h"

static void test_default(void **state)
{
	struct limits limits = limits_default();
	struct error error = {0};

	assert_works(limits_parse(SLICE_EMPTY, "limits", &limits, &error), error);
	assert_int_equal(limits.depth, 16);
	assert_int_equal(limits.members, 10000);
	assert_int_equal(limits.bytes, 500 << 20);
	assert_int_equal(limits.ratio, 250);
	assert_int_equal(limits.seconds, 60);
	assert_int_equal(limits.parts, 1000);
	assert_int_equal(limits.header, 1 << 20);
	assert_int_equal(limits.memory, 512 << 20);
}

static void test_set(void **state)
{
	struct limits limits = limits_default();
	struct error error = {0};

	assert_works(limits_parse(slice_cstr("# mine\r\nDEPTH = 4\r\nbytes=2G\nheader=64k"),
			     "limits", &limits, &error),
		error);
	assert_int_equal(limits.depth, 4);
	assert_int_equal(limits.bytes, UINT64_C(2) << 30);
	assert_int_equal(limits.header, 65536);
	assert_int_equal(limits.parts, 1000);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"depth", "limits:1: 'depth': must be LIMIT=NUMBER"},
		{"\n\nwidth=3\n",
			"limits:3: 'width': no such limit (depth, members, bytes, ratio, seconds, "
			"parts, header, memory)"},
		{"depth=0", "limits:1: 'depth=0': must be a number from 1 to 100"},
		{"depth=101", "limits:1: 'depth=101': must be a number from 1 to 100"},
		{"depth=", "limits:1: 'depth=': must be a number from 1 to 100"},
		{"seconds=60s", "limits:1: 'seconds=60s': must be a number from 1 to 3600"},
		{"parts=5\nparts=6", "limits:2: 'parts': is given twice"},
		{"bytes=99999999999999999999",
			"limits:1: 'bytes=99999999999999999999': must be a number from 1024 to "
			"1099511627776"},
		{"memory=1M",
			"limits:1: 'memory=1M': must be a number from 67108864 to 68719476736"},
		{"depth=3 parts=4", "limits:1: 'depth=3 parts=4': must be a number from 1 to 100"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limits limits = limits_default();
		struct error error = {0};

		assert_fails(limits_parse(slice_cstr(cases[i].text), "limits", &limits, &error),
			-EINVAL, error, cases[i].message);
		assert_int_equal(limits.parts, 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
