/* The days that are not closed; see report_days.h. */
#include "programs/report_days.h"

#include "report/day_read.h"

#define HOUR_MS (INT64_C(3600) * 1000)

/* Takes a place in the ascending list; of more than it has room for the earliest goes. */
static void insert(struct report_days *days, int64_t day)
{
	unsigned at = days->count;

	while (at > 0 && days->list[at - 1] > day)
		at--;
	if (at > 0 && days->list[at - 1] == day)
		return;
	if (days->count < REPORT_DAYS_MAX) {
		memmove(&days->list[at + 1], &days->list[at],
			(days->count++ - at) * sizeof(days->list[0]));
	} else {
		if (at == 0)
			return;
		memmove(&days->list[0], &days->list[1], --at * sizeof(days->list[0]));
	}
	days->list[at] = day;
}

/* The days of the database want to be closed too, also when their logs are gone. */
static int insert_counted(struct report_days *days, struct day_db *db, struct error *error)
{
	struct day_span span = {days->first, days->last};
	cleanup_arena struct arena arena = {0};
	struct day_figures *counted;
	unsigned count;
	int result = day_db_read_days(db, span, &arena, &counted, &count, error);

	for (unsigned i = 0; result == 0 && i < count; i++)
		insert(days, counted[i].day);
	return result;
}

int report_days_begin(struct report_days *days, struct day_db *db, enum day_source source,
	int64_t now_ms, struct error *error)
{
	int64_t closed, today;
	int result = day_db_closed_until(db, source, &closed, error);

	if (result < 0)
		return result;
	days->count = 0;
	calendar_init(&days->calendar);
	today = calendar_look(&days->calendar, now_ms).day;
	days->first = result > 0 ? INT64_MIN : closed + 1;
	days->last = today;
	if (result > 0 || today - closed > REPORT_DAYS_AT_ONCE) {
		result = insert_counted(days, db, error);
		return result ? result : 1;
	}
	/* None when a clock that was ahead has closed today. */
	for (int64_t day = closed + 1; day <= today; day++)
		insert(days, day);
	return 0;
}

void report_days_newest(struct report_days *days, int64_t now_ms)
{
	days->count = 0;
	calendar_init(&days->calendar);
	days->last = calendar_look(&days->calendar, now_ms).day;
	days->first = days->last - 1;
	insert(days, days->first);
	insert(days, days->last);
}

int64_t report_days_since(struct report_days *days)
{
	return days->first == INT64_MIN ? 0 : calendar_day_start(&days->calendar, days->first);
}

void report_days_find(struct report_days *days, int64_t time_ms)
{
	int64_t day = calendar_look(&days->calendar, time_ms).day;

	if (day >= days->first && day <= days->last)
		insert(days, day);
}

void report_days_finish(struct report_days *days)
{
	insert(days, days->last);
}

bool report_day_is_closed(int64_t now_ms, int64_t end_ms, bool failed)
{
	return now_ms >= end_ms + (failed ? 7 * 24 : 1) * HOUR_MS;
}
