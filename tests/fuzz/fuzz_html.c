/*
 * Fuzz target: HTML as text. Checked: valid UTF-8 comes out, of bounded length, with
 * nothing in it that hides or moves text.
 */
#include "message/unicode.h"
#include "message/utf8.h"
#include "plain/html_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "fuzz_html: not so: %s\n", #condition);                    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Those that scripts and emoji need may stand between characters. */
static bool is_joiner(uint32_t character)
{
	return character == 0x200c || character == 0x200d || character == 0xfe0f;
}

static void check_text(struct slice text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t character = utf8_next(text, &at);

		REQUIRE(character != UTF8_WRONG);
		REQUIRE(character == '\n' || character == '\t' || is_joiner(character) ||
			!unicode_is_invisible(character));
	}
	REQUIRE(text.len == 0 || text.data[text.len - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_buf struct buf text = {0};
	int result = html_text(slice_make(data, size), &text);

	REQUIRE(result == 0 || result == -EFBIG);
	REQUIRE(text.len <= 8 * size + 140000);
	REQUIRE(result == 0 || text.len == 0);
	check_text(buf_slice(&text));
	return 0;
}
