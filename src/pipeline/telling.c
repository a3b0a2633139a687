/*
 * Telling people; see telling.h. A notice carries a seal (react/seal.h): it quotes the mail that was
 * stopped, and would else be stopped for the same words when it comes through the same filter.
 */
#include "pipeline/telling.h"

#include "base/clock.h"
#include "control/address.h"
#include "message/header.h"
#include "pipeline/account.h"
#include "react/seal.h"
#include "record/log_file.h"

#include <errno.h>

/* Names of what was found, in the values of a notice. */
#define FOUND_NAMES 5

static bool reacts(const struct delivery *delivery, enum condition_id id)
{
	return (delivery->decision.reacting & CONDITION_BIT(id)) != 0;
}

/* An address out of the envelope, unless it could not stand in another. */
static const char *fit(struct delivery *delivery, struct slice address)
{
	return address_is_fit(address) ? arena_cstr(&delivery->arena, address) : NULL;
}

static void plan_notify(struct delivery *delivery, struct telling *telling)
{
	const struct filter *filters = delivery->control.filters.conditions;
	const struct header *header = &delivery->message.reading.parts[0].header;

	for (enum condition_id id = 0; id < CONDITION_COUNT && !telling->notifies; id++) {
		const struct filter *filter = &filters[id];

		if (!reacts(delivery, id) ||
			(!filter->notify_recipient && !filter->notify_sender))
			continue;
		telling->notifies = true;
		telling->notify_for = id;
		telling->recipient_why = notify_recipient_may(&delivery->envelope);
		telling->sender_why = notify_sender_may(&delivery->envelope, header);
		if (filter->notify_recipient && telling->recipient_why == NOTIFY_YES)
			telling->recipient = fit(delivery, delivery->envelope.original);
		if (filter->notify_sender && telling->sender_why == NOTIFY_YES)
			telling->sender = fit(delivery, delivery->envelope.sender);
		if (telling->recipient_why == NOTIFY_YES && !telling->recipient)
			telling->recipient_why = NOTIFY_NO_ADDRESS;
		if (telling->sender_why == NOTIFY_YES && !telling->sender)
			telling->sender_why = NOTIFY_NO_ADDRESS;
	}
}

int telling_plan(struct delivery *delivery, struct telling *telling)
{
	const struct envelope *envelope = &delivery->envelope;
	int result;

	*telling = (struct telling){0};
	if (!delivery->decision.reacting || delivery->message.reading.count == 0)
		return 0;
	plan_notify(delivery, telling);
	result = forward_addresses(&delivery->arena, envelope, &delivery->control.filters,
		delivery->decision.reacting, true, &telling->guards, &telling->unfit);
	if (result)
		return result;
	telling->generation =
		notify_generation(envelope, &delivery->message.reading.parts[0].header);
	if (telling->generation >= NOTICE_GENERATIONS && telling->guards[0]) {
		telling->circling = telling->guards[0];
		telling->guards[0] = NULL;
	}
	return 0;
}

/* "Eicar-Test-Signature, *.exe": the rules or viruses of one condition, each once. */
static void add_found(const struct delivery *delivery, enum condition_id id, struct buf *out)
{
	unsigned names = 0;

	for (size_t i = 0; i < delivery->findings.count && names < FOUND_NAMES; i++) {
		const struct finding *finding = &delivery->findings.list[i];
		struct slice name = slice_cstr(finding->pattern);

		if (finding->condition != id || name.len == 0 ||
			slice_find(buf_slice(out), name, 0) < out->len)
			continue;
		if (names++ > 0)
			buf_add_cstr(out, ", ");
		buf_add(out, name);
	}
	if (names == 0)
		buf_add_cstr(out, condition_name(id));
}

/* The first file that a finding of the condition is about; NULL when it has no name. */
static const char *file_of(struct delivery *delivery, enum condition_id id)
{
	const struct objects *objects = &delivery->objects;

	for (size_t i = 0; i < delivery->findings.count; i++) {
		const struct finding *finding = &delivery->findings.list[i];
		cleanup_buf struct buf label = {0};

		if (finding->condition != id || finding->object <= 0 ||
			(size_t)finding->object >= objects->count ||
			objects->list[finding->object].name_count == 0)
			continue;
		if (object_label(objects, &objects->list[finding->object], &label))
			return NULL;
		return arena_cstr(&delivery->arena, buf_slice(&label));
	}
	return NULL;
}

/* What the mail says of its own date; as long as a date can be. */
static const char *date_of(struct delivery *delivery)
{
	const struct header *header = &delivery->message.reading.parts[0].header;
	const struct header_field *field = header_find(header, "Date", 0);
	cleanup_buf struct buf text = {0};

	if (!field || header_unfold(field->value, &text))
		return NULL;
	return arena_cstr(&delivery->arena, slice_first(slice_trim(buf_slice(&text)), 60));
}

/* What all notices of this delivery have in common. */
struct speech {
	struct delivery *delivery;
	struct buf *complaints;
	struct template_values values;
	const char *from;
	unsigned generation; /* of the notices: NOTICE_FIELD */
	bool hangs;	     /* qmail-queue did not end in time: it is asked no more */
};

static void complain(struct speech *speech, const char *what, const char *address, const char *why)
{
	char time[CLOCK_UTC_SIZE];
	struct error line = {0};

	clock_format_utc(clock_wall_ms(), time);
	error_set(&line, 0, "%s to %s: %s", what, address, why);
	buf_addf(speech->complaints, "%s %s %s\n", time, speech->delivery->id, line.text);
}

static int set_values(struct speech *speech, enum condition_id condition)
{
	struct delivery *delivery = speech->delivery;
	const struct envelope *envelope = &delivery->envelope;
	struct slice *values = speech->values.list;
	cleanup_buf struct buf found = {0};

	values[TEMPLATE_RECIPIENT] = envelope->original;
	values[TEMPLATE_SENDER] = envelope->sender.len > 0 ? envelope->sender : slice_cstr("<>");
	values[TEMPLATE_SUBJECT] = slice_cstr(delivery->subject);
	values[TEMPLATE_DATE] = slice_cstr(date_of(delivery));
	values[TEMPLATE_ID] = slice_cstr(delivery->id);
	values[TEMPLATE_HOST] = envelope->host;
	values[TEMPLATE_FILE] = slice_cstr(file_of(delivery, condition));
	values[TEMPLATE_SIZE] = slice_cstr(
		arena_printf(&delivery->arena, "%zu", delivery->message.bytes.len));
	values[TEMPLATE_CONTACT] = slice_cstr(speech->from);
	add_found(delivery, condition, &found);
	values[TEMPLATE_FOUND] = arena_copy(&delivery->arena, buf_slice(&found));
	return found.failed || !values[TEMPLATE_FOUND].data ? -ENOMEM : 0;
}

static void send_one(struct speech *speech, enum notice_kind kind, enum condition_id condition,
	unsigned number, const char *address)
{
	struct delivery *delivery = speech->delivery;
	const struct dispatcher dispatcher = delivery_dispatcher(delivery);
	cleanup_buf struct buf mail = {0}, seal = {0};
	struct error error = {0};
	const struct notice notice = {
		.kind = kind,
		.unique = arena_printf(&delivery->arena, "%s.%u", delivery->id, number),
		.wall_ms = delivery->wall_ms,
		.from = speech->from,
		.to = address,
		.generation = speech->generation,
		.condition = condition,
		.kept = delivery->saved != NULL,
		.values = &speech->values,
	};
	int result;

	if (speech->hangs) {
		complain(speech, notice_file(kind), address, "not tried any more");
		return;
	}
	result = notice.unique ? notice_write(&delivery->profile, delivery->control.languages,
					 &notice, &mail, &error)
			       : -ENOMEM;
	if (result == 0)
		result = seal_make(
			delivery->profile.run, address, buf_slice(&mail), &seal, &error);
	if (result == 0) {
		const struct slice pieces[] = {buf_slice(&seal), buf_slice(&mail)};

		result = dispatch_mail(&dispatcher, notice_file(kind), address, pieces, 2, &error);
		speech->hangs = result == -ETIMEDOUT;
	}
	if (result || error.set)
		complain(speech, notice_file(kind), address,
			error.set ? error.text : "no memory");
}

static enum condition_id first_reacting(const struct delivery *delivery)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (reacts(delivery, id))
			return id;
	return delivery->decision.condition;
}

static void send_to_guards(struct speech *speech, const struct telling *telling)
{
	struct delivery *delivery = speech->delivery;
	enum condition_id condition = first_reacting(delivery);
	cleanup_buf struct buf record = {0};

	if (set_values(speech, condition) || account_format_record(delivery, &record)) {
		complain(speech, "inform-guard", telling->guards[0], "no memory");
		return;
	}
	speech->values.list[TEMPLATE_REPORT] = buf_slice(&record);
	for (unsigned i = 0; telling->guards[i]; i++)
		send_one(speech, NOTICE_GUARD, condition, 2 + i, telling->guards[i]);
	speech->values.list[TEMPLATE_REPORT] = SLICE_EMPTY;
}

static void send_all(struct speech *speech, const struct telling *telling)
{
	struct error error = {0};

	if (delivery_loop(speech->delivery, &error)) {
		complain(speech, "a notice", "anybody", error.text);
		return;
	}
	if (telling->guards && telling->guards[0])
		send_to_guards(speech, telling);
	if (!telling->recipient && !telling->sender)
		return;
	if (set_values(speech, telling->notify_for)) {
		complain(speech, "a notice", "anybody", "no memory");
		return;
	}
	if (telling->recipient)
		send_one(speech, NOTICE_RECIPIENT, telling->notify_for, 0, telling->recipient);
	if (telling->sender)
		send_one(speech, NOTICE_SENDER, telling->notify_for, 1, telling->sender);
}

void telling_send(struct delivery *delivery)
{
	cleanup_buf struct buf complaints = {0};
	struct speech speech = {.delivery = delivery, .complaints = &complaints};
	struct telling telling;
	struct error ignored = {0};

	if (!delivery->decision.reacting)
		return; /* as nearly every mail */
	if (telling_plan(delivery, &telling)) {
		complain(&speech, "a notice", "anybody", "no memory");
	} else {
		speech.from = delivery_contact(delivery);
		if (telling.unfit)
			complain(&speech, "inform-guard", telling.unfit,
				"this mail makes no address of it");
		if (telling.circling)
			complain(&speech, "inform-guard", telling.circling,
				"the mail is a notice about notices: no more of them");
		speech.generation = telling.generation + 1;
		if (speech.from && (telling.recipient || telling.sender ||
					   (telling.guards && telling.guards[0])))
			send_all(&speech, &telling);
	}
	if (complaints.len > 0)
		log_file_append(
			delivery->profile.log, "qmvc.error", buf_slice(&complaints), &ignored);
}
