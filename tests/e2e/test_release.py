"""qmvc-release: kept mail listed, shown, released to its recipient, deleted, expired."""
import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

import mails
from conftest import BUILD

RELEASE = BUILD / "src" / "programs" / "qmvc-release"
BAD = mails.plain(subject=b"cheap pills")
DAY = 24 * 3600
DIGITS = "0123456789abcdefghijklmnopqrstuv"


class Kept:
    """A profile whose filter keeps every mail about pills, and qmvc-release on it."""

    def __init__(self, profile):
        self.profile = profile
        profile.filters("subject=y;keep;").control("badsubjects", "pills")

    def keep(self, message=BAD, **how):
        assert self.profile.deliver(message, **how).command_codes == [99]
        return self.profile.last()["id"]

    def arguments(self, words):
        env = dict(self.profile.environment, HOME=str(self.profile.user_home), LC_ALL="C.UTF-8")
        return [str(RELEASE), *map(str, words)], env

    def __call__(self, *words, code=0, **env):
        arguments, environment = self.arguments(words)
        done = subprocess.run(arguments, env={**environment, **env}, capture_output=True, timeout=120)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        print(done.stdout, done.stderr)
        assert done.returncode == code
        return done

    def rows(self, *options):
        return json.loads(self("list", "--json", *options).stdout)["kept"]

    def ids(self, *options):
        return [row["id"] for row in self.rows(*options)]

    def directory(self, ident):
        return self.profile.home / "save" / ident

    def aged(self, ident, days):
        """The same mail, kept so long ago: an id begins with its time."""
        ms = int((time.time() - days * DAY) * 1000)
        new = "".join(DIGITS[ms >> 5 * i & 31] for i in range(8, -1, -1)) + ident[9:]
        self.directory(ident).rename(self.directory(new))
        return new


@pytest.fixture
def kept(profile):
    return Kept(profile)


# --- list and show --------------------------------------------------------------


def test_only_the_beginning_is_read(kept):
    kept.keep()
    arguments, env = kept.arguments(["list"])
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(arguments, env=env, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert done.returncode == -signal.SIGPIPE and done.stderr == b""


def test_nothing_is_kept(kept):
    assert kept("list").stdout == "no mail is kept\n" and kept.rows() == []
    kept.keep()
    assert kept("list", "--sender", "nobody").stdout == "no such mail\n"


def test_the_table_fits(kept):
    ident = kept.keep(sender="alice@example.org")
    kept.keep(mails.plain(subject=b"pills " + b"x" * 300), sender="a" * 200 + "@example.org")
    for width in (80, 120, 131, 160, 200):
        lines = kept("list", COLUMNS=str(width)).stdout.splitlines()
        assert max(map(len, lines)) <= width, width
        assert len(lines) == (4 if width > 120 else 7) and lines[-1].startswith("2 mails, ")
        assert lines[0].split()[:3] == ["ID", "KEPT", "(UTC)"]
        text = " ".join(lines)
        assert ident[:10] in text and "alice@example.org" in text and "cheap pills" in text
        assert "subject: pills" in text


def test_json(kept):
    ident = kept.keep(sender="", recipient="bob@example.net")
    (row,) = kept.rows()
    assert row == {"id": ident, "time": kept.profile.last()["t"], "sender": "<>",
                   "recipient": "bob@example.net", "subject": "cheap pills", "action": "keep",
                   "bytes": sum(p.stat().st_size for p in kept.directory(ident).iterdir()),
                   "decided": "subject", "conditions": ["subject: pills (cheap pills)"], "viruses": [],
                   "released": [], "directory": str(kept.directory(ident)), "unreadable": None}


def test_filters(kept, plugin):
    scanner = plugin("printf 'infected\\tTest.Virus\\tx\\n'; exit 1")
    first = kept.keep(sender="alice@example.org", recipient="bob@example.net")
    kept.profile.filters("virus=y;keep;").scanners("%s;P;Plugin;" % scanner)
    second = kept.keep(mails.plain(subject=b"Hello World"), sender="carol@example.com",
                       recipient="dave@example.net")
    today = kept.profile.last()["t"][:10]
    for options, found in (
            (["--sender", "ALICE@*"], [first]), (["--recipient", "dave@*"], [second]),
            (["--virus", "test.*"], [second]), (["--virus", "*"], [second]),
            (["--subject", "lo wor"], [second]), (["--sender", "alice"], []),
            (["--since", today], [first, second]), (["--until", today], [first, second]),
            (["--since", "2999-01-01"], []), (["--until", "2020-01-01"], []),
            (["--sender", "*", "--virus", "*"], [second]), ([], [first, second])):
        assert kept.ids(*options) == found, options


def test_inspected_mail_is_kept_too(kept):
    kept.profile.filters("subject=y;inspect;")
    assert kept.profile.deliver(BAD, sender="alice@example.org").command_codes == [0]
    (row,) = kept.rows()
    assert row["directory"].endswith("/alice@example.org." + row["id"]) and row["action"] == "inspect"
    assert row["id"] in kept("show", "alice@example.org." + row["id"]).stdout


def test_show(kept):
    message = BAD.replace(b"\nDate:", b"\nX-A: b c d\n\te f\nX-Long: " + b"word " * 30 + b"\nDate:", 1)
    ident = kept.keep(message, sender="alice@example.org")
    text = kept("show", ident[:12]).stdout
    for line in ("Id            " + ident, "Sender        alice@example.org",
                 "Recipient     bob@example.net", "Condition     subject: pills",
                 "Directory     " + str(kept.directory(ident))[:30], "Subject: cheap pills",
                 "To: Bob <bob@example.net>", "X-A: b c d\n    e f\n", "X-Long: word word", "  word word"):
        assert "\n" + line in "\n" + text, line
    assert "Dear Bob" not in text, "the header only"
    raw = subprocess.run(kept.arguments(["show", "--raw", ident])[0], stdout=subprocess.PIPE,
                         env=kept.arguments([])[1], check=True).stdout
    assert raw == (kept.directory(ident) / "message").read_bytes()


HOSTILE = b"\x1b]0;owned\x07\x1b[2J\xc2\x9b31m \xe2\x80\xae\xff\r\n\t"


def test_hostile_values_are_harmless(kept):
    message = mails.plain(subject=b"pills =?utf-8?q?=1B[2J=E2=80=AE=0A=0DId:_x?=").replace(
        b"Subject:", b"X-Evil: " + HOSTILE.replace(b"\r\n\t", b"") + b"\nSubject:", 1)
    ident = kept.keep(message, sender="\x1b[2J\u202e\n%s@x.test", recipient="bob\x1b\n@example.net")
    for words in (["list"], ["show", ident], ["list", "--json"]):
        out = kept(*words).stdout
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffd]", out), words
    assert kept("list").stdout.count("\n") == 5
    (row,) = kept.rows()
    assert row["sender"] == "\x1b[2J\u202e\n%s@x.test" and "\nId: x" not in kept("show", ident).stdout
    done = kept("release", ident, code=1)
    assert "no address that can be sent to" in done.stderr and kept.profile.queued() == []
    kept("release", ident, "--to", "postmaster@example.net")
    assert kept.profile.queued()[0][2] == ["postmaster@example.net"]


def test_raw_is_not_for_a_terminal(kept):
    ident = kept.keep()
    outside, inside = pty.openpty()
    arguments, env = kept.arguments(["show", "--raw", ident])
    done = subprocess.run(arguments, env=env, stdout=inside, stderr=subprocess.PIPE, timeout=60)
    os.close(inside)
    os.close(outside)
    assert done.returncode == 2 and b"terminal" in done.stderr


# --- release --------------------------------------------------------------------


def test_a_released_mail_passes_the_same_filter(kept):
    """Once, to its recipient, from nobody, without Delivered-To; and with it comes back in."""
    ident = kept.keep()
    assert kept("release", ident[:10]).stdout == ident + " released to bob@example.net\n"
    ((message, sender, recipients),) = kept.profile.queued()
    assert (sender, recipients) == ("", ["bob@example.net"])
    seal, rest = message.split(b"\n", 1)
    assert re.fullmatch(rb"X-QMVC-Seal: v1 [0-9a-f]{64}", seal)
    assert rest == (kept.directory(ident) / "message").read_bytes() and b"Delivered-To" not in rest
    again = b"Received: (qmail 1 invoked by uid 2); 22 Nov 2026 10:00:00 -0000\n" + message
    for recipient in ("bob@example.net", "bob@EXAMPLE.net"):
        result = kept.profile.deliver(again, sender="", recipient=recipient)
        assert result.command_codes == [0] and kept.profile.last()["sealed"] == "1"


@pytest.mark.parametrize("recipient, change", [
    ("carol@example.net", lambda m: m), ("Bob@example.net", lambda m: m),
    ("bob@example.net", lambda m: m + b"x\n"), ("bob@example.net", lambda m: m.replace(b"cheap", b"dear")),
    ("bob@example.net", lambda m: re.sub(rb"v1 ....", b"v1 0000", m))])
def test_nobody_else_and_nothing_else_passes(kept, recipient, change):
    kept("release", kept.keep())
    message = kept.profile.queued()[0][0]
    assert kept.profile.deliver(change(message), recipient=recipient).command_codes == [99]
    assert "sealed" not in kept.profile.last()


def test_a_virtual_domain(kept):
    """qmail puts PREPEND- in front again, so it goes to the address without."""
    kept.profile.options = "-v-"
    how = {"recipient": "info@v.test", "user": "bob", "prepend": "bob"}
    ident = kept.keep(**how)
    assert "Delivery      bob-info@v.test" in kept("show", ident).stdout
    kept("release", ident)
    ((message, _, recipients),) = kept.profile.queued()
    assert recipients == ["info@v.test"]
    assert kept.profile.deliver(message, **how).command_codes == [0]


def test_to_somebody_else(kept):
    ident = kept.keep()
    kept("release", "--to", "guard@example.net", ident)
    ((message, _, recipients),) = kept.profile.queued()
    assert recipients == ["guard@example.net"]
    assert kept.profile.deliver(message, recipient="guard@example.net").command_codes == [0]
    assert kept.profile.deliver(message, recipient="bob@example.net").command_codes == [99]


def test_once(kept):
    ident = kept.keep()
    kept("release", ident)
    assert (kept.directory(ident) / "released").stat().st_mode & 0o777 == 0o600
    assert kept("release", ident).stdout == ident + " has been released already\n"
    assert len(kept.profile.queued()) == 1 and "released; subject" in kept("list").stdout
    kept("release", "--again", ident)
    assert len(kept.profile.queued()) == 2
    (row,) = kept.rows()
    assert [r.split(" ", 1)[1] for r in row["released"]] == ["bob@example.net"] * 2


def test_a_release_that_cannot_be_marked(kept):
    """It is out: that is said, and said to be wrong."""
    ident = kept.keep()
    (kept.directory(ident) / "released").mkdir()
    assert "released already" in kept("release", ident).stdout, "better not sent than sent twice"
    done = kept("release", "--again", ident, code=1)
    assert done.stdout == ident + " released to bob@example.net\n" and "not be marked" in done.stderr
    assert len(kept.profile.queued()) == 1
    assert kept.rows()[0]["unreadable"] == "released: damaged"
    assert kept.rows()[0]["recipient"] == "bob@example.net"


def test_many_at_once_release_once(kept):
    ident = kept.keep()
    arguments, env = kept.arguments(["release", ident])
    running = [subprocess.Popen(arguments, env=env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for _ in range(8)]
    codes = [p.wait(120) for p in running]
    assert 0 in codes and set(codes) <= {0, 111} and len(kept.profile.queued()) == 1


def test_somebody_else_is_at_it(kept):
    ident = kept.keep()
    fd = os.open(kept.directory(ident), os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    for verb in ("release", "delete"):
        assert "another qmvc-release is at it" in kept(verb, ident, code=111).stderr
    old = kept.aged(ident, 5)
    kept("expire", "--age", "1")
    assert kept.ids() == [old] and kept.profile.queued() == []
    os.close(fd)
    kept("release", old)
    assert len(kept.profile.queued()) == 1


def test_released_and_deleted(kept):
    ident = kept.keep()
    kept("release", "--delete", ident)
    assert len(kept.profile.queued()) == 1 and kept.ids() == []
    assert list((kept.profile.home / "save").iterdir()) == []


@pytest.mark.parametrize("mode, code", [("exit 31", 1), ("exit 11", 1), ("exit 51", 111), ("exit 81", 111),
                                        ("kill 9", 111), ("unread 53", 111)])
def test_qmail_queue_fails(kept, mode, code):
    """Nothing is marked and nothing deleted, and the next try sends it."""
    ident = kept.keep()
    kept.profile.qmail_queue(mode)
    assert ident + ": " in kept("release", "--delete", ident, code=code).stderr
    assert kept.ids() == [ident] and kept.rows()[0]["released"] == []
    kept.profile.qmail_queue("")
    kept("release", ident)
    assert len(kept.profile.queued()) == 1


def test_some_fail(kept):
    first, second = kept.keep(), kept.keep(recipient="carol@example.net")
    done = kept("release", first, "zzz", second, code=1)
    assert "'zzz': no such mail is kept" in done.stderr and len(kept.profile.queued()) == 2


# --- ids --------------------------------------------------------------------------


def test_ids(kept):
    first = kept.keep()
    second = first[:15] + ("0" if first[15] != "0" else "1") * 5
    subprocess.run(["cp", "-a", kept.directory(first), kept.directory(second)], check=True)
    assert "several ids begin so" in kept("release", first[:15], code=1).stderr
    assert "several" in kept("delete", first[0], code=1).stderr
    listed = kept("list").stdout
    assert first[:16] in listed and second[:16] in listed
    kept("delete", first[:16])
    assert kept.ids() == [second]
    kept("delete", kept.directory(second))
    assert kept.ids() == []


@pytest.mark.parametrize("word", ["", ".", "..", "../log", "/etc", "../save", "*"])
def test_no_path_leaves_save(kept, word):
    ident = kept.keep()
    for verb in ("show", "release", "delete"):
        assert "no such mail" in kept(verb, word, code=1).stderr
    assert kept.ids() == [ident] and (kept.profile.home / "log" / "qmvc.log").exists()


# --- what lies in SAVE otherwise ----------------------------------------------------


def test_links_are_not_followed(kept, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("message", "result", "released"):
        (outside / name).write_text("Id: secret\nRecipient: thief@x.test\n")
    ident = kept.keep()
    save, message = kept.directory(""), kept.directory(ident) / "message"
    (save / ("0" * 20)).symlink_to(outside)
    message.unlink()
    message.symlink_to(outside / "message")
    rows = {row["id"]: row for row in kept.rows()}
    assert rows["0" * 20]["unreadable"] and rows[ident]["unreadable"].startswith("message: ")
    for name in ("0" * 20, ident):
        kept("show", "--raw", name, code=1)
        kept("release", name, code=1)
        assert "secret" not in kept("show", name, code=1).stdout
    kept("delete", "0" * 20, code=1)
    kept("delete", ident)
    assert kept.profile.queued() == [] and len(list(outside.iterdir())) == 3


def test_what_is_not_ours_is_left_alone(kept):
    kept.keep()
    save = kept.directory("")
    (save / "lost+found").mkdir()
    (save / "notes").write_text("mine\n")
    kept("expire", "--size", "0")
    assert sorted(p.name for p in save.iterdir()) == ["lost+found", "notes"]


@pytest.mark.parametrize("spoil", [
    lambda d: (d / "result").write_bytes(b"\0\xff no record"), lambda d: (d / "result").unlink(),
    lambda d: ((d / "result").unlink(), os.mkfifo(d / "result")),
    lambda d: ((d / "result").unlink(), (d / "result").mkdir()), lambda d: (d / "result").write_bytes(b"")],
    ids=["garbage", "missing", "fifo", "directory", "empty"])
def test_a_result_that_cannot_be_read(kept, spoil):
    """The mail is there all the same: it is listed, and goes where --to says."""
    good, ident = kept.keep(), kept.keep()
    spoil(kept.directory(ident))
    rows = {row["id"]: row for row in kept.rows()}
    assert rows[good]["unreadable"] is None and rows[ident]["unreadable"].startswith("result: ")
    assert "cannot be read: result" in kept("list").stdout
    kept("release", ident, code=1)
    kept("release", ident, "--to", "bob@example.net")
    assert len(kept.profile.queued()) == 1


def test_a_message_that_is_missing(kept):
    ident = kept.keep()
    (kept.directory(ident) / "message").unlink()
    assert "its message" in kept("release", ident, code=1).stderr
    assert kept.profile.queued() == []
    kept("delete", ident)
    assert kept.ids() == []


def test_save_that_others_may_write(kept):
    kept.keep()
    kept.directory("").chmod(0o777)
    assert "others may write" in kept("list", code=2).stderr


# --- delete and expire ----------------------------------------------------------------


def test_delete(kept):
    ids = [kept.keep() for _ in range(3)]
    assert kept("delete", ids[0], ids[2]).stdout == "%s deleted\n%s deleted\n" % (ids[0], ids[2])
    assert kept.ids() == [ids[1]]
    assert "no such mail" in kept("delete", ids[0], code=1).stderr


def test_expire_by_age(kept):
    old, young = kept.aged(kept.keep(), 31), kept.aged(kept.keep(), 29)
    done = kept("expire", "--age", "30")
    assert (done.stdout, done.stderr) == ("", "") and kept.ids() == [young] and old != young


def test_expire_by_size(kept):
    """The oldest go first, until the rest fits."""
    ids = [kept.aged(kept.keep(mails.plain(subject=b"pills", text=b"x\n" * 4500)), 5 - i)
           for i in range(4)]
    two = sum(row["bytes"] for row in kept.rows()[2:])
    kept("expire", "--size", "1M")
    assert kept.ids() == ids
    kept("expire", "--size", str(two))
    assert kept.ids() == ids[2:]
    kept("expire", "--age", "1000", "--size", "0")
    assert kept.ids() == []


def test_expire_removes_what_crashed_writers_left(kept):
    kept.keep()
    save = kept.directory("")
    for name, days in ((".new-old", 2), (".new-young", 0)):
        (save / name).mkdir()
        (save / name / "message").write_text("half")
        os.utime(save / name, (time.time() - days * DAY,) * 2)
    kept("expire", "--age", "1")
    assert [p.name for p in save.iterdir() if p.name.startswith(".")] == [".new-young"]


# --- profiles -----------------------------------------------------------------------


def test_a_users_own(kept):
    kept.profile.options = "-u"
    assert kept.profile.deliver(BAD).command_codes == [99]
    assert kept.ids() == []
    (row,) = json.loads(kept("-u", "list", "--json").stdout)["kept"]
    kept("-u", "release", row["id"])
    assert kept.profile.deliver(kept.profile.queued()[0][0]).command_codes == [0]
    assert (kept.profile.user_home / "qmvc" / "run" / "key").exists()


def test_root_sees_all_and_is_led_nowhere(kept, tmp_path, plugin):
    """Users' mail below users/, read and released with their own rights."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    # LeakSanitizer traces its own process, and one that has changed its uid cannot be traced.
    if "ASAN_OPTIONS" in kept.profile.environment:
        kept.profile.environment["ASAN_OPTIONS"] += ":detect_leaks=0"
    ident = kept.keep()
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    for name in ("message", "result"):
        (secret / name).write_text("Id: secret\nRecipient: thief@x.test\n")
    for path in [kept.profile.home, *kept.profile.home.parents]:    # this run's own, nobody else's
        if "qmvc-" in str(path):
            path.chmod(path.stat().st_mode | 0o111)
    users = kept.profile.home / "users"
    users.mkdir()
    users.chmod(0o1733)
    theirs = "1" * 20
    elsewhere = tmp_path / "elsewhere"
    for uid, home in ((1234, users / "1234"), (1235, users / "1235"), (1236, users / "1236"),
                      (1237, elsewhere), (1239, users / "1238")):
        for path in (home, home / "save", home / "save" / theirs):
            path.mkdir(mode=0o700)
            os.chown(path, uid, uid)
    (users / "1237").symlink_to(elsewhere)
    ours = users / "1234" / "save" / theirs
    linked = users / "1236" / "save" / theirs
    for name, directory in (("message", ours), ("result", ours), ("result", linked)):
        (directory / name).write_bytes((kept.directory(ident) / name).read_bytes())
        os.chown(directory / name, directory.stat().st_uid, -1)
    (users / "1235" / "save" / theirs).rmdir()
    (users / "1235" / "save").rmdir()
    (users / "1235" / "save").symlink_to(secret)             # somebody's home that only root can read
    (secret / "message").chmod(0o644)
    os.link(secret / "message", linked / "message")
    done = kept("list", "--json", code=1)
    assert "users/1235/save" in done.stderr and done.stderr.count("\n") == 1
    rows = {row["directory"]: row for row in json.loads(done.stdout)["kept"]}
    assert set(rows) == {str(kept.directory(ident)), str(ours), str(linked)}
    assert rows[str(linked)]["unreadable"] == "message: Operation not permitted"
    (users / "1235").rename(tmp_path / "1235")
    assert "several ids" in kept("show", theirs, code=1).stderr
    kept.profile.outbox.chmod(0o777)
    who = tmp_path / "who"
    queue = plugin("id -ru >%s; exec %s" % (who, kept.profile.environment["QMAILQUEUE"]))
    who.touch()
    who.chmod(0o666)
    kept("release", ours, QMAILQUEUE=str(queue))
    assert who.read_text() == "1234\n", "no right of root's is left to qmail-queue"
    assert (ours / "released").stat().st_uid == 1234
    assert (users / "1234" / "run" / "key").stat().st_uid == 1234
    kept("delete", linked)
    assert (secret / "message").exists()
    kept("expire", "--size", "0")
    assert kept.rows() == [] and kept.directory(ident).parent.exists()


# --- the command line ---------------------------------------------------------------


@pytest.mark.parametrize("words, says", [
    ([], "list, show, release"), (["frob"], "'frob'"), (["show"], "one id"), (["show", "a", "b"], "one id"),
    (["release"], "which mail"), (["list", "x"], "takes no ids"), (["expire"], "--age, --size"),
    (["expire", "--age", "0"], "1 day"), (["expire", "--age", "x"], "1 day"),
    (["expire", "--size", "x"], "bytes"), (["list", "--since", "22.11.2026"], "YYYY-MM-DD"),
    (["list", "--since", "2026-02-30"], "YYYY-MM-DD"), (["list", "--raw"], "list: --raw does"),
    (["delete", "--to", "x", "y"], "delete: --to does"), (["-x", "list"], "no option -x"),
    (["--json", "list"], "--json does"), (["release", "a", "--to"], "needs an argument"),
    (["release", "a", "--to", ""], "empty"), (["-c", "/nonexistent", "list"], "/nonexistent")])
def test_usage(kept, words, says):
    assert says in kept(*words, code=2).stderr


def test_help_and_version(kept):
    assert kept("-h").stdout.startswith("usage: qmvc-release")
    assert kept("-V").stdout.startswith("qmvc-release ")
