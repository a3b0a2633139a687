/* What pages of lines are called, as files and in words; see lines_page.h. */
#include "report/lines_page.h"

#include "base/cleanup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* --- names ----------------------------------------------------------------- */

/* A scanner's name as part of a file's: what qmvc writes stays, any other byte is _NN. */
static void add_initial(struct buf *out, const struct lines_site *lines, unsigned which)
{
	struct slice initial = tally_initial(lines->log->tally->scanners[which]);

	buf_add_cstr(out, "scanner-");
	for (size_t i = 0; i < initial.len; i++) {
		unsigned char c = initial.data[i], lower = ascii_lower(c);

		if ((lower >= 'a' && lower <= 'z') || ascii_digit(c) || c == '-')
			buf_add_byte(out, c);
		else
			buf_addf(out, "_%02X", c);
	}
}

/* "hour-14", of longer periods "hour-2026-11-22-14"; "day-2026-11-22" */
static void add_slot(struct buf *out, const struct day_log *log, const struct day_slot *slot)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(slot->day, date);
	if (!log->by_hour)
		buf_addf(out, "day-%s", date);
	else if (log->one_day)
		buf_addf(out, "hour-%02u", slot->hour);
	else
		buf_addf(out, "hour-%s-%02u", date, slot->hour);
	if (slot->again)
		buf_add_cstr(out, "-again");
}

static void add_name(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const char *const simple[] = {
		[LINES_ALL] = "mails",
		[LINES_STOPPED] = "stopped",
		[LINES_INFECTED] = "infected",
		[LINES_DISAGREED] = "disagreed",
		[LINES_FAILED] = "failed",
		[LINES_BIGGEST] = "biggest",
		[LINES_SLOWEST] = "slowest",
	};
	static const char *const of_scanner[] = {
		[LINES_ALONE] = "alone",
		[LINES_MISSED] = "missed",
		[LINES_OPENED] = "opened",
		[LINES_LEFT] = "left",
	};

	if (key.kind == LINES_ACTION) {
		buf_addf(out, "action-%s", tally_action_name((enum tally_action)key.which));
	} else if (key.kind == LINES_CONDITION) {
		buf_addf(out, "condition-%s", tally_condition_name(key.which));
	} else if (key.kind == LINES_CODE) {
		buf_addf(out, "code-%s", tally_code_name(key.which));
	} else if (key.kind == LINES_DELAY) {
		uint64_t bounds[HISTOGRAM_STEPS + 1];

		histogram_bounds_of_steps(bounds);
		buf_addf(out, "delay-%" PRIu64 "us", bounds[key.which]);
	} else if (key.kind == LINES_SLOT) {
		add_slot(out, lines->log, &lines->log->slots[key.which]);
	} else if (key.kind < LINES_ACTION) {
		buf_add_cstr(out, simple[key.kind]);
	} else {
		add_initial(out, lines, key.which);
		buf_addf(out, "-%s",
			key.kind == LINES_VERDICT ? tally_verdict_name(key.verdict)
						  : of_scanner[key.kind]);
	}
}

void lines_file(
	struct buf *out, const struct lines_site *lines, struct lines_key key, unsigned number)
{
	add_name(out, lines, key);
	if (number > 1)
		buf_addf(out, "-%u", number);
	buf_add_cstr(out, ".html");
}

int lines_file_path(
	const struct lines_site *lines, struct lines_key key, unsigned number, char path[SITE_PATH])
{
	cleanup_buf struct buf name = {0};
	char folder[SITE_PATH];

	lines_file(&name, lines, key, number);
	if (!buf_cstr(&name))
		return -ENOMEM;
	site_path(lines->site, SITE_LINES, lines->day, folder);
	if (snprintf(path, SITE_PATH, "%s/%s", folder, buf_cstr(&name)) >= SITE_PATH)
		return -ENAMETOOLONG; /* -d and initials are too short for that */
	return 0;
}

struct slice lines_path(const struct lines_site *lines, struct lines_key key, char path[SITE_PATH])
{
	if (lines_of(lines->log->lines, key)->kept == 0 || lines_file_path(lines, key, 1, path))
		return SLICE_EMPTY;
	return slice_cstr(path);
}

/* --- words ----------------------------------------------------------------- */

void lines_slot_name(struct buf *out, enum language language, const struct day_log *log,
	const struct day_slot *slot)
{
	if (!log->by_hour || !log->one_day)
		words_day(out, language, slot->day);
	if (log->by_hour)
		buf_addf(out, "%s%02u:00\xe2\x80\x93%02u:00", log->one_day ? "" : ", ", slot->hour,
			slot->hour + 1);
}

/* The title with a word of the log in it, or with a scanner's name. */
static void fill_title(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const enum word of_kind[] = {
		[LINES_ACTION] = WORD_WITH_ACTION,
		[LINES_CONDITION] = WORD_WITH_CONDITION,
		[LINES_CODE] = WORD_WITH_CODE,
		[LINES_VERDICT] = WORD_WITH_VERDICT,
		[LINES_ALONE] = WORD_SAID_ALONE,
		[LINES_MISSED] = WORD_SAID_CLEAN,
		[LINES_OPENED] = WORD_BREAKER_OPENED,
		[LINES_LEFT] = WORD_WAS_LEFT,
	};
	struct slice values[2] = {SLICE_EMPTY, slice_cstr(tally_verdict_name(key.verdict))};

	if (key.kind == LINES_ACTION)
		values[0] = slice_cstr(tally_action_name((enum tally_action)key.which));
	else if (key.kind == LINES_CONDITION)
		values[0] = slice_cstr(tally_condition_name(key.which));
	else if (key.kind == LINES_CODE)
		values[0] = slice_cstr(tally_code_name(key.which));
	else
		values[0] = tally_initial(lines->log->tally->scanners[key.which]);
	words_fill(out, lines->site->language, of_kind[key.kind], values, 2);
}

/* "Mails with a delay of 100 ms to 126 ms" */
static void add_delay_title(struct buf *out, enum language language, unsigned step)
{
	uint64_t bounds[HISTOGRAM_STEPS + 1];
	cleanup_buf struct buf low = {0}, high = {0};

	histogram_bounds_of_steps(bounds);
	figure_add(&low, FIGURE_TIME, bounds[step]);
	figure_add(&high, FIGURE_TIME, bounds[step + 1]);
	WORDS_FILL(out, language, WORD_WITH_DELAY, buf_slice(&low), buf_slice(&high));
	out->failed |= low.failed | high.failed;
}

void lines_title(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const enum word simple[] = {
		[LINES_ALL] = WORD_ALL_MAILS,
		[LINES_STOPPED] = WORD_STOPPED_MAILS,
		[LINES_INFECTED] = WORD_INFECTED_MAILS,
		[LINES_DISAGREED] = WORD_DISAGREEMENTS,
		[LINES_FAILED] = WORD_FAILED_MAILS,
		[LINES_BIGGEST] = WORD_BIGGEST,
		[LINES_SLOWEST] = WORD_SLOWEST,
	};

	if (key.kind == LINES_SLOT)
		lines_slot_name(
			out, lines->site->language, lines->log, &lines->log->slots[key.which]);
	else if (key.kind == LINES_DELAY)
		add_delay_title(out, lines->site->language, key.which);
	else if (key.kind < LINES_ACTION)
		buf_add(out, words(lines->site->language, simple[key.kind]));
	else
		fill_title(out, lines, key);
}
