#!/usr/bin/python3
"""qmvc against clamdscan --fdpass and the floor: the time of a whole exec'd run for each mail, in one run.

    bench/latency.py MAILDIR [--rounds N] [--limit N] [--kind KIND]... [--against BUILD]

MAILDIR holds the mails (*.eml), and a manifest.json with a list of [file, kind, ...] where the table is
to tell the kinds apart. All ask the same clamd, started here with a configuration and EICAR's signature
of its own; every mail is sent once before the measurement, so that clamd's cache is warm and the
filters' own cost is what differs. They take turns, mail by mail, and each is the first as often as the
others, since the first finds the mail in no cache of the processor; medians of all rounds are printed, and
the ratios, which are the figures that hold on another machine. Wall time in milliseconds; CPU of the
filter's own process (its children included), clamd left out. The floor (floor.c) is the least that an
exec'd filter can do. --against BUILD takes another build of qmvc into the same turns.
"""
import argparse
import json
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

WITHOUT_ATTACHMENTS = ("plain", "html")


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


def peers(directory, clamd, against):
    """What takes turns: name, command, environment."""
    base = {"PATH": "/usr/bin:/bin", "QMVC_HOME": str(directory / "home")}

    def qmvc(build):
        return [str(build / "src/programs/qmvc")], dot_qmail.environment(
            "bob@example.net", "a@example.org",
            base={**base, "QMVC_LIBEXEC": str(build / "src/helpers")})
    floor = directory / "floor"
    subprocess.run(["cc", "-O2", "-o", floor, HERE / "floor.c"], check=True)
    found = {"qmvc": qmvc(conftest.BUILD)}
    if against:
        found["qmvc, the other"] = qmvc(against.resolve())
    found["clamdscan --fdpass"] = (["clamdscan", "-c", str(directory / "clamd.conf"), "--fdpass",
                                    "--no-summary", "-"], base)
    found["floor"] = [str(floor), str(clamd.socket), str(directory / "floor.log")], base
    return found


def table(title, paths, measured):
    """One row a peer: of each mail's runs the median, and of these the figures."""
    print("\n%s: %d mails\n%-20s %27s %27s" % (title, len(paths), "", "", "qmvc is times"))
    print("%-20s %9s %8s %8s %9s %8s %8s" % (("",) + ("median ms", "p95 ms", "CPU ms") * 2))
    figures = {}
    for name, runs in measured.items():
        wall = [w for path in paths for w, _ in runs[path]]
        cpu = [c for path in paths for _, c in runs[path]]
        figures[name] = (statistics.median(wall), percentile(wall, .95), statistics.mean(cpu))
    for name, row in figures.items():
        ratio = [ours / theirs for ours, theirs in zip(figures["qmvc"], row)]
        print("%-20s %9.2f %8.2f %8.2f %9.2f %8.2f %8.2f" % (name, *row, *ratio))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("mails", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--limit", type=int, default=0)
    arguments.add_argument("--kind", action="append", help="only mails of this kind")
    arguments.add_argument("--against", type=pathlib.Path, metavar="BUILD")
    chosen = arguments.parse_args()
    manifest = chosen.mails / "manifest.json"
    kinds = {row[0]: row[1] for row in json.loads(manifest.read_text())} if manifest.exists() else {}
    paths = sorted(chosen.mails.glob("*.eml"))
    if chosen.kind:
        paths = [p for p in paths if kinds.get(p.name) in chosen.kind]
    paths = paths[:chosen.limit or None]
    if not paths:
        sys.exit("no such *.eml in %s" % chosen.mails)
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        clamd = conftest.Clamd(directory).start()
        try:
            profile(directory / "home", clamd)
            turns = peers(directory, clamd, chosen.against)
            measured = {name: {path: [] for path in paths} for name in turns}
            order = list(turns.items())
            for turn in range(chosen.rounds + 1):
                for path in paths:
                    order.append(order.pop(0))
                    for name, (argv, env) in order:
                        wall, cpu, code = run(argv, path, env)
                        if code not in (0, 1, 99):
                            sys.exit("%s: exit code %d for %s" % (name, code, path))
                        if turn > 0:
                            measured[name][path].append((wall, cpu))
        finally:
            clamd.stop()
    print("%d rounds, clamd warm" % chosen.rounds)
    for kind in sorted(set(kinds.get(p.name, "") for p in paths) - {""}):
        table(kind, [p for p in paths if kinds[p.name] == kind], measured)
    without = [p for p in paths if kinds.get(p.name) in WITHOUT_ATTACHMENTS]
    if without:
        table("without attachments", without, measured)
    table("all", paths, measured)


if __name__ == "__main__":
    main()
