"""The five actions: exit code, what is kept, which log tells of it, what the sender is told."""
import re

import pytest

import archives
import mails


@pytest.mark.parametrize("action,code,saved,rep", [
    ("block", 99, 0, 1), ("", 99, 0, 1), ("keep", 99, 1, 1), ("trash", 99, 0, 0),
    ("bounce", 100, 0, 1), ("inspect", 0, 1, 1)])
def test_action(profile, action, code, saved, rep):
    profile.filters("subject=y;%s;" % action).control("badsubjects", "Hello")
    result = profile.deliver(mails.plain())
    assert result.command_codes == [code], result.text
    assert len(profile.saved()) == saved and len(profile.records()) == rep
    entry = profile.last()
    assert entry["action"] == (action or "block") and entry["exit"] == str(code)
    assert entry["met"] == "subject"
    assert bool(result.files) == (code == 0)


def test_inspect_is_named_after_the_sender(profile):
    profile.filters("subject=y;inspect").control("badsubjects", "Hello")
    profile.deliver(mails.plain(), sender="../../etc/a\nb c@example.org")
    profile.deliver(mails.plain(), sender="../../etc/a\nb c@example.org")
    first, second = profile.saved()
    assert "a_b_c@example.org" in first.name and "/" not in first.name
    assert not first.name.startswith(".") and first.parent == profile.home / "save"


def test_bounce_text_has_no_internals(profile, clamd):
    profile.filters("virus=y;bounce").scanners("clamd:%s;C;ClamAV daemon;" % clamd.socket)
    result = profile.deliver(mails.eicar_mails()["base64"])
    assert result.command_codes == [100]
    for word in ("clam", "Eicar", "scan", str(profile.home)):
        assert word.lower() not in result.text.lower(), result.text
    assert "not delivered" in result.text and profile.last()["id"] in result.text


@pytest.mark.parametrize("sender", ["", "#@[]"])
def test_bounce_to_nobody_is_block(profile, sender):
    profile.filters("subject=y;bounce").control("badsubjects", "Hello")
    result = profile.deliver(mails.plain(), sender=sender)
    assert result.command_codes == [99]
    assert profile.last()["action"] == "block"


def test_bounce_yields_to_what_is_met_later(profile, clamd):
    """A mail that may carry a virus is not sent back: with bounce the scanners always run."""
    profile.filters("subject=y;bounce;;quitasap", "virus=y;keep")
    profile.control("badsubjects", "Hello").scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    assert profile.deliver(mails.eicar_mails()["base64"]).command_codes == [99]
    assert profile.last()["action"] == "keep" and len(profile.saved()) == 1
    assert profile.deliver(mails.plain()).command_codes == [100]


def test_bounce_waits_for_a_failed_scanner(profile, tmp_path):
    profile.filters("subject=y;bounce", "virus=y;keep")
    profile.control("badsubjects", "Hello").scanners("clamd:%s;C;x;" % (tmp_path / "nobody"))
    assert profile.deliver(mails.plain()).command_codes == [111]


def test_a_stopped_mail_does_not_wait_for_a_failed_scanner(profile, tmp_path):
    profile.filters("subject=y;block", "virus=y;keep")
    profile.control("badsubjects", "Hello").scanners("clamd:%s;C;x;" % (tmp_path / "nobody"))
    assert profile.deliver(mails.plain()).command_codes == [99]


def test_kept_mail_is_private(profile):
    profile.filters("subject=y;keep").control("badsubjects", "Hello")
    profile.deliver(mails.plain())
    (saved,) = profile.saved()
    assert saved.stat().st_mode & 0o777 == 0o700
    assert (saved / "message").stat().st_mode & 0o777 == 0o600
    assert (profile.home / "log" / "qmvc.log").stat().st_mode & 0o777 == 0o600


def test_overlimit_keeps_without_a_line(profile):
    profile.filters("subject=n").control("limits", "parts=5")
    message = mails.multipart(*[mails.part(b"x") for _ in range(10)])
    result = profile.deliver(message)
    assert result.command_codes == [99], result.text
    assert profile.last()["met"] == "overlimit" and len(profile.saved()) == 1
    profile.filters("overlimit=n")
    assert profile.deliver(message).command_codes == [0]
    assert "overlimit" in profile.last()["met"], "logged all the same"


BOUNDS = {
    "parts=5": mails.multipart(*[mails.part(b"x") for _ in range(10)]),
    "depth=3": None,
    "header=1K": mails.plain().replace(b"Subject:", b"X-Long: " + b"y" * 5000 + b"\nSubject:"),
    "bytes=100K": mails.multipart(mails.part(b"z" * 300000)),
}


@pytest.mark.parametrize("limit", sorted(BOUNDS))
def test_every_bound_is_a_finding(profile, limit):
    message = BOUNDS[limit]
    if message is None:
        message = mails.plain()
        for _ in range(8):
            message = mails.attached(message)
    profile.filters("overlimit=y;block").control("limits", limit)
    result = profile.deliver(message)
    assert result.command_codes == [99], result.text
    assert profile.last()["met"] == "overlimit"
    profile.control("limits", "")
    assert profile.deliver(message).command_codes == [0], "the compiled-in bound is higher"


def test_too_large_for_every_scanner(profile, clamd):
    """One that is too large for one scanner passes when another takes it."""
    big = mails.multipart(mails.part(b"z" * 300000))
    small = "clamd:%s;S;takes little;;maxsize=100K" % clamd.socket
    profile.filters("virus=y;block", "overlimit=y;keep").scanners(small)
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.deliver(big).command_codes == [99]
    assert profile.last()["met"] == "overlimit" and profile.last()["scan.S"].startswith("limit:")
    profile.scanners(small, "clamd:%s;A;takes all;;maxsize=0" % clamd.socket)
    assert profile.deliver(big).command_codes == [0], profile.last()


def test_the_infected_part_is_named(profile, clamd):
    """The mail as a whole is infected too, but a person wants to know the part."""
    infected = mails.multipart(mails.part(mails.EICAR, name=b"invoice.pdf"))
    profile.filters("virus=y;block").scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    result = profile.deliver(infected)
    assert "(invoice.pdf)" in result.text
    assert "File: invoice.pdf\nType: application/octet-stream\n" in profile.records()[-1]
    # With quitasap the first answer ends the scan, and clamd's threads may be done with either.
    profile.filters("virus=y;block;;quitasap")
    result = profile.deliver(infected)
    assert "(invoice.pdf)" in result.text or "(message)" in result.text, result.text
    assert "Virus: " in profile.records()[-1] and len(profile.records()) == 2


def test_a_finding_is_followed_by_its_part(profile):
    """Its name, and its type: by its content where that was looked at, else as it was declared."""
    hostile = b"a\x1b<b>.pdf"
    message = mails.multipart(mails.part(b"%PDF-1.4\n", hostile, b"image/x-Odd"),
                              mails.part(archives.zipped(("in/deep.exe", b"MZ")), b"z.zip"), subject=b"test")
    profile.filters("subject=y;block", "filename=y;block").control("badsubjects", "test")
    profile.control("badfilenames", "*.pdf").deliver(message)
    pattern = r"Condition: (\w+).*\n(?:File: (.*)\n)?(?:Type: (.*))?"
    assert re.findall(pattern, profile.records()[-1]) == [
        ("subject", "", ""), ("filename", r"a\x1B<b>.pdf", "image/x-odd")]
    profile.filters("filename=y;block", "mimetype=y;block").control("badfilenames", "*.exe")
    profile.control("badmimetypes", "application/pdf").deliver(message)
    found = re.findall(pattern, profile.records()[-1])
    assert ("mimetype", r"a\x1B<b>.pdf", "application/pdf") in found
    assert any(name == "z.zip/in/deep.exe" for _, name, _ in found)


def test_the_type_of_a_finding_is_looked_up(profile):
    """Also where no rule was for it, and so nobody had asked before; what is passed is not asked for."""
    picture = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9"
    message = mails.multipart(mails.part(picture, b"a.pdf", b"image/x-Odd"), mails.part(picture, b"b.gif", b"image/x-Odd"),
                              mails.part(archives.zipped(("in/deep.pdf", picture)), b"z.zip"))
    profile.filters("filename=y;block", "mimetype=y;block", "loadertype=y;block")
    profile.control("badmimetypes", "application/x-dosexec").control("badloadertypes", "import:x")
    profile.control("badfilenames", "*.pdf").deliver(message)
    assert re.findall(r"\nFile: (.*)\nType: (.*)", profile.records()[-1]) == [
        ("a.pdf", "image/gif"), ("z.zip/in/deep.pdf", "image/gif")]
    profile.filters("loadertype=y;block").control("badloadertypes", "import:x", "magic:474946").deliver(message)
    assert re.findall(r"magic:474946 \((.*)\)", profile.records()[-1]) == ["image/gif"] * 3, profile.records()[-1]


def test_a_decided_mail_waits_for_no_type(profile):
    """That it cannot be looked up is no reason to defer: the type is what was declared."""
    message = mails.multipart(mails.part(b"GIF89a\1\0\1\0\x80\0\0\0", b"a.pdf", b"image/x-Odd"))
    profile.environment["QMVC_LIBEXEC"] = "/nonexistent"
    profile.filters("filename=y;block", "mimetype=y;block").control("badfilenames", "*.pdf")
    profile.control("badmimetypes", "application/x-dosexec")
    assert profile.deliver(message).command_codes == [99], profile.last()
    assert profile.records()[-1].endswith("File: a.pdf\nType: image/x-odd")


def test_the_record_holds_every_finding(profile):
    """However many there are: what was saved, and where, stands behind them."""
    profile.filters("filename=y;keep", "mimetype=y;block", "loadertype=y;block", "bodytext=y;block")
    profile.control("badfilenames", "*.bin").control("badbodytexts", "abc")
    profile.control("badmimetypes", "text/plain").control("badloadertypes", "magic:616263")
    profile.deliver(mails.multipart(*[mails.part(b"abc %d" % n, b"n%d.bin" % n, b"text/plain")
                                      for n in range(100)]))
    (record,) = profile.records()
    for condition in ("filename", "mimetype", "loadertype", "bodytext"):
        assert record.count("Condition: %s:" % condition) == 64, condition
    assert "Saved: " + profile.last()["saved"] in record
