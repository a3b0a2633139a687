/*
 * Reads a line of qmvc.log; see log_entry.h. This is the hot side: the reports read years of lines.
 * Values are borrowed from the line, ends are found by memchr(3), and since a line has its keys in
 * the order of the table, what follows in it is tried first.
 */
#include "record/log_keys.h"

#include "record/escape.h"
#include "record/number.h"

struct reader {
	struct log_entry entry;
	struct arena *arena;
	uint32_t seen;	 /* bit N: log_keys[N] was there */
	unsigned needed; /* keys that each line has, of those that were there */
};

_Static_assert(LOG_KEYS <= 32, "each key has its bit");

/* NULL: beyond our room. */
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

static bool read_verdict(struct slice value, struct log_scan *scan)
{
	size_t colon = slice_find_byte(value, ':', 0);

	scan->verdict = slice_first(value, colon);
	return number_read_ms(slice_from(value, colon + 1), &scan->latency_us);
}

static bool read_split(struct slice value, struct log_scan *scan)
{
	size_t first = slice_find_byte(value, ':', 0);
	size_t second = slice_find_byte(value, ':', first + 1);

	return second < value.len && number_read_ms(slice_first(value, first), &scan->reach_us) &&
	       number_read_ms(slice_from(slice_first(value, second), first + 1), &scan->send_us) &&
	       number_read_ms(slice_from(value, second + 1), &scan->scan_us);
}

static bool read_stage(struct slice name, struct slice value, struct log_entry *entry)
{
	struct log_stage *stage;

	if (entry->stage_count == LOG_STAGES)
		return true;
	stage = &entry->stages[entry->stage_count++];
	stage->name = name;
	return number_read_ms(value, &stage->us);
}

/* `name` is what stands behind the dot. Scanners and stages beyond our room are dropped. */
static bool read_member(
	struct log_entry *entry, enum log_kind kind, struct slice name, struct slice value)
{
	struct log_scan *scan;

	if (kind == LOG_KIND_STAGE)
		return read_stage(name, value, entry);
	scan = scan_of(entry, name);
	if (!scan)
		return true;
	switch (kind) {
	case LOG_KIND_SCAN:
		return read_verdict(value, scan);
	case LOG_KIND_SPLIT:
		return read_split(value, scan);
	case LOG_KIND_WAIT:
		return number_read_ms(value, &scan->wait_us);
	case LOG_KIND_EARLY:
		return number_read_ms(value, &scan->early_us);
	case LOG_KIND_VIRUS:
		scan->virus = value;
		return true;
	case LOG_KIND_BREAKER:
		scan->breaker = value;
		return true;
	default:
		return false;
	}
}

static bool read_version(struct slice value)
{
	uint64_t version;

	return number_read(value, &version) && version >= 1 && version <= LOG_VERSION;
}

static bool read_value(struct log_entry *entry, const struct log_key *key, struct slice name,
	struct slice value, bool quoted)
{
	void *member = (char *)entry + key->offset;

	switch (key->kind) {
	case LOG_KIND_VERSION:
		return read_version(value);
	case LOG_KIND_TIME:
		return number_read_time(value, member);
	case LOG_KIND_SENDER:
		if (!quoted && slice_eq_cstr(value, "<>"))
			value = SLICE_EMPTY;
		*(struct slice *)member = value;
		return true;
	case LOG_KIND_TEXT:
		*(struct slice *)member = value;
		return true;
	case LOG_KIND_SIZE:
		return number_read(value, member);
	case LOG_KIND_NUMBER:
		return number_read_unsigned(value, member);
	case LOG_KIND_MS:
		return number_read_ms(value, member);
	default:
		return read_member(entry, key->kind, slice_from(name, key->name.len), value);
	}
}

/* Does the line go on with this key? Behind it stands "=", but behind a family's dot the name of a member. */
static inline bool is_key(const struct log_key *key, struct slice line)
{
	size_t len = key->name.len;

	if (line.len <= len || line.data[0] != key->name.data[0])
		return false;
	for (size_t i = 1; i < len; i++)
		if (line.data[i] != key->name.data[i])
			return false;
	return (line.data[len] == '=') != log_key_is_family(key);
}

/* The key that the line goes on with, looked for from `next` on first; LOG_KEYS: none of ours. */
static size_t find_key(struct slice line, size_t next)
{
	for (size_t at = next; at < LOG_KEYS; at++)
		if (is_key(&log_keys[at], line))
			return at;
	for (size_t at = 0; at < next; at++)
		if (is_key(&log_keys[at], line))
			return at;
	return LOG_KEYS;
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
		key = find_key(line, next);
		equals = key < LOG_KEYS && !log_key_is_family(&log_keys[key])
				 ? log_keys[key].name.len
				 : slice_find_byte(line, '=', 0);
		if (equals == line.len)
			return 1;
		name = slice_first(line, equals);
		line = slice_from(line, equals + 1);
		error = take_value(&line, arena, &value, &quoted);
		if (error)
			return error;
		if (key == LOG_KEYS)
			continue;
		if (!log_key_is_family(&log_keys[key]) && (reader.seen >> key & 1))
			return 1; /* two lines that a crash has joined */
		if (!read_value(&reader.entry, &log_keys[key], name, value, quoted))
			return 1;
		reader.seen |= UINT32_C(1) << key;
		reader.needed += log_keys[key].when == LOG_ALWAYS;
		next = key + 1 < LOG_KEYS && !log_key_is_family(&log_keys[key]) ? key + 1 : key;
	}
	if (reader.needed < LOG_KEYS_NEEDED)
		return 1;
	*entry = reader.entry;
	return 0;
}
