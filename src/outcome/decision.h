/* What is to be done with the mail: the answer of decide(), carried out by the pipeline. */
#ifndef QMVC_OUTCOME_DECISION_H
#define QMVC_OUTCOME_DECISION_H

#include "control/vocabulary.h"

enum disposition {
	DISPOSITION_PASS,   /* go on with the dot-qmail file */
	DISPOSITION_STOP,   /* done, delivered nowhere */
	DISPOSITION_BOUNCE, /* back to the sender */
	DISPOSITION_DEFER,  /* not decided: try again later */
};

struct decision {
	enum disposition disposition;
	bool decided;		   /* a met condition stopped the mail, or an action was taken */
	enum condition_id condition; /* the one that decided, if decided */
	enum action action;	   /* its action, if decided (bounce carried out as block: block) */
	unsigned met;		   /* every condition met */
	unsigned reacting;	   /* those of them whose reactions are carried out */
	bool save_keep;		   /* save the mail as `keep` does */
	bool save_inspect;	   /* save it as `inspect` does */
	bool write_rep;		   /* write a record to qmvc.rep */
};

#endif
