"""Reactions notify and inform: who is told, in which words, and what cannot be done to them."""
import email
import email.policy
import json
import re
import subprocess

import pytest

import mails
from conftest import SOURCE

BAD = mails.plain(subject=b"cheap pills")
LANGUAGES = ["en", "de", "fr", "it", "es"]
KINDS = ["notify-recipient", "notify-sender", "inform-guard"]
BOB, ALICE, GUARD = "bob@example.net", "alice@example.org", "guard@localhost"


@pytest.fixture
def telling(profile):
    profile.filters("subject=y;block;notify=rs,inform=guard@localhost").control("badsubjects", "pills")
    return profile


def told(profile):
    """{recipient: the parsed mail}; each must be without a defect in the strictest policy."""
    found = {}
    for message, sender, recipients in profile.queued():
        (recipient,) = recipients
        assert sender == "" and recipient not in found
        found[recipient] = parsed(message)
    return found


def parsed(message):
    head = message.partition(b"\n\n")[0]
    assert all(line.isascii() and len(line) <= 998 for line in message.split(b"\n"))
    assert all(len(line) <= 76 for line in message.partition(b"\n\n")[2].split(b"\n"))
    assert all(len(line) <= 76 for line in head.split(b"\n") if b"=?" in line)
    assert not re.search(rb"[\0-\x08\x0b-\x1f\x7f]", message)
    mail = email.message_from_bytes(message, policy=email.policy.strict)
    assert not mail.defects
    for name, value in mail.items():
        assert not value.defects, (name, value)
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version"):
        assert len(mail.get_all(name)) == 1, name
    assert set(mail.keys()) == {
        "X-QMVC-Seal", "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted",
        "X-Auto-Response-Suppress", "X-QMVC-Notice", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding"}
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime and mail.get_content_type() == "text/plain"
    assert len(mail["From"].addresses) == 1 and mail["From"].addresses[0].domain
    return mail


def complaints(profile):
    return profile.state("qmvc.error").splitlines()


def sentence(language, key):
    for line in (SOURCE / "tpl" / language / "words").read_text().splitlines():
        if line.startswith(key + " = "):
            return line.partition(" = ")[2]
    raise KeyError(key)


def own_template(directory, language, kind, text):
    path = directory / "tpl" / language / kind
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def check(profile, *options):
    env = dict(profile.environment, HOME=str(profile.user_home))
    return subprocess.run([profile.command, "-t", *options], env=env, capture_output=True, text=True)


# --- what they say --------------------------------------------------------------


def test_everybody_is_told(telling):
    assert telling.deliver(BAD).command_codes == [99]
    sent = told(telling)
    assert set(sent) == {BOB, ALICE, GUARD}
    to_bob = sent[BOB]
    assert to_bob["Subject"] == "A mail to you was stopped: cheap pills"
    assert to_bob["From"].addresses[0].addr_spec == "postmaster@example.net"
    assert to_bob["To"].addresses[0].addr_spec == BOB
    text = to_bob.get_content()
    assert "its subject contains something" in text and ALICE in text
    assert telling.last()["id"] in text and "postmaster@example.net" in text
    assert "File:" not in text, "there was none"
    report = sent[GUARD].get_content()
    assert "Found:    pills" in report and "Condition: subject: pills" in report
    assert "pills" not in sent[ALICE].get_content().replace("cheap pills", "")
    assert complaints(telling) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language(telling, language):
    telling.control("language", language).control("contact", "help@example.net")
    telling.deliver(BAD)
    for address, mail in told(telling).items():
        text = mail.get_content()
        assert sentence(language, "reason.subject") in text
        assert (sentence(language, "fate.dropped") in text) == (address != ALICE)
        assert "%(" not in text and "\ufffd" not in text
        assert ("help@example.net" in text) == (address != GUARD)
        assert telling.last()["id"] in text
        assert all(len(line) <= 76 for line in text.splitlines() if "Condition" not in line), text


def test_the_languages_are_five(telling):
    """Nobody copied the English one; and each says why and whether the mail is kept."""
    for kind in KINDS + ["words"]:
        texts = {(SOURCE / "tpl" / language / kind).read_text() for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES)


def test_several_languages_in_one_mail(telling):
    telling.control("language", *LANGUAGES)
    telling.deliver(BAD)
    sent = told(telling)
    assert len(sent) == 3
    text = sent[BOB].get_content()
    at = [text.index(sentence(language, "reason.subject")) for language in LANGUAGES]
    assert at == sorted(at) and text.count("-" * 40) == 4
    assert sent[BOB]["Subject"].startswith("A mail to you was stopped: cheap pills / Eine Mail an Sie")
    assert sent[BOB]["Subject"].endswith("un mensaje para usted: cheap pills")


@pytest.mark.parametrize("action, fate", [("block", "fate.dropped"), ("keep", "fate.kept")])
def test_fate(telling, action, fate):
    telling.filters("subject=y;%s;notify=r" % action)
    telling.deliver(BAD)
    assert sentence("en", fate) in told(telling)[BOB].get_content()


def test_the_file_is_named(profile):
    """By the name that the attachment has, not by what it was met by."""
    profile.filters("mimetype=y;block;notify=rs").control("badmimetypes", "application/x-dosexec")
    exe = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200)
    profile.deliver(mails.multipart(mails.part(exe, name=b"invoice.pdf")))
    for mail in told(profile).values():
        assert re.search(r"^    File: +invoice\.pdf$", mail.get_content(), re.M)


def test_viruses_found_by_a_scanner(profile, clamd):
    profile.filters("virus=y;keep;notify=rs,inform=" + GUARD)
    profile.scanners("clamd:%s;C;ClamAV daemon;" % clamd.socket)
    profile.deliver(mails.eicar_mails()["base64"])
    sent = told(profile)
    for address in (BOB, ALICE):
        text = sent[address].get_content()
        assert sentence("en", "reason.virus") in text and "report.bin" in text
        assert not re.search("eicar|clam", text + sent[address]["Subject"], re.I)
    assert "Eicar-Test-Signature" in sent[GUARD].get_content()


# --- templates of one's own -----------------------------------------------------


@pytest.mark.parametrize("options, place", [
    ("", "home"), ("-u", "user"), ("-c", "shared"), ("-uc", "shared"), ("-uc", "user")])
def test_a_template_of_ones_own(telling, tmp_path, options, place):
    """It is looked for file by file: the others are the shipped ones still."""
    shared, user = tmp_path / "shared", telling.user_home / "qmvc"
    (shared / "control").mkdir(parents=True)
    own_template({"home": telling.home, "user": user, "shared": shared}[place], "en",
                 "notify-recipient", "Subject: mine\n\n100%% my own: %(sender) %(size)\n")
    if place == "shared":
        own_template(telling.home, "en", "notify-recipient", "Subject: not this one\n\nNo.\n")
    if user.exists():
        user.chmod(0o700)
    telling.options = options + (" %s" % shared if "c" in options else "")
    telling.deliver(BAD)
    sent = told(telling)
    assert sent[BOB]["Subject"] == "mine"
    assert re.fullmatch(r"100% my own: alice@example\.org \d+\n+", sent[BOB].get_content())
    assert sent[ALICE]["Subject"] == "Your mail was not delivered: cheap pills"


def test_a_language_of_ones_own(telling):
    for name in KINDS + ["words"]:
        own_template(telling.home, "nl", name, (SOURCE / "tpl" / "en" / name).read_text())
    own_template(telling.home, "nl", "notify-recipient", "Subject: hallo\n\n%(reason)\n")
    telling.control("language", "nl")
    telling.deliver(BAD)
    assert told(telling)[BOB]["Subject"] == "hallo"


@pytest.mark.parametrize("kind, text, complaint", [
    ("notify-recipient", "Subject: x\n\nDear %(recipent),\n", ":3: '%(recipent)'"),
    ("notify-recipient", "Subject: %(Sender)\n\nx\n", ":1: '%(Sender)'"),
    ("notify-recipient", "Subject: x\n\n100 % sure\n", ":3: '% '"),
    ("notify-recipient", "Subject: x\n\n%(sender\n", ":3: '%("),
    ("notify-recipient", "Subject: x\n\n%(report)\n", ":3: '%(report)': the report is for guards"),
    ("notify-recipient", "Dear you\n\nx\n", ":1: a template begins with"),
    ("notify-recipient", "Subject: x\nText\n", ":2: an empty line"),
    ("notify-recipient", "Subject: x\n\n", ": there is no text"),
    ("notify-recipient", "", ": there is no text"),
    ("words", "reason.vires = x\n", ":1: 'reason.vires'"),
    ("words", "fate.kept = x\nfate.kept = y\n", ":2: 'fate.kept'"),
])
def test_a_wrong_template(telling, kind, text, complaint):
    """qmvc -t names file, line and word; a mail is stopped all the same, and qmvc.error says it."""
    telling.filters("subject=y;block;notify=r")
    path = own_template(telling.home, "en", kind, text)
    done = check(telling)
    assert done.returncode == 2 and str(path) + complaint in done.stdout, done.stdout
    assert telling.deliver(BAD).command_codes == [99]
    assert telling.queued() == []
    (line,) = complaints(telling)
    assert str(path) + complaint in line and telling.last()["id"] in line


def test_words_of_an_earlier_release(telling):
    """The sentence that an own file lacks is the installed one; all others are its own."""
    shipped = (SOURCE / "tpl" / "en" / "words").read_text()
    keys = {line.partition(" = ")[0] for line in shipped.splitlines() if " = " in line and line[0] != "#"}
    assert {"reason.subject", "reason.virus", "fate.dropped"} < keys
    own = "".join("%s = own %s\n" % (key, key) for key in keys - {"reason.subject", "fate.kept"})
    own_template(telling.home, "en", "words", own)
    done = check(telling)
    assert done.returncode == 0, done.stdout
    telling.filters("subject=y;block;notify=rs")
    assert telling.deliver(BAD).command_codes == [99]
    assert complaints(telling) == []
    text = told(telling)[BOB].get_content()
    assert sentence("en", "reason.subject") in text and "own fate.dropped" in text


def test_words_of_a_language_of_ones_own(telling):
    """Nobody else has the sentence: it is missing, and said to be."""
    for kind in KINDS:
        own_template(telling.home, "nl", kind, "Subject: x\n\n%(reason)\n")
    path = own_template(telling.home, "nl", "words", "fate.kept = x\n")
    telling.control("language", "nl").filters("subject=y;block;notify=r")
    done = check(telling)
    assert done.returncode == 2 and "%s: 'reason.errors': is missing" % path in done.stdout, done.stdout
    assert telling.deliver(BAD).command_codes == [99]
    assert telling.queued() == []
    (line,) = complaints(telling)
    assert "%s: 'reason.errors': is missing" % path in line


def test_check_with_templates_in_order(telling):
    telling.control("language", *LANGUAGES)
    done = check(telling)
    assert done.returncode == 0 and "templates in it" in done.stdout, done.stdout


def test_check_finds_a_missing_language(telling):
    telling.control("language", "en", "nl")
    done = check(telling)
    assert done.returncode == 2 and "tpl/nl/notify-recipient: there is no such template" in done.stdout


@pytest.mark.parametrize("queue", ["nowhere", "directory", "file"])
def test_check_finds_that_there_is_no_qmail_queue(telling, tmp_path, queue):
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").write_text("#!/bin/sh\n")
    telling.environment["QMAILQUEUE"] = str(tmp_path / queue)
    done = check(telling)
    assert done.returncode == 2 and "%s, which sends mail" % (tmp_path / queue) in done.stdout
    telling.filters("subject=y;block")
    assert check(telling).returncode == 0, "nothing is sent"


# --- hostile values -------------------------------------------------------------

VALUES = {
    "header": "x\nBcc: evil@c.test\nX: ",
    "return": "x\r\nBcc: evil@c.test\r\n\r\nbody",
    "variable": "%(report) %(contact) %s%n%%",
    "encoded": "=?utf-8?Q?=0ABcc=3A_evil=40c.test?=",
    "encoded64": "=?utf-8?B?CkJjYzogZXZpbEBjLnRlc3QKCmJvZHk=?=",
    "shell": "`touch /tmp/x`; $(id) | ' \" \\",
    "path": "../../../../etc/passwd",
    "logline": "x exit=0 action=pass\nv=1 t=2026 id=none",
    "record": "x\n\nId: other\nAction: pass\n",
    "long": "x" * 900,
    "longwords": "na\u00efve " * 100,
    "latin1": "\udce4\udcf6\udcfc",
    "broken": "a\udcc3(\udcff\udcc0\udcaf",
    "bidi": "exe.\u202egpj\u202c\u2066\u200f",
    "control": "\x01\x1b[2J\x07\x7f\x85\u2028",
    "emoji": "\U0001f600\u2764\ufe0f" * 40,
    "quotes": "\"a, b\" <c@d> (e)",
    "dots": "....@@..@",
    "fields": "Subject: x",
    "boundary": "--=_next--",
    "flowed": "> From x  ",
}
PLACES = ["sender", "recipient", "subject", "filename", "date"]


def hostile_delivery(value, place):
    raw = value.encode("utf-8", "surrogateescape")
    folded = re.sub(rb"\r?\n|\x85", b"\n ", raw.replace(b"\0", b""))
    message = mails.multipart(mails.part(b"x", name=b"pills.exe"), subject=b"cheap pills")
    if place == "subject":
        message = message.replace(b"cheap pills", b"cheap pills " + folded)
    if place == "date":
        message = re.sub(rb"Date: [^\n]*", lambda m: b"Date: " + folded, message)
    if place == "filename":
        message = message.replace(b"pills.exe", folded.replace(b'"', b"'") + b"pills.exe")
    envelope = {}
    if place == "sender":
        envelope["sender"] = value + "@c.test"
    if place == "recipient":
        envelope["recipient"] = value + "@example.net"
    return message, envelope


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", VALUES)
def test_hostile_values(profile, name, place):
    """Whatever a mail says, the mail about it is well formed and says nothing but what is meant."""
    profile.filters("subject=y;block;notify=rs,inform=" + GUARD, "filename=y;block")
    profile.control("badsubjects", "pills").control("badfilenames", "*pills.exe")
    profile.control("language", "en", "de")
    message, envelope = hostile_delivery(VALUES[name], place)
    assert profile.deliver(message, **envelope).command_codes == [99]
    assert len(profile.log()) == 1 and profile.last()["action"] == "block"
    sent = told(profile)
    assert GUARD in sent and len(sent) in (2, 3)
    for mail in sent.values():
        addresses = [a.addr_spec for f in ("From", "To") for a in mail[f].addresses]
        assert "evil@c.test" not in addresses and mail["Bcc"] is None
        assert not mail.is_multipart()
        text = str(mail["Subject"]) + "\n" + mail.get_content()
        assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u200b-\u200f]", text)
        assert "Subject" in mail and "\n" not in mail["Subject"]
        assert not re.search(r"^(Bcc|v=1|Action: pass|Id: other)", mail.get_content(), re.M)
        assert profile.last()["id"] in text


def test_a_virus_of_a_hostile_name(profile, plugin):
    scanner = plugin('printf \'infected\\t%%(report) \\033[2JBcc: evil@c.test\\t%s\\n\' "$1"/*1*; exit 1')
    profile.filters("virus=y;block;notify=rs,inform=" + GUARD)
    profile.scanners("%s;P;Plug-in;" % scanner)
    profile.deliver(mails.plain())
    sent = told(profile)
    assert set(sent) == {BOB, ALICE, GUARD}
    assert "%(report)" in sent[GUARD]["Subject"] and "\x1b" not in sent[GUARD].get_content()


def test_a_long_subject_is_cut(telling):
    """Sixty characters of it in a subject, which is read in a list; two hundred in the text."""
    telling.control("language", *LANGUAGES)
    telling.deliver(mails.plain(subject=b"pills " + b"x" * 900))
    mail = told(telling)[BOB]
    assert mail["Subject"].count("pills " + "x" * 54 + "\u2026") == len(LANGUAGES)
    assert mail.get_content().count("pills " + "x" * 194 + "\u2026\n") == len(LANGUAGES)


@pytest.mark.parametrize("host", ["evil..host", "h <x>", ".h", "h.", "", "x" * 254])
def test_a_host_that_is_none(telling, host):
    """From holds the recipient's host only where it can be one."""
    telling.deliver(BAD, recipient="bob@" + host)
    for mail in told(telling).values():
        assert mail["From"].addresses[0].addr_spec == "postmaster@localhost"


@pytest.mark.parametrize("sender", ["x" * 1000 + "@c.test", "a\nTevil@c.test"], ids=["long", "newline"])
def test_a_sender_nobody_can_write_to(telling, sender):
    telling.filters("subject=y;block;notify=rs")
    assert telling.deliver(BAD, sender=sender).command_codes == [99]
    assert set(told(telling)) == {BOB}
    assert explained(telling, BAD, sender)["notifies"][1] == {
        "whom": "sender", "to": None, "why": "qmail-queue takes no such address"}


# --- who is told ----------------------------------------------------------------


@pytest.mark.parametrize("field", [
    "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (by us)", "auto-submitted:\n x",
    "Precedence: bulk", "Precedence: LIST", "Precedence: junk", "List-Id: <x.example.org>",
    "List-Unsubscribe: <mailto:x@c.test>", "X-Auto-Response-Suppress: DR, AutoReply",
    "X-Auto-Response-Suppress: All", "Auto-Submitted: no\nAuto-Submitted: auto-replied"])
def test_no_word_to_a_program(telling, field):
    telling.deliver(field.encode() + b"\n" + BAD)
    assert set(told(telling)) == {BOB, GUARD}
    assert complaints(telling) == []


@pytest.mark.parametrize("field", ["Auto-Submitted: no", "Auto-Submitted: No; x=y", "Precedence: first-class",
                                   "List-Help: x", "X-Auto-Response-Suppress: DR", "Subject: Precedence: bulk"])
def test_a_word_to_a_person(telling, field):
    telling.deliver(field.encode() + b"\n" + BAD)
    assert set(told(telling)) == {BOB, ALICE, GUARD}


@pytest.mark.parametrize("local", [
    "MAILER-DAEMON", "no-reply", "noreply", "owner-list", "list-owner", "list-request", "bounces",
    "list-bounces", "list-bounces+bob=example.net", "list-return-12-bob=example.net", "bounce-17"])
def test_no_word_to_the_address_of_a_program(telling, local):
    telling.deliver(BAD, sender=local + "@example.org")
    assert set(told(telling)) == {BOB, GUARD}


@pytest.mark.parametrize("sender", ["", "#@[]"])
def test_no_notification_because_of_a_bounce(telling, sender):
    telling.deliver(BAD, sender=sender)
    assert set(told(telling)) == {GUARD}


@pytest.mark.parametrize("filters, want", [
    (["subject=y;block;notify=r", "bodytext=y;block;notify=s"], {BOB}),
    (["subject=y;block", "bodytext=y;block;notify=s"], {ALICE}),
    (["subject=y;block;notify=rs", "bodytext=y;keep;notify=rs"], {BOB, ALICE}),
    (["subject=y;trash;notify=rs,inform=a@g.test"], set()),
    (["subject=y;inspect;notify=rs,inform=a@g.test"], set()),
    (["subject=y;bounce;notify=rs,inform=a@g.test"], set()),
    (["subject=n;block;notify=rs,inform=a@g.test", "bodytext=y;block"], set()),
    (["subject=y;trash;notify=r", "bodytext=y;block;notify=s"], {ALICE}),
    (["subject=y;block;inform=a@g.test b@g.test", "bodytext=y;block;inform=b@g.test c@g.test"],
     {"a@g.test", "b@g.test", "c@g.test"}),
    (["subject=y;block;inform=base-$SENDER=@g.test"], {"base-alice=example.org@g.test"}),
])
def test_once_for_each_mail(profile, filters, want):
    """For the first condition met that notifies; each guard once."""
    profile.control("badsubjects", "pills").control("badbodytexts", "special").filters(*filters)
    profile.deliver(BAD)
    assert set(told(profile)) == want


def test_each_recipient_of_a_mail_is_told(telling):
    telling.deliver(BAD)
    telling.deliver(BAD, recipient="carol@example.net")
    by = [recipients[0] for _, _, recipients in telling.queued()]
    assert sorted(by) == sorted([BOB, ALICE, GUARD, "carol@example.net", ALICE, GUARD])


def test_a_guard_this_mail_makes_no_address_of(telling):
    telling.filters("subject=y;block;inform=base-$SENDER=@g.test " + GUARD)
    assert telling.deliver(BAD, sender="a\nb@c.test").command_codes == [99]
    assert set(told(telling)) == {GUARD}
    (line,) = complaints(telling)
    assert "inform-guard to base-$SENDER=@g.test: this mail makes no address of it" in line


# --- loops ----------------------------------------------------------------------


def test_notices_pass_the_filter_that_sent_them(telling):
    """They quote what the mail was stopped for."""
    telling.deliver(BAD)
    for message, _, (recipient,) in telling.queued():
        back = b"Received: (qmail 1 invoked by uid 2); 22 Nov 2026 10:00:00 -0000\n" + message
        assert telling.deliver(back, sender="", recipient=recipient).command_codes == [0]
        assert telling.last()["sealed"] == "1"
    assert len(telling.queued()) == 3


def test_two_filters_do_not_write_to_each_other_for_ever(telling):
    """A guard whose mail goes through another filter, whose guard is behind this one."""
    telling.filters("subject=y;block;inform=guard@localhost")
    message, generations = BAD, 0
    while generations < 20:
        count = len(telling.queued())
        assert telling.deliver(message, sender="" if generations else ALICE,
                               recipient="other@localhost").command_codes == [99]
        if len(telling.queued()) == count:
            break
        generations += 1
        message = telling.queued()[-1][0]
        assert b"\nX-QMVC-Notice: %d\n" % generations in message
    assert generations == 3
    (line,) = complaints(telling)
    assert "inform-guard to guard@localhost: the mail is a notice about notices" in line


def test_a_stranger_cannot_say_that_it_is_a_notice(telling):
    telling.deliver(b"X-QMVC-Notice: 9\n" + BAD)
    assert set(told(telling)) == {BOB, ALICE, GUARD}


# --- qmail-queue fails ----------------------------------------------------------


@pytest.mark.parametrize("mode", ["exit 11", "exit 31", "exit 51", "exit 53", "exit 81", "exit 91",
                                  "exit 120", "kill 9", "kill 11", "unread 53", "unread 1"])
@pytest.mark.parametrize("reaction", ["notify=r", "notify=s", "inform=guard@localhost"])
def test_a_notice_that_cannot_be_sent(telling, mode, reaction):
    """The mail's fate was settled before: 99 stays, and one line says what was not sent."""
    telling.filters("subject=y;block;" + reaction)
    telling.qmail_queue(mode)
    assert telling.deliver(BAD).command_codes == [99]
    (line,) = complaints(telling)
    assert telling.last()["id"] in line and "fake-qmail-queue: " in line
    assert len(telling.log()) == 1 and telling.queued() == []


def test_no_qmail_queue(telling):
    telling.environment["QMAILQUEUE"] = "/nonexistent/qmail-queue"
    assert telling.deliver(BAD).command_codes == [99]
    assert len(complaints(telling)) == 3
    assert all("/nonexistent/qmail-queue: no such file" in c.lower() for c in complaints(telling))


@pytest.mark.parametrize("before", [0, 1, 2])
def test_killed_between_log_line_and_notices(telling, before):
    """The delivery is repeated; who has got his notice gets no other."""
    telling.qmail_queue("murder 9 for %d" % before)
    result = telling.deliver(BAD)
    assert result.code == 111 and len(telling.log()) == 1
    assert len(telling.queued()) == before
    telling.qmail_queue("")
    assert telling.deliver(BAD).command_codes == [99]
    assert set(told(telling)) == {BOB, ALICE, GUARD}


def test_a_mail_that_waits_tells_nobody(telling, tmp_path):
    telling.filters("subject=y;bounce", "virus=y;block;notify=rs,inform=guard@localhost")
    telling.scanners("clamd:%s;C;x;" % (tmp_path / "nobody"))
    assert telling.deliver(BAD).command_codes == [111]
    assert telling.queued() == []


def test_a_log_that_cannot_be_written_tells_nobody(telling):
    telling.deliver(mails.plain())
    log = telling.home / "log" / "qmvc.log"
    log.rename(log.with_name("old"))
    log.mkdir()
    assert telling.deliver(BAD).command_codes == [111]
    assert telling.queued() == []


def test_a_memory_that_cannot_be_written_sends_nothing(telling):
    """What could not be remembered would be sent again with every retry."""
    (telling.home / "run").mkdir(mode=0o700)
    (telling.home / "run" / "sent").write_text("in the way")
    assert telling.deliver(BAD).command_codes == [99]
    assert telling.queued() == [] and len(complaints(telling)) == 3
    telling.filters("subject=y;block;forward=guard@localhost")
    assert telling.deliver(BAD).command_codes == [111]
    assert telling.queued() == []


# --- qmvc -x --------------------------------------------------------------------


def explained(profile, message, sender=ALICE, text=False):
    env = dict(profile.environment, HOME=str(profile.user_home), SENDER=sender, LOCAL="bob",
               HOST="example.net", RECIPIENT=BOB, USER="alias")
    done = subprocess.run([profile.command, "-x"] + ([] if text else ["--json"]), input=message,
                          env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode() if text else json.loads(done.stdout)["decision"]


def test_explained(telling):
    decision = explained(telling, BAD)
    assert decision["informs"] == [GUARD]
    assert decision["notifies"] == [{"whom": "recipient", "to": BOB, "why": None},
                                    {"whom": "sender", "to": ALICE, "why": None}]
    text = explained(telling, BAD, text=True)
    assert re.search(r"informed +guard@localhost\n +notified +bob@example\.net\n +and +alice@", text)
    assert telling.queued() == [] and not (telling.home / "run").exists()


def test_explained_why_not(telling):
    decision = explained(telling, b"Precedence: bulk\n" + BAD)
    assert decision["notifies"][1] == {"whom": "sender", "to": None, "why": "a program wrote the mail"}
    text = explained(telling, BAD, sender="", text=True)
    assert text.count("nobody: the sender is empty") == 2


def test_explained_nobody(telling):
    telling.filters("subject=y;trash;notify=rs,inform=guard@localhost")
    decision = explained(telling, BAD)
    assert decision["informs"] == [] and decision["notifies"] == []
    assert "notified" not in explained(telling, BAD, text=True)


def test_explained_a_guard_nobody_can_write_to(telling):
    telling.filters("subject=y;block;inform=base-$SENDER=@g.test")
    assert "no address of 'base-$SENDER=@g.test'" in explained(telling, BAD, "a\nb@c.test", text=True)
