/*
 * A scan, and `qmvc -t`, against a fake daemon, whatever it speaks. Include after "unit.h".
 */
#ifndef QMVC_TESTS_DAEMON_TEST_H
#define QMVC_TESTS_DAEMON_TEST_H

#include "scan_test.h"

#include "cancel_test.h"
#include "fake_daemon.h"

/* Scans with the scanners listed, or with one of this kind at the fake daemon. */
static inline const struct scan_result *daemon_test_run(
	struct scan_test *test, struct fake_daemon *fake, enum scanner_kind kind, fake_talk *talk)
{
	const struct scan_result *result;

	fake_daemon_start(fake, scan_test_path(test, "ctl"), AF_UNIX, talk);
	if (test->scanners.count == 0)
		scan_test_daemon(test, kind, fake->path);
	result = scan_test_run(test);
	fake_daemon_stop(fake);
	return result;
}

/* Scans a mail with one other object, which has to come to this verdict. */
static inline const struct scan_result *daemon_test_one(struct scan_test *test,
	enum scanner_kind kind, fake_talk *talk, const char *content, enum verdict verdict)
{
	struct fake_daemon fake;
	const struct scan_result *result;

	test->objects.count = 0;
	scan_test_text(test, "mail");
	scan_test_text(test, content);
	result = daemon_test_run(test, &fake, kind, talk);
	if (result->verdict != verdict)
		fail_msg("%s gave %s: %s", content, verdict_name(result->verdict), result->text);
	return result;
}

/* Cancels a scan of some objects, two of them large, after every turn there is. */
static inline void daemon_test_cancel(
	struct scan_test *test, enum scanner_kind kind, fake_talk *talk)
{
	static char large[2000000];
	bool cancelled = true;

	for (int i = 0; i < 6; i++)
		scan_test_object(test, slice_make(large, i % 3 ? 5 : sizeof(large)));
	for (int turns = 0; cancelled; turns++) {
		struct fake_daemon fake;

		test->scanners.count = 0;
		fake_daemon_start(&fake, scan_test_path(test, "ctl"), AF_UNIX, talk);
		cancelled = cancel_after(test, scan_test_daemon(test, kind, fake.path), turns);
		fake_daemon_stop(&fake);
	}
}

struct said {
	char text[2000];
};

/* One line each, errors with an E before them. */
static inline void daemon_test_note(void *context, bool is_error, const char *text)
{
	struct said *said = context;
	size_t len = strlen(said->text);

	snprintf(said->text + len, sizeof(said->text) - len, "%s%s\n", is_error ? "E " : "", text);
}

/* What `qmvc -t` says of a scanner of this kind; returns the errors. */
static inline int daemon_test_check(
	struct scan_test *test, enum scanner_kind kind, fake_talk *talk, struct said *said)
{
	struct fake_daemon fake;
	int errors;

	*said = (struct said){0};
	test->scanners.count = 0;
	fake_daemon_start(&fake, scan_test_path(test, "ctl"), AF_UNIX, talk);
	scan_test_daemon(test, kind, fake.path)->name = "Scanner";
	errors = scan_check(&test->request, daemon_test_note, said);
	fake_daemon_stop(&fake);
	return errors;
}

#endif
