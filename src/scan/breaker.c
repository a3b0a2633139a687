/*
 * State of the circuit breaker; see breaker.h. The file is run/scanner.INITIAL and holds one line,
 * "FAILURES SECONDS ENGINE": when the control file gives the initial to another engine, the line no
 * longer fits and is passed over.
 *
 * Who writes holds a lock on the file (flock(2)), but never waits for one: a process that was stopped
 * just then must not hold up the mail of others. Who finds the lock taken when the pause is over
 * lets the other one try, and has no claim of its own; only when the other one has not written for
 * another pause it tries all the same. A lock on a file that has been unlinked meanwhile counts for
 * nothing.
 */
#include "scan/breaker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"

/* An engine's name may be sixteen addresses long. */
#define STATE_MAX    8192
#define FAILURES_MAX 1000
#define PAUSE_MS     (BREAKER_SECONDS * INT64_C(1000))

/* The state file's path into `path`; false: no run directory, or too long. */
static bool state_path(
	const struct profile *profile, const struct scanner_config *scanner, char path[PATH_MAX])
{
	int n;

	if (!profile || !profile->run)
		return false;
	n = snprintf(path, PATH_MAX, "%s/scanner.%s", profile->run, scanner->initial);
	return n > 0 && n < PATH_MAX;
}

/* Reads the record through `fd`, from where it stands; of any engine when that is NULL. */
static struct breaker_record read_record(int fd, const char *engine)
{
	cleanup_buf struct buf buf = {0};
	unsigned failures;
	int64_t when;
	int at = 0;

	if (fd_read_all(fd, STATE_MAX, &buf) < 0)
		return (struct breaker_record){0};

	const char *text = buf_cstr(&buf);

	if (!text || sscanf(text, "%u %" SCNd64 " %n", &failures, &when, &at) < 2 || at == 0 ||
		when < 0 || when > INT64_MAX / 2000 ||
		(engine && !slice_eq_cstr(slice_trim(slice_cstr(text + at)), engine)))
		return (struct breaker_record){0};
	return (struct breaker_record){
		failures < FAILURES_MAX ? failures : FAILURES_MAX, when * 1000 + PAUSE_MS};
}

/* Writes that there were so many failures, the last one now. `fd` is locked. */
static void write_record(int fd, const char *engine, unsigned failures, int64_t now_ms)
{
	cleanup_buf struct buf buf = {0};

	if (buf_addf(&buf, "%u %" PRId64 " %s\n", failures, now_ms / 1000, engine) < 0)
		return;
	/* One write, then the end: who reads meanwhile finds a line that fits, or none. */
	ssize_t written = pwrite(fd, buf.data, buf.len, 0);

	if (ftruncate(fd, written < 0 ? 0 : (off_t)written) < 0)
		return; /* as above: a line that does not fit is no record */
}

/*
 * Opens and locks the state file. Returns the descriptor, -EWOULDBLOCK when another process holds
 * the lock or has taken the file away, or another negative errno.
 */
static int open_locked(const char *path, int flags)
{
	cleanup_fd int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0600);
	struct stat status;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &status) < 0)
		return -errno;
	return status.st_nlink == 0 ? -EWOULDBLOCK : take_fd(&fd);
}

struct breaker_record breaker_look(
	const struct profile *profile, const struct scanner_config *scanner)
{
	char path[PATH_MAX];

	if (!state_path(profile, scanner, path))
		return (struct breaker_record){0};

	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd < 0 ? (struct breaker_record){0} : read_record(fd, scanner->engine);
}

enum breaker_state breaker_state(const struct breaker_record *record, int64_t now_ms)
{
	if (record->failures == 0)
		return BREAKER_CLOSED;
	if (record->failures < BREAKER_FAILURES)
		return BREAKER_FAILING;
	/* Else the pause is over, or the clock was set back. */
	return now_ms < record->until_ms && record->until_ms - now_ms <= PAUSE_MS + 1000
		       ? BREAKER_OPEN
		       : BREAKER_FAILING;
}

void breaker_words(const struct breaker_record *record, int64_t now_ms, char words[BREAKER_WORDS])
{
	char until[CLOCK_UTC_SIZE];

	clock_format_utc(record->until_ms, until);
	if (breaker_state(record, now_ms) == BREAKER_OPEN)
		snprintf(words, BREAKER_WORDS,
			"not reached %u times in a row: mail leaves it alone until %.19sZ",
			record->failures, until);
	else if (record->failures >= BREAKER_FAILURES)
		snprintf(words, BREAKER_WORDS,
			"not reached %u times in a row: the next mail tries it again",
			record->failures);
	else
		snprintf(words, BREAKER_WORDS, "not reached %u times in a row, of %d",
			record->failures, BREAKER_FAILURES);
}

enum breaker_state breaker_ask(
	const struct profile *profile, const struct scanner_config *scanner, int64_t now_ms)
{
	struct breaker_record record = breaker_look(profile, scanner);
	enum breaker_state state = breaker_state(&record, now_ms);
	char path[PATH_MAX];

	if (state != BREAKER_FAILING || record.failures < BREAKER_FAILURES ||
		!state_path(profile, scanner, path))
		return state;

	/* The pause is over: who has the lock, and still finds it over, tries; others wait once more. */
	cleanup_fd int fd = open_locked(path, 0);

	if (fd == -ENOENT)
		return BREAKER_CLOSED;
	if (fd == -EWOULDBLOCK)
		return now_ms - record.until_ms < PAUSE_MS ? BREAKER_OPEN : BREAKER_FAILING;
	if (fd < 0)
		return BREAKER_FAILING;
	record = read_record(fd, scanner->engine);
	state = breaker_state(&record, now_ms);
	if (state == BREAKER_FAILING)
		write_record(fd, scanner->engine, record.failures, now_ms);
	return state;
}

bool breaker_note(const struct profile *profile, const struct scanner_config *scanner, bool reached,
	int64_t now_ms)
{
	char path[PATH_MAX];

	if (!state_path(profile, scanner, path))
		return false;
	if (reached) {
		unlink(path);
		return false;
	}

	cleanup_fd int fd = open_locked(path, O_CREAT);

	if (fd < 0)
		return false;

	struct breaker_record record = read_record(fd, scanner->engine);

	write_record(fd, scanner->engine, record.failures + 1, now_ms);
	return record.failures + 1 == BREAKER_FAILURES;
}
