/*
 * The strict test that settles a part as plain text, so that no helper has to look at it: valid in
 * its charset, no control characters but TAB, LF, CR, FF, and no signature of anything else. Most
 * mails hold nothing but such parts, and then no helper is started. Where in doubt the answer is
 * no: that costs milliseconds, a wrong yes would hide a type from the conditions.
 */
#ifndef QMVC_MESSAGE_PLAIN_TEXT_H
#define QMVC_MESSAGE_PLAIN_TEXT_H

#include "base/slice.h"

/* What the bytes are written in, as far as file(1) tells them apart too. */
enum text_encoding {
	ENCODING_NONE,	   /* not text by the strict test */
	ENCODING_ASCII,	   /* "ASCII text" */
	ENCODING_UTF8,	   /* "Unicode text, UTF-8 text" */
	ENCODING_ISO_8859, /* "ISO-8859 text": bytes above 0x9f */
	ENCODING_EXTENDED, /* "Non-ISO extended-ASCII text": bytes above 0x7f */
};

/*
 * Looks at every byte once. `charset` as in struct part, empty for US-ASCII. Bytes above 127 must
 * be valid UTF-8 without C1 controls, or belong to an 8-bit charset that is declared. UTF-16, UTF-7
 * and what holds escape sequences (ISO-2022) are never settled.
 */
enum text_encoding text_encoding(struct slice bytes, struct slice charset);

/* Do the first bytes look like something that file(1) knows by another name than text? */
bool text_has_signature(struct slice bytes);
/* Does a tag stand in the first 4096 bytes by which file(1) calls them HTML? */
bool text_holds_html(struct slice bytes);
/* Do they begin as HTML does (after blanks)? XML and bare scripts are no such beginning. */
bool text_begins_as_html(struct slice bytes);

/*
 * Are they one of the XML files that an Office document (OOXML, ODF) is made of, by the root element
 * right behind the declaration, and nothing else to file(1)? Then they are in UTF-8, by the strict
 * test, or this is ENCODING_NONE.
 */
enum text_encoding text_document_xml(struct slice bytes);

/* Has a text_encoding, no signature, and holds no HTML. */
bool plain_text(struct slice bytes, struct slice charset);

#endif
