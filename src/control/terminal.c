/* What output is written to; see terminal.h. */
#include "control/terminal.h"

#include "base/slice.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned width_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	uint64_t asked = 0;
	struct winsize size;

	if (columns && slice_to_size(slice_cstr(columns), &asked))
		asked = 0;
	if (asked == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
		asked = size.ws_col;
	if (asked < TERMINAL_WIDTH_MIN)
		return TERMINAL_WIDTH_MIN;
	return asked < TERMINAL_WIDTH_MAX ? (unsigned)asked : TERMINAL_WIDTH_MAX;
}

static bool wants_colour(int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

struct terminal terminal_look(int fd)
{
	return (struct terminal){
		.width = width_of(fd),
		.colour = wants_colour(fd),
		.utf8 = setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
}
