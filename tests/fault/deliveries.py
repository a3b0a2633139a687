"""The deliveries that are broken at every point: a profile, a mail, and how it ends unbroken."""
import os
import pathlib
import sys

import archives
import mails

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "fake"))
import daemons  # noqa: E402

EXECUTABLE = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200)
LATIN1 = (mails.top(b"=?iso-8859-1?Q?Gr=FC=DFe?=") +
          b"Content-Type: text/html; charset=iso-8859-1\n"
          b"Content-Transfer-Encoding: quoted-printable\n\n<p>sch=F6ne <b>Gr=FC=DFe</b></p>\n")


class Delivery:
    """code: the exit code of the unbroken run. saves: how many copies it leaves.

    begins: what becomes of a resident helper before each run, "cold" (killed) or "warm" (it stays).
    forwards, tells: to whom the mail, and notices about it, go."""

    def __init__(self, code, message, prepare, saves=0, begins="cold", forwards=(), tells=()):
        self.code, self.message, self.prepare, self.saves = code, message, prepare, saves
        self.begins, self.forwards, self.tells = begins, set(forwards), set(tells)


def by_clamd(action):
    def prepare(profile, clamd, signatures, plugin):
        profile.filters("virus=y;%s;;quitasap" % action)
        profile.scanners("clamd:%s;C;ClamAV daemon;;timeout=4" % clamd.socket)
    return prepare


def by_stream(profile, clamd, signatures, plugin):
    profile.filters("virus=y;keep")
    profile.scanners("clamd:127.0.0.1:%d;C;ClamAV daemon;;timeout=4" % clamd.port)


def by_library(profile, clamd, signatures, plugin):
    profile.filters("virus=y;block").scanners(
        "libclamav:%s;L;ClamAV built in;;timeout=10,resident=0" % signatures)


def by_resident(profile, clamd, signatures, plugin):
    profile.filters("virus=y;block").scanners(
        "libclamav:%s;L;ClamAV built in;;timeout=10,resident=600" % signatures)


def by_plugin(profile, clamd, signatures, plugin):
    scanner = plugin(
        'found=$(grep -l ANTIVIRUS-TEST "$1"/* | head -n 1)\n'
        '[ -z "$found" ] || { printf "infected\\tEicar\\t%s\\n" "$found"; exit 1; }')
    profile.filters("virus=y;block").scanners("%s;P;Plug-in;;timeout=4" % scanner)


def by_daemon(stand_in):
    """A stand-in that is asked about one object after the other; it ends with this process."""
    def prepare(profile, clamd, signatures, plugin):
        where = stand_in(str(profile.home.parent / "daemon")).where
        profile.filters("virus=y;block").scanners(
            "%s:%s;D;Stand-in;;timeout=4" % (stand_in.kind, where))
    return prepare


def by_two(profile, clamd, signatures, plugin):
    by_plugin(profile, clamd, signatures, plugin)
    scanner = (profile.home / "control" / "scanners").read_text().strip()
    profile.scanners(scanner, "clamd:%s;C;ClamAV daemon;;timeout=4" % clamd.socket)


def by_type(profile, clamd, signatures, plugin):
    profile.filters("mimetype=y;keep", "loadertype=y;block")
    profile.control("badmimetypes", "application/x-dosexec", "PE32")
    profile.control("badloadertypes", "import:wsock32.dll", "magic:4d5a9000")


def by_command(code):
    def prepare(profile, clamd, signatures, plugin):
        profile.filters("bodytext=y;block")
        profile.control("badbodytexts", "unheard of", "|grep -q special:%d" % code)
    return prepare


def by_text(profile, clamd, signatures, plugin):
    profile.filters("errors=y;block", "subject=y;block;;ignorecase", "bodytext=y;inspect",
                    "filename=y;block")
    profile.control("mailheaders", "date=r", "mime=s", "+x-spam-status=yes,")
    profile.control("badsubjects", "/^viagra [0-9]+$/", "lottery")
    profile.control("badbodytexts", "schöne Grüße".encode(), "/free (money|beer)/")
    profile.control("badfilenames", "*.vbs", "invoice*.exe")


def by_name(action):
    def prepare(profile, clamd, signatures, plugin):
        profile.filters("filename=y;%s" % action).control("badfilenames", "*.vbs", "*.exe")
    return prepare


def by_guards(profile, clamd, signatures, plugin):
    """Two copies, and an action that saves: until the second is out the first may go out alone."""
    profile.filters("subject=y;keep;forward=one@g.test two@g.test").control("badsubjects", "pills")


def by_telling(profile, clamd, signatures, plugin):
    profile.filters("subject=y;block;notify=rs,inform=one@g.test two@g.test")
    profile.control("badsubjects", "pills").control("language", "en", "de")


def by_all_reactions(profile, clamd, signatures, plugin):
    profile.filters("subject=y;block;notify=rs,inform=one@g.test,forward=two@g.test")
    profile.control("badsubjects", "pills")


def large(data):
    """More than 1 MB when decoded: it goes into a file in tmp, not into memory."""
    return mails.multipart(mails.part(data + os.urandom(1024) * 1600, name=b"large.bin"))


def middling(data):
    """A part, and members of an archive, of 20 KB when decoded: each goes into a memfd."""
    noise = os.urandom(20000)
    return mails.multipart(
        mails.part(noise + b"!", name=b"a.bin"),
        mails.part(archives.zipped(("noise", noise), ("evil.exe", data + noise)), name=b"b.zip"))


EXE = mails.multipart(mails.part(EXECUTABLE, name=b"invoice.exe"))
TWO = mails.multipart(mails.part(b"%PDF-1.4\nnothing\n", name=b"a.pdf"),
                      mails.part(bytes(range(256)) * 20, name=b"b.bin"))

PILLS = mails.plain(subject=b"cheap pills")

# Four layers, and one archive beside it.
ARCHIVES = mails.multipart(
    mails.part(archives.zipped(("a.zip", archives.nested(2, "evil.exe", mails.EICAR)), ("b", b"b")),
               name=b"a.zip"),
    mails.part(archives.tarred(("c.txt", b"c"), ("d.txt", b"d")), name=b"b.tar"))

# More than are asked about at once: faults also come when some answers are in already.
MANY = mails.multipart(*[mails.part(bytes(range(i, i + 100)) * 3) for i in range(40)])

DELIVERIES = {
    "clean": Delivery(0, TWO, by_clamd("keep")),
    "infected": Delivery(99, mails.eicar_mails()["base64"], by_clamd("keep"), saves=1),
    "stream": Delivery(99, mails.eicar_mails()["attached"], by_stream, saves=1),
    "library": Delivery(99, mails.eicar_mails()["base64"], by_library),
    "library_clean": Delivery(0, TWO, by_library),
    "resident_cold": Delivery(99, mails.eicar_mails()["base64"], by_resident),
    "resident": Delivery(99, mails.eicar_mails()["base64"], by_resident, begins="warm"),
    "resident_clean": Delivery(0, TWO, by_resident, begins="warm"),
    "plugin": Delivery(99, mails.eicar_mails()["uuencode"], by_plugin),
    "plugin_clean": Delivery(0, TWO, by_plugin),
    "savdi": Delivery(99, mails.eicar_mails()["base64"], by_daemon(daemons.Savdi)),
    "savdi_clean": Delivery(0, TWO, by_daemon(daemons.Savdi)),
    "fsavd": Delivery(99, mails.eicar_mails()["base64"], by_daemon(daemons.Fsavd)),
    "trophie_clean": Delivery(0, TWO, by_daemon(daemons.Trophie)),
    "two_scanners": Delivery(99, mails.eicar_mails()["base64"], by_two),
    "typed": Delivery(99, EXE, by_type, saves=1),
    "typed_clean": Delivery(0, TWO, by_type),
    "command": Delivery(99, mails.plain(), by_command(0)),
    "command_clean": Delivery(0, mails.plain(), by_command(7)),
    "text": Delivery(0, LATIN1, by_text, saves=1),
    "name": Delivery(99, EXE, by_name("trash")),
    "bounce": Delivery(100, EXE, by_name("bounce")),
    "many": Delivery(0, MANY, by_clamd("keep")),
    "many_typed": Delivery(0, MANY, by_type),
    "archive": Delivery(99, ARCHIVES, by_name("keep"), saves=1),
    "archive_scanned": Delivery(99, ARCHIVES, by_clamd("keep"), saves=1),
    "archive_clean": Delivery(0, ARCHIVES, by_type),
    "middling": Delivery(99, middling(EXECUTABLE), by_type, saves=1),
    "middling_clean": Delivery(0, middling(b"nothing"), by_clamd("keep")),
    "large_member": Delivery(99, mails.multipart(mails.part(archives.zipped(
        ("noise", os.urandom(1024) * 1600), ("evil.exe", b"x")), name=b"a.zip")), by_name("block")),
    "large": Delivery(99, large(mails.EICAR), by_clamd("keep"), saves=1),
    "forward": Delivery(99, PILLS, by_guards, saves=1, forwards=("one@g.test", "two@g.test")),
    "forward_large": Delivery(99, PILLS + b"pills\n" * 200000, by_guards, saves=1,
                              forwards=("one@g.test", "two@g.test")),
    "tell": Delivery(99, PILLS, by_telling,
                     tells=("bob@example.net", "alice@example.org", "one@g.test", "two@g.test")),
    "forward_tell": Delivery(99, PILLS, by_all_reactions, forwards=("two@g.test",),
                             tells=("bob@example.net", "alice@example.org", "one@g.test")),
    "large_clean": Delivery(0, large(b"nothing"), by_clamd("block")),
}
