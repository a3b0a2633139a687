/*
 * Preloaded into qmvc: its FAULT_AT-th allocation finds no memory; see fault.h. What libc, libuv
 * and PCRE2 allocate comes by here too. The real allocator is whatever is next in line: glibc's, or
 * that of a sanitizer, which then tells of what an error path forgets to free.
 */
#include "fault.h"

#include <dlfcn.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

/* For the few bytes that are asked for while the next allocator is still being looked up. */
static alignas(max_align_t) unsigned char early[65536];
static size_t early_used;

static bool is_early(const void *memory)
{
	return (uintptr_t)memory - (uintptr_t)early < sizeof(early);
}

static void *early_alloc(size_t size)
{
	void *memory = early + early_used;

	size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	if (size > sizeof(early) - early_used)
		return NULL;
	early_used += size;
	return memory;
}

/* The next function of that name, or NULL while one is being looked up. */
static void *next(const char *name, void **known)
{
	/* dlsym(3) frees, but is declared as if it called nobody back: the compiler must be told. */
	static volatile bool looking;

	if (!*known && !looking) {
		looking = true;
		*known = dlsym(RTLD_NEXT, name);
		looking = false;
	}
	return *known;
}

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	static void *known;
	void *(*real)(size_t);

	if (fault_due("malloc", (int)size))
		return no_memory();
	real = (void *(*)(size_t))next("malloc", &known);
	return real ? real(size) : early_alloc(size);
}

void *calloc(size_t count, size_t size)
{
	static void *known;
	void *(*real)(size_t, size_t);

	if (fault_due("calloc", (int)(count * size)))
		return no_memory();
	real = (void *(*)(size_t, size_t))next("calloc", &known);
	return real ? real(count, size) : early_alloc(count * size);
}

void *realloc(void *memory, size_t size)
{
	static void *known;
	void *(*real)(void *, size_t);

	/* How large it was, nobody noted: what lies behind it is ours too. */
	if (is_early(memory)) {
		size_t behind = sizeof(early) - (size_t)((unsigned char *)memory - early);
		void *moved = malloc(size);

		return moved ? memcpy(moved, memory, size < behind ? size : behind) : NULL;
	}
	if (fault_due("realloc", (int)size))
		return no_memory();
	real = (void *(*)(void *, size_t))next("realloc", &known);
	return real ? real(memory, size) : early_alloc(size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(count, size, &total) ? no_memory() : realloc(memory, total);
}

void free(void *memory)
{
	static void *known;
	void (*real)(void *);

	if (is_early(memory))
		return;
	real = (void (*)(void *))next("free", &known);
	if (real)
		real(memory);
}
