"""plainmail: by hand, and both ways of the HowTo through badbodytexts and the dot-qmail runner."""
import email
import email.policy
import os
import re
import subprocess

import pytest

import dot_qmail
import mails
import manual
from conftest import BUILD, CORPUS, FAKE_QUEUE

PLAINMAIL = BUILD / "src" / "programs" / "plainmail"
NOTE = "(This text is shown without its layout: there is too much of it.)\n"


def run(message, *arguments, before=(), environment=None):
    return subprocess.run([*before, PLAINMAIL, *arguments], input=message, capture_output=True, timeout=120,
                          env=dict({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")},
                                   **(environment or {})))


def look(mail):
    """A well-formed text mail, as Python reads it: (the mail, its text)."""
    read = email.message_from_bytes(mail, policy=email.policy.default)
    assert read.defects == [] and read.get_content_type() == "text/plain"
    assert all(len(line) <= 998 for line in mail.split(b"\n"))
    header = mail.partition(b"\n\n")[0]
    assert all(re.match(rb"[A-Za-z-]+:|[ \t]+\S", line) for line in header.split(b"\n")), header
    assert not re.search(rb"[^\n\t -~]", re.sub(rb"(?m)^Delivered-To:.*", b"", mail))
    assert {name.lower() for name in read.keys()} <= {
        "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
        "mime-version", "content-type", "content-transfer-encoding", "delivered-to", "x-qmvc-seal"}
    return read, read.get_content()


def plain(message, **how):
    done = run(message, **how)
    assert (done.returncode, done.stderr) == (0, b"")
    return look(done.stdout)


def html(body, charset="utf-8"):
    kind = "; charset=" + charset if charset else ""
    return mails.top() + b"Content-Type: text/html%s\n\n" % kind.encode() + body


# --- what becomes of a mail -------------------------------------------------------


def test_parts_in_order():
    mail, text = plain(mails.multipart(
        b"Content-Type: text/html\n\n<p>and <b>this</b><script>no</script></p>",
        mails.part(b"%PDF" * 3000, b"report.pdf", b"application/pdf"),
        b"Content-Type: text/plain; charset=iso-8859-1\nContent-Disposition: inline; filename=a.txt\n\nGr\xfc\xdfe\r\na\0b\rc\n",
        b"Content-Type: text/csv; name=t.csv\n\n1,2",
        mails.part(b"not to be shown", b"notes.txt", b"text/plain"),
        b"Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: =?utf-8?Q?=C3=A4?=\n\nwithin\n",
        text=b"first\n"))
    assert text == ("first\n\nand this\n\nGr\u00fc\u00dfe\nab\nc\n\n--- Attached mail ---\nFrom: x@y.example\n"
                    "Subject: \u00e4\n\nwithin\n\nAttachments:\nreport.pdf (application/pdf, 12 kB)\n"
                    "t.csv (text/csv, 3 bytes)\nnotes.txt (text/plain, 15 bytes)\n")
    assert mail["subject"] == "Hello" and mail["message-id"] == "<1@example.org>"


def test_both_of_an_alternative():
    """HowTo, note 2."""
    _, text = plain(mails.multipart(b"Content-Type: text/html\n\n<i>See attachment.</i>", sub=b"alternative"))
    assert text == "See attachment.\n\nSee attachment.\n"


def test_no_text():
    message = mails.top() + mails.part(b"x" * 5, b"a.bin")
    assert plain(message)[1] == ("(There is no text in this mail.)\n\nAttachments:\n"
                                 "a.bin (application/octet-stream, 5 bytes)\n")
    assert plain(b"")[1] == "(There is no text in this mail.)\n"


def test_names_are_harmless():
    names = [b"a\xe2\x80\xaegpj.exe", b"x" * 300 + b".exe", b"=?utf-8?Q?a=0AAttachments:=0Db?=", b"\xff\x1b[2J"]
    text = plain(mails.multipart(*[mails.part(b"x", name) for name in names]))[1]
    lines = text.partition("Attachments:\n")[2].splitlines()
    assert len(lines) == len(names) and all(line.isprintable() for line in lines)
    assert lines[0].startswith("a?gpj.exe (") and len(lines[1]) < 170 and "x.exe (" in lines[1]


def test_hostile_header():
    mail, text = plain(
        b"Subject: a\rX-One: 1\rBcc: victim@example.net\n"
        b"From: =?utf-8?Q?a=0D=0AX-Two:_2?= <a@b.example>\n"
        b"To: J\xc3\xb6rg <j@b.example>, \xff\xfe, k@b.example\n"
        b"Cc: c@b.example,\n \t \n d@b.example\n"
        b"References: <1@x> \0 <2@x>\nMIME-Version: 1.0\nX-Three: 3\n"
        b"Content-Type: text/plain\nContent-Type: text/html\n\n.\nFrom x\n")
    assert text == ".\nFrom x\n"
    assert mail["to"] == "J\u00f6rg <j@b.example>, k@b.example"
    assert mail["from"].addresses[0].addr_spec == "a@b.example" and mail["references"] == "<1@x> <2@x>"
    assert mail["subject"] == "a X-One: 1 Bcc: victim@example.net"
    assert mail["cc"] == "c@b.example, d@b.example" and mail["date"] is not None


WORDS = "\u0413\u0440\u00fc\u00dfe \u6f22"


@pytest.mark.parametrize("body, charset, want", [
    ("Gr\u00fc\u00dfe \u201cx\u201d".encode("cp1252"), "iso-8859-1", "Gr\u00fc\u00dfe \u201cx\u201d"),
    ("\u041f\u0440\u0438\u0432\u0435\u0442".encode("koi8-r"), "KOI8-R", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ("\u6f22\u5b57".encode("shift_jis"), "shift_jis", "\u6f22\u5b57"),
    (WORDS.encode("utf-16"), "iso-8859-1", WORDS),
    (b"\xef\xbb\xbf" + WORDS.encode(), "koi8-r", WORDS),
    (b"<meta charset=koi8-r><p>" + "\u041f\u0440".encode("koi8-r"), "", "\u041f\u0440"),
    (b"<meta charset=koi8-r><p>" + "\u041f\u0440".encode(), "utf-8", "\u041f\u0440"),
    (WORDS.encode(), "no-such-charset", WORDS),
    (b"a\xff\xc3\xa4\0b", "utf-8", "a\u00ff\u00e4 b"),
])
def test_charsets(body, charset, want):
    assert plain(html(body, charset))[1] == want + "\n"


def test_corpus():
    """Mails with HTML from other projects' tests: whatever they are, a well-formed text comes out."""
    files = [f for f in sorted((CORPUS / "mail").rglob("*")) if f.is_file()]
    if not files:
        pytest.skip("no corpus here")
    seen = 0
    for file in files:
        message = file.read_bytes()
        if not re.search(rb"(?im)^content-type:\s*text/html", message):
            continue
        seen += 1
        text = plain(message)[1]
        assert NOTE not in text, file
        for tag in ("</p>", "<br", "</td>", "<style"):
            assert tag not in text.lower() or b"&lt;" in message or b"text/plain" in message, file
    assert seen > 100


@pytest.mark.parametrize("body", [
    b"<b>" * 200000 + b"</i>" * 200000 + b"<p>the end</p>",      # quadratic in libxml2
    b"<b>w</b>" * 500001 + b"<p>the end</p>",                 # more than a letter has
], ids=["time", "size"])
def test_too_much(body):
    """The layout is lost then, never the text."""
    text = plain(html(body), before=["prlimit", "--cpu=2"])[1]
    assert text.startswith(NOTE) and text.endswith("the end\n")


def test_limits_of_the_child(tmp_path):
    """Those that libxml2 runs under; a sanitizer's memory cannot be limited."""
    trace = tmp_path / "trace"
    plain(html(b"<p>x"), before=["strace", "-f", "-qq", "-e", "trace=prlimit64", "-o", trace],
          environment={"ASAN_OPTIONS": "detect_leaks=0"})     # nobody may trace who traces himself
    calls = trace.read_text()
    assert "RLIMIT_CPU, {rlim_cur=5, rlim_max=5}" in calls and "RLIMIT_CORE, {rlim_cur=0" in calls
    assert "RLIMIT_AS, {rlim_cur=1048576*1024" in calls or "ASAN_OPTIONS" in os.environ


# --- sending ----------------------------------------------------------------------


@pytest.fixture
def qmail(profile, tmp_path):
    """A qmail directory whose qmail-queue puts mail where profile.queued() looks."""
    queue = tmp_path / "qmail" / "bin" / "qmail-queue"
    queue.parent.mkdir(parents=True)
    queue.write_text("#!/bin/sh\nQMVC_TEST_QUEUE=%s exec %s\n" % (profile.outbox, FAKE_QUEUE))
    queue.chmod(0o755)
    return tmp_path / "qmail"


@pytest.fixture
def asking(profile):
    profile.filters("bodytext=y;block;forward=guard@example.net;goodmail", "subject=y;inspect")
    return profile.control("badsubjects", "pills")


MAIL = (b"Delivered-To: earlier@example.org\n" + mails.top() +
        b"Content-Type: text/html\n\n<p>Some <a href='https://e.example/'>link</a></p>\n")
TEXT = "Some link [1]\n\n[1] https://e.example/\n"


def placed(line, qmail):
    return line.replace("/usr/local/bin/plainmail", "%s -q %s" % (PLAINMAIL, qmail))


def test_with_an_address(asking, qmail):
    """As plainmail(8) has it: sent, not met, and the mail itself is delivered."""
    (line,) = manual.example("plainmail.8", "|/usr/local/bin/plainmail phone")
    asking.control("badbodytexts", placed(line, qmail))
    done = asking.deliver(MAIL, sender="alice@example.org")
    assert (done.command_codes, done.files) == ([0], ["./Maildir/"]), done.text
    ((sent, sender, to),) = asking.queued()
    assert (sender, to) == ("alice@example.org", ["phone@example.com"])
    assert sent.startswith(b"Delivered-To: bob@example.net\nDelivered-To: earlier@example.org\n")
    assert look(sent)[1] == TEXT


def test_without(asking, qmail):
    (line,) = manual.example("plainmail.8", "|/usr/local/bin/plainmail:0")
    asking.control("badbodytexts", placed(line, qmail))
    assert asking.deliver(MAIL).command_codes == [99]
    ((sent, _, to),) = asking.queued()
    mail, text = look(sent)
    assert to == ["guard@example.net"] and text == TEXT and mail["x-qmvc-seal"]
    assert sent.startswith(b"Delivered-To: bob@example.net\n")
    # goodmail: nothing of a mail that meets another condition.
    assert asking.deliver(MAIL.replace(b"Hello", b"pills")).command_codes == [0]
    assert len(asking.queued()) == 1


def test_the_hierarchy(asking, qmail):
    """HowTo: what bogofilter stops, plainmail never sees."""
    asking.control("badbodytexts", "|grep -q Some:0", placed("|/usr/local/bin/plainmail a@b.example:0", qmail))
    assert asking.deliver(MAIL).command_codes == [99]
    assert [to for _, _, to in asking.queued()] == [["guard@example.net"]]


def test_variables(asking, qmail):
    (line,) = manual.example("plainmail.8", "|/usr/local/bin/plainmail 'text-$SENDER=")
    asking.control("badbodytexts", placed(line.replace(":0", " \"$LOCAL-text@$HOST\":0"), qmail))
    asking.deliver(MAIL, sender="a@x.example", extra={"NEWSENDER": "owner-@list.example-@[]"})
    assert [q[1:] for q in asking.queued()] == [
        ("owner-@list.example-@[]", ["text-a=x.example@lists.example.com", "bob-text@example.net"])]
    # Senders that would be no address, or another variable, defer nothing.
    for number, sender in enumerate(["a\nb@x.example", "$NOPE@x.example"], 2):
        done = asking.deliver(MAIL, sender=sender)
        assert done.command_codes == [0] and done.files == ["./Maildir/"]
        assert len(asking.queued()) == number
    assert asking.queued()[1][2] == ["bob-text@example.net"]
    env = dot_qmail.environment("bob@example.net", "a\nb@x.example", base=asking.environment)
    assert run(MAIL, "-q", qmail, "$SENDER", environment=env).returncode == 1 and len(asking.queued()) == 3


@pytest.mark.parametrize("mode, code, own", [("exit 53", 111, 111), ("kill 9", 111, 111), ("exit 91", 111, 111),
                                             ("exit 31", 0, 100), ("exit 11", 0, 100)])
def test_queue_fails(asking, qmail, mode, code, own):
    """Later, while it may still be sent; when it never can, the mail itself goes on."""
    asking.qmail_queue(mode)
    asking.control("badbodytexts", placed("|/usr/local/bin/plainmail a@b.example:0", qmail))
    done = asking.deliver(MAIL)
    assert (done.code, asking.queued()) == (code, []) and (code or done.files == ["./Maildir/"])
    env = dot_qmail.environment("bob@example.net", "a@x.example", base=asking.environment)
    by_hand = run(MAIL, "-q", qmail, "a@b.example", environment=env)
    assert by_hand.returncode == own and b"qmail-queue" in by_hand.stderr


def test_no_qmail(asking):
    asking.control("badbodytexts", "|%s -q /nowhere/qmail a@b.example:0" % PLAINMAIL)
    assert asking.deliver(MAIL).code == 111


def test_descriptor_3_is_full():
    for line in ('exec "$0" 3>/dev/full', 'exec "$0" >/dev/full'):
        done = subprocess.run(["/bin/sh", "-c", line, PLAINMAIL], input=MAIL, capture_output=True, timeout=60)
        assert (done.returncode, done.stdout) == (111, b"") and b"No space" in done.stderr
    # One to read from is none to write to.
    done = subprocess.run(["/bin/sh", "-c", 'exec "$0" 3</dev/null', PLAINMAIL], input=MAIL,
                          capture_output=True, timeout=60)
    assert done.returncode == 0 and look(done.stdout)[1] == TEXT


@pytest.mark.parametrize("arguments, word", [(["-q", "qmail"], b"qmail"), (["-y"], b"-y"), (["-q"], b"-q"),
                                             (["a@b.example"], b"SENDER")])
def test_usage(arguments, word):
    done = run(MAIL, *arguments)
    assert done.returncode == 111 and done.stderr.startswith(b"plainmail: ") and word in done.stderr


def test_help():
    assert run(b"", "-h").stdout.startswith(b"usage: plainmail")
    assert run(b"", "--version").returncode == 0
