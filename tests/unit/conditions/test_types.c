/* What is judged by content: mimetype, loadertype, and -n's noscantypes. */
#include "unit.h"

#include "conditions/noscan.h"
#include "conditions/type_match.h"
#include "mail_fixture.h"

/* Object 2 is an attachment whose content is "MZ\0\0 KERNEL32.dll\0LoadLibraryA". */
#define MAIL                                                                                       \
	"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n"                              \
	"--x\nContent-Type: image/gif; name=a.gif\nContent-Transfer-Encoding: base64\n\n"          \
	"TVoAACBLRVJORUwzMi5kbGwATG9hZExpYnJhcnlB\n--x--\n"

static void type(struct mail_fixture *mail, unsigned index, const char *mime, const char *description)
{
	mail->objects.list[index].mime = mime;
	mail->objects.list[index].description = description;
	mail->objects.list[index].flags |= OBJECT_TYPED;
}

static const char *const imports[] = {"KERNEL32.dll", "libc.so.6", NULL};

static void open_program(struct mail_fixture *mail)
{
	mail_open(mail, slice_cstr(MAIL));
	assert_int_equal(mail->objects.count, 3);
	type(mail, 2, "application/x-dosexec", "PE32 executable (GUI) Intel 80386, for MS Windows");
	mail->objects.list[2].flags |= OBJECT_EXECUTABLE;
	mail->objects.list[2].imports = imports;
}

/* The detail of the finding, or NULL. */
static const char *type_met(const char *rules)
{
	static char detail[300];
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	open_program(&mail);
	mail_rules(&mail, patterns_parse_types, rules, &mail.control.mimetypes);
	finding = mail_finding(&mail, CONDITION_MIMETYPE);
	return finding ? strcpy(detail, finding->detail) : NULL;
}

static void test_mimetype(void **state)
{
	assert_null(type_met("image/gif\n")); /* what is declared does not count */
	assert_null(type_met("application/x-dos\n"));
	assert_string_equal(type_met("Application/X-DOSexec\n"), "application/x-dosexec");
	assert_string_equal(type_met("application/*\n"), "application/x-dosexec");
	assert_null(type_met("app/*\n"));
	/* The name another version of libmagic has for it. */
	assert_string_equal(type_met("application/vnd.microsoft.portable-executable\n"),
		"application/x-dosexec");
	assert_null(type_met("application/gzip\n"));
	assert_string_equal(type_met("pe32 EXECUTABLE\n"),
		"PE32 executable (GUI) Intel 80386, for MS Windows");
	assert_null(type_met("executable\n")); /* a beginning, not anything inside */
	assert_string_equal(type_met("text/plain\n"), "text/plain"); /* settled without libmagic */
	assert_string_equal(type_met("text/*\n"), "text/plain");
}

static bool need_descriptions(const char *rules)
{
	cleanup_mail struct mail_fixture mail = {0};

	open_program(&mail);
	mail_rules(&mail, patterns_parse_types, rules, &mail.control.mimetypes);
	return types_need_descriptions(&mail.control.mimetypes);
}

static void test_descriptions(void **state)
{
	assert_false(need_descriptions(""));
	assert_false(need_descriptions("application/x-dosexec\nVideo/*\nTEXT/plain\n"));
	assert_true(need_descriptions("application/x-dosexec\nPE32 executable\n"));
	assert_true(need_descriptions("ELF\n"));
	assert_true(need_descriptions("biosig/ebs\n")); /* costs time, and finds what it should */
}

static void test_mimetype_html(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	mail_open(&mail, slice_cstr("Content-Type: text/html\n\n<html><p>hello</p></html>\n"));
	mail.objects.list[1].flags = OBJECT_TEXT;
	mail_rules(&mail, patterns_parse_types, "text/html\n", &mail.control.mimetypes);
	assert_non_null(mail_finding(&mail, CONDITION_MIMETYPE));
	type(&mail, 1, "text/plain; charset=us-ascii", "ASCII text"); /* who looked knows better */
	assert_null(mail_finding(&mail, CONDITION_MIMETYPE));
	mail_rules(&mail, patterns_parse_types, "text/plain\n", &mail.control.mimetypes);
	assert_non_null(mail_finding(&mail, CONDITION_MIMETYPE));
	mail.objects.list[1].flags = 0; /* neither settled nor typed: nobody knows */
	mail.objects.list[1].mime = mail.objects.list[1].description = NULL;
	assert_null(mail_finding(&mail, CONDITION_MIMETYPE));
}

static const char *loader_met(const char *rules, bool executable)
{
	static char rule[300];
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	open_program(&mail);
	if (!executable)
		mail.objects.list[2].flags &= ~(unsigned)OBJECT_EXECUTABLE;
	mail_rules(&mail, patterns_parse_loaders, rules, &mail.control.loadertypes);
	finding = mail_finding(&mail, CONDITION_LOADERTYPE);
	assert_true(!finding || finding->object == 2);
	return finding ? strcpy(rule, finding->pattern) : NULL;
}

static void test_loadertype(void **state)
{
	assert_string_equal(loader_met("kernel32.dll\n", true), "kernel32.dll");
	assert_string_equal(loader_met("nothing\nLOADLIBRARYA\n", true), "LOADLIBRARYA");
	assert_null(loader_met("kernel32.dll\n", false));
	assert_null(loader_met("hello\n", true)); /* stands in the text part */
	assert_string_equal(loader_met("import:kernel32.DLL\n", true), "import:kernel32.DLL");
	assert_string_equal(loader_met("import:libc.so.6\n", true), "import:libc.so.6");
	assert_null(loader_met("import:libc\n", true));
	assert_null(loader_met("import:libc.so.6\n", false));
	assert_string_equal(loader_met("magic:4d5a0000\n", false), "magic:4D5A0000");
	assert_null(loader_met("magic:5a00\n", true));
	assert_null(loader_met("", true));
}

static void noscan(struct mail_fixture *mail, const char *rules)
{
	mail_rules(mail, patterns_parse_types, rules, &mail->control.noscantypes);
	noscan_mark(&mail->control, &mail->message, &mail->objects);
}

static bool negative(const struct mail_fixture *mail, unsigned index)
{
	return mail->objects.list[index].flags & OBJECT_NEGATIVE;
}

static void test_noscan(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	mail_open(&mail, slice_cstr(MAIL));
	type(&mail, 1, "text/plain", "ASCII text");
	type(&mail, 2, "image/gif", "GIF image data");
	noscan(&mail, "text/*\n");
	assert_true(negative(&mail, 1));
	assert_false(negative(&mail, 2));
	assert_false(negative(&mail, 0)); /* one part is left */
	noscan(&mail, "text/*\nGIF image\n");
	assert_true(negative(&mail, 2));
	assert_true(negative(&mail, 0));
}

/* What a type does not say all about stays positive. */
static void test_noscan_doubts(void **state)
{
	static const unsigned flags[] = {
		OBJECT_EXECUTABLE, OBJECT_ENCRYPTED, OBJECT_OVERLIMIT, OBJECT_DAMAGED};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		cleanup_mail struct mail_fixture mail = {0};

		mail_open(&mail, slice_cstr(MAIL));
		type(&mail, 1, "text/plain", "ASCII text");
		type(&mail, 2, "text/plain", "ASCII text");
		mail.objects.list[2].flags |= flags[i];
		noscan(&mail, "text/*\n");
		assert_false(negative(&mail, 2));
		assert_false(negative(&mail, 0));
	}
}

/* Broken structure: other readers may see parts that we do not, so the raw mail is scanned. */
static void test_noscan_structure(void **state)
{
	static const char *const mails[] = {
		"Content-Type: multipart/mixed\n\nhello\n",
		"Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n\nhello\n--x--\n",
		"Content-Transfer-Encoding: base64x\n\naGVsbG8=\n",
		"Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8=\n",
		/* untidy: others take the second word */
		"Content-Transfer-Encoding: 7bit, base64\n\naGVsbG8=\n",
		/* a bare CR may end a line, and the header */
		"Subject: x\r\rContent-Transfer-Encoding: base64\r\r\naGVsbG8=\n",
		"Subject: x\rContent-Type: text/html\n\nhello\n",
		/* a part before the first, and one behind the last delimiter */
		"Content-Type: multipart/mixed; boundary=x\n\n"
		"content-transfer-encoding: base64\n\naGVsbG8=\n--x\n\nhello\n--x--\n",
		"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n--x--\n"
		"--y\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
	};

	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		cleanup_mail struct mail_fixture mail = {0};

		mail_open(&mail, slice_cstr(mails[i]));
		for (unsigned o = 1; o < mail.objects.count; o++)
			type(&mail, o, "text/plain", "ASCII text");
		noscan(&mail, "text/*\n");
		assert_true(negative(&mail, 1));
		assert_false(negative(&mail, 0));
	}
}

/* A mail in a text is not harmless because it is text; the word inside a line is. */
static void test_noscan_mail_in_text(void **state)
{
	static const struct {
		const char *mail;
		bool negative;
	} mails[] = {
		{"Subject: x\n\nSubject: y\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n", false},
		{"Content-Transfer-Encoding: base64\n\n"
		 "Q29udGVudC1UcmFuc2Zlci1FbmNvZGluZzogYmFzZTY0CgphR1ZzYkc4PQo=\n", false},
		{"DKIM-Signature: h=from:content-transfer-encoding; b=x\n"
		 "Content-Transfer-Encoding: base64\n\naGVsbG8=\n", true},
		{"Content-Type: multipart/mixed; boundary=x\n\n"
		 "--x\nContent-Transfer-Encoding: 7bit\n\nhello\n"
		 "--x\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n", true},
	};

	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		cleanup_mail struct mail_fixture mail = {0};

		mail_open(&mail, slice_cstr(mails[i].mail));
		for (unsigned o = 1; o < mail.objects.count; o++)
			type(&mail, o, "text/plain", "ASCII text");
		noscan(&mail, "text/*\n");
		assert_int_equal(negative(&mail, 1), mails[i].negative);
		assert_int_equal(negative(&mail, 0), mails[i].negative);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptions),
		cmocka_unit_test(test_mimetype),
		cmocka_unit_test(test_mimetype_html),
		cmocka_unit_test(test_loadertype),
		cmocka_unit_test(test_noscan),
		cmocka_unit_test(test_noscan_doubts),
		cmocka_unit_test(test_noscan_structure),
		cmocka_unit_test(test_noscan_mail_in_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
