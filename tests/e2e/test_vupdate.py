"""The program vupdate: which updates it runs, what it says of them, and that it runs alone."""
import fcntl
import os
import signal
import subprocess
import time

import pytest

from conftest import wait_until
from tools import PROGRAMS, OfficialClamd, Tools


@pytest.fixture
def tools(profile, tmp_path):
    return Tools(profile, tmp_path / "plugins")


def versioned(tools, name, update):
    """An engine whose patterns are as old as a file says; `update` may use $VERSION, its path."""
    version = tools.plugins / (name + ".version")
    version.write_text("1")
    tools.plugin(name, "printf 'engine\\tE\\npatterns\\t%%s\\n' \"$(cat %s)\"" % version,
                 "VERSION=%s\n%s" % (version, update))
    return version


def test_update(tools):
    versioned(tools, "fsav", "echo 2 > $VERSION")
    versioned(tools, "uvscan", "exit 0")
    versioned(tools, "savscan", "echo trying; echo no server answers >&2; exit 7")
    tools.plugin("other")
    tools.profile.scanners("fsav;F;F-Secure;;", "uvscan;M;McAfee;;", "savscan;P;Sophos;;",
                           "other;O;Other;;")
    done = tools.run("vupdate")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:3] == ["F F-Secure: patterns 1 -> 2", "M McAfee: patterns 1",
                         "P Sophos: FAILED: exit code 7: no server answers: trying; patterns 1"]
    assert len(lines) == 4 and lines[3].startswith("O Other: not updated: there is no ")
    done = tools.run("vupdate", "-q")
    assert done.returncode == 1 and done.stdout.splitlines() == lines[2:3] and done.stderr == ""
    for name in ("F", "f", "fsav"):
        done = tools.run("vupdate", name, "M")
        assert done.returncode == 0
        assert done.stdout.splitlines() == ["F F-Secure: patterns 2", "M McAfee: patterns 1"]
    assert tools.run("vupdate", "-q", "fsav").stdout == ""


def test_update_that_is_not_known(tools):
    """Exit code 2: nothing that could be done is left undone."""
    versioned(tools, "fsav", "echo no command is known >&2; exit 2")
    tools.profile.scanners("fsav;F;F-Secure;;")
    done = tools.run("vupdate")
    assert done.returncode == 0
    assert done.stdout == "F F-Secure: not updated: no command is known\n"


def test_update_clamav_once(tools, clamd, signatures):
    """Three doors to ClamAV are one run of freshclam; a daemon elsewhere is not ours."""
    runs = tools.plugins / "runs"
    versioned(tools, "clamscan", "echo 2 > $VERSION; echo \"run $*\" >> %s" % runs)
    tools.profile.scanners("clamd:%s;C;ClamAV daemon;;" % clamd.socket, "libclamav;L;Built in;;",
                           "clamscan;S;Program;;", "clamd:scan.example.com:3310;N;Elsewhere;;")
    done = tools.run("vupdate")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "C ClamAV daemon: patterns 1 -> 2", "L Built in: patterns 1 -> 2",
        "S Program: patterns 1 -> 2", "N Elsewhere: not updated: is on another host, and updated there"]
    assert runs.read_text() == "run \n"
    tools.profile.scanners("libclamav:%s;L;Built in;;" % signatures)
    assert tools.run("vupdate").returncode == 0
    assert runs.read_text() == "run \nrun --datadir=%s\n" % signatures


def test_clamd_that_is_behind(tools, tmp_path):
    """The signatures are new, and clamd has not loaded them yet: told, and no failure."""
    server = OfficialClamd(tmp_path / "clamd", 1, time.localtime())
    versioned(tools, "clamscan", "echo 2 > $VERSION")
    tools.profile.scanners("clamd:%s/clamd;C;ClamAV daemon;;" % tmp_path)
    done = tools.run("vupdate")
    assert done.returncode == 0
    assert done.stdout == "C ClamAV daemon: patterns 1 -> 2; clamd still has 1\n"
    server.version = "ClamAV 1.4.6/2/x"
    assert tools.run("vupdate").stdout == "C ClamAV daemon: patterns 2\n"


@pytest.mark.parametrize("end, words", [("kill -9 $$", "killed by signal 9"),
                                        ("exit 75", "exit code 75"),
                                        ("exec sleep 300", "not done after 1 seconds")])
def test_update_that_ends_badly(tools, end, words):
    versioned(tools, "fsav", end)
    tools.profile.scanners("fsav;F;F-Secure;;")
    done = tools.run("vupdate", "-q", "-t", "1")
    assert done.returncode == 1
    assert done.stdout == "F F-Secure: FAILED: %s; patterns 1\n" % words


def test_update_is_locked(tools):
    versioned(tools, "fsav", "exit 0")
    tools.profile.scanners("fsav;F;F-Secure;;")
    assert tools.run("vupdate").returncode == 0
    with open(tools.profile.home / "run" / "vupdate.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = tools.run("vupdate")
        assert done.returncode == 75 and "another one" in done.stderr and done.stdout == ""
        done = tools.run("vupdate", "-q")
        assert (done.returncode, done.stdout, done.stderr) == (75, "", "")
    assert tools.run("vupdate").returncode == 0


def test_update_lock_is_held(tools):
    """While an update runs a second one is refused; when the first was killed, it is not."""
    ready = tools.plugins / "ready"
    versioned(tools, "fsav", "echo $$ > %s.new; mv %s.new %s; exec sleep 300" % ((ready,) * 3))
    tools.profile.scanners("fsav;F;F-Secure;;")
    env = dict(tools.profile.environment, HOME=str(tools.profile.user_home))
    first = subprocess.Popen([PROGRAMS / "vupdate"], env=env, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    wait_until(ready.exists)
    assert tools.run("vupdate").returncode == 75
    first.terminate()
    assert first.communicate()[1] == "vupdate: ended by signal 15\n" and first.returncode == 1
    os.kill(int(ready.read_text()), signal.SIGKILL)
    versioned(tools, "fsav", "exit 0")
    assert tools.run("vupdate").returncode == 0


def test_update_usage(tools):
    assert tools.run("vupdate").returncode == 2
    tools.profile.scanners("fsav;F;F-Secure;;")
    done = tools.run("vupdate", "nosuch")
    assert done.returncode == 2 and "nosuch" in done.stderr
    for wrong in (["-t", "0"], ["-t"], ["-t", "x"], ["-z"], ["-c", ""]):
        assert tools.run("vupdate", *wrong).returncode == 2
    assert tools.run("vupdate", "-h").returncode == 0
