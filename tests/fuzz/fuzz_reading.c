/*
 * Fuzz target: reads its input as a mail, by the principal rules and by their opposite, with limits
 * small enough that reaching them is ordinary, and checks what every later stage relies on. The
 * input is a mail as it stands, so any mail can serve as a seed.
 */
#include "message/reading.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "fuzz_reading: not so: %s\n", #condition);                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static const struct reading_rules opposite = {
	.name = "opposite",
	.content_type = CHOOSE_LAST,
	.encoding = CHOOSE_LAST,
	.boundary = CHOOSE_LAST,
	.guess_boundary = false,
	.blocks_in_text = true,
	.decode_multipart = true,
};

/* Every byte is touched, so that a slice that points astray is seen. */
static unsigned touch(struct slice s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum += s.data[i];
	return sum;
}

static void check_part(const struct reading *reading, const struct part *part, size_t index,
	const struct limits *limits)
{
	volatile unsigned sum = touch(part->raw) + touch(part->body) + touch(part->type) +
				touch(part->subtype) + touch(part->charset) +
				touch(part->boundary) + touch(part->content.bytes);

	(void)sum;
	REQUIRE(part->index == index);
	REQUIRE(part->parent < (int)index);
	REQUIRE((part->parent < 0) == (index == 0));
	REQUIRE(part->depth <= limits->depth);
	if (index > 0)
		REQUIRE(part->depth == reading->parts[part->parent].depth + 1);
	REQUIRE(part->type.len > 0 && part->subtype.len > 0);
	REQUIRE(part->body.len <= part->raw.len);
	/* A leaf, or somebody's parent: no bytes fall between. */
	REQUIRE(part->is_leaf || (index + 1 < reading->count &&
					 reading->parts[index + 1].parent == (int)index));
	for (size_t i = 0; i < part->header.count; i++)
		sum += touch(part->header.fields[i].name) + touch(part->header.fields[i].value);
	for (size_t i = 0; i < part->name_count; i++)
		sum += touch(part->names[i]);
}

static void read_by(const struct reading_rules *rules, struct slice raw)
{
	const struct limits limits = {.depth = 6, .parts = 40, .bytes = 100000, .header = 3000};
	struct reading reading;
	struct error error = {0};
	int failed = reading_read(&reading, rules, raw, &limits, "/tmp", &error);

	/* A mail is never the reason to fail; memory is the only other one, and there is enough. */
	REQUIRE(failed == 0);
	REQUIRE(reading.count >= 1 && reading.count <= limits.parts);
	REQUIRE(reading.decoded <= limits.bytes);
	REQUIRE(reading.work <= 4 * limits.depth * (raw.len + limits.bytes) + (1 << 20));
	for (size_t i = 0; i < reading.count; i++)
		check_part(&reading, &reading.parts[i], i, &limits);
	reading_release(&reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice raw = slice_make(data, size);

	read_by(&reading_principal, raw);
	read_by(&opposite, raw);
	return 0;
}
