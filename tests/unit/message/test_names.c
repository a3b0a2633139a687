/* Names of parts: every form that some mail program shows, and what a system makes of them. */
#include "unit.h"

#include "message/name_forms.h"
#include "message/names.h"
#include "message/utf8.h"

#define S(text) slice_make((text), sizeof(text) - 1)

struct found {
	struct arena arena;
	struct slice *list;
	size_t count;
};

static bool has(const struct found *found, struct slice name)
{
	for (size_t i = 0; i < found->count; i++)
		if (slice_eq(found->list[i], name))
			return true;
	return false;
}

/* A name that ends in `suffix`, among the names or what they may be taken for. */
static bool has_ending(struct found *found, const char *suffix)
{
	size_t count = found->count;
	struct slice *list = found->list;

	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			names_variants(&found->arena, list[i], &found->list, &found->count), 0);
	for (size_t i = 0; i < found->count; i++)
		if (slice_ends_nocase(found->list[i], suffix))
			return true;
	return false;
}

static struct found collect(struct slice type, struct slice disposition)
{
	struct header_field fields[] = {
		{.name = SLICE_LITERAL("Content-Type"), .value = type},
		{.name = SLICE_LITERAL("content-disposition"), .value = disposition},
	};
	struct header header = {.fields = fields, .count = 2};
	struct found found = {0};

	assert_int_equal(names_collect(&found.arena, &header, &found.list, &found.count), 0);
	return found;
}

static struct found attached(struct slice disposition)
{
	return collect(S("application/octet-stream"), disposition);
}

static void check_first(struct slice disposition, const char *want)
{
	struct found found = attached(disposition);

	assert_true(found.count > 0);
	assert_slice(found.list[0], want);
	arena_release(&found.arena);
}

static void check_exe(struct slice disposition)
{
	struct found found = attached(disposition);

	if (!has_ending(&found, "evil.exe"))
		fail_msg("no evil.exe in \"%.*s\"", SLICE_ARGS(disposition));
	arena_release(&found.arena);
}

static void test_both_fields(void **state)
{
	struct found found = collect(S("a/b; name=evil.exe"), S("attachment; filename=safe.txt"));

	assert_int_equal(found.count, 2);
	assert_slice(found.list[0], "safe.txt");
	assert_slice(found.list[1], "evil.exe");
	arena_release(&found.arena);
	found = collect(S("text/plain"), S("inline"));
	assert_int_equal(found.count, 0);
	arena_release(&found.arena);
}

static void test_people_read_the_best_first(void **state)
{
	check_first(S("attachment; filename=plain.txt; filename*=utf-8''gr%C3%BCn.txt"),
		"gr\xc3\xbcn.txt");
	check_first(S("attachment; filename=\"=?utf-8?Q?gr=C3=BCn.txt?=\""), "gr\xc3\xbcn.txt");
	check_first(S("attachment; filename*0*=iso-8859-1'de'gr%FC; filename*1=n.txt"),
		"gr\xc3\xbcn.txt");
	check_first(S("attachment; filename=\"gr\xfcn.txt\""), "gr\xc3\xbcn.txt");
}

/* The disguises of the catalogue of ambiguous mails, in its order. */
static void test_disguises(void **state)
{
	check_exe(S("attachment; filename=\"=?utf-8?B?ZXZpbC5leGU=?=\""));
	check_exe(S("attachment; filename=\"=?utf-8?B?ZXZpbC5l?=\r\n =?utf-8?Q?xe?=\""));
	check_exe(S("attachment; filename==?utf-8?Q?evil=2Eexe?="));
	check_exe(S("attachment; filename*0=\"evil.\"; filename*2=\"exe\""));
	check_exe(S("attachment;\r\n filename*0*=us-ascii''e%76il;\r\n filename*1=.;\r\n "
		    "filename*2*=%65xe"));
	check_exe(S("attachment; filename=\"evil.exe\0.txt\""));
	check_exe(S("attachment; filename*=utf-8''evil.%E2%80%AEexe"));
	check_exe(S("attachment; filename=\"evil.exe. \""));
	check_exe(S("attachment; filename=safe.txt                evil.exe"));
	check_exe(S("attachment; filename=evil.exe(.txt)"));
	check_exe(S("attachment; filename=\"evil.exe::$DATA\""));
	check_exe(S("attachment; filename*=utf-8''evil%EF%BC%8E%EF%BD%85%EF%BD%98%EF%BD%85"));
	check_exe(S("attachment; filename=\"ev\r\n\til.exe\""));
	check_exe(S("attachment; filename*=x-nope''evil.exe"));
	check_exe(S("attachment; FILENAME = evil.exe"));
	check_exe(S("attachment; filename=safe.txt; filename=evil.exe"));
	check_exe(S("attachment; filename*1=exe; filename*0=evil."));
	check_exe(S("attachment; filename*0=safe; filename*0=evil; filename*1=.exe"));
	check_exe(S("attachment; filename*0=evil.exe; filename*5=.txt"));
	check_exe(S("attachment; filename*1=evil.; filename*0=exe"));
	check_exe(S("attachment; filename*0=\"=?utf-8?Q?evil\"; filename*1=\"=2Eexe?=\""));
	check_exe(S("attachment; filename=\"evil.exe"));
	check_exe(S("attachment; name=evil.exe"));
	check_exe(S("attachment; filename*=utf-16''e%00v%00i%00l%00.%00e%00x%00e%00"));
}

static void check_variant(struct slice name, const char *want)
{
	struct found found = {0};

	assert_int_equal(names_variants(&found.arena, name, &found.list, &found.count), 0);
	if (!has(&found, slice_cstr(want)))
		fail_msg("\"%.*s\" is not taken for \"%s\"", SLICE_ARGS(name), want);
	assert_false(has(&found, name));
	arena_release(&found.arena);
}

static void test_variants(void **state)
{
	check_variant(S("evil\0.txt"), "evil");
	check_variant(S("evil\0.txt"), "evil.txt");
	check_variant(S("ev\xe2\x80\x8bil\xc2\xad.exe"), "evil.exe");
	check_variant(S("evil%2eexe"), "evil.exe");
	check_variant(S("evil%252eexe"), "evil.exe");
	check_variant(S("evil.exe%00.txt"), "evil.exe");
	check_variant(S("..\\..\\evil.exe"), "evil.exe");
	check_variant(S("a/b/evil.exe/"), "evil.exe");
	check_variant(S("c:evil.exe"), "evil.exe");
	check_variant(S("evil.exe... "), "evil.exe");
	check_variant(S("evil.exe:x:$DATA"), "evil.exe");
	check_variant(S("evil.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"), "evil.txt");
	check_variant(S("evil.exe(a (nested) one)"), "evil.exe");
	check_variant(
		S("\xf0\x9d\x90\x9e\xf0\x9d\x90\xaf\xf0\x9d\x90\xa2\xf0\x9d\x90\xa5"), "evil");
	check_variant(S("evil\xe2\x80\xa4"
			"exe"),
		"evil.exe");
	/* several at once */
	check_variant(S("x/\xe2\x80\xae"
			"evil\xef\xbc\x8e"
			"exe%20.::$DATA"),
		"evil.exe");
	check_variant(S("x%5Cevil.exe%3A%3A$DATA"), "evil.exe");
}

static void test_ordinary_names_have_no_variants(void **state)
{
	static const char *const names[] = {"letter.pdf", "gr\xc3\xbcn.txt", "100% sure.doc",
		"a (1).jpg", "12:30 notes.txt", "(draft)"};
	struct found found = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(names_variants(&found.arena, slice_cstr(names[i]), &found.list,
					 &found.count),
			0);
	assert_int_equal(found.count, 0);
	arena_release(&found.arena);
}

static void test_bounds(void **state)
{
	cleanup_buf struct buf value = {0};
	struct found found;

	buf_add_cstr(&value, "attachment; filename=\"");
	for (unsigned i = 0; i < 5000; i++)
		buf_add_cstr(&value, "\xc3\xa9");
	buf_add_cstr(&value, "evil.exe\"");
	found = attached(buf_slice(&value));
	assert_true(found.list[0].len <= NAME_MAX_BYTES);
	assert_int_equal(utf8_valid_prefix(found.list[0]), found.list[0].len);
	assert_true(has_ending(&found, "evil.exe"));
	arena_release(&found.arena);

	/* Of very many names the first and the last stay. */
	buf_clear(&value);
	buf_add_cstr(&value, "attachment; filename=first.exe");
	for (unsigned i = 0; i < 500; i++)
		buf_addf(&value, "; filename=%u.txt", i);
	buf_add_cstr(&value, "; filename=last.exe");
	found = attached(buf_slice(&value));
	assert_int_equal(found.count, NAME_FORMS_MAX);
	assert_true(has(&found, S("first.exe")));
	assert_true(has(&found, S("last.exe")));
	arena_release(&found.arena);
}

static void test_add(void **state)
{
	struct found found = {0};

	assert_int_equal(names_add(&found.arena, S("a.exe"), &found.list, &found.count), 0);
	assert_int_equal(names_add(&found.arena, S("gr\xfcn"), &found.list, &found.count), 0);
	assert_int_equal(names_add(&found.arena, S("a.exe"), &found.list, &found.count), 0);
	assert_int_equal(names_add(&found.arena, S(""), &found.list, &found.count), 0);
	assert_int_equal(found.count, 2);
	assert_slice(found.list[0], "a.exe");
	assert_slice(found.list[1], "gr\xc3\xbcn");
	arena_release(&found.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_fields),
		cmocka_unit_test(test_people_read_the_best_first),
		cmocka_unit_test(test_disguises),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_ordinary_names_have_no_variants),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
