/*
 * The child that turns HTML into text; see plainmail.h. libxml2 takes quadratic time for some
 * markup, and it is large; a mail that brings it down or keeps it busy must not wait for that in
 * the queue.
 */
#include "programs/plainmail.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "config.h"
#include "plain/html_text.h"
#include "plain/plain_mail.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* qmvc gives a command of badbodytexts half a minute for everything. */
#define SECONDS_MAX 5
#define MEMORY_MAX  ((rlim_t)1 << 30)

/* Lowers a limit; one that is lower already stays. */
static void limit(int resource, rlim_t value)
{
	struct rlimit now;

	if (getrlimit(resource, &now) == 0 && now.rlim_max > value) {
		now.rlim_cur = now.rlim_max = value;
		setrlimit(resource, &now);
	}
}

static int child(const struct reading *reading, int fd)
{
	cleanup_buf struct buf text = {0};

	signal(SIGXCPU, SIG_DFL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, SECONDS_MAX);
	if (!QMVC_SANITIZED) /* whose shadow takes terabytes */
		limit(RLIMIT_AS, MEMORY_MAX);
	return plain_mail_text(reading, html_text, &text) || fd_write_all(fd, buf_slice(&text));
}

/* Returns 0, 1 when the child did not get to its end, or a negative errno. */
static int text_of_child(const struct reading *reading, struct buf *out)
{
	cleanup_fd int fd = fd_in_memory(SLICE_EMPTY);
	int status;
	pid_t pid;

	if (fd < 0)
		return fd;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		exit(child(reading, fd));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return 1;
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : fd_read_all(fd, SIZE_MAX, out);
}

int plainmail_text(const struct reading *reading, struct buf *out, struct error *error)
{
	int result = plain_mail_has_html(reading) ? text_of_child(reading, out) : 1;

	if (result == 1)
		result = plain_mail_text(reading, NULL, out);
	return result ? error_set_errno(error, result, "cannot make a text of the mail") : 0;
}
