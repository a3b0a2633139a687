/*
 * One reply of clamd inside IDSESSION, read strictly. Seen with clamd 1.4.6:
 *
 *	N: fd[12]: OK			N: stream: NAME FOUND		N: fd[12]: TEXT ERROR
 *	N: INSTREAM size limit exceeded. ERROR			(then it closes)
 *	N: No file descriptor received. ERROR			(then it closes)
 *	N: PONG		N: ClamAV 1.4.6/27000/DATE	N: COMMAND UNAVAILABLE (1.5, as configured)
 *	COMMAND READ TIMED OUT\n	UNKNOWN COMMAND			(no number)
 *
 * Anything that is not exactly one of these is CLAMD_NONSENSE: never an OK found somewhere in a line.
 */
#ifndef QMVC_SCAN_CLAMD_REPLY_H
#define QMVC_SCAN_CLAMD_REPLY_H

#include "outcome/scan_result.h"

enum clamd_reply_kind {
	CLAMD_OK,
	CLAMD_FOUND,	/* text: the name */
	CLAMD_ERROR,	/* text: what went wrong with this object */
	CLAMD_NO_FD,	/* it did not get the descriptor (AppArmor takes it away) */
	CLAMD_TOO_LONG, /* more than StreamMaxLength */
	CLAMD_WORDS,	/* PONG, a version: text; never an answer about an object */
	CLAMD_NONSENSE, /* text: all of it */
};

struct clamd_reply {
	enum clamd_reply_kind kind;
	unsigned number;   /* of the request, from 1; 0 for CLAMD_NONSENSE */
	bool about_stream; /* OK, FOUND, ERROR: answers INSTREAM, else FILDES */
	struct slice text;
};

/* Reads one record, without its terminating NUL. */
struct clamd_reply clamd_reply_read(struct slice record);

/*
 * What a signature name of ClamAV means: VERDICT_LIMIT (Heuristics.Limits.Exceeded.*, and "(null)",
 * which it says when a limit stopped it), VERDICT_ENCRYPTED, VERDICT_SUSPICIOUS (other Heuristics.*,
 * PUA.*), VERDICT_INFECTED.
 */
enum verdict clamav_name_means(struct slice name);

/* An ERROR on FILDES which says that clamd could not read the descriptor: INSTREAM may still do. */
bool clamd_error_refuses_fd(struct slice text);

/*
 * Is the ERROR the environment's fault (no memory, no room, no temporary directory), and not the
 * doing of the object's content? libclamav's words for the former all begin "Can't ".
 */
bool clamd_error_is_environment(struct slice text);

#endif
