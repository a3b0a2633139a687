/* What is wrong with an option, in words: one sentence for all programs, and it names the option. */
#ifndef QMVC_BASE_OPTION_ERROR_H
#define QMVC_BASE_OPTION_ERROR_H

#include "base/error.h"

/*
 * For the ':' and '?' of getopt_long(3) with opterr 0, asked right behind the call. Values of long
 * options that have no letter are beyond 255. Returns -EINVAL, *error set.
 */
int option_error(int letter, char *const *argv, struct error *error);

#endif
