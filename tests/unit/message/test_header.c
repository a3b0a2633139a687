/* Header fields: folding, ends, limits, and a flag for each untidiness. */
#include "unit.h"

#include "message/header.h"

static struct arena arena;

static struct header parse_bytes(struct slice raw, size_t *length)
{
	struct header header;

	assert_int_equal(header_parse(&arena, raw, 1 << 20, 1000, &header, length), 0);
	return header;
}

static struct header parse(const char *text, size_t *length)
{
	return parse_bytes(slice_cstr(text), length);
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static void assert_unfolded(struct slice value, const char *want)
{
	struct buf out = {0};

	assert_int_equal(header_unfold(value, &out), 0);
	assert_slice(buf_slice(&out), want);
	buf_release(&out);
}

static void test_plain(void **state)
{
	const char *forms[] = {
		"From: a@b\r\nSubject: x\r\n y\r\nTo:\r\n\r\nbody\r\n",
		"From: a@b\nSubject: x\n y\nTo:\n\nbody\r\n",
		"From: a@b\r\nSubject: x\n y\r\nTo:\n\nbody\r\n", /* mixed line ends */
	};

	for (size_t i = 0; i < 3; i++) {
		size_t length;
		struct header header = parse(forms[i], &length);

		assert_int_equal(header.count, 3);
		assert_int_equal(header.flags, 0);
		assert_slice(header.fields[0].name, "From");
		assert_slice(header.fields[0].value, " a@b");
		assert_unfolded(header.fields[1].value, "x y");
		assert_slice(header.fields[2].value, "");
		assert_true(header_value_is_empty(header.fields[2].value));
		assert_false(header_value_is_empty(header.fields[1].value));
		assert_slice(slice_from(slice_cstr(forms[i]), length), "body\r\n");
	}
}

static void test_find(void **state)
{
	size_t length;
	struct header header = parse("A: 1\nb: 2\na: 3\n\n", &length);

	assert_slice(header_find(&header, "a", 0)->value, " 1");
	assert_slice(header_find(&header, "A", 1)->value, " 3");
	assert_null(header_find(&header, "a", 2));
	assert_null(header_find(&header, "c", 0));
	assert_ptr_equal(header_next(&header, "A", NULL), &header.fields[0]);
	assert_ptr_equal(header_next(&header, "A", &header.fields[0]), &header.fields[2]);
	assert_null(header_next(&header, "A", &header.fields[2]));
}

/* Each line of the table: a header, the flags it gets, the fields in it, the body's first byte. */
static void test_flags(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: strlen */
		unsigned flags;
		size_t fields;
		char body; /* 0: empty */
	} cases[] = {
		{"A: 1\n\nx", 0, 0, 1, 'x'},
		{"", 0, HEADER_NO_END, 0, 0},
		{"\nx", 0, 0, 0, 'x'},
		{"\r\nx", 0, 0, 0, 'x'},
		{"A: 1\n", 0, HEADER_NO_END, 1, 0},
		{"A: 1", 0, HEADER_NO_END, 1, 0},
		{"A : 1\n\nx", 0, HEADER_BAD_NAME, 1, 'x'},
		{"A\351: 1\n\nx", 0, HEADER_BAD_NAME | HEADER_EIGHT_BIT, 1, 'x'},
		{"A: \303\251\n\nx", 0, 0, 1, 'x'},
		{"A: \351\n\nx", 0, HEADER_EIGHT_BIT, 1, 'x'},
		{"A: a\rb\n\nx", 0, HEADER_BARE_CR, 1, 'x'},
		{"A: a\0b\n\nx", 9, HEADER_CONTROL, 1, 'x'},
		{"A\0: b\n\nx", 8, HEADER_CONTROL | HEADER_BAD_NAME, 1, 'x'},
		{"A: 1\n \t\n b\n\nx", 0, HEADER_FOLD_BLANK, 1, 'x'},
		{"From x Sat Nov 21 2026\nA: 1\n\nx", 0, HEADER_FROM_LINE, 1, 'x'},
		{">From x\r\nA: 1\r\n\r\nx", 0, HEADER_FROM_LINE, 1, 'x'},
		{"\357\273\277A: 1\n\nx", 0, HEADER_BAD_NAME, 1, 'x'},
		{"Subject: 1\nsubject: 2\n\nx", 0, HEADER_DUPLICATE, 2, 'x'},
		{"Received: 1\nReceived: 2\n\nx", 0, 0, 2, 'x'},
		{"A: 1\njunk line\nB: 2\n\nx", 0, HEADER_NO_COLON, 2, 'x'}, /* goes on */
		{"A: 1\nyes it ends\nhere\n\nx", 0, HEADER_NO_COLON, 1, 'y'},
		{"A: 1\n--boundary\nB: 2\n\nx", 0, HEADER_NO_COLON, 1, '-'},
		{"hello there: x\n\nx", 0, HEADER_NO_COLON, 0, 'h'},
		{" folded first\nA: 1\n\nx", 0, HEADER_NO_COLON, 1, 'x'},
		{"A: 1\njunk\n folded\nB: 2\n\nx", 0, HEADER_NO_COLON, 1, 'j'},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice raw = cases[i].len ? slice_make(cases[i].text, cases[i].len)
						: slice_cstr(cases[i].text);
		size_t length;
		struct header header = parse_bytes(raw, &length);
		struct slice body = slice_from(raw, length);

		if (header.flags != cases[i].flags || header.count != cases[i].fields ||
			(body.len ? body.data[0] : 0) != cases[i].body)
			fail_msg("case %zu (%s): flags %u, %zu fields, body at %zu", i,
				cases[i].text, header.flags, header.count, length);
	}
}

/* Each byte at each place of a value: what is passed over at once hides none. */
static void test_flags_everywhere(void **state)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 2; at < 42 && c != '\n'; at++) {
			char text[] = "A:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n";
			size_t length;
			unsigned want = c == '\r'			  ? HEADER_BARE_CR
					: c > 127			  ? HEADER_EIGHT_BIT
					: (c < ' ' && c != '\t') || c == 127 ? HEADER_CONTROL
									  : 0;

			text[at] = (char)c;
			assert_int_equal(
				parse_bytes(slice_make(text, sizeof(text) - 1), &length).flags, want);
		}
}

static void test_flags_are_the_fields(void **state)
{
	size_t length;
	struct header header = parse("A: 1\nB : 2\nC: \351\n\n", &length);

	assert_int_equal(header.fields[0].flags, 0);
	assert_int_equal(header.fields[1].flags, HEADER_BAD_NAME);
	assert_int_equal(header.fields[2].flags, HEADER_EIGHT_BIT);
	assert_slice(header.fields[1].name, "B");
}

static void test_long_line(void **state)
{
	char text[1100] = "A: ";
	size_t length;

	memset(text + 3, 'x', 998 - 3);
	strcpy(text + 998, "\n\n");
	assert_int_equal(parse(text, &length).flags, 0);
	memset(text + 3, 'x', 999 - 3);
	strcpy(text + 999, "\n\n");
	assert_int_equal(parse(text, &length).flags, HEADER_LONG_LINE);
	/* A colon that far out names no field. */
	memset(text, 'x', 1000);
	strcpy(text + 1000, ": y\n\n");
	assert_int_equal(parse(text, &length).count, 0);
}

static void test_limits(void **state)
{
	struct slice raw = slice_cstr("A: 1\nB: 2\n b\nC: 3\n c\n\nbody");
	struct header header;
	size_t length;

	assert_int_equal(header_parse(&arena, raw, 1000, 2, &header, &length), 0);
	assert_int_equal(header.count, 2);
	assert_int_equal(header.flags, HEADER_LIMIT);
	assert_unfolded(header.fields[1].value, "2 b");
	assert_slice(slice_from(raw, length), "body");

	assert_int_equal(header_parse(&arena, raw, 9, 1000, &header, &length), 0);
	assert_int_equal(header.count, 2);
	assert_slice(header.fields[1].value, " 2");
	assert_true(header.flags & HEADER_LIMIT);
	assert_slice(slice_from(raw, length), "body");

	for (uint64_t cut = 0; cut < raw.len; cut++) {
		assert_int_equal(header_parse(&arena, raw, cut, 1000, &header, &length), 0);
		assert_slice(slice_from(raw, length), "body");
	}
	assert_int_equal(header_parse(&arena, raw, 1000, 0, &header, &length), 0);
	assert_int_equal(header.count, 0);
}

static void test_unfold(void **state)
{
	assert_unfolded(slice_cstr("  a\r\n b \r\n\tc\r\n "), "a b \tc");
	assert_unfolded(slice_cstr("a\r\r\n b"), "a b");
	assert_unfolded(slice_cstr(" \r\n "), "");
	assert_unfolded(SLICE_EMPTY, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_plain, teardown),
		cmocka_unit_test_teardown(test_find, teardown),
		cmocka_unit_test_teardown(test_flags, teardown),
		cmocka_unit_test_teardown(test_flags_everywhere, teardown),
		cmocka_unit_test_teardown(test_flags_are_the_fields, teardown),
		cmocka_unit_test_teardown(test_long_line, teardown),
		cmocka_unit_test_teardown(test_limits, teardown),
		cmocka_unit_test(test_unfold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
