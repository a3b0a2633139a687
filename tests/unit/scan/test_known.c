/* What is known about engines, and which of what lies about on a host is believed. */
#include "unit.h"

#include "scan_test.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "scan/known.h"

static void test_words(void **state)
{
	(void)state;
	assert_slice(known_word("clamd:/run/clamd:x"), "clamd");
	assert_slice(known_word("icap://127.0.0.1:1344/avscan"), "icap");
	assert_slice(known_word("fsav"), "fsav");
	assert_slice(known_word(""), "");
	assert_string_equal(known_engine("CLAMD:/x")->family, known_engine("clamscan")->family);
	assert_null(known_engine("clamd2"));
	assert_null(known_engine("/opt/clamscan"));
	assert_null(known_engine(""));
}

/* What becomes a line of a control file must be understood there, and names must not be doubled. */
static void test_table(void **state)
{
	struct scan_test *test = *state;

	for (size_t i = 0; i < known_engine_count; i++) {
		const struct known_engine *known = &known_engines[i];
		bool address = i < 5; /* daemons */
		char *line = arena_printf(&test->arena, "%s%s;%s;%s;;%s", known->word,
			address ? ":/x" : "", known->initial, known->name, known->options);
		struct scanner_list list;
		struct error error = {0};

		assert_ptr_equal(known_engine(known->word), known);
		if (scanner_list_parse(&test->arena, slice_cstr(line), "x", &list, &error) < 0)
			assert_true(address); /* a kind that this one does not have */
	}
	for (size_t i = 0; known_places[i]; i++)
		assert_non_null(known_engine(known_places[i]));
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

/* Anybody can listen at /tmp/.fsav-0, and would be given everybody's mail. */
static void test_sockets(void **state)
{
	struct scan_test *test = *state;
	const char *directory = scan_test_path(test, "open");
	const char *path = scan_test_path(test, "open/socket");

	assert_int_equal(mkdir(directory, 0755), 0);
	assert_false(known_socket(path));
	scan_test_write(path, slice_cstr("x"), 0600);
	assert_false(known_socket(path));
	unlink(path);
	make_socket(path);
	assert_true(known_socket(path));
	assert_int_equal(chmod(directory, 01777), 0);
	if (geteuid() == 0) {
		assert_true(known_socket(path));
		assert_int_equal(chown(path, 65534, 65534), 0);
	}
	assert_false(known_socket(path));
}

static void test_signatures(void **state)
{
	struct scan_test *test = *state;

	assert_false(known_signatures("/nonexistent"));
	assert_false(known_signatures(test->directory));
	scan_test_write(scan_test_path(test, "freshclam.dat"), slice_cstr("x"), 0600);
	scan_test_write(scan_test_path(test, "cvd"), slice_cstr("x"), 0600);
	assert_false(known_signatures(test->directory));
	scan_test_write(scan_test_path(test, "daily.cld"), slice_cstr("x"), 0600);
	assert_true(known_signatures(test->directory));
}

static void test_clamd_conf(void **state)
{
	static const struct {
		const char *text, *socket;
	} cases[] = {
		{"", NULL},
		{"#LocalSocket /x\n", NULL},
		{"LocalSocketGroup clamav\nLocalSocketMode 666\n", NULL},
		{"LocalSocket\n", NULL},
		{"LocalSocket x\n", NULL},
		{"User clamav\n  LocalSocket \t /run/c.ctl \r\nLocalSocket /y\n", "/run/c.ctl"},
	};
	struct scan_test *test = *state;
	const char *path = scan_test_path(test, "clamd.conf");

	assert_null(known_clamd_socket(&test->arena, path));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scan_test_write(path, slice_cstr(cases[i].text), 0600);

		const char *socket = known_clamd_socket(&test->arena, path);

		if (cases[i].socket)
			assert_string_equal(socket, cases[i].socket);
		else
			assert_null(socket);
	}
}

static void test_plugins(void **state)
{
	struct scan_test *test = *state;
	const char **names;

	assert_int_equal(known_plugins(&test->arena, "/nonexistent", &names), -ENOENT);
	assert_int_equal(known_plugins(&test->arena, test->directory, &names), 0);
	assert_null(names[0]);
	scan_test_plugin(test, "z", "exit 0");
	scan_test_plugin(test, "a", "exit 0");
	scan_test_write(scan_test_path(test, "av_"), slice_cstr(""), 0755);
	scan_test_write(scan_test_path(test, "av_data"), slice_cstr(""), 0600);
	scan_test_write(scan_test_path(test, "check_b"), slice_cstr(""), 0755);
	assert_int_equal(known_plugins(&test->arena, test->directory, &names), 0);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "z");
	assert_null(names[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_words),
		scan_test(test_table),
		scan_test(test_sockets),
		scan_test(test_signatures),
		scan_test(test_clamd_conf),
		scan_test(test_plugins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
