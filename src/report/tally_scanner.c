/*
 * What scanners said and how long they took; see tally.h. Two scanners disagree when one found
 * something in a mail that another one called clean. One that was cancelled, timed out or failed has
 * no opinion: where nobody else answered, a finding is not called unique.
 */
#include "report/tally_private.h"

#include <errno.h>
#include <stdlib.h>

static const char *const verdict_names[TALLY_VERDICTS] = {
	[TALLY_CLEAN] = "clean",
	[TALLY_INFECTED] = "infected",
	[TALLY_SUSPICIOUS] = "suspicious",
	[TALLY_ENCRYPTED] = "encrypted",
	[TALLY_LIMIT] = "limit",
	[TALLY_UNSUPPORTED] = "unsupported",
	[TALLY_TIMEOUT] = "timeout",
	[TALLY_ERROR] = "error",
	[TALLY_CANCELLED] = "cancelled",
	[TALLY_SKIPPED] = "skipped",
	[TALLY_NO_VERDICT] = "other",
};

const char *tally_verdict_name(enum tally_verdict verdict)
{
	return verdict_names[verdict];
}

static enum tally_verdict verdict_of(struct slice word)
{
	for (unsigned i = 0; i < TALLY_NO_VERDICT; i++)
		if (slice_eq_cstr(word, verdict_names[i]))
			return (enum tally_verdict)i;
	return TALLY_NO_VERDICT;
}

static bool is_finding(enum tally_verdict verdict)
{
	return verdict == TALLY_INFECTED || verdict == TALLY_SUSPICIOUS;
}

/* *place is where it stands, -1 when there is none for another one. Returns 0 or -ENOMEM. */
static int scanner_of(struct tally *tally, struct slice initial, int *place)
{
	struct tally_scanner *made;

	initial = slice_first(initial, LOG_STAGE_NAMES);
	for (unsigned i = 0; i < tally->scanner_count; i++) {
		if (slice_eq(tally_initial(tally->scanners[i]), initial)) {
			*place = (int)i;
			return 0;
		}
	}
	if (tally->scanner_count == TALLY_SCANNERS) {
		*place = -1;
		return 0;
	}
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->length = (unsigned)initial.len;
	memcpy(made->initial, initial.data, initial.len);
	*place = (int)tally->scanner_count;
	tally->scanners[tally->scanner_count++] = made;
	return 0;
}

static void take_times(struct tally_scanner *scanner, const struct log_scan *scan)
{
	histogram_add(&scanner->latency, scan->latency_us);
	if (scan->wait_us > 0)
		histogram_add(&scanner->turn, scan->wait_us);
	if ((scan->reach_us | scan->send_us | scan->scan_us) == 0)
		return;
	histogram_add(&scanner->phases[TALLY_WAITING], scan->reach_us);
	histogram_add(&scanner->phases[TALLY_SENDING], scan->send_us);
	histogram_add(&scanner->phases[TALLY_SCANNING], scan->scan_us);
}

static void judge(struct tally_seen_scan *seen, const struct tally_opinions *opinions)
{
	seen->unique = is_finding(seen->verdict) && opinions->found == 1 && opinions->clean > 0;
	seen->missed = seen->verdict == TALLY_CLEAN && opinions->found > 0;
}

static void take_scan(struct tally_scanner *scanner, const struct log_scan *scan,
	const struct tally_seen_scan *seen)
{
	scanner->mails++;
	scanner->verdicts[seen->verdict]++;
	scanner->openings += slice_eq_cstr(scan->breaker, LOG_BREAKER_OPENED);
	if (slice_eq_cstr(scan->breaker, LOG_BREAKER_LEFT))
		scanner->left_alone++;
	else if (seen->verdict != TALLY_CANCELLED && seen->verdict != TALLY_SKIPPED)
		take_times(scanner, scan);
	scanner->found += is_finding(seen->verdict);
	scanner->unique += seen->unique;
	scanner->missed += seen->missed;
	if (scan->virus.len > 0 && is_finding(seen->verdict))
		top_add(&scanner->hits, scan->virus);
}

int tally_take_scans(struct tally *tally, const struct log_entry *entry,
	struct tally_opinions *opinions, struct tally_seen *seen)
{
	for (unsigned i = 0; i < entry->scan_count; i++) {
		enum tally_verdict verdict = verdict_of(entry->scans[i].verdict);

		seen->scans[i].verdict = verdict;
		opinions->found += is_finding(verdict);
		opinions->clean += verdict == TALLY_CLEAN;
	}
	seen->scan_count = entry->scan_count;
	for (unsigned i = 0; i < entry->scan_count; i++) {
		const struct log_scan *scan = &entry->scans[i];
		struct tally_seen_scan *one = &seen->scans[i];

		if (scanner_of(tally, scan->initial, &one->scanner))
			return -ENOMEM;
		judge(one, opinions);
		if (scan->virus.len > 0 && is_finding(one->verdict))
			top_add(&tally->viruses, scan->virus);
		if (one->scanner >= 0)
			take_scan(tally->scanners[one->scanner], scan, one);
		else
			tally->left_out++;
	}
	return 0;
}
