/*
 * The marks of types; see type_marks.h. They were read out of the rules of file(1) 5.39 to 5.48 (its Magdir
 * and C code): of each rule that leads to a type, by itself or by `use`, the test of its first level,
 * and nothing of what stands behind it. A place is taken wider where that costs nothing. What makes this
 * sound, whatever the order in which libmagic weighs its rules:
 *
 *	- Rules are tested on the bytes as they are, but for rules for text: those see what libmagic takes
 *	  for text in a charset it knows, converted. Of text are batch files and scripts, which begin with
 *	  "@" and "#!": so what one of these is in any of the charsets is a mark.
 *	- `indirect` begins anew in the middle of a file, and any type may come out: the first tests of the
 *	  rules that have it count for every type.
 *	- Built into libmagic are tar, JSON, CSV, SIMH, whose types are not in the table, ELF, and OLE
 *	  documents, whose types (MSI, application/encrypted) depend on what is in them.
 *	- Nothing is unpacked (filetype.c), and an administrator's own rules end all this.
 */
#include "open/type_marks.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The versions of libmagic whose rules were read, as MAGIC_VERSION has them. */
#define MAGIC_OLDEST 539
#define MAGIC_NEWEST 548

/* More than comments is not expected in a file of local rules: a longer one has some. */
#define LOCAL_MAX 4096

enum group {
	ANY, /* programs, scripts, OLE documents, and what may be anything */
	SHORTCUT,
	HTML_HELP,
	JAVA_ARCHIVE,
	SEVEN_ZIP,
	RAR,
	GZIP,
	BZIP2,
	XZ,
	CABINET,
	DISC,
};

static const struct {
	const char *type;
	enum group group;
} types[] = {
	{"application/x-dosexec", ANY},
	{"application/vnd.microsoft.portable-executable", ANY},
	{"application/x-ms-ne-executable", ANY},
	{"application/x-ms-dos-executable", ANY},
	{"application/x-executable", ANY},
	{"application/x-pie-executable", ANY},
	{"application/x-sharedlib", ANY},
	{"application/x-mach-binary", ANY},
	{"application/x-java-applet", ANY},
	{"application/x-msi", ANY},
	{"application/encrypted", ANY},
	{"application/x-ms-shortcut", SHORTCUT},
	{"application/vnd.ms-htmlhelp", HTML_HELP},
	{"application/java-archive", JAVA_ARCHIVE},
	{"application/x-7z-compressed", SEVEN_ZIP},
	{"application/x-rar", RAR},
	{"application/vnd.rar", RAR},
	{"application/gzip", GZIP},
	{"application/x-gzip", GZIP},
	{"application/x-bzip2", BZIP2},
	{"application/x-xz", XZ},
	{"application/vnd.ms-cab-compressed", CABINET},
	{"application/x-iso9660-image", DISC},
	{"text/x-msdos-batch", ANY},
	{"text/x-shellscript", ANY},
};

/* The bytes stand at one of the offsets from..to. */
static const struct mark {
	enum group group;
	size_t from, to;
	struct slice bytes;
} table[] = {
	/* Programs: DOS and Windows, with COM files by the first instruction or an early interrupt; */
	{ANY, 0, 0, SLICE_LITERAL("MZ")},
	{ANY, 0, 0, SLICE_LITERAL("ZM")},
	{ANY, 0, 0, SLICE_LITERAL("\x8c")},
	{ANY, 0, 0, SLICE_LITERAL("\xb8")},
	{ANY, 0, 0, SLICE_LITERAL("\xe9")},
	{ANY, 0, 0, SLICE_LITERAL("\xeb")},
	{ANY, 0, 0, SLICE_LITERAL("\x81\xfc")},
	{ANY, 0, 80, SLICE_LITERAL("\xcd\x21")},
	{ANY, 0, 32, SLICE_LITERAL("\xfc\x57\xf3")},
	{ANY, 0, 64, SLICE_LITERAL("UPX!")},
	{ANY, 0x3c, 0x3c, SLICE_LITERAL("W Collis")},
	{ANY, 252, 252, SLICE_LITERAL("Must have DOS version")},
	{ANY, 0x171, 0x171, SLICE_LITERAL("MICROSOFT PIFEX")},
	/* ELF; Mach-O of both byte orders and of several processors; Java. */
	{ANY, 0, 0, SLICE_LITERAL("\177ELF")},
	{ANY, 0, 0, SLICE_LITERAL("\xfe\xed\xfa")},
	{ANY, 1, 1, SLICE_LITERAL("\xfa\xed\xfe")},
	{ANY, 0, 0, SLICE_LITERAL("\xca\xfe\xba")},
	{ANY, 1, 1, SLICE_LITERAL("\xba\xfe\xca")},
	/* Scripts and batch files: ASCII and all that has it for its half, EBCDIC, UTF-7, */
	{ANY, 0, 0, SLICE_LITERAL("#")},
	{ANY, 0, 0, SLICE_LITERAL("@")},
	{ANY, 0, 0, SLICE_LITERAL("{")},
	{ANY, 0, 0, SLICE_LITERAL("|")},
	{ANY, 0, 0, SLICE_LITERAL("+")},
	/* UTF-8 with a mark in front, or with a letter that is longer than it has to be, */
	{ANY, 0, 0, SLICE_LITERAL("\xef\xbb\xbf")},
	{ANY, 0, 0, SLICE_LITERAL("\xc0")},
	{ANY, 0, 0, SLICE_LITERAL("\xc1")},
	{ANY, 0, 0, SLICE_LITERAL("\xe0")},
	{ANY, 0, 0, SLICE_LITERAL("\xf0")},
	{ANY, 0, 0, SLICE_LITERAL("\xf8")},
	{ANY, 0, 0, SLICE_LITERAL("\xfc")},
	/* UTF-16 and UTF-32. */
	{ANY, 0, 0, SLICE_LITERAL("\xff")},
	{ANY, 0, 0, SLICE_LITERAL("\xfe\xff")},
	{ANY, 0, 0, SLICE_LITERAL("\0")},
	/* OLE documents. */
	{ANY, 0, 0, SLICE_LITERAL("\xd0\xcf\x11\xe0")},
	/* `indirect`, as far as a first byte of 0 or 255 does not say it. */
	{ANY, 1, 1, SLICE_LITERAL("\0\0\0")},		/* tplink */
	{ANY, 1, 1, SLICE_LITERAL("\x2a\x4d\x18")},	/* compress: skippable frames */
	{ANY, 0, 0, SLICE_LITERAL("\xfe\xef")},		/* archive: Ghost */
	{ANY, 0, 64, SLICE_LITERAL("SZDD\x88\xf0")},	/* archive */
	{ANY, 0, 65600, SLICE_LITERAL("DWARFS")},	/* dwarfs */
	{ANY, 0, 0, SLICE_LITERAL("xar!")},		/* archive */
	{ANY, 0, 0, SLICE_LITERAL("ID3")},		/* audio */
	{ANY, 0, 0, SLICE_LITERAL("AUDIMG")},		/* audio */
	{ANY, 0, 0, SLICE_LITERAL("BSDIFF40")},		/* diff */
	{ANY, 0, 0, SLICE_LITERAL("SBMBAKUP")},		/* filesystems */
	{ANY, 0, 0, SLICE_LITERAL("DOSEMU")},		/* filesystems */
	{ANY, 0, 0, SLICE_LITERAL("PNCIHISK")},		/* filesystems */
	{ANY, 0, 0, SLICE_LITERAL("ClamAV-VDB:")},	/* fsav */
	{ANY, 0, 0, SLICE_LITERAL("PACK")},		/* games, pack */
	{ANY, 0, 0, SLICE_LITERAL("BA")},		/* images: OS/2 */
	{ANY, 0, 0, SLICE_LITERAL("\xb1\x68\xde\x3a")}, /* images: DCX, in both byte orders */
	{ANY, 0, 0, SLICE_LITERAL("\x3a\xde\x68\xb1")},
	{ANY, 0, 0, SLICE_LITERAL("IIO2H")},		/* images */
	{ANY, 0, 0, SLICE_LITERAL("KpGr")},		/* map */
	{ANY, 0, 0, SLICE_LITERAL("\xc5\xd0\xd3\xc6")}, /* printer */
	{ANY, 0, 0, SLICE_LITERAL("PSDB")},		/* sql */
	{ANY, 0, 0, SLICE_LITERAL("1giM")},		/* windows */
	{ANY, 0, 0, SLICE_LITERAL("$SDI")},		/* windows */
	/* One type each. Of the first two filetype.c knows more than older versions do. */
	{SHORTCUT, 0, 0, SLICE_LITERAL("L\0\0\0")},
	{HTML_HELP, 0, 0, SLICE_LITERAL("ITSF")},
	{JAVA_ARCHIVE, 0, 0, SLICE_LITERAL("PK\3\4")},
	{SEVEN_ZIP, 0, 0, SLICE_LITERAL("7z")},
	{RAR, 0, 0, SLICE_LITERAL("Rar!")},
	{RAR, 0, 0, SLICE_LITERAL("RE\x7e\x5e")},
	{GZIP, 0, 0, SLICE_LITERAL("\x1f\x8b")},
	{BZIP2, 0, 0, SLICE_LITERAL("BZh")},
	{XZ, 0, 0, SLICE_LITERAL("\xfd\x37")},
	{CABINET, 0, 0, SLICE_LITERAL("MSCF")},
	{DISC, 32769, 32769, SLICE_LITERAL("CD001")},
	{DISC, 37633, 37633, SLICE_LITERAL("CD001")},
	{DISC, 339969, 339969, SLICE_LITERAL("CD001")},
	{DISC, 0, 0, SLICE_LITERAL("RIFF")},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool has_rules(struct slice text)
{
	struct slice line;

	while (slice_next_line(&text, &line)) {
		line = slice_trim(line);
		if (line.len > 0 && line.data[0] != '#')
			return true;
	}
	return false;
}

/* Has the administrator told libmagic more than it knows? Yes, where that cannot be seen. */
static bool is_extended(const char *local)
{
	char compiled[PATH_MAX], text[LOCAL_MAX];
	cleanup_fd int fd = -1;
	ssize_t got;

	if (snprintf(compiled, sizeof(compiled), "%s.mgc", local) >= (int)sizeof(compiled) ||
		access(compiled, F_OK) == 0 || errno != ENOENT)
		return true;
	fd = open(local, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno != ENOENT;
	got = read(fd, text, sizeof(text));
	return got < 0 || got == sizeof(text) || has_rules(slice_make(text, (size_t)got));
}

bool type_marks_cover(int magic_version)
{
	return magic_version >= MAGIC_OLDEST && magic_version <= MAGIC_NEWEST;
}

static bool add_type(struct slice rule, uint32_t *groups)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (slice_eq_nocase_cstr(rule, types[i].type)) {
			*groups |= UINT32_C(1) << types[i].group;
			return true;
		}
	return false;
}

struct type_marks type_marks_of(const struct patterns *rules, const char *local)
{
	struct type_marks marks = {.groups = UINT32_C(1) << ANY};

	if (!type_marks_cover(QMVC_MAGIC_VERSION))
		return marks;
	/* An empty rule meets nothing. */
	for (size_t i = 0; i < rules->count; i++)
		if (rules->list[i].text.len > 0 && !add_type(rules->list[i].text, &marks.groups))
			return marks;
	marks.known = !is_extended(local);
	return marks;
}

static bool stands(struct slice bytes, const struct mark *mark)
{
	const struct slice place =
		slice_from(slice_first(bytes, mark->to + mark->bytes.len), mark->from);

	return slice_find(place, mark->bytes, 0) < place.len;
}

bool type_marks_fit(const struct type_marks *marks, struct slice bytes)
{
	if (!marks->known)
		return true;
	for (size_t i = 0; i < COUNT(table); i++)
		if ((marks->groups & UINT32_C(1) << table[i].group) && stands(bytes, &table[i]))
			return true;
	return false;
}
