/*
 * A bar on a terminal; see bench_progress.h. It is as wide as there is room, asked anew each time, for a
 * line that is wrapped could not be drawn over; and nothing but blanks and CR wipes it, which every
 * terminal knows.
 */
#include "programs/bench_progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EVERY_US  100000
#define BAR_MOST  40
#define BAR_LEAST 5
#define PERCENT	  5 /* columns of " 42 %" */
#define FRAME	  2
#define COLUMNS	  80

struct bench_progress bench_progress_begin(uint64_t all)
{
	return (struct bench_progress){.all = all, .shown = isatty(STDERR_FILENO) == 1};
}

/* Columns that can be used: behind the last one some terminals are in the next line. */
static unsigned room(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS - 1;
	return size.ws_col - 1;
}

static void wipe(struct bench_progress *progress, unsigned columns)
{
	unsigned left = progress->drawn < columns ? progress->drawn : columns;

	if (left > 0)
		fprintf(stderr, "\r%*s\r", (int)left, "");
	progress->drawn = 0;
}

static void draw(struct bench_progress *progress, unsigned columns)
{
	unsigned most = columns > PERCENT + FRAME ? columns - PERCENT - FRAME : 0;
	unsigned bar = most > BAR_MOST ? BAR_MOST : most;
	unsigned filled = (unsigned)(progress->done * bar / progress->all);

	if (columns < PERCENT)
		return;
	fputc('\r', stderr);
	progress->drawn = PERCENT;
	if (bar >= BAR_LEAST) {
		fprintf(stderr, "[%.*s%*s]", (int)filled,
			"########################################", (int)(bar - filled), "");
		progress->drawn += FRAME + bar;
	}
	fprintf(stderr, "%3u %%", (unsigned)(progress->done * 100 / progress->all));
}

void bench_progress_step(struct bench_progress *progress)
{
	uint64_t now = progress->shown ? clock_us() : 0;
	unsigned columns;

	if (progress->shown && now - progress->shown_us >= EVERY_US && progress->all > 0) {
		columns = room();
		if (progress->drawn > columns)
			wipe(progress, columns);
		draw(progress, columns);
		progress->shown_us = now;
	}
	progress->done++;
}

void bench_progress_end(struct bench_progress *progress)
{
	if (progress->shown)
		wipe(progress, room());
}
