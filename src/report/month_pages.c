/*
 * Which pages change with some days; see month_pages.h. A page is written after those that it leads
 * to, else it would not lead there before the next run: so the months before and behind come last,
 * they only got a neighbour.
 */
#include "report/month_pages.h"

#include "report/day_read.h"
#include "report/latest.h"
#include "report/month_page.h"
#include "report/year_page.h"

#include <errno.h>

struct update {
	struct site *site;
	struct day_db *db;
	struct day_span there; /* days with mail, none of them in the future */
	struct error *error;
};

static int64_t first_of_month(int64_t day, unsigned further)
{
	struct calendar_date date = calendar_date(day);

	return calendar_day(date.year, date.month + further, 1);
}

/* When there was mail in it, or when it is the newest one, which is index.html as well. */
static int write_month(const struct update *update, int64_t day)
{
	struct day_span month = {first_of_month(day, 0), first_of_month(day, 1) - 1}, mail;
	bool newest = month.first == first_of_month(update->there.last, 0);
	int result = day_db_read_span(update->db, month, &mail, update->error);

	if (result < 0 || (result > 0 && !newest))
		return result < 0 ? result : 0;
	return month_page_write(update->site, update->db, day, newest, update->error);
}

static int write_months(const struct update *update, struct day_span span)
{
	int64_t before = first_of_month(span.first, 0) - 1, behind = first_of_month(span.last, 1);
	int result = 0;

	for (int64_t day = behind - 1; result == 0 && day > before;
		day = first_of_month(day, 0) - 1)
		result = write_month(update, day);
	/* Once more, now that those before are there. */
	for (int64_t day = behind; result == 0 && day >= before; day = first_of_month(day, 0) - 1)
		result = write_month(update, day);
	return result;
}

static int write_years(const struct update *update, struct day_span span)
{
	int first = calendar_date(span.first).year - 1, last = calendar_date(span.last).year + 1;
	int result = 0;

	for (int year = first; result == 0 && year <= last; year++) {
		struct day_span days = {calendar_day(year, 1, 1), calendar_day(year + 1, 1, 1) - 1};

		result = day_db_read_span(update->db, days, &days, update->error);
		if (result == 0)
			result = year_page_write(update->site, update->db, year, update->error);
		else if (result > 0)
			result = 0;
	}
	return result;
}

/* --- the newest day in one line -------------------------------------------- */

/* A forged log may have any number; what stands in the line has its bounds. */
static uint64_t at_most(uint64_t number)
{
	return number < LATEST_MOST ? number : LATEST_MOST;
}

static int fill_latest(const struct update *update, struct arena *arena, struct latest *latest)
{
	struct day_span trend = {update->there.last - LATEST_DAYS + 1, update->there.last};
	struct day_span newest = {update->there.last, update->there.last};
	struct day_amounts actions = {0};
	struct day_figures *days = NULL;
	unsigned count = 0;
	int result = day_db_read_days(update->db, trend, arena, &days, &count, update->error);

	if (result == 0)
		result = day_db_read_amounts(
			update->db, DAY_LOG, "action", newest, arena, &actions, update->error);
	latest->day = update->there.last;
	latest->made_ms = update->site->now_ms;
	if (result || count == 0)
		return result;
	for (unsigned i = 0; i < actions.count; i++)
		if (slice_eq_cstr(actions.list[i].name, tally_action_name(TALLY_DEFER)))
			latest->deferred = at_most(actions.list[i].count);
	latest->mails = at_most(days[count - 1].mails);
	latest->stopped = at_most(days[count - 1].stopped);
	/* virulator may have counted the day before qmvclog2html did. */
	latest->infected = days[count - 1].infected <= latest->mails ? days[count - 1].infected : 0;
	latest->median_us = at_most(days[count - 1].median_us);
	latest->p95_us = at_most(days[count - 1].p95_us);
	latest->trend_count = (unsigned)(trend.last - days[0].day + 1);
	for (unsigned i = 0; i < count; i++)
		latest->trend[days[i].day - days[0].day] = at_most(days[i].mails);
	return 0;
}

static int write_latest(const struct update *update)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf line = {0};
	char page[SITE_PATH], path[SITE_PATH];
	struct latest latest = {.name = update->site->name,
		.page = slice_cstr(site_path(update->site, SITE_INDEX, SITE_NO_DAY, page))};
	int result = fill_latest(update, &arena, &latest);

	if (result)
		return result;
	if (latest_format(&latest, &line))
		return error_set(update->error, -EINVAL, "%s: cannot make the line '%s'",
			update->site->folder, LATEST_FILE);
	return site_write(update->site, site_path(update->site, SITE_LATEST, SITE_NO_DAY, path),
		buf_slice(&line), update->error);
}

int month_pages_update(struct site *site, struct day_db *db, int64_t first_day, int64_t last_day,
	struct error *error)
{
	struct update update = {.site = site, .db = db, .error = error};
	int64_t today = calendar_look(&site->calendar, site->now_ms).day;
	struct day_span span = {first_day, last_day};
	int result = day_db_read_span(db, (struct day_span){0, today}, &update.there, error);

	if (result < 0)
		return result;
	if (result > 0)
		update.there = (struct day_span){today, today};
	if (span.first < update.there.first)
		span.first = update.there.first;
	if (span.last > update.there.last)
		span.last = update.there.last;
	/* Years and months lead to each other. */
	result = write_years(&update, span);
	if (result == 0)
		result = write_months(&update, span);
	if (result == 0)
		result = write_years(&update, span);
	if (result == 0)
		result = write_latest(&update);
	/* Months lead to pages of closed days, which nobody writes again. */
	return result ? result : site_set_modes(site, error);
}
