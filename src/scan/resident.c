/*
 * Reaching the resident helper; see resident.h. The socket is named by way of a descriptor of its
 * directory, since a path of a socket may have 107 bytes (unix(7)) and a state home has what it has.
 */
#include "scan/resident.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "loop/detach.h"

/* Of clients that wait while the signatures are being loaded; more of them try again and again. */
#define BACKLOG 256

struct place {
	int dir; /* the run directory */
	char socket[32], lock[40];
	struct sockaddr_un address;
};

/* FNV-1a. Not a secret and no defence: run/ is ours alone, this only keeps lines apart. */
static uint64_t hash(uint64_t sum, const char *text)
{
	do
		sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return sum;
}

/* Everything that makes one helper not do for another's work. Returns 0 or a negative errno. */
static int find_place(const struct scan_request *request, const struct scanner_config *config,
	struct place *place)
{
	const struct profile *profile = request->profile;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	char seconds[16];

	snprintf(seconds, sizeof(seconds), "%u", config->resident_s);
	sum = hash(sum, config->database ? config->database : "");
	sum = hash(sum, seconds);
	sum = hash(sum, profile->libexec);
	sum = hash(sum, profile->tmp);
	snprintf(place->socket, sizeof(place->socket), "clamav.%016" PRIx64, sum);
	snprintf(place->lock, sizeof(place->lock), "%s.lock", place->socket);
	place->dir = open(profile->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->dir < 0)
		return -errno;
	place->address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(place->address.sun_path, sizeof(place->address.sun_path), "/proc/self/fd/%d/%s",
		place->dir, place->socket);
	return 0;
}

/* Is who listens of our uid? */
static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid();
}

static int connect_to(const struct place *place, int *result)
{
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&place->address, sizeof(place->address)) < 0) {
		if (errno == EAGAIN)
			return RESIDENT_BUSY;
		return errno == ENOENT ? -ECONNREFUSED : -errno;
	}
	if (!is_ours(fd))
		return -EPERM;
	*result = take_fd(&fd);
	return 0;
}

static void look(const struct place *place, struct resident_state *state)
{
	cleanup_fd int fd = openat(place->dir, place->lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*state = (struct resident_state){0};
	if (fd >= 0)
		resident_state_read(fd, state);
}

/* Makes the socket anew; the lock is ours. Returns the listening descriptor or a negative errno. */
static int listen_at(const struct place *place)
{
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (unlinkat(place->dir, place->socket, 0) < 0 && errno != ENOENT)
		return -errno;
	if (fchmod(fd, 0600) < 0 || /* the socket file's mode */
		bind(fd, (const struct sockaddr *)&place->address, sizeof(place->address)) < 0 ||
		listen(fd, BACKLOG) < 0)
		return -errno;
	return take_fd(&fd);
}

/* Starts one, with the lock. Connects before our own listening ends: it may be dead already. */
static int start(const struct scan_request *request, const struct scanner_config *config,
	const struct place *place, int lock, int *fd)
{
	static const char *const envp[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	const struct profile *profile = request->profile;
	char *path = arena_printf(request->arena, "%s/qmvc-clamav", profile->libexec);
	char *socket = arena_printf(request->arena, "%s/%s", profile->run, place->socket);
	char *seconds = arena_printf(request->arena, "%u", config->resident_s);
	const char *argv[] = {path, "-r", seconds, "-s", socket, "-t", profile->tmp,
		config->database, NULL};
	cleanup_fd int listener = -1;
	struct detach_options options = {.argv = argv, .envp = envp, .fd_count = 2};
	int r;

	if (!path || !socket || !seconds)
		return -ENOMEM;
	resident_state_write(lock, RESIDENT_LOADING, 0, "");
	listener = listen_at(place);
	if (listener < 0)
		return listener;
	options.fds[0] = lock; /* numbers: helpers/resident.h */
	options.fds[1] = listener;
	r = detach_start(&options);
	if (r == 0)
		return connect_to(place, fd);
	unlinkat(place->dir, place->socket, 0);
	return r;
}

static int start_if_alone(const struct scan_request *request, const struct scanner_config *config,
	const struct place *place, int *fd)
{
	cleanup_fd int lock = openat(
		place->dir, place->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (lock < 0)
		return -errno;
	while (flock(lock, LOCK_EX | LOCK_NB) < 0)
		if (errno != EINTR)
			return errno == EWOULDBLOCK ? RESIDENT_BUSY : -errno;
	return start(request, config, place, lock, fd);
}

static int reach(const struct scan_request *request, const struct scanner_config *config,
	bool may_start, int *fd, struct resident_state *state)
{
	struct place place = {.dir = -1};
	int r = find_place(request, config, &place);

	if (r < 0)
		return r;

	cleanup_fd int dir = place.dir;

	r = connect_to(&place, fd);
	if (r == -ECONNREFUSED && may_start)
		r = start_if_alone(request, config, &place, fd);
	if (r == 0)
		look(&place, state);
	return dir < 0 ? -EBADF : r;
}

int resident_connect(const struct scan_request *request, const struct scanner_config *config,
	int *fd, struct resident_state *state)
{
	return reach(request, config, false, fd, state);
}

int resident_reach(const struct scan_request *request, const struct scanner_config *config, int *fd,
	struct resident_state *state)
{
	return reach(request, config, true, fd, state);
}

void resident_look(const struct scan_request *request, const struct scanner_config *config,
	struct resident_state *state)
{
	struct place place = {.dir = -1};

	*state = (struct resident_state){0};
	if (find_place(request, config, &place) < 0)
		return;
	look(&place, state);
	close(place.dir);
}
