/*
 * One error, in words, on its way up.
 *
 * The house rule: a function returns 0 when it did its work, a negative errno when the environment
 * failed (that ends in exit code 111), and a positive number for an outcome that its own header
 * names. A function that can say more than an errno takes a `struct error *` and fills in one line
 * that names the thing at fault: file, line, word. The first one set stays; later ones are dropped,
 * because what failed first is what the administrator has to mend.
 */
#ifndef QMVC_BASE_ERROR_H
#define QMVC_BASE_ERROR_H

#include <stdbool.h>

struct error {
	bool set;
	char text[1024]; /* one line, no newline, NUL-terminated, cut when longer */
};

/*
 * Formats the text (printf's rules) unless one is set already; control characters become '?'.
 * `error` may be NULL. Returns `code`, so that `return error_set(error, -EINVAL, "...")` reads well.
 */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and strerror(-code) at the end; `code` is a negative errno. */
int error_set_errno(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
