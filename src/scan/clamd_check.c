/*
 * Checking clamd; see clamd_check.h. All questions go out at once over one session; what has not been
 * answered when the session ends, or the time is over, is an error.
 */
#include "scan/clamd_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "loop/deadline.h"
#include "scan/addresses.h"
#include "scan/clamd_session.h"
#include "scan/facts.h"
#include "scan/plugin.h"
#include "scan/probe.h"
#include "scan/resident.h"

enum question {
	ASK_PING,
	ASK_VERSION,
	ASK_ENCRYPTED,
	ASK_OVERSIZED,
	ASK_COUNT,
};

struct check {
	struct clamd_session session; /* first */
	const struct scan_request *request;
	const struct scanner_config *config;
	scan_report *report;
	void *context;
	const char *where; /* the address; told before the first fact about it */
	bool told_where;
	struct buf zip;
	struct deadline *deadline;
	struct job *job;
	unsigned open; /* questions not answered */
	bool asked[ASK_COUNT], answered[ASK_COUNT];
	int errors;
};

/* Passes a fact on. */
static void tell(void *context, enum scan_fact fact, const char *text)
{
	struct check *check = context;

	if (!check->told_where)
		check->report(check->context, FACT_ADDRESS, check->where);
	check->told_where = true;
	check->report(check->context, fact, text);
	check->errors += fact == FACT_ERROR;
}

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
{
	char text[400];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tell(check, fact, text);
}

static void end(struct check *check)
{
	deadline_cancel(take_ptr(&check->deadline));
	session_end(&check->session.base);
}

static void too_late(struct deadline *deadline, void *context)
{
	struct check *check = context;

	(void)deadline;
	check->deadline = NULL;
	say(check, FACT_ERROR, "no answer within %u ms", check->config->timeout_ms);
	session_end(&check->session.base);
	if (check->job)
		job_cancel(check->job);
}

static int ask(struct check *check, enum question question, int fd, const char *word)
{
	check->asked[question] = true;
	check->open++;
	if (word)
		return clamd_session_ask_word(&check->session, (int)question, word);
	return fd < 0 ? fd : clamd_session_ask_fd(&check->session, (int)question, fd);
}

static void session_ready(struct session *session)
{
	struct check *check = session->context;
	bool fds = conn_takes_fds(session->conn);
	int r;

	session->ready = true;
	r = ask(check, ASK_PING, -1, "PING");
	if (r == 0)
		r = ask(check, ASK_VERSION, -1, "VERSION");
	if (r == 0 && fds)
		r = ask(check, ASK_ENCRYPTED, fd_in_memory(buf_slice(&check->zip)), NULL);
	if (r == 0 && fds)
		r = ask(check, ASK_OVERSIZED, probe_oversized_fd(), NULL);
	if (r == 0 && !fds) {
		check->asked[ASK_ENCRYPTED] = true;
		check->open++;
		r = clamd_session_ask_stream(
			&check->session, ASK_ENCRYPTED, buf_slice(&check->zip));
	}
	if (r < 0) {
		say(check, FACT_ERROR, "cannot ask: %s", strerror(-r));
		end(check);
	}
}

/* The answer about a probe: which verdict it ought to be, and which setting makes it that. */
static void judge_probe(struct check *check, const struct clamd_reply *reply, enum verdict right,
	const char *what, const char *setting)
{
	if (reply->kind == CLAMD_FOUND && clamav_name_means(reply->text) == right)
		return;
	if (reply->kind == CLAMD_OK)
		say(check, FACT_WARNING, "answers OK for %s: set %s in clamd.conf", what, setting);
	else
		say(check, FACT_WARNING, "answers %.*s for %s",
			SLICE_ARGS(slice_first(reply->text, 100)), what);
}

static void session_reply(struct clamd_session *session, int item, const struct clamd_reply *reply)
{
	struct check *check = session->base.context;

	check->answered[item] = true;
	check->open--;
	if (reply->kind == CLAMD_NO_FD) {
		say(check, FACT_WARNING,
			"takes no descriptors (AppArmor?); mail goes to it as a stream");
		check->asked[ASK_OVERSIZED] = check->asked[ASK_ENCRYPTED] = false;
		end(check);
		return;
	}
	switch ((enum question)item) {
	case ASK_VERSION:
		facts_read_clamav(slice_first(reply->text, 200), tell, check);
		break;
	case ASK_ENCRYPTED:
		judge_probe(check, reply, VERDICT_ENCRYPTED, "an encrypted archive",
			"AlertEncrypted yes");
		break;
	case ASK_OVERSIZED:
		judge_probe(check, reply, VERDICT_LIMIT, "an object it did not scan for its size",
			"AlertExceedsMax yes");
		break;
	case ASK_PING:
	case ASK_COUNT:
		break;
	}
	if (check->open == 0)
		end(check);
}

static void session_broken(struct session *session, int error, struct slice words)
{
	struct check *check = session->context;

	if (check->job)
		return; /* its exit says more */
	deadline_cancel(take_ptr(&check->deadline));
	say(check, FACT_ERROR, "%s%s%.*s", session->ready ? "connection lost" : "cannot connect",
		words.len > 0 || error < 0 ? ": " : "",
		words.len > 0 ? (int)slice_first(words, 100).len : (int)strlen(strerror(-error)),
		words.len > 0 ? (const char *)words.data
		: error < 0   ? strerror(-error)
			      : "");
}

static void session_closed(struct session *session)
{
	struct check *check = session->context;

	if (check->job && check->open == 0)
		job_cancel(check->job);
}

static const struct clamd_session_events events = {
	.base =
		{
			.connected = session_ready,
			.data = clamd_session_data,
			.broken = session_broken,
			.closed = session_closed,
		},
	.reply = session_reply,
};

/* Runs the loop until the session, already opened, has ended. Returns the errors or an errno. */
static int run(struct check *check)
{
	int r = deadline_start(
		check->request->loop, check->config->timeout_ms, too_late, check, &check->deadline);

	if (r < 0)
		session_end(&check->session.base);

	int run = loop_run(check->request->loop);

	for (unsigned i = 0; i < ASK_COUNT && check->errors == 0; i++)
		if (check->asked[i] && !check->answered[i])
			say(check, FACT_ERROR, "did not answer");
	buf_release(&check->zip);
	return r < 0 ? r : run < 0 ? run : check->errors;
}

int clamd_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context)
{
	int errors = 0;

	for (unsigned i = 0; i < config->address_count; i++) {
		const struct scanner_address *address = &config->addresses[i];
		struct error where = {0};
		struct check check = {
			.request = request, .config = config, .report = report, .context = context};
		int r;

		address_words(address, &where);
		check.where = where.text;
		clamd_session_init(&check.session, &events, &check);
		r = probe_encrypted_zip(&check.zip);
		if (r == 0)
			r = conn_open(request->loop, address->path, address->host, address->port,
				address_connect_ms(config), session_conn, &check.session.base,
				&check.session.base.conn);
		if (r < 0) {
			say(&check, FACT_ERROR, "%s", strerror(-r));
			buf_release(&check.zip);
			errors++;
			continue;
		}
		r = run(&check);
		if (r < 0)
			return r;
		errors += r;
	}
	return errors;
}

static void helper_done(struct job *job, const struct job_result *result, void *context)
{
	struct check *check = context;
	struct slice words = plugin_last_line(result->err);

	(void)job;
	check->job = NULL;
	deadline_cancel(take_ptr(&check->deadline));
	if (result->end == JOB_EXITED)
		say(check, check->open > 0 ? FACT_ERROR : FACT_NOTE, "exit code %d: %.*s",
			result->exit_code, SLICE_ARGS(words));
	else if (result->end == JOB_SIGNALED)
		say(check, FACT_ERROR, "killed by signal %d", result->signal);
}

/* A helper of its own for the questions. Returns 0 and the conn, or a negative errno. */
static int check_by_own_helper(struct check *check)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;

	cleanup_fd int ours = pair[0], theirs = pair[1];

	r = libclamav_spawn(check->request, check->config, theirs, helper_done, check, &check->job);
	if (r < 0)
		return r;
	r = conn_adopt(check->request->loop, take_fd(&ours), session_conn, &check->session.base,
		&check->session.base.conn);
	if (r < 0)
		job_cancel(check->job);
	return r;
}

/*
 * The resident helper is asked when there is one, and none is started for a check: what it would say
 * about the signatures, a helper of our own says as well. Returns 0 and the conn, or an errno.
 */
static int check_resident(struct check *check, char *where, size_t size)
{
	struct resident_state state;
	int fd, r;

	r = resident_connect(check->request, check->config, &fd, &state);
	if (r == -ECONNREFUSED || r == -ENOENT) {
		say(check, FACT_NOTE, "none is resident now: the next mail starts one");
		return check_by_own_helper(check);
	}
	if (r != 0)
		return r < 0 ? r : -EBUSY;
	snprintf(where, size, "qmvc-clamav, resident, pid %ld", (long)state.pid);
	check->where = where;
	say(check, FACT_NOTE, state.phase == RESIDENT_READY ? "%s" : "is loading the signatures%s",
		state.text);
	return conn_adopt(check->request->loop, fd, session_conn, &check->session.base,
		&check->session.base.conn);
}

int libclamav_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context)
{
	struct check check = {.request = request,
		.config = config,
		.report = report,
		.context = context,
		.where = "qmvc-clamav"};
	char where[64];
	int r;

	clamd_session_init(&check.session, &events, &check);
	r = probe_encrypted_zip(&check.zip);
	if (r == 0)
		r = config->resident_s > 0 ? check_resident(&check, where, sizeof(where))
					   : check_by_own_helper(&check);
	if (r == 0) {
		session_connected(&check.session.base);
	} else {
		say(&check, FACT_ERROR, "cannot be reached: %s", strerror(-r));
		if (!check.job) {
			buf_release(&check.zip);
			return check.errors;
		}
	}
	return run(&check);
}
