"""Who is measured: qmvc, the floor, and the filters that can be had as Debian packages, each around the
same clamd, with a configuration in a private directory and on loopback; nothing of /etc is read.

Not a program. Each contender judges one mail by `send(path)`, and says whether it was infected, what
time it took, and what processor time was spent, that of clamd left out; `check()` sends each a clean
and an infected mail before anything is measured. Those that stay resident are spoken to by this
interpreter, whose own processor time is not counted; nor is that of the MTA that an SMTP proxy hands
its mail to. What would be a queue's work is nobody's: the mail lies in a file, and is not delivered.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from setting import HERE, NULL, Run, environment, missing, profile, qmvc, run, spawn

import conftest
import mails

# By program; apt-get install --no-install-recommends.
PACKAGES = {"clamdscan": "clamdscan", "ripmime": "ripmime", "clamsmtpd": "clamsmtp", "rspamd": "rspamd",
            "clamassassin": "clamassassin procmail"}

SINKS = 20      # more than deliveries at once


class Failed(Exception):
    pass


class Command:
    """A program that is started for each mail, which is its standard input."""

    def __init__(self, name, argv, env, clean=(0,), infected=(1,)):
        self.name, self.argv, self.env = name, argv, env
        self.clean, self.codes = clean, clean + infected

    def send(self, path):
        done = run(self.argv, self.env, path)
        if done.code not in self.codes:
            raise Failed("%s: exit code %d for %s" % (self.name, done.code, path))
        return done.code not in self.clean, done

    def is_infected(self, path):
        return self.send(path)[0]

    def stop(self):
        pass


class Clamassassin(Command):
    """A copy of the script with clamdscan in it, as its README has it; what it finds is in a header."""

    def __init__(self, directory, env, config):
        script = pathlib.Path(shutil.which("clamassassin")).read_text()
        for old, new in (("TMPPATH=/tmp", "TMPPATH=%s" % directory),
                         ("CLAMSCAN=clamscan", 'CLAMSCAN="clamdscan -c %s"' % config),
                         ('"--no-summary --stdout"', '"--no-summary --stdout --fdpass"'),
                         ("/etc/default/clamassassin", "/nonexistent")):
            if old not in script:
                raise Failed("clamassassin is another one than 1.2.4: no %s in it" % old)
            script = script.replace(old, new)
        copy = directory / "clamassassin"
        copy.write_text(script)
        copy.chmod(0o755)
        super().__init__("clamassassin", [str(copy)], env)

    def is_infected(self, path):
        out = path.with_suffix(".judged")
        fd = os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            run(self.argv, self.env, path, fd)
        finally:
            os.close(fd)
        return b"X-Virus-Status: Yes" in out.read_bytes()


class Ripmime(Command):
    """What simscan does: the parts into a directory, and that to clamd. The directory is made, and
    removed, outside of the processor time that is counted, and no shell is between the two."""

    def __init__(self, directory, env, config):
        super().__init__("ripMIME + clamdscan", [], env)
        self.directory = directory
        self.second = ["clamdscan", "-c", str(config), "--fdpass", "--no-summary"]

    def send(self, path):
        started = time.perf_counter()
        work = self.directory / ("rip.%d" % os.getpid())
        work.mkdir()
        first = run(["ripmime", "-i", "-", "-d", str(work)], self.env, path)
        second = run(self.second + [str(work)], self.env)
        shutil.rmtree(work)
        done = Run(second.code, (time.perf_counter() - started) * 1000, first.cpu + second.cpu)
        if first.code or second.code not in self.codes:
            raise Failed("%s: exit codes %d, %d for %s" % (self.name, first.code, second.code, path))
        return second.code == 1, done


def processor_time(pids):
    """Milliseconds that living processes had so far, by their own clocks (clock_getcpuclockid(3))."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids) * 1000


class Resident:
    """A daemon that is spoken to over a socket."""

    def __init__(self, name, argv, port, env, log):
        self.name, self.port = name, port
        self.payloads = {}
        with open(log, "wb") as out:
            self.pid = spawn(argv, env, NULL, out.fileno(), out.fileno())
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            ended = os.waitpid(self.pid, os.WNOHANG)[0]
            if ended or time.monotonic() > deadline:
                if not ended:
                    os.kill(self.pid, signal.SIGKILL)
                raise Failed("%s did not start: %s" % (name, log.read_text(errors="replace")))
            time.sleep(0.05)
        self.pids = [self.pid]

    def send(self, path):
        payload = self.payloads.get(path)
        if payload is None:
            payload = self.payloads[path] = self.payload(path.read_bytes())
        cpu = processor_time(self.pids)
        started = time.perf_counter()
        infected = self.ask(payload)
        wall = (time.perf_counter() - started) * 1000
        return infected, Run(0, wall, processor_time(self.pids) - cpu)

    def is_infected(self, path):
        return self.send(path)[0]

    def stop(self):
        """clamsmtpd waits for connections that never end, when something else has failed."""
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            time.sleep(0.05)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)


class Rspamd(Resident):
    """One rule alone, antivirus; no Redis, so nothing is remembered; a worker for each core. It gets the
    whole mail scanned: of parts it leaves out texts, and 3.4 fails when it is told not to. Of the 9628
    domains that it takes ten seconds to compile there are three."""

    CONFIG = """
options {{ pidfile = "{dir}/pid"; tempdir = "{dir}"; control_socket = "{dir}/control"; filters = "";
	url_tld = "{dir}/domains"; hs_cache_dir = "{dir}";
	cache_file = "{dir}/symbols.cache"; dns {{ nameserver = ["127.0.0.1:9"]; }} task_timeout = 60s; }}
logging {{ type = "console"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = {cores}; task_timeout = 60s; }}
actions {{ reject = 15; }}
modules {{ path = "/usr/share/rspamd/plugins/antivirus.lua"; }}
antivirus {{ clamav {{ type = "clamav"; symbol = "CLAM_VIRUS"; servers = "{socket}"; timeout = 60;
	scan_mime_parts = false; max_size = 200000000; }} }}
"""

    def __init__(self, directory, env, clamd):
        directory.mkdir()
        port = conftest.free_port()
        (directory / "domains").write_text("com\nnet\norg\n")
        config = directory / "rspamd.conf"
        config.write_text(self.CONFIG.format(dir=directory, port=port, cores=os.cpu_count(),
                                             socket=clamd.socket))
        super().__init__("rspamd", ["rspamd", "-i", "-f", "-c", str(config)], port,
                         {**env, "RSPAMD_DBDIR": str(directory)}, directory / "log")
        time.sleep(2)   # its workers start, and what it compiles it compiles now
        self.pids += [int(p) for p in pathlib.Path(
            "/proc/%d/task/%d/children" % (self.pid, self.pid)).read_text().split()]

    @staticmethod
    def payload(message):
        return (b"POST /checkv2 HTTP/1.0\r\nFrom: a@example.org\r\nRcpt: bob@example.net\r\n"
                b"Content-Length: %d\r\n\r\n" % len(message)) + message

    def ask(self, payload):
        answer = []
        with socket.create_connection(("127.0.0.1", self.port), 60) as s:
            s.sendall(payload)
            while got := s.recv(65536):
                answer.append(got)
        answer = b"".join(answer)
        if b'"action"' not in answer or b"CLAM_VIRUS_FAIL" in answer:
            raise Failed("rspamd: %r" % answer[:500])
        return b"CLAM_VIRUS" in answer


class Clamsmtp(Resident):
    """An SMTP proxy; behind it a process of ours takes the mail and forgets it."""

    def __init__(self, directory, env, clamd):
        directory.mkdir()
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.sinks = sinks(listener)
        port = conftest.free_port()
        config = directory / "clamsmtpd.conf"
        config.write_text("Listen: 127.0.0.1:%d\nOutAddress: 127.0.0.1:%d\nClamAddress: %s\n"
                          "TempDirectory: %s\nAction: bounce\n" % (
                              port, listener.getsockname()[1], clamd.socket, directory))
        listener.close()
        super().__init__("clamsmtp", ["clamsmtpd", "-d", "1", "-f", str(config)], port, env,
                         directory / "log")

    @staticmethod
    def payload(message):
        lines = message.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
        return b"\r\n".join(b"." + l if l[:1] == b"." else l for l in lines) + b"\r\n.\r\n"

    def ask(self, payload):
        with socket.create_connection(("127.0.0.1", self.port), 60) as s, s.makefile("rb") as answers:
            def expect(code):
                while True:
                    at_once(s)
                    line = answers.readline()
                    if line[3:4] != b"-":
                        break
                if line[:1] != code:
                    raise Failed("clamsmtp: %r" % line)

            expect(b"2")
            for command, code in ((b"HELO localhost\r\n", b"2"), (b"MAIL FROM:<a@example.org>\r\n", b"2"),
                                  (b"RCPT TO:<bob@example.net>\r\n", b"2"), (b"DATA\r\n", b"3")):
                s.sendall(command)
                expect(code)
            s.sendall(payload)
            at_once(s)
            line = answers.readline()
            s.sendall(b"QUIT\r\n")
        if line[:1] not in (b"2", b"5"):
            raise Failed("clamsmtp: %r" % line)
        return line[:1] == b"5"

    def stop(self):
        super().stop()
        for pid in self.sinks:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def at_once(s):
    """No 40 ms of TCP's delayed acknowledgements in what is measured: they are not clamsmtp's doing."""
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def sinks(listener):
    """MTAs that say yes to everything, as many as there are mails at once. Their process numbers."""
    pids = []
    for _ in range(SINKS):
        pids.append(os.fork())
        if pids[-1] == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                s, _ = listener.accept()
                with contextlib.suppress(OSError), s:
                    take(s)
    return pids


def take(s):
    s.sendall(b"220 sink\r\n")
    with s.makefile("rb") as lines:
        while True:
            at_once(s)
            command = lines.readline()[:4].upper()
            if command == b"DATA":
                s.sendall(b"354 go on\r\n")
                tail = b""
                while not tail.endswith(b"\r\n.\r\n"):
                    at_once(s)
                    tail = (tail + (lines.read1(1 << 16) or b"\r\n.\r\n"))[-5:]
            s.sendall(b"221 bye\r\n" if command == b"QUIT" else b"250 yes\r\n")
            if command in (b"QUIT", b""):
                return


def make(found, directory, clamd, build, against, peers):
    """All that can be had here, qmvc first; what is missing is named, with its package."""
    base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    config = directory / "clamd.conf"
    floor = directory / "floor"
    subprocess.run(["cc", "-O2", "-o", floor, HERE / "floor.c"], check=True)
    profile(directory / "home", ["clamd:%s;C;ClamAV daemon;;timeout=60" % clamd.socket])
    home = directory / "home"
    found.append(Command("qmvc", qmvc(build), environment(home, build), (0,), (99,)))
    if against:
        found.append(Command("qmvc, the other", qmvc(against), environment(home, against), (0,), (99,)))
    found.append(Command("floor", [str(floor), str(clamd.socket), str(directory / "floor.log")], base))
    wanted = {
        "clamdscan": lambda: Command("clamdscan --fdpass", [
            "clamdscan", "-c", str(config), "--fdpass", "--no-summary", "-"], base),
        "ripmime": lambda: Ripmime(directory, base, config),
        "clamsmtpd": lambda: Clamsmtp(directory / "clamsmtp", base, clamd),
        "rspamd": lambda: Rspamd(directory / "rspamd", base, clamd),
        "clamassassin": lambda: Clamassassin(directory, base, config)}
    for program, start in wanted.items():
        if not peers and program != "clamdscan":
            continue
        if shutil.which(program, path=base["PATH"]):
            found.append(start())
        else:
            missing(program, PACKAGES[program])


def check(contenders, directory):
    """Each tells a virus from none, or its time means nothing."""
    clean, infected = directory / "clean.eml", directory / "infected.eml"
    clean.write_bytes(mails.plain())
    infected.write_bytes(mails.multipart(mails.part(mails.EICAR, b"eicar.com")))
    for contender in contenders:
        if contender.is_infected(clean) or not contender.is_infected(infected):
            raise Failed("%s does not tell a virus from none" % contender.name)


@contextlib.contextmanager
def around_clamd(directory, build, against=None, peers=True, **settings):
    """The contenders around a clamd; all ended behind it."""
    clamd = conftest.Clamd(directory, **settings).start()
    found = []
    try:
        make(found, directory, clamd, build, against, peers)
        check(found, directory)
        yield clamd, found
    finally:
        for contender in found:
            contender.stop()
        clamd.stop()
