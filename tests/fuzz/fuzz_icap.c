/*
 * Fuzz target: the input is what an ICAP service answers, to RESPMOD for a known object and to
 * OPTIONS. Checked: it reads the same however it comes in pieces, takes no more memory than its
 * bounds allow, and is clean only by 204, or with the object's own bytes.
 */
#include "scan/icap_verdict.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_icap: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

static const char object[] = "the object\n";

/* Reads it in pieces of `step` bytes; what is left over is *rest bytes. */
static void read_in(
	struct icap_reader *reader, struct slice all, size_t step, bool options, size_t *rest)
{
	int r = ICAP_MORE;

	icap_reader_init(reader, options ? SLICE_EMPTY : slice_cstr(object), options);
	while (all.len > 0 && r == ICAP_MORE) {
		struct slice piece = slice_first(all, step);
		size_t before = piece.len;

		r = icap_reader_feed(reader, &piece);
		REQUIRE(r != ICAP_MORE || piece.len == 0);
		all = slice_from(all, before - piece.len);
	}
	*rest = all.len;
	REQUIRE(reader->head.len <= ICAP_HEAD_MAX && reader->http.len <= ICAP_HEAD_MAX);
	REQUIRE(reader->line.len <= ICAP_TRAILER_MAX);
	REQUIRE((reader->place == ICAP_BROKEN) == (r < 0));
	REQUIRE((reader->place == ICAP_AT_END) == (r == ICAP_DONE));
}

static void check_verdict(struct slice all, const struct icap_verdict *verdict,
	const struct icap_limits *limits, bool previewed)
{
	bool by_204 = all.len > 12 && memcmp(all.data + 8, " 204", 4) == 0;
	bool by_body = !limits->allow_204 && all.len > 12 + strlen(object) &&
		       memcmp(all.data + 8, " 200", 4) == 0;

	REQUIRE(verdict->count <= ICAP_FINDINGS);
	REQUIRE((verdict->count > 0) == (verdict->answer == ICAP_FOUND));
	if (verdict->answer == ICAP_CLEAN) {
		REQUIRE(slice_starts(all, "ICAP/1."));
		REQUIRE(by_204 || by_body);
		REQUIRE(!previewed);
	}
	for (unsigned i = 0; i < verdict->count; i++)
		REQUIRE(verdict->findings[i].verdict >= VERDICT_LIMIT &&
			verdict->findings[i].verdict <= VERDICT_INFECTED);
}

static void check_answer(struct slice all, bool allow_204, bool previewed)
{
	const struct icap_limits limits = {.allow_204 = allow_204, .tag = "CI0001-abc"};
	struct icap_reader whole, pieces;
	struct icap_verdict verdict, again;
	size_t rest, rest_again;

	read_in(&whole, all, all.len + 1, false, &rest);
	read_in(&pieces, all, 1, false, &rest_again);
	icap_judge(&whole, &limits, previewed, &verdict);
	icap_judge(&pieces, &limits, previewed, &again);
	REQUIRE(whole.place == pieces.place && whole.status == pieces.status);
	REQUIRE(whole.place == ICAP_BROKEN || rest == rest_again);
	REQUIRE(verdict.answer == again.answer && verdict.count == again.count);
	check_verdict(all, &verdict, &limits, previewed);
	icap_reader_release(&whole);
	icap_reader_release(&pieces);
}

static void check_options(struct slice all)
{
	struct icap_limits limits;
	struct icap_reader reader;
	struct slice why;
	size_t rest;

	read_in(&reader, all, all.len + 1, true, &rest);
	if (reader.place == ICAP_AT_END && icap_limits_read(&reader, &limits, &why)) {
		REQUIRE(strlen(limits.tag) > 0 && strlen(limits.tag) < ICAP_TAG_MAX);
		REQUIRE(limits.preview <= 65536 && limits.ttl_s <= 86400);
	}
	icap_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make(data, size);

	check_answer(all, true, false);
	check_answer(all, true, true);
	check_answer(all, false, false);
	check_options(all);
	return 0;
}
