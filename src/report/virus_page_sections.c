/* What stands on virulator's page: figures, bars over time, lists of names; see virus_page.h. */
#include "report/virus_page_private.h"

#include "base/cleanup.h"

#include <stdio.h>

static const struct {
	enum word word;
	enum chart_tone tone;
} kinds[VIRUS_KINDS] = {
	[VIRUS_INFECTED] = {WORD_WITH_VIRUS, TONE_STOPPED},
	[VIRUS_BAD] = {WORD_BAD, TONE_DEFERRED},
};

/* --- key figures ----------------------------------------------------------- */

static void add_mails(struct virus_writing *writing, enum virus_kind kind, enum word label)
{
	struct virus_way way = virus_way_to(writing, VIRUS_SHEET_MAILS, kind);
	struct page_card card = {.label = virus_title(writing, label),
		.figure = virus_figure(writing, writing->page->tally->mails[kind]),
		.path = way.path,
		.fragment = way.fragment,
		.tone = kinds[kind].tone};

	page_card(&writing->html, &card);
}

/* How many different names a list has; "> 1024" where that is not known. */
static void add_names(
	struct virus_writing *writing, enum virus_list list, enum word label, const char *fragment)
{
	const struct top *top = &writing->page->tally->lists[list];
	cleanup_buf struct buf text = {0};
	struct page_card card = {.label = virus_title(writing, label),
		.fragment = slice_cstr(fragment),
		.tone = TONE_PLAIN};

	buf_add_cstr(&text, top_is_exact(top) ? "" : "> ");
	figure_add(&text, FIGURE_COUNT, top->used);
	card.figure = virus_keep(writing, &text);
	page_card(&writing->html, &card);
}

static void add_scanners(struct virus_writing *writing)
{
	const struct virus_page *page = writing->page;
	cleanup_buf struct buf note = {0};
	struct page_card card = {.label = virus_title(writing, WORD_SCANNERS),
		.fragment = slice_cstr("scanners"),
		.tone = TONE_PASSED};
	unsigned care = 0;

	for (unsigned i = 0; i < page->scanner_count; i++)
		care += page->scanners[i].care;
	card.figure = virus_figure(writing, page->scanner_count);
	if (care > 0 || page->scanner_count == 0)
		card.tone = TONE_DEFERRED;
	if (care > 0) {
		figure_add(&note, FIGURE_COUNT, care);
		buf_add_byte(&note, ' ');
		buf_add(&note, virus_say(writing, care == 1 ? WORD_NEEDS_CARE : WORD_NEED_CARE));
		card.note = virus_keep(writing, &note);
	}
	page_card(&writing->html, &card);
}

static void add_cards(struct virus_writing *writing)
{
	page_cards_begin(&writing->html);
	add_mails(writing, VIRUS_INFECTED, WORD_VIRUS_MAIL);
	add_mails(writing, VIRUS_BAD, WORD_BAD_MAIL);
	add_names(writing, VIRUS_NAMES, WORD_VIRUSES, "viruses");
	add_names(writing, VIRUS_SENDERS, WORD_VIRUS_SENDERS, "senders");
	if (writing->page->has_scanners)
		add_scanners(writing);
	page_cards_end(&writing->html);
}

/* --- over time ------------------------------------------------------------- */

static struct chart_slot slot_of(struct virus_writing *writing, unsigned at)
{
	const struct virus_axis *axis = &writing->page->tally->axis;
	int64_t place = axis->first + at;
	struct chart_slot slot = {.name = virus_slot_name(writing, at)};
	char path[SITE_PATH];

	if (axis->by_hours) {
		struct virus_way way = virus_way_to(writing, VIRUS_SHEET_TIME, at);

		slot.label = slice_cstr(arena_printf(
			&writing->arena, "%02u", (unsigned)(((place % 24) + 24) % 24)));
		slot.path = way.path;
		slot.fragment = way.fragment;
		return slot;
	}
	slot.label = slice_cstr(arena_printf(&writing->arena, "%u", calendar_date(place).day));
	slot.path = arena_copy(
		&writing->arena, site_link(writing->page->site,
					 site_path(writing->page->site, SITE_VIRUS, place, path)));
	return slot;
}

static void add_time(struct virus_writing *writing)
{
	const struct virus_tally *tally = writing->page->tally;
	bool hours = tally->axis.by_hours;
	struct chart_slot *slots = arena_array(&writing->arena, tally->axis.count, sizeof(*slots));
	struct chart_series series[VIRUS_KINDS];
	const struct chart chart = {
		.title = virus_title(writing, WORD_VIRUSES_AND_BAD),
		.numbers = virus_say(writing, WORD_NUMBERS),
		.empty = virus_say(writing, WORD_NO_MAIL),
		.slots = slots,
		.slot_count = tally->axis.count,
		.cycle = hours && tally->axis.count == 24 ? 24 : 0,
		.series = series,
		.series_count = VIRUS_KINDS,
		.values = &tally->slots[0][0],
	};

	if (!slots) {
		writing->html.out->failed = true;
		return;
	}
	for (unsigned i = 0; i < VIRUS_KINDS; i++)
		series[i] = (struct chart_series){virus_say(writing, kinds[i].word), kinds[i].tone};
	for (unsigned i = 0; i < tally->axis.count; i++)
		slots[i] = slot_of(writing, i);
	page_section_begin(&writing->html, "time",
		virus_say(writing, hours ? WORD_HOUR_BY_HOUR : WORD_DAY_BY_DAY),
		virus_say(writing, WORD_VIRUS_TIME_NOTE));
	chart_bars(&writing->html, &chart);
	page_section_end(&writing->html);
}

/* --- lists ----------------------------------------------------------------- */

/* The rows of a list of names that has a sheet: its first selections. */
static void add_list(struct virus_writing *writing, enum virus_list list)
{
	const struct virus_sheet *sheet = &writing->page->lines->sheets[list];
	bool bad = list >= VIRUS_RULES;
	struct chart_row rows[VIRUS_SHOWN];
	struct chart_top top = {.title = virus_sheet_title(writing, list),
		.empty = virus_say(writing, WORD_NONE),
		.tone = kinds[bad ? VIRUS_BAD : VIRUS_INFECTED].tone,
		.rows = rows,
		.whole = writing->page->tally->mails[bad ? VIRUS_BAD : VIRUS_INFECTED]};

	for (unsigned i = 0; i < sheet->count && i < VIRUS_SHOWN; i++) {
		struct virus_way way = virus_way_to(writing, list, i);

		rows[i] = (struct chart_row){
			.name = sheet->selections[i].name,
			.path = way.path,
			.fragment = way.fragment,
			.value = sheet->selections[i].count,
		};
		top.row_count = i + 1;
	}
	chart_top(&writing->html, &top);
}

/* Where the page shows this virus; nowhere when it is not among the most frequent ones. */
static struct virus_way way_to_virus(struct virus_writing *writing, struct slice name)
{
	const struct virus_sheet *sheet = &writing->page->lines->sheets[VIRUS_NAMES];
	unsigned at = 0;

	while (at < sheet->count && !slice_eq(sheet->selections[at].name, name))
		at++;
	return virus_way_to(writing, VIRUS_NAMES, at);
}

static void add_hits(struct virus_writing *writing, unsigned scanner)
{
	const struct virus_scanner *found = writing->page->tally->scanners[scanner];
	struct slice name = virus_selection_name(writing, VIRUS_SHEET_SCANNERS, scanner);
	const struct top_name *best[VIRUS_SHOWN];
	unsigned count = top_best(&found->hits, best, VIRUS_SHOWN);
	struct chart_row rows[VIRUS_SHOWN];
	cleanup_buf struct buf title = {0};
	struct chart_top top = {.empty = virus_say(writing, WORD_NONE),
		.tone = TONE_STOPPED,
		.rows = rows,
		.row_count = count,
		.whole = found->found};

	WORDS_FILL(&title, writing->page->site->language, WORD_HITS_OF, name);
	top.title = virus_keep(writing, &title);
	for (unsigned i = 0; i < count; i++) {
		struct virus_way way = way_to_virus(writing, top_text(best[i]));

		if (way.path.len == 0)
			way = virus_way_to(writing, VIRUS_SHEET_SCANNERS, scanner);
		rows[i] = (struct chart_row){
			.name = top_text(best[i]),
			.path = way.path,
			.fragment = way.fragment,
			.value = best[i]->count,
		};
	}
	chart_top(&writing->html, &top);
}

static void add_conditions(struct virus_writing *writing)
{
	const struct virus_tally *tally = writing->page->tally;
	struct chart_row rows[CONDITION_COUNT + 1];
	struct chart_top top = {.title = virus_title(writing, WORD_CONDITIONS),
		.empty = virus_say(writing, WORD_NONE),
		.tone = TONE_DEFERRED,
		.rows = rows,
		.whole = tally->mails[VIRUS_BAD]};

	for (unsigned i = 0; i <= CONDITION_COUNT; i++) {
		struct virus_way way = virus_way_to(writing, VIRUS_SHEET_CONDITIONS, i);
		size_t at = top.row_count;

		if (tally->conditions[i] == 0)
			continue;
		for (; at > 0 && rows[at - 1].value < tally->conditions[i]; at--)
			rows[at] = rows[at - 1];
		rows[at] = (struct chart_row){
			.name = virus_selection_name(writing, VIRUS_SHEET_CONDITIONS, i),
			.path = way.path,
			.fragment = way.fragment,
			.value = tally->conditions[i],
		};
		top.row_count++;
	}
	chart_top(&writing->html, &top);
}

/* --- sections of lists ----------------------------------------------------- */

/* The note of a section, and how far its counts may be off. */
static struct slice note_of(
	struct virus_writing *writing, enum word word, enum virus_list first, enum virus_list last)
{
	const struct top_name *best[VIRUS_SHOWN];
	cleanup_buf struct buf note = {0};
	uint64_t error = 0;
	bool exact = true;

	for (unsigned list = first; list <= last; list++) {
		const struct top *top = &writing->page->tally->lists[list];
		unsigned count = top_best(top, best, VIRUS_SHOWN);

		exact &= top_is_exact(top);
		for (unsigned i = 0; i < count; i++)
			error = best[i]->error > error ? best[i]->error : error;
	}
	buf_add(&note, virus_say(writing, word));
	if (!exact) {
		buf_add_byte(&note, ' ');
		WORDS_FILL(&note, writing->page->site->language, WORD_NOT_EXACT,
			virus_figure(writing, TOP_NAMES), virus_figure(writing, error));
	}
	return virus_keep(writing, &note);
}

static void add_lists(struct virus_writing *writing, enum virus_list first, enum virus_list last)
{
	for (unsigned list = first; list <= last; list++)
		add_list(writing, (enum virus_list)list);
}

static void add_bad(struct virus_writing *writing)
{
	page_section_begin(&writing->html, "bad", virus_say(writing, WORD_WHAT_ELSE),
		note_of(writing, WORD_WHAT_ELSE_NOTE, VIRUS_RULES, VIRUS_BAD_TYPES));
	page_thirds_begin(&writing->html);
	add_conditions(writing);
	add_lists(writing, VIRUS_RULES, VIRUS_BAD_TYPES);
	page_columns_end(&writing->html);
	page_section_end(&writing->html);
}

void virus_page_sections(struct virus_writing *writing)
{
	unsigned scanner_count = writing->page->tally->scanner_count;
	struct html *html = &writing->html;

	add_cards(writing);
	add_time(writing);
	page_section_begin(html, "senders", virus_say(writing, WORD_WHO_SENDS),
		note_of(writing, WORD_FORGED_NOTE, VIRUS_SENDERS, VIRUS_RECIPIENTS));
	page_thirds_begin(html);
	add_lists(writing, VIRUS_SENDERS, VIRUS_RECIPIENTS);
	page_columns_end(html);
	page_section_end(html);
	page_section_begin(html, "viruses", virus_say(writing, WORD_WHICH_VIRUSES),
		note_of(writing, WORD_WHICH_VIRUSES_NOTE, VIRUS_NAMES, VIRUS_NAMES));
	page_thirds_begin(html);
	add_list(writing, VIRUS_NAMES);
	/* Of a single one they are the same. */
	for (unsigned i = 0; scanner_count > 1 && i < scanner_count; i++)
		add_hits(writing, i);
	page_columns_end(html);
	page_section_end(html);
	page_section_begin(html, "files", virus_say(writing, WORD_WHICH_FILES),
		note_of(writing, WORD_FILES_NOTE, VIRUS_FILES, VIRUS_TYPES));
	page_thirds_begin(html);
	add_lists(writing, VIRUS_FILES, VIRUS_TYPES);
	page_columns_end(html);
	page_section_end(html);
	add_bad(writing);
}
