"""
The reports' writers: report_pages writes pages from fixed data, which a headless Chromium lays out on
a phone, a larger one and a wide screen, in light and dark. What holds for every page is in pages.py.
"""
import re
import struct
import subprocess
import xml.etree.ElementTree
import zlib

import pytest

import browser
from conftest import BUILD
from pages import SCHEMES, SCREENS, SVG, Reader, Sight, check_text, check_valid

NAMES = ("day", "month", "empty", "single", "hostile")


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pages")
    subprocess.run([BUILD / "tests" / "tools" / "report_pages", directory], check=True)
    return directory


@pytest.fixture(scope="session")
def sight(pages, tmp_path_factory):
    return Sight([pages / (name + ".html") for name in NAMES], tmp_path_factory.mktemp("sight"),
                 SCREENS + ((360, "light"),))


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_look(sight, pages, name):
    path = pages / (name + ".html")
    sight.check(path)
    assert all(found["labels"] > 0 or name == "empty" for found in sight.found[path].values())


@pytest.mark.browser
def test_nothing_is_asked_for(sight):
    sight.check_network()


def read(pages, name):
    return Reader((pages / (name + ".html")).read_text())


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_are_text(pages, name):
    page = read(pages, name)
    assert page.tags <= read(pages, "day").tags | read(pages, "single").tags
    assert page.attributes <= (read(pages, "day").attributes | read(pages, "empty").attributes)
    check_text(pages / (name + ".html"))


@pytest.mark.parametrize("name", NAMES)
def test_valid(pages, name):
    check_valid(pages / (name + ".html"))


def test_hostile_values_are_shown(pages):
    text = "".join(read(pages, "hostile").text)
    assert "<script src=\"http://hostile.test/s.js\"></script>" in text
    assert "]]>&amp;&#60;script&#62;&lt;" in text
    assert "\\xE2\\x80\\xAEgpj.exe" in text
    assert "\\x1B[31mred" in text
    assert "W" * 200 + "\u2026" in text
    assert "W" * 201 not in text


def test_links_within_the_page_resolve(pages):
    page = read(pages, "day")
    fragments = {link[1:] for link in page.links if link.startswith("#")}
    assert fragments and fragments <= page.ids


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


@pytest.mark.browser
def test_screenshot(pages, tmp_path):
    text = (pages / "day.html").read_text()
    palettes = colours(text[text.index("<style>"):text.index("</style>")])
    picture = tmp_path / "day.png"
    with browser.Browser(tmp_path / "browser") as shown:
        shown.show(pages / "day.html")
        for width in (360, 1280):
            for scheme, palette in zip(SCHEMES, palettes):
                shown.screen(width, scheme)
                shown.picture(picture)
                (across, down), colour = first_pixel(picture)
                assert (across, colour) == (width, palette["ground"])
                assert down > 1000


@pytest.mark.browser
def test_numbers_under_the_pointer(pages, tmp_path):
    """What stands in the title of a bar is told at once, where there is room."""
    told = "[...document.querySelectorAll('.told')].filter(t => t.getBoundingClientRect().width > 0)" \
           ".map(t => t.textContent)"
    with browser.Browser(tmp_path / "browser") as tab:
        tab.show(pages / "day.html")
        for width, number, count, legend in ((1280, 15, 1, "visible"), (560, 15, 1, "hidden"),
                                             (390, 15, 0, "visible"), (1280, 62, 1, "hidden")):
            hit = "document.querySelectorAll('.hit')[%d]" % number
            tab.screen(width, "light")
            tab.point(hit)
            title = tab.ask(hit + ".parentNode.querySelector('title').textContent")
            assert tab.ask(told) == [title] * count
            beside = hit + ".closest('figure').querySelector('.legend')"
            assert tab.ask("getComputedStyle(%s).visibility" % beside) == legend
