/*
 * A whole profile, read and checked. The filter loads what its enabled conditions need; `qmvc -t`
 * loads everything.
 */
#ifndef QMVC_CONTROL_CONTROL_H
#define QMVC_CONTROL_CONTROL_H

#include "control/filters.h"
#include "control/limits.h"
#include "control/mailheaders.h"
#include "control/patterns.h"
#include "control/profile.h"
#include "control/scanner_list.h"

struct control {
	struct filters filters;
	struct mailheaders mailheaders;
	struct patterns subjects, bodytexts, filenames, mimetypes, loadertypes, noscantypes;
	struct patterns whitelist; /* signature names that do not count */
	struct patterns neverblock; /* for blockvirussender(8) alone; read by `qmvc -t` */
	struct limits limits;
	struct scanner_list scanners;
	const char *contact; /* file `contact`: who answers for our mail, or NULL */
	const char **languages; /* file `language`, NULL-terminated; {"en", NULL} by default */
};

/*
 * Loads the control files that the conditions in `filters` and the options ask for. A file that an
 * enabled condition needs and that no directory has is an error (`virus=y` without a scanner too):
 * a profile that looks for nothing by mistake must not pass mail. limits, language and whitelist
 * may be missing. Returns 0, or a negative errno with *error set.
 */
int control_load(const struct profile *profile, const struct options *options,
	struct arena *arena, struct control *control, struct error *error);

/* One problem found by control_check(); `text` is one line, a doubt begins with "warning: ". */
typedef void control_report(void *context, bool is_error, const char *text);

/*
 * For `qmvc -t`: parses every control file there is and calls `report` for each thing wrong or
 * doubtful, going on after an error. Returns the number of errors, or a negative errno.
 */
int control_check(const struct profile *profile, const struct options *options,
	struct arena *arena, struct control *control, control_report *report, void *context);

#endif
