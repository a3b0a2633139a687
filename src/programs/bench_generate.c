/* Mails out of nothing, for hosts without a corpus; see bench_mails.h. */
#include "programs/bench_mails.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>

#define BOUNDARY "=_qmvcbench"
/* In two pieces, so that no scanner finds it in this program. */
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
#define EICAR_TAIL "ANTIVIRUS-TEST-FILE!$H+H*"

enum kind {
	KIND_PLAIN,
	KIND_HTML,
	KIND_ATTACHMENT,
	KIND_EICAR,
};

/* Of twenty mails in a row. */
static const enum kind kinds[20] = {KIND_PLAIN, KIND_HTML, KIND_ATTACHMENT, KIND_PLAIN, KIND_HTML,
	KIND_PLAIN, KIND_ATTACHMENT, KIND_HTML, KIND_PLAIN, KIND_ATTACHMENT, KIND_EICAR, KIND_PLAIN,
	KIND_HTML, KIND_ATTACHMENT, KIND_PLAIN, KIND_HTML, KIND_PLAIN, KIND_ATTACHMENT, KIND_HTML,
	KIND_ATTACHMENT};
static const unsigned sizes[] = {1u << 10, 10u << 10, 60u << 10, 200u << 10, 1u << 20};

/* Knuth's MMIX generator: the same mails each time. */
static unsigned roll(uint64_t *dice)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*dice >> 33);
}

static void put_words(FILE *out, uint64_t *dice, unsigned lines)
{
	static const char *const vocabulary[] = {"the", "mail", "of", "monday", "and", "its",
		"report", "for", "you", "please", "find", "attached", "our", "invoice", "regards",
		"meeting"};

	for (unsigned i = 0; i < lines; i++)
		for (unsigned word = 0; word < 10; word++)
			fprintf(out, "%s%c", vocabulary[roll(dice) % 16], word < 9 ? ' ' : '\n');
}

/* Every byte there is: 57 of them in a line of 76. */
static void put_attachment(FILE *out, uint64_t *dice, unsigned size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (unsigned lines = size / 57 + 1; lines > 0; lines--) {
		for (unsigned i = 0; i < 76; i++)
			fputc(digits[roll(dice) & 63], out);
		fputc('\n', out);
	}
}

static void put_part(FILE *out, const char *name, const char *encoding)
{
	fprintf(out,
		"\n--" BOUNDARY "\nContent-Type: application/octet-stream; name=\"%s\"\n"
		"Content-Transfer-Encoding: %s\n"
		"Content-Disposition: attachment; filename=\"%s\"\n\n",
		name, encoding, name);
}

static void put_body(FILE *out, enum kind kind, unsigned number, uint64_t *dice)
{
	if (kind == KIND_HTML) {
		fputs("Content-Type: text/html; charset=utf-8\n\n<html><body><p>\n", out);
		put_words(out, dice, 20 + roll(dice) % 200);
		fputs("</p></body></html>\n", out);
		return;
	}
	if (kind != KIND_PLAIN)
		fputs("Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n--" BOUNDARY
		      "\n",
			out);
	fputs("Content-Type: text/plain; charset=utf-8\n\n", out);
	put_words(out, dice, 2 + roll(dice) % 60);
	if (kind == KIND_PLAIN)
		return;
	if (kind == KIND_EICAR) {
		put_part(out, "eicar.com", "7bit");
		fputs(EICAR_HEAD EICAR_TAIL, out);
	} else {
		put_part(out, "data.bin", "base64");
		put_attachment(out, dice, sizes[number % (sizeof(sizes) / sizeof(sizes[0]))]);
	}
	fputs("\n--" BOUNDARY "--\n", out);
}

static int make(const char *path, unsigned number)
{
	cleanup_file FILE *out = fopen(path, "wxe");
	uint64_t dice = number;

	if (!out)
		return -errno;
	fprintf(out,
		"From: Alice <alice@example.org>\nTo: Bob <bob@example.net>\n"
		"Subject: Mail %u of the bench\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n"
		"Message-ID: <%u.bench@example.org>\nMIME-Version: 1.0\n",
		number, number);
	put_body(out, kinds[number % 20], number, &dice);
	return fflush(out) || ferror(out) ? -EIO : 0;
}

int bench_mails_generate(
	struct bench_mails *mails, const char *folder, unsigned count, struct error *error)
{
	for (unsigned i = 0; i < count; i++) {
		cleanup_free char *path = NULL;
		int result;

		if (asprintf(&path, "%s/%06u", folder, i) < 0)
			path = NULL;
		result = path ? make(path, i) : -ENOMEM;
		if (result)
			return error_set_errno(error, result, "cannot make mails in %s", folder);
	}
	return bench_mails_add(mails, folder, error);
}
