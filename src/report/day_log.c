/* What the page of a day is made of; see day_log.h. */
#include "report/day_log.h"

#include <errno.h>
#include <stdlib.h>

#define QUARTER_MS (INT64_C(15) * 60 * 1000)
#define HOUR_MS	   (4 * QUARTER_MS)

static struct day_slot *add_slot(struct day_log *log, int64_t since_ms, int64_t until_ms)
{
	struct day_slot *slot = &log->slots[log->slot_count++];
	struct calendar_time local = calendar_look(&log->tally->calendar, since_ms);

	slot->since_ms = since_ms > log->since_ms ? since_ms : log->since_ms;
	slot->until_ms = until_ms < log->until_ms ? until_ms : log->until_ms;
	slot->day = local.day;
	slot->hour = local.hour;
	return slot;
}

/*
 * An hour goes on as long as the clock shows it, from one quarter to the next: zones change between
 * quarters, and then an hour is longer or shorter, or comes back later.
 */
static void make_hours(struct day_log *log)
{
	struct calendar *calendar = &log->tally->calendar;
	int64_t from = log->since_ms - (log->since_ms % QUARTER_MS + QUARTER_MS) % QUARTER_MS;

	for (int64_t at = from; at < log->until_ms; at += QUARTER_MS) {
		struct calendar_time local = calendar_look(calendar, at);
		struct day_slot *last =
			log->slot_count > 0 ? &log->slots[log->slot_count - 1] : NULL;

		if (last && last->day == local.day && last->hour == local.hour) {
			last->until_ms =
				at + QUARTER_MS < log->until_ms ? at + QUARTER_MS : log->until_ms;
			continue;
		}
		last = add_slot(log, at, at + QUARTER_MS);
		for (unsigned i = 0; i + 1 < log->slot_count; i++)
			last->again |=
				log->slots[i].day == local.day && log->slots[i].hour == local.hour;
	}
}

static void make_days(struct day_log *log, int64_t first, int64_t last)
{
	struct calendar *calendar = &log->tally->calendar;

	log->cut = last - first >= LINES_SLOTS;
	if (log->cut)
		first = last - LINES_SLOTS + 1;
	for (int64_t day = first; day <= last; day++)
		add_slot(log, calendar_day_start(calendar, day),
			calendar_day_start(calendar, day + 1));
}

static int make_slots(struct day_log *log)
{
	int64_t first = calendar_look(&log->tally->calendar, log->since_ms).day;
	int64_t last = calendar_look(&log->tally->calendar, log->until_ms - 1).day;
	int64_t most = last - first + 1 < LINES_SLOTS ? last - first + 1 : LINES_SLOTS;

	log->one_day = first == last;
	/* Half hours by which a clock is put back make a few more. */
	log->by_hour = log->until_ms - log->since_ms <= DAY_LOG_HOURS * HOUR_MS;
	log->slots = calloc(log->by_hour ? DAY_LOG_HOURS + 8 : (size_t)most, sizeof(*log->slots));
	if (!log->slots)
		return -ENOMEM;
	if (log->by_hour)
		make_hours(log);
	else
		make_days(log, first, last);
	return 0;
}

struct day_log *day_log_new(int64_t since_ms, int64_t until_ms)
{
	struct day_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->since_ms = since_ms;
	log->until_ms = until_ms;
	log->tally = tally_new(since_ms, until_ms);
	log->lines = lines_new();
	log->reasons = calloc(1, sizeof(*log->reasons));
	if (log->tally && log->lines && log->reasons && make_slots(log) == 0)
		return log;
	day_log_free(log);
	return NULL;
}

void day_log_free(struct day_log *log)
{
	if (!log)
		return;
	tally_free(log->tally);
	lines_free(log->lines);
	free(log->reasons);
	free(log->slots);
	free(log);
}

static bool holds(const struct day_slot *slot, int64_t time_ms)
{
	return time_ms >= slot->since_ms && time_ms < slot->until_ms;
}

/* The place on the axis, LINES_SLOTS when it has none; logs are nearly in order. */
static unsigned slot_of(struct day_log *log, int64_t time_ms)
{
	unsigned low = 0, high = log->slot_count;

	if (holds(&log->slots[log->last_slot], time_ms))
		return log->last_slot;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (log->slots[middle].until_ms <= time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == log->slot_count || !holds(&log->slots[low], time_ms))
		return LINES_SLOTS;
	return log->last_slot = low;
}

static void take_slot(
	struct day_slot *slot, const struct log_entry *entry, const struct tally_seen *seen)
{
	if (seen->action == TALLY_DEFER)
		slot->deferred++;
	else if (seen->counts.stopped > 0)
		slot->stopped++;
	else
		slot->passed++;
	histogram_add(&slot->delay, entry->delay_us);
}

int day_log_take(void *context, const struct log_entry *entry, const struct log_place *place)
{
	struct day_log *log = context;
	struct tally_seen seen;
	unsigned slot;
	int result = tally_take_seen(log->tally, entry, place, &seen);

	if (result)
		return result < 0 ? result : 0;
	slot = slot_of(log, entry->time_ms);
	if (slot < LINES_SLOTS)
		take_slot(&log->slots[slot], entry, &seen);
	if (seen.action == TALLY_DEFER && entry->error.len > 0)
		top_add(log->reasons, entry->error);
	return lines_take(log->lines, entry, &seen, slot);
}
