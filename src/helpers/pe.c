/*
 * The import tables of a PE file (Microsoft's "PE Format", import directory and delay-load import
 * tables), read as the Windows loader does it, because the file that matters is the one that runs:
 * file offsets of sections are rounded down to a sector, a section's end is filled with zeros, and
 * with a small section alignment the file is mapped as it stands.
 */
#include "helpers/bytes.h"
#include "helpers/imports.h"

#define SECTOR	     512u
#define PAGE	     4096u
#define SECTION_SIZE 40u

/* Linkers make a few dozen sections and as many descriptors: more is meant to cost time. */
#define SECTIONS_MAX	1024u
#define DESCRIPTORS_MAX 1000u

#define MAGIC_PE32	0x10b
#define MAGIC_PE32_PLUS 0x20b

#define DIRECTORY_IMPORT 1u
#define DIRECTORY_DELAY	 13u

#define DELAY_ADDRESSES_ARE_RVAS 1u

struct pe {
	struct slice file;
	struct slice sections; /* the section table, whole entries only */
	bool plus;	       /* PE32+ */
	bool flat;	       /* file offset and RVA are the same */
	bool overlimit;	       /* more sections than are looked at */
	uint64_t image_base;
	uint32_t header_size;
	uint32_t import_rva, delay_rva;
};

static uint32_t directory(struct slice optional, bool plus, unsigned index)
{
	const unsigned count = bytes_le32(optional, plus ? 108 : 92);

	return index < count ? bytes_le32(optional, (plus ? 112u : 96u) + index * 8) : 0;
}

static bool pe_open(struct slice file, struct pe *pe)
{
	struct slice header = bytes_at(file, bytes_le32(file, 0x3c));
	struct slice optional = slice_from(header, 24);
	uint16_t magic = bytes_le16(optional, 0);
	size_t sections = bytes_le16(header, 6);

	if (bytes_le32(header, 0) != 0x4550 || (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS))
		return false;
	*pe = (struct pe){.file = file, .plus = magic == MAGIC_PE32_PLUS};
	pe->overlimit = sections > SECTIONS_MAX;
	if (pe->overlimit)
		sections = SECTIONS_MAX;
	pe->sections =
		slice_first(slice_from(optional, bytes_le16(header, 20)), sections * SECTION_SIZE);
	pe->sections.len -= pe->sections.len % SECTION_SIZE;
	pe->image_base = pe->plus ? bytes_number(optional, 24, 8, false) : bytes_le32(optional, 28);
	pe->flat = bytes_le32(optional, 32) < PAGE;
	pe->header_size = bytes_le32(optional, 60);
	pe->import_rva = directory(optional, pe->plus, DIRECTORY_IMPORT);
	pe->delay_rva = directory(optional, pe->plus, DIRECTORY_DELAY);
	return true;
}

/* What stands in memory from `rva` to the end of its section's bytes. */
static struct slice pe_at(const struct pe *pe, uint64_t rva)
{
	if (pe->flat)
		return bytes_at(pe->file, rva);
	if (rva < pe->header_size)
		return bytes_at(slice_first(pe->file, pe->header_size), rva);
	for (struct slice table = pe->sections; table.len > 0;
		table = slice_from(table, SECTION_SIZE)) {
		uint64_t in_memory = bytes_le32(table, 8), address = bytes_le32(table, 12);
		uint64_t in_file = bytes_le32(table, 16), offset = bytes_le32(table, 20);
		struct slice bytes;

		in_file += offset % SECTOR;
		offset -= offset % SECTOR;
		in_memory = (in_memory + PAGE - 1) / PAGE * PAGE;
		if (in_memory == 0 || in_memory > in_file)
			in_memory = in_file;
		if (rva < address || rva - address >= in_memory)
			continue;
		bytes = slice_first(bytes_at(pe->file, offset), (size_t)in_memory);
		return bytes_at(bytes, rva - address);
	}
	return SLICE_EMPTY;
}

/* Twenty bytes an entry, the last one has no name. */
static bool read_imports(const struct pe *pe, struct imports *imports)
{
	struct slice table = pe->import_rva ? pe_at(pe, pe->import_rva) : SLICE_EMPTY;

	for (unsigned i = 0; bytes_le32(table, 12) != 0; i++) {
		if (i >= DESCRIPTORS_MAX) {
			imports->overlimit = true;
			return false;
		}
		if (!imports_add(imports, pe_at(pe, bytes_le32(table, 12))))
			return false;
		table = slice_from(table, 20);
	}
	return true;
}

/* Thirty-two bytes an entry; old linkers wrote addresses where RVAs belong. */
static void read_delayed(const struct pe *pe, struct imports *imports)
{
	struct slice table = pe->delay_rva ? pe_at(pe, pe->delay_rva) : SLICE_EMPTY;

	for (unsigned i = 0; bytes_le32(table, 4) != 0; i++) {
		uint64_t name = bytes_le32(table, 4);

		if (i >= DESCRIPTORS_MAX) {
			imports->overlimit = true;
			return;
		}
		if (!(bytes_le32(table, 0) & DELAY_ADDRESSES_ARE_RVAS) && name >= pe->image_base)
			name -= pe->image_base;
		if (!imports_add(imports, pe_at(pe, name)))
			return;
		table = slice_from(table, 32);
	}
}

void pe_imports(struct slice bytes, struct imports *imports)
{
	struct pe pe;

	if (!pe_open(bytes, &pe))
		return;
	imports->overlimit = imports->overlimit || pe.overlimit;
	if (read_imports(&pe, imports))
		read_delayed(&pe, imports);
}
