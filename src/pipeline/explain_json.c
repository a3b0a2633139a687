/* An explanation for programs; its form is documented in qmvc(8), and `explain` is its version. */
#include "base/clock.h"
#include "pipeline/account.h"
#include "pipeline/exit_code.h"
#include "pipeline/explain_words.h"
#include "record/json.h"

#include "config.h"

#include <errno.h>
#include <unistd.h>

#define FORMAT_VERSION 1

static void add_index(struct json *json, const char *key, int index)
{
	if (index < 0)
		json_null(json, key);
	else
		json_number(json, key, (uint64_t)index);
}

static void add_profile(struct json *json, const struct explanation *explanation)
{
	const struct profile *profile = &explanation->profile;

	json_open_object(json, "profile");
	json_open_array(json, "directories");
	for (unsigned i = 0; i < profile->dir_count; i++)
		json_cstr(json, NULL, profile->dirs[i]);
	json_close_array(json);
	json_cstr(json, "state", profile->state);
	json_number(json, "uid", geteuid());
	json_close_object(json);
}

static void add_message(struct json *json, const struct explanation *explanation)
{
	const struct delivery *delivery = explanation->delivery;

	json_open_object(json, "message");
	json_cstr(json, "file", explanation->file);
	json_string(json, "sender", delivery->envelope.sender);
	json_cstr(json, "sender_from", explanation->sender_from);
	json_string(json, "recipient", delivery->envelope.original);
	json_cstr(json, "recipient_from", explanation->recipient_from);
	json_cstr(json, "subject", delivery->subject);
	json_number(json, "size", delivery->message.bytes.len);
	json_close_object(json);
}

/* What the part says it is; a member says nothing. */
static void add_declared(struct json *json, const struct part *part)
{
	cleanup_buf struct buf type = {0};

	if (part) {
		buf_add(&type, part->type);
		buf_add_byte(&type, '/');
		buf_add(&type, part->subtype);
		json_string(json, "declared", buf_slice(&type));
	} else {
		json_null(json, "declared");
	}
	json_cstr(json, "encoding", part ? words_encoding(part) : NULL);
	json_bool(json, "attachment", part && part->is_attachment);
}

/* What its content is; a multipart that was taken apart has none of its own. */
static void add_content(struct json *json, const struct object *object)
{
	json_cstr(json, "type", object ? object->mime : NULL);
	json_cstr(json, "description", object ? object->description : NULL);
	json_bool(json, "scanned",
		object && !(object->flags & OBJECT_NEGATIVE) && object->content->bytes.len > 0);
	json_open_array(json, "imports");
	for (const char *const *name = object ? object->imports : NULL; name && *name; name++)
		json_cstr(json, NULL, *name);
	json_close_array(json);
}

static void add_names(struct json *json, const struct node *node)
{
	const struct slice *names = node->object ? node->object->names : node->part->names;
	size_t count = node->object ? node->object->name_count : node->part->name_count;

	json_open_array(json, "names");
	for (size_t i = 0; i < count; i++)
		json_string(json, NULL, names[i]);
	json_close_array(json);
}

static void add_node(struct json *json, const struct explanation *explanation, size_t at)
{
	const struct node *node = &explanation->nodes[at];
	const char *flag;
	bool grave;

	json_open_object(json, NULL);
	json_number(json, "node", at);
	add_index(json, "parent", node->parent);
	add_index(json, "object", node->object ? (int)node->object->index : -1);
	json_cstr(json, "origin", words_origin(node));
	json_number(json, "size",
		node->object ? node->object->content->bytes.len : node->part->raw.len);
	add_names(json, node);
	add_declared(json, node->part);
	add_content(json, node->object);
	json_open_array(json, "remarks");
	for (unsigned n = 0; (flag = words_flag(node, n, &grave)); n++)
		json_cstr(json, NULL, flag);
	json_close_array(json);
	json_close_object(json);
}

static void add_findings(
	struct json *json, const struct explanation *explanation, enum condition_id id)
{
	json_open_array(json, "findings");
	for (size_t i = 0; i < explanation->met_count; i++) {
		const struct met *met = &explanation->met[i];

		if (met->finding->condition != id)
			continue;
		json_open_object(json, NULL);
		json_cstr(json, "rule", met->finding->pattern);
		json_cstr(json, "file", met->place.path);
		add_index(json, "line", met->place.line ? (int)met->place.line : -1);
		json_cstr(json, "by", met->finding->detail);
		add_index(json, "object", met->finding->object);
		if (met->finding->code)
			json_number(json, "code", met->finding->code);
		json_bool(json, "would_be_found", !met->beyond);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_condition(
	struct json *json, const struct explanation *explanation, enum condition_id id)
{
	const struct filter *filter = &explanation->delivery->control.filters.conditions[id];
	const struct trial *trial = &explanation->trials[id];
	bool on = filter->on || (id == CONDITION_OVERLIMIT && !filter->present);
	bool tried = trial->state == TRIAL_DONE || trial->state == TRIAL_FAILED;

	json_open_object(json, NULL);
	json_cstr(json, "name", condition_name(id));
	json_bool(json, "on", on);
	json_cstr(json, "action",
		!on ? NULL : action_name(filter->present ? filter->action : ACTION_KEEP));
	json_bool(json, "quitasap", filter->quitasap);
	json_bool(json, "tried", tried);
	json_bool(json, "would_be_tried", tried && !trial->beyond);
	json_bool(json, "met", trial->met);
	json_cstr(json, "why", trial->why);
	json_bool(json, "failed", trial->state == TRIAL_FAILED);
	json_ms(json, "ms", trial->us);
	add_findings(json, explanation, id);
	json_close_object(json);
}

static void add_commands(struct json *json, const struct explanation *explanation)
{
	json_open_array(json, "commands_not_run");
	for (size_t i = 0; i < explanation->command_count; i++) {
		json_open_object(json, NULL);
		json_string(json, "command", explanation->commands[i]->text);
		json_number(json, "code", explanation->commands[i]->code);
		json_cstr(json, "file", explanation->delivery->control.bodytexts.path);
		json_number(json, "line", explanation->commands[i]->line);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_scanner(struct json *json, const struct explanation *explanation, unsigned at)
{
	static const char *const on_fail[] = {
		[ON_FAIL_DEFER] = "defer", [ON_FAIL_IGNORE] = "ignore", [ON_FAIL_BLOCK] = "block"};
	const struct scanner_config *config = &explanation->delivery->control.scanners.scanners[at];
	const struct scan_result *result = &explanation->scans.list[at];

	json_open_object(json, NULL);
	json_cstr(json, "initial", result->initial);
	json_cstr(json, "name", result->name);
	json_cstr(json, "engine", config->engine);
	json_cstr(json, "onfail", on_fail[config->on_fail]);
	json_bool(json, "would_be_started", !explanation->scans_beyond);
	json_cstr(json, "verdict", verdict_name(result->verdict));
	json_ms(json, "ms", result->latency_us);
	json_ms(json, "wait_ms", result->wait_us);
	json_ms(json, "reach_ms", result->reach_us);
	json_ms(json, "send_ms", result->send_us);
	json_ms(json, "scan_ms", result->scan_us);
	json_open_array(json, "viruses");
	for (unsigned i = 0; i < result->virus_count; i++) {
		json_open_object(json, NULL);
		json_cstr(json, "name", result->viruses[i]);
		add_index(json, "object", result->virus_objects[i]);
		json_close_object(json);
	}
	json_close_array(json);
	json_cstr(json, "whitelisted", result->whitelisted ? result->whitelisted_name : NULL);
	json_cstr(json, "text", result->text && *result->text ? result->text : NULL);
	json_close_object(json);
}

static void add_addresses(struct json *json, const char *key, const char *const *list)
{
	json_open_array(json, key);
	for (; list && *list; list++)
		json_cstr(json, NULL, *list);
	json_close_array(json);
}

/* What would be sent: "to" is null where the reaction is asked for and nobody is told, for "why". */
static void add_sending(struct json *json, const struct explanation *explanation)
{
	const struct telling *telling = &explanation->telling;
	const struct filter *filter =
		&explanation->delivery->control.filters.conditions[telling->notify_for];

	add_addresses(json, "forwards", explanation->forwards);
	add_addresses(json, "informs", telling->guards);
	json_open_array(json, "notifies");
	for (unsigned sender = 0; telling->notifies && sender <= 1; sender++) {
		enum notify_why why = sender ? telling->sender_why : telling->recipient_why;

		if (!(sender ? filter->notify_sender : filter->notify_recipient))
			continue;
		json_open_object(json, NULL);
		json_cstr(json, "whom", sender ? "sender" : "recipient");
		json_cstr(json, "to", sender ? telling->sender : telling->recipient);
		json_cstr(json, "why", why == NOTIFY_YES ? NULL : notify_why_words(why));
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_decision(struct json *json, const struct explanation *explanation)
{
	const struct delivery *delivery = explanation->delivery;
	const struct decision *decision = &delivery->decision;

	json_open_object(json, "decision");
	json_cstr(json, "action", account_action(delivery));
	json_cstr(json, "decided", decision->decided ? condition_name(decision->condition) : NULL);
	json_cstr(json, "why", explanation->why);
	json_number(
		json, "exit_code", (uint64_t)exit_code(decision->disposition, delivery->options));
	json_cstr(json, "meaning", words_exit(decision->disposition));
	json_bool(json, "delivered", decision->disposition == DISPOSITION_PASS);
	json_cstr(json, "saved", explanation->saved);
	json_bool(json, "record", decision->write_rep);
	add_sending(json, explanation);
	json_cstr(json, "says", explanation->said);
	json_cstr(json, "search_ended_by",
		explanation->ended ? condition_name(explanation->ended_by) : NULL);
	json_close_object(json);
}

int explain_json(const struct explanation *explanation, struct buf *out)
{
	struct json json = {.out = out};

	json_open_object(&json, NULL);
	json_number(&json, "explain", FORMAT_VERSION);
	json_cstr(&json, "qmvc", QMVC_VERSION);
	add_profile(&json, explanation);
	add_message(&json, explanation);
	json_open_array(&json, "notes");
	for (unsigned i = 0; i < explanation->note_count; i++)
		json_cstr(&json, NULL, explanation->notes[i]);
	json_close_array(&json);
	json_open_array(&json, "parts");
	for (size_t i = 0; i < explanation->node_count; i++)
		add_node(&json, explanation, i);
	json_close_array(&json);
	json_open_array(&json, "conditions");
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		add_condition(&json, explanation, id);
	json_close_array(&json);
	add_commands(&json, explanation);
	json_open_array(&json, "scanners");
	for (unsigned i = 0; i < explanation->scans.count; i++)
		add_scanner(&json, explanation, i);
	json_close_array(&json);
	add_decision(&json, explanation);
	json_ms(&json, "ms", clock_us() - explanation->delivery->started_us);
	json_close_object(&json);
	return out->failed ? -ENOMEM : 0;
}
