/*
 * File types by libmagic; see filetype.h. libmagic is given the descriptor and not bytes, since it
 * looks into ELF files only then: so that rules in badmimetypes match what file(1) prints.
 */
#include "helpers/filetype.h"

#include "helpers/imports.h"

#include <errno.h>
#include <magic.h>
#include <stdlib.h>
#include <unistd.h>

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

int filetype_new(bool descriptions, struct filetype **filetype, struct error *error)
{
	struct filetype *made = calloc(1, sizeof(*made));
	size_t bytes = BYTES_MAX;

	if (!made)
		return error_set_errno(error, -ENOMEM, "magic database");
	made->descriptions = descriptions;
	made->cookie = magic_open(FLAGS);
	if (!made->cookie) {
		free(made);
		return error_set_errno(error, -ENOMEM, "magic database");
	}
	if (magic_load(made->cookie, NULL) < 0 ||
		magic_setparam(made->cookie, MAGIC_PARAM_BYTES_MAX, &bytes) < 0) {
		error_set(error, -EIO, "magic database: %s", magic_error(made->cookie));
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
	magic_close(filetype->cookie);
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
	magic_setflags(filetype->cookie, FLAGS | MAGIC_MIME_TYPE);
	answer = magic_descriptor(filetype->cookie, fd);
	if (!answer)
		return 1;
	filetype->mime = slice_dup(slice_cstr(later_type(fd, answer)));
	if (!filetype->mime)
		return 1;
	*mime = slice_cstr(filetype->mime);
	if (!filetype->descriptions)
		return 0;
	magic_setflags(filetype->cookie, FLAGS);
	answer = magic_descriptor(filetype->cookie, fd);
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
	return magic_version();
}
