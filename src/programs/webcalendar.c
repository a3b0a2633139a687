/* webcalendar(8): the calendar of a year, in the current directory. */
#include "base/cleanup.h"
#include "programs/reporting.h"
#include "record/number.h"
#include "report/day_db.h"
#include "report/year_page.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

static const char usage[] =
	"usage: webcalendar [-c] [-d NAME] [-y YEAR] [BASEDIR]\n"
	"       webcalendar -V | -h\n"
	"\n"
	"Writes the calendar of a year, with what BASEDIR's days added up to, into the current\n"
	"directory. BASEDIR is the directory that html/ is in when this is one, else the home.\n"
	"\n"
	"  -d NAME  the name the reports are made under\n"
	"  -y YEAR  instead of this one\n"
	"  -c       quiet, for cron: a line only when something needs care\n"
	"\n"
	"Exit code: 0, 1 no day was counted yet, 2 usage, or nothing could be read or written.\n"
	"See webcalendar(8), qmvcmonth(8).\n";

static int take(int letter, const char *argument, void *context, struct error *error)
{
	unsigned *year = context;

	if (number_read_unsigned(slice_cstr(argument), year) && *year >= 1970 && *year <= 9999)
		return 0;
	return error_set(error, -EINVAL, "-y '%s': is no year from 1970 to 9999", argument);
}

/* The directory above, when this is its html/ and logs are beside it. */
static const char *find_base(struct arena *arena)
{
	char here[PATH_MAX];
	struct stat status;
	size_t length;

	if (!getcwd(here, sizeof(here)) || !slice_ends_nocase(slice_cstr(here), "/html") ||
		stat("../log", &status) < 0 || !S_ISDIR(status.st_mode))
		return NULL;
	length = strlen(here) - strlen("/html");
	return arena_printf(arena, "%.*s", (int)length, here);
}

static int write_year(struct reporting *reporting, unsigned year, struct error *error)
{
	struct site *site = &reporting->site;
	struct day_db *db = NULL;
	int64_t today = calendar_look(&site->calendar, site->now_ms).day;
	int missing = day_db_open(reporting->base, false, &db, error), result;

	if (missing < 0)
		return missing;
	result = year_page_write(site, db, year ? (int)year : calendar_date(today).year, error);
	day_db_close(db);
	if (result == 0 && missing) {
		printf("webcalendar: %s: no day was counted yet; see qmvcmonth(8)\n",
			reporting->base);
		return EXIT_CARE;
	}
	return result;
}

int main(int argc, char **argv)
{
	unsigned year = 0;
	const struct reporting_program program = {.name = "webcalendar",
		.usage = usage,
		.letters = ":cd:hVy:",
		.take = take,
		.context = &year};
	struct reporting reporting;
	struct error error = {0};
	int result = reporting_parse(argc, argv, &program, &reporting, &error);

	if (result == 0) {
		if (!reporting.base)
			reporting.base = find_base(&reporting.arena);
		result = reporting_begin(&reporting, true, &error);
		if (result == 0)
			result = write_year(&reporting, year, &error);
	} else if (result > 0) {
		result = EXIT_WELL;
	}
	reporting_end(&reporting);
	return result < 0 ? reporting_fail(&program, &error) : reporting_flush(&program, result);
}
