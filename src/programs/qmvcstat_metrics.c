/*
 * The report as OpenMetrics 1.0 text; see qmvcstat.h. It is mostly read by node_exporter's textfile
 * collector, whose parser is that of the older Prometheus format: so only counters, gauges and
 * histograms stand here, without time stamps and exemplars. Seconds and bytes, as the rules want.
 */
#include "programs/qmvcstat.h"

#include "base/cleanup.h"
#include "record/escape.h"
#include "scan/breaker.h"

#include <inttypes.h>

struct metric {
	const char *name, *type, *unit, *help;
};

static void begin(struct buf *out, const struct metric *metric)
{
	buf_addf(out, "# TYPE %s %s\n", metric->name, metric->type);
	if (metric->unit)
		buf_addf(out, "# UNIT %s %s\n", metric->name, metric->unit);
	buf_addf(out, "# HELP %s %s\n", metric->name, metric->help);
}

static void add_seconds(struct buf *out, uint64_t us)
{
	buf_addf(out, "%" PRIu64 ".%06u", us / 1000000, (unsigned)(us % 1000000));
}

/* {name="value"}: what may steer a terminal is \xNN in it, and backslash and quote escaped again. */
static void add_label(struct buf *out, const char *name, struct slice value)
{
	struct buf shown = {0};

	escape_add(&shown, value);
	buf_addf(out, "%s=\"", name);
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.data[i] == '"' || shown.data[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, shown.data[i]);
	}
	buf_add_byte(out, '"');
	out->failed |= shown.failed;
	buf_release(&shown);
}

static void add_counter(
	struct buf *out, const char *name, const char *label, const char *value, uint64_t number)
{
	buf_addf(out, "%s_total", name);
	if (label) {
		buf_add_byte(out, '{');
		add_label(out, label, slice_cstr(value));
		buf_add_byte(out, '}');
	}
	buf_addf(out, " %" PRIu64 "\n", number);
}

static void add_plain_counter(struct buf *out, const char *name, const char *help, uint64_t number)
{
	begin(out, &(struct metric){name, "counter", NULL, help});
	add_counter(out, name, NULL, NULL, number);
}

/* `label` and `value`: of all samples, or NULL. */
static void add_histogram(struct buf *out, const char *name, const char *label, struct slice value,
	const struct histogram *times)
{
	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		buf_addf(out, "%s_bucket{", name);
		if (label) {
			add_label(out, label, value);
			buf_add_byte(out, ',');
		}
		if (i < HISTOGRAM_BOUNDS)
			buf_addf(out,
				histogram_bounds[i] < 1000000 ? "le=\"%.4g\"} " : "le=\"%.1f\"} ",
				(double)histogram_bounds[i] / 1e6);
		else
			buf_add_cstr(out, "le=\"+Inf\"} ");
		buf_addf(out, "%" PRIu64 "\n", histogram_up_to(times, i));
	}
	for (unsigned i = 0; i < 2; i++) {
		buf_addf(out, "%s_%s", name, i ? "sum" : "count");
		if (label) {
			buf_add_byte(out, '{');
			add_label(out, label, value);
			buf_add_byte(out, '}');
		}
		buf_add_byte(out, ' ');
		if (i)
			add_seconds(out, times->sum);
		else
			buf_addf(out, "%" PRIu64, times->count);
		buf_add_byte(out, '\n');
	}
}

static void add_mails(struct buf *out, const struct tally *tally)
{
	const struct tally_counts *total = &tally->total;

	begin(out, &(struct metric){"qmvc_mails", "counter", NULL, "Mails by what was done."});
	for (unsigned i = 0; i < TALLY_ACTIONS; i++)
		add_counter(out, "qmvc_mails", "action", tally_action_name((enum tally_action)i),
			total->actions[i]);
	begin(out, &(struct metric){"qmvc_mail_bytes", "counter", "bytes", "Size of all mails."});
	add_counter(out, "qmvc_mail_bytes", NULL, NULL, total->bytes);
	begin(out, &(struct metric){
			   "qmvc_conditions_met", "counter", NULL, "Mails that met a condition."});
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		add_counter(out, "qmvc_conditions_met", "condition", tally_condition_name(i),
			total->met[i]);
	add_plain_counter(out, "qmvc_infected_mails", "Mails in which a scanner found something.",
		total->infected);
	add_plain_counter(out, "qmvc_scanner_disagreements",
		"Mails in which one scanner found something and another said clean.",
		total->disagreed);
	begin(out, &(struct metric){"qmvc_delivery_delay_seconds", "histogram", "seconds",
			   "How long mails were in qmvc."});
	add_histogram(out, "qmvc_delivery_delay_seconds", NULL, SLICE_EMPTY, &tally->delay);
	begin(out, &(struct metric){"qmvc_stage_seconds", "histogram", "seconds",
			   "How long each stage took."});
	for (unsigned i = 0; i < tally->stage_count; i++)
		add_histogram(out, "qmvc_stage_seconds", "stage",
			tally_stage_name(tally->stages[i]), &tally->stages[i]->time);
}

static void add_scanner_counter(struct buf *out, const struct tally *tally, const char *name,
	const char *help, size_t offset)
{
	begin(out, &(struct metric){name, "counter", NULL, help});
	for (unsigned i = 0; i < tally->scanner_count; i++) {
		const struct tally_scanner *scanner = tally->scanners[i];

		buf_addf(out, "%s_total{", name);
		add_label(out, "scanner", tally_initial(scanner));
		buf_addf(out, "} %" PRIu64 "\n",
			*(const uint64_t *)((const char *)scanner + offset));
	}
}

static void add_verdicts(struct buf *out, const struct tally_scanner *scanner)
{
	for (unsigned i = 0; i < TALLY_VERDICTS; i++) {
		buf_add_cstr(out, "qmvc_scanner_verdicts_total{");
		add_label(out, "scanner", tally_initial(scanner));
		buf_add_byte(out, ',');
		add_label(out, "verdict", slice_cstr(tally_verdict_name((enum tally_verdict)i)));
		buf_addf(out, "} %" PRIu64 "\n", scanner->verdicts[i]);
	}
}

static void add_phases(struct buf *out, const struct tally_scanner *scanner)
{
	for (unsigned i = 0; i < TALLY_PHASES; i++) {
		buf_add_cstr(out, "qmvc_scanner_phase_seconds_total{");
		add_label(out, "scanner", tally_initial(scanner));
		buf_add_byte(out, ',');
		add_label(out, "phase", slice_cstr(tally_phase_name((enum tally_phase)i)));
		buf_add_cstr(out, "} ");
		add_seconds(out, scanner->phases[i].sum);
		buf_add_byte(out, '\n');
	}
}

static void add_scanners(struct buf *out, const struct tally *tally)
{
	begin(out, &(struct metric){"qmvc_scanner_latency_seconds", "histogram", "seconds",
			   "How long a scanner worked on a mail."});
	for (unsigned i = 0; i < tally->scanner_count; i++)
		add_histogram(out, "qmvc_scanner_latency_seconds", "scanner",
			tally_initial(tally->scanners[i]), &tally->scanners[i]->latency);
	begin(out, &(struct metric){"qmvc_scanner_phase_seconds", "counter", "seconds",
			   "Where that time went."});
	for (unsigned i = 0; i < tally->scanner_count; i++)
		add_phases(out, tally->scanners[i]);
	begin(out, &(struct metric){"qmvc_scanner_verdicts", "counter", NULL,
			   "Mails by what a scanner said."});
	for (unsigned i = 0; i < tally->scanner_count; i++)
		add_verdicts(out, tally->scanners[i]);
	add_scanner_counter(out, tally, "qmvc_scanner_unique_finds",
		"Found by this scanner alone, while another one said clean.",
		offsetof(struct tally_scanner, unique));
	add_scanner_counter(out, tally, "qmvc_scanner_missed",
		"Called clean by this scanner, found by another one.",
		offsetof(struct tally_scanner, missed));
	add_scanner_counter(out, tally, "qmvc_scanner_breaker_openings",
		"Times its circuit breaker opened: it could not be reached several times in a row.",
		offsetof(struct tally_scanner, openings));
	add_scanner_counter(out, tally, "qmvc_scanner_left_alone",
		"Mails for which it was not asked because its circuit breaker was open.",
		offsetof(struct tally_scanner, left_alone));
}

static void add_scanner_gauge(
	struct buf *out, const char *name, struct slice initial, int64_t number)
{
	buf_addf(out, "%s{", name);
	add_label(out, "scanner", initial);
	buf_addf(out, "} %" PRId64 "\n", number);
}

/* The log is written by everybody: only what can be an initial becomes a part of a path. */
static bool put_initial(struct slice initial, struct scanner_config *config)
{
	if (initial.len == 0 || initial.len >= sizeof(config->initial))
		return false;
	for (size_t i = 0; i < initial.len; i++) {
		unsigned char lower = ascii_lower(initial.data[i]);

		if (!ascii_digit(lower) && (lower < 'a' || lower > 'z'))
			return false;
		config->initial[i] = (char)initial.data[i];
	}
	return true;
}

/* Of those that stand in the log: when no mail comes, no breaker stays open. */
static void add_breakers(struct buf *out, const struct stat_report *report)
{
	static const char name[] = "qmvc_scanner_breaker_open";
	cleanup_free char *run = NULL;
	struct profile profile = {0};

	if (asprintf(&run, "%s/run", report->files->base) < 0) {
		run = NULL;
		out->failed = true;
		return;
	}
	profile.run = run;
	begin(out, &(struct metric){name, "gauge", NULL,
			   "1 while mail leaves it alone because it could not be reached."});
	for (unsigned i = 0; i < report->tally->scanner_count; i++) {
		struct slice initial = tally_initial(report->tally->scanners[i]);
		struct scanner_config config = {0};
		struct breaker_record record;

		if (!put_initial(initial, &config))
			continue;
		record = breaker_look(&profile, &config);
		add_scanner_gauge(
			out, name, initial, breaker_state(&record, report->now_ms) == BREAKER_OPEN);
	}
}

/* The addresses of a scanner stand together: the first of the next one. */
static unsigned next_scanner(const struct scanner_states *states, unsigned at)
{
	struct slice initial = states->list[at].initial;

	while (at < states->count && slice_eq(states->list[at].initial, initial))
		at++;
	return at;
}

static void add_ages(struct buf *out, const struct scanner_states *states, int64_t now_ms)
{
	static const char name[] = "qmvc_scanner_pattern_age_seconds";

	begin(out, &(struct metric){name, "gauge", "seconds",
			   "Age of its patterns, the oldest of its addresses; not of one that does "
			   "not say."});
	for (unsigned i = 0, next; i < states->count; i = next) {
		int64_t oldest = INT64_MAX;

		next = next_scanner(states, i);
		for (unsigned at = i; at < next; at++)
			if (states->list[at].date != FACTS_NO_DATE &&
				states->list[at].date < oldest)
				oldest = states->list[at].date;
		if (oldest < INT64_MAX)
			add_scanner_gauge(out, name, states->list[i].initial,
				now_ms / 1000 > oldest ? now_ms / 1000 - oldest : 0);
	}
}

static void add_usable(struct buf *out, const struct scanner_states *states)
{
	static const char name[] = "qmvc_scanner_usable";

	begin(out, &(struct metric){name, "gauge", NULL,
			   "1 when it answered and can scan, at one of its addresses at least."});
	for (unsigned i = 0, next; i < states->count; i = next) {
		bool usable = false;

		next = next_scanner(states, i);
		for (unsigned at = i; at < next; at++)
			usable |= states->list[at].answered && states->list[at].state <= STATE_OLD;
		add_scanner_gauge(out, name, states->list[i].initial, usable);
	}
}

static void add_gauge(struct buf *out, const char *name, const char *help, uint64_t number)
{
	begin(out, &(struct metric){name, "gauge", NULL, help});
	buf_addf(out, "%s %" PRIu64 "\n", name, number);
}

static void add_gauge_seconds(struct buf *out, const char *name, const char *help, int64_t wall_ms)
{
	begin(out, &(struct metric){name, "gauge", "seconds", help});
	buf_addf(out, "%s ", name);
	add_seconds(out, wall_ms > 0 ? (uint64_t)wall_ms * 1000 : 0);
	buf_add_byte(out, '\n');
}

void stat_openmetrics(const struct stat_report *report, struct buf *out)
{
	const struct tally *tally = report->tally;
	const struct log_counts *counts = &report->files->counts;

	add_mails(out, tally);
	add_scanners(out, tally);
	add_breakers(out, report);
	if (report->scanners->count > 0) {
		add_ages(out, report->scanners, report->now_ms);
		add_usable(out, report->scanners);
	}
	add_gauge(out, "qmvc_log_lines", "Lines in the log files that were read.", counts->lines);
	add_gauge(out, "qmvc_log_lines_not_read", "Those among them that were cut or foreign.",
		counts->not_read);
	add_gauge(out, "qmvc_log_files_failed",
		"Log files that could not be read, or not to their end.", counts->failed);
	if (tally->total.mails > 0)
		add_gauge_seconds(out, "qmvc_last_mail_timestamp_seconds",
			"When the last mail came.", tally->last_ms);
	add_gauge_seconds(out, "qmvc_report_timestamp_seconds", "When these figures were made.",
		report->now_ms);
	buf_add_cstr(out, "# EOF\n");
}
