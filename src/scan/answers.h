/*
 * Gathers what one scanner says about single objects and makes the one scan_result of it. The one
 * rule lives here: a scanner's verdict is CLEAN only when it gave the exact clean answer for every
 * object it was given; whatever is missing makes it something else.
 */
#ifndef QMVC_SCAN_ANSWERS_H
#define QMVC_SCAN_ANSWERS_H

#include "scan/scan.h"

struct answers {
	const struct scan_request *request;
	struct scan_result result;
	size_t given;	/* objects the scanner has to answer for */
	size_t clean;	/* answered with the exact clean answer */
	size_t settled; /* answered properly, whatever the answer */
	size_t failed;	/* the engine failed on them */
	bool infected, suspicious;
	bool answers_otherwise; /* a probe showed that the engine works in general */
	enum verdict broken; /* VERDICT_ERROR, _TIMEOUT, _CANCELLED, or VERDICT_CLEAN: not broken */
	enum verdict beaten; /* VERDICT_ERROR, _TIMEOUT, or VERDICT_CLEAN: not beaten */
	const char *failure; /* words for the first failed object */
};

/* For a scanner that is given the objects of `request`. */
void answers_init(struct answers *answers, const struct scan_request *request);
/* There are more objects than when it was made, or all of them now: counts anew what is given. */
void answers_expect(struct answers *answers);

/* The engine's exact clean answer for one object, or for all that were given. */
void answers_clean(struct answers *answers);
void answers_clean_all(struct answers *answers);

/*
 * VERDICT_INFECTED, _SUSPICIOUS, _ENCRYPTED or _LIMIT for `object` (-1: not known which). `name` is
 * hostile; an empty one becomes "unnamed". The whitelist takes back infected and suspicious only:
 * an object that could not be read is not clean, whatever a list says.
 */
void answers_found(struct answers *answers, enum verdict verdict, int object, struct slice name);

/*
 * The same when an answer says several things about an object: each is mentioned; then, once,
 * answers_settled(), or answers_clean() when each was taken back by the whitelist (false).
 */
bool answers_mention(struct answers *answers, enum verdict verdict, int object, struct slice name);
void answers_settled(struct answers *answers);

/*
 * An object was not given to the engine, being larger than maxsize. That is no matter when it is the
 * raw message, and the parts it consists of are given.
 */
void answers_too_large(struct answers *answers, const struct object *object);

/*
 * The engine failed on this object, as it said in `text`. When it answers otherwise that is the
 * mail's doing and meets `overlimit`; when it answered for nothing at all the engine is at fault.
 */
void answers_failed(struct answers *answers, int object, struct slice text);

/*
 * This object brought the engine down, or kept it busy beyond its time (VERDICT_ERROR, _TIMEOUT),
 * and the engine was shown to work otherwise. Meets `overlimit`; the first stays.
 */
void answers_beaten(struct answers *answers, enum verdict verdict, int object, const char *words);

/* The scanner as a whole came to a bad end: VERDICT_ERROR, _TIMEOUT, _CANCELLED. The first stays. */
void answers_broken(struct answers *answers, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Has this scanner said all that matters: quitasap, and something was found? */
bool answers_decided(const struct answers *answers);

/* Fills in the verdict and the text; the result lives in *answers, its strings in the arena. */
const struct scan_result *answers_finish(struct answers *answers);

#endif
