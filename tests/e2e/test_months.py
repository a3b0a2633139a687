"""qmvcmonth and webcalendar: months and years against figures made up here, archives, kills."""
import calendar
import collections
import datetime
import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import xml.etree.ElementTree

import pytest

import day_base
import log_lines
import rep_records
from conftest import SOURCE, wait_until
from day_base import BEGIN, DAY, PROGRAMS, Home, counted, write_log
from pages import SVG, Reader, check_links, check_text, check_valid

NARROW = "\u202f"


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def this_month():
    """The days of this month and the two before, up to today."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    first = today.replace(day=1)
    for _ in range(2):
        first = (first - datetime.timedelta(1)).replace(day=1)
    return day_base.days(first, today)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with three months counted and pages of some days; its pages written."""
    home = Home(tmp_path_factory.mktemp("made") / "home")
    home.days = this_month()
    day_base.write(home.logs / "days.db", home.days)
    home.html.mkdir(mode=0o750)
    for at, day in enumerate(home.days):
        if at % 4:
            shutil.copy(SOURCE / "tests" / "e2e" / "empty_page.html",
                        home.html / ("log-%s.html" % day.date))
        if at % 3:
            shutil.copy(SOURCE / "tests" / "e2e" / "empty_page.html",
                        home.html / ("virus-%s.html" % day.date))
    home.month()
    return home


def months(home):
    """{"2026-11": [days]}"""
    found = collections.defaultdict(list)
    for day in home.days:
        found[day.date.strftime("%Y-%m")].append(day)
    return found


def charts(text):
    return {c.get("aria-label"): c for c in map(xml.etree.ElementTree.fromstring, SVG.findall(text))
            if c.get("aria-label")}


def numbers(text, title):
    """The table below a chart: [[name, number, ...]], as shown."""
    table = re.search(r'<caption class="hidden">%s</caption>(.*?)</table>' % re.escape(title), text, re.S)
    return [[re.sub(r"<[^>]*>", "", cell).replace(NARROW, "") for cell in
             re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.S)] for row in
            re.findall(r"<tr>(.*?)</tr>", table.group(1), re.S)][1:]


def cards(text):
    return dict((label, figure.replace(NARROW, "")) for label, figure in
                re.findall(r'<span class="label">(.*?)</span> <strong>(.*?)</strong>', text))


# --- figures ---------------------------------------------------------------


def test_days_make_the_month(made):
    for month, days in months(made).items():
        text = made.page("month-%s.html" % month)
        told = cards(text)
        for label, title, attribute in (("Mails", "Mail received", "mails"), ("Bad", "Bad mail", "bad"),
                                        ("With a virus", "Mail with a virus", "infected")):
            rows = numbers(text, title)
            length = calendar.monthrange(*map(int, month.split("-")))[1]
            true = {day.date.day: getattr(day, attribute) for day in days}
            assert [int(row[1]) for row in rows] == [true.get(at, 0) for at in range(1, length + 1)]
            assert int(told[label]) == sum(true.values())
        assert int(told["Stopped"]) == sum(day.stopped for day in days)


def test_months_make_the_year(made):
    for year in {day.date.year for day in made.days}:
        text = made.page("year-%d.html" % year)
        mine = [day for day in made.days if day.date.year == year]
        rows = numbers(text, "Mail received")
        assert len(rows) == 12
        for at, row in enumerate(rows, 1):
            days = [day for day in mine if day.date.month == at]
            assert list(map(int, row[1:])) == [sum(d.mails - d.bad - d.infected for d in days),
                                               sum(d.bad for d in days), sum(d.infected for d in days)]
        assert int(cards(text)["Mails"]) == sum(day.mails for day in mine)


def microseconds(text):
    value, unit = text.split("\u202f") if "\u202f" in text else text.split()
    return float(value) * {"ms": 1e3, "s": 1e6, "min": 6e7}[unit]


def test_percentiles_are_those_of_all_mails(made):
    for month, days in months(made).items():
        text = made.page("month-%s.html" % month)
        marks = dict(re.findall(r">(Median|p95|p99|Maximum) ([\d.]+\W(?:ms|s))</text>", text))
        delays = [us for day in days for us in day.delays]
        for name, permille in (("Median", 500), ("p95", 950), ("p99", 990), ("Maximum", 1000)):
            true = day_base.quantile(delays, permille)
            # within 0.8 %, and shown with three digits
            assert abs(microseconds(marks[name]) - true) <= 0.014 * true, (month, name, marks)
        for row in numbers(text, "Delay by day"):
            day = next((d for d in days if str(d.date.day) == row[0].split()[0]), None)
            assert (row[1] == "-") == (day is None)
            if day:
                true = day_base.quantile(day.delays, 500)
                assert abs(microseconds(row[1]) - true) <= 0.014 * true


def top(text, title):
    figure = re.search(r'<span class="title">%s</span></figcaption>(.*?)</figure>' % re.escape(title), text, re.S).group(1)
    return re.findall(r'<li>.*?<bdi>(.*?)</bdi>.*?<b>(.*?)</b>', figure, re.S)


def test_lists(made):
    for month, days in months(made).items():
        text = made.page("month-%s.html" % month)
        for scanner in "CF":
            true = collections.Counter()
            for day in days:
                true.update({k: n for k, n in day.hits[scanner].items() if n})
            assert {name: int(n.replace(NARROW, "")) for name, n in top(text, "Found by " + scanner)} == true
        senders, domains = collections.Counter(), collections.Counter()
        for day in days:
            senders.update(day.senders)
            for sender, count in day.senders.items():
                domains[sender.split("@")[1]] += count
        told = [int(n) for _, n in top(text, "Senders of viruses")]
        assert told == sorted(senders.values(), reverse=True)[:10]
        assert {n: int(c) for n, c in top(text, "Domains of these senders")} == domains
        row = re.search(r"<tr><td[^>]*><bdi>C</bdi>(.*?)</tr>", text, re.S).group(1)
        cells = [c.replace(NARROW, "") for c in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        assert int(cells[0]) == sum(d.mails for d in days)
        assert int(cells[4]) == sum(d.date.day % 3 for d in days)


def dump(path):
    base = sqlite3.connect(path)
    told = {name: sorted(base.execute("SELECT * FROM " + name)) for name in ("day", "amount", "duration")}
    base.close()
    return told


def true_rows(mails):
    """What the log's rows of table day are, and the blobs of delay, by the day in Berlin."""
    found, delays = {}, {}
    tally = log_lines.Tally(mails, "Europe/Berlin")
    for date in tally.days():
        mine = [m for m in mails if tally.local(m).date().isoformat() == date]
        day = day_base.day_of(datetime.date.fromisoformat(date))
        caught = [m for m in mine if any(s.verdict in log_lines.FOUND for s in m.scans)]
        acted = [m for m in mine if m.action in log_lines.STOPPING | {"inspect"}]
        found["log", day] = (len(mine), sum(m.size for m in mine),
                             sum(m.action in log_lines.STOPPING for m in mine),
                             len([m for m in acted if m not in caught]), len(caught))
        delays[day, "delay", ""] = day_base.cells([m.delay for m in mine])
    return found, delays


def test_as_in_the_howto(home):
    """
    Its three lines of crontab, twice, as they are printed there: each day stands in the database once,
    with figures and bytes as they are reckoned here; when logs are gone the figures stay.
    """
    mails = list(log_lines.generate(600, BEGIN, BEGIN + 3 * DAY, hostile=True))
    (home.logs / "qmvc.log").write_text("".join(log_lines.line(m) + "\n" for m in mails))
    berlin = {"TZ": "Europe/Berlin"}
    rows, delays = true_rows(mails)
    dumps = []
    for again in range(2):
        home.run("qmvclog2html", "-m", "-c", "-d", "fehcom", str(home.base), code=None, **berlin)
        home.run("virulator", "-m", "-s", "-c", "-d", "fehcom", str(home.base), code=None, **berlin)
        said = home.run("qmvcmonth", "-a", "-d", "fehcom", str(home.base), **berlin)
        assert "%d log%s archived" % ((1, "") if again == 0 else (0, "s")) in said
        dumps.append(dump(home.logs / "days.db"))
        if again == 0:   # as if it had been counted before midnight
            base = sqlite3.connect(home.logs / "days.db")
            base.execute("UPDATE day SET closed=0")
            base.commit()
            base.close()
    assert dumps[0] == dumps[1]
    assert {row[:2]: row[3:8] for row in dumps[0]["day"] if row[0] == "log" and row[3]} == rows
    assert {row[:3]: row[3] for row in dumps[0]["duration"] if row[1] == "delay"} == delays
    text = home.page("fehcom-month-2025-11.html")
    assert int(cards(text)["Mails"]) == len(mails)
    next(home.logs.glob("qmvc-*.log.zst")).unlink()
    base = sqlite3.connect(home.logs / "days.db")
    base.execute("UPDATE day SET closed=0")
    base.commit()
    base.close()
    home.run("qmvclog2html", "-m", "-c", "-d", "fehcom", str(home.base), code=None, **berlin)
    left = dump(home.logs / "days.db")
    assert (left["amount"], left["duration"]) == (dumps[0]["amount"], dumps[0]["duration"])
    assert [row[:2] + row[3:] for row in left["day"]] == [row[:2] + row[3:] for row in dumps[0]["day"]]


# --- links, looks ----------------------------------------------------------


def test_columns_tell_and_lead(made):
    for month, days in months(made).items():
        found = charts(made.page("month-%s.html" % month))
        for title, kind, attribute in (("Mail received", "log", "mails"), ("Bad mail", "virus", "bad"),
                                       ("Mail with a virus", "virus", "infected")):
            places = [place for place in found[title] if place.find("title") is not None]
            length = calendar.monthrange(*map(int, month.split("-")))[1]
            assert len(places) == length
            for day in days:
                place = places[day.date.day - 1]
                path = "%s-%s.html" % (kind, day.date)
                assert place.get("href") == (path if (made.html / path).exists() else None)
                told = place.find("title").text.replace(NARROW, "")
                assert re.search(r": %d\b" % getattr(day, attribute), told), told


def test_calendar(made):
    """Weeks begin on Monday, as Python's calendar has them; each day tells and leads."""
    figures = {day.date: day for day in made.days}
    for year in {day.date.year for day in made.days}:
        text = made.page("year-%d.html" % year)
        tables = re.findall(r'<table class="calendar">(.*?)</table>', text, re.S)
        assert len(tables) == 12
        for month, table in enumerate(tables, 1):
            assert re.findall(r'<abbr title="(\w+)">', table) == list(calendar.day_name)
            rows = [re.findall(r"<td.*?</td>", row) for row in
                    re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.S)]
            shown = [[re.sub("<[^>]*>", "", cell) for cell in row] for row in rows]
            true = calendar.Calendar().monthdayscalendar(year, month)
            assert shown == [[str(day or "") for day in week] for week in true]
            for cell in (cell for row in rows for cell in row if re.search(r">\d", cell)):
                day = figures.get(datetime.date(year, month, int(re.search(r">(\d+)<", cell).group(1))))
                assert ("title=" in cell) == bool(day)
                if not day:
                    continue
                told = re.search('title="(.*?)"', cell).group(1).replace(NARROW, "")
                assert ": %d received" % day.mails in told
                assert (" %d bad" % day.bad in told) == (day.bad > 0)
                assert (" %d with a virus" % day.infected in told) == (day.infected > 0)
                classes = re.search('class="(.*?)"', cell).group(1).split()
                assert ("bad" in classes, "virus" in classes) == (day.bad > 0, day.infected > 0)
                paths = ["%s-%s.html" % (kind, day.date) for kind in ("log", "virus")]
                there = [path for path in paths if (made.html / path).exists()]
                link = re.search('href="(.*?)"', cell)
                assert (link and link.group(1)) == (there[0] if there else None)


def page_paths(home):
    return sorted(path for path in home.html.glob("*.html") if path.name.startswith(("month", "year", "index")))


def test_pages_are_sound(made):
    paths = page_paths(made)
    assert len(paths) >= 5
    for path in paths:
        check_text(path)
        check_valid(path)
    check_links(made.html, paths)
    assert made.page("index.html") == made.page("month-%s.html" % max(months(made)))


@pytest.mark.parametrize("language, month", [("de", "Januar"), ("fr", "Janvier"), ("it", "Gennaio"), ("es", "Enero")])
def test_languages(home, language, month):
    day_base.write(home.logs / "days.db", day_base.days(datetime.date(2026, 1, 1), datetime.date(2026, 1, 3)))
    (home.base / "control").mkdir()
    (home.base / "control" / "language").write_text(language + "\n")
    home.month("-d", "example.org")
    text = home.page("example.org-month-2026-01.html")
    assert '<html lang="%s">' % language in text and month.lower() in text.lower()
    assert month in home.page("example.org-year-2026.html")
    for path in home.html.glob("*.html"):
        check_text(path)
        check_valid(path)


def test_hostile_names(home):
    day_base.write(home.logs / "days.db", [])
    base = sqlite3.connect(home.logs / "days.db")
    base.execute("INSERT INTO day VALUES('log',20000,1,9,9,9,9,9,0,0,0)")
    names = ["<script>alert(1)</script>", "\\x1B[31mred", "a\\xE2\\x80\\xAEb", "x" * 300, "\\x5C", "&amp;\"'"]
    for kind, subject in (("virus", ""), ("virus sender", ""), ("hit", "C"), ("hit", "\\x1B]0;"), ("action", ""),
                          ("scanner", "<b>")):
        base.executemany("INSERT INTO amount VALUES('log',20000,?,?,?,3)", [(kind, subject, n) for n in names])
    base.commit()
    base.close()
    home.month()
    path = home.html / "month-2024-10.html"
    check_text(path)
    check_valid(path)
    shown = "".join(Reader(path.read_text()).text)
    assert "<script>alert(1)</script>" in shown and "\\x1B[31mred" in shown and "&amp;\"'" in shown


# --- the database ----------------------------------------------------------


@pytest.mark.parametrize("damage", ["text", "cut", "page", "table", "blob", "negative", "escape"])
def test_damaged(home, damage):
    """Told by its name, and left as it is; logs are archived all the same, and none is removed."""
    path = home.logs / "days.db"
    day_base.write(path, day_base.days(datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)))
    statements = {"table": "DROP TABLE amount", "blob": "UPDATE duration SET cells=x'0102'",
                  "negative": "UPDATE day SET bad=-1",
                  "escape": r"UPDATE amount SET name='\x' WHERE kind='virus' AND name LIKE 'E%'"}
    if damage in statements:
        base = sqlite3.connect(path)
        base.execute(statements[damage])
        base.commit()
        base.close()
    else:
        raw = path.read_bytes()
        assert len(raw) > 20000
        path.write_bytes({"text": b"no database" * 100, "cut": raw[:9000],
                          "page": raw[:4096] + b"\xa5" * (len(raw) - 4096)}[damage])
    before = path.read_bytes()
    (home.logs / "qmvc.log").write_text("x\n")
    (home.logs / "qmvc-2020-01-01.log.zst").write_text("old\n")
    said = home.month("-ac", code=2)
    assert said.count("\n") == 1 and str(path) in said and "damaged" in said
    assert path.read_bytes() == before
    assert "qmvc.log" not in home.names() and "qmvc-2020-01-01.log.zst" in home.names()
    if damage in ("text", "cut"):   # no statement works; today's pages are written all the same
        for program, name in (("qmvclog2html", "log"), ("virulator", "virus")):
            assert str(path) in home.run(program, "-cm", str(home.base), code=2)
            assert len(list(home.html.glob(name + "-*.html"))) == 1
        assert path.read_bytes() == before
    assert any(name.endswith(".log.zst") for name in home.names())


def test_newer(home):
    day_base.write(home.logs / "days.db", [])
    base = sqlite3.connect(home.logs / "days.db")
    base.execute("PRAGMA user_version=2")
    base.close()
    assert "newer qmvc" in home.month(code=2)


def test_no_day_yet(home):
    assert "no day was counted yet" in home.month("-c", code=1)
    assert home.names() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_not_believed(home):
    """Root becomes the owner of BASEDIR, and the owner believes no database of a third one."""
    day_base.write(home.logs / "days.db", [])
    for path in (home.base, home.logs):
        os.chown(path, 12345, 12345)
    for path in home.base.parents:
        if path.stat().st_mode & 0o001:
            break
        path.chmod(0o711)
    os.chown(home.logs / "days.db", 12346, 12346)
    os.chmod(home.logs / "days.db", 0o644)
    assert "others may write" in home.month(code=2)
    os.chown(home.logs / "days.db", 12345, 12345)
    home.month()
    assert (home.html / "index.html").stat().st_uid == 12345


def test_no_room(home):
    """A day that does not fit leaves the old one."""
    write_log(home, 30)
    home.run("qmvclog2html", "-cm", str(home.base), code=None)
    base = sqlite3.connect(home.logs / "days.db")
    base.execute("UPDATE day SET closed=0")
    base.commit()
    base.close()
    before = dump(home.logs / "days.db")
    write_log(home, 3000)
    blocks = (home.logs / "days.db").stat().st_size // 512
    done = subprocess.run(["sh", "-c", "ulimit -f %d; trap '' XFSZ; exec \"$@\"" % blocks, "sh",
                           PROGRAMS / "qmvclog2html", "-cm", home.base], check=False, capture_output=True,
                          text=True, env=home.environment)
    assert done.returncode == 2 and "days.db" in done.stderr, done
    assert dump(home.logs / "days.db") == before
    home.run("qmvclog2html", "-cm", str(home.base), code=None)
    assert sum(row[3] for row in dump(home.logs / "days.db")["day"]) == 3000


# --- webcalendar -----------------------------------------------------------


def test_webcalendar(home):
    days = day_base.days(datetime.date(2025, 2, 1), datetime.date(2025, 2, 28))
    day_base.write(home.logs / "days.db", days)
    home.month("-d", "fehcom")
    place = home.base.parent / "elsewhere"
    place.mkdir()
    home.run("webcalendar", "-c", "-y", "2025", "-d", "fehcom", str(home.base), cwd=place)
    text = (place / "fehcom-year-2025.html").read_text()
    assert int(cards(text)["Mails"]) == sum(day.mails for day in days)
    assert "href=\"fehcom-month" not in text   # not there
    (home.html / "fehcom-year-2025.html").unlink()
    home.run("webcalendar", "-c", "-y", "2025", "-d", "fehcom", cwd=home.html, QMVC_HOME="/nonexistent")
    assert "href=\"fehcom-month-2025-02.html\"" in home.page("fehcom-year-2025.html")
    home.run("webcalendar", cwd=home.html)
    year = datetime.datetime.now(datetime.timezone.utc).year
    assert (home.html / ("year-%d.html" % year)).exists()
    check_valid(home.html / ("year-%d.html" % year))


@pytest.mark.parametrize("year", ["", "1969", "10000", "x", "-1"])
def test_webcalendar_no_year(home, year):
    assert "is no year" in home.run("webcalendar", "-y", year, str(home.base), code=2)


# --- archives --------------------------------------------------------------

def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def test_as_printed(home):
    """The HowTo's crontab line; -c says nothing."""
    day_base.write(home.logs / "days.db", day_base.days(datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)))
    mails = write_log(home, 50)
    (home.logs / "qmvc.rep").write_text("Version: 1\n\n")
    (home.logs / "qmvc.error").write_text("an error\n")
    assert home.month("-a", "-d", "fehcom") == "qmvcmonth: 3 logs archived, 0 old ones removed\n"
    assert home.names() == ["days.db"] + ["qmvc-%s.%s.zst" % (today(), kind) for kind in ("error", "log", "rep")]
    assert counted(home) == len(mails)
    write_log(home, 20, seed=2)
    assert home.month("-a", "-c") == ""
    assert "qmvc-%s.2.log.zst" % today() in home.names()
    assert counted(home) == len(mails) + 20


def test_expiry(home):
    now = datetime.datetime.now(datetime.timezone.utc).date()
    day_base.write(home.logs / "days.db", day_base.days(now - datetime.timedelta(500), now - datetime.timedelta(440)))
    ages = [600, 480, 430, 396 + 31, 60]   # days; counted until 440
    names = ["qmvc-%s.log.zst" % (now - datetime.timedelta(age)) for age in ages]
    for name in [*names, "qmvc-2020-01.log.zst", "qmvc.log.1"]:
        (home.logs / name).write_text("x")
    said = home.month("-a", code=1)
    assert "0 logs archived, 2 old ones removed, 2 kept, for not all of their days are counted" in said
    assert home.names() == sorted(["days.db", "qmvc-2020-01.log.zst", "qmvc.log.1", *names[2:]])
    assert home.month("-a", "-c", "-k", "1200") == ""
    assert "-k '0'" in home.month("-a", "-k", "0", code=2)
    assert "goes together with -a" in home.month("-k", "5", code=2)


def a_month_ago():
    """The same date of the month before; a day beyond its last is one of the next."""
    now = datetime.datetime.now(datetime.timezone.utc).date()
    return (now.replace(day=1) - datetime.timedelta(1)).replace(day=1) + datetime.timedelta(now.day - 1)


def test_old_pages(home):
    """With the archives go the pages of their days, and nothing leads there; what is not ours stays."""
    kept = a_month_ago()
    dates = [kept + datetime.timedelta(at) for at in range(-3, 2)]
    begin = day_base.day_of(dates[0]) * DAY
    (home.logs / "qmvc.log").write_text("".join(
        log_lines.line(mail) + "\n" for mail in log_lines.generate(100, begin, begin + 5 * DAY)))
    (home.logs / "qmvc.rep").write_text("".join(map(
        rep_records.record, rep_records.generate(100, begin, begin + 5 * DAY))))
    for program in ("qmvclog2html", "virulator"):
        home.run(program, "-m", "-c", "-d", "a b", str(home.base), code=None)

    def names():
        return {path.name for path in home.html.iterdir()} - before

    before = set()
    of_days = ["a b-%s-%s%s" % (kind, date, end) for date in dates for kind in ("log", "virus")
               for end in ("", ".html")]
    assert set(of_days) < names()
    home.month("-d", "a b")
    assert set(of_days) < names()   # only with -a
    for name in of_days[:12:4]:
        (home.html / name / "notes.txt").touch()
    elsewhere = home.base / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("x")
    strange = ["log-%s.html" % dates[0], "a b-log-2024-02-30.html", "a b-log-2024-1-01.html", "a b-log-2024-01-01.htm",
               "a b-month-2024-01-01.html", "xa b-log-2024-01-01.html"]
    for name in strange:
        (home.html / name).write_text("x")
    for name in ("a b-log-2024-01-02.html", "a b-virus-2024-01-02"):
        (home.html / name).symlink_to(elsewhere / "page.html" if "html" in name else elsewhere)
        strange.append(name)
    before = names() - set(of_days)
    with sqlite3.connect(home.logs / "days.db") as db:   # not all closed yet
        db.execute("UPDATE day SET closed=0 WHERE day>=?", [begin // DAY + 3])
    assert "4 old pages removed" in home.month("-a", "-k", "1", "-d", "a b")
    assert names() == set(of_days[8:]) | {of_days[0], of_days[4]}
    with sqlite3.connect(home.logs / "days.db") as db:
        db.execute("UPDATE day SET closed=1")
    assert home.month("-a", "-c", "-k", "1", "-d", "a b") == ""
    assert names() == set(of_days[12:]) | set(of_days[:12:4])
    for name in of_days[:12:4]:
        assert [path.name for path in (home.html / name).iterdir()] == ["notes.txt"]
    assert (elsewhere / "page.html").exists() and before <= {path.name for path in home.html.iterdir()}
    ours = [path for path in home.html.rglob("*.html") if path.name not in strange]
    check_links(home.html, ours)
    for name in (of_days[13], of_days[15]):   # the day before is a word now, the one behind still a link
        assert re.findall(r"<(\w+) class=\"(?:previous|next)\"", home.page(name)) == ["span", "a"]
        check_valid(home.html / name)
    text = home.page("a b-month-%s.html" % dates[0].strftime("%Y-%m"))
    assert [int(row[1]) for row in numbers(text, "Mail received")][dates[0].day - 1] > 0


def append(path, line):
    """As record/log_file.c does."""
    while True:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            try:
                if os.stat(path).st_ino != os.fstat(fd).st_ino:
                    continue
            except FileNotFoundError:
                continue
            os.write(fd, line)
            return
        finally:
            os.close(fd)


def test_waits_for_a_writer(home):
    """Who has the lock when the log is renamed writes his line into the archive."""
    mails = write_log(home, 5)
    *_, last = log_lines.generate(1, BEGIN, BEGIN + DAY, seed=9)
    with open(home.logs / "qmvc.log", "ab") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        running = subprocess.Popen([PROGRAMS / "qmvcmonth", "-ac", home.base], env=home.environment,
                                   stdout=subprocess.DEVNULL)
        wait_until(lambda: "qmvc.log" not in home.names())
        log.write(log_lines.line(last).encode() + b"\n")
    assert running.wait(60) == 1
    assert len(home.names()) == 1 and home.names()[0].endswith(".log.zst")
    assert counted(home) == len(mails) + 1


def test_while_mail_comes(home):
    """Two that archive at once, and writers: every line once."""
    lines = [log_lines.line(mail).encode() + b"\n" for mail in log_lines.generate(3000, BEGIN, BEGIN + DAY)]

    def write(mine):
        for line in mine:
            append(home.logs / "qmvc.log", line)

    writers = [threading.Thread(target=write, args=(lines[at::3],)) for at in range(3)]
    for thread in writers:
        thread.start()
    rounds = 0
    while any(thread.is_alive() for thread in writers) or rounds < 2:
        two = [subprocess.Popen([PROGRAMS / "qmvcmonth", "-ac", "-o", home.base / directory, home.base],
                                env=home.environment, stdout=subprocess.DEVNULL)
               for directory in ("log", ".")]
        assert [one.wait(60) for one in two] == [1, 1]
        rounds += 1
    for thread in writers:
        thread.join()
    home.month("-a", code=1)
    assert counted(home) == len(lines)
    assert len(home.names()) >= 2 and "qmvc.log" not in home.names()


def test_disk_full(home):
    """The plain log stays, and nothing half is left."""
    write_log(home, 2000)
    limited = "ulimit -f 8; trap '' XFSZ; exec \"$@\""
    done = subprocess.run(["sh", "-c", limited, "sh", PROGRAMS / "qmvcmonth", "-ac", home.base], check=False,
                          capture_output=True, text=True, env=home.environment)
    assert done.returncode == 2 and "File too large" in done.stderr
    assert home.names() == ["qmvc-%s.log" % today()]
    assert counted(home) == 2000


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_users(home):
    """Root archives the logs of all with the rights of each; who has a database does it himself."""
    users = home.base / "users"
    users.mkdir()
    users.chmod(0o1733)
    for path in home.base.parents:
        if path.stat().st_mode & 0o001:
            break
        path.chmod(0o711)
    for uid, owner in ((12001, 12001), (12002, 12002), (12003, 12004)):
        log = users / str(uid) / "log"
        log.mkdir(parents=True)
        (log / "qmvc.log").write_text("x\n")
        if uid == 12002:
            (log / "days.db").touch()
        for path in (log.parent, log, log / "qmvc.log"):
            os.chown(path, owner, owner)
    (users / "12005").symlink_to(users / "12001")
    os.chown(home.base, 12009, 12009)
    os.chown(home.logs, 12009, 12009)
    (home.logs / "qmvc.log").write_text("x\n")
    os.chown(home.logs / "qmvc.log", 12009, 12009)
    assert "2 logs archived" in home.month("-a", code=1)
    archive = users / "12001" / "log" / ("qmvc-%s.log.zst" % today())
    assert (archive.stat().st_uid, archive.stat().st_mode & 0o777) == (12001, 0o644)
    assert (home.logs / archive.name).stat().st_uid == 12009
    assert (users / "12002" / "log" / "qmvc.log").exists()
    assert (users / "12003" / "log" / "qmvc.log").exists()
    # What root counts of all is root's own, and nobody else can forge it.
    home.run("qmvclog2html", "-cm", str(home.base), code=None)
    assert not (home.logs / "days.db").exists()
    database = users / "0" / "log" / "days.db"
    assert (database.stat().st_uid, database.stat().st_mode & 0o777) == (0, 0o600)
    home.month()
    os.chown(users / "0", 12001, 12001)
    assert "users/0" in home.month(code=2)
