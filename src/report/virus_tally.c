/* Adding up the records of qmvc.rep; see virus_tally.h. */
#include "report/virus_tally.h"

#include <errno.h>
#include <stdlib.h>

#define HOUR_MS	    ((int64_t)3600 * 1000)
#define HOURS_SHOWN 49 /* more go by days; a day has up to 25, and the hour it began in */

/* --- one mail -------------------------------------------------------------- */

static bool is_of_domain(unsigned char c)
{
	return c >= 0x80 || ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
	       c == '_' || c == '[' || c == ']' || c == ':';
}

struct slice virus_domain(struct slice address, unsigned char room[TOP_NAME_SIZE])
{
	size_t at = address.len;
	bool named = false;
	struct slice domain;

	while (at > 0 && address.data[at - 1] != '@')
		at--;
	domain = slice_from(address, at);
	if (at == 0 || domain.len > TOP_NAME_SIZE)
		return address;
	for (size_t i = 0; i < domain.len; i++) {
		room[i] = ascii_lower(domain.data[i]);
		if (!is_of_domain(room[i]))
			return address;
		named |= room[i] != '.' && room[i] != '[' && room[i] != ']';
	}
	return named ? slice_make(room, domain.len) : address;
}

/* Each name once a mail. */
static void add_name(struct virus_mail *mail, enum virus_list list, struct slice name)
{
	name = slice_first(name, TOP_NAME_SIZE);
	if (name.len == 0 || mail->name_count == VIRUS_MAIL_NAMES)
		return;
	for (unsigned i = 0; i < mail->name_count; i++)
		if (mail->names[i].list == list && slice_eq(mail->names[i].name, name))
			return;
	mail->names[mail->name_count++] = (struct virus_mail_name){list, name};
}

static void add_infections(struct virus_mail *mail)
{
	const struct rep_record *record = mail->entry->record;
	struct rep_finding finding;
	struct rep_scan scan;
	size_t at = 0;

	while (rep_finding_next(record, &at, &finding)) {
		if (!finding.virus)
			continue;
		add_name(mail, VIRUS_NAMES, finding.rule);
		add_name(mail, VIRUS_FILES, finding.file);
		add_name(mail, VIRUS_TYPES, finding.type);
	}
	for (at = 0; mail->scan_count < VIRUS_MAIL_SCANS && rep_scan_next(record, &at, &scan);)
		if (slice_eq_cstr(scan.verdict, "infected") ||
			slice_eq_cstr(scan.verdict, "suspicious"))
			mail->scans[mail->scan_count++] = scan;
}

/* What the condition that decided was met by. */
static void add_rules(struct virus_mail *mail)
{
	struct rep_finding finding;
	size_t at = 0;

	while (rep_finding_next(mail->entry->record, &at, &finding)) {
		const unsigned char *end = finding.rule.data + finding.rule.len;

		if (!slice_eq(finding.condition, mail->entry->decided))
			continue;
		/* Both are pieces of one value, the rule behind the condition. */
		if (finding.rule.len > 0)
			add_name(mail, VIRUS_RULES,
				slice_make(finding.condition.data,
					(size_t)(end - finding.condition.data)));
		add_name(mail, VIRUS_BAD_FILES, finding.file);
		add_name(mail, VIRUS_BAD_TYPES, finding.type);
	}
}

static bool is_infected(const struct rep_record *record)
{
	struct rep_finding finding;
	size_t at = 0;

	while (rep_finding_next(record, &at, &finding))
		if (finding.virus)
			return true;
	return false;
}

void virus_mail_read(const struct rep_entry *entry, struct virus_mail *mail)
{
	struct slice sender = entry->sender.len > 0 ? entry->sender : slice_cstr("<>");
	enum condition_id decided;
	bool infected = is_infected(entry->record);

	mail->entry = entry;
	mail->name_count = mail->scan_count = 0;
	mail->condition = CONDITION_COUNT;
	if (condition_from_name(entry->decided, &decided))
		mail->condition = decided;
	mail->kind = infected ? VIRUS_INFECTED : VIRUS_KINDS;
	if (!infected && entry->decided.len > 0)
		mail->kind = VIRUS_BAD;
	if (mail->kind == VIRUS_KINDS)
		return;
	add_name(mail, infected ? VIRUS_SENDERS : VIRUS_BAD_SENDERS, sender);
	add_name(mail, infected ? VIRUS_DOMAINS : VIRUS_BAD_DOMAINS,
		virus_domain(sender, mail->domain));
	add_name(mail, infected ? VIRUS_RECIPIENTS : VIRUS_BAD_RECIPIENTS, entry->recipient);
	if (infected)
		add_infections(mail);
	else
		add_rules(mail);
}

/* --- all of them ----------------------------------------------------------- */

static int64_t slot_at(struct virus_tally *tally, int64_t time_ms)
{
	struct calendar_time local = calendar_look(&tally->calendar, time_ms);

	return tally->axis.by_hours ? local.day * 24 + local.hour : local.day;
}

static void make_axis(struct virus_tally *tally)
{
	struct virus_axis *axis = &tally->axis;
	int64_t last;

	axis->by_hours = tally->until_ms - tally->since_ms <= HOURS_SHOWN * HOUR_MS;
	axis->first = slot_at(tally, tally->since_ms);
	last = slot_at(tally, tally->until_ms - 1);
	if (last - axis->first >= VIRUS_SLOTS)
		axis->first = last - VIRUS_SLOTS + 1;
	axis->count = (unsigned)(last - axis->first) + 1;
}

struct virus_tally *virus_tally_new(int64_t since_ms, int64_t until_ms)
{
	struct virus_tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->since_ms = since_ms;
	tally->until_ms = until_ms > since_ms ? until_ms : since_ms + 1;
	calendar_init(&tally->calendar);
	make_axis(tally);
	return tally;
}

void virus_tally_free(struct virus_tally *tally)
{
	if (!tally)
		return;
	for (unsigned i = 0; i < tally->scanner_count; i++)
		free(tally->scanners[i]);
	free(tally);
}

unsigned virus_tally_slot(struct virus_tally *tally, int64_t time_ms)
{
	int64_t slot = slot_at(tally, time_ms) - tally->axis.first;

	return slot >= 0 && slot < tally->axis.count ? (unsigned)slot : VIRUS_SLOTS;
}

static unsigned keep(unsigned char *room, size_t size, struct slice text)
{
	text = slice_first(text, size);
	if (text.len > 0)
		memcpy(room, text.data, text.len);
	return (unsigned)text.len;
}

/* By both: an administrator gives an initial to another engine one day. */
unsigned virus_tally_scanner(const struct virus_tally *tally, const struct rep_scan *scan)
{
	unsigned at = 0;

	for (; at < tally->scanner_count; at++) {
		const struct virus_scanner *known = tally->scanners[at];

		if (slice_eq(virus_scanner_initial(known),
			    slice_first(scan->initial, sizeof(known->initial))) &&
			slice_eq(virus_scanner_name(known),
				slice_first(scan->name, sizeof(known->name))))
			break;
	}
	return at;
}

static int add_scanner(struct virus_tally *tally, const struct rep_scan *scan)
{
	struct virus_scanner *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->initial_length = keep(new->initial, sizeof(new->initial), scan->initial);
	new->name_length = keep(new->name, sizeof(new->name), scan->name);
	tally->scanners[tally->scanner_count++] = new;
	return 0;
}

static int take_scan(struct virus_tally *tally, const struct rep_scan *scan)
{
	unsigned at = virus_tally_scanner(tally, scan);

	if (at == VIRUS_SCANNERS) {
		tally->left_out++;
		return 0;
	}
	if (at == tally->scanner_count && add_scanner(tally, scan))
		return -ENOMEM;
	tally->scanners[at]->found++;
	if (scan->virus.len > 0)
		top_add(&tally->scanners[at]->hits, scan->virus);
	return 0;
}

int virus_tally_take(struct virus_tally *tally, const struct virus_mail *mail)
{
	int64_t time_ms = mail->entry->time_ms;
	unsigned slot = virus_tally_slot(tally, time_ms);
	int result = 0;

	if (tally->records++ == 0 || time_ms < tally->first_ms)
		tally->first_ms = time_ms;
	if (mail->kind == VIRUS_KINDS)
		return 0;
	tally->mails[mail->kind]++;
	if (slot < VIRUS_SLOTS)
		tally->slots[slot][mail->kind]++;
	if (mail->kind == VIRUS_BAD)
		tally->conditions[mail->condition]++;
	for (unsigned i = 0; i < mail->name_count; i++)
		top_add(&tally->lists[mail->names[i].list], mail->names[i].name);
	for (unsigned i = 0; i < mail->scan_count && result == 0; i++)
		result = take_scan(tally, &mail->scans[i]);
	return result;
}
