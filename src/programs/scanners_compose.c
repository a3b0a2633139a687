/*
 * The control file `scanners` for the engines that were found. It is to be read by somebody who has
 * never seen one: each line says where it comes from, and each engine that is not used, why. One
 * engine stands there once: a second door to it would cost as much again, and find the same.
 */
#include "programs/scanners.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"

static bool same_family(const struct found *a, const struct found *b)
{
	return a->known && b->known && strcmp(a->known->family, b->known->family) == 0;
}

/* c-icap is a door to another engine, and nearly always to clamd. */
static const struct known_engine *behind(const struct found *found)
{
	const char *engine = found->facts->engine;
	struct slice text = engine ? slice_cstr(engine) : SLICE_EMPTY;
	struct slice c_icap = SLICE_LITERAL("c-icap"), clamav = SLICE_LITERAL("clamav");

	if (found->known && strcmp(found->known->word, "icap") == 0 &&
		(slice_find_nocase(text, c_icap, 0) < text.len ||
			slice_find_nocase(text, clamav, 0) < text.len))
		return known_engine("clamd");
	return found->known;
}

static void choose(struct finding_engines *finding)
{
	unsigned active = 0;

	for (size_t i = 0; i < finding->count; i++) {
		struct found *found = &finding->list[i];

		found->known = behind(found);
		for (size_t j = 0; j < i && !found->instead; j++)
			if (finding->list[j].active && same_family(found, &finding->list[j]))
				found->instead = &finding->list[j];
		found->active =
			found->usable && found->tested && !found->instead && active < SCANNERS_MAX;
		active += found->active;
	}
}

static bool is_taken(const struct finding_engines *finding, const char *initial)
{
	for (size_t i = 0; i < finding->count; i++)
		if (slice_eq_nocase_cstr(slice_cstr(finding->list[i].initial), initial))
			return true;
	return false;
}

/* The engine's own, or the next letter that nobody has; beyond those, a number. */
static void name_initials(struct finding_engines *finding)
{
	for (size_t i = 0; i < finding->count; i++) {
		struct found *found = &finding->list[i];
		const struct known_engine *own = known_engine(found->engine);
		char initial[8] = "";

		if (own)
			snprintf(initial, sizeof(initial), "%s", own->initial);
		for (const char *c = found->engine; *c && (!*initial || is_taken(finding, initial));
			c++)
			if (ascii_lower((unsigned char)*c) >= 'a' &&
				ascii_lower((unsigned char)*c) <= 'z')
				snprintf(initial, sizeof(initial), "%c",
					ascii_lower((unsigned char)*c) - 'a' + 'A');
		for (unsigned n = 1; !*initial || is_taken(finding, initial); n++)
			snprintf(initial, sizeof(initial), "E%u", n % 100000);
		memcpy(found->initial, initial, sizeof(initial));
	}
}

static void add_version(const struct scan_facts *facts, struct buf *text)
{
	char date[CLOCK_UTC_SIZE];

	if (!facts->engine && !facts->patterns)
		return;
	buf_addf(text, "# %s", facts->engine ? facts->engine : "An engine unnamed");
	if (facts->patterns)
		buf_addf(text, ", patterns %s", facts->patterns);
	if (facts->date != FACTS_NO_DATE) {
		clock_format_utc(facts->date * 1000, date);
		buf_addf(text, "%s of %.10s", facts->patterns ? "" : ", patterns", date);
	}
	buf_add_cstr(text, "\n");
}

static void add_line(const struct found *found, struct buf *text)
{
	buf_addf(text, "%s%s;%s;%s;;%s\n", found->active ? "" : "#", found->engine, found->initial,
		found->config->name,
		known_engine(found->engine) ? known_engine(found->engine)->options : "timeout=60");
}

static void add_active(const struct finding_engines *finding, struct buf *text)
{
	for (size_t i = 0; i < finding->count; i++) {
		const struct found *found = &finding->list[i];

		if (!found->active)
			continue;
		buf_add_cstr(text, "\n");
		add_version(found->facts, text);
		for (unsigned n = 0; n < found->facts->count; n++)
			if (found->facts->lines[n].kind == FACT_WARNING)
				buf_addf(text, "# Warning: %s\n", found->facts->lines[n].text);
		add_line(found, text);
	}
}

/* What works, and is not asked. */
static void add_spare(const struct finding_engines *finding, struct buf *text)
{
	bool titled = false;

	for (size_t i = 0; i < finding->count; i++) {
		const struct found *found = &finding->list[i];

		if (found->active || !found->usable)
			continue;
		if (!titled)
			buf_add_cstr(text, "\n# --- Found as well, and not asked ---\n");
		titled = true;
		buf_add_cstr(text, "\n");
		add_version(found->facts, text);
		if (found->instead)
			buf_addf(text,
				"# The same engine as %s by another door: it would find the same "
				"once more.\n",
				found->instead->initial);
		else if (!found->tested)
			buf_add_cstr(text, "# Nothing tells if it works: no check_NAME, see "
					   "qmvc-scanners(5).\n");
		else
			buf_addf(text, "# A fifth one: only %d can be asked.\n", SCANNERS_MAX);
		add_line(found, text);
	}
}

static const char *why_not(const struct scan_facts *facts)
{
	for (; facts; facts = facts->next)
		if (facts_error(facts))
			return facts_error(facts);
	return "it did not say why";
}

static void add_unusable(const struct finding_engines *finding, struct buf *text)
{
	bool titled = false;

	for (size_t i = 0; i < finding->count; i++) {
		const struct found *found = &finding->list[i];

		if (found->usable)
			continue;
		if (!titled)
			buf_add_cstr(text, "\n# --- Cannot be used on this host now ---\n");
		titled = true;
		buf_addf(text, "# %s: %s\n", found->engine, why_not(found->facts));
	}
}

static const char head[] =
	"#\n"
	"#\tENGINE ; INITIAL ; FULL NAME ; COMMENT ; OPTIONS ;\n"
	"#\n"
	"# Each engine listed is asked about every mail, all of them at once, up to four. A mail "
	"passes\n"
	"# when each has said clean. INITIAL is the engine's key in qmvc.log. What costs least is "
	"first.\n"
	"# \"scanners -l\" shows versions and state, \"qmvc -t\" tests the whole profile.\n"
	"#\n"
	"# Options:  timeout=S       seconds until it counts as failed\n"
	"#           onfail=defer    then: try the mail again later (this is the default)\n"
	"#           onfail=ignore         go on, when another scanner has said clean\n"
	"#           onfail=block          keep the mail\n"
	"#           maxsize=BYTES   do not give it anything larger\n";

static const char tail[] = "\n# For the whole file: seconds for all scanners together; one after "
			   "the other, not at once.\n"
			   "#deadline=60\n"
			   "#mode=sequential\n";

int scanners_compose(struct finding_engines *finding, struct buf *text, struct error *error)
{
	struct scanner_list list;
	char date[CLOCK_UTC_SIZE];
	unsigned active = 0;
	int result;

	choose(finding);
	name_initials(finding);
	for (size_t i = 0; i < finding->count; i++)
		active += finding->list[i].active;
	clock_format_utc(clock_wall_ms(), date);
	buf_addf(text,
		"# scanners: found on this host by scanners(8), %.10s. Manual: qmvc-scanners(5).\n",
		date);
	buf_add_cstr(text, head);
	if (active == 0)
		buf_add_cstr(text, "\n# No engine that can be used was found.\n");
	add_active(finding, text);
	add_spare(finding, text);
	add_unusable(finding, text);
	buf_add_cstr(text, tail);
	if (text->failed)
		return error_set_errno(error, -ENOMEM, "the control file");
	/* What would not be understood must never be written. */
	result = scanner_list_parse(
		&finding->asking->arena, buf_slice(text), "the control file found", &list, error);
	if (result == 0 && list.count != active)
		result = error_set(error, -EPROTO, "the control file found has %u scanners, not %u",
			list.count, active);
	return result < 0 ? result : (int)active;
}
