/*
 * The readers of import tables: on files made by hand, on real ones, and on hostile ones: cut at
 * every byte, with bytes changed at random, with tables that lead to themselves.
 */
#include "unit.h"

#include "base/fd.h"
#include "executables.h"
#include "helpers/bytes.h"
#include "helpers/filetype.h"
#include "helpers/imports.h"
#include "open/protocol.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads the imports of `file` and compares them with `want`, names separated by blanks. */
static void assert_imports(struct slice file, const char *want)
{
	struct imports imports = {0};

	assert_int_equal(imports_read(file, &imports), 0);
	for (size_t i = 0; i < imports.names.len; i++)
		if (imports.names.data[i] == 0)
			imports.names.data[i] = ' ';
	if (imports.names.len > 0)
		imports.names.len--;
	assert_slice(buf_slice(&imports.names), want);
	assert_false(imports.overlimit);
	imports_release(&imports);
}

static bool has(const struct imports *imports, const char *name)
{
	const char *at = (const char *)imports->names.data;

	for (unsigned i = 0; i < imports->count; i++, at += strlen(at) + 1)
		if (strcmp(at, name) == 0)
			return true;
	return false;
}

static void reads_pe(void **state)
{
	for (int plus = 0; plus < 2; plus++) {
		struct buf file = {0};

		make_pe(&file, plus);
		assert_imports(buf_slice(&file), "KERNEL32.dll user32.DLL WS2_32.dll");
		/* The loader rounds a section's offset down to a sector. */
		put(&file, 0x80 + 24 + (plus ? 240u : 224u) + 20, 4, false, 0x400 + 0x1ff);
		assert_imports(buf_slice(&file), "KERNEL32.dll user32.DLL WS2_32.dll");
		/* Without its sections it imports nothing. */
		put(&file, 0x80 + 6, 2, false, 0);
		assert_imports(buf_slice(&file), "");
		buf_release(&file);
	}
}

/* A section that ends in the middle of a name ends it: zeros stand behind in memory. */
static void pe_section_ends_a_name(void **state)
{
	struct buf file = {0};

	make_pe(&file, true);
	put_text(&file, 0x400 + 0x1f8, "evil.dllJUNK");
	put(&file, 0x400 + 12, 4, false, 0x2000 + 0x1f8);
	assert_imports(buf_slice(&file), "evil.dll user32.DLL WS2_32.dll");
	buf_release(&file);
}

/* With a small section alignment the file is mapped as it stands. */
static void reads_flat_pe(void **state)
{
	struct buf file = {0};

	make_pe(&file, false);
	put(&file, 0x80 + 24 + 32, 4, false, 4);
	put(&file, 0x80 + 24 + 96 + 8, 4, false, 0x400);
	put(&file, 0x80 + 24 + 96 + 13 * 8, 4, false, 0);
	put(&file, 0x400 + 12, 4, false, 0x500);
	put(&file, 0x400 + 32, 4, false, 0x510);
	assert_imports(buf_slice(&file), "KERNEL32.dll user32.DLL");
	buf_release(&file);
}

static void reads_elf(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		struct buf file = {0};

		make_elf(&file, kind & 1, kind & 2);
		assert_imports(buf_slice(&file), "libc.so.6 libf.so libm.so.6");
		buf_release(&file);
	}
}

static void reads_macho(void **state)
{
	const char *want = "/usr/lib/libSystem.B.dylib @rpath/libweak.dylib";
	struct buf fat = {0};

	for (int kind = 0; kind < 4; kind++) {
		struct buf file = {0};

		make_macho(&file, kind & 1, kind & 2);
		assert_imports(buf_slice(&file), want);
		buf_release(&file);
	}
	make_fat(&fat);
	assert_imports(buf_slice(&fat), "/usr/lib/libSystem.B.dylib @rpath/libweak.dylib "
					"/usr/lib/libSystem.B.dylib @rpath/libweak.dylib");
	buf_release(&fat);
}

static void java_is_no_fat_file(void **state)
{
	struct slice class = SLICE_LITERAL("\xca\xfe\xba\xbe\0\0\0\x34\0\x1d\x0a\0\x06\0\x0f\x09");

	assert_false(imports_known(class));
	assert_true(filetype_is_program(class, SLICE_EMPTY));
	assert_imports(class, "");
}

static void tells_programs(void **state)
{
	const struct slice script = SLICE_LITERAL("#!/bin/sh\n"), text = SLICE_LITERAL("Dear John");

	assert_true(filetype_is_program(script, slice_cstr("text/plain")));
	assert_true(filetype_is_program(text, slice_cstr("application/x-dosexec")));
	assert_false(filetype_is_program(text, slice_cstr("text/plain")));
	assert_false(filetype_is_program(SLICE_EMPTY, SLICE_EMPTY));
	assert_false(imports_known(slice_cstr("M")));
}

static void read_real(const char *path, const char *library)
{
	struct imports imports = {0};
	struct buf file = {0};

	if (access(path, R_OK) == 0) {
		assert_int_equal(fd_read_file(AT_FDCWD, path, 64u << 20, &file), 0);
		assert_int_equal(imports_read(buf_slice(&file), &imports), 0);
		assert_true(has(&imports, library));
		assert_false(imports.overlimit);
	}
	buf_release(&file);
	imports_release(&imports);
}

static void reads_real_files(void **state)
{
	read_real("/bin/ls", "libc.so.6");
	read_real("/usr/share/clamav-testfiles/clam.exe", "KERNEL32.DLL");
}

/* More names than anybody needs: a flag, and no more than the bound. */
static void bounds_names(void **state)
{
	struct imports imports = {0};
	struct buf file = {0};

	make_pe(&file, true);
	put(&file, 0x80 + 24 + 240 + 8, 4, false, 0x10000);
	put(&file, 0x80 + 24 + 240 + 16, 4, false, 0x10000);
	for (unsigned i = 0; i < OPEN_IMPORTS_MAX + 10; i++)
		put(&file, 0x400 + i * 20 + 12, 4, false, 0x2000 + 0xff00);
	put_text(&file, 0x400 + 0xff00, "a.dll");
	assert_int_equal(imports_read(buf_slice(&file), &imports), 0);
	assert_true(imports.overlimit);
	assert_true(imports.count <= OPEN_IMPORTS_MAX);
	imports_release(&imports);
	buf_release(&file);
}

/* Of a long name the end counts; hostile bytes do not come through. */
static void cleans_names(void **state)
{
	struct imports imports = {0};
	struct buf name = {0};

	for (int i = 0; i < 100; i++)
		buf_add_cstr(&name, "./././");
	buf_add_cstr(&name, "evil\n\x1b.dll");
	assert_true(imports_add(&imports, buf_slice(&name)));
	assert_int_equal(imports.names.len, OPEN_IMPORT_MAX + 1);
	assert_true(slice_ends_nocase(
		slice_first(buf_slice(&imports.names), OPEN_IMPORT_MAX), "/evil?\?.dll"));
	for (unsigned i = 0; i < 500 && !imports.overlimit; i++)
		imports_add(&imports, buf_slice(&name));
	assert_true(imports.overlimit);
	assert_true(imports.total <= OPEN_IMPORTS_BYTES);
	buf_release(&name);
	imports_release(&imports);
}

/* In memory of exactly its size, so that a sanitizer sees each byte too far. */
static void read_copy(struct slice bytes, struct imports *imports)
{
	unsigned char *copy = malloc(bytes.len ? bytes.len : 1);

	assert_non_null(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	imports_clear(imports);
	imports->total = 0;
	assert_int_equal(imports_read(slice_make(copy, bytes.len), imports), 0);
	assert_true(imports->count <= OPEN_IMPORTS_MAX);
	free(copy);
}

static void survives(const struct buf *file)
{
	struct imports imports = {0};
	struct buf other = {0};
	uint32_t random = 12345;

	for (size_t len = 0; len <= file->len; len++)
		read_copy(slice_first(buf_slice(file), len), &imports);
	buf_add(&other, buf_slice(file));
	for (int round = 0; round < 20000; round++) {
		if (round % 8 == 0)
			memcpy(other.data, file->data, file->len);
		random = random * 1664525u + 1013904223u;
		/* Header bytes mostly, and values that hurt. */
		other.data[(random >> 8) % (round % 2 ? file->len : 0x200)] =
			(random & 3) == 0 ? 0xff : (unsigned char)(random >> 24);
		read_copy(buf_slice(&other), &imports);
	}
	buf_release(&other);
	imports_release(&imports);
}

static void survives_hostile_files(void **state)
{
	for (int kind = 0; kind < 11; kind++) {
		struct buf file = {0};

		if (kind < 2)
			make_pe(&file, kind);
		else if (kind < 6)
			make_elf(&file, kind & 1, kind & 2);
		else if (kind < 10)
			make_macho(&file, kind & 1, kind & 2);
		else
			make_fat(&file);
		put(&file, file.len < 0x200 ? 0x200 : file.len, 1, false, 0);
		survives(&file);
		buf_release(&file);
	}
}

static void numbers_end_with_the_bytes(void **state)
{
	const struct slice three = SLICE_LITERAL("\x01\x02\x03");

	assert_int_equal(bytes_le32(three, 0), 0x030201);
	assert_int_equal(bytes_number(three, 0, 4, true), 0x01020300);
	assert_int_equal(bytes_le16(three, 2), 3);
	assert_int_equal(bytes_le32(three, 3), 0);
	assert_int_equal(bytes_le32(three, UINT64_MAX), 0);
	assert_int_equal(bytes_at(three, UINT64_MAX).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pe),
		cmocka_unit_test(pe_section_ends_a_name),
		cmocka_unit_test(reads_flat_pe),
		cmocka_unit_test(reads_elf),
		cmocka_unit_test(reads_macho),
		cmocka_unit_test(java_is_no_fat_file),
		cmocka_unit_test(tells_programs),
		cmocka_unit_test(reads_real_files),
		cmocka_unit_test(bounds_names),
		cmocka_unit_test(cleans_names),
		cmocka_unit_test(survives_hostile_files),
		cmocka_unit_test(numbers_end_with_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
