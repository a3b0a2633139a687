/* What a part is, out of its fields: type, charset, boundary, encoding, names, flags. */
#include "message/show.h"

#include <stdio.h>

static struct show show;

static const struct part *part_of(const char *header)
{
	static char mail[4096];
	struct limits limits = show_limits();

	snprintf(mail, sizeof(mail), "%s\n\nbody", header);
	show_read(&show, &reading_principal, slice_cstr(mail), &limits);
	return &show.reading.parts[0];
}

static void test_types(void **state)
{
	static const struct {
		const char *value, *type, *subtype;
		unsigned flags;
	} cases[] = {
		{"text/html", "text", "html", 0},
		{"Text/HTML; charset=UTF-8", "text", "html", 0},
		{"text / html", "text", "html", 0},
		{"text(a)/(b)html(c)", "text", "html", PART_UNTIDY},
		{"text", "text", "plain", PART_BAD_TYPE},
		{"application", "application", "octet-stream", PART_BAD_TYPE},
		{"", "text", "plain", PART_BAD_TYPE},
		{"/", "text", "plain", PART_BAD_TYPE},
		{"html", "text", "plain", PART_BAD_TYPE},
		{"te xt/html", "te xt", "html", PART_BAD_TYPE},
		{"application/x\351", "application", "x\351", PART_BAD_TYPE},
		{"text/plain, text/html", "text", "plain", PART_UNTIDY},
		{"text/html charset=x", "text", "html", PART_UNTIDY},
		{"multipart; boundary=foo", "multipart", "mixed",
			PART_BAD_TYPE | PART_NO_DELIMITER},
		{"multipart/mixed", "multipart", "mixed", PART_NO_BOUNDARY},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char header[200];
		const struct part *part;

		snprintf(header, sizeof(header), "Content-Type: %s", cases[i].value);
		part = part_of(header);
		assert_slice(part->type, cases[i].type);
		assert_slice(part->subtype, cases[i].subtype);
		assert_int_equal(part->flags, cases[i].flags);
		show_release(&show);
	}
	assert_true(part_is(part_of("Subject: x"), "text", "plain"));
	assert_true(part_is(&show.reading.parts[0], "text", NULL));
	assert_false(part_is(&show.reading.parts[0], "text", "html"));
	assert_false(part_is(&show.reading.parts[0], "tex", NULL));
	show_release(&show);
}

static void test_boundaries(void **state)
{
	static const char *const cases[][2] = {
		{"boundary=foo", "foo"},
		{"boundary=\"foo bar\"", "foo bar"},
		{"boundary=\"foo  \"", "foo"},
		{"boundary=\" foo\"", " foo"},
		{"boundary=foo bar", "foo"},
		{"boundary=\"\"", ""},
		{"boundary=", ""},
		{"boundary=\"foo", "foo"},
		{"boundary='foo'", "'foo'"},
		{"Boundary = FOO", "FOO"},
		{"boundary=a; boundary=b", "a"},
		{"boundary*=us-ascii''f%6fo", "foo"},
		{"boundary*='f%6fo", "foo"}, /* quotes missing: what is behind the first counts */
		{"boundary*=f%6fo", "foo"},
		{"boundary*1=o; boundary*0=fo", "foo"},
		{"boundary*0*=x'y'f%6f; boundary*1*=%6f; boundary*3=no", "foo"},
		{"boundary=a; boundary*0=b", "a"},
		{"boundary*0=b; boundary=a", "a"},
		{"boundary=\"=?us-ascii?Q?Y?=\"", "=?us-ascii?Q?Y?="},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char header[200];

		snprintf(header, sizeof(header), "Content-Type: multipart/mixed; %s", cases[i][0]);
		assert_slice(part_of(header)->boundary, cases[i][1]);
		assert_non_null(show.reading.parts[0].boundary.data);
		show_release(&show);
	}
	assert_null(part_of("Content-Type: multipart/mixed")->boundary.data);
	show_release(&show);
	/* Nobody but a multipart has one; Content-Disposition's is not looked at. */
	assert_null(part_of("Content-Type: text/plain; boundary=x")->boundary.data);
	show_release(&show);
	assert_slice(part_of("Content-Disposition: inline; boundary=x\n"
			     "Content-Type: multipart/mixed; boundary=y")
			     ->boundary,
		"y");
	show_release(&show);
}

static void test_fields(void **state)
{
	const struct part *part = part_of(
		"Content-Type: text/plain; charset=\"UTF-8\"; name=a.txt\n"
		"Content-Disposition: attachment; filename=b.txt\n"
		"Content-Transfer-Encoding: quoted-printable (yes)");

	assert_slice(part->charset, "utf-8");
	assert_true(part->is_attachment);
	assert_int_equal(part->encoding, TRANSFER_QUOTED_PRINTABLE);
	assert_int_equal(part->flags, PART_UNTIDY);
	assert_true(part->name_count >= 2);
	show_release(&show);

	assert_false(part_of("Content-Disposition: inline")->is_attachment);
	show_release(&show);
	assert_false(part_of("Content-Disposition:")->is_attachment);
	show_release(&show);
	assert_true(part_of("Content-Disposition: unheard-of")->is_attachment);
	show_release(&show);
	assert_int_equal(part_of("Content-Transfer-Encoding: rot13")->flags, PART_UNKNOWN_ENCODING);
	show_release(&show);
	part = part_of("Content-Type: text/plain\nContent-Type: text/html\n"
		       "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit");
	assert_int_equal(part->flags, PART_DUPLICATE);
	show_release(&show);
	assert_int_equal(part_of("Content-Type: text/plain; charset=a; charset=b")->flags,
		PART_DUPLICATE);
	show_release(&show);
}

static void test_nul(void **state)
{
	static const char mail[] = "Subject: x\n\na\0b";
	static const char binary[] = "Content-Transfer-Encoding: Binary\n\na\0b";
	struct limits limits = show_limits();

	show_read(&show, &reading_principal, slice_make(mail, sizeof(mail) - 1), &limits);
	assert_int_equal(show.reading.flags, PART_NUL);
	show_release(&show);
	show_read(&show, &reading_principal, slice_make(binary, sizeof(binary) - 1), &limits);
	assert_int_equal(show.reading.flags, 0);
	show_release(&show);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
