"""The plug-ins against stand-ins that print what each engine's documentation says, and against what
no documentation says: every way in which an engine can seem to have scanned and has not.

The tables are in tests/fake/engines/; a new engine is one table. Nothing of qmvc runs here."""
import re
import shutil
import subprocess

import pytest

from conftest import SOURCE
from plugin_bench import ENGINES, NAMES, PLUGINS, UNKNOWN_CODE, Bench, bench, each  # noqa: F401


def scenes():
    for name in NAMES:
        for title in ENGINES[name]["scenes"]:
            yield pytest.param(name, title, id=name + "-" + title.replace(" ", "_"))


def codes():
    for name in NAMES:
        for code in [*ENGINES[name]["codes"], UNKNOWN_CODE]:
            yield pytest.param(name, code, id="%s-%d" % (name, code))


@each
def test_clean(bench):
    """And it is called as documented, with nothing from outside."""
    assert bench.scan(bench.table["clean"]) == set()
    bench.called(bench.given, bench.table["arguments"])


@pytest.mark.parametrize("bench,title", scenes(), indirect=["bench"])
def test_documented(bench, title):
    scene = bench.table["scenes"][title]
    assert bench.scan(scene) == set(scene["say"])


@pytest.mark.parametrize("bench,code", codes(), indirect=["bench"])
def test_exit_codes(bench, code):
    """With all else as when clean, so that the exit code alone tells."""
    meaning = bench.table["codes"].get(code, "error")
    said = bench.scan({**bench.table["clean"], "code": code})
    assert {s.partition(" ")[0] for s in said} == ({meaning} if meaning != "clean" else set())


@each
def test_killed(bench):
    assert bench.scan({**bench.table["clean"], "signal": 9}) == {"error"}


@each
def test_says_nothing(bench):
    """Where the engine says something about what it has looked at, nothing is not clean."""
    said = bench.scan({"code": bench.table["clean"]["code"]})
    assert said == (set() if bench.table["account"] == "code" else {"error"})


@each
def test_looks_at_fewer(bench):
    if bench.table["account"] == "code":
        pytest.skip("this engine does not tell what it has looked at")
    assert bench.scan(bench.table["fewer"]) == {"error"}


FLOOD = 10 << 20


@each
def test_flood(bench):
    """Ten megabytes before the answer: what is in the answer counts nevertheless."""
    said = bench.scan({**bench.table["clean"], "flood": FLOOD})
    assert said == ({"error"} if bench.table["account"] == "lines" else set())
    infected = bench.table["scenes"]["infected"]
    assert set(infected["say"]) <= bench.scan({**infected, "flood": FLOOD})


@pytest.mark.parametrize("bench", ["uvscan"], indirect=True)
def test_many_names(bench):
    """One name a thousand times does not hide another, which may be the one that counts."""
    lines = ["{1}/%d ... Found the Listed virus !!!" % i for i in range(1000)]
    said = bench.scan({"code": 13, "out": [*lines, "{2} ... Found the A virus !!!"]})
    assert said == {"infected 1 Listed", "infected 2 A"}
    lines = ["{1}/%d ... Found the Listed.%d virus !!!" % (i, i) for i in range(1000)]
    said = bench.scan({"code": 13, "out": [*lines, "{2} ... Found the A virus !!!"]})
    assert "infected 1 more names than are told" in said


@pytest.mark.parametrize("bench", ["drweb-ctl"], indirect=True)
def test_name_of_separators(bench):
    """A member's name may be long, and end nowhere: it must not cost its length times itself."""
    said = bench.scan({"code": 0, "out": ["{1}/x" + " - infected with x" * 500000]})
    assert "infected 1 x" in said


@each
def test_cut_off(bench):
    """The last line without its newline still counts."""
    infected = bench.table["scenes"]["infected"]
    assert bench.scan({**infected, "cut": True}) == set(infected["say"])
    lines = infected["out"]
    clean = bench.table["clean"].get("out", [])
    first = next(i for i, line in enumerate(lines) if line not in clean)
    said = bench.scan({**infected, "out": lines[:first + 1], "cut": True})
    assert set(infected["say"]) <= said


@each
def test_strange_bytes(bench):
    infected = bench.table["scenes"]["infected"]
    raw = "\0\0\0 \xe9\xff\xfe \0 x\x1b[2J\x07\n"
    assert set(infected["say"]) <= bench.scan({**infected, "raw": raw})
    said = bench.scan({**bench.table["clean"], "raw": raw})
    assert said == ({"error"} if bench.table["account"] == "lines" else set())


@each
@pytest.mark.parametrize("how", ["delete", "chmod", "modify", "create"])
def test_files_changed(bench, how):
    """Protection on access takes a file away before the engine sees it: what is left is clean."""
    assert bench.scan({**bench.table["clean"], "tamper": how}) == {"error"}


@each
def test_not_installed(bench):
    done = bench.run("av", bench.parts)
    assert (done.returncode, done.stdout) == (2, b"") and done.stderr
    done = bench.run("check")
    assert done.returncode == 1 and done.stdout.startswith(b"error\t")


@each
def test_nothing_to_scan(bench):
    bench.install(bench.table["clean"])
    for part in bench.parts.iterdir():
        part.unlink()
    assert bench.run("av", bench.parts).returncode == 2
    assert bench.run("av").returncode == 2
    assert bench.run("av", bench.path / "nowhere").returncode == 2


@each
def test_links(bench):
    """A link is nothing that qmvc makes: engines pass it over and say clean."""
    (bench.parts / "0004").symlink_to(bench.parts / "0000")
    bench.install(bench.table["clean"])
    assert bench.run("av", bench.parts).returncode == 2


@each
def test_program_named(bench):
    """QMVC_PROGRAM overrides every other place."""
    given = bench.install(bench.table["clean"], "/elsewhere/scanner")
    bench.environment["QMVC_PROGRAM"] = str(bench.root / "elsewhere" / "scanner")
    assert bench.run("av", bench.parts).returncode == 0
    assert given.exists()


def versions():
    for name in NAMES:
        for number in range(len(ENGINES[name]["versions"])):
            yield pytest.param(name, number, id="%s-%d" % (name, number))


@pytest.mark.parametrize("bench,number", versions(), indirect=["bench"])
def test_versions(bench, number):
    scene = bench.table["versions"][number]
    bench.write(scene.get("files", {}))
    for program, other in scene.get("programs", {}).items():
        bench.install(other, program)
    given = bench.install(scene, scene.get("program"))
    done = bench.run("check")
    lines = [line.replace("\t", " ", 1) for line in done.stdout.decode("latin-1").splitlines()]
    assert lines == [bench.fill(line) for line in scene["say"]]
    assert done.returncode == scene.get("exit", 0)
    bench.called(given, scene["arguments"])


@each
def test_version_not_told(bench):
    """An engine that cannot say its version cannot scan either."""
    bench.install({"code": 77, "err": ["cannot load the patterns"]})
    done = bench.run("check")
    assert done.returncode == 1 and b"error\t" in done.stdout


@each
def test_update(bench):
    update = bench.table["update"]
    if update is None:
        done = bench.run("update")
        assert done.returncode == 2 and b"no command is known" in done.stderr
        return
    if update["program"] != bench.table["program"]:
        bench.install({"code": 0})
    assert bench.run("update").returncode == 1, "the command is not there"
    given = bench.install({"code": 0, "out": ["patterns: new"]}, update["program"])
    done = bench.run("update")
    assert done.returncode == 0 and b"patterns: new" in done.stdout
    bench.called(given, update["arguments"])
    bench.install({"code": 9, "err": ["no network"]}, update["program"])
    done = bench.run("update")
    assert done.returncode == 1 and b"no network" in done.stderr


def test_example(tmp_path):
    """The plug-in in the head of plugin.sh works."""
    head = (PLUGINS / "plugin.sh").read_text()
    lines = head[head.index('#\t. "${0'):].partition('plugin_main "$@"\n')[0].splitlines()
    script = "".join(line + "\n" for line in ["#!/bin/sh", *(line[2:] for line in lines),
                                              'plugin_main "$@"'])
    bench = Bench(tmp_path, "fast", {"program": "/opt/fast/bin/fastscan", "script": script})
    count = "{count} files scanned"
    assert bench.scan({"code": 0, "out": [count]}) == set()
    assert bench.scan({"code": 7, "out": ["{1}: Infected: A", count]}) == {"infected 1 A"}
    assert bench.scan({"code": 9, "out": [count]}) == {"error"}
    assert bench.scan({"code": 0, "out": ["1 files scanned"]}) == {"error"}
    bench.install({"code": 0, "out": ["3.1"]})
    assert bench.run("check").stdout == b"engine\tFast Scan 3.1\n"
    assert bench.run("update").returncode == 1
    bench.install({"code": 0}, "/opt/fast/bin/fastupdate")
    assert bench.run("update").returncode == 0


def test_template(tmp_path):
    """It runs, and nothing is clean for it until it is filled in."""
    bench = Bench(tmp_path, "NAME", {"program": "/opt/NAME/bin/NAME",
                                     "script": (PLUGINS / "TEMPLATE").read_text()})
    assert bench.run("av", bench.parts).returncode == 2
    for code in (0, 1, UNKNOWN_CODE):
        assert bench.scan({"code": code}) == {"error"}
    assert bench.scan({"code": 1, "out": ["{1}: Infected: A"]}) == {"error", "infected 1 A"}
    bench.install({"code": 0, "out": ["1.0"]})
    done = bench.run("check")
    assert done.returncode == 1
    assert done.stdout == b"engine\tNAME 1.0\nerror\tthis plug-in is not filled in\n"
    done = bench.run("update")
    assert done.returncode == 2 and b"no command is known" in done.stderr


def test_template_as_it_lies_there(tmp_path):
    """Under its own name it is no plug-in at all."""
    assert not (PLUGINS / "av_TEMPLATE").exists()
    done = subprocess.run([PLUGINS / "TEMPLATE", tmp_path], capture_output=True, timeout=60)
    assert done.returncode == 2 and b"av_NAME" in done.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck")
def test_page_is_clean_shell():
    """The lint does not see the plug-in of doc/adding-an-engine.md."""
    done = subprocess.run(["shellcheck", "-x", "-"], input=ENGINES["fastscan"]["script"], text=True,
                          cwd=SOURCE, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout


def lines_between(path, start, end):
    """The lines of a file from the one that holds `start` to the next that holds `end`."""
    text = (SOURCE / path).read_text().partition(start)[2]
    return text.partition(end)[0].splitlines()


def test_every_engine_is_known():
    """Each plug-in is installed, has a table here, a row in the manual, and one in known.c."""
    there = {path.name[3:] for path in PLUGINS.glob("av_*")}
    assert there == set(NAMES) - {"fastscan"}
    manual = lines_between("man/qmvc-scanners.5", ".Sh ENGINES THAT ARE PROGRAMS", ".El")
    rows = {line.split()[1] for line in manual if line.startswith(".It ")}
    assert rows - {"Sy"} == there
    known = "\n".join(lines_between("src/scan/known.c", "known_engines[] = {", "};"))
    assert there <= set(re.findall(r'\{"([^"]+)"', known))
    build = (PLUGINS / "meson.build").read_text()
    for name in there:
        assert "'%s'" % name in build or "'_%s'" % name in build
        for verb in ("check", "update"):
            assert (PLUGINS / ("%s_%s" % (verb, name))).resolve() == (
                PLUGINS / ("av_" + name)).resolve()
