/*
 * The file `limits`; see limits.h. Each key has a range: a limit of 0 would make every mail a
 * finding, and one beyond what the code can bear (recursion goes as deep as `depth`) would be none.
 */
#include "control/limits.h"

#include "control/syntax.h"

#include <errno.h>

#define KILO (UINT64_C(1) << 10)
#define MEGA (UINT64_C(1) << 20)
#define GIGA (UINT64_C(1) << 30)

struct limit {
	const char *name;
	size_t offset; /* of its field in struct limits */
	uint64_t min, max;
};

/* clang-format off */
#define LIMIT(name, min, max) {#name, offsetof(struct limits, name), min, max}
/* clang-format on */

static const struct limit table[] = {
	LIMIT(depth, 1, 100),
	LIMIT(members, 1, 10 * MEGA),
	LIMIT(bytes, KILO, 1024 * GIGA),
	LIMIT(ratio, 1, MEGA),
	LIMIT(seconds, 1, 3600),
	LIMIT(parts, 1, MEGA),
	LIMIT(header, KILO, GIGA),
	LIMIT(memory, 64 * MEGA, 64 * GIGA),
};

#define LIMIT_COUNT (sizeof(table) / sizeof(table[0]))

struct limits limits_default(void)
{
	return (struct limits){
		.depth = 16,
		.members = 10000,
		.bytes = 500 * MEGA,
		.ratio = 250,
		.seconds = 60,
		.parts = 1000,
		.header = MEGA,
		.memory = 512 * MEGA,
	};
}

static const struct limit *find(struct slice key)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (slice_eq_nocase_cstr(key, table[i].name))
			return &table[i];
	return NULL;
}

static int parse_line(const struct syntax *syntax, struct slice line, struct limits *limits,
	unsigned *seen, struct error *error)
{
	struct slice key, value;
	const struct limit *limit;
	unsigned bit;

	if (!syntax_pair(line, &key, &value))
		return syntax_error(syntax, error, slice_trim(line), "must be LIMIT=NUMBER");
	limit = find(key);
	if (!limit)
		return syntax_error(syntax, error, key,
			"no such limit (depth, members, bytes, ratio, seconds, parts, header, "
			"memory)");
	bit = 1u << (limit - table);
	if (*seen & bit)
		return syntax_error(syntax, error, key, "is given twice");
	*seen |= bit;
	return syntax_number(syntax, slice_trim(line), value, limit->min, limit->max,
		(uint64_t *)(void *)((char *)limits + limit->offset), error);
}

int limits_parse(struct slice text, const char *path, struct limits *limits, struct error *error)
{
	struct limits found = *limits;
	struct syntax syntax;
	struct slice line;
	unsigned seen = 0;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	while (syntax_next(&syntax, &line)) {
		failed = parse_line(&syntax, line, &found, &seen, error);
		if (failed)
			return failed;
	}
	*limits = found;
	return 0;
}
