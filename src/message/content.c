/*
 * Content: where the bytes of a part live; see content.h. Most parts are borrowed from the mapped
 * message and cost nothing; what had to be decoded or unpacked came through a writer
 * (content_writer.c).
 */
#include "message/content_private.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Of a pool's file. Its mapping is made at once, and holds no page before something is read. */
#define POOL_FILE_SIZE ((size_t)64 * 1024 * 1024)

struct content content_borrow(struct slice bytes)
{
	return (struct content){.bytes = bytes, .home = CONTENT_BORROWED, .fd = -1};
}

static void *writable(struct slice bytes)
{
	return (void *)(uintptr_t)bytes.data;
}

void content_release(struct content *content)
{
	switch (content->home) {
	case CONTENT_BORROWED:
		break;
	case CONTENT_MEMORY:
		free(writable(content->bytes));
		break;
	case CONTENT_SEALED:
	case CONTENT_FILE:
		if (content->bytes.len > 0)
			munmap(writable(content->bytes), content->bytes.len);
		if (content->fd >= 0)
			close(content->fd);
		break;
	}
	*content = CONTENT_NONE;
}

int content_open(const struct content *content)
{
	if (content->home == CONTENT_FILE || content->home == CONTENT_SEALED) {
		char path[64];
		int fd;

		/* A dup(2) would share the offset with the writer and with other scanners. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", content->fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			return -errno;
	}
	return fd_in_memory(content->bytes);
}

/* A new file to fill; the one before it stays mapped. */
static int pool_grow(struct content_pool *pool, const char *tmp)
{
	cleanup_fd int fd = fd_unlinked(tmp);
	unsigned char **files;
	void *map;

	if (fd < 0)
		return fd;
	files = realloc(pool->files, (pool->count + 1) * sizeof(*files));
	if (!files)
		return -ENOMEM;
	pool->files = files;
	map = mmap(NULL, POOL_FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	if (pool->count > 0)
		close(pool->fd);
	files[pool->count++] = map;
	pool->fd = take_fd(&fd);
	pool->used = 0;
	return 0;
}

int content_pool_take(struct content_pool *pool, const char *tmp, struct content *content)
{
	const size_t len = content->bytes.len;
	int failed = 0;

	if (content->home != CONTENT_MEMORY && content->home != CONTENT_SEALED)
		return 0;
	if (len <= CONTENT_POOL_MEMORY - pool->memory) {
		pool->memory += len;
		return 0;
	}
	if (pool->count == 0 || len > POOL_FILE_SIZE - pool->used)
		failed = pool_grow(pool, tmp);
	if (!failed)
		failed = content_write(pool->fd, content->bytes);
	if (failed)
		return failed;
	content_release(content);
	*content = content_borrow(slice_make(pool->files[pool->count - 1] + pool->used, len));
	pool->used += len;
	return 0;
}

void content_pool_release(struct content_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		munmap(pool->files[i], POOL_FILE_SIZE);
	free(pool->files);
	if (pool->count > 0)
		close(pool->fd);
	*pool = (struct content_pool){0};
}
