/*
 * The decision, tried over all combinations against a second reading of the documentation
 * (oracle.h), and named case by case, so that a failure says in words what was promised.
 */
#include "unit.h"

#include "oracle.h"

#include <stdio.h>

/* --- building inputs ----------------------------------------------------- */

/* What may stand in `filters` for one condition. */
enum line {
	LINE_NONE,
	LINE_OFF,
	LINE_BLOCK,
	LINE_KEEP,
	LINE_TRASH,
	LINE_BOUNCE,
	LINE_INSPECT,
	LINE_COUNT
};

static void set_line(struct filters *filters, enum condition_id id, enum line line)
{
	struct filter *filter = &filters->conditions[id];
	bool goodmail = filter->goodmail;

	*filter = (struct filter){.goodmail = goodmail};
	if (line == LINE_NONE) {
		/* As filters_parse() leaves it. */
		filter->on = id == CONDITION_OVERLIMIT;
		filter->action = id == CONDITION_OVERLIMIT ? ACTION_KEEP : ACTION_BLOCK;
		return;
	}
	filter->present = true;
	filter->on = line != LINE_OFF;
	filter->action = line == LINE_OFF ? ACTION_BLOCK : (enum action)(line - LINE_BLOCK);
}

static void describe(const struct decide_input *input, const char *what)
{
	print_error("%s\n", what);
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &input->filters->conditions[id];

		print_error("  %-10s %s %s%s%s\n", condition_name(id),
			!filter->present ? "-" : filter->on ? "y" : "n",
			action_name(filter->action), filter->goodmail ? " goodmail" : "",
			input->met & CONDITION_BIT(id) ? " MET" : "");
	}
	for (unsigned i = 0; i < input->scanner_count; i++)
		print_error("  scanner %s onfail=%d beaten=%d\n",
			verdict_name(input->results[i].verdict), input->scanners[i].on_fail,
			input->results[i].beaten);
	print_error("  null sender %d, only by command %d\n", input->sender_is_null,
		input->only_by_command);
}

static bool same(const struct decision *a, const struct decision *b)
{
	return a->disposition == b->disposition && a->decided == b->decided &&
	       (!a->decided || (a->condition == b->condition && a->action == b->action)) &&
	       a->met == b->met && a->save_keep == b->save_keep &&
	       a->save_inspect == b->save_inspect && a->write_rep == b->write_rep &&
	       a->reacting == b->reacting;
}

/* What must hold of every decision, whatever led to it. Returns what does not. */
static const char *broken_invariant(const struct decide_input *input, const struct decision *got)
{
	bool stopping = false, bouncing = false, keeping = false, inspecting = false, failed = false;

	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &input->filters->conditions[id];
		bool good = id == CONDITION_BODYTEXT && filter->goodmail && input->only_by_command;

		if (!(got->met & CONDITION_BIT(id)) || !filter->on || good)
			continue;
		bouncing |= filter->action == ACTION_BOUNCE;
		stopping |= action_stops(filter->action) && filter->action != ACTION_BOUNCE;
		keeping |= filter->action == ACTION_KEEP;
		inspecting |= filter->action == ACTION_INSPECT;
	}
	for (unsigned i = 0; i < input->scanner_count; i++)
		failed |= input->scanners[i].on_fail == ON_FAIL_DEFER &&
			  !oracle_is_answer(input->results[i].verdict);
	if ((got->met & input->met) != input->met)
		return "a met condition is not in the log";
	if (got->disposition == DISPOSITION_PASS && (stopping || bouncing))
		return "passed though a condition stops it";
	if (got->disposition == DISPOSITION_PASS && failed)
		return "passed though a scanner gave no answer";
	if (got->disposition == DISPOSITION_BOUNCE && input->sender_is_null)
		return "bounced to nobody";
	if (got->disposition == DISPOSITION_BOUNCE && stopping)
		return "bounced though something stops it";
	if (got->disposition == DISPOSITION_DEFER && stopping)
		return "deferred though it is stopped";
	if (got->disposition == DISPOSITION_DEFER &&
		(got->save_keep || got->save_inspect || got->write_rep || got->decided))
		return "deferred, but something is done already";
	if (got->disposition != DISPOSITION_DEFER && keeping && !got->save_keep)
		return "keep was met and nothing is kept";
	if (got->disposition != DISPOSITION_DEFER && inspecting && !got->save_inspect)
		return "inspect was met and nothing is saved";
	if ((got->save_keep || got->save_inspect) && !got->write_rep)
		return "saved, but not in the rep";
	if (got->decided && got->action == ACTION_TRASH && got->write_rep && !got->save_keep &&
		!got->save_inspect)
		return "trash alone is in the rep";
	if (got->disposition == DISPOSITION_STOP && !got->decided)
		return "stopped by nothing";
	return NULL;
}

static void try(const struct decide_input *input)
{
	struct decision got = decide(input), want = oracle_decide(input);
	const char *broken = broken_invariant(input, &got);

	if (same(&got, &want) && !broken)
		return;
	describe(input, broken ? broken : "differs from the oracle");
	fail_msg("got %d by %d/%d save %d%d rep %d met %x, want %d by %d/%d save %d%d rep %d met %x",
		got.disposition, got.condition, got.action, got.save_keep, got.save_inspect,
		got.write_rep, got.met, want.disposition, want.condition, want.action, want.save_keep,
		want.save_inspect, want.write_rep, want.met);
}

/* --- all combinations ---------------------------------------------------- */

/* Calls `inner` with every line and met state of the `count` conditions in `ids`. */
static void over_lines(const enum condition_id *ids, unsigned count, struct filters *filters,
	struct decide_input *input, void (*inner)(struct decide_input *))
{
	if (count == 0) {
		inner(input);
		return;
	}
	for (int line = 0; line < LINE_COUNT; line++) {
		set_line(filters, ids[0], line);
		for (int met = 0; met < 2; met++) {
			input->met = (input->met & ~CONDITION_BIT(ids[0])) |
				     (met ? CONDITION_BIT(ids[0]) : 0);
			over_lines(ids + 1, count - 1, filters, input, inner);
		}
	}
}

static void over_senders(struct decide_input *input)
{
	for (int null = 0; null < 2; null++) {
		input->sender_is_null = null;
		try(input);
	}
}

static void over_goodmail(struct decide_input *input)
{
	struct filters *filters = (struct filters *)(uintptr_t)input->filters;

	for (int bits = 0; bits < 4; bits++) {
		filters->conditions[CONDITION_BODYTEXT].goodmail = bits & 1;
		input->only_by_command = bits & 2;
		over_senders(input);
	}
	filters->conditions[CONDITION_BODYTEXT].goodmail = false;
	input->only_by_command = false;
}

/* One of each kind that the documentation tells apart. */
static const struct scan_result outcomes[] = {
	{.verdict = VERDICT_SKIPPED},
	{.verdict = VERDICT_CLEAN, .answered = true},
	{.verdict = VERDICT_CANCELLED},
	{.verdict = VERDICT_CANCELLED, .answered = true},
	{.verdict = VERDICT_LIMIT, .answered = true, .saw_limit = true},
	{.verdict = VERDICT_ENCRYPTED, .answered = true, .saw_encrypted = true},
	{.verdict = VERDICT_UNSUPPORTED},
	{.verdict = VERDICT_TIMEOUT},
	{.verdict = VERDICT_ERROR},
	{.verdict = VERDICT_ERROR, .answered = true, .beaten = true},
	{.verdict = VERDICT_SUSPICIOUS, .answered = true, .virus_count = 1},
	{.verdict = VERDICT_INFECTED, .answered = true, .virus_count = 1},
};
#define OUTCOMES (sizeof(outcomes) / sizeof(outcomes[0]))
/* Those that the rules treat differently from each other; the rest are tried with one scanner. */
static const unsigned char kinds[] = {1, 3, 4, 8, 9, 11};

static void over_one_scanner(struct decide_input *input)
{
	struct scanner_config scanner = {0};

	input->scanners = &scanner;
	input->scanner_count = 1;
	for (unsigned i = 0; i < OUTCOMES; i++)
		for (int on_fail = ON_FAIL_DEFER; on_fail <= ON_FAIL_BLOCK; on_fail++) {
			scanner.on_fail = on_fail;
			input->results = &outcomes[i];
			over_senders(input);
		}
}

static void over_two_scanners(struct decide_input *input)
{
	struct scanner_config scanners[2] = {0};
	struct scan_result results[2];

	input->scanners = scanners;
	input->results = results;
	input->scanner_count = 2;
	for (unsigned i = 0; i < sizeof(kinds) * sizeof(kinds); i++)
		for (int on_fail = 0; on_fail < 9; on_fail++) {
			results[0] = outcomes[kinds[i / sizeof(kinds)]];
			results[1] = outcomes[kinds[i % sizeof(kinds)]];
			scanners[0].on_fail = on_fail / 3;
			scanners[1].on_fail = on_fail % 3;
			over_senders(input);
		}
}

static void over_all(const enum condition_id *ids, unsigned count,
	void (*inner)(struct decide_input *))
{
	struct filters filters = {0};
	struct decide_input input = {.filters = &filters};

	for (unsigned id = 0; id < CONDITION_COUNT; id++)
		set_line(&filters, id, LINE_NONE);
	over_lines(ids, count, &filters, &input, inner);
}

static void test_all_without_scanners(void **state)
{
	static const enum condition_id ids[] = {
		CONDITION_ERRORS, CONDITION_BODYTEXT, CONDITION_OVERLIMIT, CONDITION_VIRUS};

	over_all(ids, 4, over_goodmail);
}

static void test_all_with_one_scanner(void **state)
{
	static const enum condition_id ids[] = {
		CONDITION_SUBJECT, CONDITION_OVERLIMIT, CONDITION_VIRUS};

	over_all(ids, 3, over_one_scanner);
}

static void test_all_with_two_scanners(void **state)
{
	static const enum condition_id ids[] = {
		CONDITION_FILENAME, CONDITION_OVERLIMIT, CONDITION_VIRUS};

	over_all(ids, 3, over_two_scanners);
}

static void test_all_with_goodmail_and_virus(void **state)
{
	static const enum condition_id ids[] = {
		CONDITION_BODYTEXT, CONDITION_ENCRYPTED, CONDITION_VIRUS};

	over_all(ids, 3, over_goodmail);
}

/* Every condition alone, under every line. */
static void test_all_conditions_alone(void **state)
{
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		enum condition_id one = id;

		over_all(&one, 1, over_goodmail);
		over_all(&one, 1, over_one_scanner);
	}
}

/* --- case by case -------------------------------------------------------- */

struct named {
	const char *promise;
	enum line subject, filename, overlimit, virus;
	unsigned met;
	bool null;
	unsigned scanners;
	struct {
		enum verdict verdict;
		enum on_fail on_fail;
		bool beaten;
	} scans[2];
	enum disposition disposition;
	int condition; /* -1: undecided */
	enum action action;
	const char *does; /* k keep, i inspect, r rep */
};

#define SUBJECT	  CONDITION_BIT(CONDITION_SUBJECT)
#define FILENAME  CONDITION_BIT(CONDITION_FILENAME)
#define OVERLIMIT CONDITION_BIT(CONDITION_OVERLIMIT)
#define VIRUS	  CONDITION_BIT(CONDITION_VIRUS)

static const struct named cases[] = {
	{"nothing met passes", LINE_BLOCK, LINE_BLOCK, 0, LINE_BLOCK, 0, 0, 1,
		{{VERDICT_CLEAN}}, DISPOSITION_PASS, -1, 0, ""},
	{"a met condition without a line is only logged", 0, 0, 0, 0, FILENAME, 0, 0, {{0}},
		DISPOSITION_PASS, -1, 0, ""},
	{"a met condition that is off is only logged", 0, LINE_OFF, 0, 0, FILENAME, 0, 0, {{0}},
		DISPOSITION_PASS, -1, 0, ""},
	{"overlimit without a line is keep", 0, 0, 0, 0, OVERLIMIT, 0, 0, {{0}}, DISPOSITION_STOP,
		CONDITION_OVERLIMIT, ACTION_KEEP, "kr"},
	{"overlimit=n lets it pass", 0, 0, LINE_OFF, 0, OVERLIMIT, 0, 0, {{0}}, DISPOSITION_PASS,
		-1, 0, ""},
	{"block stops and is in the rep", LINE_BLOCK, 0, 0, 0, SUBJECT, 0, 0, {{0}},
		DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_BLOCK, "r"},
	{"trash writes the log only", LINE_TRASH, 0, 0, 0, SUBJECT, 0, 0, {{0}}, DISPOSITION_STOP,
		CONDITION_SUBJECT, ACTION_TRASH, ""},
	{"a later block does not put a trash into the rep", LINE_TRASH, LINE_BLOCK, 0, 0,
		SUBJECT | FILENAME, 0, 0, {{0}}, DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_TRASH,
		""},
	{"a later keep saves, and puts a trash into the rep", LINE_TRASH, LINE_KEEP, 0, 0,
		SUBJECT | FILENAME, 0, 0, {{0}}, DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_TRASH,
		"kr"},
	{"inspect saves, and puts a trash into the rep", LINE_INSPECT, LINE_TRASH, 0, 0,
		SUBJECT | FILENAME, 0, 0, {{0}}, DISPOSITION_STOP, CONDITION_FILENAME, ACTION_TRASH,
		"ir"},
	{"inspect delivers and saves", LINE_INSPECT, 0, 0, 0, SUBJECT, 0, 0, {{0}},
		DISPOSITION_PASS, CONDITION_SUBJECT, ACTION_INSPECT, "ir"},
	{"the first that stops decides", LINE_KEEP, LINE_BLOCK, 0, 0, SUBJECT | FILENAME, 0, 0, {{0}},
		DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_KEEP, "kr"},
	{"inspect does not decide before a block", LINE_INSPECT, LINE_BLOCK, 0, 0,
		SUBJECT | FILENAME, 0, 0, {{0}}, DISPOSITION_STOP, CONDITION_FILENAME, ACTION_BLOCK,
		"ir"},
	{"bounce alone bounces", LINE_BOUNCE, 0, 0, 0, SUBJECT, 0, 0, {{0}}, DISPOSITION_BOUNCE,
		CONDITION_SUBJECT, ACTION_BOUNCE, "r"},
	{"bounce yields to a later block", LINE_BOUNCE, LINE_BLOCK, 0, 0, SUBJECT | FILENAME, 0, 0,
		{{0}}, DISPOSITION_STOP, CONDITION_FILENAME, ACTION_BLOCK, "r"},
	{"bounce yields to a later keep", LINE_BOUNCE, LINE_KEEP, 0, 0, SUBJECT | FILENAME, 0, 0,
		{{0}}, DISPOSITION_STOP, CONDITION_FILENAME, ACTION_KEEP, "kr"},
	{"bounce yields to a later trash", LINE_BOUNCE, LINE_TRASH, 0, 0, SUBJECT | FILENAME, 0, 0,
		{{0}}, DISPOSITION_STOP, CONDITION_FILENAME, ACTION_TRASH, ""},
	{"bounce yields to overlimit's own keep", LINE_BOUNCE, 0, 0, 0, SUBJECT | OVERLIMIT, 0, 0,
		{{0}}, DISPOSITION_STOP, CONDITION_OVERLIMIT, ACTION_KEEP, "kr"},
	{"bounce does not yield to inspect", LINE_BOUNCE, LINE_INSPECT, 0, 0, SUBJECT | FILENAME, 0,
		0, {{0}}, DISPOSITION_BOUNCE, CONDITION_SUBJECT, ACTION_BOUNCE, "ir"},
	{"a bounce to nobody is a block", LINE_BOUNCE, 0, 0, 0, SUBJECT, 1, 0, {{0}},
		DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_BLOCK, "r"},
	{"and as a block it does not yield", LINE_BOUNCE, LINE_TRASH, 0, 0, SUBJECT | FILENAME, 1, 0,
		{{0}}, DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_BLOCK, "r"},
	{"an infected result is a virus though nobody said it was met", 0, 0, 0, LINE_KEEP, 0, 0, 1,
		{{VERDICT_INFECTED}}, DISPOSITION_STOP, CONDITION_VIRUS, ACTION_KEEP, "kr"},
	{"suspicious is a virus too", 0, 0, 0, LINE_BLOCK, 0, 0, 1, {{VERDICT_SUSPICIOUS}},
		DISPOSITION_STOP, CONDITION_VIRUS, ACTION_BLOCK, "r"},
	{"a silent scanner defers", 0, 0, 0, LINE_BLOCK, 0, 0, 1, {{VERDICT_TIMEOUT}},
		DISPOSITION_DEFER, -1, 0, ""},
	{"unsupported is no answer", 0, 0, 0, LINE_BLOCK, 0, 0, 1, {{VERDICT_UNSUPPORTED}},
		DISPOSITION_DEFER, -1, 0, ""},
	{"one silent among two defers", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_CLEAN}, {VERDICT_ERROR}}, DISPOSITION_DEFER, -1, 0, ""},
	{"a virus found outweighs a silent scanner", 0, 0, 0, LINE_BLOCK, VIRUS, 0, 2,
		{{VERDICT_INFECTED}, {VERDICT_ERROR}}, DISPOSITION_STOP, CONDITION_VIRUS,
		ACTION_BLOCK, "r"},
	{"but not where a virus is only inspected", 0, 0, 0, LINE_INSPECT, VIRUS, 0, 2,
		{{VERDICT_INFECTED}, {VERDICT_ERROR}}, DISPOSITION_DEFER, -1, 0, ""},
	{"a block makes the silent scanner irrelevant", LINE_BLOCK, 0, 0, LINE_BLOCK, SUBJECT, 0, 1,
		{{VERDICT_ERROR}}, DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_BLOCK, "r"},
	{"so does a trash", LINE_TRASH, 0, 0, LINE_BLOCK, SUBJECT, 0, 1,
		{{VERDICT_ERROR, ON_FAIL_BLOCK}}, DISPOSITION_STOP, CONDITION_SUBJECT, ACTION_TRASH,
		""},
	{"an unscanned mail is not bounced", LINE_BOUNCE, 0, 0, LINE_BLOCK, SUBJECT, 0, 1,
		{{VERDICT_ERROR}}, DISPOSITION_DEFER, -1, 0, ""},
	{"a known virus is bounced where asked for", 0, 0, 0, LINE_BOUNCE, VIRUS, 0, 2,
		{{VERDICT_INFECTED}, {VERDICT_ERROR}}, DISPOSITION_BOUNCE, CONDITION_VIRUS,
		ACTION_BOUNCE, "r"},
	{"ignore needs one clean answer", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_CLEAN}, {VERDICT_ERROR, ON_FAIL_IGNORE}}, DISPOSITION_PASS, -1, 0, ""},
	{"ignore without one defers", 0, 0, 0, LINE_BLOCK, 0, 0, 1,
		{{VERDICT_ERROR, ON_FAIL_IGNORE}}, DISPOSITION_DEFER, -1, 0, ""},
	{"two that are ignored defer", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_ERROR, ON_FAIL_IGNORE}, {VERDICT_TIMEOUT, ON_FAIL_IGNORE}},
		DISPOSITION_DEFER, -1, 0, ""},
	{"a limit is no clean answer", 0, 0, LINE_OFF, LINE_BLOCK, OVERLIMIT, 0, 2,
		{{VERDICT_LIMIT}, {VERDICT_ERROR, ON_FAIL_IGNORE}}, DISPOSITION_DEFER, -1, 0, ""},
	{"a skipped one is no clean answer", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_SKIPPED}, {VERDICT_ERROR, ON_FAIL_IGNORE}}, DISPOSITION_DEFER, -1, 0, ""},
	{"onfail=block keeps", 0, 0, 0, LINE_BLOCK, 0, 0, 1, {{VERDICT_ERROR, ON_FAIL_BLOCK}},
		DISPOSITION_STOP, CONDITION_VIRUS, ACTION_KEEP, "kr"},
	{"onfail=block stops what would be inspected", LINE_INSPECT, 0, 0, LINE_BLOCK, SUBJECT, 0, 1,
		{{VERDICT_ERROR, ON_FAIL_BLOCK}}, DISPOSITION_STOP, CONDITION_VIRUS, ACTION_KEEP,
		"kir"},
	{"onfail=block stops what would be deferred", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_ERROR}, {VERDICT_ERROR, ON_FAIL_BLOCK}}, DISPOSITION_STOP, CONDITION_VIRUS,
		ACTION_KEEP, "kr"},
	{"onfail=block: the bounce yields to it", LINE_BOUNCE, 0, 0, LINE_BLOCK, SUBJECT, 0, 1,
		{{VERDICT_ERROR, ON_FAIL_BLOCK}}, DISPOSITION_STOP, CONDITION_VIRUS, ACTION_KEEP,
		"kr"},
	{"cancelled by a virus found is no failure", 0, 0, 0, LINE_BLOCK, VIRUS, 0, 2,
		{{VERDICT_INFECTED}, {VERDICT_CANCELLED}}, DISPOSITION_STOP, CONDITION_VIRUS,
		ACTION_BLOCK, "r"},
	{"cancelled for nothing is no answer", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_CLEAN}, {VERDICT_CANCELLED}}, DISPOSITION_DEFER, -1, 0, ""},
	{"skipped is no failure", 0, 0, 0, LINE_BLOCK, 0, 0, 1, {{VERDICT_SKIPPED}},
		DISPOSITION_PASS, -1, 0, ""},
	{"a scanner beaten by one object is overlimit", 0, 0, 0, LINE_BLOCK, 0, 0, 1,
		{{VERDICT_ERROR, 0, true}}, DISPOSITION_STOP, CONDITION_OVERLIMIT, ACTION_KEEP,
		"kr"},
	{"a scanner that was late, or restarted, after some answers is deferred", 0, 0, 0,
		LINE_BLOCK, 0, 0, 2, {{VERDICT_TIMEOUT}, {VERDICT_ERROR}}, DISPOSITION_DEFER, -1, 0,
		""},
	{"and deferred where overlimit does not stop", 0, 0, LINE_OFF, LINE_BLOCK, 0, 0, 1,
		{{VERDICT_ERROR, 0, true}}, DISPOSITION_DEFER, -1, 0, ""},
	{"an ignored scanner beaten by one object is ignored", 0, 0, 0, LINE_BLOCK, 0, 0, 2,
		{{VERDICT_TIMEOUT, ON_FAIL_IGNORE, true}, {VERDICT_CLEAN}}, DISPOSITION_PASS, -1, 0,
		""},
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct named *c = &cases[i];
		struct filters filters = {0};
		struct scan_result results[2] = {0};
		struct scanner_config scanners[2] = {0};
		struct decide_input input = {&filters, c->met, false, c->null, results, scanners,
			c->scanners};
		struct decision got;
		char does[4] = "";

		for (unsigned id = 0; id < CONDITION_COUNT; id++)
			set_line(&filters, id, LINE_NONE);
		set_line(&filters, CONDITION_SUBJECT, c->subject);
		set_line(&filters, CONDITION_FILENAME, c->filename);
		set_line(&filters, CONDITION_OVERLIMIT, c->overlimit);
		set_line(&filters, CONDITION_VIRUS, c->virus);
		for (unsigned k = 0; k < c->scanners; k++) {
			results[k].verdict = c->scans[k].verdict;
			results[k].answered = true;
			results[k].beaten = c->scans[k].beaten;
			scanners[k].on_fail = c->scans[k].on_fail;
		}
		got = decide(&input);
		snprintf(does, sizeof(does), "%s%s%s", got.save_keep ? "k" : "",
			got.save_inspect ? "i" : "", got.write_rep ? "r" : "");
		if (got.disposition != c->disposition || got.decided != (c->condition >= 0) ||
			(got.decided &&
				((int)got.condition != c->condition || got.action != c->action)) ||
			strcmp(does, c->does) != 0) {
			describe(&input, c->promise);
			fail_msg("%s: got %d by %d/%d \"%s\"", c->promise, got.disposition,
				got.decided ? (int)got.condition : -1, got.action, does);
		}
		try(&input);
	}
}

static void test_goodmail(void **state)
{
	struct filters filters = {0};
	struct decide_input input = {.filters = &filters, .only_by_command = true,
		.met = CONDITION_BIT(CONDITION_BODYTEXT)};

	filters.conditions[CONDITION_BODYTEXT].goodmail = true;
	set_line(&filters, CONDITION_BODYTEXT, LINE_BLOCK);
	assert_int_equal(decide(&input).disposition, DISPOSITION_STOP);
	input.met |= SUBJECT; /* off, but met: no good mail */
	assert_int_equal(decide(&input).disposition, DISPOSITION_PASS);
	input.only_by_command = false; /* a string was found too: that is no command's opinion */
	assert_int_equal(decide(&input).disposition, DISPOSITION_STOP);
}

static void test_reacting(void **state)
{
	struct filters filters = {0};
	struct decide_input input = {.filters = &filters, .met = SUBJECT | FILENAME | VIRUS};

	set_line(&filters, CONDITION_FILENAME, LINE_INSPECT);
	set_line(&filters, CONDITION_VIRUS, LINE_BLOCK);
	assert_int_equal(decide(&input).condition, CONDITION_VIRUS);
	assert_int_equal(decide(&input).reacting, VIRUS);
	set_line(&filters, CONDITION_SUBJECT, LINE_KEEP);
	assert_int_equal(decide(&input).reacting, SUBJECT | VIRUS);
	set_line(&filters, CONDITION_VIRUS, LINE_TRASH);
	assert_int_equal(decide(&input).reacting, SUBJECT);
}

static void test_may_quit(void **state)
{
	struct filters filters = {0};
	struct filter *filter = &filters.conditions[CONDITION_BODYTEXT];
	static const bool may[LINE_COUNT] = {
		[LINE_BLOCK] = true, [LINE_KEEP] = true, [LINE_TRASH] = true};

	for (int line = 0; line < LINE_COUNT; line++) {
		struct finding text = {.condition = CONDITION_BODYTEXT};
		struct finding command = {.condition = CONDITION_BODYTEXT, .by_command = true};
		struct findings none = {0}, by_text = {.list = &text, .count = 1},
				by_command = {.list = &command, .count = 1};

		set_line(&filters, CONDITION_BODYTEXT, line);
		assert_false(decide_may_quit(&filters, &by_text, CONDITION_BODYTEXT));
		filter->quitasap = true;
		assert_false(decide_may_quit(&filters, &none, CONDITION_BODYTEXT));
		assert_int_equal(
			decide_may_quit(&filters, &by_text, CONDITION_BODYTEXT), may[line]);
		assert_int_equal(
			decide_may_quit(&filters, &by_command, CONDITION_BODYTEXT), may[line]);
		filter->goodmail = true;
		assert_int_equal(
			decide_may_quit(&filters, &by_text, CONDITION_BODYTEXT), may[line]);
		assert_false(decide_may_quit(&filters, &by_command, CONDITION_BODYTEXT));
		filter->goodmail = false;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_goodmail),
		cmocka_unit_test(test_reacting),
		cmocka_unit_test(test_may_quit),
		cmocka_unit_test(test_all_conditions_alone),
		cmocka_unit_test(test_all_without_scanners),
		cmocka_unit_test(test_all_with_goodmail_and_virus),
		cmocka_unit_test(test_all_with_one_scanner),
		cmocka_unit_test(test_all_with_two_scanners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
