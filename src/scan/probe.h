/* Content that a well-configured scanner must not call clean: what `qmvc -t` asks with. */
#ifndef QMVC_SCAN_PROBE_H
#define QMVC_SCAN_PROBE_H

#include "base/buf.h"

/*
 * Appends a zip archive of one stored member whose bytes are encrypted the traditional way (APPNOTE
 * 6.3.10, 6.1); they are harmless noise, no password opens them. Returns 0 or -ENOMEM.
 */
int probe_encrypted_zip(struct buf *out);

/*
 * A descriptor of a file without content of 2 GiB less one byte: more than any MaxFileSize of
 * clamd's, and none of it is ever read. Owned by the caller. Or a negative errno.
 */
int probe_oversized_fd(void);

/*
 * The test file of EICAR, which every scanner finds: 68 bytes and a NUL. It is put together here, so
 * that no scanner finds it in this program.
 */
#define PROBE_EICAR_SIZE 69
void probe_eicar(char text[PROBE_EICAR_SIZE]);

/* Appends a PDF document that has it attached. Returns 0 or -ENOMEM. */
int probe_eicar_pdf(struct buf *out);

#endif
