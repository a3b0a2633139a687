/* Parameters: the forms of RFC 2045 and 2231, and each deviation that some program sends. */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "message/parameter.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static struct parameters parse(const char *field)
{
	struct parameters parameters;

	assert_int_equal(parameters_parse(&arena, slice_cstr(field), &parameters), 0);
	return parameters;
}

/* "value|name=value|name*2*=value", a "!" at the end when untidy. */
static const char *shown(const char *field)
{
	struct parameters parameters = parse(field);
	static char text[4096];
	size_t used = (size_t)snprintf(text, sizeof(text), "%.*s", SLICE_ARGS(parameters.value));

	for (size_t i = 0; i < parameters.count; i++) {
		const struct parameter *p = &parameters.list[i];
		char section[16] = "";

		if (p->section >= 0)
			snprintf(section, sizeof(section), "*%d", p->section);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "|%.*s%s%s=%.*s",
			SLICE_ARGS(p->name), section, p->extended ? "*" : "", SLICE_ARGS(p->value));
	}
	snprintf(text + used, sizeof(text) - used, "%s", parameters.untidy ? "!" : "");
	return text;
}

static void test_forms(void **state)
{
	static const char *const cases[][2] = {
		/* as the standards have it */
		{" text/plain; charset=us-ascii", "text/plain|charset=us-ascii"},
		{" multipart/mixed;\r\n\tboundary=\"foo bar\"", "multipart/mixed|boundary=foo bar"},
		{"a/b;x=\"q\\\"q\\\\\";", "a/b|x=q\"q\\"},
		{"attachment", "attachment"},
		{"", ""},
		{"a/b; FileName=X", "a/b|filename=X"},
		{"a/b; x*=utf-8''%41", "a/b|x*=utf-8''%41"},
		{"a/b; x*0=1; x*1*=2; x*2=3", "a/b|x*0=1|x*1*=2|x*2=3"},
		{"a/b; x=1; x=2", "a/b|x=1|x=2"},
		/* separators */
		{"multipart/mixed boundary=foo", "multipart/mixed|boundary=foo!"},
		{"multipart/mixed, boundary=foo", "multipart/mixed|boundary=foo!"},
		{"text/plain, multipart/mixed; boundary=foo", "text/plain|boundary=foo!"},
		{"a/b; x=1 y=2", "a/b|x=1|y=2!"},
		{"a/b; x=1, y=2", "a/b|x=1|y=2!"},
		{"a/b; x=\"1\" y=2", "a/b|x=1|y=2!"},
		{"a/b;; ; x=1;", "a/b|x=1"},
		{"; x=1", "|x=1"},
		{"boundary=foo", "boundary=foo"},
		{" x=1; y=2", "|x=1|y=2!"},
		/* blanks */
		{"a/b; x = 1", "a/b|x=1"},
		{"a/b; x =\r\n 1", "a/b|x=1"},
		{"a / b; x=1", "a / b|x=1"},
		{"a/b; x=safe.txt     evil.exe", "a/b|x=safe.txt     evil.exe!"},
		{"a/b; x=\"ev\r\n\til.exe\"", "a/b|x=ev\til.exe"},
		{"a/b; file name=x", "a/b!"},
		/* quotes */
		{"a/b; x=\"foo", "a/b|x=foo!"},
		{"a/b; x=\"", "a/b|x=!"},
		{"a/b; x=\"\"", "a/b|x="},
		{"a/b; x=\"X;\"", "a/b|x=X;"},
		{"a/b; x=\"f\\oo\"", "a/b|x=foo"},
		{"a/b; x='foo'", "a/b|x='foo'"},
		{"a/b; x=\"a\"b; y=1", "a/b|x=a|y=1!"},
		{"a/b; x=\"a\" \"b;c\"; y=1", "a/b|x=a|y=1!"},
		{"a/b; x==?utf-8?Q?evil=2Eexe?=", "a/b|x==?utf-8?Q?evil=2Eexe?="},
		/* comments */
		{"multipart(a)/(b)mixed(c);(d) boundary(e)=(f)foo (g)",
			"multipart/mixed|boundary=foo!"},
		{"a/b; x=evil.exe(.txt)", "a/b|x=evil.exe!"},
		{"a/b; x=1(a(b)\\)c); y=2", "a/b|x=1|y=2!"},
		{"a/b; x=(1; y=2", "a/b|x=(1|y=2!"},
		{"a/b (; x=1", "a/b (|x=1!"},
		/* nothing of the kind */
		{"a/b; =x; y=1", "a/b|y=1!"},
		{"a/b; x; y=1", "a/b|y=1!"},
		{"a/b; \"x\"=1; y=1", "a/b|y=1!"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(shown(cases[i][0]), cases[i][1]);
}

static void test_raw(void **state)
{
	struct parameters p = parse("a/b; x=evil.exe(.txt) ; y = \"C:\\a b\" junk; z=1, w=2");

	assert_int_equal(p.count, 4);
	assert_slice(p.list[0].raw, "evil.exe(.txt)");
	assert_slice(p.list[0].value, "evil.exe");
	assert_false(p.list[0].quoted);
	assert_slice(p.list[1].raw, "\"C:\\a b\" junk");
	assert_slice(p.list[1].value, "C:a b");
	assert_true(p.list[1].quoted);
	assert_slice(p.list[2].raw, "1");
	assert_slice(p.list[3].raw, "2");
}

static void test_many(void **state)
{
	cleanup_buf struct buf field = {0};
	struct parameters p;

	buf_add_cstr(&field, "a/b");
	for (int i = 0; i < 999; i++)
		buf_addf(&field, "; x%d=%d", i, i);
	buf_add_cstr(&field, "; boundary=foo");
	assert_int_equal(parameters_parse(&arena, buf_slice(&field), &p), 0);
	assert_int_equal(p.count, 1000);
	assert_false(p.untidy);
	assert_slice(p.list[999].value, "foo");
	buf_add_cstr(&field, "; over=1");
	assert_int_equal(parameters_parse(&arena, buf_slice(&field), &p), 0);
	assert_int_equal(p.count, 1000);
	assert_true(p.untidy);
}

/* Every prefix and every rotation of what is open: nothing may be read outside (ASan says). */
static void test_cut(void **state)
{
	const char *fields[] = {
		"a(b)/c; x*0*=\"y\\\"(z)\"; w=(v)u , t=s; =; r=\"",
		"((((((((((((((((((((\\", "a/b; x=((((((((((((\"\"\"\"\"\\",
		"\"\"\"\"\\\"\"=\"\"=;\";=", ", , ,=,;,=(,", "a b c d e f = g h = i",
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		for (size_t from = 0; from <= strlen(fields[i]); from++)
			for (size_t len = 0; from + len <= strlen(fields[i]); len++) {
				/* A copy of its own, so that reading past it is seen. */
				cleanup_free unsigned char *copy = malloc(len + (len == 0));
				struct parameters p;

				memcpy(copy, fields[i] + from, len);
				assert_int_equal(
					parameters_parse(&arena, slice_make(copy, len), &p), 0);
				assert_true(p.count <= len);
			}
}

/* What would be quadratic in a careless parser: a megabyte of each must be over at once. */
static void test_linear(void **state)
{
	const char *units[] = {
		"(", "\"", "\\", ";", " ", "a ", "(a", "a=", ",", "x (", "=(", "; a"};
	const size_t size = 1 << 20;
	cleanup_free unsigned char *field = malloc(size);

	for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
		struct parameters p;

		for (size_t i = 0; i < size; i++)
			field[i] = (unsigned char)units[u][i % strlen(units[u])];
		assert_int_equal(parameters_parse(&arena, slice_make(field, size), &p), 0);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_forms, teardown),
		cmocka_unit_test_teardown(test_raw, teardown),
		cmocka_unit_test_teardown(test_many, teardown),
		cmocka_unit_test_teardown(test_cut, teardown),
		cmocka_unit_test_teardown(test_linear, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
