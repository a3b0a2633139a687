/*
 * `scanners -l`: each scanner, what it says about itself, and whether a mail would be given to it
 * now. Asking changes nothing: a circuit breaker that is open stays open.
 */
#include "programs/scanners.h"

#include <errno.h>

#include "base/clock.h"
#include "scan/breaker.h"

#define ROWS_MAX (FOUND_MAX + SCANNERS_MAX * 16)

const char *scanner_state_name(enum scanner_state state)
{
	static const char *const names[STATES] = {[STATE_OK] = "ok",
		[STATE_UNTESTED] = "untested",
		[STATE_OLD] = "old patterns",
		[STATE_LEFT_ALONE] = "left alone",
		[STATE_NO_PATTERNS] = "no patterns",
		[STATE_UNUSABLE] = "cannot be used",
		[STATE_NOT_REACHED] = "not reached"};

	return names[state];
}

static enum scanner_state state_of(const struct scanner_row *row, int64_t now_ms)
{
	const struct scan_facts *facts = row->facts;

	if (row->paused)
		return STATE_LEFT_ALONE;
	if (facts->failed && facts->engine)
		return facts->patterns ? STATE_UNUSABLE : STATE_NO_PATTERNS;
	if (facts->failed)
		return row->config->kind == SCANNER_PROCESS ? STATE_UNUSABLE : STATE_NOT_REACHED;
	/* A daemon has answered; what these are is known only when they say it. */
	if (!facts->engine && !facts->patterns &&
		(row->config->kind == SCANNER_PROCESS || row->config->kind == SCANNER_LIBCLAMAV))
		return STATE_UNTESTED;
	return facts_age_days(facts, now_ms) > FACTS_OLD_DAYS ? STATE_OLD : STATE_OK;
}

/* One row for each address. Returns 0 or -ENOMEM. */
static int add_rows(struct scanner_table *table, struct asking *asking,
	const struct scanner_config *config, const struct scan_facts *facts, bool configured)
{
	struct breaker_record record = {0};
	const char *paused = NULL;

	if (configured)
		record = breaker_look(&asking->profile, config);
	if (breaker_state(&record, table->now_ms) == BREAKER_OPEN) {
		char words[BREAKER_WORDS];

		breaker_words(&record, table->now_ms, words);
		paused = arena_cstr(&asking->arena, slice_cstr(words));
		if (!paused)
			return -ENOMEM;
	}
	for (; facts && table->count < ROWS_MAX; facts = facts->next) {
		struct scanner_row *row = &table->rows[table->count++];

		*row = (struct scanner_row){.config = config,
			.facts = facts,
			.configured = configured,
			.paused = paused};
		row->usable = !facts->failed && !paused;
		row->state = state_of(row, table->now_ms);
	}
	return 0;
}

static bool is_configured(const struct asking *asking, const char *engine)
{
	for (unsigned i = 0; i < asking->scanners.count; i++)
		if (slice_eq_nocase_cstr(slice_cstr(asking->scanners.scanners[i].engine), engine))
			return true;
	return false;
}

static int add_found(
	struct finding_engines *finding, struct scanner_table *table, struct error *error)
{
	int result = scanners_find(finding, error);

	for (size_t i = 0; i < finding->count && !result; i++) {
		const struct found *found = &finding->list[i];

		if (!is_configured(finding->asking, found->engine))
			result = add_rows(
				table, finding->asking, found->config, found->facts, false);
	}
	return result;
}

int scanners_list(
	struct finding_engines *finding, bool all, struct scanner_table *table, struct error *error)
{
	struct asking *asking = finding->asking;
	const struct scanner_list *scanners = &asking->scanners;
	bool usable = true;
	int result = 0;

	*table = (struct scanner_table){.now_ms = clock_wall_ms()};
	table->rows = arena_array(&asking->arena, ROWS_MAX, sizeof(*table->rows));
	if (!table->rows)
		return error_set_errno(error, -ENOMEM, "the table");
	for (unsigned i = 0; i < scanners->count && result >= 0; i++) {
		struct scan_facts *facts = NULL;

		result = scan_ask(&asking->request, &scanners->scanners[i], &facts);
		if (result >= 0)
			result = add_rows(table, asking, &scanners->scanners[i], facts, true);
	}
	for (size_t i = 0; i < table->count; i++)
		usable &= table->rows[i].usable;
	if (result >= 0 && all)
		result = add_found(finding, table, error);
	if (result < 0)
		return error_set_errno(error, result, "asking the scanners");
	return usable ? 0 : 1;
}
