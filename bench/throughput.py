#!/usr/bin/python3
"""Mails a second with 1, 4, 8 and 16 of them at once: qmvc, the floor, and the filters that can be had.

    bench/throughput.py [MAILDIR] [--rounds N] [--at-once N]... [--no-peers]

The mails (mkcorpus.py's 400 without MAILDIR) are shared out among as many processes as are said to be at
once; each sends its own one after the other. The clock runs from when all of them begin until the last
has ended. A round in which a delivery failed is told of, and does not count. The contenders take turns,
round by round; the median of the rounds is printed, and how many times the peer's figure qmvc's is. All
ask one clamd, warm. This interpreter's share of the processors, about a third of a millisecond a mail,
lowers everybody's figure, that of the fastest (the floor) most. Exit code 1 if qmvc itself failed.
"""
import os
import pathlib
import statistics
import sys
import tempfile
import time

import setting


def median(rates):
    return statistics.median([rate for rate in rates if rate] or [float("nan")])


def round_of(contender, paths, at_once):
    """Mails a second; None when one failed. The pipe's end is what the processes wait for."""
    import contenders
    ready, go = os.pipe()
    pids = []
    for number in range(at_once):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(go)
                os.read(ready, 1)
                for path in paths[number::at_once]:
                    contender.send(path)
                code = 0
            except (contenders.Failed, OSError) as failed:
                print("%s, %d at once: %s" % (contender.name, at_once, failed), flush=True)
            finally:
                os._exit(code)
        pids.append(pid)
    os.close(ready)
    time.sleep(0.05)
    started = time.perf_counter()
    os.close(go)
    codes = [os.waitpid(pid, 0)[1] for pid in pids]
    seconds = time.perf_counter() - started
    return None if any(codes) else len(paths) / seconds


def main():
    parser = setting.arguments(__doc__, 5)
    parser.add_argument("mails", type=pathlib.Path, nargs="?")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--no-peers", action="store_true", help="only clamdscan and the floor")
    parser.add_argument("--at-once", type=int, action="append")
    chosen = parser.parse_args()
    import contenders
    at_once = chosen.at_once or ([4] if chosen.quick else [1, 4, 8, 16])
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        paths = setting.Mails(chosen.mails, directory, 12 if chosen.quick else 400).paths
        paths = paths[:chosen.limit or None]
        with contenders.around_clamd(directory, chosen.build, None, not chosen.no_peers) as (_, found):
            for contender in found:
                for path in paths:
                    contender.send(path)    # clamd's cache, and what is made ready before sending
            rates = {(c.name, n): [] for c in found for n in at_once}
            for _ in range(chosen.rounds):
                for count in at_once:
                    for contender in found:
                        rates[contender.name, count].append(round_of(contender, paths, count))
    failed = any(None in rates["qmvc", count] for count in at_once)
    rates = {key: median(values) for key, values in rates.items()}
    print("%d mails, %d rounds\n%-20s %31s   %31s" % (
        len(paths), chosen.rounds, "at once", "mails a second", "qmvc is times"))
    columns = "".join(" %7d" % count for count in at_once)
    print("%-20s%s   %s" % ("", columns, columns))
    for contender in found:
        ours = [rates["qmvc", n] for n in at_once]
        theirs = [rates[contender.name, n] for n in at_once]
        print("%-20s" % contender.name + " %7.0f" * len(at_once) % tuple(theirs) + "   "
              + " %7.2f" * len(at_once) % tuple(a / b for a, b in zip(ours, theirs)), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
