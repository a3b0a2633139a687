/*
 * SSSP, the protocol of Sophos' daemon SAVDI (SAVDI user manual, "SSSP"; seen in its clients):
 *
 *	< OK SSSP/1.0		> SSSP/1.0	< ACC 1/1
 *	> QUERY SERVER		< ACC 1/2, method: SCANDATA, maxscandata: N, ..., blank line
 *	> SCANDATA n, n bytes	< ACC 1/3, VIRUS NAME FILE, FAIL CODE FILE, ..., DONE ..., blank line
 *
 * The content is sent (SCANDATA), so that the daemon needs no right to any file. Clean is "DONE OK
 * 0000" with no VIRUS, no FAIL and no other code before it: "DONE OK" alone says only that the scan
 * went through, and "DONE OK 0203" that there is a virus.
 *
 * What was rejected may be followed by answers to what the daemon took for commands: our content.
 * None of that is believed, the connection is given up.
 */
#include "scan/daemon.h"

#include <inttypes.h>
#include <stdio.h>

/* A line is a name and a file within an archive. */
#define LINE_MAX_LEN 8192

enum phase {
	SSSP_GREETING, /* first: states begin as zero */
	SSSP_VERSION,
	SSSP_QUERY,
	SSSP_FACTS,
	SSSP_IDLE,
	SSSP_ASKED,
	SSSP_ACCEPTED,
	SSSP_DONE, /* the blank line is still to come */
};

struct sssp {
	enum phase phase;
	bool tells_methods, takes_data; /* "method:" lines came; SCANDATA was among them */
	uint64_t max_data;		/* 0: no bound known */
	bool virus, other;		/* a VIRUS line; anything else that is not clean */
	bool clean;			/* DONE OK 0000 */
};

/* Takes the first word of *text, and the blank behind it. */
static struct slice word(struct slice *text)
{
	size_t end = slice_find_byte(*text, ' ', 0);
	struct slice first = slice_first(*text, end);

	*text = slice_from(*text, end + 1);
	return first;
}

/* ---- Greetings ---- */

/* A fact that QUERY SERVER tells. */
static void take_fact(struct daemon *daemon, struct slice line)
{
	struct sssp *sssp = daemon->state;
	struct slice key = word(&line);

	if (slice_eq_cstr(key, "method:")) {
		sssp->tells_methods = true;
		sssp->takes_data |= slice_eq_cstr(slice_trim(line), "SCANDATA");
	} else if (slice_eq_cstr(key, "maxscandata:")) {
		sssp->max_data = 0;
		for (size_t i = 0; i < line.len && i < 18 && ascii_digit(line.data[i]); i++)
			sssp->max_data = sssp->max_data * 10 + (line.data[i] - '0');
	} else if (slice_eq_cstr(key, "version:")) {
		daemon_fact(daemon, FACT_ENGINE, line);
	}
}

static enum daemon_step take_greeting(struct daemon *daemon, struct slice line)
{
	struct sssp *sssp = daemon->state;

	switch (sssp->phase) {
	case SSSP_GREETING:
		if (!slice_eq_cstr(line, "OK SSSP/1.0"))
			return DAEMON_NONSENSE;
		daemon_send(daemon, slice_cstr("SSSP/1.0\nQUERY SERVER\n"));
		sssp->phase = SSSP_VERSION;
		return DAEMON_MORE;
	case SSSP_VERSION:
		if (slice_starts(line, "REJ "))
			return daemon_words(
				daemon, "%.*s to SSSP/1.0", SLICE_ARGS(slice_first(line, 40)));
		if (!slice_starts(line, "ACC "))
			return DAEMON_NONSENSE;
		sssp->phase = SSSP_QUERY;
		return DAEMON_MORE;
	case SSSP_QUERY: /* it may not be permitted: then we find out as we go */
		if (slice_starts(line, "REJ ")) {
			sssp->phase = SSSP_IDLE;
			return DAEMON_GREETED;
		}
		if (!slice_starts(line, "ACC "))
			return DAEMON_NONSENSE;
		sssp->phase = SSSP_FACTS;
		return DAEMON_MORE;
	default:
		if (line.len > 0) {
			take_fact(daemon, line);
			return DAEMON_MORE;
		}
		if (sssp->tells_methods && !sssp->takes_data)
			return daemon_words(
				daemon, "it does not take SCANDATA (allowscandata in savdid.conf)");
		sssp->phase = SSSP_IDLE;
		return DAEMON_GREETED;
	}
}

/* ---- Questions and answers ---- */

static enum daemon_step ask(struct daemon *daemon)
{
	struct sssp *sssp = daemon->state;
	struct slice bytes = daemon->question.bytes;
	char command[40];

	if (sssp->max_data > 0 && bytes.len > sssp->max_data)
		return DAEMON_TOO_LARGE;
	sssp->virus = sssp->other = sssp->clean = false;
	snprintf(command, sizeof(command), "SCANDATA %zu\n", bytes.len);
	daemon_send(daemon, slice_cstr(command));
	daemon_send_borrowed(daemon, bytes);
	sssp->phase = SSSP_ASKED;
	return DAEMON_MORE;
}

static enum daemon_step take_rejection(struct daemon *daemon, struct slice code)
{
	daemon->last = true;
	if (slice_eq_cstr(code, "4"))
		return DAEMON_TOO_LARGE;
	return daemon_words(daemon, "SCANDATA was rejected: REJ %.*s%s",
		SLICE_ARGS(slice_first(code, 20)),
		slice_eq_cstr(code, "5") ? " (not permitted in savdid.conf)" : "");
}

/* The outcome for a file in the object, or for all of it: "OK 0203 FILE", "DONE FAIL 0212 TEXT". */
static bool take_outcome(
	struct daemon *daemon, struct slice ok, struct slice code, struct slice rest)
{
	struct sssp *sssp = daemon->state;
	char text[160];

	if (!slice_eq_cstr(ok, "OK") && !slice_eq_cstr(ok, "FAIL"))
		return false;
	if (slice_eq_cstr(ok, "OK") && slice_eq_cstr(code, "0000"))
		return true;
	if (slice_eq_cstr(code, "0203")) {
		if (!sssp->virus)
			daemon_found(daemon, VERDICT_INFECTED, SLICE_EMPTY);
		sssp->virus = true;
		return true;
	}
	sssp->other = true;
	if (slice_eq_cstr(code, "0212")) {
		daemon_found(daemon, VERDICT_ENCRYPTED, SLICE_EMPTY);
		return true;
	}
	snprintf(text, sizeof(text), "%.*s %.*s %.*s", SLICE_ARGS(ok),
		SLICE_ARGS(slice_first(code, 20)), SLICE_ARGS(slice_first(rest, 100)));
	daemon_failed(daemon, slice_cstr(text));
	return true;
}

/* A line between ACC and DONE, or DONE. False: no line of the protocol. */
static bool take_report(struct daemon *daemon, struct slice line)
{
	struct sssp *sssp = daemon->state;
	struct slice first = word(&line), second, third;

	if (slice_eq_cstr(first, "VIRUS")) {
		daemon_found(daemon, VERDICT_INFECTED, word(&line));
		sssp->virus = true;
		return true;
	}
	if (slice_eq_cstr(first, "OK") || slice_eq_cstr(first, "FAIL")) {
		second = word(&line);
		return take_outcome(daemon, first, second, line);
	}
	if (slice_eq_cstr(first, "DONE")) {
		second = word(&line);
		third = word(&line);
		sssp->phase = SSSP_DONE;
		sssp->clean = slice_eq_cstr(second, "OK") && slice_eq_cstr(third, "0000");
		return take_outcome(daemon, second, third, line);
	}
	/* What it is doing just now. */
	return slice_eq_cstr(first, "EVENT") || slice_eq_cstr(first, "TYPE") ||
	       slice_eq_cstr(first, "FILE");
}

static enum daemon_step take_answer(struct daemon *daemon, struct slice line)
{
	struct sssp *sssp = daemon->state;

	switch (sssp->phase) {
	case SSSP_ASKED:
		if (slice_starts(line, "REJ "))
			return take_rejection(daemon, slice_trim(slice_from(line, 4)));
		if (!slice_starts(line, "ACC "))
			return DAEMON_NONSENSE;
		sssp->phase = SSSP_ACCEPTED;
		return DAEMON_MORE;
	case SSSP_ACCEPTED:
		return take_report(daemon, line) ? DAEMON_MORE : DAEMON_NONSENSE;
	default: /* SSSP_DONE */
		if (line.len > 0)
			return DAEMON_NONSENSE;
		sssp->phase = SSSP_IDLE;
		return sssp->clean && !sssp->virus && !sssp->other ? DAEMON_CLEAN : DAEMON_ANSWERED;
	}
}

static enum daemon_step take(struct daemon *daemon, struct slice in, bool eof, size_t *used)
{
	const struct sssp *sssp = daemon->state;
	enum daemon_step step;

	(void)eof;
	step = daemon_lines(
		daemon, in, used, sssp->phase < SSSP_IDLE ? take_greeting : take_answer);
	if (daemon->last)
		*used = in.len;
	return step;
}

/* The daemon speaks first. */
static enum daemon_step begin(struct daemon *daemon)
{
	(void)daemon;
	return DAEMON_MORE;
}

const struct daemon_protocol sssp_protocol = {
	.state_size = sizeof(struct sssp),
	.answer_max = LINE_MAX_LEN,
	.begin = begin,
	.ask = ask,
	.take = take,
};
