/* Adding up the lines of a log: mails, days, stages; see tally.h. */
#include "report/tally_private.h"

#include <errno.h>
#include <stdlib.h>

static const char *const action_names[TALLY_ACTIONS] = {
	[TALLY_PASS] = "pass", [TALLY_DEFER] = "defer", [TALLY_OTHER] = "other"};
static const char *const phase_names[TALLY_PHASES] = {"waiting", "sending", "scanning"};
static const char *const code_names[TALLY_CODES] = {
	"header", "date", "to", "msgid", "from", "subject", "mime", "field"};

const char *tally_action_name(enum tally_action action)
{
	return action_names[action] ? action_names[action]
				    : action_name((enum action)(action - TALLY_BLOCK));
}

const char *tally_phase_name(enum tally_phase phase)
{
	return phase_names[phase];
}

const char *tally_code_name(unsigned bit)
{
	return code_names[bit];
}

const char *tally_condition_name(unsigned condition)
{
	return condition < CONDITION_COUNT ? condition_name((enum condition_id)condition) : "other";
}

struct tally *tally_new(int64_t since_ms, int64_t until_ms)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->since_ms = since_ms;
	tally->until_ms = until_ms;
	calendar_init(&tally->calendar);
	return tally;
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	for (unsigned i = 0; i < tally->stage_count; i++)
		free(tally->stages[i]);
	for (unsigned i = 0; i < tally->scanner_count; i++)
		free(tally->scanners[i]);
	free(tally->days);
	free(tally);
}

static enum tally_action action_of(struct slice word)
{
	enum action action;

	if (slice_eq_cstr(word, "pass"))
		return TALLY_PASS;
	if (slice_eq_cstr(word, "defer"))
		return TALLY_DEFER;
	return action_from_name(word, &action) ? TALLY_BLOCK + (enum tally_action)action
					       : TALLY_OTHER;
}

/* A condition that stands twice in `met` is one mail all the same. */
static unsigned conditions_of(struct slice met)
{
	unsigned set = 0;

	while (met.len > 0) {
		size_t comma = slice_find_byte(met, ',', 0);
		enum condition_id id;

		if (condition_from_name(slice_first(met, comma), &id))
			set |= CONDITION_BIT(id);
		else
			set |= CONDITION_BIT(CONDITION_COUNT);
		met = slice_from(met, comma + 1);
	}
	return set;
}

/* One mail, as counts of its own. */
static struct tally_counts counts_of(const struct log_entry *entry,
	const struct tally_opinions *opinions, enum tally_action action, unsigned met)
{
	bool acted = action >= TALLY_BLOCK && action <= TALLY_INSPECT;
	struct tally_counts one = {.mails = 1,
		.bytes = entry->size,
		.stopped = acted && action_stops((enum action)(action - TALLY_BLOCK)),
		.bad = acted && opinions->found == 0,
		.infected = opinions->found > 0,
		.disagreed = opinions->found > 0 && opinions->clean > 0,
		.sealed = entry->sealed > 0,
		.forwarded = entry->forwarded > 0};

	one.actions[action] = 1;
	for (unsigned i = 0; i <= CONDITION_COUNT; i++)
		one.met[i] = met >> i & 1;
	for (unsigned i = 0; i < TALLY_CODES; i++)
		one.codes[i] = entry->errors >> i & 1;
	return one;
}

/* All members are counters, and nothing else may stand there. */
static void add_counts(struct tally_counts *sum, const struct tally_counts *one)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)one;

	_Static_assert(sizeof(*sum) % sizeof(*to) == 0, "counters only");
	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

/* The place of `day`, or where it belongs. */
static unsigned find_day(const struct tally *tally, int64_t day)
{
	unsigned low = 0, high = tally->day_count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (tally->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_day(struct tally *tally, unsigned at, int64_t day)
{
	if (tally->day_count == tally->day_room) {
		unsigned room = tally->day_room ? tally->day_room * 2 : 32;
		struct tally_day *grown = reallocarray(tally->days, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		tally->days = grown;
		tally->day_room = room;
	}
	memmove(&tally->days[at + 1], &tally->days[at],
		(tally->day_count - at) * sizeof(*tally->days));
	tally->days[at] = (struct tally_day){.day = day};
	tally->day_count++;
	return 0;
}

/* Returns 0, 1 when there is no place for another day, or -ENOMEM. */
static int day_of(struct tally *tally, int64_t day, struct tally_day **found)
{
	unsigned at = tally->last_day;

	if (at >= tally->day_count || tally->days[at].day != day) {
		at = find_day(tally, day);
		if (at == tally->day_count || tally->days[at].day != day) {
			if (tally->day_count == TALLY_DAYS)
				return 1;
			if (make_day(tally, at, day))
				return -ENOMEM;
		}
		tally->last_day = at;
	}
	*found = &tally->days[at];
	return 0;
}

static int take_day(struct tally *tally, int64_t time_ms, const struct tally_counts *one)
{
	struct calendar_time local = calendar_look(&tally->calendar, time_ms);
	struct tally_day *day;
	int result = day_of(tally, local.day, &day);

	if (result)
		return result < 0 ? result : 0;
	add_counts(&day->counts, one);
	day->mails[local.hour]++;
	day->stopped[local.hour] += (uint32_t)one->stopped;
	return 0;
}

static int take_stage(struct tally *tally, const struct log_stage *stage)
{
	struct slice name = slice_first(stage->name, LOG_STAGE_NAMES);
	struct tally_stage *known;

	for (unsigned i = 0; i < tally->stage_count; i++) {
		if (slice_eq(tally_stage_name(tally->stages[i]), name)) {
			histogram_add(&tally->stages[i]->time, stage->us);
			return 0;
		}
	}
	if (tally->stage_count == LOG_STAGES)
		return 0;
	known = calloc(1, sizeof(*known));
	if (!known)
		return -ENOMEM;
	known->length = (unsigned)name.len;
	memcpy(known->name, name.data, name.len);
	histogram_add(&known->time, stage->us);
	tally->stages[tally->stage_count++] = known;
	return 0;
}

static void take_time(struct tally *tally, int64_t time_ms)
{
	if (tally->total.mails == 0 || time_ms < tally->first_ms)
		tally->first_ms = time_ms;
	if (tally->total.mails == 0 || time_ms > tally->last_ms)
		tally->last_ms = time_ms;
}

int tally_take(void *context, const struct log_entry *entry, const struct log_place *place)
{
	struct tally_seen seen;
	int result = tally_take_seen(context, entry, place, &seen);

	return result < 0 ? result : 0;
}

int tally_take_seen(struct tally *tally, const struct log_entry *entry,
	const struct log_place *place, struct tally_seen *seen)
{
	struct tally_opinions opinions = {0};

	if (entry->time_ms < tally->since_ms || entry->time_ms >= tally->until_ms)
		return 1;
	if (tally_take_scans(tally, entry, &opinions, seen))
		return -ENOMEM;
	seen->action = action_of(entry->action);
	seen->met = conditions_of(entry->met);
	seen->counts = counts_of(entry, &opinions, seen->action, seen->met);
	take_time(tally, entry->time_ms);
	add_counts(&tally->total, &seen->counts);
	histogram_add(&tally->delay, entry->delay_us);
	for (unsigned i = 0; i < entry->stage_count; i++)
		if (take_stage(tally, &entry->stages[i]))
			return -ENOMEM;
	top_add(&tally->senders, entry->sender);
	top_add(&tally->recipients, entry->recipient);
	if (opinions.found > 0)
		top_add(&tally->virus_senders, entry->sender);
	tally_take_notable(tally, entry, place);
	return take_day(tally, entry->time_ms, &seen->counts);
}
