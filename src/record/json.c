/* The writer of JSON; see json.h. */
#include "record/json.h"

#include "record/escape.h"
#include "record/number.h"

#include <inttypes.h>

#define INDENT 2

static void new_line(struct json *json)
{
	buf_add_byte(json->out, '\n');
	for (unsigned i = 0; i < json->depth * INDENT; i++)
		buf_add_byte(json->out, ' ');
}

/* The code point of a sequence of `len` bytes that escape_look() took for valid UTF-8. */
static uint32_t code_point(struct slice s, size_t at, size_t len)
{
	static const unsigned char first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code = s.data[at] & first_mask[len];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (s.data[at + i] & 0x3fu);
	return code;
}

static void add_escape(struct buf *out, uint32_t code)
{
	if (code >= 0x10000)
		buf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
			0xdc00 + ((code - 0x10000) & 0x3ff));
	else
		buf_addf(out, "\\u%04x", code);
}

static void add_text(struct buf *out, struct slice text)
{
	buf_add_byte(out, '"');
	for (size_t at = 0, len; at < text.len; at += len) {
		unsigned char byte = text.data[at];
		bool printable;

		len = escape_look(text, at, &printable);
		if (byte == '"' || byte == '\\')
			buf_addf(out, "\\%c", byte);
		else if (byte == '\n')
			buf_add_cstr(out, "\\n");
		else if (byte == '\t')
			buf_add_cstr(out, "\\t");
		else if (printable)
			buf_add(out, slice_make(text.data + at, len));
		else if (len == 1 && byte >= 0x80)
			buf_add_cstr(out, "\\ufffd");
		else
			add_escape(out, code_point(text, at, len));
	}
	buf_add_byte(out, '"');
}

/* What stands before a value: comma, line, key. */
static void begin(struct json *json, const char *key)
{
	if (json->filled)
		buf_add_byte(json->out, ',');
	if (json->depth > 0)
		new_line(json);
	json->filled = true;
	if (key) {
		add_text(json->out, slice_cstr(key));
		buf_add_cstr(json->out, ": ");
	}
}

static void open_bracket(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	buf_add_byte(json->out, (unsigned char)bracket);
	json->depth++;
	json->filled = false;
}

static void close_bracket(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		new_line(json);
	buf_add_byte(json->out, (unsigned char)bracket);
	json->filled = true;
	if (json->depth == 0)
		buf_add_byte(json->out, '\n');
}

void json_open_object(struct json *json, const char *key)
{
	open_bracket(json, key, '{');
}

void json_open_array(struct json *json, const char *key)
{
	open_bracket(json, key, '[');
}

void json_close_object(struct json *json)
{
	close_bracket(json, '}');
}

void json_close_array(struct json *json)
{
	close_bracket(json, ']');
}

void json_string(struct json *json, const char *key, struct slice text)
{
	begin(json, key);
	add_text(json->out, text);
}

void json_cstr(struct json *json, const char *key, const char *text)
{
	if (text)
		json_string(json, key, slice_cstr(text));
	else
		json_null(json, key);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	begin(json, key);
	buf_addf(json->out, "%" PRIu64, number);
}

void json_ms(struct json *json, const char *key, uint64_t us)
{
	begin(json, key);
	number_add_ms(json->out, us);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	buf_add_cstr(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	begin(json, key);
	buf_add_cstr(json->out, "null");
}
