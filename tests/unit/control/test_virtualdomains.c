/* qmail's control/virtualdomains, as qmail-send reads it. */
#include "control_unit.h"

#include "control/virtualdomains.h"

static void test_lines(void **state)
{
	static const char *const want[][2] = {
		{"example.org", "bob"},
		{".wild.example", "bob-wild"},
		{"info@one.example", "alice"},
		{"", "alias-all"},
		{"not.example", ""},
		{"v6.example", "a:b"},
	};
	cleanup_arena struct arena arena = {0};
	struct virtualdomains domains;
	struct error error = {0};

	assert_works(virtualdomains_parse(&arena,
			     slice_cstr("# mine\nexample.org:bob \t\n\n.wild.example:bob-wild\r\n"
					"passed over\ninfo@one.example:alice\n:alias-all\n"
					"not.example:\nv6.example:a:b"),
			     "virtualdomains", &domains, &error),
		error);
	assert_int_equal(domains.count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < domains.count; i++) {
		assert_slice(domains.items[i].address, want[i][0]);
		assert_slice(domains.items[i].prepend, want[i][1]);
	}
}

static void test_no_text(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct virtualdomains domains;
	struct error error = {0};

	assert_fails(virtualdomains_parse(&arena, (struct slice)SLICE_LITERAL("a:b\nc\0d:e\n"), "v",
			     &domains, &error),
		-EINVAL, error, "v:2: a NUL byte: this is not a text file");
	assert_works(virtualdomains_parse(&arena, SLICE_EMPTY, "v", &domains, &error), error);
	assert_int_equal(domains.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
