"""The programs scanners and vupdate, with plug-ins made by the test in a directory of their own."""
import itertools
import json
import socket
import subprocess
import threading

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


class Fsavd:
    """F-Secure's daemon, as far as it is asked: it reads files by their paths."""

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
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        try:
            with client, client.makefile("rwb", buffering=0) as talk:
                for line in itertools.chain([b""], talk):
                    talk.write(self.answer(*line.rstrip(b"\n").partition(b"\t")[::2]))
        except OSError:
            pass    # who asks may go at any time

    @staticmethod
    def answer(command, path):
        if not command:
            return b"DBVERSION\t2026-11-20_03\n"
        if command != b"SCAN":
            return b"OK\tDone\n"
        if mails.EICAR in open(path, "rb").read():
            return b"INFECTED\t" + path + b"\tEICAR_Test_File\tLibra\nOK\tScan ok.\n"
        return b"CLEAN\t" + path + b"\nOK\tScan ok.\n"
