/* Reading clamd's replies; see clamd_reply.h. */
#include "scan/clamd_reply.h"

/* Takes `literal` off the front of *s. */
static bool skip(struct slice *s, const char *literal)
{
	if (!slice_starts(*s, literal))
		return false;
	*s = slice_from(*s, strlen(literal));
	return true;
}

/* Takes one to nine digits off the front of *s. */
static bool skip_number(struct slice *s, unsigned *number)
{
	size_t digits = 0;
	unsigned value = 0;

	while (digits < s->len && digits < 9 && ascii_digit(s->data[digits]))
		value = value * 10 + (s->data[digits++] - '0');
	if (digits == 0)
		return false;
	*s = slice_from(*s, digits);
	*number = value;
	return true;
}

/* Takes `literal` off the end of *s when something is left before it. */
static bool cut(struct slice *s, const char *literal)
{
	size_t len = strlen(literal);

	if (s->len <= len || memcmp(s->data + s->len - len, literal, len) != 0)
		return false;
	s->len -= len;
	return true;
}

/* What follows "N: fd[12]: " or "N: stream: ". */
static enum clamd_reply_kind read_answer(struct slice *text)
{
	if (slice_eq_cstr(*text, "OK"))
		return CLAMD_OK;
	if (cut(text, " FOUND"))
		return CLAMD_FOUND;
	if (cut(text, " ERROR"))
		return CLAMD_ERROR;
	return CLAMD_NONSENSE;
}

struct clamd_reply clamd_reply_read(struct slice record)
{
	const struct clamd_reply nonsense = {.kind = CLAMD_NONSENSE, .text = record};
	struct clamd_reply reply = {.text = record};
	unsigned clamd_fd;

	if (!skip_number(&reply.text, &reply.number) || !skip(&reply.text, ": ") ||
		reply.number == 0)
		return nonsense;
	if (skip(&reply.text, "stream: ")) {
		reply.about_stream = true;
		reply.kind = read_answer(&reply.text);
	} else if (skip(&reply.text, "fd[")) {
		if (!skip_number(&reply.text, &clamd_fd) || !skip(&reply.text, "]: "))
			return nonsense;
		reply.kind = read_answer(&reply.text);
	} else if (slice_eq_cstr(reply.text, "INSTREAM size limit exceeded. ERROR")) {
		reply.kind = CLAMD_TOO_LONG;
	} else if (slice_eq_cstr(reply.text, "No file descriptor received. ERROR")) {
		reply.kind = CLAMD_NO_FD;
	} else if (slice_eq_cstr(reply.text, "PONG") || slice_starts(reply.text, "ClamAV ") ||
		   slice_eq_cstr(reply.text, "COMMAND UNAVAILABLE")) {
		reply.kind = CLAMD_WORDS;
	} else {
		return nonsense;
	}
	return reply.kind == CLAMD_NONSENSE ? nonsense : reply;
}

enum verdict clamav_name_means(struct slice name)
{
	if (slice_starts(name, "Heuristics.Limits.Exceeded") || slice_starts(name, "(null)"))
		return VERDICT_LIMIT;
	if (slice_starts(name, "Heuristics.Encrypted."))
		return VERDICT_ENCRYPTED;
	if (slice_starts(name, "Heuristics.") || slice_starts(name, "PUA."))
		return VERDICT_SUSPICIOUS;
	return VERDICT_INFECTED;
}

bool clamd_error_refuses_fd(struct slice text)
{
	static const char *const refusals[] = {"Access denied", "Permission denied",
		"Can't read file", "Can't access file", "Can't open file", "Can't get file status",
		"Not a regular file", "Not supported file type", "File path check failure"};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (slice_starts(text, refusals[i]))
			return true;
	return false;
}

bool clamd_error_is_environment(struct slice text)
{
	return slice_starts(text, "Can't ") && !slice_starts(text, "Can't unpack") &&
	       !slice_starts(text, "Can't parse");
}
