"""qmvc -x: what it tells, in both forms, and that it does nothing but tell."""
import base64
import fcntl
import gzip
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import stat
import struct
import subprocess
import termios
import time
import zipfile

import pytest

import archives
import mails
from conftest import QMVC, processes_with

ENVELOPE = {"SENDER": "alice@example.org", "LOCAL": "bob", "HOST": "example.net",
            "RECIPIENT": "bob@example.net"}

PART_KEYS = {"node", "parent", "object", "origin", "size", "names", "declared", "encoding", "attachment",
             "type", "description", "scanned", "imports", "remarks"}
CONDITION_KEYS = {"name", "on", "action", "quitasap", "tried", "would_be_tried", "met", "why", "failed",
                  "ms", "findings"}


def run(profile, *options, mail=None, env=None, command=(), **more):
    environment = dict(profile.environment, HOME=str(profile.user_home), **(env or {}))
    return subprocess.run([*command, str(QMVC), "-x", *options], input=mail, env=environment,
                          capture_output=True, timeout=60, **more)


def explain(profile, mail, *options, **more):
    done = run(profile, "--json", *options, mail=mail, **more)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    told = json.loads(done.stdout.decode("utf-8"))
    assert [p["node"] for p in told["parts"]] == list(range(len(told["parts"])))
    for part in told["parts"]:
        assert set(part) == PART_KEYS
    for condition in told["conditions"]:
        assert set(condition) == CONDITION_KEYS
    told["condition"] = {c["name"]: c for c in told["conditions"]}
    return told


def text(profile, mail, *options, env=None, **more):
    done = run(profile, *options, mail=mail, env={"LC_ALL": "C.UTF-8", **(env or {})}, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8")


def snapshot(root):
    """Everything about every file below `root` but its time of access."""
    found = {}
    for path in [root, *sorted(root.rglob("*"))]:
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns,
                            status.st_ctime_ns, path.read_bytes() if path.is_file() else b"")
    return found


def rooms():
    return {str(p) for p in pathlib.Path("/tmp").glob("qmvc-x.*")}


@pytest.fixture(autouse=True)
def leaves_nothing_in_tmp():
    """One that somebody else's qmvc -x made meanwhile goes by itself; one that was left does not."""
    before = rooms()
    yield
    deadline = time.monotonic() + 20
    while not rooms() <= before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert rooms() <= before, "a private directory was left"


def nested(name=b"eicar.com"):
    return mails.attached(mails.multipart(mails.part(mails.EICAR, name=name)))


# What is told

def test_clean(profile, clamd):
    profile.filters("filename=y;keep", "virus=y;block").control("badfilenames", "*.exe", "*.com")
    profile.scanners("clamd:%s;C;ClamAV daemon;" % clamd.socket)
    told = explain(profile, mails.plain())
    assert told["explain"] == 1 and told["message"]["subject"] == "Hello"
    assert told["message"]["size"] == len(mails.plain())
    assert [p["parent"] for p in told["parts"]] == [None, 0]
    assert told["parts"][1]["type"] == "text/plain" and told["parts"][1]["scanned"]
    assert not any(c["met"] for c in told["conditions"])
    assert told["condition"]["filename"]["why"] == "no names"
    assert not told["condition"]["subject"]["on"] and not told["condition"]["subject"]["tried"]
    assert [s["verdict"] for s in told["scanners"]] == ["clean"]
    decision = told["decision"]
    assert (decision["action"], decision["exit_code"], decision["delivered"]) == ("pass", 0, True)
    assert decision["saved"] is None and not decision["record"]


def test_nested_eicar(profile, clamd):
    """Where it is, which rule met, at which line, and who found it."""
    profile.filters("filename=y;inspect", "virus=y;keep;;quitasap")
    profile.control("badfilenames", "# executables", "*.exe", "*.com")
    profile.scanners("clamd:%s;C;ClamAV daemon;" % clamd.socket)
    told = explain(profile, nested())
    part = next(p for p in told["parts"] if p["names"] == ["eicar.com"])
    chain, at, around = [], part, {part["object"]}
    while at["parent"] is not None:
        at = told["parts"][at["parent"]]
        chain.append(at["declared"])
        around.add(at["object"])
    assert chain == ["multipart/mixed", "message/rfc822", "multipart/mixed", None], chain
    assert part["size"] == 68 and part["encoding"] == "base64" and not part["remarks"]
    [finding] = told["condition"]["filename"]["findings"]
    assert finding["rule"] == "*.com" and finding["line"] == 3
    assert finding["file"] == str(profile.home / "control" / "badfilenames")
    assert finding["object"] == part["object"] and finding["by"] == "eicar.com"
    [scanner] = told["scanners"]
    assert scanner["verdict"] == "infected" and scanner["ms"] > 0 and scanner["would_be_started"]
    assert round(scanner["reach_ms"] + scanner["send_ms"] + scanner["scan_ms"], 3) == scanner["ms"]
    assert scanner["viruses"][0]["name"].startswith("Eicar-Test-Signature")
    assert scanner["viruses"][0]["object"] in around, "clamd looks into attached mails, too"
    decision = told["decision"]
    assert (decision["action"], decision["decided"], decision["exit_code"]) == ("keep", "virus", 99)
    assert decision["record"] and re.fullmatch(
        re.escape(str(profile.home / "save")) + "/[a-z0-9]+", decision["saved"])
    assert "keep for virus: Eicar-Test-Signature" in decision["says"]


@pytest.mark.parametrize("filters,sender,want", [
    (["subject=y;block"], "a@b.c", ("block", 99)), (["subject=y;trash"], "a@b.c", ("trash", 99)),
    (["subject=y;bounce"], "a@b.c", ("bounce", 100)), (["subject=y;bounce"], "", ("block", 99)),
    (["subject=y;inspect"], "a@b.c", ("inspect", 0)), (["subject=n"], "a@b.c", ("pass", 0)),
    (["subject=y;bounce", "filename=y;block"], "a@b.c", ("block", 99))])
def test_it_tells_what_the_filter_does(profile, filters, sender, want):
    """The same mail explained and delivered: the same action, exit code and saving."""
    profile.filters(*filters).control("badsubjects", "Hello").control("badfilenames", "*.com")
    mail = mails.multipart(mails.part(b"x", name=b"a.com"))
    decision = explain(profile, mail, env=dict(ENVELOPE, SENDER=sender))["decision"]
    assert (decision["action"], decision["exit_code"]) == want
    result = profile.deliver(mail, sender=sender)
    assert result.command_codes == [want[1]] and profile.last()["action"] == want[0]
    assert profile.last().get("decided") == decision["decided"]
    assert len(profile.saved()) == (decision["saved"] is not None)
    if decision["saved"]:
        name = os.path.basename(decision["saved"])
        assert profile.saved()[0].name.split(".")[:-1] == name.split(".")[:-1]


def test_what_quitasap_ends(profile, clamd):
    """All is tried; what the filter would not have come to is told as such, and decides nothing."""
    profile.filters("filename=y;block;;quitasap", "mimetype=y;keep", "virus=y;keep")
    profile.control("badfilenames", "*.com").control("badmimetypes", "text/plain")
    profile.scanners("clamd:%s;C;ClamAV daemon;" % clamd.socket)
    told = explain(profile, nested())
    tried = {n: c["would_be_tried"] for n, c in told["condition"].items() if c["tried"]}
    assert tried == {"filename": True, "mimetype": False, "encrypted": False, "overlimit": False,
                     "virus": False}
    assert told["condition"]["mimetype"]["met"] and told["condition"]["virus"]["met"]
    assert [f["would_be_found"] for f in told["condition"]["filename"]["findings"]] == [True]
    for name in ("mimetype", "virus"):
        assert not any(f["would_be_found"] for f in told["condition"][name]["findings"])
    assert not told["scanners"][0]["would_be_started"]
    assert told["scanners"][0]["verdict"] == "infected"
    decision = told["decision"]
    assert decision["search_ended_by"] == "filename"
    assert (decision["action"], decision["saved"]) == ("block", None), "virus=keep was not reached"
    shown = text(profile, nested())
    assert re.search(r"\n {7}waiting \d+\.\d, sending \d+\.\d, scanning \d+\.\d\n", shown)
    assert shown.count("would not be tried, filename ended the search (quitasap)") == 1
    assert shown.count("would not be asked, filename ended the search (quitasap)") == 1
    result = profile.deliver(nested())
    assert profile.last()["met"] == "filename" and profile.saved() == []
    assert result.command_codes == [99]


def test_no_command_is_run(profile, tmp_path):
    trace = tmp_path / "trace"
    profile.filters("bodytext=y;block;;").control("badbodytexts", "|touch %s:0" % trace, "special")
    told = explain(profile, mails.plain(b"nothing here\n"))
    assert not trace.exists()
    [command] = told["commands_not_run"]
    assert command["command"] == "touch %s" % trace and command["line"] == 1
    assert not told["condition"]["bodytext"]["met"]
    assert "not run" in told["condition"]["bodytext"]["why"]
    shown = text(profile, mails.plain())
    assert "not run" in shown and "touch" in shown and not trace.exists()
    [finding] = explain(profile, mails.plain())["condition"]["bodytext"]["findings"]
    assert (finding["rule"], finding["line"]) == ("special", 2)


def test_scanner_down(profile, tmp_path):
    profile.filters("virus=y;block").scanners("clamd:%s;C;ClamAV;" % (tmp_path / "nobody"))
    decision = explain(profile, mails.plain())["decision"]
    assert (decision["action"], decision["exit_code"]) == ("defer", 111)
    assert "nobody" in decision["why"] and "ClamAV" in decision["why"]
    assert explain(profile, mails.plain())["scanners"][0]["verdict"] == "error"
    shown = text(profile, mails.plain())
    assert "exit 111" in shown and "unknown" in shown
    profile.scanners("clamd:%s;C;ClamAV;;onfail=block" % (tmp_path / "nobody"))
    decision = explain(profile, mails.plain())["decision"]
    assert (decision["action"], decision["exit_code"]) == ("keep", 99)
    assert "onfail=block" in decision["why"] and "scanner C" in decision["why"]


def test_an_open_breaker_is_told_and_left(profile, tmp_path):
    """A scanner that the filter leaves alone for a while is left alone by -x, and stays so."""
    profile.filters("virus=y;block").scanners("clamd:%s;C;ClamAV;" % (tmp_path / "nobody"))
    for _ in range(3):
        assert profile.deliver(mails.plain()).command_codes == [111]
    before = snapshot(profile.home)
    assert "left alone" in explain(profile, mails.plain())["scanners"][0]["text"]
    assert snapshot(profile.home) == before


def test_process_scanner_gets_its_files_elsewhere(profile, plugin, tmp_path):
    seen = tmp_path / "seen"
    body = 'echo "$1" > %s; echo "infected\tFake\t$1/0002"; exit 1' % seen
    profile.filters("virus=y;block").scanners("%s;F;Fake;" % plugin(body))
    told = explain(profile, mails.multipart(mails.part(b"MZ", name=b"a.bin")))
    assert seen.read_text().startswith("/tmp/qmvc-x.")
    assert told["scanners"][0]["viruses"] == [{"name": "Fake", "object": 2}]


def test_noscan(profile, clamd):
    profile.filters("virus=y;block").control("noscantypes", "text/plain")
    profile.scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    told = explain(profile, mails.plain(), "-n")
    assert not told["parts"][1]["scanned"]
    assert told["parts"][1]["remarks"] == ["harmless by noscantypes: not scanned"]
    assert told["decision"]["exit_code"] == 0


def test_helper_missing(profile):
    """What fails is told, the rest is tried, and the mail would wait."""
    profile.filters("mimetype=y;block", "loadertype=y;block").control("badmimetypes", "x/y")
    profile.control("badloadertypes", "import:KERNEL32.dll")
    told = explain(profile, mails.multipart(mails.part(b"MZ")), env={"QMVC_LIBEXEC": "/nowhere"})
    assert told["condition"]["mimetype"]["failed"] and "/nowhere" in told["condition"]["mimetype"]["why"]
    assert not told["condition"]["loadertype"]["would_be_tried"]
    assert told["decision"]["exit_code"] == 111 and "/nowhere" in told["decision"]["why"]
    profile.filters("subject=y;block;;quitasap", "mimetype=y;block").control("badsubjects", "Hello")
    told = explain(profile, mails.multipart(mails.part(b"MZ")), env={"QMVC_LIBEXEC": "/nowhere"})
    assert told["decision"]["exit_code"] == 99, "the filter would have ended before"


# Where the mail and its envelope come from

def test_stdin_and_file_tell_the_same(profile, tmp_path):
    (tmp_path / "mail").write_bytes(mails.plain())
    by_file = explain(profile, None, str(tmp_path / "mail"))
    by_pipe = explain(profile, mails.plain())
    with open(tmp_path / "mail", "rb") as file:
        by_stdin = explain(profile, None, stdin=file)
        assert file.tell() == 0, "the offset is another reader's too"
    assert by_file["message"].pop("file") == str(tmp_path / "mail")
    assert by_pipe["message"].pop("file") is None
    assert by_file["message"] == by_pipe["message"]
    assert by_file["parts"] == by_pipe["parts"] == by_stdin["parts"]


@pytest.mark.parametrize("top,sender,recipient", [
    (b"", ("alice@example.org", "From"), ("bob@example.net", "To")),
    (b"Return-Path: <r@e.org>\nDelivered-To: v-bob@e.net\n", ("r@e.org", "Return-Path"),
     ("v-bob@e.net", "Delivered-To")),
    (b"Return-Path: <>\nDelivered-To: x\n", ("", "Return-Path"), ("bob@example.net", "To")),
    (b'Return-Path: "a <no@e.org>" (b) <\n yes@e.org>\n', ("yes@e.org", "Return-Path"),
     ("bob@example.net", "To"))])
def test_envelope_from_the_mail(profile, top, sender, recipient):
    told = explain(profile, top + mails.plain())
    message = told["message"]
    assert (message["sender"], message["sender_from"]) == sender
    assert (message["recipient"], message["recipient_from"]) == recipient
    assert any("taken from the mail" in note for note in told["notes"])


def test_envelope_from_the_environment(profile):
    told = explain(profile, mails.plain(), "-v", "v", env=dict(ENVELOPE, LOCAL="v-bob"))
    assert told["message"]["recipient"] == "bob@example.net"
    assert told["message"]["sender_from"] == "environment"
    told = explain(profile, b"Delivered-To: v-bob@e.net\n" + mails.plain(), "-vv")
    assert told["message"]["recipient"] == "bob@e.net"


def test_no_addresses_at_all(profile):
    told = explain(profile, b"Subject: x\n\nbody\n")
    assert told["message"]["sender_from"] is None and told["message"]["recipient"] == ""
    assert explain(profile, b"")["message"]["size"] == 0


# Hostile mail

HOSTILE = ["\x1b[2J\x1b]0;owned\x07", "line\none", "x\u202egpj.exe", "\u2066a\u2069", "\u200bzero",
           "\x9b31m", "z\u0300\u0301\u0302\u0303\u0304", "back\\slash", "\u2028sep"]
STEERS = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]"
NOT_SHOWN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def hostile_mail():
    parts = []
    for text in HOSTILE:
        word = b"=?utf-8?B?" + base64.b64encode(text.encode("utf-8", "surrogatepass")) + b"?="
        parts.append(mails.part(b"x", name=word))
    parts.append(mails.part(b"x", name=b"raw \xff\xfe \x1b[31m \x07.exe"))
    return mails.multipart(*parts, subject=b"raw \x1b]0;t\x07 \xe2\x80\xae \xff")


def test_hostile_names(profile):
    profile.filters("filename=y;block").control("badfilenames", "*")
    mail = hostile_mail()
    told = explain(profile, mail)
    names = [n for p in told["parts"] for n in p["names"]]
    for name in HOSTILE:
        assert name in names, "JSON gives names as they are"
    raw = run(profile, "--json", mail=mail).stdout.decode("utf-8")
    assert not re.search(STEERS, raw)
    for env in ({}, {"LC_ALL": "C"}, {"COLUMNS": "200"}):
        shown = text(profile, mail, env=env)
        assert not NOT_SHOWN.search(shown), NOT_SHOWN.search(shown)
        assert "\\x1B" in shown and "back\\\\slash" in shown
        assert len(shown.splitlines()) == shown.count("\n")
        width = int(env.get("COLUMNS", 80))
        if env.get("LC_ALL") == "C":
            assert shown.isascii()
        assert max(map(len, shown.splitlines())) <= width + 8    # combining marks take no column


def test_many_parts(profile):
    mail = mails.multipart(*[mails.part(b"x", name=b"%d.txt" % i) for i in range(900)])
    assert len(explain(profile, mail)["parts"]) == 903
    shown = text(profile, mail)
    assert "and 503 more" in shown


def test_deep_nesting(profile):
    mail = mails.multipart(mails.part(b"x", name=b"deepest.bin"))
    for _ in range(7):
        mail = mails.attached(mail)
    profile.control("limits", "depth=40")
    for width in (80, 140):
        shown = text(profile, mail, env={"COLUMNS": str(width)})
        assert max(map(len, shown.splitlines())) <= width
        assert shown.count("message/rfc822") >= 7
        assert ("+" in shown) == (width == 80)


# What it does not do

def everything(profile, clamd):
    profile.filters("filename=y;keep", "mimetype=y;inspect", "virus=y;keep")
    profile.control("badfilenames", "*.com").control("badmimetypes", "text/plain")
    profile.scanners("clamd:%s;C;ClamAV;" % clamd.socket)


@pytest.mark.parametrize("options", [[], ["-u"], ["-n"]])
def test_nothing_is_changed(profile, clamd, options):
    everything(profile, clamd)
    profile.control("noscantypes", "image/*")
    (profile.user_home / "qmvc").mkdir(mode=0o700)
    before = snapshot(profile.home.parent)
    assert explain(profile, nested(), *options)["decision"]["exit_code"] == 99
    assert text(profile, nested(), *options)
    assert snapshot(profile.home.parent) == before


def test_nothing_is_changed_in_a_home_in_use(profile, clamd):
    everything(profile, clamd)
    profile.deliver(nested())
    before = snapshot(profile.home)
    explain(profile, nested())
    assert snapshot(profile.home) == before


def test_another_uid_may_ask(profile, clamd):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv")
    profile.filters("filename=y;keep").control("badfilenames", "*.com")
    for path in [profile.home, *profile.home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in profile.home.parents:
        if "qmvc-" in str(path):
            path.chmod(path.stat().st_mode | 0o111)
    before = snapshot(profile.home)
    told = explain(profile, nested(), command=["setpriv", "--reuid", "65534", "--regid", "65534",
                                               "--clear-groups"])
    assert told["decision"]["exit_code"] == 99 and told["profile"]["uid"] == 65534
    assert any("no state directory" in note for note in told["notes"])
    assert snapshot(profile.home) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(profile, plugin, tmp_path, number):
    """Ctrl-C while a scanner works: nothing of the mail is left behind."""
    ready = tmp_path / "ready"
    profile.filters("virus=y;block").scanners(
        "%s;F;Fake;" % plugin("echo $$ > %s.new; mv %s.new %s; exec sleep 20" % (ready, ready, ready)))
    environment = dict(profile.environment, HOME=str(profile.user_home))
    child = subprocess.Popen([str(QMVC), "-x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=environment)
    child.stdin.write(mails.plain())
    child.stdin.close()
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rooms()
    child.send_signal(number)
    try:
        assert child.wait(30) == 2
    finally:
        os.kill(int(ready.read_text()), signal.SIGKILL) if processes_with(ready) else None
        child.stdout.close()
        child.stderr.close()


# What is wrong is named

@pytest.mark.parametrize("name,line,word", [("filters", "virus=maybe", "maybe"),
                                            ("limits", "depth=deep", "deep"),
                                            ("badsubjects", None, "badsubjects")])
def test_bad_profile(profile, name, line, word):
    profile.filters("subject=y;block").control("badsubjects", "x")
    if line:
        profile.control(name, line)
    else:
        (profile.home / "control" / name).unlink()
    done = run(profile, mail=mails.plain())
    assert done.returncode == 2 and done.stdout == b""
    assert word in done.stderr.decode()
    done = run(profile, "--json", mail=mails.plain())
    assert done.returncode == 2 and word in json.loads(done.stdout)["error"]


def test_bad_file(profile, tmp_path):
    for path in (tmp_path / "nobody", tmp_path):
        done = run(profile, str(path))
        assert done.returncode == 2 and str(path) in done.stderr.decode()


# The text

def test_text_without_terminal_has_no_colour(profile):
    assert "\x1b" not in text(profile, mails.plain())


def on_terminal(profile, path, columns, **env):
    """What a terminal of that many columns gets."""
    try:
        master, slave = pty.openpty()
    except OSError as error:
        pytest.skip("no pseudo-terminal here: %s" % error)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = dict(profile.environment, HOME=str(profile.user_home), LC_ALL="C.UTF-8",
                       TERM="xterm", **env)
    child = subprocess.Popen([str(QMVC), "-x", str(path)], stdout=slave, env=environment)
    os.close(slave)
    out = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(master)
    assert child.wait(30) == 0
    return out.decode("utf-8").replace("\r\n", "\n")


def test_colour_and_width_of_a_terminal(profile, tmp_path):
    profile.filters("filename=y;keep").control("badfilenames", "*.com")
    path = tmp_path / "mail"
    path.write_bytes(mails.multipart(mails.part(b"x", name=b"long " * 40 + b"a.com")))
    coloured = on_terminal(profile, path, 100)
    assert "\x1b[" in coloured
    plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert "\x1b" not in plain
    assert 80 < max(map(len, plain.splitlines())) <= 100
    assert "\x1b" not in on_terminal(profile, path, 100, NO_COLOR="1")
    assert "\x1b" in on_terminal(profile, path, 100, NO_COLOR="")
    assert max(map(len, re.sub("\x1b\\[[0-9;]*m", "", on_terminal(profile, path, 40)).splitlines())) <= 80


def test_the_room_is_private(profile, plugin, tmp_path):
    """Nobody else may look at the files that a scanner program is given."""
    seen = tmp_path / "seen"
    profile.filters("virus=y;block").scanners(
        "%s;F;Fake;" % plugin('stat -c %%a "${1%%/*/*/*}" > %s; exit 0' % seen))
    explain(profile, mails.plain())
    assert stat.S_IMODE(int(seen.read_text(), 8)) == 0o700


def test_what_became_of_archives(profile):
    """Each that was not opened to its end says why, in words; one with nothing in it says so."""
    profile.filters("filename=y;keep", "mimetype=y").control("badfilenames", "*.exe")
    profile.control("badmimetypes", "nothing").control("limits", "depth=2", "ratio=50")
    whole = archives.zipped(("a", b"a" * 100), ("b", b"b" * 5000), method=zipfile.ZIP_STORED)
    shrunk = bytearray(archives.zipped(("a", b"a" * 100)))
    for at in (8, shrunk.index(b"PK\1\2") + 10):
        shrunk[at:at + 2] = b"\1\0"
    mail = mails.multipart(*[mails.part(data, name=name) for name, data in (
        (b"dolls.zip", archives.nested(3, "x.txt", b"x")),
        (b"zeros.gz", gzip.compress(bytes(1 << 21), mtime=0)),
        (b"damaged.zip", whole[:-2000]),
        (b"shrunk.zip", bytes(shrunk)),
        (b"empty.zip", archives.zipped()),
        (b"plain.zip", archives.zipped(("evil.exe", b"x"))))])
    told = {p["names"][0]: p["remarks"] for p in explain(profile, mail)["parts"] if p["names"]}
    assert told["level1.zip"] == [] and told["level0.zip"] == ["nested deeper than limits allow"]
    assert told["zeros.gz"] == ["packed more tightly than limits allow"]
    assert told["damaged.zip"] == ["damaged"]
    assert told["shrunk.zip"] == ["packed in a way that cannot be read"]
    assert told["empty.zip"] == ["an archive by its bytes, with nothing in it"]
    assert told["plain.zip"] == []
    shown = text(profile, mail, env={"COLUMNS": "100"})
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert "Zip archive data" in shown and "compression method" not in shown
    for limit, words in (("bytes=10000", "more unpacked bytes than limits allow"),
                         ("members=1", "more members than limits allow")):
        profile.control("limits", limit)
        two = archives.zipped(("a", b"a" * 5000), ("b", b"b" * 5001))
        assert words in text(profile, mails.multipart(mails.part(two, name=b"a.zip")))
