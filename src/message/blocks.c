/*
 * Files that stand in a text without MIME's knowing: uuencode, yEnc and BinHex blocks. Some mail
 * programs still show them as attachments. The text is gone through once; a block is taken off it
 * only when what follows its first line looks like one, so that "begin 755 ..." in prose does not
 * count.
 */
#include "message/names.h"
#include "message/reader.h"
#include "message/transfer.h"

#include <errno.h>

static int add_block(struct reader *reader, int parent, enum part_origin origin,
	enum transfer_encoding encoding, struct slice block)
{
	static const struct slice application = SLICE_LITERAL("application");
	static const struct slice octets = SLICE_LITERAL("octet-stream");
	struct reading *reading = reader->reading;
	struct slice name = SLICE_EMPTY;
	struct part *part;
	int index, error;

	if (!reader_may_descend(reader, parent))
		return 0;
	error = reader_add(reader, parent, origin, &index);
	if (error || index < 0)
		return error;
	part = &reading->parts[index];
	part->raw = part->body = block;
	part->type = application;
	part->subtype = octets;
	part->encoding = encoding;
	part->is_attachment = true;
	part->is_leaf = true;
	error = reader_decode(reader, index, &name);
	if (error || name.len == 0)
		return error;
	return names_add(&reading->arena, name, &part->names, &part->name_count);
}

static bool blank(struct slice line)
{
	return slice_trim(line).len == 0;
}

/*
 * Does a uuencode block follow? Then *rest is moved behind it: behind "end", or before the first
 * line that is no data.
 */
static bool take_uuencode(struct slice *rest, bool base64)
{
	struct slice at = *rest, line;
	bool any = false;

	while (slice_next_line(&at, &line)) {
		if (base64 ? slice_starts(line, "====") : slice_eq_cstr(slice_trim(line), "end")) {
			any = true;
			*rest = at;
			break;
		}
		if (base64 ? !blank(line) && base64_table[line.data[0]] > BASE64_PAD
			   : !blank(line) && !uuencode_is_data(line))
			break;
		any |= !blank(line);
		*rest = at;
	}
	return any;
}

static void take_through(struct slice *rest, const char *last)
{
	struct slice line;

	while (slice_next_line(rest, &line))
		if (slice_starts(line, last))
			return;
}

/* The colon that ends a BinHex block is the second one; the block may fill many lines. */
static void take_binhex(struct slice *rest)
{
	size_t first = slice_find_byte(*rest, ':', 0);
	size_t second = slice_find_byte(*rest, ':', first + 1);

	*rest = slice_from(*rest, second + 1);
}

int blocks_find(struct reader *reader, int parent, struct slice text)
{
	struct slice rest = text, line;

	reader->reading->work += text.len;
	while (!reader->full && slice_next_line(&rest, &line)) {
		enum part_origin origin;
		enum transfer_encoding encoding;
		struct slice name;
		size_t begun;
		bool base64;
		int error;

		if (line.len < 10)
			continue;
		if (line.data[0] == 'b' && uuencode_is_begin(line, &name, &base64)) {
			if (!take_uuencode(&rest, base64))
				continue;
			origin = PART_UUENCODE;
			encoding = TRANSFER_UUENCODE;
		} else if (line.data[0] == '=' && slice_starts(line, "=ybegin ")) {
			take_through(&rest, "=yend");
			origin = PART_YENC;
			encoding = TRANSFER_YENC;
		} else if (line.data[0] == '(' &&
			   slice_starts_nocase(line, "(This file must be converted with BinHex")) {
			take_binhex(&rest);
			origin = PART_BINHEX;
			encoding = TRANSFER_BINHEX;
		} else {
			continue;
		}
		begun = (size_t)(line.data - text.data);
		error = add_block(reader, parent, origin, encoding,
			slice_first(slice_from(text, begun), text.len - rest.len - begun));
		if (error)
			return error;
	}
	return 0;
}
