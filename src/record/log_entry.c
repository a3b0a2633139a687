/*
 * A line of qmvc.log: its keys, and how it is written; log_parse.c reads it. Both directions go by
 * one table, so that a key cannot be added to one and forgotten in the other.
 *
 * `delay` comes last and has exactly three decimals, so a line that was cut anywhere lacks it or
 * ends in the middle of it, and is never taken for a whole one.
 */
#include "record/log_keys.h"

#include "base/clock.h"
#include "record/escape.h"
#include "record/number.h"

#include <errno.h>
#include <stddef.h>

#define KEY(name, kind, when, member, limit) \
	{SLICE_LITERAL(name), LOG_KIND_##kind, LOG_##when, offsetof(struct log_entry, member), limit}
#define FAMILY(name, kind) {SLICE_LITERAL(name), LOG_KIND_##kind, LOG_IF_SET, 0, 0}

/* The limits bound a line: 4 bytes for each shown at worst, less than 16 KB in all. */
const struct log_key log_keys[LOG_KEYS] = {
	{SLICE_LITERAL("v"), LOG_KIND_VERSION, LOG_ALWAYS, 0, 0},
	KEY("t", TIME, ALWAYS, time_ms, 0),
	KEY("id", TEXT, ALWAYS, id, 64),
	KEY("from", SENDER, ALWAYS, sender, 320),
	KEY("to", TEXT, ALWAYS, recipient, 320),
	KEY("subject", TEXT, IF_SET, subject, 200),
	KEY("size", SIZE, ALWAYS, size, 0),
	KEY("parts", NUMBER, ALWAYS, parts, 0),
	KEY("met", TEXT, IF_SET, met, 200),
	KEY("decided", TEXT, IF_SET, decided, 32),
	KEY("action", TEXT, ALWAYS, action, 32),
	KEY("exit", NUMBER, ALWAYS, exit_code, 0),
	KEY("errors", NUMBER, IF_SET, errors, 0),
	KEY("sealed", NUMBER, IF_SET, sealed, 0),
	FAMILY("scan.", SCAN),
	FAMILY("split.", SPLIT),
	FAMILY("virus.", VIRUS),
	FAMILY("wait.", WAIT),
	FAMILY("early.", EARLY),
	FAMILY("breaker.", BREAKER),
	KEY("forwarded", NUMBER, IF_SET, forwarded, 0),
	KEY("saved", TEXT, IF_SET, saved, 1024),
	KEY("error", TEXT, IF_SET, error, 500),
	FAMILY("time.", STAGE),
	KEY("delay", MS, ALWAYS, delay_us, 0),
};
#define VIRUS_LIMIT 160

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
		if (scan->early_us > 0) {
			begin_member(out, "early.", scan->initial);
			number_add_ms(out, scan->early_us);
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

static void add_number(struct buf *out, const struct log_key *key, uint64_t number)
{
	if (number == 0 && key->when == LOG_IF_SET)
		return;
	begin(out, key->name);
	buf_addf(out, "=%llu", (unsigned long long)number);
}

static void add_text(struct buf *out, const struct log_key *key, const struct slice *text)
{
	if (text->len == 0 && key->when == LOG_IF_SET)
		return;
	begin(out, key->name);
	buf_add_byte(out, '=');
	if (key->kind != LOG_KIND_SENDER)
		escape_add_value(out, *text, key->limit);
	else if (text->len == 0)
		buf_add_cstr(out, "<>");
	else if (slice_eq_cstr(*text, "<>")) /* somebody is really called so */
		buf_add_cstr(out, "\"<>\"");
	else
		escape_add_value(out, *text, key->limit);
}

static void add_key(const struct log_entry *entry, const struct log_key *key, struct buf *out)
{
	const void *member = (const char *)entry + key->offset;
	char time[CLOCK_UTC_SIZE];

	switch (key->kind) {
	case LOG_KIND_VERSION:
		buf_addf(out, "v=%d", LOG_VERSION);
		break;
	case LOG_KIND_TIME:
		clock_format_utc(entry->time_ms, time);
		buf_addf(out, " t=%s", time);
		break;
	case LOG_KIND_TEXT:
	case LOG_KIND_SENDER:
		add_text(out, key, member);
		break;
	case LOG_KIND_SIZE:
		add_number(out, key, *(const uint64_t *)member);
		break;
	case LOG_KIND_NUMBER:
		add_number(out, key, *(const unsigned *)member);
		break;
	case LOG_KIND_MS:
		begin(out, key->name);
		buf_add_byte(out, '=');
		number_add_ms(out, *(const uint64_t *)member);
		break;
	case LOG_KIND_SCAN:
		add_scans(entry, out);
		break;
	case LOG_KIND_STAGE:
		add_stages(entry, out);
		break;
	case LOG_KIND_SPLIT:
	case LOG_KIND_VIRUS:
	case LOG_KIND_WAIT:
	case LOG_KIND_EARLY:
	case LOG_KIND_BREAKER: /* stand with their scanner */
		break;
	}
}

int log_entry_format(const struct log_entry *entry, struct buf *out)
{
	for (size_t i = 0; i < LOG_KEYS; i++)
		add_key(entry, &log_keys[i], out);
	buf_add_byte(out, '\n');
	return out->failed ? -ENOMEM : 0;
}
