/*
 * Whom to block: virulator's topvirus_Sender1, and what is refused of it. The file lies in a
 * directory that may belong to a user while root reads it, and its addresses are those that viruses
 * gave, so nothing in it is believed but how bad it says a sender is.
 */
#include "programs/block_senders.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/number.h"
#include "report/topvirus.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define SENDERS_MAX ((size_t)1 << 20)
#define STALE_MS    ((int64_t)24 * 3600 * 1000)
/* More than anybody counts; so that sums stay sums. */
#define MAILS_MAX  1000000000
#define WORD_SHOWN 80

/* --- what an address may be --------------------------------------------------- */

static bool is_letter_or_digit(unsigned char c)
{
	return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || ascii_digit(c);
}

/*
 * Of what RFC 5322 calls an atom, what no reader of badmailfrom that we know of takes for more than
 * itself: qregex and s/qmail have patterns there, `!`, `-` and `~` in front of them turn them round.
 */
static bool is_local(struct slice local)
{
	for (size_t i = 0; i < local.len; i++)
		if (!is_letter_or_digit(local.data[i]) &&
			(local.data[i] == 0 || !strchr("._+=-&'/", local.data[i])))
			return false;
	return local.len > 0 && (is_letter_or_digit(local.data[0]) || local.data[0] == '_');
}

/* Labels of letters, digits, `-` and `_`; two at least: one alone is a name within one's own net. */
static bool is_host(struct slice host)
{
	size_t label = 0, dots = 0;

	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = host.data[i];

		if (c == '.' ? label == 0 : !is_letter_or_digit(c) && c != '-' && c != '_')
			return false;
		label = c == '.' ? 0 : label + 1;
		dots += c == '.';
	}
	return label > 0 && dots > 0 && host.data[0] != '-';
}

bool block_address_is_fit(struct slice address)
{
	struct slice domain = block_domain(address);

	return domain.len > 0 && address.len <= BLOCK_ADDRESS_MAX &&
	       is_local(slice_first(address, address.len - domain.len)) &&
	       is_host(slice_from(domain, 1));
}

/* --- what must not be blocked ------------------------------------------------- */

/*
 * As qmail looks: virtualdomains has whole addresses, and with rcpthosts domains and, with a dot in
 * front, all below them.
 */
static bool is_own(const struct block_names *own, struct slice address)
{
	struct slice host = slice_from(block_domain(address), 1);

	if (block_names_have(own, address) || block_names_have(own, host))
		return true;
	for (size_t i = 1; i < host.len; i++)
		if (host.data[i] == '.' && block_names_have(own, slice_from(host, i)))
			return true;
	return false;
}

static bool is_never(const struct patterns *never, struct slice address)
{
	for (size_t i = 0; i < never->count; i++) {
		struct slice pattern = never->list[i].text;
		bool is_domain = pattern.data[0] == '@';

		if (pattern_matches_name(pattern, is_domain ? block_domain(address) : address))
			return true;
	}
	return false;
}

const char *block_refused(const struct block_rules *rules, struct slice address)
{
	if (is_own(&rules->own, address))
		return "a domain of one's own";
	return is_never(&rules->never, address) ? "in neverblock" : NULL;
}

/* --- the file ------------------------------------------------------------------ */

/* Returns 0, -EPERM when others could have written it, -EINVAL when it is no file, ... */
static int open_senders(const char *base, int *fd, struct stat *status)
{
	cleanup_fd int log = topvirus_folder(base, false), opened = -1;
	struct stat folder;

	if (log < 0)
		return log;
	if (fstat(log, &folder) < 0)
		return -errno;
	opened = openat(
		log, TOPVIRUS_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (opened < 0 || fstat(opened, status) < 0)
		return -errno;
	if (!S_ISREG(status->st_mode))
		return -EINVAL;
	if ((status->st_mode & S_IWOTH) ||
		(status->st_uid != folder.st_uid && status->st_uid != 0 &&
			status->st_uid != geteuid()))
		return -EPERM;
	*fd = take_fd(&opened);
	return 0;
}

static int explain_open(const char *base, int code, struct error *error)
{
	switch (code) {
	case -ENOENT:
		return error_set(error, code,
			"%s/log/%s: is not there: virulator(8) writes it and has to run before",
			base, TOPVIRUS_FILE);
	case -EINVAL:
		return error_set(
			error, code, "%s/log/%s: is not a regular file", base, TOPVIRUS_FILE);
	case -EPERM:
		return error_set(error, code,
			"%s/log/%s: could have been written by others than who owns the directory",
			base, TOPVIRUS_FILE);
	default:
		return error_set_errno(error, code, "%s/log/%s", base, TOPVIRUS_FILE);
	}
}

/* COUNT, or COUNT TAB ADDRESS. */
static bool read_line(struct slice line, struct block_sender *sender)
{
	size_t tab = slice_find_byte(line, '\t', 0);
	uint64_t mails;

	if (!number_read(slice_first(line, tab), &mails))
		return false;
	sender->mails = mails < MAILS_MAX ? mails : MAILS_MAX;
	sender->address = slice_from(line, tab + 1);
	return true;
}

static int read_lines(struct slice text, const char *base, struct arena *arena,
	struct block_senders *senders, struct error *error)
{
	struct slice line;

	for (unsigned number = 1; block_raw_line(&text, &line); number++) {
		struct block_sender sender = {.mails = 0};

		if (!read_line(line, &sender))
			return error_set(error, -EINVAL,
				"%s/log/%s:%u: '%.*s': is no COUNT<TAB>ADDRESS", base,
				TOPVIRUS_FILE, number, SLICE_ARGS(slice_first(line, WORD_SHOWN)));
		if (!block_address_is_fit(sender.address))
			continue;
		sender.address = block_lower(arena, sender.address);
		if (!sender.address.data)
			return error_set_errno(error, -ENOMEM, "%s", TOPVIRUS_FILE);
		senders->list[senders->count++] = sender;
	}
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct block_sender *one = a, *other = b;
	size_t len = one->address.len;

	if (len != other->address.len)
		return len < other->address.len ? -1 : 1;
	return memcmp(one->address.data, other->address.data, len);
}

static int by_mails(const void *a, const void *b)
{
	const struct block_sender *one = a, *other = b;

	if (one->mails != other->mails)
		return one->mails > other->mails ? -1 : 1;
	return by_address(a, b);
}

/* Adds up what differs in case only: who changes that with each mail is the same to qmail-smtpd. */
static void merge(struct block_senders *senders, uint64_t threshold)
{
	size_t count = 0;

	qsort(senders->list, senders->count, sizeof(*senders->list), by_address);
	for (size_t i = 0; i < senders->count; i++) {
		struct block_sender *last = &senders->list[count ? count - 1 : 0];

		if (count > 0 && slice_eq(last->address, senders->list[i].address))
			last->mails += senders->list[i].mails;
		else
			senders->list[count++] = senders->list[i];
	}
	qsort(senders->list, count, sizeof(*senders->list), by_mails);
	while (count > 0 && senders->list[count - 1].mails < threshold)
		count--;
	senders->count = count;
}

int block_senders_read(const char *base, uint64_t threshold, int64_t now_ms, struct arena *arena,
	struct block_senders *senders, struct error *error)
{
	cleanup_buf struct buf buf = {0};
	cleanup_fd int fd = -1;
	struct block_senders found = {0};
	struct stat status;
	size_t lines = 1;
	int result = open_senders(base, &fd, &status);

	if (result)
		return explain_open(base, result, error);
	if ((int64_t)status.st_mtim.tv_sec * 1000 < now_ms - STALE_MS)
		return error_set(error, 1,
			"%s/log/%s: is older than a day: virulator(8) has not run; nobody is added",
			base, TOPVIRUS_FILE);
	result = fd_read_all(fd, SENDERS_MAX, &buf);
	if (result == -EFBIG)
		return error_set(error, result, "%s/log/%s: is larger than %zu bytes", base,
			TOPVIRUS_FILE, SENDERS_MAX);
	for (size_t i = 0; i < buf.len; i++)
		lines += buf.data[i] == '\n';
	if (result == 0)
		found.list = arena_array(arena, lines, sizeof(*found.list));
	if (result == 0 && !found.list)
		result = -ENOMEM;
	if (result)
		return error_set_errno(error, result, "%s/log/%s", base, TOPVIRUS_FILE);
	result = read_lines(buf_slice(&buf), base, arena, &found, error);
	if (result)
		return result;
	merge(&found, threshold);
	*senders = found;
	return 0;
}
