#!/usr/bin/env python3
"""bench/growth.py [--build BUILD] [--rounds N] [CASE...]: what a mail costs, and how that grows with it.

Each case is a kind of mail in growing sizes: one large attachment, many parts, a large zip, archives
of many members, archives in archives, archives that unpack to much more than they are. qmvc judges
it with all conditions on and no scanner. The table tells the processor time of qmvc and its helper
together (median), how that compares with the size before (1.0 is linear), and the peaks of resident
memory of qmvc (with what it maps of files, the mail first of all, and without: its own) and of
qmvc-open. BUILD is a build directory, default build.
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.dont_write_bytecode = True
os.environ.setdefault("QMVC_SOURCE", str(HERE.parent))


def profile(home):
    control = home / "control"
    control.mkdir(parents=True)
    for sample in (HERE.parent / "control").iterdir():
        (control / sample.name).write_bytes(sample.read_bytes())
    (control / "filters").write_text("errors=y\nsubject=y\nbodytext=y\nfilename=y\nmimetype=y\n"
                                     "loadertype=y\noverlimit=y;inspect\n")
    for name, line in (("mailheaders", "from=r"), ("badsubjects", "no such subject"),
                       ("badbodytexts", "no such text"), ("badfilenames", "no such name"),
                       ("limits", "bytes=500M\nmembers=20000")):
        (control / name).write_text(line + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("cases", nargs="*")
    arguments.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    os.environ["QMVC_BUILD"] = str(chosen.build.resolve())
    # Only now is it known where the programs are.
    import dot_qmail
    from conftest import LIBEXEC, QMVC
    from growing import CASES, MB, run
    print("%-12s %-14s %8s %9s %7s %8s %8s %9s" % (
        "", "", "mail MB", "CPU ms", "growth", "qmvc MB", "own MB", "helper MB"))
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        profile(directory / "home")
        env = dot_qmail.environment("bob@example.net", "a@example.org", base={
            "PATH": "/usr/bin:/bin", "QMVC_HOME": str(directory / "home"), "QMVC_LIBEXEC": str(LIBEXEC)})
        for name, (unit, values, make) in CASES.items():
            if chosen.cases and name not in chosen.cases:
                continue
            before = None
            for value in values:
                path = directory / "mail"
                path.write_bytes(make(value))
                runs = [run([str(QMVC)], path, env) for _ in range(chosen.rounds)]
                if any(one.code not in (0, 99) for one in runs):
                    sys.exit("%s %d: exit code %d" % (name, value, runs[0].code))
                cpu = statistics.median(one.cpu for one in runs) * 1000
                growth = "%7.2f" % (cpu / before[1] / (value / before[0])) if before else " " * 7
                print("%-12s %6d %-7s %8.1f %9.1f %s %8.1f %8.1f %9.1f" % (
                    name, value, unit, path.stat().st_size / MB, cpu, growth,
                    *(max(getattr(one, what) for one in runs) / MB
                      for what in ("peak", "own", "helper_peak"))), flush=True)
                before = value, cpu


if __name__ == "__main__":
    main()
