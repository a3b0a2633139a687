/*
 * Executables made by hand for the tests: just enough header for a loader to find the libraries.
 * Each function appends a whole file to an empty buffer.
 */
#ifndef QMVC_TESTS_EXECUTABLES_H
#define QMVC_TESTS_EXECUTABLES_H

#include "base/buf.h"

/* Imports KERNEL32.dll and user32.DLL; delays WS2_32.dll. `plus`: 64 bits. */
void make_pe(struct buf *file, bool plus);
/* Needs libc.so.6 and libm.so.6, and filters libf.so. */
void make_elf(struct buf *file, bool wide, bool big);
/* Loads /usr/lib/libSystem.B.dylib and, weakly, @rpath/libweak.dylib. */
void make_macho(struct buf *file, bool wide, bool big);
/* Two slices, 64 bits little-endian and 32 bits big-endian. */
void make_fat(struct buf *file);

/* Writes `value` over `size` bytes at `at`, making the buffer longer with zeros where need be. */
void put(struct buf *file, size_t at, unsigned size, bool big, uint64_t value);
void put_text(struct buf *file, size_t at, const char *text);

#endif
