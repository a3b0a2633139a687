/* qmvc-release show: all that is known of one kept mail, and its header; or the mail itself. */
#include "programs/release.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "message/message.h"

#include <errno.h>

/* Nobody reads more of a header than this on a screen. */
#define HEADER_MAX     ((size_t)64 << 10)
#define VALUE_COLUMN   14u
#define FOLDED_COLUMN  4u
#define WRAPPED_COLUMN 2u

static int write_raw(struct slice message, struct error *error)
{
	int result;

	if (isatty(STDOUT_FILENO))
		return error_set(error, -EINVAL,
			"--raw: the mail may hold what does things to a terminal; write it to a "
			"file");
	result = fd_write_all(STDOUT_FILENO, message);
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

static void add_value(struct screen *screen, const char *name, struct slice hostile)
{
	cleanup_buf struct buf shown = {0};

	screen_shown(screen, hostile, &shown);
	if (shown.failed)
		screen->out->failed = true;
	screen_say(screen, STYLE_DIM, name);
	screen_to(screen, VALUE_COLUMN);
	screen_wrap(screen, STYLE_PLAIN, buf_slice(&shown));
	screen_end(screen);
}

/* Field by field, as in qmvc.rep: its names are known from there. */
static void add_record(struct screen *screen, const struct kept *kept)
{
	struct slice rest = kept->released, line;
	char time[CLOCK_UTC_SIZE];

	screen->margin = VALUE_COLUMN;
	clock_format_utc(kept->time_ms, time);
	add_value(screen, "Id", slice_cstr(kept->id));
	add_value(screen, "Time", slice_cstr(time));
	for (size_t i = 0; i < kept->record.count; i++) {
		const struct rep_field *field = &kept->record.fields[i];

		if (strcmp(field->name, "Id") != 0 && strcmp(field->name, "Version") != 0 &&
			strcmp(field->name, "Time") != 0)
			add_value(screen, field->name, field->value);
	}
	add_value(screen, "Directory", slice_cstr(kept->path));
	while (slice_next_line(&rest, &line))
		add_value(screen, "Released", line);
	if (kept->wrong)
		add_value(screen, "Unreadable", slice_cstr(kept->wrong));
}

/* One that was folded stands under its beginning; what is wrapped here, between the two. */
static void add_line(struct screen *screen, struct slice line)
{
	cleanup_buf struct buf shown = {0};
	bool is_folded = ascii_blank(line.data[0]);
	size_t name;

	screen_shown(screen, slice_trim(line), &shown);
	if (shown.failed)
		screen->out->failed = true;
	if (is_folded)
		screen_to(screen, FOLDED_COLUMN);
	name = is_folded ? 0 : slice_find_byte(buf_slice(&shown), ' ', 0) + 1;
	if (name < screen->look.width)
		screen_put(screen, STYLE_DIM, slice_first(buf_slice(&shown), name));
	else
		name = 0;
	screen_wrap(screen, STYLE_PLAIN, slice_from(buf_slice(&shown), name));
	screen_end(screen);
}

static void add_header(struct screen *screen, struct slice message)
{
	struct slice rest = slice_first(message, HEADER_MAX), line;

	screen_end(screen);
	screen->margin = WRAPPED_COLUMN;
	while (slice_next_line(&rest, &line) && line.len > 0)
		add_line(screen, line);
}

static int show(
	struct command *command, const struct kept *kept, struct slice message, struct error *error)
{
	struct terminal terminal = terminal_look(STDOUT_FILENO);
	cleanup_buf struct buf out = {0};
	struct screen screen;

	if (command->raw)
		return write_raw(message, error);
	screen_init(&screen, &terminal, &out);
	add_record(&screen, kept);
	add_header(&screen, message);
	return release_print(&out, error);
}

/* What is known of a mail is shown also when the mail itself is not there. */
int release_show(struct command *command, const struct lying *mail, struct error *error)
{
	cleanup_fd int dir = kept_open(&mail->home->list, mail->kept), fd = -1;
	struct message message = {.fd = -1};
	struct error why = {0};
	int result = dir, shown;

	if (dir >= 0)
		result = fd = kept_open_message(dir);
	if (result < 0)
		error_set_errno(&why, result, "its message");
	else
		result = message_open(&message, fd, mail->home->profile.tmp, &why);
	if (result < 0)
		release_complain(command, mail->kept->id, result, &why);
	shown = result < 0 && command->raw ? 0 : show(command, mail->kept, message.bytes, error);
	message_release(&message);
	return shown;
}
