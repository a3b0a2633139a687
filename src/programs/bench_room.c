/*
 * The profile that mails are filtered by for a measurement; see bench_room.h. It decides as the real
 * one does, and does nothing that anybody outside could notice: no notice, no forwarded mail, no
 * command, and log and kept mail stay in the room.
 */
#include "programs/bench_room.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "control/control_file.h"
#include "programs/bench_rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

/* --- control files --------------------------------------------------------- */

static int write_control(const char *folder, const char *name, struct slice text)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd_write_all(fd, text);
}

/* Without reactions; with quitasap where the way wants it and the action allows it. */
static void add_filters(const struct filters *filters, const struct bench_way *way, struct buf *out)
{
	for (unsigned i = 0; i < CONDITION_COUNT; i++) {
		const struct filter *filter = &filters->conditions[i];
		bool quitasap = filter->quitasap;

		if (i == CONDITION_VIRUS)
			quitasap = way->quitasap && action_stops(filter->action);
		if (!filter->present && !filter->on)
			continue;
		buf_addf(out, "%s=%s;%s;;%s%s%s\n", condition_name(i), filter->on ? "y" : "n",
			action_name(filter->action), filter->ignorecase ? "ignorecase," : "",
			filter->goodmail ? "goodmail," : "", quitasap ? "quitasap" : "");
	}
}

/* Commands stand there as comments. */
static void add_without_commands(struct bench_room *room, struct slice text, struct buf *out)
{
	struct slice line;

	room->commands = 0;
	while (slice_next_line(&text, &line)) {
		if (slice_starts(line, "|")) {
			buf_add_cstr(out, "#");
			room->commands++;
		}
		buf_add(out, line);
		buf_add_cstr(out, "\n");
	}
}

static int copy_control(
	struct bench_room *room, const char *folder, const char *name, struct error *error)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf out = {0};
	const char *path;
	struct slice text;
	int result = profile_read(&room->profile->profile, &arena, name, &text, &path, error);

	if (result)
		return result > 0 ? 0 : result;
	if (strcmp(name, "badbodytexts") == 0) {
		add_without_commands(room, text, &out);
		text = buf_slice(&out);
	}
	result = out.failed ? -ENOMEM : write_control(folder, name, text);
	return result ? error_set_errno(error, result, "cannot copy %s", path) : 0;
}

int bench_room_add(struct bench_room *room, const struct bench_data *data,
	const struct bench_way *way, unsigned number, struct error *error)
{
	const struct bench_profile *profile = room->profile;
	const char *folder = arena_printf(&room->arena, "%s/way.%u", room->path, number);
	cleanup_buf struct buf filters = {0}, scanners = {0};
	int result = folder ? fd_make_dir(folder, 0700) : -ENOMEM;

	add_filters(&profile->filters, way, &filters);
	if (result == 0)
		result = bench_rewrite(data, way, &profile->list, profile->text, &scanners);
	if (result == 0)
		result = filters.failed ? -ENOMEM
					: write_control(folder, "filters", buf_slice(&filters));
	if (result == 0)
		result = write_control(folder, "scanners", buf_slice(&scanners));
	if (result)
		return error_set_errno(
			error, result, "cannot make control files in %s", room->path);
	for (size_t i = 0; i < control_file_count && result == 0; i++)
		if (strcmp(control_files[i].name, "scanners") != 0)
			result = copy_control(room, folder, control_files[i].name, error);
	return result;
}

/* --- the home -------------------------------------------------------------- */

/* qmvc stands where we do. */
static const char *find_program(struct arena *arena)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length <= 0)
		return NULL;
	self[length] = '\0';
	slash = strrchr(self, '/');
	return slash ? arena_printf(arena, "%.*s/qmvc", (int)(slash - self), self) : NULL;
}

/* What qmail-local would tell of a mail to bob@example.net, and where everything is. */
static int make_environment(struct bench_room *room)
{
	static const char *const fixed[] = {"SENDER=alice@example.org",
		"NEWSENDER=alice@example.org", "RECIPIENT=bob@example.net", "LOCAL=bob",
		"HOST=example.net", "HOST2=example", "HOST3=example", "HOST4=example", "USER=alias",
		"EXT=bob", "DEFAULT=bob", "DTLINE=Delivered-To: bob@example.net\n",
		"RPLINE=Return-Path: <alice@example.org>\n",
		"UFLINE=From alice@example.org Thu Jan 01 00:00:00 1970\n",
		/* Nothing is sent; should that ever be wrong, nothing takes it. */
		"QMAILQUEUE=/bin/false"};
	const size_t fixed_count = sizeof(fixed) / sizeof(fixed[0]);
	const struct profile *profile = &room->profile->profile;
	const char *const *ours = profile->environment;
	size_t count = 0, at = 0;

	while (ours[count])
		count++;
	room->environment =
		arena_array(&room->arena, count + fixed_count + 6, sizeof(*room->environment));
	if (!room->environment)
		return -ENOMEM;
	room->environment[at++] = arena_printf(&room->arena, "QMVC_HOME=%s", room->home);
	room->environment[at++] = arena_printf(&room->arena, "HOME=%s", room->home);
	room->environment[at++] = arena_printf(&room->arena, "QMVC_LIBEXEC=%s", profile->libexec);
	room->environment[at++] = arena_printf(&room->arena, "QMVC_SCANNERS=%s", profile->scanners);
	room->environment[at++] = arena_printf(&room->arena, "QMVC_SHIPPED=%s", profile->shipped);
	for (size_t i = 0; i < at; i++)
		if (!room->environment[i])
			return -ENOMEM;
	for (size_t i = 0; i < fixed_count; i++)
		room->environment[at++] = fixed[i];
	/* Of a name that is there twice the first one counts (getenv(3)). */
	for (size_t i = 0; i < count; i++)
		room->environment[at++] = ours[i];
	return 0;
}

static int make_folders(struct bench_room *room)
{
	const char *const folders[] = {room->home, room->copies, room->mails};
	int result = 0;

	for (unsigned i = 0; i < 3 && result == 0; i++)
		result = folders[i] ? fd_make_dir(folders[i], 0700) : -ENOMEM;
	return result;
}

int bench_room_make(struct bench_room *room, struct error *error)
{
	int result;

	sigemptyset(&room->signals);
	sigaddset(&room->signals, SIGCHLD);
	sigaddset(&room->signals, SIGHUP);
	sigaddset(&room->signals, SIGINT);
	sigaddset(&room->signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &room->signals, NULL);
	room->home = arena_printf(&room->arena, "%s/home", room->path);
	room->log = arena_printf(&room->arena, "%s/home/log/qmvc.log", room->path);
	room->copies = arena_printf(&room->arena, "%s/copies", room->path);
	room->mails = arena_printf(&room->arena, "%s/mails", room->path);
	room->program = find_program(&room->arena);
	result = room->program && room->log ? make_folders(room) : -ENOMEM;
	if (result == 0)
		result = make_environment(room);
	return result ? error_set_errno(error, result, "cannot make a home in %s", room->path) : 0;
}

void bench_room_release(struct bench_room *room)
{
	arena_release(&room->arena);
}
