/* The engines there are, and where they are found; see known.h. Sources: their packages and manuals. */
#include "scan/known.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fd.h"

#define CLAMD_CONF_MAX (256 * 1024)
#define PLUGINS_MAX    256

const struct known_engine known_engines[] = {
	/* daemons: they have their patterns loaded */
	{"clamd", "clamav", "ClamAV daemon", "C", "timeout=30", "clamscan"},
	{"fsavd", "fsecure", "F-Secure daemon", "F", "timeout=30", "fsav"},
	{"sssp", "sophos", "Sophos by SAVDI", "P", "timeout=30", "savscan"},
	{"trophie", "trend", "Trend Micro daemon", "T", "timeout=30", "vscan"},
	{"icap", "icap", "ICAP server", "N", "timeout=30", NULL},
	/* loaded once, for this profile's own mail */
	{"libclamav", "clamav", "ClamAV built in", "L", "timeout=60", "clamscan"},
	/* programs that ask a daemon */
	{"clamdscan", "clamav", "ClamAV by clamdscan", "D", "timeout=60", "clamscan"},
	{"fsav", "fsecure", "F-Secure", "F", "timeout=60", "fsav"},
	{"avscanner", "sophos", "Sophos Protection for Linux", "P", "timeout=60", "avscanner"},
	{"odscan", "eset", "ESET", "E", "timeout=60", "odscan"},
	{"kesl-control", "kaspersky", "Kaspersky", "K", "timeout=60", "kesl-control"},
	{"drweb-ctl", "drweb", "Dr.Web", "W", "timeout=60", "drweb-ctl"},
	{"scan", "avast", "Avast", "A", "timeout=60", "scan"},
	/* programs that load their patterns for every mail */
	{"cls", "eset", "ESET", "E", "timeout=60", "cls"},
	{"savscan", "sophos", "Sophos Anti-Virus", "P", "timeout=60", "savscan"},
	{"sweep", "sophos", "Sophos sweep", "P", "timeout=60", "sweep"},
	{"uvscan", "mcafee", "McAfee", "M", "timeout=60", "uvscan"},
	{"vscan", "trend", "Trend Micro", "T", "timeout=60", "vscan"},
	{"scancl", "avira", "Avira", "V", "timeout=60", "scancl"},
	{"inocucmd", "etrust", "InoculateIT", "I", "timeout=60", "inocucmd"},
	{"inocmd32", "etrust", "eTrust", "I", "timeout=60", "inocmd32"},
	{"clamscan", "clamav", "ClamAV command line", "S", "timeout=60", "clamscan"},
};
const size_t known_engine_count = sizeof(known_engines) / sizeof(known_engines[0]);

const char *const known_places[] = {
	"clamd:/run/clamav/clamd.ctl",	      /* Debian, Ubuntu */
	"clamd:/run/clamd.scan/clamd.sock",   /* Red Hat, Fedora */
	"clamd:/run/clamav/clamd.sock",	      /* Arch, Alpine */
	"clamd:/var/lib/clamav/clamd-socket", /* openSUSE */
	"clamd:127.0.0.1:3310",
	"fsavd:/var/run/.fsav",
	"fsavd:/tmp/.fsav-0",
	"sssp:/var/run/savdi/sssp.sock",
	"sssp:/var/run/sssp.sock",
	"sssp:127.0.0.1:4010",
	"trophie:/var/run/trophie",
	"icap://127.0.0.1:1344", /* c-icap's virus_scan */
	NULL,
};

struct slice known_word(const char *engine)
{
	struct slice all = slice_cstr(engine);

	return slice_first(all, slice_find_byte(all, ':', 0));
}

const struct known_engine *known_engine(const char *engine)
{
	struct slice word = known_word(engine);

	for (size_t i = 0; i < known_engine_count; i++)
		if (slice_eq_nocase_cstr(word, known_engines[i].word))
			return &known_engines[i];
	return NULL;
}

bool known_socket(const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *parent = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
	struct stat socket, directory;

	if (!parent || stat(path, &socket) < 0 || !S_ISSOCK(socket.st_mode) ||
		stat(parent, &directory) < 0)
		return false;
	return !(directory.st_mode & S_IWOTH) || socket.st_uid == 0;
}

bool known_signatures(const char *path)
{
	/* What libclamav's cl_load() takes most often; clamscan(1), --database. */
	static const char *const suffixes[] = {".cvd", ".cld", ".ndb", ".ndu", ".hdb", ".hsb",
		".mdb", ".msb", ".ldb", ".ldu", ".cud"};
	cleanup_dir DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
			if (slice_ends_nocase(slice_cstr(entry->d_name), suffixes[i]))
				return true;
	return false;
}

const char *known_clamd_socket(struct arena *arena, const char *conf)
{
	static const char key[] = "LocalSocket";
	cleanup_buf struct buf buf = {0};
	struct slice rest, line;

	if (fd_read_file(AT_FDCWD, conf, CLAMD_CONF_MAX, &buf) < 0)
		return NULL;
	rest = buf_slice(&buf);
	while (slice_next_line(&rest, &line)) {
		line = slice_trim(line);

		struct slice value = slice_from(line, sizeof(key) - 1);

		if (slice_starts_nocase(line, key) && value.len > 1 && ascii_blank(value.data[0]) &&
			slice_starts(slice_trim(value), "/"))
			return arena_cstr(arena, slice_trim(value));
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int known_plugins(struct arena *arena, const char *directory, const char ***names)
{
	const char **list = arena_array(arena, PLUGINS_MAX + 1, sizeof(*list));
	cleanup_dir DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	if (!dir)
		return -errno;
	while (count < PLUGINS_MAX && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "av_", 3) != 0 || !entry->d_name[3] ||
			faccessat(dirfd(dir), entry->d_name, X_OK, 0) < 0)
			continue;
		list[count] = arena_cstr(arena, slice_cstr(entry->d_name + 3));
		if (!list[count++])
			return -ENOMEM;
	}
	qsort(list, count, sizeof(*list), by_name);
	*names = list;
	return 0;
}
