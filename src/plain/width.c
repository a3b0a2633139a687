/* Columns; see width.h. */
#include "plain/width.h"

#include "message/utf8.h"

#include <wchar.h>

void width_locale_take(struct width_locale *locale)
{
	locale->ours = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale->before = locale->ours ? uselocale(locale->ours) : (locale_t)0;
}

void width_locale_release(struct width_locale *locale)
{
	if (!locale->ours)
		return;
	uselocale(locale->before);
	freelocale(locale->ours);
	locale->ours = (locale_t)0;
}

unsigned width_of_character(uint32_t character)
{
	int width = character < 0x80 || character == UTF8_WRONG ? 1 : wcwidth((wchar_t)character);

	return width < 0 ? 1 : (unsigned)width;
}

unsigned width_of(struct slice text)
{
	unsigned width = 0;

	for (size_t at = 0; at < text.len;)
		width += width_of_character(utf8_next(text, &at));
	return width;
}
