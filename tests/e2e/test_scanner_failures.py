"""A scanner that fails is a failure: deferred, or as onfail says; never clean, nothing left behind."""
import os
import sys
import time

import pytest

import mails
from conftest import SOURCE, processes_with

sys.path.insert(0, str(SOURCE / "tests" / "fake"))
from daemons import Daemon  # noqa: E402

KEEP = "virus=y;keep;;quitasap"


def test_clamd_down(profile, tmp_path):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV daemon;" % (tmp_path / "nobody"))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111]
    assert "nobody" in result.text, "the message names the socket"
    entry = profile.last()
    assert entry["action"] == "defer" and entry["scan.C"].startswith("error:")
    assert "nobody" in profile.state("qmvc.error")


@pytest.mark.parametrize("policy,code,action", [
    ("defer", 111, "defer"), ("ignore", 111, "defer"), ("block", 99, "keep")])
def test_onfail(profile, tmp_path, policy, code, action):
    """ignore still wants one complete clean answer from another scanner."""
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;onfail=%s" % (tmp_path / "nobody", policy))
    message = mails.plain()
    result = profile.deliver(message)
    assert result.command_codes == [code], result.text
    assert profile.last()["action"] == action
    assert len(profile.saved()) == (1 if policy == "block" else 0)


def test_onfail_ignore_with_another_clean(profile, tmp_path, clamd):
    profile.filters(KEEP).scanners("clamd:%s;X;absent;;onfail=ignore" % (tmp_path / "nobody"),
                                   "clamd:%s;C;ClamAV;" % clamd.socket)
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.deliver(mails.eicar_mails()["base64"]).command_codes == [99]


def test_empty_parts_are_not_given(profile, plugin):
    """An engine that does not count an empty file, or calls it an error, is not made to defer for ever."""
    engine = plugin('for f in "$1"/*; do [ -s "$f" ] || exit 2; done')
    profile.filters(KEEP).scanners("%s;P;Not empty;" % engine)
    mail = mails.multipart(mails.part(b""), mails.part(b"something"), text=b"")
    assert profile.deliver(mail).command_codes == [0], profile.last()
    assert profile.last()["scan.P"].startswith("clean:")


class Silent(Daemon):
    """Takes connections and never answers."""

    def talk(self, peer, lines):
        lines.read()


class Liar(Daemon):
    """Says the same to whatever it is asked, and closes."""

    def talk(self, peer, lines):
        peer.recv(4096)
        peer.sendall(self.mode)


def test_clamd_hangs(profile, tmp_path):
    silent = Silent(str(tmp_path / "silent"))
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;timeout=1" % (tmp_path / "silent"))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111], result.text
    assert profile.last()["scan.C"].startswith("timeout:")
    assert silent.connections, "it was asked"


@pytest.mark.parametrize("answer", [
    b"", b"1", b"1: OK", b"OK\0", b"1: fd[3]: OK\n", b"7: fd[3]: OK\0", b"1: stream OK\0",
    b"1: fd[3]: Excluded\0", b"COMMAND READ TIMED OUT\n", b"UNKNOWN COMMAND\0",
    b"1: fd[3]: OK\0" + b"1: fd[3]: OK\0", b"1: fd[x]: OK\0", b"1: fd[3]:OK\0",
    b"1: fd[3]: (null) FOUND\0", b"1: fd[3]: lstat() failed. ERROR\0", b"A" * 100000])
def test_clamd_answers_nonsense(profile, tmp_path, answer):
    Liar(str(tmp_path / "liar"), answer)
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;timeout=5" % (tmp_path / "liar"))
    result = profile.deliver(mails.plain())
    assert result.command_codes != [0], (answer, result.text)
    assert not profile.last()["scan.C"].startswith("clean"), answer


PLUGINS = {
    "crash": ("kill -SEGV $$", "error"),
    "exit 77": ("exit 77", "error"),
    "exit 1 without a finding": ("exit 1", None),
    "exit 0 with a finding": ("printf 'infected\\tBad\\t0000\\n'; exit 0", None),
    "flood": ("yes infected | head -c 10000000; exit 0", None),
    "garbage": ("printf '\\0\\001\\377 OK'; exit 0", None),
    "cut line": ("printf 'infected\\tBa'; exit 0", None),
    "closes early": ("exec >&- 2>&-; exit 3", "error"),
    "error then clean": ("printf 'error\\tcannot open\\t0000\\n'; exit 0", "error"),
    "removes the tree": ("rm -rf \"$1\"; exit 5", "error"),
    "not executable": (None, "error"),
}


@pytest.mark.parametrize("case", sorted(PLUGINS))
def test_plugins_that_fail(profile, plugin, case):
    body, verdict = PLUGINS[case]
    path = plugin(body or "exit 0")
    if body is None:
        path.chmod(0o644)
    profile.filters(KEEP).scanners("%s;P;Plug-in;;timeout=20" % path)
    result = profile.deliver(mails.multipart(mails.part(b"x")))
    got = profile.last()["scan.P"].split(":")[0]
    assert got != "clean" and result.command_codes != [0], (case, result.text)
    if verdict:
        assert got == verdict, (case, profile.last())
        assert result.command_codes == [111], result.text
    assert processes_with(path) == []


STUBBORN = {
    "hangs": "sleep 300",
    "ignores TERM": "trap '' TERM; while :; do sleep 300; done",
    "leaves a child": "sleep 300 & exit 0",
    "leaves a child of another session": "setsid sleep 300 & exit 0",
    "double fork": "(setsid sh -c 'trap \"\" TERM; sleep 300' &) ; sleep 300",
    "writes and hangs": "printf 'infected\\tHalf'; sleep 300",
}


@pytest.mark.parametrize("case", sorted(STUBBORN))
def test_nothing_is_left_behind(profile, plugin, case):
    marker = "qmvc-test-%d-%d" % (os.getpid(), time.monotonic_ns())
    path = plugin("export MARK=%s; %s" % (marker, STUBBORN[case]))
    profile.filters(KEEP).scanners("%s;P;Plug-in;;timeout=1" % path)
    result = profile.deliver(mails.plain(), timeout=30)
    got = profile.last()["scan.P"].split(":")[0]
    if case.startswith("leaves"):
        assert got == "clean" and result.command_codes == [0], (got, result.text)
    elif case == "writes and hangs":
        assert got in ("timeout", "infected") and result.command_codes != [0], (got, result.text)
    else:
        assert got == "timeout" and result.command_codes == [111], (got, result.text)
    assert processes_with(marker) == []


def test_deadline_for_all(profile, plugin):
    slow = plugin("sleep 300")
    profile.filters(KEEP).scanners("deadline=1", "%s;A;Slow;;timeout=100" % slow)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111]
    assert profile.last()["scan.A"].startswith("timeout:")


def test_missing_plugin(profile):
    profile.filters(KEEP).scanners("nosuchengine;N;No such engine;")
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "nosuchengine" in result.text
