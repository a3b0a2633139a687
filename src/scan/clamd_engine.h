/*
 * An engine that speaks clamd's protocol: a clamd (clamd.c) or a helper of ours (libclamav.c). The
 * back-end's own struct begins with this one.
 */
#ifndef QMVC_SCAN_CLAMD_ENGINE_H
#define QMVC_SCAN_CLAMD_ENGINE_H

#include "scan/clamd_session.h"
#include "scan/engine.h"

struct clamd_engine {
	struct engine engine; /* first */
	struct clamd_session session;
	bool streams_only;     /* descriptors were refused */
	bool has_refused;      /* an object was over StreamMaxLength: */
	uint64_t refused_size; /* the smallest such */
};

extern const struct engine_protocol clamd_engine_protocol;

#endif
