"""
Every condition, action, reaction and option, alone and in pairs, against the reading of car.py.

Each combination is a `filters` file and a mail, delivered through the runner: its exit code, what
was handed to qmail-queue, what was kept, and what stands in the logs. A combination that makes no
sense has to be refused with file, line and word.
"""
import collections
import concurrent.futures
import email
import email.policy
import itertools
import os
import queue
import shutil
import struct
import subprocess

import pytest

import car
import mails
from conftest import Profile, logfmt

SENDERS = [("alice@example.org", b""), ("", b""), ("#@[]", b""),
           ("alice@example.org", b"Precedence: bulk\n"),
           ("alice@example.org", b"List-Id: <all.example.org>\n"),
           ("alice@example.org", b"Auto-Submitted: auto-replied\n"),
           ("alice@example.org", b"Auto-Submitted: no\n")]
WORKERS = 2 * (os.cpu_count() or 1)
# A program that checks itself takes ten times as long; a prime, so that every word has its turn.
STRIDE = 11 if os.environ.get("ASAN_OPTIONS") else 1

# A combination: the lines, the mail, its header fields; `style` varies how the lines are written,
# `capitals` writes the mail in other letters than the lists; `shows` is there and is not to be met.
Case = collections.namedtuple("Case", "lines mail fields style capitals shows",
                              defaults=(car.Mail(), b"", 0, False, ()))


# --- a mail that meets what it is to meet -----------------------------------------


def locked_zip():
    """Its one member says that it is encrypted."""
    name, data = b"a.txt", b"x" * 20
    local = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, 1, 0, 0, 0x5a21, 7, 20, 8, 5, 0) + name + data
    central = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, 1, 0, 0, 0x5a21, 7, 20, 8, 5, 0,
                          0, 0, 0, 0, 0) + name
    return local + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 1, 1, len(central),
                                         len(local), 0)


def mail_for(case, number):
    """A mail of its own each time: what was sent before would not be sent again."""
    meets = case.mail.meets or case.shows
    letters = bytes.upper if case.capitals else bytes
    text = {True: b"X-Command: yes\n", False: letters(b"cheap watches\n")}[case.mail.by_command]
    parts = []
    if "mimetype" in meets:
        parts.append(b"Content-Type: text/html\nContent-Disposition: attachment\n\n<html><p>x</p>\n")
    if "loadertype" in meets:
        parts.append(mails.part(b"LOAD me", b"load.txt", b"text/plain"))
    if "filename" in meets:
        parts.append(mails.part(b"nothing\n", b"evil.exe", b"text/plain"))
    if "encrypted" in meets:
        parts.append(mails.part(locked_zip(), b"locked.zip", b"application/zip"))
    if "virus" in meets:
        parts.append(mails.part(b"MATRIX-VIRUS\n", b"sick.txt", b"text/plain"))
    if "overlimit" in meets:
        parts += [mails.part(b"%d\n" % n, b"n%d.txt" % n, b"text/plain") for n in range(8)]
    top = b"X-Number: %d\n" % number + case.fields
    if "errors" in meets:
        top += b"X-Bad: yes\n"
    return top + mails.multipart(
        *parts, subject=letters(b"cheap pills") if "subject" in meets else b"Hello",
        text=text if "bodytext" in meets else b"Dear Bob\n")


CONTROL = {
    "mailheaders": "+x-bad=yes", "badsubjects": "cheap pills",
    "badbodytexts": "cheap watches\n|while read -r line; do "
                    "[ \"$line\" = 'X-Command: yes' ] && exit 7; done; exit 1:7",
    "badfilenames": "*.exe", "badmimetypes": "text/html", "badloadertypes": "magic:4c 4f 41 44",
    "limits": "parts=8",
}

SCANNER = """#!/bin/sh
for file in "$1"/*; do
	while read -r line; do
		[ "$line" = MATRIX-VIRUS ] && printf 'infected\\tMatrix-Test\\t%s\\n' "$file" && exit 1
	done <"$file"
done
exit 0
"""


def make_home(directory):
    """A profile whose notices say what they are and what they are for."""
    (directory / "queue").mkdir(parents=True)
    profile = Profile(directory / "home", directory / "queue")
    for name, lines in CONTROL.items():
        profile.control(name, lines)
    scanner = directory / "scanner"
    scanner.write_text(SCANNER)
    scanner.chmod(0o755)
    profile.scanners("%s;M;Matrix;" % scanner)
    texts = profile.home / "tpl" / "en"
    texts.mkdir(parents=True)
    for name in ("notify-recipient", "notify-sender", "inform-guard"):
        (texts / name).write_text("Subject: %s\n\n%%(reason) %%(fate) %%(id)\n%s\n" % (
            name, "%(report)" if name == "inform-guard" else ""))
    (texts / "words").write_text("".join("reason.%s = %s\n" % (c, c) for c in
                                         car.CONDITIONS + ["ambiguous"]) +
                                 "fate.kept = kept\nfate.dropped = dropped\n")
    profile.command = "exec " + profile.command
    return profile


def written(line, style):
    """A line of `filters`, in one of the ways in which it may be written."""
    reactions = (["notify=" + line.notify] if line.notify else []) + [
        word + "=" + " ".join(list_) for word, list_ in
        (("inform", line.inform), ("forward", line.forward)) if list_]
    separator, blank = ";|"[style & 1], ["", " "][style >> 1 & 1]
    fields = [line.condition + "=" + "ny"[line.on], line.action]
    fields += [("," + blank).join(reactions)] if style & 4 or reactions else []
    fields += [("," + blank).join(line.options)] if line.options else []
    text = (blank + separator + blank).join(fields) + (separator if style & 8 else "")
    return text.replace(line.condition, line.condition.upper()) if style & 16 else text


# --- one delivery against the oracle ----------------------------------------------


def kinds_sent(profile, message, found):
    """What went out, as (kind, address, conditions it is for); each mail is as it has to be."""
    sent = []
    for copy, sender, recipients in profile.queued():
        (recipient,) = recipients
        assert sender == ""
        first, second, rest = copy.split(b"\n", 2)
        if first == b"Delivered-To: bob@example.net":
            assert second.startswith(b"X-QMVC-Seal: v1 ")
            assert rest.startswith(b"Received: ") and rest.endswith(b"\n" + message)
            sent.append(("forward", recipient, None))
            continue
        mail = email.message_from_bytes(copy, policy=email.policy.strict)
        text = mail.get_content()
        assert not mail.defects and mail["Auto-Submitted"] == "auto-generated"
        assert mail["To"].addresses[0].addr_spec == recipient
        assert "X-QMVC-Seal" in mail and "Delivered-To" not in mail
        condition, fate, ident = text.split()[:3]
        assert ident == found["id"] and fate == ("kept" if "saved" in found else "dropped")
        if mail["Subject"] == "inform-guard":
            for name in found["met"].split(","):
                assert "Condition: %s:" % name in text, text
            condition = None
        sent.append((mail["Subject"], recipient, condition))
    return sorted(sent, key=str)


def kinds_expected(expected):
    sent = [("forward", address, None) for address in expected.forwarded]
    sent += [("inform-guard", address, None) for address in expected.informed]
    for whom, condition in expected.notified:
        sent.append(("notify-" + whom, {"recipient": "bob@example.net",
                                        "sender": "alice@example.org"}[whom], condition))
    return sorted(sent, key=str)


def check_refused(profile, case, result):
    assert result.command_codes == [111], result.text
    assert any("filters:%d: '%s'" % (number, word) in result.text
               for number, line in enumerate(case.lines, 1) for word in car.words_refused(line))
    assert profile.queued() == [] and profile.saved() == [] and profile.records() == []
    assert profile.last()["action"] == "defer"


def check_delivered(profile, case, result, message):
    expected = car.outcome(case.lines, case.mail)
    assert result.command_codes == [expected.exit], result.text
    (found,) = profile.log()
    assert (found["action"], found["exit"]) == (expected.action, str(expected.exit))
    assert found.get("decided") == expected.decided
    on = [c for c in car.CONDITIONS if car.line_of(case.lines, c)]
    assert [c for c in found.get("met", "").split(",") if c in on] == expected.met
    assert found.get("forwarded", "0") == str(len(expected.forwarded))
    assert bool(result.files) == (expected.exit == 0)
    assert kinds_sent(profile, message, found) == kinds_expected(expected)
    check_saved(profile, case, found, expected, message)
    check_record(profile, found, expected)
    assert profile.state("qmvc.error") == ""
    if expected.exit == 100:
        assert "not delivered" in result.text and found["id"] in result.text
    else:
        assert result.text.startswith("qmvc %s: %s" % (found["id"], expected.action))


def check_saved(profile, case, found, expected, message):
    names = {None: [], "keep": [found["id"]],
             "inspect": [(case.mail.sender.replace("#@[]", "_@__") or "null-sender") + "." +
                         found["id"]]}
    saved = profile.saved()
    assert [path.name for path in saved] == names[expected.saved]
    assert found.get("saved") == (str(saved[0]) if saved else None)
    for path in saved:
        assert (path / "message").read_bytes().endswith(b"\n" + message)
        assert "Id: " + found["id"] in (path / "result").read_text()


def check_record(profile, found, expected):
    records = profile.records()
    assert len(records) == expected.record
    for record in records:
        lines = record.splitlines()
        assert "Id: " + found["id"] in lines and "Action: " + expected.action in lines
        assert "Decided: " + expected.decided in lines
        for condition in expected.met:
            assert any(l.startswith("Condition: %s:" % condition) for l in lines), condition
        assert [l[11:] for l in lines if l.startswith("Forwarded: ")] == expected.forwarded
        assert [l[7:] for l in lines if l.startswith("Saved: ")] == [str(p) for p in profile.saved()]


def clear(profile):
    for path in [*profile.outbox.iterdir(), *(profile.home / "log").glob("*")]:
        path.unlink()
    for path in profile.saved():
        shutil.rmtree(path)


def run(profile, number, case):
    """Returns what is wrong, or None."""
    profile.filters(*[written(line, case.style) for line in case.lines])
    message = mail_for(case, number)
    result = profile.deliver(message, sender=case.mail.sender)
    try:
        if any(map(car.words_refused, case.lines)):
            check_refused(profile, case, result)
        else:
            check_delivered(profile, case, result, message)
    except AssertionError as wrong:
        return "%s\n%s\n%s" % ("\n".join(written(l, 0) for l in case.lines), case, wrong)
    finally:
        clear(profile)
    return None


@pytest.fixture
def deliver_all(tmp_path, capsys):
    """Delivers every case in one of a few homes, some at a time; tells how many there were."""
    homes = queue.Queue()
    for number in range(WORKERS):
        homes.put(make_home(tmp_path / str(number)))

    def one(numbered):
        home = homes.get()
        try:
            return run(home, *numbered)
        finally:
            homes.put(home)

    def all_of(name, cases):
        cases = cases[::STRIDE]
        refused = sum(any(map(car.words_refused, case.lines)) for case in cases)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            wrong = [w for w in pool.map(one, enumerate(cases)) if w]
        with capsys.disabled():
            print("\n%s: %d combinations delivered, %d refused, %d differ" % (
                name, len(cases) - refused, refused, len(wrong)))
        assert not wrong, "\n\n".join(wrong[:10])

    yield all_of
    while not homes.empty():
        assert homes.get().leftovers() == [], "left in tmp"


# --- the combinations -------------------------------------------------------------


REACTIONS = list(itertools.product(["", "r", "s", "rs"], [(), ("guard@i.test",)],
                                   [(), ("spam@f.test", "guard@f.test")]))
OPTIONS = [tuple(w for w, yes in zip(("quitasap", "ignorecase", "goodmail"), bits) if yes)
           for bits in itertools.product([False, True], repeat=3)]


def meeting(*conditions, sender=SENDERS[0], by_command=False):
    automatic = sender[1] not in (b"", b"Auto-Submitted: no\n")
    return car.Mail(conditions, by_command, sender[0], automatic)


def lines_of(condition):
    """
    Every line that can be written of a condition that is on. What is refused is so whatever its
    reactions: there none and all of them will do.
    """
    for action, reaction, options in itertools.product(["", *car.ACTIONS], REACTIONS, OPTIONS):
        line = car.Line(condition, True, action, *reaction, options)
        if reaction in (REACTIONS[0], REACTIONS[-1]) or not car.words_refused(line):
            yield line


@pytest.mark.parametrize("condition", car.CONDITIONS)
def test_alone(deliver_all, condition):
    """Every action with every reaction and every option."""
    cases = [Case([line], meeting(condition), style=number % 32,
                  capitals="ignorecase" in line.options)
             for number, line in enumerate(lines_of(condition))]
    if condition == "bodytext":
        cases += [case._replace(mail=meeting("bodytext", by_command=True)) for case in cases
                  if not car.words_refused(case.lines[0]) and "ignorecase" not in
                  case.lines[0].options]
    deliver_all(condition, cases)


def test_off_or_not_met(deliver_all):
    """A line with n, a mail that meets nothing, and letters that differ, do nothing at all."""
    cases = []
    for condition, action, reaction in itertools.product(car.CONDITIONS, car.ACTIONS, REACTIONS):
        line = car.Line(condition, True, action, *reaction)
        if reaction in (REACTIONS[0], REACTIONS[-1]):
            cases += [Case([line._replace(on=False)], meeting(condition)), Case([line])]
        if condition in ("subject", "bodytext") and reaction == REACTIONS[-1]:
            # In other letters, and without ignorecase, it is another text.
            cases.append(Case([line], shows=(condition,), capitals=True))
    deliver_all("off or not met", cases)


def test_senders(deliver_all):
    """Whoever it comes from: nobody, a list, a program."""
    everything = REACTIONS[-1]
    cases = []
    for condition, action, notify, sender in itertools.product(
            car.CONDITIONS, car.ACTIONS, ["r", "s", "rs"], SENDERS):
        line = car.Line(condition, True, action, notify, *everything[1:])
        if car.honours(action) or notify == "rs":
            cases.append(Case([line], meeting(condition, sender=sender), sender[1]))
    deliver_all("senders", cases)


def pair_variants():
    """What else may differ about two conditions that are met together."""
    shared = "both@f.test"
    return list(itertools.product(
        ["", "r", "s"], ["", "rs"], [(), ("one@i.test", shared)], [(), (shared, "two@i.test")],
        [(), ("one@f.test", shared)], [(), ("two@f.test", shared)],
        [(), ("quitasap",)], [(), ("goodmail",), ("quitasap", "goodmail")], [False, True], SENDERS[:4]))


def pair(first, second, actions, variant):
    notify1, notify2, inform1, inform2, forward1, forward2, quits, more, by_command, sender = variant
    one = car.Line(first, True, actions[0], notify1, inform1, forward1, quits)
    two = car.Line(second, True, actions[1], notify2, inform2, forward2)
    # Where the options do not fit they are left out: alone they have been tried.
    one, two = [l._replace(options=more if l.condition == "bodytext" else l.options) for l in (one, two)]
    one, two = [l._replace(options=()) if car.words_refused(l) else l for l in (one, two)]
    mail = meeting(first, second, sender=sender, by_command=by_command)
    return Case([one, two], mail, sender[1])


def test_pairs(deliver_all):
    """Every two conditions with every two actions; the rest takes turns, and the lines' order too."""
    variants = pair_variants()
    turn = itertools.count()
    cases = []
    for conditions in itertools.combinations(car.CONDITIONS, 2):
        for actions in itertools.product(car.ACTIONS, repeat=2):
            for _ in range(2):
                number = next(turn)
                # 1009 is prime: every variant has its turn, far from its neighbours.
                case = pair(*conditions, actions, variants[number * 1009 % len(variants)])
                lines = case.lines[::-1] if number % 2 else case.lines
                cases.append(case._replace(lines=lines, style=number % 32))
    deliver_all("pairs", cases)


def test_one_has_no_line(deliver_all):
    """What has no line is off, but overlimit, which is then keep."""
    cases = [Case([car.Line(one, True, action, *REACTIONS[-1])], meeting(one, other))
             for one, other in itertools.permutations(car.CONDITIONS, 2)
             for action in car.ACTIONS]
    deliver_all("one has no line", cases)


def test_all_at_once(deliver_all):
    """All conditions under one action, but for one: the first, one in the middle, the last."""
    cases = []
    for action, other in itertools.product(car.ACTIONS, repeat=2):
        for odd in ("errors", "filename", "virus"):
            lines = [car.Line(c, True, other if c == odd else action, "r", (c + "@i.test",),
                              (c + "@f.test", "both@f.test")) for c in car.CONDITIONS]
            cases.append(Case(lines, meeting(*car.CONDITIONS)))
    deliver_all("all at once", cases)


@pytest.mark.parametrize("reaction", ["notify=r", "notify=s", "inform=g@i.test", "forward=g@f.test"])
@pytest.mark.parametrize("action", ["", *car.ACTIONS])
def test_check_names_what_is_not_honoured(profile, action, reaction):
    """`qmvc -t` says which line asks for a reaction that its action does not carry out."""
    profile.filters("# a comment", "subject=y;%s;%s" % (action, reaction))
    profile.control("badsubjects", "pills")
    env = dict(profile.environment, HOME=str(profile.user_home))
    done = subprocess.run([profile.command, "-t"], env=env, capture_output=True, text=True)
    said = "filters:2: 'subject': action %s carries out no reaction" % action in done.stdout
    assert done.returncode == 0 and said == (not car.honours(action)), done.stdout
