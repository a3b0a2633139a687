/* The same as JSON, for programs; see bench_report.h. Durations are milliseconds. */
#include "programs/bench_report.h"

#include "base/cleanup.h"
#include "record/json.h"

static void add_times(struct json *json, const char *key, const struct histogram *times)
{
	json_open_object(json, key);
	json_number(json, "count", times->count);
	json_ms(json, "median", histogram_quantile(times, 500));
	json_ms(json, "p95", histogram_quantile(times, 950));
	json_ms(json, "mean", bench_mean(times));
	json_ms(json, "max", times->greatest);
	json_close_object(json);
}

static void add_scanners(struct json *json, const struct bench_data *data)
{
	json_open_array(json, "scanners");
	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scanner *scanner = &data->scanners[i];

		json_open_object(json, NULL);
		json_cstr(json, "initial", scanner->initial);
		json_number(json, "found", scanner->found);
		json_number(json, "alone", scanner->only);
		json_number(json, "no_answer", scanner->no_answer);
		json_number(json, "not_known", scanner->unknown);
		add_times(json, "latency", &scanner->latency);
		json_close_object(json);
	}
	json_close_array(json);
	json_open_array(json, "scanners_without_answers");
	for (unsigned i = 0; i < data->silent_count; i++)
		json_cstr(json, NULL, data->silent[i]);
	json_close_array(json);
}

static void add_way(
	struct json *json, const struct bench_report *report, const struct bench_way *way)
{
	const struct bench_data *data = report->data;

	json_open_object(json, NULL);
	json_open_array(json, "order");
	for (unsigned i = 0; i < data->scanner_count; i++)
		json_cstr(json, NULL, data->scanners[way->order[i]].initial);
	json_close_array(json);
	json_cstr(json, "mode", way->sequential ? "sequential" : "concurrent");
	json_bool(json, "quitasap", way->quitasap);
	json_bool(json, "recommended", way == bench_best(report));
	json_bool(json, "present", way == bench_present(report));
	json_number(json, "mails", way->mails);
	json_number(json, "caught", way->caught);
	json_number(json, "starts", way->started);
	json_ms(json, "scanning", way->busy_us);
	if (report->reckoned && way >= report->ways->list &&
		way < report->ways->list + report->ways->count) {
		json_ms(json, "cpu", way->cpu_us);
		json_number(json, "failed", way->failed);
	}
	add_times(json, "delay", &way->delay);
	json_close_object(json);
}

static void add_ways(struct json *json, const char *key, const struct bench_report *report,
	const struct bench_ways *ways)
{
	json_open_array(json, key);
	for (unsigned i = 0; report->data->scanner_count > 0 && i < ways->count; i++)
		add_way(json, report, &ways->list[i]);
	json_close_array(json);
}

void bench_json(const struct bench_report *report, struct buf *out)
{
	const struct bench_data *data = report->data;
	cleanup_buf struct buf why = {0};
	struct json json = {.out = out};

	json_open_object(&json, NULL);
	json_number(&json, "version", 1);
	json_cstr(&json, "source", report->source);
	json_number(&json, "mails", data->seen);
	json_number(&json, "mails_used", data->mail_count);
	json_number(&json, "mails_not_scanned", data->not_scanned);
	json_number(&json, "answers_left_out", data->left_out);
	json_number(&json, "answers_guessed", data->guessed);
	add_scanners(&json, data);
	add_ways(&json, "ways", report, report->ways);
	if (report->reckoned) {
		add_ways(&json, "reckoned", report, report->reckoned);
		json_number(&json, "failed", report->failed);
		json_cstr(&json, "failure", report->failure);
		json_number(&json, "commands_not_run", report->commands);
	}
	if (data->scanner_count > 0)
		bench_why(report, LANGUAGE_EN, false, &why);
	json_string(&json, "why", buf_slice(&why));
	if (report->file.len > 0)
		json_string(&json, "file", report->file);
	else
		json_null(&json, "file");
	json_close_object(&json);
}
