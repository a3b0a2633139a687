#!/usr/bin/env python3
"""bench/log_reading.py [--build BUILD] [--against BUILD] [--lines N] [--rounds N] [--keep DIRECTORY]
[--peers]: how fast qmvcstat reads logs.

Makes a log of N lines (10 million) over a month, reads it whole, plain and compressed, and tells MB/s
and mails/s of the processor's time (user and system), and the most memory it was seen to have; beside
that for a hundredth of it. The lines are those of the tests' generator: two scanners, a virus in 5 %
of the mails. BUILD is a build directory, default build; build it with --buildtype=release for figures
to quote. --against another one: both read in turn, and how many times as fast the first is. --keep
keeps the logs in DIRECTORY, and uses them again.

--peers (apt-get install goaccess pflogsumm): what others do with the same mails, each of them less:
  wc -l      looks for ends of lines and does nothing else; zcat and zstdcat only unpack
  goaccess   for web servers: taught the beginning of our lines, it counts by hour, sender, recipient
             and size; nothing of verdicts, delays, conditions. To JSON, in memory
  pflogsumm  for Postfix, in Perl: the same mails as Postfix would log them (five lines each: smtpd,
             cleanup, qmgr, local, qmgr); counts by hour, day, sender, recipient, size, status, and the
             greatest and average delay by domain
Mails/s is what can be compared, MB/s only within one format.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.dont_write_bytecode = True
import log_lines  # noqa: E402

MB = 1000 * 1000
BLOCK = 100_000
BEGIN = 1793491200000  # 2026-11-01
DAY = 86400 * 1000
GOACCESS = ["--log-format=v=1 t=%dT%t.%^Z id=%^ from=%h to=%U size=%b parts=%^", "--date-format=%Y-%m-%d",
            "--time-format=%H:%M:%S", "--no-ip-validation", "--no-progress", "--no-global-config"]


def postfix_lines(mail):
    """A mail as Postfix logs it, in the old form of syslog, which is what pflogsumm knows best."""
    at = datetime.datetime.fromtimestamp(mail.ms / 1000, datetime.timezone.utc).strftime("%H:%M:%S")
    begin = "Nov 01 %s mx postfix/%%s[%d]: %s: " % (at, 1000 + mail.ms % 30000, mail.id[-11:])
    status = {"defer": "deferred", "bounce": "bounced"}.get(mail.action, "sent")
    yield begin % "smtpd" + "client=mail.example.org[192.0.2.7]"
    yield begin % "cleanup" + "message-id=<%s@example.org>" % mail.id
    yield begin % "qmgr" + "from=<%s>, size=%d, nrcpt=1 (queue active)" % (mail.sender, mail.size)
    yield begin % "local" + ("to=<%s>, relay=local, delay=%.2f, delays=0.01/0/0/%.2f, dsn=2.0.0, status=%s "
                             "(delivered to command: qmvc)" % (mail.recipient, mail.delay / 1e6,
                                                               mail.delay / 1e6, status))
    yield begin % "qmgr" + "removed"


def make(path, lines, text_of=lambda mail: (log_lines.line(mail),), date=" t=2026-11-%02dT"):
    """One generated block, again and again with other dates: what is read is what counts."""
    mails = log_lines.generate(min(BLOCK, lines), BEGIN, BEGIN + DAY - 1, senders=5000)
    text = "\n".join(line for mail in mails for line in text_of(mail)) + "\n"
    blocks = max(1, lines // BLOCK)
    path.parent.mkdir(parents=True)
    with open(path, "w") as out:
        for number in range(blocks):
            out.write(text.replace(date % 1, date % (1 + number * 30 // blocks)))


def memory(pid):
    """The most it had so far (MB); 0 when it has ended. wait4(2) would tell Python's, which it was."""
    try:
        status = pathlib.Path("/proc/%d/status" % pid).read_text()
    except OSError:
        return 0
    return int((status.partition("VmHWM:")[2].split() or [0])[0]) * 1024 / MB


def run(command):
    """Seconds of processor time and MB of memory of this one child."""
    most = 0
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.02)
        most = max(most, memory(child.pid))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("%s: exit code %d" % (command[0], child.returncode))
    return usage.ru_utime + usage.ru_stime, most


def tell(name, command, size, lines, rounds=1):
    runs = [run(command) for _ in range(rounds)]
    seconds = min(one[0] for one in runs)
    most = max(one[1] for one in runs)
    print("%-18s %9.1f MB %8.2f s CPU %6.0f MB/s %9.0f mails/s" % (
        name, size / MB, seconds, size / MB / seconds, lines / seconds)
        + (" %8.1f MB memory" % most if most else ""), flush=True)


def compare(program, other, directory, rounds):
    """In turn, so that what else the machine does meets both."""
    ratios = [run([other, "--json", directory])[0] / run([program, "--json", directory])[0]
              for _ in range(rounds)]
    print("%.2f times as fast as %s (median of %d; %.2f to %.2f)" % (
        statistics.median(ratios), other, rounds, min(ratios), max(ratios)), flush=True)


def tell_packed(program, root, log, lines, peers):
    size = log.stat().st_size
    for suffix, command in (("gz", "gzip"), ("zst", "zstd")):
        if not shutil.which(command):
            continue
        packed = root / suffix / "log" / ("qmvc.log.1." + suffix)
        if not packed.exists():
            packed.parent.mkdir(parents=True)
            with open(packed, "wb") as out:
                subprocess.run([command, "-1qkc", str(log)], stdout=out, check=True)
        tell("the same, " + suffix, [program, "--json", str(root / suffix)], size, lines)
        if peers:
            tell(command + " -dc", [command, "-dc", str(packed)], size, lines)


def tell_peers(root, log, lines):
    size = log.stat().st_size
    tell("wc -l", ["wc", "-l", str(log)], size, lines)
    if shutil.which("goaccess"):
        tell("goaccess", ["goaccess", str(log), "-o", str(root / "goaccess.json"), *GOACCESS], size, lines)
    else:
        print("no goaccess: apt-get install --no-install-recommends goaccess")
    if shutil.which("pflogsumm"):
        postfix = root / "postfix" / "mail.log"
        if not postfix.exists():
            make(postfix, lines, postfix_lines, "Nov %02d ")
        tell("pflogsumm", ["pflogsumm", str(postfix)], postfix.stat().st_size, lines)
    else:
        print("no pflogsumm: apt-get install --no-install-recommends pflogsumm")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    arguments.add_argument("--against", type=pathlib.Path)
    arguments.add_argument("--lines", type=int, default=10_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--keep", type=pathlib.Path)
    arguments.add_argument("--peers", action="store_true")
    chosen = arguments.parse_args()
    qmvcstat = pathlib.Path("src") / "programs" / "qmvcstat"
    program = str(chosen.build / qmvcstat)
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        root = chosen.keep or pathlib.Path(directory)
        for part, lines in (("small", chosen.lines // 100), ("whole", chosen.lines)):
            log = root / part / "log" / "qmvc.log"
            if not log.exists():
                make(log, lines)
            tell("%d lines" % lines, [program, "--json", str(root / part)], log.stat().st_size, lines,
                 chosen.rounds)
        if chosen.against:
            compare(program, str(chosen.against / qmvcstat), str(root / "whole"), chosen.rounds)
        tell_packed(program, root, log, chosen.lines, chosen.peers)
        if chosen.peers:
            tell_peers(root, log, chosen.lines)


if __name__ == "__main__":
    main()
