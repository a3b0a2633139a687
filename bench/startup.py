#!/usr/bin/python3
"""What it costs to start: qmvc before it has done anything, and with a small mail, beside others.

    bench/startup.py [--rounds N]

They take turns; medians of N rounds (200), in milliseconds from posix_spawn(3) to wait4(2). Libraries are
those that ldd(1) lists, system calls those that `strace -f -c` counts. "qmvc -V" prints its version, and
"no scanner" is a mail of 1 KB through all conditions. true, sh and perl are there to compare with;
clamdscan and ripmime are asked for their help or version, which is the least they can be asked for.
"""
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

import setting


def libraries(argv):
    listed = subprocess.run(["ldd", shutil.which(argv[0]) or argv[0]], capture_output=True, text=True,
                            check=False).stdout
    return len(re.findall(r"=> /", listed))


def system_calls(argv, env, path):
    if not shutil.which("strace"):
        return 0
    with open(path, "rb") as message:
        counted = subprocess.run(["strace", "-f", "-c", *argv], stdin=message, env=env, capture_output=True,
                                 text=True, check=False).stderr
    found = re.search(r"^100\.00\s+\S+\s+\S*\s+(\d+)", counted, re.M)
    return int(found.group(1)) if found else 0


def main():
    parser = setting.arguments(__doc__, 200, 3)
    chosen = parser.parse_args()
    import conftest
    import mails
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        mail, empty = directory / "mail", pathlib.Path("/dev/null")
        mail.write_bytes(mails.plain(b"Nothing to see here, move on.\n" * 30))
        floor = directory / "floor"
        subprocess.run(["cc", "-O2", "-o", floor, setting.HERE / "floor.c"], check=True)
        home = setting.profile(directory / "home", filters=setting.EVERYTHING)
        base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        qmvc = setting.qmvc(chosen.build)
        clamd = conftest.Clamd(directory).start()
        scanned = setting.profile(directory / "scanned", ["clamd:%s;C;ClamAV;" % clamd.socket])
        rows = [("qmvc -V", [*qmvc, "-V"], base, empty),
                ("qmvc, no scanner", qmvc, setting.environment(home, chosen.build), mail),
                ("qmvc, clamd", qmvc, setting.environment(scanned, chosen.build), mail),
                ("floor, clamd", [str(floor), str(clamd.socket), str(directory / "log")], base, mail),
                ("true", ["true"], base, empty), ("sh -c :", ["sh", "-c", ":"], base, empty),
                ("perl -e 1", ["perl", "-e", "1"], base, empty),
                ("clamdscan --help", ["clamdscan", "--help"], base, empty),
                ("ripmime -V", ["ripmime", "-V"], base, empty),
                ("rspamc --help", ["rspamc", "--help"], base, empty)]
        rows = [row for row in rows if shutil.which(row[1][0], path=base["PATH"])]
        runs = {row[0]: [] for row in rows}
        try:
            for turn in range(chosen.rounds + 1):
                for name, argv, env, path in rows:
                    done = setting.run(argv, env, path)
                    if turn > 0:
                        runs[name].append(done)
            print("%-20s %9s %9s %10s %10s   (median of %d)" % (
                "", "ms", "CPU ms", "libraries", "calls", chosen.rounds))
            for name, argv, env, path in rows:
                print("%-20s %9.2f %9.2f %10d %10d" % (
                    name, statistics.median(r.wall for r in runs[name]),
                    statistics.median(r.cpu for r in runs[name]), libraries(argv),
                    system_calls(argv, env, path)), flush=True)
        finally:
            clamd.stop()


if __name__ == "__main__":
    main()
