/*
 * Fuzz target: a mail made text. Checked: whatever the mail is, the header has the fields that are
 * meant and no others, each line of the mail can be sent, and nothing but Delivered-To is 8-bit.
 */
#include "message/utf8.h"
#include "plain/html_text.h"
#include "plain/plain_mail.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_plain_mail: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

static bool is_meant(struct slice line)
{
	static const char *const fields[] = {"From:", "Reply-To:", "To:", "Cc:", "Subject:",
		"Date:", "Message-ID:", "In-Reply-To:", "References:", "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: quoted-printable"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (slice_starts(line, fields[i]))
			return true;
	return false;
}

/* Returns where the body begins. */
static struct slice check_header(struct slice mail)
{
	struct slice line;
	bool has_from = false, has_date = false;

	while (slice_next_line(&mail, &line) && line.len > 0) {
		bool is_trace = slice_starts(line, "Delivered-To:");

		REQUIRE(is_trace || is_meant(line) || ascii_blank(line.data[0]));
		REQUIRE(is_trace ? line.len <= 1300 : line.len <= 998);
		for (size_t i = 0; i < line.len; i++)
			REQUIRE((line.data[i] >= ' ' && line.data[i] != 0x7f &&
					(is_trace || line.data[i] < 0x80)) ||
				line.data[i] == '\t');
		has_from |= slice_starts(line, "From:");
		has_date |= slice_starts(line, "Date:");
	}
	REQUIRE(has_from && has_date);
	return mail;
}

static void check_body(struct slice body)
{
	struct slice line;

	while (slice_next_line(&body, &line)) {
		REQUIRE(line.len <= 76);
		for (size_t i = 0; i < line.len; i++)
			REQUIRE((line.data[i] >= ' ' && line.data[i] < 0x7f) ||
				line.data[i] == '\t');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct limits limits = {.depth = 8,
		.parts = 100,
		.header = 65536,
		.bytes = (uint64_t)4 << 20,
		.ratio = 250,
		.seconds = 60,
		.members = 10,
		.memory = (uint64_t)64 << 20};
	const struct header_defaults defaults = {.unique = "u", .now_ms = 1795392000000};
	cleanup_buf struct buf text = {0}, mail = {0};
	struct reading reading;

	REQUIRE(reading_read(&reading, &reading_principal, slice_make(data, size), &limits, "/tmp",
			NULL) == 0);
	REQUIRE(plain_mail_text(&reading, html_text, &text) == 0);
	REQUIRE(text.len > 0 && utf8_valid_prefix(buf_slice(&text)) == text.len);
	REQUIRE(plain_mail_compose(&reading, &defaults, buf_slice(&text), &mail) == 0);
	check_body(check_header(buf_slice(&mail)));
	reading_release(&reading);
	return 0;
}
