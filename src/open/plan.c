/*
 * What is asked of qmvc-open; see plan.h. The bounds hold for the mail as a whole, so each archive
 * gets what those before it have left; besides, each has its own ratio.
 */
#include "open/plan.h"

#include "message/plain_text.h"
#include "open/archive_signature.h"
#include "open/ordinary.h"

/* The ratio counts from here on: a small file of blanks harms nobody, however well it packs. */
#define RATIO_FREE_BYTES  ((uint64_t)1024 * 1024)
#define BYTES_SAYABLE	  999999999999999u /* the digits the protocol has */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void mark(struct object *object)
{
	const bool closed = object->index == 0 || !object->content ||
			    (object->flags & (OBJECT_TEXT | OBJECT_SEARCHED));

	object->flags |= OBJECT_SEARCHED;
	if (!closed && object->content->bytes.len > 0 && archive_possible(object->content->bytes))
		object->flags |= OBJECT_CONTAINER;
}

bool open_mark(struct objects *objects)
{
	bool any = false;

	for (size_t i = 0; i < objects->count; i++) {
		mark(&objects->list[i]);
		any = any || (objects->list[i].flags & OBJECT_CONTAINER);
	}
	return any;
}

bool plan_is_opened(const struct plan *plan, const struct object *object)
{
	return plan->request->members && (object->flags & OBJECT_CONTAINER) &&
	       object->depth < plan->request->limits->depth;
}

/* What Office documents are made of is known without libmagic, and there are a dozen in each. */
static void settle_document(struct object *object)
{
	enum text_encoding encoding = ENCODING_NONE;

	if (object->kind == OBJECT_MEMBER)
		encoding = text_document_xml(object->content->bytes);
	if (encoding != ENCODING_ASCII && encoding != ENCODING_UTF8)
		return;
	object->flags |= OBJECT_TYPED;
	object->mime = "text/xml";
	object->description = encoding == ENCODING_ASCII
				      ? "XML 1.0 document, ASCII text"
				      : "XML 1.0 document, Unicode text, UTF-8 text";
}

/* Pictures and PDF with nothing else in them; of these there is no description. */
static void settle_ordinary(const struct plan *plan, struct object *object)
{
	const struct open_request *request = plan->request;
	const char *mime;

	if (request->exact || request->descriptions || request->all || object->index == 0 ||
		!object->content || (object->flags & (OBJECT_TYPED | OBJECT_CONTAINER)))
		return;
	mime = ordinary_type(object->content->bytes);
	if (mime)
		mark(object);
	if (!mime || (object->flags & OBJECT_CONTAINER))
		return;
	object->flags |= OBJECT_TYPED;
	object->mime = mime;
}

/* badloadertypes' magic: is looked for in every object, and tells what it met. */
static bool is_shown(const struct patterns *shown, struct slice bytes)
{
	for (size_t i = 0; shown && i < shown->count; i++)
		if (shown->list[i].kind == PATTERN_MAGIC &&
			slice_eq(slice_first(bytes, shown->list[i].text.len), shown->list[i].text))
			return true;
	return false;
}

/* What has none of the types that rules ask for needs none. */
static void settle_unlike(struct plan *plan, struct object *object)
{
	const struct open_request *request = plan->request;

	if (!request->rules || request->exact || request->descriptions || request->all ||
		object->index == 0 || !object->content || object->content->bytes.len == 0 ||
		(object->flags & (OBJECT_TEXT | OBJECT_TYPED)))
		return;
	if (!plan->chosen)
		plan->marks = type_marks_of(request->rules, TYPE_MARKS_LOCAL);
	plan->chosen = true;
	if (!type_marks_fit(&plan->marks, object->content->bytes) &&
		!is_shown(request->shown, object->content->bytes))
		object->flags |= OBJECT_UNTYPED;
}

static bool needs_type(const struct plan *plan, const struct object *object)
{
	const struct open_request *request = plan->request;

	if (request->named)
		return object->flags & OBJECT_NAMED;
	return request->types &&
	       (request->all || !(object->flags & (OBJECT_TEXT | OBJECT_TYPED | OBJECT_UNTYPED)));
}

/* Plain text is settled, the message itself is no attachment, nothing is nothing. */
static bool is_wanted(const struct plan *plan, const struct object *object)
{
	if (object->index == 0 || !object->content || object->content->bytes.len == 0)
		return false;
	return plan_is_opened(plan, object) || needs_type(plan, object);
}

void plan_judge(struct plan *plan)
{
	struct objects *objects = plan->answer->objects;
	const int coming = plan->answer->member.index;
	const size_t count = coming < 0 ? objects->count : (size_t)coming;

	for (; plan->judged < count; plan->judged++) {
		struct object *object = &objects->list[plan->judged];

		if (plan->request->members)
			mark(object);
		if (plan->request->types && !plan->request->named) {
			settle_document(object);
			settle_ordinary(plan, object);
			settle_unlike(plan, object);
		}
		if (plan->request->members && (object->flags & OBJECT_CONTAINER) &&
			object->depth >= plan->request->limits->depth) {
			object->flags |= OBJECT_OVERLIMIT;
			object->limit = "depth";
		}
		if (is_wanted(plan, object))
			answer_want(plan->answer, plan->judged);
	}
}

static bool needs_libraries(const struct plan *plan, const struct object *object)
{
	return plan_is_opened(plan, object) &&
	       archive_layout(object->content->bytes) == ARCHIVE_IRREGULAR;
}

bool plan_lacks(
	const struct plan *plan, const struct object *object, const struct plan_means *means)
{
	return (!means->libmagic && needs_type(plan, object)) ||
	       (!means->libraries && needs_libraries(plan, object));
}

void plan_add_means(const struct plan *plan, struct plan_means *means)
{
	const struct objects *objects = plan->answer->objects;

	for (size_t i = 0; i < objects->count; i++) {
		const struct object *object = &objects->list[i];

		if (plan->answer->states[i] != ANSWER_WANTED)
			continue;
		means->libmagic = means->libmagic || needs_type(plan, object);
		means->libraries = means->libraries || needs_libraries(plan, object);
	}
}

bool plan_is_worth(struct plan *plan, size_t index)
{
	const struct limits *limits = plan->request->limits;
	struct object *object = &plan->answer->objects->list[index];
	const bool members_left = plan->members_used < limits->members;

	if (!plan_is_opened(plan, object) || (members_left && plan->bytes_used < limits->bytes))
		return true;
	object->flags |= OBJECT_OVERLIMIT;
	object->flags &= ~(unsigned)OBJECT_CONTAINER;
	object->limit = members_left ? "bytes" : "members";
	if (is_wanted(plan, object))
		return true;
	plan->answer->states[index] = ANSWER_NOT_WANTED;
	plan->answer->wanted--;
	return false;
}

void plan_allow(struct plan *plan, const struct object *object)
{
	const struct limits *limits = plan->request->limits;
	const uint64_t size = object->content->bytes.len;
	uint64_t by_ratio = limits->ratio > BYTES_SAYABLE / size ? BYTES_SAYABLE
								 : limits->ratio * size;

	if (by_ratio < RATIO_FREE_BYTES)
		by_ratio = RATIO_FREE_BYTES;
	plan->members = least(limits->members - plan->members_used, BYTES_SAYABLE);
	plan->bytes = least(limits->bytes - plan->bytes_used, BYTES_SAYABLE);
	plan->by_ratio = by_ratio < plan->bytes;
	plan->bytes = least(plan->bytes, by_ratio);
}

void plan_ask(struct plan *plan, size_t index)
{
	plan->inside = true;
	plan->index = index;
	answer_ask_inside(plan->answer, index, plan->members, plan->bytes);
}

void plan_account(struct plan *plan)
{
	const struct answer *answer = plan->answer;
	struct object *object;

	if (!plan->inside)
		return;
	object = &answer->objects->list[plan->index];
	plan->members_used += plan->members - answer->members_left;
	plan->bytes_used += plan->bytes - answer->bytes_left;
	if ((object->flags & OBJECT_OVERLIMIT) && !object->limit) {
		if (answer->bytes_left == 0)
			object->limit = plan->by_ratio ? "ratio" : "bytes";
		else if (answer->members_left == 0)
			object->limit = "members";
	}
	plan->inside = false;
}
