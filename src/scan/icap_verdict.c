/*
 * From ICAP answers to verdicts; see icap_verdict.h. Findings are looked for before anything else,
 * in the ICAP header first and then in the HTTP header inside.
 */
#include "scan/icap_verdict.h"

#include "scan/clamd_reply.h"

#include <stdio.h>

/* Seconds OPTIONS hold when they do not say, and at most. */
#define TTL_S	  3600
#define TTL_MAX_S 86400
/* A preview longer than this is no preview. */
#define PREVIEW_MAX 65536

/* What a header says, field by field. */
struct evidence {
	struct icap_verdict *verdict;
	unsigned containers;	 /* X-Infection-Found of Type=2 */
	struct slice violations; /* X-Violations-Found, or empty */
	struct slice fallback;	 /* a name from another field, for want of one from these */
	bool named;		 /* such a field there was */
	bool threat;		 /* something else than a container was found */
	bool blocked;
	bool told_clean;
	struct slice odd; /* a field that says neither */
};

static void add_finding(struct icap_verdict *verdict, enum verdict means, struct slice name)
{
	for (unsigned i = 0; i < verdict->count; i++)
		if (slice_eq(verdict->findings[i].name, name))
			return;
	if (verdict->count == ICAP_FINDINGS) {
		/* A name that is on no whitelist, for all that have no room. */
		verdict->findings[ICAP_FINDINGS - 1] = (struct icap_finding){
			VERDICT_INFECTED, slice_cstr("more names than are kept")};
		return;
	}
	verdict->findings[verdict->count++] = (struct icap_finding){means, name};
}

static void add_name(struct evidence *evidence, struct slice name)
{
	evidence->threat = true;
	add_finding(evidence->verdict, clamav_name_means(name), name);
}

/* "Type=0; Resolution=2; Threat=NAME;". Type 2 is a container that could not be looked into. */
static void read_infection(struct evidence *evidence, struct slice value)
{
	struct slice name = SLICE_EMPTY;
	bool container = false;

	while (value.len > 0) {
		size_t end = slice_find_byte(value, ';', 0);
		struct slice word = slice_trim(slice_first(value, end));

		if (slice_starts_nocase(word, "Threat="))
			name = slice_trim(slice_from(word, strlen("Threat=")));
		else if (slice_eq_nocase_cstr(word, "Type=2"))
			container = true;
		value = slice_from(value, end + 1);
	}
	if (!container) {
		add_name(evidence, name);
		return;
	}
	evidence->containers++;
	add_finding(evidence->verdict,
		slice_find_nocase(name, slice_cstr("encrypt"), 0) < name.len ? VERDICT_ENCRYPTED
									     : VERDICT_LIMIT,
		name);
}

/*
 * "N", then for each violation, a line each: file, threat, its number, what was done. When all N are
 * those of containers (Symantec), they have been told already.
 */
static void read_violations(struct evidence *evidence)
{
	struct slice rest = evidence->violations, line;
	uint64_t count = 0;
	bool named = false;

	if (!slice_next_line(&rest, &line) || slice_to_size(slice_trim(line), &count) < 0)
		count = 1;
	if (count == 0 || count == evidence->containers)
		return;
	for (unsigned i = 0; slice_next_line(&rest, &line); i++) {
		line = slice_trim(line);
		if (i % 4 == 1 && line.len > 0) {
			add_name(evidence, line);
			named = true;
		}
	}
	evidence->blocked |= !named;
}

static void read_name(struct evidence *evidence, struct slice field, struct slice value)
{
	if (slice_eq_nocase_cstr(value, "no threats")) /* Kaspersky's word for clean */
		return;
	if (value.len == 0) {
		evidence->odd = field;
		return;
	}
	if (!evidence->named)
		evidence->fallback = value;
	evidence->named = true;
}

/* F-Secure says "clean" or "infected"; whatever else it says, it has not looked into all of it. */
static void read_fsecure(struct evidence *evidence, struct slice field, struct slice value)
{
	if (slice_eq_nocase_cstr(field, "X-FSecure-Scan-Result")) {
		if (slice_eq_nocase_cstr(value, "infected"))
			evidence->blocked = true;
		else if (slice_eq_nocase_cstr(value, "clean"))
			evidence->told_clean = true;
		else
			evidence->odd = value;
	} else if (slice_eq_nocase_cstr(field, "X-FSecure-Infection-Name")) {
		if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
			value = slice_make(value.data + 1, value.len - 2);
		if (value.len > 0)
			read_name(evidence, field, value);
	} else if (slice_eq_nocase_cstr(field, "X-FSecure-Warnings") && value.len > 0) {
		evidence->odd = value;
	}
}

static void read_fields(struct evidence *evidence, struct slice fields)
{
	struct slice field, value;

	while (icap_next_field(&fields, &field, &value)) {
		if (slice_eq_nocase_cstr(field, "X-Infection-Found"))
			read_infection(evidence, value);
		else if (slice_eq_nocase_cstr(field, "X-Violations-Found"))
			evidence->violations = value;
		else if (slice_eq_nocase_cstr(field, "X-Virus-ID") ||
			 slice_eq_nocase_cstr(field, "X-Virus-Name"))
			read_name(evidence, field, value);
		else if (slice_eq_nocase_cstr(field, "X-Blocked"))
			evidence->blocked = true;
		else if (slice_starts_nocase(field, "X-FSecure-"))
			read_fsecure(evidence, field, value);
	}
	if (evidence->violations.len > 0)
		read_violations(evidence);
	evidence->violations = SLICE_EMPTY;
}

/* Collects what the headers say; true when something was found. */
static bool look(struct evidence *evidence, const struct icap_reader *reader)
{
	struct icap_verdict *verdict = evidence->verdict;

	read_fields(evidence, icap_head_fields(reader));
	read_fields(evidence, icap_http_fields(reader));
	if (evidence->named && !evidence->threat)
		add_name(evidence, evidence->fallback);
	if (reader->status == 200 && icap_http_status(reader) == 403)
		evidence->blocked = true;
	if (evidence->blocked && verdict->count == 0)
		add_finding(verdict, VERDICT_INFECTED, SLICE_EMPTY);
	return verdict->count > 0;
}

static struct slice status_line(const struct icap_reader *reader)
{
	return slice_trim(slice_first(buf_slice(&reader->head), reader->fields));
}

static void say(struct icap_verdict *verdict, enum icap_answer answer, const char *words)
{
	verdict->answer = answer;
	verdict->words = slice_cstr(words);
}

bool icap_tag_without_engine(struct slice tag)
{
	/* base64 of MD5 of nothing: c-icap makes its tag of the versions of its engines. */
	struct slice nothing = slice_cstr("1B2M2Y8AsgTpgAmY7PhCfg");

	return slice_find(tag, nothing, 0) < tag.len;
}

static const char without_engine[] =
	"c-icap has no virus engine (its ISTag says so), and passes everything: "
	"restart it when clamd runs";

/* The ISTag without its quotes; empty when there is none. */
static struct slice tag_of(const struct icap_reader *reader)
{
	struct slice tag = SLICE_EMPTY;

	if (icap_field(icap_head_fields(reader), "ISTag", &tag) && tag.len >= 2 &&
		tag.data[0] == '"' && tag.data[tag.len - 1] == '"')
		tag = slice_make(tag.data + 1, tag.len - 2);
	return slice_first(tag, ICAP_TAG_MAX - 1);
}

/* A status of the service, whatever the object; any other may be the object's doing. */
static bool is_of_the_service(unsigned status)
{
	static const unsigned list[] = {
		400, 401, 403, 404, 405, 407, 418, 501, 503, 505, 539 /* Symantec: no licence */};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == status)
			return true;
	return status < 400;
}

/* A status that is no answer about the object. */
static void judge_status(const struct icap_reader *reader, struct icap_verdict *verdict)
{
	if (reader->status == 413) {
		add_finding(verdict, VERDICT_LIMIT, SLICE_EMPTY);
		verdict->answer = ICAP_FOUND;
		return;
	}
	verdict->answer = is_of_the_service(reader->status) ? ICAP_UNUSABLE : ICAP_FAILED;
	verdict->words = status_line(reader);
}

/* Nothing was found: was it looked at? */
static void judge_unfound(const struct evidence *evidence, const struct icap_reader *reader,
	const struct icap_limits *limits, bool previewed)
{
	struct icap_verdict *verdict = evidence->verdict;
	bool unchanged = icap_body_unchanged(reader);

	if (reader->status != 204 && reader->status != 200)
		judge_status(reader, verdict);
	else if (icap_tag_without_engine(tag_of(reader)))
		say(verdict, ICAP_UNUSABLE, without_engine);
	else if (evidence->odd.len > 0) {
		verdict->answer = ICAP_NOT_SCANNED;
		verdict->words = evidence->odd;
	} else if (previewed)
		verdict->answer = ICAP_SAW_PART;
	else if (limits->always_tells && !evidence->told_clean)
		say(verdict, ICAP_NOT_SCANNED, "it does not tell its verdict");
	else if (reader->status == 204)
		verdict->answer = ICAP_CLEAN;
	else if (icap_http_status(reader) != 200 || !unchanged)
		say(verdict, ICAP_NOT_SCANNED, "it changes the content, and does not say why");
	else if (limits->allow_204)
		/* What it has looked at it need not send back: this it passes on, for its size. */
		say(verdict, ICAP_NOT_SCANNED,
			"it is sent back unscanned; a limit of the service for the size?");
	else
		verdict->answer = ICAP_CLEAN;
}

void icap_judge(const struct icap_reader *reader, const struct icap_limits *limits, bool previewed,
	struct icap_verdict *verdict)
{
	struct evidence evidence = {.verdict = verdict};
	struct slice tag = SLICE_EMPTY;

	*verdict = (struct icap_verdict){.answer = ICAP_UNUSABLE};
	if (!icap_has_head(reader)) {
		verdict->words = slice_cstr("no answer");
		return;
	}
	tag = tag_of(reader);
	verdict->other_tag = tag.len > 0 && !slice_eq_cstr(tag, limits->tag);
	if (reader->status != 100 && look(&evidence, reader))
		verdict->answer = ICAP_FOUND;
	else if (reader->place != ICAP_AT_END)
		verdict->words = slice_cstr(reader->fault ? reader->fault : "it ends too early");
	else if (reader->status == 100 && previewed)
		verdict->answer = ICAP_SHOW_REST;
	else
		judge_unfound(&evidence, reader, limits, previewed);
}

/* The number in a field of digits, or `otherwise` when there is none to be read. */
static uint64_t number_in(struct slice fields, const char *name, uint64_t otherwise)
{
	struct slice value;
	uint64_t number;

	return icap_field(fields, name, &value) && slice_to_size(value, &number) == 0 ? number
										      : otherwise;
}

static bool lists(struct slice fields, const char *name, const char *wanted)
{
	struct slice list, word;

	if (!icap_field(fields, name, &list))
		return false;
	while (icap_next_word(&list, &word))
		if (slice_eq_nocase_cstr(word, wanted))
			return true;
	return false;
}

bool icap_limits_read(
	const struct icap_reader *reader, struct icap_limits *limits, struct slice *why)
{
	struct slice fields = icap_head_fields(reader), tag = tag_of(reader), value;
	uint64_t preview = number_in(fields, "Preview", 0);
	uint64_t ttl = number_in(fields, "Options-TTL", TTL_S);

	*limits = (struct icap_limits){0};
	*why = SLICE_EMPTY;
	if (reader->status != 200 && reader->status != 0)
		*why = status_line(reader);
	else if (!lists(fields, "Methods", "RESPMOD"))
		*why = slice_cstr("this service does not take RESPMOD");
	else if (tag.len == 0)
		*why = slice_cstr("it tells no ISTag, as a virus scanner does");
	else if (icap_tag_without_engine(tag))
		*why = slice_cstr(without_engine);
	if (why->len > 0)
		return false;
	limits->allow_204 = lists(fields, "Allow", "204");
	limits->preview = preview < PREVIEW_MAX ? (size_t)preview : PREVIEW_MAX;
	limits->ttl_s = ttl < TTL_MAX_S ? (unsigned)ttl : TTL_MAX_S;
	limits->always_tells =
		slice_starts(tag, "FSAV-") || icap_field(fields, "X-FSecure-Versions", &value);
	for (size_t i = 0; i < tag.len; i++)
		limits->tag[i] = tag.data[i] > ' ' && tag.data[i] < 0x7f ? (char)tag.data[i] : '?';
	return true;
}
