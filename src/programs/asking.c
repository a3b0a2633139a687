/* Asking scanners without a mail; see asking.h. */
#include "programs/asking.h"

#include "base/fd.h"
#include "base/option_error.h"
#include "control/envelope.h"
#include "pipeline/explain_room.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int asking_fail(const char *program, const struct error *error)
{
	fprintf(stderr, "%s: %s\n", program, error->text);
	return EXIT_USAGE;
}

int asking_print(struct buf *out, struct error *error)
{
	int result = out->failed ? -ENOMEM : fd_write_all(STDOUT_FILENO, buf_slice(out));

	return result < 0 ? error_set_errno(error, result, "cannot print") : 0;
}

int asking_run(const char *program, int (*work)(const char *room, const void *context),
	const void *context)
{
	struct error error = {0};
	bool is_child;
	int result;

	signal(SIGPIPE, SIG_IGN);
	result = explain_in_room(work, context, &is_child, &error);
	if (result < 0)
		asking_fail(program, &error);
	return result == -ECHILD ? EXIT_UNUSABLE : result < 0 ? EXIT_USAGE : result;
}

int asking_option(struct asking *asking, int letter, char *const *argv, struct error *error)
{
	switch (letter) {
	case 'c':
		if (!*optarg)
			return error_set(error, -EINVAL, "option -c has an empty argument");
		asking->options.basedir = optarg;
		return 0;
	case 'u':
		asking->options.user = true;
		return 0;
	default:
		return option_error(letter, argv, error);
	}
}

int asking_begin(struct asking *asking, const char *room, struct error *error)
{
	char *scratch = arena_printf(&asking->arena, "%s/tmp", room);
	int result = profile_locate(
		&asking->arena, &asking->options, envelope_home(), &asking->profile, error);

	if (result)
		return result;
	asking->request = (struct scan_request){.scanners = &asking->scanners,
		.whitelist = &asking->whitelist,
		.profile = &asking->profile,
		.objects = &asking->objects,
		.message_fd = -1,
		.scratch = scratch,
		.arena = &asking->arena};
	result = scratch ? loop_new(&asking->request.loop) : -ENOMEM;
	return result ? error_set_errno(error, result, "cannot ask scanners") : 0;
}

void asking_end(struct asking *asking)
{
	work_tree_release(&asking->tree);
	loop_free(asking->request.loop);
	arena_release(&asking->arena);
}

int asking_read_scanners(struct asking *asking, struct error *error)
{
	struct slice text;
	const char *path;
	int result =
		profile_read(&asking->profile, &asking->arena, "scanners", &text, &path, error);

	if (result > 0)
		return error_set(
			error, -ENOENT, "%s: there is none, so no scanner is configured", path);
	if (result == 0)
		result = scanner_list_parse(&asking->arena, text, path, &asking->scanners, error);
	return result;
}

static bool is_ours(const char *directory)
{
	struct stat status;

	return stat(directory, &status) == 0 && S_ISDIR(status.st_mode) &&
	       status.st_uid == geteuid();
}

int asking_make_tree(struct asking *asking, struct error *error)
{
	struct scan_request *request = &asking->request;
	const char *tmp = is_ours(asking->profile.tmp) ? asking->profile.tmp : request->scratch;
	int result = work_tree_make(
		&asking->tree, tmp, NULL, scanner_list_group(&asking->scanners), error);

	if (result)
		return result;
	request->files = asking->tree.files;
	request->scratch = asking->tree.scratch;
	return 0;
}

const struct scanner_config *asking_parse(
	struct asking *asking, const char *line, struct error *error)
{
	struct scanner_list *list = ARENA_NEW(&asking->arena, struct scanner_list);

	if (!list || scanner_list_parse(&asking->arena, slice_cstr(line), "", list, error) < 0 ||
		list->count != 1)
		return NULL;
	return &list->scanners[0];
}
