"""clamd is asked about a mail before that is judged: a stand-in sees when, and nothing else changes by it.

What happens before what is held together by fifos, not by time: a command of badbodytexts waits for what the
stand-in has seen, or the stand-in for the command; who waits in vain fails.
"""
import array
import os
import re
import socket
import threading

import pytest

import archives
import mails
from conftest import wait_until

KEEP = "virus=y;keep"
OK, FOUND = "OK", "Test.Evil FOUND"


class Clamd:
    """One connection after another, one question after another. `say(question)` answers: a text, None for
    nothing, or False to close. What it sees is in `events`: "connected", what each question is about, "gone"."""

    def __init__(self, path, say):
        self.say, self.events, self.connections = say, [], 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.events.append("connected")
            with peer:
                try:
                    self.serve(peer)
                except OSError:
                    pass
            self.events.append("gone")

    def serve(self, peer):
        left, fds, number = b"", array.array("i"), 0
        while True:
            while left.count(b"\0") < 2 + (number == 0) or not fds:
                data, extra, _, _ = peer.recvmsg(4096, 256)
                if not data:
                    return
                left += data
                for _, _, room in extra:
                    fds.frombytes(room[:len(room) - len(room) % fds.itemsize])
            if number == 0:
                assert left.startswith(b"zIDSESSION\0")
                left = left[11:]
            assert left.startswith(b"zFILDES\0\0")
            left, number = left[9:], number + 1
            with open(fds.pop(0), "rb") as file:
                content = os.pread(file.fileno(), 1 << 20, 0)
            about = "mail" if b"Subject:" in content else re.match(rb"\w*", content).group().decode()
            self.events.append(about)
            answer = self.say(about)
            if answer is False:
                return
            if answer:
                peer.sendall(b"%d: fd[9]: %s\0" % (number, answer.encode()))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def early(profile, tmp_path):
    """early(say) starts the stand-in; the profile asks it."""
    made = []

    def start(say=lambda about: OK, options="timeout=20", lines=()):
        made.append(Clamd(tmp_path / "clamd", say))
        profile.filters(KEEP).scanners(*lines, "clamd:%s;C;ClamAV;;%s" % (tmp_path / "clamd", options))
        return made[-1]

    yield start
    for server in made:
        server.close()


class Fifo:
    """One side waits for the other, here with a bound."""

    def __init__(self, path):
        os.mkfifo(path)
        self.path = path

    def say(self):
        with open(self.path, "w") as out:
            out.write("go\n")

    def wait(self):
        with open(self.path) as come:
            come.read()


@pytest.fixture
def seen(tmp_path):
    return Fifo(tmp_path / "seen")


@pytest.fixture
def judged(tmp_path):
    return Fifo(tmp_path / "judged")


def two_parts():
    return mails.multipart(mails.part(b"second part\n"), text=b"first part\n")


def wait_for(fifo):
    return "timeout 20 cat %s >/dev/null || exit 3" % fifo.path


def test_asked_while_it_is_judged(profile, early, seen, judged):
    """The mail and its parts are with clamd before the command runs, which ends before clamd answers."""
    def say(about):
        if about == "second":
            seen.say()
            judged.wait()
        return OK

    clamd = early(say)
    profile.filters("bodytext=y;block", KEEP)
    profile.control("badbodytexts", "|%s; echo >%s; exit 1" % (wait_for(seen), judged.path))
    assert profile.deliver(two_parts()).command_codes == [0], profile.last()
    wait_until(lambda: "gone" in clamd.events)
    assert clamd.events == ["connected", "mail", "first", "second", "gone"]
    entry = profile.last()
    assert entry["scan.C"].startswith("clean:")
    latency, split = float(entry["scan.C"].split(":")[1]), [float(t) for t in entry["split.C"].split(":")]
    assert 0 < float(entry["early.C"]) < latency and abs(sum(split) - latency) < 0.002
    assert latency - float(entry["early.C"]) <= float(entry["time.scan"])
    assert profile.leftovers() == []


def test_members_over_the_same_connection(profile, early):
    """What is in an archive is known late; meanwhile the mail's answer may be out."""
    member = threading.Event()

    def say(about):
        if about == "member":
            member.set()
        return OK

    clamd = early(say)
    profile.filters(KEEP, "encrypted=y;keep")
    mail = mails.multipart(mails.part(archives.zipped(("a.txt", b"member of it\n")), name=b"a.zip"))
    assert profile.deliver(mail).command_codes == [0], profile.last()
    assert member.is_set() and clamd.connections == 1
    assert clamd.events[1] == "mail" and clamd.events[-2 if clamd.events[-1] == "gone" else -1] == "member"


@pytest.mark.parametrize("quitasap", ["", ";;;quitasap"])
@pytest.mark.parametrize("bad, file", [
    ({"mail"}, "message"), ({"mail", "second"}, "b.txt"), ({"second"}, "b.txt")])
def test_found(profile, early, bad, file, quitasap):
    """What people look for is named: the part, if it is in one, though the mail was asked about first."""
    early(lambda about: FOUND if about in bad else OK)
    profile.filters(KEEP + quitasap)
    mail = mails.multipart(mails.part(b"second part\n", name=b"b.txt"), text=b"first part\n")
    assert profile.deliver(mail).command_codes == [99]
    assert profile.last()["virus.C"] == "Test.Evil" and profile.last()["decided"] == "virus"
    record, = profile.records()
    assert record.count("Virus: ") == 1 and "File: %s\n" % file in record, record


def test_it_dies_early(profile, early):
    """Nobody is to blame, and nothing is said of it."""
    clamd = early(lambda about: OK if clamd.connections > 1 else False)
    assert profile.deliver(two_parts()).command_codes == [0], profile.last()
    assert clamd.connections == 2
    assert profile.state("qmvc.error") == "" and not list((profile.home / "run").glob("scanner.*"))


def test_it_closes_an_idle_session(profile, early, seen):
    """It has answered, waits for more, and closes, as clamd does after CommandReadTimeout; then members come."""
    def say(about):
        if clamd.connections > 1:
            return OK
        clamd.left = getattr(clamd, "left", 3) - 1
        return OK if clamd.left > 0 else leave()

    def leave():
        threading.Thread(target=lambda: (wait_until(lambda: "gone" in clamd.events), seen.say())).start()
        return False

    clamd = early(say)
    profile.filters("bodytext=y;block", "encrypted=y;keep", KEEP)
    profile.control("badbodytexts", "|%s; exit 1" % wait_for(seen))
    mail = mails.multipart(mails.part(archives.zipped(("a.txt", b"member of it\n")), name=b"a.zip"))
    assert profile.deliver(mail).command_codes == [0], profile.last()
    assert clamd.connections == 2 and "member" in clamd.events
    assert profile.state("qmvc.error") == "" and not list((profile.home / "run").glob("scanner.*"))


def test_a_condition_ends_it(profile, early):
    """The question is taken back: nothing is logged of it, and the stand-in, which has not answered, sees it."""
    clamd = early(lambda about: None)
    profile.filters("subject=y;block;;quitasap", KEEP).control("badsubjects", "pills")
    assert profile.deliver(mails.plain(subject=b"cheap pills")).command_codes == [99]
    wait_until(lambda: "gone" in clamd.events)
    assert clamd.events[:2] == ["connected", "mail"]
    assert not [key for key in profile.last() if key.endswith(".C")] and "time.scan" not in profile.last()
    assert profile.state("qmvc.error") == "" and not list((profile.home / "run").glob("scanner.*"))
    assert profile.leftovers() == []


def test_deferred_before_the_scan(profile, early):
    clamd = early(lambda about: None)
    profile.filters("bodytext=y;block", KEEP).control("badbodytexts", "|exit 111")
    assert profile.deliver(mails.plain()).command_codes == [111]
    wait_until(lambda: "gone" in clamd.events)
    assert not [key for key in profile.last() if key.endswith(".C")]


def test_its_time_begins_with_its_turn(profile, early, judged):
    """A command takes longer than the timeout of clamd, which answers only afterwards."""
    clamd = early(lambda about: about == "mail" and judged.wait() or OK, "timeout=1")
    profile.filters("bodytext=y;block", KEEP)
    profile.control("badbodytexts", "|sleep 1.2; echo >%s; exit 1" % judged.path)
    assert profile.deliver(mails.plain()).command_codes == [0], profile.last()
    assert "early.C" in profile.last() and clamd.connections == 1


def test_who_is_not_asked_early(profile, early, plugin, tmp_path):
    """Out of its turn, too large, off, or under -n."""
    clamd = early()
    scanner = str(plugin("exit 0"))
    line = "clamd:%s;C;ClamAV;" % (tmp_path / "clamd")

    def asked_early():
        assert profile.deliver(mails.plain()).command_codes == [0], profile.last()
        return "early.C" in profile.last()

    profile.scanners(scanner + ";P;Program;", line)
    assert asked_early()
    profile.scanners(scanner + ";P;Program;", line, "mode=sequential")
    assert not asked_early()
    profile.scanners(line, scanner + ";P;Program;", "mode=sequential")
    assert asked_early()
    profile.scanners(line + ";maxsize=%d" % (int(profile.last()["size"]) - 1))
    assert not asked_early()
    profile.scanners(line)
    profile.options = "-n"
    profile.control("noscantypes", "image/png")
    assert not asked_early()
    profile.options = ""
    (profile.home / "run" / "scanner.C").write_text("1 1 clamd:%s\n" % (tmp_path / "clamd"))
    assert not asked_early() and not (profile.home / "run" / "scanner.C").exists()
    before = clamd.connections
    profile.filters("virus=n")
    assert not asked_early() and clamd.connections == before
