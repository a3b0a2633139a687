/* The mail about new entries; see block_mail.h. Its addresses have passed block_address_is_fit(). */
#include "programs/block_mail.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/contact.h"
#include "react/compose.h"
#include "react/submit.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

/* Who answers for what the filter does, as in the mail of reactions. */
static int find_from(const struct profile *profile, const char *me, struct arena *arena,
	const char **from, struct error *error)
{
	struct slice text;
	const char *path;
	int result = profile_read(profile, arena, "contact", &text, &path, error);

	*from = NULL;
	if (result == 0)
		result = contact_parse(arena, text, path, from, error);
	if (result < 0)
		return result;
	if (!*from)
		*from = arena_printf(arena, "postmaster@%s", me);
	return *from ? 0 : error_set(error, -ENOMEM, "no memory for a mail");
}

static size_t count_added(const struct block_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->entries[i].fate == BLOCK_ADDED;
	return count;
}

static void add_senders(const struct block_list *list, struct buf *text)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct block_entry *entry = &list->entries[i];
		char until[CALENDAR_DATE_SIZE];

		if (entry->fate != BLOCK_ADDED)
			continue;
		calendar_date_text(entry->until, until);
		buf_addf(text, "%14" PRIu64 "   %s   %.*s\n", entry->mails, until,
			SLICE_ARGS(entry->address));
	}
}

static void write_text(const struct profile *profile, const char *me, const struct block_list *list,
	struct buf *text)
{
	buf_addf(text,
		"From now on qmail-smtpd on %s refuses mail from:\n\n"
		"infected mails   until        sender\n",
		me);
	add_senders(list, text);
	buf_addf(text,
		"\nThey stand in %s/control/badmailfrom.\n"
		"A sender who goes on stays there for longer. Viruses forge their senders:\n"
		"whoever writes from such an address is refused too.\n"
		"\n"
		"To unblock one:       blockvirussender -u SENDER\n"
		"Never to block one:   a line in %s/control/neverblock\n"
		"To see all:           blockvirussender -l\n",
		profile->qmail, profile->home);
}

static void write_mail(const char *from, const char *to, const char *me, size_t added,
	struct slice text, int64_t now_ms, unsigned number, struct buf *mail)
{
	cleanup_buf struct buf subject = {0}, unique = {0};

	buf_addf(&subject, "%zu sender%s of viruses blocked on %s", added, added == 1 ? "" : "s",
		me);
	buf_addf(&unique, "block.%" PRId64 ".%ld.%u", now_ms, (long)getpid(), number);
	compose_mailbox(mail, "From", slice_cstr(from));
	compose_mailbox(mail, "To", slice_cstr(to));
	compose_text(mail, "Subject", buf_slice(&subject));
	compose_date(mail, now_ms);
	compose_message_id(mail, unique.failed ? "block" : buf_cstr(&unique), slice_cstr(me));
	buf_add_cstr(mail, "Auto-Submitted: auto-generated\n");
	compose_body(mail, text);
	mail->failed |= subject.failed || unique.failed;
}

static int send_one(struct loop *loop, const struct profile *profile, const struct buf *mail,
	const char *address, struct error *error)
{
	const char *const recipients[] = {address, NULL};
	const struct slice piece = buf_slice(mail);
	const struct submission submission = {
		.recipients = recipients, .pieces = &piece, .count = 1};

	if (mail->failed)
		return error_set(error, -ENOMEM, "no memory for a mail");
	/* Refused for good is as bad here. */
	return submit(loop, profile, &submission, error) == SUBMIT_DONE ? 0 : -EIO;
}

static int send_all(struct loop *loop, const struct profile *profile, const char *me,
	const struct block_list *list, char *const *addresses, struct error *error)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf text = {0};
	int64_t now_ms = clock_wall_ms();
	const char *from;
	int failed = find_from(profile, me, &arena, &from, error);

	if (failed)
		return failed;
	write_text(profile, me, list, &text);
	for (unsigned i = 0; addresses[i]; i++) {
		cleanup_buf struct buf mail = {.failed = text.failed};
		int result;

		write_mail(from, addresses[i], me, count_added(list), buf_slice(&text), now_ms, i,
			&mail);
		result = send_one(loop, profile, &mail, addresses[i], error);
		failed = failed ? failed : result;
	}
	return failed;
}

int block_mail(const struct profile *profile, const char *me, const struct block_list *list,
	char *const *addresses, struct error *error)
{
	struct loop *loop;
	int result;

	if (!*addresses || count_added(list) == 0)
		return 0;
	result = loop_new(&loop);
	if (result)
		return error_set_errno(error, result, "cannot send mail");
	result = send_all(loop, profile, me, list, addresses, error);
	loop_free(loop);
	return result;
}
