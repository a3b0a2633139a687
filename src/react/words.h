/*
 * The file tpl/LANG/words: sentences that a template cannot hold because which one is wanted depends
 * on the mail. One `KEY = sentence` a line; keys are `reason.CONDITION`, `fate.kept`, `fate.dropped`.
 * Format: qmvc-templates(5).
 */
#ifndef QMVC_REACT_WORDS_H
#define QMVC_REACT_WORDS_H

#include "base/error.h"
#include "control/vocabulary.h"

struct words {
	struct slice reasons[CONDITION_COUNT]; /* borrowed from the text */
	struct slice kept, dropped;
};

/*
 * Returns 0, or -EINVAL with *error naming file, line and word: an unknown key, one given twice, no
 * UTF-8. A sentence that is not there is empty.
 */
int words_parse(struct slice text, const char *path, struct words *words, struct error *error);
/* Takes from `others` the sentences that are missing. */
void words_add(struct words *words, const struct words *others);
/* Returns 0, or -EINVAL with *error naming the first key that is missing. */
int words_check(const struct words *words, const char *path, struct error *error);

#endif
