/*
 * trophie, a daemon around Trend Micro's scanner, and sophie, its older sister around Sophos', which
 * SAVDI imitates: a path and a newline go out, and one line comes back.
 *
 *	0	0:...		clean
 *	1	1:NAME		infected
 *	-1	-1:TEXT		it failed on this file
 *
 * Nothing else is an answer: there are clients that take whatever is not 1 for clean. Some of these
 * daemons close the connection behind an answer and some leave out the newline then, so each file has
 * a connection of its own, and its end is an end of line. It reads files, so the work tree has to be
 * readable for it (group=).
 */
#include "scan/daemon.h"

#define LINE_MAX_LEN 4096

static enum daemon_step ask(struct daemon *daemon)
{
	daemon_send(daemon, slice_cstr(daemon->question.path));
	daemon_send(daemon, slice_cstr("\n"));
	return DAEMON_MORE;
}

/* Is the line CODE, or CODE and a colon and *text? */
static bool is_code(struct slice line, const char *code, struct slice *text)
{
	size_t len = strlen(code);

	if (!slice_starts(line, code) || (line.len > len && line.data[len] != ':'))
		return false;
	*text = slice_from(line, len + 1);
	return true;
}

static enum daemon_step take(struct daemon *daemon, struct slice in, bool eof, size_t *used)
{
	struct slice line, text;

	if (!daemon_line(in, used, &line)) {
		if (!eof || in.len == 0)
			return DAEMON_MORE;
		line = in;
		*used = in.len;
	}
	if (is_code(line, "0", &text))
		return DAEMON_CLEAN;
	if (is_code(line, "1", &text)) {
		daemon_found(daemon, VERDICT_INFECTED, text);
		return DAEMON_ANSWERED;
	}
	if (is_code(line, "-1", &text) || is_code(line, "-2", &text)) {
		daemon_failed(daemon, line);
		return DAEMON_ANSWERED;
	}
	*used = 0;
	return DAEMON_NONSENSE;
}

const struct daemon_protocol trophie_protocol = {
	.answer_max = LINE_MAX_LEN,
	.by_path = true,
	.one_each = true,
	.ask = ask,
	.take = take,
};
