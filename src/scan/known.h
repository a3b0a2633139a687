/*
 * What scanners(8) and vupdate(8) know about engines without asking them: which ones are the same
 * engine by another door, what each costs, where its daemon is found, what updates its patterns.
 */
#ifndef QMVC_SCAN_KNOWN_H
#define QMVC_SCAN_KNOWN_H

#include "base/arena.h"
#include "control/scanner_list.h"

struct known_engine {
	const char *word;    /* of the first field: what stands before ':', or the plug-in's name */
	const char *family;  /* engines of one family find the same */
	const char *name;    /* the full name, for people */
	const char *initial; /* proposed */
	const char *options; /* fifth field of a line */
	const char *update;  /* NAME of the update_NAME that serves it, or NULL */
};

/* In the order of what a mail costs: daemons, what is built in, programs. */
extern const struct known_engine known_engines[];
extern const size_t known_engine_count;

/* First fields of the lines for daemons where their packages put them, NULL-terminated. */
extern const char *const known_places[];

/* The word of a first field: "clamd" of "clamd:/x", "fsav" of "fsav". */
struct slice known_word(const char *engine);

/* The row for a first field, or NULL: an engine that is not known. */
const struct known_engine *known_engine(const char *engine);

/*
 * Is the socket file at `path` there, and put there by somebody to be trusted? In a directory where
 * everybody may make one, only root's is.
 */
bool known_socket(const char *path);

/* Does directory `path` hold signatures that ClamAV would load? */
bool known_signatures(const char *path);

/* The LocalSocket of a clamd.conf(5), in the arena; NULL: none is set, or no file. */
const char *known_clamd_socket(struct arena *arena, const char *conf);

/* The plug-ins av_NAME of `directory`: their NAMEs, sorted, NULL-terminated, in the arena. 0 or errno. */
int known_plugins(struct arena *arena, const char *directory, const char ***names);

#endif
