"""Members that one unpacker shows and another does not: each is seen by conditions and scanners.

Every archive here holds evil.exe, whose bytes a scanner knows by nothing but their md5, where some
program that people open attachments with finds it, and something harmless where another one looks."""
import bz2
import gzip
import lzma
import shutil
import struct
import subprocess
import zipfile
import zlib

import pytest

import archives
import mails
from archives import noise, rar4, rar5, tarred, zipped
from conftest import MD5_ONLY
from test_archives import mail_with, same_file_scanner

EVIL = (b"evil.exe", MD5_ONLY)
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
CLEAN_ZIP = zipped(("readme.txt", b"hello\n"))
EVIL_ZIP = zipped(("evil.exe", MD5_ONLY))
CLEAN_TAR = tarred(("readme.txt", b"hello\n"))


def changed(data, at, new):
    return data[:at] + new + data[at + len(new):]


def bad_deflate():
    """The first of two members is no deflate; everybody goes on with the second."""
    packed = zipped(("first.txt", b"hello world " * 50), ("evil.exe", MD5_ONLY))
    return changed(packed, packed.index(b"first.txt") + 9, b"\xff" * 8)


def no_local_header():
    packed = zipped(("first.txt", b"x"), ("second.txt", b"y"), ("evil.exe", MD5_ONLY))
    return changed(packed, packed.index(b"PK\3\4", 4), b"XXXX")


def names(local, central):
    return changed(zipped((local, MD5_ONLY)), zipped((local, MD5_ONLY)).rindex(local.encode()),
                   central.encode())


def method(at, stored):
    """Stored or deflated: the member's own header says this, the directory that."""
    packed = zipped(("evil.exe", MD5_ONLY), method=zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return changed(packed, packed.index(at) + (8 if at == b"PK\3\4" else 10), b"\0" if not stored else b"\x08")


def named_twice():
    """Two entries of the directory for one member."""
    packed = zipped(("safe.txt", MD5_ONLY))
    entry = packed[packed.index(b"PK\1\2"):packed.index(b"PK\5\6")]
    entries = entry + entry.replace(b"safe.txt", b"evil.exe")
    return packed[:packed.index(b"PK\1\2")] + entries + struct.pack(
        "<IHHHHIIH", 0x06054b50, 0, 0, 2, 2, len(entries), packed.index(b"PK\1\2"), 0)


def half_listed():
    packed = zipped(("readme.txt", b"hello"), ("evil.exe", MD5_ONLY))
    at = packed.index(b"PK\1\2")
    entry = packed[at:packed.index(b"PK\1\2", at + 1)]
    return packed[:at] + entry + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 1, 1, len(entry), at, 0)


def old_tar():
    """A block that is no header; tar(1) passes over it."""
    return changed(tarred(("a.txt", b"x"), ("b.txt", b"y"), ("evil.exe", MD5_ONLY)), 1024, noise(512))


def winmail_with_wrong_sum():
    packed = archives.tnef(*EVIL)
    return changed(packed, packed.index(struct.pack("<I", 0x10000)) + 4, b"\x77\x77")


def named_gzip():
    packer = zlib.compressobj(9, 8, -15)
    return (b"\x1f\x8b\x08\x08\0\0\0\0\0\xffevil.exe\0" + packer.compress(MD5_ONLY) + packer.flush() +
            struct.pack("<II", zlib.crc32(MD5_ONLY), len(MD5_ONLY)))


ARCHIVES = {
    "zip, first member damaged": bad_deflate,
    "zip, a member without its header": no_local_header,
    "zip, another name in the directory": lambda: names("safe.txt", "evil.exe"),
    "zip, another name in the header": lambda: names("evil.exe", "safe.txt"),
    "zip, the directory calls it deflated": lambda: method(b"PK\3\4", False),
    "zip, the header calls it deflated": lambda: method(b"PK\1\2", False),
    "zip, a name twice in the directory": named_twice,
    "zip, a member that is not in the directory": half_listed,
    "zip before a zip": lambda: EVIL_ZIP + CLEAN_ZIP,
    "zip behind things like zips": lambda: (b"PK\3\4" + b"x" * 60) * 40 + EVIL_ZIP + bytes(70000),
    "zip behind gzip": lambda: gzip.compress(b"hello", mtime=0) + EVIL_ZIP,
    "zip behind bzip2": lambda: bz2.compress(b"hello") + EVIL_ZIP,
    "zip behind xz": lambda: lzma.compress(b"hello") + EVIL_ZIP,
    "zip behind LZMA": lambda: lzma.compress(b"hello", format=lzma.FORMAT_ALONE) + EVIL_ZIP,
    "zip behind the signature of compress": lambda: b"\x1f\x9d\x90hello" + EVIL_ZIP,
    "zip behind the signature of TNEF": lambda: b"\x78\x9f\x3e\x22" + EVIL_ZIP,
    "zip behind TNEF": lambda: archives.tnef(b"a.txt", b"hello") + EVIL_ZIP,
    "zip behind uuencode": lambda: b"begin 644 a\n`\nend\n" + EVIL_ZIP,
    "zip behind tar": lambda: CLEAN_TAR + EVIL_ZIP,
    "zip behind cabinet": lambda: archives.cab(b"a.txt", b"hello") + EVIL_ZIP,
    "zip behind RAR 4": lambda: rar4((b"a.txt", b"hello")) + EVIL_ZIP,
    "RAR 4 before zip": lambda: rar4(EVIL) + CLEAN_ZIP,
    "RAR 4 behind zip": lambda: CLEAN_ZIP + rar4(EVIL),
    "RAR 4 between a picture and zip": lambda: GIF + rar4(EVIL) + CLEAN_ZIP,
    "RAR 5 before zip": lambda: rar5(EVIL) + CLEAN_ZIP,
    "RAR 5 with a zip in it": lambda: rar5(EVIL, (b"a.zip", CLEAN_ZIP)),
    "RAR, first member damaged": lambda: rar4((b"a.txt", b"hello"), EVIL, damaged=0),
    "LHA before zip": lambda: archives.lha(*EVIL) + CLEAN_ZIP,
    "cabinet behind zip": lambda: CLEAN_ZIP + archives.cab(*EVIL),
    "tar with a broken header": old_tar,
    "tar behind a block of zeros": lambda: CLEAN_TAR[:1024] + bytes(512) + tarred(("evil.exe", MD5_ONLY)),
    "TNEF with a wrong checksum": winmail_with_wrong_sum,
    "gzip with a name": named_gzip,
    "uuencode with a name": lambda: archives.uuencoded(*EVIL),
    "uuencode behind a text": lambda: b"Look:\n\n" + archives.uuencoded(*EVIL),
    "uuencode behind uuencode": lambda: archives.uuencoded(b"a", b"b") + archives.uuencoded(*EVIL),
}


@pytest.fixture
def exact(profile, plugin):
    profile.filters("filename=y;inspect", "virus=y;keep").control("badfilenames", "evil.exe")
    return profile.scanners("%s;P;Exact;" % same_file_scanner(plugin, MD5_ONLY))


@pytest.mark.parametrize("what", ARCHIVES)
def test_is_found(exact, what):
    exact.deliver(mail_with(ARCHIVES[what](), "report.bin"))
    met = exact.last().get("met", "").split(",")
    assert "filename" in met and "virus" in met, exact.last()


def test_each_member_once(exact):
    """Nothing is looked at twice in an archive that is honest."""
    packed = zipped(*[("%d.bin" % i, noise(200, i)) for i in range(40)],
                    ("inner.zip", CLEAN_ZIP), ("inner.rar", rar4((b"a", b"b"))), method=zipfile.ZIP_STORED)
    cut = zipped(("a", noise(100)), ("b.rar", rar4((b"a", b"b"))), method=zipfile.ZIP_STORED)
    cut = cut[:struct.unpack("<I", cut[-6:-2])[0]]
    for archive, members in ((packed, 44), (GIF + packed, 44), (cut, 3),
                             (CLEAN_TAR, 1), (tarred(("a.zip", CLEAN_ZIP), ("b", b"c")), 3),
                             (rar4((b"a.zip", CLEAN_ZIP)), 2), (rar5((b"a.zip", CLEAN_ZIP), (b"b", b"c")), 3),
                             (archives.tnef(b"a.zip", CLEAN_ZIP), 2), (zipped(("empty", b"")), 1),
                             (zipped(), 0), (gzip.compress(b"PK\3\4 is a zip's", 0, mtime=0), 1)):
        exact.deliver(mail_with(archive))
        assert exact.last()["parts"] == str(2 + members), (archive[:40], members)
        assert "met" not in exact.last()


def test_many_places_are_overlimit(exact):
    """Forty archives side by side: nobody looks at all of them, and that is said."""
    exact.deliver(mail_with(b"".join(rar4((b"%d" % i, b"x")) for i in range(20))))
    assert "met" not in exact.last() and exact.last()["parts"] == "22"
    exact.deliver(mail_with(b"".join(rar4((b"%d" % i, b"x")) for i in range(40))))
    assert exact.last()["met"] == "overlimit"


def test_things_like_archives_take_no_time(exact):
    """A program that packs holds signatures; here are millions, and in their midst an archive."""
    exact.control("limits", "seconds=20")
    some = b"MSCF\0\0\0\0" * 1000000
    exact.deliver(mail_with(some + EVIL_ZIP + some))
    assert exact.last()["met"] == "filename,virus"


def test_both_trees_of_an_iso(exact, tmp_path):
    """mkisofs -hide leaves a file out of one tree; Windows shows the other."""
    if not shutil.which("xorriso"):
        pytest.skip("xorriso is not installed (Debian: xorriso)")
    root, image = tmp_path / "root", tmp_path / "a.iso"
    root.mkdir()
    (root / "evil.exe").write_bytes(MD5_ONLY)
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-J", "-r", "-hide", "evil.exe", "-o",
                    str(image), str(root)], check=True, capture_output=True)
    exact.deliver(mail_with(image.read_bytes()))
    assert exact.last()["met"] == "filename,virus"


@pytest.mark.parametrize("headers", [False, True])
def test_rar5_with_a_password(profile, headers):
    profile.filters("encrypted=y;keep")
    assert profile.exit_code(mail_with(rar5(EVIL))) == 0
    assert profile.exit_code(mail_with(rar5((b"a", noise(64)), password=True, headers=headers))) == 99
    assert profile.last()["met"] == "encrypted"


def test_harmless_type_with_an_archive_behind(profile, plugin):
    """Under -n: only a scanner that opens the archive itself finds what is in it."""
    found = plugin("grep -q MSCF -r \"$1\" || exit 0\n"
                   "printf 'infected\\tKnown\\t%s\\n' \"$(ls \"$1\"/* | head -n 1)\"; exit 1")
    profile.filters("virus=y;keep").control("noscantypes", "image/gif", "text/plain")
    profile.scanners("%s;P;Exact;" % found).options = "-n"
    assert profile.exit_code(mails.multipart(mails.part(GIF))) == 0
    assert profile.last()["scan.P"].startswith("skipped")
    assert profile.exit_code(mails.multipart(mails.part(GIF + b"MSCF\0\0\0\0" + bytes(40)))) == 99


def test_a_hole_at_the_end(profile, plugin, tmp_path):
    """A sparse file in a tar is as long as it says."""
    path, packed = tmp_path / "evil.exe", tmp_path / "a.tar"
    with open(path, "wb") as file:
        file.write(MD5_ONLY)
        file.truncate(1 << 20)
    subprocess.run(["tar", "-C", str(tmp_path), "--sparse", "-cf", str(packed), "evil.exe"], check=True)
    if packed.stat().st_size > 1 << 19:
        pytest.skip("this file system makes no holes")
    profile.filters("virus=y;keep")
    profile.scanners("%s;P;Exact;" % same_file_scanner(plugin, path.read_bytes()))
    assert profile.exit_code(mail_with(packed.read_bytes())) == 99


def test_more_large_members_than_descriptors(profile):
    """How many members a mail has is its sender's choice, and no reason to defer it."""
    profile.filters("filename=y;keep").control("badfilenames", "last.exe")
    large = noise(5000) + bytes(1 << 20)
    members = zipped(*[("%d" % i, large) for i in range(80)], ("last.exe", b"x"))
    profile.command = "ulimit -Sn 64; exec " + profile.command
    assert profile.exit_code(mail_with(members)) == 99
    assert profile.last()["met"] == "filename"
