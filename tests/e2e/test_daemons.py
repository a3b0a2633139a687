"""Scanning daemons that are asked about one object after another: SAVDI, fsavd, trophie, as stand-ins
(tests/fake/daemons.py). Only the exact clean answer for everything is clean, and what goes wrong is
the mail's doing only when the daemon answers for all the rest.
"""
import grp
import os
import socket
import subprocess
import sys
import threading

import pytest

import mails
from conftest import QMVC, SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "fake"))
import daemons  # noqa: E402

KINDS = {c.kind: c for c in (daemons.Savdi, daemons.Fsavd, daemons.Trophie)}
FILTERS = ("virus=y;keep;;quitasap", "encrypted=y;keep")
TROUBLE = mails.multipart(mails.part(b"some " + daemons.TROUBLE))


@pytest.fixture
def daemon(tmp_path):
    """Starts a stand-in: daemon(kind or class, mode, address)."""
    running = []

    def start(kind, mode="clean", address=None):
        address = address or str(tmp_path / ("socket%d" % len(running)))
        running.append(KINDS.get(kind, kind)(address, mode))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def scan(profile, kind, *where, message=TROUBLE, options="timeout=20"):
    profile.filters(*FILTERS)
    profile.scanners("%s:%s;S;Stand-in;;%s" % (kind, ",".join(where), options))
    return profile.deliver(message)


def verdict(profile):
    return profile.last()["scan.S"].split(":")[0]


# Mode: exit code, and the verdict in the log.
COMMON = {
    "clean": (0, "clean"),
    "infected": (99, "infected"),
    "error": (99, "limit"),
    "garbage": (111, "error"),
    "empty": (111, "error"),
    "middle": (111, "error"),
    "closes": (99, "error"),
    "hang": (99, "timeout"),
}
CASES = [(kind, mode, *expected) for kind in KINDS for mode, expected in COMMON.items()] + [
    ("sssp", "several", 99, "infected"),
    ("sssp", "mixed", 99, "infected"),
    ("sssp", "encrypted", 99, "encrypted"),
    ("sssp", "oversize", 99, "limit"),
    ("sssp", "bare", 99, "limit"),
    ("fsavd", "several", 99, "infected"),
    ("fsavd", "mixed", 99, "limit"),
    ("fsavd", "bare", 99, "limit"),
]


@pytest.mark.parametrize("kind,mode,code,expected", CASES)
def test_answers(profile, daemon, kind, mode, code, expected):
    stand_in = daemon(kind, mode)
    result = scan(profile, kind, stand_in.where,
                  options="timeout=1" if mode == "hang" else "timeout=20")
    assert (result.command_codes, verdict(profile)) == ([code], expected), result.text
    assert any(daemons.TROUBLE in content for content in stand_in.asked)
    if expected == "infected":
        names = stand_in.names if mode == "several" else stand_in.names[:1]
        for name in names:
            assert name in profile.records()[-1]
    if mode == "clean":
        assert any(content.startswith(b"From: ") or b"\nSubject: " in content
                   for content in stand_in.asked), "the mail as a whole is asked about, too"


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_address(profile, daemon, tmp_path, kind):
    """The first is dead, and stays so for every mail."""
    stand_in = daemon(kind, "infected")
    for _ in range(4):
        assert scan(profile, kind, str(tmp_path / "nobody"), stand_in.where).command_codes == [99]
        assert verdict(profile) == "infected"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_tcp(profile, daemon, kind, host):
    stand_in = daemon(kind, "infected", (host, 0))
    assert scan(profile, kind, stand_in.where).command_codes == [99]
    assert verdict(profile) == "infected"
    assert scan(profile, kind, stand_in.where, message=mails.plain()).command_codes == [0]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_there(profile, tmp_path, kind):
    where = str(tmp_path / "nobody")
    result = scan(profile, kind, where)
    assert result.command_codes == [111] and where in result.text
    profile.scanners("%s:%s;S;Stand-in;;onfail=block" % (kind, where))
    assert profile.deliver(TROUBLE).command_codes == [99]
    assert len(profile.saved()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_several_parts(profile, daemon, kind):
    """The infected one is named, whichever it is."""
    stand_in = daemon(kind, "infected")
    parts = [mails.part(b"part %d" % i, name=b"p%d.bin" % i) for i in range(5)]
    parts[3] = mails.part(daemons.TROUBLE, name=b"bad.bin")
    assert scan(profile, kind, stand_in.where, message=mails.multipart(*parts)).command_codes == [99]
    assert "bad.bin" in profile.records()[-1]


def check(profile):
    return subprocess.run([QMVC, "-t"], env=profile.environment, capture_output=True, text=True,
                          timeout=60)


def test_check(profile, daemon, tmp_path):
    """Version, harmless content, EICAR; and by a path that the daemon can read."""
    profile.filters(*FILTERS)
    told = {"sssp": "SAVDI 2.6.0", "fsavd": "patterns 2026-11-22_03", "trophie": "answers"}
    for kind in KINDS:
        stand_in = daemon(kind)
        profile.scanners("%s:%s;S;Stand-in;" % (kind, stand_in.where))
        result = check(profile)
        assert result.returncode == 0, result.stdout + result.stderr
        assert told[kind] in result.stdout
        assert "EICAR" not in result.stdout
        stand_in.infected = stand_in.clean
        assert "answers clean for the test file of EICAR" in check(profile).stdout
        profile.scanners("%s:%s;S;Stand-in;" % (kind, tmp_path / "nobody"))
        result = check(profile)
        assert result.returncode == 2 and "cannot connect" in result.stdout


def test_group(profile, daemon):
    """The files are readable for the group, and not for others."""
    modes = []

    class Looks(daemons.Trophie):
        def read(self, peer, path):
            for name in (path, os.path.dirname(path)):
                modes.append((os.stat(name).st_mode & 0o777, os.stat(name).st_gid))
            super().read(peer, path)

    stand_in = daemon(Looks)
    group = grp.getgrgid(os.getgid())
    assert scan(profile, "trophie", stand_in.where,
                options="group=" + group.gr_name).command_codes == [0]
    assert set(modes) == {(0o640, group.gr_gid), (0o750, group.gr_gid)}


def test_a_stranger_is_not_believed(profile, tmp_path):
    """Something else listens there, and says OK to everything."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "stranger"))
    server.listen(4)

    def talk():
        while True:
            try:
                peer, _ = server.accept()
                peer.sendall(b"OK\r\nOK\r\n0000 OK\r\n")
                peer.recv(1000)
                peer.close()
            except OSError:
                return

    threading.Thread(target=talk, daemon=True).start()
    for kind in KINDS:
        result = scan(profile, kind, str(tmp_path / "stranger"), options="timeout=5")
        assert result.command_codes == [111]
        assert verdict(profile) == "error"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
