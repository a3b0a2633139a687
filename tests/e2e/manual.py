"""What a manual page says, for tests that take it at its word."""
import re

from conftest import SOURCE


def examples(page):
    """The lines of each literal block of man/PAGE, as a reader sees them."""
    text = (SOURCE / "man" / page).read_text()
    found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S)
    return [block.replace("\\e", "\\").replace("\\(dq", "\"").replace("\\&", "").splitlines()
            for block in found]


def example(page, beginning):
    """The one block whose first line begins so."""
    (found,) = [b for b in examples(page) if b[0].startswith(beginning)]
    return found


def table(page, first):
    """The rows of the table whose headings begin with `first`: {row: {heading: cell}}."""
    text = (SOURCE / "man" / page).read_text()
    (block,) = [b for b in re.findall(r"^\.Bl -column.*?\n(.*?)^\.El", text, re.M | re.S)
                if b.startswith(".It " + first[0]) and first[1] in b]
    rows = [re.split(r" Ta ", line[4:]) for line in block.splitlines()]
    headings = [h.removeprefix("Sy ") for h in rows[0]]
    return {row[0]: dict(zip(headings[1:], row[1:], strict=True)) for row in rows[1:]}
