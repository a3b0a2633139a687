/* Keeping the mails behind figures; see lines.h. */
#include "report/lines.h"

#include <errno.h>
#include <stdlib.h>

#define SCANS_MAX 448 /* bytes of what all scanners said of a mail */
#define VIRUS_MAX 64
#define SIMPLE	  (LINES_KINDS * LINES_SLOTS) /* places of all kinds but LINES_VERDICT */

/* How many of each kind there are. */
static const unsigned kind_sizes[LINES_KINDS] = {
	[LINES_ALL] = 1,
	[LINES_STOPPED] = 1,
	[LINES_INFECTED] = 1,
	[LINES_DISAGREED] = 1,
	[LINES_FAILED] = 1,
	[LINES_BIGGEST] = 1,
	[LINES_SLOWEST] = 1,
	[LINES_ACTION] = TALLY_ACTIONS,
	[LINES_CONDITION] = CONDITION_COUNT + 1,
	[LINES_CODE] = TALLY_CODES,
	[LINES_VERDICT] = TALLY_SCANNERS,
	[LINES_ALONE] = TALLY_SCANNERS,
	[LINES_MISSED] = TALLY_SCANNERS,
	[LINES_OPENED] = TALLY_SCANNERS,
	[LINES_LEFT] = TALLY_SCANNERS,
	[LINES_SLOT] = LINES_SLOTS,
	[LINES_DELAY] = HISTOGRAM_STEPS,
};

/* Bytes kept of each text: one more than a page shows, so that it sees that there was more. */
static const unsigned text_limits[LINE_TEXTS] = {
	[LINE_ID] = 64,
	[LINE_SENDER] = 201,
	[LINE_RECIPIENT] = 201,
	[LINE_SUBJECT] = 201,
	[LINE_SCANS] = SCANS_MAX,
	[LINE_ERROR] = 501,
};

struct lines {
	size_t bytes; /* of all that is kept */
	uint64_t steps[HISTOGRAM_STEPS + 1];
	unsigned step_count;
	struct lines_selection selections[SIMPLE + TALLY_SCANNERS * TALLY_VERDICTS];
};

/* A mail on its way into its selections; its line is made when the first of them wants it. */
struct taking {
	struct lines *lines;
	const struct log_entry *entry;
	const struct tally_seen *seen;
	struct line *line;
};

struct lines *lines_new(void)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (lines)
		lines->step_count = histogram_bounds_of_steps(lines->steps);
	return lines;
}

static unsigned index_of(struct lines_key key)
{
	return key.kind == LINES_VERDICT ? SIMPLE + key.which * TALLY_VERDICTS + key.verdict
					 : key.kind * LINES_SLOTS + key.which;
}

const struct lines_selection *lines_of(const struct lines *lines, struct lines_key key)
{
	return &lines->selections[index_of(key)];
}

bool lines_next(struct lines_key *key)
{
	if (key->kind == LINES_VERDICT && key->verdict + 1 < TALLY_VERDICTS) {
		key->verdict++;
		return true;
	}
	key->verdict = 0;
	if (++key->which == kind_sizes[key->kind]) {
		key->which = 0;
		key->kind++;
	}
	return key->kind < LINES_KINDS;
}

struct slice line_text(const struct line *line, enum line_text text)
{
	unsigned begin = text > 0 ? line->ends[text - 1] : 0;

	return slice_make(line->text + begin, line->ends[text] - begin);
}

static size_t line_size(const struct line *line)
{
	return sizeof(*line) + line->ends[LINE_TEXTS - 1];
}

static void drop(struct lines *lines, struct line *line)
{
	if (--line->owners > 0)
		return;
	lines->bytes -= line_size(line);
	free(line);
}

static void release_selection(struct lines *lines, struct lines_selection *selection)
{
	for (unsigned i = 0; i < selection->kept; i++)
		drop(lines, selection->list[i]);
	free(selection->list);
}

void lines_free(struct lines *lines)
{
	struct lines_key key = {0};

	if (!lines)
		return;
	do {
		release_selection(lines, &lines->selections[index_of(key)]);
	} while (lines_next(&key));
	free(lines);
}

/* --- making a line --------------------------------------------------------- */

/* Text with a bound, for values that may hold anything. */
struct text {
	size_t length;
	unsigned char bytes[SCANS_MAX];
};

/* At most `limit` bytes of it, not cut within a character. */
static void append(struct text *text, struct slice more, size_t limit)
{
	if (limit > sizeof(text->bytes) - text->length)
		limit = sizeof(text->bytes) - text->length;
	if (more.len > limit)
		while (limit > 0 && (more.data[limit] & 0xc0) == 0x80)
			limit--;
	more = slice_first(more, limit);
	if (more.len > 0)
		memcpy(text->bytes + text->length, more.data, more.len);
	text->length += more.len;
}

static void append_cstr(struct text *text, const char *more)
{
	append(text, slice_cstr(more), SCANS_MAX);
}

/* "C infected (Eicar-Test), F clean" */
static struct slice tell_scans(const struct log_entry *entry, struct text *text)
{
	text->length = 0;
	for (unsigned i = 0; i < entry->scan_count; i++) {
		const struct log_scan *scan = &entry->scans[i];

		append_cstr(text, i > 0 ? ", " : "");
		append(text, scan->initial, LOG_STAGE_NAMES);
		append_cstr(text, " ");
		append(text, scan->verdict, LOG_STAGE_NAMES);
		if (scan->virus.len == 0)
			continue;
		append_cstr(text, " (");
		append(text, scan->virus, VIRUS_MAX);
		append_cstr(text, ")");
	}
	return slice_make(text->bytes, text->length);
}

static struct line *make_line(const struct log_entry *entry, const struct tally_seen *seen)
{
	struct text scans;
	struct slice texts[LINE_TEXTS] = {
		[LINE_ID] = entry->id,
		[LINE_SENDER] = entry->sender.len > 0 ? entry->sender : slice_cstr("<>"),
		[LINE_RECIPIENT] = entry->recipient,
		[LINE_SUBJECT] = entry->subject,
		[LINE_SCANS] = tell_scans(entry, &scans),
		[LINE_ERROR] = entry->error,
	};
	size_t length = 0, at = 0;
	struct line *line;

	for (unsigned i = 0; i < LINE_TEXTS; i++) {
		texts[i] = slice_first(texts[i], text_limits[i]);
		length += texts[i].len;
	}
	line = malloc(sizeof(*line) + length);
	if (!line)
		return NULL;
	*line = (struct line){.time_ms = entry->time_ms,
		.size = entry->size,
		.delay_us = entry->delay_us,
		.action = seen->action,
		.met = seen->met,
		.errors = entry->errors};
	for (unsigned i = 0; i < LINE_TEXTS; i++) {
		if (texts[i].len > 0)
			memcpy(line->text + at, texts[i].data, texts[i].len);
		at += texts[i].len;
		line->ends[i] = (unsigned short)at;
	}
	return line;
}

/* --- where it belongs ------------------------------------------------------ */

static int compare_texts(struct slice a, struct slice b)
{
	int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Does the mail come in front of a line? By what the page is about, then by time, then by id. */
static bool is_before(enum lines_kind kind, const struct log_entry *entry, const struct line *line)
{
	if (kind == LINES_BIGGEST && entry->size != line->size)
		return entry->size > line->size;
	if (kind == LINES_SLOWEST && entry->delay_us != line->delay_us)
		return entry->delay_us > line->delay_us;
	if (entry->time_ms != line->time_ms)
		return entry->time_ms < line->time_ms;
	return compare_texts(
		       slice_first(entry->id, text_limits[LINE_ID]), line_text(line, LINE_ID)) < 0;
}

/* Returns 0, 1 (all memory that we want is used), or -ENOMEM. */
static int make_room(const struct lines *lines, struct lines_selection *selection)
{
	unsigned room = selection->room > 0 ? selection->room * 2 : 8;
	struct line **grown;

	if (lines->bytes >= LINES_BYTES)
		return 1;
	if (selection->kept < selection->room)
		return 0;
	grown = reallocarray(selection->list, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	selection->list = grown;
	selection->room = room;
	return 0;
}

/* Where the mail belongs in the list; most come behind the last. */
static unsigned place_of(
	const struct taking *taking, enum lines_kind kind, const struct lines_selection *selection)
{
	unsigned low = 0, high = selection->kept;

	if (high == 0 || !is_before(kind, taking->entry, selection->list[high - 1]))
		return high;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (is_before(kind, taking->entry, selection->list[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Most of a day's mails are in several of the dull ones, whose pages would be most of what it takes. */
static unsigned most_of(struct lines_key key)
{
	bool few = key.kind == LINES_ALL || key.kind == LINES_DELAY || key.kind == LINES_BIGGEST ||
		   key.kind == LINES_SLOWEST ||
		   (key.kind == LINES_ACTION && key.which == TALLY_PASS) ||
		   (key.kind == LINES_VERDICT &&
			   (key.verdict == TALLY_CLEAN || key.verdict == TALLY_SKIPPED ||
				   key.verdict == TALLY_CANCELLED));

	return few ? LINES_FEW : LINES_KEPT;
}

static int offer(struct taking *taking, struct lines_key key)
{
	unsigned most = most_of(key);
	struct lines_selection *selection = &taking->lines->selections[index_of(key)];
	unsigned at = place_of(taking, key.kind, selection);
	int result = 0;

	selection->count++;
	if (at == most)
		return 0;
	if (selection->kept < most)
		result = make_room(taking->lines, selection);
	if (result)
		return result < 0 ? result : 0;
	if (!taking->line) {
		taking->line = make_line(taking->entry, taking->seen);
		if (!taking->line)
			return -ENOMEM;
		taking->lines->bytes += line_size(taking->line);
	}
	if (selection->kept == most)
		drop(taking->lines, selection->list[--selection->kept]);
	memmove(&selection->list[at + 1], &selection->list[at],
		(selection->kept - at) * sizeof(struct line *));
	selection->list[at] = taking->line;
	selection->kept++;
	taking->line->owners++;
	return 0;
}

/* What one scanner has to do with it. */
static int offer_scan(
	struct taking *taking, const struct log_scan *scan, const struct tally_seen_scan *seen)
{
	unsigned which = (unsigned)seen->scanner;
	int result;

	if (seen->scanner < 0)
		return 0;
	result = offer(taking, (struct lines_key){LINES_VERDICT, which, seen->verdict});
	if (result == 0 && seen->unique)
		result = offer(taking, (struct lines_key){LINES_ALONE, which, 0});
	if (result == 0 && seen->missed)
		result = offer(taking, (struct lines_key){LINES_MISSED, which, 0});
	if (result == 0 && slice_eq_cstr(scan->breaker, LOG_BREAKER_OPENED))
		result = offer(taking, (struct lines_key){LINES_OPENED, which, 0});
	if (result == 0 && slice_eq_cstr(scan->breaker, LOG_BREAKER_LEFT))
		result = offer(taking, (struct lines_key){LINES_LEFT, which, 0});
	return result;
}

static int offer_scans(struct taking *taking)
{
	const struct tally_seen *seen = taking->seen;
	bool failed = false;
	int result = 0;

	for (unsigned i = 0; i < seen->scan_count && result == 0; i++) {
		failed |= seen->scans[i].verdict == TALLY_TIMEOUT ||
			  seen->scans[i].verdict == TALLY_ERROR;
		result = offer_scan(taking, &taking->entry->scans[i], &seen->scans[i]);
	}
	if (result == 0 && failed)
		result = offer(taking, (struct lines_key){.kind = LINES_FAILED});
	return result;
}

/* For each bit of `set` the selection of that kind. */
static int offer_set(struct taking *taking, enum lines_kind kind, unsigned set, unsigned size)
{
	int result = 0;

	for (unsigned i = 0; i < size && set >> i > 0 && result == 0; i++)
		if (set >> i & 1)
			result = offer(taking, (struct lines_key){kind, i, 0});
	return result;
}

/* Yes-or-no kinds of which the tally has already said whether the mail belongs to them. */
static unsigned simple_kinds(const struct tally_counts *counts)
{
	return 1u << LINES_ALL | 1u << LINES_BIGGEST | 1u << LINES_SLOWEST |
	       (unsigned)counts->stopped << LINES_STOPPED |
	       (unsigned)counts->infected << LINES_INFECTED |
	       (unsigned)counts->disagreed << LINES_DISAGREED;
}

int lines_take(struct lines *lines, const struct log_entry *entry, const struct tally_seen *seen,
	unsigned slot)
{
	struct taking taking = {.lines = lines, .entry = entry, .seen = seen};
	unsigned kinds = simple_kinds(&seen->counts);
	int result = offer(&taking, (struct lines_key){LINES_ACTION, seen->action, 0});

	for (unsigned kind = 0; kinds >> kind > 0 && result == 0; kind++)
		if (kinds >> kind & 1)
			result = offer(&taking, (struct lines_key){(enum lines_kind)kind, 0, 0});
	if (result == 0)
		result = offer_set(&taking, LINES_CONDITION, seen->met, CONDITION_COUNT + 1);
	if (result == 0)
		result = offer_set(&taking, LINES_CODE, entry->errors, TALLY_CODES);
	if (result == 0)
		result = offer_scans(&taking);
	if (result == 0 && slot < LINES_SLOTS)
		result = offer(&taking, (struct lines_key){LINES_SLOT, slot, 0});
	if (result == 0)
		result = offer(&taking,
			(struct lines_key){LINES_DELAY,
				histogram_step_of(lines->steps, lines->step_count, entry->delay_us),
				0});
	return result;
}
