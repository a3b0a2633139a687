/*
 * Fuzz target: the input is a log, line by line. Checked: what is taken for a line of ours has
 * each key that all of them have, says the same when it is written and read again, and no two lines
 * that stand in one are taken for one.
 */
#include "record/log_entry.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_log_entry: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

#define LINE_MAX_READ 65536
#define NEVER_CUT     32 /* bytes: shorter than the limit of any text */

/* How often " KEY=" stands in the line, at its beginning too. */
static unsigned occurrences(struct slice line, const char *key)
{
	struct slice name = slice_cstr(key);
	unsigned count = 0;

	for (size_t at = slice_find(line, name, 0); at < line.len;
		at = slice_find(line, name, at + 1))
		count += at == 0 || line.data[at - 1] == ' ';
	return count;
}

static void same_text(struct slice one, struct slice other)
{
	REQUIRE(one.len >= NEVER_CUT || slice_eq(one, other));
}

static void same(const struct log_entry *one, const struct log_entry *other)
{
	REQUIRE(one->time_ms == other->time_ms && one->size == other->size);
	REQUIRE(one->parts == other->parts && one->exit_code == other->exit_code);
	REQUIRE(one->errors == other->errors && one->delay_us == other->delay_us);
	REQUIRE(one->sealed == other->sealed && one->forwarded == other->forwarded);
	same_text(one->id, other->id);
	same_text(one->sender, other->sender);
	same_text(one->recipient, other->recipient);
	same_text(one->subject, other->subject);
	same_text(one->met, other->met);
	same_text(one->decided, other->decided);
	same_text(one->action, other->action);
	same_text(one->saved, other->saved);
	same_text(one->error, other->error);
	/* Names that are no words of ours may have become the same one. */
	REQUIRE(other->scan_count <= one->scan_count && one->scan_count <= LOG_SCANNERS);
	REQUIRE(other->stage_count == one->stage_count && one->stage_count <= LOG_STAGES);
	for (unsigned i = 0; i < one->stage_count; i++)
		REQUIRE(one->stages[i].us == other->stages[i].us);
}

static void read_line(struct slice line)
{
	static const char *const needed[] = {
		"v=", "t=", "id=", "from=", "to=", "size=", "parts=", "action=", "exit=", "delay="};
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf written = {0}, twice = {0};
	struct log_entry entry, again;
	int result = log_entry_parse(line, &arena, &entry);

	REQUIRE(result == 0 || result == 1);
	if (result)
		return;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		REQUIRE(occurrences(line, needed[i]) > 0);
	REQUIRE(log_entry_format(&entry, &written) == 0);
	REQUIRE(written.len <= 16384 && written.data[written.len - 1] == '\n');
	REQUIRE(memchr(written.data, '\n', written.len - 1) == NULL);
	REQUIRE(log_entry_parse(
			slice_first(buf_slice(&written), written.len - 1), &arena, &again) == 0);
	same(&entry, &again);
	/* Another one behind it. */
	buf_add(&twice, line);
	buf_add_byte(&twice, ' ');
	buf_add(&twice, buf_slice(&written));
	REQUIRE(log_entry_parse(slice_first(buf_slice(&twice), twice.len - 1), &arena, &again) ==
		1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_first(slice_make(data, size), LINE_MAX_READ), line;

	while (slice_next_line(&rest, &line))
		read_line(line);
	return 0;
}
