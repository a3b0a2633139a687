/*
 * The lists of strings, names, types and rules, parsed: what the conditions look for. Formats:
 * qmvc-control(5). Parsing checks what can be checked without running anything (regular
 * expressions are compiled by the conditions, and by `qmvc -t` through them).
 */
#ifndef QMVC_CONTROL_PATTERNS_H
#define QMVC_CONTROL_PATTERNS_H

#include "base/arena.h"
#include "base/error.h"

enum pattern_kind {
	PATTERN_STRING,	 /* badsubjects, badbodytexts: the line itself */
	PATTERN_REGEX,	 /* /.../: text holds what is between the slashes */
	PATTERN_COMMAND, /* |command:code: text is the command, code the exit code that meets */
	PATTERN_NAME,	 /* badfilenames, whitelist, neverblock: name or wildcard (*, ?, [...]) */
	PATTERN_TYPE,	 /* badmimetypes, noscantypes: MIME type, type/ *, or description prefix */
	PATTERN_IMPORT,	 /* badloadertypes: import:NAME, text is NAME */
	PATTERN_MAGIC,	 /* badloadertypes: magic:HEX, text is the bytes */
};

struct pattern {
	enum pattern_kind kind;
	struct slice text;
	unsigned code; /* PATTERN_COMMAND */
	unsigned line; /* in the file, from 1 */
};

struct patterns {
	const char *path; /* the file, for messages */
	struct pattern *list;
	size_t count;
};

/*
 * What a file's lines may be; each parser returns 0, -EINVAL (*error set) or -ENOMEM. Texts borrow
 * from `text`, but for PATTERN_MAGIC, whose bytes are the arena's. White space at the end of a line
 * is taken off, blanks in front count in strings only.
 */
int patterns_parse_subjects(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);
int patterns_parse_bodytexts(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);
int patterns_parse_names(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);
int patterns_parse_addresses(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);
int patterns_parse_types(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);
int patterns_parse_loaders(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);

/*
 * Does the wildcard `pattern` (*, ?, [a-z], [!a-z]; ASCII without case) match all of name? `?` and
 * a set stand for one UTF-8 character, or one byte that is none. A `[` without its `]` is itself, a
 * backslash too. The work is at most pattern.len times name.len. (wildcard.c)
 */
bool pattern_matches_name(struct slice pattern, struct slice name);

#endif
