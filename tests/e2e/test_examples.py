"""
The EXAMPLES of the manual, and the commands of two pages, run: each command of each page, on an installation with a week of logs, with
nothing but the places of things put in. A command need not find something wrong with its world (0, or 1:
something wants care); but it must be one that the program understands, about files that are there.
"""
import datetime
import os
import re
import subprocess

import pytest

import mails
import sample_month
from conftest import FAKE_QUEUE, SOURCE
from test_ten_minutes import clamd, host    # noqa: F401 (fixtures)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="has to be root to become others")
ID = "1k81p7drb0"
CRON = re.compile(r"(?:[\d*]+ +){5}")
# Goes on until it is stopped.
FOLLOWS = re.compile(r"qmvcstat -fs? ")


def section(page):
    text = (SOURCE / "man" / page).read_text()
    found = re.search(r"^\.Sh EXAMPLES\n(.*?)^\.Sh ", text, re.M | re.S)
    text = found.group(1) if found else ""
    return text.replace("\\(dq", '"').replace("\\e", "\\").replace("\\&", "")


def commands():
    """(page, command): what a reader would type, or cron run."""
    for page in sorted(p.name for p in (SOURCE / "man").glob("*.[58]")):
        typed = None
        for line in section(page).splitlines():
            line = line.removeprefix(".Dl ")
            if typed is not None:
                typed += "\n" + line
            elif line.startswith(("$ ", "# ")) and not line.startswith("# for "):
                typed = line[2:]
            elif CRON.match(line):
                typed = CRON.sub("", line, count=1)
            else:
                continue
            if not typed.endswith(("\\", "|")) and typed.count('"') % 2 == 0:
                yield page, typed
                typed = None
        assert typed is None, (page, typed)


# Pages whose commands no other test runs; setups, reports, outgoing, other-mtas and the ten minutes have theirs.
PAGES = ["choosing-scanners.md", "when-something-goes-wrong.md"]


def page_commands():
    for page in PAGES:
        for line in re.findall(r"^    (\S.*)$", (SOURCE / "doc" / page).read_text(), re.M):
            if not line.startswith("pkill"):    # qmail-send is not here
                yield page, line


@pytest.fixture
def world(host, clamd):     # noqa: F811
    """A home with logs of a week and their pages, a mail that was kept, a mailbox, the accounts' directories."""
    root, home = host.root, host.home
    home.mkdir()
    sample_month.write(home, sample_month.Month(datetime.date.today() - datetime.timedelta(1), 7, 40))
    (home / "control/filters").write_text("virus=y;keep\n")
    (home / "control/contact").write_text("postmaster@example.org\n")
    (home / "control/scanners").write_text("clamd:%s;C;ClamAV daemon;;\n" % clamd.socket)
    envelope = "SENDER=spam@example.org RECIPIENT=bob@example.net LOCAL=bob HOST=example.net "
    infected = root / "infected"
    infected.write_bytes(mails.multipart(mails.part(mails.EICAR)))
    assert host.run(envelope + "qmvc <infected", user=None).returncode == 99
    host.environment.update(QMVC_SCANNERS=str(home / "scanners"), HOME=str(root / "user"),
                            QMAILQUEUE=str(FAKE_QUEUE), QMVC_TEST_QUEUE=str(root / "outbox"),
                            QMVC_QMAIL=str(root / "qmail"))
    for name in ("user/Maildir/new", "user/Maildir/cur", "user/Maildir/tmp", "outbox", "www/mail", "backups", "lib", "qmail/control", "qmail/users"):
        (root / name).mkdir(parents=True)
    (root / "user/Maildir/new/1").write_bytes(mails.plain())
    (root / "qmail/control/me").write_text("example.org\n")
    (root / "qmail/control/virtualdomains").write_text("")
    (home / "log/mail").write_bytes(mails.plain())
    assert host.run("qmvclog2html -m -c; virulator -m; qmvcmonth", user=None).returncode in (0, 1)
    archive = home / "log/qmvc-2026-01-01.log"
    archive.write_text("v=1 from=user@example.org delay=0.001\n")
    subprocess.run(["zstd", "-q", "--rm", archive], check=True)
    host.kept, = [p.name for p in (home / "save").iterdir()]
    return host


def placed(host, command):     # noqa: F811
    """The command with the places of this host in it."""
    for place, here in (("/usr/local", host.prefix), ("/home/fehcom/qmvc", host.home), ("/var/qmvc", host.home),
                        ("/var/backups", host.root / "backups"), ("/var/www/html", host.root / "www"),
                        ("/var/lib/prometheus/node-exporter", host.root / "lib"), ("/tmp/now", host.root / "now"),
                        ("1k81p7drb0c5m3h8tr4e", host.kept), ("1k81p7drb0", host.kept[:10])):
        command = command.replace(place, str(here))
    command = re.sub(r"su -s /bin/sh alias -c ('[^']*'|\w+)", r"/bin/sh -c \1", command)
    # There is neither alias nor vmail here; and five mails show as much as a hundred.
    command = command.replace("-o vmail", "-o nobody").replace("--generate 100", "--generate 5")
    return command + " -o nobody" if command == "qmvc-setup" else command


def test_all_are_found():
    found = list(commands())
    assert len(found) >= 35 and len({page for page, _ in found}) >= 15


def test_each_example(world):
    """In the order of the pages, each in the log's directory, as root."""
    (world.root / "now").mkdir()
    wrong = []
    for page, command in [*commands(), *page_commands()]:
        if command == "qmvc-setup -u":
            continue    # for a user: test_setup.py
        typed = placed(world, command)
        environment = dict(world.environment)
        try:
            done = subprocess.run(["/bin/bash", "-o", "pipefail", "-c", typed], env=environment, text=True,
                                  capture_output=True, timeout=2 if FOLLOWS.match(command) else 60,
                                  cwd=world.home / "log")
        except subprocess.TimeoutExpired:
            if not FOLLOWS.match(command):
                wrong.append((page, typed, "does not end"))
            continue
        if done.returncode not in (0, 1) or "usage" in done.stderr or "not found" in done.stderr:
            wrong.append((page, typed, done.returncode, done.stdout[-300:], done.stderr[-300:]))
    assert wrong == [], "\n".join(map(str, wrong))
