/* qmvc-release release, delete, expire: what is kept goes out, or goes. */
#include "programs/release.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "record/escape.h"

#include <errno.h>
#include <inttypes.h>

/* "1k81p7drb0c5m3h8tr4e released to bob@example.net" */
static int tell(
	const struct kept *kept, const char *what, struct slice address, struct error *error)
{
	cleanup_buf struct buf out = {0};

	buf_addf(&out, "%s %s", kept->id, what);
	escape_add(&out, address);
	buf_add_byte(&out, '\n');
	return release_print(&out, error);
}

static int remove_mail(
	struct command *command, const struct lying *mail, int dir, bool quiet, struct error *error)
{
	struct error why = {0};
	int result = kept_remove(&mail->home->list, mail->kept, dir);

	if (result) {
		error_set_errno(&why, result, "cannot be deleted");
		release_complain(command, mail->kept->id, result, &why);
		return 0;
	}
	return quiet ? 0 : tell(mail->kept, "deleted", SLICE_EMPTY, error);
}

static int release_one(struct command *command, struct loop *loop, const struct lying *mail,
	int dir, struct error *error)
{
	const struct release_request request = {
		.loop = loop,
		.profile = &mail->home->profile,
		.to = slice_cstr(command->to),
		.again = command->again,
	};
	struct error why = {0};
	int outcome = profile_make_state(request.profile, &why), result;

	if (outcome == 0)
		outcome = release_mail(&request, mail->kept, dir, &why);
	if (outcome < 0 || outcome == RELEASE_REFUSED) {
		release_complain(command, mail->kept->id, outcome < 0 ? -EAGAIN : outcome, &why);
		return 0;
	}
	result = outcome == RELEASE_ALREADY
			 ? tell(mail->kept, "has been released already", SLICE_EMPTY, error)
			 : tell(mail->kept, "released to ", release_address(&request, mail->kept),
				   error);
	if (why.set)
		release_complain(command, mail->kept->id, RELEASE_REFUSED, &why);
	if (result == 0 && command->delete)
		result = remove_mail(command, mail, dir, false, error);
	return result;
}

int release_change(
	struct command *command, struct loop *loop, const struct lying *mail, struct error *error)
{
	cleanup_fd int dir = kept_take(&mail->home->list, mail->kept);
	struct error why = {0};

	if (dir == -EWOULDBLOCK) {
		error_set(&why, 0, "another qmvc-release is at it");
		release_complain(command, mail->kept->id, -EAGAIN, &why);
		return 0;
	}
	if (dir < 0) {
		error_set_errno(&why, dir, "its directory");
		release_complain(command, mail->kept->id, dir, &why);
		return 0;
	}
	if (command->verb == VERB_DELETE)
		return remove_mail(command, mail, dir, false, error);
	return release_one(command, loop, mail, dir, error);
}

/*
 * What somebody is releasing just now has time until the next day, and who deleted it was faster.
 */
static int expire_one(struct command *command, const struct lying *mail, struct error *error)
{
	cleanup_fd int dir = kept_take(&mail->home->list, mail->kept);
	struct error why = {0};

	if (dir == -EWOULDBLOCK || dir == -ENOENT)
		return 0;
	if (dir >= 0)
		return remove_mail(command, mail, dir, true, error);
	error_set_errno(&why, dir, "its directory");
	release_complain(command, mail->kept->id, dir, &why);
	return 0;
}

static int expire_home(
	struct command *command, const struct home *home, int64_t now_ms, struct error *error)
{
	/* A hundred thousand years are for ever. */
	int64_t age_ms =
		(int64_t)(command->age_days < 36500000 ? command->age_days : 36500000) * DAY_MS;
	uint64_t bytes = 0;
	int result = 0;

	kept_sweep(&home->list, now_ms);
	for (size_t i = 0; i < home->list.count; i++)
		bytes += home->list.items[i].bytes;
	for (size_t i = 0; result == 0 && i < home->list.count; i++) {
		const struct kept *kept = &home->list.items[i];
		bool is_old = command->has_age && kept->time_ms < now_ms - age_ms;

		if (!is_old && !(command->has_size && bytes > command->size))
			continue;
		bytes -= kept->bytes;
		result = expire_one(command, &(struct lying){home, kept}, error);
	}
	return result;
}

/* Home by home: else one user could have the mail of all others expire by keeping much himself. */
int release_expire(struct command *command, struct error *error)
{
	int64_t now_ms = clock_wall_ms();

	for (size_t i = 0; i < command->home_count; i++) {
		const struct home *home = &command->homes[i];
		int result = release_home_enter(home, false, error);

		if (result == 0)
			result = expire_home(command, home, now_ms, error);
		if (result)
			return result;
	}
	return 0;
}
