/* Space-Saving; see top.h. A hash table finds a name, a heap the least frequent one. */
#include "report/top.h"

#include <stdlib.h>

#define BUCKETS (TOP_NAMES * 2)

/* FNV-1a, 64 bits, mixed once more because only some of its bits choose the bucket. */
static uint64_t hash_of(struct slice name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ name.data[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

static unsigned *bucket_of(struct top *top, uint64_t hash)
{
	return &top->buckets[hash % BUCKETS];
}

static struct top_name *find(struct top *top, struct slice name, uint64_t hash)
{
	for (unsigned at = *bucket_of(top, hash); at > 0; at = top->names[at - 1].next) {
		struct top_name *known = &top->names[at - 1];

		if (known->hash == hash && slice_eq(top_text(known), name))
			return known;
	}
	return NULL;
}

static void put(struct top *top, unsigned place, unsigned index)
{
	top->heap[place] = index;
	top->names[index].place = place;
}

/* Its count has grown: down it goes. */
static void sink(struct top *top, unsigned place)
{
	unsigned index = top->heap[place];
	uint64_t count = top->names[index].count;

	for (;;) {
		unsigned child = 2 * place + 1;

		if (child + 1 < top->used &&
			top->names[top->heap[child + 1]].count < top->names[top->heap[child]].count)
			child++;
		if (child >= top->used || top->names[top->heap[child]].count >= count)
			break;
		put(top, place, top->heap[child]);
		place = child;
	}
	put(top, place, index);
}

/* A new one has count 1: up it goes. */
static void rise(struct top *top, unsigned place)
{
	unsigned index = top->heap[place];

	while (place > 0 &&
		top->names[top->heap[(place - 1) / 2]].count > top->names[index].count) {
		put(top, place, top->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(top, place, index);
}

static void name_it(struct top *top, unsigned index, struct slice name, uint64_t hash)
{
	struct top_name *new = &top->names[index];
	unsigned *bucket = bucket_of(top, hash);

	new->hash = hash;
	new->next = *bucket;
	new->len = (unsigned)name.len;
	memcpy(new->text, name.data, name.len);
	*bucket = index + 1;
}

static void forget(struct top *top, unsigned index)
{
	unsigned *at = bucket_of(top, top->names[index].hash);

	while (*at != index + 1)
		at = &top->names[*at - 1].next;
	*at = top->names[index].next;
}

void top_add(struct top *top, struct slice name)
{
	struct top_name *known;
	uint64_t hash;
	unsigned index;

	if (name.len == 0)
		name = slice_cstr("<>");
	name = slice_first(name, TOP_NAME_SIZE);
	hash = hash_of(name);
	top->total++;
	known = find(top, name, hash);
	if (known) {
		known->count++;
		sink(top, known->place);
		return;
	}
	if (top->used < TOP_NAMES) {
		index = top->used++;
		name_it(top, index, name, hash);
		top->names[index].count = 1;
		top->heap[index] = index;
		rise(top, index);
		return;
	}
	top->replaced = true;
	index = top->heap[0];
	forget(top, index);
	name_it(top, index, name, hash);
	top->names[index].error = top->names[index].count++;
	sink(top, 0);
}

static int compare(const void *a, const void *b)
{
	const struct top_name *one = *(const struct top_name *const *)a;
	const struct top_name *other = *(const struct top_name *const *)b;
	unsigned common = one->len < other->len ? one->len : other->len;
	int order;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	order = memcmp(one->text, other->text, common);
	return order ? order : (one->len > other->len) - (one->len < other->len);
}

unsigned top_best(const struct top *top, const struct top_name **best, unsigned limit)
{
	const struct top_name *all[TOP_NAMES];

	for (unsigned i = 0; i < top->used; i++)
		all[i] = &top->names[i];
	qsort(all, top->used, sizeof(all[0]), compare);
	if (limit > top->used)
		limit = top->used;
	memcpy(best, all, limit * sizeof(*best));
	return limit;
}

bool top_is_exact(const struct top *top)
{
	return !top->replaced;
}
