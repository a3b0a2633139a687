/*
 * A writer of JSON (RFC 8259) into a buffer, indented for people. Whatever the strings hold, what
 * comes out is valid UTF-8 and does nothing to a terminal: control characters and those that turn
 * the reading direction stand as \uNNNN, and a byte that is no UTF-8 as \ufffd.
 */
#ifndef QMVC_RECORD_JSON_H
#define QMVC_RECORD_JSON_H

#include "base/buf.h"

struct json {
	struct buf *out; /* failures are remembered there */
	unsigned depth;
	bool filled; /* something stands already in the object or array that is open */
};

/*
 * Each writes one value: in an object with its `key` (a literal of ours), in an array with NULL.
 * What is opened as an object is closed as one, an array as an array; the last one ends the text.
 */
void json_open_object(struct json *json, const char *key);
void json_open_array(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_close_array(struct json *json);
void json_string(struct json *json, const char *key, struct slice text);
/* NULL becomes null. */
void json_cstr(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t number);
/* Microseconds as a number of milliseconds with three decimals. */
void json_ms(struct json *json, const char *key, uint64_t us);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
