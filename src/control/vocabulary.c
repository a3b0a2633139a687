/* The words of the CAR triple; see vocabulary.h. */
#include "control/vocabulary.h"

static const char *const condition_names[CONDITION_COUNT] = {
	[CONDITION_ERRORS] = "errors",
	[CONDITION_AMBIGUOUS] = "ambiguous",
	[CONDITION_SUBJECT] = "subject",
	[CONDITION_BODYTEXT] = "bodytext",
	[CONDITION_FILENAME] = "filename",
	[CONDITION_MIMETYPE] = "mimetype",
	[CONDITION_LOADERTYPE] = "loadertype",
	[CONDITION_ENCRYPTED] = "encrypted",
	[CONDITION_OVERLIMIT] = "overlimit",
	[CONDITION_VIRUS] = "virus",
};

static const char *const action_names[ACTION_COUNT] = {
	[ACTION_BLOCK] = "block",
	[ACTION_KEEP] = "keep",
	[ACTION_TRASH] = "trash",
	[ACTION_BOUNCE] = "bounce",
	[ACTION_INSPECT] = "inspect",
};

const char *condition_name(enum condition_id id)
{
	return condition_names[id];
}

const char *action_name(enum action action)
{
	return action_names[action];
}

bool condition_from_name(struct slice word, enum condition_id *id)
{
	for (unsigned i = 0; i < CONDITION_COUNT; i++) {
		if (slice_eq_nocase_cstr(word, condition_names[i])) {
			*id = (enum condition_id)i;
			return true;
		}
	}
	return false;
}

bool action_from_name(struct slice word, enum action *action)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (slice_eq_nocase_cstr(word, action_names[i])) {
			*action = (enum action)i;
			return true;
		}
	}
	return false;
}

bool action_stops(enum action action)
{
	return action != ACTION_INSPECT;
}

bool action_reacts(enum action action)
{
	return action == ACTION_BLOCK || action == ACTION_KEEP;
}
