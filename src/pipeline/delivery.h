/*
 * One delivery: everything qmvc knows about the mail in front of it, from the command line to the
 * decision. One struct, one owner: the stages of pipeline.c fill it in one after the other, and
 * delivery_release() lets go of all of it, however far they came.
 */
#ifndef QMVC_PIPELINE_DELIVERY_H
#define QMVC_PIPELINE_DELIVERY_H

#include "conditions/condition.h"
#include "open/work_tree.h"
#include "outcome/decision.h"
#include "pipeline/id.h"
#include "react/forward.h"
#include "scan/scan.h"

enum stage_id {
	STAGE_READ,	  /* profile, control files, the message mapped */
	STAGE_PARSE,	  /* the MIME tree and the objects */
	STAGE_OPEN,	  /* qmvc-open, when something needs it */
	STAGE_CONDITIONS,
	STAGE_SCAN,
	STAGE_SAVE,
	STAGE_FORWARD,
	STAGE_COUNT
};

/* The key of the stage's time in the log. */
const char *stage_name(enum stage_id stage);

struct delivery {
	struct arena arena;
	const struct options *options;
	char id[ID_SIZE];
	int64_t wall_ms;	 /* when it began, for the record and the log */
	uint64_t started_us;
	uint64_t stage_us[STAGE_COUNT];

	struct envelope envelope;
	struct profile profile;
	bool has_state;		 /* the state directories are there: there is a log to write to */
	struct control control;
	struct message message;
	struct objects objects;
	struct loop *loop;	 /* NULL as long as nothing needed one */
	struct work_tree tree;
	bool describe;		 /* descriptions are shown, whether a rule asks for them or not */
	struct findings findings;
	struct scan *begun;	 /* what scanners were asked already, or NULL */
	struct scan_results scans;
	struct decision decision;
	bool sealed;		 /* carries our own valid seal: passes unseen */
	struct forward_report forwarded;
	const char *saved;	 /* path of the saved mail, or NULL */
	int replacement_fd;	 /* what a bodytext command wrote to its descriptor 3, or -1 */
	const char *subject;	 /* decoded, hostile */
	struct error untold;	 /* why qmvc.error could not take a complaint, or "" */
};

void delivery_init(struct delivery *delivery, const struct options *options);
void delivery_release(struct delivery *delivery);
/*
 * As delivery_release() when the process ends next: ends what runs, takes away what is on disk, and leaves
 * memory and descriptors to exit(3); a sanitizer build lets go of all, so that leaks are seen.
 */
void delivery_leave(struct delivery *delivery);

/* Makes the loop when it is first needed. Returns 0 or a negative errno with *error set. */
int delivery_loop(struct delivery *delivery, struct error *error);

/* What the conditions are shown of it; they add to `findings`. Borrows from the delivery. */
struct check delivery_check(struct delivery *delivery, struct findings *findings);

/* What this delivery sends mail with; its loop has to be there (delivery_loop()). */
struct dispatcher delivery_dispatcher(const struct delivery *delivery);

/* Who answers for the mail we send: the profile's contact, else postmaster@HOST. NULL: no memory. */
const char *delivery_contact(struct delivery *delivery);

/* Adds a finding. Returns 0 or -ENOMEM with *error set. */
int delivery_found(struct delivery *delivery, const struct finding *finding, struct error *error);

/*
 * The stages that have a file of their own. Each returns 0 or a negative errno with *error set.
 */

/* parsing.c: the message, opened and mapped, becomes parts and objects. */
int delivery_parse(struct delivery *delivery, struct error *error);
/* examine.c: conditions in their order, qmvc-open when one needs it; *quit when quitasap ends it. */
int delivery_examine(struct delivery *delivery, bool *quit, struct error *error);
/* examine.c: the types of what findings name, as far as nobody asked for them before. */
void delivery_type_found(struct delivery *delivery);
/*
 * scanning.c: asks scanners about the mail as soon as it is read, where that cannot change the outcome
 * (scan_begin()), and about its parts when they are known. When nobody wants to know: drop.
 */
void delivery_scan_begin(struct delivery *delivery);
void delivery_scan_add(struct delivery *delivery);
void delivery_scan_drop(struct delivery *delivery);
/* scanning.c: the scanners, and their answers as findings. */
int delivery_scan(struct delivery *delivery, struct error *error);
/* forwarding.c: is it a copy that went out from here? Sets delivery->sealed. */
int delivery_look_for_seal(struct delivery *delivery, struct error *error);
/* forwarding.c: to the guards, after the mail has been saved if it is to be. */
int delivery_forward(struct delivery *delivery, struct error *error);
/* deciding.c: the decision; -EAGAIN, with *error naming the scanner, when the mail has to wait. */
int delivery_decide(struct delivery *delivery, struct error *error);

#endif
