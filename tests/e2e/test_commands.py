"""The command-API of badbodytexts: what a command gets, what its end means, and a real one, bogofilter."""
import shutil
import subprocess

import pytest

import mails
import manual
from conftest import SOURCE

CLEAN_PATH = "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture
def asking(profile):
    profile.filters("bodytext=y;block").control("badbodytexts", "watches")
    return profile


def example(beginning):
    return manual.example("qmvc-control.5", beginning)


def test_strings_come_first(asking, tmp_path):
    """Whatever their place in the file; and a string that is met spares all commands."""
    asking.control("badbodytexts", "|touch %s; exit 1" % (tmp_path / "ran"), "watches")
    assert asking.deliver(mails.plain(b"watches\n")).command_codes == [99]
    assert not (tmp_path / "ran").exists() and "Condition: bodytext: watches" in asking.records()[0]
    assert asking.deliver(mails.plain()).command_codes == [0]
    assert (tmp_path / "ran").exists()


def test_commands_run_in_order_until_one_says_yes(asking, tmp_path):
    ran = tmp_path / "ran"
    asking.control("badbodytexts", *["|echo %s >>%s; exit %d:5" % (name, ran, code)
                                     for name, code in (("b", 0), ("a", 4), ("c", 5), ("d", 5))])
    assert asking.deliver(mails.plain()).command_codes == [99]
    assert ran.read_text() == "b\na\nc\n"
    assert "; exit 5:5 (a command)" in asking.records()[0]


@pytest.mark.parametrize("ends, asked, code", [
    ("exit 0", "", 99), ("exit 0", ":0", 99), ("exit 1", ":0", 0), ("exit 1", ":1", 99),
    ("exit 255", ":255", 99), ("exit 99", ":0", 0), ("exit 100", ":0", 0), ("exit 0", ":1", 0),
    ("exit 111", ":0", 111), ("exit 126", ":0", 111), ("exit 127", ":0", 111),
    ("kill -9 $$", ":0", 111), ("sh -c 'kill -9 $$'; exit $?", ":0", 111), ("/no/such", ":0", 111)])
def test_what_an_end_means(asking, ends, asked, code):
    asking.control("badbodytexts", "|" + ends + asked)
    result = asking.deliver(mails.plain())
    assert result.command_codes == [code], result.text
    if code == 111:
        assert "badbodytexts:1: '|%s'" % ends in asking.state("qmvc.error")


def test_what_a_command_is_given(asking, tmp_path):
    """qmail's own variables and nothing of qmvc's, the user's home, the mail from its start."""
    seen = tmp_path / "seen"
    seen.mkdir()
    asking.control("badbodytexts", "|head -c 5 >/dev/null; exit 1",
                   "|cd -P . && pwd >%s/pwd; env -0 >%s/env; ls /proc/self/fd >%s/fds; cat >%s/mail; "
                   "echo lo'u'd; echo lo'u'der >&2" % ((seen,) * 4))
    message = mails.plain()
    result = asking.deliver(message, recipient="info-a-b@v.example.net", user="bob", prepend="bob",
                            sender="x y`id`@example.org", extra={"LD_X": "1"})
    assert result.command_codes == [99] and "loud" not in result.text
    given = dict(v.split("=", 1) for v in (seen / "env").read_text().split("\0") if v)
    for name in ("PWD", "OLDPWD", "_", "SHLVL"):
        given.pop(name, None)
    assert given.pop("PATH") == CLEAN_PATH
    assert given.pop("UFLINE").startswith("From x-y`id`@example.org ")
    assert given.pop("RPLINE").endswith("@example.org>\n")
    assert given == {
        "SENDER": "x y`id`@example.org", "NEWSENDER": "x y`id`@example.org", "USER": "bob",
        "RECIPIENT": "bob-info-a-b@v.example.net", "LOCAL": "bob-info-a-b", "EXT": "info-a-b",
        "EXT2": "a-b", "EXT3": "b", "EXT4": "", "DEFAULT": "info-a-b", "HOST": "v.example.net",
        "HOST2": "v.example", "HOST3": "v", "HOST4": "v", "HOME": str(asking.user_home),
        "DTLINE": "Delivered-To: bob-info-a-b@v.example.net\n"}
    assert (seen / "pwd").read_text() == str(asking.user_home) + "\n"
    assert (seen / "mail").read_bytes().endswith(message)
    assert (seen / "mail").read_bytes().startswith(b"Received: ")
    # ls has its own directory open besides.
    assert (seen / "fds").read_text().split() in (["0", "1", "2", "3", "4"], ["0", "1", "2", "3", "5"])


@pytest.mark.parametrize("found", ["before", "after"])
def test_goodmail(asking, found):
    """Another condition, judged before the command or after it, makes its yes count for nothing."""
    other = {"before": "subject=y;inspect", "after": "filename=y;inspect"}[found]
    asking.filters(other, "bodytext=y;block;forward=spam@localhost;goodmail,quitasap")
    asking.control("badsubjects", "pills").control("badfilenames", "*.exe")
    asking.control("badbodytexts", "|exit 0")
    both = mails.multipart(mails.part(b"x", b"a.exe", b"text/plain"), subject=b"pills")
    assert asking.deliver(both).command_codes == [0]
    assert asking.queued() == [] and "bodytext" in asking.last()["met"]
    assert asking.deliver(mails.plain()).command_codes == [99]
    assert len(asking.queued()) == 1


def test_goodmail_is_about_commands_only(asking):
    asking.filters("subject=y;inspect", "bodytext=y;block;;goodmail")
    asking.control("badsubjects", "pills").control("badbodytexts", "watches", "|exit 1")
    assert asking.deliver(mails.plain(b"watches\n", subject=b"pills")).command_codes == [99]


def test_what_is_written_counts_only_with_a_yes(asking):
    asking.filters("bodytext=y;block;forward=spam@localhost")
    asking.control("badbodytexts", "|echo no >&3; exit 1", "|exit 0")
    message = mails.plain()
    assert asking.deliver(message).command_codes == [99]
    assert asking.queued()[0][0].endswith(message)


# --- bogofilter, as the page has it -----------------------------------------------


def letter(words, number, extra=b""):
    return mails.plain(b"%s\nnumber %d\n" % (words, number), subject=words.split()[0]) + extra


SPAM = b"cheap pills watches casino viagra lottery winner replica discount"
HAM = b"minutes of the project meeting with agenda budget schedule and notes"


@pytest.fixture
def bogofilter(profile):
    """A user whose bogofilter has learnt from ten mails, by the commands of the page."""
    if not shutil.which("bogofilter"):
        pytest.fail("bogofilter is not installed (Debian: bogofilter)")
    spam, ham = example("$ bogofilter")
    mail = profile.home.parent / "mail"
    (profile.user_home / ".bogofilter").mkdir()
    for number in range(10):
        words, line, name = ((SPAM, spam, "unwanted-mail"), (HAM, ham, "wanted-mail"))[number % 2]
        mail.write_bytes(letter(words, number))
        assert line.endswith(" < " + name)
        subprocess.run(["/bin/sh", "-c", line[2:].replace(name, str(mail))], check=True,
                       env={"PATH": CLEAN_PATH, "HOME": str(profile.user_home)})
    profile.filters(*example("bodytext=y"))
    (profile.home.parent / "clean").write_text("#!/bin/sh\n")
    (profile.home.parent / "clean").chmod(0o755)
    profile.scanners("%s;C;finds nothing;" % (profile.home.parent / "clean"))
    return profile


FORMS = ["|/usr/bin/bogofilter:", "|/usr/bin/bogofilter;", "|/usr/bin/bogofilter -p"]


@pytest.mark.parametrize("form", FORMS)
def test_bogofilter(bogofilter, form):
    bogofilter.control("badbodytexts", *example(form))
    spam = letter(SPAM, 50)
    assert bogofilter.deliver(letter(HAM, 51)).command_codes == [0]
    assert bogofilter.deliver(mails.plain(b"something else entirely\n")).command_codes == [0]
    assert bogofilter.queued() == []
    result = bogofilter.deliver(spam, recipient="bob@example.net", user="bob")
    assert result.command_codes == [99], result.text
    ((copy, _, to),) = bogofilter.queued()
    assert to == ["bob-spam@example.net"]
    assert (b"\nX-Bogosity: " in copy) == ("-p" in form)
    assert copy.endswith(spam[spam.index(b"\n\n"):])


@pytest.mark.parametrize("form, code", zip(FORMS, [0, 111, 111]))
def test_a_broken_bogofilter(bogofilter, form, code):
    bogofilter.control("badbodytexts", *example(form))
    shutil.rmtree(bogofilter.user_home / ".bogofilter")
    (bogofilter.user_home / ".bogofilter").write_text("in the way")
    assert bogofilter.deliver(letter(SPAM, 60)).command_codes == [code]


def test_spam_with_a_virus_is_a_virus(bogofilter, plugin):
    """goodmail: it is kept, and nothing goes to .qmail-spam."""
    bogofilter.control("badbodytexts", *example(FORMS[2]))
    bogofilter.scanners("%s;V;finds all;" % plugin(
        "for f in \"$1\"/*; do printf 'infected\\tAll\\t%s\\n' \"$f\"; done; exit 1"))
    assert bogofilter.deliver(letter(SPAM, 70)).command_codes == [99]
    assert bogofilter.last()["decided"] == "virus" and bogofilter.last()["met"] == "bodytext,virus"
    assert bogofilter.queued() == [] and len(bogofilter.saved()) == 1


def test_the_sample_asks_bogofilter_so(bogofilter):
    """The line of the sample profile, without the # in front, is the page's."""
    (line,) = [l for l in (SOURCE / "control" / "badbodytexts").read_text().splitlines()
               if "/usr/bin/bogofilter" in l]
    assert [line[1:]] == example(FORMS[1])
