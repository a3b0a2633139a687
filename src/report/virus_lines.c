/* The mails behind virulator's figures; see virus_lines.h. */
#include "report/virus_lines.h"

#include "report/page.h"

#include <errno.h>

/* Where one mail is kept once, however many selections want it. */
struct keeping {
	struct virus_lines *lines;
	const struct virus_mail *mail;
	struct virus_line *line;
};

static int make_sheet(struct virus_lines *lines, unsigned sheet, unsigned count)
{
	struct virus_sheet *made = &lines->sheets[sheet];

	if (count == 0)
		return 0;
	made->selections = arena_array(&lines->arena, count, sizeof(*made->selections));
	if (!made->selections)
		return -ENOMEM;
	memset(made->selections, 0, count * sizeof(*made->selections));
	made->count = count;
	return 0;
}

static int make_list(struct virus_lines *lines, unsigned list)
{
	const struct top_name *best[VIRUS_LISTED];
	unsigned count = top_best(&lines->tally->lists[list], best, VIRUS_LISTED);

	if (make_sheet(lines, list, count))
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		lines->sheets[list].selections[i].name = top_text(best[i]);
		lines->sheets[list].selections[i].count = best[i]->count;
	}
	return 0;
}

/* The counts of what is no list of names. */
static int make_others(struct virus_lines *lines)
{
	const struct virus_tally *tally = lines->tally;
	struct virus_sheet *sheets = lines->sheets;

	if (make_sheet(lines, VIRUS_SHEET_MAILS, VIRUS_KINDS) ||
		make_sheet(lines, VIRUS_SHEET_CONDITIONS, CONDITION_COUNT + 1) ||
		make_sheet(lines, VIRUS_SHEET_SCANNERS, tally->scanner_count) ||
		make_sheet(lines, VIRUS_SHEET_TIME, tally->axis.by_hours ? tally->axis.count : 0))
		return -ENOMEM;
	for (unsigned i = 0; i < VIRUS_KINDS; i++)
		sheets[VIRUS_SHEET_MAILS].selections[i].count = tally->mails[i];
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		sheets[VIRUS_SHEET_CONDITIONS].selections[i].count = tally->conditions[i];
	for (unsigned i = 0; i < tally->scanner_count; i++)
		sheets[VIRUS_SHEET_SCANNERS].selections[i].count = tally->scanners[i]->found;
	for (unsigned i = 0; i < sheets[VIRUS_SHEET_TIME].count; i++)
		for (unsigned kind = 0; kind < VIRUS_KINDS; kind++)
			sheets[VIRUS_SHEET_TIME].selections[i].count += tally->slots[i][kind];
	return 0;
}

/* Shares a sheet's rows among the selections that have mails. */
static int make_rooms(struct virus_lines *lines, struct virus_sheet *sheet)
{
	unsigned filled = 0;

	for (unsigned i = 0; i < sheet->count; i++)
		filled += sheet->selections[i].count > 0;
	for (unsigned i = 0; i < sheet->count; i++) {
		struct virus_selection *selection = &sheet->selections[i];

		if (selection->count == 0)
			continue;
		selection->room = VIRUS_ROWS / filled;
		if (selection->room > selection->count)
			selection->room = (unsigned)selection->count;
		selection->lines =
			arena_array(&lines->arena, selection->room, sizeof(*selection->lines));
		if (!selection->lines)
			return -ENOMEM;
	}
	return 0;
}

int virus_lines_init(struct virus_lines *lines, struct virus_tally *tally)
{
	int result = 0;

	*lines = (struct virus_lines){.tally = tally};
	for (unsigned list = 0; list < VIRUS_LISTS && result == 0; list++)
		result = make_list(lines, list);
	if (result == 0)
		result = make_others(lines);
	for (unsigned sheet = 0; sheet < VIRUS_SHEETS && result == 0; sheet++)
		result = make_rooms(lines, &lines->sheets[sheet]);
	return result;
}

void virus_lines_release(struct virus_lines *lines)
{
	arena_release(&lines->arena);
}

/* A little more than a page shows, so that it shows that something is cut. */
static struct slice keep_text(struct arena *arena, struct slice text)
{
	return arena_copy(arena, slice_first(text, PAGE_VALUE + 8));
}

static struct slice join(const struct virus_mail *mail, enum virus_list list, struct arena *arena)
{
	cleanup_buf struct buf out = {0};

	for (unsigned i = 0; i < mail->name_count && out.len <= PAGE_VALUE; i++) {
		if (mail->names[i].list != list)
			continue;
		buf_add_cstr(&out, out.len > 0 ? ", " : "");
		buf_add(&out, mail->names[i].name);
	}
	return keep_text(arena, buf_slice(&out));
}

static struct virus_line *make_line(struct arena *arena, const struct virus_mail *mail)
{
	const struct rep_entry *entry = mail->entry;
	bool infected = mail->kind == VIRUS_INFECTED;
	struct virus_line *line = ARENA_NEW(arena, struct virus_line);

	if (!line)
		return NULL;
	*line = (struct virus_line){.time_ms = entry->time_ms,
		.id = keep_text(arena, entry->id),
		.sender = keep_text(arena, entry->sender),
		.recipient = keep_text(arena, entry->recipient),
		.subject = keep_text(arena, entry->subject),
		.found = join(mail, infected ? VIRUS_NAMES : VIRUS_RULES, arena),
		.file = join(mail, infected ? VIRUS_FILES : VIRUS_BAD_FILES, arena),
		.action = keep_text(arena, entry->action)};
	return line;
}

static int keep(struct keeping *keeping, unsigned sheet, unsigned at)
{
	struct virus_selection *selection = &keeping->lines->sheets[sheet].selections[at];

	if (selection->kept == selection->room)
		return 0;
	if (!keeping->line)
		keeping->line = make_line(&keeping->lines->arena, keeping->mail);
	if (!keeping->line)
		return -ENOMEM;
	selection->lines[selection->kept++] = keeping->line;
	return 0;
}

static int keep_by_name(struct keeping *keeping, const struct virus_mail_name *name)
{
	const struct virus_sheet *sheet = &keeping->lines->sheets[name->list];

	for (unsigned i = 0; i < sheet->count; i++)
		if (slice_eq(sheet->selections[i].name, name->name))
			return keep(keeping, name->list, i);
	return 0;
}

static int keep_by_scanner(struct keeping *keeping, const struct rep_scan *scan)
{
	const struct virus_tally *tally = keeping->lines->tally;
	unsigned at = virus_tally_scanner(tally, scan);

	return at < tally->scanner_count ? keep(keeping, VIRUS_SHEET_SCANNERS, at) : 0;
}

int virus_lines_take(struct virus_lines *lines, const struct virus_mail *mail)
{
	struct keeping keeping = {lines, mail, NULL};
	unsigned slot = virus_tally_slot(lines->tally, mail->entry->time_ms);
	int result;

	if (mail->kind == VIRUS_KINDS)
		return 0;
	result = keep(&keeping, VIRUS_SHEET_MAILS, mail->kind);
	if (result == 0 && slot < lines->sheets[VIRUS_SHEET_TIME].count)
		result = keep(&keeping, VIRUS_SHEET_TIME, slot);
	if (result == 0 && mail->kind == VIRUS_BAD)
		result = keep(&keeping, VIRUS_SHEET_CONDITIONS, mail->condition);
	for (unsigned i = 0; i < mail->name_count && result == 0; i++)
		result = keep_by_name(&keeping, &mail->names[i]);
	for (unsigned i = 0; i < mail->scan_count && result == 0; i++)
		result = keep_by_scanner(&keeping, &mail->scans[i]);
	return result;
}
