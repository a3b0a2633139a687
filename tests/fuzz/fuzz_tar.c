/*
 * Fuzz target: the input is a tar or a gzip. Checked: what is called regular comes out of our reader
 * and of libarchive's as the same records, byte by byte, whole or cut off by limits; nothing is sent
 * of what is left to libarchive. The checksums of a tar are put right first, and likewise the end of
 * a gzip, or no input would come any further than them.
 */
#include "base/cleanup.h"
#include "helpers/unpack.h"
#include "open/gzip_layout.h"
#include "open/tar_layout.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There in a build with AddressSanitizer. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_tar: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

#define BLOCK 512u
/* Less than what a sink sends at a time: it has no socket here. */
#define INPUT_MAX ((size_t)48 * 1024)
#define FEW	  2u
#define LITTLE	  700u

/* Only where a header may be; a body of zeros is none. */
static void put_sums(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		unsigned char *block = bytes + at;
		unsigned sum = 8 * ' ';
		char text[8];

		if (block[0] == 0 || block[148 + 7] != ' ')
			continue;
		for (size_t i = 0; i < BLOCK; i++)
			sum += i >= 148 && i < 156 ? 0 : block[i];
		snprintf(text, sizeof(text), "%06o", sum);
		memcpy(block + 148, text, 7);
	}
}

static void put_end(unsigned char *bytes, size_t size)
{
	static unsigned char room[INPUT_MAX];
	z_stream stream = {.next_out = room, .avail_out = sizeof(room)};
	struct gzip gzip;
	uint32_t end[2];

	/* Its size may not be what it says, so that it is not looked at here. */
	if (size < 18)
		return;
	memcpy(bytes + size - 4, "\1\0\0", 4);
	if (!gzip_read(slice_make(bytes, size), &gzip) || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return;
	stream.next_in = (unsigned char *)(uintptr_t)gzip.data.data;
	stream.avail_in = (unsigned)gzip.data.len;
	inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	end[0] = (uint32_t)crc32(crc32(0, NULL, 0), room, (unsigned)stream.total_out);
	end[1] = (uint32_t)stream.total_out;
	memcpy(bytes + size - sizeof(end), end, sizeof(end));
}

static void compare(const struct unpack_sink *ours, const struct unpack_sink *theirs)
{
	REQUIRE(ours->flags == theirs->flags);
	REQUIRE(ours->members == theirs->members && ours->bytes == theirs->bytes);
	REQUIRE(ours->failed == 0 && theirs->failed == 0);
	REQUIRE(slice_eq(buf_slice(&ours->lines), buf_slice(&theirs->lines)));
}

static void by_libarchive(struct slice bytes, enum archive_layout layout, struct unpack_sink *sink)
{
	cleanup_fd int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct unpack_piece piece = {.fd = fd, .size = bytes.len};

	REQUIRE(fd >= 0 && write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len);
	if (layout == ARCHIVE_REGULAR_TAR) {
		struct unpack_result done = unpack_container(&piece, UNPACK_PLAIN, true, sink);

		REQUIRE(sink->full || done.whole);
	} else {
		struct unpack_result done;

		piece.is_stream = true;
		done = unpack_stream(&piece, ARCHIVE_GZIP, sink);
		REQUIRE(sink->full || (done.whole && done.end == bytes.len));
	}
}

static void check(struct slice bytes, uint64_t members, uint64_t most)
{
	struct unpack_sink ours = {.members = members, .bytes = most}, theirs = ours;
	const enum archive_layout layout = archive_layout(bytes);
	bool done = true;

	if (layout == ARCHIVE_REGULAR_TAR)
		tar_unpack(bytes, &ours);
	else if (layout == ARCHIVE_REGULAR_GZIP)
		done = gzip_unpack(bytes, &ours);
	else
		return;
	REQUIRE(done || (ours.lines.len == 0 && ours.flags == 0 && ours.members == members));
	if (done) {
		by_libarchive(bytes, layout, &theirs);
		compare(&ours, &theirs);
	}
	buf_release(&ours.lines);
	buf_release(&theirs.lines);
}

/* What the libraries keep for good is no leak. */
static void load(void)
{
	struct error error;

	if (__lsan_disable)
		__lsan_disable();
	setlocale(LC_CTYPE, "C.UTF-8");
	REQUIRE(unpack_load(&error) == 0);
	if (__lsan_enable)
		__lsan_enable();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free unsigned char *bytes = malloc(size ? size : 1);
	static bool loaded;

	if (!loaded) {
		load();
		loaded = true;
	}
	if (size > INPUT_MAX || size == 0)
		return 0;
	REQUIRE(bytes);
	memcpy(bytes, data, size);
	check(slice_make(bytes, size), UINT32_MAX, INPUT_MAX);
	if (bytes[0] == 0x1f)
		put_end(bytes, size);
	else
		put_sums(bytes, size);
	check(slice_make(bytes, size), UINT32_MAX, INPUT_MAX);
	check(slice_make(bytes, size), FEW, LITTLE);
	return 0;
}
