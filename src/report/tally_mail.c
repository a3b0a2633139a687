/* The biggest and the slowest mails, and where they stand in the log; see tally.h. */
#include "report/tally_private.h"

/* What does not fit is cut, not within a character. */
static void keep(struct tally_text *text, struct slice from)
{
	size_t length = from.len;

	if (length > sizeof(text->bytes)) {
		length = sizeof(text->bytes);
		while (length > 0 && (from.data[length] & 0xc0) == 0x80)
			length--;
	}
	text->length = (unsigned)length;
	if (length > 0)
		memcpy(text->bytes, from.data, length);
}

static void fill(
	struct tally_mail *mail, const struct log_entry *entry, const struct log_place *place)
{
	mail->time_ms = entry->time_ms;
	mail->size = entry->size;
	mail->delay_us = entry->delay_us;
	mail->line = place->line;
	keep(&mail->id, entry->id);
	keep(&mail->sender, entry->sender);
	keep(&mail->recipient, entry->recipient);
	keep(&mail->subject, entry->subject);
	keep(&mail->file, slice_cstr(place->file));
}

static uint64_t weight(const struct tally_mail *mail, bool by_size)
{
	return by_size ? mail->size : mail->delay_us;
}

/* Of equal ones the first that was met stays in front. */
static void offer(struct tally_mails *mails, bool by_size, uint64_t measure,
	const struct log_entry *entry, const struct log_place *place)
{
	unsigned at = mails->count;

	while (at > 0 && weight(&mails->list[at - 1], by_size) < measure)
		at--;
	if (at == TALLY_MAILS)
		return;
	if (mails->count < TALLY_MAILS)
		mails->count++;
	memmove(&mails->list[at + 1], &mails->list[at],
		(mails->count - at - 1) * sizeof(mails->list[0]));
	fill(&mails->list[at], entry, place);
}

void tally_take_notable(
	struct tally *tally, const struct log_entry *entry, const struct log_place *place)
{
	offer(&tally->biggest, true, entry->size, entry, place);
	offer(&tally->slowest, false, entry->delay_us, entry, place);
}
