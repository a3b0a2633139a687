#!/usr/bin/python3
"""The built-in scanner with a large database: what the first mail costs, and those after it.

    QMVC_BUILD=BUILD bench/libclamav.py [--signatures N]

Generates N signatures (300000 unless told) beside EICAR's, and delivers to a profile of its own: the
first mail starts the resident helper, which loads them; then the same again, an attachment of 200 KB,
EICAR, and mails with resident=0, each of which loads them for itself. Prints the exit code and the
`delay` of qmvc.log, in milliseconds.
"""
import argparse
import os
import pathlib
import random
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "e2e"))
sys.dont_write_bytecode = True
os.environ.setdefault("QMVC_SOURCE", str(HERE.parent))
import conftest     # noqa: E402
import mails        # noqa: E402


def make_database(directory, count, rnd):
    directory.mkdir()
    with open(directory / "big.ndb", "w", encoding="ascii") as file:
        file.write("Eicar-Test-Signature:0:0:" + mails.EICAR.hex() + "\n")
        for number in range(count):
            file.write("Generated.%d:0:*:%s\n" % (number, rnd.randbytes(24).hex()))
    return directory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, default=300000)
    signatures = parser.parse_args().signatures
    rnd = random.Random(1)
    work = pathlib.Path(tempfile.mkdtemp(prefix="qmvc-bench-"))
    for name in ("queue", "home"):
        (work / name).mkdir()
    profile = conftest.Profile(work / "home", work / "queue").filters("virus=y;block")
    scanner = "libclamav:%s;L;built in;;timeout=60" % make_database(work / "db", signatures, rnd)
    large = mails.multipart(mails.part(rnd.randbytes(200000), b"a.bin"))
    infected = mails.multipart(mails.part(mails.EICAR, b"eicar.com"))

    def deliver(what, message):
        code = profile.deliver(message, timeout=120).command_codes[0]
        print("%-32s exit %-3d %9.1f ms" % (what, code, float(profile.last()["delay"])))

    try:
        profile.scanners(scanner)
        deliver("resident, the first mail", mails.plain())
        for _ in range(3):
            deliver("resident, the next", mails.plain())
        for _ in range(2):
            deliver("resident, 200 KB attached", large)
        deliver("resident, EICAR", infected)
        profile.scanners(scanner + ",resident=0")
        for _ in range(3):
            deliver("resident=0", mails.plain())
    finally:
        profile.stop_residents()
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
