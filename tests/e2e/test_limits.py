"""Each limit of the file `limits` through the real program: one below it, at it, and one above.

What goes beyond one meets `overlimit`, and the record names the limit; below and at it nothing does."""
import gzip
import lzma
import os
import struct
import zlib

import pytest

import archives
import mails

SANITIZED = "ASAN_OPTIONS" in os.environ


def mail_with(*files):
    return mails.multipart(*[mails.part(data, name=b"a.bin") for data in files])


def outcome(profile, mail):
    """The limit that was met, as the record names it, or None."""
    done = profile.deliver(mail)
    met = profile.last().get("met")
    assert (done.command_codes, met) in (([99], "overlimit"), ([0], None)), (done.text, met)
    if not met:
        return None
    (line,) = {l for l in profile.records()[-1].splitlines() if l.startswith("Condition: overlimit")}
    return line


@pytest.fixture
def opened(profile):
    return profile.filters("filename=y;keep").control("badfilenames", "nothing")


def zips(count, size=1):
    """`count` members of `size` bytes."""
    return archives.zipped(*[("%d" % i, b"x" * size) for i in range(count)])


def nested_gzip(depth):
    data = b"x"
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return data


def gz(size, length):
    """A gzip file of `length` bytes that holds `size` blanks; its header's name fills it up."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(size)) + packer.flush()
    name = b"n" * (length - 19 - len(packed)) + b"\0"
    made = (b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + name + packed +
            struct.pack("<II", zlib.crc32(bytes(size)), size))
    assert len(made) == length and gzip.decompress(made) == bytes(size)
    return made


def multiparts(count):
    """A mail of `count` parts, the multipart itself counted."""
    return mails.multipart(*[b"Content-Type: text/plain\n\nx\n"] * (count - 2))


def nested_mail(depth):
    """Multiparts in each other, and a text in the last at `depth`."""
    body = b"Content-Type: text/plain\n\nx\n"
    for level in range(depth):
        edge = b"b%d" % level
        body = (b'Content-Type: multipart/mixed; boundary="' + edge + b'"\n\n--' + edge + b"\n" + body +
                b"\n--" + edge + b"--\n")
    return mails.top() + body


def part_header(size):
    """A part whose header has `size` bytes, the empty line behind it counted."""
    start = b"Content-Type: text/plain\nX-Long: "
    return mails.multipart(start + b"a" * (size - len(start) - 2) + b"\n\nx\n")


MEGA = 1 << 20
CASES = {
    "depth of zips": ("depth=3", lambda n: mail_with(archives.nested(n, "a", b"x")), 3),
    "depth of gzips": ("depth=3", lambda n: mail_with(nested_gzip(n)), 3),
    "depth of parts": ("depth=3", nested_mail, 3),
    "members": ("members=5", lambda n: mail_with(zips(n)), 5),
    "members of a tar": ("members=5", lambda n: mail_with(
        archives.tarred(*[("%d" % i, b"") for i in range(n)])), 5),
    "members of layers": ("members=5", lambda n: mail_with(
        archives.zipped(("a.zip", zips(n - 3)), ("b", b"b"), ("c", b"c"))), 5),
    "members of two": ("members=5", lambda n: mail_with(zips(2), zips(n - 2)), 5),
    "bytes unpacked": ("bytes=10000", lambda n: mail_with(
        archives.zipped(("a", b"a" * 4000), ("b", b"b" * (n - 4000)))), 10000),
    "bytes of a stream": ("bytes=10000", lambda n: mail_with(gzip.compress(b"a" * n, mtime=0)), 10000),
    "bytes of two": ("bytes=10000", lambda n: mail_with(zips(2, 2000), zips(1, n - 4000)), 10000),
    "bytes of a hole": ("bytes=3000000 ratio=1000000", lambda n: mail_with(
        archives.sparse_tar(n)), 3000000),
    "bytes decoded": ("bytes=10000", lambda n: mails.multipart(
        mails.part(b"a" * 4000), mails.part(b"b" * (n - 4000))), 10000),
    "ratio": ("ratio=200", lambda n: mail_with(gz(n, 8192)), 200 * 8192),
    "ratio below a megabyte": ("ratio=1", lambda n: mail_with(gz(n, 4096)), MEGA),
    "ratio of two, each by itself": ("ratio=200", lambda n: mail_with(
        gz(200 * 8192, 8192), gz(n, 8192)), 200 * 8192),
    "parts": ("parts=7", multiparts, 7),
    "header of a part": ("header=1024", part_header, 1024),
}


@pytest.mark.parametrize("case", CASES)
def test_to_the_last(opened, case):
    line, make, limit = CASES[case]
    opened.control("limits", *line.split())
    for size in (limit - 1, limit):
        assert outcome(opened, make(size)) is None, size
    assert line.split()[0] in outcome(opened, make(limit + 1))


def test_seconds(opened, corpus):
    """It goes round for ever; what waits behind it gets its half of the time."""
    opened.control("limits", "seconds=2").control("badfilenames", "*.exe")
    endless = corpus / "archives" / "libarchive" / "test_read_format_xar_doublelink.xar"
    mail = mail_with(endless.read_bytes(), archives.zipped(("evil.exe", b"x")))
    assert opened.deliver(mail).command_codes == [99]
    assert opened.last()["met"] == "filename,overlimit"
    assert "seconds=2" in opened.records()[-1]
    assert opened.deliver(mail_with(archives.zipped(("good", b"x")))).command_codes == [0]


@pytest.mark.skipif(SANITIZED, reason="a sanitizer's build has no bound on its address space")
def test_memory(opened):
    """A dictionary that fits, and one that does not: by the limit, not by what it is filled with."""
    def packed(dictionary):
        return lzma.compress(b"a" * 100, format=lzma.FORMAT_XZ, filters=[
            {"id": lzma.FILTER_LZMA2, "dict_size": dictionary, "preset": 0}])
    for memory, dictionary, fits in ((64, 8, True), (64, 64, False), (512, 64, True), (512, 256, True),
                                     (512, 512, False)):
        opened.control("limits", "memory=%dM" % memory)
        met = outcome(opened, mail_with(packed(dictionary * MEGA)))
        assert (met is None) == fits, (memory, dictionary, met)
