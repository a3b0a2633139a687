/*
 * That the marks of types (type_marks.h) hide nothing: of programs, archives, documents and texts of all
 * charsets, of files of this host and of a corpus, whole, cut, altered and put together, libmagic gives
 * none a type that the marks exclude. Some thousand files, the same in each run but for the host's own.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "helpers/filetype.h"
#include "open/type_marks.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE	     ((size_t)48 * 1024)
#define HEAD	     64u
#define ALTERED	     40u /* versions of each sample */
#define FROM_HOST    60u
#define FROM_CORPUS  400u
#define NOTHING_HERE "/nonexistent/magic"

/* What libmagic knows by its beginning; the last letter says how it goes on: zeros, or letters. */
static const struct slice samples[] = {
	/* Windows and DOS: MZ alone, with a PE, NE and LE header; COM files; a PIF comes below. */
	SLICE_LITERAL("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0"
		      "\0\0\0\0\0\0\0\0\0\0"
		      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0PE\0\0\x4c\1\3\0\0\0\0\0\0\0\0\0\0"
		      "\0\0\0\xe0\0\x02\1\x0b\1"),
	SLICE_LITERAL("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0"
		      "\0\0\0\0\0\0\0\0\0\0"
		      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0NE\5\1"),
	SLICE_LITERAL("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"),
	SLICE_LITERAL("ZM\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"),
	SLICE_LITERAL("\xe9\x10\1\x90\x90\x90\x90\x90"),
	SLICE_LITERAL("\xeb\x3c\x90\xb4\x4c\xcd\x21\0\0"),
	SLICE_LITERAL("\xb8\0\x4c\xcd\x21\0\0\0"),
	SLICE_LITERAL("\x8c\xca\x2e\x89\x16\1\2\3"),
	SLICE_LITERAL("\x81\xfc\0\x10\x77\2\xcd\x20"),
	SLICE_LITERAL("\xb4\x09\xcd\x21\xcd\x20"),
	SLICE_LITERAL("\xba\x10\1\xb4\x09\xcd\x21\xc3"),
	SLICE_LITERAL("\x0e\x1f\xba\x0e\1\xb4\x09\xcd\x21"),
	SLICE_LITERAL("\xbe\1\2\x90\x90\x90\xfc\x57\xf3\xa5\xc3\0"),
	/* ELF of 64 and 32 bits and of both byte orders, Mach-O likewise, a fat one, a class. */
	SLICE_LITERAL("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1\0\0\0"),
	SLICE_LITERAL("\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\3\0\1\0\0\0"),
	SLICE_LITERAL("\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\x15\0\0\0\1"),
	SLICE_LITERAL("\xcf\xfa\xed\xfe\7\0\0\1\3\0\0\0\2\0\0\0"),
	SLICE_LITERAL("\xfe\xed\xfa\xce\0\0\0\x12\0\0\0\0\0\0\0\2"),
	SLICE_LITERAL("\xca\xfe\xba\xbe\0\0\0\2\1\0\0\7\0\0\0\3"),
	SLICE_LITERAL("\xca\xfe\xba\xbe\0\0\0\x34\0\x1d\n\0\6\0"),
	/* Scripts and batch files, in ASCII and UTF-16 and with a mark, in EBCDIC. */
	SLICE_LITERAL("#!/bin/sh\necho hello\n"),
	SLICE_LITERAL("#! /usr/bin/env bash\necho hello\n"),
	SLICE_LITERAL("@echo off\r\ndel x\r\n"),
	SLICE_LITERAL("\xef\xbb\xbf@echo off\r\ndel x\r\n"),
	SLICE_LITERAL("\xff\xfe@\0e\0c\0h\0o\0 \0o\0f\0f\0\r\0\n\0"),
	SLICE_LITERAL("\xfe\xff\0@\0e\0c\0h\0o\0 \0o\0f\0f\0\r\0\n"),
	SLICE_LITERAL("\xff\xfe\0\0@\0\0\0e\0\0\0c\0\0\0h\0\0\0o\0\0\0"),
	SLICE_LITERAL("|\x85\x83\x88\x96\x40\x96\x86\x86\x25"),
	SLICE_LITERAL("+AEA-echo off\r\n"),
	SLICE_LITERAL("\xc1\x80"
		      "echo off\r\n"),
	SLICE_LITERAL("\xe0\x81\x80"
		      "echo off\r\n"),
	/* Links, help, OLE documents. */
	SLICE_LITERAL("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F\x9b\0\x08\0"),
	SLICE_LITERAL("ITSF\3\0\0\0\x60\0\0\0\1\0\0\0"),
	SLICE_LITERAL("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3e\0\3\0"
		      "\xfe\xff\t\0"),
	/* Archives. */
	SLICE_LITERAL("PK\3\4\x14\0\x08\x08\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\t\0\4\0META-INF/"
		      "\xfe\xca\0\0"),
	SLICE_LITERAL("PK\3\4\x14\0\0\0\x08\0\0\0!\0\1\2\3\4\5\0\0\0\5\0\0\0\5\0\0\0a.txt"),
	SLICE_LITERAL("7z\xbc\xaf\x27\x1c\0\4"),
	SLICE_LITERAL("Rar!\x1a\7\0\xcf\x90\x73\0\0\x0d\0"),
	SLICE_LITERAL("Rar!\x1a\7\1\0\x33\x92\xb5\xe5"),
	SLICE_LITERAL("\x1f\x8b\x08\0\0\0\0\0\0\3"),
	SLICE_LITERAL("BZh91AY&SY"),
	SLICE_LITERAL("\xfd"
		      "7zXZ\0\0\4"),
	SLICE_LITERAL("MSCF\0\0\0\0\x40\0\0\0\0\0\0\0\x2c\0\0\0\0\0\0\0\3\1\1\0"),
	/* What begins anew: a tag before sound, a cursor, a skippable frame, an installer's file. */
	SLICE_LITERAL("ID3\4\0\0\0\0\0\0MZ\x90\0\3\0\0\0"),
	SLICE_LITERAL("\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\4\0\0\0\x16\0\0\0MZ\x90\0"),
	SLICE_LITERAL("\x50\x2a\x4d\x18\4\0\0\0abcdMZ\x90\0"),
	SLICE_LITERAL("?SZDD\x88\xf0\x27\x33"
		      "AaMZ\x90\0"),
	SLICE_LITERAL("BA(\0\0\0\0\0\0\0\0\0\0\0CI\x1a\0\0\0"),
	/* Pictures, sound, documents, text: what is to be told from all that. */
	SLICE_LITERAL("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!"),
	SLICE_LITERAL("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0"),
	SLICE_LITERAL("OggS\0\2\0\0\0\0\0\0\0\0"),
	SLICE_LITERAL("{\\rtf1\\ansi\\deff0 text}"),
	SLICE_LITERAL("<?xml version=\"1.0\"?>\n<a/>\n"),
	SLICE_LITERAL("name;street\nM\xfcller;Stra\xdf"
		      "e\n"),
	SLICE_LITERAL("Dear John, all is well here.\n"),
	SLICE_LITERAL("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
	SLICE_LITERAL("\x30\x82\5\x10\6\t*\x86H\x86\xf7\r\1\7\2"),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct filetype *filetype;
static int file = -1;
static unsigned asked, programs, hidden, known;
static uint32_t random_state = 0x9e3779b9;

static uint32_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static struct type_marks marks_of(struct slice type, size_t count)
{
	struct pattern pattern = {.kind = PATTERN_TYPE, .text = type};
	struct patterns rules = {.list = &pattern, .count = count};

	return type_marks_of(&rules, NOTHING_HERE);
}

static void fail_on(struct slice bytes, struct slice mime)
{
	print_error("%.*s excluded, but it begins with", SLICE_ARGS(mime));
	for (size_t i = 0; i < bytes.len && i < 100; i++)
		print_error(" %02x", bytes.data[i]);
	fail_msg("%zu bytes", bytes.len);
}

/* The bytes as qmvc-open would answer for them, against the marks. */
static void check(struct slice bytes)
{
	struct slice mime = SLICE_EMPTY, text;
	struct type_marks own, none = marks_of(SLICE_EMPTY, 0);

	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(pwrite(file, bytes.data, bytes.len, 0), (ssize_t)bytes.len);
	if (filetype_read(filetype, file, &mime, &text))
		return;
	asked++;
	own = marks_of(mime, 1);
	known += own.known;
	if (own.known && !type_marks_fit(&own, bytes))
		fail_on(bytes, mime);
	if (type_marks_fit(&none, bytes)) {
		programs += filetype_is_program(slice_first(bytes, HEAD), mime);
		return;
	}
	hidden++;
	if (slice_eq_cstr(mime, "application/encrypted") ||
		filetype_is_program(slice_first(bytes, HEAD), mime))
		fail_on(bytes, mime);
}

/* A few bytes else, a piece of another sample, a hole, an end; mostly where libmagic looks. */
static void alter(unsigned char *bytes, size_t *len)
{
	const size_t early = *len < 512 ? *len : 512;
	const struct slice other = samples[next_random() % COUNT(samples)];
	size_t at = next_random() % early;

	switch (next_random() % 6) {
	case 0:
		bytes[at % 8] = (unsigned char)next_random();
		break;
	case 1:
		for (unsigned i = 0; i < 4; i++)
			bytes[next_random() % early] = (unsigned char)next_random();
		break;
	case 2:
		memcpy(bytes, other.data, other.len < *len ? other.len : *len);
		break;
	case 3:
		memcpy(bytes + at, other.data, other.len < *len - at ? other.len : *len - at);
		break;
	case 4:
		*len = 1 + next_random() % early;
		break;
	default:
		memmove(bytes, bytes + at % 16, *len - at % 16);
		break;
	}
}

static void check_versions(struct slice bytes, unsigned count)
{
	cleanup_free unsigned char *altered = malloc(SIZE);

	bytes = slice_first(bytes, SIZE);
	check(bytes);
	for (unsigned i = 0; i < count && bytes.len > 0; i++) {
		size_t len = bytes.len;

		memcpy(altered, bytes.data, bytes.len);
		for (unsigned times = 1 + next_random() % 3; times > 0; times--)
			alter(altered, &len);
		check(slice_make(altered, len));
	}
}

/* Each sample alone, with zeros and with letters behind it. */
static void samples_and_what_becomes_of_them(void **state)
{
	static unsigned char bytes[1024];

	for (size_t i = 0; i < COUNT(samples); i++) {
		check(samples[i]);
		for (unsigned letters = 0; letters < 2; letters++) {
			for (size_t at = 0; at < sizeof(bytes); at++)
				bytes[at] = letters ? (at % 60 ? 'a' + at % 26 : '\n') : 0;
			memcpy(bytes, samples[i].data, samples[i].len);
			check_versions(slice_make(bytes, sizeof(bytes)), ALTERED);
		}
	}
	/* Most of them are programs, and some are none: else nothing was shown. */
	assert_true(programs > asked / 4);
	assert_true(hidden > asked / 10);
	assert_true(known > programs / 2);
}

static void put_entry(unsigned char *entry, const char *name, unsigned char kind)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		entry[2 * i] = (unsigned char)name[i];
	entry[64] = (unsigned char)(2 * len + 2);
	entry[66] = kind;
	memset(entry + 68, 0xff, 12);
	memset(entry + 116, 0xff, 4);
}

/* An Office document with a password (MS-CFB, MS-OFFCRYPTO): header, FAT, and a directory of two. */
static void a_document_with_a_password(void **state)
{
	static const struct slice header = SLICE_LITERAL(
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3e\0\3\0"
		"\xfe\xff\x09\0\6\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\x10\0\0"
		"\xfe\xff\xff\xff\0\0\0\0\xfe\xff\xff\xff\0\0\0\0\0\0\0\0");
	static const struct slice chains = SLICE_LITERAL("\xfd\xff\xff\xff\xfe\xff\xff\xff");
	unsigned char bytes[1536] = {0};
	struct slice mime = SLICE_EMPTY, text;

	memset(bytes + header.len, 0xff, 1024 - header.len);
	memcpy(bytes, header.data, header.len);
	memcpy(bytes + 512, chains.data, chains.len);
	put_entry(bytes + 1024, "Root Entry", 5);
	put_entry(bytes + 1152, "EncryptedPackage", 2);
	check_versions(slice_make(bytes, sizeof(bytes)), ALTERED);
	check(slice_make(bytes, sizeof(bytes)));
	assert_int_equal(filetype_read(filetype, file, &mime, &text), 0);
	assert_slice(mime, "application/encrypted");
}

/* Any first byte, and each of libmagic's early places in what begins like nothing. */
static void marks_further_in(void **state)
{
	static const struct {
		size_t at;
		struct slice mark;
	} places[] = {
		{0x171, SLICE_LITERAL("MICROSOFT PIFEX\0")},
		{252, SLICE_LITERAL("Must have DOS version")},
		{34, SLICE_LITERAL("UPX!")},
		{35, SLICE_LITERAL("UPX!")},
		{0x3c, SLICE_LITERAL("W Collis\0\0")},
		{257, SLICE_LITERAL("ustar")},
	};
	unsigned char bytes[1024];

	for (unsigned first = 0; first < 256; first++)
		for (size_t i = 0; i <= COUNT(places); i++) {
			memset(bytes, i % 2 ? ' ' : 1, sizeof(bytes));
			bytes[0] = (unsigned char)first;
			if (i < COUNT(places))
				memcpy(bytes + places[i].at, places[i].mark.data,
					places[i].mark.len);
			check(slice_make(bytes, sizeof(bytes)));
		}
	for (size_t at = 0; at < 80; at++) {
		memset(bytes, 0x90, sizeof(bytes));
		memcpy(bytes + at, "\xcd\x21", 2);
		check(slice_make(bytes, sizeof(bytes)));
		memcpy(bytes + at, "\xfc\x57\xf3\xa5\xc3", 5);
		check(slice_make(bytes, sizeof(bytes)));
	}
	for (unsigned i = 0; i < 2000; i++) {
		for (size_t at = 0; at < HEAD * 2; at++)
			bytes[at] = (unsigned char)next_random();
		check(slice_make(bytes, HEAD * 2));
	}
}

static void check_files(const char *folder, unsigned *left, unsigned depth)
{
	cleanup_dir DIR *list = opendir(folder);
	struct dirent *entry;

	while (list && *left > 0 && (entry = readdir(list))) {
		char path[PATH_MAX];
		unsigned char *bytes;
		cleanup_fd int fd = -1;
		ssize_t got;

		if (entry->d_name[0] == '.' || snprintf(path, sizeof(path), "%s/%s", folder,
						       entry->d_name) >= (int)sizeof(path))
			continue;
		if (entry->d_type == DT_DIR && depth > 0)
			check_files(path, left, depth - 1);
		if (entry->d_type != DT_REG || (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
			continue;
		bytes = malloc(SIZE);
		got = bytes ? read(fd, bytes, SIZE) : -1;
		if (got > 0) {
			check_versions(slice_make(bytes, (size_t)got), 3);
			--*left;
		}
		free(bytes);
	}
}

static void files_of_this_host(void **state)
{
	const char *corpus = getenv("QMVC_CORPUS");
	unsigned left = FROM_HOST;

	check_files("/usr/bin", &left, 0);
	left = FROM_HOST;
	check_files("/usr/share", &left, 3);
	left = FROM_CORPUS;
	if (corpus)
		check_files(corpus, &left, 4);
}

static int prepare(void **state)
{
	struct error error = {0};

	file = memfd_create("test", MFD_CLOEXEC);
	/* The libmagic of this host is another than was read: then nothing is excluded. */
	if (!marks_of(SLICE_EMPTY, 0).known)
		exit(77);
	return file < 0 || filetype_new(false, &filetype, &error);
}

static int tidy(void **state)
{
	filetype_free(filetype);
	close(file);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_and_what_becomes_of_them),
		cmocka_unit_test(a_document_with_a_password),
		cmocka_unit_test(marks_further_in),
		cmocka_unit_test(files_of_this_host),
	};

	return cmocka_run_group_tests(tests, prepare, tidy);
}
