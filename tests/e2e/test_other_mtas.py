"""
Under other MTAs: the exit codes of sysexits.h, the envelope from two addresses, a command that gets
what passes; and a real Postfix, unpacked from its package and run in a directory of its own, that
delivers through qmvc as doc/other-mtas.md says.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import pytest

from conftest import BUILD, LIBEXEC, QMVC, SOURCE, wait_until

PASS, STOP, BOUNCE, LATER = 0, 99, 77, 75


def message(subject):
    return (b"From: alice@example.org\nTo: bob@example.net\nSubject: " + subject +
            b"\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nMessage-ID: <1@example.org>\n\nDear Bob\n")


@pytest.fixture
def filtering(profile):
    profile.filters("subject=y;block;", "filename=n;", "virus=n")
    profile.control("badsubjects", "Buy now")
    return profile


def run(profile, text, *arguments, environment=None, seekable=True, qmvc=QMVC):
    env = dict(profile.environment, HOME=str(profile.user_home))
    env.update(environment if environment is not None
               else {"SENDER": "alice@example.org", "RECIPIENT": "bob@example.net"})
    with tempfile.TemporaryFile() as stdin:
        stdin.write(text)
        stdin.seek(0)
        given = {"stdin": stdin} if seekable else {"input": text}
        return subprocess.run([qmvc, *arguments], env=env, capture_output=True, timeout=60, **given)


def test_exit_codes(filtering):
    assert run(filtering, message(b"Minutes"), "--mta=sysexits").returncode == PASS
    assert run(filtering, message(b"Buy now"), "--mta=sysexits").returncode == STOP
    assert filtering.last()["exit"] == "99"
    filtering.filters("subject=y;bounce;", "virus=n")
    assert run(filtering, message(b"Buy now"), "--mta=sysexits").returncode == BOUNCE
    assert filtering.last()["exit"] == "77"
    filtering.filters("subject=y;block", "nonsense=y")
    assert run(filtering, message(b"Minutes"), "--mta=sysexits").returncode == LATER


@pytest.mark.parametrize("arguments", [["-y"], ["--sender", "a@b"], ["--recipient="]])
def test_wrong_options_lose_nothing(filtering, arguments):
    done = run(filtering, message(b"Minutes"), "--mta=sysexits", *arguments, "/bin/cat")
    assert done.returncode == LATER
    assert done.stdout.startswith(b"qmvc: ")


def test_no_envelope(filtering):
    done = run(filtering, message(b"Minutes"), "--mta=sysexits", environment={"SENDER": "a@b"})
    assert done.returncode == LATER and b"RECIPIENT" in done.stdout


@pytest.mark.parametrize("environment, arguments", [
    # dot-courier(5)
    ({"SENDER": "alice@example.org", "RECIPIENT": "bob@example.net", "LOCAL": "bob",
      "HOST": "example.net", "USER": "bob"}, []),
    # Postfix' local(8)
    ({"SENDER": "alice@example.org", "RECIPIENT": "bob@example.net", "LOCAL": "bob",
      "DOMAIN": "example.net", "ORIGINAL_RECIPIENT": "x@example.net"}, []),
    # Exim's pipe transport
    ({"SENDER": "alice@example.org", "RECIPIENT": "bob@example.net", "LOCAL_PART": "bob",
      "DOMAIN": "example.net"}, []),
    ({}, ["--sender=alice@example.org", "--recipient", "bob@example.net"]),
])
def test_envelope(filtering, environment, arguments):
    done = run(filtering, message(b"Minutes"), "--mta=sysexits", *arguments, environment=environment)
    assert done.returncode == PASS
    assert (filtering.last()["from"], filtering.last()["to"]) == ("alice@example.org", "bob@example.net")


@pytest.mark.parametrize("seekable", [True, False])
def test_command_gets_what_passes(filtering, seekable):
    text = message(b"Minutes") + os.urandom(70000)
    done = run(filtering, text, "--mta=sysexits", "/bin/sh", "-c", "cat; exit 3", seekable=seekable)
    assert (done.returncode, done.stdout[-len(text):]) == (3, text)
    done = run(filtering, message(b"Buy now"), "--mta=sysexits", "/bin/sh", "-c", "echo GOT; exit 3",
               seekable=seekable)
    assert done.returncode == 0 and b"GOT" not in done.stdout
    assert filtering.last()["exit"] == "0"
    assert filtering.leftovers() == []


def test_command_that_is_not_there(filtering):
    done = run(filtering, message(b"Minutes"), "--mta=sysexits", "/no/such/program")
    assert done.returncode == LATER and b"/no/such/program" in done.stdout


def test_command_finds_things_as_they_were(filtering):
    """Signals, descriptors, children: nothing of ours is left to it."""
    show = "grep -E 'Sig(Ign|Blk|Cgt)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '"
    done = run(filtering, message(b"Minutes"), "--mta=sysexits", "/bin/sh", "-c", show)
    # What we ignore ourselves (a shell's background: SIGINT) it inherits, but Python's own SIGPIPE.
    ignored = sum(1 << number - 1 for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}
                  if signal.getsignal(number) == signal.SIG_IGN)
    assert b"SigIgn:\t%016x" % ignored in done.stdout and b"SigBlk:\t0000000000000000" in done.stdout
    assert done.stdout.splitlines()[-1].split() == [b"0", b"1", b"2", b"3"]  # 3 is ls's own


def test_command_with_qmail_is_refused(filtering):
    assert run(filtering, message(b"Minutes"), "/bin/cat").returncode == 111


def test_forwarded_copy_has_our_mark(filtering):
    filtering.filters("subject=y;block;forward=guard@example.net", "virus=n")
    assert run(filtering, message(b"Buy now"), "--mta=sysexits").returncode == STOP
    (text, _, recipients), = filtering.queued()
    assert recipients == ["guard@example.net"]
    assert text.startswith(b"Delivered-To: bob@example.net\n") or b"\nDelivered-To: bob@example.net\n" in text


# --- sendmail in place of qmail-queue ---------------------------------------------------------------

QUEUE = SOURCE / "src/helpers/sendmail-queue"


@pytest.fixture
def sendmail(tmp_path):
    """A sendmail that notes what it was given; it fails where there is a file `fail`."""
    program = tmp_path / "sendmail"
    program.write_text("#!/bin/sh\nprintf '[%s]' \"$@\" >$0.args; cat >$0.mail; [ ! -f $0.fail ] || exit 75\n")
    program.chmod(0o755)
    return program


def queue(tmp_path, sendmail, text, envelope):
    (tmp_path / "message").write_bytes(text)
    (tmp_path / "envelope").write_bytes(envelope)
    with open(tmp_path / "message") as message_file, open(tmp_path / "envelope") as envelope_file:
        return subprocess.run([QUEUE], stdin=message_file, stdout=envelope_file.fileno(), timeout=60,
                              env={"PATH": "/usr/bin:/bin", "QMVC_SENDMAIL": str(sendmail), "TMPDIR": str(tmp_path)}
                              ).returncode


def test_sendmail_queue(tmp_path, sendmail):
    assert queue(tmp_path, sendmail, b"text\0\xff\n", b"F\0Ta@b\0T-x y@c\0\0") == 0
    assert (tmp_path / "sendmail.args").read_text() == "[-i][-f][][--][a@b][-x y@c]"
    assert (tmp_path / "sendmail.mail").read_bytes() == b"text\0\xff\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["envelope", "message", "sendmail",
                                                          "sendmail.args", "sendmail.mail"]
    (tmp_path / "sendmail.fail").touch()
    assert queue(tmp_path, sendmail, b"text", b"Fs@d\0Ta@b\0\0") == 71


@pytest.mark.parametrize("envelope", [b"", b"F\0", b"F\0\0", b"F\0Ta@b\0", b"Ta@b\0\0", b"F\0Ta\nTb\0\0",
                                      b"F\0Ta\0\0Tb\0", b"F\0T\0\0"])
def test_sendmail_queue_refuses(tmp_path, sendmail, envelope):
    assert queue(tmp_path, sendmail, b"text", envelope) in (54, 91)
    assert not (tmp_path / "sendmail.args").exists()


def test_sendmail_queue_that_is_stopped_leaves_no_mail(tmp_path, sendmail):
    """As qmvc stops it: TERM to the whole group, while sendmail hangs."""
    sendmail.write_text("#!/bin/sh\ntouch $0.began; exec sleep 60\n")
    (tmp_path / "message").write_bytes(b"secret")
    (tmp_path / "envelope").write_bytes(b"F\0Ta@b\0\0")
    with open(tmp_path / "message") as message_file, open(tmp_path / "envelope") as envelope_file:
        running = subprocess.Popen([QUEUE], stdin=message_file, stdout=envelope_file.fileno(),
                                   start_new_session=True,
                                   env={"PATH": "/usr/bin:/bin", "QMVC_SENDMAIL": str(sendmail),
                                        "TMPDIR": str(tmp_path)})
        wait_until((tmp_path / "sendmail.began").exists)
        os.killpg(running.pid, signal.SIGTERM)
        assert running.wait(timeout=30) != 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["envelope", "message", "sendmail", "sendmail.began"]


def test_forward_by_sendmail(filtering, tmp_path, sendmail):
    filtering.filters("subject=y;block;forward=guard@example.net", "virus=n")
    filtering.environment.update(QMAILQUEUE=str(QUEUE), QMVC_SENDMAIL=str(sendmail))
    assert run(filtering, message(b"Buy now"), "--mta=sysexits").returncode == STOP
    assert (tmp_path / "sendmail.args").read_text() == "[-i][-f][][--][guard@example.net]"
    assert b"Subject: Buy now" in (tmp_path / "sendmail.mail").read_bytes()


# --- Postfix ----------------------------------------------------------------------------------------

MAIN = """\
compatibility_level = 3.6
queue_directory = {work}/queue
data_directory = {work}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
mail_owner = daemon
setgid_group = bin
import_environment = MAIL_CONFIG={work}/conf LD_LIBRARY_PATH={root}/usr/lib/postfix ASAN_OPTIONS={asan}
export_environment = MAIL_CONFIG={work}/conf LD_LIBRARY_PATH={root}/usr/lib/postfix ASAN_OPTIONS={asan} PATH=/usr/bin:/bin
maillog_file = {work}/log
maillog_file_prefixes = /
myhostname = example.net
mydestination = example.net
inet_interfaces = loopback-only
alias_maps =
local_recipient_maps =
mailbox_transport = qmvc
qmvc_destination_recipient_limit = 1
default_transport = error:nothing leaves this host
notify_classes =
minimal_backoff_time = 300s
"""

MASTER = """\
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
local unix - n n - - local
error unix - - n - - error
retry unix - - n - - error
"""

PLACES = {"/usr/local/bin/qmvc": "/usr/bin/env QMVC_HOME={work}/qmvc QMVC_LIBEXEC={work}/bin {work}/bin/qmvc",
          "/usr/bin/maildrop -d ${{recipient}}": "{work}/bin/deliver ${{user}}", "user=vmail": "user=nobody"}


def transport():
    """The transport that doc/other-mtas.md prints, its programs in their places here."""
    page = (SOURCE / "doc/other-mtas.md").read_text()
    block = re.search(r"^    qmvc +unix.*\n(?:    .+\n)+", page, re.M).group(0)
    text = re.sub("^    ", "", block, flags=re.M).replace("{", "{{").replace("}", "}}")
    for place, here in PLACES.items():
        assert place in text, place
        text = text.replace(place, here)
    return text


QUEUES = ("active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved "
          "trace").split()


class Postfix:
    def __init__(self, work, root):
        self.work, self.root = work, root
        self.environment = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": str(root / "usr/lib/postfix"),
                            "MAIL_CONFIG": str(work / "conf")}
        for name in ["conf", "data", "bin", "qmvc/control", "mail"] + ["queue/" + q for q in QUEUES]:
            (work / name).mkdir(parents=True)
        values = {"work": work, "root": root, "asan": os.environ.get("ASAN_OPTIONS", "-")}
        (work / "conf/main.cf").write_text(MAIN.format(**values))
        (work / "conf/master.cf").write_text((MASTER + transport()).format(**values))
        for program in (QMVC, LIBEXEC / "qmvc-open", LIBEXEC / "qmvc-clamav"):
            shutil.copy(program, work / "bin")
        (work / "bin/deliver").write_text("#!/bin/sh\ncat >%s/mail/$1.new && mv %s/mail/$1.new %s/mail/$1\n"
                                          % (work, work, work))
        (work / "bin/deliver").chmod(0o755)
        for name in QUEUES:
            if name not in ("pid",):
                shutil.chown(work / "queue" / name, "daemon")
        shutil.chown(work / "queue/public", "daemon", "bin")
        shutil.chown(work / "queue/maildrop", "daemon", "bin")
        shutil.chown(work / "data", "daemon")
        for name in ("qmvc", "qmvc/control", "mail"):
            shutil.chown(work / name, "nobody")
        self.control("filters", "subject=y;block;", "virus=n")
        self.control("badsubjects", "Buy now")
        self.process = subprocess.Popen([root / "usr/lib/postfix/sbin/master", "-c", work / "conf", "-d"],
                                        env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_until(lambda: (work / "queue/public/pickup").exists())

    def control(self, name, *lines):
        (self.work / "qmvc/control" / name).write_text("".join(l + "\n" for l in lines))

    def send(self, text, recipient, sender="alice@example.org"):
        subprocess.run([self.root / "usr/sbin/sendmail", "-i", "-f", sender, "--", recipient], input=text,
                       env=self.environment, check=True, timeout=20)

    def log(self):
        path = self.work / "log"
        return path.read_text() if path.exists() else ""

    def status(self, recipient):
        """What became of the mail to `recipient`: sent, bounced or deferred."""
        def lines():
            return [l for l in self.log().splitlines() if "to=<%s@" % recipient in l and "status=" in l]
        wait_until(lines)
        return lines()[-1].partition("status=")[2].split()[0]

    def delivered(self, recipient):
        path = self.work / "mail" / recipient
        return path.read_bytes() if path.exists() else None

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def postfix():
    root = BUILD / "postfix"
    if os.geteuid() != 0:
        pytest.skip("Postfix' master has to be started by root")
    if not (root / "usr/lib/postfix/sbin/master").exists():
        subprocess.run([SOURCE / ".ci" / "unpack", root, "postfix"], check=True, timeout=300)
    work = pathlib.Path(tempfile.mkdtemp(prefix="qmvc-postfix-"))
    work.chmod(0o755)
    # Whoever has no right to the build's directory has one to this.
    shutil.copytree(root, work / "postfix", symlinks=True)
    running = Postfix(work, work / "postfix")
    yield running
    running.stop()
    shutil.rmtree(work, ignore_errors=True)


def test_postfix_delivers(postfix):
    postfix.send(message(b"Minutes"), "minutes@example.net")
    assert postfix.status("minutes") == "sent"
    assert postfix.delivered("minutes").endswith(b"\n\nDear Bob\n")
    line = (postfix.work / "qmvc/log/qmvc.log").read_text().splitlines()[-1]
    assert " from=alice@example.org to=minutes@example.net " in line and " action=pass exit=0 " in line


def test_postfix_drops_what_is_blocked(postfix):
    postfix.send(message(b"Buy now"), "blocked@example.net")
    assert postfix.status("blocked") == "sent"
    assert postfix.delivered("blocked") is None


def test_postfix_bounces(postfix):
    postfix.control("filters", "subject=y;bounce;", "virus=n")
    postfix.send(message(b"Buy now"), "bounced@example.net")
    assert postfix.status("bounced") == "bounced"
    assert postfix.delivered("bounced") is None
    postfix.control("filters", "subject=y;block;", "virus=n")


def test_postfix_keeps_what_cannot_be_decided(postfix):
    postfix.control("filters", "subject=y;block;", "nonsense=y")
    postfix.send(message(b"Minutes"), "waiting@example.net")
    assert postfix.status("waiting") == "deferred"
    postfix.control("filters", "subject=y;block;", "virus=n")
    subprocess.run([postfix.root / "usr/sbin/postqueue", "-f"], env=postfix.environment, check=True)
    wait_until(lambda: postfix.delivered("waiting"))


def test_postfix_keeps_what_was_not_finished(postfix):
    """Whoever is killed, qmvc or the command in its place, has decided nothing."""
    deliver = postfix.work / "bin/deliver"
    well = deliver.read_text()
    deliver.write_text("#!/bin/sh\nkill -9 $$\n")
    postfix.send(message(b"Minutes"), "killed@example.net")
    assert postfix.status("killed") == "deferred"
    deliver.write_text(well)


def test_postfix_null_sender(postfix):
    postfix.send(message(b"Minutes"), "null@example.net", sender="")
    assert postfix.status("null") == "sent"
    assert " from=<> " in (postfix.work / "qmvc/log/qmvc.log").read_text().splitlines()[-1]
