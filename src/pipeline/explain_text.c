/* An explanation for people: the mail, its parts, conditions, scanners, and what comes of it. */
#include "pipeline/explain_text.h"

#include "base/clock.h"
#include "pipeline/account.h"
#include "pipeline/exit_code.h"
#include "pipeline/explain_words.h"

#include "config.h"

#include <errno.h>
#include <stdio.h>

#define VALUE_AT 14

void explain_text_title(struct screen *screen, const char *title)
{
	screen_end(screen);
	screen_say(screen, STYLE_TITLE, title);
	screen_end(screen);
}

static void put_key(struct screen *screen, const char *key)
{
	screen_to(screen, 2);
	screen_say(screen, STYLE_DIM, key);
	screen_to(screen, VALUE_AT);
	screen->margin = VALUE_AT;
}

static void put_row(struct screen *screen, const char *key, enum style style, const char *value)
{
	put_key(screen, key);
	screen_wrap_shown(screen, style, value);
	screen_end(screen);
}

static void put_address(
	struct screen *screen, const char *key, struct slice address, const char *from)
{
	cleanup_buf struct buf shown = {0};

	screen_shown(screen, address, &shown);
	put_key(screen, key);
	screen_wrap(screen, STYLE_PLAIN, address.len > 0 ? buf_slice(&shown) : slice_cstr("<>"));
	screen_wrap_cstr(screen, STYLE_DIM, "  (");
	screen_wrap_cstr(screen, STYLE_DIM, from ? from : "the mail names none");
	screen_wrap_cstr(screen, STYLE_DIM, ")");
	screen_end(screen);
}

static void put_rules(struct screen *screen, const char *key, const char *dir)
{
	put_key(screen, key);
	screen_wrap_shown(screen, STYLE_PLAIN, dir);
	screen_wrap_cstr(screen, STYLE_PLAIN, "/control");
	screen_end(screen);
}

static void put_mail(struct screen *screen, const struct explanation *explanation)
{
	const struct delivery *delivery = explanation->delivery;
	const struct profile *profile = &explanation->profile;
	char size[SCREEN_SIZE_MAX];

	screen_size(delivery->message.bytes.len, size);
	screen_say(screen, STYLE_DIM, "qmvc " QMVC_VERSION " explains");
	screen->margin = 2;
	screen_wrap_cstr(screen, STYLE_DIM, " ");
	screen_wrap_shown(screen, STYLE_TITLE,
		explanation->file ? explanation->file : "the mail on standard input");
	screen_end(screen);
	screen_end(screen);
	put_address(screen, "from", delivery->envelope.sender, explanation->sender_from);
	put_address(screen, "to", delivery->envelope.original, explanation->recipient_from);
	put_row(screen, "subject", STYLE_NAME, delivery->subject);
	put_row(screen, "size", STYLE_PLAIN, size);
	for (unsigned i = 0; i < profile->dir_count; i++)
		put_rules(screen, i == 0 ? "rules" : "then", profile->dirs[i]);
	for (unsigned i = 0; i < explanation->note_count; i++)
		put_row(screen, "note", STYLE_DIM, explanation->notes[i]);
	screen->margin = 0;
}

static void put_commands(struct screen *screen, const struct explanation *explanation)
{
	if (explanation->command_count == 0)
		return;
	explain_text_title(screen, "Commands of badbodytexts, not run: they may decide otherwise");
	for (size_t i = 0; i < explanation->command_count; i++) {
		const struct pattern *command = explanation->commands[i];
		cleanup_buf struct buf text = {0};
		char line[16];

		snprintf(line, sizeof(line), "line %u", command->line);
		screen_shown(screen, command->text, &text);
		put_key(screen, line);
		screen_wrap_cstr(screen, STYLE_PLAIN, "|");
		screen_wrap(screen, STYLE_PLAIN, buf_slice(&text));
		snprintf(line, sizeof(line), ":%u", command->code);
		screen_wrap_cstr(screen, STYLE_DIM, line);
		screen_end(screen);
	}
	screen->margin = 0;
}

static enum style disposition_style(const struct decision *decision)
{
	switch (decision->disposition) {
	case DISPOSITION_PASS:
		return decision->decided ? STYLE_WARN : STYLE_GOOD;
	case DISPOSITION_STOP:
	case DISPOSITION_BOUNCE:
		return STYLE_BAD;
	case DISPOSITION_DEFER:
		break;
	}
	return STYLE_WARN;
}

static void put_addresses(struct screen *screen, const char *key, const char *const *list)
{
	for (; list && *list; list++) {
		put_row(screen, key, STYLE_PLAIN, *list);
		key = "";
	}
}

/* A notification that is asked for, and to whom or why not. */
static void put_told(
	struct screen *screen, const char *key, const char *address, enum notify_why why)
{
	cleanup_buf struct buf text = {0};

	if (address) {
		put_row(screen, key, STYLE_PLAIN, address);
		return;
	}
	buf_addf(&text, "nobody: %s", notify_why_words(why));
	put_row(screen, key, STYLE_DIM, buf_cstr(&text));
}

/* What the filter would send. */
static void put_sending(struct screen *screen, const struct explanation *explanation)
{
	const struct telling *telling = &explanation->telling;
	const struct filter *filter =
		&explanation->delivery->control.filters.conditions[telling->notify_for];

	put_addresses(screen, "forwarded to", explanation->forwards);
	put_addresses(screen, "informed", telling->guards);
	if (telling->notifies && filter->notify_recipient)
		put_told(screen, "notified", telling->recipient, telling->recipient_why);
	if (telling->notifies && filter->notify_sender)
		put_told(screen, filter->notify_recipient ? "and" : "notified", telling->sender,
			telling->sender_why);
}

/* What the filter would write, in the profile that is really used. */
static void put_writing(struct screen *screen, const struct explanation *explanation)
{
	const struct decision *decision = &explanation->delivery->decision;
	char path[4096];

	if (explanation->saved)
		put_row(screen, "saved in", STYLE_PLAIN, explanation->saved);
	snprintf(path, sizeof(path), "%s/{qmvc.log%s}", explanation->profile.log,
		decision->disposition == DISPOSITION_DEFER ? ",qmvc.error"
		: decision->write_rep			   ? ",qmvc.rep"
							   : "");
	if (!strchr(path, ','))
		snprintf(path, sizeof(path), "%s/qmvc.log", explanation->profile.log);
	put_row(screen, "logged in", STYLE_PLAIN, path);
	put_row(screen, "qmail reads", STYLE_PLAIN, explanation->said);
}

static void put_times(struct screen *screen, const struct explanation *explanation)
{
	const struct delivery *delivery = explanation->delivery;
	cleanup_buf struct buf text = {0};

	buf_addf(&text, "%.1f ms", (double)(clock_us() - delivery->started_us) / 1000);
	for (unsigned i = 0; i < STAGE_COUNT; i++)
		if (delivery->stage_us[i] >= 50)
			buf_addf(&text, ", %s %.1f", stage_name((enum stage_id)i),
				(double)delivery->stage_us[i] / 1000);
	put_key(screen, "took");
	screen_wrap(screen, STYLE_DIM, buf_slice(&text));
	screen_end(screen);
}

static void put_decision(struct screen *screen, const struct explanation *explanation)
{
	const struct delivery *delivery = explanation->delivery;
	const struct decision *decision = &delivery->decision;
	enum style style = disposition_style(decision);
	char code[32];

	snprintf(code, sizeof(code), "  exit %d",
		exit_code(decision->disposition, delivery->options));
	explain_text_title(screen, "Decision");
	screen_to(screen, 2);
	screen_say(screen, style, account_action(delivery));
	screen_to(screen, VALUE_AT - 2);
	screen->margin = VALUE_AT;
	screen_say(screen, style, code);
	screen_wrap_cstr(screen, STYLE_PLAIN, ": ");
	screen_wrap_cstr(screen, STYLE_PLAIN, words_exit(decision->disposition));
	screen_end(screen);
	put_row(screen, "because", STYLE_PLAIN, explanation->why);
	put_sending(screen, explanation);
	put_writing(screen, explanation);
	put_times(screen, explanation);
	screen->margin = 0;
}

int explain_text(
	const struct explanation *explanation, const struct terminal *terminal, struct buf *out)
{
	struct screen screen;

	screen_init(&screen, terminal, out);
	put_mail(&screen, explanation);
	explain_text_parts(&screen, explanation);
	explain_text_conditions(&screen, explanation);
	put_commands(&screen, explanation);
	explain_text_scanners(&screen, explanation);
	put_decision(&screen, explanation);
	return out->failed ? -ENOMEM : 0;
}
