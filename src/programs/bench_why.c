/* Why qmvcbench(8) recommends what it recommends, in plain sentences; see bench_report.h. */
#include "programs/bench_report.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "report/figure.h"

const struct bench_way *bench_present(const struct bench_report *report)
{
	bool known = report->profile->has_list && report->profile->has_filters;

	for (unsigned i = 0; known && i < report->ways->count; i++)
		if (bench_way_is(report->data, &report->ways->list[i], &report->present))
			return &report->ways->list[i];
	return NULL;
}

void bench_way_words(const struct bench_data *data, const struct bench_way *way, struct buf *out)
{
	for (unsigned i = 0; i < data->scanner_count; i++) {
		if (i > 0)
			buf_add_cstr(out, way->sequential ? " > " : " + ");
		buf_add_cstr(out, data->scanners[way->order[i]].initial);
	}
}

/* --- sentences ------------------------------------------------------------- */

struct telling {
	const struct bench_report *report;
	enum language language;
	bool is_page; /* figures as on pages */
	struct buf *out;
};

static struct slice say(const struct telling *telling, enum word word)
{
	return words(telling->language, word);
}

static void add_figure(
	const struct telling *telling, enum figure_unit unit, uint64_t value, struct buf *out)
{
	(telling->is_page ? figure_add : figure_add_text)(out, unit, value);
}

/* A sentence with slices for its places. */
#define TELL(telling, word, ...) \
	tell(telling, word, (const struct slice[]){__VA_ARGS__}, \
		sizeof((const struct slice[]){__VA_ARGS__}) / sizeof(struct slice))

static void tell(
	const struct telling *telling, enum word word, const struct slice *values, unsigned count)
{
	if (telling->out->len > 0)
		buf_add_byte(telling->out, ' ');
	words_fill(telling->out, telling->language, word, values, count);
}

/* The same with counts, of which there are four at most. */
static void tell_counts(
	const struct telling *telling, enum word word, const uint64_t *counts, unsigned count)
{
	cleanup_arena struct arena arena = {0};
	struct slice values[4];

	for (unsigned i = 0; i < count; i++) {
		cleanup_buf struct buf text = {0};

		add_figure(telling, FIGURE_COUNT, counts[i], &text);
		values[i] = arena_copy(&arena, buf_slice(&text));
	}
	tell(telling, word, values, count);
}

/* "F, then C, then S"; "F, C and S" */
static void add_order(const struct telling *telling, const struct bench_way *way, struct buf *out)
{
	const struct bench_data *data = telling->report->data;

	for (unsigned i = 0; i < data->scanner_count; i++) {
		if (i > 0 && way->sequential)
			buf_add(out, say(telling, WORD_BENCH_THEN));
		else if (i > 0 && i == data->scanner_count - 1)
			buf_add(out, say(telling, WORD_BENCH_AND));
		else if (i > 0)
			buf_add_cstr(out, ", ");
		buf_add_cstr(out, data->scanners[way->order[i]].initial);
	}
}

static void tell_order(const struct telling *telling)
{
	const struct bench_report *report = telling->report;
	const struct bench_way *best = bench_best(report);
	cleanup_buf struct buf order = {0}, how = {0};
	enum word word = best->sequential ? WORD_BENCH_SEQUENTIAL : WORD_BENCH_AT_ONCE;

	add_order(telling, best, &order);
	if (best->quitasap)
		buf_add(&how, say(telling, WORD_BENCH_WITH));
	if (bench_present(report) == best)
		buf_add(&how, say(telling, WORD_BENCH_UNCHANGED));
	TELL(telling, report->data->scanner_count < 2 ? WORD_BENCH_ALONE : word, buf_slice(&order),
		buf_slice(&how));
}

/* "12.0 ms with all at once" */
static void add_mean(const struct telling *telling, enum word word, const struct bench_way *way,
	enum word separator, struct buf *out)
{
	cleanup_buf struct buf mean = {0};

	add_figure(telling, FIGURE_TIME, bench_mean(&way->delay), &mean);
	buf_add(out, say(telling, separator));
	WORDS_FILL(out, telling->language, word, buf_slice(&mean));
}

/* "A mail then takes 12.0 ms on average, against 20.1 ms as it is now and 11.9 ms with all at once." */
static void tell_delays(const struct telling *telling)
{
	const struct bench_report *report = telling->report;
	const struct bench_ways *ways = report->ways;
	const struct bench_way *best = bench_best(report), *present = bench_present(report);
	const struct bench_way *other =
		&ways->list[best->sequential ? ways->best_at_once : ways->best_sequential];
	cleanup_buf struct buf mean = {0}, against = {0};

	add_figure(telling, FIGURE_TIME, bench_mean(&best->delay), &mean);
	if (present && present != best)
		add_mean(telling, WORD_BENCH_TAKES_NOW, present, WORD_BENCH_AGAINST, &against);
	if (other != best && other != present)
		add_mean(telling,
			best->sequential ? WORD_BENCH_TAKES_AT_ONCE : WORD_BENCH_TAKES_SEQUENTIAL,
			other, against.len > 0 ? WORD_BENCH_AND : WORD_BENCH_AGAINST, &against);
	TELL(telling, WORD_BENCH_TAKES, buf_slice(&mean), buf_slice(&against));
}

/* What quitasap does, and what one after the other spares. */
static void tell_work(const struct telling *telling)
{
	const struct bench_report *report = telling->report;
	const struct bench_way *best = bench_best(report);
	const struct bench_way *at_once = &report->ways->list[report->ways->best_at_once];

	if (!best->sequential) {
		if (best->quitasap && report->data->scanner_count > 1)
			tell(telling, WORD_BENCH_WAITS, NULL, 0);
		return;
	}
	if (bench_mean(&best->delay) > bench_mean(&at_once->delay))
		tell(telling, WORD_BENCH_TENTH, NULL, 0);
	if (at_once->started > best->started)
		tell_counts(telling, WORD_BENCH_SPARES,
			(const uint64_t[]){bench_a_round(report, report->ways,
						   at_once->started - best->started),
				bench_a_round(report, report->ways, at_once->started),
				bench_a_round(report, report->ways, best->mails),
				bench_a_round(report, report->ways, best->caught)},
			4);
}

/* What the figures lack. */
static void tell_lacks(const struct telling *telling)
{
	const struct bench_report *report = telling->report;
	const struct bench_data *data = report->data;

	if (data->guessed > 0)
		tell_counts(telling, WORD_BENCH_GUESSED, &data->guessed, 1);
	for (unsigned i = 0; i < data->silent_count; i++)
		TELL(telling, WORD_BENCH_SILENT, slice_cstr(data->silent[i]));
	if (report->failed > 0)
		tell_counts(telling, WORD_BENCH_FAILED,
			(const uint64_t[]){report->failed, report->runs}, 2);
}

static void tell_filters(const struct telling *telling)
{
	const struct bench_profile *profile = telling->report->profile;
	const struct filter *virus = &profile->filters.conditions[CONDITION_VIRUS];

	if (profile->has_filters && virus->on && !virus->quitasap)
		tell(telling, action_stops(virus->action) ? WORD_BENCH_MISSING : WORD_BENCH_NO_STOP,
			NULL, 0);
}

void bench_why(
	const struct bench_report *report, enum language language, bool is_page, struct buf *out)
{
	const struct telling telling = {report, language, is_page, out};

	tell_order(&telling);
	tell_delays(&telling);
	tell_work(&telling);
	tell_lacks(&telling);
	tell_filters(&telling);
}
