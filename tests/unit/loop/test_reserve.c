/* libuv's table of watchers grows although there is no memory; see reserve.h. */
#include "unit.h"

#include "loop/reserve.h"

#include <fcntl.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static alignas(max_align_t) unsigned char reserve[RESERVE_SIZE];
static bool empty; /* is there no memory? */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
	return empty ? NULL : __real_realloc(memory, size);
}

static void nothing(uv_poll_t *poll, int status, int events)
{
}

/* Watches a descriptor of that number: the table has to reach that far. */
static void watch(uv_loop_t *loop, uv_poll_t *poll, int from, int number)
{
	int fd = fcntl(from, F_DUPFD_CLOEXEC, number);

	assert_true(fd >= number);
	assert_int_equal(uv_poll_init(loop, poll, fd), 0);
	assert_int_equal(uv_poll_start(poll, UV_READABLE, nothing), 0);
}

static void test_growing(void **state)
{
	uv_poll_t polls[4];
	uv_loop_t loop;
	int ends[2];

	reserve_install(reserve);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	for (int round = 0; round < 2; round++) { /* the reserve comes back, too */
		assert_int_equal(uv_loop_init(&loop), 0);
		empty = true;
		watch(&loop, &polls[0], ends[0], 100);
		watch(&loop, &polls[1], ends[0], 300);
		empty = false;
		watch(&loop, &polls[2], ends[0], 700);
		watch(&loop, &polls[3], ends[0], 100);
		assert_int_equal(write(ends[1], "x", 1), 1);
		uv_run(&loop, UV_RUN_ONCE);
		for (int i = 0; i < 4; i++) {
			int fd;

			assert_int_equal(uv_fileno((uv_handle_t *)&polls[i], &fd), 0);
			uv_close((uv_handle_t *)&polls[i], NULL);
			close(fd);
		}
		uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&loop), 0);
	}
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_growing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
