/* One error in words; see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message goes into qmail's log and a terminal: no control character may ride along. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

__attribute__((format(printf, 2, 0))) static void error_format(
	struct error *error, const char *format, va_list arguments)
{
	int length = vsnprintf(error->text, sizeof(error->text), format, arguments);

	if (length < 0)
		error->text[0] = 0;
	make_printable(error->text);
	error->set = true;
}

int error_set(struct error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (!error || error->set)
		return code;
	va_start(arguments, format);
	error_format(error, format, arguments);
	va_end(arguments);
	return code;
}

int error_set_errno(struct error *error, int code, const char *format, ...)
{
	va_list arguments;
	size_t length;

	if (!error || error->set)
		return code;
	va_start(arguments, format);
	error_format(error, format, arguments);
	va_end(arguments);
	length = strlen(error->text);
	snprintf(error->text + length, sizeof(error->text) - length, ": %s", strerror(-code));
	return code;
}
