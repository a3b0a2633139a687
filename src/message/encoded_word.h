/* header_decode() for one who decodes many values and keeps the converters of their charsets. */
#ifndef QMVC_MESSAGE_ENCODED_WORD_H
#define QMVC_MESSAGE_ENCODED_WORD_H

#include "message/charset.h"

/* As header_decode() in header.h. */
int header_decode_with(struct charset_converters *converters, struct slice value, struct buf *out);

#endif
