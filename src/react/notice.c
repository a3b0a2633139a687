/*
 * Notices; see notice.h. What goes into a field passes compose.h, what goes into the text passes
 * template.h: nothing that a mail says reaches ours in any other way.
 */
#include "react/notice.h"

#include "react/compose.h"
#include "react/words.h"

#include <errno.h>

/* Between the texts of two languages. */
#define RULE "\n----------------------------------------\n\n"

static const char *const files[NOTICE_KINDS] = {
	[NOTICE_RECIPIENT] = "notify-recipient",
	[NOTICE_SENDER] = "notify-sender",
	[NOTICE_GUARD] = "inform-guard",
};

const char *notice_file(enum notice_kind kind)
{
	return files[kind];
}

static int read_file(const struct profile *profile, struct arena *arena, const char *language,
	const char *name, struct slice *text, const char **path, struct error *error)
{
	int result = profile_read_template(profile, arena, language, name, text, path, error);

	if (result == 1)
		return error_set(error, -ENOENT, "%s: there is no such template", *path);
	return result;
}

/*
 * An administrator's own file was complete when he wrote it: the sentence of a condition that came
 * later is taken from the one that was installed. Where that language never was, it is missing.
 */
static int complete(const struct profile *profile, struct arena *arena, const char *language,
	const char *path, struct words *words, struct error *error)
{
	struct slice text;
	const char *shipped;
	struct words others;
	struct error missing = {0}; /* what is mended is no error */
	int result;

	if (words_check(words, path, &missing) == 0)
		return 0;
	result = profile_read_shipped(profile, arena, language, "words", &text, &shipped, error);
	if (result == 0)
		result = words_parse(text, shipped, &others, error);
	if (result < 0)
		return result;
	if (result == 0)
		words_add(words, &others);
	return words_check(words, path, error);
}

/* The template and the sentences of one language; they borrow from the arena. */
static int load(const struct profile *profile, struct arena *arena, const char *language,
	enum notice_kind kind, struct template *template, struct words *words, struct error *error)
{
	struct slice text;
	const char *path;
	int result = read_file(profile, arena, language, files[kind], &text, &path, error);

	if (result == 0)
		result = template_parse(text, path, kind == NOTICE_GUARD, template, error);
	if (result == 0)
		result = read_file(profile, arena, language, "words", &text, &path, error);
	if (result == 0)
		result = words_parse(text, path, words, error);
	return result ? result : complete(profile, arena, language, path, words, error);
}

static void put_words(
	const struct notice *notice, const struct words *words, struct template_values *values)
{
	*values = *notice->values;
	values->list[TEMPLATE_REASON] = words->reasons[notice->condition];
	values->list[TEMPLATE_FATE] = notice->kept ? words->kept : words->dropped;
}

/* The same subject is not said twice. */
static void add_subject(struct buf *subject, struct slice one)
{
	if (subject->len > 0 && slice_find(buf_slice(subject), one, 0) < subject->len)
		return;
	if (subject->len > 0)
		buf_add_cstr(subject, " / ");
	buf_add(subject, one);
}

static int add_language(const struct profile *profile, const char *language,
	const struct notice *notice, struct buf *subject, struct buf *body, struct error *error)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf one = {0};
	struct template template;
	struct template_values values;
	struct words words;
	int result = load(profile, &arena, language, notice->kind, &template, &words, error);

	if (result)
		return result;
	put_words(notice, &words, &values);
	/* One line, whatever stands in its values: a subject has no second. */
	template_expand(template.subject, &values, TEMPLATE_IN_SUBJECT, &one);
	add_subject(subject, buf_slice(&one));
	if (body->len > 0)
		buf_add_cstr(body, RULE);
	template_expand(template.body, &values, TEMPLATE_IN_TEXT, body);
	buf_add_byte(body, '\n');
	return one.failed ? -ENOMEM : 0;
}

static struct slice host_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return slice_cstr(at ? at + 1 : NULL);
}

static void add_mail(
	const struct notice *notice, struct slice subject, struct slice body, struct buf *out)
{
	compose_date(out, notice->wall_ms);
	compose_mailbox(out, "From", slice_cstr(notice->from));
	compose_mailbox(out, "To", slice_cstr(notice->to));
	compose_text(out, "Subject", subject);
	compose_message_id(out, notice->unique, host_of(notice->from));
	buf_add_cstr(out, "Auto-Submitted: auto-generated\n"
			  "X-Auto-Response-Suppress: All\n");
	buf_addf(out, NOTICE_FIELD ": %u\n", notice->generation);
	compose_body(out, body);
}

int notice_write(const struct profile *profile, const char *const *languages,
	const struct notice *notice, struct buf *out, struct error *error)
{
	cleanup_buf struct buf subject = {0}, body = {0};

	for (; *languages; languages++) {
		int result = add_language(profile, *languages, notice, &subject, &body, error);

		if (result)
			return error_set_errno(error, result, "a notice in %s", *languages);
	}
	add_mail(notice, buf_slice(&subject), buf_slice(&body), out);
	return subject.failed || body.failed || out->failed
		       ? error_set_errno(error, -ENOMEM, "a notice")
		       : 0;
}

int notice_check(const struct profile *profile, const char *language, struct error *error)
{
	for (enum notice_kind kind = 0; kind < NOTICE_KINDS; kind++) {
		cleanup_arena struct arena arena = {0};
		struct template template;
		struct words words;
		int result = load(profile, &arena, language, kind, &template, &words, error);

		if (result)
			return result;
	}
	return 0;
}
