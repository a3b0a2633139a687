/* A scratch directory for tests that need a profile on disk. */
#ifndef QMVC_TESTS_CONTROL_TREE_H
#define QMVC_TESTS_CONTROL_TREE_H

#include "control_unit.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/fd.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

struct tree {
	char root[64];
	struct arena arena; /* of tree_path() */
};

/* The path of `name` in the tree. */
static inline const char *tree_path(struct tree *tree, const char *name)
{
	char *path = arena_printf(&tree->arena, "%s/%s", tree->root, name);

	assert_non_null(path);
	return path;
}

static inline void tree_dir(struct tree *tree, const char *name)
{
	assert_int_equal(fd_make_dir(tree_path(tree, name), 0755), 0);
}

static inline void tree_file(struct tree *tree, const char *name, const char *text)
{
	cleanup_fd int fd = open(
		tree_path(tree, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, slice_cstr(text)), 0);
}

static inline int tree_setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	umask(022);
	strcpy(tree->root, "/tmp/qmvc-control-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	assert_int_equal(chmod(tree->root, 0755), 0);
	unsetenv("QMVC_LIBEXEC");
	unsetenv("QMVC_SCANNERS");
	*state = tree;
	return 0;
}

static inline int tree_remove(const char *path, const struct stat *status, int type,
	struct FTW *walk)
{
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	struct tree *tree = *state;

	nftw(tree->root, tree_remove, 8, FTW_DEPTH | FTW_PHYS);
	arena_release(&tree->arena);
	free(tree);
	return 0;
}

#endif
