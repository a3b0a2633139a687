/* What qmvc says on stdout; see say.h. */
#include "pipeline/say.h"

#include "base/fd.h"
#include "pipeline/account.h"

#include <errno.h>
#include <unistd.h>

/* qmail-lspawn cuts at 3,000 bytes; what others print on the same pipe wants room too. */
#define SAY_MAX 1000

static void keep_printable(struct buf *line)
{
	if (line->len > SAY_MAX)
		line->len = SAY_MAX;
	for (size_t i = 0; i < line->len; i++)
		if (line->data[i] < 0x20 || line->data[i] > 0x7e)
			line->data[i] = '?';
}

/* Why a sender gets the mail back: the condition in plain words, no rule, no scanner. */
static const char *bounce_reason(enum condition_id condition)
{
	switch (condition) {
	case CONDITION_ERRORS:
	case CONDITION_AMBIGUOUS:
		return "it is not built as mail must be";
	case CONDITION_SUBJECT:
	case CONDITION_BODYTEXT:
		return "its text is not accepted here";
	case CONDITION_FILENAME:
	case CONDITION_MIMETYPE:
	case CONDITION_LOADERTYPE:
		return "an attachment is of a kind that is not accepted here";
	case CONDITION_ENCRYPTED:
		return "an attachment is encrypted and cannot be checked";
	case CONDITION_OVERLIMIT:
		return "an attachment is too large or too deeply packed to be checked";
	case CONDITION_VIRUS:
		return "an attachment was found to be harmful";
	case CONDITION_COUNT:
		break;
	}
	return "it is not accepted here";
}

/* For the sender, who knows nothing of filters: what happened, and whom to ask. */
static void format_bounce(struct delivery *delivery, struct buf *out)
{
	const char *contact = delivery_contact(delivery);

	buf_addf(out, "Sorry, this message was not delivered: %s. ",
		bounce_reason(delivery->decision.condition));
	if (contact)
		buf_addf(out, "Questions are answered by %s; please give this number: ", contact);
	buf_addf(out, "%s", delivery->id);
}

static void format_decided(const struct delivery *delivery, struct buf *out)
{
	const struct decision *decision = &delivery->decision;
	const struct finding *finding = findings_first(&delivery->findings, decision->condition);

	buf_addf(out, "qmvc %s: %s for %s", delivery->id, account_action(delivery),
		condition_name(decision->condition));
	if (!finding)
		return;
	if (finding->pattern && *finding->pattern)
		buf_addf(out, ": %s", finding->pattern);
	if (finding->detail && *finding->detail)
		buf_addf(out, " (%s)", finding->detail);
}

int say_format(struct delivery *delivery, const struct error *error, struct buf *out)
{
	const struct decision *decision = &delivery->decision;

	if (decision->disposition == DISPOSITION_BOUNCE)
		format_bounce(delivery, out);
	else if (delivery->options->user &&
		 (delivery->has_state || decision->disposition != DISPOSITION_DEFER))
		/*
		 * -u promises that nothing of the message or the result is told elsewhere. Why it
		 * is deferred stands in qmvc.error; what kept that from being written may be told.
		 * Without a place to write it to, nothing of the message has been looked at either.
		 */
		buf_addf(out, "qmvc %s%s%s%s", delivery->id,
			decision->disposition == DISPOSITION_DEFER ? ": deferred" : "",
			*delivery->untold.text ? ": " : "", delivery->untold.text);
	else if (decision->disposition == DISPOSITION_DEFER)
		buf_addf(out, "qmvc %s: deferred: %s", delivery->id, error->text);
	else if (decision->decided)
		format_decided(delivery, out);
	else
		buf_addf(out, "qmvc %s: pass", delivery->id);
	keep_printable(out);
	buf_add_byte(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

void say_outcome(struct delivery *delivery, const struct error *error)
{
	cleanup_buf struct buf line = {0};

	/* Nobody is left to tell when stdout is gone too. */
	if (!say_format(delivery, error, &line))
		(void)fd_write_all(STDOUT_FILENO, buf_slice(&line));
}
