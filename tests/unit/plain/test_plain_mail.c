/* What is said of what is missing, and what becomes of HTML that no converter takes. */
#include "unit.h"

#include "plain/html_text.h"
#include "plain/plain_mail.h"

#include <errno.h>

static void expect(const char *mail, struct limits limits, plain_converter convert, int result,
	const char *text)
{
	cleanup_buf struct buf out = {0};
	struct reading reading;

	assert_int_equal(
		reading_read(&reading, &reading_principal, slice_cstr(mail), &limits, "/tmp", NULL),
		0);
	assert_int_equal(plain_mail_text(&reading, convert, &out), result);
	if (result == 0)
		assert_slice(buf_slice(&out), text);
	reading_release(&reading);
}

static void test_parts_left_out(void **state)
{
	struct limits limits = limits_default();

	(void)state;
	limits.parts = 2;
	expect("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
		limits, NULL, 0,
		"one\n\n(The mail has more parts than are looked at. The rest was left out.)\n");
}

static void test_bytes_left_out(void **state)
{
	struct limits limits = limits_default();

	(void)state;
	limits.bytes = 3;
	expect("Content-Transfer-Encoding: base64\n\nYWJjZGVm\n", limits, NULL, 0,
		"abc\n\n(The rest of this text was left out.)\n");
}

static int takes_nothing(struct slice html, struct buf *out)
{
	(void)html;
	(void)out;
	return -EFBIG;
}

static int has_no_memory(struct slice html, struct buf *out)
{
	(void)html;
	(void)out;
	return -ENOMEM;
}

static void test_converters(void **state)
{
	static const char mail[] = "Content-Type: text/html\n\n<p>a&amp;<p>b\n";
	static const char without[] =
		"(This text is shown without its layout: there is too much of it.)\n\na&\nb\n";

	(void)state;
	expect(mail, limits_default(), html_text, 0, "a&\n\nb\n");
	expect(mail, limits_default(), takes_nothing, 0, without);
	expect(mail, limits_default(), NULL, 0, without);
	expect(mail, limits_default(), has_no_memory, -ENOMEM, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_left_out),
		cmocka_unit_test(test_bytes_left_out),
		cmocka_unit_test(test_converters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
