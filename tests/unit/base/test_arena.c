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
	assert_string_equal(ARENA_PATH(&arena, "/a"), "/a");
	assert_string_equal(ARENA_PATH(&arena, "/a", "", "b/c", "d"), "/a//b/c/d");
}

/* A text is formatted where it is to stand: what does not fit there leaves nothing behind. */
static void test_texts_at_the_end_of_a_block(void **state)
{
	const char *const text = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (int before = 0; before < 8192; before += before < 8000 ? 500 : 1) {
		cleanup_arena struct arena arena = {0};
		unsigned char *next;
		char *made;

		memset(arena_alloc(&arena, 16), 'x', 16);
		for (int i = 16; i < before; i += 16)
			memset(arena_alloc(&arena, 16), 'x', 16);
		made = arena_printf(&arena, "%s%*s", text, before % 16, "");
		assert_memory_equal(made, text, strlen(text));
		assert_int_equal(strlen(made), strlen(text) + (size_t)(before % 16));
		assert_int_equal(strlen(arena_printf(&arena, "%3000s", text)), 3000);
		next = arena_alloc(&arena, 64);
		for (int i = 0; i < 64; i++)
			assert_int_equal(next[i], 0);
		assert_memory_equal(made, text, strlen(text));
	}
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
		cmocka_unit_test(test_texts_at_the_end_of_a_block),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
