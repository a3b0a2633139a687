/* The functions behind the table in conditions.c, one file each. */
#ifndef QMVC_CONDITIONS_LIST_H
#define QMVC_CONDITIONS_LIST_H

#include "conditions/condition.h"

int errors_check(const struct check *check, struct error *error);
int subject_check(const struct check *check, struct error *error);
int subject_prepare(const struct control *control, struct error *error);
int bodytext_check(const struct check *check, struct error *error);
int bodytext_prepare(const struct control *control, struct error *error);
int filename_check(const struct check *check, struct error *error);
int mimetype_check(const struct check *check, struct error *error);
int loadertype_check(const struct check *check, struct error *error);
int encrypted_check(const struct check *check, struct error *error);
int overlimit_check(const struct check *check, struct error *error);

#endif
