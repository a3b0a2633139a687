/* The record of a resident helper; see resident_state.h. Its length is fixed: it is never half old. */
#include "scan/resident_state.h"

#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define RECORD 256

static const char *const words[] = {
	[RESIDENT_UNKNOWN] = "unknown",
	[RESIDENT_LOADING] = "loading",
	[RESIDENT_READY] = "ready",
	[RESIDENT_FAILED] = "failed",
};

void resident_state_write(int lock, enum resident_phase phase, pid_t pid, const char *text)
{
	char record[RECORD + 1];
	int len = snprintf(record, RECORD, "%s %ld %.*s", words[phase], (long)pid,
		RESIDENT_TEXT - 1, text);

	for (int i = 0; i < len; i++)
		if (record[i] == '\n')
			record[i] = ' ';
	memset(record + len, ' ', (size_t)(RECORD - len));
	record[RECORD - 1] = '\n';
	if (pwrite(lock, record, RECORD, 0) != RECORD)
		return; /* what is read then does not count */
}

void resident_state_read(int fd, struct resident_state *state)
{
	char record[RECORD + 1] = "", word[16];
	size_t len;
	long pid;
	int at = 0;

	*state = (struct resident_state){0};
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		state->alive = true;
	else
		flock(fd, LOCK_UN);
	if (pread(fd, record, RECORD, 0) != RECORD ||
		sscanf(record, "%15s %ld %n", word, &pid, &at) < 2)
		return;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			state->phase = (enum resident_phase)i;
	state->pid = (pid_t)pid;
	len = strlen(record + at);
	while (len > 0 && (record[at + (int)len - 1] == ' ' || record[at + (int)len - 1] == '\n'))
		len--;
	snprintf(state->text, sizeof(state->text), "%.*s", (int)len, record + at);
}
