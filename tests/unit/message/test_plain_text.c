/* The strict test for plain text: what it settles, and what it leaves to the helper. */
#include "unit.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "message/plain_text.h"
#include "message/utf8.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static enum text_encoding of(struct slice bytes, const char *charset)
{
	return text_encoding(bytes, slice_cstr(charset));
}

static void test_encodings(void **state)
{
	assert_int_equal(of(S("hello\r\n\tworld\f\n"), ""), ENCODING_ASCII);
	assert_int_equal(of(S("hello"), "iso-8859-1"), ENCODING_ASCII);
	assert_int_equal(of(S("gr\xc3\xbcn"), ""), ENCODING_UTF8);
	assert_int_equal(of(S("gr\xc3\xbcn"), "utf-8"), ENCODING_UTF8);
	assert_int_equal(of(S("gr\xc3\xbcn"), "iso-8859-1"), ENCODING_UTF8);
	assert_int_equal(of(S("gr\xfcn"), "iso-8859-1"), ENCODING_ISO_8859);
	assert_int_equal(of(S("gr\xfcn \x93"), "windows-1252"), ENCODING_EXTENDED);
	assert_int_equal(of(S("\xd7\xc9"), "koi8-r"), ENCODING_ISO_8859);
	assert_int_equal(of(S("abc"), "iso-2022-jp"), ENCODING_ASCII);
	assert_int_equal(of(SLICE_EMPTY, ""), ENCODING_ASCII);
}

static void test_not_text(void **state)
{
	assert_int_equal(of(S("gr\xfcn"), ""), ENCODING_NONE);
	assert_int_equal(of(S("gr\xfcn"), "utf-8"), ENCODING_NONE);
	assert_int_equal(of(S("gr\xfcn"), "iso-2022-jp"), ENCODING_NONE);
	assert_int_equal(of(S("gr\xc2\x85n"), "utf-8"), ENCODING_NONE); /* a C1 control */
	assert_int_equal(of(S("\xc0\xaf"), "utf-8"), ENCODING_NONE);
	assert_int_equal(of(S("a\x85"), "iso-8859-1"), ENCODING_NONE);
	assert_int_equal(of(S("abc"), "utf-7"), ENCODING_NONE);
	assert_int_equal(of(S("abc"), "utf-16"), ENCODING_NONE);
	assert_int_equal(of(S("abc"), "x-nope"), ENCODING_NONE);
	assert_int_equal(of(S("\xef\xbb\xbfx"), "utf-8"), ENCODING_NONE); /* "(with BOM)" */
	assert_int_equal(of(S("+/v8-"), ""), ENCODING_NONE);
	assert_int_equal(of(S("\x1b$B"), "iso-2022-jp"), ENCODING_NONE);
}

/* Every control character, at every place relative to the words that are passed over at once. */
static void test_controls(void **state)
{
	unsigned char text[40];

	for (unsigned c = 0; c < 0x80; c++) {
		bool plain =
			(c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' || c == '\f';

		for (size_t at = 0; at < sizeof(text); at++) {
			memset(text, 'x', sizeof(text));
			text[at] = (unsigned char)c;
			if ((of(slice_make(text, sizeof(text)), "") == ENCODING_ASCII) != plain)
				fail_msg("byte %u at %zu is judged wrongly", c, at);
		}
	}
}

static void test_high_bytes_everywhere(void **state)
{
	unsigned char text[40];

	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'x', sizeof(text));
		text[at] = 0xe9;
		assert_int_equal(of(slice_make(text, sizeof(text)), ""), ENCODING_NONE);
		assert_int_equal(of(slice_make(text, sizeof(text)), "latin1"), ENCODING_ISO_8859);
	}
}

/* The test without blocks: what each byte, or each character while all is UTF-8, allows. */
static enum text_encoding plainly(struct slice bytes, bool any_byte)
{
	bool high = false, wrong = false, c1 = false, latin1 = false;

	for (size_t at = 0; at < bytes.len;) {
		size_t start = at;
		uint32_t c = utf8_next(bytes, &at);

		if (c < 0x80) {
			if (c < ' ' ? !strchr("\t\n\f\r", (int)c) || c == 0 : c == 0x7f)
				return ENCODING_NONE;
			continue;
		}
		high = true;
		wrong |= c == UTF8_WRONG;
		if (c < 0xa0 && !wrong)
			return ENCODING_NONE;
		if (wrong)
			at = start + 1;
		for (size_t i = start; i < at; i++) {
			latin1 |= bytes.data[i] >= 0xa0;
			c1 |= bytes.data[i] < 0xa0 && bytes.data[i] != 0x85;
		}
	}
	if (!high)
		return ENCODING_ASCII;
	if (!wrong)
		return ENCODING_UTF8;
	if (!any_byte)
		return ENCODING_NONE;
	return c1 ? ENCODING_EXTENDED : latin1 ? ENCODING_ISO_8859 : ENCODING_NONE;
}

/*
 * All pairs of bytes in front of a block's end and at both sides of it, among letters of one byte
 * and of two, also where a byte that is no UTF-8 comes later.
 */
static void test_blocks(void **state)
{
	enum { LEN = 34 };
	cleanup_free unsigned char *text = malloc(LEN);
	struct slice bytes = slice_make(text, LEN);

	assert_non_null(text);
	for (unsigned pair = 0; pair < 65536; pair++)
		for (size_t at = 14, phase = 0; at < 17; at += phase == 2, phase = (phase + 1) % 3) {
			for (size_t i = 0; i < LEN; i++)
				text[i] = (unsigned char)"x\xc3\xb6"[(i + phase) % 3];
			text[at] = (unsigned char)(pair >> 8);
			text[at + 1] = (unsigned char)pair;
			assert_int_equal(of(bytes, "utf-8"), plainly(bytes, false));
			assert_int_equal(of(bytes, "iso-8859-1"), plainly(bytes, true));
			text[LEN - 2] = 'x';
			text[LEN - 1] = 0x85;
			assert_int_equal(of(bytes, "iso-8859-1"), plainly(bytes, true));
		}
}

static void test_signatures(void **state)
{
	static const char *const other[] = {"MZ", "%PDF-1.4", "junk\n%PDF-1.4", "%!PS-Adobe",
		"#!/bin/sh", "{\\rtf1 x}", "<?xml version=\"1.0\"?>", "PK", "Rar!", "!<arch>\n",
		"From a@b", "begin 644 x", "(This file must be converted with BinHex 4.0)",
		"<html>", "<script>", "@ECHO off", "  \r\n#!/bin/sh", "{\"a\": 1}", "[1, 2]",
		"[ \"a\" ]", "-----BEGIN PGP MESSAGE-----", "BEGIN:VCARD", "Received: from x",
		"<?php", "\\documentclass", "see\n<HTML>\n", "x < table >", "=ybegin line=128",
		"X5O!P%@AP"};
	static const char *const text[] = {"hello", "[image: logo]", "<http://example.org/>",
		"a < b", "Mr Z", "5 > 4", "> quoted\n> <user@example.org>", "-- \nsignature",
		"From here on"};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (plain_text(slice_cstr(other[i]), SLICE_EMPTY))
			fail_msg("\"%s\" is settled as plain text", other[i]);
	for (size_t i = 0; i + 1 < sizeof(text) / sizeof(text[0]); i++)
		if (!plain_text(slice_cstr(text[i]), SLICE_EMPTY))
			fail_msg("\"%s\" is not settled as plain text", text[i]);
}

static void test_html_beginnings(void **state)
{
	static const char *const html[] = {"<!DOCTYPE html>", "\n <html lang=en>", "<HEAD>",
		"<div dir=ltr>", "<p>", "<br/>x", "<!-- x --><html>", "<meta charset=x>",
		"<table\n>", "<a href=x>"};
	static const char *const none[] = {"hello", "", "<", "<?xml?>", "<script>", "<svg>",
		"<pfoo>", "<!ENTITY x>", "<%x%>", "<hta:application>"};

	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++)
		if (!text_begins_as_html(slice_cstr(html[i])))
			fail_msg("\"%s\" is no HTML", html[i]);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (text_begins_as_html(slice_cstr(none[i])))
			fail_msg("\"%s\" is HTML", none[i]);
}

static enum text_encoding document(const char *text)
{
	return text_document_xml(slice_cstr(text));
}

#define XML "<?xml version=\"1.0\"?>"

static void test_documents(void **state)
{
	static const char *const none[] = {"", "<?xml", "<?xml version=\"1.0\"", XML, XML "<",
		"<w:document x>", XML "<html>", XML "<svg x>", XML "<!-- x --><w:document x>",
		XML "<?mso-application progid=\"Word.Document\"?><w:document x>",
		XML "<Types xmlns=\"x\">", XML "<w:documents x>", XML "<w:document x>\1",
		XML "<w:document x>\xfc", XML "<w:document x><svg>", " " XML "<w:document x>",
		"\xef\xbb\xbf" XML "<w:document x>"};

	assert_int_equal(document(XML "<w:document x>"), ENCODING_ASCII);
	assert_int_equal(document("<?xml version=\"1.0\" standalone=\"yes\"?>\r\n\t<w:document x>"),
		ENCODING_ASCII);
	assert_int_equal(document(XML "<w:hdr >gr\xc3\xbc"), ENCODING_UTF8);
	assert_int_equal(document(XML "<Types xmlns=\"http://schemas.openxmlformats.org/package\">"),
		ENCODING_ASCII);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (document(none[i]) != ENCODING_NONE)
			fail_msg("\"%s\" is settled as a document's", none[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_high_bytes_everywhere),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_html_beginnings),
		cmocka_unit_test(test_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
