/*
 * A regular tar (open/tar_layout.h); see unpack.h. Nothing in it is packed, and all of it was seen to
 * be there, so there is nothing that could be damaged.
 */
#include "base/cleanup.h"
#include "helpers/unpack.h"
#include "open/tar_layout.h"

#include <errno.h>

static bool send_name(struct unpack_sink *sink, const struct tar_member *member)
{
	cleanup_buf struct buf name = {0};

	if (member->prefix.len == 0)
		return sink_name(sink, member->name);
	buf_add(&name, member->prefix);
	buf_add_byte(&name, '/');
	if (buf_add(&name, member->name)) {
		sink->failed = -ENOMEM;
		return false;
	}
	return sink_name(sink, buf_slice(&name));
}

void tar_unpack(struct slice bytes, struct unpack_sink *sink)
{
	struct tar_member member;
	struct tar tar;

	tar_begin(&tar, bytes);
	while (tar_next(&tar, &member) == TAR_MEMBER)
		if (!sink_member(sink, OPEN_MEMBER_NAMED) || !send_name(sink, &member) ||
			!sink_data(sink, member.data))
			return;
}
