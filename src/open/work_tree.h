/*
 * The work tree: objects as files, for scanners that are processes. One flat directory under tmp,
 * mode 0700, with names of our own ("0000" is the raw message, then the objects' indexes): no name
 * of the mail ever reaches the file system. It is made only when a process scanner needs it; what
 * runs that died left in tmp is swept away then.
 */
#ifndef QMVC_OPEN_WORK_TREE_H
#define QMVC_OPEN_WORK_TREE_H

#include "base/error.h"
#include "message/object.h"

struct work_tree {
	char *path;    /* heap; "" as long as it is not made */
	char *files;   /* PATH/files: given to scanners */
	char *scratch; /* PATH/tmp: the scanners' TMPDIR */
	int lock;      /* of a tree that is made: ours for as long as it is open (tree.h) */
};

/*
 * Makes the directory and writes every object that is not OBJECT_NEGATIVE, nor empty: engines do not
 * agree on whether they have looked at an empty file; with `objects` NULL the
 * directories alone, for a scanner that is given descriptors and wants a TMPDIR. `group` (may be
 * NULL) gets read access; that it can reach `tmp` is for the administrator to see to. Returns 0 or
 * a negative errno with *error set; what was made is removed by work_tree_release() in any case.
 */
int work_tree_make(struct work_tree *tree, const char *tmp, const struct objects *objects,
	const char *group, struct error *error);

/*
 * Can `group`, which the tree was made for, get to its files? Returns 0; 1 when not, with *error naming
 * the directory that it cannot pass, and what would let it; or a negative errno with *error set.
 */
int work_tree_check_group(const struct work_tree *tree, const char *group, struct error *error);

/* Removes everything below and the directory itself, whatever a scanner left there. Legal twice. */
void work_tree_release(struct work_tree *tree);

#endif
