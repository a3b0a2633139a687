/*
 * A mail to be scanned, made of literals: objects, the work tree as files, and a request around them.
 * Include after "unit.h". The loop comes from loop_test.h, which also looks for what is left behind.
 */
#ifndef QMVC_TESTS_SCAN_TEST_H
#define QMVC_TESTS_SCAN_TEST_H

#include "../loop/loop_test.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "scan/backend.h"

#define SCAN_TEST_OBJECTS 32

struct scan_test {
	struct loop_test *loop;
	struct arena arena;
	struct objects objects;
	struct object list[SCAN_TEST_OBJECTS];
	struct content contents[SCAN_TEST_OBJECTS];
	struct scanner_list scanners;
	struct scanner_address addresses[SCANNERS_MAX][4];
	struct patterns whitelist;
	struct pattern whitelisted;
	struct profile profile;
	struct scan_request request;
	struct scan_results results;
	char directory[64], files[80], scratch[80], run[80];
};

/* "DIR/NAME" of the test's own directory, in its arena. */
static inline char *scan_test_path(struct scan_test *test, const char *name)
{
	return arena_printf(&test->arena, "%s/%s", test->directory, name);
}

static inline void scan_test_write(const char *path, struct slice bytes, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, bytes), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* Adds an object; object 0 is the message. */
static inline struct object *scan_test_object(struct scan_test *test, struct slice bytes)
{
	unsigned index = (unsigned)test->objects.count++;
	struct object *object = &test->list[index];
	char path[128];

	assert_true(index < SCAN_TEST_OBJECTS);
	test->contents[index] = content_borrow(bytes);
	*object = (struct object){.index = index,
		.parent = index ? 0 : -1,
		.kind = index ? OBJECT_PART : OBJECT_MESSAGE,
		.content = &test->contents[index]};
	snprintf(path, sizeof(path), "%s/%04u", test->files, index);
	scan_test_write(path, bytes, 0600);
	return object;
}

static inline struct object *scan_test_text(struct scan_test *test, const char *text)
{
	return scan_test_object(test, slice_cstr(text));
}

static inline struct scanner_config *scan_test_scanner(
	struct scan_test *test, enum scanner_kind kind, const char *name)
{
	unsigned index = test->scanners.count++;
	struct scanner_config *config = &test->scanners.scanners[index];

	*config = (struct scanner_config){.kind = kind,
		.engine = name,
		.name = name,
		.plugin = name,
		.comment = "",
		.timeout_ms = 20000,
		.addresses = test->addresses[index]};
	snprintf(config->initial, sizeof(config->initial), "S%u", index);
	return config;
}

/* A daemon at the unix socket `path`. */
static inline struct scanner_config *scan_test_daemon(
	struct scan_test *test, enum scanner_kind kind, const char *path)
{
	struct scanner_config *config = scan_test_scanner(test, kind, path);

	config->addresses[config->address_count++].path = path;
	return config;
}

static inline struct scanner_config *scan_test_clamd(struct scan_test *test, const char *path)
{
	return scan_test_daemon(test, SCANNER_CLAMD, path);
}

/* A plug-in: a shell script with this text, named av_NAME in the test's directory. */
static inline struct scanner_config *scan_test_plugin(
	struct scan_test *test, const char *name, const char *script)
{
	char *text = arena_printf(&test->arena, "#!/bin/sh\n%s\n", script);

	scan_test_write(scan_test_path(test, arena_printf(&test->arena, "av_%s", name)),
		slice_cstr(text), 0755);
	return scan_test_scanner(test, SCANNER_PROCESS, name);
}

static inline void scan_test_whitelist(struct scan_test *test, const char *pattern)
{
	test->whitelisted = (struct pattern){.kind = PATTERN_NAME, .text = slice_cstr(pattern)};
	test->whitelist.list = &test->whitelisted;
	test->whitelist.count = 1;
}

/* Runs the scan; the first scanner's result. */
static inline const struct scan_result *scan_test_run(struct scan_test *test)
{
	struct error error = {0};

	assert_int_equal(scan_run(&test->request, &test->results, &error), 0);
	assert_int_equal(test->results.count, test->scanners.count);
	return &test->results.list[0];
}

static inline int scan_test_setup(void **state)
{
	struct scan_test *test = calloc(1, sizeof(*test));
	const char *build = getenv("QMVC_BUILD"), *source = getenv("QMVC_SOURCE");
	void *loop;

	loop_test_setup(&loop);
	test->loop = loop;
	strcpy(test->directory, "/tmp/qmvc-scan.XXXXXX");
	assert_non_null(mkdtemp(test->directory));
	snprintf(test->files, sizeof(test->files), "%s/files", test->directory);
	snprintf(test->scratch, sizeof(test->scratch), "%s/tmp", test->directory);
	snprintf(test->run, sizeof(test->run), "%s/run", test->directory);
	assert_int_equal(mkdir(test->files, 0700), 0);
	assert_int_equal(mkdir(test->scratch, 0700), 0);
	assert_int_equal(mkdir(test->run, 0700), 0);
	test->objects.list = test->list;
	test->profile.scanners = test->directory;
	test->profile.run = test->run;
	test->profile.tmp = test->scratch;
	test->profile.libexec = arena_printf(&test->arena, "%s/src/helpers", build ? build : ".");
	(void)source;
	test->scanners.deadline_ms = 60000;
	test->request = (struct scan_request){.loop = test->loop->loop,
		.scanners = &test->scanners,
		.whitelist = &test->whitelist,
		.profile = &test->profile,
		.objects = &test->objects,
		.message_fd = -1,
		.files = test->files,
		.scratch = test->scratch,
		.arena = &test->arena};
	*state = test;
	return 0;
}

static inline int scan_test_teardown(void **state)
{
	struct scan_test *test = *state;
	void *loop = test->loop;
	char command[128];
	int status;

	snprintf(command, sizeof(command), "rm -rf %s", test->directory);
	status = system(command); /* before anything is asserted, which ends this function */
	loop_test_teardown(&loop);
	assert_int_equal(status, 0);
	arena_release(&test->arena);
	free(test);
	return 0;
}

#define scan_test(function) \
	cmocka_unit_test_setup_teardown(function, scan_test_setup, scan_test_teardown)

#endif
