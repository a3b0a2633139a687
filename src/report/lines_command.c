/*
 * The shell command that prints all lines behind a figure; see lines_page.h. The conditions are those
 * of the tally, said once more in awk, which a test runs against it. Values from mails stand between
 * quotes in the log and are taken away first, so that no subject can look like a key.
 */
#include "report/lines_page.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "record/number.h"

#define FOUND "/ scan\\.[^ =]*=(infected|suspicious):/"

static bool is_plain(unsigned char c)
{
	unsigned char lower = ascii_lower(c);

	return (lower >= 'a' && lower <= 'z') || ascii_digit(c) || c == '-' || c == '_' ||
	       c == '.' || c == '/';
}

/* As one word of the shell. */
static void add_quoted(struct buf *out, struct slice text)
{
	bool plain = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		plain &= is_plain(text.data[i]);
	if (plain) {
		buf_add(out, text);
		return;
	}
	buf_add_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\'')
			buf_add_cstr(out, "'\\'");
		buf_add_byte(out, text.data[i]);
	}
	buf_add_byte(out, '\'');
}

/* "a|b|c" of the names of a vocabulary that has `count` words. */
#define ADD_NAMES(out, name_of, type, count) \
	do { \
		for (unsigned i_ = 0; i_ < (count); i_++) \
			buf_addf(out, "%s%s", i_ > 0 ? "|" : "", name_of((type)i_)); \
	} while (0)

static void add_action(struct buf *out, enum tally_action action)
{
	if (action != TALLY_OTHER) {
		buf_addf(out, "/ action=%s /", tally_action_name(action));
		return;
	}
	buf_add_cstr(out, "!/ action=(");
	ADD_NAMES(out, tally_action_name, enum tally_action, TALLY_OTHER);
	buf_add_cstr(out, ") /");
}

static void add_condition(struct buf *out, unsigned condition)
{
	if (condition < CONDITION_COUNT) {
		buf_addf(out, "/ met=([^ ]*,)?%s[, ]/", tally_condition_name(condition));
		return;
	}
	buf_add_cstr(out, "/ met=/ && !/ met=(,|");
	ADD_NAMES(out, tally_condition_name, unsigned, CONDITION_COUNT);
	buf_add_cstr(out, ")* /");
}

static void add_verdict(struct buf *out, struct slice initial, enum tally_verdict verdict)
{
	if (verdict != TALLY_NO_VERDICT) {
		buf_addf(out, "/ scan\\.%.*s=%s:/", SLICE_ARGS(initial),
			tally_verdict_name(verdict));
		return;
	}
	buf_addf(out, "/ scan\\.%.*s=/ && !/ scan\\.%.*s=(", SLICE_ARGS(initial),
		SLICE_ARGS(initial));
	ADD_NAMES(out, tally_verdict_name, enum tally_verdict, TALLY_NO_VERDICT);
	buf_add_cstr(out, "):/");
}

/* Milliseconds in the log; what is beyond the last step is counted there. */
static void add_delay(struct buf *out, unsigned step)
{
	uint64_t bounds[HISTOGRAM_STEPS + 1];
	unsigned count = histogram_bounds_of_steps(bounds);

	buf_add_cstr(out, "match($0, / delay=[0-9.]+$/) && (d = substr($0, RSTART + 7) + 0) >= ");
	number_add_ms(out, bounds[step]);
	if (step + 1 == count)
		return;
	buf_add_cstr(out, " && d < ");
	number_add_ms(out, bounds[step + 1]);
}

/* What is asked of a line besides its time; nothing for all mails. */
static void add_wanted(struct buf *out, struct lines_key key, struct slice initial)
{
	switch (key.kind) {
	case LINES_STOPPED:
		buf_add_cstr(out, "/ action=(block|keep|trash|bounce) /");
		break;
	case LINES_INFECTED:
		buf_add_cstr(out, FOUND);
		break;
	case LINES_DISAGREED:
		buf_add_cstr(out, FOUND " && / scan\\.[^ =]*=clean:/");
		break;
	case LINES_FAILED:
		buf_add_cstr(out, "/ scan\\.[^ =]*=(timeout|error):/");
		break;
	case LINES_ACTION:
		add_action(out, (enum tally_action)key.which);
		break;
	case LINES_CONDITION:
		add_condition(out, key.which);
		break;
	case LINES_CODE:
		buf_addf(out,
			"match($0, / errors=[0-9]+/) && "
			"int(substr($0, RSTART + 8, RLENGTH - 8) / %u) %% 2",
			1u << key.which);
		break;
	case LINES_VERDICT:
		add_verdict(out, initial, key.verdict);
		break;
	case LINES_ALONE:
		buf_addf(out,
			"/ scan\\.%.*s=(infected|suspicious):/ && / scan\\.[^ =]*=clean:/ && "
			"gsub(" FOUND ", \"&\") == 1",
			SLICE_ARGS(initial));
		break;
	case LINES_MISSED:
		buf_addf(out, "/ scan\\.%.*s=clean:/ && " FOUND, SLICE_ARGS(initial));
		break;
	case LINES_OPENED:
		buf_addf(out, "/ breaker\\.%.*s=" LOG_BREAKER_OPENED " /", SLICE_ARGS(initial));
		break;
	case LINES_LEFT:
		buf_addf(out, "/ breaker\\.%.*s=" LOG_BREAKER_LEFT " /", SLICE_ARGS(initial));
		break;
	case LINES_DELAY:
		add_delay(out, key.which);
		break;
	default:
		break;
	}
}

/* Rotated and compressed ones too: zstdcat(1) knows plain files and gzip as well. */
static void add_files(struct buf *out, const struct lines_site *lines)
{
	cleanup_free char *whole =
		realpath(lines->site->base, NULL); /* for any working directory */
	struct slice base = slice_cstr(whole ? whole : lines->site->base);

	buf_add_cstr(out, "zstdcat -f ");
	add_quoted(out, base);
	buf_add_cstr(out, "/log/qmvc[.-]*log*");
	if (lines->users) {
		buf_add_byte(out, ' ');
		add_quoted(out, base);
		buf_add_cstr(out, "/users/*/log/qmvc[.-]*log*");
	}
}

/* A member of the line in front of it, for sort(1). */
static void add_print(struct buf *out, enum lines_kind kind)
{
	const char *member = kind == LINES_BIGGEST ? " size=[0-9]+" : " delay=[0-9.]+$";
	unsigned name = kind == LINES_BIGGEST ? 6 : 7;

	if (kind != LINES_BIGGEST && kind != LINES_SLOWEST)
		buf_add_cstr(out, "print line }'");
	else
		buf_addf(out,
			"match($0, /%s/); print substr($0, RSTART + %u, RLENGTH - %u), line }' |\n"
			"sort -rn",
			member, name, name);
}

/* Does qmvc write such a name? Then it means itself in a regular expression, too. */
static bool is_word(struct slice initial)
{
	for (size_t i = 0; i < initial.len; i++)
		if (!is_plain(initial.data[i]) || initial.data[i] == '.' || initial.data[i] == '/')
			return false;
	return initial.len > 0;
}

bool lines_command(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	const struct day_log *log = lines->log;
	int64_t since_ms = log->since_ms, until_ms = log->until_ms;
	char since[CLOCK_UTC_SIZE], until[CLOCK_UTC_SIZE];
	struct slice initial = SLICE_EMPTY;
	cleanup_buf struct buf wanted = {0};

	if (key.kind >= LINES_VERDICT && key.kind <= LINES_LEFT) {
		initial = tally_initial(log->tally->scanners[key.which]);
		if (!is_word(initial))
			return false;
	} else if (key.kind == LINES_SLOT) {
		since_ms = log->slots[key.which].since_ms;
		until_ms = log->slots[key.which].until_ms;
	}
	clock_format_utc(since_ms, since);
	clock_format_utc(until_ms, until);
	add_wanted(&wanted, key, initial);
	add_files(out, lines);
	buf_addf(out,
		" |\nawk '$2 >= \"t=%s\" && $2 < \"t=%s\" {\n"
		"  line = $0; gsub(/\"([^\"\\\\]|\\\\.)*\"/, \"\\\"\\\"\")\n  ",
		since, until);
	if (wanted.len > 0) {
		buf_add_cstr(out, "if (");
		buf_add(out, buf_slice(&wanted));
		buf_add_cstr(out, ") ");
	}
	add_print(out, key.kind);
	out->failed |= wanted.failed;
	return true;
}
