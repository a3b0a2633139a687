/* The JSON writer: its form, and that no string gets out of its quotes or reaches a terminal. */
#include "unit.h"

#include "hostile.h"
#include "record/escape.h"
#include "record/json.h"

static void test_form(void **state)
{
	cleanup_buf struct buf out = {0};
	struct json json = {.out = &out};

	json_open_object(&json, NULL);
	json_cstr(&json, "name", "a");
	json_cstr(&json, "nothing", NULL);
	json_open_array(&json, "list");
	json_number(&json, NULL, UINT64_MAX);
	json_bool(&json, NULL, true);
	json_open_object(&json, NULL);
	json_close_object(&json);
	json_close_array(&json);
	json_open_array(&json, "empty");
	json_close_array(&json);
	json_ms(&json, "ms", 12345);
	json_close_object(&json);
	assert_string_equal(buf_cstr(&out), "{\n"
					    "  \"name\": \"a\",\n"
					    "  \"nothing\": null,\n"
					    "  \"list\": [\n"
					    "    18446744073709551615,\n"
					    "    true,\n"
					    "    {}\n"
					    "  ],\n"
					    "  \"empty\": [],\n"
					    "  \"ms\": 12.345\n"
					    "}\n");
}

static void test_strings(void **state)
{
	static const struct {
		struct slice text;
		const char *json;
	} cases[] = {
		{SLICE_LITERAL(""), "\"\""},
		{SLICE_LITERAL("a\"b\\c"), "\"a\\\"b\\\\c\""},
		{SLICE_LITERAL("\n\t\r\0\x1b[2J\x7f"), "\"\\n\\t\\u000d\\u0000\\u001b[2J\\u007f\""},
		{SLICE_LITERAL("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\""},
		{SLICE_LITERAL("\xc2\x9b"
			       "2J"),
			"\"\\u009b2J\""},
		{SLICE_LITERAL("a\xe2\x80\xae"
			       "exe"),
			"\"a\\u202eexe\""},
		{SLICE_LITERAL("\xff\xc3"), "\"\\ufffd\\ufffd\""},
		{SLICE_LITERAL("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},
		{SLICE_LITERAL("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct json json = {.out = &out};

		json_string(&json, NULL, cases[i].text);
		assert_string_equal(buf_cstr(&out), cases[i].json);
	}
}

/* Every quote inside is escaped, and every character may stand on a line. */
static void test_hostile(void **state)
{
	uint32_t seed = 20261122;

	for (int i = 0; i < 2000; i++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0};
		struct json json = {.out = &out};
		struct slice text;
		bool escaped = false;

		json_string(&json, NULL, hostile_text(&arena, &seed, 60));
		text = buf_slice(&out);
		assert_true(text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"');
		for (size_t at = 1, len; at < text.len - 1; at += len) {
			bool printable;

			len = escape_look(text, at, &printable);
			/* escape_look() has a backslash printable or not as its own files need. */
			assert_true(printable || text.data[at] == '\\');
			assert_true(escaped || text.data[at] != '"');
			escaped = !escaped && text.data[at] == '\\';
		}
		assert_false(escaped);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
