/* Files for scanners that read by a path; see work_files.h. The tree itself is open/'s. */
#include "scan/work_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "scan/backend.h"

int work_files_path(
	const struct scan_request *request, const struct object *object, const char **path)
{
	char name[OBJECT_FILE_NAME];
	const char *made;

	if (!request->files)
		return -EINVAL;
	object_file_name(object->index, name);
	made = arena_printf(request->arena, "%s/%s", request->files, name);
	if (!made)
		return -ENOMEM;
	*path = made;
	return 0;
}

/* Who may read the directory of the objects may read this file. */
static int give_as(int fd, const char *directory)
{
	struct stat st;

	if (stat(directory, &st) < 0)
		return -errno;
	if (!(st.st_mode & S_IRGRP))
		return 0;
	return fchown(fd, (uid_t)-1, st.st_gid) < 0 || fchmod(fd, 0640) < 0 ? -errno : 0;
}

int work_files_probe(const struct scan_request *request, struct slice bytes, const char **path)
{
	const char *slash = request->files ? strrchr(request->files, '/') : NULL;
	char *made = slash ? arena_printf(request->arena, "%.*s/probe.XXXXXX",
				     (int)(slash - request->files), request->files)
			   : arena_printf(request->arena, "%s/probe.XXXXXX", request->profile->tmp);
	int r = 0;

	if (!made)
		return -ENOMEM;

	cleanup_fd int fd = mkostemp(made, O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (slash)
		r = give_as(fd, request->files);
	if (r == 0)
		r = fd_write_all(fd, bytes);
	if (r < 0) {
		unlink(made);
		return r;
	}
	*path = made;
	return 0;
}

void work_files_look(const struct scan_request *request, struct answers *answers)
{
	cleanup_fd int dir = open(request->files, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < request->objects->count; i++) {
		const struct object *object = &request->objects->list[i];
		char name[OBJECT_FILE_NAME];
		struct stat st;

		if (!scan_gives(object))
			continue;
		object_file_name(object->index, name);
		if (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			!S_ISREG(st.st_mode) ||
			(uint64_t)st.st_size != object->content->bytes.len) {
			answers_broken(answers, VERDICT_ERROR,
				"file %s of the work tree was changed while it was scanned", name);
			return;
		}
	}
}
