/* Whose a local part is, with users and homes that stand here in place of the system's. */
#include "control_unit.h"

#include "control/local_user.h"

#include <pwd.h>
#include <sys/stat.h>

static bool has_alias, is_broken;

static const struct user {
	const char *name, *home;
	uid_t uid, home_uid;
} users[] = {
	{"alias", "/var/qmail/alias", 70, 70},
	{"bob", "/home/bob", 71, 71},
	{"bob-list", "/home/list", 72, 72},
	{"guest", "/home/guest", 73, 0},
	{"root", "/root", 0, 0},
	{"a-name-that-has-31-letters-in-i", "/home/long", 74, 74},
	{"a-name-that-has-32-letters-in-it", "/home/longer", 75, 75},
};
#define USERS (sizeof(users) / sizeof(users[0]))

/* In place of libc's. */
int getpwnam_r(
	const char *name, struct passwd *entry, char *room, size_t size, struct passwd **found)
{
	*found = NULL;
	if (is_broken)
		return EIO;
	for (size_t i = has_alias ? 0 : 1; i < USERS; i++) {
		if (strcmp(name, users[i].name) != 0)
			continue;
		if (size < 4000) /* a user with a very long line */
			return ERANGE;
		strcpy(room, users[i].name);
		strcpy(room + 100, users[i].home);
		*entry = (struct passwd){
			.pw_name = room, .pw_dir = room + 100, .pw_uid = users[i].uid, .pw_gid = 7};
		*found = entry;
	}
	return 0;
}

int stat(const char *path, struct stat *status)
{
	for (size_t i = 0; i < USERS; i++) {
		if (strcmp(path, users[i].home) != 0)
			continue;
		status->st_uid = users[i].home_uid;
		return 0;
	}
	errno = ENOENT;
	return -1;
}

static void test_find(void **state)
{
	static const char *const cases[][2] = {
		{"bob", "bob"},
		{"bob-", "bob"},
		{"Bob-Info", "bob"},
		{"bob-list", "bob-list"},
		{"bob-list-", "bob-list"},
		{"bob-lists", "bob"},
		{"bobby", "alias"},
		{"guest-x", "alias"}, /* not at home */
		{"root-x", "alias"},
		{"-x", "alias"},
		{"", "alias"},
		{"a-name-that-has-31-letters-in-i-", "a-name-that-has-31-letters-in-i"},
		{"a-name-that-has-32-letters-in-it", "alias"},
		{"sales-x", "seller"},
		{"bob-sales", "seller"},
	};
	static const struct assigned items[] = {
		{.local = SLICE_LITERAL("bob-sales"), .user = "seller", .home = "/s", .uid = 9},
		{.local = SLICE_LITERAL("sales-"),
			.wildcard = true,
			.user = "seller",
			.home = "/s"},
	};
	const struct users_assign assign = {items, 2};
	cleanup_arena struct arena arena = {0};
	struct local_user user;

	has_alias = true;
	is_broken = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			local_user_find(&assign, slice_cstr(cases[i][0]), &arena, &user), 0);
		if (strcmp(user.name, cases[i][1]) != 0)
			fail_msg("%s is %s's, want %s", cases[i][0], user.name, cases[i][1]);
	}
	assert_int_equal(local_user_find(&assign, slice_cstr("bob-list"), &arena, &user), 0);
	assert_string_equal(user.home, "/home/list");
	assert_int_equal(user.uid, 72);
	assert_int_equal(user.gid, 7);
}

static void test_nobody(void **state)
{
	const struct users_assign assign = {0};
	cleanup_arena struct arena arena = {0};
	struct local_user user;

	has_alias = is_broken = false;
	assert_int_equal(local_user_find(&assign, slice_cstr("nobody"), &arena, &user), 1);
	is_broken = true;
	assert_int_equal(local_user_find(&assign, slice_cstr("nobody"), &arena, &user), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
