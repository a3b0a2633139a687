"""
What every page of the reports has to be, whoever wrote it: text without scripts, valid, with links
that lead somewhere; and as a browser lays it out, readable on a phone and a wide screen, in light
and dark, for eyes, keyboards and screen readers (axe-core looks at it too), asking nobody for
anything.
"""
import functools
import html.parser
import os
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree

import pytest

import browser
from conftest import SOURCE

SCHEMES = ("light", "dark")
# Widths and colours; what is laid out does not depend on these, nor they on that.
SCREENS = ((1280, "light"), (390, "dark"))
LARGEST = 100_000   # bytes of a page
VOID = {"meta", "br", "wbr", "link", "img"}
SVG = re.compile(r"<svg(?: [^>]*)?>(?:(?!</?svg).|<svg(?: [^>]*)?>(?:(?!</?svg).)*</svg>)*</svg>", re.S)
POLICY = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'",
          "form-action 'none'"]

# What is seen to be found before it is believed not to be there: too wide, labels over each other,
# a bar that tells nothing, a request, a script that runs and complains, a picture without words,
# letters hardly seen in the dark, a link to no file and one to no place in it.
BROKEN = """<!DOCTYPE html><html lang="en"><title>broken</title>
<style>@media(prefers-color-scheme:dark){body{background:#333}}</style>
<script>document.title = 'owned'; console.error('complaint')</script>
<main><h1>Broken</h1><p style="width:1500px">wide</p>
<figure style="width:200px"><div class="plot"><svg width="100%" height="50"><text x="5" y="20">first</text>
<text x="9" y="20">second</text><text x="190" y="40">beyond the edge</text>
<g><title>much</title><rect class="hit" width="9" height="9"></rect></g></svg></div></figure>
<a href="nowhere.html">a</a><a href="#nowhere">b</a><img src="http://control.test/x.png"></main>"""

MEASURE = """function seen(box) { return box.width > 0 && box.height > 0; }
function covers(a, b) {
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
}
async function measure() {
    const root = document.documentElement, found = {title: document.title};
    const folded = document.querySelectorAll('details');
    folded.forEach(numbers => numbers.open = true);
    found.overflow = root.scrollWidth - root.clientWidth;
    folded.forEach(numbers => numbers.open = false);
    found.overlaps = [];
    found.outside = [];
    found.labels = 0;
    for (const svg of document.querySelectorAll('.plot > svg')) {
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
    const titles = [...document.querySelectorAll('.hit')].map(hit => hit.parentNode.querySelector('title'));
    found.silent = titles.filter(title => !title || !/[0-9]/.test(title.textContent)).length;
    for (const told of document.querySelectorAll('.told')) {
        const figure = told.closest('figure'), style = getComputedStyle(figure);
        if (figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) < 416)
            continue;
        told.style.display = 'inline';
        if (told.getBoundingClientRect().left < figure.getBoundingClientRect().left)
            found.outside.push(told.textContent);
        told.style.display = '';
    }
    // All rows of a long table are laid out above; what axe-core looks at is the same in each of them.
    const further = [...document.querySelectorAll('tbody')].flatMap(body => [...body.rows].slice(20));
    further.forEach(row => row.style.display = 'none');
    const result = await axe.run({resultTypes: ['violations']});
    further.forEach(row => row.style.display = '');
    found.violations = result.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 80)).slice(0, 3).join('  '));
    return found;
}"""


def axe_core():
    """The script of axe-core, which ./check has fetched."""
    path = os.environ.get("QMVC_AXE", SOURCE / "build/axe/node_modules/axe-core/axe.min.js")
    if not os.path.exists(path):
        pytest.fail("axe-core is not at %s: ./check puts it there" % path)
    with open(path) as file:
        return file.read()


class Sight:
    """Pages, and a broken one, as a browser shows them: laid out once, then looked at by many tests."""

    def __init__(self, paths, work, screens=SCREENS):
        self.found, self.said = {}, {}
        broken = work / "broken.html"
        broken.write_text(BROKEN)
        with browser.Browser(work / "browser") as shown:
            shown.prepare(axe_core())
            shown.prepare(MEASURE)
            for path in [*paths, broken]:
                shown.show(path)
                self.found[path] = {}
                for width, scheme in screens:
                    shown.screen(width, scheme)
                    self.found[path][width, scheme] = shown.ask("measure()")
                self.said[path] = list(shown.said)
        self.network = shown.network()
        self.check_broken(broken)

    def check_broken(self, path):
        """All that is wrong is found, so what is not found is not there."""
        for (width, scheme), found in self.found[path].items():
            assert found["overflow"] >= 1500 - width
            assert found["overlaps"] == ["first / second"]
            assert found["outside"] == ["beyond the edge"]
            assert (found["title"], found["silent"]) == ("owned", 1)
            assert [v.split(":")[0] for v in found["violations"]] == \
                ["color-contrast"] * (scheme == "dark") + ["image-alt"]
        assert any("complaint" in text for text in self.said[path])
        assert "control.test" in self.network
        with pytest.raises(AssertionError):
            check_links(path.parent, [path])

    def check(self, path):
        for screen, found in self.found[path].items():
            faults = {k: found[k] for k in ("overflow", "overlaps", "outside", "silent", "violations")}
            assert not any(faults.values()), (path, screen, faults)
            assert found["title"] and found["title"] != "owned"
        assert self.said[path] == []

    def check_network(self):
        """The broken page has asked for a picture, and no page for anything else."""
        names = set(re.findall(r"\bhttps?://([\w.-]+)", self.network))
        assert names <= {"control.test"}, names


class Reader(html.parser.HTMLParser):
    """What a page consists of, read by somebody else's parser."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.classes, self.attributes = set(), set(), set()
        self.links, self.ids, self.text = [], set(), []
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
            if name == "class":
                self.classes.update(value.split())
            if name == "href":
                self.links.append(value)
            if name == "id":
                assert value not in self.ids, "id twice: " + value
                self.ids.add(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@functools.lru_cache(maxsize=None)
def read_page(text):
    """The Reader of a page, which several checks look at."""
    return Reader(text)


def check_text(path):
    """No script, nothing from elsewhere, no character that does things; a policy that forbids all."""
    raw = path.read_bytes()
    text = raw.decode()
    page = read_page(text)
    assert not page.tags & {"script", "img", "iframe", "object", "form", "link", "base"}
    assert not [a for a in page.attributes if a.startswith("on")]
    for link in page.links:
        parts = urllib.parse.urlsplit(link)
        assert (parts.scheme, parts.netloc) == ("", ""), (path, link)
        assert not link.startswith(("/", "\\"))
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", raw)
    assert not re.search("[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]", text)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert policy.group(1).replace("&#39;", "'").split("; ") == POLICY
    assert text.index("Content-Security-Policy") < text.index("<title>")
    style = text[text.index("<style>"):text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert len(raw) < LARGEST, (path, len(raw))


def check_valid(path):
    """HTML by tidy, which knows no links in SVG; so these are taken out, and read as XML."""
    text = path.read_text()
    without = SVG.sub("", text)
    assert "<svg" not in without
    ran = subprocess.run(["tidy", "-e", "-q", "-utf8"], input=without, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("", ""), path
    for chart in SVG.findall(text):
        root = xml.etree.ElementTree.fromstring(chart)
        assert root.get("aria-hidden") == "true" or (root.get("aria-label") and root.get("role"))


def check_links(root, paths):
    """Every link of the pages leads to a file below `root`, and to a place that is in it."""
    read = {}

    def reader(path):
        if path not in read:
            read[path] = read_page(path.read_text())
        return read[path]

    for path in paths:
        for link in reader(path).links:
            parts = urllib.parse.urlsplit(link)
            there = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            assert there.is_relative_to(root.resolve()) and there.is_file(), (path, link)
            assert not parts.fragment or urllib.parse.unquote(parts.fragment) in reader(there).ids, \
                (path, link)
