/* HTML as a person reads it: words joined and parted where a browser does, junk tolerated. */
#include "unit.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "message/html_entities.h"
#include "message/text.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static void check(struct slice html, const char *want)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(text_from_html(html, &out), 0);
	if (!slice_eq_cstr(buf_slice(&out), want))
		fail_msg("%.*s: got \"%s\", want \"%s\"", SLICE_ARGS(html), buf_cstr(&out), want);
}

static void test_words(void **state)
{
	check(S("V<b>i</b>agra"), "Viagra");
	check(S("V<!-- x -->iag<!---->ra"), "Viagra");
	check(S("Vi\xe2\x80\x8b"
		"ag&shy;r&#8203;a"),
		"Viagra");
	check(S("V&#105;&#x61;gra"), "Viagra");
	check(S("a<wbr>b<span style='x'>c</span>"), "abc");
	check(S("one two\n\t three &nbsp; four"), "one two three four");
	check(S("  <b> x </b>  "), "x");
}

static void test_lines(void **state)
{
	check(S("<p>one</p><p>two</p>"), "one\ntwo");
	check(S("one<br>two<BR/>three<br />four"), "one\ntwo\nthree\nfour");
	check(S("<table><tr><td>a</td><td>b</td></tr></table>c"), "a\nb\nc");
	check(S("<h1>T</h1>\n\n<ul><li>x<li>y</ul>"), "T\nx\ny");
	check(S("<div>a <div> b</div></div>"), "a\nb");
}

static void test_unseen(void **state)
{
	check(S("a<script>var x = '<b>no</b>';</script>b"), "ab");
	check(S("a<STYLE type=x>p { }</style >b"), "ab");
	check(S("<title>no</title>yes"), "yes");
	check(S("a<script>x</scripty>no</script>b"), "ab");
	check(S("a<script>never closed"), "a");
	check(S("<!DOCTYPE html><?php no ?><![CDATA[no]]>yes"), "yes");
	/* A NUL is part of the name (HTML Living Standard 13.2.5.8): no script, but an unknown tag. */
	check(S("a<script\0>b</script>c<p\0>d"), "abcd");
	check(S("<img alt='no' title=\"no\">yes"), "yes");
}

static void test_tags(void **state)
{
	check(S("<a title=\"x>y\">z</a>"), "z");
	check(S("<a title='x>y' b=\">\">z</a>"), "z");
	check(S("<a title = \">\" >z</a>"), "z");
	check(S("<a \"b>z"), "z"); /* a quote that begins no value is no quote */
	check(S("<a b=c\">z"), "z");
	check(S("1 < 2 <3 a<>b </ >c"), "1 < 2 <3 a<>b c");
	check(S("<"), "<");
	check(S("a</"), "a");
	check(S("a<b"), "a");
	check(S("a<b c=\"never closed>d"), "a");
	check(S("a<averyveryverylongelementname>b"), "ab");
}

static void test_comments(void **state)
{
	check(S("<!-->a"), "a");
	check(S("<!--->a"), "a");
	check(S("<!-- -- > --!>a"), "a");
	check(S("<!-- x --->a"), "a");
	check(S("<!-- > -->a<!-- <b> -->b"), "ab");
	check(S("<!- x>a"), "a");
	check(S("a<!-- never closed"), "a");
}

static void test_references(void **state)
{
	check(S("&lt;b&gt; &amp;amp; &quot;"), "<b> &amp; \"");
	check(S("&eacute;&Eacute;&euro;&hellip;"), "\xc3\xa9\xc3\x89\xe2\x82\xac\xe2\x80\xa6");
	check(S("&eacutex &copy &ampx"), "\xc3\xa9x \xc2\xa9 &x");
	check(S("&period;&commat;&lpar;&num;&NewLine;x"), ".@(# x");
	check(S("&#65&#x42;&#X43"), "ABC");
	check(S("&#128;&#146;"), "\xe2\x82\xac\xe2\x80\x99");
	check(S("&#0;&#xd800;&#x110000;&#99999999999999999999;"),
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check(S("&#4294967361;"), "\xef\xbf\xbd"); /* 2^32 + 65 */
	check(S("&#0000000000000000000000065;"), "A");
	check(S("& &; &# &#x &nope; &euro &"), "& &; &# &#x &nope; &euro &");
}

static void test_every_reference_is_found(void **state)
{
	/* First, last and neighbours: a table out of order would lose some to bsearch(3). */
	static const char *const some[] = {"&AMP;", "&Aacute;", "&AElig;", "&zwnj;", "&zwj;",
		"&yuml;", "&zeta;", "&Zcaron;", "&frac12;", "&sup2;", "&sup;", "&thetasym;"};
	uint32_t c;

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (html_entity(slice_cstr(some[i]), &c) != strlen(some[i]))
			fail_msg("%s is not found", some[i]);
}

static void test_not_utf8(void **state)
{
	check(S("gr\xfcn\0x\x01"), "gr\xc3\xbcnx");
}

/* A generator with a fixed seed: failures repeat. */
static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Runs of plain text are written at once; the same written as references goes one by one. */
static void test_runs(void **state)
{
	static const char *const others[] = {
		"<b>", "</p>", "<!---->", "\t", "\r\n", "\x7f", "\x01", "\xc3\xbc", "\xc2\xad", "\xff"};
	uint64_t seed = 4;

	for (unsigned round = 0; round < 5000; round++) {
		cleanup_buf struct buf plain = {0}, references = {0}, out = {0}, want = {0};
		cleanup_free unsigned char *html = NULL;
		unsigned rare = 1 + random_next(&seed) % 60;

		while (plain.len < round % 150) {
			unsigned char c = (unsigned char)(' ' + random_next(&seed) % 0x5f);

			if (random_next(&seed) % 6 == 0)
				c = ' ';
			if (random_next(&seed) % rare == 0)
				c = '\n';
			if (random_next(&seed) % rare == 0) {
				const char *other = others[random_next(&seed) % 10];

				buf_add_cstr(&plain, other);
				buf_add_cstr(&references, other);
			} else if (c != '<' && c != '&') {
				buf_add_byte(&plain, c);
				buf_addf(&references, "&#%u;", c);
			}
		}
		/* Behind the last byte is nothing: a sanitizer sees what is read there. */
		html = malloc(plain.len + 1);
		assert_non_null(html);
		if (plain.len > 0)
			memcpy(html + 1, plain.data, plain.len);
		assert_int_equal(text_from_html(slice_make(html + 1, plain.len), &out), 0);
		assert_int_equal(text_from_html(buf_slice(&references), &want), 0);
		if (!slice_eq(buf_slice(&out), buf_slice(&want)))
			fail_msg("%s: got \"%s\", want \"%s\"", buf_cstr(&plain), buf_cstr(&out),
				buf_cstr(&want));
	}
}

static void test_hostile_is_linear(void **state)
{
	static const char *const pieces[] = {
		"<a \"", "<!--", "</", "&#x", "<script>", "&amp", "<a b='", "<!-- --", "<b", "< "};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		cleanup_buf struct buf html = {0}, out = {0};

		while (html.len < 300000)
			buf_add_cstr(&html, pieces[i]);
		assert_int_equal(text_from_html(buf_slice(&html), &out), 0);
		assert_true(out.len <= 2 * html.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_every_reference_is_found),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_hostile_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
