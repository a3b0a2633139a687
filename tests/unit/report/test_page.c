/* The frame of a page, and its tables. */
#include "unit.h"

#include "report/page.h"

#define S(text) slice_cstr(text)

static bool holds(const struct buf *out, const char *text)
{
	return slice_find(buf_slice(out), S(text), 0) < out->len;
}

static void test_frame(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct page_link above[] = {{S("2026"), S("../2026.html")}};
	struct page page = {.language = S("en"),
		.title = S("A day"),
		.name = S("<x>"),
		.skip = S("Skip"),
		.ways = S("Pages"),
		.previous = {S("before"), S("b.html")},
		.next = {S("after"), S("")},
		.above = above,
		.above_count = 1};

	page_begin(&html, &page);
	page_section_begin(&html, "s", S("Section"), S("A note"));
	page_section_end(&html);
	assert_int_equal(page_end(&html, S("made")), 0);
	assert_true(holds(&out, "<title>A day - &lt;x&gt;</title>"));
	assert_true(holds(&out, "<p class=\"name\"><bdi>&lt;x&gt;</bdi></p>"));
	assert_true(holds(&out, "<a class=\"previous\" rel=\"prev\" href=\"b.html\">before</a>"));
	assert_true(holds(&out, "<a class=\"above\" href=\"../2026.html\">2026</a>"));
	assert_true(holds(&out, "<span class=\"next\">after</span>"));
	assert_true(
		holds(&out, "<section id=\"s\">\n<h2>Section</h2>\n<p class=\"note\">A note</p>"));
	assert_true(holds(&out, "</main>\n<footer><p>made</p></footer>\n</body></html>\n"));
}

static void test_table(void **state)
{
	static const struct page_column columns[] = {
		{SLICE_LITERAL("Name"), PAGE_TEXT},
		{SLICE_LITERAL("Mails"), PAGE_NUMBER},
	};
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct page_table table = page_table_begin(&html, S("Caption"), columns, 2);

	page_cell(&table, S("a<b"));
	page_cell_figure(&table, FIGURE_COUNT, 1000);
	page_cell_link(&table, S("c"), S("c.html"), S("d"));
	page_table_end(&table, S("Nothing"));
	assert_int_equal(html_end(&html), 0);
	assert_true(holds(&out, "<tbody>\n<tr><td class=\"text\"><bdi>a&lt;b</bdi></td>"
				"<td class=\"number\">1\xe2\x80\xaf"
				"000</td></tr>\n"
				"<tr><td class=\"text\"><a href=\"c.html#d\"><bdi>c</bdi></a></td>"
				"</tr></tbody></table></div></figure>"));
	assert_false(holds(&out, "Nothing"));
	buf_clear(&out);
	table = page_table_begin(&html, S("Caption"), columns, 2);
	page_table_end(&table, S("Nothing"));
	assert_int_equal(html_end(&html), 0);
	assert_true(holds(&out, "<tr><td colspan=\"2\">Nothing</td></tr>"));
}

static void test_card(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	uint64_t trend[] = {1, 2};
	struct page_card card = {.label = S("Stopped"),
		.figure = S("31"),
		.note = S("2 %"),
		.fragment = S("stopped"),
		.tone = TONE_STOPPED,
		.trend_name = S("14 days"),
		.trend = trend,
		.trend_count = 2};

	page_cards_begin(&html);
	page_card(&html, &card);
	page_cards_end(&html);
	assert_int_equal(html_end(&html), 0);
	assert_true(holds(&out, "<li class=\"stopped\"><span class=\"label\">Stopped</span> "
				"<strong><a href=\"#stopped\">31</a></strong> "
				"<span class=\"note\">2 %</span><svg class=\"spark\""));
}

/* A figure leads somewhere when there is something behind it. */
static void test_figures_that_lead(void **state)
{
	static const struct page_column columns[] = {{SLICE_LITERAL("n"), PAGE_NUMBER}};
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct page_table table = page_table_begin(&html, S("t"), columns, 1);

	page_cell_figure_link(&table, FIGURE_COUNT, 7, S("x/7.html"), SLICE_EMPTY);
	page_cell_figure_link(&table, FIGURE_COUNT, 0, S("x/0.html"), SLICE_EMPTY);
	page_cell_figure_link(&table, FIGURE_COUNT, 8, SLICE_EMPTY, SLICE_EMPTY);
	page_table_end(&table, SLICE_EMPTY);
	assert_true(holds(&out, "<td class=\"number\"><a href=\"x/7.html\">7</a></td>"));
	assert_true(holds(&out, "<td class=\"number\">0</td>"));
	assert_true(holds(&out, "<td class=\"number\">8</td>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_figures_that_lead),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
