/*
 * What characters look like to a person: the few questions that file names and words in a text ask,
 * answered by short range tables instead of a Unicode library.
 */
#ifndef QMVC_MESSAGE_UNICODE_H
#define QMVC_MESSAGE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Is it a character that takes no room on a screen: C0 and C1 controls, soft hyphen, zero-width and
 * joining characters, direction marks and overrides, variation selectors, tags (Unicode's
 * Default_Ignorable_Code_Point and what mail programs treat alike)?
 */
bool unicode_is_invisible(uint32_t character);

/*
 * The ASCII character that `character` is a compatibility form or look-alike of: fullwidth and
 * mathematical letters and digits, circled letters, one-dot leaders and ideographic stops, blanks
 * of every width. Itself when there is none. (A part of NFKC, Unicode Standard Annex 15: the part
 * that can spell a file name's extension, or that Windows' best-fit conversion makes ASCII of.)
 */
uint32_t unicode_fold(uint32_t character);

/* What byte 0x80..0x9f means in windows-1252; where it means nothing, the C1 control. */
uint32_t unicode_from_windows_1252(unsigned char byte);

#endif
