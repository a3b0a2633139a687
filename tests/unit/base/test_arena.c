/* The arena: aligned, zeroed, independent pieces; overflow is no memory. */
#include "unit.h"

#include "base/arena.h"

#include <stdalign.h>

static void test_pieces(void **state)
{
	cleanup_arena struct arena arena = {0};
	unsigned char *pieces[200];

	for (int i = 0; i < 200; i++) {
		pieces[i] = arena_alloc(&arena, (size_t)i * 37 % 5000 + 1);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		assert_int_equal(pieces[i][0], 0);
		memset(pieces[i], i, (size_t)i * 37 % 5000 + 1);
	}
	for (int i = 0; i < 200; i++)
		for (size_t k = 0; k < (size_t)i * 37 % 5000 + 1; k++)
			assert_int_equal(pieces[i][k], i);
}

static void test_copies(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct slice copy = arena_copy(&arena, slice_make("x\0y", 3));

	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.data, "x\0y", 4);
	assert_string_equal(arena_cstr(&arena, copy), "x?y");
	assert_string_equal(arena_printf(&arena, "%s-%d", "n", 5), "n-5");
}

static void test_overflow(void **state)
{
	cleanup_arena struct arena arena = {0};

	assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(&arena, SIZE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
