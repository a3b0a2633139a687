/* What qmvcbench(8) tells as text for people, 80 columns wide; see bench_report.h. */
#include "programs/bench_report.h"

#include "base/cleanup.h"
#include "programs/qmvcstat_figures.h"

/* Ways in the table, unless all are asked for. */
#define WAYS_SHOWN 10

#define MEDIAN(times) DURATION(histogram_quantile(times, 500))
#define P95(times)    DURATION(histogram_quantile(times, 950))

/* Names are of the log, and hostile. */
static void put(struct screen *screen, enum style style, const char *text, unsigned columns)
{
	cleanup_buf struct buf shown = {0};

	screen_shown(screen, slice_cstr(text), &shown);
	screen_fit(screen, style, buf_slice(&shown), columns);
}

static void show_source(struct screen *screen, const struct bench_report *report)
{
	const struct bench_data *data = report->data;

	screen_say(screen, STYLE_TITLE, "qmvcbench: ");
	put(screen, STYLE_TITLE, report->source, 66);
	screen_end(screen);
	stat_say(screen, "%s mail%s with answers of scanners", COUNT(data->seen),
		stat_plural(data->seen));
	if (data->seen > data->mail_count)
		stat_say(screen, ", of which %s are reckoned with", COUNT(data->mail_count));
	if (data->not_scanned > 0)
		stat_say(screen, "; %s without", COUNT(data->not_scanned));
	screen_end(screen);
	if (data->left_out > 0) {
		stat_say(screen, "%s answer%s left out, of scanners that are not configured",
			COUNT(data->left_out), stat_plural(data->left_out));
		screen_end(screen);
	}
}

static void show_scanners(struct screen *screen, const struct bench_data *data)
{
	screen_end(screen);
	screen_say(screen, STYLE_TITLE, "Scanner");
	stat_say(screen, "%9s %8s %8s %8s %7s %7s %9s %9s", "answers", "median", "p95", "mean",
		"found", "alone", "no answer", "not known");
	screen_end(screen);
	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scanner *scanner = &data->scanners[i];

		put(screen, STYLE_NAME, scanner->initial, 7);
		screen_to(screen, 7);
		stat_say(screen, "%9s %8s %8s %8s %7s %7s %9s %9s", COUNT(scanner->latency.count),
			MEDIAN(&scanner->latency), P95(&scanner->latency),
			DURATION(bench_mean(&scanner->latency)), COUNT(scanner->found),
			COUNT(scanner->only), COUNT(scanner->no_answer), COUNT(scanner->unknown));
		screen_end(screen);
	}
}

/* Scanners started by the way that starts most. */
static uint64_t most_started(const struct bench_ways *ways)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < ways->count; i++)
		if (ways->list[i].started > most)
			most = ways->list[i].started;
	return most;
}

static void show_way(struct screen *screen, const struct bench_report *report,
	const struct bench_ways *ways, const struct bench_way *way)
{
	cleanup_buf struct buf words = {0};
	uint64_t work = ways == report->reckoned || !report->reckoned ? way->busy_us : way->cpu_us;

	bench_way_words(report->data, way, &words);
	screen_say(screen, STYLE_GOOD, way == bench_best(report) ? "*" : " ");
	screen_say(screen, STYLE_NAME, way == bench_present(report) ? "=" : " ");
	put(screen, STYLE_NAME, words.failed ? "?" : buf_cstr(&words), 21);
	screen_to(screen, 23);
	stat_say(screen, "%4s %8s %8s %8s %8s %7s %7s", way->quitasap ? "yes" : "no",
		MEDIAN(&way->delay), P95(&way->delay), DURATION(bench_mean(&way->delay)),
		DURATION(way->mails ? work / way->mails : 0),
		COUNT(bench_a_round(report, ways, most_started(ways) - way->started)),
		COUNT(bench_a_round(report, ways, way->caught)));
	screen_end(screen);
}

static void show_ways(
	struct screen *screen, const struct bench_report *report, const struct bench_ways *ways)
{
	bool measured = report->reckoned && ways != report->reckoned;
	unsigned left_out = 0;

	screen_end(screen);
	screen_say(screen, STYLE_TITLE, measured ? "  Measured" : "  Reckoned");
	screen_to(screen, 19);
	stat_say(screen, "quitasap %8s %8s %8s %8s %7s %7s", "median", "p95", "mean",
		measured ? "CPU" : "scanning", "saved", "caught");
	screen_end(screen);
	for (unsigned i = 0; i < ways->count; i++) {
		const struct bench_way *way = &ways->list[i];

		if (report->all || i < WAYS_SHOWN || way == bench_present(report) ||
			way == bench_best(report))
			show_way(screen, report, ways, way);
		else
			left_out++;
	}
	if (left_out > 0)
		stat_say(screen, "  --all: %u more", left_out);
	if (left_out > 0)
		screen_end(screen);
}

static void show_signs(struct screen *screen, const struct bench_report *report)
{
	screen_say(screen, STYLE_DIM,
		"* recommended  = as it is now  > one after the other  + at once");
	screen_end(screen);
	screen_say(
		screen, STYLE_DIM, "scanning: of all scanners, a mail   saved: starts of scanners");
	screen_end(screen);
	if (!report->reckoned)
		return;
	screen_say(screen, STYLE_DIM,
		"CPU: of qmvc and what it starts, a mail; daemons' is not in it");
	screen_end(screen);
}

static void show_file(struct screen *screen, const struct bench_report *report)
{
	bool is_so = slice_eq(report->file, report->profile->text);
	struct slice rest = report->lines, line;

	screen_end(screen);
	screen_say(screen, STYLE_TITLE, "The file scanners: its lines");
	screen_say(screen, STYLE_DIM,
		is_so ? ", as they are" : "; -w writes it, and leaves what else is in it");
	screen_end(screen);
	while (slice_next_line(&rest, &line)) {
		cleanup_buf struct buf shown = {0};

		/* Tabs are plain in such a file, and anything else that is no text is not there. */
		for (size_t at = 0; at < line.len;) {
			size_t tab = slice_find_byte(line, '\t', at);

			screen_shown(screen, slice_from(slice_first(line, tab), at), &shown);
			if (tab < line.len)
				buf_add_byte(&shown, '\t');
			at = tab + 1;
		}
		screen_put(screen, STYLE_PLAIN, buf_slice(&shown));
		screen_end(screen);
	}
}

void bench_text(const struct bench_report *report, const struct terminal *terminal, struct buf *out)
{
	cleanup_buf struct buf why = {0}, shown = {0};
	struct screen screen;

	screen_init(&screen, terminal, out);
	show_source(&screen, report);
	if (report->data->scanner_count == 0)
		return;
	show_scanners(&screen, report->data);
	show_ways(&screen, report, report->ways);
	if (report->reckoned)
		show_ways(&screen, report, report->reckoned);
	show_signs(&screen, report);
	bench_why(report, LANGUAGE_EN, false, &why);
	screen_end(&screen);
	screen_shown(&screen, buf_slice(&why), &shown);
	screen_wrap(&screen, STYLE_PLAIN, buf_slice(&shown));
	screen_end(&screen);
	if (report->file.len > 0)
		show_file(&screen, report);
}
