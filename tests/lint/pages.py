#!/usr/bin/python3
"""
pages.py SOURCE-ROOT: the Markdown pages and the manual. Every link of a page leads to a file that is
there, and to a heading of it; every .Xr of the manual to a page of ours or of the system's; every
program and control file has a page; and the words are spelled right, as far as codespell knows.
"""
import pathlib
import re
import shutil
import subprocess
import sys

# Words of ours that codespell takes for others.
SPELLED = "ans,nd,fo,te,inout,hist,childs,fpr,wll"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def slug(heading):
    """As the usual renderers name a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(path):
    return {slug(h) for h in re.findall(r"^#+ (.*)$", path.read_text(), re.M)}


def links(root, pages):
    for page in pages:
        for target in LINK.findall(re.sub(r"^    .*$", "", page.read_text(), flags=re.M)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, fragment = target.partition("#")
            to = (page.parent / path).resolve() if path else page
            if not to.exists():
                yield "%s: no file %s" % (page.relative_to(root), target)
            elif fragment and fragment not in headings(to):
                yield "%s: no heading %s" % (page.relative_to(root), target)


def manual(root):
    ours = {p.name for p in (root / "man").glob("*.[0-9]")}
    for page in sorted((root / "man").glob("*.[0-9]")):
        for name, section in re.findall(r"^\.Xr ([\w.-]+) (\d)", page.read_text(), re.M):
            known = "%s.%s" % (name, section)
            if name.startswith(("qmvc", "scanners", "vupdate")) and known not in ours:
                yield "man/%s: no page %s" % (page.name, known)
    listed = (root / "man/meson.build").read_text()
    for name in sorted(ours):
        if "'%s'" % name not in listed:
            yield "man/%s: is not installed (man/meson.build)" % name
    installed = (root / "doc/meson.build").read_text()
    for page in sorted((root / "doc").glob("*.md")):
        if "'%s'" % page.name not in installed and page.name != "how-it-works.md":
            yield "doc/%s: is not installed (doc/meson.build)" % page.name


def spelling(root, pages):
    if not shutil.which("codespell"):
        yield "codespell is not installed (Debian: codespell)"
        return
    files = [str(p.relative_to(root)) for p in pages] + ["man"] + [
        "control/" + p.name for p in sorted((root / "control").iterdir()) if p.is_file()]
    ran = subprocess.run(["codespell", "-L", SPELLED, *files], cwd=root, capture_output=True, text=True)
    yield from ran.stdout.splitlines()


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    pages = sorted([*root.glob("*.md"), *(root / "doc").glob("*.md"), *(root / "bench").glob("*.md")])
    faults = [*links(root, pages), *manual(root), *spelling(root, pages)]
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
