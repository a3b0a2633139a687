"""qmvcportal: who is listed, what strangers' directories may not do to it, and what the page is."""
import datetime
import os
import re
import subprocess

import pytest

from conftest import BUILD
from pages import Reader, Sight, check_links, check_text, check_valid

PORTAL = BUILD / "src" / "programs" / "qmvcportal"
ROOT = os.geteuid() == 0
UTC = datetime.timezone.utc
TODAY = datetime.datetime.now(UTC)
LINKS = "qmvc-accounts"
TREND = list(range(900, 930)) + [1000]

needs_root = pytest.mark.skipif(not ROOT, reason="only root gives files away")


def line(days_ago=0, mails=1000, stopped=41, infected=12, deferred=3, median="12.345", p95="118.400",
         page="index.html", name="", trend=TREND):
    """The line as qmvcportal(8) describes it."""
    made = TODAY - datetime.timedelta(days=days_ago)
    return ("v=1 day=%s made=%s mails=%d stopped=%d infected=%d deferred=%d median=%s p95=%s trend=%s "
            "page=%s name=%s\n" % (made.date(), made.strftime("%Y-%m-%dT%H:%M:%S.000Z"), mails, stopped,
                                   infected, deferred, median, p95, ",".join(map(str, trend)), page, name))


class Host:
    """A qmail with accounts, homes, a home of qmvc and a document root."""

    def __init__(self, directory):
        self.directory, self.home, self.root = directory, directory / "home", directory / "www"
        self.qmail, self.assign, self.domains = directory / "qmail", [], []
        for path in (self.home / "control", self.home / "users", self.root, self.qmail / "control",
                     self.qmail / "users"):
            path.mkdir(parents=True)
        (self.home / "users").chmod(0o1733)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "QMVC_HOME": str(self.home),
                            "QMVC_QMAIL": str(self.qmail)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def account(self, name, *domains, uid=7001, home=None):
        """An account in users/assign, and its domains; returns its home."""
        home = self.directory / "homes" / (home or name)
        home.mkdir(parents=True, exist_ok=True)
        uid = self.own(home, uid)
        self.assign.append("+%s-:%s:%d:%d:%s:-::" % (name, name, uid, uid, home))
        self.domains += ["%s:%s" % (domain, name) for domain in domains]
        return home

    @staticmethod
    def own(path, uid):
        if ROOT:
            os.chown(path, uid, uid, follow_symlinks=False)
        return uid if ROOT else os.geteuid()

    def publish(self, base, text, uid=7001, name="latest", page="index.html"):
        """html/ below `base`, with a page and a line that names it."""
        html = base / "html"
        html.mkdir(parents=True, exist_ok=True)
        for path in (html / name, html / page):
            path.write_text(text if path.name == name else "<!DOCTYPE html><title>%s</title>" % base)
            path.chmod(0o644)
        for path in [base, html, *html.iterdir()]:
            self.own(path, uid)
        return html

    def run(self, *options, code=0, cwd=None, **environment):
        (self.qmail / "control" / "virtualdomains").write_text("".join(d + "\n" for d in self.domains))
        (self.qmail / "users" / "assign").write_text("".join(a + "\n" for a in self.assign) + ".\n")
        done = subprocess.run([PORTAL, *options], cwd=cwd or self.root, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, check=False,
                              env={**self.environment, **environment})
        assert done.returncode == code, done
        assert done.stdout.count(b"\n") <= 1 and (done.stderr == b"") == (code != 2), done
        return (done.stdout + done.stderr).decode()

    @property
    def page(self):
        return self.root / "qmvcportal.html"

    def rows(self, page=None):
        """Texts of the cells, row by row, of both tables."""
        text = (page or self.page).read_text()
        return [[re.sub("[ \n]+", " ", "".join(Reader("<p>" + cell + "</p>").text)).strip()
                 for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
                for row in re.findall(r"<tr>(.*?)</tr>", text, re.S) if "<td" in row]

    def links(self):
        folder = self.root / LINKS
        return {path.name: os.readlink(path) for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_accounts(host):
    """Each at its place, with its domains, its last day, and a link that leads there."""
    bob = host.publish(host.account("bob", "b.example", "a.example", ".wild.example") / "qmvc", line())
    state = host.publish(host.home / "users" / "7002", line(mails=0, stopped=0, infected=0, deferred=0,
                                                            median="0.000", p95="0.000"), uid=7002)
    host.account("alice", "info@c.example", uid=7002)
    host.account("alice", "z.example", uid=7002, home="second")
    host.account("carol", "d.example", uid=7003)
    vmail = host.publish(host.account("vmail", "e.example", uid=89, home="domains/e.example") / "qmvc",
                         line(name="e.example"), uid=89)
    host.assign.append("=postmaster:post:7004:1:/nonexistent:::")
    host.domains += ["none.example:"]
    if not ROOT:    # users/UID is found by the uid that it has
        state = host.publish(host.home / "users" / str(os.geteuid()), line())
    assert host.run("-c") == ""
    rows = {row[0].split()[0]: row for row in host.rows()}
    assert rows["bob"] == ["bob *.wild.example, a.example, b.example", "1\u202f000", "41", "12", "3",
                           "12.3\xa0ms", "118\xa0ms", "", str(TODAY.date())]
    assert rows["vmail-e.example"][0] == "vmail-e.example e.example"
    assert "none.example" not in host.page.read_text()
    if ROOT:
        assert rows["alice"] == ["alice info@c.example, z.example", "0", "0", "0", "0", "-", "-", "", str(TODAY.date())]
        assert rows["carol"] == ["carol d.example", "no report yet"]
        assert host.links() == {"bob": str(bob), "alice": str(state), "vmail-e.example": str(vmail)}
        assert os.lstat(host.root / LINKS / "bob").st_uid == 7001
    assert rows["post-nonexistent"] == ["post-nonexistent postmaster", "no report yet"]
    check_links(host.directory, [host.page])
    check_text(host.page)
    check_valid(host.page)


def test_home_and_names(host):
    """The home's own pages come first; one row for each name that reports are made under."""
    html = host.publish(host.home, line(), uid=0)
    host.publish(host.home, line(name="a.example", page="a.example-index.html"), uid=0,
                 name="a.example-latest", page="a.example-index.html")
    host.publish(host.home, line(name='"d\u00f6 n"', page='"d\u00f6 n-index.html"'), uid=0,
                 name="d\u00f6 n-latest", page="d\u00f6 n-index.html")
    host.publish(host.account("abe") / "qmvc", line())
    assert host.run() == "qmvcportal: 2 of 2 accounts have pages\n"
    assert [row[0] for row in host.rows()] == ["Default profile", "Default profile: a.example",
                                               "Default profile: d\u00f6 n", "abe abe-*"]
    assert host.links()["default"] == str(html)
    assert [link for link in Reader(host.page.read_text()).links if LINKS in link] == [
        "qmvc-accounts/default/index.html", "qmvc-accounts/default/a.example-index.html",
        "qmvc-accounts/default/d%C3%B6%20n-index.html", "qmvc-accounts/abe/index.html"]
    check_links(host.directory, [host.page])
    host.run("-d", "example.org")
    named = host.root / "example.org-qmvcportal.html"
    assert "<title>All accounts - example.org</title>" in named.read_text()
    other = host.directory / "other"
    host.publish(other, line(name="another"), uid=0)
    host.run(str(other))
    assert host.rows()[0][0] == "Default profile: another"


def test_out_of_date(host):
    """An account whose report does not run any more is marked, and told of."""
    for days, name in ((3.1, "old"), (1.9, "fresh")):
        host.publish(host.account(name) / "qmvc", line(days_ago=days))
    assert host.run("-c", code=1) == "qmvcportal: 1 of 2 reports are older than two days: old\n"
    days = {row[0]: row[-1] for row in host.rows()}
    assert days["old old-*"].endswith(" 3 days old")
    assert "old" not in days["fresh fresh-*"]
    for name in "vwxyz":
        host.publish(host.account(name) / "qmvc", line(days_ago=9, name='"\\x1B[31m"'))
    assert host.run("-c", code=1) == (
        "qmvcportal: 6 of 7 reports are older than two days: old, v: \\x1B[31m, w: \\x1B[31m and 3 more\n")


FORGED = {
    "markup": line(name='"<script src=http://hostile.test/>\\"\'><img src=x onerror=alert(1)>"'),
    "way-out": line(page="../../../../etc/passwd"),
    "way-out-html": line(page="../index.html"),
    "scheme": line(page="javascript:alert(1)//.html"),
    "missing": line(page="missing.html"),
    "huge": line(name="x" * 5000),
    "long": line() * 20000,
    "greater": line(mails=10 ** 30),
    "more": line(mails=1, stopped=2),
    "empty": "",
    "binary": "\x00\x01\x02\n",
}


@pytest.mark.parametrize("what", FORGED)
def test_forged(host, what):
    html = host.publish(host.account("eve", "evil.example") / "qmvc", FORGED[what])
    host.publish(host.account("bob") / "qmvc", line())
    if what == "markup":
        host.run("-c")
        assert host.rows()[1][0].startswith("eve: <script src=http://hostile.test/>")
        assert host.rows()[1][0].endswith("evil.example")
    else:
        assert host.run("-c", code=1) == "qmvcportal: %s/latest is not as it should be\n" % html
        assert host.rows()[2] == ["eve evil.example", "not as it should be"]
        assert list(host.links()) == ["bob"]
    check_text(host.page)
    check_valid(host.page)


def test_complaints_are_not_endless(host):
    for i in range(20):
        host.publish(host.account("u%02d" % i) / "qmvc", "")
    told = host.run("-c", code=1)
    assert told.count("is not as it should be") == 5 and told.endswith("; and 15 more\n")


def strange_fifo(path, _):
    os.mkfifo(path)


def strange_link(path, host):
    path.symlink_to(host.directory / "secret")


def strange_directory(path, _):
    path.mkdir()


@pytest.mark.parametrize("make", [strange_fifo, strange_link, strange_directory])
@pytest.mark.parametrize("where", ["latest", "x-latest", "index.html"])
def test_strange_files(host, make, where):
    """Nothing is waited for, nothing followed."""
    html = host.publish(host.account("eve") / "qmvc", line())
    host.publish(host.directory / "there", line(mails=4711))
    host.own(host.directory / "there" / "html" / "latest", 7001)
    (host.directory / "there" / "html" / "latest").rename(host.directory / "secret")
    (html / where).unlink(missing_ok=True)
    make(html / where, host)
    host.own(html / where, 7001)
    blamed = "latest" if where == "index.html" else where
    assert host.run("-c", code=1) == "qmvcportal: %s/%s is not as it should be\n" % (html, blamed)
    assert "4\u202f711" not in host.page.read_text()


def test_owner_of_the_home(host):
    """Who owns the home, and has no pages elsewhere, has the home's: these are his domains."""
    host.publish(host.home, line(), uid=7001)
    host.account("alias", "a.example", ".b.example")
    host.run()
    assert [row[0] for row in host.rows()] == ["Default profile *.b.example, a.example"]


def test_link_to_own_directory(host):
    """What a link of the account's leads to may be its own: it is not looked at all the same."""
    home = host.account("bob")
    html = host.publish(home / "qmvc", line())
    html.rename(home / "elsewhere")
    html.symlink_to(home / "elsewhere")
    assert host.run("-c", code=1) == "qmvcportal: %s is not as it should be\n" % html
    assert host.rows()[-1] == ["bob bob-*", "not as it should be"]
    assert host.links() == {}


@pytest.mark.parametrize("what", ["html", "qmvc", "home"])
def test_links_of_the_user(host, what):
    """A directory that is a link to another account's shows nothing of it, and no link of ours goes there."""
    bob = host.account("bob")
    host.publish(bob / "qmvc", line(mails=4711))
    eve = host.account("eve", uid=7002)
    if what == "home":
        eve.rmdir()
        eve.symlink_to(bob)
    else:
        (eve / "qmvc").mkdir()
        path = eve / "qmvc" / "html" if what == "html" else eve / "qmvc"
        if what == "qmvc":
            path.rmdir()
        path.symlink_to(bob / "qmvc" / "html" if what == "html" else bob / "qmvc")
        host.own(eve / "qmvc", 7002)
    assert host.run("-c", code=int(ROOT or what != "home")) == (
        "qmvcportal: %s is not as it should be\n" % (eve / "qmvc/html") if ROOT or what != "home" else "")
    if ROOT or what != "home":
        assert list(host.links()) == ["bob"]
        assert "eve eve-*" in [row[0] for row in host.rows() if row[1] == "not as it should be"]


@needs_root
def test_somebody_elses(host):
    """What lies in an account's directory and is another's is not the account's; and root lies nowhere."""
    for name, wrong in (("a", ""), ("b", "html"), ("c", "html/latest"), ("d", "html/index.html")):
        base = host.account(name, uid=7001) / "qmvc"
        host.publish(base, line())
        os.chown(base / wrong, 0, 0)
    host.run("-c", code=1)
    assert [row[1] for row in host.rows()[1:]] == ["no report yet"] + ["not as it should be"] * 4
    assert host.links() == {}


@needs_root
@pytest.mark.parametrize("closed", ["", "qmvc", "qmvc/html", "qmvc/html/latest"])
def test_not_published(host, closed):
    """Root could read it, but the public may not."""
    home = host.account("bob")
    host.publish(home / "qmvc", line())
    (home / closed).chmod(0o750)
    assert host.run("-c") == ""
    assert host.rows()[-1] == ["bob bob-*", "not open to everybody"]
    assert host.links() == {}
    (home / closed).chmod(0o755)
    host.run("-c")
    assert list(host.links()) == ["bob"]


@needs_root
def test_not_root(host):
    """Who is not root lists what he can read."""
    host.publish(host.account("bob") / "qmvc", line())
    host.publish(host.account("closed") / "qmvc", line())
    (host.directory / "homes" / "closed" / "qmvc").chmod(0o700)
    for path in [host.directory, *host.directory.parents][:3]:
        path.chmod(path.stat().st_mode | 0o055)
    os.chown(host.root, 7009, 7009)
    host.run()
    host.page.unlink()
    os.chown(host.root / LINKS, 7009, 7009)
    done = subprocess.run(["setpriv", "--reuid=7009", "--regid=7009", "--clear-groups", PORTAL, "-c"],
                          cwd=host.root, env=host.environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    assert [row[:2] for row in host.rows()][:1] == [["bob bob-*", "1\u202f000"]]
    assert ["closed closed-*", "not open to everybody"] in host.rows()
    assert host.page.stat().st_uid == 7009


def test_links_come_and_go(host):
    """Ours are kept in step; what is not ours stays, and is never led astray."""
    base = host.account("bob") / "qmvc"
    html = host.publish(base, line())
    host.publish(host.account("bob", home="second/bob") / "qmvc", line())
    host.publish(host.account("w\u00e9ird name", home="x") / "qmvc", line())
    host.run()
    assert list(sorted(host.links())) == ["bob", "bob~2", "w__ird_name-x"]
    before = os.lstat(host.root / LINKS / "bob").st_ino
    (host.root / LINKS / "stale").symlink_to("/home/gone/qmvc/html")
    (host.root / LINKS / "other").symlink_to("/srv/else")
    (host.root / LINKS / "note").write_text("not ours")
    (host.root / LINKS / "bob~2").unlink()
    (host.root / LINKS / "bob~2").symlink_to("/elsewhere/html")
    (html / "latest").unlink()
    host.run()
    names = {path.name for path in (host.root / LINKS).iterdir()}
    assert names == {"bob", "w__ird_name-x", "other", "note"}
    assert os.readlink(host.root / LINKS / "bob").endswith("second/bob/qmvc/html")
    assert os.lstat(host.root / LINKS / "bob").st_ino != before
    (host.root / LINKS / "bob").unlink()
    (host.root / LINKS / "bob").mkdir()
    assert host.run(code=1) == "qmvcportal: cannot make qmvc-accounts/bob: File exists\n"
    check_links(host.directory, [host.page])


def test_nothing_of_others_is_overwritten(host):
    host.publish(host.account("bob") / "qmvc", line())
    host.page.write_text("<html>mine</html>")
    assert "qmvcportal.html is there, and qmvcportal has not made it" in host.run(code=2)
    assert host.page.read_text() == "<html>mine</html>"
    host.page.unlink()
    host.page.symlink_to(host.directory / "precious")
    (host.directory / "precious").write_text('<section id="qmvcportal">')
    assert "has not made it" in host.run(code=2)
    host.page.unlink()
    (host.root / LINKS).rename(host.directory / "elsewhere")
    (host.root / LINKS).symlink_to(host.directory / "elsewhere")
    host.run(code=2)
    (host.root / LINKS).unlink()
    host.run()
    host.run()


def test_bad_input(host):
    host.assign.append("nonsense")
    assert "users/assign:1: 'nonsense': begins with neither" in host.run(code=2)
    assert "there is no option -x" in host.run("-x", code=2)
    assert "one BASEDIR only" in host.run("a", "b", code=2)
    assert host.run("/nonexistent", code=2).endswith("/nonexistent: No such file or directory\n")
    assert host.run("-V").startswith("qmvcportal ")
    host.assign.clear()
    for name in ("users/assign", "control/virtualdomains"):
        host.run()
        (host.qmail / name).unlink()
    done = subprocess.run([PORTAL], cwd=host.root, env=host.environment, stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"qmvcportal: 0 of 1 accounts have pages\n"


def test_many(host):
    """Ten thousand domains of three hundred accounts: four pages, and one row for who has them all."""
    for i in range(300):
        host.publish(host.account("u%03d" % i) / "qmvc", line(mails=i, stopped=0, infected=0, deferred=0))
    host.domains = ["d%d.example:u000" % i for i in range(10000)]
    host.publish(host.home, line(mails=100000), uid=0)
    pages = [host.page, *(host.root / ("qmvcportal-%d.html" % i) for i in (2, 3, 4))]
    host.run()
    rows = [row for page in pages for row in host.rows(page)]
    assert [row[0].split(" ")[0][:4] for row in rows] == ["Defa"] + ["u%03d" % i for i in range(300)]
    assert "and 9\u202f997 more" in rows[1][0]
    assert not (host.root / "qmvcportal-5.html").exists()
    for page in pages:
        check_text(page)
        check_valid(page)
    check_links(host.directory, pages)
    host.assign = host.assign[:99]
    host.run()
    assert [page.exists() for page in pages] == [True, False, False, False]


@pytest.mark.parametrize("language, said", [("de", "Alle Konten"), ("fr", "Tous les comptes"),
                                            ("it", "Tutti gli account"), ("es", "Todas las cuentas")])
def test_languages(host, language, said):
    (host.home / "control" / "language").write_text(language + "\n")
    host.publish(host.account("bob") / "qmvc", line())
    host.run()
    assert "<html lang=\"%s\">" % language in host.page.read_text()
    assert "<h1>%s</h1>" % said in host.page.read_text()


@pytest.mark.browser
def test_look(host, tmp_path):
    """As a browser shows it: a page with all that there can be on it."""
    host.publish(host.home, line(mails=48211), uid=0)
    many = ["domain-%d.example" % i for i in range(40)]
    host.publish(host.account("bob", *many) / "qmvc", line())
    host.publish(host.account("a-rather-long-account-name", "a.example") / "qmvc", line(days_ago=5))
    host.publish(host.account("eve") / "qmvc", FORGED["markup"])
    host.account("carol", "c.example", uid=7003)
    host.run(code=1)
    (tmp_path / "sight").mkdir()
    sight = Sight([host.page], tmp_path / "sight")
    sight.check(host.page)
    sight.check_network()
