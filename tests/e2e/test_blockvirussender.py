"""blockvirussender: qmail's badmailfrom, what qmail-smtpd makes of it, and the mail about it."""
import datetime
import email
import email.policy
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

import pytest

import rep_records
from conftest import BUILD, FAKE_QUEUE, wait_until

PROGRAM = BUILD / "src" / "programs" / "blockvirussender"
ADMIN = b"# spammers, Alice\n@spam.example\n\n  \t\nold@x.example \t\n#end without a newline\nlast@x.example"
# In a zone where it is noon, so that no day ends while we look. POSIX counts west of Greenwich.
WEST = time.gmtime().tm_hour - 12
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=-WEST))).date()


def constmap(data):
    """What control_readfile() and constmap_init() of qmail make of a file: see qmail's control.c."""
    kept = [line.rstrip(b" \t") for line in data.split(b"\n")]
    joined = b"".join(line + b"\0" for line in kept if line and not line.startswith(b"#"))
    return {entry.lower() for entry in joined.split(b"\0") if entry}


def smtpd_refuses(data, sender):
    """bmfcheck() of qmail-smtpd."""
    entries, sender = constmap(data), sender.lower().encode()
    return sender in entries or (b"@" in sender and sender[sender.rindex(b"@"):] in entries)


def pair(address, mails=5, since=0, until=30):
    """An entry of ours, days counted from today."""
    day = lambda n: (TODAY + datetime.timedelta(days=n)).isoformat()
    return ("#qmvc %s until %s: %d infected mail%s from %s\n%s\n" % (
        day(since), day(until), mails, "" if mails == 1 else "s", address, address)).encode()


class Block:
    """A qmail with a control directory, a home whose virulator has run, and the program."""

    def __init__(self, profile):
        self.profile, self.home = profile, profile.home
        self.control = profile.home.parent / "qmail" / "control"
        self.control.mkdir(parents=True)
        (self.home / "log").mkdir()
        self.file, self.top = self.control / "badmailfrom", self.home / "log" / "topvirus_Sender1"
        self.environment = dict(profile.environment, QMVC_QMAIL=str(self.control.parent),
                                TZ="NOON%+d" % WEST)
        self.write(me="mail.own.example\n", locals="localhost\n", rcpthosts="own.example\n")
        self.file.write_bytes(ADMIN)

    def write(self, **files):
        for name, text in files.items():
            (self.control / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def senders(self, *rows, path=None):
        """(count, address), or an address that sent five."""
        rows = [row if isinstance(row, tuple) else (5, row) for row in rows]
        (path or self.top).write_bytes(b"".join(
            b"%d\t%s\n" % (n, a if isinstance(a, bytes) else a.encode()) for n, a in rows))
        return self

    def start(self, *words, **how):
        return subprocess.Popen([PROGRAM, *words], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **how)

    def __call__(self, *words, code=0, **how):
        process = self.start(*words, **how)
        out, err = process.communicate(timeout=60)
        print(out, err)
        assert process.returncode == code
        assert bool(err) == (code != 0) and err.count("\n") <= max(1, len(words))
        return err if code else out

    def added(self):
        """What stands behind the administrator's."""
        data = self.file.read_bytes()
        assert data.startswith(ADMIN)
        return data[len(ADMIN):].removeprefix(b"\n")

    def refuses(self, sender):
        return smtpd_refuses(self.file.read_bytes(), sender)

    def mails(self):
        return [(email.message_from_bytes(text, policy=email.policy.default), sender, to)
                for text, sender, to in self.profile.queued()]


@pytest.fixture
def block(profile):
    return Block(profile)


# --- blocking -------------------------------------------------------------------


def test_as_in_the_howto(block):
    block.senders((9, "A@Virus.example"), (3, "b+c@host.example.net"), (2, "rare@host.example.net"))
    out = block("admin@own.example")
    until = (TODAY + datetime.timedelta(days=30)).isoformat()
    assert out == ("a@virus.example: blocked until %s: 9 infected mails\n"
                   "b+c@host.example.net: blocked until %s: 3 infected mails\n" % (until, until))
    assert block.added() == pair("a@virus.example", 9) + pair("b+c@host.example.net", 3)
    for sender in "a@virus.example", "A@VIRUS.Example", "b+c@host.example.net":
        assert block.refuses(sender)
    for sender in ("", "#@[]", "aa@virus.example", "a@sub.virus.example", "c@host.example.net",
                   "rare@host.example.net", "end without a newline"):
        assert not block.refuses(sender)
    assert block.refuses("old@x.example") and block.refuses("x@spam.example")
    assert block.refuses("last@x.example")

    (mail, sender, to), = block.mails()
    assert sender == "" and to == ["admin@own.example"]
    assert mail["From"] == "postmaster@mail.own.example" and mail["To"] == "admin@own.example"
    assert mail["Subject"] == "2 senders of viruses blocked on mail.own.example"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"] and not mail.defects
    assert mail["Message-ID"].endswith("@mail.own.example>")
    text = mail.get_content()
    assert "             9   %s   a@virus.example\n             3   %s   b+c@" % (until, until) in text
    assert "They stand in %s.\n" % block.file in text
    assert str(block.home / "control" / "neverblock") in text and "rare@" not in text

    before = block.file.stat()
    assert block("admin@own.example") == "" and len(block.mails()) == 1
    assert block.file.stat() == before    # nothing is written where nothing changes


def test_behind_virulator(block):
    """What virulator writes is read: both lines of the HowTo's crontab."""
    now = int(time.time() * 1000)
    with open(block.home / "log" / "qmvc.rep", "w", errors="surrogatepass") as log:
        for mail in rep_records.generate(400, now - 3600000, now - 1000):
            log.write(rep_records.record(mail))
    subprocess.run([PROGRAM.with_name("virulator"), "-c"], env=block.environment, check=True, timeout=60)
    worst = [line.split("\t") for line in block.top.read_text().splitlines()]
    block("-n", "1")
    added = {e.decode() for e in constmap(block.added())}
    assert added and added <= {address.lower() for _, address in worst}


def test_no_badmailfrom_yet(block):
    block.file.unlink()
    block.senders("a@virus.example")()
    assert block.file.read_bytes() == pair("a@virus.example")
    assert block.file.stat().st_mode & 0o7777 == 0o644    # qmail-smtpd has a uid of its own


def test_owner_and_mode_stay(block):
    block.file.chmod(0o640)
    if os.getuid() == 0:
        os.chown(block.file, 1234, 5678)
    before = block.file.stat()
    block.senders("a@virus.example")()
    after = block.file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


NO_SENDERS = [
    "", "<>", "#@[]", "#a@x.example", "a", "@x.example", "a@", "a@b@", "a@intranet", "a@.example",
    "a@x..example", "a@x.example.", "a@[192.0.2.1]", "a b@x.example", '"a b"@x.example', "a@x.example ",
    "a\t@x.example", "a\r@x.example", "a@x.example\r", "a\0b@x.example", "a\x7f@x.example",
    "a\\x0A@x.example", "j\u00fcrgen@x.example", b"\xff@x.example", "a@\u00fc.example", "*@x.example",
    "a*@x.example", "?@x.example", "[a]@x.example", "!a@x.example", "-a@x.example", "~a@x.example",
    "a|b@x.example", "a$@x.example", "(a)@x.example", "a%b@x.example", "a:b@x.example", ".*@.*",
    "a@-x.example", "a" * 245 + "@x.example", "'a@x.example", "a@b@x.example",
]


def test_no_sender_to_block(block):
    assert block.senders(*NO_SENDERS)("admin@own.example") == ""
    assert block.file.read_bytes() == ADMIN and not block.mails()


def test_every_address_that_goes_in_is_refused(block):
    senders = ["a" * 244 + "@x.example", "_a@x.example", "o'b-c.d_e=f&g+h/i@x-y.z_1.example", "1@2.example"]
    block.senders(*senders)()
    for sender in senders:
        assert block.refuses(sender) and block.refuses(sender.upper())
    assert len(constmap(block.added())) == len(senders)


def test_counts(block):
    """Who changes the case with each mail is one; numbers beyond all reason harm nothing."""
    block.senders((2, "A@x.example"), (2, "a@X.example"), (3, "b@x.example"), (4, "c@x.example"),
                  (10 ** 19, "d@x.example"), (10 ** 19, "D@x.example"))("-n", "4", "-d", "2")
    assert block.added() == (pair("d@x.example", 2 * 10 ** 9, until=2) + pair("a@x.example", 4, until=2)
                             + pair("c@x.example", 4, until=2))


def test_who_is_blocked_already(block):
    block.senders("OLD@x.example", "a@SPAM.example", "b@sub.spam.example")()
    assert block.added() == pair("b@sub.spam.example")


# --- domains of one's own, and neverblock ---------------------------------------


@pytest.mark.parametrize("name, text, own, foreign", [
    ("me", "MAIL.x.example\n", "a@mail.X.example", "a@x.example"),
    ("locals", "# c\nx.example \t\n", "A@X.example", "a@sub.x.example"),
    ("locals", "x.example\r\n", "a@x.example", "a@y.example"),
    ("rcpthosts", "y.example\n.X.example", "a@very.deep.x.example", "a@x.example"),
    ("rcpthosts", "x.example\n", "a@x.example", "a@xx.example"),
    ("morercpthosts", ".x.example\n", "a@b.x.example", "a@bx.example"),
    ("virtualdomains", "x.example:bob\n", "a@x.example", "bob@y.example"),
    ("virtualdomains", "x.example:\n", "a@x.example", "a@y.example"),
    ("virtualdomains", "A@x.example:bob\n", "a@X.example", "b@x.example"),
    ("virtualdomains", ".x.example:bob\n", "a@b.x.example", "a@x.example"),
    ("virtualdomains", ":all\n", "a@own.example", "a@x.example"),
])
def test_own_domains(block, name, text, own, foreign):
    block.write(**{name: text})
    if name == "virtualdomains" and text == ":all\n":
        block.write(rcpthosts="own.example\n")
    block.senders(own, foreign)()
    assert block.added() == pair(foreign.lower())


def broken(block, how):
    rcpthosts = block.control / "rcpthosts"
    if how == "nothing there":
        for name in "me", "locals", "rcpthosts":
            (block.control / name).unlink()
        return "names a domain of one's own"
    if how == "no text":
        block.write(**{"morercpthosts.cdb": "x"})
        return "morercpthosts: is not there"
    if how == "NUL":
        block.write(rcpthosts="own.example\0x.example\n")
        return "rcpthosts: has a NUL byte in it"
    if how == "large":
        with open(rcpthosts, "r+b") as file:
            file.truncate((16 << 20) + 1)
        return "rcpthosts: File too large"
    rcpthosts.unlink()
    if how == "loop":
        rcpthosts.symlink_to("rcpthosts")
        return "rcpthosts: Too many levels of symbolic links"
    if how == "fifo":
        os.mkfifo(rcpthosts)
    else:
        rcpthosts.mkdir()
    return "rcpthosts: is not a regular file"


@pytest.mark.parametrize("how", ["nothing there", "no text", "NUL", "large", "loop", "fifo", "directory"])
def test_own_domains_are_not_known(block, how):
    """Then nobody is added; whose time is over goes all the same."""
    words = broken(block, how)
    block.file.write_bytes(ADMIN + b"\n" + pair("over@x.example", until=0) + pair("b@x.example"))
    assert words in block.senders("a@virus.example")("admin@own.example", code=2)
    assert block.added() == pair("b@x.example") and not block.mails()


def test_neverblock(block):
    never = block.home / "control" / "neverblock"
    never.write_text("# friends\nCarol@x.example\n@lists.example\n@*.wild.example\n*-owner@*\n")
    senders = ("carol@x.example", "a@LISTS.example", "b@c.wild.example", "x-owner@y.example")
    block.senders(*senders, "dave@x.example", "a@sub.lists.example", "b@wild.example")()
    assert block.added() == (pair("b@wild.example") + pair("dave@x.example") + pair("a@sub.lists.example"))
    # What comes in there later comes out here.
    never.write_text("@x.example\nb@*\n")
    block.write(rcpthosts="sub.lists.example\n")
    out = block.senders()()
    assert out.count(": unblocked: must not be blocked\n") == 3 and block.file.read_bytes() == ADMIN + b"\n"
    never.write_text("a@x.example\nx.example\n")
    err = block.senders("e@y.example")(code=2)
    assert err == "blockvirussender: %s:2: 'x.example': is neither NAME@HOST nor @HOST\n" % never
    assert not block.refuses("e@y.example")
    done = subprocess.run([BUILD / "src" / "programs" / "qmvc", "-t"], env=dict(
        block.environment, HOME=str(block.profile.user_home)), capture_output=True, text=True)
    assert "%s:2: 'x.example'" % never in done.stdout + done.stderr and done.returncode == 2


# --- entries come and go ---------------------------------------------------------


def test_time_is_over(block):
    block.file.write_bytes(
        pair("gone@x.example", since=-30, until=0) + ADMIN + b"\n" + pair("long@x.example", until=-400)
        + b"# in between\n" + pair("still@x.example", 4, -3, 1) + pair("again@x.example", 3, -9, 0))
    out = block.senders((7, "AGAIN@x.example"))()
    assert out == ("gone@x.example: unblocked: its time is over\n"
                   "long@x.example: unblocked: its time is over\n")
    assert block.file.read_bytes() == (ADMIN + b"\n# in between\n"
                                       + pair("still@x.example", 4, -3, 1) + pair("again@x.example", 7, -9))


NOT_OURS = [
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\nb@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\n\na@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\na@x.example \n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\r\na@x.example\r\n",
    b"#qmvc 2020-01-01 until 2020-13-41: 5 infected mails from a@x.example\na@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: x infected mails from a@x.example\na@x.example\n",
    b"#qmvc 2020-01-01 until yesterday!: 5 infected mails from a@x.example\na@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from @x.example\n@x.example\n",
    b" #qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\na@x.example\n",
    b"#qmvc 2020-01-01 until 2020-01-02: 5 infected mails from a@x.example\nA@x.example\n",
    b"#qmvc\n#qmvc \n#qmvc 2020-01-01\na@x.example\n", b"\n\n\n", b"\xff\xfe\r\r\n", b"",
]


def test_what_is_not_ours_is_never_touched(block):
    for text in NOT_OURS:
        block.file.write_bytes(text)
        assert block("-l") == "" and block("-U") == "" and block.senders()() == ""
        block("-u", "a@x.example", "b@x.example", code=1)
        assert block.file.read_bytes() == text
        block.senders("new@y.example")()
        end = b"\n" if text and text[-1:] != b"\n" else b""
        assert block.file.read_bytes() == text + end + pair("new@y.example")
        block("-U")
        assert block.file.read_bytes().startswith(text) and not block.refuses("new@y.example")


def test_a_flood_of_forged_senders(block):
    """Five hundred: the worst, and of equals those that were there."""
    old = [pair("old%d@x.example" % i, 4) for i in range(300)]
    block.file.write_bytes(ADMIN + b"\n" + b"".join(old) + pair("worst@x.example", 99))
    block.senders(*((3, "low%d@y.example" % i) for i in range(2000)),
                  *((4, "new%d@y.example" % i) for i in range(2000)))("admin@own.example")
    entries = constmap(block.added())
    assert len(entries) == 500 and b"worst@x.example" in entries
    assert [sum(e.startswith(n) for e in entries) for n in (b"old", b"new", b"low")] == [300, 199, 0]
    block.senders(*((5, "more%d@z.example" % i) for i in range(1000)))()
    entries = constmap(block.added())
    assert len(entries) == 500 and b"worst@x.example" in entries
    assert sum(e.startswith(b"more") for e in entries) == 499
    assert block.file.read_bytes().startswith(ADMIN)
    out = block.senders(*((5, "other%d@z.example" % i) for i in range(9)))("-t")
    assert out == "only the worst would be blocked, 500 at most\n"


def test_list_undo_trial(block):
    block.senders((9, "a@x.example"), (4, "b@x.example"), (3, "c@x.example"), "d@own.example",
                  "e@spam.example")
    out = block("-t", "admin@own.example")
    assert block.file.read_bytes() == ADMIN and not block.mails()
    assert out.count(": would be blocked until ") == 3
    assert "d@own.example: would not be blocked: a domain of one's own\n" in out
    assert "e@spam.example: would not be blocked: blocked by a line that is not ours\n" in out
    assert not (block.control / ".badmailfrom.lock").exists()
    block()
    until = (TODAY + datetime.timedelta(days=30)).isoformat()
    assert block("-l").splitlines() == ["%s %s %6d %s" % (TODAY, until, n, a) for n, a in (
        (9, "a@x.example"), (4, "b@x.example"), (3, "c@x.example"))]
    assert block("-tu", "A@x.example") == "a@x.example: would be unblocked: taken out\n"
    assert block("-u", "A@x.example", "c@x.example") == (
        "a@x.example: unblocked: taken out\nc@x.example: unblocked: taken out\n")
    assert block.added() == pair("b@x.example", 4)
    err = block("-u", "b@x.example", "old@x.example", code=1)
    assert err == ("blockvirussender: 'old@x.example': has no entry of this program in %s\n" % block.file)
    assert block.added() == b"" and block("-U") == ""


# --- the file of the senders is a stranger's --------------------------------------


def test_senders_missing_or_old(block):
    block.file.write_bytes(ADMIN + b"\n" + pair("over@x.example", until=0))
    assert "is not there: virulator(8) writes it" in block(code=2)
    assert block.added() == b""
    block.senders("a@x.example")
    os.utime(block.top, (time.time() - 25 * 3600,) * 2)
    assert "is older than a day" in block(code=1) and block.added() == b""
    os.utime(block.top, (time.time() - 23 * 3600,) * 2)
    block()
    assert block.added() == pair("a@x.example")


FORGED = [
    (b"5\ta@x.example\nx\tb@x.example\n", ":2: 'x?b@x.example': is no COUNT<TAB>ADDRESS"),
    (b"5 a@x.example\n", ":1: '5 a@x.example': is no"), (b"-5\ta@x.example\n", ":1: "),
    (b"5\ta@x.example\n\n", ":2: ''"), (b"\tb@x.example\n", ":1: "), (b"\0" * 9, ":1: "),
    (b"99999999999999999999999\ta@x.example\n", ":1: "), (b"5\ta@x.example\n" * 99999, "larger than 1048576"),
    (b"5\ta@x.example\n#qmvc\nx@x.example", ":2: '#qmvc'"), (b"\x1b]0;\x07" + b"A" * 999, ":1: '?]0;?AAA"),
]


def test_forged_senders(block):
    """One wrong line and nothing of it is believed; what is shown of it cannot steer a terminal."""
    for text, words in FORGED:
        block.top.write_bytes(text)
        err = block("admin@own.example", code=2)
        assert words in err and len(err) < 400 and err.count("\n") == 1 and err[:-1].isprintable()
        assert block.file.read_bytes() == ADMIN and not block.mails()


def test_senders_through_a_link(block, tmp_path):
    block.senders("a@x.example", path=tmp_path / "elsewhere")
    block.top.symlink_to(tmp_path / "elsewhere")
    assert "Too many levels of symbolic links" in block(code=2)
    block.top.unlink()
    os.mkfifo(block.top)
    assert "is not a regular file" in block(code=2)
    block.top.unlink()
    block.senders("a@x.example").top.chmod(0o666)
    assert "could have been written by others" in block(code=2)
    assert block.file.read_bytes() == ADMIN
    # The log directory may be a link of ours: logs may lie on another disk.
    block.top.chmod(0o644)
    (block.home / "log").rename(tmp_path / "logs")
    (block.home / "log").symlink_to(tmp_path / "logs")
    block()
    assert block.added() == pair("a@x.example")


@pytest.mark.skipif(os.getuid() != 0, reason="gives files to other users")
def test_senders_of_a_user(block, tmp_path):
    """Root reads a user's log: the file is the user's or root's own, and no link of his leads away."""
    base = tmp_path / "base"
    (base / "log").mkdir(parents=True)
    top = base / "log" / "topvirus_Sender1"
    block.senders("a@x.example", path=top)
    for path in base, base / "log":
        os.chown(path, 1234, 1234)
    os.chown(top, 1235, 1235)
    assert "could have been written by others" in block("-b", base, code=2)
    os.chown(top, 1234, 1234)
    block("-b", base)
    assert block.added() == pair("a@x.example")
    (base / "log").rename(tmp_path / "other")
    (base / "log").symlink_to(tmp_path / "other")
    os.chown(base / "log", 1234, 1234, follow_symlinks=False)
    assert "Too many levels of symbolic links" in block("-b", base, code=2)


# --- the mail ----------------------------------------------------------------------


def test_mail_of_what_is_new_alone(block):
    block.profile.control("contact", "filter@own.example")
    block.senders("a@x.example")("one@own.example", "two@own.example")
    assert [to for _, _, to in block.mails()] == [["one@own.example"], ["two@own.example"]]
    assert len({mail["Message-ID"] for mail, _, _ in block.mails()}) == 2
    assert all(mail["From"] == "filter@own.example" for mail, _, _ in block.mails())
    assert block.mails()[0][0]["Subject"] == "1 sender of viruses blocked on mail.own.example"
    block.file.write_bytes(block.file.read_bytes() + pair("over@x.example", until=0))
    block.senders((9, "a@x.example"), "b@x.example")("one@own.example")
    assert len(block.mails()) == 3
    text = block.mails()[2][0].get_content()
    assert "b@x.example" in text and "a@x" not in text and "over" not in text


def test_mail_fails(block):
    """The entries stay; each address is tried."""
    block.profile.qmail_queue("exit 53")
    err = block.senders("a@x.example")("one@own.example", "two@own.example", code=1)
    assert "exit code 53" in err and err.count("\n") == 1
    assert block.added() == pair("a@x.example") and not block.mails()
    assert len(list(block.profile.outbox.glob("*.message"))) == 2
    block.profile.qmail_queue("")
    assert block("one@own.example") == "" and not block.mails()    # nothing is new
    block.profile.qmail_queue("exit 31 for 3")    # the fourth is refused
    block.senders("b@x.example")("one@own.example", "two@own.example", code=1)
    assert len(block.mails()) == 1 and block.refuses("b@x.example")
    block.profile.qmail_queue("")
    once = block.home / "fails-once"
    once.write_text("#!/bin/sh\n[ -e $0.done ] && exec %s\n>$0.done; exit 53\n" % FAKE_QUEUE)
    once.chmod(0o755)
    block.environment["QMAILQUEUE"] = str(once)
    block.senders("d@x.example")("one@own.example", "two@own.example", code=1)
    assert [to for _, _, to in block.mails()][1:] == [["two@own.example"]]
    block.profile.control("contact", "a b")
    assert "contact:1: 'a b'" in block.senders("c@x.example")("one@own.example", code=1)
    assert block.refuses("c@x.example")


def test_nobody_reads_what_is_printed(block):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([PROGRAM, "one@own.example"], env=block.senders("a@x.example").environment,
                          stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"blockvirussender: cannot print: Broken pipe\n")
    assert block.refuses("a@x.example") and len(block.mails()) == 1


def test_a_name_of_the_host_that_is_none(block):
    block.write(me="x y\n")
    block.senders("a@x.example")("one@own.example")
    assert block.mails()[0][0]["From"] == "postmaster@localhost"


# --- several at once, and what may go wrong ------------------------------------------


def test_many_at_once(block, tmp_path):
    runs = []
    for i in range(12):
        base = tmp_path / ("base%d" % i)
        (base / "log").mkdir(parents=True)
        block.senders("one%d@x.example" % i, "two%d@x.example" % i, path=base / "log" / "topvirus_Sender1")
        runs.append(block.start("-b", str(base)))
    outs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0] * 12, outs
    assert len(constmap(block.added())) == 24
    assert all(block.refuses("%s%d@x.example" % (n, i)) for n in ("one", "two") for i in range(12))


def test_an_editor_writes_meanwhile(block):
    """It is stopped with the new file written: what the editor has made of the old one counts."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    block.environment["ASAN_OPTIONS"] = "detect_leaks=0"    # the leak checker and strace do not go together
    block.senders("a@x.example")
    trace = ["strace", "-qq", "-o", block.home / "trace", "-e", "inject=fsync:signal=STOP:when=1"]
    run = subprocess.Popen([*trace, PROGRAM], env=block.environment, stdout=subprocess.PIPE, text=True)
    children = pathlib.Path("/proc/%d/task/%d/children" % (run.pid, run.pid))
    wait_until(lambda: (block.home / "trace").exists()
               and "--- stopped by SIGSTOP" in (block.home / "trace").read_text())
    (pid,) = children.read_text().split()
    (block.control / "edited").write_bytes(b"# mine now\nb@x.example\n")
    (block.control / "edited").rename(block.file)
    os.kill(int(pid), signal.SIGCONT)
    assert "a@x.example: blocked" in run.communicate(timeout=60)[0] and run.returncode == 0
    assert block.file.read_bytes() == b"# mine now\nb@x.example\n" + pair("a@x.example")


def test_the_disk_is_full(block):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(ADMIN), len(ADMIN)))
    err = block.senders("a@x.example")("admin@own.example", code=2, preexec_fn=limit)
    assert err == "blockvirussender: %s: cannot be replaced: File too large\n" % block.file
    assert block.file.read_bytes() == ADMIN and not block.mails()
    assert not (block.control / ".badmailfrom.new").exists()


def test_what_a_killed_run_leaves(block):
    (block.control / ".badmailfrom.new").write_bytes(b"half of i")
    block.senders("a@x.example")()
    assert block.added() == pair("a@x.example")
    assert sorted(p.name for p in block.control.glob(".*")) == [".badmailfrom.lock"]


@pytest.mark.parametrize("name, make, words", [
    ("badmailfrom", "link", "badmailfrom: is a link, and is not replaced"),
    ("badmailfrom", "directory", "badmailfrom: is not a regular file"),
    (".badmailfrom.new", "directory", "badmailfrom: cannot be replaced: Is a directory"),
    (".badmailfrom.lock", "directory", ".badmailfrom.lock: Is a directory"),
    (".badmailfrom.lock", "link", ".badmailfrom.lock: Too many levels of symbolic links"),
])
def test_cannot_write(block, name, make, words):
    path = block.control / name
    path.unlink(missing_ok=True)
    if make == "link":
        path.symlink_to(block.control / "elsewhere")
    else:
        path.mkdir()
    assert words in block.senders("a@x.example")("admin@own.example", code=2)
    assert not block.mails() and not (block.control / "elsewhere").exists()


def test_a_NUL_byte_in_badmailfrom(block):
    """qmail reads two entries there: whose they are is not for us to guess."""
    block.file.write_bytes(b"a@x.example\0b@x.example\n")
    assert "badmailfrom: has a NUL byte in it" in block.senders("b@x.example")(code=2)


def test_no_qmail(block):
    block.environment["QMVC_QMAIL"] = str(block.home / "none")
    assert "none/control: No such file or directory" in block(code=2)


USAGE = [
    (["-n", "0"], "-n '0': is not 1 to 3650"), (["-d", "3651"], "-d '3651'"), (["-d", "3x"], "-d '3x'"),
    (["-n"], "option -n needs an argument"), (["-x"], "there is no option -x"), (["-b", ""], "option -b"),
    (["--undo"], "there is no option --undo"), (["-u"], "option -u wants the senders"),
    (["-U", "a@b"], "'a@b': options -l and -U take no address"), (["-l", "-U"], "do not go together"),
    (["admin"], "'admin': is not NAME@HOST"), (["a@b\nT"], "'a@b?T': is not"), ([""], "'': is not"),
    (["-u", ""], "'': is not"), (["a@b", "@c"], "'@c': is not"),
]


def test_usage(block):
    block.senders("a@x.example")
    for words, said in USAGE:
        assert said in block(*words, code=2)
    assert block.file.read_bytes() == ADMIN


def test_help(block):
    assert block("-h") == block("--help") and "blockvirussender(8)" in block("-h")
    assert block("-V").startswith("blockvirussender ")
