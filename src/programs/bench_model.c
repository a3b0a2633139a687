/*
 * What would have been: from what scanners said of mails to what each way of asking them costs; see
 * bench.h. All of it assumes that a scanner takes as long in one order as in another, which holds as
 * long as they do not fight for the same processors.
 */
#include "programs/bench.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM_FIRST 1024u
/* How often to look for an answer that fits. */
#define DRAWS	  64
#define DICE_SEED UINT64_C(0x9e3779b97f4a7c15)

void bench_data_release(struct bench_data *data)
{
	free(data->mails);
	data->mails = NULL;
}

/* xorshift64* (Vigna 2016): the same numbers each time. */
static uint64_t roll(uint64_t *dice)
{
	uint64_t x = *dice ? *dice : DICE_SEED;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*dice = x;
	return x * UINT64_C(2685821657736338717);
}

static int make_room(struct bench_data *data)
{
	unsigned room = data->mail_room ? data->mail_room * 2 : ROOM_FIRST;
	struct bench_mail *grown;

	if (data->mail_count < data->mail_room)
		return 0;
	if (room > BENCH_MAILS)
		room = BENCH_MAILS;
	grown = reallocarray(data->mails, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	data->mails = grown;
	data->mail_room = room;
	return 0;
}

int bench_data_add(struct bench_data *data, const struct bench_mail *mail)
{
	uint64_t place;

	data->seen++;
	if (data->mail_count < BENCH_MAILS) {
		if (make_room(data))
			return -ENOMEM;
		data->mails[data->mail_count++] = *mail;
		return 0;
	}
	place = roll(&data->dice) % data->seen;
	if (place < BENCH_MAILS)
		data->mails[place] = *mail;
	return 0;
}

int bench_data_scanner(struct bench_data *data, struct slice initial)
{
	for (unsigned i = 0; i < data->scanner_count; i++)
		if (slice_eq_cstr(initial, data->scanners[i].initial))
			return (int)i;
	if (data->is_list || data->scanner_count == BENCH_SCANNERS || initial.len == 0 ||
		initial.len >= sizeof(data->scanners[0].initial))
		return -1;
	memcpy(data->scanners[data->scanner_count].initial, initial.data, initial.len);
	return (int)data->scanner_count++;
}

/* --- what is known, and what is guessed ------------------------------------- */

static void count(struct bench_data *data, const struct bench_mail *mail)
{
	unsigned found = 0, clean = 0;

	for (unsigned i = 0; i < data->scanner_count; i++) {
		found += mail->scans[i].says == BENCH_FOUND;
		clean += mail->scans[i].says == BENCH_CLEAN;
	}
	for (unsigned i = 0; i < data->scanner_count; i++) {
		struct bench_scanner *scanner = &data->scanners[i];
		const struct bench_scan *scan = &mail->scans[i];

		scanner->found += scan->says == BENCH_FOUND;
		scanner->only += scan->says == BENCH_FOUND && found == 1 && clean > 0;
		scanner->no_answer += scan->says == BENCH_NO_ANSWER;
		scanner->unknown += scan->says == BENCH_UNKNOWN;
		if (scan->says >= BENCH_CLEAN)
			histogram_add(&scanner->latency, scan->us);
	}
}

static void drop(struct bench_data *data, unsigned which)
{
	size_t behind = data->scanner_count - which - 1;

	memcpy(data->silent[data->silent_count++], data->scanners[which].initial,
		sizeof(data->silent[0]));
	memmove(&data->scanners[which], &data->scanners[which + 1],
		behind * sizeof(data->scanners[0]));
	for (unsigned i = 0; i < data->mail_count; i++) {
		struct bench_scan *scans = data->mails[i].scans;

		memmove(&scans[which], &scans[which + 1], behind * sizeof(*scans));
	}
	data->scanner_count--;
}

/* A time that this scanner took for some other mail, no shorter than `at_least`. */
static uint32_t draw(struct bench_data *data, unsigned scanner, uint32_t at_least)
{
	const struct histogram *latency = &data->scanners[scanner].latency;
	uint64_t median = histogram_quantile(latency, 500);

	/* Where few are known, or few that took so long, many tries find none. */
	for (unsigned tries = 0; tries < DRAWS && at_least <= latency->greatest; tries++) {
		const struct bench_scan *scan =
			&data->mails[roll(&data->dice) % data->mail_count].scans[scanner];

		if (scan->says >= BENCH_CLEAN && scan->us >= at_least)
			return scan->us;
	}
	return median > at_least ? (uint32_t)median : at_least;
}

void bench_data_complete(struct bench_data *data)
{
	for (unsigned i = 0; i < data->mail_count; i++)
		count(data, &data->mails[i]);
	for (unsigned i = data->scanner_count; i-- > 0;)
		if (data->scanners[i].latency.count == 0)
			drop(data, i);
	/* What was drawn stays marked as unknown, and so is not drawn again. */
	for (unsigned i = 0; i < data->mail_count; i++)
		for (unsigned j = 0; j < data->scanner_count; j++) {
			struct bench_scan *scan = &data->mails[i].scans[j];

			if (scan->says == BENCH_UNKNOWN) {
				scan->us = draw(data, j, scan->us);
				data->guessed++;
			}
		}
}

/* --- one mail --------------------------------------------------------------- */

struct outcome {
	uint64_t delay_us, busy_us;
	unsigned started;
	bool caught;
};

/* How long the mail waits for it: not while the rest was done, if it was begun before that. */
static uint32_t waited_for(const struct bench_scan *scan)
{
	return scan->us - (scan->early_us < scan->us ? scan->early_us : scan->us);
}

static struct outcome one_after_the_other(
	const struct bench_data *data, const struct bench_way *way, const struct bench_mail *mail)
{
	struct outcome outcome = {.delay_us = mail->other_us};

	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scan *scan = &mail->scans[way->order[i]];

		if (scan->says == BENCH_SKIPPED)
			continue;
		outcome.started++;
		outcome.delay_us += i == 0 ? waited_for(scan) : scan->us;
		outcome.busy_us += scan->us;
		outcome.caught |= scan->says == BENCH_FOUND;
		if (outcome.caught && way->quitasap)
			break;
	}
	return outcome;
}

/* With quitasap the first that finds something ends it for all. */
static struct outcome all_at_once(
	const struct bench_data *data, const struct bench_way *way, const struct bench_mail *mail)
{
	struct outcome outcome = {0};
	uint64_t end = 0, first = UINT64_MAX;

	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scan *scan = &mail->scans[i];

		if (scan->says == BENCH_SKIPPED)
			continue;
		outcome.started++;
		if (waited_for(scan) > end)
			end = waited_for(scan);
		if (scan->says == BENCH_FOUND && waited_for(scan) < first)
			first = waited_for(scan);
	}
	outcome.caught = first != UINT64_MAX;
	if (way->quitasap && outcome.caught)
		end = first;
	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scan *scan = &mail->scans[i];
		uint32_t waited = waited_for(scan);

		if (scan->says != BENCH_SKIPPED)
			outcome.busy_us += scan->us - waited + (waited < end ? waited : end);
	}
	outcome.delay_us = mail->other_us + end;
	return outcome;
}

static void reckon(const struct bench_data *data, struct bench_way *way)
{
	for (unsigned i = 0; i < data->mail_count; i++) {
		struct outcome outcome = way->sequential
						 ? one_after_the_other(data, way, &data->mails[i])
						 : all_at_once(data, way, &data->mails[i]);

		way->mails++;
		histogram_add(&way->delay, outcome.delay_us);
		way->busy_us += outcome.busy_us;
		way->started += outcome.started;
		way->caught += outcome.caught;
	}
}

/* --- all ways --------------------------------------------------------------- */

static void swap(unsigned char *a, unsigned char *b)
{
	unsigned char kept = *a;

	*a = *b;
	*b = kept;
}

/* The next order in the dictionary's sense (Knuth 7.2.1.2, algorithm L); false behind the last. */
static bool next_order(unsigned char *order, unsigned length)
{
	unsigned tail = length, from = length;

	/* What rises no more, from `tail` on, is turned round behind the next greater head. */
	while (tail >= 2 && order[tail - 2] >= order[tail - 1])
		tail--;
	if (tail < 2)
		return false;
	while (order[from - 1] <= order[tail - 2])
		from--;
	swap(&order[tail - 2], &order[from - 1]);
	for (unsigned low = tail - 1, high = length - 1; low < high; low++, high--)
		swap(&order[low], &order[high]);
	return true;
}

static void add_way(struct bench_ways *ways, const unsigned char *order, bool sequential)
{
	for (unsigned quitasap = 0; quitasap < 2; quitasap++) {
		struct bench_way *way = &ways->list[ways->count++];

		memcpy(way->order, order, sizeof(way->order));
		way->sequential = sequential;
		way->quitasap = !quitasap;
	}
}

/* A stable sort: of equal ways the one that came first, which changes least, stays in front. */
static void sort(struct bench_ways *ways)
{
	for (unsigned i = 1; i < ways->count; i++) {
		struct bench_way way = ways->list[i];
		unsigned at = i;

		while (at > 0 && bench_mean(&ways->list[at - 1].delay) > bench_mean(&way.delay)) {
			ways->list[at] = ways->list[at - 1];
			at--;
		}
		ways->list[at] = way;
	}
}

void bench_ways_choose(struct bench_ways *ways)
{
	bool some[2] = {false, false};
	uint64_t at_once, sequential;

	sort(ways);
	for (unsigned i = ways->count; i-- > 0;) {
		const struct bench_way *way = &ways->list[i];

		if (!way->quitasap)
			continue;
		*(way->sequential ? &ways->best_sequential : &ways->best_at_once) = i;
		some[way->sequential] = true;
	}
	ways->best = some[false] ? ways->best_at_once : ways->best_sequential;
	if (!some[false] || !some[true]) {
		ways->best_sequential = ways->best_at_once = ways->best;
		return;
	}
	at_once = bench_mean(&ways->list[ways->best_at_once].delay);
	sequential = bench_mean(&ways->list[ways->best_sequential].delay);
	if (sequential <= at_once + at_once / 10)
		ways->best = ways->best_sequential;
}

int bench_ways_reckon(const struct bench_data *data, struct bench_ways *ways)
{
	unsigned char order[BENCH_SCANNERS] = {0};

	*ways = (struct bench_ways){.list = calloc(BENCH_WAYS, sizeof(*ways->list))};
	if (!ways->list)
		return -ENOMEM;
	for (unsigned i = 0; i < data->scanner_count; i++)
		order[i] = (unsigned char)i;
	add_way(ways, order, false);
	if (data->scanner_count > 1)
		do
			add_way(ways, order, true);
		while (next_order(order, data->scanner_count));
	for (unsigned i = 0; i < ways->count; i++)
		reckon(data, &ways->list[i]);
	bench_ways_choose(ways);
	return 0;
}

void bench_ways_release(struct bench_ways *ways)
{
	free(ways->list);
	ways->list = NULL;
}

bool bench_way_is(
	const struct bench_data *data, const struct bench_way *a, const struct bench_way *b)
{
	if (a->quitasap != b->quitasap || a->sequential != b->sequential)
		return data->scanner_count < 2 && a->quitasap == b->quitasap;
	return !a->sequential || memcmp(a->order, b->order, data->scanner_count) == 0;
}
