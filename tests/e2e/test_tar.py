"""Tars and gzips as everybody packs them, which qmvc-open reads without libarchive: in each of the two ways
the same comes out, and what is not quite regular is libarchive's to read."""
import gzip
import io
import os
import shutil
import struct
import subprocess
import tarfile
import zlib

import archives
import mails
import pytest
from test_explain import explain

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def entry(name, data=b"", **fields):
    made = tarfile.TarInfo(name)
    made.size = len(data)
    for field, value in fields.items():
        setattr(made, field, value)
    return made, data


def tarred(entries, kind=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for made, data in entries:
            archive.addfile(made, io.BytesIO(data))
    return out.getvalue()


def summed(tar, at=0):
    """With the checksum that the header at that place has to have."""
    block = bytearray(tar[at:at + 512])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return tar[:at] + bytes(block) + tar[at + 512:]


def odd_tar(tar):
    """An owner in base 256 changes nothing of what is in it, but libarchive reads it then."""
    return summed(tar[:108] + b"\x80" + b"\0" * 7 + tar[116:])


def gzipped(content, flags=0, fields=b"", end=b""):
    pack = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\3" + fields + pack.compress(content) + pack.flush() +
            (end or struct.pack("<II", zlib.crc32(content), len(content))))


def odd_gzip(data):
    """So does an extra field without anything in it."""
    return data[:3] + bytes([data[3] | 4]) + data[4:10] + b"\0\0" + data[10:]


@pytest.fixture
def opened(profile):
    profile.filters("filename=y;keep", "mimetype=y;keep")
    profile.control("badfilenames", "nothing").control("badmimetypes", "nothing/at-all")

    def look(data, name=b"a.bin"):
        """What is wrong with the container, and what was found in it."""
        parts = explain(profile, mails.multipart(mails.part(data, name=name)))["parts"]
        container = next(p for p in parts if name.decode() in p["names"])
        return container["remarks"], [
            (p["parent"], p["names"], p["size"], p["type"], p["description"], p["remarks"])
            for p in parts if p["origin"] == "member"]

    look.profile = profile
    return look


TARS = {
    "names": [entry("a.txt", b"hello\n"), entry("/abs/../up.exe", b"x"), entry("a.txt", b"again"),
              entry("back\\slash", b"x"), entry("new\nline", b"x"), entry("empty"), entry("d" * 90 + "/" + "f" * 100)],
    "long": [entry("n" * 100, b"x"), entry("dir/" * 60 + "deep.exe", b"MZ"), entry("x" * 1500 + ".exe", b"x"),
             entry("far", type=tarfile.SYMTYPE, linkname="y" * 150)],
    "sizes": [entry("s%d" % size, archives.noise(size)) for size in (1, 511, 512, 513, 1024, 70000)],
    "kinds": [entry("dir/", type=tarfile.DIRTYPE), entry("to", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
              entry("hard", type=tarfile.LNKTYPE, linkname="a.txt"),
              entry("pipe", type=tarfile.FIFOTYPE), entry("dev", type=tarfile.CHRTYPE, devmajor=4, devminor=1)],
    "other names": [entry("gr\xfc\xdfe.txt", b"1"), entry("\u65e5\u672c.exe", b"2"), entry("e\u0301.txt", b"3"),
                    entry("\U0001f600.txt", b"4"), entry(b"latin\xe4.txt".decode("utf-8", "surrogateescape"), b"5")],
    "archives": [entry("b.zip", archives.zipped(("in.txt", b"zip"))), entry("b.tar", archives.tarred(("in", b"tar"))),
                 entry("b.gz", gzipped(b"gzip", 8, b"in.exe\0"))],
}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_by_either_reader(opened, kind):
    for what, entries in TARS.items():
        try:
            tar = tarred(entries, FORMATS[kind])
        except ValueError:
            assert kind == "ustar" and what == "long"
            continue
        ours, theirs = opened(tar), opened(odd_tar(tar))
        assert ours == theirs and len(ours[1]) >= len(entries), what


def test_tar_by_other_packers(opened, tmp_path):
    (tmp_path / "t").mkdir()
    for name, data in ((b"a.exe", b"MZ"), (b"n" * 120, b"x" * 512), (b"l\xe4", b"y"), ("\u65e5".encode(), b"z")):
        (tmp_path / "t" / os.fsdecode(name)).write_bytes(data)
    (tmp_path / "t" / "link").symlink_to("a.exe")
    packers = [["tar", "--format=" + kind] for kind in ("v7", "oldgnu", "gnu", "ustar", "posix")]
    if shutil.which("bsdtar"):
        packers += [["bsdtar", "--format=" + kind] for kind in ("v7", "ustar", "pax", "gnutar")]
    for packer in packers:
        tar = subprocess.run([*packer, "-cf", "-", "t"], cwd=tmp_path, capture_output=True, check=False).stdout
        ours, theirs = opened(tar), opened(odd_tar(tar))
        assert ours == theirs and len(ours[1]) >= 4, packer


def test_what_is_not_regular_is_read_as_before(opened):
    """Each with what a reader shows that goes on, and is called damaged where one would."""
    tar = tarred([entry("a.txt", b"hello"), entry("last.exe", b"MZ")])
    wrong = tar[:1024 + 148] + b"1234567\0" + tar[1024 + 156:]
    sparse = summed(tar[:386] + b"00000000000\0" + b"00000000005\0" + tar[410:483] + b"00000000005\0" + tar[495:])
    sparse = summed(sparse[:156] + b"S" + sparse[157:])
    for data, remarks, names in (
            (tar[:2048], [], ["a.txt", "last.exe"]),
            (tar[:2048] + b"\0" * 512, [], ["a.txt", "last.exe"]),
            (tar[:2048] + b"\0" * 1024 + tarred([entry("behind.exe", b"MZ")]), [], ["a.txt", "last.exe", "behind.exe"]),
            (tar[:2048] + b"\0" * 1024 + archives.zipped(("z.exe", b"MZ")), ["damaged"], ["a.txt", "last.exe", "z.exe"]),
            (wrong, ["damaged"], ["a.txt"]),
            (tar[:1600], ["damaged"], ["a.txt", "last.exe"]),
            (tar[:1500], ["damaged"], ["a.txt"]),
            (sparse, [], ["a.txt", "last.exe"])):
        got, members = opened(data)
        assert (got, [m[1][0] for m in members]) == (remarks, names), names


def test_gzip_by_either_reader(opened):
    text = b"".join(b"%d\n" % (i * i) for i in range(20000))
    for flags, fields in ((0, b""), (1, b""), (8, b"name.exe\0"), (8, b"data\0"), (8, b"\0"), (8, b"l\xe4.txt\0"),
                          (8, "\u65e5\u672c.exe\0".encode()), (8, b"n" * 3000 + b".exe\0")):
        data = gzipped(text, flags, fields)
        ours = opened(data, b"invoice.exe.gz")
        assert ours == opened(odd_gzip(data), b"invoice.exe.gz") and ours[1], fields
    for content in (b"x", archives.noise(70000), archives.zipped(("a.exe", b"MZ")), b"a" * 65536, tarred(TARS["kinds"])):
        data = gzipped(content)
        ours = opened(data, b"a.tgz")
        assert ours == opened(odd_gzip(data), b"a.tgz") and ours[1], content[:9]


def test_gzip_that_is_not_what_it_says(opened):
    """A helper that has the libraries takes the place of the one that found out, and finds what it found before."""
    text = b"".join(b"%d\n" % (i * i) for i in range(20000))
    plain = gzipped(text, 8, b"n.txt\0")
    more = gzipped(b"second", 8, b"two.txt\0")
    big = archives.noise(20000) * 210
    for data, remarks, sizes in (
            (plain, [], [len(text)]),
            (plain + more, [], [len(text) + 6]),
            (plain + b"junk", [], [len(text)]),
            (plain + b"\0" * 50 + more, [], [len(text), 6]),
            (plain + archives.zipped(("z.exe", b"MZ")), [], [len(text), 2]),
            (plain[:-8] + archives.zipped(("z.exe", b"MZ")) + plain[-8:], [], [len(text), 2]),
            (gzipped(text, end=b"abcd" + struct.pack("<I", len(text))), [], [len(text)]),
            (gzipped(text, end=struct.pack("<II", zlib.crc32(text), 17)), [], [len(text)]),
            (plain[:-1], ["damaged"], [131072]), (plain[:9000], ["damaged"], None),
            (plain[:5000] + b"\xff" * 100 + plain[5100:], ["damaged"], None),
            (gzip.compress(b""), ["damaged"], []), (gzip.compress(big), [], [len(big)])):
        got, members = opened(data)
        assert got == remarks, (data[-8:], got)
        assert sizes is None or [m[2] for m in members] == sizes, [m[:3] for m in members]


def test_limits_are_the_same(opened):
    content = tarred([entry("f%d" % i, b"x" * 1000) for i in range(8)])
    for limits in ("members=3", "bytes=2500", "members=8", "bytes=8000", "bytes=7999"):
        opened.profile.control("limits", limits)
        assert opened(content) == opened(odd_tar(content)), limits
        packed = gzipped(content)
        assert opened(packed) == opened(odd_gzip(packed)), limits
