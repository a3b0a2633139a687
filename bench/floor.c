/*
 * bench/floor.c: the least that a filter can do that is started for each mail, which latency.py measures
 * qmvc against. It hands descriptor 0 to clamd (FILDES, clamd(8)), reads the answer, appends a line to
 * a log and ends; libc alone, and nothing of the mail is looked at.
 *
 *	floor SOCKET LOG
 *
 * Exit status: 0 clean, 1 something was found, 2 anything else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int send_fd(int to, int fd)
{
	char byte = 0;
	struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(to, &message, 0) == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char answer[512];
	struct stat status;
	ssize_t got;
	int clamd, log;

	if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path) || fstat(0, &status) < 0 ||
		mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED)
		return 2;
	strcpy(address.sun_path, argv[1]);
	clamd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (clamd < 0 || connect(clamd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		write(clamd, "zFILDES", 8) != 8 || send_fd(clamd, 0) < 0)
		return 2;
	got = read(clamd, answer, sizeof(answer) - 1);
	if (got < 3)
		return 2;
	answer[got - 1] = '\n';
	log = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (log < 0 || write(log, answer, (size_t)got) != got)
		return 2;
	return memcmp(answer + got - 3, "OK", 2) != 0;
}
