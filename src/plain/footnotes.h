/* Where the links of a text lead: a number for each place, and the list of them below the text. */
#ifndef QMVC_PLAIN_FOOTNOTES_H
#define QMVC_PLAIN_FOOTNOTES_H

#include "plain/sheet.h"

/* Further places get none. */
#define FOOTNOTES_MAX 1000

struct footnotes {
	struct footnote {
		struct slice url; /* borrowed */
		uint64_t hash;
	} list[FOOTNOTES_MAX];
	unsigned count;
	bool full; /* and there was one more */
};

/* The number of `url`, the same whenever it comes; 0 when there is none left. */
unsigned footnotes_number(struct footnotes *footnotes, struct slice url);

/* Does a link that reads `text` say itself where it leads? */
bool footnotes_are_idle(struct slice text, struct slice url);

/* The list, nothing when it is empty. */
void footnotes_write(const struct footnotes *footnotes, struct sheet *sheet);

#endif
