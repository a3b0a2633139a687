/* qmail's users/assign: what qmail-newu takes, and whose a local part is then. */
#include "control_unit.h"

#include "control/users_assign.h"

static const char file[] = "=bob:bob:1001:100:/home/bob:::\n"
			   "+bob-:bob:1001:100:/home/bob:-::\n"
			   "+Bob-Sales-:sales:1002:100:/home/sales:-::\n"
			   "=bob-sales-info:info:1003:100:/home/info:::\n"
			   "+bob-:second:1010:100:/home/second:-::\n"
			   "+example.org-:vmail:89:89:/home/vmail/example.org:-::\n"
			   "+:rest:1009:100:/home/rest:-::\n"
			   ".\n"
			   "behind the end\n";

static void parse(struct arena *arena, const char *text, struct users_assign *assign)
{
	struct error error = {0};

	assert_works(users_assign_parse(arena, slice_cstr(text), "assign", assign, &error), error);
}

static void test_find(void **state)
{
	static const char *const cases[][2] = {
		{"bob", "bob"},
		{"BOB", "bob"},
		{"bob-", "bob"},
		{"bob-anything", "bob"},
		{"bobby", "rest"},
		{"bob-sales", "bob"},
		{"bob-sales-", "sales"},
		{"bob-sales-x", "sales"},
		{"bob-SALES-info", "info"},
		{"bob-sales-info2", "sales"},
		{"example.org-x", "vmail"},
		{"", "rest"},
	};
	cleanup_arena struct arena arena = {0};
	struct users_assign assign;

	parse(&arena, file, &assign);
	assert_int_equal(assign.count, 7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct assigned *found = users_assign_find(&assign, slice_cstr(cases[i][0]));

		assert_non_null(found);
		if (strcmp(found->user, cases[i][1]) != 0)
			fail_msg("%s is %s's, want %s", cases[i][0], found->user, cases[i][1]);
	}
	assert_int_equal(users_assign_find(&assign, slice_cstr("example.org-x"))->uid, 89);
	assert_string_equal(users_assign_find(&assign, slice_cstr("example.org-x"))->home,
		"/home/vmail/example.org");
}

static void test_nobody(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct users_assign assign = {0};
	char *longest = control_unit_long("", 'x', 1000, "");

	assert_null(users_assign_find(&assign, slice_cstr("bob")));
	parse(&arena, "+x:x:1:1:/x:::\n=bob:bob:1:1:/b:::\n.\n", &assign);
	assert_null(users_assign_find(&assign, slice_cstr("bobb")));
	assert_null(users_assign_find(&assign, SLICE_EMPTY));
	assert_string_equal(users_assign_find(&assign, slice_cstr(longest))->user, "x");
	free(longest);
}

static void test_faults(void **state)
{
	static const char *const cases[][2] = {
		{"=bob:bob:1:1:/b:::\n", "assign: has no line '.' at its end"},
		{"", "assign: has no line '.' at its end"},
		{"bob:bob:1:1:/b:::\n.\n",
			"assign:1: 'bob:bob:1:1:/b:::': begins with neither '=' nor '+'"},
		{"=bob:bob:1:1:/b::\n.\n", "assign:1: '=bob:bob:1:1:/b::': has 6 fields that end "
					   "in ':' where 7 are wanted"},
		{"=a:a:1:1:/b:::\n=b:b:x:1:/b:::\n.\n",
			"assign:2: 'x': must be a number from 0 to 4294967294"},
		{"=b:b:1:-1:/b:::\n.\n", "assign:1: '-1': must be a number from 0 to 4294967294"},
		{"=b:b:4294967295:1:/b:::\n.\n",
			"assign:1: '4294967295': must be a number from 0 to 4294967294"},
		{"=b:b:1:1:b:::\n.\n", "assign:1: 'b': as a home is no absolute path"},
		{"=b:b:1:1::::\n.\n", "assign:1: '': as a home is no absolute path"},
	};
	cleanup_arena struct arena arena = {0};
	struct users_assign assign;
	struct error error = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_fails(users_assign_parse(
				     &arena, slice_cstr(cases[i][0]), "assign", &assign, &error),
			-EINVAL, error, cases[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
