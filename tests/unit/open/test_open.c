/*
 * open_objects() with the real helper in its box, and with ones that hang, lie, flood and die:
 * whatever they do, each object is answered for or over the limit, and no process and no descriptor
 * is left.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "config.h"
#include "open/open.h"
#include "open/open_check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define OBJECTS 4

static struct loop *loop;
static unsigned seconds = 1; /* for the helper, which the liars use up */
static char dir[] = "/tmp/qmvc-test-open-XXXXXX";

static unsigned open_descriptors(void)
{
	cleanup_dir DIR *list = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(list))
		count++;
	return count;
}

/* Object 0 is the message, 1 a script, 2 plain data, 3 settled as text. */
struct mail {
	struct objects objects;
	struct object list[OBJECTS];
	struct content contents[OBJECTS];
};

static void mail_init(struct mail *mail)
{
	static const char *const texts[OBJECTS] = {
		"Subject: x\n\n", "#!/bin/sh\necho\n", "\x01\x02\x03\x04\x05", "Dear John\n"};

	*mail = (struct mail){.objects = {.list = mail->list, .count = OBJECTS}};
	for (unsigned i = 0; i < OBJECTS; i++) {
		mail->contents[i] = content_borrow(slice_cstr(texts[i]));
		mail->list[i] = (struct object){
			.index = i, .kind = OBJECT_PART, .content = &mail->contents[i]};
	}
	mail->list[3].flags = OBJECT_TEXT;
}

static void end_thread(pthread_t thread, int *stop)
{
	__atomic_store_n(stop, 1, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* `stop` (may be NULL) ends `thread`, which is at work beside it. */
static int ask_while(struct mail *mail, const char *libexec, bool all, struct error *error,
	pthread_t thread, int *stop)
{
	struct limits limits = {.seconds = seconds, .memory = 512u << 20};
	struct open_request request = {
		.loop = loop,
		.libexec = libexec,
		.tmp = dir,
		.limits = &limits,
		.types = true,
		.descriptions = true,
		.all = all};
	unsigned before = stop ? 0 : open_descriptors(); /* the thread has some of its own */
	int outcome = open_objects(&request, &mail->objects, error);

	if (stop)
		end_thread(thread, stop);
	/* Nothing is left once a helper that had answered all has died: no child, no descriptor, no
	   handle of the loop. */
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_false(loop_turn(loop, false));
	if (!stop)
		assert_int_equal(open_descriptors(), before);
	return outcome;
}

static int ask(struct mail *mail, const char *libexec, bool all, struct error *error)
{
	return ask_while(mail, libexec, all, error, (pthread_t){0}, NULL);
}

/* As if `helper` were installed; all objects are asked for. */
static int ask_fake_about(struct mail *mail, const char *name, struct error *error)
{
	cleanup_free char *libexec = NULL, *link = NULL, *helper = NULL;

	*error = (struct error){0};
	assert_true(asprintf(&libexec, "%s/%s", dir, name) > 0);
	assert_true(asprintf(&link, "%s/qmvc-open", libexec) > 0);
	assert_true(asprintf(&helper, "%s/tests/unit/open/fake_open", getenv("QMVC_BUILD")) > 0);
	assert_int_equal(mkdir(libexec, 0700), 0);
	assert_int_equal(symlink(helper, link), 0);
	return ask(mail, libexec, true, error);
}

static int ask_fake(struct mail *mail, const char *name, struct error *error)
{
	mail_init(mail);
	return ask_fake_about(mail, name, error);
}

static void assert_overlimit(const struct mail *mail, unsigned objects)
{
	for (unsigned i = 0; i < OBJECTS; i++)
		assert_int_equal(mail->list[i].flags & OBJECT_OVERLIMIT,
			objects & (1u << i) ? OBJECT_OVERLIMIT : 0);
}

static int ask_real(struct mail *mail, bool all)
{
	cleanup_free char *libexec = NULL;
	struct error error = {0};
	int outcome;

	assert_true(asprintf(&libexec, "%s/src/helpers", getenv("QMVC_BUILD")) > 0);
	seconds = 60;
	outcome = ask(mail, libexec, all, &error);
	seconds = 1;
	if (outcome)
		print_error("%s\n", error.text);
	return outcome;
}

static void real_helper_answers(void **state)
{
	struct mail mail;

	mail_init(&mail);
	assert_int_equal(ask_real(&mail, false), OPEN_DONE);
	assert_string_equal(mail.list[1].mime, "text/x-shellscript");
	assert_non_null(strstr(mail.list[1].description, "shell script"));
	assert_int_equal(mail.list[1].flags, OBJECT_EXECUTABLE | OBJECT_TYPED);
	assert_null(mail.list[1].imports);
	assert_string_equal(mail.list[2].mime, "application/octet-stream");
	assert_int_equal(mail.list[2].flags, OBJECT_TYPED);
	assert_null(mail.list[3].mime);
	assert_null(mail.list[0].mime);
	arena_release(&mail.objects.arena);
	mail_init(&mail);
	assert_int_equal(ask_real(&mail, true), OPEN_DONE);
	assert_string_equal(mail.list[3].mime, "text/plain");
	arena_release(&mail.objects.arena);
}

static void real_helper_reads_imports(void **state)
{
	cleanup_fd int fd = open("/bin/ls", O_RDONLY | O_CLOEXEC);
	struct stat status;
	struct mail mail;
	bool found = false;

	mail_init(&mail);
	assert_true(fd >= 0 && fstat(fd, &status) == 0);
	mail.contents[1] = (struct content){.home = CONTENT_FILE, .fd = fd};
	mail.contents[1].bytes.len = (size_t)status.st_size;
	assert_int_equal(ask_real(&mail, false), OPEN_DONE);
	assert_non_null(strstr(mail.list[1].description, "dynamically linked"));
	for (const char *const *name = mail.list[1].imports; name && *name; name++)
		found = found || strcmp(*name, "libc.so.6") == 0;
	assert_true(found);
	arena_release(&mail.objects.arena);
}

/* A thousand attachments pass through a window of descriptors. */
static void many_objects_need_few_descriptors(void **state)
{
	enum { MANY = 1000 };
	struct object *list = calloc(MANY, sizeof(*list));
	struct content content = content_borrow(slice_cstr("%PDF-1.4\n%\xe2\xe3\n"));
	struct mail mail = {.objects = {.list = list, .count = MANY}};
	struct rlimit few, now;

	assert_non_null(list);
	for (unsigned i = 0; i < MANY; i++)
		list[i] = (struct object){.index = i, .content = &content};
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	few = (struct rlimit){64, now.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(ask_real(&mail, false), OPEN_DONE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	for (unsigned i = 1; i < MANY; i++)
		assert_string_equal(list[i].mime, "application/pdf");
	arena_release(&mail.objects.arena);
	free(list);
}

/* The child of ours that has closed its box, or 0. */
static pid_t find_boxed_child(void)
{
	cleanup_dir DIR *list = opendir("/proc");
	struct dirent *entry;

	while (list && (entry = readdir(list))) {
		cleanup_buf struct buf text = {0};
		char name[300], parent[32];

		snprintf(name, sizeof(name), "%s/status", entry->d_name);
		snprintf(parent, sizeof(parent), "\nPPid:\t%d\n", (int)getpid());
		if (atoi(entry->d_name) > 0 &&
			fd_read_file(dirfd(list), name, 65536, &text) == 0 && buf_cstr(&text) &&
			strstr(buf_cstr(&text), parent) &&
			strstr(buf_cstr(&text), "\nSeccomp:\t2\n"))
			return atoi(entry->d_name);
	}
	return 0;
}

static void *kill_when_boxed(void *stop)
{
	pid_t child = 0;

	while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED) && child == 0)
		child = find_boxed_child();
	if (child > 0)
		kill(child, SIGKILL);
	return NULL;
}

/*
 * The real helper is killed at work. Whether it had greeted by then is a matter of luck: if not, it
 * is tried again.
 */
static void killing_the_real_helper_is_a_finding(void **state)
{
	enum { MANY = 3000, TRIES = 20 };
	static struct object list[MANY];
	struct content content = content_borrow(slice_cstr("%PDF-1.4\n%\xe2\xe3\n"));
	struct mail mail = {.objects = {.list = list, .count = MANY}};
	int outcome = -EIO;
	unsigned overlimit = 0;

	if (prctl(PR_GET_SECCOMP) != 0)
		skip(); /* in a container every process looks boxed */
	for (unsigned try = 0; try < TRIES && outcome == -EIO; try++) {
		cleanup_free char *libexec = NULL;
		struct error error = {0};
		pthread_t killer;
		int stop = 0;

		for (unsigned i = 0; i < MANY; i++)
			list[i] = (struct object){.index = i, .content = &content};
		assert_true(asprintf(&libexec, "%s/src/helpers", getenv("QMVC_BUILD")) > 0);
		assert_int_equal(pthread_create(&killer, NULL, kill_when_boxed, &stop), 0);
		seconds = 60;
		outcome = ask_while(&mail, libexec, false, &error, killer, &stop);
		seconds = 1;
	}
	assert_int_equal(outcome, OPEN_OVERLIMIT);
	/* One object was its last; the others were asked of another helper. */
	for (unsigned i = 1; i < MANY; i++)
		overlimit += list[i].flags & OBJECT_OVERLIMIT ? 1 : 0;
	assert_int_equal(overlimit, 1);
	assert_string_equal(list[MANY - 1].mime, "application/pdf");
	arena_release(&mail.objects.arena);
}

static void nothing_to_ask_starts_nothing(void **state)
{
	struct error error = {0};
	struct mail mail;

	mail_init(&mail);
	mail.list[1].flags = mail.list[2].flags = OBJECT_TEXT;
	assert_int_equal(ask(&mail, "/nowhere", false, &error), OPEN_DONE);
	mail.contents[1].bytes.len = 0;
	mail.list[1].flags = 0;
	assert_int_equal(ask(&mail, "/nowhere", false, &error), OPEN_DONE);
}

static void what_fails_before_the_greeting_is_the_environment(void **state)
{
	struct error error;
	struct mail mail;

	mail_init(&mail);
	error = (struct error){0};
	assert_int_equal(ask(&mail, "/nowhere", false, &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nowhere/qmvc-open"));
	assert_int_equal(ask_fake(&mail, "hang-before-greeting", &error), -ETIMEDOUT);
	assert_int_equal(ask_fake(&mail, "exit-before-greeting", &error), -EIO);
	assert_string_equal(error.text, "qmvc-open: something is missing");
	assert_int_equal(ask_fake(&mail, "crash-before-greeting", &error), -EIO);
	assert_int_equal(ask_fake(&mail, "other-version", &error), -EPROTO);
	assert_overlimit(&mail, 0);
}

static void what_fails_behind_it_is_a_finding(void **state)
{
	static const char *const names[] = {"greeted-hang", "greeted-exit", "greeted-crash",
		"greeted-flood", "greeted-close", "greeted-stubborn", "greeted-leave",
		"half-answer", "wrong-index", "message-index", "control-bytes", "no-line"};
	struct error error;
	struct mail mail;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(ask_fake(&mail, names[i], &error), OPEN_OVERLIMIT);
		assert_overlimit(&mail, 1u << 1 | 1u << 2 | 1u << 3);
		for (unsigned object = 0; object < OBJECTS; object++)
			assert_null(mail.list[object].mime);
		arena_release(&mail.objects.arena);
	}
}

/* A helper that says even with the libraries that it lacks them comes to an end. */
static void what_always_lacks_is_a_finding(void **state)
{
	cleanup_free char *starts = NULL;
	struct stat status;
	struct error error;
	struct mail mail;

	mail_init(&mail);
	mail.objects.count = 2;
	seconds = 20;
	assert_int_equal(ask_fake_about(&mail, "lacking", &error), OPEN_OVERLIMIT);
	seconds = 1;
	assert_overlimit(&mail, 1u << 1);
	assert_true(asprintf(&starts, "%s/lacking/starts", dir) > 0);
	assert_int_equal(stat(starts, &status), 0);
	assert_int_equal(status.st_size, 10);
	arena_release(&mail.objects.arena);
}

static void answers_given_before_are_kept(void **state)
{
	static const char *const names[] = {"answer-one-crash", "answer-one-exit", "twice"};
	struct error error;
	struct mail mail;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(ask_fake(&mail, names[i], &error), OPEN_OVERLIMIT);
		assert_overlimit(&mail, 1u << 2 | 1u << 3);
		assert_string_equal(mail.list[1].mime, "a/b");
		arena_release(&mail.objects.arena);
	}
	assert_int_equal(ask_fake(&mail, "answer-all", &error), OPEN_DONE);
	arena_release(&mail.objects.arena);
	assert_int_equal(ask_fake(&mail, "answer-all-exit", &error), OPEN_DONE);
	assert_string_equal(mail.list[3].mime, "a/b");
	arena_release(&mail.objects.arena);
}

struct reports {
	unsigned errors, facts;
	bool sandbox;
};

static void count_report(void *context, bool is_error, const char *text)
{
	struct reports *reports = context;

	*(is_error ? &reports->errors : &reports->facts) += 1;
	reports->sandbox = reports->sandbox || strstr(text, "sandbox");
}

static void helper_checks_itself(void **state)
{
	cleanup_free char *libexec = NULL;
	struct reports reports = {0};

	assert_true(asprintf(&libexec, "%s/src/helpers", getenv("QMVC_BUILD")) > 0);
	open_check(loop, libexec, count_report, &reports);
	assert_int_equal(reports.errors, 0);
	assert_int_equal(reports.facts, 3);
	assert_true(reports.sandbox);
	reports = (struct reports){0};
	open_check(loop, "/nowhere", count_report, &reports);
	assert_int_equal(reports.errors, 1);
	assert_int_equal(reports.facts, 0);
}

static int setup(void **state)
{
	return !mkdtemp(dir) || loop_new(&loop);
}

static int teardown(void **state)
{
	cleanup_free char *command = NULL;

	if (asprintf(&command, "rm -rf %s", dir) < 0 || system(command))
		return 1;
	return loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_helper_answers),
		cmocka_unit_test(real_helper_reads_imports),
		cmocka_unit_test(many_objects_need_few_descriptors),
		cmocka_unit_test(killing_the_real_helper_is_a_finding),
		cmocka_unit_test(nothing_to_ask_starts_nothing),
		cmocka_unit_test(what_fails_before_the_greeting_is_the_environment),
		cmocka_unit_test(what_fails_behind_it_is_a_finding),
		cmocka_unit_test(what_always_lacks_is_a_finding),
		cmocka_unit_test(answers_given_before_are_kept),
		cmocka_unit_test(helper_checks_itself),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
