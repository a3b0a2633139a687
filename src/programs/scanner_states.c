/*
 * Asking scanners for a report; see scanner_states.h. It is done in a child, for three reasons: an
 * engine's programs get a room that is removed afterwards (explain_room.h), root gives up its rights
 * in it for good, and one that hangs beyond its own timeouts is killed. The child tells through a pipe
 * which scanners there are and then of each, at once, what it has learnt: as records of the form that
 * qmvc.rep has, which can hold whatever an engine says.
 */
#include "programs/scanner_states.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "control/envelope.h"
#include "pipeline/explain_room.h"
#include "record/number.h"
#include "record/rep_record.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ANSWER_MAX    ((size_t)1 << 20)
#define ANSWER_FIELDS 8
/* For what does not keep to its timeout. */
#define GRACE_MS 3000

/* --- the child ------------------------------------------------------------- */

struct question {
	const char *base;
	int fd; /* where the answers go */
};

struct answer {
	struct rep_field fields[ANSWER_FIELDS];
	size_t count;
};

static void add(struct answer *answer, const char *name, const char *value)
{
	if (value && *value && answer->count < ANSWER_FIELDS)
		answer->fields[answer->count++] = (struct rep_field){name, slice_cstr(value)};
}

static int send(const struct question *question, struct answer *answer)
{
	cleanup_buf struct buf out = {0};
	struct rep_record record = {answer->fields, answer->count};
	int result = rep_record_format(&record, &out);

	return result ? result : fd_write_all(question->fd, buf_slice(&out));
}

static struct answer about(const struct scanner_config *config)
{
	struct answer answer = {.count = 0};

	add(&answer, "Initial", config->initial);
	add(&answer, "Name", config->name);
	return answer;
}

/* What keeps it from working; else what is worth a warning. */
static const char *trouble_of(const struct scanner_row *row)
{
	const struct scan_facts *facts = row->facts;

	if (row->paused || facts_error(facts))
		return row->paused ? row->paused : facts_error(facts);
	for (unsigned i = 0; i < facts->count; i++)
		if (facts->lines[i].kind == FACT_WARNING)
			return facts->lines[i].text;
	return NULL;
}

static int send_row(const struct question *question, const struct scanner_row *row)
{
	struct answer answer = about(row->config);
	char date[24];

	add(&answer, "State", scanner_state_name(row->state));
	add(&answer, "Address", row->facts->address);
	add(&answer, "Engine", row->facts->engine);
	add(&answer, "Patterns", row->facts->patterns);
	add(&answer, "Trouble", trouble_of(row));
	if (row->facts->date != FACTS_NO_DATE && row->facts->date >= 0) {
		snprintf(date, sizeof(date), "%lld", (long long)row->facts->date);
		add(&answer, "Date", date);
	}
	return send(question, &answer);
}

/* Each alone, in what is left of the time. */
static int ask_each(const struct question *question, struct asking *asking, struct error *error)
{
	const struct scanner_list all = asking->scanners;
	uint64_t end_us = clock_us() + SCANNER_STATES_SECONDS * UINT64_C(1000000);
	struct finding_engines finding = {.asking = asking};
	struct scanner_table table;
	int result = 0;

	for (unsigned i = 0; i < all.count && result >= 0; i++) {
		struct answer answer = about(&all.scanners[i]);

		result = send(question, &answer);
	}
	asking->scanners.count = 1;
	for (unsigned i = 0; i < all.count && result >= 0; i++) {
		uint64_t now_us = clock_us();
		unsigned left_ms = now_us < end_us ? (unsigned)((end_us - now_us) / 1000) : 0;
		struct scanner_config *one = &asking->scanners.scanners[0];

		if (left_ms == 0)
			break;
		*one = all.scanners[i];
		one->timeout_ms = one->timeout_ms < left_ms ? one->timeout_ms : left_ms;
		result = scanners_list(&finding, false, &table, error);
		for (size_t row = 0; result >= 0 && row < table.count; row++)
			result = send_row(question, &table.rows[row]);
	}
	return result;
}

/*
 * Where its control files are, and its state: the logs of BASEDIR are there, so the breaker's record
 * is there too.
 */
static int find_profile(const struct question *question, struct asking *asking, const char *room,
	struct error *error)
{
	struct profile *profile = &asking->profile;
	struct arena *arena = &asking->arena;
	char *control = arena_printf(arena, "%s/control", question->base);
	struct stat status;
	int result;

	if (control && stat(control, &status) == 0 && S_ISDIR(status.st_mode))
		asking->options.basedir = question->base;
	result = asking_begin(asking, room, error);
	if (result)
		return result;
	profile->state = question->base;
	profile->tmp = arena_printf(arena, "%s/tmp", question->base);
	profile->run = arena_printf(arena, "%s/run", question->base);
	return control && profile->tmp && profile->run
		       ? 0
		       : error_set_errno(error, -ENOMEM, "cannot ask scanners");
}

static int work(const char *room, const void *context)
{
	const struct question *question = context;
	struct asking asking = {.options = {0}};
	struct error error = {0};
	int result = find_profile(question, &asking, room, &error);

	if (result == 0)
		result = asking_read_scanners(&asking, &error);
	if (result == 0)
		result = asking_make_tree(&asking, &error);
	if (result == 0)
		result = ask_each(question, &asking, &error);
	if (result < 0) {
		struct answer answer = {.count = 0};

		add(&answer, result == -ENOENT ? "None" : "Failed", error.text);
		(void)send(question, &answer);
	}
	asking_end(&asking);
	return 0;
}

/* Root asks as the owner: a `scanners` file names programs, and root runs nobody else's. */
static int become_owner(const char *base, struct error *error)
{
	struct stat status;

	if (stat(base, &status) < 0)
		return error_set_errno(error, -errno, "%s", base);
	if (geteuid() != 0 || status.st_uid == 0)
		return 0;
	if (setgroups(1, &status.st_gid) < 0 ||
		setresgid(status.st_gid, status.st_gid, status.st_gid) < 0 ||
		setresuid(status.st_uid, status.st_uid, status.st_uid) < 0)
		return error_set_errno(error, -errno, "cannot become the owner of %s", base);
	return 0;
}

static void ask(const struct question *question)
{
	struct answer answer = {.count = 0};
	struct error error = {0};
	bool is_child;
	int result = become_owner(question->base, &error);

	if (result == 0)
		result = explain_in_room(work, question, &is_child, &error);
	if (result < 0) {
		add(&answer, "Failed", error.text);
		(void)send(question, &answer);
	}
	_exit(0);
}

/* --- who waits for it ------------------------------------------------------ */

/* Reads until all has been said, or for too long. */
static int listen_to(int fd, struct buf *out)
{
	uint64_t end_us = clock_us() + (SCANNER_STATES_SECONDS * UINT64_C(1000) + GRACE_MS) * 1000;
	char room[4096];

	for (;;) {
		uint64_t now_us = clock_us();
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t got;

		if (now_us >= end_us || out->len > ANSWER_MAX)
			return 0;
		if (poll(&wait, 1, (int)((end_us - now_us) / 1000) + 1) < 0 && errno != EINTR)
			return -errno;
		if (!(wait.revents & (POLLIN | POLLHUP)))
			continue;
		got = read(fd, room, sizeof(room));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		if (buf_add(out, slice_make(room, (size_t)got)))
			return -ENOMEM;
	}
}

static int put_question(const struct question *question, int read_end, struct buf *out)
{
	pid_t child = fork();
	int result;

	if (child == 0)
		ask(question);
	close(question->fd);
	if (child < 0)
		return -errno;
	result = listen_to(read_end, out);
	kill(child, SIGTERM); /* mostly it has gone: still a zombie, and nobody else */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return result;
}

static struct slice value_of(const struct rep_record *record, const char *name)
{
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->fields[i].name, name) == 0)
			return record->fields[i].value;
	return SLICE_EMPTY;
}

/* Of a record that only says there is such a scanner, what is true until another one comes. */
static struct scanner_told read_told(const struct rep_record *record)
{
	struct slice state = value_of(record, "State");
	struct scanner_told told = {.initial = value_of(record, "Initial"),
		.name = value_of(record, "Name"),
		.address = value_of(record, "Address"),
		.engine = value_of(record, "Engine"),
		.patterns = value_of(record, "Patterns"),
		.trouble = value_of(record, "Trouble"),
		.date = FACTS_NO_DATE,
		.state = STATE_NOT_REACHED};
	uint64_t date;

	for (unsigned i = 0; i < STATES; i++)
		if (slice_eq_cstr(state, scanner_state_name((enum scanner_state)i)))
			told.state = (enum scanner_state)i;
	if (number_read(value_of(record, "Date"), &date) && date <= INT64_MAX)
		told.date = (int64_t)date;
	told.answered = state.len > 0;
	return told;
}

/* In the place of its announcement, or behind the address before. */
static int add_told(
	struct scanner_states *states, struct arena *arena, const struct scanner_told *told)
{
	struct scanner_told *grown;
	unsigned at = 0;

	while (at < states->count && !slice_eq(states->list[at].initial, told->initial))
		at++;
	if (at < states->count && !states->list[at].answered) {
		states->list[at] = *told;
		return 0;
	}
	while (at < states->count && slice_eq(states->list[at].initial, told->initial))
		at++;
	grown = arena_array(arena, states->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	if (at > 0)
		memcpy(grown, states->list, at * sizeof(*grown));
	grown[at] = *told;
	if (states->count > at)
		memcpy(grown + at + 1, states->list + at, (states->count - at) * sizeof(*grown));
	states->list = grown;
	states->count++;
	return 0;
}

static int read_answers(
	struct slice rest, struct arena *arena, struct scanner_states *states, struct error *error)
{
	struct rep_record record;
	int result;

	while ((result = rep_record_parse(&rest, arena, &record)) == 0) {
		struct slice none = value_of(&record, "None"), failed = value_of(&record, "Failed");
		struct scanner_told told = read_told(&record);

		if (none.len > 0) {
			error_set(error, 0, "%.*s", SLICE_ARGS(none));
			return 1;
		}
		if (failed.len > 0)
			return error_set(error, -EIO, "%.*s", SLICE_ARGS(failed));
		result = add_told(states, arena, &told);
		if (result)
			break;
	}
	if (result < 0)
		return error_set_errno(error, result, "cannot ask scanners");
	return 0;
}

int scanner_states_ask(
	const char *base, struct arena *arena, struct scanner_states *states, struct error *error)
{
	cleanup_buf struct buf out = {0};
	cleanup_fd int read_end = -1;
	struct scanner_states found = {0};
	struct question question = {.base = base};
	struct slice text;
	int ends[2], result;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(error, -errno, "cannot ask scanners");
	read_end = ends[0];
	question.fd = ends[1];
	result = put_question(&question, read_end, &out);
	text = result ? SLICE_EMPTY : arena_copy(arena, buf_slice(&out));
	if (result == 0 && !text.data && out.len > 0)
		result = -ENOMEM;
	if (result)
		return error_set_errno(error, result, "cannot ask scanners");
	result = read_answers(text, arena, &found, error);
	if (result == 0)
		*states = found;
	return result;
}

int64_t scanner_told_age_days(const struct scanner_told *told, int64_t now_ms)
{
	const struct scan_facts facts = {.date = told->date};

	return facts_age_days(&facts, now_ms);
}
