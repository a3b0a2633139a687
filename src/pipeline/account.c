/* The account of a delivery; see account.h. */
#include "pipeline/account.h"

#include "base/clock.h"
#include "control/mailheaders.h"
#include "pipeline/exit_code.h"
#include "record/log_entry.h"
#include "record/log_file.h"
#include "record/rep_record.h"

#include <errno.h>

/* Fields that a record has at most once, and those that each finding and each scanner may add. */
#define RECORD_FIELDS_ONCE 16
#define RECORD_PER_FINDING 4
#define RECORD_PER_SCANNER 2

const char *account_action(const struct delivery *delivery)
{
	if (delivery->decision.disposition == DISPOSITION_DEFER)
		return "defer";
	return delivery->decision.decided ? action_name(delivery->decision.action) : "pass";
}

/* "filename,virus": the conditions met, in their order. */
static int format_met(const struct delivery *delivery, struct buf *out)
{
	/* decide() may have met more than was found: a scanner that one object was too much for. */
	unsigned met = delivery->findings.met | delivery->decision.met;

	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		if (!(met & CONDITION_BIT(id)))
			continue;
		if (out->len > 0)
			buf_add_byte(out, ',');
		buf_add_cstr(out, condition_name((enum condition_id)id));
	}
	return out->failed ? -ENOMEM : 0;
}

static const char *breaker_word(const struct scan_result *result)
{
	if (result->left_alone)
		return LOG_BREAKER_LEFT;
	return result->opened_breaker ? LOG_BREAKER_OPENED : NULL;
}

static void add_scans(const struct delivery *delivery, struct log_entry *entry)
{
	for (unsigned i = 0; i < delivery->scans.count && i < LOG_SCANNERS; i++) {
		const struct scan_result *result = &delivery->scans.list[i];

		entry->scans[entry->scan_count++] = (struct log_scan){
			.initial = slice_cstr(result->initial),
			.verdict = slice_cstr(verdict_name(result->verdict)),
			.latency_us = result->latency_us,
			.wait_us = result->wait_us,
			.early_us = result->early_us,
			.reach_us = result->reach_us,
			.send_us = result->send_us,
			.scan_us = result->scan_us,
			.virus = slice_cstr(result->virus_count > 0 ? result->viruses[0] : NULL),
			.breaker = slice_cstr(breaker_word(result)),
		};
	}
}

static void add_stages(const struct delivery *delivery, struct log_entry *entry)
{
	for (unsigned i = 0; i < STAGE_COUNT; i++) {
		if (delivery->stage_us[i] == 0)
			continue;
		entry->stages[entry->stage_count++] = (struct log_stage){
			.name = slice_cstr(stage_name((enum stage_id)i)),
			.us = delivery->stage_us[i],
		};
	}
}

static int format_log_line(const struct delivery *delivery, const char *why, struct buf *out)
{
	const struct finding *errors = findings_first(&delivery->findings, CONDITION_ERRORS);
	const struct decision *decision = &delivery->decision;
	cleanup_buf struct buf met = {0};
	struct log_entry entry = {
		.time_ms = delivery->wall_ms,
		.id = slice_cstr(delivery->id),
		.sender = delivery->envelope.sender,
		.recipient = delivery->envelope.original,
		.size = delivery->message.bytes.len,
		.parts = delivery->objects.count > 0 ? (unsigned)delivery->objects.count - 1 : 0,
		.action = slice_cstr(account_action(delivery)),
		.exit_code = (unsigned)exit_code(decision->disposition, delivery->options),
		.delay_us = clock_us() - delivery->started_us,
		.errors = errors ? errors->code : 0,
		.sealed = delivery->sealed,
		.forwarded = delivery->forwarded.sent_count,
		.saved = slice_cstr(delivery->saved),
		.subject = slice_cstr(delivery->subject),
		.error = slice_cstr(why),
	};

	if (format_met(delivery, &met))
		return -ENOMEM;
	entry.met = buf_slice(&met);
	if (decision->decided && decision->disposition != DISPOSITION_DEFER)
		entry.decided = slice_cstr(condition_name(decision->condition));
	add_stages(delivery, &entry);
	add_scans(delivery, &entry);
	return log_entry_format(&entry, out);
}

/* The record under construction: room for all that this delivery can have to say. */
struct record_room {
	size_t cap;
	struct rep_record record;
};

static int make_room(const struct delivery *delivery, struct arena *arena, struct record_room *room)
{
	room->cap = RECORD_FIELDS_ONCE + delivery->findings.count * RECORD_PER_FINDING +
		    delivery->scans.count * RECORD_PER_SCANNER + delivery->forwarded.sent_count;
	room->record = (struct rep_record){
		.fields = arena_array(arena, room->cap, sizeof(*room->record.fields))};
	return room->record.fields ? 0 : -ENOMEM;
}

static void add_field(struct record_room *room, const char *name, struct slice value)
{
	if (value.len > 0 && room->record.count < room->cap)
		room->record.fields[room->record.count++] = (struct rep_field){name, value};
}

static void add_cstr(struct record_room *room, const char *name, const char *value)
{
	add_field(room, name, slice_cstr(value));
}

/* "filename: *.exe (invoice.exe)": condition, rule, and what met it. */
static const char *finding_text(struct arena *arena, const struct finding *finding)
{
	const char *detail = finding->detail ? finding->detail : "";
	const char *pattern = finding->pattern ? finding->pattern : "";

	if (finding->condition == CONDITION_ERRORS)
		return arena_printf(arena, "errors: %u (%s)", finding->code, detail);
	return arena_printf(arena, "%s:%s%s%s%s%s", condition_name(finding->condition),
		*pattern ? " " : "", pattern, *detail ? " (" : "", detail, *detail ? ")" : "");
}

/* RFC 6838, 4.2: what a type and a subtype may be long. */
#define TYPE_NAME_MAX 127

/* What the object is by its content, where somebody looked; else what the mail says it is. */
static const char *type_of(struct arena *arena, const struct object *object)
{
	const struct part *part = object->part;

	if (object->kind == OBJECT_MESSAGE)
		return "message/rfc822";
	if (object->mime || !part || part->type.len == 0)
		return object->mime;
	return arena_printf(arena, "%.*s/%.*s", SLICE_ARGS(slice_first(part->type, TYPE_NAME_MAX)),
		SLICE_ARGS(slice_first(part->subtype, TYPE_NAME_MAX)));
}

/* Behind each virus, and behind conditions that are about a part. */
static void add_place(const struct delivery *delivery, struct arena *arena,
	const struct finding *finding, struct record_room *room)
{
	cleanup_buf struct buf label = {0};
	const struct object *object;

	if (finding->object < 0 || (size_t)finding->object >= delivery->objects.count ||
		(finding->object == 0 && finding->condition != CONDITION_VIRUS))
		return;
	object = &delivery->objects.list[finding->object];
	if (object_label(&delivery->objects, object, &label) == 0)
		add_cstr(room, "File", arena_cstr(arena, buf_slice(&label)));
	add_cstr(room, "Type", type_of(arena, object));
}

static void add_findings(
	const struct delivery *delivery, struct arena *arena, struct record_room *room)
{
	for (size_t i = 0; i < delivery->findings.count; i++) {
		const struct finding *finding = &delivery->findings.list[i];

		add_cstr(room, "Condition", finding_text(arena, finding));
		if (finding->condition == CONDITION_VIRUS)
			add_cstr(room, "Virus", finding->pattern);
		add_place(delivery, arena, finding, room);
	}
}

static bool has_text(const struct scan_result *result)
{
	return result->text && *result->text;
}

static void add_scanners(
	const struct delivery *delivery, struct arena *arena, struct record_room *room)
{
	for (unsigned i = 0; i < delivery->scans.count; i++) {
		const struct scan_result *result = &delivery->scans.list[i];

		add_cstr(room, "Scanner",
			arena_printf(arena, "%s %s %.3f ms%s%s (%s)%s%s", result->initial,
				verdict_name(result->verdict), (double)result->latency_us / 1000,
				result->virus_count > 0 ? " " : "",
				result->virus_count > 0 ? result->viruses[0] : "", result->name,
				has_text(result) ? ": " : "",
				has_text(result) ? result->text : ""));
		if (result->whitelisted)
			add_cstr(room, "Whitelisted", result->whitelisted_name);
	}
}

int account_format_record(const struct delivery *delivery, struct buf *out)
{
	cleanup_arena struct arena arena = {0};
	struct record_room made, *room = &made;
	char time[CLOCK_UTC_SIZE];

	if (make_room(delivery, &arena, room))
		return -ENOMEM;
	clock_format_utc(delivery->wall_ms, time);
	add_cstr(room, "Id", delivery->id);
	add_cstr(room, "Version", "1");
	add_cstr(room, "Time", time);
	add_field(room, "Sender",
		delivery->envelope.sender.len > 0 ? delivery->envelope.sender : slice_cstr("<>"));
	add_field(room, "Recipient", delivery->envelope.original);
	if (!slice_eq(delivery->envelope.recipient, delivery->envelope.original))
		add_field(room, "Delivery", delivery->envelope.recipient);
	add_cstr(room, "Subject", delivery->subject);
	add_cstr(room, "Size", arena_printf(&arena, "%zu", delivery->message.bytes.len));
	add_cstr(room, "Action", account_action(delivery));
	add_cstr(room, "Decided",
		delivery->decision.decided ? condition_name(delivery->decision.condition) : NULL);
	add_findings(delivery, &arena, room);
	add_scanners(delivery, &arena, room);
	add_cstr(room, "Saved", delivery->saved);
	for (unsigned i = 0; i < delivery->forwarded.sent_count; i++)
		add_cstr(room, "Forwarded", delivery->forwarded.sent[i]);
	return rep_record_format(&room->record, out);
}

static void complain_of_forward(
	const struct delivery *delivery, const char *time, const char *what, struct buf *complaints)
{
	struct error line = {0};

	if (!what)
		return;
	error_set(&line, 0, "forward to %s", what);
	buf_addf(complaints, "%s %s %s\n", time, delivery->id, line.text);
}

/*
 * What failed although the mail could be dealt with (onfail=ignore, onfail=block; a guard who is
 * refused): without this an administrator would only learn of a broken scanner when the last one
 * breaks.
 */
static void complain(const struct delivery *delivery)
{
	cleanup_buf struct buf complaints = {0};
	struct error ignored = {0};
	char time[CLOCK_UTC_SIZE];

	clock_format_utc(clock_wall_ms(), time);
	for (unsigned i = 0; i < delivery->scans.count; i++) {
		const struct scan_result *result = &delivery->scans.list[i];
		struct error line = {0};

		if (result->verdict == VERDICT_CANCELLED || !has_text(result))
			continue;
		error_set(&line, 0, "scanner %s (%s): %s: %s", result->initial, result->name,
			verdict_name(result->verdict), result->text);
		buf_addf(&complaints, "%s %s %s\n", time, delivery->id, line.text);
	}
	complain_of_forward(delivery, time, delivery->forwarded.refused, &complaints);
	complain_of_forward(delivery, time, delivery->forwarded.forgotten, &complaints);
	if (complaints.len > 0)
		log_file_append(
			delivery->profile.log, "qmvc.error", buf_slice(&complaints), &ignored);
}

int account_delivered(struct delivery *delivery, struct error *error)
{
	cleanup_buf struct buf record = {0}, line = {0};
	int result = format_log_line(delivery, NULL, &line);

	/* All that can be got ready is, before the first byte goes out. */
	if (result)
		return error_set_errno(error, result, "cannot write the log line");
	if (delivery->decision.write_rep) {
		result = account_format_record(delivery, &record);
		if (result)
			return error_set_errno(error, result, "cannot write the record");
		result = log_file_append(
			delivery->profile.log, "qmvc.rep", buf_slice(&record), error);
		if (result)
			return result;
	}
	result = log_file_append(delivery->profile.log, "qmvc.log", buf_slice(&line), error);
	if (result == 0)
		complain(delivery);
	return result;
}

void account_deferred(struct delivery *delivery, const struct error *error)
{
	cleanup_buf struct buf line = {0}, complaint = {0};
	struct error ignored = {0};
	char time[CLOCK_UTC_SIZE];

	if (!delivery->has_state)
		return;
	if (!format_log_line(delivery, error->text, &line))
		log_file_append(delivery->profile.log, "qmvc.log", buf_slice(&line), &ignored);
	clock_format_utc(clock_wall_ms(), time);
	if (!buf_addf(&complaint, "%s %s %s\n", time, delivery->id, error->text))
		log_file_append(delivery->profile.log, "qmvc.error", buf_slice(&complaint),
			&delivery->untold);
}
