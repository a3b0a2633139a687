/*
 * Where things are; see profile.h. Nothing here makes or writes: profile_state.c does.
 *
 * A directory named on the command line that is not there is an error, although a search could go
 * on without it: a slip of the pen after -c would silently filter by somebody else's rules.
 */
#include "control/profile.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Far beyond any list of patterns, far below what would hurt. */
#define CONTROL_FILE_MAX ((size_t)4 << 20)

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "no memory for the profile");
}

/* *dir is the value of `variable`, in the arena, or `otherwise`. It must be an absolute path. */
static int directory_from_environment(const char *variable, const char *otherwise,
	struct arena *arena, const char **dir, struct error *error)
{
	const char *value = secure_getenv(variable);

	if (!value) {
		*dir = otherwise;
		return 0;
	}
	if (*value != '/')
		return error_set(error, -EINVAL,
			"%s in the environment: '%s' is not an absolute path", variable, value);
	*dir = arena_cstr(arena, slice_cstr(value));
	return *dir ? 0 : no_memory(error);
}

/*
 * As qmail's own programs find it: they change to qmail's directory and run $QMAILQUEUE, or
 * bin/qmail-queue.
 */
static int find_queue(struct arena *arena, struct profile *profile, struct error *error)
{
	const char *value = secure_getenv("QMAILQUEUE");

	if (!value || !*value)
		value = "bin/qmail-queue";
	profile->queue = *value == '/' ? arena_cstr(arena, slice_cstr(value))
				       : ARENA_PATH(arena, profile->qmail, value);
	profile->environment = (const char *const *)environ;
	return profile->queue ? 0 : no_memory(error);
}

int profile_of_qmail(
	struct arena *arena, const char *qmail, const char *tmp, struct profile *profile)
{
	const char *queue = ARENA_PATH(arena, qmail, "bin/qmail-queue");

	if (!queue)
		return -ENOMEM;
	*profile = (struct profile){.qmail = qmail,
		.queue = queue,
		.tmp = tmp,
		.environment = (const char *const *)environ};
	return 0;
}

static int find_installed(struct arena *arena, struct profile *profile, struct error *error)
{
	int failed = directory_from_environment(
		"QMVC_HOME", QMVC_DEFAULT_HOME, arena, &profile->home, error);

	if (!failed)
		failed = directory_from_environment(
			"QMVC_LIBEXEC", QMVC_LIBEXECDIR, arena, &profile->libexec, error);
	if (!failed)
		failed = directory_from_environment(
			"QMVC_SCANNERS", QMVC_SCANNERDIR, arena, &profile->scanners, error);
	if (!failed)
		failed = directory_from_environment(
			"QMVC_SHIPPED", QMVC_DATADIR, arena, &profile->shipped, error);
	if (!failed)
		failed = directory_from_environment(
			"QMVC_QMAIL", QMVC_QMAIL, arena, &profile->qmail, error);
	if (!failed)
		failed = find_queue(arena, profile, error);
	return failed;
}

static int add_dir(struct profile *profile, const char *dir, struct error *error)
{
	if (!dir)
		return no_memory(error);
	profile->dirs[profile->dir_count++] = dir;
	return 0;
}

/* -c BASEDIR must hold a profile. */
static int check_basedir(const char *basedir, struct arena *arena, struct error *error)
{
	const char *control = ARENA_PATH(arena, basedir, "control");
	struct stat status;

	if (!control)
		return no_memory(error);
	if (stat(control, &status) < 0)
		return error_set_errno(error, -errno, "-c %s: %s", basedir, control);
	if (!S_ISDIR(status.st_mode))
		return error_set_errno(error, -ENOTDIR, "-c %s: %s", basedir, control);
	return 0;
}

static int find_dirs(struct arena *arena, const struct options *options, const char *own,
	struct profile *profile, struct error *error)
{
	int failed = 0;

	if (options->basedir) {
		failed = check_basedir(options->basedir, arena, error);
		if (!failed)
			failed = add_dir(profile, options->basedir, error);
	}
	if (!failed && own)
		failed = add_dir(profile, own, error);
	return failed ? failed : add_dir(profile, profile->home, error);
}

/* Without -u: the home itself, when we own it; else a place of our own below it. */
static int find_shared_state(struct arena *arena, struct profile *profile, struct error *error)
{
	struct stat status;

	if (stat(profile->home, &status) < 0)
		return error_set_errno(error, -errno, "home directory %s", profile->home);
	if (!S_ISDIR(status.st_mode))
		return error_set_errno(error, -ENOTDIR, "home directory %s", profile->home);
	profile->state = profile->home;
	if (status.st_uid != geteuid())
		profile->state = arena_printf(
			arena, "%s/users/%lu", profile->home, (unsigned long)geteuid());
	return profile->state ? 0 : no_memory(error);
}

static int name_state_dirs(struct arena *arena, struct profile *profile, struct error *error)
{
	profile->tmp = ARENA_PATH(arena, profile->state, "tmp");
	profile->log = ARENA_PATH(arena, profile->state, "log");
	profile->save = ARENA_PATH(arena, profile->state, "save");
	profile->run = ARENA_PATH(arena, profile->state, "run");
	if (!profile->tmp || !profile->log || !profile->save || !profile->run)
		return no_memory(error);
	return 0;
}

/* ~/qmvc, in the arena. */
static int find_own(
	struct arena *arena, const char *user_home, const char **own, struct error *error)
{
	if (!user_home || *user_home != '/')
		return error_set(error, -EINVAL, "option -u: HOME in the environment is %s%s",
			user_home ? "no absolute path: " : "not set", user_home ? user_home : "");
	*own = ARENA_PATH(arena, user_home, "qmvc");
	return *own ? 0 : no_memory(error);
}

int profile_locate(struct arena *arena, const struct options *options, const char *user_home,
	struct profile *profile, struct error *error)
{
	struct profile found = {0};
	const char *own = NULL;
	int failed = find_installed(arena, &found, error);

	if (!failed && options->user)
		failed = find_own(arena, user_home, &own, error);
	if (!failed)
		failed = find_dirs(arena, options, own, &found, error);
	if (!failed && own)
		found.state = own;
	if (!failed && !own)
		failed = find_shared_state(arena, &found, error);
	if (!failed)
		failed = name_state_dirs(arena, &found, error);
	if (!failed)
		*profile = found;
	return failed;
}

/*
 * Opens a control file without waiting (somebody may have put a fifo there) and looks at what it
 * is. One that everybody may write is refused, as qmail-local refuses such a dot-qmail file: it can
 * name commands that run under the recipient's uid.
 */
static int open_control_file(const char *path, int *fd, off_t *size, struct error *error)
{
	cleanup_fd int opened = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;

	if (opened < 0)
		return errno == ENOENT ? 1 : error_set_errno(error, -errno, "%s", path);
	if (fstat(opened, &status) < 0)
		return error_set_errno(error, -errno, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, -EINVAL, "%s: is not a regular file", path);
	if (status.st_mode & S_IWOTH)
		return error_set(error, -EPERM, "%s: may be written by everybody", path);
	*size = status.st_size;
	*fd = take_fd(&opened);
	return 0;
}

/*
 * What is left of a file that is not as long as it said, as when it is just being written: behind
 * the `got` bytes of it that have been read.
 */
static int read_on(int fd, struct slice got, struct arena *arena, struct slice *text)
{
	cleanup_buf struct buf buf = {0};
	struct slice copy;
	int failed = buf_add(&buf, got);

	if (!failed)
		failed = fd_read_all(fd, CONTROL_FILE_MAX - got.len, &buf);
	if (failed)
		return failed;
	copy = arena_copy(arena, buf_slice(&buf));
	if (!copy.data)
		return -ENOMEM;
	*text = copy;
	return 0;
}

/*
 * The whole file, which said that it has `size` bytes. One more is asked for, so that one read(2)
 * that brings as many as it said has met the end.
 */
static int read_text(int fd, size_t size, struct arena *arena, struct slice *text)
{
	unsigned char *data;
	ssize_t got;

	if (size > CONTROL_FILE_MAX)
		return -EFBIG;
	data = arena_alloc(arena, size + 1);
	if (!data)
		return -ENOMEM;
	do
		got = read(fd, data, size + 1);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if ((size_t)got != size)
		return read_on(fd, slice_make(data, (size_t)got), arena, text);
	*text = slice_make(data, size);
	return 0;
}

static int read_control_file(
	const char *path, struct arena *arena, struct slice *text, struct error *error)
{
	cleanup_fd int fd = -1;
	off_t size = 0;
	int failed = open_control_file(path, &fd, &size, error);

	if (failed)
		return failed;
	failed = read_text(fd, (size_t)size, arena, text);
	if (failed == -EFBIG)
		return error_set(
			error, failed, "%s: is larger than %zu bytes", path, CONTROL_FILE_MAX);
	if (failed == -ENOMEM)
		return no_memory(error);
	return failed ? error_set_errno(error, failed, "%s", path) : 0;
}

/* DIR/FOLDER/NAME. Returns 0, 1 when it is not there, or a negative errno. */
static int try_directory(const char *dir, const char *folder, const char *name, struct arena *arena,
	struct slice *text, const char **path, struct error *error)
{
	*path = ARENA_PATH(arena, dir, folder, name);
	return *path ? read_control_file(*path, arena, text, error) : no_memory(error);
}

static int read_first(const struct profile *profile, const char *folder, const char *name,
	struct arena *arena, struct slice *text, const char **path, struct error *error)
{
	int outcome = 1;

	for (unsigned i = 0; i < profile->dir_count && outcome == 1; i++)
		outcome = try_directory(profile->dirs[i], folder, name, arena, text, path, error);
	return outcome;
}

int profile_read(const struct profile *profile, struct arena *arena, const char *name,
	struct slice *text, const char **path, struct error *error)
{
	return read_first(profile, "control", name, arena, text, path, error);
}

int profile_read_shipped(const struct profile *profile, struct arena *arena, const char *language,
	const char *name, struct slice *text, const char **path, struct error *error)
{
	const char *folder = arena_printf(arena, "tpl/%s", language);

	return folder ? try_directory(profile->shipped, folder, name, arena, text, path, error)
		      : no_memory(error);
}

int profile_read_template(const struct profile *profile, struct arena *arena, const char *language,
	const char *name, struct slice *text, const char **path, struct error *error)
{
	const char *folder = arena_printf(arena, "tpl/%s", language);
	int outcome;

	if (!folder)
		return no_memory(error);
	outcome = read_first(profile, folder, name, arena, text, path, error);
	return outcome == 1
		       ? profile_read_shipped(profile, arena, language, name, text, path, error)
		       : outcome;
}
