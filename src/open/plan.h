/*
 * Private to open.c: which objects are asked for, which are looked into, and how much each may
 * unpack. All limits but the time are kept here.
 */
#ifndef QMVC_OPEN_PLAN_H
#define QMVC_OPEN_PLAN_H

#include "open/answer.h"
#include "open/open.h"
#include "open/type_marks.h"

struct plan {
	const struct open_request *request;
	struct answer *answer;
	size_t judged; /* objects before it are wanted or not */
	bool chosen;   /* `marks` are those of request->rules */
	struct type_marks marks;
	uint64_t members_used, bytes_used;

	/* The object being looked into. */
	bool inside;
	size_t index;
	uint64_t members, bytes; /* what it may unpack */
	bool by_ratio;		 /* it is the ratio that bounds its bytes */
};

/* Says of each object that is new, and there as a whole, whether it will be asked for. */
void plan_judge(struct plan *plan);

/* Is it to be looked into? */
bool plan_is_opened(const struct plan *plan, const struct object *object);

/* What qmvc-open has loaded. */
struct plan_means {
	bool libraries; /* those for archives */
	bool libmagic;
};

/* Does it take more to answer for the object? */
bool plan_lacks(
	const struct plan *plan, const struct object *object, const struct plan_means *means);

/* Adds to *means what the objects take that are still to be asked for. */
void plan_add_means(const struct plan *plan, struct plan_means *means);

/*
 * Is wanted object `index` still worth asking for? One whose inside alone was wanted is not when
 * the limits are used up, and is marked so.
 */
bool plan_is_worth(struct plan *plan, size_t index);

/* Sets what the object may unpack; then, when it was asked for, begins its account. */
void plan_allow(struct plan *plan, const struct object *object);
void plan_ask(struct plan *plan, size_t index);

/* It was answered for, or its helper died: what did it use, and which limit did it meet? */
void plan_account(struct plan *plan);

#endif
