/* Releasing; see release.h. */
#include "react/release.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/address.h"
#include "message/message.h"
#include "react/seal.h"

#include <errno.h>

struct slice release_address(const struct release_request *request, const struct kept *kept)
{
	return request->to.len > 0 ? request->to : kept_field(kept, "Recipient");
}

/* Returns a submit_outcome or a negative errno. */
static int send_sealed(const struct release_request *request, const char *address,
	struct slice message, struct error *error)
{
	const char *const recipients[] = {address, NULL};
	cleanup_buf struct buf seal = {0};
	int result = seal_make(request->profile->run, address, message, &seal, error);

	if (result)
		return result;

	const struct slice pieces[] = {buf_slice(&seal), message};
	const struct submission submission = {
		.recipients = recipients, .pieces = pieces, .count = 2};

	return submit(request->loop, request->profile, &submission, error);
}

/* As send_sealed(); a message that is not there is refused. */
static int send_message(
	const struct release_request *request, const char *address, int dir, struct error *error)
{
	cleanup_fd int fd = kept_open_message(dir);
	struct message message = {.fd = -1};
	int result;

	if (fd < 0) {
		error_set_errno(error, fd, "its message");
		return SUBMIT_REFUSED;
	}
	result = message_open(&message, fd, request->profile->tmp, error);
	if (result == 0)
		result = send_sealed(request, address, message.bytes, error);
	message_release(&message);
	return result;
}

int release_mail(const struct release_request *request, const struct kept *kept, int dir,
	struct error *error)
{
	struct slice to = release_address(request, kept);
	cleanup_free char *address = NULL;
	int result = request->again ? 0 : kept_is_released(dir);

	if (result)
		return result < 0 ? error_set_errno(error, result, "released") : RELEASE_ALREADY;
	if (!address_is_fit(to)) {
		error_set(error, 0, "its recipient is no address that can be sent to");
		return RELEASE_REFUSED;
	}
	address = slice_dup(to);
	if (!address)
		return error_set_errno(error, -ENOMEM, "its recipient");
	result = send_message(request, address, dir, error);
	if (result)
		return result < 0 ? result : RELEASE_REFUSED;
	result = kept_mark_released(dir, clock_wall_ms(), to);
	if (result)
		error_set_errno(error, result, "it is queued, and could not be marked as released");
	return RELEASE_DONE;
}
