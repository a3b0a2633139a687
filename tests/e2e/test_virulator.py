"""virulator: its pages' figures against a tally in Python, over records of a generator and of qmvc's own."""
import collections
import datetime
import gzip
import html
import os
import re
import sqlite3
import stat
import subprocess
import time

import pytest

import archives
import mails
import pages
import rep_records
from conftest import BUILD

VIRULATOR = BUILD / "src" / "programs" / "virulator"
BEGIN = 1763683200000  # 2025-11-21T00:00Z
DAY = 86400 * 1000
LISTS = {"Senders of viruses": "senders", "Domains of these senders": "domains",
         "Recipients of viruses": "recipients", "Viruses": "viruses"}


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path / "home")


class Host:
    """A directory of records, and virulator over it."""

    def __init__(self, base):
        self.base, self.logs, self.html = base, base / "log", base / "html"
        self.logs.mkdir(parents=True)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                            "QMVC_HOME": str(base)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def write(self, mail_list, name="qmvc.rep"):
        with open(self.logs / name, "a", errors="surrogatepass") as log:
            log.write("".join(map(rep_records.record, mail_list)))
        return self

    def run(self, *options, code=0, base=None, **environment):
        done = subprocess.run([VIRULATOR, *options, *([str(base or self.base)] if base != "" else [])],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
                              env={**self.environment, **environment})
        assert done.returncode == code, done
        return (done.stdout + done.stderr).decode()

    def page(self, name="virus.html"):
        return Page(self.html / name)

    def check_pages(self):
        """All pages there are: harmless, valid, small, and every link leads somewhere."""
        found = sorted(self.html.rglob("*.html"))
        for path in found:
            pages.check_text(path)
        for path in [p for p in found if p.parent == self.html][:1] + found[::16]:
            pages.check_valid(path)
        pages.check_links(self.html, found)
        return found


class Page:
    def __init__(self, path):
        self.path, self.text = path, path.read_text()

    def section(self, name):
        start = self.text.index('<section id="%s">' % name)
        return self.text[start:self.text.index("</section>", start)]

    def rows(self, title, section=None):
        """[(name, count, link)] of a list."""
        text = self.section(section) if section else self.text
        figure = re.search(r'<span class="title">%s</span>.*?</figure>' % re.escape(title), text, re.S)
        return [(html.unescape(name), int(count.replace("\u202f", "")), html.unescape(link))
                for link, name, count in re.findall(
                    r'<li><a href="([^"]*)"><bdi>(.*?)</bdi></a><b>(.*?)</b>', figure.group())]

    def bars(self):
        """name -> (with a virus, bad)"""
        found = re.findall(r"<title>(.*?): (\S+) with a virus, (\S+) bad</title>", self.section("time"))
        return {name: tuple(int(n.replace("\u202f", "")) for n in numbers) for name, *numbers in found}

    def cards(self):
        return {label: int(re.sub(r"\D", "", figure)) for label, figure in re.findall(
            r'<span class="label">(.*?)</span> <strong>(?:<a [^>]*>)?(.*?)<', self.text)}

    def behind(self, link):
        """What a link of a list leads to: how many there are, and the rows of mails."""
        name, _, fragment = link.partition("#")
        sheet = Page(self.path.parent / name)
        section = sheet.section(fragment)
        caption = re.search(r"<figcaption>(.*?)</figcaption>", section).group(1)
        rows = [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
                for row in re.findall(r"<tr><td.*?</tr>", section)]
        return int(re.findall(r"\d+", caption.replace("\u202f", ""))[-1]), rows


def check_list(rows, true):
    """The first ten; names of one count may come in any order."""
    assert len(rows) == min(10, len(true))
    assert [count for _, count, _ in rows] == sorted(true.values(), reverse=True)[:10]
    for name, count, _ in rows:
        assert true[name] == count, name


def check_page(page, tally):
    assert page.cards()["Mail with a virus"] == len(tally.infected)
    assert page.cards()["Bad mail"] == len(tally.bad)
    assert page.cards()["Senders of viruses"] == len(tally.names("senders"))
    for title, sheet in LISTS.items():
        check_list(page.rows(title, "viruses" if sheet == "viruses" else "senders"), tally.names(sheet))
    for title, sheet in (("File names", "files"), ("Types", "types")):
        check_list(page.rows(title, "files"), tally.names(sheet))
        check_list(page.rows(title, "bad"), tally.names("bad-" + sheet))
    for title, sheet in (("Rules", "rules"), ("Senders", "bad-senders"), ("Domains", "bad-domains"),
                         ("Recipients", "bad-recipients")):
        check_list(page.rows(title, "bad"), tally.names(sheet))
    check_list(page.rows("Conditions", "bad"), tally.conditions())
    check_list(page.rows("Found by C Scanner 0", "viruses"), tally.hits("C"))
    check_list(page.rows("Found by F Scanner 1", "viruses"), tally.hits("F"))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_figures(host, zone):
    """A day in its zone; what lies around it is not counted."""
    mail_list = list(rep_records.generate(1500, BEGIN - DAY, BEGIN + 3 * DAY))
    host.write(mail_list)
    host.run("--since", "2025-11-22", "--until", "2025-11-22", TZ=zone)
    tally = rep_records.Tally(mail_list, zone)
    tally = rep_records.Tally([m for m in mail_list if tally.local(m).date() == datetime.date(2025, 11, 22)], zone)
    page = host.page()
    check_page(page, tally)
    bars = {int(re.search(r"(\d\d):00", name).group(1)): counts for name, counts in page.bars().items()}
    assert bars == {hour: tally.by_hour().get(hour, (0, 0)) for hour in range(24)}


def test_a_period_by_days(host):
    mail_list = list(rep_records.generate(1000, BEGIN, BEGIN + 5 * DAY))
    host.write(mail_list[::2], "qmvc-2025-11.rep").write(mail_list[1::2])
    os.system("zstd -q --rm %s" % (host.logs / "qmvc-2025-11.rep"))
    host.run("--since", "2025-11-21", "--until", "2025-11-25")
    tally = rep_records.Tally(mail_list)
    page = host.page()
    check_page(page, tally)
    days = collections.defaultdict(lambda: [0, 0])
    for mail in mail_list:
        days["%d November" % tally.local(mail).day][not mail.viruses] += 1
    assert page.bars() == {day: tuple(counts) for day, counts in days.items()}
    host.check_pages()


def test_every_name_leads_to_its_mails(host):
    mail_list = list(rep_records.generate(600, BEGIN, BEGIN + DAY))
    host.write(mail_list).run("--since", "2025-11-21", "--until", "2025-11-21")
    page = host.page()
    columns = {"Senders of viruses": 1, "Recipients of viruses": 2, "Viruses": 4, "File names": 5, "Rules": 4}
    links = 0
    for title, column in columns.items():
        for name, count, link in page.rows(title):
            told, rows = page.behind(link)
            assert told == count and 0 < len(rows) <= count, (title, name)
            assert len(rows) >= min(count, 12)
            assert all(name in row[column] for row in rows)
            links += 1
    assert links > 20
    for link in re.findall(r'<a href="(virus/time.html#n\d+)"><title>', page.text):
        assert page.behind(html.unescape(link))[1]
    # Of one with few mails all are there, in their order and as they were.
    name, count, link = page.rows("Senders of viruses")[-1]
    tally = rep_records.Tally(mail_list)
    mine = [m for m in tally.infected if (m.sender or "<>") == name][:count]
    times = [row[0][-8:] for row in page.behind(link)[1]]
    assert times == [tally.local(m).strftime("%H:%M:%S") for m in mine][:len(times)]


def dump(host):
    with sqlite3.connect(host.logs / "days.db") as db:
        return list(db.iterdump())


def today():
    return datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def test_each_day_once(host):
    """-m twice, with more mails in between, and a day that is closed; what is gone takes nothing away."""
    start = int(today().timestamp() * 1000)
    old = list(rep_records.generate(300, start - 3 * DAY, start - 1000))
    new = list(rep_records.generate(50, start, max(start + 1, int(time.time() * 1000) - 1000), seed=2))
    host.write(old)
    assert host.run("-m", "-c") == ""
    days = {(today() - datetime.timedelta(n)).date() for n in (1, 2, 3)}
    assert {p.name for p in host.html.glob("virus-*.html")} == \
        {"virus-%s.html" % d for d in days | {today().date()}}
    first = dump(host)
    assert host.run("-m", "-c") == "" and dump(host) == first
    for day in days:
        check_page(host.page("virus-%s.html" % day), rep_records.Tally(
            [m for m in old if datetime.datetime.fromtimestamp(m.ms / 1000, datetime.timezone.utc).date() == day]))
    host.write(new)
    host.run("-m", "-c")
    page = host.page("virus-%s.html" % today().date())
    assert page.cards()["Bad mail"] == len(rep_records.Tally(new).bad)
    assert "virus-%s.html" % (today().date() - datetime.timedelta(1)) in page.text
    host.check_pages()
    # The records of today are lost: what was counted stays, and somebody is told.
    before = page.text
    (host.logs / "qmvc.rep").write_text("")
    # Yesterday is closed an hour after its end: until then it is one of them.
    left = "2 days" if time.time() * 1000 < start + 3600_000 else "1 day"
    assert host.run("-m", "-c", code=1).startswith("virulator: %s left as counted before" % left)
    assert host.page("virus-%s.html" % today().date()).text == before


def test_the_senders_file(host):
    """The worst first, no null sender, nothing but addresses; of the last 24 hours, also with -m."""
    now = int(time.time() * 1000)
    mail_list = list(rep_records.generate(800, now - DAY + 60000, now - 1000, hostile=True))
    host.write(mail_list).write(rep_records.generate(99, now - 3 * DAY, now - 2 * DAY, seed=3), "qmvc.rep.1")
    link = host.logs / ".topvirus_Sender1.new"
    link.symlink_to(host.base / "elsewhere")
    (host.logs / "topvirus_Sender1").symlink_to(host.base / "elsewhere")
    for options in ((), ("-m", "-c")):
        host.run(*options)
        path = host.logs / "topvirus_Sender1"
        told = [line.split("\t") for line in path.read_text().splitlines()]
        true = rep_records.Tally(mail_list).names("senders")
        fit = {name: count for name, count in true.items() if re.fullmatch(r"[!-~]+@[!-~]*[^][.@][!-~]*", name) and len(name) <= 320}
        assert {name: int(count) for count, name in told} == fit and len(fit) < len(true)
        assert [int(count) for count, _ in told] == sorted(fit.values(), reverse=True)
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600 and stat.S_ISREG(path.lstat().st_mode)
        assert not link.exists() and not (host.base / "elsewhere").exists()


def test_a_flood_of_senders(host):
    """More than can be counted: the real one is seen, and nobody is blamed for more than he sent."""
    now = int(time.time() * 1000)
    flood = [rep_records.Mail(now - 60000 + n, "f%d" % n, "bad@example.org" if n % 10 == 0 else "x%d@example.net" % n,
                              "r@example.net", "virus", viruses=[("V", "", "")]) for n in range(8000)]
    host.write(flood).run("-c")
    lines = [line.split("\t") for line in (host.logs / "topvirus_Sender1").read_text().splitlines()]
    assert lines[0] == ["800", "bad@example.org"] and len(lines) <= 1000
    assert all(count == "1" for count, _ in lines[1:])
    page = host.page()
    assert "more than 1\u202f024 different names" in page.section("senders")
    assert "1\u202f024 different names" not in page.section("viruses")
    assert "&gt; 1\u202f024" in page.text


def test_hostile_values_are_text(host):
    mail_list = list(rep_records.generate(500, BEGIN, BEGIN + DAY, hostile=True))
    host.write(mail_list).run("--since", "2025-11-21", "--until", "2025-11-21", "-d", "<b>&\"ü'")
    found = host.check_pages()
    assert len(found) == 17
    text = html.unescape((host.html / "<b>&\"ü'-virus" / "bad-files.html").read_text())
    assert "<script>alert(1)</script>@example.org.exe" in text
    assert "\\xE2\\x80\\xAE" in text and "\\x1B[31m" in text


def test_the_same_beginning(host):
    """As recutils want it, there is a descriptor in front of the records of each file."""
    for seed, name in enumerate(("qmvc.rep.1", "qmvc.rep")):
        records = "".join(map(rep_records.record, rep_records.generate(20, BEGIN, BEGIN + DAY, seed=seed)))
        (host.logs / name).write_text("%rec: Mail\n\n" + records)
    said = host.run("--since", "2025-11-21", "--until", "2025-11-21")
    assert sum(map(int, re.findall(r"(\d+) (?:with a virus|bad)", said))) == 40


def test_size(host):
    """Whatever somebody writes into his mails, however much longer it is on a page: that stays small."""
    long = '"' * 300
    host.write(rep_records.Mail(BEGIN + n, "l%d" % n, "%d%s@a.example" % (n % 20, long), long, "virus", subject=long,
                                viruses=[(long, long, "t/x")]) for n in range(600))
    host.run("--since", "2025-11-21", "--until", "2025-11-21")
    sizes = [path.stat().st_size for path in host.html.rglob("*.html")]
    assert pages.LARGEST / 2 < max(sizes) < pages.LARGEST


def test_commands(host):
    """Of names that mean nothing to a shell there is one; what it prints are the records of that name."""
    hostile = ["$(id)@a.example", "`id`@a.example", "a'b@c.example", "x\"y@a.example", "-e@a.example;id", "ok_1+x@a.example"]
    host.write(rep_records.Mail(BEGIN + n, "c%d" % n, hostile[n % 6], "r@b.example", "virus", viruses=[("V", "f", "t/x")])
               for n in range(600)).run("--since", "2025-11-21", "--until", "2025-11-21")
    text = "".join(path.read_text() for path in host.html.rglob("*.html"))
    commands = {html.unescape(c) for c in re.findall(r"More of them, in the shell: (.*?)</p>", text)}
    assert len(commands) == 5 and any("ok_1+x@a.example" in c for c in commands), commands
    for command in commands:
        assert re.fullmatch(r"recsel -e \"\w+ = '[\w@.+=/-]+'\" qmvc.rep", command)
        told = subprocess.run(command, shell=True, cwd=host.logs, check=True, stdout=subprocess.PIPE).stdout
        assert told.count(b"Id: ") == (100 if "Sender" in command else 600)


@pytest.mark.browser
def test_look(host, tmp_path):
    """Hostile records, scanners that want care; a sheet; a day without anything."""
    scanner(host, "old", "engine\tOld 1.0 " + "e" * 90, "patterns\t<b>" + "9" * 90, "date\t2026-01-01T00:00:00Z")
    configure(host, "old;O;Old one with a name that is as long as names may be;", "clamd:/none;C;ClamAV;")
    host.write(rep_records.generate(500, BEGIN, BEGIN + DAY, hostile=True))
    host.run("-s", "-c", "--since", "2025-11-21", "--until", "2025-11-21", code=1)
    host.run("-d", "empty", "--since", "2024-11-21", "--until", "2024-11-25")
    shown = [host.html / name for name in ("virus.html", "virus/bad-files.html", "empty-virus.html")]
    sight = pages.Sight(shown, tmp_path)
    for path in shown:
        sight.check(path)
    sight.check_network()


def test_records_of_qmvc(profile, clamd):
    """What qmvc wrote, with what a hostile mail can put there."""
    profile.filters("virus=y;keep", "filename=y;block").control("badfilenames", "*.exe")
    profile.scanners("clamd:%s;C;ClamAV daemon;;" % clamd.socket)
    hostile = b"<script>x</script>\x1b\xe2\x80\xae.pdf"
    infected = mails.multipart(mails.part(mails.EICAR, hostile, b"Application/X-Odd"), subject=b"<img src=x>")
    profile.deliver(infected, sender="<b>@example.org")
    profile.deliver(infected, sender="")
    profile.deliver(mails.multipart(mails.part(archives.zipped(("in/a.exe", b"MZ")), b"z.zip")))
    profile.deliver(mails.plain(b"good\n"))
    environment = {**profile.environment, "TZ": "UTC"}
    assert subprocess.run([VIRULATOR, "-c", str(profile.home)], env=environment, timeout=60,
                          stdout=subprocess.PIPE, check=True).stdout == b""
    page = Page(profile.home / "html" / "virus.html")
    virus = profile.log()[0]["virus.C"]
    assert [row[:2] for row in page.rows("Viruses", "viruses")] == [(virus, 2)]
    assert {row[:2] for row in page.rows("Senders of viruses")} == {("<b>@example.org", 1), ("<>", 1)}
    (name, count, link), = page.rows("File names", "files")
    assert name.startswith("<script>x</script>\\x1B") and count == 2
    assert page.behind(link)[1][0][3] == "<img src=x>"
    assert [row[:2] for row in page.rows("Types", "files")] == [("application/x-odd", 2)]
    assert [row[:2] for row in page.rows("File names", "bad")] == [("z.zip/in/a.exe", 1)]
    assert [row[:2] for row in page.rows("Rules")] == [("filename: *.exe", 1)]
    assert (profile.home / "log" / "topvirus_Sender1").read_text() == "1\t<b>@example.org\n"
    found = sorted((profile.home / "html").rglob("*.html"))
    for path in found:
        pages.check_text(path)
    pages.check_links(profile.home / "html", found)


def scanner(host, name, *lines, sleep=0):
    """A scanner of that name that says these lines of itself."""
    plugins = host.base / "plugins"
    plugins.mkdir(exist_ok=True)
    for part, body in (("av_", ""), ("check_", "sleep %d\n" % sleep + "".join(
            "printf '%%s\\n' '%s'\n" % line.replace("'", "") for line in lines))):
        (plugins / (part + name)).write_text("#!/bin/sh\n" + body)
        (plugins / (part + name)).chmod(0o755)
    host.environment["QMVC_SCANNERS"] = str(plugins)


def configure(host, *lines):
    control = host.base / "control"
    control.mkdir(exist_ok=True)
    (control / "scanners").write_text("".join(line + "\n" for line in lines))


def test_scanners_that_are_well(host):
    fresh = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    scanner(host, "good", "engine\tGood 1.0 <b>", "patterns\t27000", "date\t" + fresh)
    configure(host, "good;G;Good scanner;")
    assert host.run("-s", "-c") == ""
    section = host.page().section("scanners")
    for word in ("G Good scanner", "Good 1.0 &lt;b&gt;", "27000", "today", ">well<"):
        assert word in section, section
    assert host.page().cards()["Scanners"] == 1
    host.run("-c")
    assert 'id="scanners"' not in host.page().text


def test_scanners_that_want_care(host):
    """Each is said to be what it is; the one that hangs does not keep the page from being written."""
    scanner(host, "old", "engine\tOld 1.0", "date\t2026-01-01T00:00:00Z")
    scanner(host, "hangs", sleep=60)
    configure(host, "old;O;Old one;", "hangs;H;Hanging;;timeout=1", "clamd:%s/none.sock;C;ClamAV;" % host.base)
    line = host.run("-s", "-c", code=1)
    assert line.count("\n") == 1 and line.startswith("virulator: scanner O (Old one): its patterns are ")
    assert "scanner H (Hanging) wants care: cannot be used" in line
    assert "scanner C (ClamAV) wants care: not reached" in line
    section = host.page().section("scanners")
    assert section.count("wants care") == 3 and "3 days" in section
    assert host.page().cards()["Scanners"] == 3 and ">3 need care<" in host.page().text
    configure(host)
    assert host.run("-s", "-c") == ""  # none
    assert "No scanner is configured" in host.page().text
    (host.base / "control" / "scanners").write_text("nonsense\n")
    assert "the scanners could not be asked: " in host.run("-s", "-c", code=1)


def test_the_lines_of_the_howto(host):
    """As they are printed there; the second one is about the home."""
    now = int(time.time() * 1000)
    host.write(rep_records.generate(30, now - 3600000, now - 1000))
    configure(host, "good;G;Good scanner;")
    scanner(host, "good", "engine\tGood 1.0")
    assert host.run("-m", "-s", "-c", "-d", "fehcom") == ""
    day = time.strftime("%Y-%m-%d", time.gmtime(now / 1000 - 1))
    assert (host.html / ("fehcom-virus-%s.html" % day)).exists()
    assert "fehcom" in (host.html / "fehcom-index.html").read_text()
    assert host.run("-c", base="") == ""
    assert (host.html / "virus.html").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root counts other people's mail")
def test_root(host):
    """Over a user's directory root is that user; over a home with users/ it counts what is theirs."""
    now = int(time.time() * 1000)
    host.base.parent.parent.chmod(0o755)
    host.base.parent.chmod(0o755)
    for uid in (1500, 1501, 1502):
        user = Host(host.base / "users" / str(uid))
        user.write(rep_records.generate(20, now - 60000, now - 1000, seed=uid))
        owner = uid if uid != 1502 else 1500  # not his: passed over
        for path in (user.base, user.logs, user.logs / "qmvc.rep"):
            os.chown(path, owner, owner)
    os.rmdir(host.logs)
    assert host.run("-m", "-s", "-c", base="") == ""
    assert sum(Page(page).cards()[kind] for page in host.html.glob("virus-*.html")
               for kind in ("Mail with a virus", "Bad mail")) == 40
    alice = Host(host.base.parent / "alice")
    alice.write(rep_records.generate(20, now - 60000, now - 1000))
    scanner(alice, "who", "engine\tWho")
    (alice.base / "plugins" / "check_who").write_text("#!/bin/sh\nprintf 'engine\\t%s\\n' \"$(id -u):$(id -G)\"\n")
    configure(alice, "who;W;Who;")
    for path in (alice.base, alice.logs, *alice.base.rglob("*")):
        os.chown(path, 1500, 1500)
    assert alice.run("-m", "-s", "-c", QMVC_HOME=str(host.base)) == ""
    assert {path.stat().st_uid for path in alice.base.rglob("*")} == {1500}
    assert "1500:1500" in alice.page(next(alice.html.glob("virus-*.html")).name).section("scanners")


def test_what_cannot_be_read(host):
    host.write(rep_records.generate(30, BEGIN, BEGIN + DAY))
    (host.logs / "qmvc.rep.1.gz").write_bytes(gzip.compress(os.urandom(9000))[:-100])
    line = host.run("-c", "--since", "2025-11-21", code=1)
    assert line == "virulator: 1 file not read: %s/log/qmvc.rep.1.gz: the compressed data are damaged\n" % host.base
    assert host.page().cards()["Bad mail"] > 0
    assert "the period is empty" in host.run("--since", "2025-11-23", "--until", "2025-11-21", code=2)
    assert "nowhere" in host.run(base=host.base / "nowhere", code=2)
    assert "-m counts whole days" in host.run("-m", "--since", "today", code=2)
    for option in ("-h", "-V"):
        assert "virulator" in host.run(option)


@pytest.mark.parametrize("language, word", [("de", "Wer Viren schickt"), ("fr", "Qui envoie des virus"),
                                            ("it", "Chi manda virus"), ("es", "Quién envía virus")])
def test_languages(host, language, word):
    host.write(rep_records.generate(60, BEGIN, BEGIN + DAY))
    configure(host)
    (host.base / "control" / "language").write_text(language + "\n")
    host.run("-c", "-s", "--since", "2025-11-21", "--until", "2025-11-21")
    assert word in host.page().text and '<html lang="%s">' % language in host.page().text
    pages.check_text(host.page().path)


def test_nobody_else_is_let_in(host):
    """A page is for whom its directory lets in, and what is behind it too."""
    host.write(rep_records.generate(60, BEGIN, BEGIN + DAY))
    host.run("--since", "2025-11-21", "--until", "2025-11-21")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [host.html, *host.html.rglob("*")]}
    assert modes[host.html] == 0o750 and modes[host.html / "virus"] == 0o750
    assert {mode for path, mode in modes.items() if path.suffix == ".html"} == {0o640}
