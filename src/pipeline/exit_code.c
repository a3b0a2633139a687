/*
 * The numbers of qmail-command(8) and those of sysexits.h; see exit_code.h. What is not known here is
 * "try again later": a mail that is tried again is neither lost nor let through.
 *
 * Courier takes 99 as qmail does and 77 as a bounce (dot-courier(5)); Postfix bounces for 77 and
 * Exim's pipe fails; 75 is "later" for all of them.
 */
#include "pipeline/exit_code.h"

#include <sysexits.h>

#define EXIT_PASS      0
#define EXIT_NOT_READY 2
#define EXIT_STOP      99
#define EXIT_BOUNCE    100
#define EXIT_DEFER     111

int exit_code(enum disposition disposition, const struct options *options)
{
	bool qmail = options->mta == MTA_QMAIL;

	switch (disposition) {
	case DISPOSITION_PASS:
		return EXIT_PASS;
	case DISPOSITION_STOP:
		return options->command ? EXIT_PASS : EXIT_STOP;
	case DISPOSITION_BOUNCE:
		return qmail ? EXIT_BOUNCE : EX_NOPERM;
	case DISPOSITION_DEFER:
		break;
	}
	return exit_code_defer(options);
}

int exit_code_defer(const struct options *options)
{
	return options->mta == MTA_QMAIL ? EXIT_DEFER : EX_TEMPFAIL;
}

int exit_code_check(int error_count)
{
	return error_count == 0 ? EXIT_PASS : EXIT_NOT_READY;
}
