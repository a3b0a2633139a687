/*
 * Encoded words in header fields: =?charset?B?...?= and =?charset?Q?...?= (RFC 2047; RFC 2231
 * section 5 puts "*language" behind the charset). RFC 2047 forbids them inside quotes and next to
 * other text and bounds them at 75 characters, and no mail program minds, so neither do we. The
 * bytes of adjacent words of one charset are joined before they are converted, because many
 * senders cut their words in the middle of a character.
 */
#include "message/encoded_word.h"
#include "message/header.h"

#include <errno.h>

struct word {
	struct slice charset;
	bool base64;
	struct slice text; /* still encoded */
	size_t end;	   /* index behind "?=" */
};

struct decoder {
	struct charset_converters *converters;
	struct buf *out;
	struct buf pending;   /* decoded bytes of adjacent words, not yet converted */
	struct slice charset; /* of `pending` */
	bool in_words;	      /* was the last thing taken an encoded word? */
	bool no_more;	      /* no "?=" stands in what is left: stop looking */
};

static bool is_charset_byte(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '?' && c != '=';
}

/* Reads an encoded word at `at`, where "=?" stands. False when there is none. */
static bool word_at(struct decoder *decoder, struct slice value, size_t at, struct word *word)
{
	static const struct slice closing = SLICE_LITERAL("?=");
	size_t i = at + 2, start = i, close;

	while (i < value.len && is_charset_byte(value.data[i]))
		i++;
	word->charset = slice_make(value.data + start, i - start);
	if (value.len - i < 3 || value.data[i] != '?' || value.data[i + 2] != '?')
		return false;
	switch (ascii_lower(value.data[i + 1])) {
	case 'b':
		word->base64 = true;
		break;
	case 'q':
		word->base64 = false;
		break;
	default:
		return false;
	}
	close = slice_find(value, closing, i + 3);
	if (close == value.len) {
		decoder->no_more = true;
		return false;
	}
	word->text = slice_make(value.data + i + 3, close - i - 3);
	word->charset = slice_first(word->charset, slice_find_byte(word->charset, '*', 0));
	word->end = close + 2;
	return true;
}

static int base64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What is no base64 is passed over; "=" ends a group, and more may follow it. */
static int decode_b(struct slice text, struct buf *out)
{
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.data[i]);

		if (text.data[i] == '=')
			held = 0;
		if (digit < 0)
			continue;
		bits = (bits << 6 | (unsigned)digit) & 0xffff;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (buf_add_byte(out, (unsigned char)(bits >> held)))
			return -ENOMEM;
	}
	return 0;
}

static int decode_q(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i];

		if (c == '_') {
			c = ' ';
		} else if (c == '=' && text.len - i > 2) {
			int high = ascii_hex(text.data[i + 1]), low = ascii_hex(text.data[i + 2]);

			if (high >= 0 && low >= 0) {
				c = (unsigned char)(high << 4 | low);
				i += 2;
			}
		}
		if (buf_add_byte(out, c))
			return -ENOMEM;
	}
	return 0;
}

static int flush_words(struct decoder *decoder)
{
	struct charset charset = charset_find(decoder->charset);
	int error = charset_convert(
		decoder->converters, &charset, buf_slice(&decoder->pending), decoder->out);

	buf_clear(&decoder->pending);
	decoder->in_words = false;
	return error;
}

static int take_word(struct decoder *decoder, const struct word *word)
{
	int error = 0;

	if (decoder->in_words && !slice_eq_nocase(decoder->charset, word->charset))
		error = flush_words(decoder);
	if (error)
		return error;
	decoder->charset = word->charset;
	decoder->in_words = true;
	return word->base64 ? decode_b(word->text, &decoder->pending)
			    : decode_q(word->text, &decoder->pending);
}

/* Blanks alone do not count between two words (RFC 2047 6.2). */
static int take_text(struct decoder *decoder, struct slice text)
{
	int error = 0;

	if (decoder->in_words && slice_trim(text).len > 0)
		error = flush_words(decoder);
	if (error || decoder->in_words)
		return error;
	return charset_name_to_utf8(SLICE_EMPTY, text, decoder->out);
}

static int decode_value(struct decoder *decoder, struct slice value)
{
	static const struct slice opening = SLICE_LITERAL("=?");
	size_t done = 0, at = 0;
	struct word word;
	int error;

	while (!decoder->no_more && (at = slice_find(value, opening, at)) < value.len) {
		if (!word_at(decoder, value, at, &word)) {
			at += 2;
			continue;
		}
		error = take_text(decoder, slice_make(value.data + done, at - done));
		if (!error)
			error = take_word(decoder, &word);
		if (error)
			return error;
		done = at = word.end;
	}
	/* Blanks behind the last word were trimmed by header_unfold: nothing is kept back here. */
	error = decoder->in_words ? flush_words(decoder) : 0;
	return error ? error : take_text(decoder, slice_from(value, done));
}

int header_decode_with(struct charset_converters *converters, struct slice value, struct buf *out)
{
	cleanup_buf struct buf unfolded = {0};
	struct decoder decoder = {.converters = converters, .out = out};
	int error;

	error = header_unfold(value, &unfolded);
	if (!error)
		error = decode_value(&decoder, buf_slice(&unfolded));
	buf_release(&decoder.pending);
	return error;
}

int header_decode(struct slice value, struct buf *out)
{
	cleanup_converters struct charset_converters converters = {0};

	return header_decode_with(&converters, value, out);
}
