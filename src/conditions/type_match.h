/* The rules of badmimetypes and noscantypes on one object. */
#ifndef QMVC_CONDITIONS_TYPE_MATCH_H
#define QMVC_CONDITIONS_TYPE_MATCH_H

#include "control/patterns.h"
#include "message/object.h"

/*
 * Is the object's content of the type that `pattern` names: a MIME type, "type/" and a star, or the
 * beginning of the description as file(1) prints it, all without regard to case? *matched (may be
 * NULL) is the type or description that did it. What was settled as plain text without qmvc-open is
 * "text/plain", HTML "text/html", and by its description "text". What nobody has typed matches
 * nothing.
 */
bool type_matches(const struct pattern *pattern, const struct object *object, const char **matched);

/*
 * Is a rule of the list about descriptions? They are asked for only then, since libmagic has to look
 * at everything once more for them.
 */
bool types_need_descriptions(const struct patterns *types);

#endif
