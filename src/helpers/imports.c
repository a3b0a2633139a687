/* The list of imported libraries, and which reader a file is for; see imports.h. */
#include "helpers/imports.h"

#include "open/protocol.h"

#include <errno.h>

/* A name longer than a path can be is no name: PATH_MAX here, MAX_PATH on Windows is shorter. */
#define NAME_SEARCH ((size_t)4096)

void imports_clear(struct imports *imports)
{
	buf_clear(&imports->names);
	imports->count = 0;
	imports->overlimit = false;
}

void imports_release(struct imports *imports)
{
	buf_release(&imports->names);
}

static bool room_for(const struct imports *imports, size_t len)
{
	const size_t here = imports->names.len - imports->count;

	return imports->count < OPEN_IMPORTS_MAX && len <= OPEN_IMPORTS_BYTES - here &&
	       len <= OPEN_IMPORTS_TOTAL - imports->total;
}

bool imports_add(struct imports *imports, struct slice at)
{
	struct slice name = slice_first(at, slice_find_byte(slice_first(at, NAME_SEARCH), 0, 0));

	if (name.len > OPEN_IMPORT_MAX)
		name = slice_from(name, name.len - OPEN_IMPORT_MAX);
	if (name.len == 0)
		return true;
	if (!room_for(imports, name.len)) {
		imports->overlimit = true;
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		unsigned char letter = name.data[i];

		buf_add_byte(&imports->names, letter >= 0x20 && letter < 0x7f ? letter : '?');
	}
	buf_add_byte(&imports->names, 0);
	imports->count++;
	imports->total += name.len;
	return true;
}

static bool is_pe(struct slice bytes)
{
	return slice_starts(bytes, "MZ") || slice_starts(bytes, "ZM");
}

static bool is_elf(struct slice bytes)
{
	return slice_starts(bytes, "\177ELF");
}

bool imports_known(struct slice bytes)
{
	return is_pe(bytes) || is_elf(bytes) || macho_known(bytes);
}

int imports_read(struct slice bytes, struct imports *imports)
{
	if (is_pe(bytes))
		pe_imports(bytes, imports);
	else if (is_elf(bytes))
		elf_imports(bytes, imports);
	else if (macho_known(bytes))
		macho_imports(bytes, imports);
	return imports->names.failed ? -ENOMEM : 0;
}
