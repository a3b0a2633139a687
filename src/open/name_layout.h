/* Private to the layouts: which names all readers show alike. */
#ifndef QMVC_OPEN_NAME_LAYOUT_H
#define QMVC_OPEN_NAME_LAYOUT_H

#include "base/slice.h"

/*
 * Is a character of more than 16 bits in it as two of 16 (CESU-8)? Some readers put them together,
 * others leave them.
 */
static inline bool name_has_surrogates(struct slice name)
{
	for (size_t at = 0; (at = slice_find_byte(name, 0xed, at)) < name.len; at++)
		if (at + 1 < name.len && name.data[at + 1] >= 0xa0)
			return true;
	return false;
}

#endif
