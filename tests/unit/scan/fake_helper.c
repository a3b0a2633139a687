/* qmvc-clamav without libclamav: the protocol of clamav_serve.c, and an engine that does what the
 * content says. For tests of the back-end libclamav. */
#include <signal.h>
#include <stdio.h>

#include "base/fd.h"
#include "helpers/clamav_serve.h"

static void scan(void *context, int fd, struct buf *answer)
{
	struct buf content = {0};

	(void)context;
	fd_read_all(fd, 1 << 26, &content);
	if (slice_starts(buf_slice(&content), "KILL"))
		raise(SIGKILL);
	if (slice_starts(buf_slice(&content), "CRASH")) {
		signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
		raise(SIGSEGV);
	}
	if (slice_starts(buf_slice(&content), "EVIL"))
		buf_add_cstr(answer, "Test.Evil FOUND");
	else
		buf_add_cstr(answer, "OK");
	buf_release(&content);
}

int main(void)
{
	const struct clamav_engine engine = {
		.scan = scan, .version = "ClamAV 9.9.9", .tmp = "/tmp"};
	struct error error = {0};

	if (clamav_serve(3, &engine, &error) == 0)
		return 0;
	fprintf(stderr, "%s\n", error.text);
	return 2;
}
