"""
The pages of the reports, written by the programs from a sample of logs, and doc/reports.md: its
commands are run as they stand there. What holds for every page is in pages.py; here it is asked of
all that the programs have written.
"""
import datetime
import os
import re
import stat
import subprocess

import pytest

import pages
import sample_month
from conftest import BUILD, SOURCE

PAGE = SOURCE / "doc" / "reports.md"
# There is one of everything in these days; and no other language has words as long.
SMALL = " --days 9 --mails 24 --language de"


def commands(beginning):
    """The lines of doc/reports.md that begin so, without the prompt."""
    lines = re.findall(r"^    (?:[$#] )?(%s.*)$" % beginning, PAGE.read_text(), re.M)
    assert lines, beginning
    return lines


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """What doc/sample-report makes, and the directory it was called in."""
    work = tmp_path_factory.mktemp("sample")
    (command,) = commands("doc/sample-report")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QMVC")}
    ran = subprocess.run("%s/%s --build %s%s" % (SOURCE, command, BUILD, SMALL), shell=True, cwd=work,
                         env=environment, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    assert ran.stdout.splitlines()[-1] == (work / "sample/html/index.html").as_uri()
    return work


@pytest.fixture(scope="session")
def html(sample):
    return sample / "sample" / "html"


@pytest.fixture(scope="session")
def every(html):
    return sorted(html.rglob("*.html"))


def kinds(html, every):
    """The largest page of each kind: a month, a day, mails behind a figure ..."""
    largest = {}
    for path in every:
        kind = re.sub(r"\d", "", str(path.relative_to(html).parts[0]))
        if kind not in largest or largest[kind].stat().st_size < path.stat().st_size:
            largest[kind] = path
    return [largest[kind] for kind in sorted(largest)]


def test_there_is_a_page_of_each_kind(html, every):
    assert [re.sub(r"\d", "", str(p.relative_to(html).parts[0])) for p in kinds(html, every)] == [
        "index.html", "log---", "log---.html", "month--.html", "virus---", "virus---.html", "year-.html"]


def test_text(every):
    for path in every:
        pages.check_text(path)


def test_links(html, every):
    pages.check_links(html, every)


def style_of(path):
    text = path.read_text()
    return text[text.index("<style>"):text.index("</style>")]


def test_style(html, every):
    """Pages of mails have a part of the style sheet, in which is all that a page of them has use for."""
    whole = style_of(html / "index.html")
    mails = [path for path in every if path.parent != html]
    assert {style_of(path) for path in every if path.parent == html} == {whole}
    (part,) = {style_of(path) for path in mails}
    assert whole.startswith(part) and len(part) < 0.55 * len(whole)
    rules = re.findall(r"[^{}]+(?=\{)", re.sub("@[^{]*", "", whole[len(part):]))
    # The classes and elements that a page must have for some rule of the rest to apply.
    wanted = [set(re.findall(r"(?<![\w.-])\.?[a-z][\w-]*", re.sub(r":+[\w-]+", "", selector)))
              for rule in rules for selector in rule.split(",")]
    for path in mails:
        page = pages.read_page(path.read_text())
        used = page.tags | {"." + name for name in page.classes}
        assert [names for names in wanted if names and names <= used] == [], path


def test_valid(html, every):
    for path in kinds(html, every):
        pages.check_valid(path)


@pytest.mark.browser
def test_look(html, every, tmp_path):
    # index.html is the month's page once more.
    chosen = [path for path in kinds(html, every) if path.name != "index.html"]
    assert (html / "index.html").read_bytes() in [path.read_bytes() for path in html.glob("month-*.html")]
    sight = pages.Sight(chosen, tmp_path)
    for path in chosen:
        sight.check(path)
    sight.check_network()


@pytest.mark.browser
def test_pictures(sample):
    """The commands that make pictures and paper of a page."""
    made = set()
    for command in commands("chromium-headless-shell"):
        subprocess.run(command + " --user-data-dir=profile", shell=True, cwd=sample, check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made.add(re.search(r"=(\S+\.(png|pdf))", command).group(1))
    for name in made:
        assert (sample / name).read_bytes()[:4] in (b"\x89PNG", b"%PDF")
    assert len(made) == 4


def test_a_busy_day(tmp_path):
    """Ten thousand mails, and a page is still small."""
    weekend = (datetime.date.today() - datetime.timedelta(1)).weekday() >= 5
    mails = round(10000 / (sample_month.QUIET if weekend else 1))
    subprocess.run([SOURCE / "doc" / "sample-report", "--build", BUILD, "--days", "1", "--mails", str(mails),
                    tmp_path / "busy"], check=True, stdout=subprocess.DEVNULL)
    for path in sorted((tmp_path / "busy" / "html").rglob("*.html")):
        assert path.stat().st_size < pages.LARGEST, path


def test_cron(tmp_path):
    """The crontab's lines say nothing, or one line with status 1; then the pages are there."""
    homes = [tmp_path / name for name in ("home", "alice")]
    for home in homes:
        home.mkdir()
        sample_month.write(home, sample_month.Month(datetime.date.today() - datetime.timedelta(1), 1, 40))
    environment = {"PATH": "/usr/bin:/bin", "QMVC_HOME": str(homes[0]), "QMVC_SCANNERS": str(homes[0] / "scanners")}
    environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))
    lines = commands(r"[\d*]+ [\d*]+ \* \* \*")
    assert len(lines) == 5

    def run():
        for line in lines:
            line = line.split(" ", 5)[5].replace("/usr/local/bin", str(BUILD / "src" / "programs"))
            ran = subprocess.run(line.replace("/home/alice/qmvc", str(homes[1])), shell=True, env=environment,
                                 capture_output=True, text=True, timeout=60)
            assert ran.stderr == "" and ran.returncode in (0, 1), ran
            assert len(ran.stdout.splitlines()) == (0 if ">" in line else ran.returncode), ran

    run()
    for index in (homes[0] / "html" / "index.html", homes[1] / "html" / "alice-index.html"):
        assert stat.S_IMODE(index.stat().st_mode) == 0o640
        pages.check_links(index.parent, sorted(index.parent.rglob("*.html")))
    (publish,) = commands("chmod")
    subprocess.run(publish.replace("/var/qmvc", str(homes[0])), shell=True, check=True)
    run()
    assert stat.S_IMODE((homes[0] / "html" / "index.html").stat().st_mode) == 0o644
