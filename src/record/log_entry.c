/*
 * A line of qmvc.log, written and read. Both directions stand here, so that a key cannot be added
 * to one and forgotten in the other: the keys are in one table, in the order of writing.
 *
 * `delay` comes last and has exactly three decimals, so a line that was cut anywhere lacks it or
 * ends in the middle of it, and is never taken for a whole one.
 *
 * Reading is the hot side: the reports read years of lines. Values are borrowed from the line, ends
 * are found by memchr(3), and a key is first compared with the one that follows in the table.
 */
#include "record/log_entry.h"

#include "base/clock.h"
#include "record/escape.h"
#include "record/number.h"

#include <errno.h>
#include <stddef.h>

enum kind {
	KIND_VERSION,
	KIND_TIME,
	KIND_TEXT,
	KIND_SENDER, /* as text, but the empty one is written <> */
	KIND_SIZE,
	KIND_NUMBER,
	KIND_FAMILY, /* prefix.NAME=...: one for each scanner or stage */
	KIND_MS,
};

enum when {
	ALWAYS,
	IF_SET, /* left out when empty or zero */
};

struct key {
	struct slice name; /* of a family: with its dot */
	enum kind kind;
	enum when when;
	size_t offset;	   /* in struct log_entry */
	size_t limit;	   /* bytes shown of a text */
};

#define KEY(name, kind, when, member, limit) \
	{SLICE_LITERAL(name), kind, when, offsetof(struct log_entry, member), limit}
#define FAMILY(name) {SLICE_LITERAL(name), KIND_FAMILY, IF_SET, 0, 0}

/* The limits bound a line: 4 bytes for each shown at worst, less than 16 KB in all. */
static const struct key keys[] = {
	{SLICE_LITERAL("v"), KIND_VERSION, ALWAYS, 0, 0},
	KEY("t", KIND_TIME, ALWAYS, time_ms, 0),
	KEY("id", KIND_TEXT, ALWAYS, id, 64),
	KEY("from", KIND_SENDER, ALWAYS, sender, 320),
	KEY("to", KIND_TEXT, ALWAYS, recipient, 320),
	KEY("subject", KIND_TEXT, IF_SET, subject, 200),
	KEY("size", KIND_SIZE, ALWAYS, size, 0),
	KEY("parts", KIND_NUMBER, ALWAYS, parts, 0),
	KEY("met", KIND_TEXT, IF_SET, met, 200),
	KEY("decided", KIND_TEXT, IF_SET, decided, 32),
	KEY("action", KIND_TEXT, ALWAYS, action, 32),
	KEY("exit", KIND_NUMBER, ALWAYS, exit_code, 0),
	KEY("errors", KIND_NUMBER, IF_SET, errors, 0),
	KEY("sealed", KIND_NUMBER, IF_SET, sealed, 0),
	FAMILY("scan."),
	FAMILY("split."),
	FAMILY("virus."),
	FAMILY("wait."),
	FAMILY("breaker."),
	KEY("forwarded", KIND_NUMBER, IF_SET, forwarded, 0),
	KEY("saved", KIND_TEXT, IF_SET, saved, 1024),
	KEY("error", KIND_TEXT, IF_SET, error, 500),
	FAMILY("time."),
	KEY("delay", KIND_MS, ALWAYS, delay_us, 0),
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))
#define VIRUS_LIMIT 160

/* --- writing ------------------------------------------------------------- */

/* A word of our own (initial, stage, verdict): whatever it holds, it stays a word. */
static void add_word(struct buf *out, struct slice word)
{
	word = slice_first(word, LOG_STAGE_NAMES);
	if (word.len == 0)
		buf_add_byte(out, '_');
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = word.data[i], lower = ascii_lower(c);

		buf_add_byte(out,
			(lower >= 'a' && lower <= 'z') || ascii_digit(c) || c == '-' ? c : '_');
	}
}

static void begin(struct buf *out, struct slice key)
{
	buf_add_byte(out, ' ');
	buf_add(out, key);
}

static void begin_member(struct buf *out, const char *family, struct slice name)
{
	begin(out, slice_cstr(family));
	add_word(out, name);
	buf_add_byte(out, '=');
}

static void add_split(const struct log_scan *scan, struct buf *out)
{
	begin_member(out, "split.", scan->initial);
	number_add_ms(out, scan->reach_us);
	buf_add_byte(out, ':');
	number_add_ms(out, scan->send_us);
	buf_add_byte(out, ':');
	number_add_ms(out, scan->scan_us);
}

/* All of one scanner stands together, at the place of the first family. */
static void add_scans(const struct log_entry *entry, struct buf *out)
{
	for (unsigned i = 0; i < entry->scan_count && i < LOG_SCANNERS; i++) {
		const struct log_scan *scan = &entry->scans[i];

		begin_member(out, "scan.", scan->initial);
		add_word(out, scan->verdict);
		buf_add_byte(out, ':');
		number_add_ms(out, scan->latency_us);
		if (scan->reach_us | scan->send_us | scan->scan_us)
			add_split(scan, out);
		if (scan->virus.len > 0) {
			begin_member(out, "virus.", scan->initial);
			escape_add_value(out, scan->virus, VIRUS_LIMIT);
		}
		if (scan->wait_us > 0) {
			begin_member(out, "wait.", scan->initial);
			number_add_ms(out, scan->wait_us);
		}
		if (scan->breaker.len > 0) {
			begin_member(out, "breaker.", scan->initial);
			add_word(out, scan->breaker);
		}
	}
}

static void add_stages(const struct log_entry *entry, struct buf *out)
{
	for (unsigned i = 0; i < entry->stage_count && i < LOG_STAGES; i++) {
		begin_member(out, "time.", entry->stages[i].name);
		number_add_ms(out, entry->stages[i].us);
	}
}

static void add_family(const struct log_entry *entry, const struct key *key, struct buf *out)
{
	if (slice_eq_cstr(key->name, "scan."))
		add_scans(entry, out);
	else if (slice_eq_cstr(key->name, "time."))
		add_stages(entry, out);
}

static void add_number(struct buf *out, const struct key *key, uint64_t number)
{
	if (number == 0 && key->when == IF_SET)
		return;
	begin(out, key->name);
	buf_addf(out, "=%llu", (unsigned long long)number);
}

static void add_text(struct buf *out, const struct key *key, const struct slice *text)
{
	if (text->len == 0 && key->when == IF_SET)
		return;
	begin(out, key->name);
	buf_add_byte(out, '=');
	if (key->kind != KIND_SENDER)
		escape_add_value(out, *text, key->limit);
	else if (text->len == 0)
		buf_add_cstr(out, "<>");
	else if (slice_eq_cstr(*text, "<>")) /* somebody is really called so */
		buf_add_cstr(out, "\"<>\"");
	else
		escape_add_value(out, *text, key->limit);
}

static void add_key(const struct log_entry *entry, const struct key *key, struct buf *out)
{
	const void *member = (const char *)entry + key->offset;
	char time[CLOCK_UTC_SIZE];

	switch (key->kind) {
	case KIND_VERSION:
		buf_addf(out, "v=%d", LOG_VERSION);
		break;
	case KIND_TIME:
		clock_format_utc(entry->time_ms, time);
		buf_addf(out, " t=%s", time);
		break;
	case KIND_TEXT:
	case KIND_SENDER:
		add_text(out, key, member);
		break;
	case KIND_SIZE:
		add_number(out, key, *(const uint64_t *)member);
		break;
	case KIND_NUMBER:
		add_number(out, key, *(const unsigned *)member);
		break;
	case KIND_FAMILY:
		add_family(entry, key, out);
		break;
	case KIND_MS:
		begin(out, key->name);
		buf_add_byte(out, '=');
		number_add_ms(out, *(const uint64_t *)member);
		break;
	}
}

int log_entry_format(const struct log_entry *entry, struct buf *out)
{
	for (size_t i = 0; i < KEYS; i++)
		add_key(entry, &keys[i], out);
	buf_add_byte(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

/* --- reading ------------------------------------------------------------- */

struct reader {
	struct log_entry entry;
	struct arena *arena;
	uint32_t seen; /* bit N: keys[N] was there */
};

static struct log_scan *scan_of(struct log_entry *entry, struct slice initial)
{
	for (unsigned i = 0; i < entry->scan_count; i++)
		if (slice_eq(entry->scans[i].initial, initial))
			return &entry->scans[i];
	if (entry->scan_count == LOG_SCANNERS)
		return NULL;
	entry->scans[entry->scan_count].initial = initial;
	return &entry->scans[entry->scan_count++];
}

static bool read_split(struct slice value, struct log_scan *scan)
{
	size_t first = slice_find_byte(value, ':', 0);
	size_t second = slice_find_byte(value, ':', first + 1);

	return second < value.len && number_read_ms(slice_first(value, first), &scan->reach_us) &&
	       number_read_ms(slice_first(slice_from(value, first + 1), second - first - 1),
		       &scan->send_us) &&
	       number_read_ms(slice_from(value, second + 1), &scan->scan_us);
}

/* `name` is what stands behind the dot. Scanners and stages beyond our room are dropped. */
static bool read_family(
	struct reader *reader, const struct key *key, struct slice name, struct slice value)
{
	struct log_entry *entry = &reader->entry;
	struct log_scan *scan;
	size_t colon;

	if (key->name.data[0] == 't') {
		if (entry->stage_count == LOG_STAGES)
			return true;
		entry->stages[entry->stage_count].name = name;
		return number_read_ms(value, &entry->stages[entry->stage_count++].us);
	}
	scan = scan_of(entry, name);
	if (!scan)
		return true;
	if (slice_eq_cstr(key->name, "virus.")) {
		scan->virus = value;
		return true;
	}
	if (slice_eq_cstr(key->name, "breaker.")) {
		scan->breaker = value;
		return true;
	}
	if (slice_eq_cstr(key->name, "wait."))
		return number_read_ms(value, &scan->wait_us);
	if (slice_eq_cstr(key->name, "split."))
		return read_split(value, scan);
	colon = slice_find_byte(value, ':', 0);
	scan->verdict = slice_first(value, colon);
	return number_read_ms(slice_from(value, colon + 1), &scan->latency_us);
}

static bool read_version(struct slice value)
{
	uint64_t version;

	return number_read(value, &version) && version >= 1 && version <= LOG_VERSION;
}

static bool read_value(struct reader *reader, const struct key *key, struct slice name,
	struct slice value, bool quoted)
{
	void *member = (char *)&reader->entry + key->offset;

	switch (key->kind) {
	case KIND_VERSION:
		return read_version(value);
	case KIND_TIME:
		return number_read_time(value, member);
	case KIND_SENDER:
		if (!quoted && slice_eq_cstr(value, "<>"))
			value = SLICE_EMPTY;
		*(struct slice *)member = value;
		return true;
	case KIND_TEXT:
		*(struct slice *)member = value;
		return true;
	case KIND_SIZE:
		return number_read(value, member);
	case KIND_NUMBER:
		return number_read_unsigned(value, member);
	case KIND_FAMILY:
		return read_family(reader, key, slice_from(name, key->name.len), value);
	case KIND_MS:
		return number_read_ms(value, member);
	}
	return false;
}

static bool is_key(const struct key *key, struct slice name)
{
	size_t len = key->name.len;

	if (key->kind == KIND_FAMILY ? name.len <= len : name.len != len)
		return false;
	return name.data[0] == key->name.data[0] && memcmp(name.data, key->name.data, len) == 0;
}

/* The key called so, looked for from *next on and then from the start; KEYS when it is not ours. */
static size_t find_key(struct slice name, size_t next)
{
	for (size_t i = 0; i < KEYS; i++) {
		size_t at = next + i < KEYS ? next + i : next + i - KEYS;

		if (is_key(&keys[at], name))
			return at;
	}
	return KEYS;
}

/*
 * Takes the value off the front of *rest, a blank or the end behind it. Returns 0, 1 (no line of
 * ours) or -ENOMEM.
 */
static int take_value(struct slice *rest, struct arena *arena, struct slice *value, bool *quoted)
{
	size_t end;
	int error = 0;

	*quoted = rest->len > 0 && rest->data[0] == '"';
	if (*quoted) {
		for (end = slice_find_byte(*rest, '"', 1); end < rest->len;
			end = slice_find_byte(*rest, '"', end + 1)) {
			size_t slashes = 0;

			while (rest->data[end - slashes - 1] == '\\')
				slashes++;
			if (slashes % 2 == 0)
				break;
		}
		if (end == rest->len)
			return 1;
		*value = slice_make(rest->data + 1, end - 1);
		error = escape_undo(*value, arena, value);
		end++;
	} else {
		end = slice_find_byte(*rest, ' ', 0);
		*value = slice_first(*rest, end);
	}
	*rest = slice_from(*rest, end);
	if (!error && rest->len > 0 && rest->data[0] != ' ')
		return 1;
	return error;
}

static bool is_whole(const struct reader *reader)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].when == ALWAYS && !(reader->seen >> i & 1))
			return false;
	return true;
}

int log_entry_parse(struct slice line, struct arena *arena, struct log_entry *entry)
{
	struct reader reader = {.arena = arena};
	size_t next = 0;

	while (line.len > 0) {
		struct slice name, value;
		size_t equals, key;
		bool quoted;
		int error;

		if (line.data[0] == ' ') {
			line = slice_from(line, 1);
			continue;
		}
		equals = slice_find_byte(line, '=', 0);
		if (equals == line.len)
			return 1;
		name = slice_first(line, equals);
		line = slice_from(line, equals + 1);
		error = take_value(&line, arena, &value, &quoted);
		if (error)
			return error;
		key = find_key(name, next);
		if (key == KEYS)
			continue;
		if (keys[key].kind != KIND_FAMILY && (reader.seen >> key & 1))
			return 1; /* two lines that a crash has joined */
		if (!read_value(&reader, &keys[key], name, value, quoted))
			return 1;
		reader.seen |= UINT32_C(1) << key;
		next = key + 1 < KEYS && keys[key].kind != KIND_FAMILY ? key + 1 : key;
	}
	if (!is_whole(&reader))
		return 1;
	*entry = reader.entry;
	return 0;
}
