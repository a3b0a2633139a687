/*
 * `qmvc -t` and the scanners: what each tells about itself (scan_ask()), put into lines for people,
 * together with the state of its circuit breaker.
 */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "scan/backend.h"
#include "scan/breaker.h"
#include "scan/facts.h"

static void warn_of_age(struct fact_collector *collector, int64_t now_ms)
{
	for (struct scan_facts *facts = collector->first; facts; facts = facts->next) {
		int64_t days = facts_age_days(facts, now_ms);
		char text[80];

		if (days <= FACTS_OLD_DAYS || facts->count == FACTS_LINES)
			continue;
		snprintf(text, sizeof(text), "the patterns are %lld days old", (long long)days);
		facts->lines[facts->count].kind = FACT_WARNING;
		facts->lines[facts->count].text = arena_printf(collector->arena, "%s", text);
		collector->no_memory |= !facts->lines[facts->count++].text;
	}
}

int scan_ask(const struct scan_request *request, const struct scanner_config *config,
	struct scan_facts **facts)
{
	struct fact_collector collector = {.arena = request->arena};
	int r = scanner_backend(config->kind)->check(request, config, facts_collect, &collector);

	if (r < 0)
		return r;
	if (!collector.first)
		facts_collect(&collector, FACT_NOTE, "is there");
	warn_of_age(&collector, clock_wall_ms());
	if (collector.no_memory)
		return -ENOMEM;
	*facts = collector.first;
	return r > 0;
}

struct printer {
	const struct scanner_config *config;
	scan_line *line;
	void *context;
};

static void print(const struct printer *printer, const struct scan_facts *facts, bool is_error,
	const char *before, const char *text)
{
	struct error line = {0};
	bool where = facts && facts->address;

	error_set(&line, 0, "%s%s%s%s: %s%s", printer->config->name, where ? " (" : "",
		where ? facts->address : "", where ? ")" : "", before, text);
	printer->line(printer->context, is_error, line.text);
}

/* "ClamAV 1.4.6, patterns 27000 of 2026-11-22, 0 days old" */
static void print_version(const struct printer *printer, const struct scan_facts *facts)
{
	int64_t days = facts_age_days(facts, clock_wall_ms());
	const char *patterns = facts->patterns ? facts->patterns : "";
	struct error line = {0};
	char age[60] = "", date[CLOCK_UTC_SIZE];

	if (days >= 0) {
		clock_format_utc(facts->date * 1000, date);
		snprintf(age, sizeof(age), " of %.10s, %lld day%s old", date, (long long)days,
			days == 1 ? "" : "s");
	}
	if (!facts->engine && !facts->patterns && days < 0)
		return;
	error_set(&line, 0, "%s%s%s%s", facts->engine ? facts->engine : "an engine unnamed",
		*patterns || *age ? ", patterns " : "", patterns,
		*patterns || !*age ? age : age + 1);
	print(printer, facts, false, "", line.text);
}

static void print_facts(const struct printer *printer, const struct scan_facts *facts)
{
	print_version(printer, facts);
	for (unsigned i = 0; i < facts->count; i++)
		print(printer, facts, facts->lines[i].kind == FACT_ERROR,
			facts->lines[i].kind == FACT_WARNING ? "warning: " : "",
			facts->lines[i].text);
}

/*
 * One that works is asked by the next mail at once: it has been put right and seen to work, so there
 * is no need to wait out the pause.
 */
static void print_breaker(
	const struct printer *printer, const struct scan_request *request, bool usable)
{
	struct breaker_record record = breaker_look(request->profile, printer->config);
	int64_t now = clock_wall_ms();
	char text[BREAKER_WORDS];

	if (record.failures == 0)
		return;
	if (usable) {
		breaker_note(request->profile, printer->config, true, now);
		snprintf(text, sizeof(text),
			"could not be reached %u times in a row, and can be again",
			record.failures);
	} else {
		breaker_words(&record, now, text);
	}
	print(printer, NULL, false, usable ? "" : "warning: ", text);
}

int scan_check(const struct scan_request *request, scan_line *line, void *context)
{
	int errors = 0;

	for (unsigned i = 0; i < request->scanners->count; i++) {
		struct printer printer = {&request->scanners->scanners[i], line, context};
		struct scan_facts *facts = NULL;
		int r = scan_ask(request, printer.config, &facts);

		if (r < 0)
			return r;
		for (; facts; facts = facts->next) {
			print_facts(&printer, facts);
			errors += facts->failed;
		}
		print_breaker(&printer, request, r == 0);
	}
	return errors;
}
