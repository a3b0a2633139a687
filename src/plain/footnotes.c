/* Footnotes; see footnotes.h. */
#include "plain/footnotes.h"

#include <stdio.h>

/* FNV-1a: equal texts are compared once more, so nothing hangs on it but time. */
static uint64_t hash_of(struct slice text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ text.data[i]) * 0x100000001b3u;
	return hash;
}

unsigned footnotes_number(struct footnotes *footnotes, struct slice url)
{
	uint64_t hash = hash_of(url);

	for (unsigned i = 0; i < footnotes->count; i++)
		if (footnotes->list[i].hash == hash && slice_eq(footnotes->list[i].url, url))
			return i + 1;
	if (footnotes->count == FOOTNOTES_MAX) {
		footnotes->full = true;
		return 0;
	}
	footnotes->list[footnotes->count] = (struct footnote){.url = url, .hash = hash};
	return ++footnotes->count;
}

/* Without what people leave out: the scheme, "www.", the slash at the end. */
static struct slice core(struct slice url)
{
	static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (slice_starts_nocase(url, schemes[i])) {
			url = slice_from(url, strlen(schemes[i]));
			break;
		}
	}
	if (slice_starts_nocase(url, "www."))
		url = slice_from(url, 4);
	if (url.len > 0 && url.data[url.len - 1] == '/')
		url.len--;
	return url;
}

bool footnotes_are_idle(struct slice text, struct slice url)
{
	return slice_eq_nocase(core(text), core(url));
}

void footnotes_write(const struct footnotes *footnotes, struct sheet *sheet)
{
	if (footnotes->count > 0)
		sheet_gap(sheet);
	for (unsigned i = 0; i < footnotes->count; i++) {
		cleanup_buf struct buf line = {0};

		buf_addf(&line, "[%u] ", i + 1);
		buf_add(&line, footnotes->list[i].url);
		sheet_line(sheet, buf_slice(&line));
	}
	if (footnotes->full)
		sheet_line(sheet, slice_cstr("(Where further links lead is left out.)"));
}
