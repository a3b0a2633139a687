/*
 * The wire format and the reader of answers, on what is right and on everything else: what is not
 * exactly as agreed is nonsense, whatever the pieces it comes in, and changes no object.
 */
#include "unit.h"

#include "open/answer.h"

#include <errno.h>
#include <stdlib.h>

#define OBJECTS 4

struct fixture {
	struct objects objects;
	struct object list[OBJECTS];
	struct answer answer;
};

/* Objects 1 and 2 were asked for, 3 is wanted but was not asked for yet. */
static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){.objects = {.list = f->list, .count = OBJECTS}};
	for (unsigned i = 0; i < OBJECTS; i++)
		f->list[i].index = i;
	assert_int_equal(answer_init(&f->answer, &f->objects, "/tmp"), 0);
	for (unsigned i = 1; i < OBJECTS; i++)
		answer_want(&f->answer, i);
	answer_ask(&f->answer, 1);
	answer_ask(&f->answer, 2);
}

static void fixture_release(struct fixture *f)
{
	answer_release(&f->answer);
	objects_release(&f->objects);
}

#define HELLO "qmvc-open 3\n"

static void fills_in_objects(void **state)
{
	static const char text[] =
		HELLO "object 2\nmime application/x-dosexec\ntext PE32 f\xc3\xbcr Windows\n"
		      "flag executable\nimport a.dll\nimport b.dll\nend 2\n"
		      "object 1\nflag overlimit\nend 1\n";

	/* In pieces of every size: all of it, down to single bytes. */
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct slice rest = slice_cstr(text);
		struct fixture f;

		fixture_init(&f);
		while (rest.len > 0) {
			assert_int_equal(answer_feed(&f.answer, slice_first(rest, piece)), 0);
			rest = slice_from(rest, piece);
		}
		assert_int_equal(f.answer.given, 2);
		assert_string_equal(f.list[2].mime, "application/x-dosexec");
		assert_string_equal(f.list[2].description, "PE32 f\xc3\xbcr Windows");
		assert_int_equal(f.list[2].flags, OBJECT_EXECUTABLE | OBJECT_TYPED);
		assert_string_equal(f.list[2].imports[0], "a.dll");
		assert_string_equal(f.list[2].imports[1], "b.dll");
		assert_null(f.list[2].imports[2]);
		assert_null(f.list[1].mime);
		assert_int_equal(f.list[1].flags, OBJECT_OVERLIMIT);
		answer_give_up(&f.answer, NULL);
		assert_int_equal(f.list[2].flags & OBJECT_OVERLIMIT, 0);
		assert_int_equal(f.list[3].flags, OBJECT_OVERLIMIT);
		assert_int_equal(f.list[0].flags, 0);
		fixture_release(&f);
	}
}

static const struct slice nonsense[] = {
	SLICE_LITERAL("\n"),
	SLICE_LITERAL("object 1\n"), /* no greeting */
	SLICE_LITERAL("qmvc-open 2\n"),
	SLICE_LITERAL("qmvc-open 03\n"),
	SLICE_LITERAL("qmvc-open 3 \n"),
	SLICE_LITERAL("qmvc-open 3\r\n"),
	SLICE_LITERAL(HELLO HELLO),
	SLICE_LITERAL(HELLO "object 0\n"),
	SLICE_LITERAL(HELLO "object 3\n"), /* wanted, not asked */
	SLICE_LITERAL(HELLO "object 4\n"),
	SLICE_LITERAL(HELLO "object -1\n"),
	SLICE_LITERAL(HELLO "object +1\n"),
	SLICE_LITERAL(HELLO "object \n"),
	SLICE_LITERAL(HELLO "object\n"),
	SLICE_LITERAL(HELLO "object 1x\n"),
	SLICE_LITERAL(HELLO "object 4294967297\n"),
	SLICE_LITERAL(HELLO "object 1\0\n"),
	SLICE_LITERAL(HELLO "object 1\nobject 2\n"),
	SLICE_LITERAL(HELLO "object 1\nend 2\n"),
	SLICE_LITERAL(HELLO "object 1\n" HELLO),
	SLICE_LITERAL(HELLO "end 1\n"),
	SLICE_LITERAL(HELLO "mime a/b\n"),
	SLICE_LITERAL(HELLO "flag executable\n"),
	SLICE_LITERAL(HELLO "object 1\nmime a/b\nmime a/b\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\ntext a\n"),
	SLICE_LITERAL(HELLO "object 1\nmime \n"),
	SLICE_LITERAL(HELLO "object 1\nmime a\xc3\xa4\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\x1b[2J\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\0b\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\tb\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\x7f\n"),
	SLICE_LITERAL(HELLO "object 1\ntext a\xc2\x85\n"),     /* a C1 control */
	SLICE_LITERAL(HELLO "object 1\ntext a\xe2\x80\xae\n"), /* right-to-left override */
	SLICE_LITERAL(HELLO "object 1\ntext a\xc0\xaf\n"),     /* overlong */
	SLICE_LITERAL(HELLO "object 1\ntext a\xed\xa0\x80\n"), /* surrogate */
	SLICE_LITERAL(HELLO "object 1\ntext a\xe2\x82\n"),     /* cut */
	SLICE_LITERAL(HELLO "object 1\ntext a\xff\n"),
	SLICE_LITERAL(HELLO "object 1\nflag \n"),
	SLICE_LITERAL(HELLO "object 1\nflag negative\n"),
	SLICE_LITERAL(HELLO "object 1\nflag executable\nflag executable\n"),
	SLICE_LITERAL(HELLO "object 1\nimport \n"),
	SLICE_LITERAL(HELLO "object 1\nimport a\x01\n"),
	SLICE_LITERAL(HELLO "object 1\nmember 1\n"), /* nobody asked what is inside */
	SLICE_LITERAL(HELLO "object 1\nmembers 1\n"),
	SLICE_LITERAL(HELLO "object 1\nbytes 1\n"),
	SLICE_LITERAL(HELLO "object 1\nname 1\na"),
	SLICE_LITERAL(HELLO "object 1\ndata 1\na"),
	SLICE_LITERAL(HELLO "member 1\n"),
	SLICE_LITERAL(HELLO "object 1\nEND 1\n"),
	SLICE_LITERAL(HELLO "lacking 1\n"),
	SLICE_LITERAL(HELLO "object 1\nlacking 1\n"), /* 2 was asked for besides */
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 2\nlacking 1\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 2\nmime a/b\nlacking 2\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 2\nflag damaged\nlacking 2\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 2\nimport a\nlacking 2\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 2\nlacking 2\nobject 2\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nobject 1\n"),
	SLICE_LITERAL(HELLO "object 1\nend 1\nend 1\n"),
};

static void takes_no_nonsense(void **state)
{
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		struct fixture f;

		fixture_init(&f);
		if (answer_feed(&f.answer, nonsense[i]) != ANSWER_NONSENSE)
			fail_msg("taken: \"%.*s\"", SLICE_ARGS(nonsense[i]));
		/* And nothing ever after. */
		assert_int_equal(answer_feed(&f.answer, slice_cstr("end 1\n")), ANSWER_NONSENSE);
		assert_null(f.list[1].mime);
		answer_give_up(&f.answer, NULL);
		assert_int_equal(f.list[2].flags, OBJECT_OVERLIMIT);
		fixture_release(&f);
	}
}

static const struct object *only_member(const struct fixture *f)
{
	assert_int_equal(f->objects.count, OBJECTS + 1);
	return &f->objects.list[OBJECTS];
}

/* Object 3 is looked into; two members, ten bytes of them. */
static void fixture_init_inside(struct fixture *f)
{
	fixture_init(f);
	answer_ask_inside(&f->answer, 3, 2, 10);
	assert_int_equal(answer_feed(&f->answer, slice_cstr(HELLO "object 3\n")), 0);
}

static void takes_members(void **state)
{
	static const char text[] = "mime a/zip\nmember 0\nname 5\na/b\nxdata 4\n\n\0\nydata 1\nz"
				   "member 1\nflag damaged\nend 3\n";

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct slice rest = slice_make(text, sizeof(text) - 1);
		const struct object *object;
		struct fixture f;

		fixture_init_inside(&f);
		while (rest.len > 0) {
			assert_int_equal(answer_feed(&f.answer, slice_first(rest, piece)), 0);
			rest = slice_from(rest, piece);
		}
		assert_int_equal(f.objects.count, OBJECTS + 2);
		object = &f.objects.list[OBJECTS];
		assert_int_equal(object->kind, OBJECT_MEMBER);
		assert_int_equal(object->parent, 3);
		assert_int_equal(object->depth, 1);
		assert_int_equal(object->index, OBJECTS);
		assert_int_equal(object->content->bytes.len, 5);
		assert_memory_equal(object->content->bytes.data, "\n\0\nyz", 5);
		assert_true(object->name_count > 0);
		assert_int_equal(object[1].content->bytes.len, 0);
		assert_int_equal(f.objects.list[3].flags, OBJECT_TYPED | OBJECT_DAMAGED);
		assert_int_equal(f.answer.members_left, 0);
		assert_int_equal(f.answer.bytes_left, 5);
		fixture_release(&f);
	}
}

static void takes_no_more_members_than_allowed(void **state)
{
	static const char *const wrong[] = {
		"member 2\n",
		"member 0\nmember 0\nmember 0\n",
		"member 0\ndata 11\n",
		"member 0\ndata 6\nabcdefmember 0\ndata 5\n",
		"member 0\ndata 0\n",
		"member 0\nname 0\n",
		"member 0\nname 1025\n",
		"member 0\nname 1\naname 1\naname 1\naname 1\naname 1\n",
		"member 0\ndata 999999999999999\n",
		"member 0\ndata 9999999999999999\n",
		"member 0\ndata -1\n",
		"member 0\nobject 1\n",
		"member 0\ndata 1\nabc\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct fixture f;

		fixture_init_inside(&f);
		if (answer_feed(&f.answer, slice_cstr(wrong[i])) != ANSWER_NONSENSE)
			fail_msg("taken: \"%s\"", wrong[i]);
		assert_true(f.objects.count <= OBJECTS + 2);
		fixture_release(&f);
	}
}

/* What was unpacked before the helper died is an object all the same. */
static void keeps_what_came_before_the_end(void **state)
{
	struct fixture f;

	fixture_init_inside(&f);
	assert_int_equal(answer_feed(&f.answer, slice_cstr("member 0\nname 1\nxdata 9\nabc")), 0);
	assert_int_equal(answer_restart(&f.answer, "seconds"), 1);
	assert_slice(only_member(&f)->content->bytes, "abc");
	assert_slice(only_member(&f)->names[0], "x");
	assert_int_equal(f.objects.list[3].flags, OBJECT_OVERLIMIT);
	assert_string_equal(f.objects.list[3].limit, "seconds");
	assert_int_equal(f.objects.list[1].flags, 0);
	/* The next helper is believed anew, but only about what is left. */
	assert_int_equal(answer_feed(&f.answer, slice_cstr(HELLO "object 3\n")), ANSWER_NONSENSE);
	fixture_release(&f);
}

/* One that lacks the libraries is as if it had not been asked, if it has said nothing yet. */
static void asks_again_where_libraries_are_lacking(void **state)
{
	static const char given[] = HELLO "object 1\nend 1\nobject 2\nend 2\n";
	struct fixture f;

	fixture_init(&f);
	assert_int_equal(answer_feed(&f.answer, slice_cstr(given)), 0);
	answer_ask_inside(&f.answer, 3, 2, 10);
	assert_int_equal(answer_feed(&f.answer, slice_cstr("object 3\nlacking 3\n")), 0);
	assert_true(f.answer.lacking);
	assert_int_equal(f.answer.states[3], ANSWER_WANTED);
	assert_int_equal(f.answer.asked, f.answer.given);
	assert_int_equal(answer_restart(&f.answer, NULL), 3);
	assert_false(f.answer.lacking);
	assert_int_equal(f.objects.list[3].flags, 0);
	answer_ask_inside(&f.answer, 3, 2, 10);
	assert_int_equal(
		answer_feed(&f.answer, slice_cstr(HELLO "object 3\nmember 0\nend 3\n")), 0);
	assert_int_equal(f.objects.count, OBJECTS + 1);
	assert_int_equal(f.answer.given, f.answer.wanted);
	fixture_release(&f);

	fixture_init(&f);
	assert_int_equal(answer_feed(&f.answer, slice_cstr(given)), 0);
	answer_ask_inside(&f.answer, 3, 2, 10);
	assert_int_equal(answer_feed(&f.answer, slice_cstr("object 3\nmember 0\nlacking 3\n")),
		ANSWER_NONSENSE);
	fixture_release(&f);
}

static void names_contents_after_their_container(void **state)
{
	static const char *const names[][2] = {{"evil.exe.gz", "evil.exe"}, {"a.TGZ", "a.tar"},
		{"x.bz2", "x"}, {"x.doc", NULL}, {".gz", NULL}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct slice name = slice_cstr(names[i][0]);
		struct fixture f;

		fixture_init(&f);
		f.list[3].names = &name;
		f.list[3].name_count = 1;
		answer_ask_inside(&f.answer, 3, 2, 10);
		assert_int_equal(
			answer_feed(&f.answer,
				slice_cstr(HELLO "object 3\nmember 1\ndata 1\nxend 3\n")),
			0);
		if (names[i][1])
			assert_slice(only_member(&f)->names[0], names[i][1]);
		else
			assert_int_equal(only_member(&f)->name_count, 0);
		fixture_release(&f);
	}
}

/* Feeds `line` until it is refused; returns how often it was taken. */
static size_t feed_until_refused(struct answer *answer, struct slice line, size_t most)
{
	size_t count = 0;

	while (count < most && answer_feed(answer, line) == 0)
		count++;
	return count;
}

static void bounds_everything(void **state)
{
	struct fixture f;
	struct buf line = {0};

	fixture_init(&f);
	assert_int_equal(answer_feed(&f.answer, slice_cstr(HELLO "object 1\n")), 0);
	assert_int_equal(
		feed_until_refused(&f.answer, slice_cstr("import a\n"), 5000), OPEN_IMPORTS_MAX);
	fixture_release(&f);

	/* A line without an end is refused before it is stored. */
	fixture_init(&f);
	assert_true(feed_until_refused(&f.answer, slice_cstr("x"), 5000) <= OPEN_LINE_MAX);
	fixture_release(&f);

	fixture_init(&f);
	buf_add_cstr(&line, "import ");
	for (size_t i = 0; i < OPEN_IMPORT_MAX; i++)
		buf_add_byte(&line, 'x');
	buf_add_byte(&line, '\n');
	assert_int_equal(answer_feed(&f.answer, slice_cstr(HELLO "object 1\n")), 0);
	assert_int_equal(feed_until_refused(&f.answer, buf_slice(&line), 5000),
		OPEN_IMPORTS_BYTES / OPEN_IMPORT_MAX);
	fixture_release(&f);

	fixture_init(&f);
	line.data[line.len - 1] = 'x';
	buf_add_byte(&line, '\n');
	assert_int_equal(answer_feed(&f.answer, slice_cstr(HELLO "object 1\n")), 0);
	assert_int_equal(answer_feed(&f.answer, buf_slice(&line)), ANSWER_NONSENSE);
	fixture_release(&f);
	buf_release(&line);
}

/* What one side writes the other reads, whatever was in it. */
static void writes_what_can_be_read(void **state)
{
	static const enum open_record_kind kinds[] = {OPEN_MIME, OPEN_TEXT, OPEN_IMPORT};
	unsigned char bytes[3000];
	uint32_t random = 99;

	for (unsigned round = 0; round < 3000; round++) {
		struct buf line = {0};
		struct open_record record;
		size_t len = round % sizeof(bytes) + 1;

		for (size_t i = 0; i < len; i++) {
			random = random * 1664525u + 1013904223u;
			bytes[i] = (unsigned char)(random >> 24);
		}
		assert_int_equal(
			open_record_write(&line, kinds[round % 3], 0, slice_make(bytes, len)), 0);
		assert_int_equal(line.data[line.len - 1], '\n');
		assert_true(line.len <= OPEN_LINE_MAX + 1);
		assert_int_equal(open_record_read(slice_make(line.data, line.len - 1), &record), 0);
		assert_int_equal(record.kind, kinds[round % 3]);
		buf_release(&line);
	}
}

static void cuts_between_characters(void **state)
{
	struct buf text = {0}, line = {0};
	struct open_record record;

	buf_add_byte(&text, 'x');
	for (size_t i = 0; i < OPEN_TEXT_MAX; i++)
		buf_add_cstr(&text, "\xe2\x82\xac");
	assert_int_equal(open_record_write(&line, OPEN_TEXT, 0, buf_slice(&text)), 0);
	assert_int_equal(open_record_read(slice_make(line.data, line.len - 1), &record), 0);
	assert_int_equal(record.text.len, 1 + (OPEN_TEXT_MAX - 1) / 3 * 3);
	buf_clear(&line);
	assert_int_equal(open_record_write(&line, OPEN_TEXT, 0, SLICE_EMPTY), 0);
	assert_int_equal(line.len, 0);
	buf_release(&text);
	buf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_objects),
		cmocka_unit_test(takes_no_nonsense),
		cmocka_unit_test(takes_members),
		cmocka_unit_test(takes_no_more_members_than_allowed),
		cmocka_unit_test(keeps_what_came_before_the_end),
		cmocka_unit_test(asks_again_where_libraries_are_lacking),
		cmocka_unit_test(names_contents_after_their_container),
		cmocka_unit_test(bounds_everything),
		cmocka_unit_test(writes_what_can_be_read),
		cmocka_unit_test(cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
