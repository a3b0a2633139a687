/* One delivery; see delivery.h. */
#include "pipeline/delivery.h"

#include "base/clock.h"
#include "config.h"

#include <errno.h>
#include <unistd.h>

static const char *const stage_names[STAGE_COUNT] = {
	[STAGE_READ] = "read",
	[STAGE_PARSE] = "parse",
	[STAGE_OPEN] = "open",
	[STAGE_CONDITIONS] = "conditions",
	[STAGE_SCAN] = "scan",
	[STAGE_SAVE] = "save",
	[STAGE_FORWARD] = "forward",
};

const char *stage_name(enum stage_id stage)
{
	return stage_names[stage];
}

void delivery_init(struct delivery *delivery, const struct options *options)
{
	*delivery = (struct delivery){
		.options = options,
		.wall_ms = clock_wall_ms(),
		.started_us = clock_us(),
		.message.fd = -1,
		.objects.message.fd = -1,
		.replacement_fd = -1,
	};
}

/* The loop goes before the work tree: loop_free() ends whoever might still write into it. */
void delivery_release(struct delivery *delivery)
{
	delivery_scan_drop(delivery);
	loop_free(delivery->loop);
	work_tree_release(&delivery->tree);
	if (delivery->replacement_fd >= 0)
		close(delivery->replacement_fd);
	objects_release(&delivery->objects);
	message_release(&delivery->message);
	arena_release(&delivery->arena);
}

void delivery_leave(struct delivery *delivery)
{
	if (QMVC_SANITIZED) { /* what is left to exit(3) would be a leak */
		delivery_release(delivery);
		return;
	}
	delivery_scan_drop(delivery);
	loop_leave(delivery->loop);
	work_tree_release(&delivery->tree);
}

int delivery_loop(struct delivery *delivery, struct error *error)
{
	int result;

	if (delivery->loop)
		return 0;
	result = loop_new(&delivery->loop);
	if (result)
		return error_set_errno(error, result, "cannot make an event loop");
	return 0;
}

struct check delivery_check(struct delivery *delivery, struct findings *findings)
{
	return (struct check){
		.control = &delivery->control,
		.options = delivery->options,
		.envelope = &delivery->envelope,
		.profile = &delivery->profile,
		.message = &delivery->message,
		.objects = &delivery->objects,
		.loop = &delivery->loop,
		.arena = &delivery->arena,
		.findings = findings,
		.replacement_fd = &delivery->replacement_fd,
	};
}

int delivery_found(struct delivery *delivery, const struct finding *finding, struct error *error)
{
	int result = findings_add(&delivery->findings, &delivery->arena, finding);

	return result ? error_set_errno(error, result, "cannot note a finding") : 0;
}

struct dispatcher delivery_dispatcher(const struct delivery *delivery)
{
	return (struct dispatcher){
		.loop = delivery->loop,
		.profile = &delivery->profile,
		.envelope = &delivery->envelope,
		.message = delivery->message.bytes,
		.now_ms = delivery->wall_ms,
	};
}

/* HOST is what a sender wrote; it is to stand in From. */
static bool is_host(struct slice host)
{
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = ascii_lower(host.data[i]);

		if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && c != '-' &&
			(c != '.' || i == 0 || i + 1 == host.len || host.data[i - 1] == '.'))
			return false;
	}
	return host.len > 0 && host.len <= 253;
}

const char *delivery_contact(struct delivery *delivery)
{
	if (delivery->control.contact)
		return delivery->control.contact;
	if (!is_host(delivery->envelope.host))
		return "postmaster@localhost";
	return arena_printf(&delivery->arena, "postmaster@%.*s", SLICE_ARGS(delivery->envelope.host));
}
