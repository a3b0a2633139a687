/* A descriptor of an object, for a scanner that reads it by itself. */
#ifndef QMVC_SCAN_OBJECT_FD_H
#define QMVC_SCAN_OBJECT_FD_H

#include "scan/scan.h"

/*
 * A readable descriptor with an offset of its own where that can be had, owned by the caller, or a
 * negative errno. Readable is checked: clamd answers OK for a descriptor it cannot read (1.4.6).
 */
int object_fd(const struct scan_request *request, const struct object *object);

#endif
