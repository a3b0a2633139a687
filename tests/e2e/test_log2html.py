"""
qmvclog2html: the figures on its pages against a tally in Python, the lines behind each of them, the
commands that print these, and days that are counted again and again.
"""
import collections
import dataclasses
import datetime
import gzip
import html.parser
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

import log_lines
import pages
from conftest import BUILD, SOURCE

PROGRAM = BUILD / "src" / "programs" / "qmvclog2html"
HOUR = 3600 * 1000
DAY = 24 * HOUR
BEGIN = 1763683200000  # 2025-11-21T00:00Z


class Page(html.parser.HTMLParser):
    """What stands on a page: cards, tables by caption, lists and bars by title."""

    def __init__(self, path):
        super().__init__()
        self.path, self.parts = path, []
        self.cards, self.tables, self.lists, self.bars, self.links = {}, {}, {}, {}, {}
        self.title, self.pre, self.lang, self.text = "", None, None, ""
        self.caption, self.cell, self.href, self.label = "", None, None, None
        self.feed(path.read_text())
        self.close()

    def inside(self, *tags):
        return [t for t, _ in self.parts][-len(tags):] == list(tags)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in pages.VOID:
            return
        self.parts.append((tag, attrs.get("class", "")))
        if tag == "html":
            self.lang = attrs["lang"]
        if tag == "figcaption":
            self.caption = ""
        if tag == "svg" and attrs.get("aria-label"):
            self.bars.setdefault(attrs["aria-label"], [])
            self.chart = attrs["aria-label"]
        if tag == "table" and not any(t == "details" for t, _ in self.parts):
            self.tables[self.caption.strip()] = []
        if tag in ("td", "th"):
            self.cell = ""
        if tag == "tr" and self.tables and not any(t == "details" for t, _ in self.parts):
            self.row = []
        if tag == "li":
            self.cell = ""
        if tag == "a":
            self.href = attrs["href"]
        if tag == "pre":
            self.pre = ""

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_data(self, data):
        tags = [t for t, _ in self.parts]
        self.text += data
        if "h1" in tags:
            self.title += data
        if "figcaption" in tags:
            self.caption += data
        if "pre" in tags:
            self.pre += data
        if tags[-1:] == ["title"] and "svg" in tags:
            self.bars[self.chart].append((data, self.href if "a" in tags else None))
            return
        if self.cell is not None and ("td" in tags or "th" in tags or "li" in tags):
            if "li" in tags and tags[-1] in ("b", "i", "strong", "bdi", "a", "span") and self.cell:
                self.cell += "\t"
            self.cell += data

    def handle_endtag(self, tag):
        name, kind = self.parts.pop()
        assert name == tag
        tags = [t for t, _ in self.parts]
        if tag in ("td", "th") and "details" not in tags:
            self.row.append((self.cell, self.href))
            self.href, self.cell = None, None
        if tag == "tr" and "details" not in tags:
            self.tables[self.caption.strip()].append(self.row)
        if tag == "li" and tags[-1] == "ol":
            parts = self.cell.split("\t")
            self.lists.setdefault(self.caption.strip(), []).append((parts[0], number(parts[1].strip(" ")), self.href))
            self.href = self.cell = None
        elif tag == "li":
            parts = [p for p in self.cell.split("\t") if p.strip()]
            self.cards[parts[0].strip()] = (parts[1].strip(" "), self.href)
            self.href = self.cell = None

    def rows(self, caption):
        """Cells by heading."""
        head, *rows = self.tables[caption]
        return [{name: cell for (name, _), cell in zip(head, row)} for row in rows]


def number(text):
    return int(text.replace("\u202f", ""))


def microseconds(text):
    """A duration as the page has it: its bounds, from what was rounded off."""
    value, unit = text.replace("\u202f", "").split("\xa0")
    scale = {"ms": 1000, "s": 10 ** 6, "min": 6 * 10 ** 7, "h": 3600 * 10 ** 6}[unit]
    digits = 2 if float(value) < 10 else 1 if float(value) < 100 else 0
    half = scale / 10 ** digits / 2
    return float(value) * scale - half, float(value) * scale + half


def check_quantiles(cells, values):
    for name, permille in (("Median", 500), ("p95", 950), ("p99", 990), ("Maximum", 1000)):
        low, high = microseconds(cells[name][0])
        true = log_lines.quantile(values, permille)
        error = max(1, 0.008 * true) if permille < 1000 else 0
        assert low - error <= true <= high + error, (name, cells[name], true)


class Host:
    """A directory of logs, and qmvclog2html over it."""

    def __init__(self, base):
        self.base, self.logs, self.html = base, base / "log", base / "html"
        self.logs.mkdir(parents=True)
        # A zone in which it is about noon: no test sees a day end.
        hour = datetime.datetime.now(datetime.timezone.utc).hour
        self.noon = "NOON%+d" % (hour - 12)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                            "QMVC_HOME": str(base)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def write(self, mail_list, name="qmvc.log"):
        text = "".join(log_lines.line(mail) + "\n" for mail in mail_list)
        with open(self.logs / name, "a") as log:
            log.write(text)
        return text

    def run(self, *options, code=0, base=None, **environment):
        done = subprocess.run([PROGRAM, *options, str(base or self.base)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False,
                              env={**self.environment, **environment})
        assert done.returncode == code, done
        return done.stdout.decode() + (done.stderr.decode() if code == 2 else "")

    def page(self, name="log.html"):
        return Page(self.html / name)

    def state(self):
        """All pages without what says when they were made, and how much of today that is."""
        clock = re.compile(r"<footer>.*?</footer>|>[^>]*, so far", re.S)
        return {str(path.relative_to(self.html)): clock.sub("", path.read_text())
                for path in self.html.rglob("*.html")}

    def days_ago(self, days):
        """The first moment of a day, in the zone `noon`."""
        offset = int(self.noon[4:]) * HOUR
        now = int(time.time() * 1000)
        return (now - offset) // DAY * DAY - days * DAY + offset


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path / "home")


def generated(count=1200, begin=BEGIN, length=DAY, **more):
    return list(log_lines.generate(count, begin, begin + length, **more))


def well(mail_list):
    """Nothing in them to complain about."""
    for mail in mail_list:
        mail.action = "pass" if mail.action == "defer" else mail.action
        for scan in mail.scans:
            scan.verdict = "clean" if scan.verdict in ("timeout", "error") else scan.verdict
            scan.breaker = ""
    return mail_list


def of_day(host, day="2025-11-21", **environment):
    host.run("--since", day, "--until", day, **environment)
    return host.page()


def bars(page, title):
    """hour -> (passed, stopped, deferred)"""
    return {name.split(": ")[0]: tuple(number(part.split(" ")[0]) for part in name.split(": ")[1].split(", "))
            for name, _ in page.bars[title]}


def test_figures(host):
    mail_list = generated()
    host.write(mail_list)
    page = of_day(host)
    stopped = sum(m.action in log_lines.STOPPING for m in mail_list)
    found = [m for m in mail_list if any(s.verdict in log_lines.FOUND for s in m.scans)]
    assert number(page.cards["Mails"][0]) == len(mail_list)
    assert number(page.cards["Stopped"][0]) == stopped
    assert number(page.cards["Infected"][0]) == len(found)
    assert number(page.cards["Deferred"][0]) == sum(m.action == "defer" for m in mail_list)
    hours = collections.defaultdict(lambda: [0, 0, 0])
    for mail in mail_list:
        hour = (mail.ms - BEGIN) // HOUR
        hours["%02d:00\u2013%02d:00" % (hour, hour + 1)][
            2 if mail.action == "defer" else int(mail.action in log_lines.STOPPING)] += 1
    assert bars(page, "Mails by hour") == {h: tuple(n) for h, n in hours.items()}
    assert {n: c for n, c, _ in page.lists["Actions"]} == collections.Counter(m.action for m in mail_list)
    assert {n: c for n, c, _ in page.lists["Conditions met"]} == \
        collections.Counter(c for m in mail_list for c in m.met)
    codes = {name: sum(m.errors >> bit & 1 for m in mail_list) for bit, name in enumerate(log_lines.CODES)}
    assert {n: c for n, c, _ in page.lists["Faults of the header (error codes)"]} == \
        {n: c for n, c in codes.items() if c}
    check_times(page, mail_list)
    check_scanners(page, mail_list, found)


def check_times(page, mail_list):
    delays = [m.delay for m in mail_list]
    low, high = microseconds(page.cards["Median delay"][0])
    assert low * 0.992 <= log_lines.quantile(delays, 500) <= high * 1.008
    rows = page.rows("Time by stage")
    assert [r["Stage"][0] for r in rows] == log_lines.STAGES + ["in all"]
    for row in rows[:-1]:
        times = [m.stages[row["Stage"][0]] for m in mail_list]
        check_quantiles(row, times)
        share = float(row["Share of the time"][0].split("\xa0")[0])
        assert abs(share - 100 * sum(times) / sum(delays)) <= 0.051
    check_quantiles(rows[-1], delays)
    for name, _ in page.bars["Delay by hour"]:
        told = re.fullmatch(r"(\d\d):00\u2013\d\d:00: Median (.*), p95 (.*)", name)
        mine = [m.delay for m in mail_list if (m.ms - BEGIN) // HOUR == int(told[1])]
        for text, permille in ((told[2], 500), (told[3], 950)):
            low, high = microseconds(text)
            assert low * 0.992 - 1 <= log_lines.quantile(mine, permille) <= high * 1.008 + 1
    total = sum(number(re.search(r": ([\d\u202f]+) ", name)[1])
                for name, _ in page.bars["How delays are spread"])
    assert total == len(mail_list)


def check_scanners(page, mail_list, found):
    said = {row["Scanner"][0]: row for row in page.rows("What each scanner said")}
    told = {}
    for row in page.rows("How long each scanner took"):
        told[row["Scanner"][0] or name, row["Phase"][0]] = row
        name = row["Scanner"][0] or name
    for initial in "CF":
        mine = [(m, s) for m in mail_list for s in m.scans if s.initial == initial]
        verdicts = collections.Counter(s.verdict for _, s in mine)
        row = said[initial]
        assert number(row["Mails"][0]) == len(mine)
        for verdict, count in verdicts.items():
            assert number(row[verdict][0]) == count, verdict
        alone = missed = 0
        for mail, scan in mine:
            others = {s.verdict for s in mail.scans if s is not scan}
            alone += scan.verdict in log_lines.FOUND and "clean" in others and not others & log_lines.FOUND
            missed += scan.verdict == "clean" and bool(others & log_lines.FOUND)
        assert (number(row["Alone"][0]), number(row["Missed"][0])) == (alone, missed)
        breakers = collections.Counter(s.breaker for _, s in mine)
        assert number(row["Breaker opened"][0]) == breakers["opened"]
        assert number(row["Left alone"][0]) == breakers["left"]
        timed = [s for _, s in mine if s.verdict not in ("cancelled", "skipped") and s.breaker != "left"]
        check_quantiles(told[initial, "in all"], [s.us for s in timed])
        for place, phase in enumerate(("waiting", "sending", "scanning")):
            check_quantiles(told[initial, phase], [s.split[place] for s in timed if any(s.split)])
        hits = collections.Counter(s.virus for _, s in mine if s.verdict in log_lines.FOUND)
        assert {n: c for n, c, _ in page.lists["Found by " + initial]} == hits
    disagreed = sum(any(s.verdict == "clean" for s in m.scans) for m in found)
    assert "Mails on which scanners disagreed: %d" % disagreed in page.text


@pytest.mark.parametrize("zone, day, hours", [("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 24),
                                              ("Australia/Lord_Howe", "2026-04-05", 24),
                                              ("Asia/Kathmandu", "2026-11-21", 24)])
def test_days_of_the_change(host, zone, day, hours):
    """An hour that is left out has no bar, one that comes twice has one, and all mails of the day are there."""
    begin = int(datetime.datetime.fromisoformat(day + "T00:00Z").timestamp() * 1000) - DAY
    mail_list = generated(900, begin, 3 * DAY)
    host.write(mail_list)
    page = of_day(host, day, TZ=zone)
    true = log_lines.Tally(mail_list, zone).days()[day]
    told = {int(name[:2]): sum(counts) for name, counts in bars(page, "Mails by hour").items()}
    assert len(told) == hours and [told.get(hour, 0) for hour in range(24)] == true


def split_up(host, mail_list):
    """As rotations leave a log."""
    parts = [mail_list[i::4] for i in range(4)]
    host.write(parts[0])
    host.write(parts[1], "qmvc.log.1")
    (host.logs / "qmvc.log.2.gz").write_bytes(gzip.compress(host.write(parts[2], "x").encode()))
    (host.logs / "x").unlink()
    text = host.write(parts[3], "x").encode()
    (host.logs / "qmvc-2025-11.log.zst").write_bytes(
        subprocess.run(["zstd", "-qc"], input=text, check=True, stdout=subprocess.PIPE).stdout)
    (host.logs / "x").unlink()


def delay_steps():
    """Where the steps of a delay begin, in us: ten a decade, at the cell (64 a doubling) they fall into."""
    def cell(us):
        shift = max(0, us.bit_length() - 7)
        return us >> shift << shift
    return sorted({0} | {cell(round(10 ** (tenth / 10))) for tenth in range(1, 121)})


def expected(mail_list):
    """file -> the mails that belong there"""
    found = collections.defaultdict(list)
    for mail in mail_list:
        verdicts = [s.verdict for s in mail.scans]
        some, clean = bool(set(verdicts) & log_lines.FOUND), "clean" in verdicts
        names = ["mails", "action-" + mail.action, "hour-%02d" % ((mail.ms - BEGIN) // HOUR)]
        names += ["stopped"] * (mail.action in log_lines.STOPPING) + ["infected"] * some
        names += ["disagreed"] * (some and clean)
        names += ["failed"] * bool({"timeout", "error"} & set(verdicts))
        names += ["condition-" + c for c in mail.met]
        names.append("delay-%dus" % max(low for low in STEPS if low <= mail.delay))
        names += ["code-" + n for bit, n in enumerate(log_lines.CODES) if mail.errors >> bit & 1]
        for scan in mail.scans:
            prefix = "scanner-" + scan.initial + "-"
            names.append(prefix + scan.verdict)
            mine = scan.verdict in log_lines.FOUND
            others = sum(v in log_lines.FOUND for v in verdicts) - mine
            names += [prefix + "alone"] * (mine and clean and not others)
            names += [prefix + "missed"] * (scan.verdict == "clean" and some)
            names += [prefix + {"opened": "opened", "left": "left"}[scan.breaker]] if scan.breaker else []
        for name in names:
            found[name].append(mail)
    return found


STEPS = delay_steps()


def chain(host, name):
    """The ids of a selection over all its pages, in their order; and its first page."""
    ids, path, first = [], host.html / "log" / (name + ".html"), None
    while path:
        page = Page(path)
        first = first or page
        rows = page.rows(page.caption.strip())
        assert len(rows) <= 100
        ids += [row["Id"][0] for row in rows]
        following = re.search(r'rel="next" href="([^"]*)"', path.read_text())
        path = path.parent / following[1] if following else None
    return ids, first


def test_lines_and_commands(host):
    """Behind each figure its first 500 mails, or 100, and a command that prints the lines of all."""
    mail_list = generated(700)
    around = generated(30, BEGIN - DAY, 3 * DAY, seed=3)
    for mail in mail_list[::3]:  # what tries to look like a key
        mail.subject = 'x" action=keep scan.C=infected:1.000 met=virus \\" errors=255 t=1'
        mail.sender = " scan.F=clean:1.000 @b"
    for mail in mail_list[:550]:
        mail.action = "block"
    split_up(host, mail_list + around)
    mail_list = sorted(mail_list + [m for m in around if BEGIN <= m.ms < BEGIN + DAY],
                       key=lambda m: (m.ms, m.id))
    page = of_day(host)
    selections = expected(mail_list)
    files = {p.name for p in (host.html / "log").iterdir()}
    assert {re.sub(r"(-\d+)?\.html$", "", f) if not f.startswith("hour-") else f[:7] for f in files} == \
        set(selections) | {"biggest", "slowest"}
    # Every figure of the page leads somewhere, and every selection is led to.
    text = page.path.read_text()
    for name in {*selections, "biggest", "slowest"}:
        assert 'href="log/%s.html"' % name in text, name
    lines = {m.id: log_lines.line(m) for m in mail_list}
    for name, mails in selections.items():
        most = 100 if re.fullmatch("mails|delay-.*|action-pass|scanner-.-(clean|skipped|cancelled)", name) else 500
        ids, first = chain(host, name)
        assert ids == [m.id for m in mails[:most]], name
        counts = re.findall(r"[\d\u202f]+", re.search(r'class="period">(.*?)</p>', first.path.read_text())[1])
        assert number(counts[2]) == len(mails), name
        if name.startswith("hour-") and not name.endswith("0"):
            continue   # hours have one command but for the hour
        printed = subprocess.run(["sh", "-c", first.pre], stdout=subprocess.PIPE, check=True, timeout=60)
        assert sorted(printed.stdout.decode().splitlines()) == sorted(lines[m.id] for m in mails), name
    for name, key in (("biggest", lambda m: -m.size), ("slowest", lambda m: -m.delay)):
        mails = sorted(mail_list, key=lambda m: (key(m), m.ms, m.id))
        ids, first = chain(host, name)
        assert ids == [m.id for m in mails[:100]]
        printed = subprocess.run(["sh", "-c", first.pre], stdout=subprocess.PIPE, check=True, timeout=60)
        assert [line.split("id=")[1].split()[0] for line in printed.stdout.decode().splitlines()][:1] == \
            [mails[0].id]
        assert len(printed.stdout.splitlines()) == len(mail_list)
    pages.check_links(host.html, list(host.html.rglob("*.html")))


def test_a_row(host):
    mail = generated(1)[0]
    mail.ms, mail.action, mail.met, mail.errors = BEGIN + 14 * HOUR + 5 * 60000 + 42000, "defer", ["errors", "virus"], 5
    mail.sender, mail.recipient, mail.subject, mail.size, mail.delay = "", "r@b", "Bücher", 2048, 12345
    mail.scans = [log_lines.Scan("C", "infected", 5, "Eicar"), log_lines.Scan("F", "timeout", 9)]
    text = log_lines.line(mail).replace(" delay=", ' error="clamd does not answer" delay=')
    (host.logs / "qmvc.log").write_text(text + "\n")
    page = of_day(host)
    row = Page(host.html / "log" / "action-defer.html").rows("Mails with the action defer")[0]
    assert [cell for cell, _ in row.values()] == [
        "14:05:42", "<>", "r@b", "Bücher", "2.00\xa0KB", "defer", "errors, virus (header, to)",
        "C infected (Eicar), F timeout", "12.3\xa0ms", "clamd does not answer", mail.id]
    assert page.lists["Why mails were deferred"][0][:2] == ("clamd does not answer", 1)
    assert page.rows("Mails that were deferred")[0]["Reason"][0] == "clamd does not answer"
    assert page.rows("Mails on which a scanner failed")[0]["Scanners"][0] == "C infected (Eicar), F timeout"


def test_hostile(host):
    mail_list = generated(800, hostile=True)
    for place, mail in enumerate(mail_list[:12]):
        mail.size, mail.delay = 10 ** 12 + place, 10 ** 11 + place
        mail.sender = mail.recipient = "W" * 300
        mail.subject = (log_lines.HOSTILE * 2)[place] * 12
    forged = generated(3, seed=5)
    for mail, initial in zip(forged, ('../../x', '<b onclick="x">', "x\u202ey")):
        mail.scans[0].initial = initial.replace(" ", "")
    host.write(mail_list + forged)
    of_day(host)
    written = list(host.html.rglob("*.html"))
    assert len(written) > 50 and sorted(p.name for p in host.html.iterdir()) == ["log", "log.html"]
    for path in written:
        pages.check_text(path)
    pages.check_links(host.html, written)
    text = host.page().path.read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "<script" not in text
    pages.check_valid(host.html / "log.html")
    pages.check_valid(host.html / "log" / "slowest.html")
    pages.check_valid(host.html / "log" / "hour-14-2.html" if (host.html / "log" / "hour-14-2.html").exists()
                      else host.html / "log" / "hour-14.html")


def test_size_of_hostile_mails(host):
    mail_list = generated(800)
    for place, mail in enumerate(mail_list):
        mail.sender, mail.recipient, mail.subject = "%d%s" % (place, "'" * 300), "&" * 300, "\x01" * 300
    host.write(mail_list)
    of_day(host)
    sizes = [path.stat().st_size for path in host.html.rglob("*.html")]
    assert len(sizes) > 50 and pages.LARGEST / 2 < max(sizes) < pages.LARGEST


def test_nothing_is_read(host):
    """A log of a version to come is no quiet day."""
    (host.logs / "qmvc.log").write_text("".join("v=9" + log_lines.line(mail)[3:] + "\n" for mail in generated(5)))
    said = host.run("-c", "--since", "2025-11-21", code=1)
    assert "1 log file not read: %s/qmvc.log: nothing in it can be read" % host.logs in said


def test_the_same_beginning(host):
    """Two logs are two, whatever stands in front of their first lines."""
    for seed, name in enumerate(("qmvc.log.1", "qmvc.log")):
        lines = "".join(log_lines.line(mail) + "\n" for mail in generated(20, seed=seed))
        (host.logs / name).write_text("\n# rotated\n" + lines)
    assert of_day(host).cards["Mails"][0] == "40"


def test_names_that_are_not_exact(host):
    """A flood of made-up virus names is told to be one, and by how much it may be wrong."""
    mail_list = generated(60)
    base = mail_list[0]
    base.scans = [log_lines.Scan("C", "infected", 5, "V")]
    text = ""
    for place in range(3000):
        base.scans[0].virus = "V%d" % place if place % 3 else "Real"
        text += log_lines.line(base) + "\n"
    (host.logs / "qmvc.log").write_text(text)
    page = of_day(host)
    assert page.lists["Found by C"][0][:2] == ("Real", 1000)
    assert "more than 1\u202f024 different names" in page.text
    assert re.search(r"may be up to \d+ too high", page.text)


def test_size(host):
    """10,000 mails of a day, and as many scanners as there may be, on less than 100 kB."""
    mail_list = generated(2000)
    for mail in mail_list:
        mail.scans += [dataclasses.replace(scan, initial={"C": "S", "F": "T"}[scan.initial]) for scan in mail.scans]
    text = host.write(mail_list)
    (host.logs / "qmvc.log").write_text(text * 5)
    assert number(of_day(host).cards["Mails"][0]) == 10000
    assert {row["Scanner"][0] for row in host.page().rows("What each scanner said")} == set("CFST")
    assert (host.html / "log.html").stat().st_size < pages.LARGEST
    pages.check_valid(host.html / "log.html")
    pages.check_text(host.html / "log.html")


def test_period_over_days(host):
    mail_list = generated(600, BEGIN, 40 * DAY)
    host.write(mail_list)
    host.run("--since", "2025-11-21", "--until", "2025-12-30")
    page = host.page()
    days = log_lines.Tally(mail_list).days()
    assert [sum(counts) for counts in bars(page, "Mails by day").values()] == [sum(h) for h in days.values()]
    name, link = page.bars["Mails by day"][0]
    assert name.startswith("21 November: ") and link == "log/day-2025-11-21.html"
    assert len(chain(host, "day-2025-11-21")[0]) == sum(days["2025-11-21"])
    # What no longer belongs to the page is gone.
    host.run("--since", "2025-11-21", "--until", "2025-11-21")
    assert not list((host.html / "log").glob("day-*")) and list((host.html / "log").glob("hour-*"))
    pages.check_links(host.html, list(host.html.rglob("*.html")))


def test_nothing(host):
    (host.logs / "qmvc.log").write_text("")
    host.run()
    page = host.page()
    assert number(page.cards["Mails"][0]) == 0 and "No mail" in page.text
    assert list((host.html / "log").iterdir()) == [] if (host.html / "log").exists() else True
    pages.check_valid(page.path)
    host.run("-m")
    assert len(list(host.html.glob("log-*.html"))) == 1
    pages.check_links(host.html, list(host.html.rglob("*.html")))


def test_unread(host):
    mail_list = well(generated(100))
    host.write(mail_list)
    with open(host.logs / "qmvc.log", "a") as log:
        log.write("v=1 t=2025\nforeign\n")
    (host.logs / "qmvc.log.1.gz").write_bytes(gzip.compress(b"x" * 5000)[:20])
    host.run("--since", "2025-11-21", "--until", "2025-11-21", code=1)
    text = host.page().text
    assert "2 lines that are cut or foreign" in text
    assert "1 log files could not be read" in text and "qmvc.log.1.gz: the compressed data are damaged" in text


def counted(host):
    """date -> mails, closed: what the database has"""
    with sqlite3.connect(host.logs / "days.db") as db:
        rows = db.execute("SELECT day, mails, closed FROM day WHERE source='log' ORDER BY day").fetchall()
    return {(datetime.date(1970, 1, 1) + datetime.timedelta(days=d)).isoformat(): (n, c) for d, n, c in rows}


def date_of(host, days):
    return datetime.datetime.fromtimestamp(
        (host.days_ago(days) - int(host.noon[4:]) * HOUR) / 1000, datetime.timezone.utc).date().isoformat()


def test_days(host):
    """A first run over a log with a gap, a second that changes nothing, and mails that come later."""
    mails = {ago: well(generated(10 + ago, host.days_ago(ago), DAY, seed=ago + 1))
             for ago in [20, 19, *range(7, 0, -1)]}
    mails[0] = well(generated(20, host.days_ago(0), 6 * HOUR, seed=99))
    for ago, mail_list in mails.items():
        host.write(mail_list)
    host.run("-m", TZ=host.noon)
    true = {date_of(host, ago): (len(m), int(ago > 0)) for ago, m in mails.items()}
    assert counted(host) == true
    assert {p.name for p in host.html.glob("log-*.html")} == {"log-%s.html" % date for date in true}
    for ago, mail_list in mails.items():
        page = host.page("log-%s.html" % date_of(host, ago))
        assert number(page.cards["Mails"][0]) == len(mail_list)
    pages.check_links(host.html, list(host.html.glob("*.html")))
    first = (host.html / ("log-%s.html" % date_of(host, 7))).read_text()
    assert 'rel="next" href="log-%s.html"' % date_of(host, 6) in first and 'rel="prev"' not in first
    before = host.state()
    closed = host.html / ("log-%s.html" % date_of(host, 5))
    stamp = closed.stat().st_mtime_ns
    host.run("-m", TZ=host.noon)
    assert host.state() == before and counted(host) == true
    assert closed.stat().st_mtime_ns == stamp, "a closed day is not written again"
    # What virulator has to say of a day, where it has said it.
    virus = host.html / ("virus-%s.html" % date_of(host, 0))
    assert virus.name not in (host.html / ("log-%s.html" % date_of(host, 0))).read_text()
    virus.write_text("<!DOCTYPE html>")
    # More of today, and a page of lines that is no longer right.
    host.write(well(generated(5, host.days_ago(0) + 6 * HOUR, HOUR, seed=77)))
    stray = host.html / ("log-" + date_of(host, 0)) / "hour-05-9.html"
    stray.write_text("old")
    host.run("-m", TZ=host.noon)
    assert counted(host)[date_of(host, 0)] == (25, 0) and not stray.exists()
    assert number(host.page("log-%s.html" % date_of(host, 0)).cards["Mails"][0]) == 25
    assert 'href="%s"' % virus.name in (host.html / ("log-%s.html" % date_of(host, 0))).read_text()


def test_trend(host):
    """The curve of the last 14 days comes from the database: one value for each day."""
    for ago in range(15, -1, -1):
        host.write(well(generated(3, host.days_ago(ago), DAY if ago else HOUR, seed=ago + 1)))
    host.run("-m", TZ=host.noon)
    text = (host.html / ("log-%s.html" % date_of(host, 0))).read_text()
    curve = re.search(r'aria-label="The last 14 days".*?d="([^"]*)"', text)[1]
    assert len(re.findall(r"[ML]", curve)) == 14


def test_logs_that_are_gone(host):
    """What was counted stays, page and figures, and it is said."""
    host.write(well(generated(30, host.days_ago(12), DAY, seed=3)))
    yesterday = well(generated(60, host.days_ago(1), 6 * HOUR))
    host.write(yesterday)
    today = well(generated(10, host.days_ago(0), HOUR, seed=2))
    host.write(today)
    host.run("-m", TZ=host.noon)
    with sqlite3.connect(host.logs / "days.db") as db:
        db.execute("UPDATE day SET closed=0")
    before = host.state()
    # A few are left of yesterday, and nothing of the day before.
    (host.logs / "qmvc.log").write_text("".join(log_lines.line(m) + "\n" for m in yesterday[:5] + today))
    said = host.run("-m", code=1, TZ=host.noon)
    assert date_of(host, 1) + ": left as it was counted before" in said
    assert date_of(host, 12) + ": left as it was counted before" in said
    assert host.state() == before
    assert counted(host) == {date_of(host, 12): (30, 1), date_of(host, 1): (60, 1), date_of(host, 0): (10, 0)}
    with sqlite3.connect(host.logs / "days.db") as db:
        db.execute("UPDATE day SET closed=0")
    assert host.run("-m", "-c", code=1, TZ=host.noon) == \
        "qmvclog2html: 2 days left as counted before: the logs have fewer mails of them now\n"


def test_unread_days_stay_open(host):
    host.write(well(generated(40, host.days_ago(2), DAY)))
    host.write(well(generated(40, host.days_ago(9), DAY, seed=2)), "qmvc.log.2")
    damaged = host.logs / "qmvc.log.1.gz"
    damaged.write_bytes(gzip.compress(os.urandom(5000))[:3000])
    host.run("-m", code=1, TZ=host.noon)
    assert {date: closed for date, (_, closed) in counted(host).items()} == \
        {date_of(host, 9): 1, date_of(host, 2): 0, date_of(host, 0): 0}
    damaged.unlink()
    host.run("-m", TZ=host.noon)
    assert counted(host)[date_of(host, 2)] == (40, 1)


def test_two_at_once(host):
    mail_list = well(generated(500, host.days_ago(1), DAY + 6 * HOUR))
    host.write(mail_list)
    runs = [subprocess.Popen([PROGRAM, "-m", "-c", str(host.base)], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env={**host.environment, "TZ": host.noon})
            for _ in range(3)]
    for run in runs:
        assert run.communicate(timeout=120)[0] == b"" and run.returncode == 0
    assert sum(mails for mails, _ in counted(host).values()) == len(mail_list)
    pages.check_links(host.html, list(host.html.glob("*.html")))
    assert [p for p in host.html.rglob("*") if p.name.startswith(".")] == []


def test_quiet(host):
    host.write(well(generated(100)))
    assert host.run("-c", "--since", "2025-11-21", "--until", "2025-11-21") == ""
    bad = generated(3, seed=4)
    for mail, verdict in zip(bad, ("timeout", "error", "clean")):
        mail.action = "defer" if verdict == "clean" else "pass"
        mail.scans = [log_lines.Scan("F", verdict, 5)]
    host.write(bad)
    assert host.run("-c", "--since", "2025-11-21", "--until", "2025-11-21", code=1) == \
        "qmvclog2html: 1 of 103 mails deferred; scanner F: 1 timeout, 1 error\n"
    assert host.run("--since", "2025-11-21", "--until", "2025-11-21") == "%s/log.html: 103 mails\n" % host.html


def test_crontab_line(host):
    """As the HowTo and the manual print it, but for the two places that are elsewhere here."""
    manual = (SOURCE / "man" / "qmvclog2html.8").read_text()
    line = re.search(r"58 23 \* \* \* (/usr/local/bin/qmvclog2html -m -c -d fehcom /home/fehcom/qmvc)", manual)[1]
    host.write(well(generated(30, host.days_ago(0), HOUR)))
    line = line.replace("/usr/local/bin/qmvclog2html", str(PROGRAM)).replace("/home/fehcom/qmvc", str(host.base))
    done = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                          env={**host.environment, "TZ": host.noon}, check=True)
    assert done.stdout == b""
    date = date_of(host, 0)
    assert {p.name for p in host.html.iterdir()} == {
        "fehcom-log-%s.html" % date, "fehcom-log-" + date, "fehcom-month-%s.html" % date[:7],
        "fehcom-year-%s.html" % date[:4], "fehcom-index.html", "fehcom-latest"}
    assert "fehcom" in host.page("fehcom-log-%s.html" % date).text
    pages.check_links(host.html, list(host.html.rglob("*.html")))


@pytest.mark.parametrize("name", ["", ".", "..", ".x", "a/b", "a\nb", "a\x1bb", "x" * 65])
def test_names(host, name):
    host.write(generated(3))
    said = host.run("-d", name, code=2)
    assert said.startswith("qmvclog2html: -d '") and said.count("\n") == 1
    assert not host.html.exists()


def test_usage(host):
    for wrong in (["-x"], ["--zzz"], ["-m", "--since", "today"], ["--since", "tomorrow"], ["-o", "/nowhere"],
                  ["--since", "2025-11-22", "--until", "2025-11-21"]):
        said = host.run(*wrong, code=2)
        assert said.startswith("qmvclog2html: ") and said.count("\n") == 1
    host.write(generated(3))
    with open("/dev/full", "w") as full:
        for options in ([], ["-h"], ["-V"]):
            done = subprocess.run([PROGRAM, *options, host.base], stdout=full, stderr=subprocess.PIPE, check=False)
            assert (done.returncode, done.stderr) == (2, b"qmvclog2html: cannot print\n")
    shutil.rmtree(host.logs)
    assert "log" in host.run(code=2)


def test_elsewhere_and_language(host, tmp_path):
    host.write(generated(50))
    (host.base / "control").mkdir()
    (host.base / "control" / "language").write_text("pt de\n")
    out = tmp_path / "out"
    out.mkdir()
    host.run("-o", str(out), "--since", "2025-11-21", "--until", "2025-11-21")
    page = Page(out / "log.html")
    assert page.lang == "de" and "Verzögerung" in page.text and not host.html.exists()
    for lang in ("fr", "it", "es"):
        (host.base / "control" / "language").write_text(lang + "\n")
        host.run("--since", "2025-11-21", "--until", "2025-11-21")
        assert host.page().lang == lang
        pages.check_text(host.html / "log.html")
    pages.check_links(host.html, list(host.html.rglob("*.html")))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who reads the logs of all users")
def test_users(host):
    mail_list = generated(300)
    host.write(mail_list[::2])
    log = host.base / "users" / "1001" / "log"
    log.mkdir(parents=True)
    (log / "qmvc.log").write_text("".join(log_lines.line(m) + "\n" for m in mail_list[1::2]))
    for path in (log / "qmvc.log", log, log.parent):
        os.chown(path, 1001, 1001)
    page = of_day(host)
    assert number(page.cards["Mails"][0]) == 300
    assert chain(host, "mails")[0] == [m.id for m in sorted(mail_list, key=lambda m: (m.ms, m.id))[:100]]
    command = Page(host.html / "log" / "mails.html").pre
    printed = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=True, timeout=60)
    assert len(printed.stdout.splitlines()) == 300


def test_shell_words(tmp_path):
    """A directory with a name that a shell would read."""
    host = Host(tmp_path / "it's $(a) home")
    host.write(generated(20))
    of_day(host)
    command = Page(host.html / "log" / "mails.html").pre
    printed = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=True, timeout=60)
    assert len(printed.stdout.splitlines()) == 20
