/* Options and settings of the file `scanners`; see scanner_option.h. */
#include "control/scanner_option.h"

#include <errno.h>

#define SECONDS_MAX  3600
#define RESIDENT_MAX 86400
#define SIZE_MAXIMUM (UINT64_C(1) << 40)
#define GROUP_LENGTH 32

enum key {
	KEY_TIMEOUT,
	KEY_ONFAIL,
	KEY_MAXSIZE,
	KEY_GROUP,
	KEY_RESIDENT,
	KEY_MODE,
	KEY_DEADLINE,
};

static const char *const names[] = {
	[KEY_TIMEOUT] = "timeout",
	[KEY_ONFAIL] = "onfail",
	[KEY_MAXSIZE] = "maxsize",
	[KEY_GROUP] = "group",
	[KEY_RESIDENT] = "resident",
	[KEY_MODE] = "mode",
	[KEY_DEADLINE] = "deadline",
};

static bool is_option(enum key key)
{
	return key <= KEY_RESIDENT;
}

static bool find(struct slice word, enum key *key)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_eq_nocase_cstr(word, names[i])) {
			*key = (enum key)i;
			return true;
		}
	}
	return false;
}

static int seconds(const struct syntax *syntax, struct slice item, struct slice value,
	unsigned *milliseconds, struct error *error)
{
	uint64_t number = 0;
	int failed = syntax_number(syntax, item, value, 1, SECONDS_MAX, &number, error);

	if (!failed)
		*milliseconds = (unsigned)number * 1000;
	return failed;
}

static int parse_on_fail(const struct syntax *syntax, struct slice item, struct slice value,
	enum on_fail *on_fail, struct error *error)
{
	static const char *const words[] = {
		[ON_FAIL_DEFER] = "defer", [ON_FAIL_IGNORE] = "ignore", [ON_FAIL_BLOCK] = "block"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_eq_nocase_cstr(value, words[i])) {
			*on_fail = (enum on_fail)i;
			return 0;
		}
	}
	return syntax_error(
		syntax, error, item, "must be onfail=defer, onfail=ignore or onfail=block");
}

static int parse_group(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct slice value, const char **group, struct error *error)
{
	if (value.len == 0 || value.len > GROUP_LENGTH)
		return syntax_error(syntax, error, item, "must be group=NAME of a Unix group");
	*group = arena_cstr(arena, value);
	return *group ? 0 : error_set(error, -ENOMEM, "%s: no memory", syntax->path);
}

static int parse_resident(const struct syntax *syntax, struct slice item, struct slice value,
	struct scanner_config *config, struct error *error)
{
	uint64_t number = 0;
	int failed;

	if (config->kind != SCANNER_LIBCLAMAV)
		return syntax_error(syntax, error, item, "this option is for libclamav only");
	failed = syntax_number(syntax, item, value, 0, RESIDENT_MAX, &number, error);
	if (!failed)
		config->resident_s = (unsigned)number;
	return failed;
}

/* Finds the key of `item`; refuses one that was seen already. */
static int take_key(const struct syntax *syntax, struct slice item, bool option, unsigned *seen,
	enum key *key, struct slice *value, struct error *error)
{
	struct slice word;

	if (!syntax_pair(item, &word, value) || !find(word, key) || is_option(*key) != option)
		return syntax_error(syntax, error, item,
			option ? "no such option (timeout=, onfail=, maxsize=, group=, resident=)"
			       : "no such setting for the whole file (mode=, deadline=)");
	if (*seen & 1u << *key)
		return syntax_error(syntax, error, word, "is given twice");
	*seen |= 1u << *key;
	return 0;
}

int scanner_option_parse(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct scanner_config *config, unsigned *seen, struct error *error)
{
	struct slice value;
	enum key key = KEY_TIMEOUT;
	int failed;

	if (item.len == 0)
		return 0;
	failed = take_key(syntax, item, true, seen, &key, &value, error);
	if (failed)
		return failed;
	switch (key) {
	case KEY_TIMEOUT:
		return seconds(syntax, item, value, &config->timeout_ms, error);
	case KEY_ONFAIL:
		return parse_on_fail(syntax, item, value, &config->on_fail, error);
	case KEY_MAXSIZE:
		return syntax_number(
			syntax, item, value, 0, SIZE_MAXIMUM, &config->max_size, error);
	case KEY_GROUP:
		return parse_group(arena, syntax, item, value, &config->group, error);
	default:
		return parse_resident(syntax, item, value, config, error);
	}
}

int scanner_setting_parse(const struct syntax *syntax, struct slice item, struct scanner_list *list,
	unsigned *seen, struct error *error)
{
	struct slice value;
	enum key key;
	int failed = take_key(syntax, item, false, seen, &key, &value, error);

	if (failed)
		return failed;
	if (key == KEY_DEADLINE)
		return seconds(syntax, item, value, &list->deadline_ms, error);
	if (slice_eq_nocase_cstr(value, "sequential"))
		list->sequential = true;
	else if (!slice_eq_nocase_cstr(value, "concurrent"))
		return syntax_error(
			syntax, error, item, "must be mode=concurrent or mode=sequential");
	return 0;
}
