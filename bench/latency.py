#!/usr/bin/python3
"""The time and the processor time of one mail: qmvc, the floor, and the filters that can be had.

    bench/latency.py [MAILDIR] [--rounds N] [--limit N] [--kind KIND]... [--against BUILD] [--no-peers]
                     [--fresh]

Without MAILDIR the 400 mails of mkcorpus.py. All ask the same clamd, started here with EICAR's signature
and a configuration of its own; each mail is sent once by each before the measurement, so that clamd's
cache is warm and the filters' own cost is what differs. Then they take turns, mail by mail. Of each
mail's runs the median is taken, and of those the median, the 95th percentile and (processor time) the
mean. Milliseconds from before the start of the program, or before the connection, until the verdict is
there; processor time of the filter and its children. What clamd spends meanwhile is a column of its own:
qmvc asks it about the mail, and about each part and member as well.

The ratios are the figures that hold on another machine. In qmvc's favour: it leaves the mail where it is,
as does clamdscan; clamsmtp and clamassassin copy it, which is their job. In the peers' favour: they look
for viruses alone (rspamd with no other rule), and qmvc has all its conditions on, unpacks, and writes
its log. The floor (floor.c) is the least that an exec'd filter can do. --fresh changes a byte of each
mail each time, so that clamd has to look at all: what it costs everybody. --against BUILD takes
another build of qmvc into the same turns.
"""
import json
import pathlib
import random
import statistics
import tempfile

import setting

WITHOUT_ATTACHMENTS = ("plain", "html")


def table(title, paths, measured):
    """One row a contender, and qmvc's figures as multiples of its."""
    print("\n%s: %d mails\n%-20s %33s %26s" % (title, len(paths), "", "", "qmvc is times"))
    print("%-20s %9s %8s %8s %6s %9s %8s %8s" % (
        "", "median ms", "p95 ms", "CPU ms", "clamd", "median ms", "p95 ms", "CPU ms"))
    figures = {}
    for name, runs in measured.items():
        wall, cpu, clamd = ([statistics.median(run[place] for run in runs[path]) for path in paths]
                            for place in range(3))
        figures[name] = (statistics.median(wall), setting.percentile(wall, .95), statistics.mean(cpu),
                         statistics.mean(clamd))
    for name, row in figures.items():
        ratio = [ours / theirs for ours, theirs in zip(figures["qmvc"][:3], row)]
        print("%-20s %9.2f %8.2f %8.2f %6.2f %9.2f %8.2f %8.2f" % (name, *row, *ratio), flush=True)


def measure(found, clamd, paths, rounds, fresh, scratch):
    """Of each contender and mail the runs: milliseconds, those of its processors, those of clamd's."""
    from contenders import processor_time
    measured = {contender.name: {path: [] for path in paths} for contender in found}
    rnd = random.Random(1)
    for turn in range(rounds + 1):
        for number, path in enumerate(paths):
            # Who comes first brings the mail into the processor's caches: that is each in its turn.
            first = (number + turn) % len(found)
            for contender in found[first:] + found[:first]:
                sent = path
                if fresh:
                    sent = scratch
                    sent.write_bytes(b"X-Fresh: %016x\n" % rnd.getrandbits(64) + path.read_bytes())
                    getattr(contender, "payloads", {}).pop(sent, None)
                before = processor_time([clamd])
                _, done = contender.send(sent)
                spent = processor_time([clamd]) - before
                if turn > 0:
                    measured[contender.name][path].append((done.wall, done.cpu, spent))
    return measured


def main():
    parser = setting.arguments(__doc__, 5)
    parser.add_argument("mails", type=pathlib.Path, nargs="?")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--kind", action="append", help="only mails of this kind")
    parser.add_argument("--against", type=pathlib.Path, metavar="BUILD")
    parser.add_argument("--no-peers", action="store_true", help="only clamdscan and the floor")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--json", type=pathlib.Path, help="all figures, to a file")
    chosen = parser.parse_args()
    import contenders
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        mails = setting.Mails(chosen.mails, directory, 12 if chosen.quick else 400)
        paths = [p for p in mails.paths if not chosen.kind or mails.kind(p) in chosen.kind]
        paths = paths[:chosen.limit or None]
        against = chosen.against.resolve() if chosen.against else None
        with contenders.around_clamd(directory, chosen.build, against, not chosen.no_peers) as everybody:
            clamd, found = everybody
            measured = measure(found, clamd.process.pid, paths, chosen.rounds, chosen.fresh,
                               directory / "fresh.eml")
    print("%d rounds, clamd %s" % (chosen.rounds, "asked anew" if chosen.fresh else "warm"))
    for kind in sorted(set(mails.kind(p) for p in paths) - {""}):
        table(kind, [p for p in paths if mails.kind(p) == kind], measured)
    without = [p for p in paths if mails.kind(p) in WITHOUT_ATTACHMENTS]
    if without:
        table("without attachments", without, measured)
    table("all", paths, measured)
    if chosen.json:
        chosen.json.write_text(json.dumps({name: {p.name: runs[p] for p in paths}
                                           for name, runs in measured.items()}))


if __name__ == "__main__":
    main()
