/* From answers about objects to the verdict of a scanner; see answers.h. */
#include "scan/answers.h"

#include "scan/backend.h"

#include <stdarg.h>
#include <stdio.h>

/* Longer names are cut: they go into log lines. */
#define NAME_MAX_LEN 120
#define TEXT_MAX_LEN 300

void answers_init(struct answers *answers, const struct scan_request *request)
{
	*answers = (struct answers){
		.request = request, .broken = VERDICT_CLEAN, .beaten = VERDICT_CLEAN};
	answers->result.text = "";
	answers_expect(answers);
}

void answers_expect(struct answers *answers)
{
	const struct objects *objects = answers->request->objects;

	answers->given = 0;
	for (size_t i = 0; i < objects->count; i++)
		answers->given += scan_gives(&objects->list[i]);
}

/*
 * A copy in the arena of printable ASCII only, or fixed words when there is no memory. Names and
 * messages of engines are ASCII; what else comes may be half a character, or meant for a terminal.
 */
static const char *keep(const struct answers *answers, struct slice text, size_t max)
{
	char *copy = arena_cstr(answers->request->arena, slice_first(slice_trim(text), max));

	if (!copy)
		return "(no memory)";
	for (char *c = copy; *c; c++)
		if (*c < 0x20 || *c >= 0x7f)
			*c = '?';
	return copy;
}

static bool is_whitelisted(const struct answers *answers, struct slice name)
{
	const struct patterns *list = answers->request->whitelist;

	for (size_t i = 0; list && i < list->count; i++)
		if (pattern_matches_name(list->list[i].text, name))
			return true;
	return false;
}

static void remember_virus(struct answers *answers, int object, const char *name)
{
	struct scan_result *result = &answers->result;

	for (unsigned i = 0; i < result->virus_count; i++) {
		if (strcmp(result->viruses[i], name) != 0)
			continue;
		/* The mail as a whole is infected too; people want to know the part. */
		if (result->virus_objects[i] <= 0 && object > 0)
			result->virus_objects[i] = object;
		return;
	}
	if (result->virus_count == SCAN_RESULT_VIRUSES)
		return;
	result->viruses[result->virus_count] = name;
	result->virus_objects[result->virus_count] = object;
	result->virus_count++;
}

void answers_clean(struct answers *answers)
{
	answers->clean++;
	answers->settled++;
}

void answers_clean_all(struct answers *answers)
{
	answers->clean = answers->settled = answers->given;
}

void answers_settled(struct answers *answers)
{
	answers->settled++;
}

bool answers_mention(struct answers *answers, enum verdict verdict, int object, struct slice name)
{
	struct scan_result *result = &answers->result;

	if (verdict == VERDICT_ENCRYPTED) {
		result->saw_encrypted = true;
		return true;
	}
	if (verdict == VERDICT_LIMIT) {
		result->saw_limit = true;
		return true;
	}

	const char *kept = keep(answers, name, NAME_MAX_LEN);

	if (!*kept)
		kept = "unnamed";
	if (is_whitelisted(answers, slice_cstr(kept))) {
		if (!result->whitelisted)
			result->whitelisted_name = kept;
		result->whitelisted = true;
		return false;
	}
	if (verdict == VERDICT_INFECTED)
		answers->infected = true;
	else
		answers->suspicious = true;
	remember_virus(answers, object, kept);
	return true;
}

void answers_found(struct answers *answers, enum verdict verdict, int object, struct slice name)
{
	if (answers_mention(answers, verdict, object, name))
		answers_settled(answers);
	else
		answers_clean(answers);
}

void answers_too_large(struct answers *answers, const struct object *object)
{
	if ((object->flags & OBJECT_IN_PARTS) && answers->given > 1)
		answers->given--;
	else
		answers->result.too_large = true;
}

static void remember_failure(struct answers *answers, int object, struct slice text)
{
	const char *words = keep(answers, text, TEXT_MAX_LEN);
	const char *line = arena_printf(answers->request->arena, "object %d: %s", object, words);

	answers->failure = line ? line : words;
}

void answers_failed(struct answers *answers, int object, struct slice text)
{
	answers->failed++;
	if (!answers->failure)
		remember_failure(answers, object, text);
}

void answers_beaten(struct answers *answers, enum verdict verdict, int object, const char *words)
{
	answers->failed++;
	if (answers->beaten != VERDICT_CLEAN)
		return;
	answers->beaten = verdict;
	remember_failure(answers, object, slice_cstr(words));
}

void answers_broken(struct answers *answers, enum verdict verdict, const char *format, ...)
{
	char line[TEXT_MAX_LEN];
	va_list arguments;

	if (answers->broken != VERDICT_CLEAN)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	answers->broken = verdict;
	answers->result.text = keep(answers, slice_cstr(line), TEXT_MAX_LEN);
}

bool answers_decided(const struct answers *answers)
{
	return answers->request->quitasap && (answers->infected || answers->suspicious);
}

static enum verdict judge(struct answers *answers)
{
	struct scan_result *result = &answers->result;

	if (answers->infected)
		return VERDICT_INFECTED;
	if (answers->suspicious)
		return VERDICT_SUSPICIOUS;
	if (answers->broken != VERDICT_CLEAN)
		return answers->broken;
	if (answers->beaten != VERDICT_CLEAN) {
		result->beaten = true;
		result->text = answers->failure;
		return answers->beaten;
	}
	if (answers->failed > 0 && answers->settled == 0 && !answers->answers_otherwise) {
		result->text = answers->failure;
		return VERDICT_ERROR;
	}
	if (answers->failed > 0) {
		result->text = answers->failure;
		result->saw_limit = true;
	}
	if (result->saw_encrypted)
		return VERDICT_ENCRYPTED;
	if (result->saw_limit || result->too_large)
		return VERDICT_LIMIT;
	if (answers->given == 0)
		return VERDICT_SKIPPED;
	if (answers->clean < answers->given) {
		result->text = "it did not answer for every object";
		return VERDICT_ERROR;
	}
	return VERDICT_CLEAN;
}

const struct scan_result *answers_finish(struct answers *answers)
{
	answers->result.verdict = judge(answers);
	answers->result.answered = answers->settled > 0;
	return &answers->result;
}
