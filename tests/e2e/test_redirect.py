"""
redirect, and the set-up of doc/outgoing.md as it is written: the runner is the second qmail, a
stand-in for qmail-queue the first one.
"""
import os
import re
import subprocess

import pytest

import dot_qmail
import mails
from conftest import BUILD, FAKE_QUEUE, QMVC, SOURCE

REDIRECT = BUILD / "src" / "programs" / "redirect"
PAGE = (SOURCE / "doc" / "outgoing.md").read_text()
LOOPING = b"This message is looping: it already has my Delivered-To line. (#5.4.6)\n"


def file_of(path):
    """The lines that doc/outgoing.md has for a file."""
    block = re.search(r"^`%s`:\n\n((?:    .*\n)+)" % re.escape(path), PAGE, re.M).group(1)
    return [line[4:] for line in block.splitlines()]


class SecondQmail:
    """Takes every address in the world for one of its virtual domain, as its control file says."""

    def __init__(self, profile, first):
        self.profile, self.first = profile, first
        rule, = file_of("/var/qmail2/control/virtualdomains")
        domain, _, self.user = rule.partition(":")
        assert domain == ""         # all of them: qmail-send(8)
        self.home = profile.user_home
        control = self.home / "qmvc" / "control"
        control.mkdir(parents=True)
        filters = [l.replace("virus=y;", "subject=y;") for l in
                   file_of("/home/%s/qmvc/control/filters" % self.user)]
        (control / "filters").write_text("\n".join(filters + ["virus=n", ""]))
        (control / "badsubjects").write_text("cheap pills\n")
        self.lines = [line.replace("/usr/local/bin/qmvc", str(QMVC))
                      .replace("/usr/local/bin/redirect", "%s -q %s" % (REDIRECT, first))
                      for line in file_of("/home/%s/.qmail-default" % self.user)]

    def deliver(self, message, recipient, sender="carol@yourdomain.com"):
        env = dot_qmail.environment(recipient, sender, user=self.user, prepend=self.user, home=self.home,
                                    base=self.profile.environment)
        header = (b"\n" + message).partition(b"\n\n")[0] + b"\n"
        if b"\n" + os.fsencode(env["DTLINE"]) in header:    # qmail-local(8), before it opens the file
            done = dot_qmail.Result()
            done.code, done.report = 100, LOOPING
            return done
        return dot_qmail.deliver(message, self.lines, env, str(self.home), self.profile.queue, 60)


@pytest.fixture
def first(tmp_path):
    (tmp_path / "qmail" / "bin").mkdir(parents=True)
    (tmp_path / "qmail" / "bin" / "qmail-queue").symlink_to(FAKE_QUEUE)
    return tmp_path / "qmail"


@pytest.fixture
def second(profile, first):
    return SecondQmail(profile, first)


def test_goes_out(second, profile):
    text = mails.plain(subject=b"Offer") + os.urandom(2 << 20)
    done = second.deliver(text, "dave@far.example")
    assert (done.code, done.command_codes) == (0, [0, 0])
    (sent, sender, recipients), = profile.queued()
    assert (sender, recipients) == ("carol@yourdomain.com", ["dave@far.example"])
    assert sent == (b"Delivered-To: yourdomain-dave@far.example\nReceived: (qmail 4711 invoked by uid 1002); "
                    b"22 Nov 2026 12:00:00 -0000\n" + text)


def test_what_is_stopped_does_not(second, profile):
    done = second.deliver(mails.plain(subject=b"cheap pills"), "dave@far.example")
    assert done.command_codes == [99]
    assert all("dave@far.example" not in to for _, _, to in profile.queued())
    assert {to[0] for _, _, to in profile.queued()} == {"carol@yourdomain.com", "postmaster@yourdomain.com"}
    kept, = (second.home / "qmvc" / "save").iterdir()
    assert b"cheap pills" in (kept / "message").read_bytes()


@pytest.mark.parametrize("sender", ["", "#@[]", "x y\n@z"])
def test_sender_stays(second, profile, sender):
    assert second.deliver(mails.plain(), "dave@far.example", sender=sender).code == 0
    assert profile.queued()[0][1] == sender


def test_no_loop(second, profile):
    """The first qmail is the second one: it goes round once."""
    assert second.deliver(mails.plain(), "dave@far.example").code == 0
    came_back = profile.queued()[0][0]
    done = second.deliver(came_back, "dave@far.example")
    assert (done.code, done.report) == (100, LOOPING)
    assert len(profile.queued()) == 1
    # To somebody else it may go.
    assert second.deliver(came_back, "erin@far.example").code == 0


@pytest.mark.parametrize("mode, code", [("exit 53", 111), ("exit 31", 100), ("exit 11", 100),
                                        ("exit 91", 111), ("kill 9", 111)])
def test_queue_fails(second, profile, mode, code):
    profile.qmail_queue(mode)
    done = second.deliver(mails.plain(), "dave@far.example")
    assert done.code == code and b"qmail-queue" in done.report
    assert profile.queued() == []


def run(*arguments, environment=None):
    return subprocess.run([REDIRECT, *arguments], input=b"x", capture_output=True, env=environment or {},
                          timeout=60)


def test_no_qmail(second):
    second.lines[-1] = "|%s -q /nowhere/qmail" % REDIRECT
    done = second.deliver(mails.plain(), "dave@far.example")
    assert done.code == 111 and b"/nowhere/qmail/bin/qmail-queue" in done.report


@pytest.mark.parametrize("arguments, word", [
    (["-q", "qmail2"], b"qmail2"), (["-y"], b"-y"), (["-q"], b"-q"), (["a@b"], b"a@b"), ([], b"SENDER")])
def test_usage(arguments, word):
    done = run(*arguments)
    assert done.returncode == 111 and done.stdout.startswith(b"redirect: ") and word in done.stdout


def test_help():
    assert run("-h").stdout.startswith(b"usage: redirect")
    assert run("--version").returncode == 0
