/*
 * Plays a qmvc-open that breaks, hangs or lies. What it does is the name of the directory it is
 * called in: DIR/hang/qmvc-open hangs.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET 3

static void say(const char *text)
{
	if (write(SOCKET, text, strlen(text)) < 0)
		_exit(1);
}

/* Waits until something was asked. */
static void listen_once(void)
{
	char bytes[64];

	if (recv(SOCKET, bytes, sizeof(bytes), 0) <= 0)
		_exit(1);
}

/* One byte a start in DIR/starts. */
static void count_start(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/starts", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1)
		_exit(1);
	close(fd);
}

static void hang(void)
{
	for (;;)
		pause();
}

static void flood(const char *text)
{
	for (;;)
		say(text);
}

/* A child that left the group holds the socket while the parent ends. */
static void leave_behind(void)
{
	if (fork() == 0) {
		setsid();
		hang();
	}
	_exit(0);
}

#define GREETING	"qmvc-open 3\n"
#define ANSWER(n, text) "object " n "\nmime a/b\n" text "end " n "\n"

static const struct script {
	const char *name;
	const char *says;
	enum { EXIT, HANG, CRASH, FLOOD, CLOSE, STUBBORN, LEAVE } then;
} scripts[] = {
	{"hang-before-greeting", "", HANG},
	{"exit-before-greeting", "", EXIT},
	{"crash-before-greeting", "", CRASH},
	{"other-version", "qmvc-open 2\n", HANG},
	{"greeted-hang", GREETING, HANG},
	{"greeted-exit", GREETING, EXIT},
	{"greeted-crash", GREETING, CRASH},
	{"greeted-flood", GREETING, FLOOD},
	{"greeted-close", GREETING, CLOSE},
	{"greeted-stubborn", GREETING, STUBBORN},
	{"greeted-leave", GREETING, LEAVE},
	{"answer-one-crash", GREETING ANSWER("1", "text It is\n"), CRASH},
	{"answer-one-exit", GREETING ANSWER("1", "text It is\n"), EXIT},
	{"answer-all", GREETING ANSWER("1", "") ANSWER("2", "") ANSWER("3", ""), HANG},
	{"answer-all-exit", GREETING ANSWER("1", "") ANSWER("2", "") ANSWER("3", ""), EXIT},
	{"half-answer", GREETING "object 1\nmime a/b\nflag executable\n", EXIT},
	{"wrong-index", GREETING ANSWER("99", ""), HANG},
	{"message-index", GREETING ANSWER("0", ""), HANG},
	{"twice", GREETING ANSWER("1", "") ANSWER("1", ""), HANG},
	{"control-bytes", GREETING ANSWER("1", "text \x1b[2J\n"), HANG},
	{"no-line", GREETING, FLOOD},
	{"lacking", GREETING "object 1\nlacking 1\n", HANG},
};

int main(int argc, char **argv)
{
	char *end = strrchr(argv[0], '/'), *name;

	signal(SIGPIPE, SIG_IGN);
	if (!end)
		return 2;
	*end = 0;
	name = strrchr(argv[0], '/');
	for (size_t i = 0; name && i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (strcmp(scripts[i].name, name + 1) != 0)
			continue;
		count_start(argv[0]);
		listen_once();
		say(scripts[i].says);
		switch (scripts[i].then) {
		case EXIT:
			fprintf(stderr, "qmvc-open: something is missing\nmore\n");
			return 111;
		case CRASH:
			raise(SIGKILL);
			break;
		case FLOOD:
			flood(scripts[i].name[0] == 'n' ? "xxxxxxxx" : "import x\n");
			break;
		case STUBBORN:
			signal(SIGTERM, SIG_IGN);
			hang();
			break;
		case CLOSE:
			close(SOCKET);
			hang();
			break;
		case LEAVE:
			leave_behind();
			break;
		case HANG:
			hang();
		}
	}
	return 2;
}
