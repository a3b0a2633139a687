/* Appending to qmvc.log, qmvc.rep and qmvc.error: one write(2) on an O_APPEND descriptor each. */
#ifndef QMVC_RECORD_LOG_FILE_H
#define QMVC_RECORD_LOG_FILE_H

#include "base/error.h"
#include "base/slice.h"

/*
 * Appends `bytes` to DIR/NAME in one write; the file is made with mode 0600 when missing. A link or
 * anything else that is no regular file is refused. The file is locked (flock(2)) for the moment of
 * writing, so a program that has renamed it and then gets the lock once has the whole of it.
 * A short write (a full disk) is undone by truncation as far as nobody wrote behind it; the caller
 * ignores SIGXFSZ when a file size limit may be in force. Returns 0, or a negative errno with
 * *error naming the file.
 */
int log_file_append(const char *dir, const char *name, struct slice bytes, struct error *error);

#endif
