"""Scanners over ICAP through the whole filter: a real c-icap with a real clamd behind it, and a
service that answers what it is told to. The traps are those of ICAP servers, which are made for web
proxies: by their defaults much passes them unscanned, and says so to nobody."""
import os
import subprocess
import time
import zipfile

import pytest

import mails
from conftest import CIcap, Clamd
from fake_icap import CLEAN, CONTINUE, OPTIONS, FakeIcap, found, options, respond

ARGUMENTS = "/virus_scan?allow204=on&force=on&mode=simple"
EICAR_NAME = "Eicar-Test-Signature.UNOFFICIAL"


def zipped(tmp_path, *members, compression=zipfile.ZIP_STORED):
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path.read_bytes()


def pdf(content):
    """A PDF document with an attached file."""
    return (b"%PDF-1.4\n1 0 obj\n<</Type/EmbeddedFile/Length " + b"%d" % len(content) +
            b">>\nstream\n" + content + b"\nendstream\nendobj\n%%EOF\n")


def encrypted(tmp_path):
    """A zip whose member says that it is encrypted (bit 0 of the flags, both headers)."""
    data = bytearray(zipped(tmp_path, ("secret.txt", os.urandom(200))))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


@pytest.fixture
def over_icap(profile):
    """over_icap(url): the profile asks this scanner alone, and blocks viruses."""
    def make(url, options="timeout=30"):
        profile.filters("virus=y;block")
        return profile.scanners("%s;I;a scanner;;%s" % (url, options))
    return make


def scan(profile, mail, code):
    """Delivers; the scanner's verdict as in the log, and the line."""
    result = profile.deliver(mail)
    assert result.command_codes == [code], (result.text, profile.log())
    line = profile.last()
    return line["scan.I"].split(":")[0], line


def check(profile):
    env = dict(profile.environment, HOME=str(profile.user_home))
    return subprocess.run([profile.command, "-t"], env=env, capture_output=True, text=True)


# ---- c-icap ----


def test_clean_and_infected(over_icap, c_icap, tmp_path):
    profile = over_icap(c_icap.url())
    assert scan(profile, mails.plain(), 0)[0] == "clean"
    for mail in mails.eicar_mails().values():
        verdict, line = scan(profile, mail, 99)
        assert verdict == "infected" and EICAR_NAME in str(line)
    archive = zipped(tmp_path, ("a/eicar.com", mails.EICAR), ("b", b"x" * 9000),
                     compression=zipfile.ZIP_DEFLATED)
    assert scan(profile, mails.multipart(mails.part(archive)), 99)[0] == "infected"
    assert scan(profile, mails.plain(), 0)[0] == "clean"


def test_types_a_proxy_has_no_fear_of(over_icap, c_icap):
    """c-icap leaves out PDF by default, and an alias has its own arguments: force=on must arrive."""
    mail = mails.multipart(mails.part(pdf(mails.EICAR)))
    assert scan(over_icap(c_icap.url()), mail, 99)[0] == "infected"
    assert scan(over_icap(c_icap.url("/virus_scan")), mail, 99)[0] == "infected"
    # It says 204, and nothing shows that it is none but the check.
    for service in ("/avscan?force=on", "/virus_scan?allow204=on&sizelimit=off"):
        done = check(over_icap(c_icap.url(service)))
        assert done.returncode == 0 and "warning" in done.stdout and "force=on" in done.stdout


def test_larger_than_its_limit(over_icap, c_icap, tmp_path):
    archive = zipped(tmp_path, ("noise", os.urandom(6 << 20)), ("eicar.com", mails.EICAR))
    infected = mails.multipart(mails.part(archive))
    harmless = mails.multipart(mails.part(os.urandom(6 << 20)))
    profile = over_icap(c_icap.url())
    assert scan(profile, infected, 99)[0] == "infected"
    assert scan(profile, harmless, 0)[0] == "clean"
    # Without sizelimit=off it sends back unscanned what is too large: not clean, and the mail's doing.
    profile = over_icap(c_icap.url(ARGUMENTS))
    verdict, line = scan(profile, harmless, 99)
    assert verdict == "limit" and line["decided"] == "overlimit"
    assert scan(profile, mails.plain(), 0)[0] == "clean"
    assert "sizelimit=off" in check(profile).stdout


def test_without_allow_204(over_icap, tmp_path, clamd):
    """A c-icap that promises 204 in OPTIONS and then sends everything back, scanned or not: an error
    of the service, and not of each mail."""
    server = CIcap(tmp_path, clamd.socket, **{"virus_scan.Allow204Responces": "off"}).start()
    try:
        profile = over_icap(server.url("/virus_scan?force=on&sizelimit=off&mode=simple"))
        assert scan(profile, mails.plain(), 111)[0] == "error"
        assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 99)[0] == "infected"
        assert "allow204=on" in check(profile).stdout
        profile = over_icap(server.url())
        assert scan(profile, mails.plain(), 0)[0] == "clean"
    finally:
        server.stop()


def test_encrypted(over_icap, c_icap, tmp_path):
    profile = over_icap(c_icap.url()).filters("virus=y;block", "encrypted=y;block")
    verdict, line = scan(profile, mails.multipart(mails.part(encrypted(tmp_path))), 99)
    assert verdict == "encrypted" and line["decided"] == "encrypted"


def test_unknown_service(over_icap, c_icap):
    profile = over_icap(c_icap.url("/nosuch"))
    verdict, line = scan(profile, mails.plain(), 111)
    assert verdict == "error" and "404" in str(line)
    done = check(profile)
    assert done.returncode == 2 and "404" in done.stdout


def test_c_icap_without_an_engine(over_icap, tmp_path):
    """clamd was not there when c-icap started: it says 204 to everything, EICAR too."""
    directory = tmp_path / "c-icap"
    directory.mkdir()
    server = CIcap(directory, tmp_path / "nobody").start()
    try:
        profile = over_icap(server.url())
        assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 111)[0] == "error"
        verdict, line = scan(profile, mails.plain(), 111)
        assert verdict == "error" and "no virus engine" in str(line)
        done = check(profile)
        assert done.returncode == 2 and "no virus engine" in done.stdout
        # Even a service whose OPTIONS are remembered from better times.
        (profile.home / "run" / "scanner.I").unlink(missing_ok=True)
        remember(profile, server.url())
        assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 111)[0] == "error"
    finally:
        server.stop()


def remember(profile, url):
    """OPTIONS as a c-icap with an engine answered them."""
    (profile.home / "run" / "icap.I.0").write_text(
        "%d 3600 0 1 0 CI0001-L5CkDhq+qWNs+PZ5DxxXsAAA %s" % (time.time(), url))


def test_clamd_dies_and_comes_back(over_icap, tmp_path):
    """c-icap then answers 500, which is about no object: the mail waits, and passes afterwards."""
    for name in ("clamd", "c-icap"):
        (tmp_path / name).mkdir()
    clamd = Clamd(tmp_path / "clamd").start()
    server = CIcap(tmp_path / "c-icap", clamd.socket).start()
    try:
        profile = over_icap(server.url())
        mail = mails.multipart(mails.part(b"harmless"))
        assert scan(profile, mail, 0)[0] == "clean"
        clamd.stop()
        verdict, line = scan(profile, mail, 111)
        assert verdict == "error" and "500" in str(line)
        assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 111)[0] == "error"
        clamd.start()
        assert scan(profile, mail, 0)[0] == "clean"
        assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 99)[0] == "infected"
    finally:
        server.stop()
        clamd.stop()


def test_connections_with_few_requests(over_icap, tmp_path, clamd):
    """A mail of many parts, on a server that closes its connections after every other request."""
    server = CIcap(tmp_path, clamd.socket, MaxKeepAliveRequests="2").start()
    try:
        profile = over_icap(server.url())
        parts = [mails.part(b"part %d\n" % i * 500, name=b"p%d" % i) for i in range(12)]
        assert scan(profile, mails.multipart(*parts), 0)[0] == "clean"
        parts[7] = mails.part(mails.EICAR)
        assert scan(profile, mails.multipart(*parts), 99)[0] == "infected"
    finally:
        server.stop()


def test_second_address(over_icap, c_icap):
    url = "icap://127.0.0.1:1,127.0.0.1:%d" % c_icap.port
    profile = over_icap(url)
    assert scan(profile, mails.multipart(mails.part(mails.EICAR)), 99)[0] == "infected"
    done = check(profile)
    assert done.returncode == 2 and "port 1)" in done.stdout and "C-ICAP" in done.stdout


def test_check(over_icap, c_icap):
    done = check(over_icap(c_icap.url()))
    assert done.returncode == 0, done.stdout
    assert "C-ICAP/" in done.stdout and "CI0001-" in done.stdout and "warning" not in done.stdout


# ---- The vendors' answers, and lies ----

TAG = b"ISTag: \"FAKE-1\"\r\n"
EMPTY_TAG = b"ISTag: \"CI0001-1B2M2Y8AsgTpgAmY7PhCfgAA\"\r\n"
UNCHANGED = "sends back what it was sent"

ANSWERS = {
    # the vendors'
    "c-icap": (found(), 99, "infected"),
    "folded": (respond(b"X-Infection-Found: Type=0;\r\n Resolution=2;\r\n\tThreat=Fake.Virus;\r\n"
                       b"X-Violations-Found: 1\r\n\t-\r\n\tFake.Virus\r\n\t0\r\n\t0\r\n"),
               99, "infected"),
    "redirect": (respond(http=b"HTTP/1.1 307 Moved\r\nX-Virus-ID: Fake.Virus\r\n\r\n"), 99, "infected"),
    "kaspersky": (respond(b"X-Virus-ID: Fake.Virus\r\nConnection: close\r\n"), 99, "infected"),
    "kaspersky-clean": (CLEAN.replace(b"ISTag", b"X-Virus-ID: no threats\r\nISTag"), 0, "clean"),
    "f-secure": (respond(b"X-FSecure-Scan-Result: infected\r\n"
                         b"X-FSecure-Infection-Name: \"Fake.Virus\"\r\n"), 99, "infected"),
    "sophos": (b"ICAP/1.0 200 OK\r\nX-Blocked: yes\r\nX-Virus-ID: Fake.Virus\r\n"
               b"Encapsulated: null-body=0\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n", 99, "infected"),
    "skyhigh": (respond(http=b"HTTP/1.1 403 VirusFound\r\n\r\n"), 99, "infected"),
    "symantec-size": (respond(b"X-Infection-Found: Type=2; Resolution=2; Threat=Container size "
                              b"violation\r\n"), 99, "limit"),
    "symantec-encrypted": (respond(b"X-Infection-Found: Type=2; Resolution=2; Threat=Encrypted "
                                   b"container violation;\r\n"), 0, "encrypted"),
    "symantec-licence": (b"ICAP/1.0 539 Aborted - No AV scanning license\r\n\r\n", 111, "error"),
    # no answer about the object
    "404": (b"ICAP/1.0 404 Service not found\r\n\r\n", 111, "error"),
    "405": (b"ICAP/1.0 405 Forbidden\r\n\r\n", 111, "error"),
    "418": (b"ICAP/1.0 418 Bad composition\r\n\r\n", 111, "error"),
    "500": (b"ICAP/1.0 500 Server error\r\nConnection: close\r\n\r\n", 111, "error"),
    "hangs-up": (None, 111, "error"),
    "silent": (b"", 111, "timeout"),
    "without-an-engine": (b"ICAP/1.0 204 No\r\n" + EMPTY_TAG + b"\r\n", 111, "error"),
    # success that is none
    "unchanged": (UNCHANGED, 111, "error"),
    "changed": (respond(http=b"HTTP/1.1 200 OK\r\n\r\n"), 111, "error"),
    "without-a-body": (b"ICAP/1.0 200 OK\r\n" + TAG + b"\r\n", 111, "error"),
    "without-a-status": (TAG + b"\r\n", 111, "error"),
    "http": (b"HTTP/1.1 204 No Content\r\n\r\n", 111, "error"),
    "cut": (CLEAN[:-2], 111, "timeout"),
    "twice": (CLEAN + CLEAN, 111, "error"),
    "longer-than-announced": (b"ICAP/1.0 200 OK\r\n" + TAG + b"Encapsulated: res-hdr=0, "
                              b"res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
                              111, "error"),
    "204-with-a-body": (b"ICAP/1.0 204 No\r\nEncapsulated: res-body=0\r\n\r\n0\r\n\r\n", 111, "error"),
    "continue": (b"ICAP/1.0 100 Continue\r\n\r\n", 111, "error"),
    "header-without-end": (b"ICAP/1.0 204 No\r\n" + b"X: y\r\n" * 20000, 111, "error"),
    "not-icap": (b"\0\xff" * 50 + b"\n", 111, "error"),
}


def unchanged(request):
    http = b"HTTP/1.1 200 OK\r\n\r\n"
    return respond(http=http, body=request.body)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(over_icap, name):
    answer, code, verdict = ANSWERS[name]
    with FakeIcap(unchanged if answer is UNCHANGED else lambda request: answer) as fake:
        profile = over_icap(fake.url(), "timeout=4" if verdict == "timeout" else "timeout=30")
        assert scan(profile, mails.plain(), code)[0] == verdict
        if verdict == "infected" and name != "skyhigh":
            assert "Fake.Virus" in str(profile.last())


def test_sent_back_for_its_size(over_icap):
    """As c-icap does beyond its MaxObjectSize: the mail's doing, also when all of it is large."""
    def answer(request):
        return unchanged(request) if len(request.body) > 1000 else CLEAN

    with FakeIcap(answer) as fake:
        profile = over_icap(fake.url())
        large = b"".join(b"line %d\n" % i for i in range(300))
        for mail in (mails.plain(large), mails.multipart(mails.part(large))):
            verdict, line = scan(profile, mail, 99)
            assert verdict == "limit" and line["decided"] == "overlimit"


def test_a_body_sent_back(over_icap):
    """Without Allow: 204 in OPTIONS, the same body is clean, and one that is cut or longer is not."""
    for change, code in ((lambda b: b, 0), (lambda b: b[:-1], 111), (lambda b: b + b"\n", 111),
                         (lambda b: b"", 111), (lambda b: b[:-1] + b"?", 111)):
        def answer(request, change=change):
            assert b"allow" not in request.header
            return respond(http=b"HTTP/1.1 200 OK\r\n\r\n", body=change(request.body))
        with FakeIcap(answer, options(without=b"Allow")) as fake:
            scan(over_icap(fake.url("/av?%d" % fake.port)), mails.plain(), code)


@pytest.mark.parametrize("reply", [
    b"ICAP/1.0 404 Service not found\r\n\r\n",
    options(without=b"ISTag"),
    options(without=b"Methods"),
    options(EMPTY_TAG, without=b"ISTag"),
    b"ICAP/1.0 200 OK\r\n" + b"X" * 100000,
    OPTIONS + CLEAN,
    b"220 mail.example.org ESMTP\r\n\r\n",
    None,
])
def test_options_that_cannot_be(over_icap, reply):
    with FakeIcap(lambda request: CLEAN, reply) as fake:
        assert scan(over_icap(fake.url()), mails.plain(), 111)[0] == "error"
        assert fake.objects() == []


def test_options_without_a_status_line(over_icap):
    """As Kaspersky's scan engine answers."""
    with FakeIcap(lambda request: CLEAN, OPTIONS.partition(b"\r\n")[2]) as fake:
        assert scan(over_icap(fake.url()), mails.plain(), 0)[0] == "clean"


def test_options_are_asked_once(over_icap):
    tag = [b"FAKE-1"]
    with FakeIcap(lambda request: CLEAN.replace(b"FAKE-1", tag[0])) as fake:
        profile = over_icap(fake.url())
        for _ in range(3):
            assert scan(profile, mails.plain(), 0)[0] == "clean"
        asked = [r.method for r in fake.requests]
        assert asked.count(b"OPTIONS") == 1 and asked[0] == b"OPTIONS"
        # New signatures: the next mail asks again.
        tag[0] = b"FAKE-2"
        fake.options = options().replace(b"FAKE-1", b"FAKE-2")
        for _ in range(3):
            assert scan(profile, mails.plain(), 0)[0] == "clean"
        assert [r.method for r in fake.requests].count(b"OPTIONS") == 2
        # Another engine under the same initial does not inherit them.
        with FakeIcap(lambda request: CLEAN) as other:
            assert scan(over_icap(other.url()), mails.plain(), 0)[0] == "clean"
            assert other.requests[0].method == b"OPTIONS"


def test_options_without_a_life(over_icap):
    reply = options().replace(b"TTL: 600", b"TTL: 0")
    with FakeIcap(lambda request: CLEAN, reply) as fake:
        profile = over_icap(fake.url())
        for _ in range(2):
            scan(profile, mails.plain(), 0)
        assert [r.method for r in fake.requests].count(b"OPTIONS") == 2


def test_preview(over_icap):
    """The rest is sent when it is asked for; and what was found in the first bytes alone counts."""
    large = b"".join(b"line %d\n" % i for i in range(3000))
    seen = []

    def answer(request):
        seen.append((request.previewed, len(request.body)))
        if b"EVIL" in request.body:
            return found()
        return CONTINUE if request.previewed else CLEAN

    with FakeIcap(answer, options(b"Preview: 100")) as fake:
        profile = over_icap(fake.url())
        assert scan(profile, mails.multipart(mails.part(large)), 0)[0] == "clean"
        assert {n for previewed, n in seen if previewed} == {100}
        assert (False, len(large)) in seen
        behind = mails.multipart(mails.part(large + b"EVIL"))
        assert scan(profile, behind, 99)[0] == "infected"
        seen.clear()
        before = mails.multipart(mails.part(b"EVIL" + large))
        assert scan(profile, before, 99)[0] == "infected"
        assert (True, 100) in seen and (False, len(large) + 4) not in seen


def test_clean_by_a_preview_is_not_clean(over_icap):
    """It has seen a hundred bytes: then it gets all of them."""
    def answer(request):
        return found() if b"EVIL" in request.body else CLEAN

    with FakeIcap(answer, options(b"Preview: 100")) as fake:
        profile = over_icap(fake.url())
        behind = mails.multipart(mails.part(b"x" * 5000 + b"EVIL"))
        assert scan(profile, behind, 99)[0] == "infected"
        assert scan(profile, mails.multipart(mails.part(b"x" * 5000)), 0)[0] == "clean"
        assert not fake.objects()[-1].previewed


def test_continue_never(over_icap):
    def answer(request):
        return b"" if request.previewed else CLEAN

    with FakeIcap(answer, options(b"Preview: 100")) as fake:
        profile = over_icap(fake.url(), "timeout=4")
        result = profile.deliver(mails.multipart(mails.part(b"x" * 5000)))
        assert result.command_codes != [0], result.text
        assert profile.last()["scan.I"].startswith("timeout")


@pytest.mark.parametrize("how", ["close", "silently"])
def test_a_connection_for_each_object(over_icap, how):
    """Kaspersky's closes behind each answer; others do so without a word."""
    used = set()

    def answer(request):
        if how == "close":
            return CLEAN.replace(b"ISTag", b"Connection: close\r\nISTag")
        if request.connection in used:
            return None
        used.add(request.connection)
        return CLEAN

    with FakeIcap(answer) as fake:
        profile = over_icap(fake.url())
        parts = [mails.part(b"part %d" % i, name=b"p%d" % i) for i in range(20)]
        assert scan(profile, mails.multipart(*parts), 0)[0] == "clean"
        assert fake.connections > 20


def test_an_object_it_fails_on(over_icap):
    """500 for one object and no other, asked alone after a harmless question: the mail's doing."""
    def answer(request):
        if b"BOMB" in request.body:
            return b"ICAP/1.0 500 Server error\r\nConnection: close\r\n\r\n"
        return CLEAN

    with FakeIcap(answer) as fake:
        profile = over_icap(fake.url())
        bomb = mails.multipart(mails.part(b"BOMB"), mails.part(b"harmless", name=b"b"))
        verdict, line = scan(profile, bomb, 99)
        assert verdict == "error" and line["decided"] == "overlimit"
        assert any(b"harmless" == r.body for r in fake.objects())


def test_another_address_takes_over(over_icap):
    """The first has lost its licence, its OPTIONS being remembered."""
    state = [CLEAN]
    with FakeIcap(lambda request: state[0]) as first, FakeIcap(lambda request: found()) as second:
        profile = over_icap("icap://127.0.0.1:%d,127.0.0.1:%d/av" % (first.port, second.port))
        assert scan(profile, mails.plain(), 0)[0] == "clean"
        state[0] = b"ICAP/1.0 539 Aborted - No AV scanning license\r\n\r\n"
        assert scan(profile, mails.plain(), 99)[0] == "infected"


def test_nothing_about_the_mail_is_told(over_icap):
    with FakeIcap(lambda request: CLEAN) as fake:
        profile = over_icap(fake.url())
        secret = mails.part(b"content", name=b"secret-name.doc")
        assert scan(profile, mails.multipart(secret, subject=b"secret-subject"), 0)[0] == "clean"
        for request in fake.objects():
            assert b"secret" not in b"".join(request.header.values()) + request.uri


def test_check_finds_what_does_not_scan(over_icap):
    with FakeIcap(lambda request: CLEAN) as fake:
        done = check(over_icap(fake.url()))
        assert done.returncode == 2 and "EICAR" in done.stdout and "does not scan" in done.stdout
    with FakeIcap(lambda request: found()) as fake:
        done = check(over_icap(fake.url()))
        assert "6 MiB of nothing" in done.stdout
