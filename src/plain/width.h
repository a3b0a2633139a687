/*
 * How many columns text takes on a terminal, by wcwidth(3): what is East Asian and wide takes two,
 * what is set above another character none.
 */
#ifndef QMVC_PLAIN_WIDTH_H
#define QMVC_PLAIN_WIDTH_H

#include "base/slice.h"

#include <locale.h>

/* wcwidth(3) asks the locale, of which there is one that knows every character. */
struct width_locale {
	locale_t ours, before;
};

/* For this thread, until it is released. Without that locale all characters take one column. */
void width_locale_take(struct width_locale *locale);
void width_locale_release(struct width_locale *locale);
#define cleanup_width_locale __attribute__((cleanup(width_locale_release)))

unsigned width_of_character(uint32_t character);
unsigned width_of(struct slice text);

#endif
