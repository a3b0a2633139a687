/* The list of objects: what is in it, what is settled without a helper, what it is called. */
#include "unit.h"

#include "message/object.h"

#define S(text) slice_make((text), sizeof(text) - 1)

/* A reading put together by hand, so that only the list is tested. */
struct fixture {
	struct part parts[8];
	struct message message;
	struct objects objects;
};

static struct part *add(
	struct fixture *f, int parent, const char *type, const char *subtype, struct slice bytes)
{
	struct part *part = &f->parts[f->message.reading.count];

	*part = (struct part){
		.index = (unsigned)f->message.reading.count++,
		.parent = parent,
		.type = slice_cstr(type),
		.subtype = slice_cstr(subtype),
		.is_leaf = true,
		.content = {.bytes = bytes, .fd = -1},
	};
	return part;
}

static void make(struct fixture *f)
{
	f->message.bytes = S("the mail");
	f->message.reading.parts = f->parts;
	assert_int_equal(objects_make(&f->objects, &f->message), 0);
}

static void test_list(void **state)
{
	struct fixture f = {0};

	add(&f, -1, "multipart", "mixed", SLICE_EMPTY)->is_leaf = false;
	add(&f, 0, "text", "plain", S("hello"));
	add(&f, 0, "message", "rfc822", S("Subject: x\n\nhi"));
	add(&f, 2, "multipart", "mixed", SLICE_EMPTY)->is_leaf = false;
	add(&f, 3, "application", "pdf", S("%PDF-"));
	make(&f);
	assert_int_equal(f.objects.count, 4);
	assert_int_equal(f.objects.list[0].kind, OBJECT_MESSAGE);
	assert_int_equal(f.objects.list[0].parent, -1);
	assert_slice(f.objects.list[0].content->bytes, "the mail");
	assert_ptr_equal(f.objects.list[1].part, &f.parts[1]);
	assert_int_equal(f.objects.list[1].parent, 0);
	assert_ptr_equal(f.objects.list[2].part, &f.parts[2]);
	assert_int_equal(f.objects.list[3].parent, 2); /* out of the attached mail */
	for (unsigned i = 0; i < f.objects.count; i++)
		assert_int_equal(f.objects.list[i].index, i);
	assert_true(objects_need_opening(&f.objects));
	objects_release(&f.objects);
	assert_null(f.objects.list);
}

static void check_settled(const char *subtype, const char *charset, struct slice bytes,
	const char *mime, const char *description)
{
	struct fixture f = {0};
	struct object *object;

	add(&f, -1, "text", subtype, bytes)->charset = slice_cstr(charset);
	make(&f);
	object = &f.objects.list[1];
	assert_int_equal(objects_need_opening(&f.objects), mime == NULL);
	if (mime) {
		assert_int_equal(object->flags, OBJECT_TEXT | OBJECT_TYPED);
		assert_string_equal(object->mime, mime);
		assert_string_equal(object->description, description);
	} else {
		assert_int_equal(object->flags, 0);
		assert_null(object->mime);
	}
	objects_release(&f.objects);
}

static void test_settled(void **state)
{
	check_settled("plain", "", S("hello"), "text/plain", "ASCII text");
	check_settled("plain", "utf-8", S("gr\xc3\xbcn"), "text/plain", "Unicode text, UTF-8 text");
	check_settled("plain", "latin1", S("gr\xfcn"), "text/plain", "ISO-8859 text");
	check_settled("plain", "windows-1252", S("\x93x\x94"), "text/plain",
		"Non-ISO extended-ASCII text");
	check_settled("html", "", S("<html>x"), "text/html", "HTML document, ASCII text");
	check_settled("html", "", S("<div dir=ltr>x"), "text/html", "HTML document, ASCII text");
	check_settled("html", "", S("Hello<br>"), "text/html", "HTML document, ASCII text");
	check_settled("plain", "", S("<html>x"), NULL, NULL);
	check_settled("html", "", S("<?xml version='1.0'?><html>"), NULL, NULL);
	check_settled("html", "", S("<script>x"), NULL, NULL);
	check_settled("html", "", S("MZ"), NULL, NULL);
	check_settled("html", "", S("<html>\0"), NULL, NULL);
	check_settled("plain", "", S("a\1b"), NULL, NULL);
	check_settled("plain", "", S("#!/bin/sh"), NULL, NULL);
	check_settled("calendar", "", S("hello"), NULL, NULL);
}

static void test_what_is_saved_is_always_asked(void **state)
{
	struct slice name = SLICE_LITERAL("a.bat");
	struct fixture named = {0}, attached = {0};
	struct part *part = add(&named, -1, "text", "plain", S("del *.*"));

	part->names = &name;
	part->name_count = 1;
	make(&named);
	assert_true(objects_need_opening(&named.objects));
	assert_int_equal(named.objects.list[1].name_count, 1);
	objects_release(&named.objects);

	add(&attached, -1, "text", "plain", S("del *.*"))->is_attachment = true;
	make(&attached);
	assert_true(objects_need_opening(&attached.objects));
	objects_release(&attached.objects);
}

static void test_empty(void **state)
{
	struct fixture f = {0};

	add(&f, -1, "application", "octet-stream", SLICE_EMPTY);
	make(&f);
	assert_int_equal(f.objects.count, 2);
	assert_string_equal(f.objects.list[1].description, "empty");
	assert_false(objects_need_opening(&f.objects));
	objects_release(&f.objects);

	f = (struct fixture){0};
	make(&f);
	assert_int_equal(f.objects.count, 1);
	assert_false(objects_need_opening(&f.objects));
	objects_release(&f.objects);
}

static void check_label(const struct object *object, const char *want)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(object_label(&(struct objects){0}, object, &out), 0);
	assert_slice(buf_slice(&out), want);
}

static void test_label(void **state)
{
	struct slice names[] = {SLICE_LITERAL("first.txt"), SLICE_LITERAL("second.txt")};
	struct part part = {.index = 7};

	check_label(&(struct object){.kind = OBJECT_MESSAGE}, "message");
	check_label(&(struct object){.kind = OBJECT_PART, .part = &part}, "part 7");
	check_label(
		&(struct object){
			.kind = OBJECT_PART, .part = &part, .names = names, .name_count = 2},
		"first.txt");
	check_label(&(struct object){.kind = OBJECT_MEMBER, .index = 9}, "member 9");
}

/* What we have written we read, and nothing else; whatever follows may be a member. */
static void test_files(void **state)
{
	static const struct {
		const char *name;
		int object;
	} cases[] = {{"0000", 0}, {"0002", 2}, {"0003", 3}, {"0004", -1}, {"0002/x/0003", 2},
		{"0002->a.exe", 2}, {"0002 (a)", 2}, {"2", -1}, {"002", -1}, {"00002", -1},
		{"00029", -1}, {"-002", -1}, {"+0002", -1}, {" 0002", -1}, {"4294967298", -1},
		{"00000000000000000002", -1}, {"", -1}, {"x0002", -1}, {"/0002", -1}};
	char name[OBJECT_FILE_NAME];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (object_of_file(slice_cstr(cases[i].name), 4) != cases[i].object)
			fail_msg("%s", cases[i].name);
	for (unsigned index = 0; index < 20000; index += 123) {
		object_file_name(index, name);
		assert_int_equal(object_of_file(slice_cstr(name), 20000), index);
		assert_int_equal(object_of_file(slice_cstr(name), index), -1);
	}
	object_file_name(UINT32_MAX, name);
	assert_string_equal(name, "4294967295");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_what_is_saved_is_always_asked),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
