/*
 * A second, slow reading of the documentation of the decision, sentence by sentence: it goes over
 * everything again for each sentence and overrules itself, where decide.c sorts first. When the
 * two differ, one of them has misread the page.
 */
#ifndef QMVC_TESTS_ORACLE_H
#define QMVC_TESTS_ORACLE_H

#include "pipeline/decide.h"

/* The question was answered, be it by "too large". */
static inline bool oracle_is_answer(enum verdict verdict)
{
	return verdict == VERDICT_SKIPPED || verdict == VERDICT_CLEAN || verdict == VERDICT_LIMIT ||
	       verdict == VERDICT_ENCRYPTED || verdict == VERDICT_SUSPICIOUS ||
	       verdict == VERDICT_INFECTED;
}

/* "ignore still wants one complete clean answer from another scanner, else defer" */
static inline enum on_fail oracle_policy(const struct decide_input *input, unsigned i)
{
	bool clean = false;

	for (unsigned k = 0; k < input->scanner_count; k++)
		clean |= k != i && input->results[k].verdict == VERDICT_CLEAN;
	if (input->scanners[i].on_fail == ON_FAIL_IGNORE && !clean)
		return ON_FAIL_DEFER;
	return input->scanners[i].on_fail;
}

static inline bool oracle_any_fails(const struct decide_input *input, enum on_fail policy)
{
	for (unsigned i = 0; i < input->scanner_count; i++)
		if (!oracle_is_answer(input->results[i].verdict) &&
			oracle_policy(input, i) == policy)
			return true;
	return false;
}

static inline unsigned oracle_met(const struct decide_input *input)
{
	unsigned met = input->met;

	for (unsigned i = 0; i < input->scanner_count; i++) {
		enum verdict verdict = input->results[i].verdict;

		/* "virus: a scanner found something (infected, suspicious)" */
		if (verdict == VERDICT_INFECTED || verdict == VERDICT_SUSPICIOUS)
			met |= 1u << CONDITION_VIRUS;
		/* "a scanner that fails on one object while it answers otherwise, is overlimit" */
		if ((verdict == VERDICT_ERROR || verdict == VERDICT_TIMEOUT) &&
			input->results[i].beaten && oracle_policy(input, i) == ON_FAIL_DEFER)
			met |= 1u << CONDITION_OVERLIMIT;
	}
	return met;
}

/* The action carried out for condition `id`, or ACTION_COUNT when none is. */
static inline enum action oracle_action(const struct decide_input *input, unsigned id)
{
	const struct filter *filter = &input->filters->conditions[id];
	unsigned met = oracle_met(input);

	if (!(met >> id & 1))
		return ACTION_COUNT;
	/* "A condition without a line is off (logged only), save overlimit, which is then keep" */
	if (!filter->present)
		return id == CONDITION_OVERLIMIT ? ACTION_KEEP : ACTION_COUNT;
	if (!filter->on)
		return ACTION_COUNT;
	/* "goodmail: act only if no other condition was met" */
	if (id == CONDITION_BODYTEXT && filter->goodmail && input->only_by_command &&
		met != 1u << CONDITION_BODYTEXT)
		return ACTION_COUNT;
	/* "for a null sender it is carried out as block" */
	if (filter->action == ACTION_BOUNCE && input->sender_is_null)
		return ACTION_BLOCK;
	return filter->action;
}

static inline struct decision oracle_decide(const struct decide_input *input)
{
	struct decision d = {.disposition = DISPOSITION_PASS, .met = oracle_met(input)};
	bool virus_is_bounced = oracle_action(input, CONDITION_VIRUS) == ACTION_BOUNCE;

	/* "inspect (save ..., and deliver)": the weakest; from the end, so the first stays. */
	for (int id = CONDITION_COUNT - 1; id >= 0; id--) {
		enum action action = oracle_action(input, (unsigned)id);

		if (action == ACTION_INSPECT) {
			d.decided = true;
			d.condition = (enum condition_id)id;
			d.action = action;
		}
		d.save_inspect |= action == ACTION_INSPECT;
		d.save_keep |= action == ACTION_KEEP;
		/* the table: notify, inform and forward are for block and keep */
		if (action == ACTION_BLOCK || action == ACTION_KEEP)
			d.reacting |= CONDITION_BIT(id);
	}
	/* "The first met whose action stops the mail decides the exit code" */
	for (int id = CONDITION_COUNT - 1; id >= 0; id--) {
		enum action action = oracle_action(input, (unsigned)id);

		if (action == ACTION_COUNT || action == ACTION_INSPECT)
			continue;
		/* "except that bounce yields to any block, keep or trash met later" */
		if (action == ACTION_BOUNCE && d.disposition == DISPOSITION_STOP)
			continue;
		d.disposition = action == ACTION_BOUNCE ? DISPOSITION_BOUNCE : DISPOSITION_STOP;
		d.decided = true;
		d.condition = (enum condition_id)id;
		d.action = action;
	}
	/*
	 * Scanners that did not answer. A stopped mail is stopped anyway; an unscanned one is neither
	 * delivered nor sent back, save where a virus was found and is to be sent back.
	 */
	if (d.disposition != DISPOSITION_STOP && !virus_is_bounced) {
		if (oracle_any_fails(input, ON_FAIL_BLOCK)) {
			/* "block saves, as keep" */
			d.disposition = DISPOSITION_STOP;
			d.decided = true;
			d.condition = CONDITION_VIRUS;
			d.action = ACTION_KEEP;
			d.save_keep = true;
		} else if (oracle_any_fails(input, ON_FAIL_DEFER)) {
			return (struct decision){.disposition = DISPOSITION_DEFER, .met = d.met};
		}
	}
	/* "rep: for every mail that met a condition (except trash)", "keep or inspect ... trash into
	 * the rep" */
	d.write_rep = d.decided && (d.action != ACTION_TRASH || d.save_keep || d.save_inspect);
	return d;
}

#endif
