/* The report as JSON, for programs; see qmvcstat.h. Durations are milliseconds. */
#include "programs/qmvcstat.h"

#include "base/clock.h"

static void add_time(struct json *json, const char *key, int64_t wall_ms)
{
	char text[CLOCK_UTC_SIZE];

	clock_format_utc(wall_ms, text);
	json_cstr(json, key, text);
}

static void add_histogram(struct json *json, const char *key, const struct histogram *times)
{
	json_open_object(json, key);
	json_number(json, "count", times->count);
	json_ms(json, "sum", times->sum);
	json_ms(json, "median", histogram_quantile(times, 500));
	json_ms(json, "p95", histogram_quantile(times, 950));
	json_ms(json, "p99", histogram_quantile(times, 990));
	json_ms(json, "max", times->greatest);
	json_open_array(json, "histogram");
	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		json_open_object(json, NULL);
		if (i < HISTOGRAM_BOUNDS)
			json_ms(json, "up_to", histogram_bounds[i]);
		else
			json_null(json, "up_to");
		json_number(json, "count", times->within[i]);
		json_close_object(json);
	}
	json_close_array(json);
	json_close_object(json);
}

static void add_counts(struct json *json, const struct tally_counts *counts)
{
	json_number(json, "mails", counts->mails);
	json_number(json, "bytes", counts->bytes);
	json_number(json, "stopped", counts->stopped);
	json_number(json, "infected", counts->infected);
	json_number(json, "disagreed", counts->disagreed);
	json_number(json, "sealed", counts->sealed);
	json_number(json, "forwarded", counts->forwarded);
	json_open_object(json, "actions");
	for (unsigned i = 0; i < TALLY_ACTIONS; i++)
		json_number(json, tally_action_name((enum tally_action)i), counts->actions[i]);
	json_close_object(json);
	json_open_object(json, "conditions");
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		json_number(json, tally_condition_name(i), counts->met[i]);
	json_close_object(json);
	json_open_object(json, "errors");
	for (unsigned i = 0; i < TALLY_CODES; i++)
		json_number(json, tally_code_name(i), counts->codes[i]);
	json_close_object(json);
}

static void add_days(struct json *json, struct tally *tally)
{
	json_open_array(json, "days");
	for (unsigned i = 0; i < tally->day_count; i++) {
		const struct tally_day *day = &tally->days[i];
		char date[CALENDAR_DATE_SIZE];

		calendar_date_text(day->day, date);
		json_open_object(json, NULL);
		json_cstr(json, "date", date);
		add_time(json, "begins", calendar_day_start(&tally->calendar, day->day));
		add_counts(json, &day->counts);
		json_open_array(json, "mails_by_hour");
		for (unsigned hour = 0; hour < 24; hour++)
			json_number(json, NULL, day->mails[hour]);
		json_close_array(json);
		json_open_array(json, "stopped_by_hour");
		for (unsigned hour = 0; hour < 24; hour++)
			json_number(json, NULL, day->stopped[hour]);
		json_close_array(json);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_scanner(struct json *json, const struct tally_scanner *scanner)
{
	json_open_object(json, NULL);
	json_string(json, "initial", tally_initial(scanner));
	json_number(json, "mails", scanner->mails);
	json_number(json, "found", scanner->found);
	json_number(json, "unique", scanner->unique);
	json_number(json, "missed", scanner->missed);
	json_number(json, "openings", scanner->openings);
	json_number(json, "left_alone", scanner->left_alone);
	json_open_object(json, "verdicts");
	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		json_number(json, tally_verdict_name((enum tally_verdict)i), scanner->verdicts[i]);
	json_close_object(json);
	add_histogram(json, "latency", &scanner->latency);
	for (unsigned i = 0; i < TALLY_PHASES; i++)
		add_histogram(json, tally_phase_name((enum tally_phase)i), &scanner->phases[i]);
	add_histogram(json, "turn", &scanner->turn);
	json_close_object(json);
}

static void add_top(struct json *json, const char *key, const struct top *top)
{
	const struct top_name *best[100];
	unsigned count = top_best(top, best, sizeof(best) / sizeof(best[0]));

	json_open_object(json, key);
	json_bool(json, "exact", top_is_exact(top));
	json_open_array(json, "names");
	for (unsigned i = 0; i < count; i++) {
		json_open_object(json, NULL);
		json_string(json, "name", top_text(best[i]));
		json_number(json, "count", best[i]->count);
		json_number(json, "error", best[i]->error);
		json_close_object(json);
	}
	json_close_array(json);
	json_close_object(json);
}

static void add_mails(struct json *json, const char *key, const struct tally_mails *mails)
{
	json_open_array(json, key);
	for (unsigned i = 0; i < mails->count; i++) {
		const struct tally_mail *mail = &mails->list[i];

		json_open_object(json, NULL);
		json_string(json, "id", tally_slice(&mail->id));
		add_time(json, "time", mail->time_ms);
		json_string(json, "from", tally_slice(&mail->sender));
		json_string(json, "to", tally_slice(&mail->recipient));
		json_string(json, "subject", tally_slice(&mail->subject));
		json_number(json, "size", mail->size);
		json_ms(json, "delay", mail->delay_us);
		json_string(json, "file", tally_slice(&mail->file));
		json_number(json, "line", mail->line);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_log(struct json *json, const struct log_files *files)
{
	json_open_object(json, "log");
	json_number(json, "files", files->counts.files);
	json_number(json, "bytes", files->counts.bytes);
	json_number(json, "lines", files->counts.lines);
	json_number(json, "lines_not_read", files->counts.not_read);
	json_number(json, "files_failed", files->counts.failed);
	json_cstr(json, "failure", files->failed.set ? files->failed.text : NULL);
	json_close_object(json);
}

void stat_json(const struct stat_report *report, struct buf *out)
{
	struct tally *tally = report->tally;
	struct json json = {.out = out};

	json_open_object(&json, NULL);
	json_number(&json, "version", 1);
	json_cstr(&json, "host", report->host);
	if (tally->total.mails > 0) {
		add_time(&json, "first", tally->first_ms);
		add_time(&json, "last", tally->last_ms);
	}
	add_counts(&json, &tally->total);
	add_histogram(&json, "delay", &tally->delay);
	json_open_array(&json, "stages");
	for (unsigned i = 0; i < tally->stage_count; i++) {
		json_open_object(&json, NULL);
		json_string(&json, "stage", tally_stage_name(tally->stages[i]));
		add_histogram(&json, "time", &tally->stages[i]->time);
		json_close_object(&json);
	}
	json_close_array(&json);
	json_open_array(&json, "scanners");
	for (unsigned i = 0; i < tally->scanner_count; i++)
		add_scanner(&json, tally->scanners[i]);
	json_close_array(&json);
	json_number(&json, "answers_left_out", tally->left_out);
	add_days(&json, tally);
	add_top(&json, "senders", &tally->senders);
	add_top(&json, "recipients", &tally->recipients);
	add_top(&json, "viruses", &tally->viruses);
	add_top(&json, "virus_senders", &tally->virus_senders);
	add_mails(&json, "slowest", &tally->slowest);
	add_mails(&json, "biggest", &tally->biggest);
	add_log(&json, report->files);
	json_close_object(&json);
}
