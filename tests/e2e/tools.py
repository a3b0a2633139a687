"""The programs scanners and vupdate, with plug-ins made by the test in a directory of their own."""
import json
import socket
import subprocess
import threading
import time

import mails
from conftest import BUILD

PROGRAMS = BUILD / "src" / "programs"


class Tools:
    def __init__(self, profile, directory):
        self.profile, self.plugins = profile, directory
        directory.mkdir()
        profile.environment["QMVC_SCANNERS"] = str(directory)
        self.file = profile.home / "control" / "scanners"

    def plugin(self, name, check=None, update=None, av="exit 0"):
        """An engine that is a program: its plug-ins are these shell scripts."""
        for kind, body in (("av", av), ("check", check), ("update", update)):
            if body is not None:
                path = self.plugins / ("%s_%s" % (kind, name))
                path.write_text("#!/bin/sh\n" + body + "\n")
                path.chmod(0o755)

    def facts(self, name, update=None, **facts):
        """A plug-in whose check tells these facts."""
        lines = "".join("printf '%s\\t%s\\n'\n" % item for item in facts.items())
        self.plugin(name, lines + ("exit 1" if "error" in facts else ""), update)

    def run(self, program, *arguments, timeout=60):
        env = dict(self.profile.environment, HOME=str(self.profile.user_home))
        done = subprocess.run([PROGRAMS / program, *arguments], env=env, capture_output=True,
                              text=True, timeout=timeout)
        print(done.stdout, done.stderr)
        return done

    def find(self, *places, options=()):
        arguments = [a for place in places for a in ("-s", place)]
        return self.run("scanners", *(arguments or ("-s", "clamd:/nonexistent")), *options)

    def rows(self, *options):
        done = self.run("scanners", "-l", "--json", *options)
        return done.returncode, json.loads(done.stdout)["scanners"]


class Daemon:
    """A daemon at a unix socket; a client a thread, each served by talk()."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve_one, args=(client,), daemon=True).start()

    def serve_one(self, client):
        try:
            with client, client.makefile("rwb", buffering=0) as talk:
                self.talk(talk)
        except OSError:
            pass    # who asks may go at any time


class Fsavd(Daemon):
    """F-Secure's daemon, as far as it is asked: it reads files by their paths."""

    def talk(self, talk):
        talk.write(b"DBVERSION\t2026-11-20_03\n")
        for line in talk:
            command, _, path = line.rstrip(b"\n").partition(b"\t")
            if command != b"SCAN":
                talk.write(b"OK\tDone\n")
            elif mails.EICAR in open(path, "rb").read():
                talk.write(b"INFECTED\t" + path + b"\tEICAR_Test_File\tLibra\nOK\tScan ok.\n")
            else:
                talk.write(b"CLEAN\t" + path + b"\nOK\tScan ok.\n")


class OfficialClamd(Daemon):
    """A clamd with official signatures, as far as its version goes: ours have none."""

    def __init__(self, path, patterns, made):
        self.version = "ClamAV 1.4.6/%s/%s" % (patterns, time.strftime("%a %b %d %H:%M:%S %Y", made))
        super().__init__(path)

    def talk(self, talk):
        left, count = b"", 0
        while data := talk.read(65536):
            *commands, left = (left + data).split(b"\0")
            for command in commands:
                count += command not in (b"", b"zIDSESSION")
                if command == b"zPING":
                    talk.write(b"%d: PONG\0" % count)
                elif command == b"zVERSION":
                    talk.write(b"%d: %s\0" % (count, self.version.encode()))
                elif command == b"zFILDES":
                    talk.write(b"%d: No file descriptor received. ERROR\0" % count)
                    return
