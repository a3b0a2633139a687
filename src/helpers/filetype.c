/*
 * File types by libmagic; see filetype.h. It is loaded by hand, as the libraries for archives are
 * (unpack.c), since for many a mail no type is wanted, and it brings four libraries along. It is given
 * the descriptor and not bytes, since it looks into ELF files only then: so that rules in badmimetypes
 * match what file(1) prints.
 */
#include "helpers/filetype.h"

#include "helpers/imports.h"

#include <dlfcn.h>
#include <errno.h>
#include <magic.h>
#include <stdlib.h>
#include <unistd.h>

#define LIBRARY "libmagic.so.1"

#define CALLS(X) \
	X(magic_open) \
	X(magic_close) \
	X(magic_load) \
	X(magic_setflags) \
	X(magic_setparam) \
	X(magic_descriptor) \
	X(magic_error) \
	X(magic_version)

/* libmagic's functions, by their names and with their types. */
static struct library {
#define DECLARE(name) __typeof__(&name) name;
	CALLS(DECLARE)
#undef DECLARE
} lm;

/* Read of each file, as file(1) 5.44 does; later versions read seven times as much for little. */
#define BYTES_MAX ((size_t)1024 * 1024)

/* Nothing is unpacked, no device is read, and an error is an error, not a description. */
#define FLAGS (MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS)

/* What libmagic gave no MIME type to before 5.42, so that a rule need not go by descriptions. */
static const struct {
	struct slice start;
	const char *mime;
} later_types[] = {
	{SLICE_LITERAL("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F"), "application/x-ms-shortcut"},
	{SLICE_LITERAL("ITSF"), "application/vnd.ms-htmlhelp"},
};

struct filetype {
	magic_t cookie;
	bool descriptions;
	char *mime;
};

static const char *const program_types[] = {
	"application/x-dosexec",
	"application/vnd.microsoft.portable-executable",
	"application/x-ms-ne-executable",
	"application/x-ms-dos-executable",
	"application/x-executable",
	"application/x-pie-executable",
	"application/x-sharedlib",
	"application/x-mach-binary",
	"application/x-java-applet",
	"text/x-msdos-batch",
	"text/x-shellscript",
};

static int load_library(struct error *error)
{
	void *handle = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (!handle)
		return error_set(error, -ENOENT, "%s", dlerror());
#define FIND(name) \
	lm.name = (__typeof__(&name))dlsym(handle, #name); \
	if (!lm.name) \
		return error_set(error, -ENOENT, "%s: no %s in it", LIBRARY, #name);
	CALLS(FIND)
#undef FIND
	return 0;
}

int filetype_new(bool descriptions, struct filetype **filetype, struct error *error)
{
	size_t bytes = BYTES_MAX;
	int failed = load_library(error);
	struct filetype *made;

	if (failed)
		return failed;
	made = calloc(1, sizeof(*made));
	if (!made)
		return error_set_errno(error, -ENOMEM, "magic database");
	made->descriptions = descriptions;
	made->cookie = lm.magic_open(FLAGS);
	if (!made->cookie) {
		free(made);
		return error_set_errno(error, -ENOMEM, "magic database");
	}
	if (lm.magic_load(made->cookie, NULL) < 0 ||
		lm.magic_setparam(made->cookie, MAGIC_PARAM_BYTES_MAX, &bytes) < 0) {
		error_set(error, -EIO, "magic database: %s", lm.magic_error(made->cookie));
		filetype_free(made);
		return -EIO;
	}
	*filetype = made;
	return 0;
}

void filetype_free(struct filetype *filetype)
{
	if (!filetype)
		return;
	lm.magic_close(filetype->cookie);
	free(filetype->mime);
	free(filetype);
}

static const char *later_type(int fd, const char *mime)
{
	unsigned char head[32];
	ssize_t got;

	if (strcmp(mime, "application/octet-stream") != 0)
		return mime;
	got = pread(fd, head, sizeof(head), 0);
	for (size_t i = 0; got > 0 && i < sizeof(later_types) / sizeof(later_types[0]); i++)
		if (slice_eq(slice_first(slice_make(head, (size_t)got),
				     later_types[i].start.len),
			    later_types[i].start))
			return later_types[i].mime;
	return mime;
}

int filetype_read(struct filetype *filetype, int fd, struct slice *mime, struct slice *text)
{
	const char *answer;

	/* libmagic's answer lasts until its next one. */
	free(filetype->mime);
	filetype->mime = NULL;
	lm.magic_setflags(filetype->cookie, FLAGS | MAGIC_MIME_TYPE);
	answer = lm.magic_descriptor(filetype->cookie, fd);
	if (!answer)
		return 1;
	filetype->mime = slice_dup(slice_cstr(later_type(fd, answer)));
	if (!filetype->mime)
		return 1;
	*mime = slice_cstr(filetype->mime);
	if (!filetype->descriptions)
		return 0;
	lm.magic_setflags(filetype->cookie, FLAGS);
	answer = lm.magic_descriptor(filetype->cookie, fd);
	if (!answer)
		return 1;
	*text = slice_cstr(answer);
	return 0;
}

bool filetype_is_program(struct slice bytes, struct slice mime)
{
	if (imports_known(bytes) || slice_starts(bytes, "#!") ||
		slice_starts(bytes, "\xca\xfe\xba\xbe"))
		return true;
	for (size_t i = 0; i < sizeof(program_types) / sizeof(program_types[0]); i++)
		if (slice_eq_cstr(mime, program_types[i]))
			return true;
	return false;
}

int filetype_version(void)
{
	return lm.magic_version();
}
