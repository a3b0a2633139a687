/* qmvc-release list: which mails are kept, as a table for people or as JSON for programs. */
#include "programs/release.h"

#include "base/clock.h"
#include "control/patterns.h"
#include "record/json.h"

#include <errno.h>
#include <unistd.h>

/* An id is shown as far as it is the only one that begins so, and at least so far. */
#define ID_MIN 10u
/* Two rows a mail, unless what follows the size has so many columns. */
#define WIDE_MIN     84u
#define DATE_COLUMNS 16u
#define SIZE_COLUMNS 9u
#define GAP	     2u

/* --- which ----------------------------------------------------------------- */

static bool matches(const char *pattern, struct slice value)
{
	return !pattern || pattern_matches_name(slice_cstr(pattern), value);
}

static bool has_virus(const struct kept *kept, const char *pattern)
{
	for (size_t i = 0; i < kept->record.count; i++)
		if (strcmp(kept->record.fields[i].name, "Virus") == 0 &&
			matches(pattern, kept->record.fields[i].value))
			return true;
	return !pattern;
}

static bool is_wanted(const struct command *command, const struct kept *kept)
{
	struct slice subject = kept_field(kept, "Subject"), text = slice_cstr(command->subject);

	return kept->time_ms >= command->since_ms && kept->time_ms < command->until_ms &&
	       matches(command->sender, kept_field(kept, "Sender")) &&
	       matches(command->recipient, kept_field(kept, "Recipient")) &&
	       has_virus(kept, command->virus) &&
	       (text.len == 0 || slice_find_nocase(subject, text, 0) < subject.len);
}

/* --- for programs ------------------------------------------------------------ */

/* The values of a field that may stand several times. */
static void add_values(
	struct json *json, const char *key, const struct kept *kept, const char *name)
{
	json_open_array(json, key);
	for (size_t i = 0; i < kept->record.count; i++)
		if (strcmp(kept->record.fields[i].name, name) == 0)
			json_string(json, NULL, kept->record.fields[i].value);
	json_close_array(json);
}

static void add_mail(struct json *json, const struct kept *kept)
{
	struct slice rest = kept->released, line;
	char time[CLOCK_UTC_SIZE];

	clock_format_utc(kept->time_ms, time);
	json_open_object(json, NULL);
	json_cstr(json, "id", kept->id);
	json_cstr(json, "time", time);
	json_string(json, "sender", kept_field(kept, "Sender"));
	json_string(json, "recipient", kept_field(kept, "Recipient"));
	json_string(json, "subject", kept_field(kept, "Subject"));
	json_number(json, "bytes", kept->bytes);
	json_string(json, "action", kept_field(kept, "Action"));
	json_string(json, "decided", kept_field(kept, "Decided"));
	add_values(json, "conditions", kept, "Condition");
	add_values(json, "viruses", kept, "Virus");
	json_open_array(json, "released");
	while (slice_next_line(&rest, &line))
		json_string(json, NULL, line);
	json_close_array(json);
	json_cstr(json, "directory", kept->path);
	json_cstr(json, "unreadable", kept->wrong);
	json_close_object(json);
}

static void list_json(const struct command *command, struct buf *out)
{
	struct json json = {.out = out};

	json_open_object(&json, NULL);
	json_open_array(&json, "kept");
	for (size_t i = 0; i < command->mail_count; i++)
		if (is_wanted(command, command->kept[i]))
			add_mail(&json, command->kept[i]);
	json_close_array(&json);
	json_close_object(&json);
}

/* --- for people -------------------------------------------------------------- */

struct columns {
	unsigned id_digits, date, size, why;	   /* where they begin */
	bool wide;				   /* all in one row */
	unsigned second, why_width, address_width; /* where the second row begins; and widths */
	unsigned subject_width;
};

/* The digits that keep all ids apart: those that are not listed can be meant too. */
static unsigned id_digits(const struct command *command)
{
	unsigned most = ID_MIN;

	for (size_t i = 0; i + 1 < command->mail_count; i++) {
		const char *a = command->kept[i]->id, *b = command->kept[i + 1]->id;
		unsigned same = 0;

		while (a[same] && a[same] == b[same])
			same++;
		if (same + 1 > most)
			most = same + 1 < KEPT_ID_SIZE ? same + 1 : KEPT_ID_SIZE - 1;
	}
	return most;
}

static struct columns plan(const struct command *command, unsigned width)
{
	struct columns columns = {.id_digits = id_digits(command)};
	unsigned rest;

	columns.date = columns.id_digits + GAP;
	columns.size = columns.date + DATE_COLUMNS + GAP;
	columns.why = columns.size + SIZE_COLUMNS + GAP;
	rest = width - columns.why;
	columns.wide = rest >= WIDE_MIN;
	if (columns.wide) {
		columns.why_width = columns.address_width = rest / 4 - GAP;
		columns.second = columns.why + rest / 4;
		columns.subject_width = rest / 4;
		return columns;
	}
	columns.second = columns.date;
	columns.why_width = rest;
	columns.address_width = (width - columns.second) / 3 - GAP;
	columns.subject_width = (width - columns.second) / 3;
	return columns;
}

/* An address that is too long loses its middle, a text its end. */
static void put(struct screen *screen, unsigned column, unsigned width, enum style style,
	bool is_text, struct slice hostile)
{
	cleanup_buf struct buf shown = {0};
	const char *more = screen->signs->more;
	unsigned dots = screen_columns(slice_cstr(more));

	screen_shown(screen, hostile, &shown);
	if (shown.failed)
		screen->out->failed = true;
	screen_to(screen, column);
	if (!is_text || screen_columns(buf_slice(&shown)) <= width) {
		screen_fit(screen, style, buf_slice(&shown), width);
		return;
	}
	screen_put(screen, style, screen_first_columns(buf_slice(&shown), width - dots));
	screen_say(screen, STYLE_DIM, more);
}

/* "filename: *.exe (invoice.exe)": the finding that decided. */
static struct slice why(const struct kept *kept)
{
	struct slice decided = kept_field(kept, "Decided");

	for (size_t i = 0; i < kept->record.count; i++) {
		struct slice value = kept->record.fields[i].value;

		if (strcmp(kept->record.fields[i].name, "Condition") == 0 &&
			slice_eq(slice_first(value, decided.len), decided) &&
			slice_find_byte(value, ':', 0) == decided.len)
			return value;
	}
	return decided.len > 0 ? decided : kept_field(kept, "Action");
}

static void add_why(struct screen *screen, const struct columns *columns, const struct kept *kept)
{
	cleanup_buf struct buf text = {0};

	if (kept->wrong)
		buf_addf(&text, "cannot be read: %s", kept->wrong);
	else if (kept->released.len > 0)
		buf_add_cstr(&text, "released; ");
	if (!kept->wrong)
		buf_add(&text, why(kept));
	put(screen, columns->why, columns->why_width,
		kept->wrong		 ? STYLE_BAD
		: kept->released.len > 0 ? STYLE_DIM
					 : STYLE_WARN,
		true, buf_slice(&text));
}

static void add_row(struct screen *screen, const struct columns *columns, const struct kept *kept)
{
	char time[CLOCK_UTC_SIZE], size[SCREEN_SIZE_MAX];
	unsigned at = columns->second, step = columns->address_width + GAP;

	clock_format_utc(kept->time_ms, time);
	time[strlen("2026-11-22")] = ' ';
	screen_size(kept->bytes, size);
	screen_put(screen, STYLE_NAME, slice_first(slice_cstr(kept->id), columns->id_digits));
	put(screen, columns->date, DATE_COLUMNS, STYLE_PLAIN, true,
		slice_first(slice_cstr(time), DATE_COLUMNS));
	screen_to(screen, columns->size + SIZE_COLUMNS - (unsigned)strlen(size));
	screen_say(screen, STYLE_PLAIN, size);
	add_why(screen, columns, kept);
	if (!columns->wide)
		screen_end(screen);
	put(screen, at, columns->address_width, STYLE_PLAIN, false, kept_field(kept, "Sender"));
	put(screen, at + step, columns->address_width, STYLE_PLAIN, false,
		kept_field(kept, "Recipient"));
	put(screen, at + 2 * step, columns->subject_width, STYLE_PLAIN, true,
		kept_field(kept, "Subject"));
	screen_end(screen);
}

static void add_titles(struct screen *screen, const struct columns *columns)
{
	unsigned at = columns->second, step = columns->address_width + GAP;

	screen_say(screen, STYLE_TITLE, "ID");
	put(screen, columns->date, DATE_COLUMNS, STYLE_TITLE, true, slice_cstr("KEPT (UTC)"));
	put(screen, columns->size + SIZE_COLUMNS - 4, 4, STYLE_TITLE, true, slice_cstr("SIZE"));
	put(screen, columns->why, columns->why_width, STYLE_TITLE, true, slice_cstr("WHY"));
	if (!columns->wide)
		screen_end(screen);
	put(screen, at, columns->address_width, STYLE_TITLE, true, slice_cstr("SENDER"));
	put(screen, at + step, columns->address_width, STYLE_TITLE, true, slice_cstr("RECIPIENT"));
	put(screen, at + 2 * step, columns->subject_width, STYLE_TITLE, true,
		slice_cstr("SUBJECT"));
	screen_end(screen);
}

static void list_text(const struct command *command, struct buf *out)
{
	struct terminal terminal = terminal_look(STDOUT_FILENO);
	struct columns columns = plan(command, terminal.width);
	char size[SCREEN_SIZE_MAX];
	struct screen screen;
	uint64_t bytes = 0;
	size_t count = 0;

	screen_init(&screen, &terminal, out);
	for (size_t i = 0; i < command->mail_count; i++) {
		const struct kept *kept = command->kept[i];

		if (!is_wanted(command, kept))
			continue;
		if (count++ == 0)
			add_titles(&screen, &columns);
		bytes += kept->bytes;
		add_row(&screen, &columns, kept);
	}
	screen_size(bytes, size);
	if (count == 0)
		buf_add_cstr(out, command->mail_count > 0 ? "no such mail\n" : "no mail is kept\n");
	else
		buf_addf(out, "%zu %s, %s\n", count, count == 1 ? "mail" : "mails", size);
}

int release_list(struct command *command, struct error *error)
{
	cleanup_buf struct buf out = {0};

	if (command->json)
		list_json(command, &out);
	else
		list_text(command, &out);
	return release_print(&out, error);
}
