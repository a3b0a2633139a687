/*
 * Kept mail, read back: what keep.h wrote, for qmvc-release(8). Its directories may lie in a home
 * of a user who means ill, so nothing that a name or a link says is believed: entries are opened by
 * their names in the open directory, links are not followed, and what belongs to another uid is not
 * read.
 */
#ifndef QMVC_REACT_KEPT_H
#define QMVC_REACT_KEPT_H

#include "base/error.h"
#include "record/rep_record.h"

#define KEPT_ID_SIZE 21 /* of pipeline/id.h, NUL included */

struct kept {
	const char *name; /* of its directory in SAVE: [SENDER.]ID[.XXXXXXXX] */
	const char *path; /* SAVE/NAME */
	char id[KEPT_ID_SIZE];
	int64_t time_ms;	  /* when it was kept, as its id has it */
	uint64_t bytes;		  /* message and result */
	struct rep_record record; /* no fields when it cannot be read */
	struct slice released;	  /* a line "TIME ADDRESS" for each time */
	const char *wrong;	  /* why it cannot be read or released, NULL */
};

struct kept_list {
	int save;	    /* the directory SAVE, or -1 when there is none */
	struct kept *items; /* the oldest first */
	size_t count;
};

/*
 * Takes the id out of a directory's name. False: it is not one of keep_mail()'s names, and nobody's
 * business here.
 */
bool kept_id(const char *name, char id[KEPT_ID_SIZE]);

/* The time in an id, in milliseconds since the epoch. */
int64_t kept_id_time(const char *id);

/*
 * Reads all of SAVE into the arena. One that is not there holds nothing. Returns 0, or a negative
 * errno with *error set: -EPERM when SAVE is not ours alone. An entry that cannot be read is in the
 * list, and says why. kept_list_release() in any case.
 */
int kept_list_read(
	const char *save, struct arena *arena, struct kept_list *list, struct error *error);
void kept_list_release(struct kept_list *list);

/* The value of the first such field, or the empty slice. */
struct slice kept_field(const struct kept *kept, const char *name);

/*
 * The one of `count` that `word` means: its path, its directory's name, its id or the beginning of
 * that. Returns its index, -ENOENT, or -EEXIST when there are several.
 */
long kept_find(const struct kept *const *items, size_t count, const char *word);

/*
 * Opens the message for reading. Returns the descriptor, owned by the caller, or a negative errno:
 * -ELOOP, -EINVAL, -EPERM when something else stands in its place.
 */
int kept_open_message(int dir);

/* Opens the directory of an entry. Returns the descriptor or a negative errno. */
int kept_open(const struct kept_list *list, const struct kept *kept);

/*
 * As kept_open(), for somebody who means to change it, and alone (flock(2)). -EWOULDBLOCK: another
 * one is at it. -ENOENT: it was there, and is no longer.
 */
int kept_take(const struct kept_list *list, const struct kept *kept);

/* Was it released? 1, 0 or a negative errno. */
int kept_is_released(int dir);
/* It has been, to `address`: durable when this returns. 0 or a negative errno. */
int kept_mark_released(int dir, int64_t now_ms, struct slice address);

/*
 * Removes the entry, `dir` being taken; not durably, for a mail that a crash brings back is not
 * lost. Returns 0 or a negative errno; the message goes first, so what is left of it after a crash
 * can be removed again, and nothing else.
 */
int kept_remove(const struct kept_list *list, const struct kept *kept, int dir);

/* Removes what writers that died more than a day ago left half-written. */
void kept_sweep(const struct kept_list *list, int64_t now_ms);

#endif
