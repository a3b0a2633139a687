/* Where parts begin and end: delimiters, nesting, what is missing, what is guessed. */
#include "message/show.h"

#define MULTI(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\n\n"

struct mail {
	const char *mail, *tree;
	unsigned flags;
};

static void assert_mails(const struct mail *mails, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned flags = assert_reads(mails[i].mail, mails[i].tree);

		if (flags != mails[i].flags)
			fail_msg("mail %zu: flags %#x, want %#x", i, flags, mails[i].flags);
	}
}

#define ASSERT_MAILS(mails) assert_mails(mails, sizeof(mails) / sizeof((mails)[0]))

static void test_plain(void **state)
{
	static const struct mail mails[] = {
		{"", "text/plain ''", 0},
		{"Subject: x\n\nbody\n", "text/plain 'body\n'", 0},
		{"Subject: x\n", "text/plain ''", 0},
		{"\nbody", "text/plain 'body'", 0},
		{MULTI("b") "pre\n--b\n\none\n--b\n\ntwo\n--b--\npost\n",
			"multipart/mixed[text/plain 'one', text/plain 'two']", 0},
		{"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\n"
		 "two\r\n\r\n--b--\r\n",
			"multipart/mixed[text/plain 'one', text/plain 'two\r\n']", 0},
		{"From x Sat Nov 21\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b--",
			"multipart/mixed[text/plain '1']", 0},
	};

	ASSERT_MAILS(mails);
}

static void test_delimiters(void **state)
{
	static const struct mail mails[] = {
		/* trailing blanks, stray CR */
		{MULTI("b") "--b \t\n\none\n--b-- \n", "multipart/mixed[text/plain 'one']", 0},
		{MULTI("b") "--b\r\r\n\none\n--b--\n", "multipart/mixed[text/plain 'one']", 0},
		/* not at the beginning of a line, or with something behind it: text */
		{MULTI("b") "--b\n\none x--b\n--bb\n--b--x\n--b--\n",
			"multipart/mixed[text/plain 'one x--b\n--bb\n--b--x']", 0},
		{MULTI("b") "--b\n\none\n-- b\n--\n-\n--b--",
			"multipart/mixed[text/plain 'one\n-- b\n--\n-']", 0},
		/* one boundary is the beginning of the other */
		{MULTI("b") "--b\n" MULTI("bb") "--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n",
			"multipart/mixed[multipart/mixed[text/plain 'one'], text/plain 'two']", 0},
		/* the same boundary inside and outside */
		{MULTI("b") "--b\n" MULTI("b") "--b\n\none\n--b--\n--b--\n",
			"multipart/mixed[multipart/mixed[text/plain 'one']]", 0},
		/* an outer delimiter ends what is inside */
		{MULTI("a") "--a\n" MULTI("b") "--b\n\none\n--a\n\ntwo\n--a--\n",
			"multipart/mixed[multipart/mixed[text/plain 'one'], text/plain 'two']",
			PART_NO_CLOSE},
		{MULTI("a") "--a\n" MULTI("b") "--b\n\none\n--a--\n--b\n\nlate\n--b--\n",
			"multipart/mixed[multipart/mixed[text/plain 'one']]", PART_NO_CLOSE},
		/* behind the closing delimiter is epilogue */
		{MULTI("b") "--b\n\none\n--b--\n--b\n\nlate\n--b--\n",
			"multipart/mixed[text/plain 'one']", 0},
		/* the end is missing */
		{MULTI("b") "--b\n\none\n", "multipart/mixed[text/plain 'one\n']", PART_NO_CLOSE},
		{MULTI("b") "--b\n\none\n--b", "multipart/mixed[text/plain 'one', text/plain '']",
			PART_NO_CLOSE},
		/* bytes above 127, the empty boundary, quoted pairs */
		{MULTI("\"f\351\"") "--f\351\n\none\n--f\351--\n",
			"multipart/mixed[text/plain 'one']", 0},
		{MULTI("\"\"") "--\n\none\n----\n", "multipart/mixed[text/plain 'one']", 0},
		{MULTI("\"f\\oo\"") "--foo\n\none\n--foo--\n",
			"multipart/mixed[text/plain 'one']", 0},
		{MULTI("\"foo \"") "--foo\n\none\n--foo--\n",
			"multipart/mixed[text/plain 'one']", 0},
		{MULTI("\"foo \"") "--foo \n\none\n--foo --\n", /* the RFC says: not so */
			"multipart/mixed[text/plain 'one\n--foo --\n']", PART_NO_CLOSE},
	};

	ASSERT_MAILS(mails);
}

static void test_headers(void **state)
{
	static const struct mail mails[] = {
		/* no blank line before the next delimiter */
		{MULTI("b") "--b\nContent-Type: text/html\n--b\n\ntwo\n--b--\n",
			"multipart/mixed[text/html '', text/plain 'two']", 0},
		/* which may look like a field */
		{MULTI("\"x:y\"") "--x:y\nContent-Type: text/html\n--x:y\n\ntwo\n--x:y--\n",
			"multipart/mixed[text/html '', text/plain 'two']", 0},
		/* no blank line at all, in a part and on top */
		{MULTI("b") "--b\nhello\nworld\n--b--\n",
			"multipart/mixed[text/plain 'hello\nworld']", 0},
		{"Content-Type: multipart/mixed; boundary=b\n--b\n\none\n--b--\n",
			"multipart/mixed[text/plain 'one']", 0},
		{MULTI("b") "--b\n--b\n\n--b--\n",
			"multipart/mixed[text/plain '', text/plain '']", 0},
		/* prose between header and base64: would shift its groups */
		{"Content-Transfer-Encoding: base64\nsome junk line\nand\n\naGVsbG8=\n",
			"text/plain 'hello'", 0},
		{"Content-Transfer-Encoding: base64\naGVs\nbG8=\n\n", "text/plain 'hello'", 0},
		{"Subject: x\nno separator\nhere\n\nbody\n",
			"text/plain 'no separator\nhere\n\nbody\n'", 0},
	};

	ASSERT_MAILS(mails);
}

/* Base64 with blanks, no blank line before it but one behind: it is a body, not junk. */
static void test_long_junk(void **state)
{
	cleanup_buf struct buf mail = {0};
	struct limits limits = show_limits();
	struct show show;

	buf_add_cstr(&mail, "Content-Transfer-Encoding: base64\n");
	for (int i = 0; i < 300; i++)
		buf_add_cstr(&mail, "aGVs bG8h\n");
	buf_add_cstr(&mail, "\n");
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	assert_int_equal(show.reading.parts[0].content.bytes.len, 300 * 6);
	show_release(&show);
}

static void test_guess(void **state)
{
	static const struct mail mails[] = {
		{"Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
			"multipart/mixed[text/plain 'one']", PART_NO_BOUNDARY},
		{MULTI("B") "--b\n\none\n--b--\n", "multipart/mixed[text/plain 'one']",
			PART_NO_DELIMITER},
		{MULTI("x; boundary=b") "--b\n\none\n--b--\n", "multipart/mixed[text/plain 'one']",
			PART_NO_DELIMITER | PART_DUPLICATE},
		{MULTI("b") "--b junk\n\none\n--b junk\n\ntwo\n--b--\n",
			"multipart/mixed[text/plain 'one', text/plain 'two\n--b--\n']",
			PART_NO_DELIMITER | PART_NO_CLOSE},
		{"Content-Type: multipart/mixed\n\nnothing\n-- \nhere\n",
			"multipart/mixed 'nothing\n-- \nhere\n'", PART_NO_BOUNDARY},
		{MULTI("b") "nothing\n", "multipart/mixed 'nothing\n'", PART_NO_DELIMITER},
		{MULTI("b") "--b--\n", "multipart/mixed '--b--\n'", PART_NO_DELIMITER},
		/* the outer one's delimiters are out of the inner one's reach */
		{MULTI("a") "--a\nContent-Type: multipart/mixed\n\n--i\n\none\n--i\n\ntwo\n--i--\n"
			    "--a\n\nthree\n--a--\n",
			"multipart/mixed[multipart/mixed[text/plain 'one', text/plain 'two'], "
			"text/plain 'three']",
			PART_NO_BOUNDARY},
	};

	ASSERT_MAILS(mails);
}

/* What a guess finds is found besides: nothing of the body, its preamble included, gets lost. */
static void test_guess_keeps(void **state)
{
	static const char mail[] = "Content-Type: multipart/mixed\n\npre\n--b\n\none\n--b--\n";
	static const char good[] = MULTI("b") "pre\n--b\n\none\n--b--\n";
	struct limits limits = show_limits();
	struct show show;

	show_read(&show, &reading_principal, slice_cstr(mail), &limits);
	assert_int_equal(show.reading.count, 2);
	assert_true(show.reading.parts[0].is_leaf);
	assert_slice(show.reading.parts[0].content.bytes, "pre\n--b\n\none\n--b--\n");
	show_release(&show);
	show_read(&show, &reading_principal, slice_cstr(good), &limits);
	assert_int_equal(show.reading.count, 2);
	assert_false(show.reading.parts[0].is_leaf);
	show_release(&show);
}

static void test_attached(void **state)
{
	static const struct mail mails[] = {
		{"Content-Type: message/rfc822\n\nSubject: in\n\nbody\n",
			"message/rfc822[text/plain 'body\n']", 0},
		{"Content-Type: message/global\n\n" MULTI("b") "--b\n\none\n--b--\n",
			"message/global[multipart/mixed[text/plain 'one']]", 0},
		{MULTI("a") "--a\nContent-Type: message/rfc822\n\n" MULTI(
			 "b") "--b\n\none\n--a\n\ntwo\n--a--\n",
			"multipart/mixed[message/rfc822[multipart/mixed[text/plain 'one']], "
			"text/plain 'two']",
			PART_NO_CLOSE},
		{"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nbody\n--b\n"
		 "Content-Type: text/plain\n\nx\n--b--\n",
			"multipart/digest[message/rfc822[text/plain 'body'], text/plain 'x']", 0},
		{"Content-Type: message/partial; id=x; number=1; total=1\n\nSubject: in\n\nbody\n",
			"message/partial[text/plain 'body\n']", PART_PARTIAL},
		{"Content-Type: message/partial; id=x; number=1; total=2\n\nSubject: in\n\nbody\n",
			"message/partial 'Subject: in\n\nbody\n'", PART_PARTIAL},
		{"Content-Type: message/external-body\n\nSubject: in\n\nbody\n",
			"message/external-body 'Subject: in\n\nbody\n'", 0},
		{"Content-Type: message/rfc822\n\n", "message/rfc822[text/plain '']", 0},
	};

	ASSERT_MAILS(mails);
}

/* "Subject: in\n\nhello" and "--b\n\none\n--b--\n" in base64; the second also as it stands. */
static void test_encoded(void **state)
{
	static const struct mail mails[] = {
		{"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
		 "U3ViamVjdDogaW4KCmhlbGxv\n",
			"message/rfc822[text/plain 'hello']", PART_ENCODED_MULTIPART},
		{"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
		 "Subject=3A in\n\nhel=\nlo",
			"message/rfc822[text/plain 'hello']", PART_ENCODED_MULTIPART},
		{"Content-Transfer-Encoding: base64\n" MULTI("b") "LS1iCgpvbmUKLS1iLS0K\n",
			"multipart/mixed[text/plain 'one']",
			PART_ENCODED_MULTIPART | PART_NO_DELIMITER},
		{"Content-Transfer-Encoding: base64\n" MULTI("b") "--b\n\none\n--b--\n",
			"multipart/mixed[text/plain 'one']", PART_ENCODED_MULTIPART},
	};

	ASSERT_MAILS(mails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_delimiters),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_long_junk),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_guess_keeps),
		cmocka_unit_test(test_attached),
		cmocka_unit_test(test_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
