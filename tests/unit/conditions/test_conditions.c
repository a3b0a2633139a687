/* The table, and the two conditions that only look at flags: encrypted and overlimit. */
#include "unit.h"

#include "conditions/rule.h"
#include "mail_fixture.h"

static void test_table(void **state)
{
	for (unsigned i = 0; i < CONDITION_COUNT; i++) {
		assert_int_equal(conditions[i].id, i);
		assert_int_equal(!conditions[i].check,
			i == CONDITION_AMBIGUOUS || i == CONDITION_VIRUS);
	}
	assert_non_null(conditions[CONDITION_SUBJECT].prepare);
	assert_non_null(conditions[CONDITION_BODYTEXT].prepare);
	assert_true(conditions[CONDITION_MIMETYPE].needs & NEED_TYPES);
	assert_true(conditions[CONDITION_LOADERTYPE].needs & NEED_TYPES);
	assert_true(conditions[CONDITION_ENCRYPTED].needs & NEED_SCAN);
	assert_int_equal(conditions[CONDITION_OVERLIMIT].needs, NEED_SCAN); /* on by default: cheap */
}

/* With empty rules no mail meets anything, an empty one neither. */
static void test_empty(void **state)
{
	static const char *const mails[] = {"", "\n", "Subject: x\n\nhello\n", "\n\n\nx"};

	for (size_t m = 0; m < sizeof(mails) / sizeof(mails[0]); m++) {
		cleanup_mail struct mail_fixture mail = {0};

		mail_open(&mail, slice_cstr(mails[m]));
		for (unsigned i = 0; i < CONDITION_COUNT; i++)
			if (conditions[i].check)
				assert_null(mail_finding(&mail, (enum condition_id)i));
	}
}

static void test_encrypted(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	mail_open(&mail, slice_cstr("Content-Type: application/zip; name=a.zip\n\nPK\n"));
	assert_null(mail_finding(&mail, CONDITION_ENCRYPTED));
	mail.objects.list[1].flags |= OBJECT_ENCRYPTED;
	finding = mail_finding(&mail, CONDITION_ENCRYPTED);
	assert_non_null(finding);
	assert_int_equal(finding->object, 1);
	assert_string_equal(finding->detail, "a.zip");
}

static void test_overlimit_object(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	mail_open(&mail, slice_cstr("Content-Type: application/zip; name=a.zip\n\nPK\n"));
	assert_null(mail_finding(&mail, CONDITION_OVERLIMIT));
	mail.objects.list[1].flags |= OBJECT_OVERLIMIT;
	finding = mail_finding(&mail, CONDITION_OVERLIMIT);
	assert_non_null(finding);
	assert_int_equal(finding->object, 1);
	assert_string_equal(finding->detail, "a.zip");
}

static void test_overlimit_reading(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0};
	const struct finding *finding;

	buf_add_cstr(&text, "Content-Type: multipart/mixed; boundary=x\n\n");
	for (unsigned i = 0; i < 1200; i++)
		buf_add_cstr(&text, "--x\n\n\n");
	buf_add_cstr(&text, "--x--\n");
	mail_open(&mail, buf_slice(&text));
	finding = mail_finding(&mail, CONDITION_OVERLIMIT);
	assert_non_null(finding);
	assert_string_equal(finding->pattern, "parts=1000");
	assert_int_equal(mail.findings.count, 1);
}

/* A limit met in many parts is one finding, two limits are two. */
static void test_overlimit_once(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	mail_open(&mail, slice_cstr("Content-Type: multipart/mixed; boundary=x\n\n"
				    "--x\n\na\n--x\n\nb\n--x\n\nc\n--x--\n"));
	assert_int_equal(mail.message.reading.count, 4);
	mail.message.reading.parts[1].flags |= PART_OVER_BYTES;
	mail.message.reading.parts[2].flags |= PART_OVER_BYTES;
	mail.message.reading.parts[3].flags |= PART_OVER_BYTES | PART_OVER_DEPTH;
	assert_non_null(mail_finding(&mail, CONDITION_OVERLIMIT));
	assert_int_equal(mail.findings.count, 2);
	assert_string_equal(mail.findings.list[0].pattern, "bytes=524288000");
	assert_int_equal(mail.findings.list[0].object, 1);
	assert_string_equal(mail.findings.list[1].pattern, "depth=16");
	assert_int_equal(mail.findings.list[1].object, 3);
}

static void test_overlimit_header(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0};
	const struct finding *finding;

	while (text.len < 1400000)
		buf_addf(&text, "X-Long: %0600u\n", 1);
	buf_add_cstr(&text, "\nhello\n");
	mail_open(&mail, buf_slice(&text));
	finding = mail_finding(&mail, CONDITION_OVERLIMIT);
	assert_non_null(finding);
	assert_string_equal(finding->pattern, "header=1048576");
	assert_string_equal(finding->detail, "part 0");
}

static void test_rule_text(void **state)
{
	static const struct {
		struct pattern pattern;
		const char *want;
	} rules[] = {
		{{PATTERN_STRING, SLICE_LITERAL("a b"), 0, 1}, "a b"},
		{{PATTERN_REGEX, SLICE_LITERAL("a|b"), 0, 1}, "/a|b/"},
		{{PATTERN_COMMAND, SLICE_LITERAL("x -y"), 3, 1}, "|x -y:3"},
		{{PATTERN_NAME, SLICE_LITERAL("*.exe"), 0, 1}, "*.exe"},
		{{PATTERN_TYPE, SLICE_LITERAL("text/*"), 0, 1}, "text/*"},
		{{PATTERN_IMPORT, SLICE_LITERAL("a.dll"), 0, 1}, "import:a.dll"},
		{{PATTERN_MAGIC, SLICE_LITERAL("\x00\xff"), 0, 1}, "magic:00FF"},
	};
	cleanup_arena struct arena arena = {0};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		assert_string_equal(rule_text(&arena, &rules[i].pattern), rules[i].want);
}

static void test_rule_detail(void **state)
{
	cleanup_arena struct arena arena = {0};
	char text[400];
	const char *detail;

	assert_string_equal(rule_detail(&arena, SLICE_EMPTY), "");
	assert_string_equal(rule_detail(&arena, slice_make((const unsigned char *)
			"a\nb\0c\x1b" "d\xff\xc3\xa4\xc2\x9b", 12)), "a b?c?d?\xc3\xa4?");
	memset(text, 'a', sizeof(text));
	detail = rule_detail(&arena, slice_make((unsigned char *)text, 200));
	assert_int_equal(strlen(detail), 200);
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	detail = rule_detail(&arena, slice_make((unsigned char *)text, 399));
	assert_int_equal(strlen(detail), 199); /* 98 characters and three dots */
	assert_string_equal(detail + 194, "\xc3\xa4...");
}

static void test_rule_around(void **state)
{
	unsigned char text[1000];

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	for (size_t from = 0; from <= sizeof(text); from += 2) {
		for (size_t len = 0; len + from <= sizeof(text) && len < 400; len += 50) {
			struct slice around = rule_around(slice_make(text, sizeof(text)), from, len);

			assert_true(around.len <= DETAIL_MAX);
			assert_true(around.len >= DETAIL_MAX - 2 || around.data == text ||
				    around.data + around.len == text + sizeof(text));
			assert_true(around.len == 0 || (around.data[0] & 0xc0) != 0x80);
			assert_true(around.data <= text + from);
		}
	}
	assert_int_equal(rule_around(SLICE_EMPTY, 0, 0).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_overlimit_object),
		cmocka_unit_test(test_overlimit_reading),
		cmocka_unit_test(test_overlimit_once),
		cmocka_unit_test(test_overlimit_header),
		cmocka_unit_test(test_rule_text),
		cmocka_unit_test(test_rule_detail),
		cmocka_unit_test(test_rule_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
