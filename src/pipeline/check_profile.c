/*
 * `qmvc -t`; see check_profile.h. It goes on after a problem, so that one run shows all of them: what
 * is asked here is what the filter would ask, by the same functions.
 */
#include "pipeline/check_profile.h"

#include "open/open_check.h"
#include "pipeline/delivery.h"
#include "pipeline/exit_code.h"
#include "react/keyed.h"
#include "react/notice.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Counts the problems and prints each line; the context of every report function. */
struct tally {
	int problems;
};

/* A doubt has the word "warning: " in its text; it is told by the first word of the line instead. */
static void report(void *context, bool is_error, const char *text)
{
	static const char word[] = "warning: ";
	struct tally *tally = context;
	const char *doubt = is_error ? NULL : strstr(text, word);

	if (doubt)
		printf("warning %.*s%s\n", (int)(doubt - text), text, doubt + sizeof(word) - 1);
	else
		printf("%s %s\n", is_error ? "PROBLEM" : "ok     ", text);
	tally->problems += is_error;
}

/* A step that ended with `result`: a problem of its own if it was one. */
static bool step(struct tally *tally, int result, const struct error *error)
{
	if (result < 0)
		report(tally, true, error->text);
	return result >= 0;
}

static void show_places(const struct profile *profile)
{
	for (unsigned i = 0; i < profile->dir_count; i++)
		printf("control files %s %s/control\n", i == 0 ? "from" : "then", profile->dirs[i]);
	printf("state (tmp log save run) in %s\n", profile->state);
}

static void show_limits(const struct limits *limits)
{
	printf("limits in force: depth=%llu members=%llu bytes=%llu ratio=%llu seconds=%llu "
	       "parts=%llu header=%llu memory=%llu\n",
		(unsigned long long)limits->depth, (unsigned long long)limits->members,
		(unsigned long long)limits->bytes, (unsigned long long)limits->ratio,
		(unsigned long long)limits->seconds, (unsigned long long)limits->parts,
		(unsigned long long)limits->header, (unsigned long long)limits->memory);
}

/*
 * Root has state and rights of its own, so what is in order for root may not be for those whose mail
 * is filtered: a log that is not theirs, a scanner's socket that they may not reach.
 */
static void check_caller(struct tally *tally, const struct profile *profile)
{
	struct stat home;
	struct passwd *owner;
	struct error line = {0};

	if (geteuid() != 0 || stat(profile->home, &home) < 0 || home.st_uid == 0)
		return;
	owner = getpwuid(home.st_uid);
	error_set(&line, 0,
		"warning: this is root, and mail is filtered as others: su -s /bin/sh %s -c 'qmvc "
		"-t'",
		owner ? owner->pw_name : "OWNER");
	report(tally, false, line.text);
}

/* Regular expressions are compiled by the conditions that use them. */
static void prepare_conditions(struct tally *tally, const struct control *control)
{
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		struct error error = {0};

		if (conditions[id].prepare)
			step(tally, conditions[id].prepare(control, &error), &error);
	}
}

/* A doubt only: an access list may let a scanner through that we do not know of. */
static void check_group(struct tally *tally, const struct delivery *delivery)
{
	const char *group = scanner_list_group(&delivery->control.scanners);
	struct error error = {0}, line = {0};
	int result = group ? work_tree_check_group(&delivery->tree, group, &error) : 0;

	error_set(&line, 0, "warning: %s", error.text);
	if (result > 0)
		report(tally, false, line.text);
	else
		step(tally, result, &error);
}

/* qmail-queue, and the key and the library for seals and for the memory of what was sent. */
static void check_sending(struct tally *tally, const struct profile *profile)
{
	struct error no_queue = {0}, no_key = {0};
	char hex[KEYED_HEX + 1];
	struct stat status;
	int result = 0;

	if (stat(profile->queue, &status) < 0 || access(profile->queue, X_OK) < 0)
		result = -errno;
	else if (!S_ISREG(status.st_mode))
		result = -EACCES;
	if (result)
		error_set_errno(&no_queue, result, "%s, which sends mail", profile->queue);
	step(tally, result, &no_queue);
	step(tally, keyed_digest(profile->run, NULL, 0, hex, &no_key), &no_key);
}

/* What sends mail finds out with the first virus what is wrong with it; this is the time to say. */
static void check_reactions(struct tally *tally, struct delivery *delivery)
{
	const struct profile *profile = &delivery->profile;
	bool sends = false, notifies = false;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &delivery->control.filters.conditions[id];
		bool tells = filter->notify_recipient || filter->notify_sender || filter->inform;

		sends |= filter->on && (tells || filter->forward);
		notifies |= filter->on && tells;
	}
	if (sends)
		check_sending(tally, profile);
	for (const char **language = delivery->control.languages; notifies && language && *language;
		language++) {
		struct error why = {0};

		if (step(tally, notice_check(profile, *language, &why), &why)) {
			struct error line = {0};

			error_set(&line, 0, "templates in %s", *language);
			report(tally, false, line.text);
		}
	}
}

static void check_scanners(struct tally *tally, struct delivery *delivery)
{
	struct scan_request request = {
		.scanners = &delivery->control.scanners,
		.whitelist = &delivery->control.whitelist,
		.profile = &delivery->profile,
		.objects = &delivery->objects,
		.message_fd = -1,
		.arena = &delivery->arena,
	};
	struct error error = {0};

	/* A scanner that nobody asks may be down. */
	if (!delivery->control.filters.conditions[CONDITION_VIRUS].on ||
		delivery->control.scanners.count == 0)
		return;
	if (!step(tally, delivery_loop(delivery, &error), &error) ||
		!step(tally,
			work_tree_make(&delivery->tree, delivery->profile.tmp, NULL,
				scanner_list_group(&delivery->control.scanners), &error),
			&error))
		return;
	check_group(tally, delivery);
	request.loop = delivery->loop;
	request.files = delivery->tree.files;
	request.scratch = delivery->tree.scratch;
	scan_check(&request, report, tally);
}

static void check_all(struct tally *tally, struct delivery *delivery)
{
	const struct options *options = delivery->options;
	struct profile *profile = &delivery->profile;
	struct error error = {0};
	int result;

	result = profile_locate(&delivery->arena, options, envelope_home(), profile, &error);
	if (!step(tally, result, &error))
		return;
	show_places(profile);
	check_caller(tally, profile);
	if (step(tally, profile_make_state(profile, &error), &error))
		report(tally, false, "the state directories are there and are ours alone");
	control_check(profile, options, &delivery->arena, &delivery->control, report, tally);
	show_limits(&delivery->control.limits);
	prepare_conditions(tally, &delivery->control);
	error = (struct error){0};
	if (step(tally, delivery_loop(delivery, &error), &error))
		open_check(delivery->loop, profile->libexec, report, tally);
	check_reactions(tally, delivery);
	check_scanners(tally, delivery);
}

int check_profile(const struct options *options)
{
	struct tally tally = {0};
	struct delivery delivery;

	delivery_init(&delivery, options);
	check_all(&tally, &delivery);
	delivery_release(&delivery);
	printf(tally.problems ? "%d problem(s): mail would wait, or not be checked as you mean\n"
			      : "in order\n",
		tally.problems);
	return exit_code_check(tally.problems);
}
