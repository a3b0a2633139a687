"""A helper killed in front of its k-th call, for every k; whatever it was about to do, the mail gets
the right verdict or waits (111), nothing is left, and the next mail is served.

An archive whose helper is killed may be one that kills helpers: its verdict is `overlimit`, and what
lies beside it is looked at all the same. QMVC_FAULT_STRIDE=1 leaves no k out.
"""
import concurrent.futures
import gzip
import os
import pathlib
import shutil
import signal
import struct

import pytest

import archives
import mails
from conftest import e2e
from processes import children, end_residents, left_alive

LIBRARIES = e2e.BUILD / "tests" / "fault"
SANITIZED = "ASAN_OPTIONS" in os.environ
STRIDE = int(os.environ.get("QMVC_FAULT_STRIDE", "0"))
POINTS_MAX = 20000

CLEAN_PARTS = (mails.part(archives.zipped(("a.txt", b"nothing"), ("b.txt", b"at all")), name=b"a.zip"),
               mails.part(b"\0\1\2\3", name=b"b.bin"),
               mails.part(gzip.compress(archives.tarred(("c.txt", b"c")), mtime=0), name=b"c.tgz"))
INFECTED_ZIP = mails.part(archives.zipped(("evil.exe", mails.EICAR)), name=b"evil.zip")
CLEAN = mails.multipart(*CLEAN_PARTS)
INFECTED = mails.multipart(CLEAN_PARTS[0], INFECTED_ZIP, *CLEAN_PARTS[1:])


class Killer:
    """A directory of helpers in which one is preloaded with what kills it; see fault.h."""

    RECORD = struct.Struct("qqqqq32s")

    def __init__(self, profile, directory, helper, library):
        self.record = directory / "kill"
        self.disarm()
        libexec = directory / "libexec"
        libexec.mkdir()
        for name in ("qmvc-open", "qmvc-clamav"):
            (libexec / name).symlink_to(e2e.LIBEXEC / name)
        (libexec / helper).unlink()
        (libexec / helper).write_text(
            "#!/bin/sh\nFAULT_KILL=%s LD_PRELOAD=%s ASAN_OPTIONS=verify_asan_link_order=0\n"
            "export FAULT_KILL LD_PRELOAD ASAN_OPTIONS\nexec %s \"$@\"\n" % (
                self.record, LIBRARIES / library, e2e.LIBEXEC / helper))
        (libexec / helper).chmod(0o755)
        profile.environment["QMVC_LIBEXEC"] = str(libexec)

    def arm(self, at, number=signal.SIGKILL, each=False):
        """Not by a new file: it may be mapped still."""
        with open(self.record, "r+b" if self.record.exists() else "w+b") as out:
            out.write(self.RECORD.pack(at, number, each, 0, 0, b""))

    def disarm(self):
        self.arm(0)

    def read(self):
        """How many calls, who was hit, in front of what."""
        _, _, _, count, pid, what = self.RECORD.unpack(self.record.read_bytes())
        return count, pid, what.rstrip(b"\0").decode()


class Sweep:
    """The k-th call for k = 1, 1 + stride, ... until none is left; judges each delivery."""

    def __init__(self, profile, killer, stride, each=False):
        self.profile, self.killer, self.each = profile, killer, each
        self.stride = STRIDE or stride * (3 if SANITIZED else 1)
        self.problems, self.points, self.deferred = [], 0, 0

    def points_of(self, message):
        for at in range(1, POINTS_MAX, self.stride):
            self.killer.arm(at, each=self.each)
            before = children()
            result = self.profile.deliver(message)
            count, pid, what = self.killer.read()
            self.killer.disarm()
            yield result, bool(pid), "k=%d, %s" % (at, what)
            self.check(not left_alive(before, self.profile.residents), what, "a process is left")
            if not pid:
                return
            self.points += 1
            self.deferred += result.command_codes == [111]
        self.problems.append("no end")

    def check(self, condition, where, words):
        if not condition:
            last = self.profile.last() if self.profile.log() else {}
            self.problems.append("%s: %s: %s" % (where, words, last))

    def end(self):
        print("%d points, %d deferred" % (self.points, self.deferred))
        assert self.points > 5 and not self.problems, "\n".join(self.problems)


def verdict(profile, result):
    (code,) = result.command_codes
    return 111 if code == 111 else (code, profile.last().get("met", ""))


@pytest.mark.parametrize("library", ["fail_call.so", "fail_alloc.so"])
def test_opener(profile, tmp_path, library):
    killer = Killer(profile, tmp_path, "qmvc-open", library)
    profile.filters("filename=y;keep", "mimetype=y;inspect").control("badfilenames", "*.exe")
    profile.control("badmimetypes", "nothing")
    sweep = Sweep(profile, killer, 2 if library == "fail_call.so" else 397)
    for message, right in ((INFECTED, (99, "filename")), (CLEAN, (0, ""))):
        for result, hit, where in sweep.points_of(message):
            got = verdict(profile, result)
            allowed = {111, right, (99, "filename,overlimit"), (99, "overlimit")} if hit else {right}
            sweep.check(got in allowed, where, "wrong verdict")
            if got == 111:
                sweep.check("qmvc-open" in profile.last().get("error", ""), where, "not said why")
            elif right[0] == 99 and "filename" not in got[1]:
                sweep.check("evil.zip" in profile.records()[-1], where, "not the one that was killed")
            elif right[0] == 0:
                sweep.check("filename" not in got[1], where, "found what is not there")
            sweep.check(profile.leftovers() == [], where, "left in tmp")
            sweep.check(not list((profile.home / "run").glob("*")), where, "left in run")
    sweep.end()


def by_library(profile, signatures, resident):
    profile.filters("virus=y;keep").scanners(
        "libclamav:%s;L;ClamAV built in;;timeout=60,resident=%d" % (signatures, resident))


def forget(profile):
    end_residents(profile)
    for name in ("run", "tmp"):
        shutil.rmtree(profile.home / name, ignore_errors=True)


@pytest.mark.parametrize("resident", [0, 600], ids=["one-shot", "resident"])
@pytest.mark.parametrize("library,stride", [("fail_call.so", 13), ("fail_alloc.so", 601)])
def test_scanner(profile, tmp_path, signatures, resident, library, stride):
    """Killed once, it is asked again: the verdict is the right one, or the mail waits."""
    killer = Killer(profile, tmp_path, "qmvc-clamav", library)
    by_library(profile, signatures, resident)
    sweep = Sweep(profile, killer, stride)
    for message, right in ((INFECTED, (99, "virus")), (CLEAN, (0, ""))):
        for result, hit, where in sweep.points_of(message):
            got = verdict(profile, result)
            sweep.check(got in ({right, 111} if hit else {right}), where, "wrong verdict")
            for state in (profile.home / "run").glob("scanner.*"):
                state.unlink()          # or nobody asks it for a while
            # Whoever was hit, the next mail has its verdict, and clears up behind the dead.
            if hit:
                result = profile.deliver(CLEAN)
                sweep.check(verdict(profile, result) == (0, ""), where, "the next one: " + result.text)
            e2e.wait_until(lambda: profile.leftovers() == [])
            sweep.check(len(profile.residents()) == (resident > 0), where, "how many are resident?")
            left = [p for p in (profile.home / "run").glob("clamav.*")]
            sweep.check(len(left) == (2 if resident else 0), where, "left in run: %s" % left)
            forget(profile)
    sweep.end()


@pytest.mark.parametrize("resident", [0, 600], ids=["one-shot", "resident"])
def test_scanner_never_gets_further(profile, tmp_path, signatures, resident):
    """As if the mail killed it each time: no verdict is made up, and only that mail suffers."""
    killer = Killer(profile, tmp_path, "qmvc-clamav", "fail_call.so")
    by_library(profile, signatures, resident)
    sweep = Sweep(profile, killer, 17, each=True)
    for result, hit, where in sweep.points_of(INFECTED):
        got = verdict(profile, result)
        sweep.check(got in (111, (99, "virus"), (99, "overlimit"), (99, "overlimit,virus")), where,
                    "wrong verdict")
        sweep.check(got == 111 or hit or got == (99, "virus"), where, "nothing was hit")
        for state in (profile.home / "run").glob("scanner.*"):
            state.unlink()
        sweep.check(verdict(profile, profile.deliver(CLEAN)) == (0, ""), where, "the next one")
        e2e.wait_until(lambda: profile.leftovers() == [])
        forget(profile)
    sweep.end()


def state_of(pid):
    try:
        return pathlib.Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


@pytest.fixture
def no_survivors(profile):
    """One that is stopped does not see that its socket has gone."""
    yield
    end_residents(profile)


@pytest.mark.usefixtures("no_survivors")
@pytest.mark.parametrize("who", ["resident", "child", "both"])
def test_killed_over_a_large_object(profile, tmp_path, signatures, who):
    """A child is stopped in the middle of its scan; then it, or who forked it, is killed."""
    killer = Killer(profile, tmp_path, "qmvc-clamav", "fail_call.so")
    by_library(profile, signatures, 600)
    large = mails.part(archives.zipped(("noise", os.urandom(1 << 20) * 2)), name=b"large.zip")
    message = mails.multipart(large, INFECTED_ZIP)
    assert profile.deliver(message).command_codes == [99]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for calls in (13, 18, 45, 70):
            (resident,) = profile.residents()
            killer.arm(calls, signal.SIGSTOP)
            delivery = pool.submit(profile.deliver, message)
            e2e.wait_until(lambda: delivery.done() or state_of(killer.read()[1]) == "T")
            _, pid, what = killer.read()
            if who == "child" and pid == resident or delivery.done():
                os.kill(pid or resident, signal.SIGCONT)
            else:
                for victim in {"resident": (resident,), "child": (pid,), "both": (pid, resident)}[who]:
                    os.kill(victim, signal.SIGKILL)
            result = delivery.result()
            assert verdict(profile, result) in (111, (99, "virus")), (what, result.text)
            for state in (profile.home / "run").glob("scanner.*"):
                state.unlink()
            assert verdict(profile, profile.deliver(message)) == (99, "virus"), what
            e2e.wait_until(lambda: profile.leftovers() == [])
