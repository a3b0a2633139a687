/*
 * Finds engines: daemons where their packages put them, the built-in libclamav when there are
 * signatures, and every plug-in. Only this host is asked, by unix sockets and the loopback address,
 * and only what every client of such a daemon would ask.
 */
#include "programs/scanners.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Where ClamAV's packages put the signatures, and the configuration of clamd. */
#define SIGNATURES "/var/lib/clamav"
static const char *const clamd_confs[] = {
	"/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamd.conf"};

static bool is_listed(const struct finding_engines *finding, const char *engine)
{
	for (size_t i = 0; i < finding->count; i++)
		if (slice_eq_cstr(slice_cstr(finding->list[i].engine), engine))
			return true;
	return false;
}

/*
 * Asks one and takes it into the list; `always`: also when it cannot be used. An engine that this
 * qmvc does not understand is an error only when it was named by somebody.
 */
static int try(struct finding_engines *finding, const char *engine, bool always, bool named,
	struct error *error)
{
	struct asking *asking = finding->asking;
	const struct known_engine *known = known_engine(engine);
	struct found found = {.engine = engine, .known = known};
	struct error unknown = {0};
	const char *line = arena_printf(&asking->arena, "%s;X;%s;;%s", engine,
		known ? known->name : "", known ? known->options : "timeout=60");
	int result;

	if (!line)
		return error_set_errno(error, -ENOMEM, "%s", engine);
	if (finding->count == FOUND_MAX || is_listed(finding, engine))
		return 0;
	found.config = asking_parse(asking, line, &unknown);
	/* A plug-in's file may be called anything. */
	if (found.config && strcmp(found.config->engine, engine) != 0)
		found.config = NULL;
	if (!found.config)
		return named ? error_set(error, -EINVAL, "%s", unknown.text) : 0;
	result = scan_ask(&asking->request, found.config, &found.facts);
	if (result < 0)
		return error_set_errno(error, result, "%s", engine);
	found.usable = result == 0;
	/* A daemon has answered; a plug-in may be nothing but a file. */
	found.tested = found.config->kind != SCANNER_PROCESS || found.facts->engine ||
		       found.facts->patterns;
	if (found.usable || always)
		finding->list[finding->count++] = found;
	return 0;
}

/* A daemon's place: a socket file that is not there, or a port that nobody listens at, is no news. */
static int try_place(struct finding_engines *finding, const char *place, struct error *error)
{
	const char *path = strchr(place, ':') + 1;

	if (*path == '/' && path[1] != '/') {
		/* /run and /var/run are the same directory nearly everywhere. */
		cleanup_free char *real = known_socket(path) ? realpath(path, NULL) : NULL;

		if (!real)
			return 0;
		place = arena_printf(
			&finding->asking->arena, "%.*s:%s", SLICE_ARGS(known_word(place)), real);
		if (!place)
			return error_set_errno(error, -ENOMEM, "%s", path);
		return try(finding, place, true, false, error);
	}
	return try(finding, place, false, false, error);
}

static bool has_usable(const struct finding_engines *finding, const char *family)
{
	for (size_t i = 0; i < finding->count; i++)
		if (finding->list[i].usable && finding->list[i].known &&
			strcmp(finding->list[i].known->family, family) == 0)
			return true;
	return false;
}

/*
 * libclamav would load all signatures to answer. Beside a clamd that has them loaded already that may
 * be more than the host's memory holds, and the answer would change nothing; so it is not asked.
 */
static int note_libclamav(struct finding_engines *finding, struct error *error)
{
	struct asking *asking = finding->asking;
	struct fact_collector collector = {.arena = &asking->arena};
	struct found found = {.engine = "libclamav", .known = known_engine("libclamav")};

	facts_collect(&collector, FACT_NOTE, "not asked, since clamd has the signatures loaded");
	found.config = asking_parse(asking, "libclamav;X;ClamAV built in;;", error);
	found.facts = collector.first;
	if (!found.config || !found.facts)
		return error_set_errno(error, -ENOMEM, "libclamav");
	found.usable = true;
	if (finding->count < FOUND_MAX)
		finding->list[finding->count++] = found;
	return 0;
}

static int try_known_places(struct finding_engines *finding, struct error *error)
{
	struct arena *arena = &finding->asking->arena;
	int result = 0;

	for (size_t i = 0; i < sizeof(clamd_confs) / sizeof(clamd_confs[0]) && !result; i++) {
		const char *path = known_clamd_socket(arena, clamd_confs[i]);
		const char *place = path ? arena_printf(arena, "clamd:%s", path) : NULL;

		if (place)
			result = try_place(finding, place, error);
	}
	for (size_t i = 0; known_places[i] && !result; i++)
		result = try_place(finding, known_places[i], error);
	if (!result && known_signatures(SIGNATURES))
		result = has_usable(finding, "clamav")
				 ? note_libclamav(finding, error)
				 : try(finding, "libclamav", true, false, error);
	return result;
}

static size_t cost(const struct found *found)
{
	return found->known ? (size_t)(found->known - known_engines) : known_engine_count;
}

/* In the order of what they cost; among equals, as they were found. */
static void sort(struct finding_engines *finding)
{
	for (size_t i = 1; i < finding->count; i++) {
		struct found found = finding->list[i];
		size_t at = i;

		for (; at > 0 && cost(&finding->list[at - 1]) > cost(&found); at--)
			finding->list[at] = finding->list[at - 1];
		finding->list[at] = found;
	}
}

int scanners_find(struct finding_engines *finding, struct error *error)
{
	struct asking *asking = finding->asking;
	const char **plugins = NULL;
	int result = known_plugins(&asking->arena, asking->profile.scanners, &plugins);

	if (result < 0 && result != -ENOENT)
		return error_set_errno(error, result, "%s", asking->profile.scanners);
	finding->list = arena_array(&asking->arena, FOUND_MAX, sizeof(*finding->list));
	if (!finding->list)
		return error_set_errno(error, -ENOMEM, "looking for engines");
	result = 0;
	for (unsigned i = 0; i < finding->place_count && !result; i++)
		result = try(finding, finding->places[i], true, true, error);
	if (!result && finding->place_count == 0)
		result = try_known_places(finding, error);
	for (; plugins && *plugins && !result; plugins++)
		result = try(finding, *plugins, true, false, error);
	sort(finding);
	return result;
}
