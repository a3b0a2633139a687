/*
 * The file `scanners`; see scanner_list.h. A line is either ENGINE;INITIAL;NAME;COMMENT;OPTIONS or,
 * when its first field is WORD=VALUE, a setting for the whole file. What an option means stands in
 * scanner_option.c, addresses in scanner_address.c.
 */
#include "control/scanner_list.h"

#include "control/scanner_address.h"
#include "control/scanner_icap.h"
#include "control/scanner_option.h"
#include "control/syntax.h"

#include <errno.h>

#define DEADLINE_MS  60000
#define TIMEOUT_MS   30000
#define CLAMD_SIZE   (UINT64_C(25) << 20) /* clamd.conf(5), StreamMaxLength: Debian's 25M */
#define ENGINE_BYTES 255
#define RESIDENT_S   600

/* Engines that are a daemon at an address. */
static const struct {
	const char *word;
	enum scanner_kind kind;
	uint64_t max_size;
} daemons[] = {
	{"clamd", SCANNER_CLAMD, CLAMD_SIZE},
	{"sssp", SCANNER_SSSP, 0},
	{"fsavd", SCANNER_FSAVD, 0},
	{"trophie", SCANNER_TROPHIE, 0},
};

struct reader {
	struct arena *arena;
	struct syntax syntax;
	struct scanner_list *list;
	unsigned seen; /* settings already given */
	struct error *error;
};

static int no_memory(struct reader *reader)
{
	return error_set(reader->error, -ENOMEM, "%s: no memory", reader->syntax.path);
}

static bool is_name(struct slice word, const char *also)
{
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = ascii_lower(word.data[i]);

		if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && !strchr(also, c))
			return false;
	}
	return word.len > 0;
}

static int parse_libclamav(
	struct reader *reader, struct slice engine, struct scanner_config *config)
{
	struct slice directory = slice_from(engine, strlen("libclamav:"));

	config->kind = SCANNER_LIBCLAMAV;
	config->resident_s = RESIDENT_S;
	if (engine.len == strlen("libclamav"))
		return 0;
	if (!slice_starts(directory, "/"))
		return syntax_error(&reader->syntax, reader->error, engine,
			"must be libclamav or libclamav:/DIRECTORY of the signatures");
	config->database = arena_cstr(reader->arena, directory);
	return config->database ? 0 : no_memory(reader);
}

/* WORD:ADDRESS[,ADDRESS...]: a daemon. */
static int parse_daemon(
	struct reader *reader, struct slice engine, const char *word, struct scanner_config *config)
{
	size_t len = strlen(word);

	if (engine.len == len)
		return syntax_error(&reader->syntax, reader->error, engine,
			"where is it? %s:/SOCKET or %s:HOST:PORT", word, word);
	return scanner_addresses_parse(reader->arena, &reader->syntax, slice_from(engine, len + 1),
		0, &config->addresses, &config->address_count, reader->error);
}

/* Is the engine of this kind: WORD or WORD:...? */
static bool is_kind(struct slice engine, const char *word)
{
	size_t len = strlen(word);

	return slice_starts_nocase(engine, word) && (engine.len == len || engine.data[len] == ':');
}

static int parse_process(struct reader *reader, struct slice engine, struct scanner_config *config)
{
	config->kind = SCANNER_PROCESS;
	config->plugin = config->engine;
	if (slice_starts(engine, "/"))
		return 0;
	if (!is_name(engine, "_-.+") || engine.data[0] == '.' || engine.data[0] == '-')
		return syntax_error(&reader->syntax, reader->error, engine,
			"no such kind of scanner (NAME of a plug-in, /PATH, clamd:, sssp:, "
			"fsavd:, trophie:, icap:, libclamav)");
	return 0;
}

static int parse_engine(struct reader *reader, struct slice engine, struct scanner_config *config)
{
	if (engine.len == 0)
		return syntax_error(&reader->syntax, reader->error, engine,
			"the first field, the engine, is empty");
	if (engine.len > ENGINE_BYTES * 16)
		return syntax_error(&reader->syntax, reader->error, engine, "is too long");
	config->engine = arena_cstr(reader->arena, engine);
	if (!config->engine)
		return no_memory(reader);
	for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		if (!is_kind(engine, daemons[i].word))
			continue;
		config->kind = daemons[i].kind;
		config->max_size = daemons[i].max_size;
		return parse_daemon(reader, engine, daemons[i].word, config);
	}
	if (is_kind(engine, "libclamav"))
		return parse_libclamav(reader, engine, config);
	if (is_kind(engine, "icap"))
		return scanner_icap_parse(
			reader->arena, &reader->syntax, engine, config, reader->error);
	return parse_process(reader, engine, config);
}

static int parse_initial(struct reader *reader, struct slice initial, struct scanner_config *config)
{
	if (initial.len >= sizeof(config->initial) || !is_name(initial, ""))
		return syntax_error(&reader->syntax, reader->error, initial,
			"the second field, the initial, is one to seven letters or digits");
	for (unsigned i = 0; i < reader->list->count; i++)
		if (slice_eq_nocase_cstr(initial, reader->list->scanners[i].initial))
			return syntax_error(&reader->syntax, reader->error, initial,
				"this initial is given twice (the first time in line %u)",
				reader->list->scanners[i].line);
	memcpy(config->initial, initial.data, initial.len);
	return 0;
}

/* Full name and comment are for people: a missing name is the engine as written. */
static int parse_names(struct reader *reader, struct slice *text, struct scanner_config *config)
{
	struct slice name = SLICE_EMPTY, comment = SLICE_EMPTY;

	if (syntax_item(text, SYNTAX_FIELD, &name))
		syntax_item(text, SYNTAX_FIELD, &comment);
	config->name = name.len > 0 ? arena_cstr(reader->arena, name) : config->engine;
	config->comment = arena_cstr(reader->arena, comment);
	return config->name && config->comment ? 0 : no_memory(reader);
}

/* There is one work tree, and a file has one group: a second one would find nothing to read. */
static int check_group(struct reader *reader, const struct scanner_config *config)
{
	const char *first = scanner_list_group(reader->list);

	if (!first || !config->group || !scanner_reads_files(config) ||
		strcmp(first, config->group) == 0)
		return 0;
	return syntax_error(&reader->syntax, reader->error, slice_cstr(config->group),
		"another scanner has group=%s, and the files can have one only", first);
}

static int parse_scanner(struct reader *reader, struct slice engine, struct slice rest)
{
	struct scanner_config config = {.timeout_ms = TIMEOUT_MS, .line = reader->syntax.line};
	struct slice initial = SLICE_EMPTY, field, item;
	unsigned seen = 0;
	int failed;

	if (reader->list->count == SCANNERS_MAX)
		return syntax_error(&reader->syntax, reader->error, engine,
			"a scanner too many: up to %d can be listed", SCANNERS_MAX);
	failed = parse_engine(reader, engine, &config);
	syntax_item(&rest, SYNTAX_FIELD, &initial);
	if (!failed)
		failed = parse_initial(reader, initial, &config);
	if (!failed)
		failed = parse_names(reader, &rest, &config);
	while (!failed && syntax_item(&rest, SYNTAX_FIELD, &field))
		while (!failed && syntax_item(&field, SYNTAX_LIST, &item))
			failed = scanner_option_parse(reader->arena, &reader->syntax, item, &config,
				&seen, reader->error);
	if (!failed)
		failed = check_group(reader, &config);
	if (!failed)
		reader->list->scanners[reader->list->count++] = config;
	return failed;
}

/* WORD=VALUE in the first field: true also when no setting is called so. */
static bool is_setting(struct slice field)
{
	struct slice key, value;

	return syntax_pair(field, &key, &value) && is_name(key, "_-");
}

static int parse_line(struct reader *reader, struct slice line)
{
	struct slice rest = line, field = SLICE_EMPTY, more;

	syntax_item(&rest, SYNTAX_FIELD, &field);
	if (!is_setting(field))
		return parse_scanner(reader, field, rest);
	while (syntax_item(&rest, SYNTAX_FIELD, &more))
		if (more.len > 0)
			return syntax_error(&reader->syntax, reader->error, more,
				"a setting for the whole file stands alone in its line");
	return scanner_setting_parse(
		&reader->syntax, field, reader->list, &reader->seen, reader->error);
}

int scanner_list_parse(struct arena *arena, struct slice text, const char *path,
	struct scanner_list *list, struct error *error)
{
	struct scanner_list found = {.path = path, .deadline_ms = DEADLINE_MS};
	struct reader reader = {.arena = arena, .list = &found, .error = error};
	struct slice line;
	int failed = syntax_begin(&reader.syntax, text, path, error);

	if (failed)
		return failed;
	while (syntax_next(&reader.syntax, &line)) {
		failed = parse_line(&reader, line);
		if (failed)
			return failed;
	}
	*list = found;
	return 0;
}

bool scanner_list_reads_files(const struct scanner_list *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (scanner_reads_files(&list->scanners[i]))
			return true;
	return false;
}

const char *scanner_list_group(const struct scanner_list *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (scanner_reads_files(&list->scanners[i]) && list->scanners[i].group)
			return list->scanners[i].group;
	return NULL;
}
