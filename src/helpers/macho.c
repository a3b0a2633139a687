/*
 * The libraries a Mach-O file asks for (Apple's <mach-o/loader.h>, <mach-o/fat.h>): the load
 * commands that name a dylib, in a thin file or in each slice of a fat one. A fat file shares its
 * first bytes with a Java class; the number behind them tells: slices are few, while a class has
 * its version there, 45 or higher.
 */
#include "helpers/bytes.h"
#include "helpers/imports.h"

#define MAGIC_32     0xfeedfaceu
#define MAGIC_64     0xfeedfacfu
#define MAGIC_FAT    0xcafebabeu
#define MAGIC_FAT_64 0xcafebabfu

#define FAT_SLICES_MAX 44u
#define COMMANDS_MAX   65536u

#define LC_LOAD_DYLIB	     0xcu
#define LC_LAZY_LOAD_DYLIB   0x20u
#define LC_LOAD_WEAK_DYLIB   0x80000018u
#define LC_REEXPORT_DYLIB    0x8000001fu
#define LC_LOAD_UPWARD_DYLIB 0x80000023u

static bool is_thin(struct slice bytes, bool *big)
{
	const uint32_t magic = bytes_le32(bytes, 0);

	*big = magic == __builtin_bswap32(MAGIC_32) || magic == __builtin_bswap32(MAGIC_64);
	return *big || magic == MAGIC_32 || magic == MAGIC_64;
}

static bool is_fat(struct slice bytes)
{
	const uint64_t magic = bytes_number(bytes, 0, 4, true);

	return (magic == MAGIC_FAT || magic == MAGIC_FAT_64) &&
	       bytes_number(bytes, 4, 4, true) <= FAT_SLICES_MAX;
}

bool macho_known(struct slice bytes)
{
	bool big;

	return bytes.len >= 8 && (is_thin(bytes, &big) || is_fat(bytes));
}

static bool loads_dylib(uint64_t command)
{
	return command == LC_LOAD_DYLIB || command == LC_LAZY_LOAD_DYLIB ||
	       command == LC_LOAD_WEAK_DYLIB || command == LC_REEXPORT_DYLIB ||
	       command == LC_LOAD_UPWARD_DYLIB;
}

/* Returns false when no more may be added. */
static bool read_thin(struct slice bytes, struct imports *imports)
{
	struct slice commands;
	uint64_t count, size;
	bool big;

	if (!is_thin(bytes, &big))
		return true;
	count = bytes_number(bytes, 16, 4, big);
	size = bytes_number(bytes, 20, 4, big);
	/* The last byte of the magic number that ends in CF tells 64 bits. */
	commands = slice_from(bytes, bytes_number(bytes, 0, 4, big) == MAGIC_64 ? 32 : 28);
	if (size < commands.len)
		commands = slice_first(commands, (size_t)size);
	for (uint64_t i = 0; i < count && commands.len >= 8; i++) {
		uint64_t command = bytes_number(commands, 0, 4, big);
		uint64_t length = bytes_number(commands, 4, 4, big);

		if (i >= COMMANDS_MAX) {
			imports->overlimit = true;
			return false;
		}
		if (length < 8 || length > commands.len)
			return true;
		if (loads_dylib(command) &&
			!imports_add(imports, bytes_at(slice_first(commands, (size_t)length),
						      bytes_number(commands, 8, 4, big))))
			return false;
		commands = slice_from(commands, (size_t)length);
	}
	return true;
}

static void read_fat(struct slice bytes, struct imports *imports)
{
	const bool wide = bytes_number(bytes, 0, 4, true) == MAGIC_FAT_64;
	const uint64_t count = bytes_number(bytes, 4, 4, true);
	const unsigned field = wide ? 8 : 4;
	struct slice table = slice_from(bytes, 8);

	for (uint64_t i = 0; i < count && table.len > 0; i++) {
		uint64_t offset = bytes_number(table, 8, field, true);
		uint64_t size = bytes_number(table, 8 + field, field, true);
		struct slice part = bytes_at(bytes, offset);

		if (size < part.len)
			part = slice_first(part, (size_t)size);
		if (!read_thin(part, imports))
			return;
		table = slice_from(table, wide ? 32 : 20);
	}
}

void macho_imports(struct slice bytes, struct imports *imports)
{
	if (is_fat(bytes))
		read_fat(bytes, imports);
	else
		read_thin(bytes, imports);
}
