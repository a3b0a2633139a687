/*
 * What the answers of an ICAP service mean: to OPTIONS, what it can do; to RESPMOD, whether the
 * object is clean. ICAP itself knows no verdict, only "unchanged" and "changed", and services say it
 * all in header fields of their own (draft-stecher-icap-subid, 2.4, and the vendors'); so clean is
 * only the exact answer of a service that has shown it is able to find something, and has had the
 * whole object. What is known of each service: qmvc-scanners(5), "ICAP".
 */
#ifndef QMVC_SCAN_ICAP_VERDICT_H
#define QMVC_SCAN_ICAP_VERDICT_H

#include "outcome/scan_result.h"
#include "scan/icap_message.h"

#define ICAP_TAG_MAX 64

/* What a service said to OPTIONS. */
struct icap_limits {
	bool allow_204;
	bool always_tells; /* it tells its verdict in each answer, also the clean ones (F-Secure) */
	size_t preview;	   /* bytes it wants to see first; 0: none */
	unsigned ttl_s;	   /* for so many seconds this holds */
	char tag[ICAP_TAG_MAX]; /* its ISTag: the state of the service and its signatures */
};

/*
 * Reads the complete answer to OPTIONS. Returns true, or false with *why the service cannot be used,
 * borrowed from the reader.
 */
bool icap_limits_read(
	const struct icap_reader *reader, struct icap_limits *limits, struct slice *why);

enum icap_answer {
	ICAP_CLEAN,	  /* the exact clean answer */
	ICAP_FOUND,	  /* findings say what */
	ICAP_SHOW_REST,	  /* it wants the rest behind the preview (100 Continue) */
	ICAP_SAW_PART,	  /* no finding, but it had the preview alone: ask again without one */
	ICAP_NOT_SCANNED, /* no answer about this object; another may get one */
	ICAP_FAILED,	  /* its engine has failed: on this object, or altogether (500) */
	ICAP_UNUSABLE,	  /* the service cannot be used, whatever the object */
};

/* VERDICT_INFECTED, _SUSPICIOUS, _ENCRYPTED or _LIMIT, and the name for it, borrowed from the reader. */
struct icap_finding {
	enum verdict verdict;
	struct slice name;
};

#define ICAP_FINDINGS 8

struct icap_verdict {
	enum icap_answer answer;
	struct icap_finding findings[ICAP_FINDINGS];
	unsigned count;
	struct slice words; /* ICAP_NOT_SCANNED, _FAILED, _UNUSABLE: why */
	bool other_tag;	    /* its ISTag is not the one of `limits`: ask for OPTIONS again */
};

/*
 * Judges what has come of a response to RESPMOD, complete or not: what is found counts as soon as
 * the header is there, and anything else only when it is complete. `previewed`: only a part of the
 * object was sent.
 */
void icap_judge(const struct icap_reader *reader, const struct icap_limits *limits, bool previewed,
	struct icap_verdict *verdict);

/* Does this ISTag say that c-icap has no engine? Then it lets everything pass, as 204. */
bool icap_tag_without_engine(struct slice tag);

#endif
