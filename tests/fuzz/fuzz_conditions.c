/*
 * Fuzz target: judges its input, a mail, by every condition that needs no helper and no command,
 * with rules that touch everything, and checks what the log and decide() rely on in findings.
 */
#include "conditions/condition.h"
#include "conditions/noscan.h"
#include "conditions/rule.h"
#include "message/message.h"
#include "message/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "fuzz_conditions: not so: %s\n", #condition);              \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static void rules(struct arena *arena, struct control *control)
{
	struct error error = {0};

	REQUIRE(!mailheaders_parse(arena,
		slice_cstr("header=s\ndate=r\nto=r\nmsgid=r\nfrom=r\nsubject=r\nmime=s\n+to=@\n"),
		"mailheaders", &control->mailheaders, &error));
	REQUIRE(!patterns_parse_subjects(arena, slice_cstr("a b\n\xc3\xa4\n/^re: .*[0-9]/\n"),
		"badsubjects", &control->subjects, &error));
	REQUIRE(!patterns_parse_bodytexts(arena, slice_cstr("click here\nxx\n/(a|b)+c{2}/\n"),
		"badbodytexts", &control->bodytexts, &error));
	REQUIRE(!patterns_parse_names(arena, slice_cstr("*.exe\n*a*b*\nx?[0-9]\n"), "badfilenames",
		&control->filenames, &error));
	REQUIRE(!patterns_parse_types(arena, slice_cstr("text/html\nimage/*\nASCII\n"),
		"badmimetypes", &control->mimetypes, &error));
	REQUIRE(!patterns_parse_types(
		arena, slice_cstr("text/plain\n"), "noscantypes", &control->noscantypes, &error));
	REQUIRE(!patterns_parse_loaders(arena, slice_cstr("kernel32.dll\nimport:x\nmagic:4d5a\n"),
		"badloadertypes", &control->loadertypes, &error));
	control->filters.conditions[CONDITION_SUBJECT].ignorecase = true;
	control->filters.conditions[CONDITION_BODYTEXT].ignorecase = true;
	control->limits = (struct limits){.depth = 8,
		.members = 10,
		.bytes = 1 << 20,
		.ratio = 250,
		.seconds = 60,
		.parts = 50,
		.header = 1 << 14,
		.memory = 1 << 20};
}

static void check_findings(const struct findings *findings, const struct objects *objects)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		struct slice detail = slice_cstr(finding->detail);

		REQUIRE(findings->met & CONDITION_BIT(finding->condition));
		REQUIRE(finding->pattern && finding->pattern[0]);
		REQUIRE(detail.len <= DETAIL_MAX && utf8_valid_prefix(detail) == detail.len);
		REQUIRE(finding->object == FINDING_NO_OBJECT ||
			(finding->object > 0 && (size_t)finding->object < objects->count));
		REQUIRE((finding->code != 0) == (finding->condition == CONDITION_ERRORS));
	}
}

static void judge(struct check check, const struct options *options)
{
	struct findings findings = {0};

	check.options = options;
	check.findings = &findings;
	if (options->noscan)
		noscan_mark(check.control, check.message, check.objects);
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		struct error error = {0};

		if (conditions[id].check)
			REQUIRE(conditions[id].check(&check, &error) == 0);
	}
	check_findings(&findings, check.objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct options plain, noscan = {.noscan = true};
	cleanup_arena struct arena arena = {0};
	struct control control = {0};
	struct message message = {.fd = -1, .bytes = slice_make(data, size)};
	struct objects objects = {0};
	struct loop *loop = NULL;
	struct error error = {0};
	int replacement_fd = -1;
	struct check check = {.control = &control,
		.message = &message,
		.objects = &objects,
		.loop = &loop,
		.arena = &arena,
		.replacement_fd = &replacement_fd};

	rules(&arena, &control);
	REQUIRE(!reading_read(&message.reading, &reading_principal, message.bytes, &control.limits,
		"/tmp", &error));
	REQUIRE(!objects_make(&objects, &message));
	for (size_t i = 1; i < objects.count; i++) /* as qmvc-open might have said */
		objects.list[i].flags |= objects.list[i].content->bytes.len % 2 ? OBJECT_EXECUTABLE : 0;
	judge(check, &plain);
	judge(check, &noscan);
	REQUIRE(!loop && replacement_fd < 0);
	objects_release(&objects);
	reading_release(&message.reading);
	return 0;
}
