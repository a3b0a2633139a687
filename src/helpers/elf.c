/*
 * The libraries an ELF file asks for: DT_NEEDED, and the rarer entries that make ld.so(8) load one
 * too (System V ABI, "Dynamic Section"; 32 and 64 bits, either byte order). Found as the kernel and
 * ld.so find them, by program headers; section headers are for linkers and may lie.
 */
#include "helpers/bytes.h"
#include "helpers/imports.h"

#define PT_LOAD	   1u
#define PT_DYNAMIC 2u

#define DT_NULL	     0u
#define DT_NEEDED    1u
#define DT_STRTAB    5u
#define DT_AUDIT     0x6ffffefcu
#define DT_DEPAUDIT  0x6ffffefbu
#define DT_AUXILIARY 0x7ffffffdu
#define DT_FILTER    0x7fffffffu

/* The kernel takes no more bytes of program headers than these (fs/binfmt_elf.c). */
#define HEADERS_BYTES ((size_t)65536)
#define DYNAMIC_MAX   ((size_t)65536)

struct elf {
	struct slice file;
	struct slice headers; /* program headers, whole ones only */
	bool wide, big;	      /* 64 bits; most significant byte first */
};

struct segment {
	uint32_t type;
	uint64_t offset, address, in_file;
};

static bool elf_open(struct slice file, struct elf *elf)
{
	uint64_t offset, count, size;

	if (file.len < 52 || file.data[4] < 1 || file.data[4] > 2 || file.data[5] < 1 ||
		file.data[5] > 2)
		return false;
	*elf = (struct elf){.file = file, .wide = file.data[4] == 2, .big = file.data[5] == 2};
	size = elf->wide ? 56 : 32;
	offset = elf->wide ? bytes_number(file, 32, 8, elf->big)
			   : bytes_number(file, 28, 4, elf->big);
	count = bytes_number(file, elf->wide ? 56 : 44, 2, elf->big);
	elf->headers = bytes_at(file, offset);
	if (count * size > HEADERS_BYTES)
		return false;
	elf->headers = slice_first(elf->headers, (size_t)(count * size));
	elf->headers.len -= elf->headers.len % (size_t)size;
	return true;
}

static struct slice next_segment(const struct elf *elf, struct slice at, struct segment *segment)
{
	const bool big = elf->big;

	segment->type = (uint32_t)bytes_number(at, 0, 4, big);
	if (elf->wide) {
		segment->offset = bytes_number(at, 8, 8, big);
		segment->address = bytes_number(at, 16, 8, big);
		segment->in_file = bytes_number(at, 32, 8, big);
		return slice_from(at, 56);
	}
	segment->offset = bytes_number(at, 4, 4, big);
	segment->address = bytes_number(at, 8, 4, big);
	segment->in_file = bytes_number(at, 16, 4, big);
	return slice_from(at, 32);
}

static struct slice segment_bytes(const struct elf *elf, const struct segment *segment)
{
	struct slice bytes = bytes_at(elf->file, segment->offset);

	return segment->in_file < bytes.len ? slice_first(bytes, (size_t)segment->in_file) : bytes;
}

/* What stands in memory at `address` up to the end of its segment. */
static struct slice elf_at(const struct elf *elf, uint64_t address)
{
	for (struct slice at = elf->headers; at.len > 0;) {
		struct segment segment;

		at = next_segment(elf, at, &segment);
		if (segment.type == PT_LOAD && address >= segment.address &&
			address - segment.address < segment.in_file)
			return bytes_at(segment_bytes(elf, &segment), address - segment.address);
	}
	return SLICE_EMPTY;
}

static struct slice find_dynamic(const struct elf *elf)
{
	for (struct slice at = elf->headers; at.len > 0;) {
		struct segment segment;
		struct slice bytes;

		at = next_segment(elf, at, &segment);
		if (segment.type != PT_DYNAMIC)
			continue;
		/* ld.so reads it where it was loaded; its offset counts where it was not. */
		bytes = elf_at(elf, segment.address);
		return bytes.len > 0 ? bytes : segment_bytes(elf, &segment);
	}
	return SLICE_EMPTY;
}

static bool loads_library(uint64_t tag)
{
	return tag == DT_NEEDED || tag == DT_AUXILIARY || tag == DT_FILTER || tag == DT_AUDIT ||
	       tag == DT_DEPAUDIT;
}

void elf_imports(struct slice bytes, struct imports *imports)
{
	struct slice dynamic, strings = SLICE_EMPTY;
	size_t count = 0, size;
	unsigned half;
	struct elf elf;

	if (!elf_open(bytes, &elf))
		return;
	half = elf.wide ? 8 : 4;
	size = (size_t)half * 2;
	dynamic = find_dynamic(&elf);
	for (; bytes_number(dynamic, count * size, half, elf.big) != DT_NULL; count++) {
		if (count >= DYNAMIC_MAX) {
			imports->overlimit = true;
			break;
		}
		/* The last string table is the one ld.so uses. */
		if (bytes_number(dynamic, count * size, half, elf.big) == DT_STRTAB)
			strings = elf_at(
				&elf, bytes_number(dynamic, count * size + half, half, elf.big));
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t tag = bytes_number(dynamic, i * size, half, elf.big);
		uint64_t name = bytes_number(dynamic, i * size + half, half, elf.big);

		if (loads_library(tag) && !imports_add(imports, bytes_at(strings, name)))
			return;
	}
}
