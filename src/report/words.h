/*
 * The words of the reports, in the language that the control file `language` asks for. Values from
 * mails are no words: they are shown as they came.
 */
#ifndef QMVC_REPORT_WORDS_H
#define QMVC_REPORT_WORDS_H

#include "base/buf.h"

enum language { LANGUAGE_EN, LANGUAGE_DE, LANGUAGE_FR, LANGUAGE_IT, LANGUAGE_ES, LANGUAGES };

enum word {
#define WORD(name, ...) WORD_##name,
#include "report/words_list.h"
#undef WORD
	WORDS
};

/* "en", "de" ... (BCP 47), as it stands in <html lang>. */
const char *language_code(enum language language);
/* Returns false when there are no words of that language. Case does not matter; "de_AT" is "de". */
bool language_from_code(struct slice code, enum language *language);

struct slice words(enum language language, enum word word);
/* For headings: the first letter is a capital one, in every language. */
void words_capital(struct buf *out, enum language language, enum word word);

/* Appends the word with {1}, {2} ... replaced by the values. Failures are remembered in `out`. */
void words_fill(struct buf *out, enum language language, enum word word, const struct slice *values,
	unsigned count);
#define WORDS_FILL(out, language, word, ...) \
	words_fill(out, language, word, (const struct slice[]){__VA_ARGS__}, \
		sizeof((const struct slice[]){__VA_ARGS__}) / sizeof(struct slice))

/* A day as in calendar.h: "Sunday, 22 November 2026", "Dimanche 22 novembre 2026". */
void words_date(struct buf *out, enum language language, int64_t day);
/* "22 November", "22 de noviembre" */
void words_day(struct buf *out, enum language language, int64_t day);
/* "November 2026"; month from 1 to 12. */
void words_month(struct buf *out, enum language language, int year, unsigned month);

#endif
