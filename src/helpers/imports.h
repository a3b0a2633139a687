/*
 * The libraries an executable asks its loader for: PE (import and delay-import tables), ELF
 * (DT_NEEDED and its kin), Mach-O (the LC_LOAD_DYLIB family, fat files too). All that stands in
 * such a file is hostile; the work is linear in its size and the answer bounded.
 */
#ifndef QMVC_HELPERS_IMPORTS_H
#define QMVC_HELPERS_IMPORTS_H

#include "base/buf.h"

struct imports {
	struct buf names; /* printable ASCII, a NUL behind each */
	unsigned count;
	bool overlimit; /* there is more than the bounds allow */
	size_t total;	/* bytes of the names of all files so far: kept over imports_clear() */
};

/* Forgets the names, for the next file. */
void imports_clear(struct imports *imports);
void imports_release(struct imports *imports);

/* Is the file of a kind imports_read() knows, by its first bytes? */
bool imports_known(struct slice bytes);

/*
 * Adds the libraries that `bytes`, a whole file, imports, in the order of its tables. A file of
 * another kind, or one whose tables lead nowhere, adds none. Returns 0 or -ENOMEM.
 */
int imports_read(struct slice bytes, struct imports *imports);

/*
 * For the readers of one kind: adds the name that `at` begins with, up to its NUL or its end. Of a
 * name too long its end is kept, which names the file. Returns false when no more may be added:
 * then overlimit is set.
 */
bool imports_add(struct imports *imports, struct slice at);

/* The readers: pe.c, elf.c, macho.c. */
void pe_imports(struct slice bytes, struct imports *imports);
void elf_imports(struct slice bytes, struct imports *imports);
void macho_imports(struct slice bytes, struct imports *imports);
bool macho_known(struct slice bytes);

#endif
