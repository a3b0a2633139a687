/* The tree of a mail's parts and of what came out of them, made and printed. */
#include "unit.h"

#include "pipeline/explain_text.h"
#include "pipeline/explanation.h"

#define MEMBERS 4

struct fixture {
	struct options options;
	struct delivery delivery;
	struct explanation explanation;
	struct part parts[3];
	struct object list[3 + MEMBERS];
	struct slice names[3 + MEMBERS];
};

static struct slice word(const char *text)
{
	return slice_cstr(text);
}

/* A multipart with a text and an archive; in it a name, another archive, and names in that. */
static void make_fixture(struct fixture *fixture)
{
	static const char *const names[] = {
		NULL, NULL, "a.zip", "readme", "inner.tar", "x\x1b[2J", "\xe2\x80\xaegpj.exe"};
	static const int parents[] = {-1, 0, 0, 2, 2, 4, 4};
	static struct content content;

	*fixture = (struct fixture){0};
	delivery_init(&fixture->delivery, &fixture->options);
	content = content_borrow(word("0123456789"));
	fixture->parts[0] =
		(struct part){.parent = -1, .type = word("multipart"), .subtype = word("mixed")};
	for (unsigned i = 1; i < 3; i++)
		fixture->parts[i] = (struct part){.index = i,
			.origin = PART_BODY,
			.type = word("text"),
			.subtype = word("plain")};
	for (unsigned i = 0; i < 3 + MEMBERS; i++) {
		fixture->names[i] = word(names[i]);
		fixture->list[i] = (struct object){.index = i,
			.kind = i == 0	? OBJECT_MESSAGE
				: i < 3 ? OBJECT_PART
					: OBJECT_MEMBER,
			.parent = parents[i],
			.part = i == 1 || i == 2 ? &fixture->parts[i] : NULL,
			.content = &content,
			.names = &fixture->names[i],
			.name_count = names[i] != NULL};
	}
	fixture->delivery.message.reading.parts = fixture->parts;
	fixture->delivery.message.reading.count = 3;
	fixture->delivery.objects.list = fixture->list;
	fixture->delivery.objects.count = 3 + MEMBERS;
	fixture->explanation.delivery = &fixture->delivery;
}

static void release_fixture(struct fixture *fixture)
{
	fixture->delivery.message.reading = (struct reading){0};
	fixture->delivery.objects = (struct objects){.message = CONTENT_NONE};
	delivery_release(&fixture->delivery);
}

static void test_members(void **state)
{
	struct terminal terminal = {.width = 80};
	cleanup_buf struct buf out = {0};
	struct fixture fixture;
	struct screen screen;
	struct error error = {0};

	make_fixture(&fixture);
	assert_int_equal(explain_tree(&fixture.explanation, &error), 0);
	assert_int_equal(fixture.explanation.node_count, 8);
	screen_init(&screen, &terminal, &out);
	explain_text_parts(&screen, &fixture.explanation);
	assert_string_equal(buf_cstr(&out),
		"\n"
		"Parts\n"
		"  #0  the whole mail                               10 B\n"
		"      `- multipart/mixed                            0 B\n"
		"  #1     |- text/plain                             10 B\n"
		"  #2     `- a.zip                  text/plain      10 B\n"
		"  #3        |- readme                              10 B\n"
		"  #4        `- inner.tar                           10 B\n"
		"  #5           |- x\\x1B[2J                         10 B\n"
		"  #6           `- \\u{202E}gpj.exe                  10 B\n");
	release_fixture(&fixture);
}

/* A parent that cannot be (itself, a later one, none) is no loop: it hangs on the mail. */
static void test_impossible_parents(void **state)
{
	static const int parents[] = {5, 6, -1, 99};

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		struct fixture fixture;
		struct error error = {0};

		make_fixture(&fixture);
		fixture.list[5].parent = parents[i];
		assert_int_equal(explain_tree(&fixture.explanation, &error), 0);
		assert_int_equal(fixture.explanation.node_count, 8);
		assert_ptr_equal(fixture.explanation.nodes[6].object, &fixture.list[5]);
		assert_int_equal(fixture.explanation.nodes[6].parent, 0);
		release_fixture(&fixture);
	}
}

/* 10,000 members are made in linear time, and only the first hundreds are shown. */
static void test_many_members(void **state)
{
	enum { MANY = 10000 };
	struct terminal terminal = {.width = 80};
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf out = {0};
	struct fixture fixture;
	struct screen screen;
	struct error error = {0};
	struct object *list;

	make_fixture(&fixture);
	list = arena_array(&arena, MANY, sizeof(*list));
	assert_non_null(list);
	memcpy(list, fixture.list, sizeof(fixture.list));
	for (unsigned i = 3 + MEMBERS; i < MANY; i++) {
		list[i] = list[3];
		list[i].index = i;
		list[i].parent = i % 2 ? 2 : (int)i - 1;
	}
	fixture.delivery.objects.list = list;
	fixture.delivery.objects.count = MANY;
	assert_int_equal(explain_tree(&fixture.explanation, &error), 0);
	assert_int_equal(fixture.explanation.node_count, MANY + 1);
	screen_init(&screen, &terminal, &out);
	explain_text_parts(&screen, &fixture.explanation);
	assert_non_null(strstr(buf_cstr(&out), "and 9601 more: --json lists all\n"));
	release_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_impossible_parents),
		cmocka_unit_test(test_many_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
