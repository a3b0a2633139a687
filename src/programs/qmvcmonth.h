/* What the files of qmvcmonth(8) share. */
#ifndef QMVC_PROGRAMS_QMVCMONTH_H
#define QMVC_PROGRAMS_QMVCMONTH_H

#include "programs/reporting.h"
#include "report/archive.h"

#define KEEP_MONTHS 13

/*
 * Archives the logs of BASEDIR, each folder with the rights of its owner; as root also those below
 * users/, save of a user who has a day database and so archives for himself. Removes archives from
 * before the day `before` as far as they are counted; closed[] as archive_expire() wants it. Adds to
 * *done. Returns 0 or a negative errno with *error set: what fails first does not keep the others back.
 */
int month_archive(struct reporting *reporting, int64_t before, const int64_t closed[ARCHIVE_KINDS],
	struct archive_done *done, struct error *error);

#endif
