/*
 * Memory for libuv when there is none; see reserve.h. libuv's allocator knows no context, so the
 * reserve stands beside the loop as the one other thing that is global. It costs nothing while it is
 * not touched. Only realloc(3) falls back to it: the table is the one thing libuv lets grow.
 */
#include "loop/reserve.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* A pointer for each descriptor, and a mail has a few dozen of them. */
#define RESERVE_SIZE ((size_t)8192)

static alignas(max_align_t) unsigned char reserve[RESERVE_SIZE];
static bool reserve_taken;

static void release(void *memory)
{
	if (memory == reserve)
		reserve_taken = false;
	else
		free(memory);
}

static void *resize(void *memory, size_t size)
{
	void *moved = memory == reserve ? malloc(size) : realloc(memory, size);

	if (memory == reserve) {
		if (!moved)
			return size <= RESERVE_SIZE ? memory : NULL;
		memcpy(moved, memory, size < RESERVE_SIZE ? size : RESERVE_SIZE);
		reserve_taken = false;
		return moved;
	}
	if (moved || size > RESERVE_SIZE || reserve_taken)
		return moved;
	if (memory) {
		size_t held = malloc_usable_size(memory);

		memcpy(reserve, memory, held < size ? held : size);
		free(memory);
	}
	reserve_taken = true;
	return reserve;
}

void reserve_install(void)
{
	uv_replace_allocator(malloc, resize, calloc, release);
}
