"""qmvcstat: its figures against a tally in Python, over logs of qmvc's own and of a generator."""
import bz2
import dataclasses
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unicodedata

import pytest

import log_lines
import mails
import openmetrics
from conftest import BUILD, SOURCE, wait_until
from tools import Tools

QMVCSTAT = BUILD / "src" / "programs" / "qmvcstat"
BEGIN = 1763683200000  # 2025-11-21T00:00Z
DAY = 86400 * 1000


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path / "home")


class Host:
    """A directory of logs, and qmvcstat over it."""

    def __init__(self, base):
        self.base, self.logs = base, base / "log"
        self.logs.mkdir(parents=True)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                            "QMVC_HOME": str(base)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def write(self, mail_list, name="qmvc.log"):
        text = "".join(log_lines.line(mail) + "\n" for mail in mail_list)
        with open(self.logs / name, "a") as log:
            log.write(text)
        return text

    def run(self, *options, code=0, **environment):
        done = subprocess.run([QMVCSTAT, *options, str(self.base)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False,
                              env={**self.environment, **environment})
        assert done.returncode == code, done
        return done.stdout.decode()

    def json(self, *options, code=0, **environment):
        return json.loads(self.run("--json", *options, code=code, **environment))


def generated(count=400, days=2, **more):
    return list(log_lines.generate(count, BEGIN, BEGIN + days * DAY, **more))


def test_figures(host):
    mail_list = generated(3000, 5)
    host.write(mail_list)
    for zone in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"):
        log_lines.Tally(mail_list, zone).check(host.json(TZ=zone))


@pytest.mark.parametrize("zone, begin", [("Europe/Berlin", 1774569600000), ("Europe/Berlin", 1792800000000),
                                         ("America/New_York", 1772841600000),
                                         ("America/New_York", 1793404800000),
                                         ("Australia/Lord_Howe", 1775174400000),
                                         ("Australia/Lord_Howe", 1790812800000)])
def test_days_of_the_change(host, zone, begin):
    """Three or four days around each change of the clock in 2026."""
    mail_list = list(log_lines.generate(1000, begin, begin + 3 * DAY))
    host.write(mail_list)
    tally = log_lines.Tally(mail_list, zone)
    assert len({tally.local(mail).utcoffset() for mail in mail_list}) == 2, "no change there"
    tally.check(host.json(TZ=zone))


def test_logs_of_qmvc(profile, clamd):
    """What qmvc wrote is what was delivered; the log is read by the test's own reader too."""
    profile.filters("subject=y;keep", "virus=y;keep").control("badsubjects", "forbidden")
    profile.scanners("clamd:%s;C;ClamAV;;" % clamd.socket)
    for number in range(3):
        profile.deliver(mails.plain(b"good %d\n" % number))
    profile.deliver(b"Subject: forbidden\n\ntext\n")
    profile.deliver(mails.multipart(mails.part(mails.EICAR)), sender="")
    told = json.loads(subprocess.run([QMVCSTAT, "-j", str(profile.home)], check=True, timeout=60,
                                     stdout=subprocess.PIPE, env=profile.environment).stdout)
    log = profile.log()
    assert told["mails"] == len(log) == 5 and told["log"]["lines_not_read"] == 0
    assert told["actions"]["pass"] == 3 and told["actions"]["keep"] == 2
    assert told["conditions"]["virus"] == told["conditions"]["subject"] == 1
    assert told["viruses"]["names"] == [{"name": log[-1]["virus.C"], "count": 1, "error": 0}]
    assert told["virus_senders"]["names"][0]["name"] == "<>"
    delays = [round(float(line["delay"]) * 1000) for line in log]
    log_lines.Tally.check_times(told["delay"], delays)
    assert {s["stage"] for s in told["stages"]} == \
        {key[5:] for line in log for key in line if key.startswith("time.")}


def split_up(host, mail_list):
    """The log as rotations leave it: each in another form."""
    parts = [mail_list[i::7] for i in range(7)]
    for name, part in zip(["qmvc.log", "qmvc.log.1", "qmvc.log-20261119", "qmvc-2026-10.log"], parts):
        host.write(part, name)
    for name, part in zip(["qmvc.log.2.gz", "qmvc.log.2026-11-18.zst", "qmvc.log.3.gz"], parts[4:]):
        text = "".join(log_lines.line(mail) + "\n" for mail in part).encode()
        if name.endswith(".gz"):  # two members, as cat makes them
            (host.logs / name).write_bytes(gzip.compress(text[:999]) + gzip.compress(text[999:]))
        else:
            (host.logs / name).write_bytes(subprocess.run(["zstd", "-qc"], input=text, check=True,
                                                          stdout=subprocess.PIPE).stdout)


def test_rotated_and_compressed(host):
    mail_list = generated(700)
    split_up(host, mail_list)
    # The same once more, as a rotation has it while it compresses; and what is no log.
    text = (host.logs / "qmvc.log.1").read_bytes()
    (host.logs / "qmvc.log.1.gz").write_bytes(gzip.compress(text))
    (host.logs / "qmvc.log.4.gz").write_bytes(gzip.compress(text)[:2000])
    for name in ("qmvc.log.bak", "qmvc.log~", "qmvc.error", "qmvc.log.1.bz2", "xqmvc.log"):
        (host.logs / name).write_bytes(bz2.compress(text) if name.endswith("2") else text + b"x\n")
    (host.logs / "qmvc.log.9").symlink_to("qmvc.error")
    (host.logs / "qmvc.log.8").mkdir()
    os.mkfifo(host.logs / "qmvc.log.7")
    told = host.json()
    log_lines.Tally(mail_list).check(told)
    assert told["log"]["files"] == 7 and told["log"]["lines"] == 700


def test_damaged(host):
    """A compressed file that is cut: what is in front of that counts, and it is told."""
    mail_list = generated(5000)
    text = "".join(log_lines.line(mail) + "\n" for mail in mail_list).encode()
    packed = gzip.compress(text)
    (host.logs / "qmvc.log.1.gz").write_bytes(packed[:len(packed) // 2])
    told = host.json(code=1)
    assert told["log"]["files_failed"] == 1 and "qmvc.log.1.gz" in told["log"]["failure"]
    assert 1000 < told["mails"] < 4000
    log_lines.Tally(mail_list[:told["mails"]]).check_counts(told)
    assert "qmvc.log.1.gz: the compressed data are damaged" in " ".join(
        host.run(code=1).split())
    assert "1 log file not read" in host.run("-c", code=1)


def test_cut_lines(host):
    """Each way a crash can cut a line, with the next one behind it in the same line or not."""
    good = generated(2, hostile=True)
    cut = log_lines.line(generated(1, seed=2)[0]).encode()
    following = log_lines.line(good[1]).encode()
    for joined in (b"", b"\n"):
        for length in {*range(1, len(cut), 40), *range(len(cut) - 7, len(cut))}:
            (host.logs / "qmvc.log").write_bytes(
                log_lines.line(good[0]).encode() + b"\n" + cut[:length] + joined + following + b"\n")
            told = host.json()
            log_lines.Tally(good).check_counts(told)
            assert told["log"]["lines_not_read"] == 1
    (host.logs / "qmvc.log").write_bytes(cut[:-1])
    told = host.json()
    assert (told["mails"], told["log"]["lines"], told["log"]["lines_not_read"]) == (0, 1, 1)
    (host.logs / "qmvc.log").write_bytes(cut)
    assert host.json()["mails"] == 1


def test_foreign_lines(host):
    mail_list = generated(50)
    text = [log_lines.line(mail).encode() for mail in mail_list]
    junk = [b"x" * 300000, b"\0\xff\x1b[2J", b"v=2 " + text[0][4:], b"= = =", b"hello", b"a" * (256 << 10)]
    with open(host.logs / "qmvc.log", "wb") as log:
        for number, line in enumerate(text):
            log.write(line + b"\n" + b"\n" * (number % 3))
            if number < len(junk):
                log.write(junk[number] + b"\n")
        log.write(b"y" * 600000)
    told = host.json()
    log_lines.Tally(mail_list).check(told)
    assert told["log"]["lines_not_read"] == len(junk) + 1


def test_period(host):
    mail_list = generated(500, 4)
    split_up(host, mail_list)
    for since, until, first, last in (("2025-11-22", "2025-11-22", 1, 2), ("2025-11-22", "2025-11-23", 1, 3),
                                      ("2025-11-21T12:00", "2025-11-22T06:00", 0.5, 1.25),
                                      ("2025-11-24", "2026-11-30", 3, 4)):
        told = host.json("--since", since, "--until", until)
        log_lines.Tally([m for m in mail_list
                         if BEGIN + first * DAY <= m.ms < BEGIN + last * DAY]).check(told)
    # A file last written before is not even opened.
    (host.logs / "qmvc.log.5.gz").write_bytes(gzip.compress(b"x" * 100)[:15])
    os.utime(host.logs / "qmvc.log.5.gz", (BEGIN / 1000, BEGIN / 1000))
    assert host.json(code=1)["log"]["files_failed"] == 1
    assert host.json("--since", "2025-11-22")["log"]["files_failed"] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who reads the logs of all users")
def test_users(host):
    """users/UID/log of each user, and nothing that somebody else has put there."""
    mail_list = generated(300)
    host.write(mail_list[::3])
    for number, uid in enumerate((1001, 1002)):
        log = host.base / "users" / str(uid) / "log"
        log.mkdir(parents=True)
        path = log / "qmvc.log"
        path.write_text("".join(log_lines.line(m) + "\n" for m in mail_list[number + 1::3]))
        for one in (path, log, log.parent):
            os.chown(one, uid, uid)
    other = generated(10, seed=9)
    text = "".join(log_lines.line(mail) + "\n" for mail in other)
    elsewhere = host.base / "elsewhere" / "log"
    elsewhere.mkdir(parents=True)
    (elsewhere / "qmvc.log").write_text(text)
    for path in (elsewhere / "qmvc.log", elsewhere, elsewhere.parent):
        os.chown(path, 1003, 1003)
    users = host.base / "users"
    (users / "1003").symlink_to(elsewhere.parent)
    shutil.copytree(elsewhere.parent, users / "1004")
    shutil.copytree(elsewhere.parent, users / "guest")
    (users / "1005").mkdir()
    (users / "1005" / "log").symlink_to(elsewhere)
    (users / "1006" / "log").mkdir(parents=True)
    (users / "1006" / "log" / "qmvc.log").symlink_to(elsewhere / "qmvc.log")
    shutil.copy(elsewhere / "qmvc.log", users / "1006" / "log" / "qmvc.log.1")
    for name in ("1005", "1006", "1006/log"):
        os.chown(users / name, int(name[:4]), 0)
    log_lines.Tally(mail_list).check(host.json())


def test_openmetrics(host):
    mail_list = generated(2000, hostile=True)
    mail_list[0].scans[0].initial = 'X"\\'
    host.write(mail_list)
    samples = openmetrics.parse(host.run("--openmetrics", "--since", "2025-11-21"))
    assert samples["qmvc_mails_total", frozenset({("action", "pass")})] == \
        sum(m.action == "pass" for m in mail_list)
    for bound in (0.0005, 0.005, 0.05, 1.0):
        assert samples["qmvc_scanner_latency_seconds_bucket",
                       frozenset({("scanner", "F"), ("le", str(bound))})] == \
            sum(s.us <= bound * 1e6 for m in mail_list for s in m.scans
                if s.initial == "F" and s.verdict not in ("cancelled", "skipped") and s.breaker != "left")
    for name, word in (("breaker_openings", "opened"), ("left_alone", "left")):
        assert samples["qmvc_scanner_%s_total" % name, frozenset({("scanner", "C")})] == \
            sum(s.breaker == word for m in mail_list for s in m.scans if s.initial == "C") > 0
    assert samples["qmvc_delivery_delay_seconds_sum", frozenset()] == pytest.approx(
        sum(m.delay for m in mail_list) / 1e6, abs=1e-9)
    assert samples["qmvc_scanner_verdicts_total", frozenset({("scanner", "C"), ("verdict", "timeout")})] == \
        sum(s.verdict == "timeout" for m in mail_list for s in m.scans if s.initial == "C")
    assert samples["qmvc_last_mail_timestamp_seconds", frozenset()] * 1000 == mail_list[-1].ms
    # Since today, if not told else: these mails are of another day, whichever it is.
    assert openmetrics.parse(host.run("--openmetrics", "--until", "2025-11-20")).get(
        ("qmvc_mails_total", frozenset({("action", "pass")}))) == 0


def stamp(seconds_ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


@pytest.fixture
def scanned(profile, tmp_path):
    """A profile with scanners, which are plug-ins made here; and qmvcstat over its logs."""
    tools = Tools(profile, tmp_path / "plugins")
    tools.facts("fsav", engine="F-Secure", patterns="1", date=stamp(7200))
    tools.facts("uvscan", engine="McAfee", patterns="1", date=stamp(9 * 86400))
    tools.facts("savscan", engine="Sophos", error="no licence")
    profile.scanners("fsav;F;F-Secure;;", "uvscan;M;McAfee;;", "savscan;S;Sophos;;")
    (profile.home / "log").mkdir(mode=0o700, exist_ok=True)
    (profile.home / "run").mkdir(mode=0o700, exist_ok=True)
    host = Host.__new__(Host)
    host.base, host.logs, host.environment = profile.home, profile.home / "log", profile.environment
    return host


def gauges(samples, name):
    return {dict(labels)["scanner"]: value for (one, labels), value in samples.items()
            if one == "qmvc_scanner_" + name}


def test_metrics_of_scanners(scanned):
    """Ages as their check tells them; whom the breaker leaves alone; asked only with -s."""
    mail_list = generated(200)
    mail_list[0].scans[0].initial = "../x"
    scanned.write(mail_list)
    (scanned.base / "scanner.x").write_text("3 %d x\n" % time.time())
    run = scanned.base / "run"
    (run / "scanner.C").write_text("3 %d clamd:/x\n" % time.time())
    (run / "scanner.F").write_text("3 %d fsav\n" % (time.time() - 61))
    samples = openmetrics.parse(scanned.run("--openmetrics", "--since", "2025-11-21"))
    assert gauges(samples, "breaker_open") == {"C": 1, "F": 0}
    assert gauges(samples, "usable") == gauges(samples, "pattern_age_seconds") == {}
    (run / "scanner.C").write_text("2 %d clamd:/x\n" % time.time())
    (run / "scanner.F").unlink()
    samples = openmetrics.parse(scanned.run("--openmetrics", "-s", "--since", "2025-11-21"))
    assert gauges(samples, "breaker_open") == {"C": 0, "F": 0}
    assert gauges(samples, "usable") == {"F": 1, "M": 1, "S": 0}
    ages = gauges(samples, "pattern_age_seconds")
    assert set(ages) == {"F", "M"}
    assert 7200 <= ages["F"] < 7500 and 9 * 86400 <= ages["M"] < 9 * 86400 + 300


def test_scanners_that_cannot_be_asked(scanned):
    """The figures are written all the same, and it is said."""
    scanned.write(generated(20))
    (scanned.base / "control" / "scanners").write_text("clamd:/x;C;\n;;;\n")
    out = scanned.base / "out.prom"
    done = subprocess.run([QMVCSTAT, "-cs", "--openmetrics", "-o", out, scanned.base], timeout=60,
                          env=scanned.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("qmvcstat: ") and "scanners" in done.stderr
    assert not gauges(openmetrics.parse(out.read_text()), "usable")


def test_alert_rules(scanned):
    """Each metric and label that a rule names is there."""
    host = scanned
    host.write(generated(200))
    samples = openmetrics.parse(host.run("--openmetrics", "-s", "--since", "2025-11-21"))
    rules = (SOURCE / "doc" / "prometheus-alerts.yml").read_text()
    named = set(re.findall(r"\bqmvc_\w+", rules))
    assert len(named) >= 7 and named <= {name for name, _ in samples}
    known = {label for _, labels in samples for label in labels}
    for label, operator, values in re.findall(r'(\w+)(=~|!~|=)"([^"]+)"', rules):
        for one in values.split("|") if "~" in operator else [values]:
            assert (label, one) in known, (label, one)


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


@pytest.mark.parametrize("days, locale, lines, options, musts", [
    (1, "C.UTF-8", 24, [], []), (40, "C.UTF-8", 24, [], []), (2, "C", 24, [], []),
    (1, "C.UTF-8", 62, ["-l"], ["Slowest"]), (40, "C", 62, ["--long"], ["Slowest", "medians"])])
def test_text(host, days, locale, lines, options, musts):
    """A screenful, or all of it: fits in 80 columns, and nothing in it steers a terminal."""
    mail_list = generated(2000, days, hostile=True)
    for number, mail in enumerate(mail_list):  # as many scanners as there can be
        more = [dataclasses.replace(scan, initial=initial) for scan, initial in zip(mail.scans, "AB")]
        mail.scans += more if number % 2 else []
    host.write(mail_list)
    text = host.run(*options, LC_ALL=locale)
    assert all(columns(line) <= 80 and line == line.rstrip() for line in text.splitlines()), text
    assert all(c == "\n" or (c.isprintable() and unicodedata.category(c)[0] != "C") for c in text)
    assert locale != "C" or text.isascii()
    assert len(text.splitlines()) <= lines
    for must in ["2,000", "Delay", "Scanner", "Viruses", "defer ", *musts]:
        assert must in text
    height = "[:=+*#%@.-]" if locale == "C" else "[\u00b7\u2581-\u2588]"
    assert re.search(r"^By (day|hour) +%s{%d}" % (height, 24 if days < 3 else 40), text, re.M), text
    found = re.search(r"^C +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)", text, re.M)
    scanner = next(s for s in host.json()["scanners"] if s["initial"] == "C")
    assert [int(n.replace(",", "")) for n in found.groups()] == \
        [scanner[k] for k in ("mails", "found", "unique", "missed")]


def test_text_of_large_figures(host):
    mail_list = generated(300)
    for mail in mail_list:
        mail.size, mail.delay = 10 ** 15, 10 ** 12
        for scan in mail.scans:
            scan.us, scan.split = 3 * 10 ** 11, (10 ** 11,) * 3
    host.write(mail_list)
    for options in ([], ["-l"]):
        assert all(columns(line) <= 80 for line in host.run(*options).splitlines())


def test_no_mail(host):
    (host.logs / "qmvc.log").write_text("")
    assert "No mail in this period." in host.run()
    assert host.json()["mails"] == 0
    openmetrics.parse(host.run("--openmetrics"))


def test_quiet(host):
    mail_list = generated(300)
    for mail in mail_list:
        mail.action = "pass"
        for scan in mail.scans:
            scan.verdict = "clean"
    host.write(mail_list)
    assert host.run("-c") == ""
    bad = generated(3, seed=4)
    for mail, verdict in zip(bad, ("timeout", "error", "clean")):
        mail.action = "defer" if verdict == "clean" else "pass"
        mail.scans = [log_lines.Scan("F", verdict, 5)]
    bad[1].scans[0].breaker = "left"
    host.write(bad)
    assert host.run("-c", code=1) == \
        "qmvcstat: 1 of 303 mails deferred; scanner F: 1 timeout, 1 error (1 left alone)\n"
    out = host.base / "out.prom"
    assert host.run("-c", "--openmetrics", "--since", "2025-11-21", "-o", str(out)) == ""
    openmetrics.parse(out.read_text())


def test_file_is_whole_or_not_there(host, tmp_path):
    host.write(generated(100))
    out = tmp_path / "out"
    assert host.run("-o", str(out)) == "" and "Delay" in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o600
    old = os.open(out, os.O_RDONLY)
    host.run("--openmetrics", "-o", str(out))
    assert b"Delay" in os.read(old, 1 << 20), "somebody who had it open must go on reading the old one"
    os.close(old)
    assert out.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    host.run("-o", str(tmp_path / "missing" / "out"), code=2)
    out.unlink()
    out.mkdir()
    host.run("-o", str(out), code=2)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("wrong", [["--since", "tomorrow"], ["--since", "2026-02-30"], ["--since"],
                                   ["--until", "2025-11-22T25:00"], ["--until", ""], ["-z"], ["--zzz"],
                                   ["--interval", "0"], ["-cf"], ["-s"], ["-sj"], ["a", "b"], [""], ["-o", ""]])
def test_usage(host, wrong):
    done = subprocess.run([QMVCSTAT, *wrong], capture_output=True, env=host.environment, timeout=60,
                          check=False)
    assert done.returncode == 2 and done.stdout == b"" and done.stderr.startswith(b"qmvcstat: ")
    assert done.stderr.count(b"\n") == 1


def test_no_log(host):
    shutil.rmtree(host.logs)
    assert host.run(code=2) == ""


def test_home_by_itself(host):
    """Without BASEDIR: the home."""
    host.write(generated(7))
    done = subprocess.run([QMVCSTAT, "-j"], stdout=subprocess.PIPE, env=host.environment, timeout=60,
                          check=True)
    assert json.loads(done.stdout)["mails"] == 7


class Follower:
    def __init__(self, host, out):
        self.out = out
        self.child = subprocess.Popen(
            [QMVCSTAT, "-f", "-j", "--interval", "1", "-o", str(out), str(host.base)],
            env=host.environment)

    def told(self):
        return json.loads(self.out.read_text()) if self.out.exists() else {"mails": -1}

    def wait_for(self, mail_list):
        """Until it has counted so many; more than these would never be right again."""
        wait_until(lambda: self.told()["mails"] >= len(mail_list), 60)
        log_lines.Tally(mail_list).check(self.told())


def test_follow(host, tmp_path):
    """Growth, half a line, rotations (two between two looks), compressing: each mail once."""
    mail_list = generated(1000)
    parts = [mail_list[i:i + 100] for i in range(0, 1000, 100)]
    log = host.logs / "qmvc.log"
    host.write(parts[0], "qmvc.log.1")
    host.write(parts[1])
    follower = Follower(host, tmp_path / "out.json")
    try:
        follower.wait_for(mail_list[:200])
        # Growth. Half a line is no line yet; what comes with its other half is.
        text = "".join(log_lines.line(mail) + "\n" for mail in parts[3])
        host.write(parts[2])
        with open(log, "a") as out:
            out.write(text[:5000])
        done = text[:5000].count("\n")
        follower.wait_for(mail_list[:300 + done])
        with open(log, "a") as out:
            out.write(text[5000:])
        follower.wait_for(mail_list[:400])
        # Two rotations at once, with lines added before, between and after.
        host.write(parts[4])
        (host.logs / "qmvc.log.1").rename(host.logs / "qmvc.log.3")
        log.rename(host.logs / "qmvc.log.2")
        host.write(parts[5])
        log.rename(host.logs / "qmvc.log.1")
        host.write(parts[6])
        follower.wait_for(mail_list[:700])
        # A writer that had it open before it was renamed; and what is compressed then.
        host.write(parts[7], "qmvc.log.1")
        follower.wait_for(mail_list[:800])
        for number in (1, 2, 3):
            path = host.logs / ("qmvc.log.%d" % number)
            pathlib.Path(str(path) + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        host.write(parts[8])
        follower.wait_for(mail_list[:900])
        # Begun anew in place.
        log.write_text("")
        host.write(parts[9])
        follower.wait_for(mail_list)
    finally:
        follower.child.terminate()
        follower.child.wait(60)
