/* Which bytes are settled as a picture or a PDF, and that none is with a byte more, less or awry. */
#include "unit.h"

#include "open/ordinary.h"

#include <stdlib.h>

#define JPEG_HEAD "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define JPEG_SCAN "\xff\xda\0\4\1\2 data \xff\0 and \xff\xd0 more"
#define JPEG_END  "\xff\xd9"
#define PNG_HEAD  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR0123456789abcCRC!"
#define PNG_DATA  "\0\0\0\4IDAT1234CRC!"
#define PNG_END	  "\0\0\0\0IEND\xae\x42\x60\x82"
#define PDF_HEAD  "%PDF-1.7\n1 0 obj\nendobj\n"
#define PDF_END	  "trailer <<>>\nstartxref\n0\n%%EOF\n"

#define TYPE(text) ordinary_type((struct slice)SLICE_LITERAL(text))

static void the_three(void **state)
{
	assert_string_equal(TYPE(JPEG_HEAD JPEG_SCAN JPEG_END), "image/jpeg");
	/* Progressive: tables and another scan behind the first. */
	assert_string_equal(
		TYPE(JPEG_HEAD JPEG_SCAN "\xff\xc4\0\3x" JPEG_SCAN JPEG_END), "image/jpeg");
	assert_string_equal(TYPE(PNG_HEAD PNG_DATA PNG_END), "image/png");
	assert_string_equal(TYPE(PDF_HEAD PDF_END), "application/pdf");
	assert_null(TYPE(""));
	assert_null(TYPE("GIF89a, and whatever else"));
}

/* Whatever is cut off, at the end or at the beginning, and whatever stands behind. */
static void all_of_it_and_no_more(void **state)
{
	static const struct slice pictures[] = {SLICE_LITERAL(JPEG_HEAD JPEG_SCAN JPEG_END),
		SLICE_LITERAL(PNG_HEAD PNG_DATA PNG_END)};

	for (size_t i = 0; i < 2; i++) {
		unsigned char longer[256];

		for (size_t len = 0; len < pictures[i].len; len++) {
			unsigned char *exact = malloc(len ? len : 1);

			memcpy(exact, pictures[i].data, len);
			assert_null(ordinary_type(slice_make(exact, len)));
			free(exact);
		}
		for (size_t from = 1; from < pictures[i].len; from++)
			assert_null(ordinary_type(slice_from(pictures[i], from)));
		memcpy(longer, pictures[i].data, pictures[i].len);
		longer[pictures[i].len] = 0;
		assert_null(ordinary_type(slice_make(longer, pictures[i].len + 1)));
	}
	assert_null(TYPE(PDF_HEAD));
	assert_null(TYPE("\n" PDF_HEAD PDF_END));
	assert_null(TYPE("%PDF-x.7" PDF_END));
	assert_null(TYPE("%PDF-17." PDF_END));
	assert_null(TYPE("%PDF-1.x" PDF_END));
}

static void not_by_layout(void **state)
{
	/* No scan at all, what is no segment between them, a length that leads out or nowhere. */
	assert_null(TYPE(JPEG_HEAD JPEG_END));
	assert_null(TYPE("\xff\xd8\xff\xd9"));
	assert_null(TYPE(JPEG_HEAD "\xff\x01\0\2" JPEG_SCAN JPEG_END));
	assert_null(TYPE(JPEG_HEAD "\xff\xf7\0\2" JPEG_SCAN JPEG_END));
	assert_null(TYPE(JPEG_HEAD "\xfe\xdb\0\2" JPEG_SCAN JPEG_END));
	assert_null(TYPE(JPEG_HEAD "\xff\xdb\0\1" JPEG_SCAN JPEG_END));
	assert_null(TYPE(JPEG_HEAD "\xff\xdb\xff\xff" JPEG_SCAN JPEG_END));
	assert_null(TYPE(JPEG_HEAD JPEG_SCAN "\xff\xff" JPEG_END));
	assert_null(TYPE(PNG_HEAD "\xff\xff\xff\xf4IDAT1234CRC!" PNG_END));
	assert_null(TYPE(PNG_HEAD "\0\0\0\x8"
				  "acTL12345678CRC!" PNG_DATA PNG_END));
	assert_null(TYPE(PNG_HEAD PNG_DATA PNG_END PNG_END));
}

/* The end marker of a PDF counts where readers look for it. */
static void end_of_pdf(void **state)
{
	unsigned char bytes[4096];
	const struct slice head = SLICE_LITERAL(PDF_HEAD), mark = SLICE_LITERAL("%%EOF");

	memset(bytes, ' ', sizeof(bytes));
	memcpy(bytes, head.data, head.len);
	memcpy(bytes + sizeof(bytes) - 1024, mark.data, mark.len);
	assert_string_equal(ordinary_type(slice_make(bytes, sizeof(bytes))), "application/pdf");
	memset(bytes + sizeof(bytes) - 1024, ' ', mark.len);
	memcpy(bytes + sizeof(bytes) - 1025, mark.data, mark.len);
	assert_null(ordinary_type(slice_make(bytes, sizeof(bytes))));
}

/* Windows starts a .pif by what stands here, and libmagic knows it by that too. */
static void a_program_all_the_same(void **state)
{
	static const struct {
		size_t at;
		const char *mark;
	} programs[] = {{0x171, "MICROSOFT PIFEX"}, {252, "Must have DOS version"}};
	const struct slice head = SLICE_LITERAL(PDF_HEAD), end = SLICE_LITERAL(PDF_END);

	for (size_t i = 0; i < 2; i++) {
		unsigned char bytes[1024];

		memset(bytes, ' ', sizeof(bytes));
		memcpy(bytes, head.data, head.len);
		memcpy(bytes + sizeof(bytes) - end.len, end.data, end.len);
		assert_non_null(ordinary_type(slice_make(bytes, sizeof(bytes))));
		memcpy(bytes + programs[i].at, programs[i].mark, strlen(programs[i].mark));
		assert_null(ordinary_type(slice_make(bytes, sizeof(bytes))));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three),
		cmocka_unit_test(all_of_it_and_no_more),
		cmocka_unit_test(not_by_layout),
		cmocka_unit_test(end_of_pdf),
		cmocka_unit_test(a_program_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
