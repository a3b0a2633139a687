/* The tables in the text of qmvcstat(8); see qmvcstat_tables.h. */
#include "programs/qmvcstat_tables.h"

#include "base/cleanup.h"

#define TOP_SHOWN  3
#define MAIL_SHOWN 3
/* So many scanners a mail has at most; in the log of years there may be more. */
#define SCANNERS_SHOWN LOG_SCANNERS

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

void stat_delays(struct screen *screen, const struct tally *tally, bool all)
{
	stat_say(screen, "%-*s%11s %10s %10s %10s %10s", STAT_LEFT, "", "mails", "median", "p95",
		"p99", "longest");
	screen_end(screen);
	stat_title(screen, "Delay");
	show_times(screen, &tally->delay);
	if (!all)
		return;
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
}

static void show_scanner_more(struct screen *screen, const struct tally_scanner *scanner)
{
	bool begun = false;

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

void stat_scanners(struct screen *screen, const struct tally *tally, bool all)
{
	if (tally->scanner_count == 0)
		return;
	screen_end(screen);
	screen_say(screen, STYLE_TITLE, "Scanner");
	stat_say(screen, "%7s %7s %6s %6s %8s %7s %8s %8s %8s", "mails", "found", "alone", "missed",
		"timeouts", "errors", "median", "p95", "longest");
	screen_end(screen);
	for (unsigned i = 0; i < tally->scanner_count && (all || i < SCANNERS_SHOWN); i++) {
		show_scanner(screen, tally->scanners[i]);
		if (all)
			show_scanner_more(screen, tally->scanners[i]);
	}
	if (all && tally->total.disagreed > 0) {
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
void stat_tops(struct screen *screen, const char *left_title, const struct top *left,
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

void stat_mails(struct screen *screen, struct calendar *calendar, const char *name,
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
