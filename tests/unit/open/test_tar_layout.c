/*
 * Which tars and gzips are regular: the ones everybody packs are, and each single thing that two
 * readers could understand differently makes one irregular.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "open/archive_signature.h"
#include "open/gzip_layout.h"
#include "open/tar_layout.h"

#define BLOCK 512u
#define USTAR slice_make("ustar\00000", 8)
#define GNU   slice_make("ustar  ", 8)
#define V7    slice_make("\0\0\0\0\0\0\0", 8)

static void put_sum(unsigned char *block)
{
	unsigned sum = 8 * ' ';
	char text[8];

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? 0 : block[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(block + 148, text, 7);
	block[155] = ' ';
}

static void header(struct buf *out, struct slice magic, char type, const char *name, unsigned size)
{
	unsigned char block[BLOCK] = {0};

	memcpy(block, name, strlen(name));
	memcpy(block + 100, "0000644\0000001750\0 001750 ", 25);
	snprintf((char *)block + 124, 12, "%011o", size);
	memcpy(block + 136, "14000000000 ", 12);
	block[156] = (unsigned char)type;
	memcpy(block + 257, magic.data, magic.len);
	put_sum(block);
	buf_add(out, slice_make(block, BLOCK));
}

static void data(struct buf *out, struct slice bytes)
{
	buf_add(out, bytes);
	while (out->len % BLOCK)
		buf_add_byte(out, 0);
}

static void zeros(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_byte(out, 0);
}

static void file(struct buf *out, struct slice magic, const char *name, const char *content)
{
	header(out, magic, '0', name, (unsigned)strlen(content));
	data(out, slice_cstr(content));
}

/* "a" and "dir/b.txt" with a long name's worth before the second, when there is one. */
static void made(struct buf *out, struct slice magic, char special, struct slice body)
{
	buf_clear(out);
	file(out, magic, "a", "hello");
	if (special) {
		header(out, magic, special, "././@LongLink", (unsigned)body.len);
		data(out, body);
	}
	file(out, magic, "dir/b.txt", "xxxxx");
	zeros(out, 1024);
	assert_false(out->failed);
}

static bool is_regular(const struct buf *bytes)
{
	/* A copy of its own, so that a sanitizer sees each byte too many. */
	cleanup_free unsigned char *copy = malloc(bytes->len ? bytes->len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes->data, bytes->len);
	return tar_is_regular(slice_make(copy, bytes->len));
}

static void test_members(void **state)
{
	const struct slice magics[] = {USTAR, GNU, V7};
	cleanup_buf struct buf bytes = {0};
	struct tar_member member;
	struct tar tar;

	for (size_t i = 0; i < 3; i++) {
		made(&bytes, magics[i], 0, SLICE_EMPTY);
		assert_true(is_regular(&bytes));
		assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_REGULAR_TAR);
		tar_begin(&tar, buf_slice(&bytes));
		assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
		assert_slice(member.name, "a");
		assert_slice(member.data, "hello");
		assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
		assert_slice(member.name, "dir/b.txt");
		assert_int_equal(member.prefix.len, 0);
		assert_int_equal(tar_next(&tar, &member), TAR_END);
	}
	made(&bytes, USTAR, 0, SLICE_EMPTY);
	memcpy(bytes.data + 345, "prefix", 6);
	put_sum(bytes.data);
	tar_begin(&tar, buf_slice(&bytes));
	assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
	assert_slice(member.prefix, "prefix");
	assert_slice(member.name, "a");
	assert_true(is_regular(&bytes));
	bytes.data[350] = '/';
	put_sum(bytes.data);
	assert_false(is_regular(&bytes));
}

/* Every byte but those of content counts, one way or the other. */
static void test_each_byte_counts(void **state)
{
	const struct slice magics[] = {USTAR, GNU, V7};
	cleanup_buf struct buf bytes = {0};

	for (size_t m = 0; m < 3; m++) {
		made(&bytes, magics[m], 0, SLICE_EMPTY);
		for (size_t i = 0; i < bytes.len; i++) {
			const size_t block = i / BLOCK, at = i % BLOCK;
			const bool content = block % 2 && block < 4 && at < 5;

			/* A checksum has two blanks or NULs behind it. */
			if (block % 2 == 0 && block < 4 && (at == 154 || at == 155))
				continue;
			bytes.data[i] ^= 0x41;
			if (is_regular(&bytes) != content)
				fail_msg("byte %zu of %zu does not count", i, bytes.len);
			bytes.data[i] ^= 0x41;
		}
	}
}

static void test_every_length(void **state)
{
	cleanup_buf struct buf bytes = {0};
	const size_t zeros_at = 4 * BLOCK;

	made(&bytes, GNU, 0, SLICE_EMPTY);
	for (; bytes.len > 0; bytes.len--)
		assert_int_equal(is_regular(&bytes), bytes.len == zeros_at + 1024);
	made(&bytes, GNU, 0, SLICE_EMPTY);
	zeros(&bytes, 511);
	assert_false(is_regular(&bytes));
	zeros(&bytes, 1);
	assert_true(is_regular(&bytes));
	bytes.data[bytes.len - 1] = 1;
	assert_false(is_regular(&bytes));
	buf_clear(&bytes);
	zeros(&bytes, 2048);
	assert_false(is_regular(&bytes));
}

/* Writes into the first header, and its sum anew. */
static bool is_regular_with(struct slice magic, size_t at, struct slice text)
{
	cleanup_buf struct buf bytes = {0};

	made(&bytes, magic, 0, SLICE_EMPTY);
	memcpy(bytes.data + at, text.data, text.len);
	put_sum(bytes.data);
	return is_regular(&bytes);
}

#define L(text) slice_make(text, sizeof(text) - 1)

#define TEN	"0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void test_fields(void **state)
{
	/* Sizes: blanks before, a blank behind; not base 256, signed, hexadecimal, empty, or larger. */
	assert_true(is_regular_with(USTAR, 124, L("          5 ")));
	assert_true(is_regular_with(USTAR, 124, L("000000000005")));
	assert_false(is_regular_with(USTAR, 124, L("\x80\0\0\0\0\0\0\0\0\0\0\5")));
	assert_false(is_regular_with(USTAR, 124, L("         -5 ")));
	assert_false(is_regular_with(USTAR, 124, L("0x000000005 ")));
	assert_false(is_regular_with(USTAR, 124, L("00000000008 ")));
	assert_false(is_regular_with(USTAR, 124, L("5\0000000000005")));
	assert_false(is_regular_with(USTAR, 124, L("            ")));
	assert_false(is_regular_with(USTAR, 124, L("77777777777 ")));
	assert_false(is_regular_with(USTAR, 124, L("777777777777")));
	/* The numbers that a reader takes as a sign that it is a tar. */
	for (size_t at = 100; at < 148; at += at < 124 ? 8 : 12)
		assert_false(is_regular_with(USTAR, at, L("\x80\0\0\0\0\0\0\0")));
	assert_false(is_regular_with(GNU, 329, L("x")));
	/* Names: without end in their field, and with something behind their end. */
	assert_true(is_regular_with(USTAR, 0, L(HUNDRED)));
	assert_false(is_regular_with(USTAR, 0, L("a\0b")));
	assert_false(is_regular_with(USTAR, 0, L("\0b")));
	assert_false(is_regular_with(USTAR, 0, L("a/")));
	assert_false(is_regular_with(USTAR, 0, L("a\xed\xa0\xbd\xed\xb8\x80")));
	assert_true(is_regular_with(USTAR, 0, L("a\xed\x9f\xbd")));
	assert_false(is_regular_with(USTAR, 345, L("a\0b")));
	/* Other magic, and what the two call by the same places. */
	assert_false(is_regular_with(USTAR, 257, L("ustar \00000")));
	assert_false(is_regular_with(USTAR, 257, L("ustar\00001")));
	assert_false(is_regular_with(USTAR, 508, L("tar")));
	assert_false(is_regular_with(GNU, 386, L("00000000000")));
	assert_false(is_regular_with(GNU, 482, L("1")));
	assert_false(is_regular_with(GNU, 483, L("00000000005")));
	assert_false(is_regular_with(V7, 345, L("prefix")));
	assert_false(is_regular_with(V7, 265, L("user")));
	assert_true(is_regular_with(V7, 329, L("0000000\0000000")));
}

static void test_types(void **state)
{
	for (unsigned type = 0; type < 256; type++) {
		cleanup_buf struct buf bytes = {0};
		const bool file_type = type == 0 || type == '0';

		made(&bytes, USTAR, 0, SLICE_EMPTY);
		bytes.data[156] = (unsigned char)type;
		put_sum(bytes.data);
		assert_int_equal(is_regular(&bytes), file_type);
		/* Without data. */
		buf_clear(&bytes);
		header(&bytes, USTAR, (char)type, "dir/", 0);
		zeros(&bytes, 1024);
		assert_int_equal(is_regular(&bytes), file_type || (type >= '1' && type <= '6'));
	}
}

static bool is_regular_after(char type, struct slice body)
{
	cleanup_buf struct buf bytes = {0};

	made(&bytes, type == 'x' || type == 'g' ? USTAR : GNU, type, body);
	return is_regular(&bytes);
}

static void test_long_names(void **state)
{
	cleanup_buf struct buf bytes = {0}, name = {0};
	struct tar_member member;
	struct tar tar;

	for (unsigned i = 0; i < 700; i++)
		buf_add_byte(&name, 'n');
	buf_add_byte(&name, 0);
	made(&bytes, GNU, 'L', buf_slice(&name));
	assert_true(is_regular(&bytes));
	tar_begin(&tar, buf_slice(&bytes));
	assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
	assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
	assert_int_equal(member.name.len, 700);
	assert_slice(member.data, "xxxxx");
	assert_true(is_regular_after('K', buf_slice(&name)));
	assert_false(is_regular_after('L', slice_first(buf_slice(&name), 700)));
	assert_false(is_regular_after('L', L("a\0b\0")));
	assert_false(is_regular_after('L', L("\0")));
	assert_false(is_regular_after('L', L("dir/\0")));
	assert_false(is_regular_after('L', SLICE_EMPTY));
	assert_false(is_regular_after('N', L("name\0")));
	while (name.len < 16385)
		buf_add_byte(&name, 0);
	memset(name.data, 'n', name.len - 1);
	assert_false(is_regular_after('L', buf_slice(&name)));
	/* Nothing behind it, or another one of its kind. */
	made(&bytes, GNU, 'L', L("x\0"));
	bytes.len = 4 * BLOCK;
	zeros(&bytes, 1024);
	assert_false(is_regular(&bytes));
	for (unsigned second = 0; second < 4; second++) {
		static const char kinds[] = "LKxg";

		buf_clear(&bytes);
		header(&bytes, GNU, 'L', "l", 2);
		data(&bytes, L("x\0"));
		header(&bytes, GNU, kinds[second], "l", kinds[second] < 'a' ? 2 : 0);
		if (kinds[second] < 'a')
			data(&bytes, L("y\0"));
		file(&bytes, GNU, "a", "b");
		zeros(&bytes, 1024);
		assert_int_equal(is_regular(&bytes), kinds[second] == 'K');
	}
}

static void test_pax(void **state)
{
	cleanup_buf struct buf bytes = {0};
	struct tar_member member;
	struct tar tar;

	made(&bytes, USTAR, 'x', L("20 mtime=1.50000000\n14 path=other\n"));
	assert_true(is_regular(&bytes));
	tar_begin(&tar, buf_slice(&bytes));
	assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
	assert_int_equal(tar_next(&tar, &member), TAR_MEMBER);
	assert_slice(member.name, "other");
	assert_true(is_regular_after('x', L("9 size=5\n")));
	assert_true(is_regular_after('x', L("12 uname=\xfcx\n")));
	assert_true(is_regular_after('x', SLICE_EMPTY));
	assert_false(is_regular_after('x', L("9 size=6\n")));
	assert_false(is_regular_after('x', L("9 size=5\n9 size=5\n")));
	assert_false(is_regular_after('x', L("10 size=05\n")));
	assert_true(is_regular_after('x', L("11 path=ab\n")));
	assert_false(is_regular_after('x', L("11 path=ab\n11 path=cd\n")));
	assert_false(is_regular_after('x', L("11 path=d/\n")));
	assert_false(is_regular_after('x', L("11 path=\xc3\xa4\n")));
	assert_false(is_regular_after('x', L("11 path=a\0\n")));
	assert_false(is_regular_after('x', L("11 path=a\n\n")));
	assert_false(is_regular_after('x', L("8 path=\n")));
	assert_false(is_regular_after('x', L("9 path=ab\n")));
	assert_false(is_regular_after('x', L("10 path=ab\n")));
	assert_false(is_regular_after('x', L("12 path=ab\n")));
	assert_false(is_regular_after('x', L("012 path=ab\n")));
	assert_false(is_regular_after('x', L("11 path=ab")));
	assert_false(is_regular_after('x', L("11 path=ab\n3 \n")));
	assert_false(is_regular_after('x', L("3 \n")));
	assert_false(is_regular_after('x', L("4 =\n")));
	assert_true(is_regular_after('x', L("20 SCHILY.nlink=500\n")));
	assert_false(is_regular_after('x', L("20 SCHILY.nlank=500\n")));
	assert_false(is_regular_after('x', L("22 GNU.sparse.major=1\n")));
	assert_false(is_regular_after('x', L("21 SCHILY.realsize=5\n")));
	assert_false(is_regular_after('x', L("21 hdrcharset=BINARY\n")));
	assert_false(is_regular_after('X', L("11 path=ab\n")));
	assert_true(is_regular_after('g', L("13 comment=x\n")));
	assert_false(is_regular_after('g', L("11 path=ab\n")));
}

/* A zip that ends in the zeros, a name that is a signature, an ISO image. */
static void test_only_a_tar(void **state)
{
	static const char *const names[] = {"PK\3\4", "MZ", "\177ELF", "BZh91AY&SY", "Rar!\x1a\7",
		"070701", "070727", "xx-lh5-", "WARC/1", "7z\xbc\xaf\x27\x1c", "!<arch>\n"};
	cleanup_buf struct buf bytes = {0}, room = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf_clear(&bytes);
		file(&bytes, V7, names[i], "x");
		zeros(&bytes, 1024);
		if (!is_regular(&bytes))
			fail_msg("name %zu", i);
		assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_IRREGULAR);
	}
	for (unsigned missing = 0; missing < 20; missing++) {
		buf_clear(&bytes);
		buf_clear(&room);
		while (room.len < BLOCK - 22 + missing)
			buf_add_byte(&room, 'x');
		buf_add(&room, L("PK\5\6"));
		while (room.len < BLOCK)
			buf_add_byte(&room, 'y');
		header(&bytes, USTAR, '0', "a", BLOCK);
		buf_add(&bytes, slice_first(buf_slice(&room), BLOCK));
		zeros(&bytes, 1024);
		assert_int_equal(is_regular(&bytes), missing == 0 || missing == 19);
	}
	buf_clear(&bytes);
	header(&bytes, USTAR, '0', "a", 40 * 1024);
	while (bytes.len < BLOCK + 40 * 1024)
		buf_add_byte(&bytes, 'x');
	zeros(&bytes, 1024);
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_REGULAR_TAR);
	memcpy(bytes.data + 32769, "CD001", 5);
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_IRREGULAR);
}

#define GZIP_END "\1\2\3\4\5\0\0\0"

static void test_gzip(void **state)
{
	static const struct slice irregular[] = {
		SLICE_LITERAL("\x1f\x8b\x08\2\0\0\0\0\0\3xx" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\4\0\0\0\0\0\3\0\0xx" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\x10\0\0\0\0\0\3x\0xx" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\x20\0\0\0\0\0\3xx" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x07\0\0\0\0\0\0\3xx" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\x8\0\0\0\0\0\3name\0" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\x8\0\0\0\0\0\3\xed\xa0\xbd\0x" GZIP_END),
		SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3xx\1\2\3\4\0\0\0\0"),	 /* nothing */
		SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3xx\1\2\3\4\1\0\x40\0"), /* 4 MB and 1 */
	};
	static const struct slice named =
		SLICE_LITERAL("\x1f\x8b\x08\x9\0\0\0\0\0\3n.c\0xx\1\2\3\4\0\0\x40\0");
	struct gzip gzip;

	for (size_t i = 0; i < sizeof(irregular) / sizeof(irregular[0]); i++)
		assert_int_equal(archive_layout(irregular[i]), ARCHIVE_IRREGULAR);
	assert_int_equal(archive_layout(named), ARCHIVE_REGULAR_GZIP);
	assert_true(gzip_read(named, &gzip));
	assert_slice(gzip.name, "n.c");
	assert_slice(gzip.data, "xx");
	assert_int_equal(gzip.crc, 0x04030201);
	assert_int_equal(gzip.size, 4194304);
	for (size_t len = 0; len < named.len; len++) {
		cleanup_free unsigned char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, named.data, len);
		gzip_read(slice_make(copy, len), &gzip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_each_byte_counts),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_pax),
		cmocka_unit_test(test_only_a_tar),
		cmocka_unit_test(test_gzip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
