/*
 * badmailfrom, and the entries of ours in it. Each of ours is two lines:
 *
 *	#qmvc 2026-11-22 until 2026-12-22: 5 infected mails from a@example.com
 *	a@example.com
 *
 * Both name the address, so that an entry of which somebody has taken one line away is not ours any
 * more, and the line behind it never taken for one of ours. All other bytes are the administrator's
 * and are copied as they stand.
 */
#include "programs/block_list.h"

#include "base/cleanup.h"
#include "record/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define MARK	 "#qmvc "
#define DATE_LEN (CALENDAR_DATE_SIZE - 1)

/* --- reading ------------------------------------------------------------------ */

/* Takes `text` off the front of *rest. */
static bool take_text(struct slice *rest, const char *text)
{
	if (!slice_starts(*rest, text))
		return false;
	*rest = slice_from(*rest, strlen(text));
	return true;
}

static bool take_date(struct calendar *calendar, struct slice *rest, int64_t *day)
{
	struct slice date = slice_first(*rest, DATE_LEN);
	char again[CALENDAR_DATE_SIZE];
	int64_t wall_ms;

	if (date.len < DATE_LEN || !calendar_read(calendar, date, 0, false, &wall_ms))
		return false;
	*day = calendar_look(calendar, wall_ms).day;
	calendar_date_text(*day, again);
	*rest = slice_from(*rest, DATE_LEN);
	return slice_eq_cstr(date, again);
}

static bool read_mark(struct calendar *calendar, struct slice line, struct block_entry *entry)
{
	struct slice count;

	if (!take_text(&line, MARK) || !take_date(calendar, &line, &entry->since) ||
		!take_text(&line, " until ") || !take_date(calendar, &line, &entry->until) ||
		!take_text(&line, ": "))
		return false;
	count = slice_first(line, slice_find_byte(line, ' ', 0));
	line = slice_from(line, count.len);
	if (!number_read(count, &entry->mails) ||
		(!take_text(&line, " infected mails from ") &&
			!take_text(&line, " infected mail from ")))
		return false;
	entry->address = line;
	return block_address_is_fit(line);
}

/* Is the entry that begins with `mark` at *rest one of ours? Then its second line is taken. */
static bool read_entry(
	struct calendar *calendar, struct slice mark, struct slice *rest, struct block_entry *entry)
{
	struct slice after = *rest, line;

	if (!read_mark(calendar, mark, entry) || !block_raw_line(&after, &line) ||
		!slice_eq(line, entry->address))
		return false;
	*rest = after;
	return true;
}

static size_t count_starts(struct slice text, const char *with, size_t *lines)
{
	struct slice line;
	size_t count = 0;

	for (*lines = 0; block_raw_line(&text, &line); ++*lines)
		count += slice_starts(line, with);
	return count;
}

/* One line that is not ours: what qmail makes of it, if anything. */
static int add_other(struct arena *arena, struct slice line, struct block_names *others)
{
	if (!block_control_line(&(struct slice){line.data, line.len}, &line))
		return 0;
	others->list[others->count] = block_lower(arena, line);
	return others->list[others->count++].data ? 0 : -ENOMEM;
}

int block_list_parse(struct arena *arena, struct slice text, struct block_list *list)
{
	struct block_list found = {.text = text};
	struct slice rest = text, line;
	struct calendar calendar;
	size_t lines, marks = count_starts(text, MARK, &lines);

	calendar_init(&calendar);
	found.entries = arena_array(arena, marks + 1, sizeof(*found.entries));
	found.others.list = arena_array(arena, lines + 1, sizeof(*found.others.list));
	if (!found.entries || !found.others.list)
		return -ENOMEM;
	for (;;) {
		struct block_entry entry = {.begin = text.len - rest.len};

		if (!block_raw_line(&rest, &line))
			break;
		if (read_entry(&calendar, line, &rest, &entry)) {
			entry.end = text.len - rest.len;
			found.entries[found.count++] = entry;
		} else if (add_other(arena, line, &found.others)) {
			return -ENOMEM;
		}
	}
	block_names_sort(&found.others);
	*list = found;
	return 0;
}

/* --- deciding ------------------------------------------------------------------ */

bool block_is_in(const struct block_entry *entry)
{
	return entry->fate == BLOCK_KEPT || entry->fate == BLOCK_RENEWED ||
	       entry->fate == BLOCK_ADDED;
}

const struct block_entry *block_list_find(const struct block_list *list, struct slice address)
{
	for (size_t i = 0; i < list->count; i++)
		if (slice_eq_nocase(list->entries[i].address, address))
			return &list->entries[i];
	return NULL;
}

static const struct block_sender *find_sender(
	const struct block_senders *senders, struct slice address)
{
	for (size_t i = 0; i < senders->count; i++)
		if (slice_eq_nocase(senders->list[i].address, address))
			return &senders->list[i];
	return NULL;
}

static int decide_old(struct arena *arena, const struct block_rules *rules,
	const struct block_senders *senders, int64_t today, unsigned days,
	struct block_entry *entry)
{
	const struct block_sender *sender = find_sender(senders, entry->address);
	struct slice address = block_lower(arena, entry->address);

	if (!address.data)
		return -ENOMEM;
	if (block_refused(rules, address)) {
		entry->fate = BLOCK_FREED;
	} else if (sender) {
		entry->fate = BLOCK_RENEWED;
		entry->mails = sender->mails;
		entry->until = today + days;
	} else if (entry->until <= today) {
		entry->fate = BLOCK_EXPIRED;
	}
	return 0;
}

static void decide_new(const struct block_rules *rules, struct block_sender *sender, int64_t today,
	unsigned days, struct block_list *list)
{
	sender->refused = block_refused(rules, sender->address);
	if (sender->refused || block_list_find(list, sender->address))
		return;
	if (block_names_have(&list->others, sender->address) ||
		block_names_have(&list->others, block_domain(sender->address))) {
		sender->refused = "blocked by a line that is not ours";
		return;
	}
	list->entries[list->count++] = (struct block_entry){
		.address = sender->address,
		.since = today,
		.until = today + days,
		.mails = sender->mails,
		.fate = BLOCK_ADDED,
	};
}

/* Worst first; of equals who stands there already, in the order of the list. */
static int by_mails(const void *a, const void *b)
{
	const struct block_entry *one = *(struct block_entry *const *)a;
	const struct block_entry *other = *(struct block_entry *const *)b;

	if (one->mails != other->mails)
		return one->mails > other->mails ? -1 : 1;
	return one < other ? -1 : 1;
}

static int bound(struct arena *arena, struct block_list *list)
{
	struct block_entry **order =
		arena_array(arena, list->count + 1, sizeof(struct block_entry *));
	size_t count = 0;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++)
		if (block_is_in(&list->entries[i]))
			order[count++] = &list->entries[i];
	if (count > 1)
		qsort(order, count, sizeof(struct block_entry *), by_mails);
	for (size_t i = BLOCK_MAX; i < count; i++)
		order[i]->fate = order[i]->fate == BLOCK_ADDED ? BLOCK_LEFT : BLOCK_CROWDED;
	return 0;
}

int block_list_update(struct arena *arena, const struct block_rules *rules,
	struct block_senders *senders, int64_t today, unsigned days, struct block_list *list)
{
	struct block_entry *more =
		arena_array(arena, list->count + senders->count + 1, sizeof(*more));
	/* Behind so many more than find room, nobody is worse. */
	size_t old = list->count, considered = 0;

	if (!more)
		return -ENOMEM;
	if (old > 0)
		memcpy(more, list->entries, old * sizeof(*more));
	list->entries = more;
	for (size_t i = 0; i < old; i++)
		if (decide_old(arena, rules, senders, today, days, &list->entries[i]))
			return -ENOMEM;
	while (considered < senders->count && list->count - old <= BLOCK_MAX)
		decide_new(rules, &senders->list[considered++], today, days, list);
	return bound(arena, list);
}

void block_list_undo(struct block_list *list, struct slice address)
{
	for (size_t i = 0; i < list->count; i++)
		if (address.len == 0 || slice_eq_nocase(list->entries[i].address, address))
			list->entries[i].fate = BLOCK_UNDONE;
}

/* --- writing -------------------------------------------------------------------- */

static void add_entry(const struct block_entry *entry, struct buf *out)
{
	char since[CALENDAR_DATE_SIZE], until[CALENDAR_DATE_SIZE];

	calendar_date_text(entry->since, since);
	calendar_date_text(entry->until, until);
	buf_addf(out, MARK "%s until %s: %" PRIu64 " infected mail%s from ", since, until,
		entry->mails, entry->mails == 1 ? "" : "s");
	buf_add(out, entry->address);
	buf_add_byte(out, '\n');
	buf_add(out, entry->address);
	buf_add_byte(out, '\n');
}

/* Is the last line a mark without its address? */
static bool ends_in_mark(const struct buf *out)
{
	size_t begin = out->len > 0 ? out->len - 1 : 0;

	while (begin > 0 && out->data[begin - 1] != '\n')
		begin--;
	return slice_starts(slice_from(buf_slice(out), begin), MARK);
}

void block_list_render(const struct block_list *list, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct block_entry *entry = &list->entries[i];

		if (entry->end == 0) {
			/* The new ones stand behind all others: the rest of the file goes first. */
			buf_add(out, slice_from(list->text, at));
			at = list->text.len;
			if (block_is_in(entry) && out->len > 0 && out->data[out->len - 1] != '\n')
				buf_add_byte(out, '\n');
		} else {
			size_t end = entry->fate == BLOCK_KEPT ? entry->end : entry->begin;

			buf_add(out, slice_make(list->text.data + at, end - at));
			at = entry->end;
		}
		if (block_is_in(entry) && entry->fate != BLOCK_KEPT)
			add_entry(entry, out);
		/* What is left of an entry must not meet a line behind the one that goes. */
		else if (entry->end > 0 && !block_is_in(entry) && ends_in_mark(out))
			buf_add_cstr(out, "#\n");
	}
	buf_add(out, slice_from(list->text, at));
}
