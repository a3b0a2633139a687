/*
 * The report as a screenful of text, 80 columns wide; see qmvcstat.h. It goes into mail and onto
 * terminals, so whatever comes from a mail is shown by screen.h, and what is UTF-8 has its form in
 * ASCII for a locale without.
 */
#include "programs/qmvcstat.h"

#include "base/cleanup.h"
#include "programs/qmvcstat_figures.h"

#include <stdio.h>
#include <time.h>

#define TOP_SHOWN  3
#define MAIL_SHOWN 3
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

/* --- how long -------------------------------------------------------------- */

static void show_times(struct screen *screen, const struct histogram *times)
{
	stat_say(screen, "%11s %10s %10s %10s %10s", COUNT(times->count),
		DURATION(histogram_quantile(times, 500)), DURATION(histogram_quantile(times, 950)),
		DURATION(histogram_quantile(times, 990)), DURATION(times->greatest));
	screen_end(screen);
}

/* Each class of the histogram three columns wide, and what it goes up to below. */
static void show_distribution(struct screen *screen, const struct histogram *times)
{
	uint64_t greatest = 1;

	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++)
		if (times->within[i] > greatest)
			greatest = times->within[i];
	screen_to(screen, STAT_LEFT);
	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		const char *sign = stat_height(screen, times->within[i], greatest);

		stat_say(screen, "%s%s%s%s", sign, sign, sign, i < HISTOGRAM_BOUNDS ? " " : "");
	}
	screen_end(screen);
	screen_say(screen, STYLE_DIM, "  up to");
	screen_to(screen, STAT_LEFT);
	screen_say(screen, STYLE_DIM,
		".5  1   2   5   10  20  50  100 200 .5s 1s  2s  5s  10s 30s 60s more");
	screen_end(screen);
}

static void show_delays(struct screen *screen, const struct tally *tally)
{
	stat_say(screen, "%-*s%11s %10s %10s %10s %10s", STAT_LEFT, "", "mails", "median", "p95",
		"p99", "longest");
	screen_end(screen);
	stat_title(screen, "Delay");
	show_times(screen, &tally->delay);
	for (unsigned i = 0; i < tally->stage_count; i++) {
		cleanup_buf struct buf shown = {0};

		screen_shown(screen, tally_stage_name(tally->stages[i]), &shown);
		stat_say(screen, "  ");
		screen_fit(screen, STYLE_PLAIN, buf_slice(&shown), STAT_LEFT);
		/* "conditions" is as long as the room for it. */
		while (screen->column < STAT_LEFT + 2)
			stat_say(screen, " ");
		stat_say(screen, "%9s %10s %10s %10s %10s", COUNT(tally->stages[i]->time.count),
			DURATION(histogram_quantile(&tally->stages[i]->time, 500)),
			DURATION(histogram_quantile(&tally->stages[i]->time, 950)),
			DURATION(histogram_quantile(&tally->stages[i]->time, 990)),
			DURATION(tally->stages[i]->time.greatest));
		screen_end(screen);
	}
	show_distribution(screen, &tally->delay);
}

/* --- who found it ---------------------------------------------------------- */

static void show_scanner(struct screen *screen, const struct tally_scanner *scanner)
{
	cleanup_buf struct buf shown = {0};
	bool begun = false;

	screen_shown(screen, tally_initial(scanner), &shown);
	screen_fit(screen, STYLE_NAME, buf_slice(&shown), 3);
	screen_to(screen, 4);
	stat_say(screen, "%10s %7s %6s %6s %8s %7s %8s %8s %8s", COUNT(scanner->mails),
		COUNT(scanner->found), COUNT(scanner->unique), COUNT(scanner->missed),
		COUNT(scanner->verdicts[TALLY_TIMEOUT]), COUNT(scanner->verdicts[TALLY_ERROR]),
		DURATION(histogram_quantile(&scanner->latency, 500)),
		DURATION(histogram_quantile(&scanner->latency, 950)),
		DURATION(scanner->latency.greatest));
	screen_end(screen);
	screen_to(screen, STAT_LEFT);
	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		if (i != TALLY_TIMEOUT && i != TALLY_ERROR)
			stat_list(screen, &begun, tally_verdict_name((enum tally_verdict)i),
				scanner->verdicts[i]);
	stat_list(screen, &begun, "breaker openings", scanner->openings);
	stat_list(screen, &begun, "left alone", scanner->left_alone);
	if (begun)
		screen_end(screen);
	if (scanner->phases[TALLY_SCANNING].count == 0)
		return;
	screen_to(screen, STAT_LEFT);
	stat_say(screen, "medians: waiting %s, sending %s, scanning %s",
		DURATION(histogram_quantile(&scanner->phases[TALLY_WAITING], 500)),
		DURATION(histogram_quantile(&scanner->phases[TALLY_SENDING], 500)),
		DURATION(histogram_quantile(&scanner->phases[TALLY_SCANNING], 500)));
	screen_end(screen);
}

static void show_scanners(struct screen *screen, const struct tally *tally)
{
	if (tally->scanner_count == 0)
		return;
	screen_end(screen);
	screen_say(screen, STYLE_TITLE, "Scanner");
	stat_say(screen, "%7s %7s %6s %6s %8s %7s %8s %8s %8s", "mails", "found", "alone", "missed",
		"timeouts", "errors", "median", "p95", "longest");
	screen_end(screen);
	for (unsigned i = 0; i < tally->scanner_count; i++)
		show_scanner(screen, tally->scanners[i]);
	if (tally->total.disagreed > 0) {
		screen_to(screen, STAT_LEFT);
		stat_say(screen,
			"on %s mail%s they disagreed: one found something, another said clean",
			COUNT(tally->total.disagreed), stat_plural(tally->total.disagreed));
		screen_end(screen);
	}
}

/* --- which ----------------------------------------------------------------- */

static void show_top_row(struct screen *screen, unsigned column, const struct top_name *name)
{
	cleanup_buf struct buf shown = {0};

	screen_shown(screen, top_text(name), &shown);
	screen_to(screen, column);
	stat_say(screen, "%7s ", COUNT(name->count));
	screen_fit(screen, STYLE_PLAIN, buf_slice(&shown), 30);
}

/* Two lists beside each other. */
static void show_tops(struct screen *screen, const char *left_title, const struct top *left,
	const char *right_title, const struct top *right)
{
	const struct top_name *lefts[TOP_SHOWN], *rights[TOP_SHOWN];
	unsigned left_count = top_best(left, lefts, TOP_SHOWN);
	unsigned right_count = top_best(right, rights, TOP_SHOWN);
	unsigned rows = left_count > right_count ? left_count : right_count;

	if (rows == 0)
		return;
	screen_end(screen);
	screen_say(screen, STYLE_TITLE, left_title);
	stat_say(screen, "%s", top_is_exact(left) ? "" : " (about)");
	screen_to(screen, 41);
	screen_say(screen, STYLE_TITLE, right_title);
	stat_say(screen, "%s", top_is_exact(right) ? "" : " (about)");
	screen_end(screen);
	for (unsigned i = 0; i < rows; i++) {
		if (i < left_count)
			show_top_row(screen, 0, lefts[i]);
		if (i < right_count)
			show_top_row(screen, 40, rights[i]);
		screen_end(screen);
	}
}

static void show_mails(struct screen *screen, struct calendar *calendar, const char *name,
	const struct tally_mails *mails)
{
	for (unsigned i = 0; i < mails->count && i < MAIL_SHOWN; i++) {
		const struct tally_mail *mail = &mails->list[i];
		cleanup_buf struct buf sender = {0}, id = {0};
		char time[CALENDAR_TIME_SIZE];

		calendar_time_text(calendar, mail->time_ms, time);
		screen_shown(screen, tally_slice(&mail->sender), &sender);
		screen_shown(screen, tally_slice(&mail->id), &id);
		stat_title(screen, i == 0 ? name : "");
		stat_say(screen, "%8s %9s  %.14s  ", DURATION(mail->delay_us), SIZE(mail->size),
			time + 5);
		screen_fit(screen, STYLE_DIM, buf_slice(&id), 20);
		stat_say(screen, " ");
		screen_fit(screen, STYLE_PLAIN,
			mail->sender.length > 0 ? buf_slice(&sender) : slice_cstr("<>"),
			TERMINAL_WIDTH_MIN - screen->column);
		screen_end(screen);
	}
}

static void show_log(struct screen *screen, const struct log_files *files)
{
	const struct log_counts *counts = &files->counts;

	screen_end(screen);
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
		show_log(&screen, report->files);
		return;
	}
	show_period(&screen, report);
	screen_end(&screen);
	show_total(&screen, &tally->total);
	show_kinds(&screen, &tally->total);
	if (tally->day_count > 2)
		show_days(&screen, tally);
	else
		show_hours(&screen, tally);
	screen_end(&screen);
	show_delays(&screen, tally);
	show_scanners(&screen, tally);
	show_tops(&screen, "Viruses", &tally->viruses, "Their senders", &tally->virus_senders);
	show_tops(&screen, "Senders", &tally->senders, "Recipients", &tally->recipients);
	screen_end(&screen);
	show_mails(&screen, &tally->calendar, "Slowest", &tally->slowest);
	show_mails(&screen, &tally->calendar, "Biggest", &tally->biggest);
	show_log(&screen, report->files);
}
