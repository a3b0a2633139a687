#!/usr/bin/python3
"""Four scanners of different latency: what a mail takes, beside the slowest of them and beside a finding.

    bench/concurrency.py [--rounds N] [--latency MS]...

The scanners answer after 20, 40, 60 and 80 ms (--latency, four times): as daemons that speak clamd's
protocol, and as programs (a shell that sleeps; its own start is part of the time, and told beside it).
One mail, whole runs of qmvc with all conditions on, in turns. "over" is the time beyond what has to be
waited for: the slowest when all are clean, the finder when the second one finds something and quitasap
is set, the sum where they are asked one after the other; "least" is that of the quickest run, which tells
more where other work is done on the machine. After each run it is looked for processes and files that
were left: the programs that were cancelled, their children, the work tree.
"""
import pathlib
import statistics
import sys
import tempfile
import time

import setting


class Late:
    """Mixed into a daemon of the tests: answers all that is asked, a while after the first question."""

    def __init__(self, path, milliseconds, finds):
        self.milliseconds, self.finds = milliseconds, finds
        super().__init__(path)

    def talk(self, talk):
        left, count, waited = b"", 0, False
        while data := talk.read(65536):
            *commands, left = (left + data).split(b"\0")
            for command in commands:
                count += command in (b"zPING", b"zVERSION", b"zFILDES")
                if command == b"zPING":
                    talk.write(b"%d: PONG\0" % count)
                elif command == b"zFILDES":
                    if not waited:
                        time.sleep(self.milliseconds / 1000)
                        waited = True
                    talk.write(b"%d: fd[9]: %s\0" % (count, b"Fake.Virus FOUND" if self.finds else b"OK"))


def daemons(directory, latencies, finder):
    import tools
    late = type("LateDaemon", (Late, tools.Daemon), {})
    for number, milliseconds in enumerate(latencies):
        path = directory / ("daemon%d" % number)
        late(path, milliseconds, number == finder)
        yield "clamd:%s" % path


def programs(directory, latencies, finder):
    for number, milliseconds in enumerate(latencies):
        path = directory / ("program%d" % number)
        finding = "printf 'infected\\tFake.Virus\\t0000\\n'; exit 1" if number == finder else "exit 0"
        path.write_text("#!/bin/sh\nsleep %.3f\n%s\n" % (milliseconds / 1000, finding))
        path.chmod(0o755)
        yield str(path)


def left(home):
    """Who and what is still there; cancelled programs were waited for, so no time is given."""
    import conftest
    tmp = home / "tmp"
    return conftest.processes_with("QMVC_HOME=%s" % home) + [str(p) for p in tmp.rglob("*")]


def main():
    parser = setting.arguments(__doc__, 31, 2)
    parser.add_argument("--latency", type=float, action="append", help="four times, milliseconds")
    chosen = parser.parse_args()
    latencies = chosen.latency or [20, 40, 60, 80]
    if len(latencies) != 4:
        parser.error("four latencies, please")
    import mails
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        mail = directory / "mail"
        mail.write_bytes(mails.plain())
        turns = {"no scanner": (setting.profile(directory / "none", filters=setting.EVERYTHING), 0, 0)}
        for kind, scanners in (("daemons", daemons), ("programs", programs)):
            for place in ("clean", "found"):
                (directory / place).mkdir(exist_ok=True)
            clean = list(scanners(directory / "clean", latencies, None))
            found = list(scanners(directory / "found", latencies, 1))
            for what, lines, head, filters, expected, code in (
                    ("all clean", clean, [], "virus=y;block", max(latencies), 0),
                    ("quitasap, the second finds", found, [], "virus=y;block;;quitasap", latencies[1], 99),
                    ("one after the other", clean, ["mode=sequential"], "virus=y;block", sum(latencies), 0)):
                home = setting.profile(
                    directory / (kind + str(len(turns))),
                    [*head, *("%s;%s;late;;timeout=30" % (s, i) for s, i in zip(lines, "ABCD"))],
                    filters=setting.EVERYTHING + filters + "\n")
                turns["%s: %s" % (kind, what)] = home, expected, code
        walls, alone, remains = {name: [] for name in turns}, [], {name: [] for name in turns}
        slowest = str(directory / "clean" / ("program%d" % latencies.index(max(latencies))))
        for turn in range(chosen.rounds + 1):
            for name, (home, _, code) in turns.items():
                done = setting.run(setting.qmvc(chosen.build), setting.environment(home, chosen.build), mail)
                if done.code != code:
                    sys.exit("%s: exit code %d" % (name, done.code))
                remains[name] += left(home)
                if turn > 0:
                    walls[name].append(done.wall)
            alone.append(setting.run([slowest, "/dev/null"], {"PATH": "/usr/bin:/bin"}).wall)
    print("latencies %s ms; milliseconds, median of %d" % (
        " ".join("%g" % latency for latency in latencies), chosen.rounds))
    print("%-40s %9s %9s %7s %7s %6s" % ("", "waits for", "took", "over", "least", "left"))
    for name, (_, expected, _) in turns.items():
        took = statistics.median(walls[name])
        print("%-40s %9g %9.2f %7.2f %7.2f %6d" % (
            name, expected, took, took - expected, min(walls[name]) - expected, len(remains[name])))
    took = statistics.median(alone[1:])
    print("%-40s %9g %9.2f %7.2f %7.2f" % ("the slowest program without qmvc", max(latencies), took,
                                          took - max(latencies), min(alone) - max(latencies)))
    for name, what in remains.items():
        if what:
            print("LEFT by %s: %s" % (name, what[:3]))
    return any(remains.values())


if __name__ == "__main__":
    sys.exit(main())
