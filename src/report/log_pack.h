/* Compressing one log that nobody writes to any more (Zstandard, RFC 8878). */
#ifndef QMVC_REPORT_LOG_PACK_H
#define QMVC_REPORT_LOG_PACK_H

/*
 * Makes NAME.zst of NAME in the directory `dir` and removes NAME. It is compressed under a name that
 * no reader takes for a log, written to disk, renamed, read again and compared with the plain one: at
 * every moment at least one of the two is there whole. A NAME.zst that is there already is that of an
 * interrupted run; it is compared, and stays when it holds something else. It gets the mode and the
 * time of the plain one. Returns 0, 1 when there is another NAME.zst, or a negative errno; NAME is
 * left then.
 */
int log_pack(int dir, const char *name);

#endif
