"""qmvc-filters(5) at its word: its examples are files that work, its tables are true."""
import email
import email.policy
import shutil
import subprocess

import pytest

import car
import mails
import manual
from conftest import SOURCE

PAGE = "qmvc-filters.5"
FILES = [lines for lines in manual.examples(PAGE) if "=y;" in lines[0]]


@pytest.fixture
def sampled(profile, plugin):
    """The lists as they are shipped, a scanner that finds nothing, and a command."""
    shutil.rmtree(profile.home / "control")
    shutil.copytree(SOURCE / "control", profile.home / "control",
                    ignore=shutil.ignore_patterns("meson.build"))
    with open(profile.home / "control" / "badbodytexts", "a") as file:
        file.write("|exit 1\n")
    return profile.scanners("%s;C;Clean;" % plugin("exit 0"))


def check(profile):
    env = dict(profile.environment, HOME=str(profile.user_home))
    return subprocess.run([profile.command, "-t"], env=env, capture_output=True, text=True)


def test_there_are_examples():
    assert len(FILES) >= 7


@pytest.mark.parametrize("lines", FILES, ids=lambda lines: " ".join(lines)[:60])
def test_examples(sampled, lines):
    """Each is a whole file, which `qmvc -t` finds nothing wrong with, and mail passes."""
    sampled.filters(*lines)
    done = check(sampled)
    assert done.returncode == 0 and "/filters:" not in done.stdout, done.stdout
    assert sampled.deliver(mails.plain()).command_codes == [0]


def test_the_table_of_actions(profile):
    """Against the program: exit code, logs, saved copy."""
    profile.control("badsubjects", "pills")
    table = manual.table(PAGE, ("Sy action", "exit code"))
    assert list(table) == car.ACTIONS
    for action, row in table.items():
        profile.filters("subject=y;" + action)
        before = len(profile.records()), len(profile.saved())
        result = profile.deliver(mails.plain(subject=b"pills"))
        assert str(result.command_codes[0]) == row["exit code"]
        said = {True: "yes", False: "\\(en"}
        assert said[len(profile.records()) > before[0]] == row["qmvc.rep"]
        assert said[len(profile.saved()) > before[1]] == row["saved"]
        assert row["qmvc.log"] == "yes" and profile.last()["action"] == action
        assert row["the mail"] == {0: "is delivered", 99: "dropped", 100: "goes back"}[
            result.command_codes[0]]


def test_the_table_of_reactions(profile):
    """Against the program: who gets a mail."""
    profile.control("badsubjects", "pills")
    table = manual.table(PAGE, ("Sy action", "notify=r"))
    assert list(table) == car.ACTIONS
    whom = {"notify=r": "bob@example.net", "notify=s": "alice@example.org",
            "inform": "guard@i.test", "forward": "guard@f.test"}
    number = 0
    for action, row in table.items():
        for reaction, said in row.items():
            word = reaction if "=" in reaction else "%s=%s" % (reaction, whom[reaction])
            profile.filters("subject=y;%s;%s" % (action, word))
            number += 1
            before = len(profile.queued())
            profile.deliver(mails.plain(b"number %d\n" % number, b"pills"))
            sent = [to for _, _, to in profile.queued()[before:]]
            assert sent == ([[whom[reaction]]] if said == "yes" else []), (action, reaction)
            assert said in ("yes", "\\(en")


def test_the_conditions_are_in_their_order():
    assert list(manual.table(PAGE, ("Sy condition", "met when"))) == car.CONDITIONS


def test_the_example_of_several(sampled, plugin):
    """A mail that meets all three lines."""
    sampled.filters(*manual.example(PAGE, "subject=y;inspect"))
    sampled.control("badsubjects", "pills")
    sampled.scanners("%s;V;All;" % plugin(
        "for f in \"$1\"/*; do printf 'infected\\tAll\\t%s\\n' \"$f\"; done; exit 1"))
    message = mails.multipart(mails.part(b"x", b"game.exe"), subject=b"PILLS")
    assert sampled.deliver(message).command_codes == [99]
    last = sampled.last()
    assert (last["met"], last["decided"]) == ("subject,filename,virus", "filename")
    assert last["action"] == "block" and len(sampled.saved()) == 1
    sent = {to[0]: email.message_from_bytes(copy, policy=email.policy.strict).get_content()
            for copy, _, to in sampled.queued()}
    assert sorted(sent) == ["bob@example.net", "guard@example.org"] and len(sampled.queued()) == 2
    (reason,) = [line.partition("= ")[2] for line in (SOURCE / "tpl/en/words").read_text().splitlines()
                 if line.startswith("reason.filename")]
    assert reason in sent["bob@example.net"].replace("\n", " ")
    for condition in ("subject", "filename", "virus"):
        assert "Condition: %s:" % condition in sent["guard@example.org"]


def test_the_sample_tells_of_everything():
    """Each word of the page that may stand in the file is in the sample too."""
    sample = (SOURCE / "control" / "filters").read_text()
    for word in [*car.CONDITIONS, *car.ACTIONS, "notify=r", "notify=s", "inform=", "forward=",
                 "quitasap", "ignorecase", "goodmail"]:
        assert word in sample, word
