/*
 * The scanners' turn: gives them the objects, and turns what they answer into findings. A
 * scanner's `encrypted` and `limit` meet those conditions too.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "message/doubt.h"
#include "open/work_tree.h"
#include "pipeline/decide.h"
#include "pipeline/delivery.h"

#include <errno.h>

/* What a scanner found in, for people: the object's name. */
static const char *found_in(struct delivery *delivery, int object)
{
	cleanup_buf struct buf label = {0};

	if (object < 0 || (size_t)object >= delivery->objects.count)
		return "";
	if (object_label(&delivery->objects, &delivery->objects.list[object], &label))
		return "";
	return arena_cstr(&delivery->arena, buf_slice(&label));
}

static int note_viruses(
	struct delivery *delivery, const struct scan_result *result, struct error *error)
{
	int failed = 0;

	if (result->verdict != VERDICT_INFECTED && result->verdict != VERDICT_SUSPICIOUS)
		return 0;
	if (result->virus_count == 0) {
		struct finding unnamed = {.condition = CONDITION_VIRUS,
			.object = FINDING_NO_OBJECT,
			.pattern = "unnamed",
			.detail = ""};

		return delivery_found(delivery, &unnamed, error);
	}
	for (unsigned i = 0; i < result->virus_count && !failed; i++) {
		struct finding finding = {.condition = CONDITION_VIRUS,
			.object = result->virus_objects[i],
			.pattern = result->viruses[i],
			.detail = found_in(delivery, result->virus_objects[i])};

		failed = delivery_found(delivery, &finding, error);
	}
	return failed;
}

static int note_result(
	struct delivery *delivery, const struct scan_result *result, struct error *error)
{
	struct finding finding = {.object = FINDING_NO_OBJECT, .detail = ""};
	int failed = note_viruses(delivery, result, error);

	finding.pattern = result->name;
	if (!failed && result->saw_encrypted) {
		finding.condition = CONDITION_ENCRYPTED;
		failed = delivery_found(delivery, &finding, error);
	}
	if (!failed && result->saw_limit) {
		finding.condition = CONDITION_OVERLIMIT;
		failed = delivery_found(delivery, &finding, error);
	}
	return failed;
}

/* A libclamav that ends with the mail works in the mail's tree; one that stays has its own room. */
static bool has_passing_libclamav(const struct scanner_list *scanners)
{
	for (unsigned i = 0; i < scanners->count; i++)
		if (scanners->scanners[i].kind == SCANNER_LIBCLAMAV &&
			scanners->scanners[i].resident_s == 0)
			return true;
	return false;
}

/* Files for scanners that read them; for libclamav, which is given descriptors, only room to work in. */
static int make_tree(struct delivery *delivery, struct scan_request *request, struct error *error)
{
	const struct scanner_list *scanners = &delivery->control.scanners;
	bool files = scanner_list_reads_files(scanners);
	int result;

	if (!files && !has_passing_libclamav(scanners))
		return 0;
	result = work_tree_make(&delivery->tree, delivery->profile.tmp,
		files ? &delivery->objects : NULL, files ? scanner_list_group(scanners) : NULL,
		error);
	if (result)
		return result;
	request->files = files ? delivery->tree.files : NULL;
	request->scratch = delivery->tree.scratch;
	return 0;
}

/* An object that one scanner finds too large is no finding as long as another takes it. */
static int note_too_large(struct delivery *delivery, struct error *error)
{
	struct finding finding = {.condition = CONDITION_OVERLIMIT,
		.object = FINDING_NO_OBJECT,
		.pattern = "maxsize",
		.detail = "too large for every scanner"};

	for (unsigned i = 0; i < delivery->scans.count; i++)
		if (!delivery->scans.list[i].too_large)
			return 0;
	return delivery->scans.count > 0 ? delivery_found(delivery, &finding, error) : 0;
}

/*
 * A mail too large for a scanner is still scanned, part by part, and that is enough where nobody
 * can find other parts in it than we have: else three photographs of 8 MB would be held back.
 */
static void excuse_large_mail(struct delivery *delivery)
{
	const struct scanner_list *scanners = &delivery->control.scanners;
	bool large = false;

	for (unsigned i = 0; i < scanners->count; i++)
		large |= scanners->scanners[i].max_size > 0 &&
			 delivery->message.bytes.len > scanners->scanners[i].max_size;
	if (large && !message_is_doubtful(&delivery->message))
		delivery->objects.list[0].flags |= OBJECT_IN_PARTS;
}

/* What holds for all that is asked; the loop has to be there. */
static struct scan_request make_request(struct delivery *delivery)
{
	return (struct scan_request){
		.loop = delivery->loop,
		.scanners = &delivery->control.scanners,
		.whitelist = &delivery->control.whitelist,
		.profile = &delivery->profile,
		.objects = &delivery->objects,
		.message_fd = delivery->message.fd,
		.quitasap = decide_ends_search(
			&delivery->control.filters.conditions[CONDITION_VIRUS]),
		.arena = &delivery->arena,
	};
}

/*
 * Under -n what is harmless by its type is not shown to scanners, which only qmvc-open can tell. Without
 * a loop nothing is begun; then the scan will say why there is none, should it come to that.
 */
void delivery_scan_begin(struct delivery *delivery)
{
	struct error ignored = {0};
	struct scan_request request;

	if (!delivery->control.filters.conditions[CONDITION_VIRUS].on ||
		delivery->options->noscan || delivery->control.scanners.count == 0 ||
		delivery_loop(delivery, &ignored))
		return;
	request = make_request(delivery);
	delivery->begun = scan_begin(&request, delivery->message.bytes);
}

void delivery_scan_add(struct delivery *delivery)
{
	scan_add(delivery->begun);
}

void delivery_scan_drop(struct delivery *delivery)
{
	scan_drop(take_ptr(&delivery->begun));
}

int delivery_scan(struct delivery *delivery, struct error *error)
{
	struct scan_request request;
	uint64_t started = clock_us();
	int result = delivery_loop(delivery, error);

	if (result)
		return result;
	request = make_request(delivery);
	excuse_large_mail(delivery);
	result = make_tree(delivery, &request, error);
	if (result)
		return result;
	request.begun = take_ptr(&delivery->begun);
	result = scan_run(&request, &delivery->scans, error);
	for (unsigned i = 0; i < delivery->scans.count && !result; i++)
		result = note_result(delivery, &delivery->scans.list[i], error);
	if (!result)
		result = note_too_large(delivery, error);
	delivery->stage_us[STAGE_SCAN] = clock_us() - started;
	return result;
}
