/*
 * Tables in columns; see layout.h. In mail most tables are made for looks: what tells the others
 * is that their cells hold a few words each. So the cells are written first, each by itself, and
 * then it shows whether they fit beside each other; if not, the same cells come one below the
 * other.
 */
#include "plain/layout.h"

#include "plain/width.h"

#include <errno.h>
#include <stdlib.h>

#define COLUMNS_MAX  24
#define TABLE_WIDTH  76
#define GAP	     2
#define BYTES_MAX    600 /* of a cell, as it stands in the HTML */
#define TEXT_MAX     160 /* columns of a cell, all its lines together */
#define LINES_MAX    6
#define NARROWED_MIN 16 /* the widest column may be filled anew, down to this */
#define CELL_WIDTH   4000

struct cell {
	struct slice text; /* lines, LF behind each */
	unsigned column, span;
	bool is_heading, ends_row;
};

struct grid {
	struct cell *cells;
	size_t count, room;
	unsigned widths[COLUMNS_MAX];
	bool is_number[COLUMNS_MAX];
	unsigned spanned[COLUMNS_MAX]; /* rows that a cell above still takes */
	bool is_headed;		       /* the first row is of headings */
};

static bool row_is_plain(const struct html_node *row)
{
	for (const struct html_node *cell = row->first; cell; cell = cell->next)
		if (cell->kind == HTML_CELL && (cell->is_complex || cell->length > BYTES_MAX))
			return false;
	return true;
}

/* Whether it can be a table at all, before anything is written. Counts the cells. */
static bool is_plain(const struct html_node *node, size_t *cells)
{
	for (const struct html_node *child = node->first; child; child = child->next) {
		if (child->kind == HTML_ROWS && !is_plain(child, cells))
			return false;
		if (child->kind == HTML_ROW) {
			if (!row_is_plain(child))
				return false;
			for (const struct html_node *cell = child->first; cell; cell = cell->next)
				*cells += cell->kind == HTML_CELL;
		}
	}
	return true;
}

/* The cell's text on lines that are as long as they want. Returns false when it is too much. */
static bool write_cell(struct layout *layout, const struct html_node *node, struct slice *text)
{
	cleanup_buf struct buf out = {0};
	struct sheet outer = layout->sheet;
	unsigned lists = layout->lists;
	size_t lines = 0;
	int result;

	sheet_begin(&layout->sheet, &out, CELL_WIDTH, CELL_WIDTH);
	layout_children(layout, node);
	result = sheet_finish(&layout->sheet);
	layout->sheet = outer;
	layout->lists = lists;
	*text = arena_copy(layout->arena, buf_slice(&out));
	if (result == -ENOMEM || !text->data)
		layout->error = -ENOMEM;
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	return result == 0 && text->data && lines <= LINES_MAX && width_of(*text) <= TEXT_MAX;
}

static unsigned widest_line(struct slice text)
{
	unsigned widest = 0, width;
	struct slice line;

	while (slice_next_line(&text, &line)) {
		width = width_of(line);
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* A figure, an amount of money, a percentage: digits, and no more than a unit of letters. */
static bool is_number(struct slice text)
{
	size_t digits = 0, letters = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = ascii_lower(text.data[i]);

		digits += ascii_digit(c);
		letters += c >= 'a' && c <= 'z';
	}
	return digits > 0 && letters <= 3 && text.len <= 20;
}

static bool add_row(struct layout *layout, struct grid *grid, const struct html_node *row)
{
	unsigned column = 0;
	size_t first = grid->count;

	for (const struct html_node *node = row->first; node; node = node->next) {
		struct cell *cell = &grid->cells[grid->count];

		if (node->kind != HTML_CELL)
			continue;
		while (column < COLUMNS_MAX && grid->spanned[column] > 0)
			grid->spanned[column++]--;
		cell->column = column;
		cell->span = node->columns > 0 ? node->columns : 1;
		cell->is_heading = node->is_heading;
		if (column + cell->span > COLUMNS_MAX || !write_cell(layout, node, &cell->text))
			return false;
		for (unsigned i = 0; i < cell->span && node->rows > 1; i++)
			grid->spanned[column + i] = node->rows - 1;
		column += cell->span;
		grid->count++;
	}
	for (; column < COLUMNS_MAX; column++)
		if (grid->spanned[column] > 0)
			grid->spanned[column]--;
	if (grid->count > first)
		grid->cells[grid->count - 1].ends_row = true;
	return true;
}

static bool add_rows(struct layout *layout, struct grid *grid, const struct html_node *node)
{
	for (const struct html_node *child = node->first; child; child = child->next)
		if ((child->kind == HTML_ROW && !add_row(layout, grid, child)) ||
			(child->kind == HTML_ROWS && !add_rows(layout, grid, child)))
			return false;
	return true;
}

/* What columns `from` to `from + span` take, with the gaps between them; empty ones take none. */
static unsigned taken(const struct grid *grid, unsigned from, unsigned span)
{
	unsigned width = 0;

	for (unsigned i = from; i < from + span; i++)
		if (grid->widths[i] > 0)
			width += grid->widths[i] + (width > 0 ? GAP : 0);
	return width;
}

static void measure(struct grid *grid)
{
	bool in_first_row = true;

	grid->is_headed = grid->count > 0;
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		grid->is_number[i] = true;
	for (size_t i = 0; i < grid->count; i++) {
		const struct cell *cell = &grid->cells[i];
		unsigned width = widest_line(cell->text);

		if (in_first_row && !cell->is_heading && width > 0)
			grid->is_headed = false;
		in_first_row &= !cell->ends_row;
		if (cell->span > 1)
			continue;
		if (width > grid->widths[cell->column])
			grid->widths[cell->column] = width;
		if (width > 0 && !cell->is_heading && !is_number(slice_trim(cell->text)))
			grid->is_number[cell->column] = false;
	}
	for (size_t i = 0; i < grid->count; i++) {
		const struct cell *cell = &grid->cells[i];
		unsigned width = widest_line(cell->text);
		unsigned room = taken(grid, cell->column, cell->span);

		if (cell->span > 1 && width > room)
			grid->widths[cell->column + cell->span - 1] += width - room;
	}
}

/* Whether it fits into `room`, if need be with its widest column narrowed. */
static bool fit(struct grid *grid, unsigned room)
{
	unsigned all = taken(grid, 0, COLUMNS_MAX), widest = 0, count = 0;

	for (unsigned i = 0; i < COLUMNS_MAX; i++) {
		count += grid->widths[i] > 0;
		if (grid->widths[i] > grid->widths[widest])
			widest = i;
	}
	if (count < 2)
		return false;
	if (all <= room)
		return true;
	if (all - room + NARROWED_MIN > grid->widths[widest])
		return false;
	grid->widths[widest] -= all - room;
	grid->is_number[widest] = false;
	return true;
}

/* Takes what fits into `room` off the front of *text. */
static struct slice next_line(struct slice *text, unsigned room)
{
	size_t end = slice_find_byte(*text, '\n', 0);
	struct slice line = slice_first(*text, end);
	size_t length = sheet_fit(line, room);

	*text = slice_from(*text, length == end ? end + 1 : length);
	return slice_trim(slice_first(line, length));
}

static void pad(struct buf *line, unsigned *used, unsigned to)
{
	for (; *used < to; ++*used)
		buf_add_byte(line, ' ');
}

/* One line of the row whose cells are [first, last); returns whether there are more. */
static bool write_line(struct layout *layout, const struct grid *grid, size_t first, size_t last)
{
	cleanup_buf struct buf line = {0};
	unsigned used = 0;
	bool more = false;

	for (size_t i = first; i < last; i++) {
		struct cell *cell = &grid->cells[i];
		unsigned room = taken(grid, cell->column, cell->span);
		unsigned before = taken(grid, 0, cell->column), start = before ? before + GAP : 0;
		struct slice text = next_line(&cell->text, room ? room : 1);
		unsigned width = width_of(text);

		more |= cell->text.len > 0;
		if (text.len == 0)
			continue;
		if (cell->span == 1 && grid->is_number[cell->column] && width < room)
			start += room - width;
		pad(&line, &used, start);
		buf_add(&line, text);
		used += width;
	}
	if (line.failed)
		layout->error = -ENOMEM;
	if (line.len > 0)
		sheet_line(&layout->sheet, buf_slice(&line));
	return more;
}

static void write_underline(struct layout *layout, const struct grid *grid)
{
	cleanup_buf struct buf line = {0};

	for (unsigned i = 0; i < COLUMNS_MAX; i++) {
		if (grid->widths[i] == 0)
			continue;
		if (line.len > 0)
			buf_add_cstr(&line, "  ");
		for (unsigned n = 0; n < grid->widths[i]; n++)
			buf_add_byte(&line, '-');
	}
	sheet_line(&layout->sheet, buf_slice(&line));
}

static void write_grid(struct layout *layout, const struct grid *grid)
{
	size_t first = 0;

	for (size_t i = 0; i < grid->count; i++) {
		if (!grid->cells[i].ends_row)
			continue;
		while (write_line(layout, grid, first, i + 1))
			;
		if (first == 0 && grid->is_headed)
			write_underline(layout, grid);
		first = i + 1;
	}
}

/* What stands in a table and in no row: a caption. */
static void write_others(struct layout *layout, const struct html_node *table)
{
	for (const struct html_node *child = table->first; child; child = child->next)
		if (child->kind != HTML_ROW && child->kind != HTML_ROWS)
			layout_node(layout, child);
	sheet_end(&layout->sheet);
}

bool layout_table(struct layout *layout, const struct html_node *table)
{
	struct grid grid = {0};
	unsigned prefix = (unsigned)layout->sheet.prefix.len;

	if (table->is_complex || prefix >= TABLE_WIDTH || !is_plain(table, &grid.room) ||
		grid.room == 0)
		return false;
	grid.cells = arena_array(layout->arena, grid.room, sizeof(*grid.cells));
	if (!grid.cells) {
		layout->error = -ENOMEM;
		return false;
	}
	if (!add_rows(layout, &grid, table))
		return false;
	measure(&grid);
	if (!fit(&grid, TABLE_WIDTH - prefix))
		return false;
	write_others(layout, table);
	write_grid(layout, &grid);
	return true;
}
