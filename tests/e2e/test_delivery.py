"""The main job: clean mail goes on, infected mail stops, is kept where asked, and is logged."""
import os

import pytest

import dot_qmail
import mails
from conftest import MD5_ONLY

KEEP = "virus=y;keep;;quitasap"


def scanner_lines(clamd, signatures, plugin):
    av_clamscan = os.path.join(os.environ.get("QMVC_SOURCE", "."), "scanners", "av_clamscan")
    wrapper = plugin('exec "%s" "$1" --database="%s"' % (os.path.abspath(av_clamscan), signatures))
    return {
        "clamd-unix": "clamd:%s;C;ClamAV daemon;;timeout=30" % clamd.socket,
        "clamd-tcp": "clamd:127.0.0.1:%d;T;ClamAV over TCP;;timeout=30" % clamd.port,
        "libclamav": "libclamav:%s;L;ClamAV built in;;timeout=60" % signatures,
        "clamscan": "%s;S;clamscan;;timeout=60" % wrapper,
    }


@pytest.fixture(params=["clamd-unix", "clamd-tcp", "libclamav", "clamscan"])
def scanner(request, clamd, signatures, plugin):
    return scanner_lines(clamd, signatures, plugin)[request.param]


def test_clean_mail_passes(profile, scanner):
    profile.filters(KEEP).scanners(scanner)
    result = profile.deliver(mails.multipart(mails.part(b"harmless")))
    assert result.command_codes == [0], result.text
    assert result.files == ["./Maildir/"]
    entry = profile.last()
    assert entry["action"] == "pass" and entry["exit"] == "0"
    initial = scanner.split(";")[1]
    verdict, _, milliseconds = entry["scan." + initial].partition(":")
    assert verdict == "clean" and float(milliseconds) > 0
    waiting, sending, scanning = map(float, entry["split." + initial].split(":"))
    assert waiting > 0 and scanning > 0
    assert round(waiting + sending + scanning, 3) == float(milliseconds)
    assert profile.records() == [] and profile.saved() == []


@pytest.mark.parametrize("how", sorted(mails.eicar_mails()))
def test_eicar_is_kept_and_logged(profile, scanner, how):
    profile.filters(KEEP).scanners(scanner)
    message = mails.eicar_mails()[how]
    result = profile.deliver(message)
    assert result.command_codes == [99], result.text
    assert result.files == [], "delivered all the same"
    entry = profile.last()
    initial = scanner.split(";")[1]
    assert entry["action"] == "keep" and entry["exit"] == "99"
    assert "virus" in entry["met"].split(",")
    assert entry["scan." + initial].startswith("infected:")
    assert "Eicar-Test-Signature" in entry["virus." + initial]
    (saved,) = profile.saved()
    kept = (saved / "message").read_bytes()
    assert kept.endswith(message) and kept.startswith(b"Received: (qmail ")
    assert str(saved) == entry["saved"]
    (record,) = profile.records()
    assert "Eicar-Test-Signature" in record and entry["id"] in record
    without_path = [l for l in record.splitlines() if not l.startswith("Saved:")]
    assert (saved / "result").read_text().splitlines() == without_path + [""]


def test_exact_extraction(profile, scanner):
    """A signature that is only the md5 of the attachment: nothing but the exact part helps."""
    profile.filters(KEEP).scanners(scanner)
    for encoding in (b"base64", b"quoted-printable"):
        result = profile.deliver(mails.multipart(mails.part(MD5_ONLY, encoding=encoding)))
        assert result.command_codes == [99], result.text
    assert profile.deliver(mails.uuencoded(MD5_ONLY)).command_codes == [99]


def test_fd0_is_left_for_the_next_line(profile, clamd):
    """qmail-local's later lines read the same descriptor: its offset must not be ours to move."""
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    out = profile.user_home / "copy"
    message = mails.plain()
    profile.deliver(message, lines=["|%s; cat > %s" % (profile.command, out)])
    assert out.read_bytes().endswith(message)
    assert out.read_bytes().startswith(b"Received: (qmail ")


def test_a_pipe_will_do(profile, clamd):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    result = profile.deliver(mails.eicar_mails()["base64"],
                             lines=["|cat | %s" % profile.command, "./Maildir/"])
    assert result.command_codes == [99], result.text


def test_empty_message(profile, clamd):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    env = dot_qmail.environment("bob@example.net", "a@example.org", home=profile.user_home,
                                base=profile.environment)
    read, write = os.pipe()
    os.close(write)
    with open(os.devnull) as nothing, open(profile.user_home / "empty", "w+") as empty:
        code, output = dot_qmail.run_command(profile.command, empty.fileno(), env,
                                             str(profile.user_home))
        assert code == 0, (output, nothing)
    os.close(read)


@pytest.mark.parametrize("message", [b"\n", b"x", b"\0", b"Subject", b"\r\n\r\n", b"From x\n\n",
                                     b"A:" + b"x" * 100000, b"\xff" * 5000])
def test_odd_messages_pass(profile, clamd, message):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    result = profile.deliver(message)
    assert result.command_codes == [0], result.text


def test_hostile_values_stay_in_their_place(profile, clamd):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    message = mails.multipart(mails.part(mails.EICAR, name=b'a" exit=0 "b\\..\\..\\x'),
                              subject=b'=?utf-8?q?x"_action=3Dpass=0Aid=3D1?=')
    sender = 'evil"\n\\ exit=0 $(id)`id`@example.org'
    result = profile.deliver(message, sender=sender)
    assert result.command_codes == [99], result.text
    text = profile.state("qmvc.log")
    assert text.count("\n") == 1
    entry = profile.last()      # logfmt() fails on a key that stands twice
    assert entry["exit"] == "99" and entry["action"] == "keep"
    assert len(profile.records()) == 1


def test_sixteen_at_once(profile, clamd):
    """Whole lines, one a mail, each with an id of its own."""
    import concurrent.futures
    import pathlib
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;" % clamd.socket)

    def one(number):
        queue = pathlib.Path(str(profile.queue) + str(number))
        queue.mkdir()
        env = dot_qmail.environment("bob@example.net", "s%d@example.org" % number,
                                    home=profile.user_home, base=profile.environment)
        body = mails.eicar_mails()["base64"] if number % 2 else mails.plain()
        return dot_qmail.deliver(body, ["|" + profile.command], env, str(profile.user_home), queue)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = [r.command_codes[0] for r in pool.map(one, range(48))]
    assert codes == [99 if n % 2 else 0 for n in range(48)]
    entries = profile.log()
    assert len(entries) == 48 and len({e["id"] for e in entries}) == 48
    assert len(profile.saved()) == 24 and len(profile.records()) == 24
