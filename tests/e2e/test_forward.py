"""Reaction forward: what goes out through qmail-queue, when it fails, and what comes back."""
import re

import pytest

import mails

BAD = mails.plain(subject=b"cheap pills")
DTLINE = b"Delivered-To: bob@example.net\n"


@pytest.fixture
def guarded(profile):
    profile.filters("subject=y;block;forward=guard@localhost").control("badsubjects", "pills")
    return profile


def sent_to(profile):
    return [recipients for _, _, recipients in profile.queued()]


def test_the_copy(guarded):
    """Delivered-To, the seal, and the mail as it was; from nobody."""
    assert guarded.deliver(BAD).command_codes == [99]
    ((message, sender, recipients),) = guarded.queued()
    assert (sender, recipients) == ("", ["guard@localhost"])
    top, seal, rest = message.split(b"\n", 2)
    assert top + b"\n" == DTLINE
    assert re.fullmatch(rb"X-QMVC-Seal: v1 [0-9a-f]{64}", seal)
    assert rest.startswith(b"Received: ") and rest.endswith(b"\n" + BAD), "as it was queued"
    assert guarded.last()["forwarded"] == "1" and float(guarded.last()["time.forward"]) > 0
    assert "Forwarded: guard@localhost" in guarded.records()[0]


def test_a_large_mail_goes_through_a_file(guarded):
    big = mails.multipart(mails.part(b"x" * 3000000), subject=b"pills")
    assert guarded.deliver(big).command_codes == [99]
    assert guarded.queued()[0][0].endswith(big)


def test_every_condition_has_its_guards(profile):
    """Each address once, in the order of the conditions; an action that honours none sends none."""
    profile.control("badsubjects", "pills").control("badbodytexts", "hello")
    profile.control("badfilenames", "*.exe").control("mailheaders", "date=r")
    profile.control("badmimetypes", "text/*")
    profile.filters("subject=y;block;forward=one@g.test two@g.test",
                    "bodytext=y;keep;forward=three@g.test one@g.test",
                    "filename=y;trash;forward=four@g.test",
                    "errors=y;bounce;forward=five@g.test",
                    "mimetype=y;inspect;forward=seven@g.test", "virus=n;block;forward=six@g.test")
    message = mails.multipart(mails.part(b"hello", b"a.exe", b"text/plain"), subject=b"pills")
    assert profile.deliver(message).command_codes == [99]
    assert sent_to(profile) == [["one@g.test"], ["two@g.test"], ["three@g.test"]]


def test_not_for_a_mail_that_passes(guarded):
    assert guarded.deliver(mails.plain()).command_codes == [0]
    assert guarded.queued() == [] and "time.forward" not in guarded.last()
    assert not (guarded.home / "run" / "key").exists(), "no key without need"


@pytest.mark.parametrize("written, expected", [
    ("guard@localhost", "guard@localhost"),
    ("$LOCAL+x@$HOST", "bob-a-b-c+x@example.net"),
    ("$EXT.$EXT2.$EXT3.$EXT4@g.test", "a-b-c.b-c.c.@g.test"),
    ("spam-$DEFAULT@g.test", "spam-a-b-c@g.test"),
    ("$USER@g.test", "bob@g.test"),
    ("$RECIPIENT", "bob-a-b-c@example.net"),
    ("$SENDER", "alice@example.org"),
    ("base-$SENDER=@g.test", "base-alice=example.org@g.test"),
    ("base-$RECIPIENT=@g.test", "base-bob-a-b-c=example.net@g.test"),
    ("$local=@g.test", "bob-a-b-c=@g.test"),
])
def test_variables(guarded, written, expected):
    guarded.filters("subject=y;block;forward=" + written)
    guarded.deliver(BAD, recipient="bob-a-b-c@example.net", user="bob", extra={"DEFAULT": "a-b-c"})
    assert sent_to(guarded) == [[expected]]


def test_unknown_variables_are_refused(guarded):
    guarded.filters("subject=y;block;forward=x-$SENDR@g.test")
    result = guarded.deliver(BAD)
    assert result.command_codes == [111] and "filters:1: '$SENDR': no such variable" in result.text


@pytest.mark.parametrize("sender", ["a@b@c.test", 'x y"z@c.test', "$HOST@c.test", "", "#@[]", "`id`@c.test"])
def test_a_hostile_sender_is_only_an_address(guarded, sender):
    guarded.filters("subject=y;block;forward=base-$SENDER=@g.test")
    assert guarded.deliver(BAD, sender=sender).command_codes == [99]
    local, at, host = sender.rpartition("@")
    assert sent_to(guarded) == [["base-" + local + ("=" if at else "") + host + "@g.test"]]


@pytest.mark.parametrize("sender", ["x" * 1000 + "@c.test", "a\nTevil@c.test", "a\x01@c.test"],
                         ids=["long", "newline", "control"])
def test_what_is_no_address_is_kept_instead(guarded, sender):
    """The sender chose it, so waiting would not help; nobody else has the mail."""
    guarded.filters("subject=y;block;forward=base-$SENDER=@g.test guard@localhost")
    assert guarded.deliver(BAD, sender=sender).command_codes == [99]
    assert sent_to(guarded) == [["guard@localhost"]]
    (kept,) = guarded.saved()
    assert (kept / "message").read_bytes().endswith(BAD) and guarded.last()["saved"] == str(kept)
    assert "forward to base-$SENDER=@g.test: this mail makes no address" in guarded.state("qmvc.error")


@pytest.mark.parametrize("code", [11, 31, 40, 115])
def test_refused_for_good(guarded, code):
    guarded.qmail_queue("exit %d" % code)
    assert guarded.deliver(BAD).command_codes == [99]
    assert len(guarded.saved()) == 1 and "forwarded" not in guarded.last()
    assert "forward to guard@localhost: " in guarded.state("qmvc.error")
    assert "exit code %d" % code in guarded.state("qmvc.error")


@pytest.mark.parametrize("mode", ["exit 51", "exit 53", "exit 81", "exit 91", "exit 120", "exit 10",
                                  "exit 41", "exit 1", "kill 9", "kill 11", "unread 53"])
def test_fails_for_now(guarded, mode):
    """The mail waits, nothing of it is kept meanwhile, and the retry sends it."""
    guarded.filters("subject=y;keep;forward=guard@localhost")
    guarded.qmail_queue(mode)
    result = guarded.deliver(BAD)
    assert result.command_codes == [111] and "forward to guard@localhost" in result.text
    assert guarded.saved() == [] and guarded.queued() == [] and guarded.last()["action"] == "defer"
    guarded.qmail_queue("")
    assert guarded.deliver(BAD).command_codes == [99]
    assert sent_to(guarded) == [["guard@localhost"]] and len(guarded.saved()) == 1


def test_no_qmail_queue(guarded):
    guarded.environment["QMAILQUEUE"] = "/nonexistent/qmail-queue"
    result = guarded.deliver(BAD)
    assert result.command_codes == [111]
    assert "/nonexistent/qmail-queue: no such file" in result.text.lower()


def test_a_retry_sends_only_what_is_missing(guarded):
    guarded.filters("subject=y;block;forward=one@g.test two@g.test three@g.test")
    guarded.qmail_queue("exit 53 for 1")
    assert guarded.deliver(BAD).command_codes == [111]
    guarded.qmail_queue("")
    assert guarded.deliver(BAD).command_codes == [99]
    assert sent_to(guarded) == [["one@g.test"], ["two@g.test"], ["three@g.test"]]
    assert guarded.last()["forwarded"] == "3"


def test_the_memory_tells_mails_and_recipients_apart(guarded):
    guarded.deliver(BAD)
    guarded.deliver(BAD, recipient="carol@example.net")
    guarded.deliver(BAD + b"more\n")
    guarded.deliver(BAD)
    assert len(guarded.queued()) == 3


def test_the_memory_forgets(guarded):
    guarded.deliver(BAD)
    sent = guarded.home / "run" / "sent"
    (day,) = sent.iterdir()
    assert [len(e.name) for e in day.iterdir()] == [64] and b"guard" not in b"".join(
        str(e).encode() for e in day.iterdir())
    old = sent / str(int(day.name) - 9)
    day.rename(old)
    guarded.deliver(BAD)
    assert len(guarded.queued()) == 1, "still remembered: swept when the next day begins"
    guarded.deliver(BAD + b"more\n")
    assert not old.exists() and len(list(sent.iterdir())) == 1


def test_a_log_that_cannot_be_written_sends_nothing_twice(guarded):
    guarded.deliver(mails.plain())
    log = guarded.home / "log" / "qmvc.log"
    log.rename(log.with_name("old"))
    log.mkdir()
    assert guarded.deliver(BAD).command_codes == [111]
    log.rmdir()
    assert guarded.deliver(BAD).command_codes == [99]
    assert len(guarded.queued()) == 1


def test_a_command_writes_another_mail(guarded):
    guarded.filters("bodytext=y;block;forward=guard@localhost")
    guarded.control("badbodytexts", "|(echo Subject: instead; echo; echo text) >&3; exit 7:7")
    assert guarded.deliver(BAD).command_codes == [99]
    assert guarded.queued()[0][0].split(b"\n", 2)[2] == b"Subject: instead\n\ntext\n"


@pytest.mark.parametrize("options, texts", [("", True), ("goodmail", False)])
def test_what_a_command_writes_is_for_who_asked_it(guarded, options, texts):
    """The guards of other conditions get the mail that met them, and one of both gets it too."""
    guarded.filters("subject=y;block;forward=guard@localhost both@localhost",
                    "bodytext=y;block;forward=text@localhost both@localhost;" + options)
    guarded.control("badbodytexts", "|echo instead >&3")
    assert guarded.deliver(BAD).command_codes == [99]
    bodies = {to[0]: message.split(b"\n", 2)[2] for message, _, to in guarded.queued()}
    assert bodies["guard@localhost"].endswith(BAD) and bodies["both@localhost"].endswith(BAD)
    assert bodies.get("text@localhost") == (b"instead\n" if texts else None)


# --- what comes back ------------------------------------------------------------


def test_the_guard_behind_the_same_filter_gets_it(guarded):
    guarded.deliver(BAD)
    copy = guarded.queued()[0][0]
    received = b"Received: (qmail 1 invoked by uid 2); 22 Nov 2026 10:00:00 -0000\n" + copy
    for recipient in ("guard@localhost", "guard@LOCALHOST"):
        assert guarded.deliver(received, sender="", recipient=recipient).command_codes == [0]
        assert guarded.last()["sealed"] == "1" and guarded.last()["action"] == "pass"
    assert len(guarded.queued()) == 1


def test_the_guard_in_a_virtual_domain(guarded):
    guarded.filters("subject=y;block;forward=guard@v.test")
    guarded.options = "-v-"
    guarded.deliver(BAD)
    copy = guarded.queued()[0][0]
    result = guarded.deliver(copy, recipient="guard@v.test", user="bob", prepend="bob")
    assert result.command_codes == [0]


@pytest.mark.parametrize("change", [
    lambda m: m.replace(b"pills", b"pillz pills"),
    lambda m: m + b"\n",
    lambda m: m.replace(b"X-QMVC-Seal: v1 ", b"X-QMVC-Seal: v2 "),
    lambda m: re.sub(rb"(Seal: v1 ).", rb"\1g", m),
    lambda m: re.sub(rb"(Seal: v1 [0-9a-f]{63}).", rb"\1", m),
    lambda m: re.sub(rb"X-QMVC-Seal: .*\n", b"", m),
    lambda m: b"Subject: pills\n\n" + m,
], ids=["subject", "body", "version", "digest", "short", "none", "in-the-body"])
def test_a_seal_that_is_not_valid_means_nothing(guarded, change):
    guarded.deliver(BAD)
    copy = change(guarded.queued()[0][0])
    assert guarded.deliver(copy, recipient="guard@localhost").command_codes == [99]


def test_a_seal_is_for_one_recipient_of_one_home(guarded):
    guarded.deliver(BAD)
    copy = guarded.queued()[0][0]
    for recipient in ("bob@localhost", "guard@example.net", "Guard@localhost"):
        assert guarded.deliver(copy, recipient=recipient).command_codes == [99]
    (guarded.home / "run" / "key").unlink()
    assert guarded.deliver(copy, recipient="guard@localhost").command_codes == [99]


def test_an_address_without_a_host(guarded):
    """qmail gives it one of its own (envnoathost)."""
    guarded.filters("subject=y;block;forward=guard")
    guarded.deliver(BAD)
    copy = guarded.queued()[0][0]
    assert guarded.deliver(copy, recipient="guard@me.test").command_codes == [0]
    assert guarded.deliver(copy, recipient="other@me.test").command_codes == [99]


def test_a_key_others_can_read_is_none(guarded):
    guarded.deliver(BAD)
    (guarded.home / "run" / "key").chmod(0o644)
    result = guarded.deliver(BAD + b"more\n")
    assert result.command_codes == [111] and "run/key" in result.text


def test_made_up_seals_cost_little_and_do_nothing(guarded):
    guarded.deliver(BAD)
    forged = (b"X-QMVC-Seal: v1 " + b"0" * 64 + b"\n") * 1000 + BAD
    assert guarded.deliver(forged, recipient="guard@localhost").command_codes == [99]
    copy = guarded.queued()[0][0]
    assert guarded.deliver(forged.replace(BAD, copy), recipient="guard@localhost").command_codes == [99]
