/*
 * The circuit breaker: an engine that could not be started or reached several times in a row is left
 * alone for a while, so that a queue full of mails does not wait out the same timeout one by one.
 * Its state is a file in the profile's run directory, made only when an engine fails: a scanner that
 * works costs one failed open(2) a mail. Mails that fail at the same time may lose each other's
 * counts, which only makes the breaker slower; but when the pause is over exactly one of them tries.
 */
#ifndef QMVC_SCAN_BREAKER_H
#define QMVC_SCAN_BREAKER_H

#include "control/profile.h"
#include "control/scanner_list.h"

/* Failures in a row that open it, and seconds it stays open. */
#define BREAKER_FAILURES 3
#define BREAKER_SECONDS	 60

enum breaker_state {
	BREAKER_CLOSED,	 /* no failure on record */
	BREAKER_FAILING, /* may be tried; its next success has to be noted */
	BREAKER_OPEN,	 /* leave it alone */
};

/* What is on record about a scanner. */
struct breaker_record {
	unsigned failures; /* in a row; 0: none on record */
	int64_t until_ms;  /* wall time: the end of the pause that the last one began */
};

/*
 * Reads the record and changes nothing; one that cannot be read is none. For a look without the control
 * file the scanner's `engine` may be NULL: then the record may be of one that had the initial before, but
 * for no longer than a pause it says that it is left alone.
 */
struct breaker_record breaker_look(
	const struct profile *profile, const struct scanner_config *scanner);

/* What the record means at `now_ms`. A pause that ends later than one can last is none. */
enum breaker_state breaker_state(const struct breaker_record *record, int64_t now_ms);

/* Puts the record into words, "not reached 3 times in a row: ..."; it has failures. */
#define BREAKER_WORDS 120
void breaker_words(const struct breaker_record *record, int64_t now_ms, char words[BREAKER_WORDS]);

/*
 * May this scanner be tried? When the pause is over the first to ask may, and the others wait for
 * what becomes of it. A state that cannot be read counts as closed: then every mail finds out.
 */
enum breaker_state breaker_ask(
	const struct profile *profile, const struct scanner_config *scanner, int64_t now_ms);

/*
 * Notes that it could not be reached, or that it could (when the state was BREAKER_FAILING). Returns
 * whether this failure opened it. An outage opens it once: who tries when the pause is over, in vain,
 * only makes it last.
 */
bool breaker_note(const struct profile *profile, const struct scanner_config *scanner, bool reached,
	int64_t now_ms);

#endif
