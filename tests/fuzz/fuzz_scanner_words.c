/*
 * Fuzz target: the input is what a scanner says, once as a reply of clamd and once as the output of a
 * plug-in. Checked: nothing but the exact clean answer is clean, and what is kept can be shown.
 */
#include "scan/clamd_reply.h"
#include "scan/plugin.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_scanner_words: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

/* Is it "N: stream: OK" or "N: fd[N]: OK"? Written backwards, to be another way than the reader's. */
static bool is_exactly_ok(struct slice record)
{
	static const char *const ends[] = {": stream: OK", "]: OK"};
	size_t at = record.len;

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(ends[i]);

		if (record.len < len || memcmp(record.data + record.len - len, ends[i], len) != 0)
			continue;
		at = record.len - len;
		if (i == 0)
			break;
		size_t digits = at;
		while (at > 0 && ascii_digit(record.data[at - 1]))
			at--;
		if (at == digits || at < 5 || memcmp(record.data + at - 5, ": fd[", 5) != 0)
			return false;
		at -= 5;
		break;
	}
	if (at == record.len || at == 0)
		return false;
	while (at > 0 && ascii_digit(record.data[at - 1]))
		at--;
	return at == 0;
}

static void check_reply(struct slice record)
{
	struct clamd_reply reply = clamd_reply_read(record);

	REQUIRE(reply.kind != CLAMD_OK || is_exactly_ok(record));
	REQUIRE((reply.kind == CLAMD_NONSENSE) == (reply.number == 0));
	REQUIRE(reply.text.len <= record.len);
	REQUIRE(reply.kind != CLAMD_FOUND || reply.text.len > 0);
	if (reply.kind == CLAMD_FOUND)
		clamav_name_means(reply.text);
}

static void check_shown(const char *text)
{
	REQUIRE(strlen(text) <= 400);
	for (; *text; text++)
		REQUIRE(*text >= 0x20 && *text < 0x7f);
}

static void check_plugin(struct slice out, int exit_code)
{
	struct object list[2] = {{.index = 0}, {.index = 1}};
	struct content content = content_borrow(slice_cstr("x"));
	struct objects objects = {.list = list, .count = 2};
	struct arena arena = {0};
	struct scan_request request = {.objects = &objects, .arena = &arena};
	struct job_result ended = {
		.end = JOB_EXITED, .exit_code = exit_code, .out = out, .err = out};
	struct answers answers;

	list[0].content = list[1].content = &content;
	answers_init(&answers, &request);
	plugin_read(&ended, "/tmp/files", &answers);

	const struct scan_result *result = answers_finish(&answers);

	REQUIRE(result->verdict != VERDICT_CLEAN || (out.len == 0 && exit_code == 0));
	REQUIRE(result->verdict != VERDICT_SKIPPED && result->verdict != VERDICT_CANCELLED);
	REQUIRE(result->virus_count <= SCAN_RESULT_VIRUSES);
	check_shown(result->text);
	for (unsigned i = 0; i < result->virus_count; i++) {
		REQUIRE(result->virus_objects[i] >= -1 && result->virus_objects[i] < 2);
		REQUIRE(*result->viruses[i]);
		check_shown(result->viruses[i]);
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make(data, size);

	check_reply(all);
	check_plugin(all, 0);
	check_plugin(all, 1);
	check_plugin(all, 9);
	return 0;
}
