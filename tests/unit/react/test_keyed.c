/* Keyed digests: the right ones, with a key that is ours alone and made once. */
#include "unit.h"

#include "base/cleanup.h"
#include "react/keyed.h"
#include "tmp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct slice pieces[] = {
	SLICE_LITERAL("a"), SLICE_LITERAL(""), SLICE_LITERAL("b\0"), SLICE_LITERAL("c")};

static char path[96];

static void write_key(size_t size, mode_t mode)
{
	unsigned char key[64];
	cleanup_fd int fd = -1;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	snprintf(path, sizeof(path), "%s/key", dir);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, key, size), size);
	assert_int_equal(fchmod(fd, mode), 0);
}

static int digest(char hex[KEYED_HEX + 1])
{
	struct error error = {0};
	int result = keyed_digest(dir, pieces, 4, hex, &error);

	assert_true(result == 0 || strstr(error.text, "/key"));
	return result;
}

/* Computed by Python's hmac module. */
static void test_known(void **state)
{
	char hex[KEYED_HEX + 1];

	write_key(32, 0600);
	assert_int_equal(digest(hex), 0);
	assert_string_equal(
		hex, "6382fdbdc3b88f1739bd03a08868002d6357bd9781396952d40e6b7900c026ec");
}

static void test_key_is_made_once(void **state)
{
	char first[KEYED_HEX + 1], second[KEYED_HEX + 1];
	struct stat status;

	assert_false(keyed_has_key(dir));
	assert_int_equal(digest(first), 0);
	assert_true(keyed_has_key(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0600);
	assert_int_equal(status.st_size, 32);
	assert_int_equal(status.st_nlink, 1);
	assert_int_equal(digest(second), 0);
	assert_string_equal(first, second);
	unlink(path);
	assert_int_equal(digest(second), 0);
	assert_string_not_equal(first, second);
}

/* Deliveries that begin at once: one of them makes the key, and all use that. */
static void test_many_at_once(void **state)
{
	char all[8][KEYED_HEX + 1];
	int pipes[8][2];

	for (int i = 0; i < 8; i++) {
		assert_int_equal(pipe(pipes[i]), 0);
		if (fork() == 0) {
			char hex[KEYED_HEX + 1];

			if (keyed_digest(dir, pieces, 4, hex, NULL) == 0)
				(void)!write(pipes[i][1], hex, sizeof(hex));
			_exit(0);
		}
		close(pipes[i][1]);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(read(pipes[i][0], all[i], KEYED_HEX + 1), KEYED_HEX + 1);
		close(pipes[i][0]);
		assert_string_equal(all[i], all[0]);
		wait(NULL);
	}
}

static void test_refused_keys(void **state)
{
	char hex[KEYED_HEX + 1], other[96];

	write_key(32, 0640);
	assert_int_equal(digest(hex), -EPERM);
	write_key(32, 0602);
	assert_int_equal(digest(hex), -EPERM);
	write_key(31, 0600);
	assert_int_equal(digest(hex), -EINVAL);
	write_key(33, 0600);
	assert_int_equal(digest(hex), -EINVAL);
	write_key(0, 0600);
	assert_int_equal(digest(hex), -EINVAL);
	write_key(32, 0600);
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(digest(hex), -EPERM);
	strcat(dir, "/none");
	assert_int_equal(digest(hex), -ENOENT);
	dir[strlen(dir) - 5] = '\0';
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_known),
		in_dir(test_key_is_made_once),
		in_dir(test_many_at_once),
		in_dir(test_refused_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
