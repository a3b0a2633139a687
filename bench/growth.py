#!/usr/bin/python3
"""What a mail costs, and how that grows with it.

    bench/growth.py [--rounds N] [--svg FILE] [CASE...]

Each case is something in growing sizes: an attachment of 1 KB to 100 MB, text, parts, a large zip,
archives of many members, archives in archives, archives that unpack to much more than they are,
patterns of `bodytext` over a text of 1 MB, and scanners (the built-in one, again and again, with one
signature; at most four are allowed). qmvc judges the mail with all conditions on and, but for that case,
no scanner. The table tells the processor time of qmvc and its helper together (median), how that compares
with the size before (1.0 is linear), and the peaks of resident memory of qmvc (with what it maps of
files, the mail first of all, and without: its own) and of qmvc-open. --svg draws both over the size.
"""
import pathlib
import statistics
import sys
import tempfile

import setting

MB = 1 << 20


def more_cases():
    """What the tests' cases (tests/e2e/growing.py) have not: name -> unit, values, mail, control files."""
    import growing
    import mails
    import patterns
    body = patterns.text()
    text = mails.plain(body)
    return {
        "size": ("kB", (1, 10, 100, 1000, 10_000, 100_000),
                 lambda n: growing.mail_with(b"\0" + growing.noise(n * 740)), lambda n, home: {}),
        "patterns": ("patterns", (1, 10, 100, 1000, 10_000), lambda n: text,
                     lambda n, home: {"badbodytexts": patterns.patterns(n, body)}),
        "scanners": ("scanners", (1, 2, 3, 4), lambda n: growing.mail_with(growing.noise(100_000)), scanners)}


def scanners(count, home):
    import conftest
    database = conftest.write_signatures(home / "signatures")
    return {"filters": setting.EVERYTHING + "virus=y;block\n",
            "scanners": ["libclamav:%s;%s;built in;;timeout=60,resident=0" % (database, "ABCD"[i])
                         for i in range(count)]}


def table(name, unit, values, measure):
    """The rows of one case, and for the plot (size, CPU ms, MB of its own, MB with files, MB of the helper)."""
    rows = []
    for value in values:
        size, cpu, peak, own, helper = measure(value)
        growth = "%7.2f" % (cpu / rows[-1][1] / (value / rows[-1][0])) if rows else " " * 7
        print("%-12s %6d %-8s %8.2f %9.1f %s %8.1f %8.1f %9.1f" % (
            name, value, unit, size / MB, cpu, growth, peak, own, helper), flush=True)
        rows.append((value, cpu, own, peak, helper))
    return rows


def draw(path, results):
    panels = []
    for name, (unit, rows) in results.items():
        panels.append(("%s: processor time, ms" % name, unit, {"qmvc and its helper": [r[:2] for r in rows]}))
    for name in ("size", "parts", "zip members", "tar members", "patterns"):
        if name in results:
            unit, rows = results[name]
            lines = {"qmvc": [(r[0], r[3]) for r in rows], "its own": [(r[0], r[2]) for r in rows]}
            if all(r[4] for r in rows):
                lines["helper"] = [(r[0], r[4]) for r in rows]
            panels.append(("%s: memory, MB" % name, unit, lines))
    import plot
    plot.write(path, "What a mail costs; dashed: if it grew as what is below", panels)


def main():
    parser = setting.arguments(__doc__, 3)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--svg", type=pathlib.Path)
    chosen = parser.parse_args()
    from growing import CASES, run
    cases = {name: (*case, lambda n, home: {}) for name, case in CASES.items()} | more_cases()
    if set(chosen.cases) - set(cases):
        parser.error("cases: " + ", ".join(cases))
    print("%-12s %-15s %8s %9s %7s %8s %8s %9s" % (
        "", "", "mail MB", "CPU ms", "growth", "qmvc MB", "own MB", "helper MB"))
    results = {}
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)

        def measure(value):
            home = directory / ("home.%s.%d" % (name, value))
            home.mkdir()
            setting.profile(home, **{"filters": setting.EVERYTHING, "limits": "bytes=500M\nmembers=20000\n",
                                     **control(value, home)})
            path = directory / "mail"
            path.write_bytes(make(value))
            runs = [run(setting.qmvc(chosen.build), path, setting.environment(home, chosen.build))
                    for _ in range(chosen.rounds)]
            if any(one.code not in (0, 99) for one in runs):
                sys.exit("%s %d: exit code %d" % (name, value, runs[0].code))
            return (path.stat().st_size, statistics.median(one.cpu for one in runs) * 1000,
                    *(max(getattr(one, what) for one in runs) / MB for what in ("peak", "own", "helper_peak")))

        for name, (unit, values, make, control) in cases.items():
            if not chosen.cases or name in chosen.cases:
                results[name] = unit, table(name, unit, values[:2] if chosen.quick else values, measure)
    if chosen.svg:
        draw(chosen.svg, results)


if __name__ == "__main__":
    main()
