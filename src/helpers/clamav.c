/*
 * qmvc-clamav: ClamAV's library for hosts without a daemon.
 *
 *	qmvc-clamav [-t TMPDIR] [DBDIR]
 *
 * Loads the signatures of DBDIR (default: the library's own), enters the sandbox, and speaks clamd's
 * protocol on descriptor 3. What it could not look into is an alert, never clean: content that is
 * encrypted, and content beyond a limit. When it cannot work at all it says why in one line on
 * standard error and exits with 2; qmvc takes that line into its log.
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
#include "config.h"
#include "helpers/clamav_serve.h"
#include "helpers/sandbox.h"

#define SOCKET	     3
#define EXIT_NO_WORK 2
/* Milliseconds for one object; a time-out of qmvc's own would cost the answers for the others. */
#define SCAN_MS 20000
/* Official signatures take 1.2 GB; the rest is for what is being scanned. */
#define MEMORY_MAX ((uint64_t)4 << 30)

struct scanner {
	struct cl_engine *engine;
	struct cl_scan_options options;
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
static int load(struct scanner *scanner, const char *database, const char *tmp, struct error *error)
{
	unsigned signatures = 0;
	cl_error_t result = cl_init(CL_INIT_DEFAULT);

	if (result != CL_SUCCESS)
		return error_set(error, -EIO, "cannot start libclamav: %s", cl_strerror(result));
	cl_set_clcb_msg(on_message);
	scanner->engine = cl_engine_new();
	if (!scanner->engine)
		return error_set_errno(error, -ENOMEM, "libclamav");
	result = cl_load(database, scanner->engine, &signatures, CL_DB_STDOPT);
	if (result != CL_SUCCESS || signatures == 0)
		return error_set(error, -ENOENT, "no signatures in %s: %s", database,
			result == CL_SUCCESS ? "it holds none" : cl_strerror(result));
	result = cl_engine_set_str(scanner->engine, CL_ENGINE_TMPDIR, tmp);
	if (result == CL_SUCCESS)
		result = cl_engine_set_num(scanner->engine, CL_ENGINE_MAX_SCANTIME, SCAN_MS);
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

static int run(const char *database, const char *tmp, struct error *error)
{
	cleanup_buf struct buf version = {0};
	struct scanner scanner = {0};
	const char *writable[] = {tmp, NULL};
	const struct sandbox_rules rules = {
		.writable = writable, .memory = MEMORY_MAX, .file_size = UINT64_MAX};
	const struct rlimit none = {0};
	struct clamav_engine engine = {.scan = scan, .tmp = tmp, .context = &scanner};
	int r;

	setrlimit(RLIMIT_CORE, &none);
	r = check_tmp(tmp, error);
	if (r == 0)
		r = load(&scanner, database, tmp, error);
	if (r < 0)
		return r;
	describe(database, &version);
	engine.version = buf_cstr(&version);
	if (!engine.version)
		return error_set_errno(error, -ENOMEM, "version");
	r = sandbox_enter(&rules, error);
	if (r < 0)
		return r;
	r = clamav_serve(SOCKET, &engine, error);
	if (QMVC_SANITIZED)
		cl_engine_free(scanner.engine);
	return r;
}

int main(int argc, char **argv)
{
	struct error error = {0};
	const char *tmp = "/tmp";
	int option;

	while ((option = getopt(argc, argv, "t:")) != -1) {
		if (option != 't') {
			fputs("usage: qmvc-clamav [-t TMPDIR] [DBDIR]\n", stderr);
			return EXIT_NO_WORK;
		}
		tmp = optarg;
	}
	if (fcntl(SOCKET, F_GETFD) < 0) {
		fputs("qmvc-clamav: started by qmvc only, with a socket as descriptor 3\n", stderr);
		return EXIT_NO_WORK;
	}
	if (run(optind < argc ? argv[optind] : cl_retdbdir(), tmp, &error) < 0) {
		fprintf(stderr, "qmvc-clamav: %s\n", error.text);
		return EXIT_NO_WORK;
	}
	return 0;
}
