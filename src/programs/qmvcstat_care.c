/* What an administrator has to see to, in one line, for cron; see qmvcstat.h. */
#include "programs/qmvcstat.h"

#include <inttypes.h>

static void complain_of_scanner(
	const struct tally_scanner *scanner, const char **separator, struct buf *out)
{
	uint64_t timeouts = scanner->verdicts[TALLY_TIMEOUT];
	uint64_t errors = scanner->verdicts[TALLY_ERROR];
	struct error initial = {0}; /* its text has no control characters */

	if (timeouts + errors == 0)
		return;
	error_set(&initial, 0, "%.*s", SLICE_ARGS(tally_initial(scanner)));
	buf_addf(out, "%sscanner %s: %" PRIu64 " timeout%s, %" PRIu64 " error%s", *separator,
		initial.text, timeouts, timeouts == 1 ? "" : "s", errors, errors == 1 ? "" : "s");
	if (scanner->left_alone > 0)
		buf_addf(out, " (%" PRIu64 " left alone)", scanner->left_alone);
	*separator = "; ";
}

bool stat_complain(const struct stat_report *report, struct buf *out)
{
	const struct tally *tally = report->tally;
	const struct log_files *files = report->files;
	uint64_t deferred = tally->total.actions[TALLY_DEFER];
	const char *separator = "qmvcstat: ";

	if (deferred > 0) {
		buf_addf(out, "%s%" PRIu64 " of %" PRIu64 " mails deferred", separator, deferred,
			tally->total.mails);
		separator = "; ";
	}
	for (unsigned i = 0; i < tally->scanner_count; i++)
		complain_of_scanner(tally->scanners[i], &separator, out);
	if (files->counts.failed > 0) {
		buf_addf(out, "%s%" PRIu64 " log file%s not read: %s", separator,
			files->counts.failed, files->counts.failed == 1 ? "" : "s",
			files->failed.text);
		separator = "; ";
	}
	if (out->len == 0)
		return false;
	buf_add_byte(out, '\n');
	return true;
}
