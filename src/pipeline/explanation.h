/*
 * What `qmvc -x` has to tell about one mail: gathered by explain.c and its helpers, printed by
 * explain_text.c for people and by explain_json.c for programs. Only data, so that both tell the
 * same, and neither has to know how it was come by.
 */
#ifndef QMVC_PIPELINE_EXPLANATION_H
#define QMVC_PIPELINE_EXPLANATION_H

#include "control/terminal.h"
#include "pipeline/delivery.h"
#include "pipeline/telling.h"

enum trial_state {
	TRIAL_OFF,    /* not asked for in `filters` */
	TRIAL_ABSENT, /* of a coming version */
	TRIAL_DONE,
	TRIAL_FAILED, /* it could not be judged: the mail would be deferred */
};

/* One condition put to the mail. */
struct trial {
	enum trial_state state;
	bool met;
	bool beyond;	 /* the filter would not have come to it: the search had ended */
	const char *why; /* not met: the reason; failed: the error; hostile */
	uint64_t us;
};

/* Where a rule stands: a control file and its line, 0 when it is not one. path NULL: nowhere. */
struct place {
	const char *path;
	unsigned line;
};

/* Something that met a condition, in the order of the conditions. */
struct met {
	const struct finding *finding;
	struct place place;
	bool beyond;
};

/* A node of the tree: a multipart has no object, the whole mail and a member have no part. */
struct node {
	int parent, first_child, next; /* indexes of nodes, -1: none */
	unsigned depth;
	const struct part *part;
	const struct object *object;
};

struct explanation {
	struct delivery *delivery;		  /* its profile's tmp and run are private ones */
	struct profile profile;			  /* as the filter would have it */
	const char *file;			  /* NULL: standard input */
	const char *sender_from, *recipient_from; /* "environment", a header field, or NULL: none */

	struct trial trials[CONDITION_COUNT];
	struct findings beyond; /* what the filter would not have found, because it had ended */
	bool ended; /* the search, by `ended_by`: with quitasap, or because that failed */
	enum condition_id ended_by;
	bool scans_beyond; /* the filter would not have started the scanners */
	struct scan_results scans;
	struct error failure; /* why the mail would be deferred */

	const struct pattern **commands; /* of badbodytexts: not run */
	size_t command_count;
	struct met *met;
	size_t met_count;
	struct node *nodes;
	size_t node_count;

	const char *why;      /* why this decision */
	const char **forwards;	/* addresses the mail itself would go to, NULL-terminated */
	struct telling telling; /* who would be told */
	const char *saved;    /* where the mail would be saved, or NULL */
	const char *said;     /* what qmail would be told on stdout, without its newline; hostile */
	const char *notes[8]; /* what else one should know */
	unsigned note_count;
};

/* The steps of gathering. Each returns 0 or a negative errno with *error set. */

/* explain_envelope.c: from the environment, else out of the mail. */
int explain_envelope(struct explanation *explanation, struct error *error);
/* explain_search.c: every condition and the scanners, past where the filter would stop. */
int explain_search(struct explanation *explanation, struct error *error);
/* explain_tree.c: the nodes, parents before children. */
int explain_tree(struct explanation *explanation, struct error *error);
/* explain_met.c: findings with the places of their rules. */
int explain_met(struct explanation *explanation, struct error *error);

/* Adds a note, a copy of what printf makes. What there is no room or memory for is left out. */
void explain_note(struct explanation *explanation, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The printers. Each returns 0 or -ENOMEM. */
int explain_text(
	const struct explanation *explanation, const struct terminal *terminal, struct buf *out);
int explain_json(const struct explanation *explanation, struct buf *out);

#endif
