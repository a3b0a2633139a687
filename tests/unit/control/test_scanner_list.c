/* The file `scanners`: kinds, addresses, options, settings, and every way to get them wrong. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/scanner_list.h"

static void parse(struct arena *arena, const char *text, struct scanner_list *list)
{
	struct error error = {0};

	assert_works(scanner_list_parse(arena, slice_cstr(text), "scanners", list, &error), error);
}

static void test_kinds(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;

	parse(&arena,
		"# Engine ; Initial ; Full name ; Comment ; options\r\n"
		"clamd:/run/clamav/clamd.ctl;C;ClamAV daemon;;timeout=20\r\n"
		"fsav | F | F-Secure's FSAV Version 4.5 | old |\r\n"
		"libclamav;L;;\r\n"
		"/opt/x=y/scan,1;Abc1234",
		&list);
	assert_string_equal(list.path, "scanners");
	assert_int_equal(list.count, 4);
	assert_false(list.sequential);
	assert_int_equal(list.deadline_ms, 60000);

	assert_int_equal(list.scanners[0].kind, SCANNER_CLAMD);
	assert_string_equal(list.scanners[0].engine, "clamd:/run/clamav/clamd.ctl");
	assert_int_equal(list.scanners[0].address_count, 1);
	assert_string_equal(list.scanners[0].addresses[0].path, "/run/clamav/clamd.ctl");
	assert_string_equal(list.scanners[0].initial, "C");
	assert_string_equal(list.scanners[0].name, "ClamAV daemon");
	assert_string_equal(list.scanners[0].comment, "");
	assert_int_equal(list.scanners[0].timeout_ms, 20000);
	assert_int_equal(list.scanners[0].max_size, 25 << 20);
	assert_int_equal(list.scanners[0].line, 2);

	assert_int_equal(list.scanners[1].kind, SCANNER_PROCESS);
	assert_string_equal(list.scanners[1].plugin, "fsav");
	assert_string_equal(list.scanners[1].name, "F-Secure's FSAV Version 4.5");
	assert_string_equal(list.scanners[1].comment, "old");
	assert_int_equal(list.scanners[1].timeout_ms, 30000);
	assert_int_equal(list.scanners[1].max_size, 0);
	assert_int_equal(list.scanners[1].on_fail, ON_FAIL_DEFER);
	assert_null(list.scanners[1].group);

	assert_int_equal(list.scanners[2].kind, SCANNER_LIBCLAMAV);
	assert_null(list.scanners[2].database);
	assert_string_equal(list.scanners[2].name, "libclamav");

	assert_int_equal(list.scanners[3].kind, SCANNER_PROCESS);
	assert_string_equal(list.scanners[3].plugin, "/opt/x=y/scan,1");
	assert_string_equal(list.scanners[3].initial, "Abc1234");
}

static void test_addresses(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;
	const struct scanner_address *a;

	parse(&arena, "CLAMD:/a/b,scan_1.example.com:3310 , [::1]:1,[fe80::1%eth0]:65535,1.2.3.4:2;C",
		&list);
	assert_int_equal(list.scanners[0].address_count, 5);
	a = list.scanners[0].addresses;
	assert_string_equal(a[0].path, "/a/b");
	assert_null(a[0].host);
	assert_null(a[1].path);
	assert_string_equal(a[1].host, "scan_1.example.com");
	assert_int_equal(a[1].port, 3310);
	assert_string_equal(a[2].host, "::1");
	assert_int_equal(a[2].port, 1);
	assert_string_equal(a[3].host, "fe80::1%eth0");
	assert_int_equal(a[3].port, 65535);
	assert_string_equal(a[4].host, "1.2.3.4");
	parse(&arena, "libclamav:/var/lib/clamav;L", &list);
	assert_string_equal(list.scanners[0].database, "/var/lib/clamav");
}

static void test_icap(void **state)
{
	static const char all[] = "virus_scan?allow204=on&force=on&sizelimit=off&mode=simple";
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;

	parse(&arena,
		"ICAP://av1.example.org,[::1]:1345, 10.0.0.1:80/av/respmod?a=b,c=/d;K;Kaspersky;;\n"
		"icap://h;A\n"
		"icap://h/virus_scan;B\n"
		"icap://[::1]/virus_scan?;C\n",
		&list);
	assert_int_equal(list.scanners[0].kind, SCANNER_ICAP);
	assert_int_equal(list.scanners[0].address_count, 3);
	assert_string_equal(list.scanners[0].addresses[0].host, "av1.example.org");
	assert_int_equal(list.scanners[0].addresses[0].port, 1344);
	assert_string_equal(list.scanners[0].addresses[1].host, "::1");
	assert_int_equal(list.scanners[0].addresses[1].port, 1345);
	assert_string_equal(list.scanners[0].addresses[2].host, "10.0.0.1");
	assert_int_equal(list.scanners[0].addresses[2].port, 80);
	assert_string_equal(list.scanners[0].service, "av/respmod?a=b,c=/d");
	assert_int_equal(list.scanners[0].max_size, 0);
	assert_string_equal(list.scanners[1].service, all);
	assert_string_equal(list.scanners[2].service, all);
	assert_string_equal(list.scanners[3].service, "virus_scan?");
	assert_string_equal(list.scanners[3].addresses[0].host, "::1");
	assert_int_equal(list.scanners[3].addresses[0].port, 1344);
}

static void test_options(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;

	parse(&arena,
		"deadline=3600\nMode=Sequential ;\n"
		"clamd:/s;C;;;timeout=3600, onfail=ignore;maxsize=100M,group=clamav\n"
		"libclamav;L;;;RESIDENT=600,OnFail=Block,\n"
		"clamd:/t;D;;;maxsize=0,onfail=defer,timeout=1",
		&list);
	assert_true(list.sequential);
	assert_int_equal(list.deadline_ms, 3600000);
	assert_int_equal(list.scanners[0].timeout_ms, 3600000);
	assert_int_equal(list.scanners[0].on_fail, ON_FAIL_IGNORE);
	assert_int_equal(list.scanners[0].max_size, 100 << 20);
	assert_string_equal(list.scanners[0].group, "clamav");
	assert_int_equal(list.scanners[1].resident_s, 600);
	assert_int_equal(list.scanners[1].on_fail, ON_FAIL_BLOCK);
	assert_int_equal(list.scanners[2].max_size, 0);
	assert_int_equal(list.scanners[2].timeout_ms, 1000);
	parse(&arena, "mode=concurrent", &list);
	assert_false(list.sequential);
	assert_int_equal(list.count, 0);
}

#define ADDRESS "must be /SOCKET, HOST:PORT or [IPV6]:PORT"
#define HOSTS	"must be HOST, HOST:PORT, [IPV6] or [IPV6]:PORT"
#define INITIAL "the second field, the initial, is one to seven letters or digits"
#define OPTION	"no such option (timeout=, onfail=, maxsize=, group=, resident=)"
#define SETTING "no such setting for the whole file (mode=, deadline=)"

static const struct {
	const char *text, *message;
} refused[] = {
	{"a;1\nb;2\n#\nc;3\nd;4\ne;5\n",
		"scanners:6: 'e': a scanner too many: up to 4 can be listed"},
	{"clamd:/a;C\nfsav;c;",
		"scanners:2: 'c': this initial is given twice (the first time in line 1)"},
	{";C;", "scanners:1: '': the first field, the engine, is empty"},
	{"fsav", "scanners:1: '': " INITIAL},
	{"fsav;;F-Secure", "scanners:1: '': " INITIAL},
	{"fsav;12345678", "scanners:1: '12345678': " INITIAL},
	{"fsav;F-1", "scanners:1: 'F-1': " INITIAL},
	{"fsav;\xc3\xa4", "scanners:1: '\xc3\xa4': " INITIAL},
	{"icap;I", "scanners:1: 'icap': must be icap://HOST:PORT/SERVICE"},
	{"icap:h:1344/avscan;I", "scanners:1: 'icap:h:1344/avscan': must be icap://HOST:PORT/SERVICE"},
	{"icap:///avscan;I", "scanners:1: '': " HOSTS},
	{"icap://h,,i/avscan;I", "scanners:1: '': " HOSTS},
	{"icap://h:/avscan;I", "scanners:1: 'h:': " HOSTS},
	{"icap://u@h/avscan;I", "scanners:1: 'u@h': " HOSTS},
	{"icap://[::1/avscan;I", "scanners:1: '[::1': " HOSTS},
	{"icap://[::1]1344/avscan;I", "scanners:1: '[::1]1344': " HOSTS},
	{"icap://::1/avscan;I", "scanners:1: '::1': " HOSTS},
	{"icap://h:0/avscan;I", "scanners:1: 'h:0': must be a number from 1 to 65535"},
	{"icap://h/av scan;I",
		"scanners:1: 'av scan': a service and its arguments are of printable ASCII only"},
	{"sssp;I", "scanners:1: 'sssp': where is it? sssp:/SOCKET or sssp:HOST:PORT"},
	{"sssp:;I", "scanners:1: '': " ADDRESS},
	{"../av;A",
		"scanners:1: '../av': no such kind of scanner (NAME of a plug-in, /PATH, clamd:, "
		"sssp:, fsavd:, trophie:, icap:, libclamav)"},
	{"avast:/s;A",
		"scanners:1: 'avast:/s': no such kind of scanner (NAME of a plug-in, /PATH, clamd:, "
		"sssp:, fsavd:, trophie:, icap:, libclamav)"},
	{"-x;A",
		"scanners:1: '-x': no such kind of scanner (NAME of a plug-in, /PATH, clamd:, "
		"sssp:, fsavd:, trophie:, icap:, libclamav)"},
	{"clamd;C", "scanners:1: 'clamd': where is it? clamd:/SOCKET or clamd:HOST:PORT"},
	{"clamd:;C", "scanners:1: '': " ADDRESS},
	{"clamd:/a,,/b;C", "scanners:1: '': " ADDRESS},
	{"clamd:host;C", "scanners:1: 'host': " ADDRESS},
	{"clamd:run/clamd.ctl;C", "scanners:1: 'run/clamd.ctl': " ADDRESS},
	{"clamd:::1:3310;C", "scanners:1: '::1:3310': " ADDRESS},
	{"clamd:[::1]3310;C", "scanners:1: '[::1]3310': " ADDRESS},
	{"clamd:[::1;C", "scanners:1: '[::1': " ADDRESS},
	{"clamd:[]:1;C", "scanners:1: '[]:1': " ADDRESS},
	{"clamd::3310;C", "scanners:1: ':3310': " ADDRESS},
	{"clamd:a b:1;C", "scanners:1: 'a b:1': " ADDRESS},
	{"clamd:h:1k;C", "scanners:1: 'h:1k': " ADDRESS},
	{"clamd:h:;C", "scanners:1: 'h:': must be a number from 1 to 65535"},
	{"clamd:h:0;C", "scanners:1: 'h:0': must be a number from 1 to 65535"},
	{"clamd:h:65536;C", "scanners:1: 'h:65536': must be a number from 1 to 65535"},
	{"libclamav:db;L",
		"scanners:1: 'libclamav:db': must be libclamav or libclamav:/DIRECTORY of the "
		"signatures"},
	{"libclamav:;L",
		"scanners:1: 'libclamav:': must be libclamav or libclamav:/DIRECTORY of the "
		"signatures"},
	{"a;A;n;c;timeout", "scanners:1: 'timeout': " OPTION},
	{"a;A;n;c;tiemout=3", "scanners:1: 'tiemout=3': " OPTION},
	{"a;A;n;c;deadline=3", "scanners:1: 'deadline=3': " OPTION},
	{"a;A;n;c;timeout=0", "scanners:1: 'timeout=0': must be a number from 1 to 3600"},
	{"a;A;n;c;timeout=3601", "scanners:1: 'timeout=3601': must be a number from 1 to 3600"},
	{"a;A;n;c;timeout=5s", "scanners:1: 'timeout=5s': must be a number from 1 to 3600"},
	{"a;A;n;c;timeout=5,timeout=6", "scanners:1: 'timeout': is given twice"},
	{"a;A;n;c;onfail=pass",
		"scanners:1: 'onfail=pass': must be onfail=defer, onfail=ignore or onfail=block"},
	{"a;A;n;c;maxsize=big",
		"scanners:1: 'maxsize=big': must be a number from 0 to 1099511627776"},
	{"a;A;n;c;group=g\nb;B;n;c;group=g\nclamd:/c;C;n;c;group=h\nd;D;n;c;group=h",
		"scanners:4: 'h': another scanner has group=g, and the files can have one only"},
	{"a;A;n;c;group=", "scanners:1: 'group=': must be group=NAME of a Unix group"},
	{"a;A;n;c;resident=5", "scanners:1: 'resident=5': this option is for libclamav only"},
	{"libclamav;L;;;resident=86401",
		"scanners:1: 'resident=86401': must be a number from 0 to 86400"},
	{"timeout=5", "scanners:1: 'timeout=5': " SETTING},
	{"a;A\nbacklog=5", "scanners:2: 'backlog=5': " SETTING},
	{"mode=parallel",
		"scanners:1: 'mode=parallel': must be mode=concurrent or mode=sequential"},
	{"deadline=0", "scanners:1: 'deadline=0': must be a number from 1 to 3600"},
	{"deadline=5\ndeadline=5", "scanners:2: 'deadline': is given twice"},
	{"deadline=5;A", "scanners:1: 'A': a setting for the whole file stands alone in its line"},
};

static void test_refused(void **state)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct scanner_list list = {.path = "kept"};
		struct error error = {0};

		assert_fails(scanner_list_parse(&arena, slice_cstr(refused[i].text), "scanners",
				     &list, &error),
			-EINVAL, error, refused[i].message);
		assert_string_equal(list.path, "kept");
	}
}

static void assert_refused_with(const char *text, const char *part)
{
	cleanup_arena struct arena arena = {0};
	struct scanner_list list;
	struct error error = {0};

	assert_int_equal(scanner_list_parse(&arena, slice_cstr(text), "scanners", &list, &error),
		-EINVAL);
	if (!strstr(error.text, part))
		fail_msg("'%s' is not in '%s'", part, error.text);
}

static void test_edges(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_free char *path = control_unit_long("clamd:/", 'a', 107, ";C");
	cleanup_free char *fits = control_unit_long("clamd:/", 'a', 106, ";C");
	cleanup_free char *host = control_unit_long("clamd:", 'a', 256, ":1;C");
	cleanup_free char *engine = control_unit_long("/", 'a', 1 << 20, ";C");
	cleanup_free char *name = control_unit_long("a;A;", 'b', 1 << 20, ";");
	cleanup_free char *many = control_unit_long("clamd:/a", ',', 1 << 20, ";C");
	struct slice nul = SLICE_LITERAL("clamd:/a\0b;C\n");
	char addresses[17 * 3 + 10] = "clamd:";
	struct scanner_list list;
	struct error error = {0};

	parse(&arena, "", &list);
	assert_int_equal(list.count, 0);
	parse(&arena, fits, &list);
	assert_refused_with(path, "...': is too long for the path of a socket");
	assert_refused_with(host, ADDRESS);
	assert_refused_with(engine, "...': is too long");
	assert_refused_with(many, "...': is too long");
	parse(&arena, name, &list);
	assert_int_equal(strlen(list.scanners[0].name), 1 << 20);
	for (int i = 0; i < 17; i++)
		strcat(addresses, "/a,");
	strcat(addresses, ";C");
	assert_refused_with(addresses, "'/a': more than 16 addresses");
	assert_fails(scanner_list_parse(&arena, nul, "scanners", &list, &error), -EINVAL, error,
		"scanners:1: a NUL byte: this is not a text file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_icap),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
