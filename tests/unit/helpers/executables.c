/* Executables made by hand; see executables.h. */
#include "executables.h"

#include <stdlib.h>

static void reach(struct buf *file, size_t len)
{
	while (file->len < len)
		if (buf_add_byte(file, 0))
			abort();
}

void put(struct buf *file, size_t at, unsigned size, bool big, uint64_t value)
{
	reach(file, at + size);
	for (unsigned i = 0; i < size; i++)
		file->data[at + (big ? size - 1 - i : i)] = (unsigned char)(value >> (8 * i));
}

void put_text(struct buf *file, size_t at, const char *text)
{
	reach(file, at + strlen(text) + 1);
	memcpy(file->data + at, text, strlen(text) + 1);
}

#define PE_HEADER   0x80u
#define PE_OPTIONAL (PE_HEADER + 24)
#define PE_RVA	    0x2000u /* where the only section is loaded, from file offset 0x400 */
#define PE_RAW	    0x400u
#define PE_BASE	    0x400000u

static void put_pe(struct buf *file, uint32_t rva, uint32_t value)
{
	put(file, rva - PE_RVA + PE_RAW, 4, false, value);
}

void make_pe(struct buf *file, bool plus)
{
	size_t optional_size = plus ? 240 : 224;
	size_t directories = PE_OPTIONAL + (plus ? 112 : 96), section;

	section = PE_OPTIONAL + optional_size;
	put_text(file, 0, "MZ");
	put(file, 0x3c, 4, false, PE_HEADER);
	put_text(file, PE_HEADER, "PE");
	put(file, PE_HEADER + 6, 2, false, 1);
	put(file, PE_HEADER + 20, 2, false, optional_size);
	put(file, PE_OPTIONAL, 2, false, plus ? 0x20b : 0x10b);
	put(file, PE_OPTIONAL + (plus ? 24 : 28), plus ? 8 : 4, false, PE_BASE);
	put(file, PE_OPTIONAL + 32, 4, false, 0x1000);
	put(file, PE_OPTIONAL + 36, 4, false, 0x200);
	put(file, PE_OPTIONAL + 60, 4, false, 0x400);
	put(file, directories - 4, 4, false, 16);
	put(file, directories + 8, 4, false, PE_RVA);
	put(file, directories + 13 * 8, 4, false, PE_RVA + 0x80);
	put_text(file, section, ".idata");
	put(file, section + 8, 4, false, 0x1000);
	put(file, section + 12, 4, false, PE_RVA);
	put(file, section + 16, 4, false, 0x200);
	put(file, section + 20, 4, false, PE_RAW);
	put_pe(file, PE_RVA + 12, PE_RVA + 0x100);
	put_pe(file, PE_RVA + 16, PE_RVA + 0x180);
	put_pe(file, PE_RVA + 20 + 12, PE_RVA + 0x110);
	put_pe(file, PE_RVA + 20 + 16, PE_RVA + 0x180);
	put_pe(file, PE_RVA + 0x80, plus ? 1 : 0);
	put_pe(file, PE_RVA + 0x84, (plus ? 0 : PE_BASE) + PE_RVA + 0x120);
	put_text(file, PE_RAW + 0x100, "KERNEL32.dll");
	put_text(file, PE_RAW + 0x110, "user32.DLL");
	put_text(file, PE_RAW + 0x120, "WS2_32.dll");
	put(file, PE_RAW + 0x1ff, 1, false, 0);
}

void make_elf(struct buf *file, bool wide, bool big)
{
	const unsigned word = wide ? 8 : 4;
	const size_t headers = wide ? 64 : 52, header_size = wide ? 56 : 32;
	const size_t dynamic = 0x100, strings = 0x200, base = 0x10000;
	const uint64_t entries[][2] = {
		{1, 1}, {0x7fffffff, 21}, {5, base + strings}, {1, 11}, {10, 64}, {0, 0}};

	put_text(file, 0, "\177ELF");
	put(file, 4, 1, big, wide ? 2 : 1);
	put(file, 5, 1, big, big ? 2 : 1);
	put(file, 16, 2, big, 3);
	put(file, wide ? 32 : 28, word, big, headers);
	put(file, wide ? 54 : 42, 2, big, header_size);
	put(file, wide ? 56 : 44, 2, big, 2);
	put(file, headers, 4, big, 1);
	put(file, headers + (wide ? 8 : 4), word, big, 0);
	put(file, headers + (wide ? 16 : 8), word, big, base);
	put(file, headers + (wide ? 32 : 16), word, big, 0x300);
	put(file, headers + header_size, 4, big, 2);
	put(file, headers + header_size + (wide ? 8 : 4), word, big, dynamic);
	put(file, headers + header_size + (wide ? 16 : 8), word, big, base + dynamic);
	put(file, headers + header_size + (wide ? 32 : 16), word, big, 6 * 2 * word);
	for (size_t i = 0; i < 6; i++) {
		put(file, dynamic + i * 2 * word, word, big, entries[i][0]);
		put(file, dynamic + i * 2 * word + word, word, big, entries[i][1]);
	}
	put_text(file, strings + 1, "libc.so.6");
	put_text(file, strings + 11, "libm.so.6");
	put_text(file, strings + 21, "libf.so");
	put(file, 0x2ff, 1, big, 0);
}

static size_t put_dylib(struct buf *file, size_t at, bool big, uint32_t command, const char *name)
{
	size_t size = (24 + strlen(name) + 8) & ~(size_t)7;

	put(file, at, 4, big, command);
	put(file, at + 4, 4, big, size);
	put(file, at + 8, 4, big, 24);
	put_text(file, at + 24, name);
	put(file, at + size - 1, 1, big, 0);
	return at + size;
}

void make_macho(struct buf *file, bool wide, bool big)
{
	size_t start = file->len, at = start + (wide ? 32 : 28), first = at;

	put(file, start, 4, big, wide ? 0xfeedfacf : 0xfeedface);
	put(file, start + 12, 4, big, 2);
	put(file, start + 16, 4, big, 3);
	put(file, at, 4, big, 0x1b); /* LC_UUID, which loads nothing */
	put(file, at + 4, 4, big, 24);
	put(file, at + 23, 1, big, 1);
	at = put_dylib(file, at + 24, big, 0xc, "/usr/lib/libSystem.B.dylib");
	at = put_dylib(file, at, big, 0x80000018, "@rpath/libweak.dylib");
	put(file, start + 20, 4, big, at - first);
}

void make_fat(struct buf *file)
{
	size_t first = 0x100, second;

	put(file, 0, 4, true, 0xcafebabe);
	put(file, 4, 4, true, 2);
	put(file, first - 1, 1, true, 0);
	make_macho(file, true, false);
	second = file->len;
	make_macho(file, false, true);
	put(file, 8 + 8, 4, true, first);
	put(file, 8 + 12, 4, true, second - first);
	put(file, 28 + 8, 4, true, second);
	put(file, 28 + 12, 4, true, file->len - second);
}
