/* Compressing one log; see log_pack.h. */
#include "report/log_pack.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/log_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zstd.h>

#define NAME_SIZE 256
#define PIECE	  ((size_t)128 << 10)
#define OPEN_LOG  (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct packing {
	int from, to;
	ZSTD_CCtx *zstd;
	unsigned char in[PIECE], out[PIECE];
};

static void free_packing(struct packing **packing)
{
	if (!*packing)
		return;
	ZSTD_freeCCtx((*packing)->zstd);
	free(*packing);
}

/* One piece, or with ZSTD_e_end the end of it all. Returns 0 or a negative errno. */
static int pack_piece(struct packing *packing, size_t length, ZSTD_EndDirective end)
{
	ZSTD_inBuffer in = {packing->in, length, 0};
	size_t left;

	do {
		ZSTD_outBuffer out = {packing->out, sizeof(packing->out), 0};
		int result;

		left = ZSTD_compressStream2(packing->zstd, &out, &in, end);
		if (ZSTD_isError(left))
			return -ENOMEM; /* what else can fail are parameters */
		result = fd_write_all(packing->to, slice_make(packing->out, out.pos));
		if (result)
			return result;
	} while (end == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return 0;
}

static int pack_all(int from, int to)
{
	cleanup_(free_packing) struct packing *packing = calloc(1, sizeof(*packing));
	ssize_t got;
	int result = 0;

	if (!packing)
		return -ENOMEM;
	packing->from = from;
	packing->to = to;
	packing->zstd = ZSTD_createCCtx();
	if (!packing->zstd ||
		ZSTD_isError(ZSTD_CCtx_setParameter(packing->zstd, ZSTD_c_checksumFlag, 1)))
		return -ENOMEM;
	while (result == 0 && (got = read(from, packing->in, sizeof(packing->in))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		result = got < 0 ? -errno : pack_piece(packing, (size_t)got, ZSTD_e_continue);
	}
	return result ? result : pack_piece(packing, 0, ZSTD_e_end);
}

/* `from`, compressed into the new file `temporary`, on disk. */
static int write_packed(int dir, int from, const char *temporary)
{
	cleanup_fd int to = -1;
	struct stat status;
	int result;

	if (fstat(from, &status) < 0)
		return -errno;
	if (unlinkat(dir, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	to = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	result = pack_all(from, to);
	/* Readers go by the time of the last line. */
	if (result == 0 &&
		(fchmod(to, status.st_mode & 0666) < 0 ||
			futimens(to, (struct timespec[]){status.st_atim, status.st_mtim}) < 0))
		result = -errno;
	return result ? result : fd_sync(to);
}

static void free_source(struct log_source **source)
{
	log_source_free(*source);
}

/* Fills `room` unless the end comes first. */
static ssize_t read_whole(struct log_source *source, unsigned char *room)
{
	size_t filled = 0;

	while (filled < PIECE) {
		ssize_t got = log_source_read(source, room + filled, PIECE - filled);

		if (got <= 0)
			return got < 0 ? got : (ssize_t)filled;
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}

/* Do both hold the same? Returns 0 (yes), 1 or a negative errno. Owns both descriptors. */
static int compare(int one_fd, int other_fd)
{
	cleanup_(free_source) struct log_source *one = NULL, *other = NULL;
	cleanup_free unsigned char *room = malloc(2 * PIECE);
	int result = log_source_new(one_fd, &one);

	if (result)
		close(other_fd);
	else
		result = log_source_new(other_fd, &other);
	if (result)
		return result;
	if (!room)
		return -ENOMEM;
	for (;;) {
		ssize_t got = read_whole(one, room), there = read_whole(other, room + PIECE);

		if (got < 0 || there < 0)
			return (int)(got < 0 ? got : there);
		if (got != there || memcmp(room, room + PIECE, (size_t)got) != 0)
			return 1;
		if (got == 0)
			return 0;
	}
}

int log_pack(int dir, const char *name)
{
	cleanup_fd int plain = openat(dir, name, OPEN_LOG), packed = -1;
	char whole[NAME_SIZE], temporary[NAME_SIZE];
	int result;

	if (plain < 0)
		return -errno;
	snprintf(whole, sizeof(whole), "%.200s.zst", name);
	snprintf(temporary, sizeof(temporary), ".%.200s.zst.new", name);
	packed = openat(dir, whole, OPEN_LOG);
	if (packed < 0 && errno != ENOENT)
		return -errno;
	if (packed < 0) {
		result = write_packed(dir, plain, temporary);
		if (result == 0 && renameat(dir, temporary, dir, whole) < 0)
			result = -errno;
		if (result) {
			unlinkat(dir, temporary, 0);
			return result;
		}
		packed = openat(dir, whole, OPEN_LOG);
		if (packed < 0 || lseek(plain, 0, SEEK_SET) < 0)
			return -errno;
	}
	result = fd_sync(dir); /* also where an interrupted run has renamed it */
	if (result == 0)
		result = compare(take_fd(&plain), take_fd(&packed));
	if (result)
		return result;
	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}
