/* ICAP on the wire: what a response is, however it comes in pieces, and above all what is none. */
#include "unit.h"

#include "scan/icap_message.h"
#include "scan/icap_request.h"

#include <errno.h>
#include <stdio.h>

#define OBJECT "the object\n"

static const char unmodified[] = "ICAP/1.0 204 Unmodified\r\n"
				 "Server: C-ICAP/0.5.10\r\n"
				 "ISTag: \"CI0001-abc\"\r\n"
				 "\r\n";

static const char forbidden[] = "ICAP/1.0 200 OK\r\n"
				"X-Infection-Found: Type=0; Resolution=2; Threat=Eicar;\r\n"
				"X-Violations-Found: 1\r\n"
				"\t-\r\n"
				"\tEicar\r\n"
				"\t0\r\n"
				"\t0\r\n"
				"Encapsulated: res-hdr=0, res-body=44\r\n"
				"\r\n"
				"HTTP/1.0 403 Forbidden\r\n"
				"X-Virus-ID: HTTP\r\n"
				"\r\n"
				"5\r\n"
				"<p>no\r\n"
				"3; more\r\n"
				"</p\r\n"
				"0\r\n"
				"\r\n";

/* Feeds `text` in pieces of `step` bytes; what icap_reader_feed() said last. */
static int feed(struct icap_reader *reader, struct slice text, size_t step, struct slice *rest)
{
	int r = ICAP_MORE;

	while (text.len > 0 && r == ICAP_MORE) {
		struct slice piece = slice_first(text, step);

		text = slice_from(text, piece.len);
		r = icap_reader_feed(reader, &piece);
		*rest = piece.len > 0 ? slice_make(piece.data, piece.len + text.len) : text;
	}
	return r;
}

static int read_all(struct icap_reader *reader, const char *text)
{
	struct slice rest = SLICE_EMPTY;

	icap_reader_init(reader, slice_cstr(OBJECT), false);
	return feed(reader, slice_cstr(text), SIZE_MAX, &rest);
}

static void test_pieces(void **state)
{
	(void)state;
	for (size_t step = 1; step < sizeof(forbidden); step++) {
		struct icap_reader reader;
		struct slice value, rest = SLICE_EMPTY;
		char text[sizeof(forbidden) + 8];

		snprintf(text, sizeof(text), "%sICAP", forbidden);
		icap_reader_init(&reader, slice_cstr(OBJECT), false);
		assert_int_equal(feed(&reader, slice_cstr(text), step, &rest), ICAP_DONE);
		assert_slice(rest, "ICAP");
		assert_int_equal(reader.status, 200);
		assert_int_equal(icap_http_status(&reader), 403);
		assert_true(icap_field(icap_http_fields(&reader), "x-virus-id", &value));
		assert_slice(value, "HTTP");
		assert_true(icap_field(icap_head_fields(&reader), "X-Violations-Found", &value));
		assert_slice(value, "1\r\n\t-\r\n\tEicar\r\n\t0\r\n\t0");
		assert_int_equal(reader.body, 8);
		assert_false(icap_body_unchanged(&reader));
		icap_reader_release(&reader);
	}
}

static void test_unmodified(void **state)
{
	struct icap_reader reader;
	struct slice value;

	(void)state;
	assert_int_equal(read_all(&reader, unmodified), ICAP_DONE);
	assert_int_equal(reader.status, 204);
	assert_true(icap_field(icap_head_fields(&reader), "ISTag", &value));
	assert_slice(value, "\"CI0001-abc\"");
	assert_false(icap_field(icap_head_fields(&reader), "Encapsulated", &value));
	assert_false(icap_body_unchanged(&reader));
	assert_int_equal(icap_http_status(&reader), 0);
	icap_reader_release(&reader);
}

/* Each is cut at every place: never complete, and never taken for another answer. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(forbidden) - 1; len++) {
		struct icap_reader reader;
		struct slice rest = SLICE_EMPTY;

		icap_reader_init(&reader, slice_cstr(OBJECT), false);
		assert_int_equal(feed(&reader, slice_make(forbidden, len), 7, &rest), ICAP_MORE);
		assert_int_not_equal(reader.place, ICAP_AT_END);
		icap_reader_release(&reader);
	}
}

static const char *body_of(const char *chunks)
{
	static char text[1024];

	snprintf(text, sizeof(text),
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\n"
		"HTTP/1.1 200 OK\r\n\r\n%s",
		chunks);
	return text;
}

static void test_body(void **state)
{
	static const struct {
		const char *chunks;
		int progress;
		bool same;
	} bodies[] = {
		{"b\r\nthe object\n\r\n0\r\n\r\n", ICAP_DONE, true},
		{"4\r\nthe \r\n7\r\nobject\n\r\n0\r\n\r\n", ICAP_DONE, true},
		{"00B;x=y\r\nthe object\n\r\n0; ieof\r\nTrailer: x\r\n\r\n", ICAP_DONE, true},
		{"b\r\nthe Object\n\r\n0\r\n\r\n", ICAP_DONE, false},
		{"a\r\nthe object\r\n0\r\n\r\n", ICAP_DONE, false},
		{"0\r\n\r\n", ICAP_DONE, false},
		{"c\r\nthe object\n.\r\n0\r\n\r\n", ICAP_DONE, false},
		{"b\r\nthe object\n\r\n0\r\n", ICAP_MORE, false},
		{"b\r\nthe object\n\r\n", ICAP_MORE, false},
		{"b\r\nthe object\n and more\r\n0\r\n\r\n", -EPROTO, false},
		{"b\r\nthe object\n.\n0\r\n\r\n", -EPROTO, false},
		{"a\r\nthe object\n\r\n0\r\n\r\n", -EPROTO, false},
		{"\r\nthe object\n\r\n0\r\n\r\n", -EPROTO, false},
		{"-1\r\nthe object\n\r\n0\r\n\r\n", -EPROTO, false},
		{"b the\r\nthe object\n\r\n0\r\n\r\n", -EPROTO, false},
		{"fffffffffffffff\r\n", -EPROTO, false},
		{"fffffffffffffffff\r\n", -EPROTO, false},
		{"the object\n", -EPROTO, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct icap_reader reader;
		int progress = read_all(&reader, body_of(bodies[i].chunks));

		if (progress != bodies[i].progress ||
			icap_body_unchanged(&reader) != bodies[i].same)
			fail_msg("\"%s\" gave %d (%s)", bodies[i].chunks, progress,
				icap_body_unchanged(&reader) ? "unchanged" : "changed");
		icap_reader_release(&reader);
	}
}

static void test_nonsense(void **state)
{
	static const char *const texts[] = {
		"\r\n",
		"HTTP/1.0 204 OK\r\n\r\n",
		"ICAP/2.0 204 OK\r\n\r\n",
		"ICAP/1.0 20 OK\r\n\r\n",
		"ICAP/1.0 2040 OK\r\n\r\n",
		"ICAP/1.0 2o4 OK\r\n\r\n",
		"ICAP/1.0 604 OK\r\n\r\n",
		"ICAP/1.0 099 OK\r\n\r\n",
		"ICAP/1.0  204 OK\r\n\r\n",
		" ICAP/1.0 204 OK\r\n\r\n",
		"icap/1.0 204 OK\r\n\r\n",
		"ICAP/1.0\r\n\r\n",
		"ISTag: \"x\"\r\n\r\n",
		"OK\r\n\r\n",
		"ICAP/1.0 204 OK\r\nno field\r\n\r\n",
		"ICAP/1.0 204 OK\r\n: no name\r\n\r\n",
		"ICAP/1.0 204 OK\r\na name: x\r\n\r\n",
		"ICAP/1.0 204 OK\r\n folded\r\n\r\n",
		"ICAP/1.0 204 OK\r\nEncapsulated: res-body=0\r\n\r\n",
		"ICAP/1.0 100 Continue\r\nEncapsulated: res-body=0\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: \r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=x\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=1K\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=-1\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=5, res-body=4\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=999999\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-body=0, res-hdr=0\r\n\r\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, null-body=4\r\n\r\nabc\n",
		"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, null-body=15\r\n\r\nHTTP/1.1 "
		"200\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct icap_reader reader;

		if (read_all(&reader, texts[i]) != -EPROTO || !reader.fault)
			fail_msg("\"%s\" was taken (%u)", texts[i], reader.status);
		icap_reader_release(&reader);
	}
}

/* A header, a line, a trailer, a body without end. */
static void test_bounds(void **state)
{
	static const char *const starts[] = {"", "ICAP/1.0 200 OK\r\n", "ICAP/1.0 200 OK\r\nX: "};
	static const char *const fillers[] = {"x", "X: y\r\n", " y\r\n", "\n"};
	struct icap_reader reader;
	struct slice rest;
	int r = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t fed = 0;

		r = read_all(&reader, starts[i]);
		for (; r == ICAP_MORE && fed <= ICAP_HEAD_MAX; fed += rest.len) {
			rest = slice_cstr(fillers[i]);
			fed += rest.len;
			r = icap_reader_feed(&reader, &rest);
		}
		assert_int_equal(r, -EPROTO);
		icap_reader_release(&reader);
	}
	r = read_all(&reader, body_of("0\r\n"));
	for (size_t fed = 0; r == ICAP_MORE && fed <= ICAP_TRAILER_MAX; fed += 6) {
		rest = slice_cstr(fillers[1]);
		r = icap_reader_feed(&reader, &rest);
	}
	assert_int_equal(r, -EPROTO);
	icap_reader_release(&reader);
	r = read_all(&reader, body_of(""));
	for (uint64_t fed = 0; r == ICAP_MORE && fed <= ICAP_BODY_MAX + 99; fed += 7) {
		rest = slice_cstr("7\r\nno end\n\r\n");
		r = icap_reader_feed(&reader, &rest);
	}
	assert_int_equal(r, -EPROTO);
	icap_reader_release(&reader);
}

static void test_lacking_status(void **state)
{
	struct icap_reader reader;
	struct slice text = slice_cstr("ISTag: \"KAV\"\r\nMethods: RESPMOD\r\n\r\n"), value;

	(void)state;
	icap_reader_init(&reader, SLICE_EMPTY, true);
	assert_int_equal(icap_reader_feed(&reader, &text), ICAP_DONE);
	assert_int_equal(reader.status, 0);
	assert_true(icap_field(icap_head_fields(&reader), "ISTAG", &value));
	assert_slice(value, "\"KAV\"");
	icap_reader_release(&reader);
	text = slice_cstr("OK\r\n\r\n");
	icap_reader_init(&reader, SLICE_EMPTY, true);
	assert_int_equal(icap_reader_feed(&reader, &text), -EPROTO);
	icap_reader_release(&reader);
}

static void test_requests(void **state)
{
	struct icap_service service = {.host = "::1", .port = 1344, .service = "avscan?a=b"};
	struct buf out = {0};

	(void)state;
	assert_int_equal(icap_request_options(&out, &service), 0);
	assert_slice(buf_slice(&out), "OPTIONS icap://[::1]:1344/avscan?a=b ICAP/1.0\r\n"
				      "Host: [::1]:1344\r\n"
				      "User-Agent: qmvc\r\n"
				      "Encapsulated: null-body=0\r\n\r\n");
	buf_clear(&out);
	service.host = "av.example.org";
	assert_int_equal(icap_request_respmod(&out, &service, 3000, 1024, true), 0);
	assert_int_equal(icap_request_chunk(&out, 1024), 0);
	assert_slice(buf_slice(&out), "RESPMOD icap://av.example.org:1344/avscan?a=b ICAP/1.0\r\n"
				      "Host: av.example.org:1344\r\n"
				      "User-Agent: qmvc\r\n"
				      "Allow: 204\r\n"
				      "Preview: 1024\r\n"
				      "Encapsulated: req-hdr=0, res-hdr=63, res-body=144\r\n\r\n"
				      "GET http://qmvc.invalid/object HTTP/1.1\r\n"
				      "Host: qmvc.invalid\r\n\r\n"
				      "HTTP/1.1 200 OK\r\n"
				      "Content-Type: application/octet-stream\r\n"
				      "Content-Length: 3000\r\n\r\n"
				      "400\r\n");
	buf_clear(&out);
	assert_int_equal(icap_request_respmod(&out, &service, 3000, 0, false), 0);
	assert_int_equal(slice_find(buf_slice(&out), slice_cstr("Preview"), 0), out.len);
	assert_int_equal(slice_find(buf_slice(&out), slice_cstr("Allow"), 0), out.len);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_unmodified),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_lacking_status),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
