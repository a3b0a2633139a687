/* Appending to qmvc.log, qmvc.rep and qmvc.error: one write(2) on an O_APPEND descriptor each. */
#ifndef QMVC_RECORD_LOG_FILE_H
#define QMVC_RECORD_LOG_FILE_H

#include "base/error.h"
#include "base/slice.h"

/*
 * Appends `bytes` to DIR/NAME (made with mode 0600 when missing; never follows a link) in one write.
 * A short write (a full disk) is undone by truncation as far as nobody wrote behind it. Returns 0,
 * or a negative errno with *error naming the file.
 */
int log_file_append(const char *dir, const char *name, struct slice bytes, struct error *error);

#endif
