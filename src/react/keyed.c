/*
 * Keyed digests; see keyed.h. nettle is loaded by hand: of a thousand mails one needs it, and what
 * is linked is paid for by all. The key comes into being as a file without a name that is linked
 * into place when it is whole and on disk, so that nobody ever reads half of one.
 */
#include "react/keyed.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/hmac.h>
#include <nettle/version.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

/* The name whose types this was compiled with. */
#if NETTLE_VERSION_MAJOR >= 4
#error "nettle 4 has other functions; see its NEWS"
#endif
#define LIBRARY "libnettle.so.8"

#define KEY_SIZE     32
#define KEY_NAME     "key"
#define KEY_FILE_MAX ((size_t)4096)

/* nettle's functions, by their names and with their types. */
struct library {
	__typeof__(&nettle_hmac_sha256_set_key) set_key;
	__typeof__(&nettle_hmac_sha256_update) update;
	__typeof__(&nettle_hmac_sha256_digest) digest;
};

static int load(struct library *library, struct error *error)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return error_set(error, -ENOENT, "%s", dlerror());
	*(void **)&library->set_key = dlsym(handle, "nettle_hmac_sha256_set_key");
	*(void **)&library->update = dlsym(handle, "nettle_hmac_sha256_update");
	*(void **)&library->digest = dlsym(handle, "nettle_hmac_sha256_digest");
	if (!library->set_key || !library->update || !library->digest)
		return error_set(error, -ENOENT, "%s: no HMAC-SHA-256 in it", LIBRARY);
	return 0;
}

static int key_path(const char *run, char **path)
{
	return asprintf(path, "%s/" KEY_NAME, run) < 0 ? -ENOMEM : 0;
}

/* Returns 0 also when somebody else was first. */
static int make_key(const char *run, const char *path)
{
	unsigned char key[KEY_SIZE];
	cleanup_free char *spare = NULL;
	cleanup_fd int fd = -1;
	unsigned long long unique;
	int result;

	if (getrandom(key, sizeof(key), 0) != sizeof(key) ||
		getrandom(&unique, sizeof(unique), 0) != sizeof(unique))
		return -EIO;
	if (asprintf(&spare, "%s/." KEY_NAME ".%016llx", run, unique) < 0)
		return -ENOMEM;
	fd = open(spare, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	result = fd_write_all(fd, slice_make(key, sizeof(key)));
	if (result == 0)
		result = fd_sync(fd);
	if (result == 0 && link(spare, path) < 0 && errno != EEXIST)
		result = -errno;
	unlink(spare);
	return result ? result : fd_sync_dir(run);
}

/* Who can read the key can seal, and who can write it can choose it. */
static int check_owner(const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077))
		return -EPERM;
	return 0;
}

static int read_key(const char *run, struct buf *key, struct error *error)
{
	cleanup_free char *path = NULL;
	int result = key_path(run, &path);

	if (result == 0)
		result = check_owner(path);
	if (result == -ENOENT) {
		result = make_key(run, path);
		if (result == 0)
			result = check_owner(path);
	}
	if (result == 0)
		result = fd_read_file(AT_FDCWD, path, KEY_FILE_MAX, key);
	if (result == 0 && key->len != KEY_SIZE)
		result = -EINVAL;
	return result ? error_set_errno(error, result, "%s/%s", run, KEY_NAME) : 0;
}

int keyed_digest(const char *run, const struct slice *pieces, size_t count,
	char hex[KEYED_HEX + 1], struct error *error)
{
	cleanup_buf struct buf key = {0};
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx context;
	struct library library = {0};
	int result = read_key(run, &key, error);

	if (result == 0)
		result = load(&library, error);
	if (result)
		return result;
	library.set_key(&context, key.len, key.data);
	for (size_t i = 0; i < count; i++)
		library.update(&context, pieces[i].len, pieces[i].data);
	library.digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

bool keyed_has_key(const char *run)
{
	cleanup_free char *path = NULL;

	return key_path(run, &path) == 0 && access(path, F_OK) == 0;
}
