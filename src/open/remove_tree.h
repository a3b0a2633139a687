/* Removes a directory and whatever a hostile program left in it. */
#ifndef QMVC_OPEN_REMOVE_TREE_H
#define QMVC_OPEN_REMOVE_TREE_H

/*
 * Removes directory `path` and all below. Symbolic links are removed, never followed; directories
 * without permissions are opened up first; no depth and no number of files needs more than two
 * descriptors or any stack. Returns 0, also when there is none, or a negative errno: what could be
 * removed is gone then (directories of another uid with files in them stay).
 */
int remove_tree(const char *path);

#endif
