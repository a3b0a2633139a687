/*
 * An arena; see arena.h. Blocks of 8 KB, the first of 2 KB as some arenas hold little; larger requests get a block of their own behind the
 * current one, so that a big copy does not waste what is left of it. What is handed out is zeroed
 * then, and not the block when it is made: a page that is never asked for is never touched.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_SIZE  ((size_t)8192)
#define FIRST_BLOCK ((size_t)2048)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block)
		*block = (struct arena_block){.size = size};
	return block;
}

static size_t block_size(const struct arena *arena, size_t size)
{
	if (size > BLOCK_SIZE / 4)
		return size;
	return arena->blocks || size > FIRST_BLOCK / 4 ? BLOCK_SIZE : FIRST_BLOCK;
}

/* `size` bytes as they are. */
static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *memory;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!block || size > block->size - block->used) {
		block = block_new(block_size(arena, size));
		if (!block)
			return NULL;
		if (arena->blocks && size > BLOCK_SIZE / 4) {
			block->next = arena->blocks->next;
			arena->blocks->next = block;
		} else {
			block->next = arena->blocks;
			arena->blocks = block;
		}
	}
	memory = block->data + block->used;
	block->used += size;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *memory = take(arena, size);

	if (memory)
		memset(memory, 0, size);
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return arena_alloc(arena, total);
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
	unsigned char *copy = bytes.len < SIZE_MAX ? take(arena, bytes.len + 1) : NULL;

	if (!copy)
		return SLICE_EMPTY;
	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	copy[bytes.len] = 0;
	return slice_make(copy, bytes.len);
}

char *arena_cstr(struct arena *arena, struct slice bytes)
{
	char *copy = bytes.len < SIZE_MAX ? take(arena, bytes.len + 1) : NULL;

	if (!copy)
		return NULL;
	copy[bytes.len] = 0;
	for (size_t i = 0; i < bytes.len; i++)
		copy[i] = bytes.data[i] ? (char)bytes.data[i] : '?';
	return copy;
}

/* Formatted straight into what is left of the block, and only once more when that is too little. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
	struct arena_block *block = arena->blocks;
	size_t room = block ? block->size - block->used : 0;
	char *text = room ? (char *)block->data + block->used : NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, room, format, arguments);
	va_end(arguments);
	if (length < 0)
		return NULL;
	if ((size_t)length < room)
		return take(arena, (size_t)length + 1);
	text = take(arena, (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

char *arena_path(struct arena *arena, const char *const *names, size_t count)
{
	size_t size = 0;
	char *path, *end;

	for (size_t i = 0; i < count; i++)
		size += strlen(names[i]) + 1;
	path = take(arena, size);
	if (!path)
		return NULL;
	end = path;
	for (size_t i = 0; i < count; i++) {
		end = stpcpy(end, names[i]);
		*end++ = i + 1 < count ? '/' : 0;
	}
	return path;
}
