/*
 * What is known of a resident qmvc-clamav: one record in the file that is its lock. Whoever starts
 * one takes the lock (flock(2)) and hands it on; the helper holds it for as long as it lives, and
 * writes down how far it is. So a record is believed together with the lock only: nobody who was
 * killed has to clear up.
 */
#ifndef QMVC_SCAN_RESIDENT_STATE_H
#define QMVC_SCAN_RESIDENT_STATE_H

#include <stdbool.h>
#include <sys/types.h>

#define RESIDENT_TEXT 200

enum resident_phase {
	RESIDENT_UNKNOWN, /* nothing that can be read */
	RESIDENT_LOADING,
	RESIDENT_READY,
	RESIDENT_FAILED, /* it could not load; text says why */
};

struct resident_state {
	bool alive; /* somebody holds the lock */
	enum resident_phase phase;
	pid_t pid;
	char text[RESIDENT_TEXT];
};

/* Writes the record, in one write; `text` is cut where it has to be. A failure is passed over. */
void resident_state_write(int lock, enum resident_phase phase, pid_t pid, const char *text);

/* Reads the record through a descriptor of one's own, not the holder's. */
void resident_state_read(int fd, struct resident_state *state);

#endif
