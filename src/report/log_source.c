/*
 * Plain and compressed log files; see log_source.h.
 *
 * Plain files are read in large pieces and not mapped: a log that is truncated while it is mapped
 * kills who reads it (SIGBUS), and mapping was no faster. Compressed files may hold several gzip
 * members or Zstandard frames behind each other, as `cat a.gz b.gz` makes them.
 */
#include "report/log_source.h"

#include "base/cleanup.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define INPUT_SIZE ((size_t)128 << 10)

enum form {
	FORM_PLAIN,
	FORM_GZIP,
	FORM_ZSTD,
};

struct log_source {
	int fd;
	enum form form;
	bool ended;   /* nothing more comes out of `fd` */
	bool between; /* a member or frame has ended, and none has begun */
	z_stream gzip;
	ZSTD_DStream *zstd;
	size_t at, filled; /* in `input` */
	unsigned char input[INPUT_SIZE];
};

static ssize_t read_some(int fd, void *room, size_t size)
{
	ssize_t got;

	do
		got = read(fd, room, size);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static int start(struct log_source *source)
{
	ssize_t got = read_some(source->fd, source->input, sizeof(source->input));
	struct slice head;

	if (got < 0)
		return (int)got;
	source->filled = (size_t)got;
	head = slice_make(source->input, source->filled);
	source->between = true;
	if (slice_starts(head, "\x1f\x8b")) {
		source->form = FORM_GZIP;
		/* 16: gzip and no other form. */
		return inflateInit2(&source->gzip, 15 + 16) == Z_OK ? 0 : -ENOMEM;
	}
	if (slice_starts(head, "\x28\xb5\x2f\xfd")) {
		source->form = FORM_ZSTD;
		source->zstd = ZSTD_createDStream();
		return source->zstd ? 0 : -ENOMEM;
	}
	return 0;
}

int log_source_new(int fd, struct log_source **source)
{
	struct log_source *made = malloc(sizeof(*made));
	int failed;

	if (!made) {
		close(fd);
		return -ENOMEM;
	}
	memset(made, 0, offsetof(struct log_source, input));
	made->fd = fd;
	failed = start(made);
	if (failed) {
		log_source_free(made);
		return failed;
	}
	*source = made;
	return 0;
}

void log_source_free(struct log_source *source)
{
	if (!source)
		return;
	if (source->form == FORM_GZIP)
		inflateEnd(&source->gzip);
	ZSTD_freeDStream(source->zstd);
	close(source->fd);
	free(source);
}

static ssize_t read_plain(struct log_source *source, void *room, size_t size)
{
	size_t left = source->filled - source->at;

	if (left == 0)
		return read_some(source->fd, room, size);
	if (left > size)
		left = size;
	memcpy(room, source->input + source->at, left);
	source->at += left;
	return (ssize_t)left;
}

/* Makes sure of input unless the file is at its end. Returns 0 or a negative errno. */
static int refill(struct log_source *source)
{
	ssize_t got;

	if (source->at < source->filled || source->ended)
		return 0;
	got = read_some(source->fd, source->input, sizeof(source->input));
	if (got < 0)
		return (int)got;
	source->at = 0;
	source->filled = (size_t)got;
	source->ended = got == 0;
	return 0;
}

/* One step of gzip into the room; *made bytes come out. Returns 0 or LOG_SOURCE_DAMAGED. */
static int inflate_some(struct log_source *source, void *room, size_t size, size_t *made)
{
	z_stream *gzip = &source->gzip;
	int code;

	if (source->between && inflateReset(gzip) != Z_OK)
		return LOG_SOURCE_DAMAGED;
	source->between = false;
	gzip->next_in = source->input + source->at;
	gzip->avail_in = (uInt)(source->filled - source->at);
	gzip->next_out = room;
	gzip->avail_out = (uInt)size;
	code = inflate(gzip, Z_NO_FLUSH);
	source->at = source->filled - gzip->avail_in;
	*made = size - gzip->avail_out;
	source->between = code == Z_STREAM_END;
	return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR ? 0 : LOG_SOURCE_DAMAGED;
}

static int unzstd_some(struct log_source *source, void *room, size_t size, size_t *made)
{
	ZSTD_inBuffer in = {source->input, source->filled, source->at};
	ZSTD_outBuffer out = {room, size, 0};
	size_t code = ZSTD_decompressStream(source->zstd, &out, &in);

	source->at = in.pos;
	*made = out.pos;
	source->between = code == 0;
	return ZSTD_isError(code) ? LOG_SOURCE_DAMAGED : 0;
}

static ssize_t read_compressed(struct log_source *source, void *room, size_t size)
{
	for (;;) {
		size_t made = 0;
		int failed = refill(source);

		if (failed)
			return failed;
		if (source->ended && source->between)
			return 0;
		failed = source->form == FORM_GZIP ? inflate_some(source, room, size, &made)
						   : unzstd_some(source, room, size, &made);
		if (made > 0)
			return (ssize_t)made;
		if (failed)
			return failed;
		if (source->ended)
			return LOG_SOURCE_DAMAGED;
	}
}

ssize_t log_source_read(struct log_source *source, void *room, size_t size)
{
	return source->form == FORM_PLAIN ? read_plain(source, room, size)
					  : read_compressed(source, room, size);
}

bool log_source_is_plain(const struct log_source *source)
{
	return source->form == FORM_PLAIN;
}
