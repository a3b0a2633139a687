"""
Lines of qmvc.log out of a generator, and what they add up to: reckoned here anew, from what was
generated and with Python's own calendar, so that it checks the reader and the tally.
"""
import collections
import dataclasses
import datetime
import math
import random
import zoneinfo

CONDITIONS = ["errors", "ambiguous", "subject", "bodytext", "filename", "mimetype", "loadertype",
              "encrypted", "overlimit", "virus"]
CODES = ["header", "date", "to", "msgid", "from", "subject", "mime", "field"]
STOPPING = {"block", "keep", "trash", "bounce"}
EXITS = {"block": 99, "keep": 99, "trash": 99, "bounce": 100, "defer": 111}
FOUND = {"infected", "suspicious"}
STAGES = ["read", "parse", "open", "conditions", "scan"]
VIRUSES = ["Eicar-Test-Signature", "Win.Trojan.Agent-1", "Heuristics.Phishing", "Doc.Dropper-7"]
HOSTILE = ['\x1b[31mred"', "<script>alert(1)</script>", "a\u202eb", "x=y z", "back\\slash", "ü@ö", "\x00\n"]


@dataclasses.dataclass
class Scan:
    initial: str
    verdict: str
    us: int
    virus: str = ""
    split: tuple = ()
    turn: int = 0
    breaker: str = ""
    early: int = 0


@dataclasses.dataclass
class Mail:
    ms: int
    id: str
    sender: str
    recipient: str
    size: int
    action: str
    delay: int
    met: list = dataclasses.field(default_factory=list)
    errors: int = 0
    scans: list = dataclasses.field(default_factory=list)
    stages: dict = dataclasses.field(default_factory=dict)
    subject: str = ""


def value(text):
    """A value as qmvc-log(5) has it."""
    if text and all(33 <= ord(c) < 127 and c not in '"\\=' for c in text):
        return text
    out = ""
    for c in text:
        if c in '"\\':
            out += "\\" + c
        elif ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2028":
            out += "".join("\\x%02X" % b for b in c.encode())
        else:
            out += c
    return '"%s"' % out


def ms(us):
    return "%d.%03d" % divmod(us, 1000)


def moment(since_epoch):
    """A time, given in milliseconds, as it stands in all logs."""
    at = datetime.datetime.fromtimestamp(since_epoch // 1000, datetime.timezone.utc)
    return "%s.%03dZ" % (at.strftime("%Y-%m-%dT%H:%M:%S"), since_epoch % 1000)


def line(mail):
    """The line of a mail, without its newline."""
    keys = ["v=1", "t=" + moment(mail.ms), "id=" + mail.id,
            "from=" + (value(mail.sender) if mail.sender else "<>"), "to=" + value(mail.recipient)]
    keys += ["subject=" + value(mail.subject)] if mail.subject else []
    keys += ["size=%d" % mail.size, "parts=1"]
    keys += ["met=" + ",".join(mail.met), "decided=" + mail.met[0]] if mail.met else []
    keys += ["action=" + mail.action, "exit=%d" % EXITS.get(mail.action, 0)]
    keys += ["errors=%d" % mail.errors] if mail.errors else []
    for scan in mail.scans:
        keys.append("scan.%s=%s:%s" % (scan.initial, scan.verdict, ms(scan.us)))
        keys += ["split.%s=%s" % (scan.initial, ":".join(map(ms, scan.split)))] if scan.split else []
        keys += ["virus.%s=%s" % (scan.initial, value(scan.virus))] if scan.virus else []
        keys += ["wait.%s=%s" % (scan.initial, ms(scan.turn))] if scan.turn else []
        keys += ["early.%s=%s" % (scan.initial, ms(scan.early))] if scan.early else []
        keys += ["breaker.%s=%s" % (scan.initial, scan.breaker)] if scan.breaker else []
    keys += ["time.%s=%s" % (name, ms(us)) for name, us in mail.stages.items()]
    return " ".join(keys + ["delay=" + ms(mail.delay)])


def generate(count, begin, end, seed=1, senders=200, hostile=False):
    """`count` mails between two times (ms since the epoch), in order."""
    dice = random.Random(seed)
    for at in sorted(dice.randrange(begin, end) for _ in range(count)):
        virus = dice.random() < 0.05
        scans = []
        for initial in "CF":
            us = int(dice.lognormvariate(9, 1)) + 1
            verdict = dice.choices(["clean", "timeout", "error", "cancelled", "skipped", "limit"],
                                   [94, 1, 1, 2, 1, 1])[0]
            name = ""
            if virus and dice.random() < 0.8:
                verdict, name = dice.choice(["infected", "suspicious"]), dice.choice(VIRUSES)
                if hostile and dice.random() < 0.3:
                    name = dice.choice(HOSTILE)
            waiting, sending = int(us * dice.random() / 2), int(us * dice.random() / 2)
            split = (waiting, sending, us - waiting - sending) if verdict != "skipped" else ()
            scans.append(Scan(initial, verdict, us, name, split,
                              dice.randrange(1, 900) if dice.random() < 0.1 else 0))
            if verdict == "error":
                scans[-1].breaker = ("", "opened", "left", "left")[us % 4]
            if scans[-1].breaker == "left":
                scans[-1].us, scans[-1].split = 0, ()
        met = sorted(dice.sample(CONDITIONS[:-1], dice.choices([0, 1, 2], [90, 8, 2])[0]),
                     key=CONDITIONS.index)
        met += ["virus"] if any(s.verdict in FOUND for s in scans) else []
        stages = {name: int(dice.lognormvariate(5, 1)) for name in STAGES}
        action = dice.choice(["keep", "block", "trash", "bounce", "inspect"]) if met else "pass"
        sender = "u%d@example.org" % int(dice.paretovariate(0.7) % senders)
        mail = Mail(at, "g%d%016d" % (seed, dice.randrange(10 ** 16)), sender,
                    "r%d@example.net" % dice.randrange(20), int(dice.lognormvariate(9, 2)),
                    "defer" if dice.random() < 0.01 else action,
                    sum(stages.values()) + int(dice.lognormvariate(8, 1)), met,
                    dice.randrange(1, 256) if "errors" in met else 0, scans, stages)
        if hostile and dice.random() < 0.3:
            mail.sender = dice.choice(HOSTILE[:-1])
            mail.subject = dice.choice(HOSTILE)
        yield mail


def quantile(values, permille):
    """By nearest rank."""
    return sorted(values)[max(1, math.ceil(len(values) * permille / 1000)) - 1]


class Tally:
    """What qmvcstat --json has to say of some mails."""

    def __init__(self, mails, zone="UTC"):
        self.mails = list(mails)
        self.zone = zoneinfo.ZoneInfo(zone)

    def local(self, mail):
        return datetime.datetime.fromtimestamp(mail.ms / 1000, self.zone)

    def days(self):
        """date -> 24 counts of mails"""
        days = collections.defaultdict(lambda: [0] * 24)
        for mail in self.mails:
            at = self.local(mail)
            days[at.date().isoformat()][at.hour] += 1
        return dict(sorted(days.items()))

    def check_counts(self, counts):
        found = [m for m in self.mails if any(s.verdict in FOUND for s in m.scans)]
        assert counts["mails"] == len(self.mails)
        assert counts["bytes"] == sum(m.size for m in self.mails)
        assert counts["stopped"] == sum(m.action in STOPPING for m in self.mails)
        assert counts["infected"] == len(found)
        assert counts["disagreed"] == sum(any(s.verdict == "clean" for s in m.scans) for m in found)
        assert {k: n for k, n in counts["actions"].items() if n} == \
            collections.Counter(m.action for m in self.mails)
        assert {k: n for k, n in counts["conditions"].items() if n} == \
            collections.Counter(c for m in self.mails for c in m.met)
        assert counts["errors"] == {name: sum(m.errors >> bit & 1 for m in self.mails)
                                    for bit, name in enumerate(CODES)}

    @staticmethod
    def check_times(told, microseconds):
        assert told["count"] == len(microseconds)
        if not microseconds:
            return
        assert round(told["sum"] * 1000) == sum(microseconds)
        assert round(told["max"] * 1000) == max(microseconds)
        for key, permille in (("median", 500), ("p95", 950), ("p99", 990)):
            true = quantile(microseconds, permille)
            assert abs(told[key] * 1000 - true) <= max(1, 0.008 * true), (key, true, told[key])
        below = 0
        for cell in told["histogram"]:
            bound = cell["up_to"] * 1000 if cell["up_to"] is not None else math.inf
            below += cell["count"]
            assert below == sum(us <= bound for us in microseconds), bound

    def check_scanner(self, told):
        mine = [(m, s) for m in self.mails for s in m.scans if s.initial == told["initial"]]
        assert told["mails"] == len(mine)
        assert {k: n for k, n in told["verdicts"].items() if n} == \
            collections.Counter(s.verdict for _, s in mine)
        found = unique = missed = 0
        for mail, scan in mine:
            others = [s.verdict for s in mail.scans if s is not scan]
            if scan.verdict in FOUND:
                found += 1
                unique += "clean" in others and not FOUND & set(others)
            elif scan.verdict == "clean":
                missed += bool(FOUND & set(others))
        assert (told["found"], told["unique"], told["missed"]) == (found, unique, missed)
        assert told["openings"] == sum(s.breaker == "opened" for _, s in mine)
        assert told["left_alone"] == sum(s.breaker == "left" for _, s in mine)
        timed = [s for _, s in mine
                 if s.verdict not in ("cancelled", "skipped") and s.breaker != "left"]
        self.check_times(told["latency"], [s.us for s in timed])
        self.check_times(told["turn"], [s.turn for s in timed if s.turn])
        for place, phase in enumerate(("waiting", "sending", "scanning")):
            self.check_times(told[phase], [s.split[place] for s in timed if s.split and any(s.split)])

    @staticmethod
    def check_top(told, names):
        true = collections.Counter(names)
        if told["exact"]:
            assert [n["count"] for n in told["names"]] == sorted(true.values(), reverse=True)[:100]
        for name in told["names"]:
            assert name["count"] - name["error"] <= true[name["name"]] <= name["count"], name

    def check(self, told):
        """`told`: what the program printed."""
        self.check_counts(told)
        self.check_times(told["delay"], [m.delay for m in self.mails])
        assert [s["stage"] for s in told["stages"]] == STAGES
        for stage in told["stages"]:
            self.check_times(stage["time"], [m.stages[stage["stage"]] for m in self.mails])
        assert sorted(s["initial"] for s in told["scanners"]) == \
            sorted({s.initial for m in self.mails for s in m.scans})
        for scanner in told["scanners"]:
            self.check_scanner(scanner)
        assert {d["date"]: d["mails_by_hour"] for d in told["days"]} == self.days()
        for day in told["days"]:
            Tally([m for m in self.mails if self.local(m).date().isoformat() == day["date"]]
                  ).check_counts(day)
        self.check_top(told["recipients"], [m.recipient for m in self.mails])
        slowest = sorted((m.delay for m in self.mails), reverse=True)[:10]
        assert [round(m["delay"] * 1000) for m in told["slowest"]] == slowest
        assert [m["size"] for m in told["biggest"]] == \
            sorted((m.size for m in self.mails), reverse=True)[:10]
