/*
 * A helper that stays: found, started, started again, and whose fault it is when it goes away.
 */
#include "unit.h"

#include "scan_test.h"

#include "cancel_test.h"
#include "scan/resident.h"

#include <errno.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct scanner_config *use(struct scan_test *test)
{
	struct scanner_config *config = scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");

	if (!test->profile.libexec || strcmp(test->profile.libexec, test->directory) != 0) {
		assert_int_equal(symlink(FAKE_HELPER, scan_test_path(test, "qmvc-clamav")), 0);
		test->profile.libexec = test->directory;
		assert_int_equal(mkdir(scan_test_path(test, "db"), 0700), 0);
	}
	config->database = scan_test_path(test, "db");
	config->resident_s = 600;
	return config;
}

static void loading(struct scan_test *test, const char *word)
{
	char *path = scan_test_path(test, "db/load");

	if (word)
		scan_test_write(path, slice_cstr(word), 0600);
	else
		unlink(path);
}

static unsigned loads(struct scan_test *test)
{
	struct stat status;

	return stat(scan_test_path(test, "db/loads"), &status) < 0 ? 0 : (unsigned)status.st_size;
}

static struct resident_state look(struct scan_test *test, const struct scanner_config *config)
{
	struct resident_state state;

	resident_look(&test->request, config, &state);
	return state;
}

/* Waits until nobody holds the lock. */
static void wait_for_end(struct scan_test *test, const struct scanner_config *config)
{
	while (look(test, config).alive)
		poll(NULL, 0, 5);
}

static void wait_for_pid(struct scan_test *test, const struct scanner_config *config, pid_t before)
{
	while (look(test, config).pid == before)
		poll(NULL, 0, 5);
}

static void end(struct scan_test *test, const struct scanner_config *config)
{
	struct resident_state state = look(test, config);

	if (state.alive && state.pid > 0)
		kill(state.pid, SIGTERM);
	wait_for_end(test, config);
}

static char *socket_path(struct scan_test *test)
{
	cleanup_dir DIR *list = opendir(test->run);
	struct dirent *entry;

	while ((entry = readdir(list)))
		if (strncmp(entry->d_name, "clamav.", 7) == 0 && !strstr(entry->d_name, ".lock"))
			return arena_printf(&test->arena, "%s/%s", test->run, entry->d_name);
	return NULL;
}

static void test_stays(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	struct resident_state first;

	scan_test_text(test, "mail");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_CLEAN);
	first = look(test, config);
	assert_true(first.alive);
	assert_int_equal(first.phase, RESIDENT_READY);
	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(look(test, config).pid, first.pid);
	assert_int_equal(loads(test), 1);
	/* Another line is another helper. */
	config->resident_s = 599;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 2);
	end(test, config);
	config->resident_s = 600;
	end(test, config);
	assert_null(socket_path(test));
}

static void test_idle_exit(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	config->resident_s = 1;
	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	wait_for_end(test, config);
	assert_null(socket_path(test));
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 2);
	end(test, config);
}

/* A socket that somebody left who was killed, and one that has gone under a living helper. */
static void test_stale_socket(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	scan_test_text(test, "EVIL");
	scan_test_run(test);
	kill(look(test, config).pid, SIGKILL);
	wait_for_end(test, config);
	assert_non_null(socket_path(test));
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 2);
	assert_int_equal(unlink(socket_path(test)), 0);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 3);
	end(test, config);
}

/* Who listens there is of another uid: nothing is given to it. */
static void test_foreign_socket(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *path;
	int listener;

	if (geteuid() != 0)
		skip();
	scan_test_text(test, "EVIL");
	scan_test_run(test);
	path = socket_path(test);
	end(test, config);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, strerror(EPERM)));
	close(listener);
}

/* And the other way round: a client of another uid gets no answer. */
static void test_foreign_client(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char bytes[64];
	int client;

	if (geteuid() != 0)
		skip();
	scan_test_text(test, "EVIL");
	scan_test_run(test);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path(test));
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(chmod(test->directory, 0755), 0);
	assert_int_equal(chmod(test->run, 0755), 0);
	assert_int_equal(chmod(address.sun_path, 0666), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(seteuid(0), 0);
	send(client, "zIDSESSION\0zPING", 17, MSG_NOSIGNAL);
	assert_true(recv(client, bytes, sizeof(bytes), 0) <= 0);
	close(client);
	end(test, config);
}

/* It dies while it loads, twice: an error of the host's; and says why when it can. */
static void test_load_fails(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	scan_test_text(test, "mail");
	loading(test, "KILL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_int_equal(loads(test), 2);
	assert_non_null(strstr(test->results.list[0].text, "while it loaded"));
	loading(test, "FAIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_string_equal(test->results.list[0].text, "qmvc-clamav: no such luck");
	loading(test, NULL);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_CLEAN);
	end(test, config);
	unlink(scan_test_path(test, "qmvc-clamav"));
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
}

/* Loading that takes longer than the mail waits goes on for the next one. */
static void test_load_is_slow(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	scan_test_text(test, "EVIL");
	loading(test, "WAIT");
	config->timeout_ms = 50;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_TIMEOUT);
	assert_true(test->results.list[0].reach_us >= 40000); /* it was waited for, not scanning */
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_TIMEOUT);
	assert_true(test->results.list[0].reach_us >= 40000);
	loading(test, NULL);
	config->timeout_ms = 20000;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 1);
	end(test, config);
}

/* An object that kills its scan has failed; the helper, and the others' answers, are untouched. */
static void test_an_object_kills_its_scan(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	pid_t pid;

	scan_test_text(test, "mail");
	scan_test_text(test, "KILL");
	scan_test_text(test, "plain");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_true(test->results.list[0].beaten);
	pid = look(test, config).pid;
	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(look(test, config).pid, pid);
	assert_int_equal(loads(test), 1);
	end(test, config);
}

/* One that kills the helper itself, each time: asked again with bounds, and never clean. */
static void test_an_object_kills_the_helper(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	const struct scan_result *result;

	scan_test_text(test, "KILL ALL");
	scan_test_text(test, "plain");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(loads(test) > 1 && loads(test) <= 24);
	end(test, config);
}

/* The heir takes over when it has loaded; when it cannot, nothing changes. */
static void test_new_signatures(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	pid_t pid;

	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	pid = look(test, config).pid;
	loading(test, "FAIL");
	scan_test_write(scan_test_path(test, "db/changed"), slice_cstr("1"), 0600);
	while (!strstr(look(test, config).text, "no such luck"))
		poll(NULL, 0, 5);
	assert_int_equal(look(test, config).pid, pid);
	loading(test, "WAIT");
	scan_test_write(scan_test_path(test, "db/changed"), slice_cstr("1"), 0600);
	while (loads(test) < 3)
		poll(NULL, 0, 5);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED); /* not stalled */
	assert_int_equal(look(test, config).pid, pid);
	loading(test, NULL);
	wait_for_pid(test, config, pid);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 3);
	end(test, config);
}

/* When the mail is not interested any more, neither is the helper. */
static void test_cancelled_scan_ends(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	scan_test_text(test, "HANG");
	config->timeout_ms = 100;
	for (int i = 0; i < 6; i++)
		assert_int_equal(scan_test_run(test)->verdict, VERDICT_TIMEOUT);
	test->objects.count = 0;
	scan_test_text(test, "EVIL");
	config->timeout_ms = 20000;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	assert_int_equal(loads(test), 1);
	end(test, config);
}

/* Without room to work in the real one has no answer, and that is the host's fault. */
static void test_no_room(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	struct profile profile = test->profile;

	test->profile.libexec = arena_printf(&test->arena, "%s/src/helpers", getenv("QMVC_BUILD"));
	if (access(arena_printf(&test->arena, "%s/qmvc-clamav", test->profile.libexec), X_OK) < 0)
		skip();
	scan_test_write(scan_test_path(test, "db/test.ndb"), slice_cstr("Test.Evil:0:0:4556494c4556494c\n"),
		0600);
	scan_test_text(test, "EVILEVIL is in this");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	while (rmdir(test->scratch) < 0)
		poll(NULL, 0, 5);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "temporary directory"));
	assert_int_equal(mkdir(test->scratch, 0700), 0);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	end(test, config);
	test->profile = profile;
}

/* --- cancelled after N turns: while it starts, waits, loads, scans --- */

static void test_cancel(void **state)
{
	static const char *const words[] = {NULL, "WAIT", "KILL", "FAIL"};
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);

	for (int i = 0; i < 20; i++)
		scan_test_text(test, i == 9 ? "KILL" : "plain");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		loading(test, words[i]);
		config->timeout_ms = words[i] && strcmp(words[i], "WAIT") == 0 ? 50 : 20000;
		cancel_after_each_turn(test, config, NULL);
		loading(test, NULL);
		while (look(test, config).alive && look(test, config).phase == RESIDENT_LOADING)
			poll(NULL, 0, 1);
		end(test, config);
	}
}

/* The lock is held, and nobody listens: as while another mail starts it, or while it ends. */
static void test_cancel_waiting(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use(test);
	char *lock;
	int fd;

	scan_test_text(test, "EVIL");
	scan_test_run(test);
	lock = arena_printf(&test->arena, "%s.lock", socket_path(test));
	end(test, config);
	fd = open(lock, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	config->timeout_ms = 50;
	cancel_after_each_turn(test, config, NULL);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_TIMEOUT);
	close(fd);
	config->timeout_ms = 20000;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	end(test, config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_stays),
		scan_test(test_idle_exit),
		scan_test(test_stale_socket),
		scan_test(test_foreign_socket),
		scan_test(test_foreign_client),
		scan_test(test_load_fails),
		scan_test(test_load_is_slow),
		scan_test(test_an_object_kills_its_scan),
		scan_test(test_an_object_kills_the_helper),
		scan_test(test_new_signatures),
		scan_test(test_cancelled_scan_ends),
		scan_test(test_no_room),
		scan_test(test_cancel),
		scan_test(test_cancel_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
