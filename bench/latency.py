#!/usr/bin/python3
"""qmvc against clamdscan --fdpass: the time of a whole exec'd run for each mail, in one run.

    bench/latency.py MAILDIR [--rounds N] [--limit N]

MAILDIR holds the mails (*.eml). Both ask the same clamd, started here with a configuration and EICAR's
signature of its own; every mail is sent once before the measurement, so that clamd's cache is warm and
the filters' own cost is what differs. The two take turns, mail by mail; medians of all rounds are
printed, and the ratio, which is the figure that holds on another machine. Wall time in milliseconds;
CPU of the filter's own process (its children included), clamd left out.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.dont_write_bytecode = True
os.environ.setdefault("QMVC_SOURCE", str(HERE.parent))
import conftest     # noqa: E402  (the tests' clamd and paths)
import dot_qmail    # noqa: E402


def run(argv, path, env):
    """Wall and CPU milliseconds of one run, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(path, "rb") as message:
        started = time.perf_counter()
        code = subprocess.run(argv, stdin=message, env=env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode
        wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return wall * 1000, cpu * 1000, code


def profile(home, clamd):
    control = home / "control"
    control.mkdir(parents=True)
    for sample in (HERE.parent / "control").iterdir():
        (control / sample.name).write_bytes(sample.read_bytes())
    (control / "filters").write_text(
        "errors=y;inspect\nsubject=y;block\nbodytext=y;block\nfilename=y;inspect\n"
        "mimetype=y;inspect\nloadertype=y;inspect\noverlimit=y;keep\nvirus=y;block;;quitasap\n")
    for name, line in (("mailheaders", "from=r"), ("badsubjects", "no such subject"),
                       ("badbodytexts", "no such text")):
        (control / name).write_text(line + "\n")
    (control / "scanners").write_text("clamd:%s;C;ClamAV daemon;;timeout=60\n" % clamd.socket)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("mails", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--limit", type=int, default=0)
    chosen = arguments.parse_args()
    paths = sorted(chosen.mails.glob("*.eml"))[:chosen.limit or None]
    if not paths:
        sys.exit("no *.eml in %s" % chosen.mails)
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        clamd = conftest.Clamd(directory).start()
        try:
            profile(directory / "home", clamd)
            env = dot_qmail.environment("bob@example.net", "a@example.org", base={
                "PATH": "/usr/bin:/bin", "QMVC_HOME": str(directory / "home"),
                "QMVC_LIBEXEC": str(conftest.LIBEXEC)})
            peers = {"qmvc": [str(conftest.QMVC)],
                     "clamdscan --fdpass": ["clamdscan", "-c", str(directory / "clamd.conf"),
                                            "--fdpass", "--no-summary", "-"]}
            wall = {name: [] for name in peers}
            cpu = {name: [] for name in peers}
            for path in paths:
                for argv in peers.values():
                    run(argv, path, env)
            for _ in range(chosen.rounds):
                for path in paths:
                    for name, argv in peers.items():
                        w, c, code = run(argv, path, env)
                        if code not in (0, 1, 99):
                            sys.exit("%s: exit code %d for %s" % (name, code, path))
                        wall[name].append(w)
                        cpu[name].append(c)
        finally:
            clamd.stop()
    print("%d mails, %d rounds, clamd warm" % (len(paths), chosen.rounds))
    print("%-20s %10s %10s %10s" % ("", "median ms", "p95 ms", "CPU ms"))
    for name in peers:
        print("%-20s %10.2f %10.2f %10.2f" % (name, statistics.median(wall[name]),
                                              percentile(wall[name], .95), statistics.mean(cpu[name])))
    ours, theirs = list(peers)
    print("%-20s %10.2f %10.2f %10.2f" % (
        "ratio", statistics.median(wall[ours]) / statistics.median(wall[theirs]),
        percentile(wall[ours], .95) / percentile(wall[theirs], .95),
        statistics.mean(cpu[ours]) / statistics.mean(cpu[theirs])))


if __name__ == "__main__":
    main()
