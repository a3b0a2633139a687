/* What ICAP answers mean, vendor by vendor, and every known way to a false clean. */
#include "unit.h"

#include "scan/icap_verdict.h"

#define OBJECT	"the object\n"
#define SAME	"b\r\n" OBJECT "\r\n0\r\n\r\n"
#define TAG	"ISTag: \"CI0001-abc\"\r\n"
#define NO_TAG	"ISTag: \"CI0001-1B2M2Y8AsgTpgAmY7PhCfgAA\"\r\n"
#define OK204	"ICAP/1.0 204 Unmodified\r\n"
#define OK200	"ICAP/1.0 200 OK\r\n"
#define HTTP200 "Encapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
#define HTTP403 "Encapsulated: res-hdr=0, res-body=26\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n"
#define TYPE0	"X-Infection-Found: Type=0; Resolution=2; Threat=Eicar;\r\n"

static const struct icap_limits usual = {.allow_204 = true, .tag = "CI0001-abc"};

struct judged {
	struct icap_reader reader;
	struct icap_verdict verdict;
};

static void judge(
	struct judged *judged, const char *text, const struct icap_limits *limits, bool previewed)
{
	struct slice data = slice_cstr(text);

	icap_reader_init(&judged->reader, slice_cstr(OBJECT), false);
	icap_reader_feed(&judged->reader, &data);
	icap_judge(&judged->reader, limits, previewed, &judged->verdict);
}

static void expect(
	const char *text, const struct icap_limits *limits, bool previewed, enum icap_answer answer)
{
	struct judged judged;

	judge(&judged, text, limits, previewed);
	if (judged.verdict.answer != answer)
		fail_msg("\"%s\" gave %d, not %d: %.*s", text, judged.verdict.answer, answer,
			SLICE_ARGS(judged.verdict.words));
	assert_true((judged.verdict.count > 0) == (answer == ICAP_FOUND));
	assert_true((judged.verdict.words.len > 0) ==
		    (answer == ICAP_NOT_SCANNED || answer == ICAP_FAILED ||
			    answer == ICAP_UNUSABLE));
	icap_reader_release(&judged.reader);
}

static void expect_found(const char *text, enum verdict verdict, const char *name)
{
	struct judged judged;

	judge(&judged, text, &usual, false);
	if (judged.verdict.answer != ICAP_FOUND)
		fail_msg("\"%s\" gave %d: %.*s", text, judged.verdict.answer,
			SLICE_ARGS(judged.verdict.words));
	assert_int_equal(judged.verdict.count, 1);
	assert_int_equal(judged.verdict.findings[0].verdict, verdict);
	assert_slice(judged.verdict.findings[0].name, name);
	icap_reader_release(&judged.reader);
}

static void test_clean(void **state)
{
	const struct icap_limits sends_back = {.tag = "CI0001-abc"};

	(void)state;
	expect(OK204 TAG "\r\n", &usual, false, ICAP_CLEAN);
	expect(OK204 TAG "\r\n", &sends_back, false, ICAP_CLEAN);
	expect(OK204 TAG "X-Virus-ID: no threats\r\n\r\n", &usual, false, ICAP_CLEAN);
	expect(OK200 TAG HTTP200 SAME, &sends_back, false, ICAP_CLEAN);
}

/* Everything that looks like success and is none. */
static void test_not_clean(void **state)
{
	const struct icap_limits sends_back = {.tag = "CI0001-abc"};
	const struct icap_limits fsecure = {.allow_204 = true, .always_tells = true};

	(void)state;
	expect(OK204 NO_TAG "\r\n", &usual, false, ICAP_UNUSABLE);
	expect(OK200 NO_TAG HTTP200 SAME, &sends_back, false, ICAP_UNUSABLE);
	expect(OK204 TAG "\r\n", &usual, true, ICAP_SAW_PART);
	expect(OK204 TAG, &usual, false, ICAP_UNUSABLE); /* cut */
	expect(OK204 TAG "X-Virus-ID:\r\n\r\n", &usual, false, ICAP_NOT_SCANNED);
	expect(OK204 TAG "X-FSecure-Scan-Result: warning\r\n\r\n", &usual, false, ICAP_NOT_SCANNED);
	expect(OK204 TAG "\r\n", &fsecure, false, ICAP_NOT_SCANNED);
	expect(OK204 TAG "X-FSecure-Scan-Result: clean\r\nX-FSecure-Warnings: encrypted\r\n\r\n",
		&fsecure, false, ICAP_NOT_SCANNED);
	expect(OK204 TAG "X-FSecure-Scan-Result: clean\r\n\r\n", &fsecure, false, ICAP_CLEAN);
	expect(OK200 TAG HTTP200 "0\r\n\r\n", &sends_back, false, ICAP_NOT_SCANNED);
	expect(OK200 TAG HTTP200 "3\r\nthe\r\n0\r\n\r\n", &sends_back, false, ICAP_NOT_SCANNED);
	expect(OK200 TAG HTTP200 "3\r\nthe\r\n0\r\n\r\n", &usual, false, ICAP_NOT_SCANNED);
	expect(OK200 TAG HTTP200 "b\r\nthe object\n", &sends_back, false, ICAP_UNUSABLE);
	expect(OK200 TAG HTTP200 "b\r\nthe object\n and more\r\n0\r\n\r\n", &sends_back, false,
		ICAP_UNUSABLE);
	expect(OK200 TAG "\r\n", &sends_back, false, ICAP_NOT_SCANNED);
	expect(OK200 TAG "\r\n", &usual, false, ICAP_NOT_SCANNED);
	expect("ICAP/1.0 200 OK\r\n" TAG "Encapsulated: res-hdr=0, res-body=22\r\n\r\n"
	       "HTTP/1.1 302 Found\r\n\r\n" SAME,
		&sends_back, false, ICAP_NOT_SCANNED);
	expect("ICAP/1.0 100 Continue\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 206 Partial\r\n" TAG "\r\n", &usual, false, ICAP_UNUSABLE);
	expect("", &usual, false, ICAP_UNUSABLE);
}

static void test_size_limit(void **state)
{
	(void)state;
	/* c-icap's MaxObjectSize: it sends back what it need not. */
	expect(OK200 TAG HTTP200 SAME, &usual, false, ICAP_NOT_SCANNED);
	expect_found("ICAP/1.0 413 Too large\r\n\r\n", VERDICT_LIMIT, "");
}

static void test_preview(void **state)
{
	(void)state;
	expect("ICAP/1.0 100 Continue\r\n\r\n", &usual, true, ICAP_SHOW_REST);
	expect(OK200 TAG TYPE0 HTTP403 "0\r\n\r\n", &usual, true, ICAP_FOUND);
	expect("ICAP/1.0 500 Server error\r\n\r\n", &usual, true, ICAP_FAILED);
}

static void test_service_errors(void **state)
{
	(void)state;
	expect("ICAP/1.0 404 Service not found\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 405 Forbidden\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 418 Bad composition\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 503 Overloaded\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 539 Aborted - No AV scanning license\r\n\r\n", &usual, false,
		ICAP_UNUSABLE);
	expect("ICAP/1.0 400 Bad request\r\n\r\n", &usual, false, ICAP_UNUSABLE);
	expect("ICAP/1.0 500 Server error\r\n\r\n", &usual, false, ICAP_FAILED);
	expect("ICAP/1.0 408 Timeout\r\n\r\n", &usual, false, ICAP_FAILED);
	expect("ICAP/1.0 422 Unprocessable\r\n\r\n", &usual, false, ICAP_FAILED);
	expect("ICAP/1.0 502 Bad gateway\r\n\r\n", &usual, false, ICAP_FAILED);
}

/* The answers of section "ICAP" in qmvc-scanners(5). */
static void test_vendors(void **state)
{
	(void)state;
	/* c-icap */
	expect_found(OK200 TAG TYPE0
		"X-Violations-Found: 1\r\n\t-\r\n\tEicar\r\n\t0\r\n\t0\r\n" HTTP403 "0\r\n\r\n",
		VERDICT_INFECTED, "Eicar");
	/* SquidClamav: a redirect, the name in the HTTP header */
	expect_found(OK200 "Encapsulated: res-hdr=0, null-body=54\r\n\r\n"
			   "HTTP/1.0 307 Temporary Redirect\r\nX-Virus-ID: Eicar\r\n\r\n",
		VERDICT_INFECTED, "Eicar");
	/* ESET: its X-Virus-ID is no name */
	expect_found(OK200 "X-Virus-ID: Virus\r\n" TYPE0 "X-Response-Info: Blocked\r\n" HTTP403
			   "0\r\n\r\n",
		VERDICT_INFECTED, "Eicar");
	/* Kaspersky */
	expect_found(OK200 "X-Virus-ID: EICAR-Test-File\r\nConnection: close\r\n" HTTP403
			   "0\r\n\r\n",
		VERDICT_INFECTED, "EICAR-Test-File");
	/* F-Secure */
	expect_found(OK200 "X-FSecure-Scan-Result: infected\r\n"
			   "X-FSecure-Infection-Name: \"EICAR_Test_File\"\r\n" HTTP403 "0\r\n\r\n",
		VERDICT_INFECTED, "EICAR_Test_File");
	expect_found(OK204 "X-FSecure-Scan-Result: infected\r\n\r\n", VERDICT_INFECTED, "");
	/* Sophos: says that there is no HTTP header, and sends one */
	expect_found(OK200 "X-Blocked: Virus found\r\nX-Virus-ID: EICAR-AV-Test\r\n"
			   "Encapsulated: null-body=0\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n",
		VERDICT_INFECTED, "EICAR-AV-Test");
	expect_found(OK204 "X-Blocked: yes\r\n\r\n", VERDICT_INFECTED, "");
	/* Skyhigh, Trend: nothing but the status */
	expect_found(OK200 TAG "Encapsulated: res-hdr=0, res-body=27\r\n\r\n"
			       "HTTP/1.1 403 VirusFound\r\n\r\n0\r\n\r\n",
		VERDICT_INFECTED, "");
	/* Symantec */
	expect_found(OK200
		"X-Infection-Found: Type=2; Resolution=2; Threat=Container size "
		"violation\r\n"
		"X-Violations-Found: 1\r\n\tx.zip\r\n\tContainer\r\n\t8\r\n\t2\r\n" HTTP403
		"0\r\n\r\n",
		VERDICT_LIMIT, "Container size violation");
	expect_found(OK200 "X-Infection-Found: Type=2; Resolution=2; Threat=Encrypted container "
			   "violation;\r\n" HTTP403 "0\r\n\r\n",
		VERDICT_ENCRYPTED, "Encrypted container violation");
	/* ClamAV's names, by way of c-icap */
	expect_found(OK200 "X-Infection-Found: Type=0; Resolution=2; "
			   "Threat=Heuristics.Encrypted.Zip;\r\n" HTTP403 "0\r\n\r\n",
		VERDICT_ENCRYPTED, "Heuristics.Encrypted.Zip");
	expect_found(OK200 "X-Infection-Found: Type=0; Resolution=2; "
			   "Threat=Heuristics.Limits.Exceeded.MaxFileSize;\r\n" HTTP403 "0\r\n\r\n",
		VERDICT_LIMIT, "Heuristics.Limits.Exceeded.MaxFileSize");
}

/* A virus counts however the answer goes on, and whatever else it says. */
static void test_findings_come_first(void **state)
{
	(void)state;
	expect_found(OK204 TAG TYPE0 "\r\n", VERDICT_INFECTED, "Eicar");
	expect_found(OK200 NO_TAG TYPE0 "\r\n", VERDICT_INFECTED, "Eicar");
	expect_found("ICAP/1.0 500 Server error\r\n" TYPE0 "\r\n", VERDICT_INFECTED, "Eicar");
	expect_found(OK200 TYPE0 HTTP403 "zzz\r\n", VERDICT_INFECTED, "Eicar");
	expect_found(OK200 TYPE0 HTTP403 "100\r\n<html>", VERDICT_INFECTED, "Eicar");
	expect_found(OK200 "X-Virus-ID: no threats\r\n" TYPE0 "\r\n", VERDICT_INFECTED, "Eicar");
	expect_found(OK200 "X-Infection-Found:\r\n\r\n", VERDICT_INFECTED, "");
	expect_found(OK200 "X-Violations-Found: 2\r\n\r\n", VERDICT_INFECTED, "");
	expect_found(OK200 "x-infection-found: Resolution=2;\r\n Type=1;\r\n\tThreat=A b \r\n\r\n",
		VERDICT_INFECTED, "A b");
}

static void test_several(void **state)
{
	struct judged judged;
	struct buf many = {0};

	(void)state;
	/* A virus beside a container that could not be opened. */
	judge(&judged,
		OK200 "X-Infection-Found: Type=2; Resolution=2; Threat=Encrypted;\r\n"
		      "X-Violations-Found: 2\r\n a.zip\r\n Encrypted\r\n 7\r\n 2\r\n b.exe\r\n "
		      "Eicar\r\n 7\r\n 2\r\n\r\n",
		&usual, false);
	assert_int_equal(judged.verdict.answer, ICAP_FOUND);
	assert_int_equal(judged.verdict.count, 2);
	assert_int_equal(judged.verdict.findings[0].verdict, VERDICT_ENCRYPTED);
	assert_int_equal(judged.verdict.findings[1].verdict, VERDICT_INFECTED);
	assert_slice(judged.verdict.findings[1].name, "Eicar");
	icap_reader_release(&judged.reader);

	buf_add_cstr(&many, OK200);
	for (int i = 0; i < 20; i++)
		buf_addf(&many, "X-Infection-Found: Type=0; Threat=V%d;\r\n", i);
	buf_add_cstr(&many, "\r\n");
	judge(&judged, buf_cstr(&many), &usual, false);
	assert_int_equal(judged.verdict.count, ICAP_FINDINGS);
	assert_slice(judged.verdict.findings[0].name, "V0");
	assert_slice(judged.verdict.findings[ICAP_FINDINGS - 1].name, "more names than are kept");
	icap_reader_release(&judged.reader);
	buf_release(&many);
}

static bool options(const char *text, struct icap_limits *limits)
{
	struct slice data = slice_cstr(text), why;
	struct icap_reader reader;
	bool usable;

	icap_reader_init(&reader, SLICE_EMPTY, true);
	assert_int_equal(icap_reader_feed(&reader, &data), ICAP_DONE);
	usable = icap_limits_read(&reader, limits, &why);
	assert_true(usable == (why.len == 0));
	icap_reader_release(&reader);
	return usable;
}

static void test_options(void **state)
{
	struct icap_limits limits;

	(void)state;
	assert_true(options("ICAP/1.0 200 OK\r\n"
			    "Methods: RESPMOD, REQMOD\r\n"
			    "Service: C-ICAP/0.5.10 server - Antivirus service\r\n" TAG
			    "Transfer-Preview: *\r\n"
			    "Options-TTL: 600\r\n"
			    "Preview: 1024\r\n"
			    "Allow: 204\r\n"
			    "Encapsulated: null-body=0\r\n\r\n",
		&limits));
	assert_true(limits.allow_204);
	assert_false(limits.always_tells);
	assert_int_equal(limits.preview, 1024);
	assert_int_equal(limits.ttl_s, 600);
	assert_string_equal(limits.tag, "CI0001-abc");
	/* Kaspersky: no status line. */
	assert_true(
		options("Methods: RESPMOD\r\nISTag: \"KAV\"\r\nAllow: 206, 204\r\n\r\n", &limits));
	assert_true(limits.allow_204);
	assert_int_equal(limits.preview, 0);
	assert_int_equal(limits.ttl_s, 3600);
	assert_true(options(
		"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"FSAV-2015-08-18_06\"\r\n\r\n",
		&limits));
	assert_true(limits.always_tells);
	assert_false(limits.allow_204);
	assert_false(options("ICAP/1.0 404 Service not found\r\n\r\n", &limits));
	assert_false(options("ICAP/1.0 200 OK\r\nMethods: REQMOD\r\n" TAG "\r\n", &limits));
	assert_false(options("ICAP/1.0 200 OK\r\nMethods: RESPMODX\r\n" TAG "\r\n", &limits));
	assert_false(options("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n\r\n", &limits));
	assert_false(options("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n" NO_TAG "\r\n", &limits));
}

/* The signatures were renewed, or another service answers: what OPTIONS said is old. */
static void test_other_tag(void **state)
{
	struct judged judged;

	(void)state;
	judge(&judged, OK204 TAG "\r\n", &usual, false);
	assert_false(judged.verdict.other_tag);
	icap_reader_release(&judged.reader);
	judge(&judged, OK204 "ISTag: \"CI0001-abd\"\r\n\r\n", &usual, false);
	assert_true(judged.verdict.other_tag);
	icap_reader_release(&judged.reader);
	judge(&judged, OK204 "\r\n", &usual, false);
	assert_false(judged.verdict.other_tag);
	icap_reader_release(&judged.reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_not_clean),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_preview),
		cmocka_unit_test(test_service_errors),
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_findings_come_first),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_other_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
