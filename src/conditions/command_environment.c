/*
 * qmail-local's variables for a command; see command_environment.h. They are not handed on from our
 * own environment, which may hold more than qmail put there (PATH, LD_PRELOAD).
 */
#include "conditions/command_environment.h"

#include <time.h>

#include "base/buf.h"

#define VARIABLES_MAX 24

struct variables {
	struct arena *arena;
	const char **list;
	size_t count;
	bool failed;
};

static void add(struct variables *variables, const char *name, struct slice value)
{
	cleanup_buf struct buf line = {0};
	const char *text;

	buf_add_cstr(&line, name);
	buf_add_cstr(&line, "=");
	buf_add(&line, value);
	text = line.failed ? NULL : arena_cstr(variables->arena, buf_slice(&line));
	if (!text)
		variables->failed = true;
	else
		variables->list[variables->count++] = text;
}

/* HOST up to its last dot; without a dot all of it. */
static struct slice without_last_label(struct slice host)
{
	for (size_t i = host.len; i > 0; i--)
		if (host.data[i - 1] == '.')
			return slice_first(host, i - 1);
	return host;
}

/* The mbox line: white space in the sender becomes "-", the null sender is MAILER-DAEMON. */
static void add_ufline(struct variables *variables, struct slice sender, int64_t now_ms)
{
	cleanup_buf struct buf line = {0};
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm utc;
	char date[32] = "";

	if (gmtime_r(&seconds, &utc))
		strftime(date, sizeof(date), "%a %b %e %H:%M:%S %Y", &utc);
	if (sender.len == 0)
		sender = slice_cstr("MAILER-DAEMON");
	buf_add_cstr(&line, "From ");
	for (size_t i = 0; i < sender.len; i++) {
		unsigned char c = sender.data[i];

		buf_add_byte(&line, c == ' ' || c == '\t' || c == '\n' ? '-' : c);
	}
	buf_addf(&line, " %s\n", date);
	variables->failed |= line.failed;
	add(variables, "UFLINE", buf_slice(&line));
}

const char *const *command_environment(
	struct arena *arena, const struct envelope *envelope, int64_t now_ms)
{
	struct slice host2 = without_last_label(envelope->host);
	struct slice host3 = without_last_label(host2);
	const struct {
		const char *name;
		struct slice value;
	} values[] = {
		{"PATH", SLICE_LITERAL("/usr/local/bin:/usr/bin:/bin")},
		{"SENDER", envelope->sender},
		{"NEWSENDER", envelope->newsender},
		{"RECIPIENT", envelope->recipient},
		{"USER", envelope->user},
		{"HOME", slice_cstr(envelope->home)},
		{"HOST", envelope->host},
		{"HOST2", host2},
		{"HOST3", host3},
		{"HOST4", without_last_label(host3)},
		{"LOCAL", envelope->local},
		{"EXT", envelope->ext},
		{"EXT2", envelope->ext2},
		{"EXT3", envelope->ext3},
		{"EXT4", envelope->ext4},
		{"DTLINE", envelope->dtline},
		{"RPLINE", envelope->rpline},
	};
	struct variables variables = {
		.arena = arena,
		.list = arena_array(arena, VARIABLES_MAX, sizeof(char *)),
	};

	if (!variables.list)
		return NULL;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		add(&variables, values[i].name, values[i].value);
	/* Set only when the dot-qmail file's name ends in "default". */
	if (envelope->default_ext.data)
		add(&variables, "DEFAULT", envelope->default_ext);
	add_ufline(&variables, envelope->sender, now_ms);
	return variables.failed ? NULL : variables.list;
}
