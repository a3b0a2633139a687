#!/usr/bin/python3
"""Sixteen deliveries at once for a minute: no error, nothing left, and memory that stays as it is.

    bench/load.py [MAILDIR] [--seconds N] [--at-once N]

Each of sixteen processes hands mails (mkcorpus.py's, without MAILDIR) in random order to qmvc, one after
the other, all into one profile with two scanners: a real clamd, and the built-in one, whose resident
helper stays. Signatures are EICAR's, so memory is that of the programs and not of a database. Once a
second the memory of clamd and of the helper, and what lies in tmp, are looked at. At the end everything
is counted: exit codes, lines of qmvc.log, qmvc.error, files in tmp, processes. Exit code 1 if anything
is wrong; memory is only printed, and grows by what clamd's cache takes in the beginning.
"""
import collections
import os
import pathlib
import random
import statistics
import sys
import tempfile
import time

import setting

MB = 1 << 20


def memory(pids):
    """What is theirs alone now, not a file's."""
    import growing
    return sum(growing.resident(pid)[1] for pid in pids) / MB


def in_tmp(home):
    count = size = 0
    for root, _, files in os.walk(home / "tmp"):
        for name in files:
            try:
                size += os.lstat(os.path.join(root, name)).st_size
                count += 1
            except FileNotFoundError:
                pass    # it is being used
    return count, size / MB


def deliver_until(deadline, argv, env, paths, seed, results):
    """One of those at once: a line with the exit code and the milliseconds of each mail."""
    rnd = random.Random(seed)
    with open(results, "w") as out:
        while time.monotonic() < deadline:
            done = setting.run(argv, env, rnd.choice(paths))
            out.write("%d %.2f\n" % (done.code, done.wall))


def deliver(at_once, seconds, argv, env, paths, directory, look):
    """What `look` saw each second while all of them delivered, and the lines that they wrote."""
    deadline = time.monotonic() + seconds
    pids, seen = [], []
    for number in range(at_once):
        pids.append(os.fork())
        if pids[-1] == 0:
            code = 1
            try:
                deliver_until(deadline, argv, env, paths, number, directory / ("results%d" % number))
                code = 0
            finally:
                os._exit(code)
    while time.monotonic() < deadline:
        time.sleep(1)
        seen.append(look())
    if any([os.waitpid(pid, 0)[1] for pid in pids]):
        sys.exit("the benchmark itself failed")
    return seen, [line.split() for number in range(at_once)
                  for line in (directory / ("results%d" % number)).read_text().splitlines()]


def report(seen):
    print("%8s %10s %10s %12s %10s" % ("second", "clamd MB", "helper MB", "files in tmp", "tmp MB"))
    step = max(1, len(seen) // 6)
    for number, row in list(enumerate(seen, 1))[step - 1::step]:
        print("%8d %10.1f %10.1f %12d %10.2f" % (number, *row))
    quarter = len(seen) // 4
    for place, name in enumerate(("clamd", "helper") if quarter > 1 else ()):
        early = statistics.median(row[place] for row in seen[quarter:2 * quarter])
        late = statistics.median(row[place] for row in seen[-quarter:])
        print("memory of %s, last quarter against the second: %.3f" % (name, late / early))


def what_is_wrong(rows, profile, left):
    """One mail more was delivered than rows tell of: the one that started the helper."""
    codes = {row[0] for row in rows}
    lines = profile.state("qmvc.log").count("\n")
    errors, leftovers = profile.state("qmvc.error"), profile.leftovers()
    for what, is_wrong in (("exit codes besides 0 and 99: %s" % codes, codes - {"0", "99"}),
                           ("%d lines in qmvc.log" % lines, lines != len(rows) + 1),
                           ("qmvc.error: " + errors[:300], errors),
                           ("left in tmp: %s" % leftovers, leftovers or in_tmp(profile.home)[0]),
                           ("processes left: %s" % left, left)):
        if is_wrong:
            yield what


def main():
    parser = setting.arguments(__doc__, 1)
    parser.add_argument("mails", type=pathlib.Path, nargs="?")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--at-once", type=int, default=16)
    chosen = parser.parse_args()
    seconds = chosen.seconds or (2 if chosen.quick else 60)
    import conftest
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        paths = setting.Mails(chosen.mails, directory, 12 if chosen.quick else 400).paths
        for name in ("queue", "run"):
            (directory / name).mkdir()
        profile = conftest.Profile(directory / "run" / "home", directory / "queue")
        home = profile.home
        clamd = conftest.Clamd(directory).start()
        try:
            setting.profile(home, ["clamd:%s;C;ClamAV daemon;;timeout=60" % clamd.socket,
                                   "libclamav:%s;L;built in;;timeout=60" % clamd.database])
            env, argv = setting.environment(home, chosen.build), setting.qmvc(chosen.build)
            setting.run(argv, env, paths[0])    # starts the resident helper
            seen, rows = deliver(chosen.at_once, seconds, argv, env, paths, directory, lambda: (
                memory([clamd.process.pid]), memory(conftest.pids_with(b"qmvc-clamav\0-", home)),
                *in_tmp(home)))
        finally:
            profile.stop_residents()
            clamd.stop()
        wrong = list(what_is_wrong(rows, profile, conftest.processes_with("QMVC_HOME=%s" % home)))
    wall = [float(row[1]) for row in rows]
    print("%d mails in %d s, %d at once; median %.1f ms, p95 %.1f ms, exit codes %s" % (
        len(rows), seconds, chosen.at_once, statistics.median(wall), setting.percentile(wall, .95),
        dict(collections.Counter(row[0] for row in rows))))
    report(seen)
    print("WRONG: " + "; ".join(wrong) if wrong else "nothing wrong, nothing left by qmvc")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
