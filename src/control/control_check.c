/*
 * The control half of `qmvc -t`; see control_check() in control.h. An error is what would defer
 * mail, or would as soon as its condition is turned on. A warning is what works, but hardly as the
 * administrator meant it.
 */
#include "control/control.h"
#include "control/control_file.h"

#include <errno.h>
#include <grp.h>

struct checker {
	struct control_reader reader;
	control_report *report;
	void *context;
	int errors;
};

/* Reports a problem that some reader had; no memory is none to report but one to end with. */
static int report_failure(struct checker *checker, int code, const struct error *error)
{
	if (code >= 0)
		return 0;
	if (code == -ENOMEM)
		return code;
	checker->errors++;
	checker->report(checker->context, true, error->text);
	return 0;
}

/* The text goes through struct error, which leaves no control character in it. */
#define WARN(checker, format, ...) \
	do { \
		struct error warn_ = {0}; \
		error_set(&warn_, 0, "warning: " format, __VA_ARGS__); \
		(checker)->report((checker)->context, false, warn_.text); \
	} while (0)

static void check_filters(struct checker *checker)
{
	const struct filters *filters = &checker->reader.control->filters;
	bool any = false;

	if (!filters->path)
		return;
	for (unsigned i = 0; i < CONDITION_COUNT; i++) {
		const struct filter *filter = &filters->conditions[i];
		bool reacts = filter->notify_recipient || filter->notify_sender || filter->inform ||
			      filter->forward;

		any |= filter->present && filter->on;
		if (reacts && filter->action != ACTION_BLOCK && filter->action != ACTION_KEEP)
			WARN(checker, "%s:%u: '%s': action %s carries out no reaction",
				filters->path, filter->line, condition_name((enum condition_id)i),
				action_name(filter->action));
	}
	if (!any)
		WARN(checker, "%s: no condition is on, nothing is filtered", filters->path);
}

/* A list that an enabled condition looks through and that has nothing in it. */
static void check_empty(struct checker *checker, const struct control_file *file)
{
	const struct control *control = checker->reader.control;
	const struct patterns *patterns;

	if (!control_file_wanted(&checker->reader, file) || file->optional)
		return;
	if (file->parse) {
		if (control->mailheaders.path && !control->mailheaders.wanted &&
			file->conditions == CONDITION_BIT(CONDITION_ERRORS))
			WARN(checker, "%s: asks for nothing, so errors=y never meets",
				control->mailheaders.path);
		return;
	}
	patterns = (const struct patterns *)(const void *)((const char *)control + file->offset);
	if (patterns->path && patterns->count == 0)
		WARN(checker, "%s: is empty, so nothing in it can meet", patterns->path);
}

static void check_goodmail(struct checker *checker)
{
	const struct control *control = checker->reader.control;
	const struct filter *filter = &control->filters.conditions[CONDITION_BODYTEXT];
	bool command = false;

	for (size_t i = 0; i < control->bodytexts.count; i++)
		command |= control->bodytexts.list[i].kind == PATTERN_COMMAND;
	if (filter->on && filter->goodmail && control->bodytexts.path && !command)
		WARN(checker, "%s:%u: 'goodmail': %s has no command for it to act on",
			control->filters.path, filter->line, control->bodytexts.path);
}

static void check_scanner(struct checker *checker, const struct scanner_config *scanner)
{
	const struct scanner_list *list = &checker->reader.control->scanners;

	if (scanner->timeout_ms > list->deadline_ms)
		WARN(checker, "%s:%u: '%s': timeout=%u is cut short by deadline=%u", list->path,
			scanner->line, scanner->engine, scanner->timeout_ms / 1000,
			list->deadline_ms / 1000);
	if (scanner->on_fail == ON_FAIL_IGNORE && list->count == 1)
		WARN(checker,
			"%s:%u: '%s': onfail=ignore wants a clean answer from another scanner, "
			"and there is none: it defers",
			list->path, scanner->line, scanner->engine);
	if (scanner->group && !getgrnam(scanner->group)) {
		struct error error = {0};

		report_failure(checker,
			error_set(&error, -EINVAL, "%s:%u: 'group=%s': there is no such group",
				list->path, scanner->line, scanner->group),
			&error);
	}
}

int control_check(const struct profile *profile, const struct options *options, struct arena *arena,
	struct control *control, control_report *report, void *context)
{
	struct checker checker = {
		.reader = {profile, options, arena, control}, .report = report, .context = context};
	struct error error = {0};
	int failed = control_defaults(&checker.reader, &error);

	if (failed)
		return failed;
	failed = report_failure(
		&checker, control_file_read_filters(&checker.reader, &error), &error);
	for (size_t i = 0; !failed && i < control_file_count; i++) {
		error = (struct error){0};
		failed = report_failure(&checker,
			control_file_read(&checker.reader, &control_files[i], &error), &error);
		if (!failed)
			check_empty(&checker, &control_files[i]);
	}
	if (failed)
		return failed;
	error = (struct error){0};
	if (control->scanners.path)
		report_failure(&checker, control_check_scanners(&checker.reader, &error), &error);
	error = (struct error){0};
	failed = report_failure(&checker, control_check_passwords(&checker.reader, &error), &error);
	check_filters(&checker);
	check_goodmail(&checker);
	for (unsigned i = 0; i < control->scanners.count; i++)
		check_scanner(&checker, &control->scanners.scanners[i]);
	return failed ? failed : checker.errors;
}
