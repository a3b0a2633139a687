/* A mail read from a string, with a control to check it against. For tests of conditions. */
#ifndef QMVC_TESTS_MAIL_FIXTURE_H
#define QMVC_TESTS_MAIL_FIXTURE_H

#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "conditions/condition.h"
#include "message/message.h"

struct mail_fixture {
	struct arena arena;
	struct control control;
	struct options options;
	struct envelope envelope;
	struct profile profile;
	struct message message;
	struct objects objects;
	struct loop *loop;
	struct findings findings;
	struct error error;
	struct check check;
	int fd, replacement_fd;
};

static inline void mail_close(struct mail_fixture *mail)
{
	objects_release(&mail->objects);
	message_release(&mail->message);
	assert_int_equal(loop_free(mail->loop), 0);
	arena_release(&mail->arena);
	if (mail->replacement_fd >= 0)
		close(mail->replacement_fd);
	if (mail->fd >= 0)
		close(mail->fd);
}

#define cleanup_mail __attribute__((cleanup(mail_close)))

static inline void mail_open(struct mail_fixture *mail, struct slice text)
{
	*mail = (struct mail_fixture){.fd = fd_in_memory(text), .replacement_fd = -1};
	assert_true(mail->fd >= 0);
	mail->profile.tmp = "/tmp";
	mail->control.limits = limits_default();
	mail->check = (struct check){
		.control = &mail->control,
		.options = &mail->options,
		.envelope = &mail->envelope,
		.profile = &mail->profile,
		.message = &mail->message,
		.objects = &mail->objects,
		.loop = &mail->loop,
		.arena = &mail->arena,
		.findings = &mail->findings,
		.replacement_fd = &mail->replacement_fd,
	};
	assert_int_equal(message_open(&mail->message, mail->fd, "/tmp", &mail->error), 0);
	assert_int_equal(
		message_read(&mail->message, &mail->control.limits, "/tmp", &mail->error), 0);
	assert_int_equal(objects_make(&mail->objects, &mail->message), 0);
}

/* Checks the condition once more from nothing; returns its code. */
static inline int mail_check(struct mail_fixture *mail, enum condition_id id)
{
	mail->findings = (struct findings){0};
	mail->error = (struct error){0};
	return conditions[id].check(&mail->check, &mail->error);
}

/* The first finding of a check that goes well, or NULL when the condition is not met. */
static inline const struct finding *mail_finding(struct mail_fixture *mail, enum condition_id id)
{
	int code = mail_check(mail, id);

	if (code)
		fail_msg("check: %d %s", code, mail->error.text);
	return findings_first(&mail->findings, id);
}

/* A parser of patterns_parse_...(), the file's text, and where the patterns go. */
#define mail_rules(mail, parser, text, patterns)                                                   \
	assert_int_equal(parser(&(mail)->arena, slice_cstr(text), "control/file", (patterns),       \
				 &(mail)->error), 0)

#endif
