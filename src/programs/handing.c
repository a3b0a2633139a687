/* Options of two programs; see handing.h. */
#include "programs/handing.h"

#include "base/option_error.h"
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

int handing_parse(int argc, char **argv, const struct handing_program *program,
	struct handing *handing, struct error *error)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int letter;

	handing->qmail = QMVC_QMAIL;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, program->letters, long_options, NULL)) != -1) {
		switch (letter) {
		case 'h':
			fputs(program->usage, stdout);
			return 1;
		case 'V':
			printf("%s " QMVC_VERSION "\n", program->name);
			return 1;
		case 'q':
			handing->qmail = optarg;
			break;
		case 'v':
			handing->prepend = optarg;
			break;
		default:
			return option_error(letter, argv, error);
		}
	}
	handing->rest = argv + optind;
	if (*handing->qmail != '/')
		return error_set(
			error, -EINVAL, "-q '%s': is not an absolute path", handing->qmail);
	return 0;
}
