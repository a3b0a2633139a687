"""What is inside archives is seen by conditions and scanners; what cannot be opened is told apart."""
import gzip
import hashlib
import pathlib
import struct
import time

import pytest

import archives
import mails
from conftest import MD5_ONLY, Clamd


@pytest.fixture(scope="module")
def blind_clamd(tmp_path_factory):
    """One that opens nothing itself: what it finds was unpacked for it."""
    server = Clamd(tmp_path_factory.mktemp("blind"), ScanArchive="no", ScanMail="no", ScanOLE2="no",
                   ScanPDF="no", ScanHTML="no", ScanPE="no").start()
    yield server
    server.stop()


def mail_with(data, name="a.bin"):
    return mails.multipart(mails.part(data, name=name.encode()))


def same_file_scanner(plugin, payload):
    """Knows one file, by the md5 of all of it."""
    return plugin("for file in \"$1\"/*; do\n"
                  "\tif [ \"$(md5sum <\"$file\" | cut -c 1-32)\" = %s ]; then\n"
                  "\t\tprintf 'infected\\tExact\\t%%s\\n' \"$file\"; exit 1\n"
                  "\tfi\ndone\nexit 0" % hashlib.md5(payload).hexdigest())


def test_scanners_see_members(profile, tmp_path, clamd, blind_clamd, plugin):
    profile.filters("virus=y;keep")
    for payload in (mails.EICAR, MD5_ONLY):
        known = same_file_scanner(plugin, payload)
        for name, archive in archives.kinds(tmp_path, payload).items():
            if archive is None:
                continue
            for scanner in ("clamd:%s;C;ClamAV;" % clamd.socket,
                            "clamd:%s;B;Blind ClamAV;" % blind_clamd.socket, "%s;P;Exact;" % known):
                profile.scanners(scanner)
                code, last = profile.exit_code(mail_with(archive, name)), profile.last()
                assert (code, last.get("met")) == (99, "virus"), (name, scanner, last)


def test_conditions_see_members(profile, tmp_path):
    macro = archives.zipped(("[Content_Types].xml", b"<Types/>"), ("word/vbaProject.bin", b"\1\2"))
    text = archives.zipped(("letter.txt", b"The secret\nword is swordfish.\n"))
    elf = pathlib.Path("/bin/true").read_bytes()
    for line, name, rule, archive in (
            ("filename=y;keep", "badfilenames", "vbaproject.bin", macro),
            ("filename=y;keep", "badfilenames", "*.exe", archives.nested(4, "x/evil.exe", b"x")),
            ("filename=y;keep", "badfilenames", "*.exe", gzip.compress(b"x", mtime=0)),
            ("bodytext=y;keep", "badbodytexts", "swordfish", text),
            ("mimetype=y;keep", "badmimetypes", "ELF", archives.zipped(("a", elf))),
            ("loadertype=y;keep", "badloadertypes", "import:libc.so.6", archives.tarred(("a", elf)))):
        profile.filters(line)
        profile.control(name, rule)
        code = profile.exit_code(mail_with(archive, "setup.exe.gz" if archive[:2] == b"\x1f\x8b" else "a.bin"))
        assert (code, profile.last().get("met")) == (99, line.split("=")[0]), (line, rule)


def test_label_names_the_way(profile):
    profile.filters("mimetype=y;keep")
    profile.control("badmimetypes", "text/x-shellscript")
    inner = archives.zipped(("deep/run.sh", b"#!/bin/sh\necho\n"))
    profile.deliver(mail_with(archives.zipped(("inner.zip", inner)), "a.zip"))
    assert profile.last()["parts"] == "4"
    assert profile.last()["met"] == "mimetype"


@pytest.mark.parametrize("options", [("zip", "-psecret", "-mem=ZipCrypto"),
                                     ("zip", "-psecret", "-mem=AES256"),
                                     ("7z", "-psecret"), ("7z", "-psecret", "-mhe=on")])
def test_encrypted(profile, tmp_path, options):
    archive = archives.by_7z(tmp_path, options[0], "a.txt", b"hello " * 50, *options[1:])
    if archive is None:
        pytest.skip("7z is not installed (Debian: p7zip-full)")
    profile.filters("encrypted=y;keep")
    assert profile.exit_code(mail_with(archive)) == 99
    assert profile.last()["met"] == "encrypted"
    assert "encrypted" in profile.records()[-1]
    open_one = archives.by_7z(tmp_path, options[0], "a.txt", b"hello " * 50)
    assert profile.exit_code(mail_with(open_one)) == 0


def test_other_parts_are_seen_beside_a_bomb(profile, blind_clamd):
    """The one that meets a limit does not hide the one behind it."""
    profile.filters("virus=y;keep", "mimetype=y;inspect")
    profile.control("badmimetypes", "text/x-shellscript").control("limits", "seconds=20")
    profile.scanners("clamd:%s;C;ClamAV;" % blind_clamd.socket)
    bomb = archives.zipped(("a", gzip.compress(bytes(1 << 26), mtime=0)))
    profile.deliver(mails.multipart(mails.part(bomb, name=b"bomb.zip"),
                                    mails.part(archives.zipped(("evil", mails.EICAR)), name=b"b.zip"),
                                    mails.part(b"#!/bin/sh\n", name=b"run")))
    assert profile.last()["met"] == "mimetype,overlimit,virus"


def test_damaged_is_taken_as_far_as_it_goes(profile, blind_clamd):
    profile.filters("virus=y;keep").scanners("clamd:%s;C;ClamAV;" % blind_clamd.socket)
    packed = bytearray(archives.zipped(("a", MD5_ONLY)))
    crc = struct.pack("<I", 0xdeadbeef)
    packed[14:18] = crc
    at = packed.index(b"PK\1\2")
    packed[at + 16:at + 20] = crc
    assert profile.exit_code(mail_with(bytes(packed))) == 99
    wrong = gzip.compress(MD5_ONLY, mtime=0)
    assert profile.exit_code(mail_with(wrong[:-8] + b"\0" * 8)) == 99
    assert profile.exit_code(mail_with(gzip.compress(b"a", mtime=0) + wrong)) in (0, 99)
    behind = gzip.compress(b"hello", mtime=0) + b"junkjunk" + wrong
    assert profile.exit_code(mail_with(behind)) == 99
    assert profile.exit_code(mail_with(archives.zipped(("a", b"x" * 5000))[:-700 // 2])) == 0


def test_ten_thousand_members(profile):
    profile.filters("filename=y;keep").control("badfilenames", "last.exe")
    many = archives.zipped(*[("dir/%d.txt" % i, b"%d" % i) for i in range(9999)], ("last.exe", b"x"))
    started = time.monotonic()
    assert profile.exit_code(mail_with(many)) == 99
    assert time.monotonic() - started < 60
    assert profile.last()["met"] == "filename"
    assert profile.last()["parts"] == "10002"
