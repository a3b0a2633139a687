/*
 * Content and its writer: memory, the moves into a memfd, back, and into a file, the limit, a full or
 * missing tmp, few descriptors, and that who is given a descriptor can change nothing.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "message/content.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned char pattern(size_t i)
{
	return (unsigned char)(i * 7 + i / 251);
}

static void assert_pattern(struct slice bytes, size_t len)
{
	assert_int_equal(bytes.len, len);
	for (size_t i = 0; i < len; i++)
		if (bytes.data[i] != pattern(i))
			fail_msg("byte %zu of %zu differs", i, len);
}

/* Writes `len` pattern bytes in pieces of `piece`. */
static struct content written(size_t len, size_t piece)
{
	struct content_writer writer;
	struct content content = CONTENT_NONE;
	cleanup_free unsigned char *all = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		all[i] = pattern(i);
	content_writer_init(&writer, "/tmp", UINT64_MAX);
	for (size_t at = 0; at < len; at += piece)
		assert_int_equal(content_writer_add(&writer,
					 slice_make(all + at, piece < len - at ? piece : len - at)),
			0);
	assert_int_equal(content_writer_finish(&writer, &content), 0);
	content_writer_release(&writer);
	return content;
}

/* How many are open below `end`. */
static int descriptors(int end)
{
	int count = 0;

	for (int fd = 0; fd < end; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_homes(void **state)
{
	const size_t small = CONTENT_SMALL_MAX, max = CONTENT_MEMORY_MAX;
	const struct {
		size_t len, piece;
		enum content_home home;
	} cases[] = {
		{0, 1, CONTENT_MEMORY},
		{1, 1, CONTENT_MEMORY},
		{small, 1000, CONTENT_MEMORY},
		{small, small, CONTENT_MEMORY},
		{small + 1, small, CONTENT_SEALED},
		{small + 1, small + 1, CONTENT_SEALED},
		{2 * small + 1, 1000, CONTENT_SEALED},
		{300001, 3, CONTENT_SEALED},
		{max, 65537, CONTENT_SEALED},
		{max, max, CONTENT_SEALED},
		{max + 1, 4096, CONTENT_FILE},
		{max + 1, max + 1, CONTENT_FILE},
		{3 * max + 5, 100003, CONTENT_FILE},
		{3 * max + 5, 256 * 1024, CONTENT_FILE},
		{3 * max + 5, 700001, CONTENT_FILE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int before = descriptors(1024);
		struct content content = written(cases[i].len, cases[i].piece);

		assert_int_equal(content.home, cases[i].home);
		assert_pattern(content.bytes, cases[i].len);
		content_release(&content);
		assert_int_equal(content.fd, -1);
		assert_int_equal(content.bytes.len, 0);
		content_release(&content); /* twice is legal */
		assert_int_equal(descriptors(1024), before);
	}
}

/* What is announced as far too large for memory never lies there, unless the limit cuts it. */
static void test_expected(void **state)
{
	const struct {
		uint64_t expected, limit;
		enum content_home home;
	} cases[] = {
		{2 * CONTENT_MEMORY_MAX + 2, UINT64_MAX, CONTENT_FILE},
		{UINT64_MAX, CONTENT_MEMORY_MAX + 1, CONTENT_FILE},
		{UINT64_MAX, CONTENT_MEMORY_MAX, CONTENT_MEMORY},
		{2 * CONTENT_MEMORY_MAX, UINT64_MAX, CONTENT_MEMORY},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct content_writer writer;
		struct content content;

		content_writer_init(&writer, "/tmp", cases[i].limit);
		content_writer_expect(&writer, cases[i].expected);
		assert_int_equal(writer.fd, -1);
		assert_int_equal(content_writer_add(&writer, slice_cstr("abc")), 0);
		assert_int_equal(content_writer_add(&writer, slice_cstr("def")), 0);
		assert_int_equal(content_writer_finish(&writer, &content), 0);
		content_writer_release(&writer);
		assert_int_equal(content.home, cases[i].home);
		assert_slice(content.bytes, "abcdef");
		content_release(&content);

		/* Nothing came. */
		content_writer_init(&writer, "/tmp", cases[i].limit);
		content_writer_expect(&writer, cases[i].expected);
		assert_int_equal(content_writer_finish(&writer, &content), 0);
		content_writer_release(&writer);
		assert_int_equal(content.bytes.len, 0);
		content_release(&content);
	}
}

static void test_open(void **state)
{
	const size_t sizes[] = {0, 10, CONTENT_SMALL_MAX + 10, CONTENT_MEMORY_MAX + 10};

	for (size_t i = 0; i < 4; i++) {
		struct content content = written(sizes[i], 4096);
		cleanup_buf struct buf first = {0}, second = {0};
		cleanup_fd int one = content_open(&content);
		cleanup_fd int two = content_open(&content);

		assert_true(one >= 0 && two >= 0);
		assert_true(fcntl(one, F_GETFD) & FD_CLOEXEC);
		/* Each has an offset of its own. */
		assert_int_equal(fd_read_all(one, SIZE_MAX, &first), 0);
		assert_int_equal(fd_read_all(two, SIZE_MAX, &second), 0);
		assert_pattern(buf_slice(&first), sizes[i]);
		assert_pattern(buf_slice(&second), sizes[i]);
		content_release(&content);
	}
}

/* The same pages for everybody, and no way to change them for who has a descriptor of them. */
static void test_sealed(void **state)
{
	enum { LEN = 70000 };
	struct content content = written(LEN, 4096);
	cleanup_fd int one = content_open(&content), two = content_open(&content);
	struct stat first, second;
	char path[64];

	assert_int_equal(content.home, CONTENT_SEALED);
	assert_true(one >= 0 && two >= 0);
	assert_int_equal(fcntl(one, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_true(fstat(one, &first) == 0 && fstat(two, &second) == 0);
	assert_true(first.st_ino == second.st_ino && first.st_size == LEN);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", one);
	cleanup_fd int again = open(path, O_RDWR | O_CLOEXEC);

	assert_true(again >= 0);
	assert_int_equal(pwrite(again, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(pwrite(again, "x", 1, LEN), -1);
	assert_int_equal(ftruncate(again, 1), -1);
	assert_int_equal(fallocate(again, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), -1);
	assert_ptr_equal(mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0), MAP_FAILED);
	assert_int_equal(fcntl(again, F_ADD_SEALS, 0), -1);
	assert_pattern(content.bytes, LEN);

	/* Whoever made it unreadable by its name gets a copy, and so does everybody else. */
	assert_int_equal(fchmod(again, 0), 0);
	cleanup_fd int copy = content_open(&content);
	cleanup_buf struct buf copied = {0};

	assert_true(copy >= 0);
	assert_int_equal(fd_read_all(copy, SIZE_MAX, &copied), 0);
	assert_pattern(buf_slice(&copied), LEN);
	content_release(&content);
	/* Who still has it keeps it. */
	assert_int_equal(pread(one, path, 1, LEN - 1), 1);
	assert_int_equal((unsigned char)path[0], pattern(LEN - 1));
}

/* However many there are, most descriptors are left for others; without any it is all in memory. */
static void test_many(void **state)
{
	enum { COUNT = 2000, LEN = 20000 };
	/* How many there may be, and below which number a memfd is kept. */
	const struct {
		rlim_t limit;
		int end;
	} limits[] = {{1024, 256}, {1000, 250}, {200, 50}, {140, 12}, {128, 0}, {64, 0}, {8, 0}};
	struct content *contents = calloc(COUNT, sizeof(*contents));
	struct rlimit old, few;

	assert_non_null(contents);
	getrlimit(RLIMIT_NOFILE, &old);
	few.rlim_max = old.rlim_max;
	for (size_t l = 0; l < sizeof(limits) / sizeof(limits[0]); l++) {
		const int before = descriptors(4096);
		int sealed = 0;
		const int room = limits[l].end - descriptors(limits[l].end);

		few.rlim_cur = limits[l].limit;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		for (size_t i = 0; i < COUNT; i++) {
			contents[i] = written(LEN + i, LEN);
			sealed += contents[i].home == CONTENT_SEALED;
		}
		assert_int_equal(descriptors(4096), before + sealed);
		assert_int_equal(sealed, room);
		for (size_t i = 0; i < COUNT; i++) {
			if (l == 0 || i % 100 == 0)
				assert_pattern(contents[i].bytes, LEN + i);
			content_release(&contents[i]);
		}
		assert_int_equal(descriptors(4096), before);
		setrlimit(RLIMIT_NOFILE, &old);
	}
	free(contents);
}

/* A memfd that may not grow any more: its bytes go on in memory, in the middle and at the end. */
static void test_memfd_full(void **state)
{
	const size_t lens[] = {20000, 50000, 65536, 65537, 200000, CONTENT_MEMORY_MAX};
	const size_t pieces[] = {1000, 16384, 30001, CONTENT_MEMORY_MAX};
	const rlim_t most[] = {0, 100, 40000, 65536};
	struct rlimit old, small;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	for (size_t m = 0; m < sizeof(most) / sizeof(most[0]); m++)
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
			for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
				struct content content;
				const int before = descriptors(4096);

				small.rlim_cur = most[m];
				assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
				content = written(lens[i], pieces[p]);
				setrlimit(RLIMIT_FSIZE, &old);
				assert_pattern(content.bytes, lens[i]);
				assert_int_equal(content.home,
					lens[i] > most[m] ? CONTENT_MEMORY : CONTENT_SEALED);
				assert_int_equal(descriptors(4096),
					before + (content.home == CONTENT_SEALED));
				content_release(&content);
			}
}

static void test_borrow(void **state)
{
	struct content content = content_borrow(slice_cstr("borrowed"));

	assert_slice(content.bytes, "borrowed");
	content_release(&content);
	assert_int_equal(content.bytes.len, 0);
}

static void test_limit(void **state)
{
	struct content_writer writer;
	struct content content;

	content_writer_init(&writer, "/tmp", 5);
	assert_int_equal(content_writer_add(&writer, slice_cstr("abc")), 0);
	assert_int_equal(content_writer_add(&writer, slice_cstr("def")), -EFBIG);
	assert_int_equal(content_writer_add(&writer, slice_cstr("g")), -EFBIG);
	assert_int_equal(content_writer_add(&writer, SLICE_EMPTY), 0);
	assert_int_equal(writer.total, 5);
	assert_int_equal(content_writer_finish(&writer, &content), 0);
	assert_slice(content.bytes, "abcde");
	content_writer_release(&writer);
	content_release(&content);
}

static void test_no_tmp(void **state)
{
	struct content_writer writer;
	cleanup_free unsigned char *large = calloc(1, CONTENT_MEMORY_MAX + 1);
	const int before = descriptors(1024);
	int error;

	content_writer_init(&writer, "/nonexistent/tmp", UINT64_MAX);
	assert_int_equal(content_writer_add(&writer, slice_cstr("small")), 0);
	assert_int_equal(content_writer_add(&writer, slice_make(large, CONTENT_SMALL_MAX)), 0);
	assert_int_equal(descriptors(1024), before + 1);
	error = content_writer_add(&writer, slice_make(large, CONTENT_MEMORY_MAX));
	assert_int_equal(error, -ENOENT);
	content_writer_release(&writer);
	content_writer_release(&writer); /* twice is legal */
	assert_int_equal(descriptors(1024), before);
}

/* RLIMIT_FSIZE stands in for a full disk: write(2) fails in the same way. */
static void test_full(void **state)
{
	struct rlimit old, small = {2 * 1024 * 1024, 2 * 1024 * 1024};
	struct content_writer writer;
	struct content content;
	cleanup_free unsigned char *large = calloc(1, CONTENT_MEMORY_MAX);
	int error = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	content_writer_init(&writer, "/tmp", UINT64_MAX);
	for (int i = 0; i < 4 && !error; i++)
		error = content_writer_add(&writer, slice_make(large, CONTENT_MEMORY_MAX));
	assert_int_equal(error, -ENOSPC);
	content_writer_release(&writer);

	/* And when it shows only in the last flush. */
	content_writer_init(&writer, "/tmp", UINT64_MAX);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			content_writer_add(&writer, slice_make(large, CONTENT_MEMORY_MAX)), 0);
	error = content_writer_add(&writer, slice_make(large, 1000));
	assert_int_equal(error, 0);
	assert_int_equal(content_writer_finish(&writer, &content), -ENOSPC);
	content_writer_release(&writer);
	setrlimit(RLIMIT_FSIZE, &old);
}

/* Made of CONTENT_MEMORY; `i` is the pattern's beginning, so that no two are the same. */
static struct content small(size_t i, size_t len)
{
	unsigned char *data = malloc(len ? len : 1);

	for (size_t at = 0; at < len; at++)
		data[at] = pattern(i + at);
	return (struct content){.bytes = slice_make(data, len), .home = CONTENT_MEMORY, .fd = -1};
}

static void test_pool(void **state)
{
	enum { EACH = 1000 * 1000, COUNT = 160 };
	struct content_pool pool = {0};
	struct content contents[COUNT], file = written(CONTENT_MEMORY_MAX + 1, 100000);
	size_t kept = 0;

	for (size_t i = 0; i < COUNT; i++) {
		contents[i] = small(i, EACH);
		assert_int_equal(content_pool_take(&pool, "/tmp", &contents[i]), 0);
		kept += contents[i].home == CONTENT_MEMORY;
	}
	/* As many as fit; what is smaller than the room that is left still does. */
	assert_int_equal(kept, CONTENT_POOL_MEMORY / EACH);
	assert_int_equal(pool.count, 3);
	assert_int_equal(contents[0].home, CONTENT_MEMORY);
	content_release(&contents[0]);
	contents[0] = small(0, EACH / 2);
	assert_int_equal(content_pool_take(&pool, "/tmp", &contents[0]), 0);
	assert_int_equal(contents[0].home, CONTENT_MEMORY);
	for (size_t i = 1; i < COUNT; i++) {
		assert_int_equal(contents[i].bytes.len, EACH);
		for (size_t at = 0; at < EACH; at += at < EACH - 1000 ? 997 : 1)
			if (contents[i].bytes.data[at] != pattern(i + at))
				fail_msg("byte %zu of content %zu differs", at, i);
	}
	/* A memfd is memory too. */
	struct content sealed = written(EACH, 100000);

	assert_int_equal(sealed.home, CONTENT_SEALED);
	assert_int_equal(content_pool_take(&pool, "/tmp", &sealed), 0);
	assert_int_equal(sealed.home, CONTENT_BORROWED);
	assert_pattern(sealed.bytes, EACH);
	/* What has a home of its own stays there. */
	assert_int_equal(content_pool_take(&pool, "/tmp", &file), 0);
	assert_int_equal(file.home, CONTENT_FILE);
	content_release(&file);
	for (size_t i = 0; i < COUNT; i++)
		content_release(&contents[i]);
	content_pool_release(&pool);
	assert_int_equal(pool.count, 0);
}

static void test_pool_without_tmp(void **state)
{
	struct content_pool pool = {.memory = CONTENT_POOL_MEMORY};
	struct content content = small(0, 10), empty = small(0, 0);

	assert_int_equal(content_pool_take(&pool, "/nonexistent", &content), -ENOENT);
	assert_int_equal(content.home, CONTENT_MEMORY);
	assert_int_equal(content_pool_take(&pool, "/nonexistent", &empty), 0);
	content_release(&content);
	content_release(&empty);
	content_pool_release(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_homes),
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_memfd_full),
		cmocka_unit_test(test_borrow),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_no_tmp),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_pool_without_tmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
