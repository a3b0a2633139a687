/* The text of parts: which are searched, which are HTML, and their bytes as UTF-8. */
#include "unit.h"

#include "message/text.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static struct part part_make(
	const char *type, const char *subtype, const char *charset, struct slice bytes)
{
	return (struct part){
		.type = slice_cstr(type),
		.subtype = slice_cstr(subtype),
		.charset = slice_cstr(charset),
		.is_leaf = true,
		.content = {.bytes = bytes, .fd = -1},
	};
}

static void test_searchable(void **state)
{
	struct part part = part_make("text", "x-anything", "", S("\1\2"));

	assert_true(text_is_searchable(&part));
	part = part_make("application", "octet-stream", "", S("plain words"));
	assert_true(text_is_searchable(&part));
	part.content.bytes = S("MZ\x90\0");
	assert_false(text_is_searchable(&part));
	part = part_make("text", "plain", "", S("x"));
	part.is_leaf = false;
	assert_false(text_is_searchable(&part));
}

static bool is_html(struct slice bytes)
{
	struct part part = part_make("text", "plain", "", bytes);

	return text_is_html(&part);
}

static void test_html(void **state)
{
	struct part part = part_make("text", "html", "", S("hello"));

	assert_true(text_is_html(&part));
	part = part_make("application", "xhtml+xml", "", S("hello"));
	assert_true(text_is_html(&part));
	assert_true(is_html(S("\n <!DOCTYPE HTML>")));
	assert_true(is_html(S("\xef\xbb\xbf<html>")));
	assert_true(is_html(S("\xff\xfe<\0h\0t\0m\0l\0>\0")));
	assert_true(is_html(S("<\0\0\0h\0\0\0t\0\0\0m\0\0\0l\0\0\0")));
	assert_false(is_html(S("hello <html>")));
	assert_false(is_html(S("")));
}

static void check(
	const char *type, const char *charset, struct slice bytes, const char *want, bool borrowed)
{
	struct part part = part_make("text", type, charset, bytes);
	cleanup_buf struct buf room = {0};
	struct slice text;

	buf_add_cstr(&room, "old");
	assert_int_equal(text_utf8(&part, &room, &text), 0);
	assert_slice(text, want);
	assert_int_equal(text.data >= bytes.data && text.data <= bytes.data + bytes.len, borrowed);
	assert_int_equal(slice_eq_cstr(buf_slice(&room), "old"), borrowed);
}

static void test_utf8(void **state)
{
	check("plain", "", S("plain"), "plain", true);
	check("plain", "utf-8", S("gr\xc3\xbcn"), "gr\xc3\xbcn", true);
	check("plain", "koi8-r", S("plain"), "plain", true);
	check("plain", "utf-8", S("\xef\xbb\xbfx"), "x", true);
	check("plain", "", S("gr\xfcn"), "gr\xc3\xbcn", false);
	check("plain", "iso-8859-1", S("gr\xfcn"), "gr\xc3\xbcn", false);
	check("plain", "utf-7", S("+AGUAdgBpAGw-"), "evil", false);
	check("plain", "utf-16le", S("e\0v\0i\0l\0"), "evil", false);
	check("plain", "us-ascii",
		S("\xff\xfe"
		  "e\0v\0"),
		"ev", false);
	check("plain", "iso-2022-jp", S("\x1b$B$\"\x1b(B"), "\xe3\x81\x82", false);
	check("plain", "", S(""), "", true);
}

static void test_meta(void **state)
{
	check("html", "", S("<meta charset=\"koi8-r\">\xd7"), "<meta charset=\"koi8-r\">\xd0\xb2",
		false);
	check("html", "", S("<meta content='text/html; charset=windows-1251'>\xe2"),
		"<meta content='text/html; charset=windows-1251'>\xd0\xb2", false);
	check("html", "iso-8859-1", S("<meta charset=koi8-r>\xd7"), "<meta charset=koi8-r>\xc3\x97",
		false);
	check("html", "", S("<meta charset=utf-16>\xc3\xbc"), "<meta charset=utf-16>\xc3\xbc",
		true);
	check("html", "", S("<meta charset="), "<meta charset=", true);
	check("plain", "", S("charset=koi8-r \xd7"), "charset=koi8-r \xc3\x97", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searchable),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_meta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
