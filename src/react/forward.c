/*
 * Forwarding; see forward.h. One submission an address, because each copy has a seal of its own.
 * What the mail itself makes impossible (an address that its sender made too long) must not defer
 * it for a week: it is reported, and the caller keeps the mail instead.
 */
#include "react/forward.h"

#include "control/address.h"
#include "react/seal.h"

#include <errno.h>

static size_t list_length(const char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

static bool is_listed(const char *const *list, const char *address)
{
	for (size_t i = 0; list[i]; i++)
		if (strcmp(list[i], address) == 0)
			return true;
	return false;
}

int forward_addresses(struct arena *arena, const struct envelope *envelope,
	const struct filters *filters, unsigned reacting, bool inform, const char ***addresses,
	const char **unfit)
{
	size_t most = 0, count = 0;
	const char **found;

	for (unsigned id = 0; id < CONDITION_COUNT; id++)
		most += list_length(inform ? filters->conditions[id].inform
					   : filters->conditions[id].forward);
	found = arena_array(arena, most + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	*unfit = NULL;
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &filters->conditions[id];
		const char **list = inform ? filter->inform : filter->forward;

		for (; (reacting & CONDITION_BIT(id)) && list && *list; list++) {
			const char *address;
			int result = address_expand(arena, envelope, *list, &address);

			if (result < 0)
				return result;
			if (result == ADDRESS_UNFIT)
				*unfit = *unfit ? *unfit : *list;
			else if (!is_listed(found, address))
				found[count++] = address;
		}
	}
	*addresses = found;
	return 0;
}

/* Returns a submit_outcome or a negative errno. */
static int forward_one(
	const struct forward_request *request, const char *address, struct slice copy,
	struct error *error)
{
	const struct dispatcher *dispatcher = &request->dispatcher;
	cleanup_buf struct buf seal = {0};
	int result = seal_make(
		dispatcher->profile->run, address, copy, &seal, error);

	if (result)
		return result;

	const struct slice pieces[] = {
		dispatcher->envelope->dtline, buf_slice(&seal), copy};

	return dispatch_mail(dispatcher, "forward", address, pieces,
		sizeof(pieces) / sizeof(pieces[0]), error);
}

/* *whole: the addresses, among all of them, that get the mail itself. Returns 0 or -ENOMEM. */
static int find_addresses(const struct forward_request *request, const char ***addresses,
	const char ***whole, const char **unfit)
{
	const struct envelope *envelope = request->dispatcher.envelope;
	unsigned of_mail = request->replacement.data
				   ? request->reacting & ~CONDITION_BIT(CONDITION_BODYTEXT)
				   : request->reacting;
	int result = forward_addresses(
		request->arena, envelope, request->filters, of_mail, false, whole, unfit);

	return result ? result
		      : forward_addresses(request->arena, envelope, request->filters,
				request->reacting, false, addresses, unfit);
}

int forward_all(const struct forward_request *request, struct forward_report *report,
	struct error *error)
{
	struct forward_report made = {0};
	const char **addresses, **whole, *unfit;
	int result = find_addresses(request, &addresses, &whole, &unfit);

	if (result)
		return error_set_errno(error, result, "cannot forward");
	made.sent = arena_array(request->arena, list_length(addresses) + 1, sizeof(*made.sent));
	if (!made.sent)
		return error_set_errno(error, -ENOMEM, "cannot forward");
	if (unfit)
		made.refused = arena_printf(
			request->arena, "%s: this mail makes no address of it", unfit);
	for (; *addresses; addresses++) {
		struct error why = {0};

		result = forward_one(request, *addresses,
			is_listed(whole, *addresses) ? request->mail : request->replacement, &why);
		if (result < 0)
			return error_set(error, result, "forward to %s: %s", *addresses, why.text);
		if (result == SUBMIT_DONE)
			made.sent[made.sent_count++] = *addresses;
		if (result == SUBMIT_DONE && why.set)
			made.forgotten = arena_printf(
				request->arena, "%s was sent: %s", *addresses, why.text);
		if (result == SUBMIT_REFUSED && !made.refused)
			made.refused = arena_printf(
				request->arena, "%s: %s", *addresses, why.text);
	}
	*report = made;
	return 0;
}
