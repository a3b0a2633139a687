"""Mails that grow, and a program watched on them: how large it and its children become."""
import dataclasses
import gzip
import os
import pathlib
import random
import re
import subprocess
import time
import zipfile

import archives
import mails

MB = 1 << 20


def noise(size):
    """Bytes that do not pack, the same each time."""
    return random.Random(size).randbytes(size)


def mail_with(data):
    return mails.multipart(mails.part(data, name=b"a.bin"))


def members(pack, count):
    return mail_with(pack(*[("dir/%d.txt" % i, b"%d" % i) for i in range(count)]))


def zipped(size, each):
    data = noise(each)
    return mail_with(archives.zipped(*[("%d.bin" % i, data) for i in range(size // each)],
                                     method=zipfile.ZIP_STORED))


def nested_gzip(depth):
    data = noise(MB)
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return mail_with(data)


def packed(megabytes):
    """A few KB of each megabyte remain."""
    data = noise(4000) + bytes(MB - 50000)
    return mail_with(archives.zipped(*[("%d.bin" % i, data) for i in range(megabytes)]))


# By name: the unit of what grows, three values of it, and who makes the mail. MB are a mail's.
CASES = {
    "attachment": ("MB", (1, 5, 25), lambda n: mail_with(b"\0" + noise(n * MB * 3 // 4))),
    "text": ("MB", (1, 5, 25), lambda n: mails.plain(b"Nothing to see here, move on.\n" * (n * MB // 30))),
    "parts": ("parts", (10, 100, 990), lambda n: mails.multipart(
        *[mails.part(b"\0" + noise(18000), name=b"%d.bin" % i) for i in range(n)])),
    "zip": ("MB", (1, 5, 25), lambda n: zipped(n * MB * 3 // 4, MB * 3 // 4)),
    "one member": ("MB", (1, 5, 25), lambda n: zipped(n * MB * 3 // 4, n * MB * 3 // 4)),
    "zip members": ("members", (100, 1000, 10000), lambda n: members(archives.zipped, n)),
    "tar members": ("members", (100, 1000, 10000), lambda n: members(archives.tarred, n)),
    "nested zip": ("levels", (1, 4, 16), lambda n: mail_with(archives.nested(n, "a", noise(MB)))),
    "nested gzip": ("levels", (1, 4, 16), nested_gzip),
    "unpacks to": ("MB", (4, 40, 200), packed),
}


@dataclasses.dataclass
class Run:
    code: int
    cpu: float          # seconds, with its children's
    peak: int           # bytes resident at most, by itself, what it maps of files among them
    own: int            # those without the files'
    helper_peak: int    # the same of its largest child


def resident(pid):
    """The mark that the kernel keeps, and what is not a file's now. In bytes; 0 when it has ended."""
    try:
        text = pathlib.Path("/proc/%d/status" % pid).read_text()
    except OSError:
        return 0, 0
    found = {key: int(kb) * 1024 for key, kb in re.findall(r"(VmHWM|RssAnon|RssShmem):\s+(\d+) kB", text)}
    return found.get("VmHWM", 0), found.get("RssAnon", 0) + found.get("RssShmem", 0)


def program(pid):
    try:
        return os.readlink("/proc/%d/exe" % pid)
    except OSError:
        return None


def children(pid):
    """Those that are another program already: until then a child's memory is its parent's, vfork(2)."""
    try:
        all_of_them = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()
    except OSError:
        return []
    return [child for child in map(int, all_of_them) if program(child) not in (None, program(pid))]


def run(argv, path, env, timeout=300):
    ours = own = helper = 0
    deadline = time.monotonic() + timeout
    with open(path, "rb") as message, subprocess.Popen(
            argv, stdin=message, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while True:
            mark, now = resident(process.pid)
            ours, own = max(ours, mark), max(own, now)
            for child in children(process.pid):
                helper = max(helper, resident(child)[0])
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return Run(process.returncode, usage.ru_utime + usage.ru_stime, ours, own, helper)
            if time.monotonic() > deadline:
                process.kill()
            time.sleep(0.001)
