/*
 * Records of qmvc.rep as data; see rep_entry.h. What is made for people (Condition, Scanner) is
 * taken apart from the left, where stands what qmvc and its administrator wrote: what a mail brought
 * stands behind it and cannot move it.
 */
#include "record/rep_entry.h"

#include "record/number.h"

#define VERSION_KNOWN 1

static bool is(const struct rep_field *field, const char *name)
{
	return strcmp(field->name, name) == 0;
}

static struct slice value_of(const struct rep_record *record, const char *name)
{
	for (size_t i = 0; i < record->count; i++)
		if (is(&record->fields[i], name))
			return record->fields[i].value;
	return SLICE_EMPTY;
}

int rep_entry_read(const struct rep_record *record, struct rep_entry *entry)
{
	struct rep_entry found = {.record = record,
		.id = value_of(record, "Id"),
		.sender = value_of(record, "Sender"),
		.recipient = value_of(record, "Recipient"),
		.subject = value_of(record, "Subject"),
		.action = value_of(record, "Action"),
		.decided = value_of(record, "Decided")};
	uint64_t version;

	if (found.id.len == 0 || !number_read_time(value_of(record, "Time"), &found.time_ms) ||
		!number_read(value_of(record, "Version"), &version) || version > VERSION_KNOWN)
		return 1;
	number_read(value_of(record, "Size"), &found.size);
	*entry = found;
	return 0;
}

/* Takes what stands before `mark` off *rest, and the mark; all of it when there is none. */
static struct slice take(struct slice *rest, const char *mark)
{
	struct slice needle = slice_cstr(mark);
	size_t end = slice_find(*rest, needle, 0);
	struct slice taken = slice_first(*rest, end);

	*rest = slice_from(*rest, end + needle.len);
	return taken;
}

/* File and Type stand right behind what they belong to. */
static void add_file(const struct rep_record *record, size_t *at, struct rep_finding *finding)
{
	for (; *at < record->count; (*at)++) {
		const struct rep_field *field = &record->fields[*at];

		if (is(field, "File") && finding->file.len == 0)
			finding->file = field->value;
		else if (is(field, "Type") && finding->type.len == 0)
			finding->type = field->value;
		else
			return;
	}
}

bool rep_finding_next(const struct rep_record *record, size_t *at, struct rep_finding *finding)
{
	while (*at < record->count) {
		const struct rep_field *field = &record->fields[(*at)++];
		struct rep_finding found = {.virus = is(field, "Virus")};
		struct slice rest = field->value;

		if (found.virus) {
			found.condition = slice_cstr("virus");
			found.rule = rest;
		} else if (is(field, "Condition")) {
			found.condition = take(&rest, ":");
			if (rest.len > 0 && rest.data[0] == ' ')
				rest = slice_from(rest, 1);
			found.rule = take(&rest, rest.len > 0 && rest.data[0] == '(' ? "(" : " (");
			if (slice_eq_cstr(found.condition, "virus"))
				continue;
		} else {
			continue;
		}
		add_file(record, at, &found);
		*finding = found;
		return true;
	}
	return false;
}

/* The longest of the record's viruses that `text` begins with, a " (" behind it. */
static struct slice virus_in(const struct rep_record *record, struct slice text)
{
	struct slice best = SLICE_EMPTY;

	for (size_t i = 0; i < record->count; i++) {
		struct slice virus = record->fields[i].value;

		if (is(&record->fields[i], "Virus") && virus.len > best.len &&
			slice_eq(slice_first(text, virus.len), virus) &&
			slice_starts(slice_from(text, virus.len), " ("))
			best = virus;
	}
	return best;
}

bool rep_scan_next(const struct rep_record *record, size_t *at, struct rep_scan *scan)
{
	while (*at < record->count) {
		const struct rep_field *field = &record->fields[(*at)++];
		struct slice rest = field->value;
		struct rep_scan found;

		if (!is(field, "Scanner"))
			continue;
		found.initial = take(&rest, " ");
		found.verdict = take(&rest, " ");
		take(&rest, " ms ");
		found.virus = virus_in(record, rest);
		rest = slice_from(rest, found.virus.len);
		take(&rest, "(");
		found.name = take(&rest, ")");
		*scan = found;
		return true;
	}
	return false;
}
