/*
 * The control file `scanners` for a way of asking; see bench_rewrite.h. It is an administrator's file: his
 * comments, options and blank lines stay as he wrote them.
 */
#include "programs/bench_rewrite.h"

#include "base/cleanup.h"
#include "control/syntax.h"

#include <errno.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A scanner's line with the comments directly above it, as lines of the file, from 1. */
struct block {
	unsigned first, last;
	struct slice text; /* newline included, but for the last line of a file without */
};

struct rewriting {
	struct block blocks[SCANNERS_MAX];
	unsigned order[SCANNERS_MAX]; /* which block comes at the place of block N */
	unsigned count;
	struct buf *out;
	bool sequential, has_mode;
};

/* Takes the next line with its end. */
static struct slice take(struct slice *rest)
{
	size_t end = slice_find_byte(*rest, '\n', 0);
	struct slice line = slice_first(*rest, end < rest->len ? end + 1 : end);

	*rest = slice_from(*rest, line.len);
	return line;
}

static bool is_comment(struct slice line)
{
	return line.len > 0 && line.data[0] == '#';
}

/* Nothing that a reader of the file minds. */
static bool is_blank(struct slice line)
{
	return slice_trim(line).len == 0;
}

/* Is it a line that was put out of use by a `#`, as samples are? Then it is about itself. */
static bool is_put_out(struct slice line)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;
	struct error error = {0};
	struct slice rest = is_comment(line) ? slice_from(line, 1) : SLICE_EMPTY;

	return !is_blank(rest) && !is_comment(slice_trim(rest)) &&
	       scanner_list_parse(&arena, slice_trim(rest), "", &list, &error) == 0;
}

/* A mark is in front of the file, and not of what its first line is. */
static struct slice behind_mark(struct slice text)
{
	return slice_from(
		text, slice_starts(text, BYTE_ORDER_MARK) ? sizeof(BYTE_ORDER_MARK) - 1 : 0);
}

/* The comments above a line are contiguous in memory with it: so is the block. */
static void find_blocks(
	struct rewriting *rewriting, const struct scanner_list *list, struct slice text)
{
	struct slice rest = text, line;
	const unsigned char *begin = text.data;
	unsigned number = 0, first = 1;

	while (rest.len > 0) {
		line = take(&rest);
		number++;
		for (unsigned i = 0; i < list->count; i++)
			if (list->scanners[i].line == number)
				rewriting->blocks[i] = (struct block){first, number,
					slice_make(begin, (size_t)(line.data + line.len - begin))};
		if (!is_comment(line) || is_put_out(line)) {
			begin = line.data + line.len;
			first = number + 1;
		}
	}
}

static int place_of(const struct scanner_list *list, const char *initial)
{
	for (unsigned i = 0; i < list->count; i++)
		if (strcmp(list->scanners[i].initial, initial) == 0)
			return (int)i;
	return -1;
}

static void find_order(struct rewriting *rewriting, const struct bench_data *data,
	const struct bench_way *way, const struct scanner_list *list)
{
	bool taken[SCANNERS_MAX] = {false};
	unsigned count = 0;

	/* All at once their order means nothing, so it stays. */
	for (unsigned i = 0; way->sequential && i < data->scanner_count; i++) {
		int place = place_of(list, data->scanners[way->order[i]].initial);

		if (place < 0 || taken[place])
			continue;
		taken[place] = true;
		rewriting->order[count++] = (unsigned)place;
	}
	for (unsigned i = 0; i < list->count; i++)
		if (!taken[i])
			rewriting->order[count++] = i;
	rewriting->count = count;
}

static void add_line(struct buf *out, struct slice line)
{
	buf_add(out, line);
	if (line.len > 0 && line.data[line.len - 1] != '\n')
		buf_add_cstr(out, "\n");
}

/* Is this line mode=? */
static bool is_mode(struct slice line)
{
	struct slice field, key, value;

	return syntax_item(&line, SYNTAX_FIELD, &field) && syntax_pair(field, &key, &value) &&
	       slice_eq_nocase_cstr(key, "mode");
}

static void add_mode(struct rewriting *rewriting)
{
	buf_add_cstr(
		rewriting->out, rewriting->sequential ? "mode=sequential\n" : "mode=concurrent\n");
	rewriting->has_mode = true;
}

/* Everything but the blocks, which come where one was. */
static void write_lines(struct rewriting *rewriting, bool same_mode, struct slice text)
{
	struct slice rest = text, line;

	for (unsigned number = 1; rest.len > 0; number++) {
		unsigned in = 0;

		line = take(&rest);
		while (in < rewriting->count && (number < rewriting->blocks[in].first ||
							number > rewriting->blocks[in].last))
			in++;
		if (in < rewriting->count) {
			if (number == rewriting->blocks[in].last)
				add_line(rewriting->out,
					rewriting->blocks[rewriting->order[in]].text);
		} else if (is_mode(line) && !same_mode) {
			add_mode(rewriting);
		} else {
			add_line(rewriting->out, line);
		}
	}
}

int bench_rewrite(const struct bench_data *data, const struct bench_way *way,
	const struct scanner_list *list, struct slice text, struct buf *out)
{
	struct rewriting rewriting = {.out = out, .sequential = way->sequential};
	bool same_mode = way->sequential == list->sequential || data->scanner_count < 2;

	text = behind_mark(text);
	find_blocks(&rewriting, list, text);
	find_order(&rewriting, data, way, list);
	write_lines(&rewriting, same_mode, text);
	/* Without a line they are asked at once. */
	if (!same_mode && !rewriting.has_mode)
		add_mode(&rewriting);
	return out->failed ? -ENOMEM : 0;
}

int bench_rewrite_lines(struct slice text, struct buf *out)
{
	struct slice rest = behind_mark(text), line;
	cleanup_buf struct buf above = {0};

	while (slice_next_line(&rest, &line)) {
		bool is_above = is_comment(line) && !is_put_out(line);
		struct buf *to = is_above ? &above : out;

		if (!is_comment(line) && !is_blank(line))
			buf_add(out, buf_slice(&above));
		if (!is_above)
			buf_clear(&above);
		if (is_above || (!is_comment(line) && !is_blank(line))) {
			buf_add(to, line);
			buf_add_cstr(to, "\n");
		}
	}
	return out->failed || above.failed ? -ENOMEM : 0;
}
