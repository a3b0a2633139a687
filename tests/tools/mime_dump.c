/*
 * mime_dump FILE DIR: reads FILE by the principal rules, writes each leaf's decoded bytes to
 * DIR/INDEX and prints one JSON line for each part. For the tests that compare our reading with
 * those of other programs. "-" for DIR prints only.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "message/message.h"

#include <errno.h>
#include <fcntl.h>

static void print_string(const char *key, struct slice s)
{
	printf("\"%s\": \"", key);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = s.data[i];

		/* Latin-1, as code points: the reader gives bytes, and JSON knows none. */
		if (c < ' ' || c > 126 || c == '"' || c == '\\')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	printf("\", ");
}

static int write_leaf(const char *dir, const struct part *part)
{
	char path[4096];
	cleanup_fd int fd = -1;

	snprintf(path, sizeof(path), "%s/%u", dir, part->index);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	return fd_write_all(fd, part->content.bytes);
}

static void print_part(const struct part *part)
{
	printf("{\"index\": %u, \"parent\": %d, \"depth\": %u, \"origin\": %d, \"flags\": %u, ",
		part->index, part->parent, part->depth, (int)part->origin, part->flags);
	printf("\"header_flags\": %u, ", part->header.flags);
	print_string("type", part->type);
	print_string("subtype", part->subtype);
	print_string("charset", part->charset);
	print_string("boundary", part->boundary);
	if (part->name_count > 0)
		print_string("name", part->names[0]);
	printf("\"encoding\": %d, \"attachment\": %s, \"leaf\": %s, \"bytes\": %zu}\n",
		(int)part->encoding, part->is_attachment ? "true" : "false",
		part->is_leaf ? "true" : "false", part->content.bytes.len);
}

int main(int argc, char **argv)
{
	struct limits limits = limits_default();
	struct error error = {0};
	struct message message;
	cleanup_fd int fd = argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	uint64_t begun;
	int failed;

	if (fd < 0) {
		fprintf(stderr, "usage: mime_dump FILE DIR\n");
		return 2;
	}
	limits.parts = 100000;
	limits.depth = 100;
	failed = message_open(&message, fd, "/tmp", &error);
	begun = clock_us();
	if (!failed)
		failed = message_read(&message, &limits, "/tmp", &error);
	if (failed) {
		fprintf(stderr, "mime_dump: %s\n", error.text);
		return 1;
	}
	fprintf(stderr, "%zu bytes, %llu us\n", message.bytes.len,
		(unsigned long long)(clock_us() - begun));
	for (size_t i = 0; i < message.reading.count; i++) {
		const struct part *part = &message.reading.parts[i];

		print_part(part);
		if (part->is_leaf && strcmp(argv[2], "-") != 0 && write_leaf(argv[2], part)) {
			perror(argv[2]);
			return 1;
		}
	}
	message_release(&message);
	return 0;
}
