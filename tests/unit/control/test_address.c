/* Addresses of reactions: variables, the VERP form, and values that make no address. */
#include "control/address.h"

#include "unit.h"

static const struct envelope envelope = {
	.sender = SLICE_LITERAL("alice@example.org"),
	.original = SLICE_LITERAL("bob-x@example.net"),
	.local = SLICE_LITERAL("bob-x"),
	.host = SLICE_LITERAL("example.net"),
	.ext = SLICE_LITERAL("x"),
	.user = SLICE_LITERAL("bob"),
};

static void assert_expands(const char *text, const char *expected)
{
	cleanup_arena struct arena arena = {0};
	const char *address = NULL;
	int outcome = address_expand(&arena, &envelope, text, &address);

	if (!expected) {
		assert_int_equal(outcome, ADDRESS_UNFIT);
		assert_null(address);
		return;
	}
	assert_int_equal(outcome, ADDRESS_MADE);
	assert_string_equal(address, expected);
}

static void test_expand(void **state)
{
	assert_expands("guard@host", "guard@host");
	assert_expands("$LOCAL@$HOST", "bob-x@example.net");
	assert_expands("a$EXT2$DEFAULT@h", "a@h");
	assert_expands("$sender", "alice@example.org");
	assert_expands("b-$SENDER=@h", "b-alice=example.org@h");
	assert_expands("b-$SENDER=", "b-alice=example.org");
	assert_expands("$RECIPIENT=$SENDER=@h", "bob-x=example.netalice=example.org@h");
	assert_expands("$USER=@h", "bob=@h");
	assert_expands("$EXT", "x");
}

static void test_unfit(void **state)
{
	char longest[ADDRESS_MAX + 2];

	assert_expands("$EXT2", NULL);
	assert_expands("$EXT2@h", NULL);
	assert_expands("x@$EXT2", NULL);
	assert_expands("$NOBODY@h", NULL);
	memset(longest, 'a', sizeof(longest));
	longest[ADDRESS_MAX] = '\0';
	assert_expands(longest, longest);
	longest[ADDRESS_MAX] = 'a';
	longest[ADDRESS_MAX + 1] = '\0';
	assert_expands(longest, NULL);
}

static void assert_unknown(const char *text, const char *expected)
{
	struct slice unknown = address_unknown_variable(slice_cstr(text));

	assert_true(slice_eq_cstr(unknown, expected));
}

static void test_unknown(void **state)
{
	assert_unknown("$LOCAL$HOST-$ext4@h", "");
	assert_unknown("$LOCAL $LOCALS@h", "$LOCALS");
	assert_unknown("a$@h", "$");
	assert_unknown("$EXT5", "$EXT5");
	assert_unknown("$", "$");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_unfit),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
