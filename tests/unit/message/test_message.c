/* The message on a descriptor: a file whose offset stays, an empty one, a pipe, what is neither. */
#include "message/show.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "message/message.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char mail[] = "Subject: x\n\nbody";

static void test_file(void **state)
{
	cleanup_fd int fd = fd_unlinked("/tmp");
	struct limits limits = show_limits();
	struct message message;
	struct error error = {0};

	assert_int_equal(fd_write_all(fd, slice_cstr(mail)), 0);
	lseek(fd, 5, SEEK_SET);
	assert_int_equal(message_open(&message, fd, "/nonexistent", &error), 0);
	assert_slice(message.bytes, mail);
	assert_int_equal(message.fd, fd);
	assert_false(message.fd_owned);
	assert_int_equal(message_read(&message, &limits, "/tmp", &error), 0);
	assert_slice(message.reading.parts[0].content.bytes, "body");
	message_release(&message);
	message_release(&message); /* twice is legal */
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 5); /* open still, and where it was */
}

static void test_empty(void **state)
{
	cleanup_fd int fd = fd_unlinked("/tmp");
	struct limits limits = show_limits();
	struct message message;

	assert_int_equal(message_open(&message, fd, "/tmp", NULL), 0);
	assert_int_equal(message.bytes.len, 0);
	assert_int_equal(message_read(&message, &limits, "/tmp", NULL), 0);
	assert_int_equal(message.reading.count, 1);
	message_release(&message);
}

static void test_pipe(void **state)
{
	struct message message;
	struct error error = {0};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fd_write_all(ends[1], slice_cstr(mail)), 0);
	close(ends[1]);
	assert_int_equal(message_open(&message, ends[0], "/tmp", &error), 0);
	assert_slice(message.bytes, mail);
	assert_true(message.fd_owned);
	assert_int_not_equal(message.fd, ends[0]);
	message_release(&message);

	assert_int_equal(message_open(&message, ends[0], "/nonexistent", &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nonexistent"));
	message_release(&message);
	close(ends[0]);
}

static void test_wrong(void **state)
{
	cleanup_fd int dir = open("/", O_RDONLY | O_CLOEXEC);
	struct message message;
	struct error error = {0};

	assert_int_equal(message_open(&message, -1, "/tmp", &error), -EBADF);
	assert_true(error.set);
	message_release(&message);
	assert_int_equal(message_open(&message, dir, "/tmp", NULL), -EISDIR);
	message_release(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
