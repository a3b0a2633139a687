/* Sending once; see dispatch.h. */
#include "react/dispatch.h"

#include "react/sent.h"

static int name_it(const struct dispatcher *dispatcher, const char *kind, const char *address,
	char name[KEYED_HEX + 1], struct error *error)
{
	const struct sent_item item = {
		.kind = kind,
		.message = dispatcher->message,
		.recipient = dispatcher->envelope->recipient,
		.address = address,
	};

	return sent_name(dispatcher->profile->run, &item, name, error);
}

int dispatch_mail(const struct dispatcher *dispatcher, const char *kind, const char *address,
	const struct slice *pieces, size_t count, struct error *error)
{
	const char *run = dispatcher->profile->run;
	const char *const recipients[] = {address, NULL};
	const struct submission submission = {
		.recipients = recipients, .pieces = pieces, .count = count};
	char name[KEYED_HEX + 1];
	int result = name_it(dispatcher, kind, address, name, error);

	if (result)
		return result;
	result = sent_look(run, name, error);
	if (result < 0)
		return result;
	if (result)
		return SUBMIT_DONE;
	result = sent_prepare(run, name, dispatcher->now_ms, error);
	if (result)
		return result;
	result = submit(dispatcher->loop, dispatcher->profile, &submission, error);
	if (result == SUBMIT_DONE)
		(void)sent_note(run, name, dispatcher->now_ms, error);
	else
		sent_forget(run, name, dispatcher->now_ms);
	return result;
}
