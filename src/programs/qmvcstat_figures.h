/* Figures as they stand in the text of qmvcstat(8), and how they get onto the screen. */
#ifndef QMVC_PROGRAMS_QMVCSTAT_FIGURES_H
#define QMVC_PROGRAMS_QMVCSTAT_FIGURES_H

#include "pipeline/screen.h"
#include "report/figure.h"

#define STAT_LEFT   10 /* the column where the figures begin */
#define STAT_NUMBER 32 /* room for one */

/* printf for text of our own, at most 255 bytes of it. */
void stat_say(struct screen *screen, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The word in front of a line. */
void stat_title(struct screen *screen, const char *text);
/* ", NAME NUMBER" unless it is 0, on a new line where this one is full; *begun: with the comma. */
void stat_list(struct screen *screen, bool *begun, const char *name, uint64_t number);

struct stat_item {
	const char *name;
	uint64_t count;
	bool urgent; /* comes first, however few there are */
};

/* Those that are not 0, the most frequent first, as far as there is room in this line; sorts them. */
void stat_most(struct screen *screen, struct stat_item *items, unsigned count);

/* As figure_add_text(), to `text`, which is returned; the macros do so to a room of their own. */
const char *stat_figure(enum figure_unit unit, uint64_t value, char text[STAT_NUMBER]);
#define COUNT(number) stat_figure(FIGURE_COUNT, (number), (char[STAT_NUMBER]){0})
#define DURATION(us)  stat_figure(FIGURE_TIME, (us), (char[STAT_NUMBER]){0})
#define SIZE(bytes)   stat_figure(FIGURE_SIZE, (bytes), (char[STAT_NUMBER]){0})
/* "" or "s" */
const char *stat_plural(uint64_t number);

/* One of nine heights; none at all has a sign of its own, so that few can be told from none. */
const char *stat_height(const struct screen *screen, uint64_t value, uint64_t greatest);
void stat_sparkline(struct screen *screen, const uint64_t *values, unsigned length);

#endif
