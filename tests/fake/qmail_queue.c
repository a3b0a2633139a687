/*
 * Stands in for qmail-queue(8): reads the message on descriptor 0 to its end, then the envelope on
 * descriptor 1, and keeps both as NUMBER.message and NUMBER.envelope in the directory
 * $QMVC_TEST_QUEUE. What stands there in the file `mode` makes it fail:
 *
 *	exit CODE	reads both, keeps nothing, exits so
 *	kill SIGNAL	reads the message, and dies of it
 *	murder SIGNAL	reads the message, and kills who called it
 *	hang		reads the message, and waits for ever
 *	unread CODE	exits at once without reading
 *
 * Behind a mode may stand ` for N`: the first N mails are taken as always.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_all(int from, int to)
{
	static char room[65536];
	ssize_t got;

	while ((got = read(from, room, sizeof(room))) > 0)
		if (write(to, room, (size_t)got) != got)
			_exit(53);
	if (got < 0)
		_exit(54);
}

static int make(const char *directory, unsigned number, const char *what)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%u.%s", directory, number, what);
	return open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
}

static void read_mode(const char *directory, char *word, int *value, unsigned *behind)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/mode", directory);
	file = fopen(path, "r");
	if (!file)
		return;
	if (fscanf(file, "%15s", word) != 1)
		_exit(81);
	if (strcmp(word, "hang") != 0 && fscanf(file, "%d", value) != 1)
		_exit(81);
	if (fscanf(file, " for %u", behind) != 1)
		*behind = 0;
	fclose(file);
}

int main(void)
{
	const char *directory = getenv("QMVC_TEST_QUEUE");
	char word[16] = "";
	int value = 0, message = -1;
	unsigned behind = 0, number = 0;

	if (!directory)
		return 61;
	read_mode(directory, word, &value, &behind);
	do
		message = make(directory, ++number, "message");
	while (message < 0 && errno == EEXIST);
	if (message < 0)
		return 62;
	if (number <= behind)
		*word = '\0';
	if (strcmp(word, "unread") == 0)
		return value;
	read_all(0, message);
	if (strcmp(word, "kill") == 0)
		raise(value);
	if (strcmp(word, "murder") == 0) {
		kill(getppid(), value);
		return 53;
	}
	while (strcmp(word, "hang") == 0)
		pause();
	if (strcmp(word, "exit") == 0)
		return value;
	read_all(1, make(directory, number, "envelope"));
	return 0;
}
