"""
The reports' pages as a browser shows them: report_pages writes them from fixed data, a headless
Chromium lays them out on a phone, a larger one and a wide screen, in light and dark.
"""
import html.parser
import json
import re
import shutil
import struct
import subprocess
import urllib.parse
import xml.etree.ElementTree
import zlib

import pytest

from conftest import BUILD

WIDTHS = (360, 390, 1280)
NAMES = ("day", "month", "empty", "single", "hostile")
VOID = {"meta", "br", "link", "img"}

# What is seen to be found before it is believed not to be there: too wide, labels over each other,
# a request, a script that runs.
BROKEN = """<!DOCTYPE html><html lang="en"><title>broken</title>
<script>document.title = 'owned'</script><p style="width:1500px">wide</p>
<figure style="width:200px"><div class="plot"><svg width="100%" height="50"><text x="5" y="20">first</text>
<text x="9" y="20">second</text><text x="190" y="40">beyond the edge</text></svg></div></figure>
<img src="http://control.test/x.png" alt="">"""

MEASURE = """<!DOCTYPE html><meta charset="utf-8"><title>measure</title>FRAMES<pre id="result"></pre><script>
function seen(box) { return box.width > 0 && box.height > 0; }
function covers(a, b) {
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
}
function measure(frame) {
    const doc = frame.contentDocument, root = doc.documentElement, found = {};
    found.title = doc.title;
    found.overflow = root.scrollWidth - root.clientWidth;
    found.overlaps = [];
    found.outside = [];
    found.labels = 0;
    for (const svg of doc.querySelectorAll('.plot > svg')) {
        const edge = svg.closest('figure').getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')]
            .map(text => [text.textContent, text.getBoundingClientRect()]).filter(t => seen(t[1]));
        found.labels += texts.length;
        texts.forEach(([name, box], i) => {
            if (box.left < edge.left || box.right > edge.right)
                found.outside.push(name);
            for (const [other, otherBox] of texts.slice(i + 1))
                if (covers(box, otherBox))
                    found.overlaps.push(name + ' / ' + other);
        });
    }
    return found;
}
addEventListener('load', () => {
    const all = {};
    for (const frame of document.querySelectorAll('iframe'))
        all[frame.id] = measure(frame);
    document.getElementById('result').textContent = JSON.stringify(all);
});
</script>"""


def chromium(profile, *options):
    """Runs the headless browser, resolving no name; returns what it wrote."""
    program = shutil.which("chromium-headless-shell")
    if not program:
        pytest.fail("chromium-headless-shell is not installed (Debian: chromium-headless-shell)")
    command = [program, "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
               "--user-data-dir=%s" % profile, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pages")
    subprocess.run([BUILD / "tests" / "tools" / "report_pages", directory], check=True)
    return directory


@pytest.fixture(scope="session")
def shown(pages, tmp_path_factory):
    """All pages laid out: what was measured, what the browser asked the network for and said."""
    work = tmp_path_factory.mktemp("shown")
    (pages / "broken.html").write_text(BROKEN)
    frames = ["<iframe id='%s-%d' width=%d height=800 style='border:0' src='%s.html'></iframe>"
              % (name, width, width, name) for name in NAMES + ("broken",) for width in WIDTHS]
    (pages / "measure.html").write_text(MEASURE.replace("FRAMES", "".join(frames)))
    ran = chromium(work / "profile", "--allow-file-access-from-files", "--enable-logging=stderr",
                   "--log-net-log=%s" % (work / "net.json"), "--virtual-time-budget=60000",
                   "--dump-dom", (pages / "measure.html").as_uri())
    result = re.search(r'<pre id="result">(.*?)</pre>', ran.stdout, re.S)
    assert result, ran.stderr
    return {"frames": json.loads(result.group(1).replace("&gt;", ">").replace("&lt;", "<")
                                 .replace("&amp;", "&")),
            "network": (work / "net.json").read_text(), "said": ran.stderr}


def test_what_is_wrong_is_found(shown):
    found = shown["frames"]["broken-360"]
    assert found["overflow"] > 1000
    assert found["overlaps"] == ["first / second"]
    assert found["outside"] == ["beyond the edge"]
    assert found["title"] == "owned"
    assert "control.test" in shown["network"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_layout(shown, name, width):
    found = shown["frames"]["%s-%d" % (name, width)]
    assert found["overflow"] == 0
    assert found["overlaps"] == []
    assert found["outside"] == []
    assert found["labels"] > 0 or name == "empty"
    assert found["title"] and found["title"] != "owned"


def test_nothing_is_asked_for(shown):
    assert "hostile.test" not in shown["network"]
    complaints = [line for line in shown["said"].splitlines() if "CONSOLE" in line]
    assert not [line for line in complaints if "broken.html" not in line and "control.test" not in line]


class Reader(html.parser.HTMLParser):
    """What a page consists of, read by somebody else's parser."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.ids, self.text = set(), set(), [], set(), []
        self.open = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "href":
                self.links.append(value)
            if name == "id":
                self.ids.add(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(pages, name):
    return Reader((pages / (name + ".html")).read_text())


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_are_text(pages, name):
    page = read(pages, name)
    assert page.tags <= read(pages, "day").tags | read(pages, "single").tags
    assert page.attributes <= (read(pages, "day").attributes | read(pages, "empty").attributes)
    assert not page.tags & {"script", "img", "iframe", "object", "form", "link", "base"}
    assert not [a for a in page.attributes if a.startswith("on")]
    for link in page.links:
        parts = urllib.parse.urlsplit(link)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert not link.startswith(("/", "\\"))
    raw = (pages / (name + ".html")).read_bytes()
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", raw)
    assert not re.search("[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]",
                         raw.decode())


def test_hostile_values_are_shown(pages):
    text = "".join(read(pages, "hostile").text)
    assert "<script src=\"http://hostile.test/s.js\"></script>" in text
    assert "]]>&amp;&#60;script&#62;&lt;" in text
    assert "\\xE2\\x80\\xAEgpj.exe" in text
    assert "\\x1B[31mred" in text
    assert "W" * 200 + "\u2026" in text
    assert "W" * 201 not in text


@pytest.mark.parametrize("name", NAMES)
def test_policy(pages, name):
    text = (pages / (name + ".html")).read_text()
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    rules = policy.group(1).replace("&#39;", "'").split("; ")
    assert rules == ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:",
                     "base-uri 'none'", "form-action 'none'"]
    assert text.index("Content-Security-Policy") < text.index("<title>")
    style = text[text.index("<style>"):text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert len(text) < 100_000


def test_links_within_the_page_resolve(pages):
    page = read(pages, "day")
    fragments = {link[1:] for link in page.links if link.startswith("#")}
    assert fragments and fragments <= page.ids


SVG = re.compile(r"<svg(?: [^>]*)?>(?:(?!</?svg).|<svg(?: [^>]*)?>(?:(?!</?svg).)*</svg>)*</svg>", re.S)


@pytest.mark.parametrize("name", NAMES)
def test_valid(pages, name):
    """HTML by tidy, which knows no links in SVG; so these are taken out, and read as XML."""
    text = (pages / (name + ".html")).read_text()
    charts = SVG.findall(text)
    without = SVG.sub("", text)
    assert "<svg" not in without
    ran = subprocess.run(["tidy", "-e", "-q", "-utf8"], input=without, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    for chart in charts:
        root = xml.etree.ElementTree.fromstring(chart)
        assert root.get("aria-hidden") == "true" or (root.get("aria-label") and root.get("role"))


def test_bars_tell_and_lead(pages):
    text = (pages / "day.html").read_text()
    charts = [xml.etree.ElementTree.fromstring(chart) for chart in SVG.findall(text)]
    chart = next(c for c in charts if c.get("aria-label") == "Mail by hour")
    assert chart.get("role") == "group"  # a picture must not hold links
    bars = chart.findall("a")
    assert len(bars) == 24
    for hour, bar in enumerate(bars):
        assert bar.get("href") == "lines/%02d.html" % hour
        title = bar.find("title").text
        assert re.fullmatch(r"%02d:00 to %02d:00: [\d\u202f]+ passed, [\d\u202f]+ stopped, \d+ deferred"
                            % (hour, hour + 1), title)
        # A number that is not 0 is to be seen, and others are not.
        for number, tone in re.findall(r"([\d\u202f]+) (\w+)", title[title.index(": "):]):
            drawn = [r for r in bar.findall("rect") if r.get("class") == tone]
            assert len(drawn) == (int(number.replace("\u202f", "")) > 0)
            assert all(float(r.get("height")) >= 2 for r in drawn)
    for chart in charts:
        if chart.get("role") == "img":
            assert chart.find(".//a") is None


def colours(style):
    """The palettes: light, dark, paper."""
    found = []
    for block in re.findall(r":root\{(.*?)\}", style):
        found.append({name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
                      for name, value in re.findall(r"--(\w+):(#\w+)", block)})
    return found


def contrast(a, b):
    """WCAG 2.2, "contrast ratio"."""
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast(pages):
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    text = (pages / "day.html").read_text()
    palettes = colours(text[text.index("<style>"):text.index("</style>")])
    assert len(palettes) == 3
    for palette in palettes:
        for ground in ("ground", "card", "hover"):
            for letters in ("ink", "soft", "link"):
                assert contrast(palette[letters], palette[ground]) >= 4.5, (letters, ground)
        for letters in ("stopped", "deferred"):  # figures of cards
            assert contrast(palette[letters], palette["card"]) >= 4.5, letters
        for bar in ("plain", "passed", "stopped", "deferred"):
            assert contrast(palette[bar], palette["card"]) >= 3, bar


def first_pixel(path):
    """Size and the colour of the corner; a row's first pixel is the same under every PNG filter."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, size, kind = 8, b"", None, None
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if name == b"IHDR":
            size, kind = struct.unpack(">II", body[:8]), body[8:10]
        if name == b"IDAT":
            packed += body
        at += 12 + length
    assert kind in (b"\x08\x02", b"\x08\x06")
    return size, "#" + zlib.decompress(packed)[1:4].hex()


@pytest.mark.parametrize("scheme", ("light", "dark"))
@pytest.mark.parametrize("width", (360, 1280))
def test_screenshot(pages, tmp_path, width, scheme):
    text = (pages / "day.html").read_text()
    palettes = colours(text[text.index("<style>"):text.index("</style>")])
    picture = tmp_path / "day.png"
    chromium(tmp_path / "profile", "--blink-settings=preferredColorScheme=%d" % (scheme == "light"),
             "--window-size=%d,2600" % width, "--screenshot=%s" % picture, (pages / "day.html").as_uri())
    assert first_pixel(picture) == ((width, 2600), palettes[scheme == "dark"]["ground"])
