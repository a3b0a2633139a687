/* The growing buffer: what it holds, and that a failed append is remembered. */
#include "unit.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>

static void test_append(void **state)
{
	cleanup_buf struct buf buf = {0};

	for (int i = 0; i < 1000; i++)
		assert_int_equal(buf_addf(&buf, "%03d,", i), 0);
	assert_int_equal(buf.len, 4000);
	assert_memory_equal(buf.data + 3996, "999,", 4);
	assert_int_equal(buf_add(&buf, SLICE_EMPTY), 0);
	assert_int_equal(strlen(buf_cstr(&buf)), 4000);
	assert_int_equal(buf.len, 4000);
	buf_clear(&buf);
	assert_int_equal(buf_slice(&buf).len, 0);
}

/* Of every length, into whatever room is left. */
static void test_formatted(void **state)
{
	for (int before = 0; before < 100; before++) {
		for (int length = 0; length < 100; length++) {
			cleanup_buf struct buf buf = {0};
			char all[201];

			assert_int_equal(buf_addf(&buf, "%*s", before, ""), 0);
			assert_int_equal(buf_addf(&buf, "%0*d", length, 7), 0);
			snprintf(all, sizeof(all), "%*s%0*d", before, "", length, 7);
			assert_string_equal(buf_cstr(&buf), all);
			assert_int_equal(buf.len, strlen(all));
		}
	}
}

static void test_failure_stays(void **state)
{
	cleanup_buf struct buf buf = {0};

	assert_int_equal(buf_add_cstr(&buf, "abc"), 0);
	assert_int_equal(buf_reserve(&buf, SIZE_MAX - 1), -ENOMEM);
	assert_int_equal(buf_add_byte(&buf, 'd'), -ENOMEM);
	assert_true(buf.failed);
	assert_slice(buf_slice(&buf), "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_formatted),
		cmocka_unit_test(test_failure_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
