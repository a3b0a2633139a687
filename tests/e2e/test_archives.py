"""What is inside archives is seen by conditions and scanners; what cannot be opened is told apart."""
import gzip
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import time

import pytest

import archives
import mails
from conftest import CORPUS, MD5_ONLY, Clamd

MKBOMBS = CORPUS.parent / "mkbombs.py"
ROOM_FOR_SANITIZER = 4 if os.environ.get("ASAN_OPTIONS") else 1


@pytest.fixture(scope="module")
def blind_clamd(tmp_path_factory):
    """One that opens nothing itself: what it finds was unpacked for it."""
    server = Clamd(tmp_path_factory.mktemp("blind"), ScanArchive="no", ScanMail="no", ScanOLE2="no",
                   ScanPDF="no", ScanHTML="no", ScanPE="no").start()
    yield server
    server.stop()


def mail_with(data, name="a.bin"):
    return mails.multipart(mails.part(data, name=name.encode()))


def exit_code(profile, mail, timeout=60):
    """qmvc's; 111 when the mail was deferred."""
    done = profile.deliver(mail, timeout=timeout)
    return done.code or int(profile.last()["exit"])


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
                code, last = exit_code(profile, mail_with(archive, name)), profile.last()
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
        code = exit_code(profile, mail_with(archive, "setup.exe.gz" if archive[:2] == b"\x1f\x8b" else "a.bin"))
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
    assert exit_code(profile, mail_with(archive)) == 99
    assert profile.last()["met"] == "encrypted"
    assert "encrypted" in profile.records()[-1]
    open_one = archives.by_7z(tmp_path, options[0], "a.txt", b"hello " * 50)
    assert exit_code(profile, mail_with(open_one)) == 0


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
    assert exit_code(profile, mail_with(bytes(packed))) == 99
    wrong = gzip.compress(MD5_ONLY, mtime=0)
    assert exit_code(profile, mail_with(wrong[:-8] + b"\0" * 8)) == 99
    assert exit_code(profile, mail_with(gzip.compress(b"a", mtime=0) + wrong)) in (0, 99)
    behind = gzip.compress(b"hello", mtime=0) + b"junkjunk" + wrong
    assert exit_code(profile, mail_with(behind)) == 99
    assert exit_code(profile, mail_with(archives.zipped(("a", b"x" * 5000))[:-700 // 2])) == 0


def test_ten_thousand_members(profile):
    profile.filters("filename=y;keep").control("badfilenames", "last.exe")
    many = archives.zipped(*[("dir/%d.txt" % i, b"%d" % i) for i in range(9999)], ("last.exe", b"x"))
    started = time.monotonic()
    assert exit_code(profile, mail_with(many)) == 99
    assert time.monotonic() - started < 60
    assert profile.last()["met"] == "filename"
    assert profile.last()["parts"] == "10002"


@pytest.fixture(scope="session")
def bombs(tmp_path_factory):
    if not MKBOMBS.exists():
        pytest.skip("no %s" % MKBOMBS)
    out = tmp_path_factory.mktemp("bombs")
    tools = tmp_path_factory.mktemp("tools")
    if pathlib.Path("/usr/bin/7z").exists():
        (tools / "7zz").symlink_to("/usr/bin/7z")
    subprocess.run(["/usr/bin/python3", str(MKBOMBS), str(out), str(tools)], check=True, timeout=600,
                   capture_output=True)
    return out, json.loads((out / "index.json").read_text())


# What mkbombs.py expects and is not so, and why.
DIFFERENT = {
    "nest300.zip": ("overlimit", "limits.depth"),
    "nest60.gz": ("overlimit", "limits.depth"),
    "mtree-contents.mtree": (None, "mtree is not read at all"),
    # Found where it stands, but the test's signature asks for EICAR at the beginning of a file.
    "nul-then-eicar.gz": ("", "the content is an object: NULs and EICAR"),
    "gz-second-member.gz": ("", "the content is an object: both members, as gunzip gives them"),
    "a.wim": ("", "no library here reads it"),
}
if os.environ.get("ASAN_OPTIONS"):
    # A sanitizer's build has no bound on its address space: the dictionary is had, and never filled.
    DIFFERENT["xz-dict.xz"] = (None, "RLIMIT_AS is off in a sanitizer build")


def outcome_is_right(expect, met):
    if "FOUND" in expect and "virus" in met:
        return True
    if "limit" in expect and "overlimit" in met:
        return True
    if "encrypted" in expect and "encrypted" in met:
        return True
    return not re.search("FOUND|limit|encrypted", expect)


def test_bombs(profile, bombs, clamd):
    """A bomb has no virus in it, and what clamd makes of sixty thousand members is not our time."""
    ours = ["encrypted=y;keep", "overlimit=y;keep", "filename=y;inspect"]
    profile.control("badfilenames", "evil.exe").scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    directory, index = bombs
    before = set(pathlib.Path("/tmp").glob("qmvc-escape*"))
    wrong, table = [], []
    for entry in index:
        if not entry["size"]:
            continue
        profile.filters(*ours, *(["virus=y;keep"] if entry["kind"] != "bomb" else []))
        started = time.monotonic()
        code = exit_code(profile, mail_with((directory / entry["id"]).read_bytes(), entry["id"]), 300)
        seconds = time.monotonic() - started
        met = profile.last().get("met", "") if code != 111 else "111"
        table.append("%-24s %-28s %-32s %.2f s" % (entry["id"], entry["expect"][:28], met, seconds))
        assert profile.leftovers() == [], entry["id"]
        want = DIFFERENT.get(entry["id"])
        right = outcome_is_right(entry["expect"], met) if not want else (not want[0] or want[0] in met)
        if code == 111 or not right or seconds > 60 * ROOM_FOR_SANITIZER:
            wrong.append(table[-1])
    print("\n".join(table))
    assert set(pathlib.Path("/tmp").glob("qmvc-escape*")) == before
    assert wrong == [], "\n".join(wrong)
