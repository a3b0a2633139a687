/*
 * The writer of content: it keeps small things in memory, because a file costs a dozen system calls,
 * and large ones in a file without a name, because a mail of 100 MB must not cost 100 MB of memory in
 * every delivery at once. What is between goes into a memfd: qmvc-open and each scanner want a
 * descriptor of it, and so all have the same pages, which seals keep as they are. Those pages are
 * only ever written by write(2), which says when there are no more of them; who writes to a mapping
 * is killed then. Without a memfd everything works as well: its bytes stay in memory, or go back there.
 */
#include "message/content_private.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* After the move into a file or memfd, the memory serves as its write buffer of this size. */
#define WRITE_SIZE	  ((size_t)256 * 1024)
#define SEALED_WRITE_SIZE ((size_t)16 * 1024)

/*
 * A memfd is kept only under a low number, which says how few descriptors are open: how many parts
 * and members a mail has is its sender's choice. Three quarters of them, and so many in any case, are
 * for everything else: scanners may be four, each with a window of objects.
 */
#define SEALED_FD_END	 256
#define SEALED_FDS_SHARE 4
#define OTHER_FDS	 128
#define SEALS		 (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define FIRST_SIZE	 ((size_t)4096)

void content_writer_init(struct content_writer *writer, const char *tmp, uint64_t limit)
{
	*writer = (struct content_writer){.tmp = tmp, .limit = limit, .fd = -1};
}

void content_writer_expect(struct content_writer *writer, uint64_t bytes)
{
	writer->in_file = bytes / 2 > CONTENT_MEMORY_MAX && writer->limit > CONTENT_MEMORY_MAX;
}

static size_t write_size(const struct content_writer *writer)
{
	return writer->sealing ? SEALED_WRITE_SIZE : WRITE_SIZE;
}

static int flush(struct content_writer *writer)
{
	int error = content_write(writer->fd, slice_make(writer->data, writer->len));

	if (error)
		return error;
	writer->len = 0;
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

/* How much of the whole the file or memfd holds; one that failed may hold more, which is no part. */
static size_t stored(const struct content_writer *writer)
{
	return (size_t)writer->total - writer->len;
}

static bool may_keep(int fd)
{
	struct rlimit most;

	return fd < SEALED_FD_END && getrlimit(RLIMIT_NOFILE, &most) == 0 &&
	       (rlim_t)fd < most.rlim_cur / SEALED_FDS_SHARE &&
	       (rlim_t)fd + OTHER_FDS < most.rlim_cur;
}

/*
 * Moves what is in memory into a memfd. That there is none, or none that can be sealed and kept, is
 * no error: it stays in memory, and is not tried again.
 */
static void share(struct content_writer *writer)
{
	cleanup_fd int fd = memfd_create("qmvc", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	writer->in_memory = true;
	if (fd < 0 || !may_keep(fd))
		return;
	if (content_write(fd, slice_make(writer->data, writer->len)))
		return;
	writer->len = 0;
	writer->fd = take_fd(&fd);
	writer->in_memory = false;
	writer->sealing = true;
}

/* Moves everything out of the memfd, which could not be filled or sealed, back into memory. */
static int unshare(struct content_writer *writer)
{
	cleanup_free unsigned char *buffered = writer->data;
	const size_t len = writer->len, before = stored(writer);
	cleanup_fd int fd = take_fd(&writer->fd);
	int error;

	writer->data = NULL;
	writer->len = writer->cap = 0;
	writer->sealing = false;
	writer->in_memory = true;
	error = grow(writer, before + len);
	while (!error && writer->len < before) {
		ssize_t got = pread(
			fd, writer->data + writer->len, before - writer->len, (off_t)writer->len);

		if (got > 0)
			writer->len += (size_t)got;
		else if (got == 0 || errno != EINTR)
			error = got == 0 ? -EIO : -errno;
	}
	if (error)
		return error;
	if (len > 0)
		memcpy(writer->data + writer->len, buffered, len);
	writer->len += len;
	return 0;
}

static int copy_memfd(struct content_writer *writer, int to)
{
	const size_t len = stored(writer);
	void *map;
	int error;

	if (len == 0)
		return 0;
	map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, writer->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	error = content_write(to, slice_make(map, len));
	munmap(map, len);
	return error;
}

/* Moves what is in memory or a memfd into a file, where everything that follows will go. */
static int spill(struct content_writer *writer)
{
	cleanup_fd int fd = fd_unlinked(writer->tmp);
	int error;

	if (fd < 0)
		return fd;
	error = writer->sealing ? copy_memfd(writer, fd)
				: content_write(fd, slice_make(writer->data, writer->len));
	if (error)
		return error;
	if (writer->sealing)
		close(writer->fd);
	else
		writer->len = 0;
	writer->sealing = false;
	writer->fd = take_fd(&fd);
	return 0;
}

static int add_to_memory(struct content_writer *writer, struct slice bytes)
{
	int error = grow(writer, bytes.len);

	if (error)
		return error;
	memcpy(writer->data + writer->len, bytes.data, bytes.len);
	writer->len += bytes.len;
	return 0;
}

static int add_to_file(struct content_writer *writer, struct slice bytes)
{
	const size_t size = write_size(writer);

	if (bytes.len > size - writer->len) {
		int error = flush(writer);

		if (error)
			return error;
	}
	if (bytes.len >= size)
		return content_write(writer->fd, bytes);
	return add_to_memory(writer, bytes);
}

/* Adds bytes that the limit lets in, and moves to where so many belong. */
static int add(struct content_writer *writer, struct slice bytes)
{
	const uint64_t after = writer->total + bytes.len;
	const bool in_file = writer->fd >= 0 && !writer->sealing;
	int error = 0;

	if ((after > CONTENT_MEMORY_MAX || writer->in_file) && !in_file)
		error = spill(writer);
	else if (after > CONTENT_SMALL_MAX && writer->fd < 0 && !writer->in_memory)
		share(writer);
	if (error)
		return error;
	if (writer->fd < 0)
		return add_to_memory(writer, bytes);
	error = add_to_file(writer, bytes);
	if (error && writer->sealing) {
		error = unshare(writer);
		if (!error)
			error = add_to_memory(writer, bytes);
	}
	return error;
}

int content_writer_add(struct content_writer *writer, struct slice bytes)
{
	uint64_t room = writer->limit - writer->total;
	bool over = bytes.len > room;
	int error;

	if (over)
		bytes = slice_first(bytes, (size_t)room);
	if (bytes.len > 0) {
		error = add(writer, bytes);
		if (error)
			return error;
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
	/* Sealed first: from here on nobody who is given it can change it, or make it shorter. */
	if (writer->sealing && fcntl(writer->fd, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	map = mmap(NULL, (size_t)writer->total, PROT_READ, MAP_PRIVATE, writer->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	free(take_ptr(&writer->data));
	*content = (struct content){.bytes = slice_make(map, (size_t)writer->total),
		.home = writer->sealing ? CONTENT_SEALED : CONTENT_FILE,
		.fd = take_fd(&writer->fd)};
	return 0;
}

static void finish_memory(struct content_writer *writer, struct content *content)
{
	unsigned char *fitted = NULL;

	/* What grew by doubling may be twice as large as its content. */
	if (writer->len > 0 && writer->len < writer->cap)
		fitted = realloc(writer->data, writer->len);
	if (fitted)
		writer->data = fitted;
	*content = (struct content){
		.bytes = slice_make(writer->data, writer->len), .home = CONTENT_MEMORY, .fd = -1};
	writer->data = NULL;
}

int content_writer_finish(struct content_writer *writer, struct content *content)
{
	int error = 0;

	if (writer->fd >= 0)
		error = finish_file(writer, content);
	else
		finish_memory(writer, content);
	if (error && writer->sealing) {
		error = unshare(writer);
		if (!error)
			finish_memory(writer, content);
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
