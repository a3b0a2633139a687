/*
 * Mail that goes out to guards, and mail that comes back from there. Forwarding stands between the
 * saved copy and the log line: until the guards have the mail it may still have to wait, and what
 * an earlier try has sent is remembered (react/sent.h).
 */
#include "base/clock.h"
#include "pipeline/delivery.h"
#include "react/seal.h"

int delivery_look_for_seal(struct delivery *delivery, struct error *error)
{
	int valid = seal_check(
		delivery->profile.run, &delivery->envelope, delivery->message.bytes, error);

	delivery->sealed = valid > 0;
	return valid < 0 ? valid : 0;
}

static bool is_wanted(const struct delivery *delivery)
{
	for (unsigned id = 0; id < CONDITION_COUNT; id++)
		if ((delivery->decision.reacting & CONDITION_BIT(id)) &&
			delivery->control.filters.conditions[id].forward)
			return true;
	return false;
}

/* What a bodytext command wrote goes in the place of the mail, to whom bodytext forwards it. */
static int forward_replacement(
	struct delivery *delivery, struct forward_request *request, struct error *error)
{
	struct message replacement = {.fd = -1};
	int result = message_open(
		&replacement, delivery->replacement_fd, delivery->profile.tmp, error);

	if (result == 0) {
		request->replacement = replacement.bytes;
		result = forward_all(request, &delivery->forwarded, error);
	}
	message_release(&replacement);
	return result;
}

int delivery_forward(struct delivery *delivery, struct error *error)
{
	struct forward_request request = {
		.filters = &delivery->control.filters,
		.reacting = delivery->decision.reacting,
		.mail = delivery->message.bytes,
		.arena = &delivery->arena,
	};
	uint64_t started = clock_us();
	int result;

	if (!is_wanted(delivery))
		return 0;
	result = delivery_loop(delivery, error);
	if (result)
		return result;
	request.dispatcher = delivery_dispatcher(delivery);
	result = delivery->replacement_fd >= 0
			 ? forward_replacement(delivery, &request, error)
			 : forward_all(&request, &delivery->forwarded, error);
	delivery->stage_us[STAGE_FORWARD] = clock_us() - started;
	return result;
}
