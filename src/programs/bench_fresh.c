/*
 * A mail like no other before it; see bench_mails.h. It is no MIME reader: where a mail is not as
 * plain as mails are, a part stays as it was, and is only less fresh.
 */
#include "programs/bench_mails.h"

#define BOUNDARIES 32
#define TOKEN	   12

struct freshening {
	struct slice boundaries[BOUNDARIES];
	unsigned boundary_count;
	unsigned char token[TOKEN]; /* four kinds of white space, two bits each */
	bool in_header, is_base64, is_quoted, is_multipart;
	struct slice held; /* the last line of base64, which is not written yet */
	FILE *out;
};

static void put(FILE *out, struct slice bytes)
{
	if (bytes.len > 0)
		fwrite(bytes.data, 1, bytes.len, out);
}

/* --- the end of a part ----------------------------------------------------- */

static int sextet(unsigned char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

static void put_base64(FILE *out, const unsigned char *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		unsigned value = (unsigned)bytes[i] << 16;

		value |= i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0;
		value |= i + 2 < length ? bytes[i + 2] : 0;
		fputc(digits[value >> 18], out);
		fputc(digits[value >> 12 & 63], out);
		fputc(i + 1 < length ? digits[value >> 6 & 63] : '=', out);
		fputc(i + 2 < length ? digits[value & 63] : '=', out);
	}
}

/* The last four characters are decoded, and encoded again with the token behind them. */
static void end_base64(struct freshening *fresh)
{
	struct slice line = slice_trim(fresh->held), last = slice_from(line, line.len - 4);
	unsigned char bytes[3 + TOKEN];
	unsigned value = 0, count = 3;

	for (unsigned i = 0; line.len >= 4 && i < 4; i++) {
		bool is_padding = i >= 2 && last.data[i] == '=';
		int digit = is_padding ? 0 : sextet(last.data[i]);

		count -= is_padding;
		if (digit < 0)
			line.len = 0;
		value = value << 6 | (unsigned)(digit & 63);
	}
	if (line.len < 4 || line.len % 4 != 0) {
		put(fresh->out, fresh->held);
		return;
	}
	for (unsigned i = 0; i < count; i++)
		bytes[i] = (unsigned char)(value >> (16 - 8 * i));
	memcpy(bytes + count, fresh->token, TOKEN);
	put(fresh->out, slice_first(line, line.len - 4));
	put_base64(fresh->out, bytes, count + TOKEN);
	fputc('\n', fresh->out);
}

static void end_part(struct freshening *fresh)
{
	if (fresh->in_header || fresh->is_multipart)
		return;
	if (fresh->is_base64) {
		end_base64(fresh);
		fresh->held = SLICE_EMPTY;
		return;
	}
	if (fresh->is_quoted)
		for (unsigned i = 0; i < TOKEN; i++)
			fprintf(fresh->out, "=%02X", fresh->token[i]);
	else
		put(fresh->out, slice_make(fresh->token, TOKEN));
	fputc('\n', fresh->out);
}

/* --- line by line ---------------------------------------------------------- */

static void find_boundary(struct freshening *fresh, struct slice line)
{
	static const struct slice key = SLICE_LITERAL("boundary=");
	size_t at = slice_find_nocase(line, key, 0);
	struct slice value = slice_trim(slice_from(line, at + key.len));
	size_t end = 0;

	if (at == line.len)
		return;
	fresh->is_multipart = true;
	if (value.len > 0 && value.data[0] == '"') {
		value = slice_from(value, 1);
		end = slice_find_byte(value, '"', 0);
	} else {
		while (end < value.len && value.data[end] != ';' && !ascii_space(value.data[end]))
			end++;
	}
	value = slice_first(value, end);
	if (value.len > 0 && fresh->boundary_count < BOUNDARIES)
		fresh->boundaries[fresh->boundary_count++] = value;
}

static void take_header(struct freshening *fresh, struct slice line)
{
	static const struct slice base64 = SLICE_LITERAL("base64");
	static const struct slice quoted = SLICE_LITERAL("quoted-printable");

	put(fresh->out, line);
	if (slice_trim(line).len == 0) {
		fresh->in_header = false;
		return;
	}
	find_boundary(fresh, line);
	if (!slice_starts_nocase(line, "Content-Transfer-Encoding:"))
		return;
	fresh->is_base64 = slice_find_nocase(line, base64, 0) < line.len;
	fresh->is_quoted = slice_find_nocase(line, quoted, 0) < line.len;
}

static bool is_boundary(const struct freshening *fresh, struct slice line)
{
	if (!slice_starts(line, "--"))
		return false;
	for (unsigned i = 0; i < fresh->boundary_count; i++) {
		struct slice boundary = fresh->boundaries[i];

		if (line.len >= boundary.len + 2 &&
			memcmp(line.data + 2, boundary.data, boundary.len) == 0)
			return true;
	}
	return false;
}

static void take_body(struct freshening *fresh, struct slice line)
{
	if (is_boundary(fresh, line)) {
		struct slice trimmed = slice_trim(line);

		end_part(fresh);
		put(fresh->out, line);
		fresh->is_base64 = fresh->is_quoted = false;
		/* Behind the last one comes what belongs to no part. */
		fresh->is_multipart = slice_ends_nocase(trimmed, "--");
		fresh->in_header = !fresh->is_multipart;
	} else if (fresh->is_base64 && !fresh->is_multipart) {
		if (slice_trim(line).len == 0)
			return;
		put(fresh->out, fresh->held);
		fresh->held = line;
	} else {
		put(fresh->out, line);
	}
}

void bench_fresh(struct slice mail, uint64_t number, FILE *out)
{
	struct freshening fresh = {.in_header = true, .out = out};

	for (unsigned i = 0; i < TOKEN; i++)
		fresh.token[i] = (unsigned char)" \t\r\n"[number >> 2 * i & 3];
	fprintf(out, "X-Qmvcbench: %llu\n", (unsigned long long)number);
	while (mail.len > 0) {
		size_t end = slice_find_byte(mail, '\n', 0);
		struct slice line = slice_first(mail, end < mail.len ? end + 1 : end);

		mail = slice_from(mail, line.len);
		if (fresh.in_header)
			take_header(&fresh, line);
		else
			take_body(&fresh, line);
	}
	end_part(&fresh);
}
