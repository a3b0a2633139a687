/* The decision, as a pure function: findings x filters x how the scanners did. */
#ifndef QMVC_PIPELINE_DECIDE_H
#define QMVC_PIPELINE_DECIDE_H

#include "control/filters.h"
#include "control/scanner_list.h"
#include "outcome/decision.h"
#include "outcome/finding.h"
#include "outcome/scan_result.h"

struct decide_input {
	const struct filters *filters;
	unsigned met;		  /* CONDITION_BITs */
	bool only_by_command;	  /* bodytext was met, and only by a command (goodmail) */
	bool sender_is_null;	  /* "" or "#@[]": a bounce is carried out as block */
	const struct scan_result *results;
	const struct scanner_config *scanners; /* results[i] belongs to scanners[i] */
	unsigned scanner_count;	  /* 0: none was to be run */
};

/*
 * Returns the decision. DISPOSITION_DEFER when no condition stopped the mail and a scanner that
 * counts (onfail=defer; or ignore without one complete clean answer) gave no answer. A bounce does
 * not count as stopping here (a mail that may carry a virus is not sent back), save where `virus`
 * itself bounces. onfail=block stops such a mail as `virus` with action keep, though `virus` is not
 * among those met.
 *
 * `met` is completed from the results: an infected or suspicious one meets `virus`; one that was
 * beaten by an object (struct scan_result) meets `overlimit`, which usually stops the mail, so that a
 * mail that beats a scanner is not retried for a week.
 */
struct decision decide(const struct decide_input *input);

/*
 * Would this condition, once met, end the search? It is on, with quitasap, and its action stops the mail
 * whatever is met later.
 */
bool decide_ends_search(const struct filter *filter);

/*
 * Does `condition` end the search: is it met, with quitasap on an action that stops the mail whatever
 * is met later? Never with `bounce`, nor by a command under `goodmail`: these want to know what else
 * is met.
 */
bool decide_may_quit(const struct filters *filters, const struct findings *findings,
	enum condition_id condition);

#endif
