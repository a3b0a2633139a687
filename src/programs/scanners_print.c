/*
 * The table of `scanners -l`. As text the columns are as wide as what is in them, within 80; what
 * does not fit into a line of a table (addresses, warnings, errors) stands below it.
 */
#include "programs/scanners.h"

#include <stdio.h>

#include "base/clock.h"
#include "record/json.h"
#include "scan/breaker.h"

#define LINE_WIDTH 80
#define CELL_SIZE  24

enum column {
	COLUMN_INITIAL,
	COLUMN_ENGINE,
	COLUMN_VERSION,
	COLUMN_PATTERNS,
	COLUMN_AGE,
	COLUMN_STATE,
	COLUMN_COUNT,
};

/* As wide as they may become; together with one blank between them 79. */
static const unsigned widest[COLUMN_COUNT] = {7, 13, 22, 14, 4, 14};

struct cells {
	char text[COLUMN_COUNT][CELL_SIZE];
};

/* A cell of printable ASCII: other bytes have other widths. */
static void fill(struct cells *cells, enum column column, struct slice text)
{
	char *cell = cells->text[column];
	size_t len = slice_first(text, widest[column]).len;

	for (size_t i = 0; i < len; i++)
		cell[i] = text.data[i] >= ' ' && text.data[i] <= '~' ? (char)text.data[i] : '?';
	if (text.len > len)
		cell[len - 1] = '~';
	cell[len] = '\0';
	if (len == 0)
		memcpy(cell, "-", 2);
}

static struct slice or_none(const char *text)
{
	return text ? slice_cstr(text) : SLICE_EMPTY;
}

static struct cells row_cells(const struct scanner_row *row, int64_t now_ms)
{
	struct cells cells = {0};
	int64_t days = facts_age_days(row->facts, now_ms);
	char age[CELL_SIZE] = "";

	if (days >= 0)
		snprintf(age, sizeof(age), "%lldd", (long long)(days < 999 ? days : 999));
	fill(&cells, COLUMN_INITIAL,
		row->configured ? slice_cstr(row->config->initial) : SLICE_EMPTY);
	fill(&cells, COLUMN_ENGINE, known_word(row->config->engine));
	fill(&cells, COLUMN_VERSION, or_none(row->facts->engine));
	fill(&cells, COLUMN_PATTERNS, or_none(row->facts->patterns));
	fill(&cells, COLUMN_AGE, slice_cstr(age));
	fill(&cells, COLUMN_STATE, slice_cstr(scanner_state_name(row->state)));
	return cells;
}

static void widen(unsigned width[COLUMN_COUNT], const struct cells *cells)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		if (strlen(cells->text[i]) > width[i])
			width[i] = (unsigned)strlen(cells->text[i]);
}

static void print_cells(const unsigned width[COLUMN_COUNT], unsigned gap, const struct cells *cells,
	struct buf *out)
{
	for (unsigned i = 0; i < COLUMN_COUNT - 1; i++)
		buf_addf(out, "%-*s", (int)(width[i] + gap), cells->text[i]);
	buf_addf(out, "%s\n", cells->text[COLUMN_STATE]);
}

/* Prints "who: text", broken at blanks, the lines after the first one indented. */
static void print_note(const char *who, const char *text, struct buf *out)
{
	unsigned at = (unsigned)strlen(who) + 1;
	struct slice rest = slice_cstr(text);

	buf_addf(out, "%s:", who);
	while (rest.len > 0) {
		size_t len = slice_find_byte(rest, ' ', 0);

		if (len > 0 && at + 1 + len > LINE_WIDTH && at > 4) {
			buf_add_cstr(out, "\n   ");
			at = 3;
		}
		/* A word longer than a line, a path mostly, is cut by nobody. */
		buf_add_byte(out, ' ');
		buf_add(out, slice_first(rest, len));
		at += 1 + (unsigned)len;
		rest = slice_from(rest, len + 1);
	}
	buf_add_byte(out, '\n');
}

static void print_notes(const struct scanner_row *row, struct buf *out)
{
	const char *address = row->facts->address ? row->facts->address : row->config->engine;
	struct error who = {0}, text = {0};

	if (row->configured)
		error_set(&who, 0, "%s (%s)", row->config->initial, address);
	else
		error_set(&who, 0, "%s", row->config->engine);
	if (row->paused)
		print_note(who.text, row->paused, out);
	for (unsigned i = 0; i < row->facts->count; i++) {
		/* What is merely worth knowing is so where nothing else is known. */
		if (row->facts->lines[i].kind == FACT_NOTE && row->facts->engine)
			continue;
		text.set = false;
		error_set(&text, 0, "%s%s",
			row->facts->lines[i].kind == FACT_WARNING ? "warning: " : "",
			row->facts->lines[i].text);
		print_note(who.text, text.text, out);
	}
}

void scanners_print_text(const struct scanner_table *table, struct buf *out)
{
	static const char *const titles[COLUMN_COUNT] = {
		"I", "ENGINE", "VERSION", "PATTERNS", "AGE", "STATE"};
	unsigned width[COLUMN_COUNT] = {0}, sum = 0;
	struct cells cells = {0};
	size_t before;

	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		fill(&cells, (enum column)i, slice_cstr(titles[i]));
	widen(width, &cells);
	for (size_t i = 0; i < table->count; i++) {
		struct cells row = row_cells(&table->rows[i], table->now_ms);

		widen(width, &row);
	}
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		sum += width[i];

	unsigned gap = sum + 2 * (COLUMN_COUNT - 1) <= LINE_WIDTH ? 2 : 1;

	print_cells(width, gap, &cells, out);
	for (size_t i = 0; i < table->count; i++) {
		struct cells row = row_cells(&table->rows[i], table->now_ms);

		print_cells(width, gap, &row, out);
	}
	buf_add_byte(out, '\n');
	before = out->len;
	for (size_t i = 0; i < table->count; i++)
		print_notes(&table->rows[i], out);
	if (out->len == before && out->len > 0)
		out->len--; /* nothing below the table, so no empty line either */
}

static void print_lines(
	struct json *json, const char *key, const struct scan_facts *facts, enum scan_fact kind)
{
	json_open_array(json, key);
	for (unsigned i = 0; i < facts->count; i++)
		if (facts->lines[i].kind == kind)
			json_cstr(json, NULL, facts->lines[i].text);
	json_close_array(json);
}

static void print_row(struct json *json, const struct scanner_row *row, int64_t now_ms)
{
	const struct scan_facts *facts = row->facts;
	int64_t days = facts_age_days(facts, now_ms);
	char date[CLOCK_UTC_SIZE] = "";

	json_open_object(json, NULL);
	json_cstr(json, "initial", row->configured ? row->config->initial : NULL);
	json_cstr(json, "engine", row->config->engine);
	json_cstr(json, "name", row->config->name);
	json_bool(json, "configured", row->configured);
	json_cstr(json, "address", facts->address);
	json_cstr(json, "version", facts->engine);
	json_cstr(json, "patterns", facts->patterns);
	if (facts->date != FACTS_NO_DATE)
		clock_format_utc(facts->date * 1000, date);
	json_cstr(json, "patterns_date", *date ? date : NULL);
	if (days >= 0)
		json_number(json, "age_days", (uint64_t)days);
	else
		json_null(json, "age_days");
	json_cstr(json, "state", scanner_state_name(row->state));
	json_bool(json, "usable", row->usable);
	json_cstr(json, "left_alone", row->paused);
	print_lines(json, "errors", facts, FACT_ERROR);
	print_lines(json, "warnings", facts, FACT_WARNING);
	print_lines(json, "notes", facts, FACT_NOTE);
	json_close_object(json);
}

void scanners_print_json(const struct scanner_table *table, struct buf *out)
{
	struct json json = {.out = out};

	json_open_object(&json, NULL);
	json_open_array(&json, "scanners");
	for (size_t i = 0; i < table->count; i++)
		print_row(&json, &table->rows[i], table->now_ms);
	json_close_array(&json);
	json_close_object(&json);
}
