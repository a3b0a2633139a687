/*
 * Cleanup by attribute: a variable declared with cleanup_() is released when its scope ends, on
 * every path. Ownership leaves a scope with take_fd() or take_ptr().
 *
 *	cleanup_fd int fd = open(...);
 *	cleanup_free char *text = strdup(...);
 */
#ifndef QMVC_BASE_CLEANUP_H
#define QMVC_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup_(function) __attribute__((cleanup(function)))

static inline void cleanup_free_at(void *address)
{
	free(*(void **)address);
}

static inline void cleanup_fd_at(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_file_at(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_dir_at(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define cleanup_free cleanup_(cleanup_free_at)
#define cleanup_fd   cleanup_(cleanup_fd_at)
#define cleanup_file cleanup_(cleanup_file_at)
#define cleanup_dir  cleanup_(cleanup_dir_at)

/* Returns *fd and leaves -1 behind, so that the caller owns it now. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Returns the pointer at `address` and leaves NULL behind. */
#define take_ptr(address)                                                                          \
	({                                                                                         \
		__typeof__(*(address)) taken_ = *(address);                                        \
		*(address) = NULL;                                                                 \
		taken_;                                                                            \
	})

#endif
