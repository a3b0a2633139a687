"""
Records of qmvc.rep out of a generator, and what they add up to: reckoned here anew, from what was
generated and with Python's own calendar, so that it checks the reader and virulator.
"""
import collections
import dataclasses
import datetime
import random
import zoneinfo

VIRUSES = ["Eicar-Test-Signature", "Win.Trojan.Agent-1", "Heuristics.Phishing (a)", "Doc.Dropper-7"]
FILES = [("invoice.exe", "application/x-dosexec"), ("doc.zip/inner.js", "text/javascript"),
         ("message", "message/rfc822"), ("Rechnung.docm", "application/vnd.ms-word"), ("", "")]
RULES = [("filename", "*.exe"), ("filename", "*.js"), ("mimetype", "application/x-dosexec"),
         ("subject", "You have won"), ("errors", "24"), ("overlimit", "")]
HOSTILE = ["<script>alert(1)</script>@example.org", "a\x1b[31m@red.example", "x\u202ey@bidi.example",
           "\"a b\"@blank.example", "no-at-all", "x@" + "W" * 9000, "\xff@\x00", "Sender: forged\nVirus: forged@x.example",
           "&lt;b&gt;@amp.example", "'; rm -rf /@quote.example"]


@dataclasses.dataclass
class Mail:
    ms: int
    id: str
    sender: str
    recipient: str
    decided: str
    action: str = "block"
    subject: str = ""
    viruses: list = dataclasses.field(default_factory=list)  # name, file, type
    rules: list = dataclasses.field(default_factory=list)  # condition, rule, file, type
    scans: list = dataclasses.field(default_factory=list)  # initial, name, verdict, virus


def escaped(text):
    """A value as qmvc-log(5) has it."""
    out = ""
    for line in text.split("\n"):
        out += "\n+ " if out else ""
        for c in line:
            harmless = c != "\\" and (32 <= ord(c) < 127 or ord(c) >= 0xa0 and c not in "\u202e\u2028")
            out += c if harmless else "".join("\\x%02X" % b for b in c.encode())
    return out


def record(mail):
    at = datetime.datetime.fromtimestamp(mail.ms / 1000, datetime.timezone.utc)
    fields = [("Id", mail.id), ("Version", "1"),
              ("Time", "%s.%03dZ" % (at.strftime("%Y-%m-%dT%H:%M:%S"), mail.ms % 1000)),
              ("Sender", mail.sender or "<>"), ("Recipient", mail.recipient), ("Subject", mail.subject),
              ("Size", "1234"), ("Action", mail.action), ("Decided", mail.decided)]
    for condition, rule, file, kind in mail.rules:
        detail = " (%s)" % file if file else ""
        fields += [("Condition", "%s:%s%s" % (condition, " " + rule if rule else "", detail)),
                   ("File", file), ("Type", kind)]
    for name, file, kind in mail.viruses:
        fields += [("Condition", "virus: %s (%s)" % (name, file)), ("Virus", name), ("File", file),
                   ("Type", kind)]
    for initial, name, verdict, virus in mail.scans:
        fields.append(("Scanner", "%s %s 1.234 ms%s (%s)" % (initial, verdict, " " + virus if virus else "", name)))
    return "".join("%s: %s\n" % (name, escaped(value)) for name, value in fields if value) + "\n"


def generate(count, begin, end, seed=1, senders=40, hostile=False):
    """`count` mails between two times (ms since the epoch), in order."""
    dice = random.Random(seed)
    for at in sorted(dice.randrange(begin, end) for _ in range(count)):
        sender = "u%d@Mail%d.Example.org" % (int(dice.paretovariate(0.7)) % senders, dice.randrange(4))
        if hostile and dice.random() < 0.3:
            sender = dice.choice(HOSTILE)
        mail = Mail(at, "r%d%015d" % (seed, dice.randrange(10 ** 15)),
                    "" if dice.random() < 0.05 else sender, "r%d@example.net" % dice.randrange(15), "virus",
                    dice.choice(["block", "keep", "bounce", "inspect"]), dice.choice(["", "Your invoice", "Re: Hello"]))
        if dice.random() < 0.4:
            for _ in range(dice.choice([1, 1, 1, 2])):
                name = dice.choice(VIRUSES)
                mail.viruses.append((name, *dice.choice(FILES)))
                mail.scans.append(("CF"[len(mail.scans)], "Scanner %d" % len(mail.scans),
                                   dice.choice(["infected", "suspicious"]), name))
            if len(mail.scans) == 1:
                mail.scans.append(("F", "Scanner 1", "clean", ""))
            if dice.random() < 0.2:  # the rule came first
                mail.decided = "filename"
                mail.rules.append(("filename", "*.exe", *FILES[0]))
        else:
            mail.rules = [(*dice.choice(RULES), *dice.choice(FILES))]
            mail.decided = mail.rules[0][0]
            if dice.random() < 0.2:  # one that is off
                mail.rules.append(("bodytext", "casino", "", ""))
            if hostile and dice.random() < 0.3:
                mail.rules[0] = ("filename", "*.exe", dice.choice(HOSTILE) + ".exe", dice.choice(HOSTILE))
                mail.decided = "filename"
        yield mail


def domain(address):
    name = address.rpartition("@")[2].lower() if "@" in address else ""
    sound = name and len(name.encode()) <= 328 and all(c.isalnum() and c.isascii() or c in "._-[]:" or ord(c) > 127
                                                      for c in name) and name.strip(".[]")
    return name if sound else address


class Tally:
    """What virulator has to say of some mails."""

    def __init__(self, mails, zone="UTC"):
        self.mails, self.zone = list(mails), zoneinfo.ZoneInfo(zone)
        self.infected = [m for m in self.mails if m.viruses]
        self.bad = [m for m in self.mails if not m.viruses]

    def local(self, mail):
        return datetime.datetime.fromtimestamp(mail.ms / 1000, self.zone)

    def by_hour(self):
        """hour -> (with a virus, bad)"""
        hours = collections.defaultdict(lambda: [0, 0])
        for mail in self.mails:
            hours[self.local(mail).hour][not mail.viruses] += 1
        return {hour: tuple(counts) for hour, counts in hours.items()}

    def names(self, sheet):
        """name -> mails, of what the sheet of that name lists"""
        of = {
            "viruses": lambda m: {v[0] for v in m.viruses},
            "senders": lambda m: {m.sender or "<>"},
            "domains": lambda m: {domain(m.sender or "<>")},
            "recipients": lambda m: {m.recipient},
            "files": lambda m: {v[1] for v in m.viruses},
            "types": lambda m: {v[2] for v in m.viruses},
            "rules": lambda m: {"%s: %s" % r[:2] for r in m.rules if r[0] == m.decided and r[1]},
            "bad-files": lambda m: {r[2] for r in m.rules if r[0] == m.decided},
            "bad-types": lambda m: {r[3] for r in m.rules if r[0] == m.decided},
        }[sheet if sheet in ("bad-files", "bad-types") else sheet.replace("bad-", "")]
        mails = self.bad if sheet.startswith("bad-") or sheet == "rules" else self.infected
        return collections.Counter(n for m in mails for n in of(m) if n)

    def conditions(self):
        return collections.Counter(m.decided for m in self.bad)

    def hits(self, initial):
        return collections.Counter(s[3] for m in self.infected for s in m.scans if s[0] == initial and s[3])
