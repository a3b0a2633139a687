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

/* Returns 0, 1 when there is no place for another one, or -ENOMEM. */
static int scanner_of(struct tally *tally, struct slice initial, struct tally_scanner **found)
{
	struct tally_scanner *made;

	initial = slice_first(initial, LOG_STAGE_NAMES);
	for (unsigned i = 0; i < tally->scanner_count; i++) {
		if (slice_eq(tally_initial(tally->scanners[i]), initial)) {
			*found = tally->scanners[i];
			return 0;
		}
	}
	if (tally->scanner_count == TALLY_SCANNERS)
		return 1;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->length = (unsigned)initial.len;
	memcpy(made->initial, initial.data, initial.len);
	tally->scanners[tally->scanner_count++] = *found = made;
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

static void take_opinion(struct tally_scanner *scanner, enum tally_verdict verdict,
	const struct tally_opinions *opinions)
{
	if (is_finding(verdict)) {
		scanner->found++;
		scanner->unique += opinions->found == 1 && opinions->clean > 0;
	}
	scanner->missed += verdict == TALLY_CLEAN && opinions->found > 0;
}

int tally_take_scans(
	struct tally *tally, const struct log_entry *entry, struct tally_opinions *opinions)
{
	enum tally_verdict verdicts[LOG_SCANNERS];

	for (unsigned i = 0; i < entry->scan_count; i++) {
		verdicts[i] = verdict_of(entry->scans[i].verdict);
		opinions->found += is_finding(verdicts[i]);
		opinions->clean += verdicts[i] == TALLY_CLEAN;
	}
	for (unsigned i = 0; i < entry->scan_count; i++) {
		const struct log_scan *scan = &entry->scans[i];
		struct tally_scanner *scanner;
		int result = scanner_of(tally, scan->initial, &scanner);

		if (result < 0)
			return result;
		if (scan->virus.len > 0 && is_finding(verdicts[i]))
			top_add(&tally->viruses, scan->virus);
		if (result > 0) {
			tally->left_out++;
			continue;
		}
		scanner->mails++;
		scanner->verdicts[verdicts[i]]++;
		scanner->openings += slice_eq_cstr(scan->breaker, LOG_BREAKER_OPENED);
		if (slice_eq_cstr(scan->breaker, LOG_BREAKER_LEFT))
			scanner->left_alone++;
		else if (verdicts[i] != TALLY_CANCELLED && verdicts[i] != TALLY_SKIPPED)
			take_times(scanner, scan);
		take_opinion(scanner, verdicts[i], opinions);
	}
	return 0;
}
