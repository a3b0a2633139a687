/*
 * Content: where the bytes of a part live; see content.h. Most parts are borrowed from the mapped
 * message and cost nothing. What has to be decoded is written through a writer, which keeps small
 * things in memory, because a file costs a dozen system calls, and large ones in a file without a
 * name, because a mail of 100 MB must not cost 100 MB of memory in every delivery at once.
 */
#include "message/content.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* After the move into a file, the memory serves as its write buffer of this size. */
#define WRITE_SIZE ((size_t)256 * 1024)
#define FIRST_SIZE ((size_t)4096)

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
	if (content->home == CONTENT_FILE) {
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

void content_writer_init(struct content_writer *writer, const char *tmp, uint64_t limit)
{
	*writer = (struct content_writer){.tmp = tmp, .limit = limit, .fd = -1};
}

/*
 * -EFBIG is the writer's word for its own limit, which is the mail's doing. A file that may not
 * grow (RLIMIT_FSIZE) is the environment's, and must not look like it.
 */
static int write_file(int fd, struct slice bytes)
{
	int error = fd_write_all(fd, bytes);

	return error == -EFBIG ? -ENOSPC : error;
}

static int flush(struct content_writer *writer)
{
	int error = write_file(writer->fd, slice_make(writer->data, writer->len));

	if (error)
		return error;
	writer->len = 0;
	return 0;
}

/* Moves what is in memory into a file, where everything that follows will go. */
static int spill(struct content_writer *writer)
{
	cleanup_fd int fd = fd_unlinked(writer->tmp);
	int error;

	if (fd < 0)
		return fd;
	error = write_file(fd, slice_make(writer->data, writer->len));
	if (error)
		return error;
	writer->len = 0;
	writer->fd = take_fd(&fd);
	return 0;
}

/* Room for `more` bytes, which the caller has checked to fit into CONTENT_MEMORY_MAX. */
static int grow(struct content_writer *writer, size_t more)
{
	size_t cap = writer->cap ? writer->cap : FIRST_SIZE;
	unsigned char *data;

	if (more <= writer->cap - writer->len)
		return 0;
	while (cap - writer->len < more)
		cap *= 2;
	data = realloc(writer->data, cap);
	if (!data)
		return -ENOMEM;
	writer->data = data;
	writer->cap = cap;
	return 0;
}

static int add_to_file(struct content_writer *writer, struct slice bytes)
{
	int error;

	if (bytes.len > WRITE_SIZE - writer->len) {
		error = flush(writer);
		if (error)
			return error;
	}
	if (bytes.len >= WRITE_SIZE)
		return write_file(writer->fd, bytes);
	error = grow(writer, bytes.len);
	if (error)
		return error;
	memcpy(writer->data + writer->len, bytes.data, bytes.len);
	writer->len += bytes.len;
	return 0;
}

int content_writer_add(struct content_writer *writer, struct slice bytes)
{
	uint64_t room = writer->limit - writer->total;
	bool over = bytes.len > room;
	int error;

	if (over)
		bytes = slice_first(bytes, (size_t)room);
	if (bytes.len > 0) {
		if (writer->fd < 0 && bytes.len > CONTENT_MEMORY_MAX - writer->len) {
			error = spill(writer);
			if (error)
				return error;
		}
		if (writer->fd >= 0) {
			error = add_to_file(writer, bytes);
			if (error)
				return error;
		} else {
			error = grow(writer, bytes.len);
			if (error)
				return error;
			memcpy(writer->data + writer->len, bytes.data, bytes.len);
			writer->len += bytes.len;
		}
		writer->total += bytes.len;
	}
	return over ? -EFBIG : 0;
}

static int finish_file(struct content_writer *writer, struct content *content)
{
	void *map;
	int error = flush(writer);

	if (error)
		return error;
	if (writer->total > SIZE_MAX)
		return -EOVERFLOW;
	map = mmap(NULL, (size_t)writer->total, PROT_READ, MAP_PRIVATE, writer->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	free(take_ptr(&writer->data));
	*content = (struct content){.bytes = slice_make(map, (size_t)writer->total),
		.home = CONTENT_FILE,
		.fd = take_fd(&writer->fd)};
	return 0;
}

int content_writer_finish(struct content_writer *writer, struct content *content)
{
	int error = 0;

	if (writer->fd >= 0) {
		error = finish_file(writer, content);
	} else {
		unsigned char *fitted = NULL;

		/* What grew by doubling may be twice as large as its content. */
		if (writer->len > 0 && writer->len < writer->cap)
			fitted = realloc(writer->data, writer->len);
		if (fitted)
			writer->data = fitted;
		*content = (struct content){.bytes = slice_make(writer->data, writer->len),
			.home = CONTENT_MEMORY,
			.fd = -1};
		writer->data = NULL;
	}
	if (error)
		return error;
	writer->len = writer->cap = 0;
	return 0;
}

void content_writer_release(struct content_writer *writer)
{
	free(writer->data);
	if (writer->fd >= 0)
		close(writer->fd);
	content_writer_init(writer, writer->tmp, 0);
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

	if (content->home != CONTENT_MEMORY)
		return 0;
	if (len <= CONTENT_POOL_MEMORY - pool->memory) {
		pool->memory += len;
		return 0;
	}
	if (pool->count == 0 || len > POOL_FILE_SIZE - pool->used)
		failed = pool_grow(pool, tmp);
	if (!failed)
		failed = write_file(pool->fd, content->bytes);
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
