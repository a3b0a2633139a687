/*
 * What qmvc-open answers; see answer.h. One step a line: step_RECORD() says whether that record may
 * stand here. Strings reach the objects' arena only when an answer is whole, so a helper that is
 * killed in the middle leaves no half of an answer behind.
 */
#include "open/answer.h"

#include <errno.h>
#include <stdlib.h>

int answer_init(struct answer *answer, struct objects *objects)
{
	*answer = (struct answer){.objects = objects};
	answer->states = calloc(objects->count ? objects->count : 1, 1);
	return answer->states ? 0 : -ENOMEM;
}

void answer_release(struct answer *answer)
{
	free(answer->states);
	answer->states = NULL;
	buf_release(&answer->line);
	buf_release(&answer->mime);
	buf_release(&answer->text);
	buf_release(&answer->imports);
}

void answer_want(struct answer *answer, size_t index)
{
	answer->states[index] = ANSWER_WANTED;
	answer->wanted++;
}

void answer_ask(struct answer *answer, size_t index)
{
	answer->states[index] = ANSWER_ASKED;
	answer->asked++;
}

static int step_object(struct answer *answer, unsigned index)
{
	if (answer->object || index >= answer->objects->count ||
		answer->states[index] != ANSWER_ASKED)
		return ANSWER_NONSENSE;
	answer->object = &answer->objects->list[index];
	answer->seen = 0;
	answer->flags = 0;
	answer->import_count = 0;
	buf_clear(&answer->mime);
	buf_clear(&answer->text);
	buf_clear(&answer->imports);
	return 0;
}

static int step_once(struct answer *answer, const struct open_record *record, struct buf *into)
{
	const unsigned bit = 1u << record->kind;

	if (answer->seen & bit)
		return ANSWER_NONSENSE;
	answer->seen |= bit;
	return buf_add(into, record->text);
}

static int step_flag(struct answer *answer, unsigned flag)
{
	const unsigned bit = flag == OPEN_FLAG_EXECUTABLE ? OBJECT_EXECUTABLE : OBJECT_OVERLIMIT;

	if (answer->flags & bit)
		return ANSWER_NONSENSE;
	answer->flags |= bit;
	return 0;
}

static int step_import(struct answer *answer, struct slice name)
{
	if (answer->import_count >= OPEN_IMPORTS_MAX ||
		name.len > OPEN_IMPORTS_BYTES - (answer->imports.len - answer->import_count) ||
		name.len > OPEN_IMPORTS_TOTAL - answer->import_total)
		return ANSWER_NONSENSE;
	answer->import_count++;
	answer->import_total += name.len;
	buf_add(&answer->imports, name);
	return buf_add_byte(&answer->imports, 0);
}

/* The names as a NULL-terminated list in the arena; NULL without memory. */
static const char *const *list_imports(const struct answer *answer)
{
	struct arena *arena = &answer->objects->arena;
	const char **list = arena_array(arena, answer->import_count + 1u, sizeof(*list));
	struct slice names = arena_copy(arena, buf_slice(&answer->imports));
	size_t at = 0;

	if (!list || !names.data)
		return NULL;
	for (unsigned i = 0; i < answer->import_count; i++) {
		list[i] = (const char *)names.data + at;
		at += strlen(list[i]) + 1;
	}
	return list;
}

static int step_end(struct answer *answer, unsigned index)
{
	struct arena *arena = &answer->objects->arena;
	struct object *object = answer->object;
	const char *mime = NULL, *text = NULL;
	const char *const *imports = NULL;

	if (index != object->index)
		return ANSWER_NONSENSE;
	if (answer->mime.len > 0 && !(mime = arena_cstr(arena, buf_slice(&answer->mime))))
		return -ENOMEM;
	if (answer->text.len > 0 && !(text = arena_cstr(arena, buf_slice(&answer->text))))
		return -ENOMEM;
	if (answer->import_count > 0 && !(imports = list_imports(answer)))
		return -ENOMEM;
	object->mime = mime;
	object->description = text;
	object->imports = imports;
	object->flags |= answer->flags | (mime ? OBJECT_TYPED : 0);
	answer->states[index] = ANSWER_GIVEN;
	answer->given++;
	answer->object = NULL;
	return 0;
}

static int step(struct answer *answer, struct slice line)
{
	struct open_record record;

	if (open_record_read(line, &record))
		return ANSWER_NONSENSE;
	/* The greeting comes first and once; the rest belongs to the object that was begun. */
	if (answer->hello == (record.kind == OPEN_HELLO))
		return ANSWER_NONSENSE;
	if (record.kind != OPEN_HELLO && record.kind != OPEN_OBJECT && !answer->object)
		return ANSWER_NONSENSE;
	switch (record.kind) {
	case OPEN_HELLO:
		answer->hello = record.number == OPEN_VERSION;
		return answer->hello ? 0 : ANSWER_NONSENSE;
	case OPEN_OBJECT:
		return step_object(answer, record.number);
	case OPEN_MIME:
		return step_once(answer, &record, &answer->mime);
	case OPEN_TEXT:
		return step_once(answer, &record, &answer->text);
	case OPEN_FLAG:
		return step_flag(answer, record.number);
	case OPEN_IMPORT:
		return step_import(answer, record.text);
	case OPEN_END:
		return step_end(answer, record.number);
	case OPEN_RECORD_KINDS:
		break;
	}
	return ANSWER_NONSENSE;
}

int answer_feed(struct answer *answer, struct slice bytes)
{
	int failed = answer->nonsense ? ANSWER_NONSENSE : 0;

	while (!failed && bytes.len > 0) {
		size_t end = slice_find_byte(bytes, '\n', 0);

		if (end > OPEN_LINE_MAX - answer->line.len) {
			failed = ANSWER_NONSENSE;
		} else {
			failed = buf_add(&answer->line, slice_first(bytes, end));
			if (!failed && end < bytes.len) {
				failed = step(answer, buf_slice(&answer->line));
				buf_clear(&answer->line);
			}
			bytes = slice_from(bytes, end + 1);
		}
	}
	answer->nonsense = answer->nonsense || failed == ANSWER_NONSENSE;
	return failed;
}

void answer_give_up(struct answer *answer)
{
	for (size_t i = 0; i < answer->objects->count; i++)
		if (answer->states[i] == ANSWER_WANTED || answer->states[i] == ANSWER_ASKED)
			answer->objects->list[i].flags |= OBJECT_OVERLIMIT;
}
