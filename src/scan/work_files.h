/* The work tree's files, for scanners that read objects by a path. */
#ifndef QMVC_SCAN_WORK_FILES_H
#define QMVC_SCAN_WORK_FILES_H

#include "scan/answers.h"

/* The absolute path of the object's file, in the arena. 0; -ENOMEM; -EINVAL: there is no tree. */
int work_files_path(
	const struct scan_request *request, const struct object *object, const char **path);

/*
 * Writes `bytes` into a file beside the objects' directory, for whoever may read those, and tells its
 * path, in the arena. Removed with the tree; where there is no tree (scan_ask()) it is in the
 * profile's tmp, and the caller's to remove. 0 or a negative errno.
 */
int work_files_probe(const struct scan_request *request, struct slice bytes, const char **path);

/*
 * Are the files still what was given to the engine? If not, answers_broken(): protection that runs
 * on access takes an infected file away before the engine has seen it, and all that is left is clean.
 */
void work_files_look(const struct scan_request *request, struct answers *answers);

#endif
