"""The plug-ins against stand-ins that print what each engine's documentation says, and against what
no documentation says: every way in which an engine can seem to have scanned and has not.

The tables are in tests/fake/engines/; a new engine is one table."""
import json
import re
import shutil
import subprocess
import sys

import pytest

import mails
from conftest import SOURCE, processes_with
from tools import Tools

FAKE = SOURCE / "tests" / "fake"
sys.path.insert(0, str(FAKE))
from engines import ENGINES  # noqa: E402

PLUGINS = SOURCE / "scanners"
NAMES = sorted(ENGINES)
LINE = re.compile(r"(infected|suspicious|encrypted|limit|error)\t([^\t]+)\t([^\t]+)")
UNKNOWN_CODE = 77
# All that the plug-ins call; no real engine is in their PATH.
TOOLS = ("awk", "cat", "date", "dd", "env", "find", "grep", "head", "ls", "mkdir", "rm", "sed", "tr")


class Bench:
    """A root directory with one engine in it, files to scan, and the plug-ins run on them."""

    def __init__(self, path, name, table=None):
        self.path, self.name, self.table = path, name, table or ENGINES[name]
        self.shell = []
        self.plugins = self.own_plugins(self.table["script"]) if "script" in self.table else PLUGINS
        self.root, self.parts, self.scratch = path / "root", path / "parts", path / "scratch"
        for directory in (self.root, self.parts, self.scratch):
            directory.mkdir()
        for i in range(4):
            (self.parts / ("%04d" % i)).write_bytes(b"part %d\n" % i)
        self.bin = path / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.environment = {"PATH": str(self.bin), "TMPDIR": str(self.scratch), "LC_ALL": "tr_TR",
                            "TZ": "UTC", "QMVC_ROOT": str(self.root), **self.table.get("set", {})}
        self.write(self.table.get("files", {}))

    def own_plugins(self, script):
        """A directory of plug-ins with one that is not in the tree: this script, by its three names."""
        directory = self.path / "plugins"
        directory.mkdir()
        shutil.copy(PLUGINS / "plugin.sh", directory)
        plugin = directory / ("av_" + self.name)
        plugin.write_text(script)
        plugin.chmod(0o755)
        for verb in ("check", "update"):
            (directory / ("%s_%s" % (verb, self.name))).symlink_to(plugin.name)
        return directory

    def write(self, files):
        for file, text in files.items():
            path = self.root / file.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def install(self, scene, program=None):
        """Puts a program that plays the scene at the engine's place."""
        program = program or self.table["program"]
        path = self.root / program[1:] if program[0] == "/" else self.bin / program
        path.parent.mkdir(parents=True, exist_ok=True)
        script = self.path / (path.name + ".scene")
        script.write_text(json.dumps(scene))
        path.write_text('#!/bin/sh\nexec "%s" -ISB "%s" "%s" "$@"\n'
                        % (sys.executable, FAKE / "engine.py", script))
        path.chmod(0o755)
        return script.with_suffix(".given")

    def fill(self, text):
        """A text of a table, with the directories of this test."""
        for name in ("root", "bin"):
            text = text.replace("{%s}" % name, str(getattr(self, name)))
        return text.replace("{dir}", str(self.parts))

    def called(self, given, arguments):
        """Was it called so, in the environment of the table, and with nothing from outside?"""
        given = json.loads(given.read_text())
        scratch = re.escape(str(self.scratch)) + r"/[^/]+"
        got = [re.sub(scratch, "{scratch}", re.sub(scratch + "/probe", "{probe}", a))
               for a in given["arguments"]]
        assert got == [self.fill(a) for a in arguments]
        assert given["stdin"] == ""
        assert given["environment"]["LC_ALL"] == "C"
        for variable, value in self.table.get("environment", {}).items():
            assert given["environment"].get(variable) == self.fill(value)

    def run(self, kind, *arguments):
        program = self.plugins / (kind + "_" + self.name)
        done = subprocess.run([*self.shell, program, *arguments], timeout=60,
                              env=self.environment, input=b"from outside", capture_output=True)
        print(done)
        assert list(self.scratch.iterdir()) == [], "something was left behind"
        return done

    def scan(self, scene):
        """What av_NAME says: its findings as the tables write them, and "error" for any error."""
        self.given = self.install(scene)
        done = self.run("av", self.parts)
        said = set()
        errors = 0
        text = done.stdout.decode("latin-1")
        assert text == "" or text.endswith("\n")
        assert len(text) < 1 << 20
        for line in text.split("\n")[:-1]:
            match = LINE.fullmatch(line)
            assert match, line
            kind, name, file = match.groups()
            part = re.match(re.escape(str(self.parts)) + r"/+(\d{4})\b", file)
            if kind == "error":
                errors += 1
            else:
                said.add("%s %s %s" % (kind, int(part.group(1)) if part else "-", name))
        assert done.returncode == (2 if errors else 1 if said else 0)
        if errors:
            assert done.stderr.strip(), "the log wants to know why"
        return said | ({"error"} if errors else set())


@pytest.fixture
def bench(tmp_path, request):
    return Bench(tmp_path, request.param)


def scenes():
    for name in NAMES:
        for title in ENGINES[name]["scenes"]:
            yield pytest.param(name, title, id=name + "-" + title.replace(" ", "_"))


def codes():
    for name in NAMES:
        for code in [*ENGINES[name]["codes"], UNKNOWN_CODE]:
            yield pytest.param(name, code, id="%s-%d" % (name, code))


each = pytest.mark.parametrize("bench", NAMES, indirect=True)


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


SHELLS = {"dash": ["dash", "mawk"], "bash": ["bash --posix", "gawk"], "ksh": ["ksh", "original-awk"],
          "busybox": ["busybox sh", "busybox awk"]}


@each
@pytest.mark.parametrize("shell", SHELLS)
def test_shells_and_awks(bench, shell):
    """Every shell and awk that are here say the same."""
    shell, awk = (words.split() for words in SHELLS[shell])
    programs = [shutil.which(shell[0]), shutil.which(awk[0])]
    if None in programs:
        pytest.skip("not here: %s, %s" % (shell[0], awk[0]))
    bench.shell = [programs[0], *shell[1:]]
    (bench.bin / "awk").unlink()
    (bench.bin / "awk").write_text('#!/bin/sh\nexec %s "$@"\n' % " ".join([programs[1], *awk[1:]]))
    (bench.bin / "awk").chmod(0o755)
    assert bench.scan(bench.table["clean"]) == set()
    several = next(s for title, s in bench.table["scenes"].items() if title.startswith("several"))
    assert bench.scan(several) == set(several["say"])
    assert bench.scan({"code": UNKNOWN_CODE}) == {"error"}


def command(bench, kind):
    """The shell command that runs a plug-in in the environment of the test."""
    environment = {"PATH": "%s:$PATH" % bench.bin, "QMVC_ROOT": bench.root,
                   **bench.table.get("set", {})}
    words = ['%s="%s"' % item for item in environment.items()]
    return '%s exec "%s/%s_%s" "$@"' % (" ".join(words), bench.plugins, kind, bench.name)


def wrapper(bench, plugin):
    """What an administrator would write: the plug-in with an environment of his own."""
    return plugin(command(bench, "av"))


@each
def test_hangs(bench, profile, plugin):
    """Through qmvc: a scanner that neither ends nor closes its output, a child of it neither."""
    bench.install({**bench.table["clean"], "hang": True})
    profile.filters("virus=y;keep;;quitasap").scanners(
        "%s;P;Plug-in;;timeout=1" % wrapper(bench, plugin))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111], result.text
    assert profile.last()["scan.P"].startswith("timeout:")
    assert processes_with(bench.root) == []


@each
def test_leaves_a_child(bench, profile, plugin):
    """An engine that starts its daemon, which keeps the output open, has answered nevertheless."""
    bench.install({**bench.table["clean"], "child": True})
    profile.filters("virus=y;keep;;quitasap").scanners("%s;P;Plug-in;" % wrapper(bench, plugin))
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.last()["scan.P"].startswith("clean:")
    assert processes_with(bench.root) == []


@each
def test_delivery(bench, profile, plugin):
    """Through qmvc: clean goes through, infected is kept, anything else is tried again."""
    profile.filters("virus=y;keep;;quitasap").scanners("%s;P;Plug-in;" % wrapper(bench, plugin))
    message = mails.multipart(mails.part(b"x"), mails.part(b"y"))
    for scene, code, verdict in ((bench.table["clean"], 0, "clean"),
                                 (bench.table["scenes"]["infected"], 99, "infected"),
                                 ({"code": 77}, 111, "error")):
        bench.install(scene)
        result = profile.deliver(message)
        assert result.command_codes == [code], result.text
        assert profile.last()["scan.P"].split(":")[0] == verdict


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


def test_scanners_program(tmp_path, profile):
    """On a host with every engine, scanners(8) takes the cheapest of four makers and names the rest."""
    tools = Tools(profile, tmp_path / "plugins")
    for name in NAMES:
        (tmp_path / name).mkdir()
        bench = Bench(tmp_path / name, name)
        scene = bench.table["versions"][0]
        bench.write(scene.get("files", {}))
        for program, other in {**scene.get("programs", {}), bench.table["program"]: scene}.items():
            bench.install(other, program)
        tools.plugin(name, command(bench, "check"))
    text = tools.find().stdout
    lines = [line for line in text.splitlines() if re.match(r"#?[a-z0-9-]+;", line)]
    active = [line.split(";")[0] for line in lines if line[0] != "#"]
    assert active == ["clamdscan", "fsav", "avscanner", "odscan"]
    others = {line[1:].split(";")[0] for line in lines if line[0] == "#"}
    assert others == set(NAMES) - set(active)
    for name in others & {"cls", "sweep", "savscan", "clamscan"}:
        above = text[:text.index("\n#%s;" % name)].splitlines()[-1]
        assert "The same engine as" in above, name
