/*
 * The stages, in an array: read, parse, examine, scan, decide, save, forward. Whatever one of them cannot
 * do ends the delivery as deferred; what the mail itself caused never does that, it is a finding.
 * The log line comes after everything that may still fail, and without it no mail is stopped.
 */
#include "pipeline/pipeline.h"

#include "base/clock.h"
#include "pipeline/account.h"
#include "pipeline/delivery.h"
#include "pipeline/exit_code.h"
#include "pipeline/hand_over.h"
#include "pipeline/say.h"
#include "pipeline/telling.h"
#include "react/keep.h"

static int stage_read(struct delivery *delivery, int fd, struct error *error)
{
	const struct options *options = delivery->options;
	struct arena *arena = &delivery->arena;
	int result = id_make(delivery->wall_ms, delivery->id);

	if (result)
		return error_set_errno(error, result, "no random numbers for an id");
	result = envelope_from_environment(arena, options, &delivery->envelope, error);
	if (result)
		return result;
	result = profile_locate(arena, options, delivery->envelope.home, &delivery->profile, error);
	if (result)
		return result;
	result = profile_make_state(&delivery->profile, error);
	if (result)
		return result;
	delivery->has_state = true;
	result = control_load(&delivery->profile, options, arena, &delivery->control, error);
	if (result)
		return result;
	return message_open(&delivery->message, fd, delivery->profile.tmp, error);
}

/* What a scanner can be asked already it is, so that it works while the rest is done. */
static int stage_parse(struct delivery *delivery, int fd, struct error *error)
{
	int result;

	delivery_scan_begin(delivery);
	result = delivery_parse(delivery, error);
	if (result == 0)
		delivery_scan_add(delivery);
	return result;
}

static int stage_judge(struct delivery *delivery, int fd, struct error *error)
{
	bool quit;
	int result = delivery_examine(delivery, &quit, error);

	if (result || quit || !delivery->control.filters.conditions[CONDITION_VIRUS].on) {
		delivery_scan_drop(delivery);
		return result;
	}
	return delivery_scan(delivery, error);
}

static bool sends_mail(const struct delivery *delivery)
{
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &delivery->control.filters.conditions[id];

		if ((delivery->decision.reacting & CONDITION_BIT(id)) &&
			(filter->forward || filter->inform || filter->notify_recipient ||
				filter->notify_sender))
			return true;
	}
	return false;
}

/*
 * What will send mail makes its loop here, while nothing has been saved or logged: libuv may abort
 * over that. Any other failure is for those who send to tell.
 */
static int stage_decide(struct delivery *delivery, int fd, struct error *error)
{
	struct error ignored = {0};
	int result;

	delivery_type_found(delivery);
	result = delivery_decide(delivery, error);
	if (result == 0 && sends_mail(delivery))
		(void)delivery_loop(delivery, &ignored);
	return result;
}

static int save(struct delivery *delivery, struct error *error)
{
	const struct decision *decision = &delivery->decision;
	uint64_t started = clock_us();
	cleanup_buf struct buf record = {0};
	struct keep_request request = {
		.save = delivery->profile.save,
		.id = delivery->id,
		.message = delivery->message.bytes,
	};
	int result;

	/* A mail that is kept and inspected is saved once, where the keeper looks for it. */
	if (!decision->save_keep)
		request.sender = delivery->envelope.sender.len > 0 ? delivery->envelope.sender
								   : slice_cstr("null-sender");
	result = account_format_record(delivery, &record);
	if (result)
		return error_set_errno(error, result, "cannot write the record");
	request.result = buf_slice(&record);
	result = keep_mail(&request, &delivery->arena, &delivery->saved, error);
	delivery->stage_us[STAGE_SAVE] = clock_us() - started;
	return result;
}

static int stage_seal(struct delivery *delivery, int fd, struct error *error)
{
	return delivery_look_for_seal(delivery, error);
}

static int stage_save(struct delivery *delivery, int fd, struct error *error)
{
	if (!delivery->decision.save_keep && !delivery->decision.save_inspect)
		return 0;
	return save(delivery, error);
}

/* What a guard will never get is kept: nobody else has it. */
static int stage_forward(struct delivery *delivery, int fd, struct error *error)
{
	int result = delivery_forward(delivery, error);

	if (result || !delivery->forwarded.refused || delivery->saved ||
		delivery->decision.disposition != DISPOSITION_STOP)
		return result;
	delivery->decision.save_keep = delivery->decision.write_rep = true;
	return save(delivery, error);
}

/*
 * What took the time is told by stage. Judging times itself, because it opens and scans within; so
 * do saving and forwarding, which most mails never come to.
 */
static const struct stage {
	int (*run)(struct delivery *delivery, int fd, struct error *error);
	int timed_as; /* a stage_id, or -1 when the stage keeps its own time */
} stages[] = {
	{stage_read, STAGE_READ},
	{stage_seal, -1},
	{stage_parse, STAGE_PARSE},
	{stage_judge, -1},
	{stage_decide, -1},
	{stage_save, -1},
	{stage_forward, -1},
};

static int run_stages(struct delivery *delivery, int fd, struct error *error)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		uint64_t started = clock_us();
		int result = stages[i].run(delivery, fd, error);

		if (stages[i].timed_as >= 0)
			delivery->stage_us[stages[i].timed_as] = clock_us() - started;
		if (result || delivery->sealed)
			return result;
	}
	return 0;
}

/* Whatever was done for the decision is undone, so that the next try finds the mail as it was. */
static void defer(struct delivery *delivery, int result, struct error *error)
{
	error_set_errno(error, result, "cannot go on");
	delivery->decision.disposition = DISPOSITION_DEFER;
	if (delivery->saved)
		keep_undo(delivery->saved);
	delivery->saved = NULL;
	account_deferred(delivery, error);
}

int pipeline_filter(const struct options *options, int fd)
{
	struct error error = {0};
	struct delivery delivery;
	int message_fd = -1, result, code;
	bool hand_over;

	delivery_init(&delivery, options);
	result = run_stages(&delivery, fd, &error);
	if (!result)
		result = account_delivered(&delivery, &error);
	if (result)
		defer(&delivery, result, &error);
	else
		telling_send(&delivery);
	say_outcome(&delivery, &error);
	code = exit_code(delivery.decision.disposition, options);
	hand_over = options->command && delivery.decision.disposition == DISPOSITION_PASS;
	if (hand_over)
		message_fd = hand_over_take(&delivery);
	if (!hand_over) {
		delivery_leave(&delivery);
		return code;
	}
	delivery_release(&delivery);
	return hand_over_run(options, message_fd);
}
