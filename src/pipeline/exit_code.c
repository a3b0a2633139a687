/*
 * The numbers of qmail-command(8); see exit_code.h. What is not known here is 111: a mail that is
 * tried again is neither lost nor let through.
 */
#include "pipeline/exit_code.h"

#define EXIT_PASS      0
#define EXIT_NOT_READY 2
#define EXIT_STOP      99
#define EXIT_BOUNCE    100
#define EXIT_DEFER     111

int exit_code(enum disposition disposition)
{
	switch (disposition) {
	case DISPOSITION_PASS:
		return EXIT_PASS;
	case DISPOSITION_STOP:
		return EXIT_STOP;
	case DISPOSITION_BOUNCE:
		return EXIT_BOUNCE;
	case DISPOSITION_DEFER:
		break;
	}
	return EXIT_DEFER;
}

int exit_code_defer(void)
{
	return EXIT_DEFER;
}

int exit_code_check(int error_count)
{
	return error_count == 0 ? EXIT_PASS : EXIT_NOT_READY;
}
