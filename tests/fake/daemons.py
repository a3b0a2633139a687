"""Stand-ins for scanning daemons: SAVDI (SSSP), fsavd, trophie. Each listens at a unix socket, or at a
loopback address of IPv4 or IPv6, and says of every content what its documentation and its clients
say it would: clean, but for what holds TROUBLE, and for the test file of EICAR. How it deals with
TROUBLE is its `mode`, a method's name.
"""
import re
import socket
import threading

TROUBLE = b"TROUBLE"
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Close(Exception):
    """Ends the connection."""


class Daemon:
    """One thread for each connection."""

    def __init__(self, address, mode="clean"):
        self.mode, self.asked, self.connections = mode, [], 0
        if isinstance(address, str):
            self.server = socket.socket(socket.AF_UNIX)
            self.where = address
            self.server.bind(address)
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            self.server = socket.socket(family)
            self.server.bind(address)
            host = "[%s]" % address[0] if family == socket.AF_INET6 else address[0]
            self.where = "%s:%d" % (host, self.server.getsockname()[1])
        self.server.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def stop(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def serve(self, peer):
        with peer, peer.makefile("rb") as lines:
            try:
                self.talk(peer, lines)
            except (Close, OSError, ValueError):
                pass

    def line(self, lines):
        line = lines.readline()
        if not line.endswith(b"\n"):
            raise Close
        return line.rstrip(b"\r\n")

    def answer(self, peer, content, path=None):
        self.asked.append(content)
        mode = self.mode if TROUBLE in content else "infected" if EICAR in content else "clean"
        getattr(self, mode)(peer, path)

    def garbage(self, peer, path):
        peer.sendall(b"\xff\x00 OK FOUND 0000 CLEAN\n")

    def empty(self, peer, path):
        peer.sendall(b"\n")

    def closes(self, peer, path):
        raise Close

    def hang(self, peer, path):
        peer.recv(1)
        raise Close


class Savdi(Daemon):
    kind, names = "sssp", ("EICAR-AV-Test", "Mal/Second-A")

    def talk(self, peer, lines):
        peer.sendall(b"OK SSSP/1.0\r\n")
        number = 0
        while True:
            command = self.line(lines)
            number += 1
            if command == b"SSSP/1.0":
                peer.sendall(b"ACC 4CBA/%d\r\n" % number)
            elif command == b"QUERY SERVER":
                peer.sendall(b"ACC 4CBA/%d\r\nversion: SAVDI 2.6.0\r\nmethod: SCANDATA\r\n"
                             b"method: SCANFILE\r\nmaxscandata: 0\r\n\r\n" % number)
            else:
                size = int(re.fullmatch(rb"SCANDATA (\d+)", command).group(1))
                self.number = number
                self.answer(peer, lines.read(size))

    def send(self, peer, *said):
        peer.sendall(b"".join(b + b"\r\n" for b in (b"ACC 4CBA/%d" % self.number, *said)))

    def clean(self, peer, path):
        self.send(peer, b"EVENT FILE", b"TYPE 00", b"OK 0000 ~",
                  b"DONE OK 0000 The function call succeeded", b"")

    def infected(self, peer, path):
        self.send(peer, b"VIRUS EICAR-AV-Test ~", b"OK 0203 ~",
                  b"DONE OK 0203 Virus found during virus scan", b"")

    def several(self, peer, path):
        self.send(peer, b"VIRUS EICAR-AV-Test ~/a", b"OK 0203 ~/a", b"VIRUS Mal/Second-A ~/b",
                  b"OK 0203 ~/b", b"DONE OK 0203 Virus found during virus scan", b"")

    def mixed(self, peer, path):
        self.send(peer, b"FAIL 0212 ~/a", b"VIRUS EICAR-AV-Test ~/b", b"OK 0203 ~/b",
                  b"DONE FAIL 0212 The file was encrypted", b"")

    def error(self, peer, path):
        self.send(peer, b"FAIL 060F ~", b"DONE FAIL 060F Scan terminated due to timeout", b"")

    def encrypted(self, peer, path):
        self.send(peer, b"FAIL 0212 ~", b"DONE FAIL 0212 The file was encrypted", b"")

    def oversize(self, peer, path):
        peer.sendall(b"REJ 4\r\n")

    def bare(self, peer, path):
        self.send(peer, b"DONE OK", b"")

    def middle(self, peer, path):
        peer.sendall(b"ACC 4CBA/3\r\nOK 0000 ~\r\nDONE OK 00")
        raise Close


class Reads(Daemon):
    """Those that are given a path."""

    def read(self, peer, path):
        with open(path, "rb") as file:
            self.answer(peer, file.read(), path)


class Fsavd(Reads):
    kind, names = "fsavd", ("EICAR_Test_File", "Second.Virus")

    def talk(self, peer, lines):
        peer.sendall(b"DBVERSION\t2026-11-22_03\n")
        while True:
            word, _, rest = self.line(lines).partition(b"\t")
            if word == b"SCAN":
                self.read(peer, rest)
            else:
                peer.sendall(b"OK\tDone.\n" if word in (b"PROTOCOL", b"CONFIGURE") else b"ERROR\n")

    def send(self, peer, *said):
        peer.sendall(b"".join(s + b"\n" for s in said) + b"OK\tScan ok.\n")

    def clean(self, peer, path):
        self.send(peer, b"CLEAN\t" + path)

    def infected(self, peer, path):
        self.send(peer, b"INFECTED\t" + path + b"\tEICAR_Test_File\tLibra")

    def several(self, peer, path):
        self.send(peer, b"OPEN_ARCHIVE\t" + path, b"ARCHIVE_INFECTED\ta\tEICAR_Test_File\tLibra",
                  b"MIME_INFECTED\tb\tSecond.Virus\tAVP", b"CLOSE_ARCHIVE\t" + path)

    def error(self, peer, path):
        self.send(peer, b"SCAN_FAILURE\t" + path + b"\t0x1010\tThe file is broken [Libra]")

    def mixed(self, peer, path):
        self.send(peer, b"SCAN_FAILURE\t" + path + b"\t0x1010\tEncrypted [AVP]", b"CLEAN\t" + path)

    def bare(self, peer, path):
        self.send(peer)

    def middle(self, peer, path):
        peer.sendall(b"CLEAN\t" + path + b"\nOK\tScan o")
        raise Close


class Trophie(Reads):
    kind, names = "trophie", ("Eicar_test_file",)

    def talk(self, peer, lines):
        self.read(peer, self.line(lines))

    def clean(self, peer, path):
        peer.sendall(b"0\n")

    def infected(self, peer, path):
        peer.sendall(b"1:Eicar_test_file\n")

    def error(self, peer, path):
        peer.sendall(b"-1:Scan error\n")

    def middle(self, peer, path):
        peer.sendall(b"-")
        raise Close

