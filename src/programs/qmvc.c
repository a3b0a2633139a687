/*
 * qmvc(8): called by qmail-local for every recipient of every mail. Options, one call, exit.
 */
#include "control/options.h"
#include "pipeline/check_profile.h"
#include "pipeline/exit_code.h"
#include "pipeline/explain.h"
#include "pipeline/pipeline.h"

#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* More of them are not asked for: some programs that we start close all that there could be. */
#define DESCRIPTORS ((rlim_t)16384)

static const char usage[] =
	"usage: qmvc [-nu] [-c BASEDIR] [-v PREPEND]    filter the message on standard input\n"
	"       qmvc --mta=sysexits [--sender ADDRESS --recipient ADDRESS] [-nu] [-c BASEDIR]\n"
	"            [COMMAND [ARGUMENT ...]]           the same for Courier, Postfix, Exim;\n"
	"                                               COMMAND gets what passes\n"
	"       qmvc -t [-nu] [-c BASEDIR]              check the profile, the helpers, the scanners\n"
	"       qmvc -x [-nu] [-c BASEDIR] [-v PREPEND] [--json] [FILE]\n"
	"                                               explain what would be done with a message\n"
	"       qmvc -V | -h\n"
	"\n"
	"  -n          consult noscantypes: harmless parts are not given to the scanners\n"
	"  -u          profile, logs and kept mail in ~/qmvc\n"
	"  -c BASEDIR  a shared profile, searched first\n"
	"  -v PREPEND  virtual domain: take PREPEND- off the recipient (\"-\": the value of USER)\n"
	"\n"
	"In a dot-qmail file:  |/usr/local/bin/qmvc\n"
	"\n"
	"Exit code: 0 the mail passes, 99 stopped, 100 bounced, 111 try again later; -t and -x: 0, 2.\n"
	"See qmvc(8), qmvc-control(5), qmvc-filters(5), qmvc-scanners(5), qmvc-log(5).\n";

/* A core dump would hold the mail. */
static void forbid_core_dumps(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}

/*
 * Every large part and member is a file without a name (message/content.h), and how many a mail has is
 * its sender's choice: with the soft limit of most hosts, 1024, such a mail would be deferred until
 * it bounces.
 */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * A closed pipe and a file size limit are errors of write(2), not deaths: whoever writes knows what is
 * to be undone. Children start with the defaults again (loop/job.c).
 */
static void take_write_errors(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error error = {0};

	forbid_core_dumps();
	allow_descriptors();
	take_write_errors();
	if (options_parse(argc, argv, &options, &error)) {
		printf("qmvc: %s\n", error.text);
		return exit_code_defer(&options);
	}
	switch (options.mode) {
	case RUN_HELP:
		fputs(usage, stdout);
		return 0;
	case RUN_VERSION:
		puts("qmvc " QMVC_VERSION);
		return 0;
	case RUN_CHECK:
		return check_profile(&options);
	case RUN_EXPLAIN:
		return explain(&options);
	case RUN_FILTER:
		break;
	}
	return pipeline_filter(&options, STDIN_FILENO);
}
