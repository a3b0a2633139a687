/* The probes of `qmvc -t`; see probe.h. */
#include "scan/probe.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FLAG_ENCRYPTED 1
#define VERSION_NEEDED 20

static void le16(struct buf *out, unsigned value)
{
	buf_add_byte(out, (unsigned char)value);
	buf_add_byte(out, (unsigned char)(value >> 8));
}

static void le32(struct buf *out, uint32_t value)
{
	le16(out, value & 0xffff);
	le16(out, value >> 16);
}

/* What the local and the central header have in common: version to name length. */
static void describe(struct buf *out, size_t packed, size_t name_len)
{
	le16(out, VERSION_NEEDED);
	le16(out, FLAG_ENCRYPTED);
	le16(out, 0);	       /* stored */
	le32(out, 0x21 << 16); /* 1 January 1980, 00:00 */
	le32(out, 0x5a3c96e1); /* CRC, of anything */
	le32(out, (uint32_t)packed);
	le32(out, (uint32_t)packed - 12); /* without the encryption header */
	le16(out, (unsigned)name_len);
	le16(out, 0);
}

int probe_encrypted_zip(struct buf *out)
{
	static const struct slice name = SLICE_LITERAL("probe.txt");
	unsigned char noise[12 + 64];
	uint32_t state = 1;
	size_t start = out->len, directory;

	for (size_t i = 0; i < sizeof(noise); i++) {
		state = state * 1664525u + 1013904223u;
		noise[i] = (unsigned char)(state >> 24);
	}
	le32(out, 0x04034b50);
	describe(out, sizeof(noise), name.len);
	buf_add(out, name);
	buf_add(out, slice_make(noise, sizeof(noise)));

	directory = out->len - start;
	le32(out, 0x02014b50);
	le16(out, VERSION_NEEDED);
	describe(out, sizeof(noise), name.len);
	le16(out, 0); /* comment */
	le16(out, 0); /* disk */
	le16(out, 0);
	le32(out, 0);
	le32(out, 0); /* offset of the local header */
	buf_add(out, name);

	size_t end = out->len - start;

	le32(out, 0x06054b50);
	le32(out, 0);
	le16(out, 1);
	le16(out, 1);
	le32(out, (uint32_t)(end - directory));
	le32(out, (uint32_t)directory);
	le16(out, 0);
	return out->failed ? -ENOMEM : 0;
}

int probe_oversized_fd(void)
{
	cleanup_fd int fd = memfd_create("qmvc-probe", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, INT32_MAX) < 0)
		return -errno;
	return take_fd(&fd);
}

void probe_eicar(char text[PROBE_EICAR_SIZE])
{
	snprintf(text, PROBE_EICAR_SIZE, "%s%s%s", "X5O!P%@AP[4\\PZX54(P^)7CC)7}",
		"$EICAR-STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*");
}

int probe_eicar_pdf(struct buf *out)
{
	char eicar[PROBE_EICAR_SIZE];

	probe_eicar(eicar);
	return buf_addf(out,
		"%%PDF-1.4\n1 0 obj\n<</Type/EmbeddedFile/Length %zu>>\nstream\n%s\n"
		"endstream\nendobj\n%%%%EOF\n",
		strlen(eicar), eicar);
}
