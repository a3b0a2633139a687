/*
 * qmvc-clamav: ClamAV's library for hosts without a daemon.
 *
 *	qmvc-clamav [-t TMPDIR] [DBDIR]
 *	qmvc-clamav -r SECONDS -s SOCKET [-t TMPDIR] [DBDIR]
 *
 * Loads the signatures of DBDIR (default: the library's own), enters the sandbox, and speaks clamd's
 * protocol on descriptor 3. What it could not look into is an alert, never clean: content that is
 * encrypted, and content beyond a limit. When it cannot work at all it says why in one line on
 * standard error and exits with 2; qmvc takes that line into its log.
 *
 * With -r it stays (resident.h): descriptor 3 is the lock, 4 a listening socket, and each client is
 * served by a child, which enters the sandbox for itself. Why it cannot work it writes into the
 * lock's file then. -H is for the one that it starts itself when the signatures have changed.
 */
#include <clamav.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "config.h"
#include "helpers/clamav_serve.h"
#include "helpers/resident.h"
#include "helpers/sandbox.h"
#include "scan/resident_state.h"

#define SOCKET	     3
#define EXIT_NO_WORK 2
/* Milliseconds for one object; a time-out of qmvc's own would cost the answers for the others. */
#define SCAN_MS 20000
/* Official signatures take 1.2 GB; the rest is for what is being scanned. */
#define MEMORY_MAX ((uint64_t)4 << 30)

/* Directories are looked at for changes once in so many calls, of which there is one a second. */
#define CHANGE_EVERY 2

struct scanner {
	struct cl_engine *engine;
	struct cl_scan_options options;
	unsigned signatures;
	const char *tmp; /* NULL: there is none */
	const char *database;
	const char *version;
	struct cl_stat loaded; /* the database as it was */
	unsigned calls;
};

/* The library chats; only its errors are worth a line. */
static void on_message(enum cl_msg severity, const char *full, const char *text, void *context)
{
	(void)full;
	(void)context;
	if (severity == CL_MSG_ERROR)
		fprintf(stderr, "libclamav: %s", text);
}

/* Can every byte be read? The library answers "clean" for a descriptor it cannot read. */
static bool readable(int fd)
{
	struct stat st;
	char byte;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	return st.st_size == 0 ||
	       (pread(fd, &byte, 1, 0) == 1 && pread(fd, &byte, 1, st.st_size - 1) == 1);
}

static void scan(void *context, int fd, struct buf *answer)
{
	struct scanner *scanner = context;
	const char *virus = NULL;
	unsigned long scanned = 0;
	cl_error_t result;

	if (!readable(fd)) {
		buf_add_cstr(answer, "Can't read file ERROR");
		return;
	}
	if (!scanner->tmp || access(scanner->tmp, W_OK | X_OK) < 0) {
		buf_add_cstr(answer, "Can't use temporary directory ERROR");
		return;
	}
	result = cl_scandesc(fd, NULL, &virus, &scanned, scanner->engine, &scanner->options);
	if (result == CL_VIRUS)
		buf_addf(answer, "%s FOUND", virus && *virus ? virus : "(null)");
	else if (result == CL_CLEAN)
		buf_add_cstr(answer, "OK");
	else
		buf_addf(answer, "%s ERROR", cl_strerror(result));
}

/* Everything on, and what was not looked into reported. */
static const struct cl_scan_options scan_options = {
	.general = CL_SCAN_GENERAL_HEURISTICS,
	.parse = ~0u,
	.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
		     CL_SCAN_HEURISTIC_ENCRYPTED_DOC,
};

/* Loads and compiles the signatures. Returns 0 or a negative errno with *error set. */
static int load(struct scanner *scanner, struct error *error)
{
	const char *database = scanner->database;
	cl_error_t result = cl_init(CL_INIT_DEFAULT);

	if (result != CL_SUCCESS)
		return error_set(error, -EIO, "cannot start libclamav: %s", cl_strerror(result));
	cl_set_clcb_msg(on_message);
	scanner->engine = cl_engine_new();
	if (!scanner->engine)
		return error_set_errno(error, -ENOMEM, "libclamav");
	/* First: what changes while it is loaded has changed. */
	cl_statinidir(database, &scanner->loaded);
	result = cl_load(database, scanner->engine, &scanner->signatures, CL_DB_STDOPT);
	if (result != CL_SUCCESS || scanner->signatures == 0)
		return error_set(error, -ENOENT, "no signatures in %s: %s", database,
			result == CL_SUCCESS ? "it holds none" : cl_strerror(result));
	result = cl_engine_set_str(scanner->engine, CL_ENGINE_TMPDIR, scanner->tmp);
	if (result == CL_SUCCESS)
		result = cl_engine_set_num(scanner->engine, CL_ENGINE_MAX_SCANTIME, SCAN_MS);
	/* It remembers clean files by their MD5, which says nothing of who can make two of one. */
	if (result == CL_SUCCESS)
		result = cl_engine_set_num(scanner->engine, CL_ENGINE_DISABLE_CACHE, 1);
	if (result == CL_SUCCESS)
		result = cl_engine_compile(scanner->engine);
	if (result != CL_SUCCESS)
		return error_set(error, -EIO, "%s: %s", database, cl_strerror(result));
	scanner->options = scan_options;
	return 0;
}

/* "ClamAV ENGINE/VERSION/DATE" as clamd says it, or without the latter two for unsigned databases. */
static void describe(const char *database, struct buf *version)
{
	static const char *const names[] = {"daily.cld", "daily.cvd"};

	buf_addf(version, "ClamAV %s", cl_retver());
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup_buf struct buf path = {0};
		char date[40];

		if (buf_addf(&path, "%s/%s", database, names[i]) < 0 ||
			access(buf_cstr(&path), R_OK) < 0)
			continue;

		struct cl_cvd *head = cl_cvdhead(buf_cstr(&path));
		time_t made = head ? (time_t)head->stime : 0;

		if (head && ctime_r(&made, date)) {
			date[strcspn(date, "\n")] = '\0';
			buf_addf(version, "/%u/%s", head->version, date);
		}
		if (head)
			cl_cvdfree(head);
		return;
	}
}

/* The directory for temporary files has to be there and ours to write to. */
static int check_tmp(const char *tmp, struct error *error)
{
	struct stat st;

	if (stat(tmp, &st) < 0 || access(tmp, W_OK | X_OK) < 0)
		return error_set_errno(error, -errno, "temporary files: %s", tmp);
	if (!S_ISDIR(st.st_mode))
		return error_set_errno(error, -ENOTDIR, "temporary files: %s", tmp);
	return 0;
}

/* Closes the box, in which there is `room` to write (NULL: none), and serves one client. */
static int serve_boxed(struct scanner *scanner, int socket, const char *room, struct error *error)
{
	const char *writable[] = {room, NULL};
	const struct sandbox_rules rules = {
		.writable = writable, .memory = MEMORY_MAX, .file_size = UINT64_MAX};
	const struct clamav_engine engine = {.scan = scan,
		.version = scanner->version,
		.tmp = room ? room : "/",
		.context = scanner};
	int r = sandbox_enter(&rules, error);

	return r < 0 ? r : clamav_serve(socket, &engine, error);
}

/* --- staying --- */

static int serve_child(void *context, int socket, const char *room)
{
	struct scanner *scanner = context;
	struct error error = {0};

	scanner->tmp = room;
	if (room && cl_engine_set_str(scanner->engine, CL_ENGINE_TMPDIR, room) != CL_SUCCESS)
		return 1;
	return serve_boxed(scanner, socket, room, &error) < 0;
}

static bool changed(void *context)
{
	struct scanner *scanner = context;

	if (++scanner->calls % CHANGE_EVERY != 0 || cl_statchkdir(&scanner->loaded) != 1)
		return false;
	cl_statfree(&scanner->loaded);
	cl_statinidir(scanner->database, &scanner->loaded);
	return true;
}

/* The same command, told that it is to take a place. */
static char **heirs_argv(int argc, char **argv, bool is_heir)
{
	char **list = calloc((size_t)argc + 2, sizeof(*list));
	static char flag[] = "-H";

	if (!list)
		return NULL;
	list[0] = argv[0];
	list[1] = flag;
	for (int i = is_heir ? 2 : 1, at = 2; i < argc; i++)
		list[at++] = argv[i];
	return list;
}

struct arguments {
	const char *tmp, *socket;
	unsigned resident_s;
	bool is_heir;
	char **heir; /* the command that starts one */
};

static int stay(struct scanner *scanner, const struct arguments *given, struct error *error)
{
	static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C";
	static char *const envp[] = {path, locale, NULL};
	char text[RESIDENT_TEXT];
	struct resident_options options = {
		.listener = RESIDENT_LISTENER,
		.lock = RESIDENT_LOCK,
		.heir_of = given->is_heir ? RESIDENT_HEIR_FD : -1,
		.socket = given->socket,
		.tmp = given->tmp,
		.idle_s = given->resident_s,
		.text = text,
		.argv = given->heir,
		.envp = envp,
		.serve = serve_child,
		.changed = changed,
		.context = scanner,
	};

	snprintf(text, sizeof(text), "%u signatures, %s", scanner->signatures, scanner->version);
	return resident_run(&options, error);
}

/* Who waits for us learns why it is in vain. */
static void tell_failure(const struct arguments *given, const struct error *error)
{
	if (given->is_heir)
		fd_write_all(RESIDENT_HEIR_FD, slice_cstr(error->text));
	else if (given->socket)
		resident_state_write(RESIDENT_LOCK, RESIDENT_FAILED, getpid(), error->text);
	fprintf(stderr, "qmvc-clamav: %s\n", error->text);
}

static int run(const char *database, const struct arguments *given, struct error *error)
{
	cleanup_buf struct buf version = {0};
	struct scanner scanner = {.database = database, .tmp = given->tmp};
	const struct rlimit none = {0};
	int r;

	setrlimit(RLIMIT_CORE, &none);
	if (given->socket && !given->is_heir)
		resident_state_write(RESIDENT_LOCK, RESIDENT_LOADING, getpid(), "");
	r = check_tmp(given->tmp, error);
	if (r == 0)
		r = load(&scanner, error);
	if (r < 0)
		return r;
	describe(database, &version);
	scanner.version = buf_cstr(&version);
	if (!scanner.version)
		return error_set_errno(error, -ENOMEM, "version");
	if (given->socket)
		r = stay(&scanner, given, error);
	else
		r = serve_boxed(&scanner, SOCKET, given->tmp, error);
	if (QMVC_SANITIZED) {
		cl_engine_free(scanner.engine);
		cl_statfree(&scanner.loaded);
	}
	return r;
}

/* Returns the index of what follows the options, or -1. */
static int read_arguments(int argc, char **argv, struct arguments *given)
{
	int option;

	while ((option = getopt(argc, argv, "Hr:s:t:")) != -1) {
		if (option == 'H')
			given->is_heir = true;
		else if (option == 'r')
			given->resident_s = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 's')
			given->socket = optarg;
		else if (option == 't')
			given->tmp = optarg;
		else
			return -1;
	}
	return !given->resident_s != !given->socket ? -1 : optind;
}

int main(int argc, char **argv)
{
	struct arguments given = {.tmp = "/tmp"};
	struct error error = {0};
	int at = read_arguments(argc, argv, &given);

	if (at < 0) {
		fputs("usage: qmvc-clamav [-r SECONDS -s SOCKET] [-t TMPDIR] [DBDIR]\n", stderr);
		return EXIT_NO_WORK;
	}
	if (fcntl(SOCKET, F_GETFD) < 0 ||
		(given.socket && fcntl(RESIDENT_LISTENER, F_GETFD) < 0)) {
		fputs("qmvc-clamav: started by qmvc only, with a socket as descriptor 3\n", stderr);
		return EXIT_NO_WORK;
	}
	cleanup_free char **heir = heirs_argv(argc, argv, given.is_heir);

	given.heir = heir;
	if (!heir || run(at < argc ? argv[at] : cl_retdbdir(), &given, &error) < 0) {
		tell_failure(&given, &error);
		return EXIT_NO_WORK;
	}
	return 0;
}
