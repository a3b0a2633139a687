/*
 * badmailfrom as a text, and the entries in it that blockvirussender(8) has written.
 */
#ifndef QMVC_PROGRAMS_BLOCK_LIST_H
#define QMVC_PROGRAMS_BLOCK_LIST_H

#include "base/buf.h"
#include "programs/block_senders.h"
#include "report/calendar.h"

/* So many entries of ours there are at most: qmail-smtpd reads them all for each connection. */
#define BLOCK_MAX 500

enum block_fate {
	BLOCK_KEPT,    /* as it stands */
	BLOCK_RENEWED, /* still sending */
	BLOCK_ADDED,
	BLOCK_EXPIRED,
	BLOCK_UNDONE,
	BLOCK_FREED,   /* block_refused() by now */
	BLOCK_CROWDED, /* BLOCK_MAX are worse */
	BLOCK_LEFT,    /* was to be added, but BLOCK_MAX are worse */
};

struct block_entry {
	struct slice address; /* as it stands there */
	int64_t since, until; /* days (calendar.h); gone from day `until` on */
	uint64_t mails;
	size_t begin, end; /* its two lines in the text; both 0 when it is new */
	enum block_fate fate;
};

struct block_list {
	struct slice text; /* all of badmailfrom */
	struct block_entry *entries;
	size_t count;
	struct block_names others; /* what the administrator blocks */
};

/* Finds our entries. Returns 0 or -ENOMEM; all borrows from `text` and the arena. */
int block_list_parse(struct arena *arena, struct slice text, struct block_list *list);

/*
 * Decides on every entry, and adds new ones; sets `refused` of senders. `today` and `days` say until
 * when a sender is blocked. Returns 0 or -ENOMEM.
 */
int block_list_update(struct arena *arena, const struct block_rules *rules,
	struct block_senders *senders, int64_t today, unsigned days, struct block_list *list);

/* The entry of ours for an address, ASCII case ignored; NULL when there is none. */
const struct block_entry *block_list_find(const struct block_list *list, struct slice address);

/* Marks the entries of `address`, or all when it is empty. */
void block_list_undo(struct block_list *list, struct slice address);

/* Is it in the file after block_list_render()? */
bool block_is_in(const struct block_entry *entry);
void block_list_render(const struct block_list *list, struct buf *out);

#endif
