/* Files hidden in texts: each kind, several, broken ones, prose that looks like one. */
#include "message/show.h"

#define UU   "begin 644 a.txt\n%:&5L;&\\\n`\nend\n"
#define HELLO "application/octet-stream 'hello'"
#define YENC "=ybegin line=128 size=5 name=a.bin\n\222\217\226\226\231\n=yend size=5\n"

static struct show show;
static struct buf mail; /* what the parts of `show` borrow from */

static int release_mail(void **state)
{
	buf_release(&mail);
	return 0;
}

static size_t blocks_in(const char *text, const char *header)
{
	struct limits limits = show_limits();

	buf_clear(&mail);
	buf_addf(&mail, "%s\n\n%s", header, text);
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	return show.reading.count - 1;
}

static void test_uuencode(void **state)
{
	const struct part *part;

	assert_int_equal(blocks_in("Hi,\n\n" UU "bye\n" UU, "Subject: x"), 2);
	for (int i = 1; i < 3; i++) {
		part = &show.reading.parts[i];
		assert_int_equal(part->origin, PART_UUENCODE);
		assert_int_equal(part->parent, 0);
		assert_int_equal(part->encoding, TRANSFER_UUENCODE);
		assert_slice(part->content.bytes, "hello");
		assert_slice(part->raw, UU);
		assert_int_equal(part->flags, 0);
		assert_int_equal(part->name_count, 1);
		assert_slice(part->names[0], "a.txt");
		assert_true(part->is_leaf);
	}
	/* The text itself stays a leaf. */
	assert_true(show.reading.parts[0].is_leaf);
	show_release(&show);
	/* In a quoted-printable text, too. */
	assert_int_equal(blocks_in("begin 644 a=\n.txt\n%:&5L;&\\\n`\nend\n",
				 "Content-Transfer-Encoding: quoted-printable"),
		1);
	show_release(&show);
	/* Not in what is no text. */
	assert_int_equal(blocks_in(UU, "Content-Type: application/x"), 0);
	show_release(&show);
	assert_int_equal(blocks_in("begin-base64 644 x\naGVsbG8=\n====\n", "X: y"), 1);
	assert_slice(show.reading.parts[1].content.bytes, "hello");
	show_release(&show);
}

static void test_prose(void **state)
{
	assert_int_equal(blocks_in("begin 755 things and\nnever end one of them\n", "X: y"), 0);
	show_release(&show);
	assert_int_equal(blocks_in("we begin 644 x\n%:&5L;&\\\n`\nend\n", "X: y"), 0);
	show_release(&show);
	assert_int_equal(blocks_in("begin 644 x\n", "X: y"), 0);
	show_release(&show);
	assert_int_equal(blocks_in("(This file must be put away)\n:abc:\n=yeah\n", "X: y"), 0);
	show_release(&show);
}

static void test_broken(void **state)
{
	/* No "end": what is there, and the text goes on behind it. */
	assert_int_equal(blocks_in("begin 644 x\n%:&5L;&\\\nprose follows here\n" UU, "X: y"), 2);
	assert_slice(show.reading.parts[1].content.bytes, "hello");
	assert_int_equal(show.reading.parts[1].flags, PART_TRUNCATED);
	assert_slice(show.reading.parts[2].content.bytes, "hello");
	show_release(&show);
	assert_int_equal(blocks_in("=ybegin line=128 size=5 name=a\n\222\217", "X: y"), 1);
	assert_slice(show.reading.parts[1].content.bytes, "he");
	assert_int_equal(show.reading.parts[1].flags, PART_TRUNCATED);
	show_release(&show);
}

static void test_yenc(void **state)
{
	assert_int_equal(blocks_in("x\n" YENC "y\n" UU, "Content-Type: text/plain; charset=x"), 2);
	assert_int_equal(show.reading.parts[1].origin, PART_YENC);
	assert_slice(show.reading.parts[1].content.bytes, "hello");
	assert_slice(show.reading.parts[1].names[0], "a.bin");
	assert_int_equal(show.reading.parts[2].origin, PART_UUENCODE);
	show_release(&show);
}

static void test_binhex(void **state)
{
	/* "hi" as file "a", made by the encoder in test_transfer.c. */
	assert_int_equal(
		blocks_in("(This file must be converted with BinHex 4.0)\n\n"
			  ":!@%!8&\"58(4iG(Jd!!!!!!*!!!!!b5ZSD'NSB!!!:\nmore\n",
			"X: y"),
		1);
	assert_int_equal(show.reading.parts[1].origin, PART_BINHEX);
	show_release(&show);
}

static void test_preamble(void **state)
{
	assert_reads("Content-Type: multipart/mixed; boundary=b\n\n" UU "--b\n\none\n--b--\n" YENC,
		"multipart/mixed[" HELLO ", text/plain 'one', " HELLO "]");
}

static void test_many(void **state)
{
	struct limits limits = show_limits();

	buf_clear(&mail);
	buf_add_cstr(&mail, "\n");
	for (int i = 0; i < 2000; i++)
		buf_add_cstr(&mail, UU);
	show_read(&show, &reading_principal, buf_slice(&mail), &limits);
	assert_int_equal(show.reading.count, 1000);
	assert_true(show.reading.flags & PART_OVER_PARTS);
	show_release(&show);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuencode),
		cmocka_unit_test(test_prose),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_yenc),
		cmocka_unit_test(test_binhex),
		cmocka_unit_test(test_preamble),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, release_mail);
}
