"""Each condition on real mail: met, not met, in the documented order, with its options."""
import base64
import struct

import pytest

import mails


def run(profile, condition, name, lines, message, options="", action="block"):
    profile.filters("%s=y;%s;;%s" % (condition, action, options)).control(name, *lines)
    result = profile.deliver(message)
    assert result.command_codes[0] in (0, 99), result.text
    entry = profile.last()
    met = condition in entry.get("met", "").split(",")
    assert met == (result.command_codes == [99]), entry
    return met


def test_errors_codes_add_up(profile):
    profile.filters("errors=y;block")
    profile.control("mailheaders", "date=r", "msgid=r", "subject=r", "to=r", "from=r")
    profile.deliver(b"From: a@example.org\nSubject:\n\nx\n")
    entry = profile.last()
    assert entry["met"] == "errors" and entry["errors"] == str(2 + 4 + 8 + 32)
    assert profile.deliver(mails.plain()).command_codes == [0]


def test_errors_field_rule(profile):
    spam = mails.plain().replace(b"Subject:", b"X-Spam-Status: Yes, score=9\nSubject:")
    assert run(profile, "errors", "mailheaders", ["+x-spam-status=yes,"], spam)
    assert not run(profile, "errors", "mailheaders", ["+x-spam-status=yes,"], mails.plain())


def test_errors_structure(profile):
    broken = mails.multipart(mails.part(b"x")).replace(b"--=_next--\n", b"")
    assert run(profile, "errors", "mailheaders", ["mime=s"], broken)
    assert not run(profile, "errors", "mailheaders", ["mime=s", "header=s"],
                   mails.multipart(mails.part(b"x")))
    assert run(profile, "errors", "mailheaders", ["header=s"],
               mails.plain().replace(b"Subject: Hello", b"Sub ject: Hello\nno colon here"))


@pytest.mark.parametrize("subject", [
    b"Buy viagra now", b"=?utf-8?B?" + base64.b64encode(b"Buy viagra now") + b"?=",
    b"=?iso-8859-1?Q?Buy_via?=\n =?iso-8859-1?Q?gra_now?="])
def test_subject(profile, subject):
    assert run(profile, "subject", "badsubjects", ["viagra"], mails.plain(subject=subject))


def test_subject_case_and_regex(profile):
    assert not run(profile, "subject", "badsubjects", ["viagra"], mails.plain(subject=b"VIAGRA"))
    assert run(profile, "subject", "badsubjects", ["viagra"], mails.plain(subject=b"VIAGRA"),
               "ignorecase")
    assert run(profile, "subject", "badsubjects", ["/^v[i1]agra$/"], mails.plain(subject=b"v1agra"))


TEXTS = {
    "plain": mails.plain(b"please click here now\n"),
    "base64": mails.top() + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" +
              mails.lines64(b"please click here now\n"),
    "utf-16": mails.top() + b"Content-Type: text/plain; charset=utf-16\n"
              b"Content-Transfer-Encoding: base64\n\n" +
              mails.lines64("please click here now\n".encode("utf-16")),
    "html text": mails.html(b"<p>please cl<b>ic</b>k&#32;here n&#111;w</p>"),
    "html with comments": mails.html(b"please <!-- x -->click h<!---->ere now"),
    "attachment": mails.multipart(mails.part(b"please click here now", ctype=b"text/plain",
                                             name=b"a.txt")),
}


@pytest.mark.parametrize("how", sorted(TEXTS))
def test_bodytext(profile, how):
    assert run(profile, "bodytext", "badbodytexts", ["nothing", "click here"], TEXTS[how])
    assert not run(profile, "bodytext", "badbodytexts", ["klick here"], TEXTS[how])


def test_bodytext_raw_html(profile):
    page = mails.html(b"<script src=http://evil.example/x.js></script>hello")
    assert run(profile, "bodytext", "badbodytexts", ["<script src=http"], page)


def test_bodytext_command(profile, tmp_path):
    seen = tmp_path / "seen"
    message = mails.plain(b"spam\n")
    command = '|cat > "%s"; test "$SENDER" = alice@example.org && exit 7:7' % seen
    assert run(profile, "bodytext", "badbodytexts", [command], message)
    assert seen.read_bytes().endswith(message)
    assert not run(profile, "bodytext", "badbodytexts", ["|exit 1:0"], message)
    assert run(profile, "bodytext", "badbodytexts", ["|exit 0"], message)


@pytest.mark.parametrize("command", ["|exit 111:0", "|exit 126:0", "|/no/such/program:0",
                                     "|kill -KILL $$:0"])
def test_bodytext_command_fails(profile, command):
    profile.filters("bodytext=y;block").control("badbodytexts", command)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "badbodytexts:1" in result.text, result.text


def test_bodytext_commands_are_hierarchical(profile, tmp_path):
    profile.filters("bodytext=y;block")
    profile.control("badbodytexts", "|exit 0", "|touch %s; exit 1" % (tmp_path / "second"))
    assert profile.deliver(mails.plain()).command_codes == [99]
    assert not (tmp_path / "second").exists()


def test_goodmail(profile):
    """Acts only if no other condition was met."""
    profile.filters("subject=y;inspect", "bodytext=y;block;;goodmail")
    profile.control("badsubjects", "bad").control("badbodytexts", "|exit 0")
    assert profile.deliver(mails.plain()).command_codes == [99]
    assert profile.deliver(mails.plain(subject=b"bad")).command_codes == [0]
    assert set(profile.last()["met"].split(",")) == {"subject", "bodytext"}


NAMES = {
    "plain": b'filename="evil.exe"',
    "case": b'filename="EVIL.EXE"',
    "rfc2231": b"filename*=utf-8''evil%2Eexe",
    "continued": b'filename*0="evil.";\n filename*1="exe"',
    "rfc2047": b'filename="=?utf-8?B?' + base64.b64encode(b"evil.exe") + b'?="',
    "rtlo": "filename=\"ev\u202eil.exe\"".encode(),
    "trailing dot": b'filename="evil.exe. "',
    "stream": b'filename="evil.exe::$DATA"',
    "fullwidth": "filename=\"evil．ｅｘｅ\"".encode(),
    "path": b'filename="..\\\\..\\\\evil.exe"',
    "second": b'filename="a.txt"; filename="evil.exe"',
}


@pytest.mark.parametrize("how", sorted(NAMES))
def test_filename(profile, how):
    message = mails.multipart(b"Content-Type: application/octet-stream\nContent-Disposition: "
                              b"attachment; " + NAMES[how] + b"\n\nx\n")
    assert run(profile, "filename", "badfilenames", ["*.scr", "*.exe"], message)
    assert not run(profile, "filename", "badfilenames", ["*.scr"], message)


def test_filename_in_uuencode(profile):
    assert run(profile, "filename", "badfilenames", ["*.exe"], mails.uuencoded(b"x", b"evil.exe"))


def pe(imported=b"KERNEL32.dll"):
    """The smallest 32-bit PE that names one imported library."""
    dos = b"MZ" + b"\0" * 58 + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14c, 1, 0, 0, 0, 224, 0x102)
    optional = struct.pack("<HBBIIIIII", 0x10b, 1, 0, 512, 0, 0, 0x1000, 0x1000, 0x1000)
    optional += struct.pack("<IIIHHHHHHIIIIHHIIIIII", 0x400000, 0x1000, 512, 4, 0, 0, 0, 4, 0, 0,
                            0x2000, 512, 0, 3, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    optional += struct.pack("<II", 0, 0) + struct.pack("<II", 0x1000, 40) + b"\0" * (14 * 8)
    section = b".text\0\0\0" + struct.pack("<IIIIIIHHI", 512, 0x1000, 512, 512, 0, 0, 0, 0,
                                           0x60000020)
    image = (dos + coff + optional + section).ljust(512, b"\0")
    table = struct.pack("<IIIII", 0x1080, 0, 0, 0x1050, 0x1080) + b"\0" * 20
    return image + (table.ljust(0x50, b"\0") + imported + b"\0").ljust(512, b"\0")


def test_mimetype(profile):
    message = mails.multipart(mails.part(pe(), name=b"holiday.jpg", ctype=b"image/jpeg"))
    for rule in ("application/x-dosexec", "application/*", "PE32 executable", "pe32"):
        assert run(profile, "mimetype", "badmimetypes", [rule], message), rule
    assert not run(profile, "mimetype", "badmimetypes", ["image/jpeg", "ELF"], message)


def test_loadertype(profile):
    message = mails.multipart(mails.part(pe(b"WS2_32.dll"), name=b"a.dat"))
    for rule in ("ws2_32.dll", "import:WS2_32.DLL", "magic:4d5a"):
        assert run(profile, "loadertype", "badloadertypes", [rule], message), rule
    for rule in ("import:user32.dll", "magic:7f454c46"):
        assert not run(profile, "loadertype", "badloadertypes", [rule], message), rule
    assert not run(profile, "loadertype", "badloadertypes", ["ws2_32.dll"],
                   mails.plain(b"a text that speaks of ws2_32.dll\n")), "text is no program"


def test_order_and_quitasap(profile, clamd):
    """The order is the documented one, whatever the order of the lines."""
    lines = ["virus=y;keep", "filename=y;trash;;quitasap", "subject=y;block"]
    profile.filters(*lines).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    profile.control("badfilenames", "*.bin").control("badsubjects", "nothing")
    assert profile.deliver(mails.eicar_mails()["base64"]).command_codes == [99]
    entry = profile.last()
    assert entry["met"] == "filename" and entry["action"] == "trash"
    assert "scan.C" not in entry, "no scanner was started"
    profile.filters(*[l.replace("quitasap", "") for l in lines])
    profile.control("badsubjects", "Hello")
    profile.deliver(mails.eicar_mails()["base64"])
    entry = profile.last()
    assert entry["met"] == "subject,filename,virus" and entry["decided"] == "subject"
    assert entry["action"] == "block" and len(profile.saved()) == 1, "the keep of virus saves"


def test_noscan(profile, clamd, plugin, tmp_path):
    """-n: harmless parts are not given to scanners; no part left, no scanner."""
    profile.options = "-n"
    started = tmp_path / "started"
    scanner = plugin('touch "%s"; ls "$1" > "%s.list"' % (started, started))
    profile.filters("virus=y;keep").control("noscantypes", "text/plain", "ASCII text")
    profile.scanners("%s;P;Plug-in;" % scanner)
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert not started.exists()
    assert profile.last().get("scan.P", "skipped").startswith("skipped")
    assert profile.deliver(mails.multipart(mails.part(b"\0\1\2\3" * 50))).command_codes == [0]
    assert started.exists()
    profile.scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    assert profile.deliver(mails.multipart(mails.part(pe() + b"\0"))).command_codes == [0]


@pytest.mark.parametrize("field", [
    "Subject: x", "To:", "Content-Type: a/b; name=x", "Content-Disposition: attachment; filename=x"])
def test_a_megabyte_of_one_field(profile, field):
    """Once each took a look at all the others: a minute for a mail of 1 MB."""
    profile.filters("errors=y;block", "subject=y;block", "filename=y;block")
    profile.control("mailheaders", "header=s", "to=r").control("badsubjects", "nothing")
    profile.control("badfilenames", "*.exe")
    header = (field + "\n").encode() * ((1 << 20) // (len(field) + 1))
    result = profile.deliver(header + b"\nbody\n", timeout=15)
    assert result.command_codes == [99]
