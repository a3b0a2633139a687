/*
 * A reading as one line of text, for tests: "multipart/mixed[text/plain 'hello', ...]". Leaves show
 * their decoded bytes in quotes, but for attached mails and multiparts with children; children
 * stand in brackets.
 */
#ifndef QMVC_TESTS_MESSAGE_SHOW_H
#define QMVC_TESTS_MESSAGE_SHOW_H

#include "unit.h"

#include "base/buf.h"
#include "message/reading.h"

#include <string.h>

struct show {
	struct reading reading;
	struct buf text;
};

static inline struct limits show_limits(void)
{
	return (struct limits){
		.depth = 16, .bytes = 1 << 24, .parts = 1000, .header = 1 << 20};
}

static inline void show_part(struct show *show, size_t index)
{
	const struct reading *reading = &show->reading;
	const struct part *part = &reading->parts[index];
	bool first = true;

	buf_add(&show->text, part->type);
	buf_add_byte(&show->text, '/');
	buf_add(&show->text, part->subtype);
	if (part->is_leaf && !part->is_mail &&
		(!part_is(part, "multipart", NULL) || index + 1 == reading->count ||
			reading->parts[index + 1].parent != (int)index)) {
		buf_add_cstr(&show->text, " '");
		buf_add(&show->text, part->content.bytes);
		buf_add_cstr(&show->text, "'");
	}
	for (size_t i = index + 1; i < reading->count; i++) {
		if (reading->parts[i].parent != (int)index)
			continue;
		buf_add_cstr(&show->text, first ? "[" : ", ");
		first = false;
		show_part(show, i);
	}
	if (!first)
		buf_add_byte(&show->text, ']');
}

static inline const char *show_read(struct show *show, const struct reading_rules *rules,
	struct slice raw, const struct limits *limits)
{
	struct error error = {0};

	*show = (struct show){0};
	if (reading_read(&show->reading, rules, raw, limits, "/tmp", &error))
		fail_msg("%s", error.text);
	show_part(show, 0);
	return buf_cstr(&show->text);
}

static inline void show_release(struct show *show)
{
	reading_release(&show->reading);
	buf_release(&show->text);
}

/* Reads `mail` by the principal rules and compares; gives all parts' flags. */
static inline unsigned assert_reads(const char *mail, const char *want)
{
	struct limits limits = show_limits();
	struct show show;
	unsigned flags;

	assert_string_equal(show_read(&show, &reading_principal, slice_cstr(mail), &limits), want);
	flags = show.reading.flags;
	for (size_t i = 0; i < show.reading.count; i++) {
		const struct part *part = &show.reading.parts[i];

		assert_int_equal(part->index, i);
		assert_true(part->parent < (int)i);
	}
	show_release(&show);
	return flags;
}

#endif
