/* The options of one scanner, and the settings of the whole file `scanners`. */
#ifndef QMVC_CONTROL_SCANNER_OPTION_H
#define QMVC_CONTROL_SCANNER_OPTION_H

#include "control/scanner_list.h"
#include "control/syntax.h"

/*
 * Reads one KEY=VALUE `item` into *config. *seen collects what was given, to refuse a second time.
 * An empty item is none. Returns 0, -EINVAL with *error set, -ENOMEM.
 */
int scanner_option_parse(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct scanner_config *config, unsigned *seen, struct error *error);

/* As above, for mode= and deadline=. Returns 0 or -EINVAL with *error set. */
int scanner_setting_parse(const struct syntax *syntax, struct slice item, struct scanner_list *list,
	unsigned *seen, struct error *error);

#endif
