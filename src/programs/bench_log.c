/* What qmvc.log says of scanners, mail by mail; see bench_log.h. */
#include "programs/bench_log.h"

static enum bench_says says(const struct log_scan *scan, bool found)
{
	struct slice word = scan->verdict;

	if (slice_eq_cstr(word, "clean"))
		return BENCH_CLEAN;
	if (slice_eq_cstr(word, "infected") || slice_eq_cstr(word, "suspicious"))
		return BENCH_FOUND;
	/* Where another one has found something, it was not asked any more. */
	if (slice_eq_cstr(word, "skipped"))
		return found ? BENCH_UNKNOWN : BENCH_SKIPPED;
	if (slice_eq_cstr(word, "cancelled"))
		return BENCH_UNKNOWN;
	/*
	 * Left alone by its circuit breaker, or out of time before its turn, it was not asked either;
	 * and whatever it is, without any time it says nothing of how long it takes.
	 */
	if (slice_eq_cstr(scan->breaker, LOG_BREAKER_LEFT) || scan->latency_us == 0)
		return BENCH_UNKNOWN;
	return BENCH_NO_ANSWER;
}

static uint32_t bounded(uint64_t us)
{
	return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

static bool has_found(const struct log_entry *entry)
{
	for (unsigned i = 0; i < entry->scan_count; i++) {
		struct slice word = entry->scans[i].verdict;

		if (slice_eq_cstr(word, "infected") || slice_eq_cstr(word, "suspicious"))
			return true;
	}
	return false;
}

/*
 * What it took besides the scanners: a way that was in use is thereby reckoned as it was. They begin
 * together, but for what they were asked before, and end when the last of them does.
 */
static uint32_t other_time(const struct log_entry *entry)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < entry->scan_count; i++) {
		const struct log_scan *scan = &entry->scans[i];
		uint64_t end = scan->latency_us > 0 ? scan->wait_us + scan->latency_us : 0;

		end -= scan->early_us < end ? scan->early_us : end;
		last = end > last ? end : last;
	}
	return last < entry->delay_us ? bounded(entry->delay_us - last) : 0;
}

bool bench_read_entry(
	struct bench_data *data, const struct log_entry *entry, struct bench_mail *mail)
{
	bool found = has_found(entry), answered = false;

	*mail = (struct bench_mail){.other_us = other_time(entry)};
	for (unsigned i = 0; i < entry->scan_count; i++) {
		const struct log_scan *scan = &entry->scans[i];
		int at = bench_data_scanner(data, scan->initial);

		if (at < 0) {
			data->left_out++;
			continue;
		}
		mail->scans[at] = (struct bench_scan){
			.us = bounded(scan->latency_us),
			.early_us = bounded(scan->early_us),
			.says = (unsigned char)says(scan, found)};
		answered |= mail->scans[at].says >= BENCH_CLEAN;
	}
	return answered;
}

int bench_take_entry(void *context, const struct log_entry *entry, const struct log_place *place)
{
	struct bench_data *data = context;
	struct bench_mail mail;

	(void)place;
	if (entry->time_ms < data->since_ms || entry->time_ms >= data->until_ms)
		return 0;
	if (bench_read_entry(data, entry, &mail))
		return bench_data_add(data, &mail);
	data->not_scanned++;
	return 0;
}
