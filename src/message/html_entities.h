/* Character references of HTML: "&amp;", "&#65;", "&#x41;" (HTML Living Standard 13.2.5.72). */
#ifndef QMVC_MESSAGE_HTML_ENTITIES_H
#define QMVC_MESSAGE_HTML_ENTITIES_H

#include "base/slice.h"

/*
 * Reads the reference at the front of `text` (where "&" stands), tolerantly: the ";" may be missing
 * where browsers do without it, numbers 0x80..0x9f are windows-1252, impossible ones U+FFFD.
 * Returns how many bytes it takes and writes *character, or returns 0 when there is none.
 */
size_t html_entity(struct slice text, uint32_t *character);

#endif
