/*
 * `qmvc -x`; see explain.h. The stages are the filter's own, on the filter's own profile, but for
 * what they may write: tmp and run are in a private directory, and saving and logging are told
 * instead of done.
 */
#include "pipeline/explain.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "pipeline/exit_code.h"
#include "pipeline/explain_room.h"
#include "pipeline/explain_words.h"
#include "pipeline/explanation.h"
#include "pipeline/say.h"
#include "react/keep.h"
#include "record/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#define BREAKER_STATE_MAX 8192

void explain_note(struct explanation *explanation, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (explanation->note_count == sizeof(explanation->notes) / sizeof(explanation->notes[0]))
		return;
	explanation->notes[explanation->note_count] =
		arena_printf(&explanation->delivery->arena, "%s", text);
	if (explanation->notes[explanation->note_count])
		explanation->note_count++;
}

/* A scanner that the filter would leave alone for a while is left alone here too. */
static void copy_breakers(const struct explanation *explanation)
{
	struct delivery *delivery = explanation->delivery;
	const struct scanner_list *scanners = &delivery->control.scanners;

	for (unsigned i = 0; i < scanners->count; i++) {
		const char *initial = scanners->scanners[i].initial;
		const char *from = arena_printf(
			&delivery->arena, "%s/scanner.%s", explanation->profile.run, initial);
		const char *to = arena_printf(
			&delivery->arena, "%s/scanner.%s", delivery->profile.run, initial);
		cleanup_buf struct buf state = {0};
		cleanup_fd int fd = -1;

		if (!from || !to || fd_read_file(AT_FDCWD, from, BREAKER_STATE_MAX, &state))
			continue;
		fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0)
			(void)fd_write_all(fd, buf_slice(&state));
	}
}

static void note_state(struct explanation *explanation)
{
	const struct profile *profile = &explanation->profile;
	struct stat status;

	if (stat(profile->state, &status) < 0)
		explain_note(explanation,
			"uid %lu has no state directory yet: the filter would make %s",
			(unsigned long)geteuid(), profile->state);
	else if (status.st_uid != geteuid())
		explain_note(explanation, "%s belongs to uid %lu, and this is uid %lu",
			profile->state, (unsigned long)status.st_uid, (unsigned long)geteuid());
}

static int find_profile(struct explanation *explanation, const char *room, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	struct profile *profile = &delivery->profile;
	int result = profile_locate(
		&delivery->arena, delivery->options, envelope_home(), profile, error);

	if (result)
		return result;
	explanation->profile = *profile;
	result = control_load(
		profile, delivery->options, &delivery->arena, &delivery->control, error);
	if (result)
		return result;
	/* Nothing is to be left running in a room that goes. */
	for (unsigned n = 0; n < delivery->control.scanners.count; n++)
		delivery->control.scanners.scanners[n].resident_s = 0;
	profile->tmp = arena_printf(&delivery->arena, "%s/tmp", room);
	profile->run = arena_printf(&delivery->arena, "%s/run", room);
	if (!profile->tmp || !profile->run)
		return error_set_errno(error, -ENOMEM, "cannot name the private directory");
	/* A helper that stays would be one of the private directory's, and outlive it. */
	for (unsigned i = 0; i < delivery->control.scanners.count; i++)
		delivery->control.scanners.scanners[i].resident_s = 0;
	delivery->has_state = true; /* what the filter says depends on it; nothing is written */
	copy_breakers(explanation);
	note_state(explanation);
	return 0;
}

static int read_mail(struct explanation *explanation, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	const char *file = explanation->file;
	cleanup_fd int opened = -1;
	struct stat status;
	int fd = STDIN_FILENO, result;

	if (file) {
		opened = fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return error_set_errno(error, -errno, "%s", file);
	}
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		return error_set_errno(error, -EISDIR, "%s", file ? file : "standard input");
	result = message_open(&delivery->message, fd, delivery->profile.tmp, error);
	if (result)
		return result;
	/* What was mapped stays; a scanner that is given the descriptor needs it until the end. */
	if (delivery->message.fd == opened && opened >= 0) {
		delivery->message.fd_owned = true;
		(void)take_fd(&opened);
	}
	return delivery_parse(delivery, error);
}

/* As stage_save() of the filter would name it (react/keep.h). */
static int name_saved(struct explanation *explanation)
{
	struct delivery *delivery = explanation->delivery;
	const struct decision *decision = &delivery->decision;
	struct slice sender = delivery->envelope.sender;
	const char *name;

	if (!decision->save_keep && !decision->save_inspect)
		return 0;
	name = decision->save_keep ? ""
				   : keep_safe_name(&delivery->arena,
					     sender.len > 0 ? sender : slice_cstr("null-sender"));
	if (!name)
		return -ENOMEM;
	explanation->saved = arena_printf(&delivery->arena, "%s/%s%s%s", explanation->profile.save,
		name, *name ? "." : "", delivery->id);
	return explanation->saved ? 0 : -ENOMEM;
}

static int conclude(struct explanation *explanation, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	cleanup_buf struct buf said = {0};
	const char *unfit;

	if (explanation->failure.set)
		delivery->decision = (struct decision){
			.disposition = DISPOSITION_DEFER, .met = delivery->findings.met};
	else
		(void)delivery_decide(delivery, &explanation->failure);
	if (delivery->decision.met & ~delivery->findings.met & CONDITION_BIT(CONDITION_OVERLIMIT)) {
		explanation->trials[CONDITION_OVERLIMIT].met = true;
		explanation->trials[CONDITION_OVERLIMIT].beyond = false;
		explanation->trials[CONDITION_OVERLIMIT].why =
			"a scanner that works otherwise failed on this mail";
	}
	if (telling_plan(delivery, &explanation->telling) ||
		forward_addresses(&delivery->arena, &delivery->envelope, &delivery->control.filters,
			delivery->decision.reacting, false, &explanation->forwards, &unfit))
		return error_set_errno(error, -ENOMEM, "cannot conclude");
	if (unfit)
		explain_note(explanation, "this mail makes no address of '%s'", unfit);
	if (explanation->telling.unfit)
		explain_note(explanation, "this mail makes no address of '%s'",
			explanation->telling.unfit);
	if (explanation->telling.circling)
		explain_note(explanation, "%s is not told: the mail is a notice about notices",
			explanation->telling.circling);
	explanation->why = words_decision(explanation);
	if (!explanation->why || name_saved(explanation) ||
		say_format(delivery, &explanation->failure, &said))
		return error_set_errno(error, -ENOMEM, "cannot conclude");
	explanation->said = arena_cstr(&delivery->arena, slice_trim(buf_slice(&said)));
	return explanation->said ? 0 : error_set_errno(error, -ENOMEM, "cannot conclude");
}

static int gather(struct explanation *explanation, const char *room, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	int result = id_make(delivery->wall_ms, delivery->id);

	if (result)
		return error_set_errno(error, result, "no random numbers for an id");
	result = find_profile(explanation, room, error);
	if (!result)
		result = read_mail(explanation, error);
	if (!result)
		result = explain_envelope(explanation, error);
	if (!result)
		result = explain_search(explanation, error);
	if (!result)
		result = conclude(explanation, error);
	if (!result)
		result = explain_tree(explanation, error);
	return result ? result : explain_met(explanation, error);
}

static int print(const struct explanation *explanation, struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct terminal terminal = terminal_look(STDOUT_FILENO);
	int result = explanation->delivery->options->json
			     ? explain_json(explanation, &out)
			     : explain_text(explanation, &terminal, &out);

	if (!result)
		result = fd_write_all(STDOUT_FILENO, buf_slice(&out));
	return result ? error_set_errno(error, result, "cannot print") : 0;
}

static int complain(const struct options *options, const struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct json json = {.out = &out};

	if (options->json) {
		json_open_object(&json, NULL);
		json_number(&json, "explain", 1);
		json_cstr(&json, "error", error->text);
		json_close_object(&json);
		(void)fd_write_all(STDOUT_FILENO, buf_slice(&out));
	}
	fprintf(stderr, "qmvc: %s\n", error->text);
	return exit_code_check(1);
}

static int explain_in(const char *room, const void *context)
{
	const struct options *options = context;
	struct error error = {0};
	struct delivery delivery;
	struct explanation explanation = {.delivery = &delivery, .file = options->file};
	int result;

	delivery_init(&delivery, options);
	result = gather(&explanation, room, &error);
	if (!result)
		result = print(&explanation, &error);
	delivery_release(&delivery);
	return result ? complain(options, &error) : exit_code_check(0);
}

int explain(const struct options *options)
{
	struct error error = {0};
	bool is_child;
	struct error died = {0};
	int result = explain_in_room(explain_in, options, &is_child, &error);

	if (result == -ECHILD)
		error_set(&died, result, "%s: this mail would be deferred (111)", error.text);
	return result < 0 ? complain(options, died.set ? &died : &error) : result;
}
