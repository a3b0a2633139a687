"""Mail after mail through scanners that behave at random, and then a look at what is left of it.

QMVC_SOAK is how many mails (default: 240, for ./check), QMVC_SOAK_SEED what is drawn. Each mail's plan is
drawn from the seed and its number alone, so that one that fails can be repeated. Looked at after every
hundred: descriptors, processes, files, the log; and for each mail its verdicts and its exit code."""
import collections
import concurrent.futures
import os
import random
import time

import dot_qmail
import mails
from conftest import Profile, processes_with, wait_until
from soak_fakes import CLAMD, FOUND, PLUGIN, FakeClamd, write_plugin

COUNT = int(os.environ.get("QMVC_SOAK", "240"))
SEED = os.environ.get("QMVC_SOAK_SEED", "1")
BATCH = 100
AT_ONCE = 12
# So many of a thousand do something that costs the whole timeout.
SLOW = {"hang", "stubborn", "hang-daemon", "infected-hang"}
SLOW_OF_1000 = 12
KINDS = {"A": PLUGIN, "B": PLUGIN, "C": CLAMD, "D": CLAMD}


class Room:
    """A home with scanners, and what its control files say about failures."""

    def __init__(self, tmp_path, name, lines, filters, on_fail, quitasap):
        (tmp_path / name).mkdir()
        (tmp_path / name / "queue").mkdir()
        (tmp_path / name / "home").mkdir()
        self.profile = Profile(tmp_path / name / "home", tmp_path / name / "queue")
        self.profile.scanners(*lines).filters(*filters)
        self.initials = [line.split(";")[1] for line in lines if ";" in line]
        self.on_fail, self.quitasap = on_fail, quitasap
        self.mails = self.saved = 0


def make_rooms(tmp_path, servers):
    def lines(initials, on_fail):
        where = {"A": tmp_path / "soak-A", "B": tmp_path / "soak-B",
                 "C": "clamd:%s" % (tmp_path / "C.sock"), "D": "clamd:127.0.0.1:%d" % servers["D"].port}
        return ["%s;%s;Soak %s;;timeout=2,onfail=%s" % (where[i], i, i, on_fail) for i in initials]

    more = ["encrypted=y;block", "overlimit=y;keep"]
    return [
        Room(tmp_path, "all", lines("ABCD", "defer"), ["virus=y;block;;quitasap", *more], "defer", True),
        Room(tmp_path, "ignore", lines("CADB", "ignore"), ["virus=y;keep", *more], "ignore", False),
        Room(tmp_path, "sequential", ["mode=sequential", *lines("DA", "defer")],
             ["virus=y;keep;;quitasap", *more], "defer", True),
        Room(tmp_path, "block", lines("C", "block"), ["virus=y;block", *more], "block", False),
        Room(tmp_path, "plug-in", lines("B", "defer"), ["virus=y;block", *more], "defer", False),
    ]


def draw(number):
    """The plan of a mail, and the mail."""
    chance = random.Random("%s %d" % (SEED, number))
    plan = {}
    clean = chance.random() < 0.3  # a mail that all of them find clean is rare else
    for initial, kinds in KINDS.items():
        names = sorted(n for n in kinds if n not in SLOW and (not clean or kinds[n] == {"clean"}))
        slow = sorted(n for n in kinds if n in SLOW)
        plan[initial] = chance.choice(names)
        if not clean and chance.randrange(1000) < SLOW_OF_1000:
            plan[initial] = chance.choice(slow)
    token = b"soak-mail-%d-" % number
    said = b"X-Soak: " + b" ".join(b"%s=%s" % (i.encode(), b.encode()) for i, b in plan.items())
    if chance.random() < 0.5:
        mail = mails.plain(token + b" in plain text\n")
    else:
        parts = [mails.part(token + chance.randbytes(chance.choice((10, 3000, 200000))))
                 for _ in range(chance.randrange(1, 4))]
        mail = mails.multipart(*parts, text=token + b" and parts\n")
    return plan, said + b"\n" + mail


def judge(room, number, plan, entry, code, left_alone):
    """Is this what may come of that plan? Says what is wrong, or nothing."""
    verdicts = {i: entry["scan." + i].partition(":")[0] for i in room.initials}
    found = any(v in FOUND for v in verdicts.values())
    for initial, verdict in verdicts.items():
        allowed = KINDS[initial][plan[initial]]
        ended = found and room.quitasap and verdict in ("cancelled", "skipped")
        alone = verdict == "error" and initial in left_alone
        if verdict not in allowed and verdict != "timeout" and not ended and not alone:
            return "%s is %s" % (initial, verdict)
        name = entry.get("virus." + initial)
        if (verdict in FOUND) != (name is not None):
            return "%s is %s and names %s" % (initial, verdict, name)
        if name and name.replace("Heuristics.", "") != "Soak.%s.%d" % (initial, number):
            return "%s names %s" % (initial, name)
    # What D takes no stream of is too large for it: no matter when another one takes it.
    values = {v for i, v in verdicts.items()
              if not (v == "limit" and i == "D" and plan[i] == "stream-limit")}
    failed = values & {"error", "timeout"}
    if found:
        right = {99}
    elif values == {"clean"}:
        right = {0}
    elif values & {"limit", "encrypted"}:
        right = {99}
    elif "overlimit" in entry.get("met", "").split(","):
        right = {99}  # what brings an engine down or blocks it
    elif failed and room.on_fail == "block":
        right = {99}
    elif failed and room.on_fail == "ignore" and "clean" in values:
        right = {0}
    else:
        right = {111}
    if code not in right or entry["exit"] != str(code):
        return "exit code %d, logged %s, where %s is right" % (code, entry["exit"], right)
    # And without a look at what was logged: nothing passes that one complete answer calls infected.
    drawn = [KINDS[i][plan[i]] for i in room.initials]
    if code == 0 and not any(d == {"clean"} for d in drawn):
        return "passed, and nobody found it clean"
    if code == 0 and any(d <= set(FOUND) and verdicts[i] not in failed
                         for i, d in zip(room.initials, drawn)):
        return "passed, and somebody found a virus"
    if all(d == {"clean"} for d in drawn) and code != 0 and not failed:
        return "stopped, and everybody found it clean"
    return None


def forget_failures(profile):
    """Who was left alone: on a machine that is very busy a fake may be late with its PONG, three times."""
    alone = set()
    for state in (profile.home / "run").glob("scanner.?"):
        if int(state.read_text().split()[0]) >= 3:
            alone.add(state.name[-1])
        state.unlink()
    return alone


def count_fds():
    return len(os.listdir("/proc/self/fd"))


class Soak:
    def __init__(self, tmp_path):
        self.path = tmp_path
        self.plan = {}
        for initial in "AB":
            write_plugin(tmp_path, initial)
        self.servers = {"C": FakeClamd("C", self.plan, tmp_path / "C.sock"),
                        "D": FakeClamd("D", self.plan)}
        self.rooms = make_rooms(tmp_path, self.servers)
        self.seen = collections.Counter()
        self.seconds = 0.0

    def deliver(self, number):
        room = self.rooms[number % len(self.rooms)]
        self.plan[number], mail = draw(number)
        queue = self.path / ("queue%d" % number)
        queue.mkdir()
        env = dot_qmail.environment("mail%d@example.net" % number, "a@example.org",
                                    home=room.profile.user_home, base=room.profile.environment)
        done = dot_qmail.deliver(mail, ["|" + room.profile.command], env,
                                 str(room.profile.user_home), queue, 120)
        queue.rmdir()
        return number, done.command_codes[0], done.text

    def look(self, numbers, done):
        """At all that must be true when no mail is under way."""
        texts = {n: t for n, _, t in done}
        codes = {n: c for n, c, _ in done}
        for room in self.rooms:
            mine = [n for n in numbers if self.rooms[n % len(self.rooms)] is room]
            log = room.profile.log()
            assert len(log) == room.mails + len(mine), "log lines and mails"
            entries = {int(e["to"].partition("@")[0][4:]): e for e in log[room.mails:]}
            assert sorted(entries) == mine
            room.mails += len(mine)
            left_alone = forget_failures(room.profile)
            for number in mine:
                entry, plan = entries[number], self.plan.pop(number)
                wrong = judge(room, number, plan, entry, codes[number], left_alone)
                assert not wrong, (wrong, number, plan, entry, texts[number])
                room.saved += "saved" in entry
                self.seen["exit %d" % codes[number]] += 1
                self.seen["mails"] += 1
                for initial in room.initials:
                    verdict = entry["scan." + initial].partition(":")[0]
                    self.seen[verdict] += 1
                    self.seen["late"] += (verdict == "timeout" and
                                          verdict not in KINDS[initial][plan[initial]])
            assert len(room.profile.saved()) == room.saved
            assert room.profile.leftovers() == [], "left in tmp"
            assert os.listdir(room.profile.home / "tmp") == []
            assert os.listdir(room.profile.home / "run") == []
        assert processes_with(self.path) == [], "processes left behind"
        # A fake sees that its client has gone when it next reads; then nothing is open any more.
        wait_until(lambda: all(s.open == 0 for s in self.servers.values()))

    def run(self, count):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, count, BATCH):
                numbers = list(range(start, min(start + BATCH, count)))
                began = time.monotonic()
                done = list(pool.map(self.deliver, numbers))
                self.seconds += time.monotonic() - began
                self.look(numbers, done)
                if start == 0:
                    fds = count_fds()
                assert count_fds() == fds, "descriptors of the fakes"

    def close(self):
        for server in self.servers.values():
            server.close()


def test_soak(tmp_path):
    soak = Soak(tmp_path)
    try:
        soak.run(COUNT)
    finally:
        soak.close()
    assert soak.seen["mails"] == COUNT
    assert soak.seen["exit 0"] > COUNT // 10 and soak.seen["exit 99"] > COUNT // 10
    assert soak.seen["exit 111"] > COUNT // 50
    print("soak: seed %s, %.0f s, %s" % (SEED, soak.seconds, ", ".join(
        "%s %d" % item for item in sorted(soak.seen.items()))))
