/*
 * Fuzz target: the input is what a qmvc-open says that has been taken over. Checked: no object
 * changes but one that was asked for and answered in full, what is stored can be shown, and the
 * size of the pieces it comes in makes no difference.
 */
#include "message/unicode.h"
#include "message/utf8.h"
#include "open/answer.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_open_answer: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

#define OBJECTS 8
#define ASKED	5 /* 1 to 4; 5 to 7 are wanted, 0 is not */
#define MEMBERS 3 /* what may come out of what was asked for */
#define BYTES	100

struct run {
	struct objects objects;
	struct object list[OBJECTS];
	struct answer answer;
	int result;
};

static void run(struct run *run, struct slice bytes, size_t piece)
{
	*run = (struct run){.objects = {.list = run->list, .count = OBJECTS}};
	for (unsigned i = 0; i < OBJECTS; i++)
		run->list[i].index = i;
	REQUIRE(answer_init(&run->answer, &run->objects, "/tmp") == 0);
	for (unsigned i = 1; i < OBJECTS; i++)
		answer_want(&run->answer, i);
	for (unsigned i = 1; i < ASKED; i++)
		answer_ask_inside(&run->answer, i, MEMBERS, BYTES);
	for (; bytes.len > 0 && run->result == 0; bytes = slice_from(bytes, piece))
		run->result = answer_feed(&run->answer, slice_first(bytes, piece));
}

static void release(struct run *run)
{
	answer_release(&run->answer);
	objects_release(&run->objects);
}

static void check_text(const char *text)
{
	struct slice rest = slice_cstr(text);
	size_t at = 0;

	REQUIRE(rest.len <= OPEN_LINE_MAX);
	while (at < rest.len) {
		uint32_t character = utf8_next(rest, &at);

		REQUIRE(character != UTF8_WRONG && !unicode_is_invisible(character));
	}
}

static void check_object(const struct run *run, const struct object *object)
{
	bool given = run->answer.states[object->index] == ANSWER_GIVEN;
	unsigned count = 0;

	REQUIRE(!given || (object->index >= 1 && object->index < ASKED));
	REQUIRE(given || (!object->mime && !object->description && !object->imports));
	REQUIRE(given || object->flags == 0);
	REQUIRE(!object->mime == !(object->flags & OBJECT_TYPED));
	if (object->mime)
		check_text(object->mime);
	if (object->description)
		check_text(object->description);
	for (const char *const *name = object->imports; name && *name; name++, count++)
		check_text(*name);
	REQUIRE(count <= OPEN_IMPORTS_MAX);
}

/* No more of them than was allowed, each below one that was asked for. */
static void check_members(const struct run *run)
{
	size_t bytes = 0;

	REQUIRE(run->objects.count <= OBJECTS + MEMBERS);
	for (size_t i = OBJECTS; i < run->objects.count; i++) {
		const struct object *member = &run->objects.list[i];

		REQUIRE(member->index == i && member->kind == OBJECT_MEMBER);
		REQUIRE(member->parent >= 1 && member->parent < ASKED && member->depth == 1);
		bytes += member->content->bytes.len;
	}
	REQUIRE(bytes <= BYTES);
}

static bool same(const char *a, const char *b)
{
	return !a == !b && (!a || strcmp(a, b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_make(data, size);
	struct run whole, pieces;

	run(&whole, bytes, size + 1);
	run(&pieces, bytes, size % 7 + 1);
	REQUIRE(whole.result == pieces.result);
	REQUIRE(whole.objects.count == pieces.objects.count);
	for (unsigned i = 0; i < OBJECTS; i++) {
		const struct object *one = &whole.objects.list[i], *two = &pieces.objects.list[i];

		check_object(&whole, one);
		check_object(&pieces, two);
		REQUIRE(one->flags == two->flags);
		REQUIRE(same(one->mime, two->mime));
	}
	REQUIRE(answer_restart(&whole.answer, NULL) >= 0);
	check_members(&whole);
	REQUIRE(answer_restart(&pieces.answer, NULL) >= 0);
	check_members(&pieces);
	release(&whole);
	release(&pieces);
	return 0;
}
