/* A directory of the test's own, made anew for each test: `dir`. */
#ifndef QMVC_TESTS_TMP_DIR_H
#define QMVC_TESTS_TMP_DIR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char dir[64];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/qmvc-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

#define in_dir(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

#endif
