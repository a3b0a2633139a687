/*
 * Digests that only this state home can make: HMAC-SHA-256 (RFC 2104, FIPS 180-4) with a key of its
 * own, RUN/key. They say of a mail that comes back that it went out from here (seal.h), and name
 * what has been sent without telling whom (sent.h).
 */
#ifndef QMVC_REACT_KEYED_H
#define QMVC_REACT_KEYED_H

#include "base/error.h"
#include "base/slice.h"

#define KEYED_HEX 64 /* digits of a digest */

/*
 * Writes the digest of the `count` pieces, one behind the other, as lower-case hexadecimal digits and
 * a NUL. Pieces are not told apart: where that matters the caller puts a NUL between. The key is
 * made when missing, durably, 32 bytes from getrandom(2), mode 0600; two that make it at once end up
 * with the same. The library that does the work (nettle) is loaded with the first call. Returns 0 or
 * a negative errno with *error set: -EPERM when the key is not ours alone, -EINVAL when it is cut.
 */
int keyed_digest(const char *run, const struct slice *pieces, size_t count,
	char hex[KEYED_HEX + 1], struct error *error);

/* Is there a key? Without one nothing can have been sealed. */
bool keyed_has_key(const char *run);

#endif
