/* topvirus_Sender1: who is in it, and for how much. How it is written, tests/e2e/test_virulator.py says. */
#include "unit.h"

#include "base/cleanup.h"
#include "report/topvirus.h"

#include <stdio.h>
#include <stdlib.h>

static struct top *new_top(void)
{
	struct top *top = calloc(1, sizeof(*top));

	assert_non_null(top);
	return top;
}

static void add(struct top *top, const char *name, unsigned count)
{
	while (count-- > 0)
		top_add(top, slice_cstr(name));
}

static void test_order(void **state)
{
	cleanup_free struct top *top = new_top();
	cleanup_buf struct buf out = {0};

	assert_int_equal(topvirus_format(top, &out), 0);
	add(top, "b@x", 2);
	add(top, "worst@x", 12);
	add(top, "a@x", 2);
	add(top, "ab@x", 2);
	assert_int_equal(topvirus_format(top, &out), 4);
	assert_slice(buf_slice(&out), "12\tworst@x\n2\ta@x\n2\tab@x\n2\tb@x\n");
}

static void test_who_is_left_out(void **state)
{
	static const char *const names[] = {"", "<>", "#@[]", "a@.", "nobody", "@x", "a@", "a b@x",
		"a@x y", "a\t@x", "a@x\n", "a@\033x", "\x7f@x", "\xc3\xbc@x", "a@\xc3\xbc"};
	cleanup_free struct top *top = new_top();
	cleanup_buf struct buf out = {0}, longest = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(top, names[i], 5);
	while (longest.len < TOPVIRUS_BYTES - 2)
		buf_add_byte(&longest, 'l');
	buf_add_cstr(&longest, "@x");
	top_add(top, buf_slice(&longest));
	buf_add_byte(&longest, 'x');
	top_add(top, buf_slice(&longest));
	assert_int_equal(topvirus_format(top, &out), 1);
	assert_int_equal(out.len, 2 + TOPVIRUS_BYTES + 1);
}

/* Where names had to go, what is told is what each sent at least. */
static void test_only_what_is_certain(void **state)
{
	cleanup_free struct top *top = new_top();
	cleanup_buf struct buf out = {0};
	char name[32];

	add(top, "bad@x", 500);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "u%u@x", i);
		add(top, name, 1);
	}
	assert_false(top_is_exact(top));
	assert_int_equal(topvirus_format(top, &out), TOPVIRUS_LINES);
	assert_true(slice_starts(buf_slice(&out), "500\tbad@x\n1\tu"));
	for (struct slice rest = slice_from(buf_slice(&out), strlen("500\tbad@x\n")), line;
		slice_next_line(&rest, &line);)
		assert_true(slice_starts(line, "1\tu"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_who_is_left_out),
		cmocka_unit_test(test_only_what_is_certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
