/* What blockvirussender prints; see block_tell.h. Addresses that get here are plain ASCII. */
#include "programs/block_tell.h"

#include <inttypes.h>

static const char *reason(const struct block_entry *entry)
{
	switch (entry->fate) {
	case BLOCK_EXPIRED:
		return "its time is over";
	case BLOCK_UNDONE:
		return "taken out";
	case BLOCK_FREED:
		return "must not be blocked";
	default:
		return "others are worse";
	}
}

static void tell_entry(const struct block_entry *entry, bool trial, struct buf *out)
{
	const char *would = trial ? "would be " : "";
	char until[CALENDAR_DATE_SIZE];

	if (entry->fate == BLOCK_KEPT || entry->fate == BLOCK_RENEWED || entry->fate == BLOCK_LEFT)
		return;
	buf_add(out, entry->address);
	if (entry->fate != BLOCK_ADDED) {
		buf_addf(out, ": %sunblocked: %s\n", would, reason(entry));
		return;
	}
	calendar_date_text(entry->until, until);
	buf_addf(out, ": %sblocked until %s: %" PRIu64 " infected mail%s\n", would, until,
		entry->mails, entry->mails == 1 ? "" : "s");
}

/* Why somebody is not blocked is of interest to who tries; others do not want it each hour. */
static void tell_refused(
	const struct block_list *list, const struct block_senders *senders, struct buf *out)
{
	bool full = false;

	for (size_t i = 0; i < senders->count; i++)
		if (senders->list[i].refused)
			buf_addf(out, "%.*s: would not be blocked: %s\n",
				SLICE_ARGS(senders->list[i].address), senders->list[i].refused);
	for (size_t i = 0; i < list->count; i++)
		full |= list->entries[i].fate == BLOCK_LEFT;
	if (full)
		buf_addf(out, "only the worst would be blocked, %d at most\n", BLOCK_MAX);
}

void block_tell(const struct block_list *list, const struct block_senders *senders, bool trial,
	struct buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		tell_entry(&list->entries[i], trial, out);
	if (trial)
		tell_refused(list, senders, out);
}

void block_tell_all(const struct block_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct block_entry *entry = &list->entries[i];
		char since[CALENDAR_DATE_SIZE], until[CALENDAR_DATE_SIZE];

		calendar_date_text(entry->since, since);
		calendar_date_text(entry->until, until);
		buf_addf(out, "%s %s %6" PRIu64 " %.*s\n", since, until, entry->mails,
			SLICE_ARGS(entry->address));
	}
}
