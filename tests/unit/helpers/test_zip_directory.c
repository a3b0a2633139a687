/*
 * What the directory of a zip accounts for, and the headers of RAR 5: on a small archive made by
 * hand, and on the same cut at every byte and with every byte changed, where nothing may be read
 * that is not there (that is for AddressSanitizer to see).
 */
#include "unit.h"

#include "base/cleanup.h"
#include "helpers/unpack.h"
#include "helpers/zip_directory.h"

#include <stdlib.h>

#define MEMBER_HEADER 30u

static void add_number(struct buf *out, uint32_t value, unsigned size)
{
	for (; size > 0; size--, value >>= 8)
		buf_add_byte(out, (unsigned char)value);
}

/* "PK", the kind, and what both headers of a member have from the flags on; all is stored. */
static void add_header(struct buf *out, const char *kind, uint32_t size, size_t name)
{
	buf_add(out, slice_make(kind, 4));
	if (kind[2] == 1)
		add_number(out, 20, 2);
	add_number(out, 20, 2);
	add_number(out, 0, 4); /* flags, method */
	add_number(out, 0, 4); /* time */
	add_number(out, 0, 4); /* checksum */
	add_number(out, size, 4);
	add_number(out, size, 4);
	add_number(out, (uint32_t)name, 2);
	add_number(out, 0, 2);
}

/* Two members of ten bytes, called "a" and "bc"; before it `prefix` bytes. */
static void make_zip(struct buf *out, size_t prefix)
{
	static const char *const names[] = {"a", "bc"};
	uint32_t starts[2], directory;

	for (size_t i = 0; i < prefix; i++)
		buf_add_byte(out, 'x');
	for (unsigned i = 0; i < 2; i++) {
		starts[i] = (uint32_t)(out->len - prefix);
		add_header(out, "PK\3\4", 10, strlen(names[i]));
		buf_add_cstr(out, names[i]);
		buf_add_cstr(out, "0123456789");
	}
	directory = (uint32_t)(out->len - prefix);
	for (unsigned i = 0; i < 2; i++) {
		add_header(out, "PK\1\2", 10, strlen(names[i]));
		add_number(out, 0, 4);
		add_number(out, 0, 4);
		add_number(out, 0, 2);
		add_number(out, starts[i], 4);
		buf_add_cstr(out, names[i]);
	}
	add_number(out, 0x06054b50, 4);
	add_number(out, 0, 4);
	add_number(out, 2, 2);
	add_number(out, 2, 2);
	add_number(out, (uint32_t)(out->len - prefix) - 12 - directory, 4);
	add_number(out, directory, 4);
	add_number(out, 0, 2);
}

static void accounts_for_members(void **state)
{
	for (size_t prefix = 0; prefix < 100; prefix += 99) {
		cleanup_buf struct buf file = {0};
		struct zip_directory zip;
		const uint64_t second = prefix + MEMBER_HEADER + 1 + 10;
		const uint64_t directory = second + MEMBER_HEADER + 2 + 10;

		make_zip(&file, prefix);
		assert_int_equal(zip_directory_read(buf_slice(&file), &zip), 0);
		assert_int_equal(zip.end, file.len);
		assert_int_equal(zip.count, 2);
		assert_slice(zip_directory_name(&zip, 0), "a");
		assert_slice(zip_directory_name(&zip, 1), "bc");
		assert_int_equal(zip_directory_covers(&zip, prefix), second);
		assert_int_equal(zip_directory_covers(&zip, second + 5), directory);
		assert_int_equal(zip_directory_covers(&zip, directory), file.len);
		if (prefix > 0)
			assert_int_equal(zip_directory_covers(&zip, prefix - 1), prefix - 1);
		zip_directory_keep(&zip, 1);
		assert_int_equal(zip_directory_covers(&zip, second), second);
		zip_directory_release(&zip);
	}
}

/* A member whose own header says something else is not accounted for, and is overruled. */
static void overrules_members(void **state)
{
	const uint64_t second = MEMBER_HEADER + 1 + 10;

	for (unsigned at = 0; at < MEMBER_HEADER; at++) {
		cleanup_buf struct buf file = {0}, honest = {0};
		struct zip_directory zip;
		const bool matters = at < 4 || at == 6 || at == 8 || at == 9 ||
				     (at >= 18 && at < 22);

		make_zip(&file, 0);
		make_zip(&honest, 0);
		file.data[second + at] ^= 1;
		assert_int_equal(zip_directory_read(buf_slice(&file), &zip), 0);
		assert_int_equal(zip_directory_covers(&zip, 0), second);
		if (at < 26)
			assert_int_equal(
				zip_directory_covers(&zip, second) > second, !matters);
		for (uint64_t from = second - 3; matters && from < second + 3; from++) {
			unsigned char room[MEMBER_HEADER];

			memcpy(room, file.data + from, sizeof(room));
			zip_directory_overrule(&zip, from, room, sizeof(room));
			assert_memory_equal(room, honest.data + from, sizeof(room));
		}
		zip_directory_release(&zip);
	}
}

static void read_all(struct slice bytes)
{
	/* A copy of just that size: one byte too many is seen. */
	unsigned char room[64], *copy = malloc(bytes.len ? bytes.len : 1);
	struct zip_directory zip;

	assert_non_null(copy);
	memcpy(copy, bytes.data, bytes.len);
	assert_int_equal(zip_directory_read(slice_make(copy, bytes.len), &zip), 0);
	for (size_t i = 0; i < zip.count; i++)
		(void)zip_directory_name(&zip, i);
	for (uint64_t at = 0; at < bytes.len; at++) {
		memset(room, 0, sizeof(room));
		assert_true(zip_directory_covers(&zip, at) >= at);
		zip_directory_overrule(&zip, at, room, sizeof(room));
	}
	zip_directory_release(&zip);
	(void)rar5_is_encrypted(slice_make(copy, bytes.len));
	free(copy);
}

static void survives_anything(void **state)
{
	static const unsigned char rar[] = "Rar!\x1a\7\1\0....\x10\2\3\5\4....\3\2\1\0\4a\x85\x80";
	cleanup_buf struct buf file = {0};

	make_zip(&file, 3);
	for (size_t len = 0; len <= file.len; len++)
		read_all(slice_first(buf_slice(&file), len));
	for (size_t at = 0; at < file.len; at++) {
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			file.data[at] ^= (unsigned char)bit;
			read_all(buf_slice(&file));
			file.data[at] ^= (unsigned char)bit;
		}
	}
	for (size_t len = 0; len < sizeof(rar); len++) {
		unsigned char changed[sizeof(rar)];

		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(changed, rar, sizeof(rar));
			changed[len] = (unsigned char)byte;
			read_all(slice_make(changed, sizeof(changed)));
		}
		read_all(slice_make(rar, len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_for_members),
		cmocka_unit_test(overrules_members),
		cmocka_unit_test(survives_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
