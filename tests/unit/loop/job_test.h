/*
 * What the tests of jobs share: a job whose end is watched, and shell scripts as children. Include
 * after "unit.h".
 */
#ifndef QMVC_TESTS_JOB_TEST_H
#define QMVC_TESTS_JOB_TEST_H

#include "base/buf.h"
#include "loop/job.h"
#include "loop_test.h"

/* A job and what was heard of it. */
struct watched {
	struct job *job;
	unsigned calls;
	struct job_result result; /* but out and err */
	struct buf out, err;
	struct job *cancel; /* another one to cancel in its callback */
	bool had_children;
};

static inline void on_done(struct job *job, const struct job_result *result, void *context)
{
	struct watched *watched = context;

	assert_ptr_equal(job, watched->job);
	watched->calls++;
	watched->result = *result;
	watched->had_children = loop_test_has_children();
	buf_add(&watched->out, result->out);
	buf_add(&watched->err, result->err);
	job_cancel(job); /* legal and without effect: this is its end */
	if (watched->cancel)
		job_cancel(watched->cancel);
}

static inline void release(struct watched *watched)
{
	buf_release(&watched->out);
	buf_release(&watched->err);
}

#define cleanup_watched __attribute__((cleanup(release)))

static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};

/* Options for a shell script; argv must live as long. */
#define SHELL(script)                                                                              \
	{                                                                                          \
		.argv = (const char *const[]){"/bin/sh", "-c", script, NULL}, .envp = environment, \
		.stdin_fd = -1, .stdout_limit = 1000, .stderr_limit = 1000,                        \
	}

static inline void start(struct loop_test *test, const struct job_options *options,
	struct watched *watched)
{
	assert_int_equal(job_start(test->loop, options, on_done, watched, &watched->job), 0);
	assert_int_equal(watched->calls, 0);
}

static inline void run(struct loop_test *test, const struct job_options *options,
	struct watched *watched)
{
	start(test, options, watched);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(watched->calls, 1);
	assert_false(watched->result.stuck);
}

#endif
