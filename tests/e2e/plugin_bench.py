"""A stand-in for an engine, and the plug-ins run on it. The tables are in tests/fake/engines/."""
import json
import re
import shutil
import subprocess
import sys

import pytest

from conftest import SOURCE

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


each = pytest.mark.parametrize("bench", NAMES, indirect=True)
