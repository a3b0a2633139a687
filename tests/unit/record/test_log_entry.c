/* A line of qmvc.log: how it looks, that no value can forge one, and that it can be read again. */
#include "unit.h"

#include "base/fd.h"
#include "hostile.h"
#include "record/escape.h"
#include "record/log_entry.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct slice S(const char *text)
{
	return slice_cstr(text);
}

static struct log_entry sample(void)
{
	return (struct log_entry){
		.time_ms = 1795356342123, /* 2026-11-22T14:05:42.123Z */
		.id = S("0dk3f9x2q7abcdef"),
		.sender = S("bob@example.org"),
		.recipient = S("alice@example.test"),
		.size = 48213,
		.parts = 3,
		.met = S("filename,virus"),
		.decided = S("filename"),
		.action = S("keep"),
		.exit_code = 99,
		.delay_us = 12345,
		.stages = {{S("read"), 100}, {S("parse"), 250}, {S("scan"), 11200}},
		.stage_count = 3,
		.scans = {{S("C"), S("infected"), 10900, 12, S("Eicar-Test"), 210, 90, 10600},
			{S("F"), S("error"), 9000, 0, SLICE_EMPTY, .breaker = S("opened")}},
		.scan_count = 2,
		.saved = S("/var/qmvc/save/0dk3f9x2q7abcdef"),
		.subject = S("Your \"invoice\""),
	};
}

#define SAMPLE_LINE                                                                                \
	"v=1 t=2026-11-22T14:05:42.123Z id=0dk3f9x2q7abcdef from=bob@example.org "                 \
	"to=alice@example.test subject=\"Your \\\"invoice\\\"\" size=48213 parts=3 "                \
	"met=filename,virus decided=filename action=keep exit=99 scan.C=infected:10.900 "          \
	"split.C=0.210:0.090:10.600 virus.C=Eicar-Test wait.C=0.012 scan.F=error:9.000 "           \
	"breaker.F=opened saved=/var/qmvc/save/0dk3f9x2q7abcdef time.read=0.100 time.parse=0.250 "                  \
	"time.scan=11.200 delay=12.345"

static void test_format(void **state)
{
	cleanup_buf struct buf out = {0};
	struct log_entry entry = sample();

	assert_int_equal(log_entry_format(&entry, &out), 0);
	assert_slice(buf_slice(&out), SAMPLE_LINE "\n");
}

static void test_format_least(void **state)
{
	cleanup_buf struct buf out = {0};
	struct log_entry entry = {.id = S("i"), .action = S("defer"), .exit_code = 111,
		.error = S("clamd: no answer"), .errors = 3};

	assert_int_equal(log_entry_format(&entry, &out), 0);
	assert_slice(buf_slice(&out),
		"v=1 t=1970-01-01T00:00:00.000Z id=i from=<> to=\"\" size=0 parts=0 action=defer "
		"exit=111 errors=3 error=\"clamd: no answer\" delay=0.000\n");
}

static void assert_slices(struct slice got, struct slice want)
{
	if (!slice_eq(got, want))
		fail_msg("got %zu bytes, want %zu", got.len, want.len);
}

static void assert_entries(const struct log_entry *got, const struct log_entry *want)
{
	assert_true(got->time_ms == want->time_ms);
	assert_slices(got->id, want->id);
	assert_slices(got->sender, want->sender);
	assert_slices(got->recipient, want->recipient);
	assert_slices(got->met, want->met);
	assert_slices(got->decided, want->decided);
	assert_slices(got->action, want->action);
	assert_slices(got->saved, want->saved);
	assert_slices(got->subject, want->subject);
	assert_slices(got->error, want->error);
	assert_true(got->size == want->size && got->delay_us == want->delay_us);
	assert_true(got->parts == want->parts && got->errors == want->errors);
	assert_int_equal(got->exit_code, want->exit_code);
	assert_int_equal(got->stage_count, want->stage_count);
	for (unsigned i = 0; i < want->stage_count; i++) {
		assert_slices(got->stages[i].name, want->stages[i].name);
		assert_true(got->stages[i].us == want->stages[i].us);
	}
	assert_int_equal(got->scan_count, want->scan_count);
	for (unsigned i = 0; i < want->scan_count; i++) {
		assert_slices(got->scans[i].initial, want->scans[i].initial);
		assert_slices(got->scans[i].verdict, want->scans[i].verdict);
		assert_slices(got->scans[i].virus, want->scans[i].virus);
		assert_slices(got->scans[i].breaker, want->scans[i].breaker);
		assert_true(got->scans[i].latency_us == want->scans[i].latency_us);
		assert_true(got->scans[i].wait_us == want->scans[i].wait_us);
		assert_true(got->scans[i].early_us == want->scans[i].early_us);
		assert_true(got->scans[i].reach_us == want->scans[i].reach_us);
		assert_true(got->scans[i].send_us == want->scans[i].send_us);
		assert_true(got->scans[i].scan_us == want->scans[i].scan_us);
	}
}

static void test_parse(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct log_entry entry, want = sample();
	struct slice line = S(SAMPLE_LINE);

	assert_int_equal(log_entry_parse(line, &arena, &entry), 0);
	assert_entries(&entry, &want);
	/* Not escaped: borrowed from the line. */
	assert_true(entry.sender.data > line.data && entry.sender.data < line.data + line.len);
}

static void test_other_orders(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct log_entry entry;

	assert_int_equal(log_entry_parse(
		S("delay=1.000 later=\"a \\\" exit=7\" exit=0 wait.X=2.000 action=pass  new.C=x "
		  "virus.X=\"A B\" parts=1 size=2 to=t from=\"<>\" id=i "
		  "t=2026-11-22T14:05:42.123Z scan.X=infected:3.000 time.read=4.000 v=1 "),
		&arena, &entry), 0);
	assert_int_equal(entry.exit_code, 0);
	assert_slice(entry.sender, "<>");
	assert_int_equal(entry.scan_count, 1);
	assert_slice(entry.scans[0].virus, "A B");
	assert_slice(entry.scans[0].verdict, "infected");
	assert_int_equal(entry.scans[0].wait_us, 2000);
	assert_int_equal(entry.stages[0].us, 4000);
	assert_int_equal(entry.delay_us, 1000);
}

/* Three durations or no line of ours. */
static void test_split(void **state)
{
	static const char line[] = "v=1 t=2026-11-22T14:05:42.123Z id=i from=f to=t size=1 parts=1 "
				   "action=pass exit=0 split.X=%s scan.X=clean:6.000 delay=7.000";
	static const char *const wrong[] = {"", "1.000", "1.000:2.000", "1.000:2.000:", "1:2:3",
		":2.000:3.000", "1.000::3.000", "1.000:2.000:3.000:4.000", "1.000:2.000:3.00"};
	cleanup_arena struct arena arena = {0};
	struct log_entry entry;

	assert_int_equal(log_entry_parse(S(arena_printf(&arena, line, "1.000:2.000:3.000")), &arena,
				 &entry), 0);
	assert_int_equal(entry.scans[0].reach_us, 1000);
	assert_int_equal(entry.scans[0].send_us, 2000);
	assert_int_equal(entry.scans[0].scan_us, 3000);
	assert_int_equal(entry.scans[0].latency_us, 6000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (log_entry_parse(S(arena_printf(&arena, line, wrong[i])), &arena, &entry) != 1)
			fail_msg("split.X=%s was read", wrong[i]);
}

/* More scanners and stages than we know of: a later version may have more. */
static void test_more_than_room(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf line = {0};
	struct log_entry entry;

	buf_add_cstr(&line, "v=1 t=2026-11-22T14:05:42.123Z id=i from=f to=t size=1 parts=1 "
			    "action=pass exit=0");
	for (int i = 0; i < 20; i++)
		buf_addf(&line, " scan.S%d=clean:1.000 time.t%d=1.000", i, i);
	buf_add_cstr(&line, " delay=1.000");
	assert_int_equal(log_entry_parse(buf_slice(&line), &arena, &entry), 0);
	assert_int_equal(entry.scan_count, LOG_SCANNERS);
	assert_int_equal(entry.stage_count, LOG_STAGES);
}

static void test_every_cut_is_seen(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct slice line = S(SAMPLE_LINE);
	struct log_entry entry = {.size = 7};

	for (size_t len = 0; len < line.len; len++)
		assert_int_equal(log_entry_parse(slice_first(line, len), &arena, &entry), 1);
	assert_int_equal(entry.size, 7); /* untouched */
}

/* What a crash cut off, with the next line behind it: nothing of the two may be mixed. */
static void test_every_joint_is_seen(void **state)
{
	static const char least[] = "v=1 t=2026-11-22T15:00:00.000Z id=x from=y to=z size=1 "
				    "parts=0 action=pass exit=0 delay=1.000";
	unsigned refused = 0;

	for (size_t len = 1; len < sizeof(SAMPLE_LINE); len++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf again = {0};
		struct log_entry entry;
		char text[sizeof(SAMPLE_LINE) + sizeof(least)];

		snprintf(text, sizeof(text), "%.*s%s", (int)len, SAMPLE_LINE, least);
		if (log_entry_parse(S(text), &arena, &entry)) {
			refused++;
			continue;
		}
		assert_int_equal(log_entry_format(&entry, &again), 0);
		assert_slice(slice_first(buf_slice(&again), sizeof(least) - 1), least);
	}
	assert_true(refused > sizeof(SAMPLE_LINE) / 2);
}

static void test_foreign(void **state)
{
	static const char *const lines[] = {"", "   ", "Nov 22 14:05:42 host qmail: ...",
		"v=2" SAMPLE_LINE, "v=\"1\"x", "=", "a=\"", "id=\"\\q\"", "{\"v\":1}"};
	cleanup_arena struct arena arena = {0};
	struct log_entry entry;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(log_entry_parse(S(lines[i]), &arena, &entry), 1);
	assert_int_equal(log_entry_parse(S("v=2 t=2026-11-22T14:05:42.123Z id=i from=f to=t size=1 "
		"parts=1 action=pass exit=0 delay=1.000"), &arena, &entry), 1);
}

static struct slice random_word(struct arena *arena, uint32_t *seed)
{
	return slice_cstr(arena_printf(arena, "w%u", hostile_random(seed) % 100000));
}

static struct log_entry random_entry(struct arena *arena, uint32_t *seed)
{
	struct log_entry entry = {
		.time_ms = (int64_t)hostile_random(seed) * 1000 + hostile_random(seed) % 1000,
		.id = hostile_text(arena, seed, 30),
		.sender = hostile_text(arena, seed, 60),
		.recipient = hostile_text(arena, seed, 60),
		.size = hostile_random(seed),
		.parts = hostile_random(seed),
		.met = hostile_text(arena, seed, 20),
		.decided = hostile_text(arena, seed, 20),
		.action = hostile_text(arena, seed, 20),
		.errors = hostile_random(seed) % 256,
		.exit_code = hostile_random(seed) % 256,
		.delay_us = (uint64_t)hostile_random(seed) * 1000,
		.saved = hostile_text(arena, seed, 40),
		.subject = hostile_text(arena, seed, 190),
		.error = hostile_text(arena, seed, 100),
		.stage_count = hostile_random(seed) % (LOG_STAGES + 1),
		.scan_count = hostile_random(seed) % (LOG_SCANNERS + 1),
	};

	for (unsigned i = 0; i < entry.stage_count; i++)
		entry.stages[i] = (struct log_stage){random_word(arena, seed), hostile_random(seed)};
	for (unsigned i = 0; i < entry.scan_count; i++)
		entry.scans[i] = (struct log_scan){
			slice_cstr(arena_printf(arena, "S%u", i)), random_word(arena, seed),
			hostile_random(seed), hostile_random(seed) % 3,
			hostile_text(arena, seed, 40), hostile_random(seed) % 3,
			hostile_random(seed) % 3, hostile_random(seed) % 3,
			hostile_random(seed) % 2 ? SLICE_EMPTY : random_word(arena, seed),
			hostile_random(seed) % 3};
	return entry;
}

static void test_round_trip(void **state)
{
	uint32_t seed = 4711;

	for (int i = 0; i < 10000; i++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0};
		struct log_entry want = random_entry(&arena, &seed), got;
		struct slice line;

		assert_int_equal(log_entry_format(&want, &out), 0);
		line = slice_first(buf_slice(&out), out.len - 1);
		assert_int_equal(out.data[out.len - 1], '\n');
		for (size_t at = 0; at < line.len;) {
			bool printable;

			at += escape_look(line, at, &printable);
			assert_true(printable); /* one line, and nothing for a terminal */
		}
		assert_int_equal(log_entry_parse(line, &arena, &got), 0);
		assert_entries(&got, &want);
	}
}

/* Names of our own that are not what they should be do not break the line either. */
static void test_words_stay_words(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf out = {0};
	struct log_entry entry = sample(), got;

	entry.scans[0].initial = S("C exit=0\n");
	entry.scans[0].verdict = S("clean=\"");
	entry.stages[0].name = S("");
	assert_int_equal(log_entry_format(&entry, &out), 0);
	assert_int_equal(log_entry_parse(slice_first(buf_slice(&out), out.len - 1), &arena, &got), 0);
	assert_int_equal(got.exit_code, 99);
	assert_slice(got.scans[0].initial, "C_exit_0_");
	assert_slice(got.scans[0].verdict, "clean__");
	assert_slice(got.stages[0].name, "_");
}

static void test_length_is_bounded(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf out = {0};
	unsigned char *bytes = arena_alloc(&arena, 100000);
	struct slice much;
	struct log_entry entry = {.stage_count = LOG_STAGES, .scan_count = LOG_SCANNERS}, got;

	memset(bytes, 0xff, 100000);
	much = slice_make(bytes, 100000);
	entry.id = entry.sender = entry.recipient = entry.met = entry.decided = much;
	entry.action = entry.saved = entry.subject = entry.error = much;
	entry.size = entry.delay_us = UINT64_MAX;
	for (unsigned i = 0; i < LOG_STAGES; i++)
		entry.stages[i] = (struct log_stage){much, UINT64_MAX};
	for (unsigned i = 0; i < LOG_SCANNERS; i++)
		entry.scans[i] = (struct log_scan){much, much, UINT64_MAX, UINT64_MAX, much,
			UINT64_MAX, UINT64_MAX, UINT64_MAX, much};
	assert_int_equal(log_entry_format(&entry, &out), 0);
	assert_in_range(out.len, 1, 16384);
	assert_int_equal(log_entry_parse(slice_first(buf_slice(&out), out.len - 1), &arena, &got), 0);
	assert_slices(slice_first(got.subject, 200), slice_first(much, 200));
	assert_slice(slice_from(got.subject, 200), "\xe2\x80\xa6");
}

/* The example of qmvc-log(5) is a line that we read, and write just so. */
static void test_the_page_is_true(void **state)
{
	static const char begin[] = ".Bd -literal -offset indent\nv=1 ";
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf page = {0}, line = {0}, again = {0};
	const char *root = getenv("QMVC_SOURCE");
	struct slice rest, next;
	struct log_entry entry;
	char path[4096];

	if (!root)
		skip();
	snprintf(path, sizeof(path), "%s/man/qmvc-log.5", root);
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 20, &page), 0);
	rest = buf_slice(&page);
	rest = slice_from(rest, slice_find(rest, slice_cstr(begin), 0));
	assert_true(slice_next_line(&rest, &next));
	while (slice_next_line(&rest, &next) && !slice_eq_cstr(next, ".Ed"))
		buf_addf(&line, "%s%.*s", line.len > 0 ? " " : "", SLICE_ARGS(next));
	/* roff writes \e for a backslash and \(dq for a quote. */
	for (char *p = strstr(buf_cstr(&line), "\\e\\(dq"); p; p = strstr(p, "\\e\\(dq")) {
		memmove(p + 2, p + 6, strlen(p + 6) + 1);
		p[1] = '"';
		line.len -= 4;
	}
	assert_int_equal(log_entry_parse(buf_slice(&line), &arena, &entry), 0);
	assert_int_equal(log_entry_format(&entry, &again), 0);
	assert_slice(slice_first(buf_slice(&again), again.len - 1), buf_cstr(&line));
}

/* Not a test of the machine: told, for the goal of 300 MB/s. Long only when asked for. */
static void test_speed(void **state)
{
	cleanup_buf struct buf log = {0};
	cleanup_arena struct arena arena = {0};
	struct log_entry entry = sample();
	unsigned lines = 0, rounds = getenv("QMVC_TEST_SPEED") ? 50 : 1;
	double seconds;
	clock_t start;

	for (int i = 0; i < 20000; i++)
		log_entry_format(&entry, &log);
	start = clock(); /* of this process: the machine may have other things to do */
	for (unsigned round = 0; round < rounds; round++) {
		struct slice rest = buf_slice(&log), line;

		while (slice_next_line(&rest, &line)) {
			assert_int_equal(log_entry_parse(line, &arena, &entry), 0);
			lines++;
		}
		arena_release(&arena);
	}
	seconds = (double)(clock() - start + 1) / CLOCKS_PER_SEC;
	assert_int_equal(lines, 20000 * rounds);
	print_message("read %.0f MB/s\n", (double)log.len * rounds / 1e6 / seconds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_least),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_other_orders),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_more_than_room),
		cmocka_unit_test(test_every_cut_is_seen),
		cmocka_unit_test(test_every_joint_is_seen),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_words_stay_words),
		cmocka_unit_test(test_length_is_bounded),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_the_page_is_true),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
