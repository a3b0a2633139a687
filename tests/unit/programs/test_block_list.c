/*
 * badmailfrom taken apart and put together: what is not ours comes out as it went in, whatever
 * stands around it, and is never taken for ours later on.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "programs/block_list.h"

#include <stdlib.h>

#define MARK_A "#qmvc 2026-11-22 until 2026-12-22: 5 infected mails from a@x.example\n"
#define MARK_B "#qmvc 2026-11-20 until 2027-01-01: 1 infected mail from b@x.example\n"

static const char *const pieces[] = {MARK_A "a@x.example\n", MARK_B "b@x.example\n", MARK_A, MARK_B,
	"a@x.example\n", "b@x.example\n", "A@x.example\n", "a@x.example \n", "a@x.example\r\n",
	"# comment\n", "\n", "#qmvc \n", " \t\n", "@y.example\n", "\xff\n"};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static void parse(struct arena *arena, struct slice text, struct block_list *list)
{
	assert_int_equal(block_list_parse(arena, text, list), 0);
}

static void render(const struct block_list *list, struct buf *out)
{
	buf_clear(out);
	block_list_render(list, out);
	assert_false(out->failed);
}

static void test_entry(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct block_list list;

	parse(&arena, slice_cstr("# c\n" MARK_A "a@x.example\n" MARK_B "b@x.example"), &list);
	assert_int_equal(list.count, 2);
	assert_slice(list.entries[0].address, "a@x.example");
	assert_int_equal(list.entries[0].since, 20779);
	assert_int_equal(list.entries[0].until, 20809);
	assert_int_equal(list.entries[0].mails, 5);
	assert_int_equal(list.entries[0].begin, 4);
	assert_int_equal(list.entries[1].mails, 1);
	assert_int_equal(list.others.count, 0);
	assert_ptr_equal(block_list_find(&list, slice_cstr("B@X.example")), &list.entries[1]);
	assert_null(block_list_find(&list, slice_cstr("c@x.example")));
}

/* The lines that are not ours, in their order, without what render() may put between them. */
static void others_of(struct slice text, struct arena *arena, struct buf *out)
{
	struct block_list list;
	size_t from = 0;

	parse(arena, text, &list);
	buf_clear(out);
	for (size_t i = 0; i < list.count; i++) {
		buf_add(out, slice_make(text.data + from, list.entries[i].begin - from));
		from = list.entries[i].end;
	}
	buf_add(out, slice_from(text, from));
}

static void drop_separators(struct buf *text)
{
	for (size_t at; (at = slice_find(buf_slice(text), slice_cstr("\n#\n"), 0)) < text->len;) {
		memmove(text->data + at + 1, text->data + at + 3, text->len - at - 3);
		text->len -= 2;
	}
}

/* Any pieces in any order; then each entry goes or stays as chance has it. */
static void test_any_text(void **state)
{
	cleanup_buf struct buf text = {0}, out = {0}, before = {0}, after = {0};

	srandom(20261122);
	for (int round = 0; round < 20000; round++) {
		cleanup_arena struct arena arena = {0};
		struct block_list list, again;
		size_t left = 0;

		buf_clear(&text);
		for (long i = random() % 8; i >= 0; i--)
			buf_add_cstr(&text, pieces[(size_t)random() % PIECES]);
		if (random() % 4 == 0)
			text.len--;
		parse(&arena, buf_slice(&text), &list);
		render(&list, &out);
		assert_true(slice_eq(buf_slice(&out), buf_slice(&text)));

		for (size_t i = 0; i < list.count; i++) {
			list.entries[i].fate = random() % 2 ? BLOCK_EXPIRED : BLOCK_KEPT;
			left += block_is_in(&list.entries[i]);
		}
		render(&list, &out);
		parse(&arena, buf_slice(&out), &again);
		assert_int_equal(again.count, left);
		others_of(buf_slice(&text), &arena, &before);
		others_of(buf_slice(&out), &arena, &after);
		drop_separators(&after);
		if (!slice_eq(buf_slice(&before), buf_slice(&after)))
			fail_msg("round %d: \"%s\" from \"%s\"", round, buf_cstr(&after),
				buf_cstr(&text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_any_text),
	};

	setenv("TZ", "America/Sao_Paulo", 1);
	return cmocka_run_group_tests_name("block_list", tests, NULL, NULL);
}
