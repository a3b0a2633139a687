/* The file `filters`: what each line becomes, and what each slip of the pen is called. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/filters.h"

static void parse(struct arena *arena, const char *text, struct filters *filters)
{
	struct error error = {0};

	assert_works(filters_parse(arena, slice_cstr(text), "filters", filters, &error), error);
}

/* The manual's sample with its reactions switched off by `n`: all of it is read and kept. */
static void test_sample(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct filters filters;
	const struct filter *f;

	parse(&arena,
		"# CONDITION ; ACTION ; REACTION , REACTION ; OPTION , OPTION ;\n"
		"errors=y;trash;\n"
		"subject=n;block;notify=r,forward=spamtrap@localhost,inform=guard@localhost;\n"
		"bodytext=n;;;ignorecase\n"
		"filename=n;block;notify=r;\n"
		"mimetype=n;keep;notify=r;;quitasap\n"
		"loadertype=n;keep;notify=r,inform=guard@localhost;\n"
		"virus=n;block;notify=r;;quitasap\n",
		&filters);
	assert_string_equal(filters.path, "filters");
	assert_int_equal(filters_enabled(&filters),
		CONDITION_BIT(CONDITION_ERRORS) | CONDITION_BIT(CONDITION_OVERLIMIT));
	f = &filters.conditions[CONDITION_ERRORS];
	assert_true(f->present && f->on);
	assert_int_equal(f->action, ACTION_TRASH);
	assert_int_equal(f->line, 2);
	assert_null(f->inform);
	f = &filters.conditions[CONDITION_SUBJECT];
	assert_true(f->present && !f->on);
	assert_true(f->notify_recipient && !f->notify_sender);
	assert_string_equal(f->forward[0], "spamtrap@localhost");
	assert_null(f->forward[1]);
	assert_string_equal(f->inform[0], "guard@localhost");
	f = &filters.conditions[CONDITION_BODYTEXT];
	assert_int_equal(f->action, ACTION_BLOCK);
	assert_true(f->ignorecase && !f->quitasap);
	f = &filters.conditions[CONDITION_MIMETYPE];
	assert_true(f->quitasap && f->notify_recipient);
	assert_int_equal(f->action, ACTION_KEEP);
	assert_int_equal(f->line, 6);
	assert_false(filters.conditions[CONDITION_ENCRYPTED].present);
}

static void test_loose_forms(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct filters filters;

	parse(&arena,
		"  VIRUS = Y | Keep || |QuitAsap\r\n"
		"bodytext=y;block;;goodmail , IGNORECASE,;\r\n"
		"subject=y\r\n"
		"errors=y;;quitasap\r\n"
		"filename=n;;notify=RS,inform=a@b  c@d ,inform=$SENDER,notify=s;;;;;\r\n"
		"ambiguous=n\r\n"
		"loadertype=n;;forward=base-$SENDER=@h.test $EXT2-x@$host;",
		&filters);
	assert_int_equal(filters.conditions[CONDITION_VIRUS].action, ACTION_KEEP);
	assert_true(filters.conditions[CONDITION_VIRUS].quitasap);
	assert_true(filters.conditions[CONDITION_BODYTEXT].goodmail);
	assert_true(filters.conditions[CONDITION_BODYTEXT].ignorecase);
	assert_int_equal(filters.conditions[CONDITION_SUBJECT].action, ACTION_BLOCK);
	assert_true(filters.conditions[CONDITION_ERRORS].quitasap);
	assert_true(filters.conditions[CONDITION_FILENAME].notify_recipient);
	assert_true(filters.conditions[CONDITION_FILENAME].notify_sender);
	assert_string_equal(filters.conditions[CONDITION_FILENAME].inform[0], "a@b");
	assert_string_equal(filters.conditions[CONDITION_FILENAME].inform[1], "c@d");
	assert_string_equal(filters.conditions[CONDITION_FILENAME].inform[2], "$SENDER");
	assert_null(filters.conditions[CONDITION_FILENAME].inform[3]);
	assert_string_equal(
		filters.conditions[CONDITION_LOADERTYPE].forward[0], "base-$SENDER=@h.test");
	assert_string_equal(filters.conditions[CONDITION_LOADERTYPE].forward[1], "$EXT2-x@$host");
}

static void test_overlimit_default(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct filters filters;

	parse(&arena, "", &filters);
	assert_true(filters.conditions[CONDITION_OVERLIMIT].on);
	assert_false(filters.conditions[CONDITION_OVERLIMIT].present);
	assert_int_equal(filters.conditions[CONDITION_OVERLIMIT].action, ACTION_KEEP);
	assert_int_equal(filters_enabled(&filters), CONDITION_BIT(CONDITION_OVERLIMIT));
	parse(&arena, "overlimit=n", &filters);
	assert_int_equal(filters_enabled(&filters), 0);
	parse(&arena, "overlimit=y;inspect", &filters);
	assert_int_equal(filters.conditions[CONDITION_OVERLIMIT].action, ACTION_INSPECT);
}

#define ITEMS                                                                                      \
	"no such reaction or option (notify=, inform=, forward=, ignorecase, goodmail, quitasap)"
#define CONDITIONS                                                                                 \
	"no such condition (errors, ambiguous, subject, bodytext, filename, mimetype, "           \
	"loadertype, encrypted, overlimit, virus)"
#define VARIABLES                                                                                  \
	"no such variable ($LOCAL, $HOST, $EXT, $EXT2, $EXT3, $EXT4, $DEFAULT, $USER, $SENDER, "  \
	"$RECIPIENT)"
#define NOTIFY "must be notify=r (recipient), notify=s (sender) or notify=rs (both)"

static const struct {
	const char *text, *message;
} refused[] = {
	{"virus", "filters:1: 'virus': a line begins with CONDITION=y or CONDITION=n"},
	{";keep", "filters:1: '': a line begins with CONDITION=y or CONDITION=n"},
	{"# c\n\nviruses=y;keep", "filters:3: 'viruses': " CONDITIONS},
	{"virus=yes;keep", "filters:1: 'virus=yes': must be virus=y or virus=n"},
	{"virus=;keep", "filters:1: 'virus=': must be virus=y or virus=n"},
	{"virus=y\nerrors=y\nVirus=n",
		"filters:3: 'Virus': this condition is given twice (the first time in line 1)"},
	{"a=y", "filters:1: 'a': " CONDITIONS},
	{"virus=y\n\nsubject=y;blok;",
		"filters:3: 'blok': no such action (block, keep, trash, bounce, inspect)"},
	{"virus=y;quitasap",
		"filters:1: 'quitasap': no such action (block, keep, trash, bounce, inspect)"},
	{"virus=y;keep,trash",
		"filters:1: 'keep,trash': no such action (block, keep, trash, bounce, inspect)"},
	{"virus=y;keep;quitsap", "filters:1: 'quitsap': " ITEMS},
	{"virus=y;keep;tell=r", "filters:1: 'tell=r': " ITEMS},
	{"virus=y;keep;notify", "filters:1: 'notify': " ITEMS},
	{"virus=y;keep;;ignorecase",
		"filters:1: 'ignorecase': this option is for subject and bodytext only"},
	{"filename=n;keep;;IgnoreCase",
		"filters:1: 'IgnoreCase': this option is for subject and bodytext only"},
	{"subject=y;keep;;goodmail",
		"filters:1: 'goodmail': this option is for bodytext only"},
	{"virus=y;inspect;;quitasap",
		"filters:1: 'quitasap': action inspect does not stop the mail, so the search cannot "
		"end with it"},
	{"virus=n;inspect;;quitasap",
		"filters:1: 'quitasap': action inspect does not stop the mail, so the search cannot "
		"end with it"},
	{"ambiguous=y;keep",
		"filters:1: 'ambiguous': this condition comes with a later version; take the line "
		"out"},
	/* A line that is wrong is called wrong before it is called early. */
	{"virus=y;block;notify=r,notify=x", "filters:1: 'notify=x': " NOTIFY},
	{"virus=n;block;notify=", "filters:1: 'notify=': " NOTIFY},
	{"virus=y;block;inform=", "filters:1: 'inform=': an address is missing"},
	{"virus=n;block;forward= ;", "filters:1: 'forward=': an address is missing"},
	{"virus=y;block;inform=<a@b>",
		"filters:1: '<a@b>': is no address (write it as in an envelope, without < and >)"},
	{"virus=y;block;inform=a\x01@b",
		"filters:1: 'a?@b': is no address (write it as in an envelope, without < and >)"},
	{"virus=y;block;inform=a@b @c",
		"filters:1: '@c': is no address (LOCAL@HOST)"},
	{"virus=y;block;inform=c@", "filters:1: 'c@': is no address (LOCAL@HOST)"},
	{"virus=y;block;inform=$FROM@b", "filters:1: '$FROM': " VARIABLES},
	{"virus=y;block;inform=a$@b", "filters:1: '$': " VARIABLES},
	{"virus=y;block;forward=$EXT5@b", "filters:1: '$EXT5': " VARIABLES},
};

static void test_refused(void **state)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct filters filters = {.path = "kept"};
		struct error error = {0};

		assert_fails(filters_parse(&arena, slice_cstr(refused[i].text), "filters", &filters,
				     &error),
			-EINVAL, error, refused[i].message);
		assert_string_equal(filters.path, "kept");
	}
}

static void test_edges(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_free char *address = control_unit_long("virus=n;;inform=", 'a', 1 << 20, "@b");
	cleanup_free char *blanks = control_unit_long("virus=n;;inform=", ' ', 1 << 20, "a@b");
	cleanup_free char *many = control_unit_long("virus=y", ';', 1 << 20, "quitasap");
	cleanup_free char *list = malloc(65 * 4 + 32);
	struct slice nul = SLICE_LITERAL("virus=y\0;keep\n");
	struct filters filters;
	struct error error = {0};

	assert_fails(filters_parse(&arena, nul, "filters", &filters, &error), -EINVAL, error,
		"filters:1: a NUL byte: this is not a text file");
	assert_int_equal(
		filters_parse(&arena, slice_cstr(address), "filters", &filters, &error), -EINVAL);
	assert_non_null(strstr(error.text, "aaa...': this address is too long"));
	parse(&arena, blanks, &filters);
	assert_string_equal(filters.conditions[CONDITION_VIRUS].inform[0], "a@b");
	parse(&arena, many, &filters);
	assert_true(filters.conditions[CONDITION_VIRUS].quitasap);

	strcpy(list, "virus=n;;inform=");
	for (int i = 0; i < 64; i++)
		strcat(list, "a@b ");
	parse(&arena, list, &filters);
	assert_string_equal(filters.conditions[CONDITION_VIRUS].inform[63], "a@b");
	assert_null(filters.conditions[CONDITION_VIRUS].inform[64]);
	strcat(list, "c@d");
	error = (struct error){0};
	assert_fails(filters_parse(&arena, slice_cstr(list), "filters", &filters, &error), -EINVAL,
		error, "filters:1: 'c@d': more than 64 addresses");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_loose_forms),
		cmocka_unit_test(test_overlimit_default),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
