/* The names of the verdicts; see scan_result.h. */
#include "outcome/scan_result.h"

static const char *const verdict_names[VERDICT_COUNT] = {
	[VERDICT_SKIPPED] = "skipped",
	[VERDICT_CLEAN] = "clean",
	[VERDICT_CANCELLED] = "cancelled",
	[VERDICT_LIMIT] = "limit",
	[VERDICT_ENCRYPTED] = "encrypted",
	[VERDICT_UNSUPPORTED] = "unsupported",
	[VERDICT_TIMEOUT] = "timeout",
	[VERDICT_ERROR] = "error",
	[VERDICT_SUSPICIOUS] = "suspicious",
	[VERDICT_INFECTED] = "infected",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}
