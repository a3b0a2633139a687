/*
 * Fuzz target: the input is an executable, as qmvc-open is given one. Checked: the bounds that the
 * protocol promises hold, names are fit to be sent, and reading twice gives the same.
 */
#include "helpers/filetype.h"
#include "helpers/imports.h"
#include "open/protocol.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_imports: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

static void check_names(const struct imports *imports)
{
	const char *name = (const char *)imports->names.data;
	size_t bytes = 0;

	REQUIRE(imports->count <= OPEN_IMPORTS_MAX);
	for (unsigned i = 0; i < imports->count; i++) {
		struct buf line = {0};
		struct open_record record;

		REQUIRE(open_record_write(&line, OPEN_IMPORT, 0, slice_cstr(name)) == 0);
		REQUIRE(open_record_read(slice_make(line.data, line.len - 1), &record) == 0);
		REQUIRE(slice_eq_cstr(record.text, name));
		buf_release(&line);
		bytes += strlen(name);
		name += strlen(name) + 1;
	}
	REQUIRE(bytes <= OPEN_IMPORTS_BYTES && bytes <= imports->total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imports imports = {0}, again = {0};
	struct slice file = slice_make(data, size);

	REQUIRE(imports_read(file, &imports) == 0);
	REQUIRE(imports_known(file) || imports.count == 0);
	REQUIRE(!imports_known(file) || filetype_is_program(file, SLICE_EMPTY));
	check_names(&imports);
	REQUIRE(imports_read(file, &again) == 0);
	REQUIRE(slice_eq(buf_slice(&imports.names), buf_slice(&again.names)));
	imports_release(&imports);
	imports_release(&again);
	return 0;
}
