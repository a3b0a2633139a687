"""
doc/ten-minutes.md, gone from the installation on: what `meson install` puts where, a home by qmvc-setup,
the filters of the page, and each of its commands. ./try is what CI's fresh machine runs.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

import dot_qmail
import mails
from conftest import BUILD, SOURCE, Clamd

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="has to be root to become others")
PAGE = (SOURCE / "doc" / "ten-minutes.md").read_text()
BLOCKS = [[line[4:] for line in block.splitlines()] for block in re.findall(r"^\n((?:    .+\n)+)", PAGE, re.M)]
# What runs elsewhere: ./try and the build by hand in a fresh Debian (tests/fresh-root).
ELSEWHERE = ["./try", "meson setup release -Dtests=false --buildtype=release", "apt-get install clamav-daemon",
             "systemctl restart clamav-daemon", "git pull", "ninja -C release uninstall"]
ALIAS = "su -s /bin/sh alias -c "      # nobody, here


class Host:
    """The files of an installation below `root`, and the environment that finds them there."""

    def __init__(self, root):
        self.root, self.home = root, root / "home"
        done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", root], text=True,
                              capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        self.prefix = root / "usr/local"
        libexec = self.prefix / "libexec/qmvc"
        self.environment = {
            "PATH": "%s:/usr/sbin:/usr/bin:/sbin:/bin" % (self.prefix / "bin"), "QMVC_HOME": str(self.home),
            "QMVC_LIBEXEC": str(libexec), "QMVC_SCANNERS": str(libexec / "scanners"),
            "QMVC_SHIPPED": str(self.prefix / "share/qmvc"), "QMVC_PROGRAMS": str(self.prefix / "bin"),
            "HOME": "/"}
        self.environment.update({n: os.environ[n] for n in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if n in os.environ})

    def run(self, command, user="nobody", timeout=120):
        become = {"user": user, "group": "nogroup", "extra_groups": []} if user else {}
        return subprocess.run(["/bin/sh", "-c", command], env=self.environment, capture_output=True, text=True,
                              cwd=self.root, timeout=timeout, **become)


@pytest.fixture
def host():
    root = pathlib.Path(tempfile.mkdtemp(prefix="qmvc-ten-"))
    root.chmod(0o755)
    yield Host(root)
    shutil.rmtree(root)


@pytest.fixture
def clamd(host):
    """One that other users reach."""
    (host.root / "clamd").mkdir(mode=0o755)
    server = Clamd(host.root / "clamd").start()
    yield server
    server.stop()


def test_what_is_installed(host):
    """A manual page for each program and control file, and each program knows itself."""
    programs = sorted(p.name for p in (host.prefix / "bin").iterdir())
    pages = {p.name.rpartition(".")[0] for p in (host.prefix / "share/man").rglob("*.[58]")}
    assert "qmvc" in programs and len(programs) > 10
    assert set(programs) <= pages
    for page in ("README.md", "doc/how-it-works.md"):
        text = (SOURCE / page).read_text()
        assert [p for p in programs if not re.search(r"\b%s\b" % p, text)] == [], page
    for program in programs:
        done = host.run(program + " -V")
        assert (done.returncode, done.stdout) == (0, program + " 2.0.0\n"), program
        assert host.run(program + " --version").stdout == done.stdout, program
        for option in ("-h", "--help"):
            done = host.run("%s %s" % (program, option))
            assert done.returncode == 0 and done.stdout.startswith("usage: " + program), program


def test_the_page(host, clamd, tmp_path):
    commands = [line for block in BLOCKS for line in block]
    rules = next(b for b in BLOCKS if b[-1].startswith("virus="))
    dot_qmail_line, = next(b for b in BLOCKS if b[0].startswith("|"))
    left = [c for c in commands if c not in ELSEWHERE + rules + [dot_qmail_line] and "clamd.conf" not in c]

    assert left.pop(0) == "meson install -C release"
    assert left.pop(0) == "qmvc-setup"
    done = host.run("qmvc-setup -o nobody", user=None)      # there is no alias without qmail
    assert done.returncode in (0, 1) and dot_qmail_line.replace("/usr/local", str(host.prefix)) in done.stdout
    (host.home / "control/filters").write_text("\n".join(rules) + "\n")
    (host.home / "control/scanners").write_text("clamd:%s;C;ClamAV daemon;;\n" % clamd.socket)

    assert left.pop(0) == ALIAS + "'qmvc -t'"
    done = host.run("qmvc -t")
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "in order", done.stdout

    assert left.pop(0) == ALIAS + "'qmvc -x' <mail"
    (host.root / "mail").write_bytes(mails.plain())
    done = host.run("qmvc -x <mail")
    assert done.returncode == 0 and "Decision" in done.stdout

    queue = tmp_path
    env = dot_qmail.environment("bob@example.net", "alice@example.org", home="/", base=host.environment)
    line = dot_qmail_line.replace("/usr/local", str(host.prefix)).replace(
        "|", "|setpriv --reuid nobody --regid nogroup --clear-groups ")
    for name, code in ((b"notes.txt", 0), (b"virus", 99)):
        text = mails.EICAR if name == b"virus" else b"harmless\n"
        done = dot_qmail.deliver(mails.multipart(mails.part(text, name)), [line], env, "/", queue)
        assert done.command_codes == [code], done.text

    assert left.pop(0) == "tail -F /var/qmvc/log/qmvc.log"
    assert " action=keep " in host.run("tail %s/log/qmvc.log" % host.home).stdout
    assert left.pop(0) == "qmvcstat"
    assert re.search(r"^Mails +2, ", host.run("qmvcstat").stdout, re.M)
    assert left.pop(0) == "qmvc-release list"
    assert "alice@example.org" in host.run("qmvc-release list").stdout

    assert left[:2] == ["meson install -C release", "qmvc-setup"]
    before = (host.home / "control/filters").read_text()
    assert host.run("qmvc-setup -o nobody", user=None).returncode == 0
    assert left[2:] == ["qmvc-setup -r"]
    assert host.run("qmvc-setup -r", user=None).returncode == 0
    assert not (host.home / "tmp").exists() and list((host.home / "save").iterdir())
    assert (host.home / "control/filters").read_text() == before
