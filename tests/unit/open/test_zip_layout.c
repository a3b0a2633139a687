/*
 * Which zips are regular: the ones everybody packs are, and each single thing that two readers could
 * understand differently makes one irregular.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "open/archive_signature.h"
#include "open/zip_layout.h"

#define LOCAL	30u
#define CENTRAL 46u

/* Where the pieces of made() stand. */
struct places {
	size_t second, directory, second_entry, end;
};

static void put(struct buf *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_add_byte(out, (unsigned char)(value >> 8 * i));
}

static void header(struct buf *out, bool central, const char *name, size_t offset, bool described)
{
	buf_add(out, central ? slice_make("PK\1\2\24\3", 6) : slice_make("PK\3\4", 4));
	put(out, 20, 2);
	put(out, described ? 8 : 0, 2);
	put(out, described ? 8 : 0, 2); /* method */
	put(out, 0x21 << 16, 4);
	put(out, described && !central ? 0 : 0x12345678, 4);
	put(out, described && !central ? 0 : 5, 4);
	put(out, described && !central ? 0 : (described ? 9 : 5), 4);
	put(out, strlen(name), 2);
	put(out, 4, 2); /* extra: an empty time */
	if (central) {
		put(out, 0, 6);
		put(out, (uint64_t)0100644 << 16, 4);
		put(out, offset, 4);
	}
	buf_add_cstr(out, name);
	put(out, 0x5455, 4);
}

/* Two members: "a" stored, "b.txt" deflated with a data descriptor. */
static struct places made(struct buf *out)
{
	struct places places;

	buf_clear(out);
	header(out, false, "a", 0, false);
	buf_add_cstr(out, "hello");
	places.second = out->len;
	header(out, false, "b.txt", 0, true);
	buf_add_cstr(out, "xxxxx");
	buf_add_cstr(out, "PK\7\10");
	put(out, 0x12345678, 4);
	put(out, 5, 4);
	put(out, 9, 4);
	places.directory = out->len;
	header(out, true, "a", 0, false);
	places.second_entry = out->len;
	header(out, true, "b.txt", places.second, true);
	places.end = out->len;
	buf_add(out, slice_make("PK\5\6\0\0\0\0\2\0\2\0", 12));
	put(out, places.end - places.directory, 4);
	put(out, places.directory, 4);
	put(out, 0, 2);
	assert_false(out->failed);
	return places;
}

static void test_members(void **state)
{
	cleanup_buf struct buf bytes = {0};
	struct zip_member member;
	struct zip zip;

	made(&bytes);
	assert_true(zip_is_regular(buf_slice(&bytes)));
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_REGULAR_ZIP);
	assert_true(zip_begin(&zip, buf_slice(&bytes)));
	assert_int_equal(zip_next(&zip, &member), ZIP_MEMBER);
	assert_slice(member.name, "a");
	assert_slice(member.data, "hello");
	assert_false(member.deflated);
	assert_int_equal(member.crc, 0x12345678);
	assert_int_equal(zip_next(&zip, &member), ZIP_MEMBER);
	assert_slice(member.name, "b.txt");
	assert_slice(member.data, "xxxxx");
	assert_true(member.deflated);
	assert_int_equal(member.size, 9);
	assert_int_equal(zip_next(&zip, &member), ZIP_END);
	assert_int_equal(zip_next(&zip, &member), ZIP_END);
}

/* Every byte that a reader goes by, changed; those that none does are named. */
static void test_each_byte_counts(void **state)
{
	cleanup_buf struct buf bytes = {0};
	struct places places = made(&bytes);

	for (size_t i = 0; i < bytes.len; i++) {
		const bool second = i >= places.second;
		const size_t local = second ? i - places.second : i;
		const size_t entry = i >= places.second_entry ? i - places.second_entry
							      : i - places.directory;
		bool free;

		if (i >= places.end) {
			free = false;
		} else if (i >= places.directory) {
			/* Versions, time, unused attributes and bits of the mode. */
			free = (entry >= 4 && entry < 8) || (entry >= 12 && entry < 16) ||
			       (entry >= 36 && entry < 42);
		} else {
			const size_t name = second ? 5 : 1;

			free = (local >= 4 && local < 6) || (local >= 10 && local < 14) ||
			       (local >= LOCAL + name + 4 && local < LOCAL + name + 4 + 5);
		}
		made(&bytes);
		bytes.data[i] ^= 0x41;
		if (!free && zip_is_regular(buf_slice(&bytes)))
			fail_msg("byte %zu of %zu does not count", i, bytes.len);
	}
}

static void test_every_length(void **state)
{
	cleanup_buf struct buf bytes = {0};

	made(&bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		/* A copy of its own, so that a sanitizer sees each byte too many. */
		cleanup_free unsigned char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, bytes.data, len);
		assert_false(zip_is_regular(slice_make(copy, len)));
	}
	buf_add_byte(&bytes, 0);
	assert_false(zip_is_regular(buf_slice(&bytes)));
}

static bool is_regular_with(size_t at, uint64_t value, unsigned count)
{
	cleanup_buf struct buf bytes = {0}, piece = {0};

	made(&bytes);
	put(&piece, value, count);
	memcpy(bytes.data + at, piece.data, count);
	return zip_is_regular(buf_slice(&bytes));
}

static void test_fields(void **state)
{
	cleanup_buf struct buf bytes = {0};
	const struct places places = made(&bytes);
	const size_t mode = places.directory + 40;

	assert_true(is_regular_with(mode, 0040755, 2));
	assert_true(is_regular_with(mode, 0, 2));
	assert_false(is_regular_with(mode, 0120777, 2)); /* a link */
	/* No zip64, no encryption, no method but two, no field that changes the name. */
	assert_false(is_regular_with(places.directory + 20, UINT32_MAX, 4));
	assert_false(is_regular_with(places.directory + CENTRAL + 1, 0x0001, 2));
	assert_false(is_regular_with(places.directory + CENTRAL + 1, 0x7075, 2));
	assert_false(is_regular_with(LOCAL + 1, 0x7075, 2));
	/* A second name in the directory alone, and places that are not one behind the other. */
	assert_false(is_regular_with(places.directory + CENTRAL, 'b', 1));
	assert_false(is_regular_with(places.second_entry + 42, 0, 4));
	assert_false(is_regular_with(places.end + 8, 0x10001, 4));
	assert_false(is_regular_with(places.end + 8, 0, 4));
	/* Both headers agree, and still: */
	for (unsigned bit = 0; bit < 16; bit++) {
		const bool known = bit == 1 || bit == 2 || bit == 11;
		cleanup_buf struct buf both = {0};

		made(&both);
		both.data[6 + bit / 8] ^= (unsigned char)(1u << bit % 8);
		both.data[places.directory + 8 + bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(zip_is_regular(buf_slice(&both)), known);
	}
	for (unsigned method = 1; method < 256; method++) {
		cleanup_buf struct buf both = {0};

		made(&both);
		both.data[8] = both.data[places.directory + 10] = (unsigned char)method;
		assert_int_equal(zip_is_regular(buf_slice(&both)), method == 8);
	}
}

/* Data that are a tar or an ISO image too, at the places where these have their signatures. */
static void test_only_a_zip(void **state)
{
	cleanup_buf struct buf bytes = {0}, data = {0};
	size_t directory;

	for (unsigned i = 0; i < 40000; i++)
		buf_add_byte(&data, 'x');
	header(&bytes, false, "a", 0, false);
	buf_add(&bytes, buf_slice(&data));
	directory = bytes.len;
	header(&bytes, true, "a", 0, false);
	for (size_t at = 18; at < 26; at += 4) {
		memcpy(bytes.data + at, "\x40\x9c\0", 4);
		memcpy(bytes.data + directory + at + 2, "\x40\x9c\0", 4);
	}
	buf_add(&bytes, slice_make("PK\5\6\0\0\0\0\1\0\1\0", 12));
	put(&bytes, bytes.len - 12 - directory, 4);
	put(&bytes, directory, 4);
	put(&bytes, 0, 2);
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_REGULAR_ZIP);
	memcpy(bytes.data + 257, "ustar", 5);
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_IRREGULAR);
	memcpy(bytes.data + 257, "xxxxx", 5);
	memcpy(bytes.data + 32769, "CD001", 5);
	assert_int_equal(archive_layout(buf_slice(&bytes)), ARCHIVE_IRREGULAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_each_byte_counts),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_only_a_zip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
