/* The writer of HTML: what comes out is text, whatever goes in. */
#include "unit.h"

#include "report/html.h"
#include "../record/hostile.h"

static void test_elements(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};

	html_open(&html, "p");
	html_attr_cstr(&html, "class", "a b");
	html_attr_number(&html, "x", -12.345);
	html_attr_number(&html, "y", 2.5);
	html_attr_number(&html, "z", 0.004);
	html_attr_percent(&html, "width", 100.0 / 24);
	html_text_cstr(&html, "one");
	html_void(&html, "br");
	html_element(&html, "b", slice_cstr("two"));
	html_element_class(&html, "i", "three", SLICE_EMPTY);
	assert_int_equal(html_end(&html), 0);
	assert_slice(buf_slice(&out),
		"<p class=\"a b\" x=\"-12.35\" y=\"2.5\" z=\"0\" width=\"4.17%\">one<br><b>two</b>"
		"<i class=\"three\"></i></p>\n");
}

static void test_text(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{"", ""},
		{"plain text, b\xc3\xa4r \xf0\x9f\x98\x80",
			"plain text, b\xc3\xa4r \xf0\x9f\x98\x80"},
		{"<script>&amp;\"'", "&lt;script&gt;&amp;amp;&quot;&#39;"},
		{"a\nb\r\t\x1b[31m", "a\\x0Ab\\x0D\\x09\\x1B[31m"},
		{"\xe2\x80\xaegpj.exe", "\\xE2\\x80\\xAEgpj.exe"},
		{"\xff<\xc0\x80", "\\xFF&lt;\\xC0\\x80"},
		{"\xef\xbf\xbe|\xef\xb7\x90|\xf0\x9f\xbf\xbf|\xef\xbf\xbd",
			"\\xEF\\xBF\\xBE|\\xEF\\xB7\\x90|\\xF0\\x9F\\xBF\\xBF|\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\\xED\\xA0\\x80"},
		{"cut \xe2\x82", "cut \\xE2\\x82"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf text = {0};
		cleanup_buf struct buf attribute = {0}, want = {0};
		struct html html = {.out = &text};

		html_text_cstr(&html, cases[i].text);
		assert_slice(buf_slice(&text), cases[i].written);
		html.out = &attribute;
		html_open(&html, "p");
		html_attr_cstr(&html, "title", cases[i].text);
		html_close(&html);
		buf_addf(&want, "<p title=\"%s\"></p>", cases[i].written);
		assert_slice(buf_slice(&attribute), buf_cstr(&want));
	}
}

static void test_value(void **state)
{
	static const struct {
		const char *value;
		size_t limit;
		const char *written;
	} cases[] = {
		{"short", 5, "<bdi>short</bdi>"},
		{"longer", 5, "<bdi>longe\xe2\x80\xa6</bdi>"},
		{"b\xc3\xa4r", 2, "<bdi>b\xe2\x80\xa6</bdi>"},
		{"b\xc3\xa4r", 3, "<bdi>b\xc3\xa4\xe2\x80\xa6</bdi>"},
		{"<<", 4, "<bdi>&lt;\xe2\x80\xa6</bdi>"},
		{"<<", 3, "<bdi>\xe2\x80\xa6</bdi>"},
		{"\x01\x01", 7, "<bdi>\\x01\xe2\x80\xa6</bdi>"},
		{"", 5, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct html html = {.out = &out};

		html_value(&html, slice_cstr(cases[i].value), cases[i].limit);
		assert_slice(buf_slice(&out), cases[i].written);
	}
}

static void test_value_parted(void **state)
{
	static const struct {
		const char *value;
		size_t limit;
		const char *written;
	} cases[] = {
		{"bob@example.org", 99, "<bdi>bob@<wbr>example.org</bdi>"},
		{"@<@", 99, "<bdi>@<wbr>&lt;@<wbr></bdi>"},
		{"bob@example.org", 4, "<bdi>bob@<wbr>\xe2\x80\xa6</bdi>"},
		{"bob", 3, "<bdi>bob</bdi>"},
		{"", 3, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct html html = {.out = &out};

		html_value_parted(&html, slice_cstr(cases[i].value), cases[i].limit);
		assert_slice(buf_slice(&out), cases[i].written);
	}
}

static void test_links(void **state)
{
	static const struct {
		const char *path, *fragment, *written;
	} cases[] = {
		{"2026/11/22.html", "", "<a href=\"2026/11/22.html\"></a>"},
		{"../11.html", "h14", "<a href=\"../11.html#h14\"></a>"},
		{"", "top", "<a href=\"#top\"></a>"},
		{"javascript:alert(1)", "", "<a href=\"javascript%3Aalert%281%29\"></a>"},
		{"//hostile.test/x", "", "<a href=\"%2F/hostile.test/x\"></a>"},
		{"/etc/passwd", "", "<a href=\"%2Fetc/passwd\"></a>"},
		{"\\\\hostile.test\\x", "", "<a href=\"%5C%5Chostile.test%5Cx\"></a>"},
		{"a?b#c&d=\"<", "e f", "<a href=\"a%3Fb%23c%26d%3D%22%3C#e%20f\"></a>"},
		{" \tx", "", "<a href=\"%20%09x\"></a>"},
		{"\xc3\xa4\xff", "", "<a href=\"%C3%A4%FF\"></a>"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct html html = {.out = &out};

		html_open(&html, "a");
		html_href(&html, slice_cstr(cases[i].path), slice_cstr(cases[i].fragment));
		html_close(&html);
		assert_slice(buf_slice(&out), cases[i].written);
	}
}

/* Of the bytes that mean something in markup, those written are our own: no value adds one. */
static void test_nothing_gets_through(void **state)
{
	uint32_t seed = 20261122;

	for (unsigned round = 0; round < 2000; round++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0};
		struct html html = {.out = &out};
		struct slice value = hostile_text(&arena, &seed, 100), written;
		size_t markup = 0;
		unsigned quotes = 0;

		html_open(&html, "a");
		html_href(&html, value, value);
		html_attr(&html, "title", value);
		html_text(&html, value);
		html_value(&html, value, 50);
		assert_int_equal(html_end(&html), 0);
		written = slice_first(buf_slice(&out), out.len - 1); /* the newline at the end */
		for (size_t i = 0; i < written.len; i++) {
			markup += written.data[i] == '<' || written.data[i] == '>';
			quotes += written.data[i] == '"';
			assert_true(written.data[i] >= ' ');
			assert_int_not_equal(written.data[i], '\'');
			assert_int_not_equal(written.data[i], 0x7f);
		}
		assert_int_equal(markup, value.len > 0 ? 8 : 4);
		assert_int_equal(quotes, 4);
	}
}

static void test_mistakes_are_told(void **state)
{
	cleanup_buf struct buf deep = {0};
	cleanup_buf struct buf closed = {0}, late = {0};
	struct html html = {.out = &deep};

	for (unsigned i = 0; i <= HTML_DEPTH; i++)
		html_open(&html, "div");
	assert_true(html_end(&html) < 0);
	html = (struct html){.out = &closed};
	html_close(&html);
	assert_true(html_end(&html) < 0);
	html = (struct html){.out = &late};
	html_open(&html, "p");
	html_text_cstr(&html, "text");
	html_attr_cstr(&html, "class", "too late");
	assert_true(html_end(&html) < 0);
}

static void test_document(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct slice text;

	html_begin(&html, slice_cstr("de"), slice_cstr("</title>"), false);
	assert_int_equal(html_end(&html), 0);
	text = buf_slice(&out);
	assert_true(slice_starts(text, "<!DOCTYPE html>\n<html lang=\"de\">\n<head>\n"
				       "<meta charset=\"utf-8\">\n"));
	assert_true(slice_find(text, slice_cstr("<title>&lt;/title&gt;</title>"), 0) < text.len);
	assert_true(slice_find(text, slice_cstr("content=\"default-src &#39;none&#39;; "), 0) <
		    text.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_value_parted),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_nothing_gets_through),
		cmocka_unit_test(test_mistakes_are_told),
		cmocka_unit_test(test_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
