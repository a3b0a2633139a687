/* Puts before decide() what this delivery has come to, and says whom a deferred mail waits for. */
#include "pipeline/decide.h"
#include "pipeline/delivery.h"

#include <errno.h>

/* Was bodytext met, and by nothing but a command? */
static bool only_by_command(const struct findings *findings)
{
	bool met = false;

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i].condition != CONDITION_BODYTEXT)
			continue;
		if (!findings->list[i].by_command)
			return false;
		met = true;
	}
	return met;
}

/* Says in the error line which scanner it was that the mail has to wait for. */
static void name_failed_scanner(const struct delivery *delivery, struct error *error)
{
	for (unsigned i = 0; i < delivery->scans.count; i++) {
		const struct scan_result *scan = &delivery->scans.list[i];

		if (scan->verdict != VERDICT_TIMEOUT && scan->verdict != VERDICT_ERROR &&
			scan->verdict != VERDICT_UNSUPPORTED)
			continue;
		error_set(error, -EAGAIN, "scanner %s (%s): %s%s%s", scan->initial, scan->name,
			verdict_name(scan->verdict), scan->text && scan->text[0] ? ": " : "",
			scan->text ? scan->text : "");
		return;
	}
	error_set(error, -EAGAIN, "no scanner gave a complete answer");
}

int delivery_decide(struct delivery *delivery, struct error *error)
{
	const struct decide_input input = {
		.filters = &delivery->control.filters,
		.met = delivery->findings.met,
		.only_by_command = only_by_command(&delivery->findings),
		.sender_is_null = envelope_sender_is_null(&delivery->envelope),
		.results = delivery->scans.list,
		.scanners = delivery->control.scanners.scanners,
		.scanner_count = delivery->scans.count,
	};

	delivery->decision = decide(&input);
	if (delivery->decision.disposition != DISPOSITION_DEFER)
		return 0;
	name_failed_scanner(delivery, error);
	return -EAGAIN;
}
