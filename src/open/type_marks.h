/*
 * Could libmagic give these bytes one of the types that somebody asks for? Nearly all of its types begin
 * with a test of a few bytes at a fixed place; where those of a type do not stand, the type cannot come
 * out. So an object with none of the marks of the wanted types is settled without libmagic. This proves
 * "cannot be", never "is".
 */
#ifndef QMVC_OPEN_TYPE_MARKS_H
#define QMVC_OPEN_TYPE_MARKS_H

#include "control/patterns.h"

#include <stdint.h>

/* Which types matter. Zeroed: all of them. */
struct type_marks {
	bool known; /* those of `groups` and of programs, and no others */
	uint32_t groups;
};

/* Where an administrator adds to what libmagic knows (magic(5)); compiled with ".mgc" behind it. */
#define TYPE_MARKS_LOCAL "/etc/magic"

/* Were the rules of this libmagic (magic_version(3)) read? */
bool type_marks_cover(int magic_version);

/*
 * The types that `rules` (badmimetypes) name. Not known are descriptions, families ("video/" and a star),
 * types that are not in the table, and all of them when the libmagic of the build is none whose rules
 * the table was made from, or when `local` (TYPE_MARKS_LOCAL) has rules of its own or cannot be read.
 */
struct type_marks type_marks_of(const struct patterns *rules, const char *local);

/*
 * May libmagic answer one of these types, or one of a program, or application/encrypted? False is
 * certain; true says only that it has to be asked. Programs are those of filetype.h, by first bytes too.
 */
bool type_marks_fit(const struct type_marks *marks, struct slice bytes);

#endif
