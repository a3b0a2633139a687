/*
 * The control files as shipped: all of them parse, they form a profile without error or warning, and
 * what the manual says about them holds.
 */
#include "control_tree.h"

#include "control/control.h"

static void refuse_report(void *context, bool is_error, const char *text)
{
	fail_msg("%s: %s", is_error ? "error" : "warning", text);
}

struct sample {
	struct arena arena;
	struct control control;
};

/* QMVC_SOURCE/control is QMVC_HOME/control. */
static int setup(void **state)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	struct options options = {.noscan = true};
	struct error error = {0};
	struct profile profile;
	const char *source = getenv("QMVC_SOURCE");

	assert_non_null(sample);
	assert_non_null(source);
	setenv("QMVC_HOME", source, 1);
	assert_works(profile_locate(&sample->arena, &options, NULL, &profile, &error), error);
	assert_int_equal(control_check(&profile, &options, &sample->arena, &sample->control,
				 refuse_report, NULL),
		0);
	assert_works(control_load(&profile, &options, &sample->arena, &sample->control, &error),
		error);
	assert_int_equal(control_check(&profile, &options, &sample->arena, &sample->control,
				 refuse_report, NULL),
		0);
	*state = sample;
	return 0;
}

static int teardown(void **state)
{
	struct sample *sample = *state;

	arena_release(&sample->arena);
	free(sample);
	return 0;
}

static void test_filters(void **state)
{
	const struct control *control = &((struct sample *)*state)->control;
	const struct filter *virus = &control->filters.conditions[CONDITION_VIRUS];

	assert_int_equal(filters_enabled(&control->filters),
		CONDITION_BIT(CONDITION_FILENAME) | CONDITION_BIT(CONDITION_MIMETYPE) |
			CONDITION_BIT(CONDITION_OVERLIMIT) | CONDITION_BIT(CONDITION_VIRUS));
	assert_int_equal(virus->action, ACTION_KEEP);
	assert_true(virus->quitasap);
	/* Every condition that can be used has its line, for the administrator to turn on. */
	for (unsigned i = 0; i < CONDITION_COUNT; i++)
		assert_int_equal(control->filters.conditions[i].present, i != CONDITION_AMBIGUOUS);
}

static void test_lists(void **state)
{
	const struct control *control = &((struct sample *)*state)->control;

	assert_true(control->mailheaders.wanted != 0);
	assert_true(control->subjects.count > 0 && control->bodytexts.count > 0);
	assert_true(control->mimetypes.count > 0 && control->loadertypes.count > 0);
	assert_true(control->noscantypes.count > 0);
	assert_int_equal(control->whitelist.count, 0);
	assert_int_equal(control->neverblock.count, 0);
	assert_int_equal(control->scanners.count, 1);
	assert_string_equal(
		control->scanners.scanners[0].addresses[0].path, "/run/clamav/clamd.ctl");
	assert_string_equal(control->languages[0], "en");
	assert_null(control->languages[1]);
}

static void test_file_names(void **state)
{
	static const struct {
		const char *name;
		bool bad;
	} cases[] = {{"a.EXE", true}, {"invoice.pdf.js", true}, {"x.lnk", true}, {"a.iso", true},
		{"a.{00021401-0000-0000-C000-000000000046}", true}, {"invoice.pdf.html", true},
		{"invoice.pdf", false}, {"photo.jpg", false}, {"letter.docx", false},
		{"page.html", false}, {"notes.txt", false}, {"archive.zip", false},
		{"exe", false}, {"readme.json", false}, {"my.doc.pdf", false}};
	const struct control *control = &((struct sample *)*state)->control;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool bad = false;

		for (size_t j = 0; j < control->filenames.count; j++)
			bad |= pattern_matches_name(
				control->filenames.list[j].text, slice_cstr(cases[i].name));
		if (bad != cases[i].bad)
			fail_msg("%s is %s", cases[i].name, bad ? "bad" : "good");
	}
}

/* Calls `visit` for each line of the sample that only a "#" keeps from being in force. */
static void for_each_offered(const char *name, void (*visit)(struct slice line, void *context),
	void *context)
{
	cleanup_buf struct buf file = {0};
	struct slice rest, line;
	char path[512];
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/control/%s", getenv("QMVC_SOURCE"), name);
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 20, &file), 0);
	rest = buf_slice(&file);
	while (slice_next_line(&rest, &line)) {
		if (line.len < 2 || line.data[0] != '#' || ascii_space(line.data[1]))
			continue;
		visit(slice_from(line, 1), context);
		count++;
	}
	assert_true(count > 0);
}

static void add_limit(struct slice line, void *context)
{
	struct error error = {0};

	assert_works(limits_parse(line, "limits", context, &error), error);
}

/* The limits shown in the comments are the ones compiled in. */
static void test_limits_comments(void **state)
{
	struct limits shown = {0}, compiled = limits_default();

	for_each_offered("limits", add_limit, &shown);
	assert_memory_equal(&shown, &compiled, sizeof(shown));
}

static void parse_scanner(struct slice line, void *context)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;
	struct error error = {0};

	assert_works(scanner_list_parse(&arena, line, "scanners", &list, &error), error);
	for (unsigned i = 0; i < list.count; i++)
		assert_true(list.scanners[i].timeout_ms <= list.deadline_ms);
}

static void parse_mailheader(struct slice line, void *context)
{
	cleanup_arena struct arena arena = {0};
	struct mailheaders mailheaders;
	struct error error = {0};

	assert_works(
		mailheaders_parse(&arena, line, "mailheaders", &mailheaders, &error), error);
}

static void parse_never(struct slice line, void *context)
{
	cleanup_arena struct arena arena = {0};
	struct patterns patterns;
	struct error error = {0};

	(void)context;
	assert_works(patterns_parse_addresses(&arena, line, "neverblock", &patterns, &error), error);
}

static void parse_bodytext(struct slice line, void *context)
{
	unsigned *codes = context;
	cleanup_arena struct arena arena = {0};
	struct patterns patterns;
	struct error error = {0};

	assert_works(
		patterns_parse_bodytexts(&arena, line, "badbodytexts", &patterns, &error), error);
	assert_int_equal(patterns.list[0].kind, PATTERN_COMMAND);
	*codes |= 1u << patterns.list[0].code;
}

static void parse_loader(struct slice line, void *context)
{
	cleanup_arena struct arena arena = {0};
	struct patterns patterns;
	struct error error = {0};

	assert_works(
		patterns_parse_loaders(&arena, line, "badloadertypes", &patterns, &error), error);
}

/* A line whose "#" is taken away must not be what breaks the profile. */
static void test_offered_lines(void **state)
{
	unsigned codes = 0;

	for_each_offered("scanners", parse_scanner, NULL);
	for_each_offered("mailheaders", parse_mailheader, NULL);
	for_each_offered("badbodytexts", parse_bodytext, &codes);
	assert_int_equal(codes, 3);
	for_each_offered("neverblock", parse_never, NULL);
	for_each_offered("badloadertypes", parse_loader, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_file_names, setup, teardown),
		cmocka_unit_test(test_limits_comments),
		cmocka_unit_test(test_offered_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
