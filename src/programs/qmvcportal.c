/*
 * qmvcportal(8): one page over the pages of all accounts that qmail delivers to. It reads what they
 * publish (a line each), makes links to it, and writes its page beside them: no log is read, and no
 * right is needed but to look and to write into the current directory.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/escape.h"

#include <errno.h>

#define NAMES_TOLD	3
#define COMPLAINTS_TOLD 5

static const char usage[] =
	"usage: qmvcportal [-c] [-d NAME] [BASEDIR]\n"
	"       qmvcportal -V | -h\n"
	"\n"
	"Writes qmvcportal.html into the current directory: all accounts that qmail's\n"
	"virtualdomains and users/assign lead to, and the home itself (BASEDIR), each with its\n"
	"last day and a link to its pages.\n"
	"\n"
	"  -c       quiet, for cron: one line when something needs care, else nothing\n"
	"  -d NAME  stands above the page and in front of its file name\n"
	"\n"
	"Exit code: 0, 1 something needs care, 2 usage, or nothing could be read or written.\n"
	"See qmvcportal(8).\n";

void portal_complain(struct portal *portal, const struct buf *text)
{
	portal->complaints.failed |= text->failed;
	if (portal->complaint_count++ >= COMPLAINTS_TOLD)
		return;
	if (portal->complaints.len > 0)
		buf_add_cstr(&portal->complaints, "; ");
	buf_add(&portal->complaints, buf_slice(text));
}

static void add_name(
	struct buf *out, const struct portal_account *account, const struct latest *latest)
{
	escape_add(out, slice_cstr(*account->label ? account->label : "the default profile"));
	if (latest->name.len == 0)
		return;
	buf_add_cstr(out, ": ");
	escape_add(out, latest->name);
}

/* "5 of 12 reports are older than two days: bob, bob: example.org, alice and 2 more". */
static void complain_of_old(struct portal *portal)
{
	cleanup_buf struct buf names = {0}, text = {0};
	unsigned count = 0, old = 0;

	for (size_t i = 0; i < portal->count; i++) {
		const struct portal_account *account = &portal->accounts[i];

		for (unsigned j = 0; j < account->latest_count; j++, count++) {
			if (!portal_is_old(portal, &account->latest[j]) || old++ >= NAMES_TOLD)
				continue;
			buf_add_cstr(&names, old > 1 ? ", " : "");
			add_name(&names, account, &account->latest[j]);
		}
	}
	if (old == 0)
		return;
	buf_addf(&text, "%u of %u reports are older than two days: ", old, count);
	buf_add(&text, buf_slice(&names));
	if (old > NAMES_TOLD)
		buf_addf(&text, " and %u more", old - NAMES_TOLD);
	text.failed |= names.failed;
	portal_complain(portal, &text);
}

static void add_complaints(struct buf *line, struct portal *portal)
{
	buf_add_cstr(line, "qmvcportal: ");
	buf_add(line, buf_slice(&portal->complaints));
	if (portal->complaint_count > COMPLAINTS_TOLD)
		buf_addf(line, "; and %u more", portal->complaint_count - COMPLAINTS_TOLD);
	buf_add_byte(line, '\n');
}

/* Without -c also that all is well. Returns the exit code, or a negative errno. */
static int tell(struct portal *portal, struct error *error)
{
	bool care = portal->complaint_count > 0;
	cleanup_buf struct buf line = {0};
	size_t shown = 0;

	for (size_t i = 0; i < portal->count; i++)
		shown += portal->accounts[i].state == PORTAL_SHOWN;
	if (care)
		add_complaints(&line, portal);
	else if (!portal->reporting.quiet)
		buf_addf(&line, "qmvcportal: %zu of %zu accounts have pages\n", shown,
			portal->count);
	if (line.failed || portal->complaints.failed)
		return error_set_errno(error, -ENOMEM, "cannot print");
	if (fd_write_all(STDOUT_FILENO, buf_slice(&line)))
		return error_set(error, -EIO, "cannot print");
	return care ? EXIT_CARE : EXIT_WELL;
}

static int work(struct portal *portal, struct error *error)
{
	int result;

	portal->reporting.for_all = true;
	result = reporting_begin(&portal->reporting, true, error);
	if (result == 0)
		result = portal_accounts_read(portal, error);
	if (result == 0)
		result = portal_links_make(portal, error);
	if (result == 0)
		result = portal_pages_write(portal, error);
	if (result)
		return result;
	complain_of_old(portal);
	return tell(portal, error);
}

int main(int argc, char **argv)
{
	const struct reporting_program program = {
		.name = "qmvcportal", .usage = usage, .letters = ":cd:hV"};
	struct portal portal = {0};
	struct error error = {0};
	int result = reporting_parse(argc, argv, &program, &portal.reporting, &error);

	if (result == 0)
		result = work(&portal, &error);
	else if (result > 0)
		result = EXIT_WELL;
	buf_release(&portal.complaints);
	reporting_end(&portal.reporting);
	return result < 0 ? reporting_fail(&program, &error) : reporting_flush(&program, result);
}
