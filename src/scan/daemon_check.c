/*
 * `qmvc -t` for scanning daemons; see daemon_engine.h. Each address is asked two questions, each over
 * a connection of its own: harmless content, and the test file of EICAR, because there are daemons
 * that answer clean as long as they have no engine or no signatures.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "scan/addresses.h"
#include "scan/daemon_engine.h"
#include "scan/probe.h"
#include "scan/work_files.h"

struct check {
	struct daemon daemon; /* first */
	scan_report *report;
	void *context;
	struct deadline *deadline;
	struct daemon_question question;
	bool second; /* question */
	bool told;   /* something about itself */
	bool answered;
	enum daemon_step step;
	bool found; /* a virus */
	char failure[160];
	int errors;
};

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
{
	char text[300];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	for (char *c = text; *c; c++)
		if (*c < 0x20 || *c >= 0x7f)
			*c = '?';
	check->report(check->context, fact, text);
	check->errors += fact == FACT_ERROR;
}

static void end(struct check *check)
{
	deadline_cancel(take_ptr(&check->deadline));
	session_end(&check->daemon.base);
}

static void too_late(struct deadline *deadline, void *context)
{
	struct check *check = context;

	(void)deadline;
	check->deadline = NULL;
	say(check, FACT_ERROR, "no answer within %u ms", check->daemon.config->timeout_ms);
	session_end(&check->daemon.base);
}

static void answered(struct daemon *daemon, enum daemon_step step)
{
	struct check *check = daemon->base.context;

	check->answered = true;
	check->step = step;
	end(check);
}

static void ready(struct daemon *daemon)
{
	struct check *check = daemon->base.context;
	enum daemon_step step = DAEMON_MORE;
	int r;

	daemon->base.ready = true;
	r = daemon_ask(daemon, &check->question, &step);
	if (r < 0)
		session_break(&daemon->base, r, SLICE_EMPTY);
	else if (step != DAEMON_MORE)
		answered(daemon, step);
}

static void found(struct daemon *daemon, enum verdict verdict, struct slice name)
{
	struct check *check = daemon->base.context;

	(void)name;
	check->found |= verdict == VERDICT_INFECTED || verdict == VERDICT_SUSPICIOUS;
}

static void failed(struct daemon *daemon, struct slice text)
{
	struct check *check = daemon->base.context;

	snprintf(check->failure, sizeof(check->failure), "%.*s",
		SLICE_ARGS(slice_first(text, sizeof(check->failure) - 1)));
}

/* Both questions have their greetings; once is enough. */
static void fact(struct daemon *daemon, enum scan_fact kind, struct slice text)
{
	struct check *check = daemon->base.context;

	if (check->second)
		return;
	check->told = true;
	say(check, kind, "%.*s", SLICE_ARGS(slice_first(slice_trim(text), 200)));
}

static void broken(struct session *session, int error, struct slice words)
{
	struct check *check = session->context;

	deadline_cancel(take_ptr(&check->deadline));
	say(check, FACT_ERROR, "%s%s%.*s%s", session->ready ? "connection lost" : "cannot connect",
		words.len > 0 || error < 0 ? ": " : "", SLICE_ARGS(slice_first(words, 100)),
		words.len == 0 && error < 0 ? strerror(-error) : "");
}

static void closed(struct session *session)
{
	(void)session;
}

static const struct daemon_events events = {
	.ready = ready,
	.found = found,
	.failed = failed,
	.answered = answered,
	.fact = fact,
	.broken = broken,
	.closed = closed,
};

/* Connects, asks, and runs the loop until the answer is there or has failed. 0 or an errno. */
static int ask(struct check *check, const struct scanner_address *address)
{
	const struct scan_request *request = check->daemon.request;
	const struct scanner_config *config = check->daemon.config;
	struct session *session = daemon_init(&check->daemon, check);
	int run, r = conn_open(request->loop, address->path, address->host, address->port,
			 address_connect_ms(config), session_conn, session, &session->conn);

	if (r < 0) {
		say(check, FACT_ERROR, "%s", strerror(-r));
		return 0;
	}
	r = deadline_start(request->loop, config->timeout_ms, too_late, check, &check->deadline);
	if (r < 0)
		session_end(session);
	run = loop_run(request->loop);
	return r < 0 ? r : run;
}

/* Asks one question; the answer is in *check. Returns 0 or a negative errno. */
static int question(struct check *check, const struct scanner_address *address, struct slice bytes)
{
	int r = 0;

	check->question = (struct daemon_question){.bytes = bytes};
	check->answered = check->found = false;
	check->failure[0] = check->daemon.words[0] = 0;
	if (check->daemon.protocol->by_path)
		r = work_files_probe(check->daemon.request, bytes, &check->question.path);
	if (r < 0) {
		say(check, FACT_ERROR, "cannot write a file for it: %s", strerror(-r));
		return 0;
	}
	r = ask(check, address);
	if (check->question.path)
		unlink(check->question.path);
	return r;
}

/* What is said about harmless content. */
static void judge_harmless(struct check *check)
{
	if (!check->answered)
		return;
	if (check->step == DAEMON_CLEAN) {
		if (!check->told)
			say(check, FACT_NOTE, "answers");
	} else if (check->step == DAEMON_REFUSES)
		say(check, FACT_ERROR, "%s", check->daemon.words);
	else
		say(check, FACT_ERROR, "does not call harmless content clean%s%s",
			check->failure[0] ? ": " : "", check->failure);
}

static void judge_eicar(struct check *check)
{
	if (!check->answered || check->found)
		return;
	say(check, FACT_WARNING, "%s the test file of EICAR: does it have its signatures?",
		check->step == DAEMON_CLEAN ? "answers clean for" : "does not find");
}

/* Of one address. Returns the errors or a negative errno. */
static int check_address(struct check *check, const struct scanner_address *address)
{
	char eicar[PROBE_EICAR_SIZE];
	int r = question(check, address, slice_cstr("qmvc asks whether you answer\n"));

	judge_harmless(check);
	if (r == 0 && check->errors == 0) {
		check->second = true;
		probe_eicar(eicar);
		r = question(check, address, slice_cstr(eicar));
		judge_eicar(check);
	}
	return r < 0 ? r : check->errors;
}

int daemon_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context)
{
	const struct daemon_protocol *protocol = daemon_protocol_of(config->kind);
	int errors = 0;

	for (unsigned i = 0; i < config->address_count; i++) {
		struct error where = {0};
		struct check check = {.report = report, .context = context};
		cleanup_free void *state = calloc(1, protocol->state_size + 1);
		int r;

		if (!state)
			return -ENOMEM;
		address_words(&config->addresses[i], &where);
		report(context, FACT_ADDRESS, where.text);
		daemon_setup(&check.daemon, protocol, &events, request, config, state);
		r = check_address(&check, &config->addresses[i]);
		if (r < 0)
			return r;
		errors += r;
	}
	return errors;
}
