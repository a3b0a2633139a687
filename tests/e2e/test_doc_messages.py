"""
doc/when-something-goes-wrong.md against the source: each message it explains is one that can come, and each
that can end a delivery is explained. Nothing of ours is run.
"""
import re

import pytest

from conftest import SOURCE

PAGE = (SOURCE / "doc" / "when-something-goes-wrong.md").read_text()
# Whose errors end a delivery; what qmvc -t and -x alone say is in their own words there.
FILES = ["src/control/profile.c", "src/control/profile_state.c", "src/control/envelope.c", "src/control/control.c",
         "src/control/control_check.c", "src/control/control_file.c",
         "src/pipeline/pipeline.c", "src/pipeline/account.c", "src/pipeline/deciding.c", "src/pipeline/examine.c",
         "src/pipeline/scanning.c", "src/pipeline/forwarding.c", "src/pipeline/parsing.c", "src/pipeline/delivery.c",
         "src/message/message.c", "src/conditions/command.c", "src/open/open.c", "src/open/work_tree.c",
         "src/react/submit.c", "src/scan/scan.c", "src/loop/loop.c"]
CALL = re.compile(r'\b(?:error_set|error_set_errno)\(((?:[^";]|"(?:[^"\\]|\\.)*")*?);', re.S)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%(?:\.\*)?[0-9.]*(?:l|ll|z|h)?[a-zA-Z]")
# No memory, in so many words; "cannot go on: REASON" tells what to do.
MEMORY = re.compile(r"cannot (conclude|decode|draw|find|keep|list|name|note|print|read the mail|run|say|write the record)"
                    r"|no memory|an envelope for|a message for|message for|an envelope|what '|condition "
                    r"|cannot map|cancelled|socketpair|cannot make a file in")
# Words that stand within a message.
FRAGMENTS = {"warning: ", "no absolute path: ", "not set", "the profile"}


def explained():
    """The messages of the page's tables."""
    return [m.replace("\\|", "|") for m in re.findall(r"^\| `((?:[^`])*)` \|", PAGE, re.M)]


def formats():
    """Every format of an error in those files; strings that the preprocessor joins are joined."""
    found = set()
    for name in FILES:
        text = (SOURCE / name).read_text()
        for call in CALL.findall(text):
            for whole in re.findall(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*', call):
                found.add((name, "".join(STRING.findall(whole))))
    return sorted(found)


def pattern(text):
    """Of a format: whatever it may become, and the system's reason behind it."""
    parts = [re.escape(part) for part in CONVERSION.split(text)]
    return re.compile(".*?".join(parts) + "(: .*)?$")


def test_there_is_something_to_check():
    assert len(explained()) > 35 and len(formats()) > 50


@pytest.mark.parametrize("message", explained())
def test_each_message_can_come(message):
    everywhere = {"".join(STRING.findall(whole))
                  for path in (SOURCE / "src").rglob("*.c")
                  for whole in re.findall(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*', path.read_text())}
    letters = [f for f in everywhere if len(CONVERSION.sub("", f)) > 1 and "%" in f or len(f) > 12]
    assert any(pattern(f).match(message) for f in letters), message


@pytest.mark.parametrize("name, text", formats())
def test_each_that_can_come_is_explained(name, text):
    if text in FRAGMENTS or MEMORY.search(text) or len(CONVERSION.sub("", text)) <= 2:
        return      # "%s", "%s: %s" and the like: "PLACE: REASON"
    assert any(pattern(text).match(message) for message in explained()), (name, text)
