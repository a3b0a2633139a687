"""Zips as everybody packs them, which qmvc-open reads without libarchive, and what documents hold."""
import io
import struct
import zipfile
import zlib

import archives
import mails
from test_explain import explain


class Unseekable:
    """A pipe, as it were: a packer cannot go back, and writes the sizes behind the data."""

    def __init__(self, file):
        self.write, self.flush = file.write, file.flush


def streamed():
    out = io.BytesIO()
    with zipfile.ZipFile(Unseekable(out), "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(3):
            archive.writestr("streamed%d" % i, b"%d" % i * 70000)
    return out.getvalue()


def mail_with(data):
    return mails.multipart(mails.part(data, name=b"a.bin"))


def opened(profile, data):
    """What was found in it, and what is wrong with the container; libarchive turns backslashes."""
    parts = explain(profile, mail_with(data))["parts"]
    container = next(p for p in parts if p["names"] == ["a.bin"])
    members = [p for p in parts if p["origin"] == "member"]
    return container["remarks"], [
        (p["parent"], [name.replace("\\", "/") for name in p["names"]], p["size"], p["type"],
         p["description"], p["remarks"]) for p in members]


def with_comment(data):
    return data[:-2] + b"\1\0!"


def test_the_same_by_either_reader(profile):
    """A comment changes nothing in a zip, but libarchive reads it then."""
    profile.filters("filename=y;keep", "mimetype=y;keep")
    profile.control("badfilenames", "nothing").control("badmimetypes", "nothing/at-all")
    random = zlib.compress(bytes(range(256)) * 400) * 30
    for data in (archives.zipped(("a.txt", b"hello"), ("dir/", b""), ("dir/b.bin", bytes(200000)),
                                 ("empty", b"")),
                 archives.zipped(("stored", random * 9), method=zipfile.ZIP_STORED),
                 archives.zipped(("gr\xfc\xdfe.txt", b"utf-8"), ("\u65e5\u672c.exe", b"MZ")),
                 archives.zipped(("gruAAe.exe", b"x")).replace(b"uAAe", b"u\x81\xe1e"),  # CP437
                 archives.zipped(("back\\slash.exe", b"x"), ("../../up", b"x"), ("/abs", b"x"),
                                 ("x" * 2000 + ".exe", b"x")),
                 archives.nested(3, "deep.exe", b"MZ"),
                 streamed()):
        ours, theirs = opened(profile, data), opened(profile, with_comment(data))
        assert ours == theirs and ours[1], data[:100]


def test_damaged_is_sent_as_far_as_it_goes(profile):
    profile.filters("filename=y;keep", "bodytext=y;keep")
    profile.control("badfilenames", "last.exe").control("badbodytexts", "swordfish")
    text = b"The word is swordfish.\n" + b"".join(b"%d\n" % (i * i) for i in range(20000))
    whole = archives.zipped(("letter.txt", text), ("last.exe", b"x"))
    checksum = whole.replace(struct.pack("<I", zlib.crc32(text)), b"\1\2\3\4")
    size = whole.replace(struct.pack("<I", len(text)), struct.pack("<I", len(text) + 1))
    for data, remarks in ((whole, []), (checksum, ["damaged"]), (size, ["damaged"]),
                          (whole[:9000] + b"\xff" * 100 + whole[9100:], ["damaged"])):
        assert opened(profile, data)[0] == remarks
        profile.deliver(mail_with(data))
        assert profile.last()["met"] == "bodytext,filename", remarks


OFFICE = [("Types", ""), ("Relationships", ""), ("Properties", ""), ("workbook", ""), ("worksheet", ""),
          ("styleSheet", ""), ("sst", ""), ("cp:coreProperties", ":cp"), ("w:document", ":w"),
          ("w:styles", ":w"), ("w:settings", ":w"), ("w:hdr", ":w"), ("a:theme", ":a"), ("p:sld", ":p"),
          ("p:presentation", ":p"), ("office:document-content", ":office"),
          ("office:document-meta", ":office"), ("manifest:manifest", ":manifest")]


def test_documents_are_typed_as_libmagic_does(profile):
    """What is settled without it in an archive is what it says of the same bytes as an attachment."""
    profile.filters("mimetype=y;keep").control("badmimetypes", "nothing/at-all")
    files = [('<?xml version="1.0" encoding="UTF-8"?>\r\n<%s xmlns%s="http://schemas.openxmlformats.org/x">'
              "<w:p>%s</w:p></%s>" % (root, prefix, words, root)).encode()
             for root, prefix in OFFICE for words in ("some words", "Gr\xfc\xdfe " * 900)]
    files += [b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>',
              b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"></html>',
              b"<?xml version=\"1.0\"?>\n<w:document xmlns:w='x'>\n<svg></svg></w:document>"]
    named = [("%d.dat" % i, data) for i, data in enumerate(files)]
    told = explain(profile, mails.multipart(
        mails.part(archives.zipped(*named)),
        *[mails.part(data, name=name.encode()) for name, data in named]))["parts"]
    for name, data in named:
        kinds = [(p["origin"], p["type"], p["description"].split(" text")[0]) for p in told
                 if p["names"] == [name]]
        assert len(kinds) == 2 and kinds[0][0] != kinds[1][0], kinds
        assert kinds[0][1:] == kinds[1][1:], (name, data[:100], kinds)
