/*
 * Condition `overlimit`: reading or opening the mail met one of the limits, so a part of it has not
 * been looked at. The finding names the limit as the file `limits` does.
 */
#include <errno.h>

#include "base/cleanup.h"
#include "conditions/list.h"
#include "conditions/rule.h"
#include "message/message.h"

/* The limit `key` as the file limits writes it, "depth=16". */
static const char *spell(const struct check *check, const char *key)
{
	const struct limits *limits = &check->control->limits;
	const struct {
		const char *key;
		uint64_t value;
	} unpacking[] = {
		{"depth", limits->depth},
		{"members", limits->members},
		{"bytes", limits->bytes},
		{"ratio", limits->ratio},
		{"seconds", limits->seconds},
	};

	for (size_t i = 0; key && i < sizeof(unpacking) / sizeof(unpacking[0]); i++)
		if (strcmp(unpacking[i].key, key) == 0)
			return arena_printf(check->arena, "%s=%llu", key,
				(unsigned long long)unpacking[i].value);
	return "opening it met a limit";
}

static int report(const struct check *check, unsigned flag, int object, struct slice detail)
{
	const struct limits *limits = &check->control->limits;
	const char *key = "bytes";
	uint64_t value = limits->bytes;

	switch (flag) {
	case PART_OVER_DEPTH:
		key = "depth";
		value = limits->depth;
		break;
	case PART_OVER_PARTS:
		key = "parts";
		value = limits->parts;
		break;
	case PART_OVER_HEADER:
		key = "header";
		value = limits->header;
		break;
	}
	return rule_met_words(check, CONDITION_OVERLIMIT, object,
		arena_printf(check->arena, "%s=%llu", key, (unsigned long long)value), detail);
}

static int object_of(const struct objects *objects, const struct part *part)
{
	for (size_t i = 0; i < objects->count; i++)
		if (objects->list[i].part == part)
			return (int)i;
	return FINDING_NO_OBJECT;
}

/* One finding for each limit: where it was met first says enough. */
static int check_parts(const struct check *check)
{
	static const unsigned flags[] = {
		PART_OVER_DEPTH, PART_OVER_PARTS, PART_OVER_BYTES, PART_OVER_HEADER};
	const struct reading *reading = &check->message->reading;
	unsigned reported = 0;

	for (size_t i = 0; i < reading->count; i++) {
		const struct part *part = &reading->parts[i];
		unsigned met = part->flags & PART_OVER_ANY & ~reported;

		for (size_t f = 0; met != 0 && f < sizeof(flags) / sizeof(flags[0]); f++) {
			char where[32];
			int code;

			if (!(met & flags[f]))
				continue;
			snprintf(where, sizeof(where), "part %u", part->index);
			code = report(check, flags[f], object_of(check->objects, part),
				slice_cstr(where));
			if (code)
				return code;
		}
		reported |= met;
	}
	return 0;
}

/* Has an object before this one met the same limit? */
static bool is_reported(const struct objects *objects, size_t index)
{
	const char *limit = objects->list[index].limit;

	for (size_t i = 0; limit && i < index; i++)
		if ((objects->list[i].flags & OBJECT_OVERLIMIT) && objects->list[i].limit &&
			strcmp(objects->list[i].limit, limit) == 0)
			return true;
	return false;
}

int overlimit_check(const struct check *check, struct error *error)
{
	int code = check_parts(check);

	(void)error;
	for (size_t i = 0; code == 0 && i < check->objects->count; i++) {
		const struct object *object = &check->objects->list[i];
		cleanup_buf struct buf label = {0};

		if (!(object->flags & OBJECT_OVERLIMIT) || is_reported(check->objects, i))
			continue;
		code = object_label(check->objects, object, &label);
		if (code == 0)
			code = rule_met_words(check, CONDITION_OVERLIMIT, (int)i,
				spell(check, object->limit), buf_slice(&label));
	}
	return code;
}
