/*
 * Outlook's winmail.dat (MS-OXTNEF) by libytnef; see unpack.h. An attachment has its bytes in one
 * attribute, or, when it is a mail or an object, in a property of another; its name stands in up to
 * three places, each of which some mail program believes.
 */
#include "base/cleanup.h"
#include "helpers/bytes.h"
#include "helpers/unpack.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <ytnef.h>

#define LIBRARY "libytnef.so.0"

/* In front of an object in a property: the identity of its class. */
#define CLASS_ID_SIZE 16u

/* MS-OXTNEF 2.1.3: signature and key; then level, identity and length before each attribute. */
#define HEADER_SIZE    6u
#define ATTRIBUTE_HEAD 9u
#define CHECKSUM_SIZE  2u
#define ATTRIBUTE_SIZE (ATTRIBUTE_HEAD + CHECKSUM_SIZE)

#define CALLS(X) X(TNEFInitialize) X(TNEFParseMemory) X(TNEFFree) X(MAPIFindProperty)

static struct library {
#define DECLARE(name) __typeof__(&name) name;
	CALLS(DECLARE)
#undef DECLARE
} yt;

int tnef_load(struct error *error)
{
	void *handle;
	int failed = unpack_load_library(LIBRARY, &handle, error);

	if (failed)
		return failed;
#define FIND(name) \
	yt.name = (__typeof__(&name))dlsym(handle, #name); \
	if (!yt.name) \
		return error_set(error, -ENOENT, "%s: no %s in it", LIBRARY, #name);
	CALLS(FIND)
#undef FIND
	return 0;
}

static struct slice property(Attachment *attachment, ULONG type, ULONG id)
{
	variableLength *found = yt.MAPIFindProperty(&attachment->MAPI, PROP_TAG(type, id));

	if (found == MAPI_UNDEFINED || !found || !found->data || found->size <= 0)
		return SLICE_EMPTY;
	return slice_make(found->data, (size_t)found->size);
}

/* Strings end at their NUL. */
static bool send_name(struct unpack_sink *sink, struct slice name)
{
	return sink_name(sink, slice_first(name, slice_find_byte(name, 0, 0)));
}

static bool send_names(Attachment *attachment, struct unpack_sink *sink)
{
	struct slice title = SLICE_EMPTY;
	struct slice full = property(attachment, PT_UNICODE, PR_ATTACH_LONG_FILENAME);

	if (attachment->Title.data && attachment->Title.size > 0)
		title = slice_make(attachment->Title.data, (size_t)attachment->Title.size);
	if (full.len == 0)
		full = property(attachment, PT_STRING8, PR_ATTACH_LONG_FILENAME);
	return send_name(sink, full) && send_name(sink, title) &&
	       send_name(sink, property(attachment, PT_STRING8, PR_ATTACH_FILENAME));
}

static bool send_member(Attachment *attachment, struct slice data, struct unpack_sink *sink)
{
	return sink_member(sink, OPEN_MEMBER_NAMED) && send_names(attachment, sink) &&
	       sink_data(sink, data);
}

static bool send_attachment(Attachment *attachment, struct unpack_sink *sink)
{
	struct slice object = property(attachment, PT_OBJECT, PR_ATTACH_DATA_OBJ);
	struct slice binary = property(attachment, PT_BINARY, PR_ATTACH_DATA_OBJ);
	struct slice file = SLICE_EMPTY;

	if (attachment->FileData.data && attachment->FileData.size > 0)
		file = slice_make(attachment->FileData.data, (size_t)attachment->FileData.size);
	if (file.len > 0 && !send_member(attachment, file, sink))
		return false;
	if (object.len > CLASS_ID_SIZE &&
		!send_member(attachment, slice_from(object, CLASS_ID_SIZE), sink))
		return false;
	return binary.len == 0 || send_member(attachment, binary, sink);
}

/*
 * Walks over the attributes and sets the checksum of each, which the library insists on and mail
 * programs pass over: a wrong one must not hide what follows. Returns where the last one ends.
 */
static size_t mend(unsigned char *bytes, size_t size)
{
	size_t at = HEADER_SIZE;

	for (;;) {
		struct slice rest = bytes_at(slice_make(bytes, size), at);
		const size_t len = bytes_le32(rest, 5);
		unsigned sum = 0;

		if (rest.len < ATTRIBUTE_SIZE || (rest.data[0] != 1 && rest.data[0] != 2) ||
			len > rest.len - ATTRIBUTE_SIZE)
			return at < size ? at : size;
		for (size_t i = 0; i < len; i++)
			sum += rest.data[ATTRIBUTE_HEAD + i];
		at += ATTRIBUTE_HEAD + len;
		bytes[at] = (unsigned char)sum;
		bytes[at + 1] = (unsigned char)(sum >> 8);
		at += CHECKSUM_SIZE;
	}
}

uint64_t tnef_unpack(struct slice bytes, struct unpack_sink *sink)
{
	TNEFStruct tnef = {0};
	Attachment *attachment;
	cleanup_free unsigned char *copy = malloc(bytes.len);
	size_t end;
	int result;

	if (!copy) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		return bytes.len;
	}
	memcpy(copy, bytes.data, bytes.len);
	end = mend(copy, bytes.len);
	yt.TNEFInitialize(&tnef);
	result = yt.TNEFParseMemory(copy, (long)bytes.len, &tnef);
	if (result != 0)
		sink->flags |= OPEN_FLAG_DAMAGED;
	for (attachment = tnef.starting_attach.next; attachment; attachment = attachment->next)
		if (!send_attachment(attachment, sink))
			break;
	yt.TNEFFree(&tnef);
	return end;
}
