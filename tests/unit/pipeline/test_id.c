/* Ids: sortable by time, made of file-name characters, different in every process. */
#include "unit.h"

#include "pipeline/id.h"

static void test_form(void **state)
{
	char early[ID_SIZE], late[ID_SIZE], again[ID_SIZE];

	assert_int_equal(id_make(1700000000000, early), 0);
	assert_int_equal(id_make(1700000000001, late), 0);
	assert_int_equal(id_make(1700000000001, again), 0);
	assert_int_equal(strlen(early), ID_SIZE - 1);
	assert_int_equal(strspn(early, "0123456789abcdefghijklmnopqrstuv"), ID_SIZE - 1);
	assert_true(strncmp(early, late, 9) < 0);
	assert_memory_equal(late, again, 9);
	assert_string_not_equal(late, again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
