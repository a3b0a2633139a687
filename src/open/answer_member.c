/*
 * The members an archive gives up, as they come from qmvc-open. Their bytes go through a writer
 * into memory, or into an unlinked file when they are many; no more of them is taken than the
 * question allowed, whatever the helper says.
 */
#include "open/answer.h"

#include <errno.h>
#include <stdlib.h>

/* What a compressed file is called, and what its content then is. */
static const struct {
	const char *suffix, *becomes;
} suffixes[] = {
	{".tgz", ".tar"},
	{".tbz", ".tar"},
	{".tbz2", ".tar"},
	{".txz", ".tar"},
	{".tlz", ".tar"},
	{".tzst", ".tar"},
	{".taz", ".tar"},
	{".svgz", ".svg"},
	{".wmz", ".wmf"},
	{".emz", ".emf"},
	{".gz", ""},
	{".bz2", ""},
	{".xz", ""},
	{".lzma", ""},
	{".lz4", ""},
	{".lz", ""},
	{".zst", ""},
	{".z", ""},
	{".uu", ""},
	{".uue", ""},
};

#define SUFFIXES (sizeof(suffixes) / sizeof(suffixes[0]))

static int grow_states(struct answer *answer)
{
	const size_t room = answer->state_room * 2;
	unsigned char *states = realloc(answer->states, room);

	if (!states)
		return -ENOMEM;
	memset(states + answer->state_room, ANSWER_NOT_WANTED, room - answer->state_room);
	answer->states = states;
	answer->state_room = room;
	return 0;
}

int member_begin(struct answer *answer, uint64_t kind)
{
	struct answer_member *member = &answer->member;
	int failed = member_end(answer);

	if (failed)
		return failed;
	if (answer->members_left == 0 || kind > OPEN_MEMBER_CONTENT)
		return ANSWER_NONSENSE;
	if (answer->objects->count >= answer->state_room)
		failed = grow_states(answer);
	if (!failed)
		failed = objects_add_member(answer->objects, (unsigned)answer->object);
	if (failed)
		return failed;
	answer->members_left--;
	member->index = (int)answer->objects->count - 1;
	member->content = kind == OPEN_MEMBER_CONTENT;
	member->names = 0;
	content_writer_init(&member->writer, answer->tmp, UINT64_MAX);
	return 0;
}

int member_name(struct answer *answer, uint64_t length)
{
	struct answer_member *member = &answer->member;

	if (member->index < 0 || length == 0 || length > OPEN_NAME_MAX ||
		member->names >= OPEN_NAMES_MAX)
		return ANSWER_NONSENSE;
	member->names++;
	member->left = length;
	member->in_name = true;
	buf_clear(&member->name);
	return 0;
}

int member_data(struct answer *answer, uint64_t length)
{
	struct answer_member *member = &answer->member;

	if (member->index < 0 || length == 0 || length > OPEN_DATA_MAX ||
		length > answer->bytes_left)
		return ANSWER_NONSENSE;
	answer->bytes_left -= length;
	member->left = length;
	member->in_name = false;
	return 0;
}

int member_take(struct answer *answer, struct slice bytes, size_t *taken)
{
	struct answer_member *member = &answer->member;
	int failed;

	bytes = slice_first(bytes, member->left < bytes.len ? (size_t)member->left : bytes.len);
	*taken = bytes.len;
	member->left -= bytes.len;
	if (!member->in_name)
		return content_writer_add(&member->writer, bytes);
	failed = buf_add(&member->name, bytes);
	if (!failed && member->left == 0)
		failed = object_add_name(answer->objects, &answer->objects->list[member->index],
			buf_slice(&member->name));
	return failed;
}

/* "invoice.exe.gz" holds "invoice.exe", whatever its header says. */
static int name_after_container(struct answer *answer, struct object *object)
{
	const struct object *container = &answer->objects->list[object->parent];
	int failed = 0;

	for (size_t n = 0; n < container->name_count && !failed; n++) {
		const struct slice name = container->names[n];

		for (size_t i = 0; i < SUFFIXES; i++) {
			cleanup_buf struct buf made = {0};
			size_t end = name.len - strlen(suffixes[i].suffix);

			if (!slice_ends_nocase(name, suffixes[i].suffix) || end == 0)
				continue;
			buf_add(&made, slice_first(name, end));
			failed = buf_add_cstr(&made, suffixes[i].becomes);
			if (!failed)
				failed = object_add_name(
					answer->objects, object, buf_slice(&made));
			break;
		}
	}
	return failed;
}

int member_end(struct answer *answer)
{
	struct answer_member *member = &answer->member;
	struct object *object;
	int failed;

	if (member->index < 0)
		return 0;
	object = &answer->objects->list[member->index];
	failed = content_writer_finish(&member->writer, object->unpacked);
	content_writer_release(&member->writer);
	if (!failed)
		failed = content_pool_take(&answer->objects->pool, answer->tmp, object->unpacked);
	if (!failed && member->content)
		failed = name_after_container(answer, object);
	member->index = -1;
	member->left = 0;
	return failed;
}
