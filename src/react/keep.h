/*
 * Saved mail: message and results on disk, durable before anybody is told so. One directory each:
 *
 *	SAVE/ID/message		the mail as it stands
 *	SAVE/ID/result		the record of qmvc.rep
 *	SAVE/SENDER.ID/...	the same for `inspect`, named after the sender made harmless
 */
#ifndef QMVC_REACT_KEEP_H
#define QMVC_REACT_KEEP_H

#include "base/arena.h"
#include "base/error.h"

struct keep_request {
	const char *save;	/* the directory */
	const char *id;		/* unique, of our own making */
	struct slice sender;	/* not empty: the directory is named after it */
	struct slice message, result;
};

/*
 * Writes into SAVE/.new-ID (SAVE is made when missing), syncs the files and directories, renames; a
 * name that is taken gets a random suffix, nothing is ever replaced. Directories have mode 0700,
 * files 0600. Returns 0 and the final path (in the arena), or a negative errno with *error naming
 * the path; then nothing is left behind. -EINVAL: the id is no name for a file.
 */
int keep_mail(const struct keep_request *request, struct arena *arena, const char **path,
	struct error *error);

/*
 * Takes a copy back, `path` as keep_mail() gave it: the mail has to wait after all, and the next
 * try will keep another. What cannot be removed stays: a copy too many loses no mail.
 */
void keep_undo(const char *path);

/*
 * Sender address as a file name: [A-Za-z0-9@._+=-] kept, others '_', no leading dot or dash, at
 * most 64 bytes, never empty. NULL without memory.
 */
char *keep_safe_name(struct arena *arena, struct slice sender);

#endif
