/*
 * What turns bytes into text, on any bytes: encoded words, charsets, names and their variants,
 * HTML, the strict test. Besides not crashing, each keeps its promise: valid UTF-8 comes out, no
 * more of it than the input allows, and nothing settled as text holds a control character.
 */
#include <stdlib.h>

#include "message/charset.h"
#include "message/names.h"
#include "message/plain_text.h"
#include "message/text.h"
#include "message/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
	if (!promise)
		abort();
}

static void require_utf8(struct slice text, size_t max)
{
	require(utf8_valid_prefix(text) == text.len);
	require(text.len <= max);
}

static void fuzz_header(struct slice input)
{
	cleanup_buf struct buf out = {0};

	require(header_decode(input, &out) == 0);
	require_utf8(buf_slice(&out), 8 * input.len + 64);
}

/* The first line names the charset. */
static void fuzz_charset(struct slice input)
{
	cleanup_buf struct buf out = {0};
	struct slice name;

	if (!slice_next_line(&input, &name))
		return;
	require(charset_name_to_utf8(name, input, &out) == 0);
	require_utf8(buf_slice(&out), 16 * input.len + 64);
	if (text_encoding(input, name) == ENCODING_ASCII)
		for (size_t i = 0; i < input.len; i++)
			require(input.data[i] >= '\t' && input.data[i] < 0x7f);
}

static void fuzz_html(struct slice input)
{
	cleanup_buf struct buf out = {0};

	require(text_from_html(input, &out) == 0);
	require_utf8(buf_slice(&out), 4 * input.len + 64);
}

static void fuzz_names(struct slice input)
{
	cleanup_arena struct arena arena = {0};
	struct header_field field = {.name = SLICE_LITERAL("Content-Disposition"), .value = input};
	struct header header = {.fields = &field, .count = 1};
	struct slice *names = NULL, *variants = NULL;
	size_t count = 0, variant_count = 0;

	require(names_collect(&arena, &header, &names, &count) == 0);
	require(count <= 64);
	for (size_t i = 0; i < count; i++) {
		require_utf8(names[i], 4096);
		require(names_variants(&arena, names[i], &variants, &variant_count) == 0);
	}
	require(variant_count <= 64 * count);
	for (size_t i = 0; i < variant_count; i++)
		require_utf8(variants[i], 4096);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_make(data, size);

	fuzz_header(input);
	fuzz_charset(input);
	fuzz_html(input);
	fuzz_names(input);
	return 0;
}
