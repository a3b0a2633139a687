/* What a file is: libmagic's MIME type and description, and whether it is a program. */
#ifndef QMVC_HELPERS_FILETYPE_H
#define QMVC_HELPERS_FILETYPE_H

#include "base/error.h"
#include "base/slice.h"

struct filetype;

/*
 * Loads the host's magic database (magic(5), the compiled one), bounded as file(1) is; after that
 * no file is opened any more. `descriptions`: these are wanted too, which takes as long as the MIME
 * types once more. Returns 0 or a negative errno with *error set.
 */
int filetype_new(bool descriptions, struct filetype **filetype, struct error *error);
void filetype_free(struct filetype *filetype);

/*
 * The MIME type and the description of what regular file `fd` holds, as `file --mime-type` and
 * `file` print them; its offset may be moved. The strings are the filetype's until the next call,
 * and *text is as it was where no descriptions are wanted.
 * Returns 0, or 1 when libmagic gave up (no memory, mostly).
 */
int filetype_read(struct filetype *filetype, int fd, struct slice *mime, struct slice *text);

/*
 * Is it a program, by its first bytes (MZ, ELF, Mach-O, Java class, "#!") or by its MIME type? What
 * badloadertypes is searched in: programs and scripts a system runs by themselves. Documents with
 * macros, HTML, links and archives are not.
 */
bool filetype_is_program(struct slice bytes, struct slice mime);

/* libmagic's version as it numbers it, e.g. 544. */
int filetype_version(void);

#endif
