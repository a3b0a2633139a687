/* One line about what needs care; see complaint.h. */
#include "report/complaint.h"

#include <inttypes.h>

/* NULL when there is no place for another one: sixteen scanners that fail are enough to hear of. */
static struct complaint_scanner *scanner_of(struct complaint *complaint, struct slice initial)
{
	struct complaint_scanner *made;

	for (unsigned i = 0; i < complaint->scanner_count; i++) {
		struct complaint_scanner *known = &complaint->scanners[i];

		if (slice_eq(slice_make(known->initial, known->length), initial))
			return known;
	}
	if (complaint->scanner_count == TALLY_SCANNERS)
		return NULL;
	made = &complaint->scanners[complaint->scanner_count++];
	made->length = (unsigned)initial.len;
	memcpy(made->initial, initial.data, initial.len);
	return made;
}

void complaint_take(struct complaint *complaint, const struct tally *tally)
{
	complaint->mails += tally->total.mails;
	complaint->deferred += tally->total.actions[TALLY_DEFER];
	for (unsigned i = 0; i < tally->scanner_count; i++) {
		const struct tally_scanner *scanner = tally->scanners[i];
		struct complaint_scanner *sum = scanner_of(complaint, tally_initial(scanner));

		if (!sum)
			continue;
		sum->timeouts += scanner->verdicts[TALLY_TIMEOUT];
		sum->errors += scanner->verdicts[TALLY_ERROR];
		sum->left_alone += scanner->left_alone;
	}
}

void complaint_take_files(struct complaint *complaint, const struct log_files *files)
{
	if (complaint->files_failed == 0 && files->counts.failed > 0)
		complaint->failed = files->failed;
	complaint->files_failed += files->counts.failed;
}

static const char *plural(uint64_t number)
{
	return number == 1 ? "" : "s";
}

static void tell_scanner(
	const struct complaint_scanner *scanner, const char **separator, struct buf *out)
{
	struct error initial = {0}; /* its text has no control characters */

	if (scanner->timeouts + scanner->errors == 0)
		return;
	error_set(&initial, 0, "%.*s", SLICE_ARGS(slice_make(scanner->initial, scanner->length)));
	buf_addf(out, "%sscanner %s: %" PRIu64 " timeout%s, %" PRIu64 " error%s", *separator,
		initial.text, scanner->timeouts, plural(scanner->timeouts), scanner->errors,
		plural(scanner->errors));
	if (scanner->left_alone > 0)
		buf_addf(out, " (%" PRIu64 " left alone)", scanner->left_alone);
	*separator = "; ";
}

bool complaint_tell(const struct complaint *complaint, const char *program, struct buf *out)
{
	cleanup_buf struct buf line = {0};
	const char *separator = "";

	if (complaint->deferred > 0) {
		buf_addf(&line, "%" PRIu64 " of %" PRIu64 " mails deferred", complaint->deferred,
			complaint->mails);
		separator = "; ";
	}
	for (unsigned i = 0; i < complaint->scanner_count; i++)
		tell_scanner(&complaint->scanners[i], &separator, &line);
	if (complaint->files_failed > 0) {
		buf_addf(&line, "%s%" PRIu64 " log file%s not read: %s", separator,
			complaint->files_failed, plural(complaint->files_failed),
			complaint->failed.text);
		separator = "; ";
	}
	if (complaint->days_kept > 0)
		buf_addf(&line,
			"%s%" PRIu64
			" day%s left as counted before: the logs have fewer mails of %s now",
			separator, complaint->days_kept, plural(complaint->days_kept),
			complaint->days_kept == 1 ? "it" : "them");
	out->failed |= line.failed;
	if (line.len == 0)
		return false;
	buf_addf(out, "%s: ", program);
	buf_add(out, buf_slice(&line));
	buf_add_byte(out, '\n');
	return true;
}
