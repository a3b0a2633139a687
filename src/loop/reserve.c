/*
 * Memory for libuv when there is none; see reserve.h. libuv's allocator knows no context, so
 * where the reserve is stands beside the loop as the one other thing that is global. It lies in the loop,
 * where nothing is behind it that is touched for each mail. Only realloc(3) falls back to it: the table
 * is the one thing libuv lets grow. It holds a pointer for each descriptor, of which a mail has a few dozen.
 */
#include "loop/reserve.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static void *reserve; /* NULL: there is none yet */
static bool reserve_taken;

static void release(void *memory)
{
	if (memory && memory == reserve)
		reserve_taken = false;
	else
		free(memory);
}

static void *resize(void *memory, size_t size)
{
	bool in_reserve = memory && memory == reserve;
	void *moved = in_reserve ? malloc(size) : realloc(memory, size);

	if (in_reserve) {
		if (!moved)
			return size <= RESERVE_SIZE ? memory : NULL;
		memcpy(moved, memory, size < RESERVE_SIZE ? size : RESERVE_SIZE);
		reserve_taken = false;
		return moved;
	}
	if (moved || size > RESERVE_SIZE || reserve_taken || !reserve)
		return moved;
	if (memory) {
		size_t held = malloc_usable_size(memory);

		memcpy(reserve, memory, held < size ? held : size);
		free(memory);
	}
	reserve_taken = true;
	return reserve;
}

void reserve_install(void *memory)
{
	reserve = memory;
	reserve_taken = false;
	uv_replace_allocator(malloc, resize, calloc, release);
}
