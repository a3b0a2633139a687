/* The transfer decoders: the plain forms, junk, truncation, every cut, the output's borders. */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "message/transfer.h"

#include <errno.h>
#include <stdlib.h>

static struct transfer_result result;

/* Decodes a copy of its own size, so that ASan sees a read beyond it. */
static struct content decode_limited(
	enum transfer_encoding encoding, struct slice encoded, uint64_t limit, int want)
{
	cleanup_free unsigned char *copy = malloc(encoded.len + 1);
	struct content_writer writer;
	struct content content;

	if (encoded.len > 0)
		memcpy(copy + 1, encoded.data, encoded.len);
	content_writer_init(&writer, "/tmp", limit);
	assert_int_equal(
		transfer_decode(encoding, slice_make(copy + 1, encoded.len), &writer, &result),
		want);
	if (result.name.data && result.name.data >= copy && result.name.data <= copy + encoded.len)
		result.name.data = encoded.data + (result.name.data - copy - 1);
	assert_int_equal(content_writer_finish(&writer, &content), 0);
	content_writer_release(&writer);
	return content;
}

static struct content decode(enum transfer_encoding encoding, struct slice encoded)
{
	return decode_limited(encoding, encoded, UINT64_MAX, 0);
}

struct form {
	const char *encoded, *decoded;
	unsigned flags;
};

static void assert_forms(enum transfer_encoding encoding, const struct form *forms, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct content content = decode(encoding, slice_cstr(forms[i].encoded));

		if (!slice_eq_cstr(content.bytes, forms[i].decoded) ||
			result.flags != forms[i].flags)
			fail_msg("\"%s\" gives \"%.*s\", flags %u", forms[i].encoded,
				SLICE_ARGS(content.bytes), result.flags);
		content_release(&content);
	}
}

#define ASSERT_FORMS(encoding, forms) \
	assert_forms(encoding, forms, sizeof(forms) / sizeof((forms)[0]))

static void test_field(void **state)
{
	static const struct {
		const char *value;
		enum transfer_encoding encoding;
		bool untidy;
	} cases[] = {
		{"base64", TRANSFER_BASE64, false},
		{" bASe64 \t", TRANSFER_BASE64, false},
		{"\r\n base64", TRANSFER_BASE64, false},
		{"\r\n \r\n base64\r\n", TRANSFER_BASE64, false},
		{"base64 (7bit)", TRANSFER_BASE64, true},
		{"(x(y)) base64", TRANSFER_BASE64, true},
		{"\"base64\"", TRANSFER_BASE64, true},
		{"base64; x", TRANSFER_BASE64, true},
		{"x-base64", TRANSFER_BASE64, true},
		{"quoted-printable", TRANSFER_QUOTED_PRINTABLE, false},
		{"Quoted-Printable", TRANSFER_QUOTED_PRINTABLE, false},
		{"x-uuencode", TRANSFER_UUENCODE, true},
		{"uuencode", TRANSFER_UUENCODE, false},
		{"x-uue", TRANSFER_UUENCODE, true},
		{"x-yenc", TRANSFER_YENC, true},
		{"mac-binhex40", TRANSFER_BINHEX, false},
		{"7bit", TRANSFER_IDENTITY, false},
		{"8BIT", TRANSFER_IDENTITY, false},
		{"binary", TRANSFER_IDENTITY, false},
		{"7bit, base64", TRANSFER_IDENTITY, true},
		{"", TRANSFER_IDENTITY, false},
		{"  \r\n ", TRANSFER_IDENTITY, false},
		{"base 64", TRANSFER_UNKNOWN, true},
		{"base", TRANSFER_UNKNOWN, false},
		{"rot13", TRANSFER_UNKNOWN, false},
		{";", TRANSFER_UNKNOWN, true},
		{"(", TRANSFER_IDENTITY, true},
		{"x-", TRANSFER_UNKNOWN, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool untidy = false;

		if (transfer_from_field(slice_cstr(cases[i].value), &untidy) != cases[i].encoding ||
			untidy != cases[i].untidy)
			fail_msg("\"%s\"", cases[i].value);
	}
}

static void test_base64(void **state)
{
	static const struct form forms[] = {
		{"", "", 0},
		{"aGVsbG8=", "hello", 0},
		{"aGVsbG8=\r\n", "hello", 0},
		{"aGVs\r\nbG8=", "hello", 0},
		{"aGVs\n\n\tbG8 =\n", "hello", 0},
		{"aGVsbA==", "hell", 0},
		{"aGVs", "hel", 0},
		{"aGVsbG8", "hello", PART_TRUNCATED},
		{"aGVsbA", "hell", PART_TRUNCATED},
		{"aGVsbA=", "hell", 0},
		{"aGVsb", "hel", PART_TRUNCATED},
		{"a.G.V.s.b.G.8.=", "hello", PART_BAD_ENCODING},
		{"aGVs-bG8=", "hello", PART_BAD_ENCODING},
		{"aGV\0sbG8=", "he", PART_TRUNCATED}, /* (the C string ends at the NUL) */
		{"aGV\377sbG8=", "hello", PART_BAD_ENCODING},
		{"=aGVsbG8=", "hello", PART_BAD_ENCODING},
		{"a=GVsbG8=", "hello", PART_BAD_ENCODING},
		{"aGVsbG8=\r\n\r\nSent from my phone\r\n", "hello", PART_BAD_ENCODING},
		{"aGVsbG8=aGVsbG8=", "hello", PART_BAD_ENCODING},
		{"aGVsbG8======", "hello", 0},
		{"====", "", PART_BAD_ENCODING},
		{"!", "", PART_BAD_ENCODING},
	};

	ASSERT_FORMS(TRANSFER_BASE64, forms);
}

static void test_quoted_printable(void **state)
{
	static const struct form forms[] = {
		{"", "", 0},
		{"plain", "plain", 0},
		{"a=3Db=3d", "a=b=", 0},
		{"a\r\nb\nc", "a\r\nb\nc", 0},
		{"a=\r\nb", "ab", 0},
		{"a=\nb", "ab", 0},
		{"a= \t\r\nb", "ab", 0},
		{"a=\r\r\nb", "ab", 0},
		{"=41==\r\n=42", "A=B", PART_BAD_ENCODING},
		{"a=", "a", PART_TRUNCATED},
		{"a=4", "a=4", PART_BAD_ENCODING},
		{"=4\nA", "=4\nA", PART_BAD_ENCODING},
		{"a=4G", "a=4G", PART_BAD_ENCODING},
		{"=C3=A9", "\303\251", 0},
		{"a=20\r\n", "a \r\n", 0},
		{"a  \r\nb", "a  \r\nb", 0},
		{"a\r", "a\r", 0},
		{"=", "", PART_TRUNCATED},
		{"==", "=", PART_BAD_ENCODING | PART_TRUNCATED},
		{"=\r\n=\r\n=\r\n", "", 0},
		{"\351", "\351", 0},
	};

	ASSERT_FORMS(TRANSFER_QUOTED_PRINTABLE, forms);
}

static void test_uuencode(void **state)
{
	static const struct form forms[] = {
		{"begin 644 a.txt\n%:&5L;&\\\n`\nend\n", "hello", 0},
		{"text before\r\nbegin 755 a b\r\n%:&5L;&\\\r\n`\r\nend\r\nafter", "hello", 0},
		{"begin 644 x\n%:&5L;&\\ \n \nend\n", "hello", 0},
		{"begin 644 x\n#````\n#``\n`\nend\n", "", 0}, /* NULs: see below */
		{"begin 644 x\n%:&5L;&\\\n", "hello", PART_TRUNCATED},
		{"begin 644 x\n%:&5L;&\\\njunk line here\n`\nend\n", "hello", PART_BAD_ENCODING},
		{"%:&5L;&\\\n`\nend\n", "hello", PART_BAD_ENCODING},
		{"begin-base64 644 x\naGVsbG8=\n====\n", "hello", 0},
		{"begin-base64 644 x\naGVsbG8=\n", "hello", PART_TRUNCATED},
		{"", "", PART_BAD_ENCODING | PART_TRUNCATED},
		{"begin 644 x\nend\n", "", 0},
		{"begin 644 x\n\n%:&5L;&\\\n\nend\n", "hello", 0},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (i != 3)
			assert_forms(TRANSFER_UUENCODE, &forms[i], 1);
	{
		/* A line that lost its blanks still has the length that it says. */
		struct content content = decode(TRANSFER_UUENCODE, slice_cstr(forms[3].encoded));

		assert_int_equal(content.bytes.len, 6);
		assert_memory_equal(content.bytes.data, "\0\0\0\0\0\0", 6);
		assert_slice(result.name, "x");
		content_release(&content);
	}
}

static void test_uuencode_lines(void **state)
{
	struct slice name;
	bool base64;

	assert_true(uuencode_is_begin(slice_cstr("begin 644 a b.txt "), &name, &base64));
	assert_slice(name, "a b.txt");
	assert_false(base64);
	assert_true(uuencode_is_begin(slice_cstr("begin-base64 0644 x"), &name, &base64));
	assert_true(base64);
	assert_false(uuencode_is_begin(slice_cstr("begin 64 x"), &name, &base64));
	assert_false(uuencode_is_begin(slice_cstr("begin 999 x"), &name, &base64));
	assert_false(uuencode_is_begin(slice_cstr("begin 644"), &name, &base64));
	assert_false(uuencode_is_begin(slice_cstr("begin 644 "), &name, &base64));
	assert_false(uuencode_is_begin(slice_cstr("beginning 644 x"), &name, &base64));
	assert_true(uuencode_is_data(slice_cstr("%:&5L;&\\")));
	assert_true(uuencode_is_data(slice_cstr("%:&5L;&\\ xy"))); /* a check sum, say */
	assert_false(uuencode_is_data(slice_cstr("%:&5L;&\\ xyz")));
	assert_true(uuencode_is_data(slice_cstr("`")));
	assert_false(uuencode_is_data(slice_cstr("prose")));
	assert_false(uuencode_is_data(slice_cstr("")));
}

static void test_yenc(void **state)
{
	/* "hello" plus 42, one byte escaped. */
	static const struct form forms[] = {
		{"=ybegin line=128 size=5 name=a b.bin\r\n\222\217\226\226\231\r\n=yend size=5\r\n",
			"hello", 0},
		{"x\n=ybegin line=2 size=5 name=a\n\222=\317\n\226\226\n\231\n=yend size=5\nx",
			"hello", 0},
		{"=ybegin part=1 line=128 size=5 name=a\n=ypart begin=1 end=5\n"
		 "\222\217\226\226\231\n=yend size=5 part=1\n",
			"hello", 0},
		{"=ybegin line=128 size=5 name=a\n\222\217\226\226\231", "hello", PART_TRUNCATED},
		{"\222\217", "he", PART_TRUNCATED | PART_BAD_ENCODING},
		{"=ybegin line=128 size=5 name=a\n\222\r\217\r\r\n=yend\n", "he", 0},
		{"=ybegin line=128 size=5 name=a\n\222=\n\217\n=yend\n", "he", PART_BAD_ENCODING},
	};
	struct content content;

	ASSERT_FORMS(TRANSFER_YENC, forms);
	content = decode(TRANSFER_YENC, slice_cstr(forms[0].encoded));
	assert_slice(result.name, "a b.bin");
	content_release(&content);
}

/* A BinHex encoder of a few lines, so that the decoder meets every length and every byte. */
static void binhex_crc(struct buf *raw, size_t from)
{
	unsigned crc = 0;

	for (size_t i = from; i < raw->len + 2; i++)
		for (unsigned bit = 0x80; bit; bit >>= 1) {
			bool high = crc & 0x8000;
			unsigned char byte = i < raw->len ? raw->data[i] : 0;

			crc = (crc << 1 & 0xffff) | ((byte & bit) != 0);
			if (high)
				crc ^= 0x1021;
		}
	buf_add_byte(raw, (unsigned char)(crc >> 8));
	buf_add_byte(raw, (unsigned char)crc);
}

static void binhex_number(struct buf *raw, size_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_byte(raw, (unsigned char)(number >> shift));
}

static void binhex_encode(
	struct buf *out, const char *name, struct slice data, struct slice resource, bool runs)
{
	static const char alphabet[] =
		"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	cleanup_buf struct buf raw = {0}, packed = {0};
	unsigned bits = 0, count = 0, column = 1;
	size_t from;

	buf_add_byte(&raw, (unsigned char)strlen(name));
	buf_add_cstr(&raw, name);
	buf_add(&raw, slice_make("\0TEXTttxt\0\0", 11));
	binhex_number(&raw, data.len);
	binhex_number(&raw, resource.len);
	binhex_crc(&raw, 0);
	from = raw.len;
	buf_add(&raw, data);
	binhex_crc(&raw, from);
	from = raw.len;
	buf_add(&raw, resource);
	binhex_crc(&raw, from);
	for (size_t i = 0; i < raw.len; i++) {
		size_t run = 1;

		while (runs && raw.data[i] != 0x90 && run < 255 && i + run < raw.len &&
			raw.data[i + run] == raw.data[i])
			run++;
		buf_add_byte(&packed, raw.data[i]);
		if (raw.data[i] == 0x90)
			buf_add_byte(&packed, 0);
		if (run > 3) {
			buf_add_byte(&packed, 0x90);
			buf_add_byte(&packed, (unsigned char)run);
			i += run - 1;
		}
	}
	buf_add_cstr(out, "(This file must be converted with BinHex 4.0)\r\n\r\n:");
	for (size_t i = 0; i <= packed.len; i++) {
		bits = bits << 8 | (i < packed.len ? packed.data[i] : 0);
		count += 8;
		while (count >= 6 && (i < packed.len || count > 8)) {
			count -= 6;
			buf_add_byte(out, (unsigned char)alphabet[bits >> count & 63]);
			if (++column % 64 == 0)
				buf_add_cstr(out, "\r\n");
		}
	}
	buf_add_cstr(out, ":\r\n");
}

static void test_binhex(void **state)
{
	unsigned char data[600];

	for (size_t len = 0; len < sizeof(data); len += 7) {
		for (int runs = 0; runs < 2; runs++) {
			cleanup_buf struct buf encoded = {0};
			struct content content;

			for (size_t i = 0; i < len; i++)
				data[i] = (unsigned char)(i % 50 < 30 ? 'x' : i * 3 + 0x80);
			binhex_encode(&encoded, "file.com", slice_make(data, len),
				slice_cstr("fork"), runs);
			content = decode(TRANSFER_BINHEX, buf_slice(&encoded));
			assert_slice(result.name, "file.com");
			assert_int_equal(result.flags, 0);
			if (len == 0) {
				assert_slice(content.bytes, "fork");
			} else {
				assert_int_equal(content.bytes.len, len);
				assert_memory_equal(content.bytes.data, data, len);
			}
			content_release(&content);
		}
	}
}

static void test_binhex_damaged(void **state)
{
	cleanup_buf struct buf encoded = {0};
	struct content content;

	binhex_encode(&encoded, "f", slice_cstr("some data here"), SLICE_EMPTY, true);
	encoded.data[60] ^= 1; /* in the header: its check sum tells */
	content = decode(TRANSFER_BINHEX, buf_slice(&encoded));
	assert_true(result.flags & PART_BAD_ENCODING);
	content_release(&content);
	encoded.data[60] ^= 1;
	encoded.len -= 20;
	content = decode(TRANSFER_BINHEX, buf_slice(&encoded));
	assert_true(result.flags & PART_TRUNCATED);
	assert_true(content.bytes.len > 0 && content.bytes.len < 14);
	content_release(&content);
	content = decode(TRANSFER_BINHEX, slice_cstr(":rrrrrrrrrrrrrrrrrrrrrrrrrrrrr:"));
	assert_true(result.flags & PART_BAD_ENCODING); /* a name of 255 bytes */
	content_release(&content);
	content = decode(TRANSFER_BINHEX, slice_cstr("no colon"));
	assert_int_equal(result.flags, PART_TRUNCATED);
	content_release(&content);
}

static const char b64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* base64 of `data`, `width` characters a line, with a dot after each `junk` characters. */
static void base64_encode(struct buf *out, struct slice data, size_t width, size_t junk)
{
	size_t column = 0, since = 0;

	for (size_t i = 0; i < data.len; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < data.len ? data.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			buf_add_byte(out, i + k > data.len
						  ? '='
						  : (unsigned char)b64[bits >> (18 - 6 * k) & 63]);
			if (++column % width == 0)
				buf_add_cstr(out, "\r\n");
			if (junk && ++since % junk == 0)
				buf_add_byte(out, '.');
		}
	}
}

/* Each byte at each place of a group; what is outside the alphabet is passed over, and flagged. */
static void test_base64_bytes(void **state)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t place = 0; place < 4 && c != '='; place++) {
			char text[] = "QUJDQUJDQUJD";
			struct slice encoded = slice_cstr(text);
			unsigned char want[9];
			uint32_t bits = 0;
			size_t count = 0, len = 0;
			struct content content;

			text[4 + place] = (char)c;
			for (size_t i = 0; i < encoded.len; i++) {
				const char *at = memchr(b64, encoded.data[i], 64);

				if (!at)
					continue;
				bits = bits << 6 | (uint32_t)(at - b64);
				if (++count % 4 != 0)
					continue;
				for (int shift = 16; shift >= 0; shift -= 8)
					want[len++] = (unsigned char)(bits >> shift);
			}
			if (count == 11) {
				want[len++] = (unsigned char)(bits >> 10);
				want[len++] = (unsigned char)(bits >> 2);
			}
			content = decode(TRANSFER_BASE64, encoded);
			assert_true(slice_eq(content.bytes, slice_make(want, len)));
			assert_int_equal(result.flags,
				count == 12		   ? 0
				: ascii_space((unsigned char)c) ? PART_TRUNCATED
							   : PART_TRUNCATED | PART_BAD_ENCODING);
			content_release(&content);
		}
}

/* Sizes around the sink's 16 KB, the writer's 16 KB and 1 MB, any place of the line ends. */
static void test_base64_borders(void **state)
{
	const size_t sizes[] = {16382, 16383, 16384, 16385, 32768, 49151, CONTENT_MEMORY_MAX - 1,
		CONTENT_MEMORY_MAX, CONTENT_MEMORY_MAX + 1, CONTENT_MEMORY_MAX + 16385};
	const size_t widths[] = {60, 61, 76, 1u << 30};
	cleanup_free unsigned char *data = malloc(CONTENT_MEMORY_MAX + 16385);

	for (size_t i = 0; i < CONTENT_MEMORY_MAX + 16385; i++)
		data[i] = (unsigned char)(i * 31 + i / 997);
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (size_t w = 0; w < 4; w++) {
			cleanup_buf struct buf encoded = {0};
			struct content content;

			base64_encode(
				&encoded, slice_make(data, sizes[s]), widths[w], w == 1 ? 7 : 0);
			content = decode(TRANSFER_BASE64, buf_slice(&encoded));
			assert_int_equal(content.bytes.len, sizes[s]);
			assert_memory_equal(content.bytes.data, data, sizes[s]);
			assert_int_equal(content.home, sizes[s] > CONTENT_MEMORY_MAX ? CONTENT_FILE
						       : sizes[s] > CONTENT_SMALL_MAX
							       ? CONTENT_SEALED
							       : CONTENT_MEMORY);
			content_release(&content);
		}
}

/* So much base64 is too large for memory, and goes into the file before that has shown. */
static void test_base64_large(void **state)
{
	const size_t len = 3 * CONTENT_MEMORY_MAX;
	cleanup_free unsigned char *encoded = malloc(len);
	struct content content;

	memset(encoded, '.', len);
	memcpy(encoded, "aGVs", 4);
	memcpy(encoded + len - 4, "bG8h", 4);
	content = decode(TRANSFER_BASE64, slice_make(encoded, len));
	assert_slice(content.bytes, "hello!");
	assert_int_equal(content.home, CONTENT_FILE);
	content_release(&content);
	content = decode(TRANSFER_QUOTED_PRINTABLE, slice_make(encoded, len));
	assert_int_equal(content.bytes.len, len);
	assert_int_equal(content.home, CONTENT_FILE);
	content_release(&content);
}

/* A prefix of the input gives a prefix of the output: nothing depends on what comes later. */
static void test_every_cut(void **state)
{
	static const struct {
		enum transfer_encoding encoding;
		const char *text;
	} cases[] = {
		{TRANSFER_BASE64, "SGVs\r\nbG8s.IHdv cmxkIQ==\r\ntrailer"},
		{TRANSFER_QUOTED_PRINTABLE, "a=3Db= \r\nc=\r\r\nd =4\r\n== e=E9\r\n"},
		{TRANSFER_UUENCODE, "hi\nbegin 644 x\n%:&5L;&\\\n%:&5L;&\\\n`\nend\n"},
		{TRANSFER_YENC,
			"=ybegin line=128 size=5 name=a\r\n\222=\317\226\r\n\231\r\n=yend\r\n"},
		{TRANSFER_BINHEX,
			"(This file must be converted with BinHex 4.0)\n\n:#'GTFh0KDd\"3:\n"},
		{TRANSFER_UNKNOWN, "as it is"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice text = slice_cstr(cases[i].text);

		for (size_t len = 0; len <= text.len; len++) {
			struct content content = decode(cases[i].encoding, slice_first(text, len));

			assert_true(content.bytes.len <= len);
			content_release(&content);
		}
	}
}

static void test_limit(void **state)
{
	cleanup_buf struct buf encoded = {0};
	cleanup_free unsigned char *data = calloc(1, 100000);
	struct content content;

	base64_encode(&encoded, slice_make(data, 100000), 76, 0);
	content = decode_limited(TRANSFER_BASE64, buf_slice(&encoded), 70000, -EFBIG);
	assert_int_equal(content.bytes.len, 70000);
	content_release(&content);
	content = decode_limited(TRANSFER_BASE64, buf_slice(&encoded), 100000, 0);
	assert_int_equal(content.bytes.len, 100000);
	content_release(&content);
	content = decode_limited(TRANSFER_UNKNOWN, slice_make(data, 100000), 0, -EFBIG);
	assert_int_equal(content.bytes.len, 0);
	content_release(&content);

	/* Run lengths blow up: 255 for 2. The limit holds there too. */
	buf_clear(&encoded);
	binhex_encode(&encoded, "f", slice_make(data, 100000), SLICE_EMPTY, true);
	assert_true(encoded.len < 3000);
	content = decode_limited(TRANSFER_BINHEX, buf_slice(&encoded), 5000, -EFBIG);
	assert_int_equal(content.bytes.len, 5000);
	content_release(&content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_quoted_printable),
		cmocka_unit_test(test_uuencode),
		cmocka_unit_test(test_uuencode_lines),
		cmocka_unit_test(test_yenc),
		cmocka_unit_test(test_binhex),
		cmocka_unit_test(test_binhex_damaged),
		cmocka_unit_test(test_base64_bytes),
		cmocka_unit_test(test_base64_borders),
		cmocka_unit_test(test_base64_large),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
