/* What is said on stdout: one short line of printable ASCII, and never more than who reads it may know. */
#include "unit.h"

#include "pipeline/say.h"

#include <string.h>

struct scene {
	struct options options;
	struct delivery delivery;
	struct error error;
	struct buf said;
};

static void set_up(struct scene *scene)
{
	*scene = (struct scene){0};
	delivery_init(&scene->delivery, &scene->options);
	strcpy(scene->delivery.id, "0123456789abcdefghij");
}

static const char *say(struct scene *scene)
{
	buf_clear(&scene->said);
	assert_int_equal(say_format(&scene->delivery, &scene->error, &scene->said), 0);
	assert_true(scene->said.len <= 2900);
	for (size_t i = 0; i + 1 < scene->said.len; i++)
		assert_true(scene->said.data[i] >= 0x20 && scene->said.data[i] <= 0x7e);
	assert_int_equal(scene->said.data[scene->said.len - 1], '\n');
	return buf_cstr(&scene->said);
}

static void tear_down(struct scene *scene)
{
	buf_release(&scene->said);
	delivery_release(&scene->delivery);
}

static void find(struct scene *scene, enum condition_id condition, const char *pattern,
	const char *detail)
{
	struct finding finding = {.condition = condition, .pattern = pattern, .detail = detail};

	assert_int_equal(delivery_found(&scene->delivery, &finding, &scene->error), 0);
}

static void decided(struct scene *scene, enum disposition disposition, enum action action,
	enum condition_id condition)
{
	scene->delivery.decision = (struct decision){.disposition = disposition,
		.decided = true,
		.action = action,
		.condition = condition};
}

static void test_words(void **state)
{
	struct scene scene;

	set_up(&scene);
	assert_string_equal(say(&scene), "qmvc 0123456789abcdefghij: pass\n");
	find(&scene, CONDITION_FILENAME, "*.exe", "a.exe");
	decided(&scene, DISPOSITION_STOP, ACTION_KEEP, CONDITION_FILENAME);
	assert_string_equal(say(&scene),
		"qmvc 0123456789abcdefghij: keep for filename: *.exe (a.exe)\n");
	scene.delivery.decision.disposition = DISPOSITION_DEFER;
	error_set(&scene.error, -1, "filters:3: 'blok'");
	assert_string_equal(
		say(&scene), "qmvc 0123456789abcdefghij: deferred: filters:3: 'blok'\n");
	tear_down(&scene);
}

static void test_hostile(void **state)
{
	struct scene scene;
	char long_name[100000];

	set_up(&scene);
	memset(long_name, '\n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = 0;
	find(&scene, CONDITION_FILENAME, "\033[2J%s%n", long_name);
	decided(&scene, DISPOSITION_STOP, ACTION_BLOCK, CONDITION_FILENAME);
	assert_non_null(strstr(say(&scene), "?[2J%s%n"));
	tear_down(&scene);
}

/* Whoever gets the bounce learns what kind of thing it was, and no rule and no scanner. */
static void test_bounce(void **state)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		struct scene scene;

		set_up(&scene);
		find(&scene, id, "Secret-Rule", "secret-name");
		decided(&scene, DISPOSITION_BOUNCE, ACTION_BOUNCE, id);
		assert_null(strstr(say(&scene), "ecret"));
		assert_non_null(strstr(say(&scene), scene.delivery.id));
		tear_down(&scene);
	}
}

static void test_privacy(void **state)
{
	struct scene scene;

	set_up(&scene);
	scene.options.user = true;
	scene.delivery.has_state = true;
	find(&scene, CONDITION_SUBJECT, "secret", "secret");
	decided(&scene, DISPOSITION_STOP, ACTION_BLOCK, CONDITION_SUBJECT);
	assert_string_equal(say(&scene), "qmvc 0123456789abcdefghij\n");
	scene.delivery.decision.disposition = DISPOSITION_DEFER;
	error_set(&scene.error, -1, "secret");
	assert_null(strstr(say(&scene), "secret"));
	/* With no place for qmvc.error, the user's directory is what the error is about. */
	scene.delivery.has_state = false;
	assert_non_null(strstr(say(&scene), "secret"));
	tear_down(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_bounce),
		cmocka_unit_test(test_privacy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
