/*
 * Makes ICAP requests (RFC 3507): OPTIONS, and RESPMOD as if the object were the body of a web
 * server's answer. Nothing about the mail is told but the object's bytes: no name, no address. The
 * bytes themselves are borrowed by the connection; made here is what stands around them.
 */
#ifndef QMVC_SCAN_ICAP_REQUEST_H
#define QMVC_SCAN_ICAP_REQUEST_H

#include "base/buf.h"

/* Where a service is; the parts of "icap://HOST:PORT/SERVICE". */
struct icap_service {
	const char *host; /* without brackets */
	unsigned port;
	const char *service; /* with its arguments, without the slash in front */
};

/* Each appends to *out and returns 0 or -ENOMEM. */
int icap_request_options(struct buf *out, const struct icap_service *service);

/*
 * The headers of a RESPMOD for an object of `length` bytes. `preview` is how many of them are shown
 * first, 0 for no preview; `allow_204`: the service need not send it back when it finds nothing.
 */
int icap_request_respmod(struct buf *out, const struct icap_service *service, size_t length,
	size_t preview, bool allow_204);

/* What stands in front of `length` (not 0) bytes of a body, and behind all of it. */
int icap_request_chunk(struct buf *out, size_t length);
extern const struct slice icap_request_end;

#endif
