"""Archives for the tests, made on the spot; formats nobody packs any more are put together here."""
import binascii
import bz2
import gzip
import io
import lzma
import random
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib


def noise(count, seed=1):
    """Bytes that do not pack."""
    return random.Random(seed).randbytes(count)


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def tarred(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xa001 if crc & 1 else crc >> 1
    return crc


def lha(name, data):
    head = (b"-lh0-" + struct.pack("<IIIBBB", len(data), len(data), 0x5a210000, 0x20, 0, len(name)) +
            name + struct.pack("<H", crc16(data)))
    return bytes([len(head), sum(head) & 255]) + head + data + b"\0"


def rar4(*members, damaged=None):
    """Member number `damaged` with a wrong checksum."""
    def block(kind, flags, body, behind=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xffff) + head + behind

    out = b"Rar!\x1a\7\0" + block(0x73, 0, b"\0" * 6)
    for number, (name, data) in enumerate(members):
        entry = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data) ^ (number == damaged),
                            0x5a210000, 20, 0x30, len(name), 0o100644) + name
        out += block(0x74, 0x8000, entry, data)
    return out + block(0x7b, 0x4000, b"")


def rar5(*members, password=False, headers=False):
    """With a password on the members, or on the headers too."""
    def number(value):
        out = b""
        while value >= 128:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def block(kind, body, extra=b"", data=b""):
        head = (number(kind) + number((1 if extra else 0) | (2 if data else 0)) +
                (number(len(extra)) if extra else b"") + (number(len(data)) if data else b"") + body + extra)
        head = number(len(head)) + head
        return struct.pack("<I", zlib.crc32(head)) + head + data

    crypt = number(49) + number(1) + number(0) * 2 + bytes([15]) + b"salt and vector" * 3
    out = b"Rar!\x1a\7\1\0"
    if headers:
        out += block(4, number(0) + number(0) + bytes([15]) + b"salt" * 4)
    out += block(1, number(0))
    for name, data in members:
        out += block(2, number(4) + number(len(data)) + number(0o100644) + struct.pack("<I", zlib.crc32(data)) +
                     number(0) + number(1) + number(len(name)) + name, crypt[:50] if password else b"", data)
    return out + block(5, number(0))


def uuencoded(name, data):
    rows = b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
    return b"begin 644 " + name + b"\n" + rows + b"`\nend\n"


def cpio(name, data):
    def entry(name, data, mode):
        head = b"070701" + b"%08X" % 1 + b"%08X" % mode + b"%08X" % 0 * 2 + b"%08X" % 1 + \
            b"%08X" % 0 + b"%08X" % len(data) + b"%08X" % 0 * 4 + b"%08X" % (len(name) + 1) + b"%08X" % 0
        head += name + b"\0"
        return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)
    return entry(name, data, 0o100644) + entry(b"TRAILER!!!", b"", 0)


def cab(name, data):
    """One folder, one block, stored."""
    files = struct.pack("<IIHHHH", len(data), 0, 0, 0x5a21, 0, 0x20) + name + b"\0"
    first = 36 + 8 + len(files)
    block = struct.pack("<IHH", 0, len(data), len(data)) + data
    folder = struct.pack("<IHH", first, 1, 0)
    size = first + len(block)
    return (b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, size, 0, 36 + 8, 0, 3, 1, 1, 1, 0, 0, 0) +
            folder + files + block)


def iso(tmp_path, name, data):
    """None without xorriso."""
    if not shutil.which("xorriso"):
        return None
    root, out = tmp_path / "root", tmp_path / "a.iso"
    root.mkdir(exist_ok=True)
    (root / name).write_bytes(data)
    out.unlink(missing_ok=True)
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-J", "-r", "-o", str(out), str(root)],
                   check=True, capture_output=True)
    return out.read_bytes()


def tnef(name, data):
    """winmail.dat with one attachment."""
    def attribute(level, kind, body):
        return bytes([level]) + struct.pack("<II", kind, len(body)) + body + \
            struct.pack("<H", sum(body) & 0xffff)
    return (struct.pack("<IH", 0x223e9f78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000)) +
            attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xffffffff, 0, 0, 0)) +
            attribute(2, 0x00018010, name + b"\0") + attribute(2, 0x0006800f, data))


def by_7z(tmp_path, kind, name, data, *options):
    """None without 7z."""
    tool = shutil.which("7z") or shutil.which("7zz")
    if not tool:
        return None
    (tmp_path / "packed").mkdir(exist_ok=True)
    (tmp_path / "packed" / name).write_bytes(data)
    out = tmp_path / ("packed." + kind)
    out.unlink(missing_ok=True)
    subprocess.run([tool, "a", "-t" + kind, *options, str(out), name], cwd=tmp_path / "packed",
                   check=True, capture_output=True)
    return out.read_bytes()


def nested(depth, name, data):
    """`depth` zips, one in the other."""
    for level in range(depth):
        data = zipped((name, data))
        name = "level%d.zip" % level
    return data


def kinds(tmp_path, data):
    """Archive by name, each with `data` as evil.exe (or as its only content)."""
    name = "evil.exe"
    raw = name.encode()
    return {
        "a.zip": zipped((name, data)),
        "targz.zip": zipped(("inner.tar.gz", gzip.compress(tarred((name, data)), mtime=0))),
        "a.7z": by_7z(tmp_path, "7z", name, data),
        "a.rar": rar4((raw, data)),
        "a.cab": cab(raw, data),
        "a.iso": iso(tmp_path, name, data),
        "a.lzh": lha(raw, data),
        "a.cpio": cpio(raw, data),
        "winmail.dat": tnef(raw, data),
        "evil.exe.gz": gzip.compress(data, mtime=0),
        "evil.exe.bz2": bz2.compress(data),
        "evil.exe.xz": lzma.compress(data),
        "evil.exe.lzma": lzma.compress(data, format=lzma.FORMAT_ALONE),
        "three.zip": nested(3, name, data),
        "a.docx": zipped(("[Content_Types].xml", b"<Types/>"), ("word/evil.exe", data)),
        "no-name-at-all": tarred((name, data)),
        "photo.gif": b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;" +
                     zipped((name, data)),
    }


def sparse_tar(size):
    """One file that is a hole of `size` bytes but for its last."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("hole")
        data = b"%d\n" % 1 + b"%d\n" % (size - 1) + b"1\n"
        data += b"\0" * (-len(data) % 512) + b"x"
        entry.size = len(data)
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0",
                             "GNU.sparse.name": "hole", "GNU.sparse.realsize": str(size)}
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()
