/* Facts about scanners, and the two forms they come in; see facts.h. */
#include "scan/facts.h"

#include <errno.h>
#include <time.h>

#include "base/error.h"

#define TEXT_MAX 200
/* Of check_NAME's output: who prints more has not understood the protocol. */
#define READ_LINES 64

static struct scan_facts *new_facts(struct fact_collector *collector)
{
	struct scan_facts *facts = ARENA_NEW(collector->arena, struct scan_facts);

	if (!facts) {
		collector->no_memory = true;
		return NULL;
	}
	facts->date = FACTS_NO_DATE;
	if (collector->last)
		collector->last->next = facts;
	else
		collector->first = facts;
	collector->last = facts;
	return facts;
}

static bool is_blank(const struct scan_facts *facts)
{
	return !facts->address && !facts->engine && !facts->patterns && facts->count == 0 &&
	       facts->date == FACTS_NO_DATE;
}

static void add_line(struct scan_facts *facts, enum scan_fact kind, const char *text)
{
	facts->failed |= kind == FACT_ERROR;
	if (facts->count == FACTS_LINES)
		return;
	facts->lines[facts->count].kind = kind;
	facts->lines[facts->count++].text = text;
}

/* A fact that is told once; told again it is a note. */
static void set_once(struct scan_facts *facts, const char **fact, const char *text)
{
	if (*fact)
		add_line(facts, FACT_NOTE, text);
	else
		*fact = text;
}

void facts_collect(void *context, enum scan_fact fact, const char *text)
{
	struct fact_collector *collector = context;
	struct scan_facts *facts = collector->last;
	struct error line = {0};
	const char *copy;

	if (!facts || (fact == FACT_ADDRESS && !is_blank(facts)))
		facts = new_facts(collector);
	error_set(&line, 0, "%s", text); /* leaves no control character in it */
	copy = facts ? arena_cstr(collector->arena, slice_cstr(line.text)) : NULL;
	if (!copy) {
		collector->no_memory = true;
		return;
	}
	switch (fact) {
	case FACT_ADDRESS:
		facts->address = copy;
		break;
	case FACT_ENGINE:
		set_once(facts, &facts->engine, copy);
		break;
	case FACT_PATTERNS:
		set_once(facts, &facts->patterns, copy);
		break;
	case FACT_DATE:
		if (facts_read_date(slice_cstr(copy), &facts->date) < 0)
			add_line(facts, FACT_NOTE, copy);
		break;
	case FACT_NOTE:
	case FACT_WARNING:
	case FACT_ERROR:
		add_line(facts, fact, copy);
		break;
	}
}

int64_t facts_age_days(const struct scan_facts *facts, int64_t now_ms)
{
	if (facts->date == FACTS_NO_DATE)
		return -1;
	return now_ms / 1000 > facts->date ? (now_ms / 1000 - facts->date) / 86400 : 0;
}

const char *facts_error(const struct scan_facts *facts)
{
	for (unsigned i = 0; i < facts->count; i++)
		if (facts->lines[i].kind == FACT_ERROR)
			return facts->lines[i].text;
	return NULL;
}

int facts_read_date(struct slice text, int64_t *date)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	int number[6] = {0};
	unsigned field = 0;

	if (text.len != sizeof(form) - 1)
		return -EINVAL;
	for (size_t i = 0; i < text.len; i++) {
		if (form[i] == 'd' && ascii_digit(text.data[i]))
			number[field] = number[field] * 10 + (text.data[i] - '0');
		else if (form[i] == 'd' || text.data[i] != (unsigned char)form[i])
			return -EINVAL;
		else
			field++;
	}

	struct tm tm = {.tm_year = number[0] - 1900,
		.tm_mon = number[1] - 1,
		.tm_mday = number[2],
		.tm_hour = number[3],
		.tm_min = number[4],
		.tm_sec = number[5]};
	struct tm same = tm;
	time_t seconds = timegm(&same);

	/* timegm(3) mends what is out of range: the 31st of February becomes a day in March. */
	if (same.tm_mon != tm.tm_mon || same.tm_mday != tm.tm_mday || same.tm_hour != tm.tm_hour ||
		same.tm_min != tm.tm_min || same.tm_sec != tm.tm_sec)
		return -EINVAL;
	*date = seconds;
	return 0;
}

/* Reports `text`, cut to what is worth showing. */
static void tell(scan_report *report, void *context, enum scan_fact fact, const char *before,
	struct slice text)
{
	struct error line = {0};
	char cut[TEXT_MAX + 1];
	size_t len = slice_first(text, TEXT_MAX).len;

	for (size_t i = 0; i < len; i++)
		cut[i] = text.data[i] ? (char)text.data[i] : '?';
	cut[len] = '\0';
	error_set(&line, 0, "%s%s", before, cut);
	report(context, fact, line.text);
}

static void read_line(struct slice line, scan_report *report, void *context)
{
	static const struct {
		const char *word;
		enum scan_fact fact;
	} words[] = {
		{"engine", FACT_ENGINE},
		{"patterns", FACT_PATTERNS},
		{"date", FACT_DATE},
		{"warning", FACT_WARNING},
		{"error", FACT_ERROR},
	};
	size_t tab = slice_find_byte(line, '\t', 0);
	struct slice text = slice_trim(slice_from(line, tab + 1));
	int64_t date;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!slice_eq_cstr(slice_first(line, tab), words[i].word) || text.len == 0)
			continue;
		if (words[i].fact == FACT_DATE && facts_read_date(text, &date) < 0)
			tell(report, context, FACT_WARNING, "not a date: ", text);
		else
			tell(report, context, words[i].fact, "", text);
		return;
	}
	tell(report, context, FACT_WARNING, "a line outside the protocol: ", line);
}

void facts_read(struct slice out, scan_report *report, void *context)
{
	struct slice line;
	unsigned count = 0;

	while (slice_next_line(&out, &line)) {
		if (slice_trim(line).len == 0)
			continue;
		if (count++ == READ_LINES) {
			report(context, FACT_WARNING, "more lines than can be believed");
			return;
		}
		read_line(line, report, context);
	}
}

void facts_read_clamav(struct slice version, scan_report *report, void *context)
{
	size_t slash = slice_find_byte(version, '/', 0);
	size_t second = slice_find_byte(version, '/', slash + 1);
	struct slice patterns = slice_from(slice_first(version, second), slash + 1);
	char text[40] = {0};
	struct tm tm = {.tm_isdst = -1};
	struct slice date = slice_first(slice_from(version, second + 1), sizeof(text) - 1);
	time_t made;

	tell(report, context, FACT_ENGINE, "", slice_first(version, slash));
	if (patterns.len > 0)
		tell(report, context, FACT_PATTERNS, "", patterns);
	if (date.len == 0)
		return;
	memcpy(text, date.data, date.len);

	const char *end = strptime(text, "%a %b %d %H:%M:%S %Y", &tm);

	if (!end || *end || (made = mktime(&tm)) == (time_t)-1 || !gmtime_r(&made, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	report(context, FACT_DATE, text);
}
