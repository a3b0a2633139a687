/* What one scanner said, and when. Only CLEAN is clean. */
#ifndef QMVC_OUTCOME_SCAN_RESULT_H
#define QMVC_OUTCOME_SCAN_RESULT_H

#include "base/slice.h"

/* In rising order of what outranks what when a scanner answers for several objects. */
enum verdict {
	VERDICT_SKIPPED,     /* had nothing to do: no object, or another had the answer already */
	VERDICT_CLEAN,	     /* the engine's exact clean answer for every object */
	VERDICT_CANCELLED,   /* stopped because its answer no longer mattered */
	VERDICT_LIMIT,	     /* an object was too large or too deep for it */
	VERDICT_ENCRYPTED,
	VERDICT_UNSUPPORTED,
	VERDICT_TIMEOUT,
	VERDICT_ERROR,
	VERDICT_SUSPICIOUS,
	VERDICT_INFECTED,
	VERDICT_COUNT
};

/* "clean", "infected", ... as in the log. */
const char *verdict_name(enum verdict verdict);

#define SCAN_RESULT_VIRUSES 8

struct scan_result {
	const char *initial, *name; /* of the scanner, from its control line */
	enum verdict verdict;
	unsigned virus_count;	    /* distinct names kept, at most SCAN_RESULT_VIRUSES */
	const char *viruses[SCAN_RESULT_VIRUSES]; /* of infected and suspicious */
	int virus_objects[SCAN_RESULT_VIRUSES];	  /* the object each was found in, -1 unknown */
	bool saw_encrypted, saw_limit; /* some object: meets `encrypted`, `overlimit` too */
	bool too_large;		    /* some object was larger than it takes: meets `overlimit` when
				       every scanner says so */
	bool answered;		    /* answered properly for at least one object */
	bool beaten;		    /* error, timeout: an object did it to an engine that was shown to
				       work otherwise; meets `overlimit` too */
	bool left_alone;	    /* not asked, because its circuit breaker was open */
	bool opened_breaker;	    /* this failure opened it */
	bool whitelisted;	    /* a name was found that the whitelist takes back */
	const char *whitelisted_name;
	const char *text;	    /* error, timeout: what went wrong, one line; else "" */
	uint64_t wait_us;	    /* from the scan's start to this scanner's start */
	uint64_t latency_us;	    /* how long it worked, to its answer; made up of these three: */
	uint64_t reach_us;	    /* until it could be asked: connected, started, loaded */
	uint64_t send_us;	    /* while something was still to be sent to it */
	uint64_t scan_us;	    /* the rest; all three are 0 when it was never asked */
	uint64_t early_us;	    /* how much of latency_us lay before its start: it was asked early */
};

#endif
