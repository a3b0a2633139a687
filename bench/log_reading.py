#!/usr/bin/env python3
"""bench/log_reading.py [--build BUILD] [--lines N] [--rounds N] [--keep DIRECTORY] [--peers]: how fast
qmvcstat reads logs.

Makes a log of N lines (10 million) over a month, reads it whole, plain and compressed, and tells MB/s
and lines/s of the processor's time (user and system), beside that for a hundredth of it. The lines are those of the tests' generator: two scanners, a virus in 5 % of the
mails. --keep keeps the log in DIRECTORY, and uses it again. BUILD is a build directory, default build;
build it with --buildtype=release for figures to quote. --peers: beside it wc -l, which does nothing
but look for ends of lines, and zcat and zstdcat.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.dont_write_bytecode = True
import log_lines  # noqa: E402

MB = 1000 * 1000
BLOCK = 100_000
BEGIN = 1793491200000  # 2026-11-01
DAY = 86400 * 1000


def make(path, lines):
    """One generated block, again and again with other dates: what is read is what counts."""
    block = [log_lines.line(mail) for mail in
             log_lines.generate(min(BLOCK, lines), BEGIN, BEGIN + DAY - 1, senders=5000)]
    text = "\n".join(block) + "\n"
    blocks = max(1, lines // BLOCK)
    with open(path, "w") as out:
        for number in range(blocks):
            out.write(text.replace(" t=2026-11-01T", " t=2026-11-%02dT" % (1 + number * 30 // blocks)))


def run(command):
    """Seconds of processor time of this one child."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("%s: exit code %d" % (command[0], child.returncode))
    return usage.ru_utime + usage.ru_stime


def tell(name, command, size, lines, rounds):
    runs = [run(command) for _ in range(rounds)]
    seconds = min(runs)
    print("%-26s %9.1f MB %8.2f s CPU %8.0f MB/s %11.0f lines/s" % (
        name, size / MB, seconds, size / MB / seconds, lines / seconds), flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    arguments.add_argument("--lines", type=int, default=10_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--keep", type=pathlib.Path)
    arguments.add_argument("--peers", action="store_true")
    chosen = arguments.parse_args()
    program = str(chosen.build / "src" / "programs" / "qmvcstat")
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        root = chosen.keep or pathlib.Path(directory)
        for part, lines in (("small", chosen.lines // 100), ("whole", chosen.lines)):
            log = root / part / "log" / "qmvc.log"
            if not log.exists():
                log.parent.mkdir(parents=True)
                make(log, lines)
            size = log.stat().st_size
            tell("%d lines" % lines, [program, "--json", str(root / part)], size, lines,
                 chosen.rounds)
        for suffix, command in (("gz", ["gzip", "-1kc"]), ("zst", ["zstd", "-qkc"])):
            if not shutil.which(command[0]):
                continue
            packed = root / suffix / "log" / ("qmvc.log.1." + suffix)
            if not packed.exists():
                packed.parent.mkdir(parents=True)
                with open(packed, "wb") as out:
                    subprocess.run(command + [str(log)], stdout=out, check=True)
            tell("the same, " + suffix, [program, "--json", str(root / suffix)], size, lines, 1)
            if chosen.peers:
                tell("%s -dc" % command[0], [command[0], "-dc", str(packed)], size, lines, 1)
        if chosen.peers:
            tell("wc -l", ["wc", "-l", str(log)], size, lines, 1)


if __name__ == "__main__":
    main()
