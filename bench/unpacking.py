#!/usr/bin/python3
"""Unpacking: MB of content a second, through the whole of qmvc, and by bsdtar, unzip, tar and 7z.

    bench/unpacking.py [--rounds N] [--megabytes N]

40 members, half of their bytes words and half noise, in a zip, a tar.gz, a tar and a 7z. The others
write what they unpack into one file. qmvc gets the archive in a mail: it decodes base64, passes each
member out of the sandbox, looks for its type and name, and may keep it for scanners (none here); the
row "less" is that without what an attachment of the same size costs that is no archive. The last
member has a forbidden name, so that qmvc has to have come to the end. They take turns; MB/s of processor
time (all processes) and of elapsed time, medians.
"""
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import setting

MB = 1000 * 1000
TOOLS = {"zip": (["unzip", "-pqq"], ["bsdtar", "-xOf"], ["7z", "x", "-so"]),
         "tar.gz": (["tar", "-xOzf"], ["bsdtar", "-xOf"]),
         "tar": (["tar", "-xOf"], ["bsdtar", "-xOf"]),
         "7z": (["7z", "x", "-so"], ["bsdtar", "-xOf"])}
PACKAGES = {"unzip": "unzip", "bsdtar": "libarchive-tools", "7z": "p7zip-full"}


def members(megabytes):
    rnd = random.Random(1)
    words = [b"%x" % rnd.getrandbits(rnd.randint(8, 40)) for _ in range(3000)]
    size = megabytes * MB // 40
    for number in range(40):
        text = b" ".join(rnd.choices(words, k=size // 8))[:size // 2]
        yield ("%d.dat" % number if number < 39 else "last.forbidden"), text + rnd.randbytes(size - len(text))


def archives(directory, content):
    """By kind: the archive's bytes."""
    packed = {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content:
            archive.writestr(name, data)
    packed["zip"] = out.getvalue()
    for kind, mode in (("tar.gz", "w:gz"), ("tar", "w")):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode) as archive:
            for name, data in content:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        packed[kind] = out.getvalue()
    if shutil.which("7z"):
        files = directory / "files"
        files.mkdir()
        for name, data in content:
            (files / name).write_bytes(data)
        subprocess.run(["7z", "a", "-bd", "-mx=1", str(directory / "a.7z"), "."], cwd=files, check=True,
                       stdout=subprocess.DEVNULL)
        packed["7z"] = (directory / "a.7z").read_bytes()
    return packed


def main():
    parser = setting.arguments(__doc__, 5)
    parser.add_argument("--megabytes", type=int)
    chosen = parser.parse_args()
    megabytes = chosen.megabytes or (2 if chosen.quick else 40)
    import mails
    for program, package in PACKAGES.items():
        if not shutil.which(program):
            setting.missing(program, package)
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        home = setting.profile(directory / "home", filters="filename=y;block\nmimetype=y;inspect\n",
                               badfilenames="*.forbidden\n", badmimetypes="no/such\n")
        env, argv = setting.environment(home, chosen.build), setting.qmvc(chosen.build)
        print("%-8s %-10s %12s %14s   (%d MB unpacked, median of %d)" % (
            "", "", "MB/s of CPU", "MB/s elapsed", megabytes, chosen.rounds))
        for kind, packed in archives(directory, list(members(megabytes))).items():
            archive, mail, noise = directory / ("a." + kind), directory / "mail", directory / "noise"
            archive.write_bytes(packed)
            mail.write_bytes(mails.multipart(mails.part(packed, name=b"a." + kind.encode())))
            noise.write_bytes(mails.multipart(mails.part(
                b"\0" + random.Random(1).randbytes(len(packed) - 1), name=b"a.dat")))
            turns = {"qmvc": (argv, env, mail, 99), "noise": (argv, env, noise, 0)}
            for tool in TOOLS[kind]:
                if shutil.which(tool[0]):
                    turns[tool[0]] = ([*tool, str(archive)], {"PATH": "/usr/bin:/bin"}, "/dev/null", 0)
            runs = {name: [] for name in turns}
            for turn in range(chosen.rounds + 1):
                for name, (command, environ, path, code) in turns.items():
                    unpacked = os.open(directory / "unpacked", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                    try:
                        done = setting.run(command, environ, path, unpacked)
                    finally:
                        os.close(unpacked)
                    if done.code != code:
                        sys.exit("%s, %s: exit code %d" % (name, kind, done.code))
                    if turn > 0:
                        runs[name].append((done.cpu / 1000, done.wall / 1000))
            figures = {name: setting.medians(values) for name, values in runs.items()}
            nothing = figures.pop("noise")
            for name, row in figures.items():
                print("%-8s %-10s %12.0f %14.0f" % (kind, name, *(megabytes / s for s in row)), flush=True)
                if name == "qmvc":
                    print("%-8s %-10s %12.0f %14.0f" % (kind, "less", *(
                        megabytes / max(s - n, 1e-3) for s, n in zip(row, nothing))), flush=True)


if __name__ == "__main__":
    main()
