/* A scan against a fake clamd, for the tests of the back-end clamd. */
#ifndef QMVC_TESTS_CLAMD_TEST_H
#define QMVC_TESTS_CLAMD_TEST_H

#include "scan_test.h"

#include "fake_clamd.h"

/* Answers as content says: EVIL* FOUND, KILL goes away, else OK. */
static inline bool honest(struct fake_clamd *fake, const struct fake_request *request)
{
	if (slice_starts(request->content, "EVIL"))
		fake_reply(fake, request, "Test.Evil FOUND");
	else if (slice_starts(request->content, "OTHER"))
		fake_reply(fake, request, "Test.Other FOUND");
	else if (slice_starts(request->content, "KILL"))
		return false;
	else if (slice_starts(request->content, "PARSE"))
		fake_reply(fake, request, "Can't parse data ERROR");
	else if (slice_starts(request->content, "MEMORY"))
		fake_reply(fake, request, "Can't allocate memory ERROR");
	else if (slice_starts(request->content, "BIG"))
		fake_reply(fake, request, "Heuristics.Limits.Exceeded.MaxFileSize FOUND");
	else if (slice_starts(request->content, "ZIP"))
		fake_reply(fake, request, "Heuristics.Encrypted.Zip FOUND");
	else if (slice_starts(request->content, "PHISH"))
		fake_reply(fake, request, "Heuristics.Phishing.X FOUND");
	else
		fake_reply(fake, request, "OK");
	return true;
}

static inline const struct scan_result *run_against(
	struct scan_test *test, struct fake_clamd *fake, fake_answer *answer)
{
	const struct scan_result *result;

	fake_clamd_start(fake, scan_test_path(test, "ctl"), answer);
	if (test->scanners.count == 0)
		scan_test_clamd(test, fake->path);
	result = scan_test_run(test);
	fake_clamd_stop(fake);
	return result;
}

#endif
