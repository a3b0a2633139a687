/* Reading an ICAP response; see icap_message.h. One state a place, one function a state. */
#include "scan/icap_message.h"

#include <errno.h>

void icap_reader_init(struct icap_reader *reader, struct slice expected, bool may_lack_status)
{
	*reader = (struct icap_reader){.expected = expected, .may_lack_status = may_lack_status};
}

void icap_reader_release(struct icap_reader *reader)
{
	buf_release(&reader->head);
	buf_release(&reader->http);
	buf_release(&reader->line);
}

static int nonsense(struct icap_reader *reader, const char *fault)
{
	reader->place = ICAP_BROKEN;
	reader->fault = fault;
	return -EPROTO;
}

static struct slice take(struct slice *data, size_t len)
{
	struct slice taken = slice_first(*data, len);

	*data = slice_from(*data, taken.len);
	return taken;
}

/*
 * Adds a line, or as much as there is of one, from the front of *data. Returns 1 when the line is
 * whole, 0 when more is to come, -EMSGSIZE when *to would hold more than `max`, or -ENOMEM.
 */
static int take_line(struct buf *to, size_t max, struct slice *data)
{
	size_t end = slice_find_byte(*data, '\n', 0);
	bool whole = end < data->len;
	struct slice part = take(data, end + whole);

	if (part.len > max - to->len)
		return -EMSGSIZE;
	return buf_add(to, part) < 0 ? -ENOMEM : whole;
}

/* "NAME/1.x NNN" and whatever words; NNN from 100 to 599, or 0: it is no status line. */
static unsigned status_of(struct slice line, const char *name)
{
	struct slice rest = slice_from(line, strlen(name));
	unsigned status = 0;

	if (!slice_starts(line, name) || !slice_starts(rest, "/1.") || rest.len < 9 ||
		!ascii_digit(rest.data[3]) || rest.data[4] != ' ' || !ascii_space(rest.data[8]))
		return 0;
	for (size_t i = 5; i < 8; i++) {
		if (!ascii_digit(rest.data[i]))
			return 0;
		status = status * 10 + (rest.data[i] - '0');
	}
	return status >= 100 && status <= 599 ? status : 0;
}

/* A whole header: fields, and nothing but the empty line behind them. */
static bool is_header(struct slice fields)
{
	struct slice name, value;

	while (icap_next_field(&fields, &name, &value))
		;
	return slice_eq_cstr(fields, "\r\n") || slice_eq_cstr(fields, "\n");
}

static size_t first_line(struct slice text)
{
	size_t end = slice_find_byte(text, '\n', 0);

	return end + (end < text.len);
}

/* "res-hdr=0, res-body=132": where what is inside begins; RFC 3507, 4.4.1. */
static bool read_encapsulated(struct icap_reader *reader, struct slice list)
{
	struct slice word;
	uint64_t at = 0, last = 0;
	bool in_http = false, body = false;

	while (icap_next_word(&list, &word)) {
		size_t equals = slice_find_byte(word, '=', 0);
		struct slice name = slice_first(word, equals),
			     number = slice_from(word, equals + 1);

		if (body || number.len == 0 || !ascii_digit(number.data[number.len - 1]) ||
			slice_to_size(number, &at) < 0 || at < last || at > ICAP_HEAD_MAX)
			return false;
		if (in_http)
			reader->http_end = (size_t)at;
		in_http = slice_eq_nocase_cstr(name, "res-hdr");
		if (in_http)
			reader->http_at = (size_t)at;
		body = slice_ends_nocase(name, "-body");
		reader->has_body = body && !slice_eq_nocase_cstr(name, "null-body");
		last = at;
	}
	reader->inside = (size_t)last;
	return body;
}

static int after_headers(struct icap_reader *reader)
{
	struct slice http = buf_slice(&reader->http);

	if (http.len > 0 &&
		(status_of(http, "HTTP") == 0 || !is_header(slice_from(http, first_line(http)))))
		return nonsense(reader, "the HTTP header inside is none");
	reader->http_whole = true;
	reader->place = reader->has_body ? ICAP_IN_CHUNK_LINE : ICAP_AT_END;
	return 0;
}

/* The ICAP header is whole: what follows it? */
static int judge_head(struct icap_reader *reader)
{
	struct slice list;

	if (!is_header(icap_head_fields(reader)))
		return nonsense(reader, "a line of the header is no field");
	reader->head_whole = true;
	if (icap_field(icap_head_fields(reader), "Encapsulated", &list) &&
		!read_encapsulated(reader, list))
		return nonsense(reader, "its field Encapsulated makes no sense");
	if (reader->has_body && (reader->status == 204 || reader->status == 100))
		return nonsense(reader, "a body where there can be none");
	reader->place = ICAP_IN_HTTP;
	return reader->inside > 0 ? 0 : after_headers(reader);
}

static int take_head(struct icap_reader *reader, struct slice *data)
{
	struct slice head;
	int r = take_line(&reader->head, ICAP_HEAD_MAX, data);

	if (r == -EMSGSIZE)
		return nonsense(reader, "a header without end");
	if (r <= 0)
		return r;
	head = buf_slice(&reader->head);
	if (first_line(head) == head.len) {
		reader->status = status_of(head, "ICAP");
		reader->fields = reader->status > 0 ? head.len : 0;
		if (slice_trim(head).len == 0 || (reader->status == 0 && !reader->may_lack_status))
			return nonsense(reader, "no status line");
	}
	if (!slice_ends_nocase(head, "\n\n") && !slice_ends_nocase(head, "\n\r\n"))
		return 0;
	return judge_head(reader);
}

static int take_http(struct icap_reader *reader, struct slice *data)
{
	size_t at = reader->inside_seen;
	struct slice part = take(data, reader->inside - at);
	size_t from = at < reader->http_at ? reader->http_at - at : 0;
	size_t to = at < reader->http_end ? reader->http_end - at : 0;

	reader->inside_seen += part.len;
	if (buf_add(&reader->http, slice_from(slice_first(part, to), from)) < 0)
		return -ENOMEM;
	return reader->inside_seen < reader->inside ? 0 : after_headers(reader);
}

/* "1a2b" or "1a2b; words": the length of a chunk. */
static bool read_chunk_size(struct slice line, uint64_t *size)
{
	size_t at = 0;

	*size = 0;
	for (; at < line.len && at < 15 && ascii_hex(line.data[at]) >= 0; at++)
		*size = *size << 4 | (unsigned)ascii_hex(line.data[at]);
	line = slice_trim(slice_from(line, at));
	return at > 0 && (line.len == 0 || line.data[0] == ';');
}

static int take_chunk_line(struct icap_reader *reader, struct slice *data)
{
	int r = take_line(&reader->line, ICAP_LINE_MAX, data);

	if (r == -EMSGSIZE)
		return nonsense(reader, "the length of a chunk without end");
	if (r <= 0)
		return r;
	if (!read_chunk_size(buf_slice(&reader->line), &reader->chunk))
		return nonsense(reader, "a chunk of the body without its length");
	buf_clear(&reader->line);
	if (reader->chunk > reader->expected.len + ICAP_BODY_MAX - reader->body)
		return nonsense(reader, "a body without end");
	reader->place = reader->chunk > 0 ? ICAP_IN_CHUNK : ICAP_IN_TRAILER;
	return 0;
}

static int take_chunk(struct icap_reader *reader, struct slice *data)
{
	struct slice part =
		take(data, reader->chunk < data->len ? (size_t)reader->chunk : data->len);
	struct slice want =
		slice_first(slice_from(reader->expected, (size_t)reader->body), part.len);

	if (!slice_eq(part, want))
		reader->body_differs = true;
	reader->body += part.len;
	reader->chunk -= part.len;
	if (reader->chunk == 0)
		reader->place = ICAP_AFTER_CHUNK;
	return 0;
}

static int take_chunk_end(struct icap_reader *reader, struct slice *data)
{
	int r = take_line(&reader->line, 2, data);

	if (r == -EMSGSIZE || (r == 1 && slice_trim(buf_slice(&reader->line)).len > 0))
		return nonsense(reader, "a chunk of the body is longer than it says");
	if (r <= 0)
		return r;
	buf_clear(&reader->line);
	reader->place = ICAP_IN_CHUNK_LINE;
	return 0;
}

static int take_trailer(struct icap_reader *reader, struct slice *data)
{
	size_t before = data->len;
	int r = take_line(&reader->line, ICAP_TRAILER_MAX, data);

	reader->trailer += before - data->len;
	if (r == -EMSGSIZE || reader->trailer > ICAP_TRAILER_MAX)
		return nonsense(reader, "a body that does not end behind its last chunk");
	if (r <= 0)
		return r;
	if (slice_trim(buf_slice(&reader->line)).len == 0)
		reader->place = ICAP_AT_END;
	buf_clear(&reader->line);
	return 0;
}

static int step(struct icap_reader *reader, struct slice *data)
{
	switch (reader->place) {
	case ICAP_IN_HEAD:
		return take_head(reader, data);
	case ICAP_IN_HTTP:
		return take_http(reader, data);
	case ICAP_IN_CHUNK_LINE:
		return take_chunk_line(reader, data);
	case ICAP_IN_CHUNK:
		return take_chunk(reader, data);
	case ICAP_AFTER_CHUNK:
		return take_chunk_end(reader, data);
	case ICAP_IN_TRAILER:
		return take_trailer(reader, data);
	case ICAP_AT_END:
	case ICAP_BROKEN:
		break;
	}
	return -EPROTO;
}

int icap_reader_feed(struct icap_reader *reader, struct slice *data)
{
	while (reader->place < ICAP_AT_END && data->len > 0) {
		int r = step(reader, data);

		if (r < 0) {
			reader->place = ICAP_BROKEN;
			return r;
		}
	}
	return reader->place == ICAP_AT_END   ? ICAP_DONE
	       : reader->place == ICAP_BROKEN ? -EPROTO
					      : ICAP_MORE;
}

bool icap_has_head(const struct icap_reader *reader)
{
	return reader->head_whole;
}

bool icap_body_unchanged(const struct icap_reader *reader)
{
	return reader->place == ICAP_AT_END && reader->has_body && !reader->body_differs &&
	       reader->body == reader->expected.len;
}

struct slice icap_head_fields(const struct icap_reader *reader)
{
	return slice_from(buf_slice(&reader->head), reader->fields);
}

struct slice icap_http_fields(const struct icap_reader *reader)
{
	struct slice http = buf_slice(&reader->http);

	return reader->http_whole ? slice_from(http, first_line(http)) : SLICE_EMPTY;
}

unsigned icap_http_status(const struct icap_reader *reader)
{
	return reader->http_whole ? status_of(buf_slice(&reader->http), "HTTP") : 0;
}
