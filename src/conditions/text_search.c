/*
 * Many strings in one pass; see text_search.h. qmvc is started anew for each mail, so building has
 * to be as cheap as searching, and the shape follows from that:
 *
 * - The trie's nodes are numbered as they are made, so the first child of a node is nearly always
 *   the next node: one byte in the node says so ("chain"). Only where two strings part is there an
 *   edge of another kind ("branch"), at most one a string, and these stand in one small hash table.
 *   Sixteen hundred strings are some 25,000 nodes of 12 bytes but only 1,600 branches.
 * - Most of a text lies in no string at all. Between strings the search does not walk the trie but
 *   asks a bitmap whether four bytes of the text stand at the front of a string. Where all strings
 *   are long it knows not only the four that a string begins with but those behind them, too: then
 *   one question, for the last four of a stride of the text, answers for the whole stride (Wu and
 *   Manber's idea, 1994), and only a yes makes it ask for each place. It grows with the number of
 *   strings, up to 16 KB: memory that is touched for the first time costs more than the whole search
 *   of a short text. Strings of less than four bytes stand in a second bitmap, made and asked only
 *   when there are any.
 *
 * Why it stays linear: from a node of depth 4 or more the walk is Aho and Corasick's. Falling back
 * to a shallower node than that, it lets go, steps back to where that node's string began (at most
 * three bytes) and asks the bitmap again; each such step begins at a later place than the one
 * before.
 */
#include "conditions/text_search.h"

#include <errno.h>
#include <stdlib.h>

#define NODES_MAX    ((size_t)1 << 24) /* a branch's key holds a node in 24 bits */
#define FILTER_BYTES 4
#define FILTER_MIN   10 /* bits of an index into the long bitmap, which is a hash of four bytes */
#define FILTER_MAX   17
#define FILTER_SPARE \
	((size_t)64) /* of so many bits at most one is set, unless there are too many */
#define STRIDE_SPARE ((size_t)16) /* so many at least, else the stride gets shorter */
#define STRIDE_MAX   ((size_t)8)
#define SHORT_WORDS  4096 /* indexed by six bits of each of two bytes, bit by five of the third */
#define NO_CHAIN     256
#define NO_STRING    UINT32_MAX
#define ROOT	     0

struct text_search_node {
	uint32_t fail;	    /* the longest proper suffix that is a node too */
	uint32_t string;    /* the longest string that ends here, or NO_STRING */
	uint32_t chain : 9; /* byte that leads to the next node, or NO_CHAIN */
	uint32_t branched : 1;
	uint32_t depth : 22; /* cut at DEPTH_MAX: only small depths matter */
};
#define DEPTH_MAX ((1u << 22) - 1)

struct text_search_branch {
	uint32_t key;	 /* node << 8 | byte */
	uint32_t target; /* ROOT: an empty slot, since no edge leads there */
};

static size_t branch_slot(const struct text_search *search, uint32_t key)
{
	uint32_t hash = key * 2654435761u;

	return (hash ^ hash >> 15) & search->branch_mask;
}

static uint32_t branch_find(const struct text_search *search, uint32_t key)
{
	size_t slot = branch_slot(search, key);

	while (search->branches[slot].target != ROOT && search->branches[slot].key != key)
		slot = (slot + 1) & search->branch_mask;
	return search->branches[slot].target;
}

static void branch_add(struct text_search *search, uint32_t key, uint32_t target)
{
	size_t slot = branch_slot(search, key);

	while (search->branches[slot].target != ROOT)
		slot = (slot + 1) & search->branch_mask;
	search->branches[slot] = (struct text_search_branch){.key = key, .target = target};
}

/* The node that `byte` leads to from `node`, or ROOT when there is no such edge. */
static inline uint32_t edge(const struct text_search *search, uint32_t node, unsigned char byte)
{
	const struct text_search_node *at = &search->nodes[node];

	if (at->chain == byte)
		return node + 1;
	return at->branched ? branch_find(search, node << 8 | byte) : ROOT;
}

static inline uint32_t filter_hash(const struct text_search *search, const unsigned char *bytes)
{
	uint32_t four;

	memcpy(&four, bytes, sizeof(four));
	return four * 2654435761u >> search->filter_shift;
}

static inline size_t short_slot(unsigned char first, unsigned char second)
{
	return (size_t)(first & 63) << 6 | (second & 63);
}

/* Opens the bitmap for a string; the bytes that a short one lacks may be any. */
static void filter_add(struct text_search *search, struct slice string)
{
	uint32_t *shorts = search->shorts;

	if (string.len >= FILTER_BYTES) {
		for (size_t i = 0; i < search->stride; i++) {
			uint32_t hash = filter_hash(search, string.data + i);

			search->filter[hash >> 5] |= 1u << (hash & 31);
		}
		return;
	}
	if (string.len == 3) {
		shorts[short_slot(string.data[0], string.data[1])] |= 1u << (string.data[2] & 31);
	} else if (string.len == 2) {
		shorts[short_slot(string.data[0], string.data[1])] = UINT32_MAX;
	} else {
		for (unsigned second = 0; second < 64; second++)
			shorts[short_slot(string.data[0], (unsigned char)second)] = UINT32_MAX;
	}
}

static uint32_t node_new(struct text_search *search, uint32_t parent)
{
	uint32_t depth = search->nodes[parent].depth;
	uint32_t node = (uint32_t)search->node_count++;

	search->nodes[node] = (struct text_search_node){
		.string = NO_STRING,
		.chain = NO_CHAIN,
		.depth = depth < DEPTH_MAX ? depth + 1 : DEPTH_MAX,
	};
	return node;
}

static void trie_add(struct text_search *search, struct slice string, size_t index)
{
	uint32_t node = ROOT;

	for (size_t i = 0; i < string.len; i++) {
		unsigned char byte = string.data[i];
		uint32_t next = edge(search, node, byte);

		if (next == ROOT) {
			next = node_new(search, node);
			if (next == node + 1) {
				search->nodes[node].chain = byte;
			} else {
				branch_add(search, node << 8 | byte, next);
				search->nodes[node].branched = 1;
			}
		}
		node = next;
	}
	if (search->nodes[node].string == NO_STRING)
		search->nodes[node].string = (uint32_t)index;
}

static inline uint32_t step(const struct text_search *search, uint32_t node, unsigned char byte)
{
	uint32_t next;

	while ((next = edge(search, node, byte)) == ROOT && node != ROOT)
		node = search->nodes[node].fail;
	return next;
}

/*
 * Sets the failure edges, shallow nodes first: all strings are walked down side by side, one level
 * a round. `at` holds where each string's walk stands; a string that has ended drops out.
 */
static int set_failures(struct text_search *search, const struct slice *strings, size_t count)
{
	struct {
		uint32_t string, node;
	} *walks = malloc((count ? count : 1) * sizeof(*walks));
	size_t left = count;

	if (!walks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		walks[i].string = (uint32_t)i;
		walks[i].node = ROOT;
	}
	for (size_t level = 0; left > 0; level++) {
		size_t kept = 0;

		for (size_t i = 0; i < left; i++) {
			struct slice string = strings[walks[i].string];
			uint32_t parent = walks[i].node, node, fail = ROOT;

			if (level >= string.len)
				continue;
			node = edge(search, parent, string.data[level]);
			if (parent != ROOT)
				fail = step(search, search->nodes[parent].fail, string.data[level]);
			search->nodes[node].fail = fail;
			if (search->nodes[node].string == NO_STRING)
				search->nodes[node].string = search->nodes[fail].string;
			walks[kept].string = walks[i].string;
			walks[kept++].node = node;
		}
		left = kept;
	}
	free(walks);
	return 0;
}

/* Returns 0 or -ENOMEM. */
static int filter_make(struct text_search *search, const struct slice *strings, size_t count)
{
	size_t shortest = SIZE_MAX, stride = STRIDE_MAX;
	unsigned bits = FILTER_MIN;
	bool has_short;

	for (size_t i = 0; i < count; i++)
		if (strings[i].len > 0 && strings[i].len < shortest)
			shortest = strings[i].len;
	has_short = shortest < FILTER_BYTES;
	while (stride > 1 && (stride + FILTER_BYTES - 1 > shortest ||
				     count * stride * STRIDE_SPARE > (size_t)1 << FILTER_MAX))
		stride--;
	while (bits < FILTER_MAX && (size_t)1 << bits < count * stride * FILTER_SPARE)
		bits++;
	search->stride = stride;
	search->filter_shift = 32 - bits;
	search->filter = calloc((size_t)1 << (bits - 5), sizeof(*search->filter));
	if (has_short)
		search->shorts = calloc(SHORT_WORDS, sizeof(*search->shorts));
	return search->filter && (search->shorts || !has_short) ? 0 : -ENOMEM;
}

int text_search_make(struct text_search *search, const struct slice *strings, size_t count)
{
	size_t bytes = 0, slots = 16;

	*search = (struct text_search){0};
	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(bytes, strings[i].len, &bytes) || bytes >= NODES_MAX)
			return -E2BIG;
	if (bytes == 0)
		return 0;
	if (count > NODES_MAX)
		return -E2BIG;
	while (slots < count * 2)
		slots *= 2;
	search->nodes = malloc((bytes + 1) * sizeof(*search->nodes));
	search->branches = calloc(slots, sizeof(*search->branches));
	if (!search->nodes || !search->branches || filter_make(search, strings, count))
		return -ENOMEM;
	search->branch_mask = slots - 1;
	search->node_count = 1;
	search->nodes[ROOT] = (struct text_search_node){.string = NO_STRING, .chain = NO_CHAIN};
	for (size_t i = 0; i < count; i++) {
		if (strings[i].len == 0)
			continue;
		trie_add(search, strings[i], i);
		filter_add(search, strings[i]);
	}
	return set_failures(search, strings, count);
}

/* Do four bytes stand at the front of a string? "Yes" may be wrong. */
static inline bool filter_knows(const struct text_search *search, const unsigned char *bytes)
{
	uint32_t hash = filter_hash(search, bytes);

	return search->filter[hash >> 5] >> (hash & 31) & 1;
}

static inline bool may_begin(const struct text_search *search, const unsigned char *bytes)
{
	const uint32_t *shorts = search->shorts;

	return filter_knows(search, bytes) ||
	       (shorts && (shorts[short_slot(bytes[0], bytes[1])] >> (bytes[2] & 31) & 1));
}

/* The first place at or after `from` where a string may begin, or the last three bytes. */
static size_t skip(const struct text_search *search, struct slice piece, size_t from)
{
	const size_t last = piece.len - (FILTER_BYTES - 1), stride = search->stride;

	while (from < last) {
		size_t end = last;

		/* A string that begins within the stride has the stride's last four at its front. */
		while (stride > 1 && last - from >= stride) {
			if (filter_knows(search, piece.data + from + stride - 1)) {
				end = from + stride;
				break;
			}
			from += stride;
		}
		for (; from < end; from++)
			if (may_begin(search, piece.data + from))
				return from;
	}
	return from;
}

bool text_search_feed(const struct text_search *search, struct text_search_state *state,
	struct slice piece, struct text_hit *hit)
{
	uint32_t node = state->node;
	size_t i = 0;

	if (!search->nodes)
		return false;
	while (i < piece.len) {
		uint32_t depth = search->nodes[node].depth, next;

		/* Let go of a short beginning (not one from an earlier piece) and skip. */
		if (depth < FILTER_BYTES && depth <= i && i - depth + FILTER_BYTES <= piece.len) {
			i = skip(search, piece, i - depth);
			node = ROOT;
		}
		/* Walk on as long as the bytes are those of a string. */
		while (i < piece.len && (next = edge(search, node, piece.data[i])) != ROOT) {
			node = next;
			i++;
			if (search->nodes[node].string != NO_STRING) {
				*hit = (struct text_hit){search->nodes[node].string, i};
				return true;
			}
		}
		if (i == piece.len)
			break;
		if (node == ROOT)
			i++;
		else
			node = search->nodes[node].fail;
	}
	state->node = node;
	return false;
}

void text_search_release(struct text_search *search)
{
	free(search->nodes);
	free(search->branches);
	free(search->filter);
	free(search->shorts);
	*search = (struct text_search){0};
}
