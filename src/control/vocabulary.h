/*
 * The words of the CAR triple as numbers: conditions, actions, reactions, options. Everything that
 * speaks of them (control files, findings, decisions, log) uses these and these names. The order of
 * the conditions is the documented order of work (qmvc-filters(5)).
 */
#ifndef QMVC_CONTROL_VOCABULARY_H
#define QMVC_CONTROL_VOCABULARY_H

#include "base/slice.h"

enum condition_id {
	CONDITION_ERRORS,
	CONDITION_AMBIGUOUS,
	CONDITION_SUBJECT,
	CONDITION_BODYTEXT,
	CONDITION_FILENAME,
	CONDITION_MIMETYPE,
	CONDITION_LOADERTYPE,
	CONDITION_ENCRYPTED,
	CONDITION_OVERLIMIT,
	CONDITION_VIRUS,
	CONDITION_COUNT
};

enum action {
	ACTION_BLOCK, /* also what an empty field means */
	ACTION_KEEP,
	ACTION_TRASH,
	ACTION_BOUNCE,
	ACTION_INSPECT,
	ACTION_COUNT
};

/* A set of conditions is an unsigned in which bit N is condition N. */
#define CONDITION_BIT(id) (1u << (id))

/* The word of the control files and the log, e.g. "filename". */
const char *condition_name(enum condition_id id);
const char *action_name(enum action action);
/* Case ignored; returns false when no condition (action) is called so. */
bool condition_from_name(struct slice word, enum condition_id *id);
bool action_from_name(struct slice word, enum action *action);
/* Does the action keep the mail from the recipient (block, keep, trash, bounce)? */
bool action_stops(enum action action);
/* Does it honour reactions: notify, inform, forward (block, keep)? */
bool action_reacts(enum action action);

#endif
