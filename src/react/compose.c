/* Fields and bodies of our own mail; see compose.h. */
#include "react/compose.h"

#include "message/utf8.h"

#include <time.h>

/* RFC 5322 2.1.1 wants 78 at most, RFC 2047 76 in a line with an encoded-word, RFC 2045 76. */
#define LINE_MAX_LEN	76
#define WORD_BEGIN	"=?utf-8?Q?"
#define WORD_END	"?="
#define ADDRESS_FIT_MAX 320

static bool is_alnum(unsigned char c)
{
	unsigned char lower = ascii_lower(c);

	return (lower >= 'a' && lower <= 'z') || ascii_digit(c);
}

/* May it stand for itself in any encoded-word (RFC 2047 5 (3))? */
static bool is_word_byte(unsigned char c)
{
	return is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static bool is_plain(struct slice text, size_t room)
{
	if (text.len > room || slice_find(text, slice_cstr("=?"), 0) < text.len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] > 0x7e)
			return false;
	return text.len == 0 || (text.data[0] != ' ' && text.data[text.len - 1] != ' ');
}

/* One character's bytes as Q; returns how many bytes that takes. */
static size_t encode_q(struct slice character, char out[3 * UTF8_MAX + 1])
{
	static const char digits[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t i = 0; i < character.len; i++) {
		unsigned char c = character.data[i];

		if (c == ' ') {
			out[len++] = '_';
		} else if (is_word_byte(c)) {
			out[len++] = (char)c;
		} else {
			out[len++] = '=';
			out[len++] = digits[c >> 4];
			out[len++] = digits[c & 15];
		}
	}
	out[len] = '\0';
	return len;
}

void compose_words(struct buf *out, size_t used, struct slice text)
{
	size_t at = 0;

	used += sizeof(WORD_BEGIN) - 1;
	buf_add_cstr(out, WORD_BEGIN);
	while (at < text.len) {
		char encoded[3 * UTF8_MAX + 1];
		size_t from = at, len;

		(void)utf8_next(text, &at);
		len = encode_q(slice_make(text.data + from, at - from), encoded);
		if (used + len + sizeof(WORD_END) - 1 > LINE_MAX_LEN) {
			buf_add_cstr(out, WORD_END "\n " WORD_BEGIN);
			used = sizeof(" " WORD_BEGIN) - 1;
		}
		buf_add_cstr(out, encoded);
		used += len;
	}
	buf_add_cstr(out, WORD_END);
}

void compose_text(struct buf *out, const char *name, struct slice text)
{
	size_t used = strlen(name) + 2;

	buf_addf(out, "%s: ", name);
	if (is_plain(text, LINE_MAX_LEN - used))
		buf_add(out, text);
	else
		compose_words(out, used, text);
	buf_add_byte(out, '\n');
}

static bool is_atom_byte(unsigned char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* dot-atom (RFC 5322 3.2.3). */
static bool is_dot_atom(struct slice text)
{
	bool dot = true; /* none may stand in front, behind, or next to another */

	for (size_t i = 0; i < text.len; i++) {
		bool is_dot = text.data[i] == '.';

		if (is_dot ? dot : !is_atom_byte(text.data[i]))
			return false;
		dot = is_dot;
	}
	return text.len > 0 && !dot;
}

static bool is_host_byte(unsigned char c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '_';
}

static bool is_host(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_host_byte(text.data[i]))
			return false;
	return is_dot_atom(text);
}

/* No encoded-word: readers decode them where they have no business, and get line ends out of them. */
static bool is_quotable(struct slice local)
{
	if (slice_find(local, slice_cstr("=?"), 0) < local.len)
		return false;
	for (size_t i = 0; i < local.len; i++)
		if (local.data[i] < 0x20 || local.data[i] > 0x7e)
			return false;
	return local.len > 0;
}

static void add_quoted(struct buf *out, struct slice local)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.data[i] == '"' || local.data[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, local.data[i]);
	}
	buf_add_byte(out, '"');
}

bool compose_address(struct buf *out, struct slice address)
{
	size_t at = address.len;
	struct slice local, host;

	for (size_t i = 0; i < address.len; i++)
		if (address.data[i] == '@')
			at = i;
	local = slice_first(address, at);
	host = slice_from(address, at + 1);
	if (address.len > ADDRESS_FIT_MAX || !is_host(host) || !is_quotable(local))
		return false;
	buf_add_byte(out, '<');
	if (is_dot_atom(local))
		buf_add(out, local);
	else
		add_quoted(out, local);
	buf_add_byte(out, '@');
	buf_add(out, host);
	buf_add_byte(out, '>');
	return true;
}

void compose_mailbox(struct buf *out, const char *name, struct slice address)
{
	buf_addf(out, "%s: ", name);
	if (!compose_address(out, address))
		buf_add_cstr(out, "undisclosed-recipients:;");
	buf_add_byte(out, '\n');
}

void compose_date(struct buf *out, int64_t wall_ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm utc;

	if (!gmtime_r(&seconds, &utc))
		return;
	buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[utc.tm_wday], utc.tm_mday,
		months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

void compose_message_id(struct buf *out, const char *unique, struct slice host)
{
	buf_addf(out, "Message-ID: <%s@", unique);
	if (host.len > 0 && host.len <= 255 && is_host(host))
		buf_add(out, host);
	else
		buf_add_cstr(out, "localhost");
	buf_add_cstr(out, ">\n");
}

/* One line as quoted-printable (RFC 2045 6.7), soft line breaks between characters. */
static void add_qp_line(struct buf *out, struct slice line)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = 0, at = 0;

	while (at < line.len) {
		size_t from = at, len;
		char encoded[3 * UTF8_MAX + 1];
		bool last;

		(void)utf8_next(line, &at);
		last = at == line.len;
		len = 0;
		for (size_t i = from; i < at; i++) {
			unsigned char c = line.data[i];
			bool plain = (c >= 0x21 && c <= 0x7e && c != '=') ||
				     ((c == ' ' || c == '\t') && !last);

			if (plain) {
				encoded[len++] = (char)c;
			} else {
				encoded[len++] = '=';
				encoded[len++] = digits[c >> 4];
				encoded[len++] = digits[c & 15];
			}
		}
		if (used + len > LINE_MAX_LEN - 1) {
			buf_add_cstr(out, "=\n");
			used = 0;
		}
		buf_add(out, slice_make(encoded, len));
		used += len;
	}
	buf_add_byte(out, '\n');
}

void compose_body(struct buf *out, struct slice text)
{
	struct slice line;

	buf_add_cstr(out, "MIME-Version: 1.0\n"
			  "Content-Type: text/plain; charset=utf-8\n"
			  "Content-Transfer-Encoding: quoted-printable\n\n");
	while (slice_next_line(&text, &line))
		add_qp_line(out, line);
}
