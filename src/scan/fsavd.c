/*
 * fsavd, the daemon of F-Secure's scanner, as its clients speak with it (Samba, MailScanner, Exim):
 * lines of fields that are separated by TAB.
 *
 *	< DBVERSION 2018-12-21_08
 *	> PROTOCOL 5			< OK ...
 *	> CONFIGURE ARCHIVE 1, ...	< OK ...	one after the other
 *	> SCAN /path			< INFECTED /path NAME ENGINE, CLEAN /path, ..., OK Scan ok.
 *
 * It reads files, so the work tree has to be readable for it (group=). Clean is: CLEAN for the very
 * path that was asked about, the final OK, and nothing else but archives opened and closed.
 */
#include "scan/daemon.h"

#include <stdio.h>

#define LINE_MAX_LEN 8192

/*
 * What is set in each connection. Without the first three it would not look into what mails hold;
 * the others an old one may not know.
 */
static const struct {
	const char *command;
	bool needed;
} settings[] = {
	{"PROTOCOL\t5\n", true},
	{"CONFIGURE\tARCHIVE\t1\n", true},
	{"CONFIGURE\tMIME\t1\n", true},
	{"CONFIGURE\tMAXARCH\t5\n", false},
	{"CONFIGURE\tRISKWARE\t1\n", false},
	{"CONFIGURE\tSTOPONFIRST\t0\n", false},
	{"CONFIGURE\tFILTER\t0\n", false},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

struct fsavd {
	bool greeted;
	size_t set; /* settings answered; all: it may be asked */
	bool clean, other;
};

/* Takes the first field of *text, and the TAB behind it. */
static struct slice field(struct slice *text)
{
	size_t end = slice_find_byte(*text, '\t', 0);
	struct slice first = slice_first(*text, end);

	*text = slice_from(*text, end + 1);
	return first;
}

static enum daemon_step begin(struct daemon *daemon)
{
	(void)daemon;
	return DAEMON_MORE;
}

/* "2018-12-21_08": the day is a date. */
static void tell_version(struct daemon *daemon, struct slice version)
{
	static const char form[] = "dddd-dd-dd";
	size_t at = 0;
	char date[32];

	daemon_fact(daemon, FACT_PATTERNS, version);
	while (at < version.len && form[at] &&
		(form[at] == 'd' ? ascii_digit(version.data[at]) : version.data[at] == '-'))
		at++;
	if (form[at])
		return;
	snprintf(date, sizeof(date), "%.*sT00:00:00Z", SLICE_ARGS(slice_first(version, at)));
	daemon_fact(daemon, FACT_DATE, slice_cstr(date));
}

static enum daemon_step take_greeting(struct daemon *daemon, struct slice line)
{
	struct fsavd *fsavd = daemon->state;
	struct slice rest = line, first = field(&rest);

	if (!fsavd->greeted) {
		if (!slice_eq_cstr(first, "DBVERSION"))
			return DAEMON_NONSENSE;
		fsavd->greeted = true;
		tell_version(daemon, rest);
	} else {
		const char *command = settings[fsavd->set].command;

		if (!slice_eq_cstr(first, "OK") && !slice_eq_cstr(first, "ERROR"))
			return DAEMON_NONSENSE;
		if (slice_eq_cstr(first, "ERROR") && settings[fsavd->set].needed)
			return daemon_words(daemon, "refuses %.*s: %.*s",
				(int)strcspn(command, "\n"), command,
				SLICE_ARGS(slice_first(rest, 80)));
		fsavd->set++;
	}
	if (fsavd->set == SETTING_COUNT)
		return DAEMON_GREETED;
	daemon_send(daemon, slice_cstr(settings[fsavd->set].command));
	return DAEMON_MORE;
}

static enum daemon_step ask(struct daemon *daemon)
{
	struct fsavd *fsavd = daemon->state;

	fsavd->clean = fsavd->other = false;
	daemon_send(daemon, slice_cstr("SCAN\t"));
	daemon_send(daemon, slice_cstr(daemon->question.path));
	daemon_send(daemon, slice_cstr("\n"));
	return DAEMON_MORE;
}

/* What a line that begins so says of the file, an archive's member or a part of a mail in it. */
static bool read_finding(struct slice first, enum verdict *verdict)
{
	static const struct {
		const char *word;
		enum verdict verdict;
	} words[] = {
		{"INFECTED", VERDICT_INFECTED},
		{"RISKWARE", VERDICT_SUSPICIOUS},
		{"SUSPECTED", VERDICT_SUSPICIOUS},
		{"INFECTED_RISKWARE", VERDICT_SUSPICIOUS},
		{"INFECTED_SUSPECTED", VERDICT_SUSPICIOUS},
	};
	static const char *const prefixes[] = {"ARCHIVE_", "MIME_"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (slice_starts(first, prefixes[i]))
			first = slice_from(first, strlen(prefixes[i]));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_eq_cstr(first, words[i].word)) {
			*verdict = words[i].verdict;
			return true;
		}
	}
	return false;
}

static enum daemon_step take_answer(struct daemon *daemon, struct slice line)
{
	struct fsavd *fsavd = daemon->state;
	struct slice rest = line, first = field(&rest);
	enum verdict verdict;

	if (slice_eq_cstr(first, "OK"))
		return fsavd->clean && !fsavd->other ? DAEMON_CLEAN : DAEMON_ANSWERED;
	if (slice_eq_cstr(first, "ERROR"))
		return daemon_words(daemon, "%.*s", SLICE_ARGS(slice_first(line, 120)));
	if (slice_eq_cstr(first, "OPEN_ARCHIVE") || slice_eq_cstr(first, "CLOSE_ARCHIVE"))
		return DAEMON_MORE;
	if (slice_eq_cstr(first, "CLEAN")) {
		if (!slice_eq_cstr(field(&rest), daemon->question.path))
			return DAEMON_NONSENSE;
		fsavd->clean = true;
		return DAEMON_MORE;
	}
	fsavd->other = true;
	field(&rest); /* the file */
	if (slice_eq_cstr(first, "SCAN_FAILURE")) {
		daemon_failed(daemon, rest);
		return DAEMON_MORE;
	}
	if (!read_finding(first, &verdict))
		return DAEMON_NONSENSE;
	daemon_found(daemon, verdict, field(&rest));
	return DAEMON_MORE;
}

static enum daemon_step take(struct daemon *daemon, struct slice in, bool eof, size_t *used)
{
	const struct fsavd *fsavd = daemon->state;

	(void)eof;
	return daemon_lines(
		daemon, in, used, fsavd->set < SETTING_COUNT ? take_greeting : take_answer);
}

const struct daemon_protocol fsavd_protocol = {
	.state_size = sizeof(struct fsavd),
	.answer_max = LINE_MAX_LEN,
	.by_path = true,
	.begin = begin,
	.ask = ask,
	.take = take,
};
