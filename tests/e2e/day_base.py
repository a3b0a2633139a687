"""The day database as qmvc-days(5) describes it, written and read here anew; and a home for it."""
import datetime
import json
import math
import os
import random
import sqlite3
import subprocess

import log_lines
from conftest import BUILD

PROGRAMS = BUILD / "src" / "programs"
BEGIN = 1763683200000  # 2025-11-21T00:00Z
DAY = 86400 * 1000

SCHEMA = """
CREATE TABLE day(source TEXT, day INTEGER, closed INTEGER, mails INTEGER, bytes INTEGER, stopped INTEGER,
  bad INTEGER, infected INTEGER, disagreed INTEGER, sealed INTEGER, forwarded INTEGER,
  PRIMARY KEY(source, day)) STRICT, WITHOUT ROWID;
CREATE TABLE amount(source TEXT, day INTEGER, kind TEXT, subject TEXT, name TEXT, count INTEGER,
  PRIMARY KEY(source, day, kind, subject, name)) STRICT, WITHOUT ROWID;
CREATE TABLE duration(day INTEGER, kind TEXT, subject TEXT, cells BLOB,
  PRIMARY KEY(day, kind, subject)) STRICT, WITHOUT ROWID;
PRAGMA application_id=1364022851;
PRAGMA user_version=1;
"""
BOUNDS = [500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000,
          10000000, 30000000, 60000000]
VIRUSES = ["Eicar-Test-Signature", "Win.Trojan.Agent-1", "Heuristics.Phishing", "Doc.Dropper-7"]


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def cell(us):
    shift = max(0, us.bit_length() - 7)
    return us if us < 64 else (shift << 6) + (us >> shift)


def cells(durations):
    """The histogram of some microseconds."""
    within, found = [0] * 17, {}
    for us in durations:
        within[sum(us > bound for bound in BOUNDS)] += 1
        found[cell(us)] = found.get(cell(us), 0) + 1
    out = b"".join(map(number, [1, min(durations), max(durations), sum(durations), *within]))
    before = -1
    for at in sorted(found):
        out += number(at - before) + number(found[at])
        before = at
    return out


def read_cells(blob):
    """(least, greatest, sum, within, {cell: count})"""
    numbers, value, shift = [], 0, 0
    for byte in blob:
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    assert numbers[0] == 1
    found, at = {}, -1
    for distance, count in zip(numbers[21::2], numbers[22::2]):
        at += distance
        found[at] = count
    return numbers[1], numbers[2], numbers[3], numbers[4:21], found


def day_of(date):
    return (date - datetime.date(1970, 1, 1)).days


class Day:
    """A day of made-up mail."""

    def __init__(self, date, dice, scanners="CF"):
        self.date = date
        self.mails = dice.randrange(20, 120)
        self.bad, self.infected = dice.randrange(0, 8), dice.choice([0, dice.randrange(1, 8)])
        self.stopped = self.bad + self.infected - (self.bad > 5)
        self.delays = [int(dice.lognormvariate(10 + date.day / 20, .8)) for _ in range(self.mails)]
        self.hits = {s: {v: dice.randrange(0, 5) for v in VIRUSES} for s in scanners}
        self.senders = {"user%d@sender%d.example" % (i, i % 3): dice.randrange(0, 4) for i in range(20)}

    def amounts(self):
        """(source, kind, subject, name, count)"""
        yield "log", "action", "", "block", self.stopped
        yield "log", "action", "", "pass", self.mails - self.stopped
        yield "log", "condition", "", "virus", self.infected
        for scanner, hits in self.hits.items():
            yield "log", "scanner", scanner, "mails", self.mails
            yield "log", "scanner", scanner, "found", sum(hits.values())
            yield "log", "verdict", scanner, "timeout", self.date.day % 3
            for virus, count in hits.items():
                yield "log", "hit", scanner, virus, count
        for virus in VIRUSES:
            yield "log", "virus", "", virus, sum(hits[virus] for hits in self.hits.values())
        for sender, count in self.senders.items():
            yield "log", "virus sender", "", sender, count
            yield "rep", "domain", "", sender.split("@")[1], count


def days(first, last, seed=1):
    dice = random.Random(seed)
    return [Day(first + datetime.timedelta(at), dice) for at in range((last - first).days + 1)]


def write(path, some):
    path.touch(0o600)
    base = sqlite3.connect(path)
    base.executescript(SCHEMA)
    for day in some:
        at = day_of(day.date)
        base.execute("INSERT INTO day VALUES('log',?,1,?,?,?,?,?,0,0,0)",
                     (at, day.mails, day.mails * 1000, day.stopped, day.bad, day.infected))
        base.execute("INSERT INTO day VALUES('rep',?,1,?,0,0,?,?,0,0,0)",
                     (at, day.bad + day.infected, day.bad, day.infected))
        for source, kind, subject, name, count in day.amounts():
            if count:
                base.execute("INSERT INTO amount VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE"
                             " SET count=count+excluded.count", (source, at, kind, subject, name, count))
        base.execute("INSERT INTO duration VALUES(?,'delay','',?)", (at, cells(day.delays)))
        base.execute("INSERT INTO duration VALUES(?,'stage','scan',?)", (at, cells(day.delays)))
        base.execute("INSERT INTO duration VALUES(?,'scanner','C',?)", (at, cells(day.delays)))
    base.commit()
    base.close()


def quantile(durations, permille):
    return sorted(durations)[max(1, math.ceil(len(durations) * permille / 1000)) - 1]


class Home:
    def __init__(self, base):
        self.base, self.logs, self.html = base, base / "log", base / "html"
        self.logs.mkdir(parents=True, mode=0o700)
        self.environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                            "QMVC_HOME": str(base)}
        self.environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

    def run(self, program, *options, code=0, cwd=None, **environment):
        """What it printed; `code`: its exit code, None: 0 or 1."""
        done = subprocess.run([PROGRAMS / program, *options], capture_output=True, text=True, timeout=120,
                              check=False, cwd=cwd, env={**self.environment, **environment})
        assert done.returncode == code or (code is None and done.returncode in (0, 1)), done
        return done.stdout + done.stderr

    def month(self, *options, code=0, **environment):
        return self.run("qmvcmonth", *options, str(self.base), code=code, **environment)

    def page(self, name):
        return (self.html / name).read_text()

    def names(self):
        return sorted(path.name for path in self.logs.iterdir())


def write_log(home, count, seed=1, name="qmvc.log"):
    mails = list(log_lines.generate(count, BEGIN, BEGIN + DAY, seed=seed))
    (home.logs / name).write_text("".join(log_lines.line(mail) + "\n" for mail in mails))
    return mails


def counted(home):
    """Mails that the readers find, each once."""
    told = json.loads(home.run("qmvcstat", "--json", str(home.base)))
    return told["mails"]
