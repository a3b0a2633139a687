/*
 * Which updates the scanners of a profile need. ClamAV's daemon, its library and its programs read
 * the same signatures, so that three lines of `scanners` may be one run of freshclam; and a daemon on
 * another host is updated there.
 */
#include "programs/vupdate.h"
#include "scan/known.h"

#include <errno.h>

/* Is one of its addresses on this host? */
static bool is_here(const struct scanner_config *config)
{
	for (unsigned i = 0; i < config->address_count; i++) {
		const struct scanner_address *address = &config->addresses[i];

		if (address->path || slice_starts(slice_cstr(address->host), "127.") ||
			strcmp(address->host, "::1") == 0 ||
			slice_eq_nocase_cstr(slice_cstr(address->host), "localhost"))
			return true;
	}
	return config->address_count == 0;
}

/* The update that serves a scanner. */
static struct update find_update(const struct scanner_config *config)
{
	const struct known_engine *known = known_engine(config->engine);
	struct update update = {0};

	if (config->kind == SCANNER_PROCESS && config->plugin[0] == '/')
		update.why_none = "a plug-in by its path has no update_NAME";
	else if (!is_here(config))
		update.why_none = "is on another host, and updated there";
	else if (known && !known->update)
		update.why_none = "is updated by who runs it";
	else
		update.plugin = known ? known->update : config->plugin;
	if (config->kind == SCANNER_LIBCLAMAV)
		update.database = config->database;
	return update;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add(struct updates *updates, const struct scanner_config *config)
{
	struct update update = find_update(config);

	for (unsigned i = 0; i < updates->count && update.plugin; i++) {
		struct update *other = &updates->list[i];

		if (same_text(other->plugin, update.plugin) &&
			same_text(other->database, update.database)) {
			other->scanners[other->count++] = config;
			return;
		}
	}
	update.scanners[update.count++] = config;
	updates->list[updates->count++] = update;
}

static bool is_called(const struct scanner_config *config, const char *name)
{
	return slice_eq_nocase_cstr(slice_cstr(config->initial), name) ||
	       slice_eq_nocase_cstr(slice_cstr(config->engine), name) ||
	       slice_eq_nocase_cstr(known_word(config->engine), name);
}

int vupdate_plan(const struct asking *asking, char *const *names, struct updates *updates,
	struct error *error)
{
	const struct scanner_list *scanners = &asking->scanners;
	bool wanted[SCANNERS_MAX] = {false};

	for (char *const *name = names; *name; name++) {
		bool any = false;

		for (unsigned i = 0; i < scanners->count; i++) {
			if (!is_called(&scanners->scanners[i], *name))
				continue;
			wanted[i] = any = true;
		}
		if (!any)
			return error_set(error, -EINVAL, "'%s': %s lists no such scanner", *name,
				scanners->path);
	}
	for (unsigned i = 0; i < scanners->count; i++)
		if (wanted[i] || !*names)
			add(updates, &scanners->scanners[i]);
	return 0;
}
