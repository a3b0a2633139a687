/* The frame of every report page; see page.h. */
#include "report/page.h"

#define PAGE_BYTES 100000 /* that a page may have, whatever is in the mails */

static void begin_way(struct html *html, const char *class, const char *rel, struct slice path)
{
	html_open(html, "a");
	html_attr_cstr(html, "class", class);
	if (rel)
		html_attr_cstr(html, "rel", rel);
	html_href(html, path, SLICE_EMPTY);
}

static void add_way(struct html *html, const char *class, const char *rel, struct page_link link)
{
	if (link.text.len == 0)
		return;
	if (link.path.len > 0) {
		begin_way(html, class, rel, link.path);
	} else {
		html_open(html, "span");
		html_attr_cstr(html, "class", class);
	}
	html_text(html, link.text);
	html_close(html);
	html_line(html);
}

bool page_cut_previous(struct buf *out, struct slice page, struct slice path)
{
	static const char end[] = "</a>";
	cleanup_buf struct buf way = {0};
	struct html html = {.out = &way};
	size_t at, text, behind;

	begin_way(&html, "previous", "prev", path);
	html_text_cstr(&html, "");
	at = slice_find(page, buf_slice(&way), 0);
	text = at + way.len;
	behind = text <= page.len ? slice_find(page, slice_cstr(end), text) : page.len;
	out->failed |= way.failed;
	if (way.failed || behind >= page.len)
		return way.failed;
	buf_add(out, slice_first(page, at));
	html = (struct html){.out = out};
	html_open(&html, "span");
	html_attr_cstr(&html, "class", "previous");
	html_text_cstr(&html, "");
	buf_add(out, slice_from(slice_first(page, behind), text));
	html_close(&html);
	buf_add(out, slice_from(page, behind + strlen(end)));
	return true;
}

static void add_ways(struct html *html, const struct page *page)
{
	if (page->previous.text.len == 0 && page->next.text.len == 0 && page->above_count == 0)
		return;
	html_open(html, "nav");
	html_attr(html, "aria-label", page->ways);
	html_line(html);
	add_way(html, "previous", "prev", page->previous);
	for (size_t i = 0; i < page->above_count; i++)
		add_way(html, "above", NULL, page->above[i]);
	add_way(html, "next", "next", page->next);
	html_close(html);
	html_line(html);
}

/* For the tab of the browser: "Sunday, 22 November 2026 - example.org". */
static void begin_document(struct html *html, const struct page *page)
{
	cleanup_buf struct buf title = {0};

	buf_add(&title, page->title);
	if (page->name.len > 0) {
		buf_add_cstr(&title, " - ");
		buf_add(&title, page->name);
	}
	html_begin(html, page->language, buf_slice(&title), page->tables_only);
	html->out->failed |= title.failed;
}

void page_begin(struct html *html, const struct page *page)
{
	begin_document(html, page);
	html_open(html, "body");
	html_line(html);
	html_open(html, "a");
	html_attr_cstr(html, "class", "skip");
	html_href(html, SLICE_EMPTY, slice_cstr("main"));
	html_text(html, page->skip);
	html_close(html);
	html_line(html);
	html_open(html, "header");
	html_line(html);
	if (page->name.len > 0) {
		html_open(html, "p");
		html_attr_cstr(html, "class", "name");
		html_value(html, page->name, PAGE_VALUE);
		html_close(html);
		html_line(html);
	}
	html_element(html, "h1", page->title);
	html_line(html);
	if (page->period.len > 0)
		html_element_class(html, "p", "period", page->period);
	add_ways(html, page);
	html_close(html);
	html_line(html);
	html_open(html, "main");
	html_attr_cstr(html, "id", "main");
	html_line(html);
}

int page_end(struct html *html, struct slice made)
{
	html_close(html);
	html_line(html);
	html_open(html, "footer");
	html_element(html, "p", made);
	html_close(html);
	html_line(html);
	return html_end(html);
}

bool page_wants_less(const struct buf *out, size_t *value_limit)
{
	static const size_t limits[] = {0, 60, 20};
	size_t at = 0;

	while (limits[at] != *value_limit)
		at++;
	if (out->len <= PAGE_BYTES || at + 1 == sizeof(limits) / sizeof(limits[0]))
		return false;
	*value_limit = limits[at + 1];
	return true;
}

void page_section_begin(struct html *html, const char *id, struct slice heading, struct slice note)
{
	html_open(html, "section");
	html_attr_cstr(html, "id", id);
	html_line(html);
	html_element(html, "h2", heading);
	html_line(html);
	if (note.len > 0)
		html_element_class(html, "p", "note", note);
}

void page_section_end(struct html *html)
{
	html_close(html);
	html_line(html);
}

void page_cards_begin(struct html *html)
{
	html_open(html, "ul");
	html_attr_cstr(html, "class", "cards");
	html_line(html);
}

static void add_card_figure(struct html *html, const struct page_card *card)
{
	bool linked = card->path.len > 0 || card->fragment.len > 0;

	html_open(html, "strong");
	if (linked) {
		html_open(html, "a");
		html_href(html, card->path, card->fragment);
	}
	html_text(html, card->figure);
	if (linked)
		html_close(html);
	html_close(html);
}

void page_card(struct html *html, const struct page_card *card)
{
	html_open(html, "li");
	html_attr_cstr(html, "class", chart_tone_class(card->tone));
	html_element_class(html, "span", "label", card->label);
	html_text_cstr(html, " ");
	add_card_figure(html, card);
	if (card->note.len > 0) {
		html_text_cstr(html, " ");
		html_element_class(html, "span", "note", card->note);
	}
	if (card->trend_name.len > 0)
		chart_sparkline(html, card->trend_name, card->trend, card->trend_count);
	html_close(html);
	html_line(html);
}

void page_cards_end(struct html *html)
{
	html_close(html);
	html_line(html);
}

static void begin_columns(struct html *html, const char *class)
{
	html_open(html, "div");
	html_attr_cstr(html, "class", class);
	html_line(html);
}

void page_columns_begin(struct html *html)
{
	begin_columns(html, "columns");
}

void page_thirds_begin(struct html *html)
{
	begin_columns(html, "columns thirds");
}

void page_columns_end(struct html *html)
{
	html_close(html);
	html_line(html);
}

static const char *kind_class(enum page_kind kind)
{
	static const char *const classes[] = {
		[PAGE_TEXT] = "text",
		[PAGE_WORD] = "word",
		[PAGE_NUMBER] = "number",
	};

	return classes[kind];
}

struct page_table page_table_begin(struct html *html, struct slice caption,
	const struct page_column *columns, unsigned column_count)
{
	struct page_table table = {
		.html = html,
		.columns = columns,
		.column_count = column_count,
	};
	unsigned texts = 0;

	for (unsigned i = 0; i < column_count; i++)
		texts += columns[i].kind == PAGE_TEXT;
	table.stacks = texts > 1;
	html_open(html, "figure");
	html_element(html, "figcaption", caption);
	html_line(html);
	/* What scrolls can be reached with the keyboard, and says what it is. */
	html_open(html, "div");
	html_attr_cstr(html, "class", "scroll");
	html_attr_cstr(html, "role", "region");
	html_attr_cstr(html, "tabindex", "0");
	html_attr(html, "aria-label", caption);
	html_open(html, "table");
	if (table.stacks)
		html_attr_cstr(html, "class", "stack");
	html_open(html, "thead");
	html_open(html, "tr");
	for (unsigned i = 0; i < column_count; i++) {
		html_open(html, "th");
		html_attr_cstr(html, "scope", "col");
		html_attr_cstr(html, "class", kind_class(columns[i].kind));
		html_text(html, columns[i].heading);
		html_close(html);
	}
	html_close(html);
	html_close(html);
	html_line(html);
	html_open(html, "tbody");
	html_line(html);
	return table;
}

void page_table_end(struct page_table *table, struct slice empty)
{
	struct html *html = table->html;

	if (table->at > 0)
		html_close(html); /* a row that was not filled */
	if (!table->filled) {
		html_open(html, "tr");
		html_open(html, "td");
		html_attr_number(html, "colspan", table->column_count);
		html_text(html, empty);
		html_close(html);
		html_close(html);
	}
	html_close(html); /* tbody, table, div, figure */
	html_close(html);
	html_close(html);
	html_close(html);
	html_line(html);
}

void page_cell_begin(struct page_table *table)
{
	const struct page_column *column = &table->columns[table->at];

	if (table->at == 0)
		html_open(table->html, "tr");
	html_open(table->html, "td");
	html_attr_cstr(table->html, "class", kind_class(column->kind));
	if (table->stacks && column->kind == PAGE_NUMBER)
		html_attr(table->html, "data-label", column->heading);
	table->filled = true;
}

void page_cell_end(struct page_table *table)
{
	html_close(table->html);
	if (++table->at < table->column_count)
		return;
	html_close(table->html);
	html_line(table->html);
	table->at = 0;
}

/* Several texts share a row: addresses take two lines rather than all of its width. */
static void add_value(struct page_table *table, struct slice value)
{
	if (table->stacks && table->columns[table->at].kind == PAGE_TEXT)
		html_value_parted(table->html, value, PAGE_VALUE);
	else
		html_value(table->html, value, PAGE_VALUE);
}

void page_cell(struct page_table *table, struct slice value)
{
	page_cell_begin(table);
	add_value(table, value);
	page_cell_end(table);
}

void page_cell_link(
	struct page_table *table, struct slice value, struct slice path, struct slice fragment)
{
	page_cell_begin(table);
	html_open(table->html, "a");
	html_href(table->html, path, fragment);
	add_value(table, value);
	html_close(table->html);
	page_cell_end(table);
}

void page_cell_figure(struct page_table *table, enum figure_unit unit, uint64_t value)
{
	page_cell_figure_link(table, unit, value, SLICE_EMPTY, SLICE_EMPTY);
}

void page_cell_figure_link(struct page_table *table, enum figure_unit unit, uint64_t value,
	struct slice path, struct slice fragment)
{
	bool linked = value > 0 && (path.len > 0 || fragment.len > 0);
	cleanup_buf struct buf figure = {0};

	figure_add_column(&figure, unit, value);
	page_cell_begin(table);
	if (linked) {
		html_open(table->html, "a");
		html_href(table->html, path, fragment);
	}
	html_text(table->html, buf_slice(&figure));
	if (linked)
		html_close(table->html);
	page_cell_end(table);
	table->html->out->failed |= figure.failed;
}
