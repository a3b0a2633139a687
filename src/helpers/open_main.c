/*
 * qmvc-open: says of each object what it is, and what is inside. qmvc starts it when a mail holds something that is not
 * plain text, gives it a socket and descriptors, and believes none of it blindly. It prepares
 * everything that wants a file, closes the box, says so, and only then looks at the mail.
 *
 *	qmvc-open [--memory=BYTES] [--seconds=N] [--types] [--descriptions] [--archives]
 *					descriptor 3 is the socket
 *	qmvc-open --check		prints what it stands on, for qmvc -t
 *
 * Exit status: 0 asked no more; 111 it could not begin, or qmvc went away in the middle.
 */
#include "helpers/channel.h"
#include "config.h"
#include "helpers/filetype.h"
#include "helpers/imports.h"
#include "helpers/sandbox.h"
#include "helpers/unpack.h"

#include "base/cleanup.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <wchar.h>

#define EXIT_ENVIRONMENT 111

/* The first bytes are enough to tell a program; libmagic reads by itself. */
#define HEAD_SIZE 64u

struct opener {
	struct filetype *filetype;
	struct imports imports;
	struct channel channel;
};

struct settings {
	uint64_t memory, seconds;
	bool check, archives, types, descriptions;
};

static int read_settings(int argc, char **argv, struct settings *settings, struct error *error)
{
	static const struct option options[] = {
		{"memory", required_argument, NULL, 'm'},
		{"seconds", required_argument, NULL, 's'},
		{"archives", no_argument, NULL, 'a'},
		{"types", no_argument, NULL, 't'},
		{"descriptions", no_argument, NULL, 'd'},
		{"check", no_argument, NULL, 'c'},
		{0},
	};
	int letter;

	*settings = (struct settings){.memory = 512u << 20, .seconds = 60};
	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t *number = letter == 'm' ? &settings->memory : &settings->seconds;

		if (letter == '?')
			return error_set(error, -EINVAL, "options are not as they should be");
		if (letter == 'c')
			settings->check = settings->archives = settings->types = true;
		else if (letter == 'a')
			settings->archives = true;
		else if (letter == 't')
			settings->types = true;
		else if (letter == 'd')
			settings->types = settings->descriptions = true;
		else if (slice_to_size(slice_cstr(optarg), number))
			return error_set(error, -EINVAL, "not a number: %s", optarg);
	}
	return 0;
}

/*
 * Names and descriptions are in the characters of a locale, and some hold a time. MIME types are and
 * do not, and libmagic's regular expressions go by the locale C anyway.
 */
static void prepare_locale(void)
{
	mbstate_t state = {0};
	wchar_t letter;

	/* Characters are all that libraries ask about; each further category opens two files. */
	setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
	(void)mbrtowc(&letter, "\xc3\xa4", 2, &state);
}

/*
 * All that libraries fetch from disk when first needed is fetched now: the time zone, the
 * conversions of the locale, the libraries for archives, the magic database.
 */
static int prepare(
	const struct settings *settings, struct filetype **filetype, struct error *error)
{
	int failed = 0;

	if (settings->archives || settings->descriptions)
		prepare_locale();
	if (settings->archives)
		failed = unpack_load(error);
	if (!failed && settings->types)
		failed = filetype_new(settings->descriptions, filetype, error);
	return failed;
}

/* Nothing may be opened, written or started; descriptors come by the socket, a window full. */
static int close_box(const struct settings *settings, struct error *error)
{
	const struct sandbox_rules rules = {
		.memory = settings->memory,
		.cpu_seconds = settings->seconds,
		/* Nothing is written, but what --check prints may go to a file. */
		.file_size = settings->check ? UINT64_MAX : 0,
		.open_files = OPEN_FD + 1 + OPEN_WINDOW + 8,
	};

	return sandbox_enter(&rules, error);
}

/* An executable's tables may lie anywhere in it: all of it is mapped, not read. */
static int read_imports(struct opener *opener, int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int failed;

	if (memory == MAP_FAILED) {
		opener->imports.overlimit = true;
		return 0;
	}
	failed = imports_read(slice_make(memory, size), &opener->imports);
	munmap(memory, size);
	return failed;
}

static int write_imports(const struct imports *imports, struct buf *lines, unsigned *flags)
{
	const char *name = (const char *)imports->names.data;

	for (unsigned i = 0; i < imports->count; i++) {
		open_record_write(lines, OPEN_IMPORT, 0, slice_cstr(name));
		name += strlen(name) + 1;
	}
	if (imports->overlimit)
		*flags |= OPEN_FLAG_OVERLIMIT;
	return lines->failed ? -ENOMEM : 0;
}

/*
 * Appends to `lines` what the object is; what stood in the way goes into *flags. Returns 0 or a
 * negative errno: then the helper ends.
 */
static int describe(
	struct opener *opener, int fd, struct buf *lines, unsigned *flags, uint64_t *size)
{
	unsigned char head[HEAD_SIZE];
	ssize_t got = pread(fd, head, sizeof(head), 0);
	struct slice mime = SLICE_EMPTY, text = SLICE_EMPTY, start;
	struct stat status;
	int failed = 0;

	if (got < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EPROTO;
	start = slice_make(head, (size_t)got);
	imports_clear(&opener->imports);
	if (opener->filetype && filetype_read(opener->filetype, fd, &mime, &text))
		opener->imports.overlimit = true;
	open_record_write(lines, OPEN_MIME, 0, mime);
	open_record_write(lines, OPEN_TEXT, 0, text);
	/* An Office document with a password is no zip, but a vault of Microsoft's. */
	if (slice_eq_cstr(mime, "application/encrypted"))
		*flags |= OPEN_FLAG_ENCRYPTED;
	if (filetype_is_program(start, mime))
		*flags |= OPEN_FLAG_EXECUTABLE;
	*size = (uint64_t)status.st_size;
	if (imports_known(start))
		failed = read_imports(opener, fd, (size_t)status.st_size);
	return failed ? failed : write_imports(&opener->imports, lines, flags);
}

static void write_end(const struct question *question, unsigned flags, struct buf *lines)
{
	for (unsigned flag = 1; flag <= OPEN_FLAG_UNSUPPORTED; flag <<= 1)
		if (flags & flag)
			open_record_write(lines, OPEN_FLAG, flag, SLICE_EMPTY);
	open_record_write(lines, OPEN_END, question->index, SLICE_EMPTY);
}

/* Instead of all that is known of it already: nothing of that was sent. */
static void write_lacking(const struct question *question, struct buf *lines)
{
	buf_clear(lines);
	open_record_write(lines, OPEN_OBJECT, question->index, SLICE_EMPTY);
	open_record_write(lines, OPEN_LACKING, question->index, SLICE_EMPTY);
}

static int answer_one(struct opener *opener, const struct question *question)
{
	struct unpack_sink sink = {
		.channel = &opener->channel,
		.members = question->members,
		.bytes = question->bytes,
	};
	uint64_t size = 0;
	int failed;

	open_record_write(&sink.lines, OPEN_OBJECT, question->index, SLICE_EMPTY);
	failed = describe(opener, question->fd, &sink.lines, &sink.flags, &size);
	if (!failed && question->inside && size > 0)
		unpack(question->fd, size, &sink);
	if (sink.lacking)
		write_lacking(question, &sink.lines);
	else
		write_end(question, sink.flags, &sink.lines);
	if (!failed)
		failed = sink.failed;
	if (!failed)
		failed = channel_send(&opener->channel, &sink.lines);
	buf_release(&sink.lines);
	return failed;
}

static int answer_all(struct opener *opener)
{
	cleanup_buf struct buf hello = {0};
	int failed;

	open_record_write(&hello, OPEN_HELLO, OPEN_VERSION, SLICE_EMPTY);
	failed = channel_send(&opener->channel, &hello);
	while (!failed) {
		struct question question;

		failed = channel_next(&opener->channel, &question);
		if (!failed) {
			failed = answer_one(opener, &question);
			close(question.fd);
		}
	}
	return failed;
}

static void print_check(int abi)
{
	int magic = filetype_version();

	printf("qmvc-open %s, protocol %d, libmagic %d.%02d\n", QMVC_VERSION, OPEN_VERSION,
		magic / 100, magic % 100);
	printf("archives: %s, libytnef\n", unpack_version());
	if (abi > 0)
		printf("sandbox: Landlock ABI %d, seccomp, limits\n", abi);
	else
		printf("warning: this kernel has no Landlock: sandbox of seccomp and limits "
		       "alone\n");
}

static int run(int argc, char **argv, struct error *error)
{
	struct opener opener = {0};
	struct settings settings;
	const int abi = sandbox_landlock_abi();
	int failed = read_settings(argc, argv, &settings, error);

	/* qmvc may go away at any time: then a write fails, which is enough. */
	signal(SIGPIPE, SIG_IGN);
	if (!failed)
		failed = prepare(&settings, &opener.filetype, error);
	if (!failed)
		failed = close_box(&settings, error);
	if (!failed && settings.check) {
		print_check(abi);
	} else if (!failed) {
		channel_init(&opener.channel, OPEN_FD);
		failed = answer_all(&opener);
		if (failed < 0)
			error_set_errno(error, failed, "descriptor %d", OPEN_FD);
	}
	imports_release(&opener.imports);
	filetype_free(opener.filetype);
	return failed < 0 ? failed : 0;
}

int main(int argc, char **argv)
{
	struct error error = {0};

	if (run(argc, argv, &error) == 0)
		return 0;
	fprintf(stderr, "qmvc-open: %s\n", error.text);
	return EXIT_ENVIRONMENT;
}
