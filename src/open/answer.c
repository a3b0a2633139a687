/*
 * What qmvc-open answers; see answer.h. One step a line: step_RECORD() says whether that record may
 * stand here. Strings reach the objects' arena only when an answer is whole, so a helper that is
 * killed in the middle leaves no half of an answer behind.
 */
#include "open/answer.h"

#include <errno.h>
#include <stdlib.h>

int answer_init(struct answer *answer, struct objects *objects, const char *tmp)
{
	*answer = (struct answer){.objects = objects, .tmp = tmp, .object = -1};
	answer->member.index = -1;
	content_writer_init(&answer->member.writer, tmp, 0);
	answer->state_room = objects->count ? objects->count : 1;
	answer->states = calloc(answer->state_room, 1);
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
	buf_release(&answer->member.name);
	content_writer_release(&answer->member.writer);
}

void answer_want(struct answer *answer, size_t index)
{
	answer->states[index] = ANSWER_WANTED;
	answer->wanted++;
}

void answer_ask(struct answer *answer, size_t index)
{
	answer_ask_inside(answer, index, 0, 0);
}

void answer_ask_inside(struct answer *answer, size_t index, uint64_t members, uint64_t bytes)
{
	answer->states[index] = ANSWER_ASKED;
	answer->asked++;
	answer->members_left = members;
	answer->bytes_left = bytes;
}

static int step_object(struct answer *answer, uint64_t index)
{
	if (answer->object >= 0 || index >= answer->objects->count ||
		answer->states[index] != ANSWER_ASKED)
		return ANSWER_NONSENSE;
	answer->object = (int)index;
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

static unsigned object_flag(uint64_t flag)
{
	switch ((enum open_flag)flag) {
	case OPEN_FLAG_EXECUTABLE:
		return OBJECT_EXECUTABLE;
	case OPEN_FLAG_ENCRYPTED:
		return OBJECT_ENCRYPTED;
	case OPEN_FLAG_DAMAGED:
		return OBJECT_DAMAGED;
	case OPEN_FLAG_UNSUPPORTED:
		return OBJECT_UNSUPPORTED;
	case OPEN_FLAG_OVERLIMIT:
	default:
		return OBJECT_OVERLIMIT;
	}
}

static int step_flag(struct answer *answer, uint64_t flag)
{
	const unsigned bit = object_flag(flag);

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

static int step_end(struct answer *answer, uint64_t index)
{
	struct arena *arena = &answer->objects->arena;
	struct object *object;
	const char *mime = NULL, *text = NULL;
	const char *const *imports = NULL;

	int failed;

	if (index != (uint64_t)answer->object)
		return ANSWER_NONSENSE;
	failed = member_end(answer);
	if (failed)
		return failed;
	if (answer->mime.len > 0 && !(mime = arena_cstr(arena, buf_slice(&answer->mime))))
		return -ENOMEM;
	if (answer->text.len > 0 && !(text = arena_cstr(arena, buf_slice(&answer->text))))
		return -ENOMEM;
	if (answer->import_count > 0 && !(imports = list_imports(answer)))
		return -ENOMEM;
	object = &answer->objects->list[index];
	object->mime = mime;
	object->description = text;
	object->imports = imports;
	object->flags |= answer->flags | (mime ? OBJECT_TYPED : 0);
	answer->states[index] = ANSWER_GIVEN;
	answer->given++;
	answer->object = -1;
	return 0;
}

/* The question is as if it had not been asked: no other is open, and nothing was said to this one. */
static int step_lacking(struct answer *answer, uint64_t index)
{
	if (index != (uint64_t)answer->object || answer->seen || answer->flags ||
		answer->import_count > 0 || answer->asked != answer->given + 1)
		return ANSWER_NONSENSE;
	answer->states[index] = ANSWER_WANTED;
	answer->asked--;
	answer->object = -1;
	answer->lacking = true;
	return 0;
}

static int step(struct answer *answer, struct slice line)
{
	struct open_record record;

	if (open_record_read(line, &record))
		return ANSWER_NONSENSE;
	/* The greeting comes first and once; the rest belongs to the object that was begun. */
	if (answer->lacking || answer->hello == (record.kind == OPEN_HELLO))
		return ANSWER_NONSENSE;
	if (record.kind != OPEN_HELLO && record.kind != OPEN_OBJECT && answer->object < 0)
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
	case OPEN_MEMBER:
		answer->seen |= 1u << OPEN_MEMBER;
		return member_begin(answer, record.number);
	case OPEN_NAME:
		return member_name(answer, record.number);
	case OPEN_DATA:
		return member_data(answer, record.number);
	case OPEN_END:
		return step_end(answer, record.number);
	case OPEN_LACKING:
		return step_lacking(answer, record.number);
	case OPEN_MEMBERS:
	case OPEN_BYTES:
	case OPEN_RECORD_KINDS:
		break;
	}
	return ANSWER_NONSENSE;
}

/* Takes one line, or as much of it as there is. */
static int take_line(struct answer *answer, struct slice bytes, size_t *taken)
{
	size_t end = slice_find_byte(bytes, '\n', 0);
	int failed;

	if (end > OPEN_LINE_MAX - answer->line.len)
		return ANSWER_NONSENSE;
	failed = buf_add(&answer->line, slice_first(bytes, end));
	if (!failed && end < bytes.len) {
		failed = step(answer, buf_slice(&answer->line));
		buf_clear(&answer->line);
	}
	*taken = end < bytes.len ? end + 1 : end;
	return failed;
}

int answer_feed(struct answer *answer, struct slice bytes)
{
	int failed = answer->nonsense ? ANSWER_NONSENSE : 0;

	while (!failed && bytes.len > 0) {
		size_t taken = 0;

		failed = answer->member.left > 0 ? member_take(answer, bytes, &taken)
						 : take_line(answer, bytes, &taken);
		bytes = slice_from(bytes, taken);
	}
	answer->nonsense = answer->nonsense || failed == ANSWER_NONSENSE;
	return failed;
}

static void give_up_on(struct answer *answer, size_t index, const char *limit)
{
	answer->objects->list[index].flags |= OBJECT_OVERLIMIT;
	answer->objects->list[index].limit = limit;
	answer->states[index] = ANSWER_GIVEN;
}

long answer_restart(struct answer *answer, const char *limit)
{
	const size_t count = answer->objects->count;
	size_t first = count, guilty = count;
	int failed = member_end(answer);

	if (failed)
		return failed;
	/* Answers come in the order of the questions. */
	for (size_t i = 0; i < count && guilty == count; i++)
		if (answer->states[i] == ANSWER_ASKED)
			guilty = i;
	if (answer->object >= 0)
		guilty = (size_t)answer->object;
	for (size_t i = 0; i < count; i++) {
		if (answer->states[i] == ANSWER_ASKED && i != guilty) {
			answer->states[i] = ANSWER_WANTED;
			answer->asked--;
		}
		if (answer->states[i] == ANSWER_WANTED && first == count)
			first = i;
	}
	if (guilty < count) {
		give_up_on(answer, guilty, limit);
		answer->given++;
	}
	answer->object = -1;
	answer->hello = answer->nonsense = answer->lacking = false;
	buf_clear(&answer->line);
	return (long)first;
}

void answer_give_up(struct answer *answer, const char *limit)
{
	for (size_t i = 0; i < answer->objects->count; i++)
		if (answer->states[i] == ANSWER_WANTED || answer->states[i] == ANSWER_ASKED)
			give_up_on(answer, i, limit);
}
