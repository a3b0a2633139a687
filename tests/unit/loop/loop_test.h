/*
 * What tests of programs with children and descriptors share: is anything left behind?
 *
 * LOOP_TEST(test_x) in the list of tests gives test_x() a loop in *state (struct loop_test *), and
 * fails it when a job, conn or deadline, a child process (zombies count) or a descriptor is left
 * when it ends. Include after "unit.h".
 */
#ifndef QMVC_TESTS_LOOP_TEST_H
#define QMVC_TESTS_LOOP_TEST_H

#include "base/cleanup.h"
#include "loop/loop.h"

#include <ctype.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct loop_test {
	struct loop *loop;
	unsigned fds; /* open before */
};

/* How many descriptors this process has open. */
static inline unsigned loop_test_count_fds(void)
{
	cleanup_dir DIR *own = opendir("/proc/self/fd");
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(own);
	while ((entry = readdir(own)))
		count += isdigit((unsigned char)entry->d_name[0]) != 0;
	return count - 1; /* the directory itself */
}

/* Has this process any child, alive or dead and not reaped? */
static inline bool loop_test_has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Waits for a resolver's thread, which closes its last descriptor just after it has answered. */
static inline void loop_test_wait_for_fds(unsigned fds)
{
	while (loop_test_count_fds() > fds)
		sched_yield();
}

static inline int loop_test_setup(void **state)
{
	static bool warm; /* libuv opens a pipe for good with its first loop */
	struct loop_test *test = calloc(1, sizeof(*test));

	if (!warm) {
		assert_int_equal(loop_new(&test->loop), 0);
		assert_int_equal(loop_free(test->loop), 0);
		warm = true;
	}
	assert_false(loop_test_has_children());
	test->fds = loop_test_count_fds();
	assert_int_equal(loop_new(&test->loop), 0);
	*state = test;
	return 0;
}

/* The same, but a test may look itself before loop_free() has cleared up. */
static inline void loop_test_end(struct loop_test *test, int left)
{
	if (test->loop)
		assert_int_equal(loop_free(test->loop), left);
	test->loop = NULL;
	assert_false(loop_test_has_children());
	assert_int_equal(loop_test_count_fds(), test->fds);
}

static inline int loop_test_teardown(void **state)
{
	loop_test_end(*state, 0);
	free(*state);
	return 0;
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, loop_test_setup, loop_test_teardown)

#endif
