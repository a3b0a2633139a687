/*
 * An arena: many small allocations, one release. One lives as long as a delivery (or a profile);
 * what it hands out is never freed alone. It holds memory only: no descriptor may hang on a struct
 * that lives in an arena, because nothing would close it.
 */
#ifndef QMVC_BASE_ARENA_H
#define QMVC_BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
};

/* Frees everything; legal on a zeroed one. */
void arena_release(struct arena *arena);
/* `size` zeroed bytes, aligned for any type; NULL when there is no memory. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size, overflow checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* A copy with a NUL behind it; data is NULL when there is no memory. */
struct slice arena_copy(struct arena *arena, struct slice bytes);
/* As arena_copy, as a C string: NUL bytes inside become '?'. NULL when there is no memory. */
char *arena_cstr(struct arena *arena, struct slice bytes);
/* printf into the arena; NULL when there is no memory. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The `count` names, at least one, with a slash between each two; NULL when there is no memory. */
char *arena_path(struct arena *arena, const char *const *names, size_t count);

#define ARENA_PATH(arena, ...)                                                                     \
	arena_path((arena), (const char *const[]){__VA_ARGS__},                                    \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define cleanup_arena	       __attribute__((cleanup(arena_release)))

#endif
