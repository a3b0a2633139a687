/*
 * The command line; see options.h. getopt_long(3) does the combining (`-nuv-`), so qmvc's options
 * behave as everybody's do; its own messages are off, because ours go through struct error.
 */
#include "control/options.h"

#include "base/slice.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

enum long_option {
	LONG_HELP = 256,
	LONG_VERSION,
	LONG_JSON,
	LONG_MTA,
	LONG_SENDER,
	LONG_RECIPIENT,
};

static const struct option long_options[] = {
	{"help", no_argument, NULL, LONG_HELP},
	{"version", no_argument, NULL, LONG_VERSION},
	{"json", no_argument, NULL, LONG_JSON},
	{"mta", required_argument, NULL, LONG_MTA},
	{"sender", required_argument, NULL, LONG_SENDER},
	{"recipient", required_argument, NULL, LONG_RECIPIENT},
	{NULL, 0, NULL, 0},
};

static int set_once(const char **where, int letter, const char *value, struct error *error)
{
	if (*where)
		return error_set(error, -EINVAL, "option -%c is given twice", letter);
	if (!*value)
		return error_set(error, -EINVAL, "option -%c has an empty argument", letter);
	*where = value;
	return 0;
}

/* getopt tells by optopt: a letter, a long option with an argument it has no use for, or 0. */
static int unknown(char **argv, struct error *error)
{
	if (optopt != 0 && optopt < LONG_HELP)
		return error_set(error, -EINVAL, "there is no option -%c", optopt);
	if (optopt != 0)
		return error_set(error, -EINVAL, "option '%s' takes no argument", argv[optind - 1]);
	return error_set(error, -EINVAL, "there is no option '%s'", argv[optind - 1]);
}

static int take_mta(struct options *options, struct error *error)
{
	if (strcmp(optarg, "sysexits") == 0)
		options->mta = MTA_SYSEXITS;
	else if (strcmp(optarg, "qmail") != 0)
		return error_set(error, -EINVAL, "--mta=%s: is neither qmail nor sysexits", optarg);
	return 0;
}

static int take(int letter, char **argv, struct options *options, struct error *error)
{
	switch (letter) {
	case 'n':
		options->noscan = true;
		return 0;
	case 'u':
		options->user = true;
		return 0;
	case 'c':
		return set_once(&options->basedir, letter, optarg, error);
	case 'v':
		return set_once(&options->prepend, letter, optarg, error);
	case 't':
		options->mode = RUN_CHECK;
		return 0;
	case 'V':
	case LONG_VERSION:
		options->mode = RUN_VERSION;
		return 0;
	case 'h':
	case LONG_HELP:
		options->mode = RUN_HELP;
		return 0;
	case 'x':
		options->mode = RUN_EXPLAIN;
		return 0;
	case LONG_JSON:
		options->json = true;
		return 0;
	case LONG_MTA:
		return take_mta(options, error);
	case LONG_SENDER: /* the null sender is empty */
		options->sender = optarg;
		return 0;
	case LONG_RECIPIENT:
		options->recipient = optarg;
		return *optarg ? 0 : error_set(error, -EINVAL, "--recipient is empty");
	case ':':
		if (optopt >= LONG_HELP)
			return error_set(
				error, -EINVAL, "option '%s' needs an argument", argv[optind - 1]);
		return error_set(error, -EINVAL, "option -%c needs an argument", optopt);
	default:
		return unknown(argv, error);
	}
}

/* What stands behind the options. */
static int take_rest(int argc, char **argv, struct options *found, struct error *error)
{
	if (found->mode == RUN_EXPLAIN && optind < argc)
		found->file = argv[optind++];
	else if (found->mode == RUN_FILTER && found->mta != MTA_QMAIL && optind < argc)
		found->command = argv + optind;
	if (optind < argc && !found->command)
		return error_set(error, -EINVAL,
			found->mode == RUN_EXPLAIN ? "'%s': option -x takes one file"
						   : "'%s': qmvc takes options only, the message "
						     "comes on descriptor 0",
			argv[optind]);
	if (found->json && found->mode != RUN_EXPLAIN)
		return error_set(error, -EINVAL, "option --json goes with -x only");
	if (!found->sender != !found->recipient)
		return error_set(error, -EINVAL, "--sender and --recipient go together");
	return 0;
}

int options_parse(int argc, char **argv, struct options *options, struct error *error)
{
	struct options found = {.mode = RUN_FILTER};
	int letter, failed = 0;

	if (argc <= 1)
		goto done; /* most dot-qmail files: getopt's pages are not even read */
	opterr = 0;
	optind = 0; /* glibc's word for "from the start, with nothing remembered" */
	while (!failed &&
		(letter = getopt_long(argc, argv, "+:nuc:v:tVhx", long_options, NULL)) != -1) {
		failed = take(letter, argv, &found, error);
		if (!failed && (found.mode == RUN_HELP || found.mode == RUN_VERSION))
			goto done;
	}
	if (!failed)
		failed = take_rest(argc, argv, &found, error);
	if (failed) {
		options->mta = found.mta;
		return failed;
	}
done:
	*options = found;
	return 0;
}
