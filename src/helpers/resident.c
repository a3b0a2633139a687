/*
 * Serving many; see resident.h. One thread, one poll: the listener, each client (only for its going
 * away), and the heir. A client that goes away ends its child: nobody works for an answer that
 * nobody awaits. Signals are let in while waiting only.
 */
#include "helpers/resident.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "open/remove_tree.h"
#include "open/tree.h"
#include "scan/resident_state.h"

#define CLIENTS_MAX 4
#define TICK_US	    1000000
/* A client sends and reads without pause; one that does not move for so long is stopped itself. */
#define STALL_S 120

struct client {
	pid_t pid; /* 0: free */
	int socket;
	char *room;
	int lock; /* the room's */
	bool killed;
};

struct resident {
	const struct resident_options *options;
	struct client clients[CLIENTS_MAX];
	unsigned running, most;
	ino_t inode; /* the socket's */
	int heir;    /* the pipe from it, or -1 */
	bool leaving; /* takes no more clients */
	bool succeeded;
	uint64_t served_us, ticked_us;
};

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
	if (number == SIGTERM)
		told_to_end = 1;
}

/* --- clients --- */

static void forget(struct resident *resident, struct client *client)
{
	if (client->room) {
		remove_tree(client->room);
		close(client->lock);
	}
	free(client->room);
	close(client->socket);
	client->pid = 0;
	resident->running--;
	resident->served_us = clock_us();
}

static void reap(struct resident *resident)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (unsigned i = 0; i < CLIENTS_MAX; i++)
			if (resident->clients[i].pid == pid)
				forget(resident, &resident->clients[i]);
}

/* When memory is short the kernel is to take one scan, and not the signatures of all. */
static void offer_to_oom_killer(void)
{
	cleanup_fd int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		fd_write_all(fd, slice_cstr("1000"));
}

_Noreturn static void be_child(struct resident *resident, struct client *client, pid_t parent)
{
	const struct resident_options *options = resident->options;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(options->listener);
	close(options->lock);
	if (resident->heir >= 0)
		close(resident->heir);
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *other = &resident->clients[i];

		if (other->pid == 0 || other == client)
			continue;
		close(other->socket);
		if (other->room)
			close(other->lock);
	}
	offer_to_oom_killer();
	_exit(options->serve(options->context, client->socket, client->room));
}

static bool is_ours(int socket)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == geteuid();
}

static bool has_gone(int socket)
{
	struct pollfd peer = {.fd = socket};

	return poll(&peer, 1, 0) > 0 && (peer.revents & (POLLHUP | POLLERR));
}

static void serve(struct resident *resident, int socket)
{
	const struct timeval stall = {.tv_sec = STALL_S};
	struct client *client = resident->clients;
	pid_t self = getpid();

	while (client->pid != 0)
		client++;
	*client = (struct client){.socket = socket, .lock = -1};
	setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof(stall));
	setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof(stall));
	if (tree_make(resident->options->tmp, TREE_CLAMAV, &client->room, &client->lock) < 0)
		client->room = NULL;
	resident->running++;
	client->pid = fork();
	if (client->pid == 0)
		be_child(resident, client, self);
	if (client->pid < 0) /* the client sees its connection go, and may ask again */
		forget(resident, client);
}

static void accept_client(struct resident *resident)
{
	int socket = accept4(resident->options->listener, NULL, NULL, SOCK_CLOEXEC);

	if (socket < 0)
		return; /* an heir was faster, or the client has gone */
	if (!is_ours(socket) || has_gone(socket))
		close(socket);
	else
		serve(resident, socket);
}

/* --- the heir --- */

static void start_heir(struct resident *resident)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t pid;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	failed = posix_spawn_file_actions_adddup2(&actions, ends[1], RESIDENT_HEIR_FD);
	if (!failed)
		failed = posix_spawnattr_setsigmask(&attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (!failed)
		failed = posix_spawn(&pid, resident->options->argv[0], &actions, &attributes,
			resident->options->argv, resident->options->envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(ends[1]);
	if (failed)
		close(ends[0]);
	else
		resident->heir = ends[0];
}

/* It says "R" when it is ready, and else why it could not load. */
static void hear_heir(struct resident *resident)
{
	char text[RESIDENT_TEXT], said[64] = "";
	ssize_t got = read(resident->heir, said, sizeof(said) - 1);

	close(take_fd(&resident->heir));
	if (got > 0 && said[0] == 'R') {
		resident->leaving = resident->succeeded = true;
		return;
	}
	snprintf(text, sizeof(text), "%.120s (new signatures cannot be loaded: %s)",
		resident->options->text, said);
	resident_state_write(resident->options->lock, RESIDENT_READY, getpid(), text);
}

/* --- the life of it --- */

/* Once a second: is the socket still there, are the signatures still those, is there any work? */
static void tick(struct resident *resident)
{
	const struct resident_options *options = resident->options;
	uint64_t now = clock_us();
	struct stat status;

	if (now - resident->ticked_us < TICK_US)
		return;
	resident->ticked_us = now;
	if (stat(options->socket, &status) < 0 || status.st_ino != resident->inode)
		resident->leaving = true;
	if (!resident->leaving && resident->heir < 0 && options->changed(options->context))
		start_heir(resident);
	if (resident->running == 0 && resident->heir < 0 &&
		now - resident->served_us >= (uint64_t)options->idle_s * 1000000)
		resident->leaving = true;
}

static void wait_for_work(struct resident *resident, const sigset_t *let_in)
{
	const struct timespec second = {.tv_nsec = 999999999};
	bool takes = !resident->leaving && resident->running < resident->most;
	struct pollfd fds[2 + CLIENTS_MAX] = {
		{.fd = takes ? resident->options->listener : -1, .events = POLLIN},
		{.fd = resident->heir, .events = POLLIN},
	};

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		const struct client *client = &resident->clients[i];

		fds[2 + i].fd = client->pid > 0 && !client->killed ? client->socket : -1;
	}
	if (ppoll(fds, 2 + CLIENTS_MAX, &second, let_in) <= 0)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &resident->clients[i];

		if (fds[2 + i].revents && client->pid > 0) {
			client->killed = true;
			kill(client->pid, SIGKILL);
		}
	}
	if (fds[1].revents)
		hear_heir(resident);
	if (fds[0].revents)
		accept_client(resident);
}

static int prepare(struct resident *resident, sigset_t *let_in, struct error *error)
{
	const struct resident_options *options = resident->options;
	struct sigaction act = {.sa_handler = on_signal};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct stat status;
	sigset_t held;

	resident->most = processors < 2		    ? 2
			 : processors > CLIENTS_MAX ? CLIENTS_MAX
						    : (unsigned)processors;
	if (stat(options->socket, &status) < 0)
		return error_set_errno(error, -errno, "%s", options->socket);
	resident->inode = status.st_ino;
	if (fcntl(options->listener, F_SETFL, O_NONBLOCK) < 0)
		return error_set_errno(error, -errno, "the socket");
	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, let_in);
	sigdelset(let_in, SIGCHLD);
	sigdelset(let_in, SIGTERM);
	sigaction(SIGCHLD, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static void end_clients(struct resident *resident)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &resident->clients[i];

		if (client->pid == 0)
			continue;
		kill(client->pid, SIGKILL);
		while (waitpid(client->pid, NULL, 0) < 0 && errno == EINTR)
			;
		forget(resident, client);
	}
}

int resident_run(const struct resident_options *options, struct error *error)
{
	struct resident resident = {.options = options, .heir = -1};
	struct stat status;
	sigset_t let_in;
	int r = prepare(&resident, &let_in, error);

	if (r < 0)
		return r;
	tree_sweep(options->tmp);
	resident_state_write(options->lock, RESIDENT_READY, getpid(), options->text);
	if (options->heir_of >= 0) {
		fd_write_all(options->heir_of, slice_cstr("R"));
		close(options->heir_of);
	}
	resident.served_us = clock_us();
	while (!told_to_end && !(resident.leaving && resident.running == 0)) {
		wait_for_work(&resident, &let_in);
		reap(&resident);
		tick(&resident);
	}
	end_clients(&resident);
	if (!resident.succeeded && stat(options->socket, &status) == 0 &&
		status.st_ino == resident.inode)
		unlink(options->socket);
	return 0;
}
