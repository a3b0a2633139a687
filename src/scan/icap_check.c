/*
 * Checking an ICAP service; see icap_check.h. ICAP servers are made for web proxies: by their defaults
 * they let pass what is large, what is of a harmless type, or everything when the engine behind them
 * is not there. So they are asked about what they must find, one question after the other.
 */
#include "scan/icap_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "scan/addresses.h"
#include "scan/facts.h"
#include "scan/icap_session.h"
#include "scan/probe.h"

/* More than c-icap takes by default, its MaxObjectSize. */
#define LARGE ((size_t)6 << 20)

enum question {
	ASK_EICAR,
	ASK_PDF,
	ASK_ENCRYPTED,
	ASK_LARGE,
	ASK_COUNT,
};

struct check {
	struct icap_session session;
	const struct scan_request *request;
	const struct scanner_config *config;
	scan_report *report;
	void *context;
	unsigned address;
	struct buf objects[ASK_COUNT];
	struct deadline *deadline;
	struct icap_limits limits;
	bool known, told_where;
	bool over;    /* nothing more is asked */
	bool spent;   /* nothing more can be asked over this connection */
	int question; /* the one asked, or to be asked next */
	int errors;
};

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct check *check, enum scan_fact fact, const char *format, ...)
{
	char text[400];
	struct error where = {0};
	va_list arguments;

	address_words(&check->config->addresses[check->address], &where);
	if (!check->told_where)
		check->report(check->context, FACT_ADDRESS, where.text);
	check->told_where = true;
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
	check->over = true;
	deadline_cancel(take_ptr(&check->deadline));
	if (check->session.base.conn)
		session_end(&check->session.base);
}

static void too_late(struct deadline *deadline, void *context)
{
	struct check *check = context;

	(void)deadline;
	check->deadline = NULL;
	say(check, FACT_ERROR, "no answer within %u ms", check->config->timeout_ms);
	end(check);
}

static void take_options(struct icap_session *session)
{
	struct check *check = session->base.context;
	struct slice service;

	check->known = true;
	check->limits = session->limits;
	if (icap_field(icap_head_fields(&session->reader), "Service", &service))
		say(check, FACT_ENGINE, "%.*s", SLICE_ARGS(slice_first(service, 200)));
	say(check, FACT_PATTERNS, "%s", session->limits.tag);
}

static void ask(struct session *base)
{
	struct check *check = base->context;
	int r;

	base->ready = true;
	r = icap_session_ask(&check->session, buf_slice(&check->objects[check->question]));
	if (r < 0) {
		say(check, FACT_ERROR, "cannot ask: %s", strerror(-r));
		end(check);
	}
}

/* What it says about the EICAR test file decides. Returns false: nothing more needs to be asked. */
static bool judge_eicar(struct check *check, const struct icap_verdict *verdict)
{
	if (verdict->answer == ICAP_FOUND)
		return true;
	if (verdict->answer == ICAP_CLEAN)
		say(check, FACT_ERROR, "does not find the EICAR test file: it does not scan");
	else
		say(check, FACT_ERROR, "cannot scan: %.*s",
			SLICE_ARGS(slice_first(verdict->words, 200)));
	return false;
}

static void judge_large(struct check *check, const struct icap_verdict *verdict)
{
	struct slice words =
		verdict->answer == ICAP_FOUND ? verdict->findings[0].name : verdict->words;

	if (verdict->answer != ICAP_CLEAN)
		say(check, FACT_WARNING,
			"does not say clean for 6 MiB of nothing (c-icap: use sizelimit=off and "
			"allow204=on with the service virus_scan, and no alias of it): %.*s",
			SLICE_ARGS(slice_first(words, 200)));
}

static bool judge(struct check *check, const struct icap_verdict *verdict)
{
	switch ((enum question)check->question) {
	case ASK_EICAR:
		return judge_eicar(check, verdict);
	case ASK_PDF:
		if (verdict->answer != ICAP_FOUND)
			say(check, FACT_WARNING,
				"does not find the EICAR test file in a PDF document: it may pass "
				"on some types of files unscanned (c-icap: use force=on with the "
				"service virus_scan, and no alias of it)");
		break;
	case ASK_ENCRYPTED:
		if (verdict->answer == ICAP_CLEAN)
			say(check, FACT_WARNING,
				"says clean for an encrypted archive "
				"(ClamAV behind it: set AlertEncrypted yes in clamd.conf)");
		break;
	case ASK_LARGE:
		judge_large(check, verdict);
		break;
	case ASK_COUNT:
		break;
	}
	return true;
}

static void take_answer(
	struct icap_session *session, const struct icap_verdict *verdict, bool spent)
{
	struct check *check = session->base.context;

	check->spent = spent;
	if (verdict->answer == ICAP_SAW_PART) {
		check->limits.preview = 0;
	} else if (!judge(check, verdict) || ++check->question == ASK_COUNT) {
		end(check);
		return;
	}
	if (spent)
		session_end(&session->base);
	else
		ask(&session->base);
}

static void take_loss(struct icap_session *session, int error, struct slice words, bool unheard)
{
	struct check *check = session->base.context;

	if (unheard && !check->spent) {
		check->spent = true; /* asked again over a new connection, but once */
		return;
	}
	say(check, FACT_ERROR, "%s: %.*s",
		session->base.ready ? "connection lost" : "cannot be used",
		words.len > 0 ? (int)slice_first(words, 200).len : 100,
		words.len > 0 ? (const char *)words.data
		: error < 0   ? strerror(-error)
			      : "it hangs up");
	check->over = true;
	deadline_cancel(take_ptr(&check->deadline));
}

static int open_session(struct check *check);

static void take_closed(struct session *base)
{
	struct check *check = base->context;
	int r = 0;

	icap_session_release(&check->session);
	if (!check->over)
		r = open_session(check);
	if (r < 0) {
		say(check, FACT_ERROR, "%s", strerror(-r));
		end(check);
	}
}

static const struct icap_session_events events = {
	.base =
		{
			.connected = icap_session_connected,
			.data = icap_session_data,
			.eof = icap_session_eof,
			.broken = icap_session_broken,
			.closed = take_closed,
		},
	.options = take_options,
	.ready = ask,
	.answer = take_answer,
	.broken = take_loss,
};

static int open_session(struct check *check)
{
	const struct scanner_address *address = &check->config->addresses[check->address];

	icap_session_init(
		&check->session, &events, check, check->request, check->config, check->address);
	check->session.known = check->known;
	check->session.limits = check->limits;
	return conn_open(check->request->loop, NULL, address->host, address->port,
		address_connect_ms(check->config), session_conn, &check->session.base,
		&check->session.base.conn);
}

static int make_objects(struct check *check)
{
	struct buf *large = &check->objects[ASK_LARGE];
	uint64_t max = check->config->max_size;
	size_t size = max > 0 && max < LARGE ? (size_t)max : LARGE;
	char eicar[PROBE_EICAR_SIZE];
	int r = buf_reserve(large, size);

	if (r < 0)
		return r;
	memset(large->data, 0, size);
	large->len = size;
	probe_eicar(eicar);
	buf_add_cstr(&check->objects[ASK_EICAR], eicar);
	probe_eicar_pdf(&check->objects[ASK_PDF]);
	probe_encrypted_zip(&check->objects[ASK_ENCRYPTED]);
	for (unsigned i = 0; i < ASK_COUNT; i++)
		if (check->objects[i].failed)
			return -ENOMEM;
	return 0;
}

static int check_address(struct check *check)
{
	int r = make_objects(check), run = 0;

	if (r == 0)
		r = deadline_start(check->request->loop, check->config->timeout_ms, too_late, check,
			&check->deadline);
	if (r == 0) {
		r = open_session(check);
		if (r < 0) {
			say(check, FACT_ERROR, "%s", strerror(-r));
			end(check);
			r = 0;
		}
		run = loop_run(check->request->loop);
	}
	for (unsigned i = 0; i < ASK_COUNT; i++)
		buf_release(&check->objects[i]);
	return r < 0 ? r : run < 0 ? run : check->errors;
}

int icap_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context)
{
	int errors = 0;

	for (unsigned i = 0; i < config->address_count; i++) {
		struct check check = {.request = request,
			.config = config,
			.report = report,
			.context = context,
			.address = i};
		int r = check_address(&check);

		if (r < 0)
			return r;
		errors += r;
	}
	return errors;
}
