"""The scan floor against real engines: clamd, clamscan, libclamav, each with signatures of its own.

What is checked is what a mistake would cost most: that each way of giving an object to an engine finds
what the others find, and that what an engine did not look into is never called clean."""
import os
import shutil
import socket
import stat
import subprocess
import zipfile

import pytest

import mails
from conftest import BUILD, LIBEXEC, MD5_ONLY, SOURCE, Clamd

TOOL = BUILD / "tests" / "tools" / "scan_tool"
PLUGINS = SOURCE / "scanners"
ENGINES = ["clamd-unix", "clamd-tcp", "clamscan", "clamdscan", "libclamav"]


@pytest.fixture(scope="module")
def small_clamd(tmp_path_factory):
    """A clamd that takes only short streams and small files."""
    server = Clamd(tmp_path_factory.mktemp("small"), StreamMaxLength="100K",
                   MaxFileSize="200K").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def careless_clamd(tmp_path_factory):
    """A clamd as it comes: what it did not look into is OK."""
    server = Clamd(tmp_path_factory.mktemp("careless"), AlertExceedsMax="no",
                   AlertEncrypted="no").start()
    yield server
    server.stop()


class Bench:
    def __init__(self, tmp_path, clamd, signatures):
        self.path, self.clamd, self.signatures = tmp_path, clamd, signatures
        self.state = tmp_path / "state"
        self.state.mkdir()
        self.count = 0

    def line(self, engine):
        if engine == "clamd-unix":
            return "clamd:%s;C;ClamAV daemon;;" % self.clamd.socket
        if engine == "clamd-tcp":
            return "clamd:127.0.0.1:%d;T;ClamAV daemon;;" % self.clamd.port
        if engine == "libclamav":
            return "libclamav:%s;L;ClamAV built in;;resident=0" % self.signatures
        option = "--database=%s" % self.signatures
        if engine == "clamdscan":
            option = "--config-file=%s/clamd.conf" % self.clamd.directory
        wrapper = self.path / (engine + "-here")
        wrapper.write_text('#!/bin/sh\nexec %s/av_%s "$1" %s\n' % (PLUGINS, engine, option))
        wrapper.chmod(0o755)
        return "%s;P;%s;;" % (wrapper, engine)

    def file(self, data, name=None):
        self.count += 1
        path = self.path / (name or "file%d" % self.count)
        path.write_bytes(data)
        return path

    def tool(self, lines, *files, options=()):
        scanners = self.path / "scanners"
        scanners.write_text("".join(line + "\n" for line in lines))
        run = subprocess.run([TOOL, *options, scanners, LIBEXEC, PLUGINS, self.state, *files],
                             capture_output=True, text=True, timeout=120)
        print(run.stdout, run.stderr)
        assert run.stderr == ""
        assert options or [p for p in self.state.rglob("*") if "scanner." not in p.name] == []
        return run

    def scan(self, engines, *contents, options=()):
        """Scans; the words of each scanner's line, before the text."""
        lines = [self.line(e) if e in ENGINES else e for e in engines]
        files = [c if hasattr(c, "open") else self.file(c) for c in contents]
        out = self.tool(lines, *files, options=options).stdout.splitlines()
        assert len(out) == len(lines)
        return [line.partition(" : ")[0].split()[1:] for line in out]


@pytest.fixture
def bench(tmp_path, clamd, signatures):
    return Bench(tmp_path, clamd, signatures)


def encrypted_zip(path):
    """A zip whose member says that it is encrypted (bit 0 of the flags, both headers)."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("secret.txt", os.urandom(200))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_clean(bench, engine):
    assert bench.scan([engine], b"a mail\n", b"a part\n", b"") == [["clean", "answered"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_infected(bench, engine):
    found = bench.scan([engine], b"a mail\n", mails.EICAR, b"clean\n", MD5_ONLY)[0]
    assert found[:2] == ["infected", "answered"]
    assert set(found[2:]) == {"Eicar-Test-Signature.UNOFFICIAL@1", "Md5-Test-Signature.UNOFFICIAL@3"}


@pytest.mark.parametrize("engine", ENGINES)
def test_many_and_large(bench, engine):
    parts = [os.urandom(3000 * i + 7) for i in range(1, 40)] + [os.urandom(5 << 20)]
    assert bench.scan([engine], b"mail\n", *parts)[0] == ["clean", "answered"]
    parts[20] = MD5_ONLY
    assert bench.scan([engine], b"mail\n", *parts)[0][2:] == ["Md5-Test-Signature.UNOFFICIAL@21"]


@pytest.mark.parametrize("engine", ENGINES)
def test_kinds_of_content(bench, engine, tmp_path):
    """Archives, mail, documents: libclamav's parsers run, in the sandbox too, and find what is inside."""
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("eicar.com", mails.EICAR)
        z.writestr("more.txt", b"x" * 100000)
    tar = tmp_path / "a.tar.gz"
    (tmp_path / "eicar.com").write_bytes(mails.EICAR)
    subprocess.run(["tar", "-C", tmp_path, "-czf", tar, "eicar.com"], check=True)
    xz = tmp_path / "a.xz"
    xz.write_bytes(subprocess.run(["xz", "-c"], input=mails.EICAR, capture_output=True,
                                  check=True).stdout)
    mail = mails.multipart(mails.part(mails.EICAR))
    for content in (archive.read_bytes(), tar.read_bytes(), xz.read_bytes(), mail):
        found = bench.scan([engine], b"mail\n", content)[0]
        assert found[2:] == ["Eicar-Test-Signature.UNOFFICIAL@1"]
    pdf = b"%PDF-1.4\n1 0 obj\n<</Length 5>>\nstream\nhello\nendstream\nendobj\n%%EOF\n"
    html = b"<html><script>document.write(1)</script><img src='data:image/png;base64,iVBORw0'></html>"
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    rtf = b"{\\rtf1\\ansi hello}"
    exe = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(400)
    elf = open("/bin/true", "rb").read()
    rar = b"Rar!\x1a\7\0\xcf\x90s\0\0\r\0\0\0\0\0\0\0" + bytes(50)
    sevenzip = b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100)
    for content in (pdf, html, png, ole, rtf, exe, elf, rar, sevenzip):
        found = bench.scan([engine], b"mail\n", content)[0]
        assert found[0] in ("clean", "limit"), content[:8]


@pytest.mark.parametrize("engine", ENGINES)
def test_encrypted(bench, engine, tmp_path):
    found = bench.scan([engine], b"mail\n", encrypted_zip(tmp_path / "e.zip"))[0]
    assert found == ["encrypted", "answered", "encrypted"]


@pytest.mark.parametrize("engine", ["clamd-unix", "clamd-tcp"])
def test_limits_of_clamd(bench, small_clamd, engine):
    """Over MaxFileSize by descriptor, over StreamMaxLength by stream: a limit, and the rest is scanned."""
    bench.clamd = small_clamd
    large = os.urandom(250000)
    assert bench.scan([engine], b"mail\n", large)[0] == ["limit", "answered", "limit"]
    assert bench.scan([engine], b"mail\n", large, large, b"small\n", large)[0] == \
        ["limit", "answered", "limit"]
    found = bench.scan([engine], large, b"small\n", large, mails.EICAR)[0]
    assert found == ["infected", "answered", "limit", "Eicar-Test-Signature.UNOFFICIAL@3"]
    assert bench.scan([engine], large)[0][0] == "limit"


def test_libclamav_limit(bench):
    """Over the engine's own MaxFileSize of 100M: a sparse file, so that nothing is written or read."""
    path = bench.file(b"")
    with open(path, "r+b") as f:
        f.truncate(101 << 20)
    assert bench.scan(["libclamav"], b"mail\n", path)[0] == ["limit", "answered", "limit"]


def test_all_at_once(bench):
    found = bench.scan([e for e in ENGINES if e != "clamdscan"], b"mail\n", MD5_ONLY)
    assert [f[2:] for f in found] == [["Md5-Test-Signature.UNOFFICIAL@1"]] * 4


def test_quitasap(bench):
    """Whoever finds it first, the others are ended or have found it too; none says anything else."""
    found = bench.scan(["clamscan", "clamd-unix", "libclamav"], b"mail\n", mails.EICAR,
                       options=["-q"])
    verdicts = [answer[0] for answer in found]
    assert "infected" in verdicts and set(verdicts) <= {"cancelled", "infected"}, found


def test_nobody_there(bench, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for line in ("clamd:%s/none;C;c;;" % tmp_path, "clamd:127.0.0.1:1;C;c;;",
                 "libclamav:%s;L;l;;resident=0" % empty,
                 "libclamav:%s/none;L;l;;resident=0" % tmp_path):
        assert bench.scan([line], b"mail\n")[0] == ["error"]
        for state in bench.state.glob("scanner.*"):
            state.unlink()


def test_second_address(bench):
    line = "clamd:%s/none,%s;C;c;;" % (bench.path, bench.clamd.socket)
    assert bench.scan([line], b"mail\n", mails.EICAR)[0][0] == "infected"


def test_no_signatures_for_clamscan(bench, tmp_path):
    bench.signatures = tmp_path / "nowhere"
    assert bench.scan(["clamscan"], b"mail\n")[0][0] == "error"


def test_check(bench, careless_clamd):
    run = bench.tool([bench.line("clamd-unix"), bench.line("clamd-tcp"), bench.line("libclamav"),
                      bench.line("clamscan")], options=["-t"])
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert len(lines) == 4 and all(line.startswith("ok ") for line in lines)
    assert "ClamAV 1." in lines[0] and "ClamAV 1." in lines[2]
    bench.clamd = careless_clamd
    run = bench.tool([bench.line("clamd-unix")], options=["-t"])
    assert run.returncode == 0
    assert "AlertEncrypted yes" in run.stdout and "AlertExceedsMax yes" in run.stdout


def test_check_finds_faults(bench, tmp_path):
    run = bench.tool(["clamd:%s/none;C;c;;" % tmp_path, "libclamav:%s/none;L;l;;resident=0" % tmp_path,
                      "nosuch;N;n;;"], options=["-t"])
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    assert len(lines) == 3 and all(line.startswith("error ") for line in lines)
    assert "no signatures" in lines[1] and "av_nosuch" in lines[2]


def av_clamscan(bench, directory, *options):
    run = subprocess.run([PLUGINS / "av_clamscan", directory, *options], capture_output=True,
                         text=True, env={"PATH": "/usr/bin:/bin", "TMPDIR": str(bench.state)})
    assert list(bench.state.iterdir()) == []
    return run.returncode, run.stdout


def test_av_clamscan_traps(bench, tmp_path):
    """Every way of clamscan's to exit with 0 without having looked."""
    database = "--database=%s" % bench.signatures
    tree = tmp_path / "files"
    tree.mkdir()
    assert av_clamscan(bench, tree, database)[0] == 2          # nothing there
    (tree / "0000").write_bytes(b"mail\n")
    assert av_clamscan(bench, tree, database) == (0, "")
    (tree / "0001").symlink_to("0000")                         # not followed
    assert av_clamscan(bench, tree, database)[0] == 2
    (tree / "0001").unlink()
    os.mkfifo(tree / "0001")                                   # not a word about it
    assert av_clamscan(bench, tree, database)[0] == 2
    (tree / "0001").unlink()
    (tree / "0001").write_bytes(os.urandom(300000))
    code, out = av_clamscan(bench, tree, database, "--max-filesize=100K")
    assert code == 1 and out.startswith("limit\tHeuristics.Limits.Exceeded.MaxFileSize\t")
    assert av_clamscan(bench, tree, database, "--no-such-option")[0] == 2
    code, out = av_clamscan(bench, tree, "--database=%s/none" % tmp_path)
    assert code == 2 and out.startswith("error\t")


def test_av_clamdscan_traps(bench, tmp_path, careless_clamd, small_clamd):
    """Every way of clamdscan's to exit with 0 without having looked."""
    tree = tmp_path / "files"
    tree.mkdir()

    def scan(server, *options, kind="av_", arguments=(tree,)):
        run = subprocess.run(
            [PLUGINS / (kind + "clamdscan"), *arguments,
             "--config-file=%s/clamd.conf" % server.directory, *options],
            capture_output=True, text=True, timeout=60,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(bench.state)})
        print(run)
        assert list(bench.state.iterdir()) == []
        return run.returncode, run.stdout

    assert scan(bench.clamd)[0] == 2                           # nothing there
    (tree / "0000").write_bytes(b"mail\n")
    assert scan(bench.clamd) == (0, "")
    (tree / "0001").write_bytes(os.urandom(300000))
    code, out = scan(small_clamd)
    assert code == 1 and out.startswith("limit\tHeuristics.Limits.Exceeded.MaxFileSize\t")
    (tree / "0002").write_bytes(mails.EICAR)
    code, out = scan(bench.clamd)
    assert (code, out) == (1, "infected\tEicar-Test-Signature.UNOFFICIAL\t%s/0002\n" % tree)
    excluding = Clamd(tmp_path / "excluding", ExcludePath=str(tree))
    try:
        code, out = scan(excluding.start())
        assert code == 2 and "Excluded" in out                 # "OK" all the same
    finally:
        excluding.stop()
    code, out = scan(excluding)                                # and now it is down
    assert code == 2 and "infected" not in out
    code, out = scan(excluding, kind="check_", arguments=())
    assert code == 1 and out.startswith("error\t")
    code, out = scan(bench.clamd, kind="check_", arguments=())
    assert code == 0 and out.startswith("engine\tClamAV ") and "warning" not in out
    code, out = scan(careless_clamd, kind="check_", arguments=())
    assert code == 0
    assert "warning\tencrypted" in out and "warning\ttoo large" in out


def test_a_mail_larger_than_maxsize_whose_parts_are_not(profile, clamd):
    """Three photographs in one mail are no reason to hold it back; a part of our own blindness is."""
    profile.filters("virus=y;block")
    profile.scanners("clamd:%s;C;ClamAV;;maxsize=1M,timeout=30" % clamd.socket)
    photos = [mails.part(bytes([i]) * 700000, name=b"photo%d.bin" % i) for i in range(3)]
    assert profile.deliver(mails.multipart(*photos)).command_codes == [0]
    assert profile.last()["scan.C"].startswith("clean:")
    assert profile.deliver(mails.multipart(*photos, mails.part(mails.EICAR))).command_codes == [99]
    hidden = mails.multipart(*photos) + b"--y\n" + mails.part(mails.EICAR)
    assert profile.deliver(hidden).command_codes == [99]
    assert profile.last()["decided"] == "overlimit"
    large = mails.part(b"x" * 1100000)
    assert profile.deliver(mails.multipart(large)).command_codes == [99]
    assert profile.last()["decided"] == "overlimit"
