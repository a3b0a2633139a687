"""Scanners that behave as they are told, mail by mail, for the soak: a plug-in and a clamd.

What each is to do stands in a plan: mail number -> initial of the scanner -> name of a behaviour. Each
object of a mail says which mail it is of. A behaviour comes with the verdicts that may follow from it;
the name of every virus tells scanner and mail, so that an answer that lands elsewhere is seen."""
import os
import random
import re
import select
import socket
import struct
import threading
import time

TOKEN = re.compile(rb"soak-mail-(\d+)-")

# Behaviour -> the verdicts it may end in.
PLUGIN = {
    "clean": {"clean"},
    "clean-late": {"clean"},
    "clean-litter": {"clean"},
    "clean-child": {"clean"},
    "clean-quiet": {"clean"},
    "clean-daemon": {"clean"},
    "infected": {"infected"},
    "infected-late": {"infected"},
    "infected-child": {"infected"},
    "suspicious": {"suspicious"},
    "encrypted": {"encrypted"},
    "limit": {"limit"},
    "infected-crash": {"infected"},
    "infected-hang": {"infected"},
    "cut": {"infected"},
    "error": {"error"},
    "error-line": {"error"},
    "no-finding": {"error"},
    "garbage": {"error"},
    "flood": {"error"},
    "segv": {"error"},
    "kill": {"error"},
    "closes": {"error"},
    "hang": {"timeout"},
    "stubborn": {"timeout"},
    "hang-daemon": {"timeout"},
}
CLAMD = {
    "clean": {"clean"},
    "clean-late": {"clean"},
    "clean-backwards": {"clean"},
    "clean-flaky": {"clean"},
    "clean-dribble": {"clean"},
    "infected": {"infected"},
    "infected-late": {"infected"},
    "infected-backwards": {"infected"},
    "infected-flaky": {"infected"},
    "infected-garbage": {"infected"},
    "infected-hang": {"infected"},
    "infected-close": {"infected"},
    "suspicious": {"suspicious"},
    "encrypted": {"encrypted"},
    "limit": {"limit"},
    "stream-limit": {"limit"},
    "no-descriptors": {"clean"},
    "one-fails": {"limit", "error"},
    "memory": {"error"},
    "garbage": {"error"},
    "wrong-number": {"error"},
    "twice": {"error"},
    "cut": {"error"},
    "endless": {"error"},
    "close": {"error"},
    "refuse": {"error"},
    "hang": {"timeout"},
}
FOUND = ("infected", "suspicious")

# One for each letter of SCANNERS would be a file each; the plan is in the mail, and this reads it there.
SCRIPT = r"""#!/bin/sh
# A plug-in that does what the mail says.
said=$(sed -n 's/^X-Soak: .*%(initial)s=\([a-z-]*\).*/\1/p' "$1/0000" | head -n 1)
number=$(sed -n 's/.*soak-mail-\([0-9]*\)-.*/\1/p' "$1/0000" | head -n 1)
found() { printf '%%s\tSoak.%(initial)s.%%s\t0000\n' "$1" "$number"; }
sleep=%(sleep)s
case $said in
clean) ;;
clean-late) $sleep 0.05 ;;
clean-litter) mkdir "$TMPDIR/$$" && echo litter >"$TMPDIR/$$/f" ;;
clean-child) $sleep 300 & ;;
clean-quiet) $sleep 300 >/dev/null 2>&1 & ;;
clean-daemon) setsid $sleep 300 & ;;
infected) found infected; exit 1 ;;
infected-late) $sleep 0.05; found infected; exit 1 ;;
infected-child) $sleep 300 & found infected; exit 1 ;;
suspicious) found suspicious; exit 1 ;;
encrypted) found encrypted; exit 1 ;;
limit) found limit; exit 1 ;;
infected-crash) found infected; kill -SEGV $$ ;;
infected-hang) found infected; $sleep 300 ;;
cut) printf 'infected\tSoak.%(initial)s.%%s' "$number"; exit 1 ;;
error) echo 'something is wrong' >&2; exit 2 ;;
error-line) found error ;;
no-finding) exit 1 ;;
garbage) head -c 300 /dev/urandom ;;
flood) yes | head -c 3000000 ;;
segv) kill -SEGV $$ ;;
kill) kill -KILL $$ ;;
closes) exec >&- 2>&-; exit 3 ;;
hang) $sleep 300 ;;
stubborn) trap '' TERM; while :; do $sleep 300; done ;;
hang-daemon) (setsid sh -c "trap '' TERM; $sleep 300" &); $sleep 300 ;;
*) echo "no such behaviour: $said" >&2; exit 9 ;;
esac
"""


def write_plugin(directory, initial):
    """A plug-in for the scanner `initial`; its sleeps are called by a path below `directory`."""
    sleep = directory / "soak-sleep"
    if not sleep.exists():
        sleep.symlink_to("/bin/sleep")
    path = directory / ("soak-" + initial)
    path.write_text(SCRIPT % {"initial": initial, "sleep": sleep})
    path.chmod(0o755)
    return path


class Session:
    """One connection to the fake clamd."""

    def __init__(self, server, peer):
        self.server, self.peer = server, peer
        self.bytes, self.fds = b"", []
        self.held = []  # replies kept back, to be sent backwards

    def fill(self):
        data, fds, _, _ = socket.recv_fds(self.peer, 1 << 16, 32)
        self.fds += fds
        self.bytes += data
        return bool(data)

    def take(self, count):
        while len(self.bytes) < count:
            if not self.fill():
                raise ConnectionError
        taken, self.bytes = self.bytes[:count], self.bytes[count:]
        return taken

    def word(self):
        while b"\0" not in self.bytes:
            if not self.fill():
                raise ConnectionError
        word, _, self.bytes = self.bytes.partition(b"\0")
        assert word[:1] == b"z", word
        return word[1:].decode()

    def object(self, word):
        """The content of FILDES or INSTREAM."""
        if word == "FILDES":
            self.take(1)
            with os.fdopen(self.fds.pop(0), "rb", closefd=True) as file:
                return os.pread(file.fileno(), 1 << 26, 0)
        chunks = []
        while True:
            (size,) = struct.unpack(">I", self.take(4))
            if size == 0:
                return b"".join(chunks)
            chunks.append(self.take(size))

    def waits(self, seconds):
        """Is nothing more coming for so long?"""
        return not self.bytes and not select.select([self.peer], [], [], seconds)[0]

    def serve(self):
        number = 0
        if self.word() != "IDSESSION":
            return
        while True:
            word = self.word()
            number += 1
            if word == "PING":
                self.peer.sendall(b"%d: PONG\0" % number)
                continue
            about = "%d: %s: " % (number, "stream" if word == "INSTREAM" else "fd[9]")
            content = self.object(word)
            token = TOKEN.search(content)
            if not token:  # the harmless question
                self.peer.sendall((about + "OK\0").encode())
            elif not self.behave(int(token[1]), number, about, word, b"\nX-Soak: " in content):
                return

    def send(self, text):
        self.peer.sendall(text.encode() + b"\0")

    def behave(self, mail, number, about, word, is_mail):
        """Answers for one object, the mail itself or a part, as the plan says; False: closes."""
        server = self.server
        kind, _, how = server.plan[mail][server.initial].partition("-")
        name = "Soak.%s.%d" % (server.initial, mail)
        answer = {"infected": name + " FOUND", "suspicious": "Heuristics." + name + " FOUND",
                  "encrypted": "Heuristics.Encrypted.Zip FOUND",
                  "limit": "Heuristics.Limits.Exceeded.MaxFileSize FOUND"}.get(kind, "OK")
        if kind == "refuse" or kind == "close":
            return False
        if kind == "hang":
            return True
        if kind == "garbage":
            self.peer.sendall(random.randbytes(random.randrange(1, 200)) + b"\0")
        elif kind == "wrong":
            self.send("%d: fd[9]: OK" % (number + 40))
        elif kind == "twice":
            self.send(about + "OK")
            self.send(about + "OK")
        elif kind == "cut":
            self.peer.sendall(about.encode() + b"O")
            return False
        elif kind == "endless":
            self.peer.sendall(about.encode() + b"x" * 100000)
        elif kind == "memory":
            self.send(about + "Can't allocate memory ERROR")
        elif kind == "one":
            self.send(about + ("Can't parse data ERROR" if is_mail else "OK"))
        elif kind == "stream" and word == "INSTREAM":
            self.send("%d: INSTREAM size limit exceeded. ERROR" % number)
            return False
        elif kind == "stream":
            self.send(about + "Heuristics.Limits.Exceeded.MaxFileSize FOUND")
        elif kind == "no" and word == "FILDES":
            self.send("%d: No file descriptor received. ERROR" % number)
            return False
        elif how == "late":
            time.sleep(0.03)
            self.send(about + answer)
        elif how == "flaky" and server.first_time(mail):
            return False
        elif how == "dribble":
            for byte in (about + answer + "\0").encode():
                self.peer.sendall(bytes([byte]))
        elif how == "backwards":
            self.held.append(about + answer)
            if self.waits(0.005):
                while self.held:
                    self.send(self.held.pop())
        else:
            self.send(about + answer)
            if how == "garbage":
                self.peer.sendall(random.randbytes(50) + b"\0")
            if how == "close":
                return False
            if how == "hang":
                while self.fill():
                    pass
                return False
        return True


class FakeClamd:
    """Listens at a unix socket, or on a free port of the loopback; a thread for each connection."""

    def __init__(self, initial, plan, path=None):
        self.initial, self.plan = initial, plan
        self.lock = threading.Lock()
        self.seen, self.open = set(), 0
        self.listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self.listener.bind(str(path) if path else ("127.0.0.1", 0))
        self.listener.listen(256)
        self.port = None if path else self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def first_time(self, mail):
        with self.lock:
            first = mail not in self.seen
            self.seen.add(mail)
            return first

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        session = Session(self, peer)
        try:
            session.serve()
        except OSError:
            pass
        finally:
            for fd in session.fds:
                os.close(fd)
            peer.close()
            with self.lock:
                self.open -= 1

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
