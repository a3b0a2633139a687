/* Figures as they stand in the text of qmvcstat(8), and how they get onto the screen. */
#ifndef QMVC_PROGRAMS_QMVCSTAT_FIGURES_H
#define QMVC_PROGRAMS_QMVCSTAT_FIGURES_H

#include "pipeline/screen.h"

#define STAT_LEFT   10 /* the column where the figures begin */
#define STAT_NUMBER 32 /* room for one */

/* printf for text of our own, at most 255 bytes of it. */
void stat_say(struct screen *screen, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The word in front of a line. */
void stat_title(struct screen *screen, const char *text);
/* ", NAME NUMBER" unless it is 0, on a new line where this one is full; *begun: with the comma. */
void stat_list(struct screen *screen, bool *begun, const char *name, uint64_t number);

/* Each writes to `text` and returns it; the macros do so to a room of their own. */
/* "1,234,567" */
const char *stat_count(uint64_t number, char text[STAT_NUMBER]);
/* Three figures and a unit, eight columns: "0.52 ms", "12.3 ms", "120 ms", "3.20 s", "5.0 min". */
const char *stat_duration(uint64_t us, char text[STAT_NUMBER]);
const char *stat_size(uint64_t bytes, char text[SCREEN_SIZE_MAX]);
#define COUNT(number) stat_count((number), (char[STAT_NUMBER]){0})
#define DURATION(us)  stat_duration((us), (char[STAT_NUMBER]){0})
#define SIZE(bytes)   stat_size((bytes), (char[SCREEN_SIZE_MAX]){0})
/* "" or "s" */
const char *stat_plural(uint64_t number);

/* One of nine heights; none at all has a sign of its own, so that few can be told from none. */
const char *stat_height(const struct screen *screen, uint64_t value, uint64_t greatest);
void stat_sparkline(struct screen *screen, const uint64_t *values, unsigned length);

#endif
