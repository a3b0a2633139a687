/*
 * The file `scanners`: up to four engines in meaningful order, each with its options, and the
 * key=value lines that hold for all. Format: qmvc-scanners(5).
 */
#ifndef QMVC_CONTROL_SCANNER_LIST_H
#define QMVC_CONTROL_SCANNER_LIST_H

#include "base/arena.h"
#include "base/error.h"

#define SCANNERS_MAX 4

enum scanner_kind {
	SCANNER_PROCESS,   /* NAME or /absolute/path: runs av_NAME (or the path) */
	SCANNER_CLAMD,	   /* clamd:PATH[,PATH...] or clamd:HOST:PORT[,...] */
	SCANNER_LIBCLAMAV, /* libclamav[:DBDIR] */
	SCANNER_SSSP,	   /* sssp:PATH, sssp:HOST:PORT: Sophos' SAVDI */
	SCANNER_FSAVD,	   /* fsavd:PATH: F-Secure's daemon */
	SCANNER_TROPHIE,   /* trophie:PATH: Trend Micro's, sophie too */
	SCANNER_ICAP,	   /* icap://HOST[:PORT][,...][/SERVICE[?ARGUMENTS]] */
};

enum on_fail {
	ON_FAIL_DEFER,
	ON_FAIL_IGNORE,
	ON_FAIL_BLOCK,
};

/* A unix socket (path set) or a host and port. */
struct scanner_address {
	const char *path;
	const char *host;
	unsigned port;
};

struct scanner_config {
	enum scanner_kind kind;
	const char *engine;		   /* first field as written */
	const char *plugin;		   /* SCANNER_PROCESS: NAME, or an absolute path */
	struct scanner_address *addresses; /* daemons: one or more, tried in turn */
	unsigned address_count;
	const char *service;  /* SCANNER_ICAP: with its arguments, without the slash in front */
	const char *database; /* SCANNER_LIBCLAMAV: directory, NULL for libclamav's own default */
	char initial[8];      /* one to seven letters or digits: the key in the log, unique */
	const char *name, *comment;
	unsigned timeout_ms; /* default 30000 */
	enum on_fail on_fail;
	uint64_t max_size;   /* bytes; 0: no bound. clamd: 25M unless given */
	const char *group;   /* group=NAME, or NULL */
	unsigned resident_s; /* SCANNER_LIBCLAMAV: resident=S, default 600; 0: one helper a mail */
	unsigned line;
};

struct scanner_list {
	const char *path;
	struct scanner_config scanners[SCANNERS_MAX];
	unsigned count;
	bool sequential;      /* mode=sequential */
	unsigned deadline_ms; /* deadline=S: all scanners together, default 60000 */
};

/* Does it read the objects as files by itself? Then there has to be a work tree. */
static inline bool scanner_reads_files(const struct scanner_config *scanner)
{
	return scanner->kind == SCANNER_PROCESS || scanner->kind == SCANNER_FSAVD ||
	       scanner->kind == SCANNER_TROPHIE;
}

/* Does any of the list? */
bool scanner_list_reads_files(const struct scanner_list *list);
/* The group that may read the work tree: that of the first which reads files and names one. */
const char *scanner_list_group(const struct scanner_list *list);

/*
 * Returns 0, -EINVAL with *error set (a fifth scanner, an initial given twice, an unknown option
 * or kind), -ENOMEM.
 */
int scanner_list_parse(struct arena *arena, struct slice text, const char *path,
	struct scanner_list *list, struct error *error);

#endif
