/* Tries something in the box of the helpers, in a child: see test_sandbox.c. */
#ifndef QMVC_TESTS_SANDBOX_TEST_H
#define QMVC_TESTS_SANDBOX_TEST_H

#include "unit.h"

#include "helpers/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	GOT_IT = 77,
	DENIED = 0,
	NOT_ENTERED = 78,
};

static const struct sandbox_rules closed = {
	.memory = 256u << 20, .cpu_seconds = 10, .file_size = 0, .open_files = 32};

/* Runs `attempt` in the box; returns its wait status. */
static inline int in_box(
	const struct sandbox_rules *rules, int (*attempt)(const void *), const void *with)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct error error = {0};

		if (sandbox_enter(rules, &error)) {
			fprintf(stderr, "%s\n", error.text);
			_exit(NOT_ENTERED);
		}
		_exit(attempt(with));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static inline void assert_killed(int status, int signal)
{
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), signal);
}

static inline int verdict(bool got)
{
	return got ? GOT_IT : DENIED;
}

/* A directory with a file "there", for the path rules. */
static inline void make_dir(char *dir, char *file, size_t size)
{
	int fd;

	assert_non_null(mkdtemp(dir));
	snprintf(file, size, "%s/there", dir);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

#endif
