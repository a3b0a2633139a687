/*
 * Runs the scanners of a scanners file on files, without a mail around them, for tests against real
 * engines:
 *
 *	scan_tool [-t] [-q] SCANNERS LIBEXEC PLUGINS STATE FILE...
 *
 * The first FILE stands for the raw message. One line a scanner: initial, verdict, flags, names with
 * the objects they were found in, text. -q: quitasap; -t: what `qmvc -t` would say.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "open/work_tree.h"
#include "scan/scan.h"

#define FILES_MAX 64

struct given {
	struct buf bytes[FILES_MAX];
	struct content contents[FILES_MAX];
	struct object list[FILES_MAX];
	struct objects objects;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "scan_tool: %s: %s\n", what, why);
	exit(1);
}

static void report(void *context, bool is_error, const char *text)
{
	(void)context;
	printf("%s %s\n", is_error ? "error" : "ok", text);
}

static void print(const struct scan_result *result)
{
	printf("%s %s%s%s%s%s", result->initial, verdict_name(result->verdict),
		result->answered ? " answered" : "", result->saw_encrypted ? " encrypted" : "",
		result->saw_limit || result->too_large ? " limit" : "", result->whitelisted ? " whitelisted" : "");
	for (unsigned i = 0; i < result->virus_count; i++)
		printf(" %s@%d", result->viruses[i], result->virus_objects[i]);
	printf(" : %s\n", result->text);
}

static void read_files(struct given *given, char **paths, int count)
{
	for (int i = 0; i < count && i < FILES_MAX; i++) {
		if (fd_read_file(AT_FDCWD, paths[i], (size_t)1 << 30, &given->bytes[i]) < 0)
			die(paths[i], "cannot be read");
		given->contents[i] = content_borrow(buf_slice(&given->bytes[i]));
		given->list[i] = (struct object){.index = (unsigned)i,
			.parent = i ? 0 : -1,
			.kind = i ? OBJECT_PART : OBJECT_MESSAGE,
			.content = &given->contents[i]};
	}
	given->objects.list = given->list;
	given->objects.count = (size_t)count;
}

static int scan(struct scan_request *request, const char *tmp, struct error *error)
{
	struct work_tree tree = {0};
	struct scan_results results;
	int r = work_tree_make(&tree, tmp, request->objects, NULL, error);

	request->files = tree.files;
	request->scratch = tree.scratch;
	if (r == 0)
		r = scan_run(request, &results, error);
	for (unsigned i = 0; r == 0 && i < results.count; i++)
		print(&results.list[i]);
	work_tree_release(&tree);
	return r;
}

int main(int argc, char **argv)
{
	struct given *given = calloc(1, sizeof(*given));
	struct arena arena = {0};
	struct buf text = {0};
	struct scanner_list scanners;
	struct profile profile = {0};
	struct patterns whitelist = {0};
	struct error error = {0};
	struct scan_request request = {.scanners = &scanners,
		.whitelist = &whitelist,
		.profile = &profile,
		.arena = &arena,
		.message_fd = -1};
	bool check = false;
	int option, r;

	while ((option = getopt(argc, argv, "tq")) != -1) {
		check |= option == 't';
		request.quitasap |= option == 'q';
	}
	argv += optind;
	argc -= optind;
	if (!given || argc < 4 || argc > 4 + FILES_MAX)
		die("usage", "[-t] [-q] SCANNERS LIBEXEC PLUGINS STATE FILE...");
	if (fd_read_file(AT_FDCWD, argv[0], 65536, &text) < 0)
		die(argv[0], "cannot be read");
	if (scanner_list_parse(&arena, buf_slice(&text), argv[0], &scanners, &error) < 0)
		die("scanners", error.text);
	profile.libexec = argv[1];
	profile.scanners = argv[2];
	profile.run = profile.tmp = profile.state = argv[3];
	read_files(given, argv + 4, argc - 4);
	request.objects = &given->objects;
	if (argc > 4)
		request.message_fd = open(argv[4], O_RDONLY | O_CLOEXEC);
	if (loop_new(&request.loop) < 0)
		die("loop", "cannot be made");
	r = check ? scan_check(&request, report, NULL) : scan(&request, argv[3], &error);
	if (r < 0)
		die("scan", error.text);
	if (loop_free(request.loop) != 0)
		die("loop", "handles are left");
	if (request.message_fd >= 0)
		close(request.message_fd);
	for (int i = 0; i < FILES_MAX; i++)
		buf_release(&given->bytes[i]);
	free(given);
	buf_release(&text);
	arena_release(&arena);
	return check && r > 0;
}
