/*
 * The line `latest`, written and read; see latest.h. All keys are always there and in one order, so
 * reading is comparing, and there is nothing to be clever about.
 */
#include "report/latest.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "record/escape.h"
#include "record/number.h"
#include "report/calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define VERSION	   "1"
#define NAME_LIMIT 200
#define PAGE_LIMIT 255
#define DAY_MS	   ((int64_t)24 * 3600 * 1000)

/* --- what holds on both sides ---------------------------------------------- */

/* A file beside this one, and a page: "index.html", "example.org-index.html" (site.h names them). */
static bool is_page(struct slice name)
{
	bool printable = true;

	for (size_t at = 0; at < name.len && printable; at += escape_look(name, at, &printable))
		if (name.data[at] == '/' || (name.data[at] == '.' && at == 0))
			return false;
	return printable && name.len > strlen(".html") && name.len <= PAGE_LIMIT &&
	       slice_ends_nocase(name, ".html");
}

static bool is_sound(const struct latest *latest)
{
	if (latest->mails > LATEST_MOST || latest->stopped > latest->mails ||
		latest->infected > latest->mails || latest->deferred > latest->mails ||
		latest->p95_us > LATEST_MOST || latest->median_us > latest->p95_us ||
		latest->trend_count > LATEST_DAYS)
		return false;
	for (unsigned i = 0; i < latest->trend_count; i++)
		if (latest->trend[i] > LATEST_MOST)
			return false;
	return is_page(latest->page);
}

/* --- writing --------------------------------------------------------------- */

int latest_format(const struct latest *latest, struct buf *out)
{
	char day[CALENDAR_DATE_SIZE], made[CLOCK_UTC_SIZE];

	if (!is_sound(latest))
		return -EINVAL;
	calendar_date_text(latest->day, day);
	clock_format_utc(latest->made_ms, made);
	buf_addf(out, "v=" VERSION " day=%s made=%s mails=%llu stopped=%llu infected=%llu", day,
		made, (unsigned long long)latest->mails, (unsigned long long)latest->stopped,
		(unsigned long long)latest->infected);
	buf_addf(out, " deferred=%llu median=", (unsigned long long)latest->deferred);
	number_add_ms(out, latest->median_us);
	buf_add_cstr(out, " p95=");
	number_add_ms(out, latest->p95_us);
	buf_add_cstr(out, " trend=");
	for (unsigned i = 0; i < latest->trend_count; i++)
		buf_addf(out, "%s%llu", i > 0 ? "," : "", (unsigned long long)latest->trend[i]);
	buf_add_cstr(out, " page=");
	escape_add_value(out, latest->page, PAGE_LIMIT);
	buf_add_cstr(out, " name=");
	escape_add_value(out, latest->name, NAME_LIMIT);
	buf_add_byte(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

/* --- reading --------------------------------------------------------------- */

/* Takes "KEY=VALUE " off the front. */
static bool take(struct slice *rest, const char *key, struct slice *value)
{
	size_t len = strlen(key), end = slice_find_byte(*rest, ' ', 0);

	if (end == rest->len || !slice_starts(*rest, key) || rest->data[len] != '=')
		return false;
	*value = slice_make(rest->data + len + 1, end - len - 1);
	*rest = slice_from(*rest, end + 1);
	return true;
}

static bool take_number(struct slice *rest, const char *key, uint64_t *number)
{
	struct slice value;

	return take(rest, key, &value) && number_read(value, number);
}

static bool take_ms(struct slice *rest, const char *key, uint64_t *us)
{
	struct slice value;

	return take(rest, key, &value) && number_read_ms(value, us);
}

static bool take_time(struct slice *rest, const char *key, const char *behind, int64_t *wall_ms)
{
	char text[CLOCK_UTC_SIZE];
	struct slice value;

	if (!take(rest, key, &value) || value.len + strlen(behind) != sizeof(text) - 1)
		return false;
	memcpy(text, value.data, value.len);
	memcpy(text + value.len, behind, strlen(behind) + 1);
	return number_read_time(slice_cstr(text), wall_ms);
}

static bool take_trend(struct slice *rest, struct latest *latest)
{
	struct slice list;

	if (!take(rest, "trend", &list))
		return false;
	while (list.len > 0) {
		size_t comma = slice_find_byte(list, ',', 0);

		if (latest->trend_count == LATEST_DAYS || comma + 1 == list.len ||
			!number_read(
				slice_first(list, comma), &latest->trend[latest->trend_count++]))
			return false;
		list = slice_from(list, comma + 1);
	}
	return true;
}

/*
 * As take(), of a text that may be quoted; behind the last there is nothing. It goes into the arena. Returns 0, LATEST_UNFIT or -ENOMEM.
 */
static int take_text(
	struct slice *rest, const char *key, bool last, struct arena *arena, struct slice *text)
{
	size_t len = strlen(key), from = len + 1, end;
	int result;

	if (!slice_starts(*rest, key) || rest->len == len || rest->data[len] != '=')
		return LATEST_UNFIT;
	end = slice_find_byte(*rest, ' ', from);
	if (from < rest->len && rest->data[from] == '"') {
		for (end = ++from; end < rest->len && rest->data[end] != '"'; end++)
			end += rest->data[end] == '\\';
		if (end >= rest->len)
			return LATEST_UNFIT;
	}
	result = escape_undo(slice_make(rest->data + from, end - from), arena, text);
	if (result)
		return result > 0 ? LATEST_UNFIT : result;
	*text = arena_copy(arena, *text);
	end += from > len + 1; /* the quote */
	if (last ? end < rest->len : end >= rest->len || rest->data[end] != ' ')
		return LATEST_UNFIT;
	*rest = slice_from(*rest, end + 1);
	return text->data ? 0 : -ENOMEM;
}

/* `text` is the whole file. Returns 0, LATEST_UNFIT or -ENOMEM. */
static int parse(struct slice text, struct arena *arena, struct latest *latest)
{
	struct latest read = {0};
	struct slice version;
	int64_t day_ms;
	int result;

	if (text.len == 0 || slice_find_byte(text, '\n', 0) != text.len - 1)
		return LATEST_UNFIT;
	text = slice_first(text, text.len - 1);
	if (!take(&text, "v", &version) || !slice_eq_cstr(version, VERSION) ||
		!take_time(&text, "day", "T00:00:00.000Z", &day_ms) ||
		!take_time(&text, "made", "", &read.made_ms) ||
		!take_number(&text, "mails", &read.mails) ||
		!take_number(&text, "stopped", &read.stopped) ||
		!take_number(&text, "infected", &read.infected) ||
		!take_number(&text, "deferred", &read.deferred) ||
		!take_ms(&text, "median", &read.median_us) ||
		!take_ms(&text, "p95", &read.p95_us) || !take_trend(&text, &read))
		return LATEST_UNFIT;
	read.day = day_ms / DAY_MS;
	result = take_text(&text, "page", false, arena, &read.page);
	if (result == 0)
		result = take_text(&text, "name", true, arena, &read.name);
	if (result)
		return result;
	if (text.len > 0 || !is_sound(&read))
		return LATEST_UNFIT;
	*latest = read;
	return 0;
}

/* What a system call says of the file; the others are no word on it: the environment failed. */
static int why(int code)
{
	switch (code) {
	case ENOENT:
		return LATEST_MISSING;
	case EACCES:
	case EPERM:
		return LATEST_CLOSED;
	case EFBIG:
	case ELOOP: /* a link */
	case ENXIO: /* a socket */
	case EISDIR:
		return LATEST_UNFIT;
	default:
		return -code;
	}
}

static bool is_file_of(const struct stat *status, uid_t owner)
{
	return S_ISREG(status->st_mode) && status->st_uid == owner;
}

int latest_read(int dir, const char *file, uid_t owner, struct arena *arena, struct latest *latest)
{
	/* Not to wait for a writer (FIFO), nor to become whose terminal it is. */
	cleanup_fd int fd =
		openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	cleanup_buf struct buf text = {0};
	struct latest read;
	struct stat status;
	int result;

	if (fd < 0 || fstat(fd, &status) < 0)
		return why(errno);
	if (!is_file_of(&status, owner))
		return LATEST_UNFIT;
	result = fd_read_all(fd, LATEST_SIZE, &text);
	if (result)
		return why(-result);
	result = parse(buf_slice(&text), arena, &read);
	if (result)
		return result;
	/* is_page() has looked at the name, and arena_copy() has put a NUL behind it. */
	if (fstatat(dir, (const char *)read.page.data, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? LATEST_UNFIT : why(errno);
	if (!is_file_of(&status, owner))
		return LATEST_UNFIT;
	*latest = read;
	return 0;
}
