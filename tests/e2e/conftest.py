"""Fixtures of the end-to-end tests: the built programs, a profile in a temporary home, a clamd."""
import fcntl
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import dot_qmail
import mails

pytest.register_assert_rewrite("plugin_bench")

SOURCE = pathlib.Path(os.environ.get("QMVC_SOURCE", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("QMVC_BUILD", SOURCE / "build"))
CORPUS = pathlib.Path(os.environ.get("QMVC_CORPUS", SOURCE / ".." / "shared" / "corpus"))
QMVC = BUILD / "src" / "programs" / "qmvc"
FAKE_QUEUE = BUILD / "tests" / "fake" / "fake-qmail-queue"
LIBEXEC = BUILD / "src" / "helpers"

# A file known to the test signatures by nothing but its md5.
MD5_ONLY = b"known by its md5 alone: " + bytes(range(256)) * 4


def pytest_configure(config):
    """
    A temporary directory of this run's own: pytest's usual one is closed for others each time that
    a run begins, and two runs side by side would take it from a test that has opened it.
    """
    if config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="qmvc-")
    config.addinivalue_line("markers", "browser: only looks at what a browser makes of pages")
    signal.signal(signal.SIGHUP, signal.SIG_DFL)    # ignored below nohup(1), and then for children


def pytest_unconfigure(config):
    shutil.rmtree(config.option.basetemp, ignore_errors=True)


def write_signatures(directory):
    """EICAR by its bytes at offset 0, MD5_ONLY by md5 and size."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "test.ndb").write_text("Eicar-Test-Signature:0:0:" + mails.EICAR.hex() + "\n")
    (directory / "test.hdb").write_text(
        "%s:%d:Md5-Test-Signature\n" % (hashlib.md5(MD5_ONLY).hexdigest(), len(MD5_ONLY)))
    return directory


def is_held(path):
    """Does somebody hold the lock of this directory?"""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def wait_until(condition, seconds=30):
    """Waits for what has to become true some time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.02)


def pids_with(*texts):
    """The process numbers whose command line holds all of the texts; zombies have none."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if line and all((t if isinstance(t, bytes) else os.fsencode(str(t))) in line for t in texts):
            found.append(int(entry.name))
    return found


def parent_of(pid):
    try:
        return int(pathlib.Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1


def logfmt(line):
    """A line of qmvc.log as a dict; written anew here, so that it checks the C formatter."""
    fields = {}
    for key, quoted, bare in re.findall(r'([A-Za-z0-9_.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        assert key not in fields, "key twice: " + key
        fields[key] = re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda m: m.group(1), quoted) if quoted else bare
    return fields


class Profile:
    """A home of its own: control files, logs, kept mail; and deliveries through it."""

    def __init__(self, home, queue):
        self.home, self.queue = home, queue
        self.user_home = home.parent / "user-home"
        self.user_home.mkdir()
        self.outbox = home.parent / "outbox"
        self.outbox.mkdir()
        for name in ("control", "tpl"):
            (home / name).mkdir(parents=True)
        self.environment = {"PATH": "/usr/bin:/bin", "QMVC_HOME": str(home),
                            "QMVC_LIBEXEC": str(LIBEXEC), "QMVC_SCANNERS": str(SOURCE / "scanners"), "QMVC_SHIPPED": str(SOURCE),
                            "QMAILQUEUE": str(FAKE_QUEUE), "QMVC_TEST_QUEUE": str(self.outbox)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.options = ""
        self.command = str(QMVC)
        self.filters("virus=n")

    def control(self, name, *lines):
        (self.home / "control" / name).write_bytes(
            b"".join((l if isinstance(l, bytes) else l.encode()) + b"\n" for l in lines))
        return self

    def filters(self, *lines):
        return self.control("filters", *lines)

    def scanners(self, *lines):
        return self.control("scanners", *lines)

    def deliver(self, message, sender="alice@example.org", recipient="bob@example.net",
                extra=None, lines=None, user="alias", prepend=None, timeout=60):
        env = dot_qmail.environment(recipient, sender, user=user, home=self.user_home,
                                    prepend=prepend, extra=extra, base=self.environment)
        lines = lines or ["|" + self.command + " " + self.options, "./Maildir/"]
        return dot_qmail.deliver(message, lines, env, str(self.user_home), self.queue, timeout)

    def exit_code(self, message, timeout=60):
        """Of one delivery: qmvc's; 111 when the mail was deferred."""
        done = self.deliver(message, timeout=timeout)
        return done.code or int(self.last()["exit"])

    def state(self, name, home=None):
        path = (home or self.home) / "log" / name
        return path.read_text(errors="surrogateescape") if path.exists() else ""

    def log(self):
        return [logfmt(line) for line in self.state("qmvc.log").splitlines()]

    def last(self):
        return self.log()[-1]

    def records(self):
        return [r for r in self.state("qmvc.rep").split("\n\n") if r.strip()]

    def qmail_queue(self, mode):
        """How qmail-queue behaves from here on (tests/fake/qmail_queue.c); "" mends it."""
        (self.outbox / "mode").write_text(mode + "\n")
        if not mode:
            (self.outbox / "mode").unlink()

    def queued(self):
        """What was handed to qmail-queue and taken: (message, sender, [recipients])."""
        mails = []
        for path in sorted(self.outbox.glob("*.envelope"), key=lambda p: int(p.stem)):
            sender, *recipients = path.read_bytes().split(b"\0")
            assert sender[:1] == b"F" and recipients[-2:] == [b"", b""], path.read_bytes()
            assert all(r[:1] == b"T" for r in recipients[:-2])
            mails.append((path.with_suffix(".message").read_bytes(), os.fsdecode(sender[1:]),
                          [os.fsdecode(r[1:]) for r in recipients[:-2]]))
        return mails

    def saved(self):
        save = self.home / "save"
        return sorted(save.iterdir()) if save.exists() else []

    def leftovers(self):
        """What is left in tmp: nothing, whatever happened, but what a living process holds.

        One lets go when it has removed it: so what is not held, and then still there, is left."""
        tmp = self.home / "tmp"
        dead = [p for p in tmp.iterdir() if not is_held(p) and p.exists()] if tmp.exists() else []
        return sorted(str(q) for p in dead for q in [p, *p.rglob("*")])

    def residents(self):
        """The process numbers of the resident qmvc-clamav of this home, their children left out."""
        parents = {p: parent_of(p) for p in pids_with(b"qmvc-clamav\0-", self.home)}
        return sorted(p for p in parents if parents[p] > 0 and parents[p] not in parents)

    def stop_residents(self):
        """Takes their sockets away, which ends them."""
        for path in (self.home / "run").glob("clamav.*"):
            path.unlink()
        wait_until(lambda: not pids_with(b"qmvc-clamav\0-", self.home))


@pytest.fixture
def profile(tmp_path):
    queue = tmp_path / "queue"
    queue.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    made = Profile(home, queue)
    yield made
    made.stop_residents()
    assert made.leftovers() == [], "left in tmp"


class Clamd:
    """A real clamd with a configuration, socket and signatures of its own."""

    def __init__(self, directory, **settings):
        self.directory = directory
        self.socket = directory / "clamd.sock"
        self.port = free_port()
        self.database = write_signatures(directory / "db")
        self.log = directory / "clamd.log"
        self.settings = {
            "LocalSocket": self.socket, "TCPSocket": self.port, "TCPAddr": "127.0.0.1",
            "DatabaseDirectory": self.database, "LogFile": self.log, "Foreground": "yes",
            "TemporaryDirectory": directory, "AlertExceedsMax": "yes", "AlertEncrypted": "yes",
            "SelfCheck": "0", "MaxThreads": "8", **settings}
        self.process = None

    def start(self):
        config = self.directory / "clamd.conf"
        config.write_text("".join("%s %s\n" % item for item in self.settings.items()))
        self.process = subprocess.Popen(["clamd", "-c", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("clamd did not start: " + self.log.read_text())
            time.sleep(0.02)
        return self

    def answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(self.socket))
                s.sendall(b"zPING\0")
                return s.recv(16) == b"PONG\0"
        except OSError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def clamd(tmp_path_factory):
    if not shutil.which("clamd"):
        pytest.fail("clamd is not installed (Debian: clamav-daemon)")
    server = Clamd(tmp_path_factory.mktemp("clamd")).start()
    yield server
    server.stop()


class CIcap:
    """A real c-icap with its virus_scan service over a clamd, unprivileged, on loopback."""

    def __init__(self, directory, clamd_socket, **settings):
        self.directory, self.log = directory, directory / "server.log"
        self.port = free_port()
        modules = next(iter(pathlib.Path("/usr/lib").glob("*/c_icap")), "/nonexistent")
        # As Debian has them, but for the places and the number of processes.
        self.settings = {
            "PidFile": directory / "pid", "CommandsSocket": directory / "ctl",
            "Port": "127.0.0.1:%d" % self.port, "StartServers": "1", "MaxServers": "2",
            "MinSpareThreads": "1", "MaxSpareThreads": "20", "ThreadsPerChild": "10",
            "MaxKeepAliveRequests": "100", "KeepAliveTimeout": "600", "TmpDir": directory,
            "ModulesDir": modules, "ServicesDir": modules,
            "TemplateDir": "/usr/share/c_icap/templates/", "TemplateDefaultLanguage": "en",
            "LoadMagicFile": "/etc/c-icap/c-icap.magic", "ServerLog": self.log,
            "AccessLog": directory / "access.log", "Service": "antivirus_module virus_scan.so",
            "ServiceAlias": "avscan virus_scan?allow204=on&sizelimit=off&mode=simple",
            "virus_scan.ScanFileTypes": "TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE",
            "virus_scan.SendPercentData": "5", "virus_scan.StartSendPercentDataAfter": "2M",
            "virus_scan.MaxObjectSize": "5M", "Module": "common clamd_mod.so",
            "clamd_mod.ClamdSocket": clamd_socket, **settings}
        self.process = None

    def start(self):
        config = self.directory / "c-icap.conf"
        config.write_text("".join("%s %s\n" % item for item in self.settings.items()))
        self.process = subprocess.Popen(["c-icap", "-N", "-f", config], start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("c-icap did not start: " + self.log.read_text())
            time.sleep(0.02)
        return self

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                s.sendall(b"OPTIONS icap://127.0.0.1/virus_scan ICAP/1.0\r\n"
                          b"Host: 127.0.0.1\r\n\r\n")
                return s.recv(12) == b"ICAP/1.0 200"
        except OSError:
            return False

    def url(self, service=""):
        return "icap://127.0.0.1:%d%s" % (self.port, service)

    def stop(self):
        """Its children do not end for certain when their parent does."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="session")
def c_icap(tmp_path_factory, clamd):
    if not shutil.which("c-icap"):
        pytest.fail("c-icap is not installed (Debian: c-icap, libc-icap-mod-virus-scan)")
    server = CIcap(tmp_path_factory.mktemp("c-icap"), clamd.socket).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def signatures(tmp_path_factory):
    """A database directory for libclamav and clamscan."""
    return write_signatures(tmp_path_factory.mktemp("signatures"))


@pytest.fixture
def plugin(tmp_path):
    """Makes a fake scanner: plugin("body of a shell script") returns its absolute path."""
    count = 0

    def make(body, name=None):
        nonlocal count
        count += 1
        path = tmp_path / (name or "scanner%d" % count)
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def corpus():
    if not CORPUS.is_dir():
        pytest.skip("no corpus at %s (set QMVC_CORPUS)" % CORPUS)
    return CORPUS


def processes_with(text):
    """The command lines of the processes that name `text`, this one left out."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes()
            line += (entry / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(str(text)) in line:
            found.append(shlex.quote(line.decode(errors="replace")))
    return found
