/*
 * A directory of one's own below tmp, and the sweeping away of those whose owner is gone.
 *
 * The owner keeps a descriptor of the directory, locked by flock(2), for as long as it lives; the
 * kernel lets go of the lock however the owner ends. So a directory whose lock can be taken belongs
 * to nobody, whatever process has its number by now. The directory is called PREFIX.PID.RANDOM for
 * people only.
 */
#ifndef QMVC_OPEN_TREE_H
#define QMVC_OPEN_TREE_H

/* Swept by their names: a mail's work tree, and a scan's room in a resident qmvc-clamav. */
#define TREE_WORK   "w"
#define TREE_CLAMAV "clamav"

/*
 * Makes a directory, mode 0700. Returns 0, *path (heap) and *lock, both owned by the caller, who
 * removes the directory before it closes the lock; or a negative errno.
 */
int tree_make(const char *tmp, const char *prefix, char **path, int *lock);

/*
 * Removes from `tmp` what runs that died left there: directories of ours that nobody holds, and
 * files that were to have no name (fd_unlinked()). Not more than a few each time, so that one mail
 * does not pay for all. Never touches what is held, is of another uid, or has another name.
 */
void tree_sweep(const char *tmp);

#endif
