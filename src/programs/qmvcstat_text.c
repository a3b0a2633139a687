/*
 * The report as a screenful of text, 24 lines of 80 columns, or all of it; see qmvcstat.h. It goes into
 * mail and onto terminals, so whatever comes from a mail is shown by screen.h, and what is UTF-8 has its
 * form in ASCII for a locale without.
 */
#include "programs/qmvcstat.h"

#include "base/cleanup.h"
#include "programs/qmvcstat_tables.h"

#include <stdio.h>
#include <time.h>

#define DAYS_SHOWN 62

/* --- when ------------------------------------------------------------------ */

static void show_period(struct screen *screen, const struct stat_report *report)
{
	struct tally *tally = report->tally;
	int64_t from = report->has_since ? tally->since_ms : tally->first_ms;
	int64_t to = report->has_until ? tally->until_ms : tally->last_ms;
	char first[CALENDAR_TIME_SIZE], last[CALENDAR_TIME_SIZE], zone[16] = "", text[80];
	time_t end;
	struct tm local;

	if (!report->has_until && report->has_since && to < report->now_ms)
		to = report->now_ms;
	end = (time_t)(to / 1000);
	if (localtime_r(&end, &local))
		strftime(zone, sizeof(zone), " %Z", &local);
	calendar_time_text(&tally->calendar, from, first);
	calendar_time_text(&tally->calendar, to, last);
	snprintf(text, sizeof(text), "%.16s to %.16s%s", first, last, zone);
	if (strlen(text) + screen->column + 2 > TERMINAL_WIDTH_MIN)
		screen_end(screen);
	screen_to(screen, TERMINAL_WIDTH_MIN - (unsigned)strlen(text));
	stat_say(screen, "%s", text);
	screen_end(screen);
}

static unsigned argmax(const uint64_t *values, unsigned length)
{
	unsigned found = 0;

	for (unsigned i = 1; i < length; i++)
		if (values[i] > values[found])
			found = i;
	return found;
}

static void show_hours(struct screen *screen, const struct tally *tally)
{
	uint64_t mails[24] = {0}, stopped[24] = {0};

	for (unsigned i = 0; i < tally->day_count; i++) {
		for (unsigned hour = 0; hour < 24; hour++) {
			mails[hour] += tally->days[i].mails[hour];
			stopped[hour] += tally->days[i].stopped[hour];
		}
	}
	stat_title(screen, "By hour");
	stat_sparkline(screen, mails, 24);
	stat_say(screen, "  all; most at %02u:00, %s", argmax(mails, 24),
		COUNT(mails[argmax(mails, 24)]));
	screen_end(screen);
	if (tally->total.stopped > 0) {
		screen_to(screen, STAT_LEFT);
		stat_sparkline(screen, stopped, 24);
		stat_say(screen, "  stopped; most at %02u:00, %s", argmax(stopped, 24),
			COUNT(stopped[argmax(stopped, 24)]));
		screen_end(screen);
	}
	screen_to(screen, STAT_LEFT);
	screen_say(screen, STYLE_DIM, "0     6     12    18   23");
	screen_end(screen);
}

/* The days up to the last one; those without mail are among them. */
static void show_days(struct screen *screen, const struct tally *tally)
{
	uint64_t mails[DAYS_SHOWN] = {0}, stopped[DAYS_SHOWN] = {0};
	int64_t last = tally->days[tally->day_count - 1].day, first = tally->days[0].day;
	char text[CALENDAR_DATE_SIZE];
	unsigned length;

	if (last - first >= DAYS_SHOWN)
		first = last - DAYS_SHOWN + 1;
	length = (unsigned)(last - first) + 1;
	for (unsigned i = 0; i < tally->day_count; i++) {
		int64_t at = tally->days[i].day - first;

		if (at >= 0) {
			mails[at] = tally->days[i].counts.mails;
			stopped[at] = tally->days[i].counts.stopped;
		}
	}
	stat_title(screen, "By day");
	stat_sparkline(screen, mails, length);
	screen_end(screen);
	if (tally->total.stopped > 0) {
		screen_say(screen, STYLE_DIM, "  stopped");
		screen_to(screen, STAT_LEFT);
		stat_sparkline(screen, stopped, length);
		screen_end(screen);
	}
	screen_to(screen, STAT_LEFT);
	calendar_date_text(first, text);
	stat_say(screen, "%s to ", text);
	calendar_date_text(last, text);
	stat_say(screen, "%s; most on ", text);
	calendar_date_text(first + argmax(mails, length), text);
	stat_say(screen, "%s, %s", text, COUNT(mails[argmax(mails, length)]));
	screen_end(screen);
}

/* --- what ------------------------------------------------------------------ */

static void show_total(struct screen *screen, const struct tally_counts *total)
{
	double percent = total->mails ? 100.0 / (double)total->mails : 0;
	uint64_t through = total->mails - total->stopped - total->actions[TALLY_DEFER];

	stat_title(screen, "Mails");
	stat_say(screen, "%s, %s; %s through (%.1f %%), %s stopped (%.1f %%)", COUNT(total->mails),
		SIZE(total->bytes), COUNT(through), (double)through * percent,
		COUNT(total->stopped), (double)total->stopped * percent);
	screen_end(screen);
}

static void show_most(
	struct screen *screen, const char *title, struct stat_item *items, unsigned count)
{
	stat_title(screen, title);
	stat_most(screen, items, count);
	screen_end(screen);
}

/* The most frequent ones, in one line each. */
static void show_main_kinds(struct screen *screen, const struct tally_counts *total)
{
	struct stat_item actions[TALLY_ACTIONS], met[CONDITION_COUNT + 1];

	for (unsigned i = 0; i < TALLY_ACTIONS; i++)
		actions[i] = (struct stat_item){tally_action_name((enum tally_action)i),
			total->actions[i], i == TALLY_DEFER};
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		met[i] = (struct stat_item){tally_condition_name(i), total->met[i]};
	show_most(screen, "Actions", actions, TALLY_ACTIONS);
	show_most(screen, "Met", met, CONDITION_COUNT + 1);
}

static void show_kinds(struct screen *screen, const struct tally_counts *total)
{
	bool begun = false;

	stat_title(screen, "Actions");
	for (unsigned i = 0; i < TALLY_ACTIONS; i++)
		stat_list(
			screen, &begun, tally_action_name((enum tally_action)i), total->actions[i]);
	screen_end(screen);
	begun = false;
	stat_title(screen, "Met");
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		stat_list(screen, &begun, tally_condition_name(i), total->met[i]);
	if (!begun)
		stat_say(screen, "no condition");
	screen_end(screen);
	begun = false;
	if (total->met[CONDITION_ERRORS] == 0)
		return;
	stat_title(screen, "Errors");
	for (unsigned i = 0; i < TALLY_CODES; i++)
		stat_list(screen, &begun, tally_code_name(i), total->codes[i]);
	screen_end(screen);
}

/* --- where from ------------------------------------------------------------- */

static void show_log(struct screen *screen, const struct log_files *files)
{
	const struct log_counts *counts = &files->counts;

	stat_title(screen, "Log");
	stat_say(screen, "%s file%s, %s line%s, %s", COUNT(counts->files),
		stat_plural(counts->files), COUNT(counts->lines), stat_plural(counts->lines),
		SIZE(counts->bytes));
	if (counts->not_read > 0)
		stat_say(screen, "; %s line%s cut or foreign", COUNT(counts->not_read),
			stat_plural(counts->not_read));
	screen_end(screen);
	if (counts->failed > 0) {
		screen_to(screen, STAT_LEFT);
		stat_say(screen, "%s file%s not read: ", COUNT(counts->failed),
			stat_plural(counts->failed));
		screen_wrap_shown(screen, STYLE_BAD, files->failed.text);
		screen_end(screen);
	}
}

void stat_text(const struct stat_report *report, const struct terminal *terminal, struct buf *out)
{
	struct tally *tally = report->tally;
	struct screen screen;

	screen_init(&screen, terminal, out);
	screen.margin = STAT_LEFT;
	screen_say(&screen, STYLE_TITLE, "qmvc on ");
	screen_fit(&screen, STYLE_TITLE, slice_cstr(report->host), 30);
	if (tally->total.mails == 0) {
		screen_end(&screen);
		stat_say(&screen, "No mail in this period.");
		screen_end(&screen);
		screen_end(&screen);
		show_log(&screen, report->files);
		return;
	}
	show_period(&screen, report);
	screen_end(&screen);
	show_total(&screen, &tally->total);
	if (report->all)
		show_kinds(&screen, &tally->total);
	else
		show_main_kinds(&screen, &tally->total);
	if (tally->day_count > 2)
		show_days(&screen, tally);
	else
		show_hours(&screen, tally);
	screen_end(&screen);
	stat_delays(&screen, tally, report->all);
	stat_scanners(&screen, tally, report->all);
	if (report->all || tally->viruses.total > 0)
		stat_tops(&screen, "Viruses", &tally->viruses, "Their senders",
			&tally->virus_senders);
	if (report->all || tally->viruses.total == 0)
		stat_tops(&screen, "Senders", &tally->senders, "Recipients", &tally->recipients);
	if (report->all) {
		screen_end(&screen);
		stat_mails(&screen, &tally->calendar, "Slowest", &tally->slowest);
		stat_mails(&screen, &tally->calendar, "Biggest", &tally->biggest);
		screen_end(&screen);
	}
	show_log(&screen, report->files);
}
