/* Why qmvcbench(8) recommends what it recommends, in plain sentences; see bench_report.h. */
#include "programs/bench_report.h"

#include "base/cleanup.h"
#include "report/figure.h"

#include <inttypes.h>

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

/* "F, then C and then S", "F, C and S at once", "C alone" */
static void add_order(const struct bench_data *data, const struct bench_way *way, struct buf *out)
{
	unsigned count = data->scanner_count;

	for (unsigned i = 0; i < count; i++) {
		bool is_last = i > 0 && i == count - 1;

		if (i > 0 && way->sequential)
			buf_add_cstr(out, ", then ");
		else if (i > 0)
			buf_add_cstr(out, is_last ? " and " : ", ");
		buf_add_cstr(out, data->scanners[way->order[i]].initial);
	}
	if (count < 2)
		buf_add_cstr(out, " alone");
	else
		buf_add_cstr(out, way->sequential ? ", one after the other" : " at once");
}

static void add_mean(const struct bench_way *way, struct buf *out)
{
	figure_add_text(out, FIGURE_TIME, bench_mean(&way->delay));
}

static void add_number(uint64_t number, const char *name, struct buf *out)
{
	figure_add_text(out, FIGURE_COUNT, number);
	buf_addf(out, " %s%s", name, number == 1 ? "" : "s");
}

/* "Mails wait 12.0 ms on average, against 20.1 ms as it is now and 11.9 ms with all at once." */
static void add_delays(const struct bench_report *report, struct buf *out)
{
	const struct bench_ways *ways = report->ways;
	const struct bench_way *best = bench_best(report), *present = bench_present(report);
	const struct bench_way *other =
		&ways->list[best->sequential ? ways->best_at_once : ways->best_sequential];
	const char *separator = ", against ";

	buf_add_cstr(out, "A mail then takes ");
	add_mean(best, out);
	buf_add_cstr(out, " on average");
	if (present && present != best) {
		buf_add_cstr(out, separator);
		add_mean(present, out);
		buf_add_cstr(out, " as it is now");
		separator = " and ";
	}
	if (other != best && other != present) {
		buf_add_cstr(out, separator);
		add_mean(other, out);
		buf_add_cstr(out, best->sequential ? " with all at once"
						   : " in the best order one after the other");
	}
	buf_add_cstr(out, ".");
}

/* What quitasap does, and what one after the other spares. */
static void add_work(const struct bench_report *report, struct buf *out)
{
	const struct bench_way *best = bench_best(report);
	const struct bench_way *at_once = &report->ways->list[report->ways->best_at_once];

	if (best->sequential && at_once->started > best->started) {
		buf_add_cstr(out, " For ");
		add_number(best->mails, "mail", out);
		buf_add_cstr(out, ", ");
		figure_add_text(out, FIGURE_COUNT, best->caught);
		buf_add_cstr(out, " of them caught, that starts scanners ");
		add_number(at_once->started - best->started, "time", out);
		buf_add_cstr(
			out, " less, for what the first ones find is not shown to the others.");
	} else if (!best->sequential && best->quitasap && report->data->scanner_count > 1) {
		buf_add_cstr(out,
			" The mail waits for the slowest only, where one after the other it "
			"waits for all of them; quitasap ends those still at work when one finds "
			"something.");
	}
}

static void add_guesses(const struct bench_data *data, struct buf *out)
{
	if (data->guessed > 0) {
		buf_add_cstr(out, " ");
		add_number(data->guessed, "answer", out);
		buf_addf(out,
			" of scanners not asked or cancelled %s guessed: clean, and as long as "
			"that scanner took for another mail.",
			data->guessed == 1 ? "is" : "are");
	}
	for (unsigned i = 0; i < data->silent_count; i++)
		buf_addf(out, " No answer of %s is known: it is left out, and comes last.",
			data->silent[i]);
}

static void add_filters(const struct bench_report *report, struct buf *out)
{
	const struct filter *virus = &report->profile->filters.conditions[CONDITION_VIRUS];

	if (!report->profile->has_filters || !virus->on || virus->quitasap)
		return;
	buf_add_cstr(
		out, action_stops(virus->action)
			     ? " Now quitasap is missing: add it to the line virus in filters."
			     : " But virus in filters does not stop the mail, so quitasap may not "
			       "stand there: all scanners are always asked to the end.");
}

void bench_why(const struct bench_report *report, struct buf *out)
{
	const struct bench_data *data = report->data;

	buf_add_cstr(out, "Ask ");
	add_order(data, bench_best(report), out);
	buf_add_cstr(out, bench_best(report)->quitasap ? ", with quitasap" : "");
	if (bench_present(report) == bench_best(report))
		buf_add_cstr(out, ": as it is now");
	buf_add_cstr(out, ". ");
	add_delays(report, out);
	add_work(report, out);
	add_guesses(data, out);
	add_filters(report, out);
}
