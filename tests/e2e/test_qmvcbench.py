"""qmvcbench: what it reckons from logs, against every way of asking reckoned here anew; and what it
measures, with stand-in scanners that write down what they were given."""
import fcntl
import itertools
import json
import mailbox
import os
import pathlib
import pty
import random
import re
import signal
import struct
import subprocess
import termios

import pytest

import log_lines
import mails
from conftest import BUILD, wait_until
from log_lines import FOUND, Mail, Scan
from pages import Reader, Sight, check_links, check_text, check_valid

QMVCBENCH = BUILD / "src" / "programs" / "qmvcbench"
BEGIN = 1763683200000  # 2025-11-21T00:00Z
DAY = 86400 * 1000
NO_ANSWER = ("timeout", "error", "limit", "encrypted", "unsupported")


class Host:
    """A directory of logs and control files, and qmvcbench over it."""

    def __init__(self, base):
        self.base = base
        for name in ("control", "log"):
            (base / name).mkdir(parents=True)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8", "QMVC_HOME": str(base)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def control(self, name, *lines):
        (self.base / "control" / name).write_text("".join(line + "\n" for line in lines))

    def write(self, mail_list):
        with open(self.base / "log" / "qmvc.log", "a") as log:
            log.writelines(log_lines.line(mail) + "\n" for mail in mail_list)

    def run(self, *options, code=0):
        done = subprocess.run([QMVCBENCH, *options, str(self.base)], stdout=subprocess.PIPE, timeout=60,
                              stderr=subprocess.PIPE, check=False, env=self.environment)
        print(done.stdout.decode(), done.stderr.decode())
        assert done.returncode == code, done
        return done.stdout.decode()

    def json(self, *options, code=0):
        return json.loads(self.run("--json", *options, code=code))


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path / "home")


def generated(count, initials="CFS", seed=1, sequential=False, unknown=0.0, begin=BEGIN):
    """Mails whose scanners differ in how long they take and in what they find."""
    dice = random.Random(seed)
    for number in range(count):
        virus, scans, at, decided = dice.random() < 0.2, [], 0, False
        for place, initial in enumerate(initials):
            us = int(dice.lognormvariate(8 + place, 1)) + 1
            verdict = dice.choices(["clean", *NO_ANSWER], [90] + [1] * len(NO_ANSWER))[0]
            if virus and dice.random() < (0.4, 0.9, 0.7, 0.5)[place]:
                verdict = dice.choice(sorted(FOUND))
            scans.append(Scan(initial, verdict, us, turn=at if sequential else 0))
            if dice.random() < unknown:
                scans[-1].verdict = "cancelled"
                scans[-1].us = dice.randrange(0, us)
            if sequential and decided:
                scans[-1].verdict, scans[-1].us = "skipped", 0
            decided |= scans[-1].verdict in FOUND
            if place == 0 and number % 2:
                scans[0].early = scans[0].us * (number % 10) // 10
            at += scans[-1].us - scans[-1].early
        if dice.random() < 0.02:
            scans = [Scan(i, "skipped", 0) for i in initials]
        end = max(s.turn + s.us - s.early for s in scans)
        yield Mail(begin + number * 1000, "b%d.%d" % (seed, number), "a@example.org", "b@example.net", 1000,
                   "pass", end + int(dice.lognormvariate(6, 1)), scans=scans)


class Oracle:
    """Every way of asking, from the mails; `guess` says how long an answer takes that is not known."""

    def __init__(self, mail_list, initials, guess=None):
        self.initials, self.guess = initials, guess
        self.mails = [m for m in mail_list if any(self.known(s) for s in m.scans if s.initial in initials)]
        self.times = {i: self.known_times(i) for i in initials}

    @staticmethod
    def known(scan):
        return scan.verdict == "clean" or scan.verdict in FOUND or scan.verdict in NO_ANSWER and scan.us > 0

    def known_times(self, initial):
        return [s.us for m in self.mails for s in m.scans if s.initial == initial and self.known(s)]

    def time(self, mail, initial):
        """Microseconds, whether it found something, and how many ran beside the rest; None: there was nothing for it to do."""
        scan = next((s for s in mail.scans if s.initial == initial), Scan(initial, "cancelled", 0))
        if self.known(scan):
            return scan.us, scan.verdict in FOUND, min(scan.early, scan.us)
        if scan.verdict == "skipped" and not any(s.verdict in FOUND for s in mail.scans):
            return None
        us = self.guess(initial, scan.us)
        return us, False, min(scan.early, us)

    def outcome(self, mail, order, sequential, quitasap):
        """delay, time of all scanners, started, caught"""
        other = max(0, mail.delay - max(s.turn + s.us - s.early if s.us else 0 for s in mail.scans))
        first = self.time(mail, order[0])
        asked = [t for t in (self.time(mail, initial) for initial in order) if t]
        caught = any(found for _, found, _ in asked)
        if sequential:
            if quitasap and caught:
                asked = asked[:next(i for i, (_, found, _) in enumerate(asked) if found) + 1]
            busy = sum(us for us, _, _ in asked)
            return other + busy - (first[2] if first else 0), busy, len(asked), caught
        end = max(us - early for us, _, early in asked)
        if quitasap and caught:
            end = min(us - early for us, found, early in asked if found)
        return other + end, sum(early + min(us - early, end) for us, _, early in asked), len(asked), caught

    def ways(self):
        """(order or None, quitasap) -> outcomes"""
        found = {}
        for quitasap in (True, False):
            found[None, quitasap] = [self.outcome(m, self.initials, False, quitasap) for m in self.mails]
            if len(self.initials) > 1:
                for order in itertools.permutations(self.initials):
                    found[order, quitasap] = [self.outcome(m, order, True, quitasap) for m in self.mails]
        return found

    def best(self):
        """The key of the way that the manual recommends."""
        means = {k: sum(o[0] for o in v) // len(v) for k, v in self.ways().items() if k[1]}
        one, at_once = min(means, key=lambda k: (means[k], k[0] is None)), means[None, True]
        sequential = min((means[k] for k in means if k[0]), default=None)
        if sequential is not None and sequential <= at_once + at_once // 10:
            one = next(k for k in means if k[0] and means[k] == sequential)
        return one


def key(way):
    return None if way["mode"] == "concurrent" else tuple(way["order"]), way["quitasap"]


def close(told_ms, us):
    assert abs(told_ms * 1000 - us) <= max(1, 0.008 * us), (told_ms, us)


def check_ways(told, oracle):
    ways = oracle.ways()
    assert sorted(map(str, map(key, told["ways"]))) == sorted(map(str, ways))
    for way in told["ways"]:
        outcomes = ways[key(way)]
        delays = [o[0] for o in outcomes]
        assert way["mails"] == way["delay"]["count"] == len(outcomes)
        assert round(way["delay"]["mean"] * 1000) == sum(delays) // len(delays)
        assert round(way["delay"]["max"] * 1000) == max(delays)
        close(way["delay"]["median"], log_lines.quantile(delays, 500))
        close(way["delay"]["p95"], log_lines.quantile(delays, 950))
        assert round(way["scanning"] * 1000) == sum(o[1] for o in outcomes)
        assert way["starts"] == sum(o[2] for o in outcomes)
        assert way["caught"] == sum(o[3] for o in outcomes)
    assert [key(w) for w in told["ways"] if w["recommended"]] == [oracle.best()]


def check_scanners(told, oracle):
    assert [s["initial"] for s in told["scanners"]] == list(oracle.initials)
    for scanner in told["scanners"]:
        mine = [(m, s) for m in oracle.mails for s in m.scans if s.initial == scanner["initial"]]
        times = oracle.known_times(scanner["initial"])
        assert scanner["latency"]["count"] == len(times)
        close(scanner["latency"]["median"], log_lines.quantile(times, 500))
        close(scanner["latency"]["p95"], log_lines.quantile(times, 950))
        assert scanner["found"] == sum(s.verdict in FOUND for _, s in mine)
        assert scanner["alone"] == sum(
            s.verdict in FOUND and sum(o.verdict in FOUND for o in m.scans) == 1 and
            any(o.verdict == "clean" for o in m.scans) for m, s in mine)


@pytest.mark.parametrize("initials", ["C", "CF", "CFS", "CFSX"])
def test_every_way(host, initials):
    mail_list = list(generated(600, initials, seed=len(initials)))
    host.write(mail_list)
    told = host.json()
    oracle = Oracle(mail_list, initials)
    check_ways(told, oracle)
    check_scanners(told, oracle)
    assert told["mails"] == told["mails_used"] == len(oracle.mails)
    assert told["mails_not_scanned"] == len(mail_list) - len(oracle.mails) > 0
    assert told["answers_guessed"] == 0 and told["file"] is None


def test_first_of_others_wins(host):
    """One that is quick and finds all goes first, and then one after the other is best."""
    mail_list = [Mail(BEGIN + i, "q%d" % i, "a", "b", 1, "pass", 10_500, scans=[
        Scan("C", "clean", 10_000), Scan("F", "infected" if i % 2 else "clean", 1000)]) for i in range(100)]
    for mail in mail_list[:40]:
        mail.scans[0].us = 200
    host.write(mail_list)
    told = host.json()
    check_ways(told, Oracle(mail_list, "CF"))
    best = next(w for w in told["ways"] if w["recommended"])
    assert (best["order"], best["mode"]) == (["F", "C"], "sequential")
    assert "Ask F, then C, one after the other, with quitasap." in told["why"]
    # At once 2 of 100 mails each; F finds every other one.
    assert "That saves 50 of 200 starts of scanners, for what the first ones find is not shown to the others " \
        "(mails: 100, caught: 50)." in told["why"]


def guesses(oracle, initial, least, pick):
    """The range within which a guess lies: as long as it had taken, or as another mail took."""
    times = oracle.times[initial]
    fitting = [t for t in times if t >= least]
    return pick(fitting) if fitting else max(least, log_lines.quantile(times, 500))


def test_guess_is_no_shorter_than_known(host):
    """One that was cancelled after 10 ms is not given a time of 1 ms: what takes long is what is cut."""
    host.write(Mail(BEGIN + i, "k%d" % i, "a", "b", 1, "pass", 60_000, scans=[
        Scan("C", "infected", 10_000), Scan("S", "cancelled", 10_000) if i % 3 == 0 else
        Scan("S", "clean", 1000 if i % 3 == 1 else 50_000)]) for i in range(300))
    told = host.json()
    whole = next(w for w in told["ways"] if key(w) == (("C", "S"), False))
    assert round(whole["scanning"]) == 300 * 10 + 100 * (1 + 50 + 50)


@pytest.mark.parametrize("sequential", [False, True])
def test_unknown_answers(host, sequential):
    """Of those cancelled or not asked the word is clean, and the time one that is possible."""
    mail_list = list(generated(600, seed=9, sequential=sequential, unknown=0.2))
    host.write(mail_list)
    told = host.json()
    bounds = []
    for pick in (min, max):
        oracle = Oracle(mail_list, "CFS")
        cache = {}
        oracle.guess = lambda initial, least, o=oracle, p=pick, c=cache: c.setdefault(
            (initial, least), guesses(o, initial, least, p))
        bounds.append(oracle.ways())
    unknown = sum(s.initial in "CFS" and not oracle.known(s) and oracle.time(m, s.initial) is not None
                  for m in oracle.mails for s in m.scans)
    assert told["answers_guessed"] == unknown > 200
    for way in told["ways"]:
        least, most = bounds[0][key(way)], bounds[1][key(way)]
        assert way["starts"] == sum(o[2] for o in least)
        assert way["caught"] == sum(o[3] for o in least)
        assert sum(o[0] for o in least) // len(least) <= way["delay"]["mean"] * 1000 + 1
        assert way["delay"]["mean"] * 1000 <= sum(o[0] for o in most) // len(most) + 1
    assert "Answers of scanners not asked or cancelled are guessed (%d): clean" % unknown in told["why"]
    assert host.json() == told, "the same log, the same figures"


def test_the_way_in_use_comes_out_as_it_was(host):
    """Reckoned from its own log a way has the delays that stand there."""
    host.control("scanners", "/bin/true;C;", "/bin/true;F;", "/bin/true;S;", "mode=sequential")
    host.control("filters", "virus=y;block;;;quitasap")
    mail_list = list(generated(500, seed=3, sequential=True))
    host.write(mail_list)
    told = host.json()
    present = [w for w in told["ways"] if w["present"]]
    assert [key(w) for w in present] == [(("C", "F", "S"), True)]
    delays = [m.delay for m in Oracle(mail_list, "CFS").mails]
    assert round(present[0]["delay"]["mean"] * 1000) == sum(delays) // len(delays)


def test_period(host):
    mail_list = list(generated(100)) + list(generated(100, seed=2, begin=BEGIN + DAY))
    host.write(mail_list)
    told = host.json("--since", "2025-11-22", "--until", "2025-11-22")
    check_ways(told, Oracle(mail_list[100:], "CFS"))
    assert host.json("--since", "2026-01-01", code=1)["ways"] == []
    host.run("--since", "soon", code=2)


def test_even_sample(host):
    """Of 300,000 mails a third is kept, as many of each part of the log as of another."""
    line = log_lines.line(Mail(BEGIN, "sample", "a", "b", 1, "pass", 9000, scans=[
        Scan("C", "clean", 7000), Scan("F", "clean", 10)])) + "\n"
    with open(host.base / "log" / "qmvc.log", "w") as log:
        for third in (1, 2, 3):
            log.write(line.replace(":7.000", ":%d.000" % third) * 100_000)
    told = host.json()
    assert told["mails"] == 300_000 and told["mails_used"] == 100_000
    # The sum of 100,000 draws of 1, 2, 3 ms: mean 2, standard error 0.0026.
    assert abs(told["scanners"][0]["latency"]["mean"] - 2.0) < 0.013
    assert "reckoned with" in host.run()


HOSTILE = ["\x1b[31m", "<b>", "\u202e", "a" * 7, "é"]


def test_hostile_logs(host):
    """Whatever stands there: an answer, no control character, and no more than four scanners."""
    dice = random.Random(5)
    lines = [log_lines.line(m) for m in generated(200)]
    mutated = []
    for line in lines:
        at = dice.randrange(len(line))
        mutated += [line, line[:at], line[:at] + dice.choice(HOSTILE) + line[at:],
                    line.replace("scan.C", "scan.%s" % dice.choice("ABDEGH")),
                    line.replace("scan.C=clean:", "scan.C=clean:99999999999999"),
                    line.replace("delay=", "delay=18446744073709551")]
    (host.base / "log" / "qmvc.log").write_text("\n".join(mutated) + "\n")
    for options in ((), ("--all",), ("--json",)):
        text = host.run(*options)
        assert not set(text) & set("\x1b\u202e")
    assert len(host.json()["scanners"]) == 4 and host.json()["answers_left_out"] > 0


def test_text(host):
    host.control("scanners", "clamd:/c;C;ClamAV;", "/bin/true;F;", "/bin/true;S;")
    host.control("filters", "virus=y;block;")
    host.write(generated(300))
    text = host.run("--all")
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("\n* ") == 2    # it is recommended, and what that sign means
    assert "add it to the line virus in filters" in " ".join(text.split())
    assert "--all: 4 more" in host.run()
    host.control("filters", "virus=y;inspect;")
    assert "does not stop the mail" in " ".join(host.run().split())


# --- the control file ---

FILE = """# All scanners of this host

# The good one
clamd:/run/clamd.sock;C;ClamAV;;timeout=30
# Slow
/opt/slow;S;Slow one;;onfail=ignore

/opt/fast;F;Fast one;
deadline=90
#mode=sequential
"""


SHOWN = """
The file scanners: its lines, as they are
/opt/fast;F;Fast one;
# The good one
clamd:/run/clamd.sock;C;ClamAV;;timeout=30
# Slow
/opt/slow;S;Slow one;;onfail=ignore
deadline=90
mode=sequential
"""


def fast_first(host):
    """A log by which F, C, S one after the other is best."""
    host.write(Mail(BEGIN + i, "w%d" % i, "a", "b", 1, "pass", 90_000, scans=[
        Scan("C", "clean", 2000), Scan("S", "clean", 50_000),
        Scan("F", "infected" if i % 3 else "clean", 1000)]) for i in range(90))


def test_write(host):
    path = host.base / "control" / "scanners"
    path.write_text(FILE)
    path.chmod(0o640)
    fast_first(host)
    told = host.json()
    expected = FILE.replace("/opt/fast;F;Fast one;", "@S").replace(
        "# The good one\nclamd:/run/clamd.sock;C;ClamAV;;timeout=30", "/opt/fast;F;Fast one;").replace(
        "# Slow\n/opt/slow;S;Slow one;;onfail=ignore",
        "# The good one\nclamd:/run/clamd.sock;C;ClamAV;;timeout=30").replace(
        "@S", "# Slow\n/opt/slow;S;Slow one;;onfail=ignore") + "mode=sequential\n"
    assert told["file"] == expected and path.read_text() == FILE, "nothing is written without -w"
    host.run("-w")
    assert path.read_text() == expected and path.stat().st_mode & 0o777 == 0o640
    assert (host.base / "control" / "scanners.old.1").read_text() == FILE
    assert host.run("-w").endswith(SHOWN), "a second time"
    assert path.read_text() == expected
    assert sorted(p.name for p in path.parent.iterdir()) == ["scanners", "scanners.old.1"]


def test_write_mode_line(host):
    """A line mode= is changed where it is; a last line without its end gets one."""
    host.control("scanners", "mode=sequential;", "/a;C;", "/b;F;")
    path = host.base / "control" / "scanners"
    path.write_text(path.read_text().rstrip("\n"))
    host.write(Mail(BEGIN + i, "m%d" % i, "a", "b", 1, "pass", 9000, scans=[
        Scan("C", "clean", 4000), Scan("F", "clean", 4000)]) for i in range(9))
    assert host.json("-w")["file"] == "mode=concurrent\n/a;C;\n/b;F;\n" == path.read_text()


def test_scanner_without_answers(host):
    """It is named, takes no place among those that are reckoned, and comes last."""
    host.control("scanners", "/n;NEW;", "/s;S;", "/c;C;", "/f;F;", "mode=sequential")
    fast_first(host)
    told = host.json()
    assert told["scanners_without_answers"] == ["NEW"] and "No answer of NEW is known" in told["why"]
    assert told["file"].split()[:4] == ["/f;F;", "/s;S;", "/c;C;", "/n;NEW;"]


def test_scanner_of_the_past(host):
    """What is not configured any more is left out, and said to be."""
    host.control("scanners", "/c;C;", "/f;F;")
    fast_first(host)
    told = host.json()
    assert told["answers_left_out"] == 90 and [s["initial"] for s in told["scanners"]] == ["C", "F"]


def test_nothing_to_go_by(host):
    (host.base / "log" / "qmvc.log").write_text("")
    assert host.json(code=1)["why"] == ""
    assert "0 mails" in host.run(code=1)


def test_errors(host):
    host.write(generated(3))
    host.run("--nonsense", code=2)
    host.run("-w", code=2)    # there is no file
    host.control("scanners", "nonsense:;;;")
    host.run(code=2)
    assert subprocess.run([QMVCBENCH, "/nonexistent"], env=host.environment, check=False).returncode == 2


def test_log_of_qmvc(profile, clamd, plugin):
    """A log that qmvc wrote itself, quitasap cancelling one that sleeps."""
    slow = plugin("sleep 20; exit 0")
    profile.filters("virus=y;block;;;quitasap").scanners(
        "clamd:%s;C;ClamAV;" % clamd.socket, "%s;S;Slow;" % slow)
    assert profile.exit_code(mails.multipart(mails.part(mails.EICAR))) == 99
    profile.scanners("clamd:%s;C;ClamAV;" % clamd.socket, "%s;S;Quick;" % plugin("exit 0"))
    profile.deliver(mails.plain(b"good\n"))
    told = json.loads(subprocess.run([QMVCBENCH, "-j", str(profile.home)], check=True, timeout=60,
                                     stdout=subprocess.PIPE, env=profile.environment).stdout)
    assert told["mails"] == 2 and told["answers_guessed"] == 1
    assert {w["caught"] for w in told["ways"]} == {1}


# --- the page ---

def page_of(host, *options):
    page = host.base / "bench.html"
    host.run("--html", str(page), *options)
    check_text(page)
    check_valid(page)
    check_links(host.base, [page])
    return page


# By a log in which nothing was found, one that is not known, and one in which F finds all.
SENTENCES = {
    "en": ["Ask C, F and S at once, with quitasap.", "A mail then takes 50 ms on average, against 60 ms as it is now.",
           "The mail waits for the slowest only, where one after the other it waits for all of them; quitasap",
           "Answers of scanners not asked or cancelled are guessed (1): clean,", "No answer of NEW is known:",
           "Ask F, then C, one after the other, with quitasap. A mail then takes",
           "with all at once. That is no more than a tenth slower than all at once, and they do not work",
           "That saves 3 of 8 starts of scanners, for what the first ones find is not shown",
           "(mails: 4, caught: 3). Now quitasap is missing: add it to the line virus in filters.",
           "Ask C alone, with quitasap (as it is now).", "But virus in filters does not stop the mail"],
    "de": ["Zugleich fragen: C, F und S, mit quitasap.", "Eine Mail braucht dann im Mittel 50 ms, gegenüber jetzt 60 ms.",
           "Die Mail wartet nur auf den langsamsten, nacheinander wartet sie auf alle; quitasap",
           "Antworten nicht gefragter oder abgebrochener Scanner sind geschätzt (1): sauber,",
           "Von NEW ist keine Antwort bekannt:",
           "Nacheinander fragen: F, dann C, mit quitasap. Eine Mail braucht dann im Mittel",
           "mit allen zugleich. Das ist höchstens ein Zehntel langsamer als alle zugleich, und sie arbeiten",
           "Das spart 3 von 8 Starts von Scannern, denn was die ersten finden, wird den anderen nicht",
           "(Mails: 4, erwischt: 3). Jetzt fehlt quitasap: es gehört in die Zeile virus in filters.",
           "C allein fragen, mit quitasap (wie es jetzt ist).", "Aber virus in filters hält die Mail nicht auf"],
    "fr": ["Interroger à la fois : C, F et S, avec quitasap.",
           "Un message prend alors 50 ms en moyenne, contre 60 ms actuellement.",
           "Le message n’attend que le plus lent, alors que l’un après l’autre il les attend tous ; quitasap",
           "Les réponses des antivirus non interrogés ou interrompus sont estimées (1) : sain,",
           "Aucune réponse de NEW n’est connue :",
           "Interroger l’un après l’autre : F, puis C, avec quitasap. Un message prend alors",
           "avec tous à la fois. C’est au plus un dixième plus lent que tous à la fois, et ils ne travaillent",
           "Cela évite 3 lancements d’antivirus sur 8, car ce que trouvent les premiers n’est pas",
           "(messages : 4, attrapés : 3). Il manque quitasap : il va dans la ligne virus de filters.",
           "Interroger C seul, avec quitasap (comme actuellement).", "Mais virus dans filters n’arrête pas le message"],
    "it": ["Interrogare insieme: C, F e S, con quitasap.", "Un messaggio richiede allora 50 ms in media, contro 60 ms adesso.",
           "Il messaggio aspetta solo il più lento, mentre uno dopo l’altro li aspetta tutti; quitasap",
           "Le risposte degli antivirus non interrogati o interrotti sono stimate (1): pulito,",
           "Di NEW non è nota alcuna risposta:",
           "Interrogare uno dopo l’altro: F, poi C, con quitasap. Un messaggio richiede allora",
           "con tutti insieme. È al massimo un decimo più lento che tutti insieme, e non lavorano",
           "Così si risparmiano 3 avvii di antivirus su 8, perché ciò che trovano i primi non viene",
           "(messaggi: 4, presi: 3). Adesso manca quitasap: va nella riga virus di filters.",
           "Interrogare solo C, con quitasap (come adesso).", "Ma virus in filters non ferma il messaggio"],
    "es": ["Consultar a la vez: C, F y S, con quitasap.", "Un mensaje tarda entonces 50 ms de media, frente a 60 ms ahora.",
           "El mensaje espera solo al más lento, mientras que uno tras otro los espera a todos; quitasap",
           "Las respuestas de los antivirus no consultados o interrumpidos están estimadas (1): limpio,",
           "No se conoce ninguna respuesta de NEW:",
           "Consultar uno tras otro: F, luego C, con quitasap. Un mensaje tarda entonces",
           "con todos a la vez. Es a lo sumo una décima parte más lento que todos a la vez, y no trabajan",
           "Así se ahorran 3 de 8 arranques de antivirus, pues lo que encuentran los primeros no se muestra",
           "(mensajes: 4, atrapados: 3). Ahora falta quitasap: va en la línea virus de filters.",
           "Consultar solo C, con quitasap (como es ahora).", "Pero virus en filters no detiene el mensaje"],
}


@pytest.mark.parametrize("language", SENTENCES)
def test_page(host, language):
    """Why, in the reader's language, with all that can be said of it; and the lines of the file as it is to be."""
    def advice(answers, scanners, virus="virus=y;block;;;quitasap"):
        host.control("scanners", *scanners)
        host.control("filters", virus)
        log = host.base / "log" / "qmvc.log"
        log.write_text("".join(log_lines.line(Mail(
            BEGIN + i, "p%d" % i, "a", "b", 1, "pass", max(s.us for s in scans), scans=scans)) + "\n"
            for i, scans in enumerate(answers)))
        text = " ".join(" ".join(Reader(page_of(host).read_text()).text).split())
        return text.replace("\u00a0", " ").replace("\u202f", " ")

    host.control("language", language)
    everyone = [Scan("C", "clean", 4000), Scan("F", "clean", 6000), Scan("S", "clean", 50_000)]
    scanners = ["/c;C;", "/f;F;", "/s;S;", "/n;NEW;", "mode=sequential"]
    text = advice([everyone, [everyone[0], everyone[1], Scan("S", "cancelled", 1000)]],
                  ["# <b>best</b>\tof all", "#/out;OUT;", "# <i>too</i>\tgood", *scanners])
    assert "# <i>too</i> good /c;C; /f;F; /s;S; /n;NEW; mode=concurrent" in text and "OUT" not in text
    some = [[Scan("C", "clean", 1000), Scan("F", "infected", 9900)]] * 3 + [
        [Scan("C", "clean", 1000), Scan("F", "clean", 9900)]]
    text += advice(some, ["/c;C;", "/f;F;"], "virus=y;block;")
    text += advice([everyone[:1]], scanners[:1])
    text += advice([everyone], scanners[:3], "virus=y;inspect;")
    for sentence in SENTENCES[language]:
        assert sentence in text, sentence
    assert (host.base / "bench.html").stat().st_mode & 0o777 == 0o644
    host.run("--html", "/nonexistent/page.html", code=2)


@pytest.mark.browser
def test_look(host, tmp_path):
    """As a browser shows it, with all that there can be on it."""
    host.control("language", "de")
    host.control("scanners", *("/s%d;SCANNR%d;" % (i, i) for i in range(4)), "mode=sequential")
    host.control("filters", "virus=y;block;;;quitasap")
    mail_list = list(generated(500, "CFSX", unknown=0.1))
    for mail in mail_list:
        for number, scan in enumerate(mail.scans):
            scan.initial = "SCANNR%d" % number
    host.write(mail_list)
    page = page_of(host, "--all")
    (tmp_path / "sight").mkdir()
    sight = Sight([page], tmp_path / "sight")
    sight.check(page)
    sight.check_network()


# --- mails that are filtered for it ---

FOUND_IN = 'f=$(grep -rl EICAR-STANDARD "$1" | head -1)\n' \
    '[ -n "$f" ] && { printf "infected\\tEicar\\t%s\\n" "$f"; exit 1; }\nexit 0'


class Bench:
    """qmvcbench over mails, with the profile of a test."""

    def __init__(self, profile, plugin, directory):
        self.profile, self.plugin, self.directory = profile, plugin, directory
        self.notes = directory / "notes"
        self.notes.mkdir()

    def scanner(self, name, body="exit 0"):
        """One that notes the directory it was given, and a line of hashes of the files there."""
        note = 'echo "$1" >> %s/%s\nfind "$1" -type f -exec sha1sum {} + | cut -c1-40 | sort | tr "\\n" " "' \
               ' >> %s/%s.sums\necho >> %s/%s.sums\n' % ((self.notes, name) * 3)
        return self.plugin(note + body, name)

    def started(self, name):
        path = self.notes / name
        return path.read_text().splitlines() if path.exists() else []

    def sums(self, name):
        return (self.notes / (name + ".sums")).read_text().splitlines()

    def mails(self, count, name="mails"):
        """A directory of mails, each third with EICAR."""
        folder = self.directory / name
        folder.mkdir()
        for number in range(count):
            body = mails.EICAR if number % 3 == 0 else b"harmless %d" % number
            (folder / ("%02d" % number)).write_bytes(mails.multipart(mails.part(body)))
        return folder

    def run(self, *arguments, code=0):
        done = subprocess.run([QMVCBENCH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.profile.environment, timeout=120, check=False)
        print(done.stdout.decode(), done.stderr.decode())
        assert done.returncode == code, done
        self.errors = done.stderr.decode()
        return done.stdout.decode()

    def json(self, *arguments, code=0):
        return json.loads(self.run("--json", *arguments, code=code))

    def rooms(self):
        """The private directories that the scanners have seen."""
        return {pathlib.Path(*pathlib.Path(line).parts[:3]) for name in self.notes.glob("*[!s]")
                for line in name.read_text().splitlines()}


@pytest.fixture
def bench(profile, plugin, tmp_path):
    made = Bench(profile, plugin, tmp_path)
    yield made
    assert not [room for room in made.rooms() if room.exists()], "left in /tmp"


def everything(home):
    return {p: (p.read_bytes() if p.is_file() else None, p.stat().st_mtime_ns) for p in home.rglob("*")}


def test_replay(bench, clamd):
    """What is caught and whom it starts, in each way; and the host's profile stays as it is."""
    profile, touched = bench.profile, bench.directory / "touched"
    profile.filters("virus=y;keep;notify=rs,inform=guard@example.org,forward=g@example.org",
                    "bodytext=y;block;;goodmail").control(
        "badbodytexts", "|touch %s:0" % touched, "nowhere to be found")
    first, last = bench.scanner("first", FOUND_IN), bench.scanner("last")
    profile.scanners("%s;L;" % last, "%s;F;" % first, "clamd:%s;C;ClamAV;" % clamd.socket)
    corpus, before = bench.mails(3), everything(profile.home)
    told = bench.json("--all", "--rounds", "1", str(corpus))
    assert everything(profile.home) == before and not touched.exists() and profile.queued() == []
    assert told["failed"] == 0 and told["commands_not_run"] == 1 and "not run" in bench.errors
    assert [(s["initial"], s["found"], s["alone"]) for s in told["scanners"]] == \
        [("L", 0, 0), ("F", 1, 0), ("C", 1, 0)]
    assert len(told["ways"]) == len(told["reckoned"]) == 14
    assert [w["present"] for w in told["ways"]].count(True) == 1
    for way in told["ways"]:
        assert way["mails"] == way["delay"]["count"] == 3 and way["caught"] == 1, way
        order, starts = way["order"], 9
        if way["mode"] == "sequential" and way["quitasap"]:
            starts -= 2 - min(order.index("F"), order.index("C"))
        assert way["starts"] == starts, way
        assert 0 < way["delay"]["median"] and 0 < way["cpu"]
    by_key = {key(w): w for w in told["ways"]}
    for way in told["reckoned"]:
        if way["mode"] == "sequential":
            assert way["starts"] == by_key[key(way)]["starts"]
    # In the first round all are asked; then one that comes behind a finder is not, with quitasap.
    late = sum(w["quitasap"] and w["mode"] == "sequential" and w["order"][0] != "L" for w in told["ways"])
    assert 0 < late and len(bench.started("last")) <= 3 + 3 * len(told["ways"]) - late
    assert "quitasap is missing" in told["why"]


def test_replay_writes(bench):
    """Only a few ways are run when nobody asks for all; -w writes what is recommended."""
    profile = bench.profile.filters("virus=y;block;;;quitasap")
    slow, quick = bench.scanner("slow", "sleep 0.3; exit 0"), bench.scanner("quick", FOUND_IN)
    profile.scanners("# both", "%s;S;" % slow, "%s;Q;" % quick)
    told = bench.json("-w", "--rounds", "1", str(bench.mails(3)))
    assert 2 <= len(told["ways"]) <= 3 and len(told["reckoned"]) == 6
    best = next(w for w in told["ways"] if w["recommended"])
    assert best["quitasap"] and best["caught"] == 1
    text = (profile.home / "control" / "scanners").read_text()
    assert text == told["file"] and sorted(text.splitlines())[:1] == ["# both"]


def test_corpora(bench):
    """A Maildir, an mbox, a file: each mail once, as it was."""
    bench.profile.filters("virus=y;block").scanners("%s;A;" % bench.scanner("a", 'grep -rh "^Subject: \\|^From \\|^>From" '
                                                    '"$1" >> %s/seen; exit 0' % bench.directory))
    maildir = mailbox.Maildir(bench.directory / "Maildir")
    for number in range(2):
        maildir.add(b"Subject: maildir %d\n\ntext\n" % number)
    (bench.directory / "Maildir" / "new" / ".hidden").write_text("Subject: hidden\n\n")
    (bench.directory / "Maildir" / "cur" / "link").symlink_to("/etc/passwd")
    mbox = bench.directory / "mbox"
    mbox.write_bytes(b"From a@b Thu Jan  1 00:00:00 1970\nSubject: mbox 0\n\n>From here\n>>From there\n\n"
                     b"From a@b Thu Jan  1 00:00:00 1970\nSubject: mbox 1\n\ntext\nFrom inside\n")
    single = bench.directory / "single"
    single.write_bytes(b"Subject: single\n\nlast")
    told = bench.json("--rounds", "1", str(bench.directory / "Maildir"), str(mbox), str(single))
    assert told["mails"] == 5
    lines = sorted(set((bench.directory / "seen").read_text().splitlines()))
    assert lines == [">From there", "From here", "From inside", "Subject: maildir 0", "Subject: maildir 1",
                     "Subject: mbox 0", "Subject: mbox 1", "Subject: single"]


def test_fresh(bench, clamd):
    """No file is given to a scanner twice, and what is in it is found all the same."""
    bench.profile.filters("virus=y;inspect").scanners(    # so all are asked to the end
        "%s;A;" % bench.scanner("a"), "clamd:%s;C;ClamAV;" % clamd.socket)
    folder = bench.directory / "mails"
    folder.mkdir()
    for number, part in enumerate((
            mails.part(mails.EICAR), mails.part(mails.EICAR + b"\n"), mails.part(b"two bytes short"),
            b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nh=C3=A4\n",
            b"Content-Type: text/plain\n\nplain text\n")):
        (folder / str(number)).write_bytes(mails.multipart(part, part))
    (folder / "5").write_bytes(mails.plain(b"not in parts\n"))
    for fresh in ((), ("--fresh",)):
        for note in bench.notes.iterdir():
            note.unlink()
        told = bench.json("--rounds", "2", *fresh, str(folder))
        assert told["failed"] == 0 and {w["caught"] for w in told["ways"]} == {4}
        sums = [set(line.split()) for line in bench.sums("a") if line]
        runs = len(sums)
        assert runs == 6 * (1 + 2 * len(told["ways"]))
        if fresh:
            assert len(set().union(*sums)) == sum(map(len, sums)) > runs
        else:
            assert len(set(map(frozenset, sums))) == 6


def test_generated(bench, clamd):
    """The same mails each time, one of twenty with EICAR."""
    bench.profile.filters("virus=y;block;;;quitasap").scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    told = bench.json("--generate", "21", "--rounds", "1")
    assert told["source"] == "21 generated mails, 1 round" and told["mails"] == 21
    assert {w["caught"] for w in told["ways"]} == {1}
    rounds = bench.run("--rounds", "3", str(bench.mails(1))).split("Measured")[1].splitlines()[1]
    assert rounds.split()[-2:] == ["0", "1"], "of three rounds caught in each is one mail"
    page = bench.directory / "page.html"
    assert "CPU: of qmvc" in bench.run("--generate", "1", "--rounds", "1", "--html", str(page))
    check_text(page)
    check_valid(page)
    assert "Measured; mails: 1, rounds: 1" in page.read_text()


def test_mails_that_fail(bench):
    """They are counted and named, and no figure of a way has them in it."""
    failing = bench.scanner("a", 'grep -rq "harmless 2" "$1" && exit 9; exit 0')
    bench.profile.filters("virus=y;block").scanners("%s;A;" % failing)
    told = bench.json("--rounds", "2", str(bench.mails(4)), code=1)
    assert told["failed"] == 1 + 2 * len(told["ways"])
    assert "deferred: %d of %d; they" % (told["failed"], 4 * (1 + 2 * len(told["ways"]))) in told["why"]
    assert all(w["failed"] == 2 and w["mails"] == 6 for w in told["ways"])
    assert "mails/02" in told["failure"] and "mails/02" in bench.errors
    bench.profile.scanners("%s;A;" % bench.scanner("never", "exit 9"))
    bench.run(str(bench.mails(1, "one")), code=2)
    assert "not one mail could be filtered" in bench.errors


def test_without_quitasap(bench):
    """Where the action does not stop the mail quitasap may not stand, and is not measured."""
    bench.profile.filters("virus=y;inspect").scanners(
        "%s;A;" % bench.scanner("a", FOUND_IN), "%s;B;" % bench.scanner("b"))
    told = bench.json("--rounds", "1", str(bench.mails(3)))
    assert not any(w["quitasap"] for w in told["ways"]) and "may not stand there" in told["why"]
    assert bench.profile.saved() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(bench, number):
    """Nothing is left: no directory, no qmvc, no scanner."""
    pid = bench.directory / "pid"
    bench.profile.filters("virus=y;block").scanners(
        "%s;A;" % bench.scanner("a", "echo $$ > %s.new; mv %s.new %s; sleep 60" % (pid, pid, pid)))
    process = subprocess.Popen([QMVCBENCH, str(bench.mails(2))], env=bench.profile.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_until(pid.exists)
    process.send_signal(number)
    assert b"ended by a signal" in process.communicate(timeout=30)[1]
    assert process.returncode == 2
    wait_until(lambda: not os.path.exists("/proc/" + pid.read_text().strip()))


# --- progress on a terminal ---

def on_terminal(bench, columns, *arguments):
    """What stands on a terminal of so many columns while it runs, line by line as it was drawn."""
    try:
        master, slave = pty.openpty()
    except OSError as error:
        pytest.skip("no pseudo-terminal here: %s" % error)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([QMVCBENCH, *arguments], stdout=subprocess.DEVNULL, stderr=slave,
                               env=bench.profile.environment)
    os.close(slave)
    drawn = b""
    try:
        while True:
            drawn += os.read(master, 4096)
    except OSError:    # nobody has it open any more
        pass
    os.close(master)
    assert process.wait(60) == 0, drawn
    return drawn.decode()


def screen(drawn):
    """What is left when all has been drawn, and how many columns were ever used."""
    line, at, most = {}, 0, 0
    for sign in drawn:
        assert sign >= " " or sign == "\r", repr(drawn)
        if sign == "\r":
            at = 0
            continue
        line[at] = sign
        at += 1
        most = max(most, at)
    return "".join(line[i] for i in sorted(line)).rstrip(), most


@pytest.mark.parametrize("columns, bar", [(0, 40), (80, 40), (48, 40), (30, 22), (13, 5), (12, 0), (6, 0), (5, None)])
def test_progress(bench, columns, bar):
    """Never wider than the terminal, whose last column is left alone; and at the end it is wiped."""
    bench.profile.filters("virus=y;block;;;quitasap").scanners("%s;A;" % bench.scanner("a", "sleep 0.12; exit 0"))
    drawn = on_terminal(bench, columns, "--rounds", "1", str(bench.mails(2)))
    left, most = screen(drawn)
    assert left == "" and most <= (columns or 80) - 1
    shown = re.findall(r"\r(?:\[(#*)( *)\])?( *)(\d+) %", drawn)
    if bar is None:
        assert drawn == ""
        return
    # The first round of two mails is 2 of 8 runs at most; of two that remain, half and three quarters.
    assert [int(s[3]) for s in shown] == [0, 12, 50, 75]
    assert [len(s[0]) for s in shown] == [bar * p // 1000 for p in (0, 125, 500, 750)]
    assert {len(s[0] + s[1]) for s in shown} == {bar}


def test_progress_elsewhere(bench):
    """Into a file or a pipe nothing of it goes."""
    bench.profile.filters("virus=y;block;;;quitasap").scanners("%s;A;" % bench.scanner("a"))
    bench.run("--rounds", "1", str(bench.mails(1)))
    assert bench.errors == ""


def test_replay_errors(bench):
    corpus = str(bench.mails(1))
    for arguments in (["--rounds", "0", corpus], ["--rounds", "2"], ["--log", "-u"], ["--generate", "x"],
                      ["--since", "1d", "--fresh"], [corpus, "/nonexistent"], [""]):
        bench.run(*arguments, code=2)
    bench.run(corpus, code=2)
    assert "the condition virus is off" in bench.errors
    bench.profile.filters("virus=y")
    bench.run(corpus, code=2)
    assert "no scanner is configured" in bench.errors
    bench.profile.scanners("%s;A;" % bench.scanner("a"))
    (bench.directory / "empty").mkdir()
    bench.run(str(bench.directory / "empty"), code=2)
    assert "there is no mail in it" in bench.errors
