/* The words of an explanation; see explain_words.h. */
#include "pipeline/explain_words.h"

#include "message/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "1 name", "3 names", "no names". */
static const char *number_of(struct arena *arena, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return arena_printf(arena, "no %s", many);
	return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}

/* "3 names against 40 rules", and none of them met; "no names" need none. */
static const char *against(
	struct arena *arena, size_t count, const char *one, const char *many, size_t rules)
{
	const char *looked_at = number_of(arena, count, one, many);
	const char *held = number_of(arena, rules, "rule", "rules");

	if (!looked_at || !held)
		return NULL;
	return count == 0 ? looked_at : arena_printf(arena, "%s against %s", looked_at, held);
}

static size_t count_names(const struct objects *objects)
{
	size_t count = 0;

	for (size_t i = 1; i < objects->count; i++)
		count += objects->list[i].name_count;
	return count;
}

static size_t count_flagged(const struct objects *objects, unsigned flag)
{
	size_t count = 0;

	for (size_t i = 1; i < objects->count; i++)
		count += (objects->list[i].flags & flag) != 0;
	return count;
}

static size_t count_texts(const struct delivery *delivery)
{
	size_t count = 0;

	for (size_t i = 1; i < delivery->objects.count; i++) {
		const struct object *object = &delivery->objects.list[i];
		struct part room;
		const struct part *part = text_part(object, &room);
		bool harmless = object->flags & (OBJECT_NEGATIVE | OBJECT_TEXT);

		if (delivery->options->noscan && !harmless)
			continue;
		if ((object->flags & OBJECT_TEXT) ||
			(part && text_is_searchable(part)))
			count++;
	}
	return count;
}

static const char *errors_not_met(struct arena *arena, const struct mailheaders *rules)
{
	size_t count = rules->field_count;

	for (unsigned bits = rules->wanted; bits; bits &= bits - 1)
		count++;
	return count == 1 ? "the one rule is not broken"
			  : arena_printf(arena, "none of %zu rules is broken", count);
}

static const char *bodytext_not_met(const struct explanation *explanation)
{
	struct delivery *delivery = explanation->delivery;
	struct arena *arena = &delivery->arena;
	const char *texts = against(
		arena, count_texts(delivery), "text", "texts", delivery->control.bodytexts.count);
	const char *commands = number_of(arena, explanation->command_count, "command", "commands");

	if (explanation->command_count == 0 || !texts || !commands)
		return texts;
	return arena_printf(arena, "%s; %s not run by -x", texts, commands);
}

static const char *virus_not_met(const struct explanation *explanation)
{
	struct arena *arena = &explanation->delivery->arena;
	unsigned clean = 0, asked = 0;

	for (unsigned i = 0; i < explanation->scans.count; i++) {
		clean += explanation->scans.list[i].verdict == VERDICT_CLEAN;
		asked += explanation->scans.list[i].verdict != VERDICT_SKIPPED;
	}
	if (asked == 0)
		return "nothing to scan";
	if (clean == asked)
		return asked == 1 ? "the scanner found nothing"
				  : arena_printf(arena, "%u scanners found nothing", clean);
	return arena_printf(
		arena, "nothing found, but only %u of %u scanners said clean", clean, asked);
}

const char *words_not_met(const struct explanation *explanation, enum condition_id id)
{
	struct delivery *delivery = explanation->delivery;
	const struct control *control = &delivery->control;
	const struct objects *objects = &delivery->objects;
	struct arena *arena = &delivery->arena;

	switch (id) {
	case CONDITION_ERRORS:
		return errors_not_met(arena, &control->mailheaders);
	case CONDITION_SUBJECT:
		return against(arena, *delivery->subject != 0, "subject", "subject",
			control->subjects.count);
	case CONDITION_BODYTEXT:
		return bodytext_not_met(explanation);
	case CONDITION_FILENAME:
		return against(
			arena, count_names(objects), "name", "names", control->filenames.count);
	case CONDITION_MIMETYPE:
		return against(
			arena, objects->count - 1, "part", "parts", control->mimetypes.count);
	case CONDITION_LOADERTYPE:
		return against(arena, count_flagged(objects, OBJECT_EXECUTABLE), "program",
			"programs", control->loadertypes.count);
	case CONDITION_ENCRYPTED:
		return "nothing is closed with a password";
	case CONDITION_OVERLIMIT:
		return "no limit was reached";
	case CONDITION_VIRUS:
		return virus_not_met(explanation);
	case CONDITION_AMBIGUOUS:
	case CONDITION_COUNT:
		break;
	}
	return "";
}

/* The scanner whose line says onfail=block and that gave no answer. */
static const char *blocking_scanner(const struct delivery *delivery)
{
	for (unsigned i = 0; i < delivery->scans.count; i++)
		if (delivery->control.scanners.scanners[i].on_fail == ON_FAIL_BLOCK &&
			delivery->scans.list[i].verdict > VERDICT_ENCRYPTED &&
			delivery->scans.list[i].verdict < VERDICT_SUSPICIOUS)
			return delivery->scans.list[i].initial;
	return "";
}

/* A condition met before the one that decided, with `bounce`: it yielded. */
static const char *yielded(const struct delivery *delivery)
{
	const struct filter *filters = delivery->control.filters.conditions;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (id != delivery->decision.condition && filters[id].on &&
			filters[id].action == ACTION_BOUNCE &&
			(delivery->decision.met & CONDITION_BIT(id)))
			return condition_name(id);
	return NULL;
}

/* Another condition met, whose action saves the mail that this decision would drop. */
static const char *saving(const struct delivery *delivery)
{
	const struct decision *decision = &delivery->decision;
	const struct filter *filters = delivery->control.filters.conditions;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		bool keeps = filters[id].on && (filters[id].action == ACTION_KEEP ||
						       filters[id].action == ACTION_INSPECT);

		if (id == CONDITION_OVERLIMIT && !filters[id].present)
			keeps = true;
		if (keeps && id != decision->condition && (decision->met & CONDITION_BIT(id)))
			return condition_name(id);
	}
	return NULL;
}

static const char *why_stopped(const struct delivery *delivery, struct arena *arena)
{
	const struct decision *decision = &delivery->decision;
	const struct filter *filter = &delivery->control.filters.conditions[decision->condition];
	const char *name = condition_name(decision->condition);
	const char *bounce = yielded(delivery), *saves = NULL;

	if (!(decision->met & CONDITION_BIT(decision->condition)))
		return arena_printf(arena,
			"scanner %s gave no answer, and its line says onfail=block",
			blocking_scanner(delivery));
	if (filter->present && filter->action == ACTION_BOUNCE)
		return arena_printf(arena,
			"%s says bounce, and nobody gets a bounce to the null sender: block", name);
	if (!filter->present)
		return arena_printf(arena, "%s has no line in filters, and is keep then", name);
	if ((decision->save_keep || decision->save_inspect) && decision->action != ACTION_KEEP)
		saves = saving(delivery);
	return arena_printf(arena, "%s is the first condition met that stops the mail%s%s%s%s%s",
		name, bounce ? "; the bounce of " : "", bounce ? bounce : "",
		bounce ? " yields to it" : "", saves ? "; saved because of " : "",
		saves ? saves : "");
}

const char *words_decision(const struct explanation *explanation)
{
	struct delivery *delivery = explanation->delivery;
	const struct decision *decision = &delivery->decision;
	struct arena *arena = &delivery->arena;

	if (decision->disposition == DISPOSITION_DEFER)
		return arena_printf(arena, "%s", explanation->failure.text);
	if (!decision->decided)
		return decision->met ? "what was met is off, and only logged"
				     : "no condition was met";
	if (decision->action == ACTION_BOUNCE)
		return arena_printf(arena,
			"%s says bounce, and nothing was met that says otherwise",
			condition_name(decision->condition));
	if (decision->action == ACTION_INSPECT)
		return arena_printf(arena, "%s says inspect: saved, and delivered all the same",
			condition_name(decision->condition));
	return why_stopped(delivery, arena);
}

const char *words_exit(enum disposition disposition)
{
	switch (disposition) {
	case DISPOSITION_PASS:
		return "qmail goes on with the dot-qmail file: the mail is delivered";
	case DISPOSITION_STOP:
		return "qmail stops here: the mail is delivered nowhere";
	case DISPOSITION_BOUNCE:
		return "qmail sends the mail back to its sender";
	case DISPOSITION_DEFER:
		break;
	}
	return "qmail keeps the mail in its queue and tries again later";
}

const char *words_origin(const struct node *node)
{
	if (!node->part)
		return node->object && node->object->kind == OBJECT_MEMBER ? "member" : "message";
	switch (node->part->origin) {
	case PART_ROOT:
		return "body of the mail";
	case PART_BODY:
		return "part of a multipart";
	case PART_ATTACHED:
		return "attached mail";
	case PART_UUENCODE:
		return "uuencode block in a text";
	case PART_YENC:
		return "yEnc block in a text";
	case PART_BINHEX:
		return "BinHex block in a text";
	}
	return "";
}

const char *words_encoding(const struct part *part)
{
	switch (part->encoding) {
	case TRANSFER_IDENTITY:
		return NULL;
	case TRANSFER_BASE64:
		return "base64";
	case TRANSFER_QUOTED_PRINTABLE:
		return "quoted-printable";
	case TRANSFER_UUENCODE:
		return "uuencode";
	case TRANSFER_YENC:
		return "yEnc";
	case TRANSFER_BINHEX:
		return "BinHex";
	case TRANSFER_UNKNOWN:
		return "unknown encoding";
	}
	return NULL;
}

struct flag_words {
	unsigned flag;
	bool grave;
	const char *words;
};

static const struct flag_words object_words[] = {
	{OBJECT_EXECUTABLE, true, "a program"},
	{OBJECT_ENCRYPTED, true, "encrypted"},
	{OBJECT_OVERLIMIT, true, NULL}, /* words_limit() */
	{OBJECT_DAMAGED, true, "damaged"},
	{OBJECT_UNSUPPORTED, true, "packed in a way that cannot be read"},
	{OBJECT_NEGATIVE, false, "harmless by noscantypes: not scanned"},
};

static const struct flag_words part_words[] = {
	{PART_OVER_DEPTH, true, "nested deeper than limits allow"},
	{PART_OVER_PARTS, true, "more parts than limits allow"},
	{PART_OVER_BYTES, true, "more bytes than limits allow"},
	{PART_OVER_HEADER, true, "header longer than limits allow"},
	{PART_NO_BOUNDARY, true, "no boundary"},
	{PART_NO_DELIMITER, true, "boundary not in the body"},
	{PART_NO_CLOSE, true, "not closed"},
	{PART_BAD_ENCODING, true, "bad characters in the encoding"},
	{PART_TRUNCATED, true, "encoded data cut off"},
	{PART_ENCODED_MULTIPART, true, "a container that is encoded"},
	{PART_BAD_TYPE, true, "bad Content-Type"},
	{PART_DUPLICATE, true, "Content field or parameter given twice"},
	{PART_UNKNOWN_ENCODING, true, "unknown transfer encoding"},
	{PART_PARTIAL, true, "a fragment (message/partial)"},
	{PART_NUL, true, "NUL bytes"},
	{PART_UNTIDY, false, "Content field had to be guessed at"},
};

static const char *words_limit(const char *key)
{
	static const struct {
		const char *key, *words;
	} limits[] = {
		{"depth", "nested deeper than limits allow"},
		{"members", "more members than limits allow"},
		{"bytes", "more unpacked bytes than limits allow"},
		{"ratio", "packed more tightly than limits allow"},
		{"seconds", "takes longer to open than limits allow"},
	};

	for (size_t i = 0; key && i < COUNT(limits); i++)
		if (strcmp(limits[i].key, key) == 0)
			return limits[i].words;
	return "could not be opened within the limits";
}

/* Opened, and nothing came of it: a person would wonder. */
static bool is_empty_archive(const struct node *node)
{
	const unsigned told =
		OBJECT_ENCRYPTED | OBJECT_OVERLIMIT | OBJECT_DAMAGED | OBJECT_UNSUPPORTED;

	return node->object && (node->object->flags & OBJECT_CONTAINER) &&
	       !(node->object->flags & told) && node->first_child < 0;
}

const char *words_flag(const struct node *node, unsigned n, bool *grave)
{
	unsigned object = node->object ? node->object->flags : 0;
	unsigned part = node->part ? node->part->flags : 0;

	for (size_t i = 0; i < COUNT(object_words) + COUNT(part_words); i++) {
		bool of_object = i < COUNT(object_words);
		const struct flag_words *words =
			of_object ? &object_words[i] : &part_words[i - COUNT(object_words)];

		if (!((of_object ? object : part) & words->flag))
			continue;
		if (n-- == 0) {
			*grave = words->grave;
			return words->words ? words->words : words_limit(node->object->limit);
		}
	}
	*grave = false;
	return n == 0 && is_empty_archive(node) ? "an archive by its bytes, with nothing in it" : NULL;
}
