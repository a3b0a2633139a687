/*
 * The account of unpacking: which objects are looked into and how much each may give, with each
 * limit reached exactly, one below and one above, and which of them is then named.
 */
#include "unit.h"

#include "open/plan.h"

#define OBJECTS 5
#define MEGA	((size_t)1024 * 1024)

/* Object 0 is the message, 1 and 2 zips, 3 plain data, 4 empty. */
struct fixture {
	struct objects objects;
	struct object list[OBJECTS];
	struct content contents[OBJECTS];
	struct answer answer;
	struct limits limits;
	struct open_request request;
	struct plan plan;
};

#define ZIP SLICE_LITERAL("PK\3\4 and what follows")

static void fixture_init(struct fixture *f)
{
	static const struct slice bytes[OBJECTS] = {
		ZIP, ZIP, ZIP, SLICE_LITERAL("\1\2\3"), SLICE_LITERAL("")};

	*f = (struct fixture){.objects = {.list = f->list, .count = OBJECTS},
		.limits = {.depth = 3, .members = 10, .bytes = 4 * MEGA, .ratio = 1000 * MEGA},
		.request = {.limits = &f->limits, .members = true, .types = true}};
	for (unsigned i = 0; i < OBJECTS; i++) {
		f->contents[i] = content_borrow(bytes[i]);
		f->list[i] = (struct object){
			.index = i, .kind = OBJECT_PART, .content = &f->contents[i]};
	}
	assert_int_equal(answer_init(&f->answer, &f->objects, "/tmp"), 0);
	f->plan = (struct plan){.request = &f->request, .answer = &f->answer};
}

static void fixture_release(struct fixture *f)
{
	answer_release(&f->answer);
	objects_release(&f->objects);
}

/* Asks for object `index`, which gives `members` with `bytes`, and meets the end of what it may. */
static void give(struct fixture *f, size_t index, uint64_t members, uint64_t bytes)
{
	struct object *object = &f->list[index];

	plan_allow(&f->plan, object);
	plan_ask(&f->plan, index);
	assert_true(members <= f->answer.members_left && bytes <= f->answer.bytes_left);
	f->answer.members_left -= members;
	f->answer.bytes_left -= bytes;
}

/* What a helper has to load, and that object 1 needs no more than that. */
static void assert_means(const struct fixture *f, bool libraries, bool libmagic)
{
	struct plan_means means = {0};

	plan_add_means(&f->plan, &means);
	assert_int_equal(means.libraries, libraries);
	assert_int_equal(means.libmagic, libmagic);
	assert_false(plan_lacks(&f->plan, &f->list[1], &means));
	assert_int_equal(plan_lacks(&f->plan, &f->list[1], &(struct plan_means){.libmagic = true}),
		libraries);
	assert_int_equal(plan_lacks(&f->plan, &f->list[1], &(struct plan_means){.libraries = true}),
		libmagic);
}

static void which_are_wanted(void **state)
{
	struct fixture f;

	fixture_init(&f);
	f.list[2].flags = OBJECT_TEXT;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.states[0], ANSWER_NOT_WANTED); /* the mail itself */
	assert_int_equal(f.answer.states[1], ANSWER_WANTED);
	assert_int_equal(f.answer.states[2], ANSWER_NOT_WANTED); /* settled */
	assert_int_equal(f.answer.states[3], ANSWER_WANTED);	 /* for its type */
	assert_int_equal(f.answer.states[4], ANSWER_NOT_WANTED); /* empty */
	assert_true(plan_is_opened(&f.plan, &f.list[1]));
	assert_false(plan_is_opened(&f.plan, &f.list[3]));
	assert_means(&f, true, true);
	fixture_release(&f);

	/* Without types an object that is no archive is not asked for; */
	fixture_init(&f);
	f.request.types = false;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.states[1], ANSWER_WANTED);
	assert_int_equal(f.answer.states[3], ANSWER_NOT_WANTED);
	assert_means(&f, true, false);
	fixture_release(&f);

	/* without members none is looked into, and no library wanted for it. */
	fixture_init(&f);
	f.request.members = false;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.states[1], ANSWER_WANTED);
	assert_false(plan_is_opened(&f.plan, &f.list[1]));
	assert_means(&f, false, true);
	fixture_release(&f);
}

#define PDF "%PDF-1.4\n"
#define END "\n%%EOF\n"

/* A picture or a PDF is settled where rules alone go by its type, and nothing else is in it. */
static void what_is_ordinary(void **state)
{
	static const struct {
		struct slice bytes;
		struct open_request request;
		int wanted;
	} cases[] = {
		{SLICE_LITERAL(PDF END), {.types = true, .members = true}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL(PDF END), {.types = true}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL(PDF END), {.types = true, .exact = true}, ANSWER_WANTED},
		{SLICE_LITERAL(PDF END), {.types = true, .descriptions = true}, ANSWER_WANTED},
		{SLICE_LITERAL(PDF END), {.types = true, .all = true}, ANSWER_WANTED},
		{SLICE_LITERAL(PDF "PK\3\4" END), {.types = true, .members = true}, ANSWER_WANTED},
		{SLICE_LITERAL(PDF "PK\3\4" END), {.types = true}, ANSWER_WANTED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool settled = cases[i].wanted == ANSWER_NOT_WANTED;
		struct fixture f;

		fixture_init(&f);
		f.contents[3] = content_borrow(cases[i].bytes);
		f.request = cases[i].request;
		f.request.limits = &f.limits;
		plan_judge(&f.plan);
		assert_int_equal(f.answer.states[3], cases[i].wanted);
		assert_int_equal((f.list[3].flags & OBJECT_TYPED) != 0, settled);
		if (settled)
			assert_string_equal(f.list[3].mime, "application/pdf");
		fixture_release(&f);
	}
}

/* All of an object is read for signatures, which open_mark() has done before. */
static void searched_once(void **state)
{
	struct fixture f;

	fixture_init(&f);
	f.list[1].flags |= OBJECT_SEARCHED;
	plan_judge(&f.plan);
	assert_false(f.list[1].flags & OBJECT_CONTAINER);
	assert_true(f.list[2].flags & OBJECT_CONTAINER);
	fixture_release(&f);
}

/* What has none of the wanted types' marks is settled without a type; each of these asks all the same. */
static void what_no_rule_is_for(void **state)
{
	static struct pattern gif = {.kind = PATTERN_TYPE, .text = SLICE_LITERAL("image/gif")},
			      help = {.kind = PATTERN_TYPE, .text = SLICE_LITERAL("application/vnd.ms-htmlhelp")},
			      magic = {.kind = PATTERN_MAGIC, .text = SLICE_LITERAL("GIF")},
			      string = {.kind = PATTERN_STRING, .text = SLICE_LITERAL("GIF")};
	static const struct patterns none = {0}, gifs = {.list = &gif, .count = 1},
				     helps = {.list = &help, .count = 1}, magics = {.list = &magic, .count = 1},
				     strings = {.list = &string, .count = 1};
	static const struct {
		struct slice bytes;
		struct open_request request;
		int wanted;
	} cases[] = {
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &helps}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none, .shown = &strings}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none, .shown = &magics}, ANSWER_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &gifs}, ANSWER_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true}, ANSWER_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none, .exact = true}, ANSWER_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none, .all = true}, ANSWER_WANTED},
		{SLICE_LITERAL("GIF89a"), {.types = true, .rules = &none, .descriptions = true}, ANSWER_WANTED},
		{SLICE_LITERAL("MZ"), {.types = true, .rules = &none}, ANSWER_WANTED},
		{SLICE_LITERAL("ITSF"), {.types = true, .rules = &none}, ANSWER_NOT_WANTED},
		{SLICE_LITERAL("ITSF"), {.types = true, .rules = &helps}, ANSWER_WANTED},
		{ZIP, {.types = true, .rules = &none}, ANSWER_NOT_WANTED},
		{ZIP, {.types = true, .rules = &none, .members = true}, ANSWER_WANTED},
	};

	/* An administrator's own rules of libmagic: then all is asked. */
	if (!type_marks_of(&none, TYPE_MARKS_LOCAL).known)
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool settled = cases[i].wanted == ANSWER_NOT_WANTED;
		struct fixture f;

		fixture_init(&f);
		f.contents[3] = content_borrow(cases[i].bytes);
		f.request = cases[i].request;
		f.request.limits = &f.limits;
		plan_judge(&f.plan);
		assert_int_equal(f.answer.states[3], cases[i].wanted);
		assert_null(f.list[3].mime);
		if (!f.request.members)
			assert_int_equal((f.list[3].flags & OBJECT_UNTYPED) != 0, settled);
		fixture_release(&f);
	}
}

/* An archive of no wanted type is looked into without libmagic. */
static void an_archive_without_its_type(void **state)
{
	static const struct patterns none = {0};
	struct fixture f;

	if (!type_marks_of(&none, TYPE_MARKS_LOCAL).known)
		skip();
	fixture_init(&f);
	f.request.rules = &none;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.states[1], ANSWER_WANTED);
	assert_means(&f, true, false);
	fixture_release(&f);
}

/* Behind the conditions: those that a finding names, and nothing else. */
static void those_that_are_named(void **state)
{
	static const struct patterns none = {0};
	struct fixture f;

	fixture_init(&f);
	f.request = (struct open_request){
		.limits = &f.limits, .types = true, .named = true, .rules = &none};
	f.list[3].flags = OBJECT_UNTYPED | OBJECT_NAMED;
	f.list[2].flags = OBJECT_UNTYPED | OBJECT_CONTAINER;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.wanted, 1);
	assert_int_equal(f.answer.states[3], ANSWER_WANTED);
	fixture_release(&f);
}

/* An object is judged when it is there as a whole, and once. */
static void judged_when_whole(void **state)
{
	struct fixture f;

	fixture_init(&f);
	f.answer.member.index = 2;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.wanted, 1);
	plan_judge(&f.plan);
	assert_int_equal(f.answer.wanted, 1);
	f.answer.member.index = -1;
	plan_judge(&f.plan);
	assert_int_equal(f.answer.wanted, 3);
	fixture_release(&f);
}

static void depth(void **state)
{
	static const unsigned depths[] = {2, 3, 4};
	struct fixture f;

	fixture_init(&f);
	for (unsigned i = 0; i < 3; i++) {
		f.contents[i + 1] = content_borrow((struct slice)ZIP);
		f.list[i + 1].depth = depths[i];
	}
	plan_judge(&f.plan);
	assert_true(plan_is_opened(&f.plan, &f.list[1]));
	assert_int_equal(f.list[1].flags, OBJECT_SEARCHED | OBJECT_CONTAINER);
	for (unsigned i = 2; i < 4; i++) {
		assert_false(plan_is_opened(&f.plan, &f.list[i]));
		assert_int_equal(f.list[i].flags,
			OBJECT_SEARCHED | OBJECT_CONTAINER | OBJECT_OVERLIMIT);
		assert_string_equal(f.list[i].limit, "depth");
		assert_int_equal(f.answer.states[i], ANSWER_WANTED); /* for its type all the same */
	}
	/* What is no archive may be as deep as it likes. */
	fixture_release(&f);
	fixture_init(&f);
	f.list[3].depth = 99;
	plan_judge(&f.plan);
	assert_int_equal(f.list[3].flags, OBJECT_SEARCHED);
	fixture_release(&f);
}

static void members(void **state)
{
	static const uint64_t used[] = {9, 10};

	for (unsigned i = 0; i < 2; i++) {
		struct fixture f;

		fixture_init(&f);
		plan_judge(&f.plan);
		assert_true(plan_is_worth(&f.plan, 1));
		give(&f, 1, used[i], 0);
		plan_account(&f.plan);
		assert_int_equal(f.plan.members_used, used[i]);
		assert_true(plan_is_worth(&f.plan, 2));
		if (used[i] < f.limits.members) {
			assert_int_equal(f.list[2].flags, OBJECT_SEARCHED | OBJECT_CONTAINER);
			plan_allow(&f.plan, &f.list[2]);
			assert_int_equal(f.plan.members, 1);
		} else {
			/* No more is looked into, though its type is still asked for. */
			assert_int_equal(f.list[2].flags, OBJECT_SEARCHED | OBJECT_OVERLIMIT);
			assert_string_equal(f.list[2].limit, "members");
			assert_false(plan_is_opened(&f.plan, &f.list[2]));
			assert_int_equal(f.answer.wanted, 3);
		}
		/* All that there were is no limit met: nobody said so. */
		assert_int_equal(f.list[1].flags & OBJECT_OVERLIMIT, 0);
		assert_true(plan_is_worth(&f.plan, 3));
		fixture_release(&f);
	}
}

/* Who was wanted for its inside alone is not asked for when there is nothing left. */
static void not_worth_asking(void **state)
{
	struct fixture f;

	fixture_init(&f);
	f.request.types = false;
	plan_judge(&f.plan);
	give(&f, 1, 3, f.limits.bytes);
	plan_account(&f.plan);
	assert_false(plan_is_worth(&f.plan, 2));
	assert_string_equal(f.list[2].limit, "bytes");
	assert_int_equal(f.answer.states[2], ANSWER_NOT_WANTED);
	assert_int_equal(f.answer.wanted, 1);
	fixture_release(&f);
}

static void bytes(void **state)
{
	static const size_t used[] = {4 * MEGA - 1, 4 * MEGA};

	for (unsigned i = 0; i < 2; i++) {
		struct fixture f;

		fixture_init(&f);
		plan_judge(&f.plan);
		give(&f, 1, 1, used[i]);
		plan_account(&f.plan);
		assert_int_equal(f.plan.bytes_used, used[i]);
		assert_true(plan_is_worth(&f.plan, 2));
		assert_int_equal(f.list[2].flags & OBJECT_OVERLIMIT,
			used[i] < f.limits.bytes ? 0 : OBJECT_OVERLIMIT);
		if (used[i] < f.limits.bytes) {
			plan_allow(&f.plan, &f.list[2]);
			assert_int_equal(f.plan.bytes, 1);
			assert_false(f.plan.by_ratio);
		}
		fixture_release(&f);
	}
}

/* The ratio bounds each archive for itself, but none to less than a megabyte. */
static void ratio(void **state)
{
	static const struct {
		size_t size;
		uint64_t ratio, bytes, may;
		bool by_ratio;
	} cases[] = {
		{1000, 2000, 3 * MEGA, 2000000, true},
		{1000, 1048, 3 * MEGA, MEGA, true}, /* 1,048,000: below the megabyte */
		{1024, 1024, 3 * MEGA, MEGA, true}, /* just the megabyte */
		{1024, 1025, 3 * MEGA, MEGA + 1024, true},
		{1, 1, 3 * MEGA, MEGA, true},
		{1, 1, MEGA, MEGA, false}, /* as much: it is the bytes */
		{1, 1, MEGA - 1, MEGA - 1, false},
		{1, 3 * MEGA, 3 * MEGA, 3 * MEGA, false},
		{1, 3 * MEGA - 1, 3 * MEGA, 3 * MEGA - 1, true},
		{SIZE_MAX / 2, MEGA, UINT64_MAX, 999999999999999, false}, /* no overflow */
		{2, UINT64_MAX, UINT64_MAX, 999999999999999, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		fixture_init(&f);
		f.limits.ratio = cases[i].ratio;
		f.limits.bytes = cases[i].bytes;
		f.contents[1].bytes.len = cases[i].size; /* nobody looks at them here */
		plan_allow(&f.plan, &f.list[1]);
		assert_int_equal(f.plan.bytes, cases[i].may);
		assert_int_equal(f.plan.by_ratio, cases[i].by_ratio);
		assert_int_equal(f.plan.members, 10);
		fixture_release(&f);
	}
}

/* What the helper says was too much is named after what was used up. */
static void the_limit_is_named(void **state)
{
	static const struct {
		uint64_t ratio, members, bytes;
		const char *known, *limit;
	} cases[] = {
		{1000 * MEGA, 1, 4 * MEGA, NULL, "bytes"},
		{1, 1, MEGA, NULL, "ratio"},
		{1000 * MEGA, 10, 7, NULL, "members"},
		{1000 * MEGA, 10, 4 * MEGA, NULL, "bytes"},
		{1000 * MEGA, 9, 4 * MEGA - 1, NULL, NULL}, /* memory, perhaps: nobody knows */
		{1000 * MEGA, 1, 4 * MEGA, "seconds", "seconds"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		fixture_init(&f);
		f.limits.ratio = cases[i].ratio;
		plan_judge(&f.plan);
		give(&f, 1, cases[i].members, cases[i].bytes);
		f.list[1].flags |= OBJECT_OVERLIMIT;
		f.list[1].limit = cases[i].known;
		plan_account(&f.plan);
		if (cases[i].limit)
			assert_string_equal(f.list[1].limit, cases[i].limit);
		else
			assert_null(f.list[1].limit);
		assert_false(f.plan.inside);
		/* Accounted for once. */
		plan_account(&f.plan);
		assert_int_equal(f.plan.members_used, cases[i].members);
		assert_int_equal(f.plan.bytes_used, cases[i].bytes);
		fixture_release(&f);
	}
}

/* Whoever comes later gets what those before it have left, whatever became of them. */
static void one_account_for_the_mail(void **state)
{
	struct fixture f;

	fixture_init(&f);
	plan_judge(&f.plan);
	give(&f, 1, 4, 3 * MEGA);
	f.list[1].flags |= OBJECT_DAMAGED;
	plan_account(&f.plan);
	plan_allow(&f.plan, &f.list[2]);
	assert_int_equal(f.plan.members, 6);
	assert_int_equal(f.plan.bytes, MEGA);
	give(&f, 2, 6, MEGA);
	plan_account(&f.plan);
	assert_int_equal(f.plan.members_used, 10);
	assert_int_equal(f.plan.bytes_used, 4 * MEGA);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_are_wanted),
		cmocka_unit_test(what_is_ordinary),
		cmocka_unit_test(searched_once),
		cmocka_unit_test(what_no_rule_is_for),
		cmocka_unit_test(an_archive_without_its_type),
		cmocka_unit_test(those_that_are_named),
		cmocka_unit_test(judged_when_whole),
		cmocka_unit_test(depth),
		cmocka_unit_test(members),
		cmocka_unit_test(not_worth_asking),
		cmocka_unit_test(bytes),
		cmocka_unit_test(ratio),
		cmocka_unit_test(the_limit_is_named),
		cmocka_unit_test(one_account_for_the_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
