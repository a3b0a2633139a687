/* The lists of patterns: what each kind of line becomes, and which lines are refused. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/patterns.h"

typedef int parser(struct arena *, struct slice, const char *, struct patterns *, struct error *);

struct expected {
	enum pattern_kind kind;
	const char *text;
	unsigned code, line;
};

static void assert_list(parser *parse, const char *text, const struct expected *expected,
	size_t count)
{
	cleanup_arena struct arena arena = {0};
	struct patterns patterns;
	struct error error = {0};

	assert_works(parse(&arena, slice_cstr(text), "f", &patterns, &error), error);
	assert_string_equal(patterns.path, "f");
	assert_int_equal(patterns.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(patterns.list[i].kind, expected[i].kind);
		assert_slice(patterns.list[i].text, expected[i].text);
		assert_int_equal(patterns.list[i].code, expected[i].code);
		assert_int_equal(patterns.list[i].line, expected[i].line);
	}
}

static void assert_refused(parser *parse, const char *text, const char *message)
{
	cleanup_arena struct arena arena = {0};
	struct patterns patterns = {.path = "kept"};
	struct error error = {0};

	assert_fails(parse(&arena, slice_cstr(text), "f", &patterns, &error), -EINVAL, error,
		message);
	assert_string_equal(patterns.path, "kept");
}

#define ASSERT_LIST(parse, text, ...)                                                              \
	do {                                                                                       \
		const struct expected list_[] = {__VA_ARGS__};                                     \
		assert_list(parse, text, list_, sizeof(list_) / sizeof(list_[0]));                 \
	} while (0)

static void test_subjects(void **state)
{
	ASSERT_LIST(patterns_parse_subjects,
		"# words\r\nfree money  \r\n free\n/^re: \\d+$/\n\nM\xc3\xbcll\n/a/b/\nlast",
		{PATTERN_STRING, "free money", 0, 2}, {PATTERN_STRING, " free", 0, 3},
		{PATTERN_REGEX, "^re: \\d+$", 0, 4}, {PATTERN_STRING, "M\xc3\xbcll", 0, 6},
		{PATTERN_REGEX, "a/b", 0, 7}, {PATTERN_STRING, "last", 0, 8});
	assert_refused(patterns_parse_subjects, "a\n/viagra",
		"f:2: '/viagra': a line that begins with / is a regular expression and ends with / "
		"too");
	assert_refused(patterns_parse_subjects, "/viagra/i",
		"f:1: '/viagra/i': a line that begins with / is a regular expression and ends "
		"with / too");
	assert_refused(patterns_parse_subjects, "/",
		"f:1: '/': a line that begins with / is a regular expression and ends with / too");
	assert_refused(patterns_parse_subjects, "//",
		"f:1: '//': an empty regular expression would match every mail");
	assert_refused(patterns_parse_subjects, "|bogofilter:0",
		"f:1: '|bogofilter:0': a command belongs into badbodytexts; for the text itself "
		"write /\\|.../");
}

static void test_bodytexts(void **state)
{
	ASSERT_LIST(patterns_parse_bodytexts,
		"viagra\n/x+/\n|bogofilter -t -u:0\n| spamc -d host:783 -c:1 \n|plain\n"
		"|nc host:smtp\n|exit 255:255\n",
		{PATTERN_STRING, "viagra", 0, 1}, {PATTERN_REGEX, "x+", 0, 2},
		{PATTERN_COMMAND, "bogofilter -t -u", 0, 3},
		{PATTERN_COMMAND, "spamc -d host:783 -c", 1, 4}, {PATTERN_COMMAND, "plain", 0, 5},
		{PATTERN_COMMAND, "nc host:smtp", 0, 6}, {PATTERN_COMMAND, "exit 255", 255, 7});
	assert_refused(patterns_parse_bodytexts, "|",
		"f:1: '|': there is no command");
	assert_refused(patterns_parse_bodytexts, "| :3",
		"f:1: '| :3': there is no command");
	assert_refused(patterns_parse_bodytexts, "|cmd:",
		"f:1: '|cmd:': the exit code is missing behind the last colon");
	static const char *const high[] = {"256", "783", "99999999999999999999999"};
	for (size_t i = 0; i < 3; i++) {
		char line[64], message[160];

		snprintf(line, sizeof(line), "|cmd:%s", high[i]);
		snprintf(message, sizeof(message),
			"f:1: '%s': an exit code is a number from 0 to 255 (behind the last colon "
			"of a command)",
			high[i]);
		assert_refused(patterns_parse_bodytexts, line, message);
	}
	static const char *const failing[] = {"111", "126", "127"};
	for (size_t i = 0; i < 3; i++) {
		char line[64], message[160];

		snprintf(line, sizeof(line), "|cmd:%s", failing[i]);
		snprintf(message, sizeof(message),
			"f:1: '%s': exit codes 111, 126 and 127 say that a command failed, they "
			"cannot meet",
			failing[i]);
		assert_refused(patterns_parse_bodytexts, line, message);
	}
	assert_refused(patterns_parse_bodytexts, "/etc/passwd",
		"f:1: '/etc/passwd': a line that begins with / is a regular expression and ends "
		"with / too");
}

static void test_names_and_types(void **state)
{
	ASSERT_LIST(patterns_parse_names, "  *.exe\t\n# c\nwinmail dat.*\n",
		{PATTERN_NAME, "*.exe", 0, 1}, {PATTERN_NAME, "winmail dat.*", 0, 3});
	ASSERT_LIST(patterns_parse_types, "application/x-dosexec\n image/* \nPE32 executable\n",
		{PATTERN_TYPE, "application/x-dosexec", 0, 1}, {PATTERN_TYPE, "image/*", 0, 2},
		{PATTERN_TYPE, "PE32 executable", 0, 3});
}

static void test_addresses(void **state)
{
	static const char *const wrong[] = {"example.org", "a@", "@", "*", "a b@example.org"};

	ASSERT_LIST(patterns_parse_addresses, "A@example.org\n# c\n @lists.example.org \n*@*.net\n",
		{PATTERN_NAME, "A@example.org", 0, 1}, {PATTERN_NAME, "@lists.example.org", 0, 3},
		{PATTERN_NAME, "*@*.net", 0, 4});
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char message[80];

		snprintf(message, sizeof(message), "f:1: '%s': is neither NAME@HOST nor @HOST",
			wrong[i]);
		assert_refused(patterns_parse_addresses, wrong[i], message);
	}
}

static void test_loaders(void **state)
{
	ASSERT_LIST(patterns_parse_loaders,
		"kernel32.dll\nIMPORT: wsock32.dll \nmagic:4D5a\nMagic: 7f 45 4C 46\nimports:x\n",
		{PATTERN_STRING, "kernel32.dll", 0, 1}, {PATTERN_IMPORT, "wsock32.dll", 0, 2},
		{PATTERN_MAGIC, "MZ", 0, 3}, {PATTERN_MAGIC, "\x7f"
							     "ELF",
						     0, 4},
		{PATTERN_STRING, "imports:x", 0, 5});
	assert_refused(patterns_parse_loaders, "magic:",
		"f:1: 'magic:': magic: wants two digits for each byte");
	assert_refused(patterns_parse_loaders, "magic:4d5",
		"f:1: 'magic:4d5': magic: wants two digits for each byte");
	assert_refused(patterns_parse_loaders, "magic:4dxy",
		"f:1: 'magic:4dxy': magic: wants hexadecimal digits, two for each byte");
	assert_refused(patterns_parse_loaders, "import: ",
		"f:1: 'import:': import: wants the name of a library");
}

static void test_magic_nul(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct patterns patterns;
	struct error error = {0};

	assert_works(patterns_parse_loaders(&arena, slice_cstr("magic:0061736D"), "f", &patterns,
			     &error),
		error);
	assert_int_equal(patterns.list[0].text.len, 4);
	assert_memory_equal(patterns.list[0].text.data, "\0asm", 4);
}

static void test_edges(void **state)
{
	static parser *const parsers[] = {patterns_parse_subjects, patterns_parse_bodytexts,
		patterns_parse_names, patterns_parse_types, patterns_parse_loaders};
	cleanup_free char *large = control_unit_long("x\n", 'y', 1 << 20, "");

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct slice nul = SLICE_LITERAL("ab\ncd\0ef\n");
		struct patterns patterns = {.count = 9};
		struct error error = {0};

		assert_works(parsers[i](&arena, SLICE_EMPTY, "f", &patterns, &error), error);
		assert_int_equal(patterns.count, 0);
		assert_fails(parsers[i](&arena, nul, "f", &patterns, &error), -EINVAL, error,
			"f:2: a NUL byte: this is not a text file");
		assert_works(parsers[i](&arena, slice_cstr(large), "f", &patterns, &error), error);
		assert_int_equal(patterns.count, 2);
		assert_int_equal(patterns.list[1].text.len, 1 << 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_bodytexts),
		cmocka_unit_test(test_names_and_types),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_loaders),
		cmocka_unit_test(test_magic_nul),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
