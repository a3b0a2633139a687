/* The keys of a line of qmvc.log: one table for writing (log_entry.c) and reading (log_parse.c). */
#ifndef QMVC_RECORD_LOG_KEYS_H
#define QMVC_RECORD_LOG_KEYS_H

#include "record/log_entry.h"

enum log_kind {
	LOG_KIND_VERSION,
	LOG_KIND_TIME,
	LOG_KIND_TEXT,
	LOG_KIND_SENDER, /* as text, but the empty one is written <> */
	LOG_KIND_SIZE,
	LOG_KIND_NUMBER,
	LOG_KIND_MS,
	LOG_KIND_SCAN, /* from here on families: prefix.NAME=... for each scanner or stage */
	LOG_KIND_SPLIT,
	LOG_KIND_VIRUS,
	LOG_KIND_WAIT,
	LOG_KIND_EARLY,
	LOG_KIND_BREAKER,
	LOG_KIND_STAGE,
};

enum log_when {
	LOG_ALWAYS,
	LOG_IF_SET, /* left out when empty or zero */
};

struct log_key {
	struct slice name; /* of a family: with its dot */
	enum log_kind kind;
	enum log_when when;
	size_t offset; /* in struct log_entry; not of a family */
	size_t limit;  /* bytes shown of a text */
};

#define LOG_KEYS	25
#define LOG_KEYS_NEEDED 10 /* those that are LOG_ALWAYS */

/* In the order of writing. */
extern const struct log_key log_keys[LOG_KEYS];

static inline bool log_key_is_family(const struct log_key *key)
{
	return key->kind >= LOG_KIND_SCAN;
}

#endif
