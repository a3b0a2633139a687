"""
The report programs killed in front of their k-th call, or with that call failing: each line of the logs
is found once, the day database has the old figures or the new ones, and the next run goes on.
QMVC_FAULT_STRIDE=1 leaves no k out.
"""
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile

import pytest

from conftest import BUILD
from day_base import PROGRAMS, Home, counted, write_log

FAIL_CALL = BUILD / "tests" / "fault" / "fail_call.so"
SANITIZED = "ASAN_OPTIONS" in os.environ
MEMORY = "/dev/shm"
STRIDE = int(os.environ.get("QMVC_FAULT_STRIDE", "0"))


class Killer:
    """What kills a program in front of its k-th call; see fault.h."""

    RECORD = struct.Struct("qqqqq32s")

    def __init__(self, path):
        self.path = path
        self.environment = {"FAULT_KILL": str(path), "LD_PRELOAD": str(FAIL_CALL),
                            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}

    def arm(self, at):
        with open(self.path, "r+b" if self.path.exists() else "w+b") as out:
            out.write(self.RECORD.pack(at, signal.SIGKILL, 0, 0, 0, b""))

    def hit(self):
        """In front of what, or None."""
        *_, pid, what = self.RECORD.unpack(self.path.read_bytes())
        return what.rstrip(b"\0").decode() if pid else None

    def everywhere(self, run, stride):
        """
        Lets `run` be killed in front of call 1, 1 + stride, ... until it gets to its end; yields which
        call that was.
        """
        at, what = 1, ""
        while what is not None:
            self.arm(at)
            done = run(self.environment)
            what = self.hit()
            assert (done.returncode == -signal.SIGKILL) == (what is not None), done
            yield what
            at += STRIDE or stride * (3 if SANITIZED else 1)


@pytest.fixture
def place(tmp_path):
    """In memory: it is the order of calls that matters here, and each of many runs syncs often."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else tmp_path) as directory:
        yield pathlib.Path(directory)


def start(home, environment, program, *options):
    return subprocess.run([PROGRAMS / program, *options, home.base], capture_output=True, check=False,
                          timeout=60, env={**home.environment, **environment})


class Failer:
    """What lets the k-th call of a program fail; see fault.h."""

    def __init__(self, path):
        self.path = path

    def everywhere(self, run, stride):
        """As Killer's."""
        at, what = 1, ""
        while what is not None:
            done = run({"FAULT_AT": str(at), "FAULT_REPORT": str(self.path), "LD_PRELOAD": str(FAIL_CALL),
                        "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"})
            assert done.returncode in (0, 1, 2), done
            what = self.path.read_text().split()[0] if self.path.exists() else None
            self.path.unlink(missing_ok=True)
            yield what
            at += STRIDE or stride * (3 if SANITIZED else 1)


@pytest.mark.parametrize("fault", [Killer, Failer])
def test_archiving(place, fault):
    """One log to be archived, one that an earlier run has renamed, one that it has compressed too."""
    source, home = Home(place / "source"), Home(place / "home")
    mails = len(write_log(source, 20, seed=3, name="qmvc-2025-11-21.log"))
    source.month("-a", code=1)
    archive = source.logs / "qmvc-2025-11-21.log.zst"
    assert source.names() == [archive.name]
    write_log(source, 20, seed=3, name="qmvc-2025-11-21.log")
    mails += len(write_log(source, 30, name="qmvc-2025-11-22.log") + write_log(source, 30, seed=2))
    (source.logs / "qmvc.rep").write_text("Version: 1\n\n")
    points = []

    def run(environment):
        shutil.rmtree(home.logs)
        shutil.copytree(source.logs, home.logs)
        return start(home, environment, "qmvcmonth", "-a")

    for where in fault(place / "fault").everywhere(run, 1):
        points.append(where)
        assert counted(home) == mails, (len(points), where)
        home.month("-a", code=1)
        assert counted(home) == mails, (len(points), where)
        assert len(home.names()) == 4 and all(name.endswith(".zst") for name in home.names()), where
    assert len(points) > (10 if SANITIZED else 50)
    assert {"renameat", "unlinkat", "fsync", "write"} <= set(points) or SANITIZED


def figures(home):
    """Mails in the database, 0 before the first count; its parts agree."""
    base = sqlite3.connect(home.logs / "days.db")
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    mails, actions, delays = [base.execute(query).fetchone()[0] or 0 for query in (
        "SELECT sum(mails) FROM day", "SELECT sum(count) FROM amount WHERE kind='action'",
        "SELECT count(*) FROM duration WHERE kind='delay'")]
    base.close()
    assert (actions, delays) == (mails, int(mails > 0))
    return mails


def count(home, *prefix):
    environment = {**home.environment, "ASAN_OPTIONS": "detect_leaks=0"}
    return subprocess.run([*prefix, PROGRAMS / "qmvclog2html", "-cm", home.base], capture_output=True,
                          check=False, timeout=60, env=environment).returncode


# What SQLite does to a file, and how often that is passed over; the site's pages are not the matter.
CALLS = {"pwrite64": 3, "fdatasync": 1, "unlink": 1, "linkat": 1, "ftruncate": 1}


def killed_runs(home, prepare):
    """The program killed at the k-th of each call, by strace; yields which it was."""
    for call, stride in CALLS.items():
        for at in range(1, 1000, STRIDE or stride * (3 if SANITIZED else 1)):
            prepare()
            code = count(home, "strace", "-o", "/dev/null", "-e", "trace=" + call, "-e",
                         "inject=%s:signal=KILL:when=%d" % (call, at))
            if code != -signal.SIGKILL:
                assert code in (0, 1)
                break
            yield "%s %d" % (call, at)


@pytest.mark.parametrize("before", [0, 10])
def test_counting(place, before):
    """A first count, and one that replaces another one: the old state or the new one."""
    source, home = Home(place / "source"), Home(place / "home")
    if before:
        write_log(source, before)
        assert count(source) in (0, 1)
        base = sqlite3.connect(source.logs / "days.db")
        base.execute("UPDATE day SET closed=0")
        base.commit()
        base.close()
    write_log(source, 30, seed=2)

    def prepare():
        for folder in (home.logs, home.html):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source.logs, home.logs)

    points, met = [], set()
    for where in killed_runs(home, prepare):
        points.append(where)
        met.add(figures(home) if (home.logs / "days.db").exists() else None)
        assert count(home) in (0, 1), where
        assert figures(home) == 30, where
        assert not list(home.logs.glob("days.db-*")), where
    assert len(points) > (8 if SANITIZED else 20)
    assert met == ({10, 30} if before else {None, 0, 30})
