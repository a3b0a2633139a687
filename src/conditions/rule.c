/* Findings in words; see rule.h. */
#include "conditions/rule.h"

#include <errno.h>

#include "message/utf8.h"

static const char *magic_text(struct arena *arena, struct slice bytes)
{
	static const char prefix[] = "magic:", digits[] = "0123456789ABCDEF";
	size_t len = sizeof(prefix) - 1;
	char *text = arena_array(arena, bytes.len + len, 2);

	if (!text)
		return NULL;
	memcpy(text, prefix, len);
	for (size_t i = 0; i < bytes.len; i++) {
		text[len++] = digits[bytes.data[i] >> 4];
		text[len++] = digits[bytes.data[i] & 15];
	}
	return text;
}

const char *rule_text(struct arena *arena, const struct pattern *pattern)
{
	const char *text;

	if (pattern->kind == PATTERN_MAGIC)
		return magic_text(arena, pattern->text);
	text = arena_cstr(arena, pattern->text);
	if (!text)
		return NULL;
	switch (pattern->kind) {
	case PATTERN_REGEX:
		return arena_printf(arena, "/%s/", text);
	case PATTERN_COMMAND:
		return arena_printf(arena, "|%s:%u", text, pattern->code);
	case PATTERN_IMPORT:
		return arena_printf(arena, "import:%s", text);
	default:
		return text;
	}
}

const char *rule_detail(struct arena *arena, struct slice bytes)
{
	static const char more[] = "...";
	bool cut = bytes.len > DETAIL_MAX;
	size_t max = cut ? DETAIL_MAX - (sizeof(more) - 1) : DETAIL_MAX, len = 0, at = 0;
	char *text = arena_alloc(arena, DETAIL_MAX + 1);

	if (!text)
		return NULL;
	while (at < bytes.len) {
		size_t start = at;
		uint32_t character = utf8_next(bytes, &at);

		if (len + (at - start) > max)
			break;
		if (character < 0x80 && ascii_space((unsigned char)character)) {
			text[len++] = ' ';
		} else if (character < ' ' || (character >= 0x7f && character < 0xa0) ||
			   character == UTF8_WRONG) {
			text[len++] = '?';
		} else {
			memcpy(text + len, bytes.data + start, at - start);
			len += at - start;
		}
	}
	if (cut)
		memcpy(text + len, more, sizeof(more));
	return text;
}

struct slice rule_around(struct slice text, size_t from, size_t len)
{
	size_t room = len < DETAIL_MAX ? DETAIL_MAX - len : 0;
	size_t before = room / 2, start, end;

	if (from > text.len)
		from = text.len;
	start = from > before ? from - before : 0;
	end = text.len - start > DETAIL_MAX ? start + DETAIL_MAX : text.len;
	while (start < from && (text.data[start] & 0xc0) == 0x80)
		start++;
	while (end < text.len && end > start && (text.data[end] & 0xc0) == 0x80)
		end--;
	return slice_make(text.data ? text.data + start : NULL, end - start);
}

int rule_met_words(const struct check *check, enum condition_id condition, int object,
	const char *rule, struct slice detail)
{
	struct finding finding = {
		.condition = condition,
		.object = object,
		.pattern = rule,
		.detail = rule_detail(check->arena, detail),
	};

	if (!finding.pattern || !finding.detail)
		return -ENOMEM;
	return findings_add(check->findings, check->arena, &finding);
}

int rule_met(const struct check *check, enum condition_id condition, int object,
	const struct pattern *pattern, struct slice detail)
{
	return rule_met_words(check, condition, object, rule_text(check->arena, pattern), detail);
}

int rule_too_slow(
	const struct check *check, const char *path, int object, const struct pattern *pattern)
{
	const char *rule = rule_text(check->arena, pattern);

	if (!rule)
		return -ENOMEM;
	return rule_met_words(check, CONDITION_OVERLIMIT, object,
		arena_printf(check->arena, "%s:%u: %s", path, pattern->line, rule),
		slice_cstr("the expression takes too long on this mail"));
}
