/*
 * The table of conditions, in the order of work that qmvc-filters(5) documents. `ambiguous` waits
 * for more than one reading of a mail; `virus` is the scanners'.
 */
#include "conditions/condition.h"
#include "conditions/list.h"

const struct condition conditions[CONDITION_COUNT] = {
	[CONDITION_ERRORS] = {CONDITION_ERRORS, 0, errors_check, NULL},
	[CONDITION_AMBIGUOUS] = {CONDITION_AMBIGUOUS, 0, NULL, NULL},
	[CONDITION_SUBJECT] = {CONDITION_SUBJECT, 0, subject_check, subject_prepare},
	[CONDITION_BODYTEXT] = {CONDITION_BODYTEXT, NEED_MEMBERS, bodytext_check, bodytext_prepare},
	[CONDITION_FILENAME] = {CONDITION_FILENAME, NEED_MEMBERS, filename_check, NULL},
	[CONDITION_MIMETYPE] = {CONDITION_MIMETYPE, NEED_TYPES | NEED_MEMBERS, mimetype_check, NULL},
	[CONDITION_LOADERTYPE] = {CONDITION_LOADERTYPE, NEED_TYPES | NEED_MEMBERS, loadertype_check,
		NULL},
	[CONDITION_ENCRYPTED] = {CONDITION_ENCRYPTED, NEED_TYPES | NEED_MEMBERS | NEED_SCAN,
		encrypted_check, NULL},
	[CONDITION_OVERLIMIT] = {CONDITION_OVERLIMIT, NEED_SCAN, overlimit_check, NULL},
	[CONDITION_VIRUS] = {CONDITION_VIRUS, NEED_SCAN | NEED_MEMBERS, NULL, NULL},
};
