/*
 * Which bytes are worth asking what is inside: each signature whole and cut, at the start, behind
 * something else and at the very end, broken in its middle, and all that only looks like one. One
 * that is missed passes unopened; one too many costs a library.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "open/archive_signature.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define LZMA_SIZE_UNKNOWN "\xff\xff\xff\xff\xff\xff\xff\xff"

/* As much of each as it takes, and not a byte more. */
static const struct {
	struct slice bytes;
	enum archive_kind kind;
} whole[] = {
	{SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3\1"), ARCHIVE_GZIP},
	{SLICE_LITERAL("\x1f\x8b\x08\x1f\0\0\0\0\0\3\1"), ARCHIVE_GZIP},
	{SLICE_LITERAL("BZh11AY&SY"), ARCHIVE_BZIP2},
	{SLICE_LITERAL("BZh9\x17\x72\x45\x38\x50\x90"), ARCHIVE_BZIP2},
	{SLICE_LITERAL("\x1f\x9d\x90\1"), ARCHIVE_COMPRESS},
	{SLICE_LITERAL("\x1f\x9d\x09\1"), ARCHIVE_COMPRESS},
	{SLICE_LITERAL("\x5d\0\0\x80\0" LZMA_SIZE_UNKNOWN "\0"), ARCHIVE_LZMA},
	{SLICE_LITERAL("\xe0\0\x10\0\0\1\0\0\0\0\0\0\0\0"), ARCHIVE_LZMA},
	{SLICE_LITERAL("\x5d\0\0\xc0\0" LZMA_SIZE_UNKNOWN "\0"), ARCHIVE_LZMA},
	{SLICE_LITERAL("\x5d\xff\xff\xff\xff\xff\xff\xff\xff\x3f\0\0\0\0"), ARCHIVE_LZMA},
	{SLICE_LITERAL("\xfd\x37zXZ\0"), ARCHIVE_XZ},
	{SLICE_LITERAL("\x28\xb5\x2f\xfd"), ARCHIVE_ZSTD},
	{SLICE_LITERAL("\x50\x2a\x4d\x18\3\0\0\0abc\x28\xb5\x2f\xfd"), ARCHIVE_ZSTD},
	{SLICE_LITERAL("\x5f\x2a\x4d\x18\0\0\0\0\x50\x2a\x4d\x18\1\0\0\0a\x28\xb5\x2f\xfd"),
		ARCHIVE_ZSTD},
	{SLICE_LITERAL("\x51\x2a\x4d\x18\0\0\0\0\x04\x22\x4d\x18"), ARCHIVE_LZ4},
	{SLICE_LITERAL("\x04\x22\x4d\x18"), ARCHIVE_LZ4},
	{SLICE_LITERAL("\x02\x21\x4c\x18"), ARCHIVE_LZ4},
	{SLICE_LITERAL("LZIP\0"), ARCHIVE_LZIP},
	{SLICE_LITERAL("LZIP\1"), ARCHIVE_LZIP},
	{SLICE_LITERAL("begin 644 a.b"), ARCHIVE_UU},
	{SLICE_LITERAL("\x78\x9f\x3e\x22"), ARCHIVE_TNEF},
	{SLICE_LITERAL("PK\3\4"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("PK\5\6"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("7z\xbc\xaf\x27\x1c"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("Rar!\x1a\7"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("MSCF\0\0\0\0"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("!<arch>\n"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("xar!\0"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("WARC/"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("070701"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("070702"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("070707"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\xc7\x71"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\x71\xc7"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\x1c\x2a-lh"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\x1c\x2a-lz"), ARCHIVE_CONTAINER},
	{SLICE_LITERAL("\x1c\x2a-pm"), ARCHIVE_CONTAINER},
};

static void at_the_start(void **state)
{
	for (size_t i = 0; i < COUNT(whole); i++) {
		for (size_t len = 0; len < whole[i].bytes.len; len++)
			assert_int_equal(
				archive_begins(slice_first(whole[i].bytes, len)), ARCHIVE_NONE);
		assert_int_equal(archive_begins(whole[i].bytes), whole[i].kind);
		assert_true(archive_possible(whole[i].bytes));
	}
}

/* What stands at a fixed place far behind the start, and needs all bytes before it. */
static void far_behind_the_start(void **state)
{
	static const struct {
		size_t at;
		struct slice bytes;
	} far[] = {{257, SLICE_LITERAL("ustar")}, {32769, SLICE_LITERAL("CD001")}};

	for (size_t i = 0; i < COUNT(far); i++) {
		const size_t len = far[i].at + far[i].bytes.len;
		cleanup_free unsigned char *room = calloc(1, len);

		assert_non_null(room);
		memcpy(room + far[i].at, far[i].bytes.data, far[i].bytes.len);
		assert_int_equal(archive_begins(slice_make(room, len)), ARCHIVE_CONTAINER);
		assert_int_equal(archive_begins(slice_make(room, len - 1)), ARCHIVE_NONE);
		assert_int_equal(archive_begins(slice_make(room + 1, len - 1)), ARCHIVE_NONE);
		assert_false(archive_possible(slice_make(room + 1, len - 1)));
	}
}

/* A header of a time before POSIX: nothing but its checksum tells, summed one way or the other. */
static void tar_by_its_checksum(void **state)
{
	unsigned char block[512] = "na\xefve.exe";
	unsigned sum = 8 * ' ';
	int as_signed = 8 * ' ';

	memcpy(block + 100, "0000644\0", 8);
	for (size_t i = 0; i < sizeof(block); i++) {
		sum += block[i];
		as_signed += (signed char)block[i];
	}
	assert_int_equal(archive_begins(slice_make(block, sizeof(block))), ARCHIVE_NONE);
	snprintf((char *)block + 148, 8, "%06o", sum);
	assert_int_equal(archive_begins(slice_make(block, sizeof(block))), ARCHIVE_CONTAINER);
	assert_int_equal(archive_begins(slice_make(block, sizeof(block) - 1)), ARCHIVE_NONE);
	snprintf((char *)block + 148, 8, "%6o", (unsigned)as_signed);
	assert_int_equal(archive_begins(slice_make(block, sizeof(block))), ARCHIVE_CONTAINER);
	snprintf((char *)block + 148, 8, "%06o", sum + 1);
	assert_int_equal(archive_begins(slice_make(block, sizeof(block))), ARCHIVE_NONE);
	memset(block, 0, sizeof(block));
	assert_int_equal(archive_begins(slice_make(block, sizeof(block))), ARCHIVE_NONE);
}

/* One bit or one number beside what the format allows. */
static const struct slice not_quite[] = {
	SLICE_LITERAL("\x1f\x8b\x08\x20\0\0\0\0\0\3\1"), /* gzip: a reserved flag */
	SLICE_LITERAL("\x1f\x8b\x07\0\0\0\0\0\0\3\1"),	 /* another method */
	SLICE_LITERAL("BZh01AY&SY"),
	SLICE_LITERAL("BZh:1AY&SY"),
	SLICE_LITERAL("BZh91AY&SZ"),
	SLICE_LITERAL("BZh9, said the sign"),
	SLICE_LITERAL("\x1f\x9d\x88\1"), /* codes of 8 bits, of 17, and with reserved bits */
	SLICE_LITERAL("\x1f\x9d\x91\1"),
	SLICE_LITERAL("\x1f\x9d\xb0\1"),
	SLICE_LITERAL("\xe1\0\0\x80\0" LZMA_SIZE_UNKNOWN "\0"), /* no such properties */
	SLICE_LITERAL("\x5d\0\0\xa0\0" LZMA_SIZE_UNKNOWN "\0"), /* dictionary of 5 * 2^n */
	SLICE_LITERAL("\x5d\0\x08\0\0" LZMA_SIZE_UNKNOWN "\0"), /* below 4 KB */
	SLICE_LITERAL("\x5d\0\0\x80\0\0\0\0\0\x40\0\0\0\0"),	/* 256 GB */
	SLICE_LITERAL("\x5d\0\0\x80\0" LZMA_SIZE_UNKNOWN "\1"),
	SLICE_LITERAL("\x50\x2a\x4d\x18\xff\xff\xff\xff\x28\xb5\x2f\xfd"), /* longer than it is */
	SLICE_LITERAL("\x60\x2a\x4d\x18\0\0\0\0\x28\xb5\x2f\xfd"),
	SLICE_LITERAL("\x50\x2a\x4d\x18\0\0\0\0 and no more"),
	SLICE_LITERAL("LZIP\2"),
	SLICE_LITERAL("begin 64 abcdefg"),
	SLICE_LITERAL("begin to think of it"),
	SLICE_LITERAL("PK\1\2"), /* a zip's directory alone */
	SLICE_LITERAL("PK is a telephone company"),
	SLICE_LITERAL("7z\xbc\xaf\x27\x1d"),
	SLICE_LITERAL("Rar!\x1a\6"),
	SLICE_LITERAL("Rar! it said"),
	SLICE_LITERAL("MSCF\0\0\0\1"),
	SLICE_LITERAL("MSCF is a cabinet"),
	SLICE_LITERAL("070703"),
	SLICE_LITERAL("a-lh5-"), /* not at its place */
	SLICE_LITERAL("GIF89a"),
	SLICE_LITERAL("%PDF-1.7\n"),
	SLICE_LITERAL("MZ\x90\0\3\0\0\0"),
	SLICE_LITERAL("\x7f"
		      "ELF\2\1\1"),
	SLICE_LITERAL("\x89PNG\r\n\x1a\n"),
	SLICE_LITERAL("\xff\xd8\xff\xe0\0\x10JFIF"),
	SLICE_LITERAL("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
	SLICE_LITERAL(""),
};

static void only_looks_like_one(void **state)
{
	for (size_t i = 0; i < COUNT(not_quite); i++) {
		assert_int_equal(archive_begins(not_quite[i]), ARCHIVE_NONE);
		assert_int_equal(archive_find(not_quite[i], 0), not_quite[i].len);
		assert_false(archive_possible(not_quite[i]));
	}
}

static const struct slice anywhere[] = {
	SLICE_LITERAL("PK\3\4"),
	SLICE_LITERAL("PK\5\6"),
	SLICE_LITERAL("Rar!\x1a\7"),
	SLICE_LITERAL("7z\xbc\xaf\x27\x1c"),
	SLICE_LITERAL("MSCF\0\0\0\0"),
};

/* What a self-extracting archive or a polyglot begins with; some of it is made of false starts. */
static const struct slice prefixes[] = {
	SLICE_LITERAL("MZ\x90\0\3\0\0\0 a program"),
	SLICE_LITERAL("\x7f"
		      "ELF\2\1\1"),
	SLICE_LITERAL("GIF89a\1\0\1\0\x80\0\0"),
	SLICE_LITERAL("#!/bin/sh\nexec unpack \"$0\"\n"),
	SLICE_LITERAL("%PDF-1.7\n"),
	SLICE_LITERAL("\xff\xd8\xff\xe0\0\x10JFIF"),
	SLICE_LITERAL("P"),
	SLICE_LITERAL("PK"),
	SLICE_LITERAL("PKPK\3"),
	SLICE_LITERAL("PK\3PK\3\3PK\5"),
	SLICE_LITERAL("Rar!\x1aRar!"),
	SLICE_LITERAL("7z\xbc\xaf"
		      "7z\xbc"),
	SLICE_LITERAL("MSCF\0\0\0MSC"),
	SLICE_LITERAL("\3\4\5\6\x1a\7\xbc\xafKK"),
};

static void behind_a_prefix(void **state)
{
	for (size_t p = 0; p < COUNT(prefixes); p++) {
		for (size_t i = 0; i < COUNT(anywhere); i++) {
			cleanup_buf struct buf bytes = {0};
			const size_t at = prefixes[p].len;
			size_t cut;

			buf_add(&bytes, prefixes[p]);
			buf_add(&bytes, anywhere[i]);
			/* At the very end, then with something behind it; from each place before it. */
			for (size_t from = 0; from <= at; from++)
				assert_int_equal(archive_find(buf_slice(&bytes), from), at);
			assert_true(archive_possible(buf_slice(&bytes)));
			for (cut = at; cut < bytes.len; cut++)
				assert_int_equal(
					archive_find(slice_first(buf_slice(&bytes), cut), 0), cut);
			buf_add_cstr(&bytes, " and more");
			assert_false(bytes.failed);
			assert_int_equal(archive_find(buf_slice(&bytes), 0), at);
			assert_int_equal(archive_find(buf_slice(&bytes), at + 1), bytes.len);
		}
	}
}

/* A byte put into the middle, or one changed, and it is none. */
static void broken_in_the_middle(void **state)
{
	for (size_t i = 0; i < COUNT(anywhere); i++) {
		for (size_t at = 1; at < anywhere[i].len; at++) {
			cleanup_buf struct buf split = {0}, changed = {0};

			buf_add_cstr(&split, "x");
			buf_add(&split, slice_first(anywhere[i], at));
			buf_add_byte(&split, '\r');
			buf_add(&split, slice_from(anywhere[i], at));
			buf_add_byte(&split, ' ');
			assert_int_equal(archive_find(buf_slice(&split), 0), split.len);
			buf_add_cstr(&changed, "x");
			buf_add(&changed, anywhere[i]);
			assert_false(changed.failed || split.failed);
			changed.data[1 + at] ^= 0x40;
			assert_int_equal(archive_find(buf_slice(&changed), 0), changed.len);
		}
	}
}

/* All of them, one after the other, in the order in which they stand. */
static void each_is_found_in_turn(void **state)
{
	for (size_t first = 0; first < COUNT(anywhere); first++) {
		cleanup_buf struct buf bytes = {0};
		size_t places[COUNT(anywhere)], found = 0;

		buf_add_cstr(&bytes, "GIF89a");
		for (size_t i = 0; i < COUNT(anywhere); i++) {
			places[i] = bytes.len;
			buf_add(&bytes, anywhere[(first + i) % COUNT(anywhere)]);
		}
		assert_false(bytes.failed);
		for (size_t i = 0; i < COUNT(anywhere); i++, found++) {
			found = archive_find(buf_slice(&bytes), found);
			assert_int_equal(found, places[i]);
		}
		assert_int_equal(archive_find(buf_slice(&bytes), found), bytes.len);
		assert_int_equal(archive_find(buf_slice(&bytes), bytes.len), bytes.len);
	}
}

/* An archive by its start that holds another one further on: both are known. */
static void polyglot(void **state)
{
	static const struct slice bytes =
		SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3\1 deflated PK\3\4 zipped");

	assert_int_equal(archive_begins(bytes), ARCHIVE_GZIP);
	assert_int_equal(archive_find(bytes, 0), 21);
	assert_int_equal(archive_begins(slice_from(bytes, 21)), ARCHIVE_CONTAINER);
}

/* A megabyte of the bytes that are looked for costs no more than the megabyte. */
static void nothing_but_false_starts(void **state)
{
	const size_t len = (size_t)1 << 20;
	cleanup_free unsigned char *room = malloc(len);

	assert_non_null(room);
	for (size_t i = 0; i < len; i++)
		room[i] = (unsigned char)"PK\3PK\5F!\x1a\xbc"[i % 10];
	assert_int_equal(archive_find(slice_make(room, len), 0), len);
	memcpy(room + len - 4, "PK\3\4", 4);
	assert_int_equal(archive_find(slice_make(room, len), 0), len - 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_start),
		cmocka_unit_test(far_behind_the_start),
		cmocka_unit_test(tar_by_its_checksum),
		cmocka_unit_test(only_looks_like_one),
		cmocka_unit_test(behind_a_prefix),
		cmocka_unit_test(broken_in_the_middle),
		cmocka_unit_test(each_is_found_in_turn),
		cmocka_unit_test(polyglot),
		cmocka_unit_test(nothing_but_false_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
