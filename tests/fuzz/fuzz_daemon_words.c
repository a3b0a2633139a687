/*
 * Fuzz target: the input is what a scanning daemon answers to one question, in each protocol, whole
 * and byte by byte. Checked: an object is clean only by the exact clean answer, read here in another
 * way, and what comes behind a whole answer is never believed.
 */
#include "loop/loop.h"
#include "scan/daemon_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_daemon_words: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

/* More is no other answer; and byte by byte each byte is looked at again and again. */
#define INPUT_MAX 4096
#define PATH	  "/tmp/files/0001"

static struct loop *loop;

struct outcome {
	bool ready, answered, broken, closed;
	enum daemon_step step;
	unsigned found, failed;
};

static struct outcome *outcome_of(struct daemon *daemon)
{
	return daemon->base.context;
}

static void ready(struct daemon *daemon)
{
	outcome_of(daemon)->ready = true;
	daemon->base.ready = true;
}

static void found(struct daemon *daemon, enum verdict verdict, struct slice name)
{
	REQUIRE(verdict == VERDICT_INFECTED || verdict == VERDICT_SUSPICIOUS ||
		verdict == VERDICT_ENCRYPTED || verdict == VERDICT_LIMIT);
	REQUIRE(name.len <= INPUT_MAX);
	outcome_of(daemon)->found++;
}

static void failed(struct daemon *daemon, struct slice text)
{
	REQUIRE(text.len <= INPUT_MAX);
	outcome_of(daemon)->failed++;
}

static void answered(struct daemon *daemon, enum daemon_step step)
{
	struct outcome *outcome = outcome_of(daemon);

	REQUIRE(!outcome->answered && !outcome->broken);
	REQUIRE(step == DAEMON_CLEAN || step == DAEMON_ANSWERED || step == DAEMON_TOO_LARGE ||
		step == DAEMON_REFUSES);
	outcome->answered = true;
	outcome->step = step;
}

static void broken(struct session *session, int error, struct slice words)
{
	struct outcome *outcome = session->context;

	(void)words;
	REQUIRE(error <= 0 && !outcome->broken);
	outcome->broken = true;
}

static void closed(struct session *session)
{
	((struct outcome *)session->context)->closed = true;
}

static const struct daemon_events events = {
	.ready = ready,
	.found = found,
	.failed = failed,
	.answered = answered,
	.broken = broken,
	.closed = closed,
};

static void feed(struct daemon *daemon, struct slice bytes, size_t step)
{
	while (bytes.len > 0 && !daemon->base.ending) {
		daemon->base.events->data(&daemon->base, slice_first(bytes, step));
		bytes = slice_from(bytes, step);
	}
}

/* Greets as the daemon does, asks, gives `input` as the answer in pieces of `step`, and closes. */
static struct outcome converse(const struct daemon_protocol *protocol, const char *greetings,
	struct slice input, size_t step)
{
	static max_align_t state[64];
	const struct scanner_address address = {.path = "/x"};
	struct scanner_address addresses[] = {address};
	struct scanner_config config = {
		.timeout_ms = 60000, .addresses = addresses, .address_count = 1};
	struct scan_request request = {.loop = loop};
	struct daemon_question question = {.bytes = slice_cstr("content"), .path = PATH};
	struct outcome outcome = {0};
	enum daemon_step asked;
	struct daemon daemon;
	int pair[2];

	REQUIRE(protocol->state_size <= sizeof(state));
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	daemon_setup(&daemon, protocol, &events, &request, &config, state);
	daemon_init(&daemon, &outcome);
	REQUIRE(conn_adopt(loop, pair[0], session_conn, &daemon.base, &daemon.base.conn) == 0);
	session_connected(&daemon.base);
	feed(&daemon, slice_cstr(greetings), SIZE_MAX);
	REQUIRE(outcome.ready);
	REQUIRE(daemon_ask(&daemon, &question, &asked) == 0 && asked == DAEMON_MORE);
	feed(&daemon, input, step);
	if (!daemon.base.ending && !outcome.answered)
		daemon.base.events->eof(&daemon.base);
	REQUIRE(outcome.answered || outcome.broken);
	session_end(&daemon.base);
	loop_run(loop);
	REQUIRE(outcome.closed);
	close(pair[1]);
	return outcome;
}

/* ---- The exact clean answer, line by line, with everything that must not be there ---- */

static bool sssp_clean(struct slice input)
{
	struct slice line;
	bool accepted = false, done = false;

	while (slice_next_line(&input, &line)) {
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		if (done)
			return accepted && line.len == 0;
		if (slice_starts(line, "VIRUS") || slice_starts(line, "FAIL") ||
			slice_starts(line, "REJ"))
			return false;
		accepted |= slice_starts(line, "ACC ");
		done = slice_eq_cstr(line, "DONE OK 0000") || slice_starts(line, "DONE OK 0000 ");
	}
	return false;
}

static bool fsavd_clean(struct slice input)
{
	struct slice line;
	bool clean = false;

	while (slice_next_line(&input, &line)) {
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		if (slice_eq_cstr(line, "OK") || slice_starts(line, "OK\t"))
			return clean;
		if (slice_eq_cstr(line, "CLEAN\t" PATH) || slice_starts(line, "CLEAN\t" PATH "\t"))
			clean = true;
		else if (!slice_starts(line, "OPEN_ARCHIVE") &&
			 !slice_starts(line, "CLOSE_ARCHIVE"))
			return false;
	}
	return false;
}

static bool trophie_clean(struct slice input)
{
	struct slice line = SLICE_EMPTY;

	slice_next_line(&input, &line);
	return slice_starts(line, "0:") || slice_eq_cstr(line, "0") || slice_eq_cstr(line, "0\r");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const struct daemon_protocol *protocol;
		const char *greetings;
		bool (*is_clean)(struct slice input);
	} all[] = {
		{&sssp_protocol, "OK SSSP/1.0\r\nACC 1/1\r\nREJ 5\r\n", sssp_clean},
		{&fsavd_protocol, "DBVERSION\tx\nOK\nOK\nOK\nOK\nOK\nOK\nOK\n", fsavd_clean},
		{&trophie_protocol, "", trophie_clean},
	};
	struct slice input = slice_first(slice_make(data, size), INPUT_MAX);

	if (!loop)
		REQUIRE(loop_new(&loop) == 0);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct outcome whole = converse(all[i].protocol, all[i].greetings, input, SIZE_MAX);
		struct outcome pieces = converse(all[i].protocol, all[i].greetings, input, 1);
		bool clean = all[i].is_clean(input);

		/* In pieces the answer is whole before what is behind it comes: that differs. */
		REQUIRE(!(whole.answered && whole.step == DAEMON_CLEAN) ||
			(clean && whole.found == 0 && whole.failed == 0));
		REQUIRE(!(pieces.answered && pieces.step == DAEMON_CLEAN) || clean);
		if (whole.answered)
			REQUIRE(pieces.answered && pieces.step == whole.step &&
				pieces.found == whole.found && pieces.failed == whole.failed);
	}
	return 0;
}
