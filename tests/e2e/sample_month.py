"""
Weeks of logs of a small company that does not exist, as qmvc would have written them: days and
nights, working days and weekends, newsletters, campaigns of one virus each, a scanner that is down
for an afternoon, a morning on which the disk is slow. doc/sample-report makes pages of it, and
test_pages.py looks at them. Chance has a seed: the same days give the same logs.
"""
import dataclasses
import datetime
import os
import random
import subprocess

import log_lines
from log_lines import Scan

HOURS = [5, 4, 3, 3, 4, 7, 15, 34, 66, 92, 97, 90, 68, 76, 90, 88, 76, 58, 40, 32, 29, 25, 18, 10]
WEEKEND = [9, 7, 5, 4, 4, 5, 7, 11, 18, 26, 30, 30, 27, 25, 24, 24, 25, 27, 28, 29, 27, 22, 16, 12]
QUIET = 0.28    # of a working day's mail, on Saturday and Sunday

SCANNERS = {"C": "ClamAV daemon", "I": "service over ICAP", "P": "program for each mail"}
# What they say about themselves: engine, patterns, and how many days old these are.
ENGINES = {"C": ("ClamAV 1.0.7", "27480", .2), "I": ("Engine 9.3", "6.12", .1), "P": ("Engine 7.0", "11243", 9)}
STAGES = ("read", "parse", "open", "conditions", "scan", "save")

RECIPIENTS = ["info", "sales", "jobs", "support", "accounts", "anna.berger", "b.okafor", "chen.wei",
              "d.moreau", "e.rossi", "f.garcia", "g.novak", "h.tanaka", "i.petrova", "j.smith"]

# Who writes often, and about what: {n} is some number.
FRIENDS = [
    ("newsletter@shop.example", 9, ["This week: {n} offers for the garden", "Only until Sunday"]),
    ("noreply@tickets.example.net", 8, ["[#{n}] Printer on the second floor", "[#{n}] was closed"]),
    ("m.keller@kunde.example", 6, ["Re: Angebot {n}", "Rückfrage zur Lieferung {n}", "Grüße aus Köln"]),
    ("compras@ferreteria.example", 5, ["Pedido {n}", "Re: Catálogo de otoño", "¿Cuándo llega el envío?"]),
    ("claire@atelier.example", 5, ["Réunion de jeudi", "Re: devis n° {n}", "Les photos de l'été"]),
    ("ufficio@studio.example", 4, ["Fattura {n}", "Re: È tutto pronto per lunedì?"]),
    ("tanaka@kabushiki.example", 4, ["見積書 {n} の件", "Re: 来週の会議について"]),
    ("irina@zavod.example", 4, ["Счёт № {n}", "Re: Поставка на этой неделе"]),
    ("nikos@naftilia.example", 3, ["Τιμολόγιο {n}", "Re: Άφιξη στον Πειραιά"]),
    ("noa@misrad.example", 3, ["חשבונית {n}", "Re: פגישה ביום שלישי"]),
    ("layla@maktab.example", 3, ["فاتورة رقم {n}", "Re: موعد الاجتماع"]),
    ("wang@gongsi.example", 3, ["合同 {n} 已签署", "Re: 发货时间"]),
    ("cron@web1.example.org", 6, ["Cron <root@web1> backup", "Disk usage {n} %"]),
    ("alice@example.net", 3, ["Lunch?", "Re: Lunch?", "Minutes of the meeting", "Pictures 📷 from Sunday"]),
]
FIRMS = ["logistics.example", "bank.example", "verlag.example", "uni.example.net", "gov.example"]

# What is unwanted but no virus: condition, action, rule, file, its type, sender, subjects, mails in 1000.
PROGRAM = "application/x-dosexec"
NUISANCES = [
    ("subject", "block", "lottery", "", "", "winner{k}@lucky.test", ["You have won the lottery {n} times"], 14),
    ("bodytext", "block", "unsubscribe here", "", "", "deal{k}@bulk.test", ["Watches, {n} % off"], 22),
    ("filename", "keep", "*.exe", "setup{k}.exe", PROGRAM, "it-support@helpdesk.test", ["Your update"], 6),
    ("filename", "keep", "*.scr", "photo{k}.jpg.scr", PROGRAM, "julia{k}@pictures.test", ["My photos"], 4),
    ("mimetype", "keep", PROGRAM, "invoice{n}.pdf", PROGRAM, "billing@orders.test", ["Invoice {n}"], 5),
    ("encrypted", "keep", "", "documents{n}.zip", "application/zip", "m.keller@kunde.example",
     ["Unterlagen, Kennwort folgt"], 3),
    ("overlimit", "keep", "levels", "nested{n}.zip", "application/zip", "scans@copier.example.org", ["Scan {n}"], 1),
    ("errors", "inspect", "", "", "", "mailer@legacy.example", ["Report {n}"], 9),
]


@dataclasses.dataclass
class Campaign:
    """One virus, sent to everybody for some days; each engine knows it by a name of its own, and
    from some day on: names[initial] = (name, days after the first)."""
    first: int      # days before the last day
    days: int
    share: float    # of a working day's mail, on its worst day
    names: dict
    senders: list
    subjects: list
    files: list
    type: str


CAMPAIGNS = [
    Campaign(26, 4, .10, {"C": ("Doc.Dropper.Emotet-10001-1", 1), "I": ("Mal/DocDl-K", 0),
                          "P": ("W97M/Downloader.gen", 1)},
             ["invoice{k}@parcels.test", "billing@parcels.test", "kontakt@paketdienst.test"],
             ["Your parcel {n} could not be delivered", "Ihr Paket {n}", "Votre colis {n}"],
             ["label_{k}.doc", "Paketschein {k}.doc", "étiquette.doc"], "application/msword"),
    Campaign(19, 3, .06, {"C": ("Js.Downloader.Nemucod-7", 0), "I": ("JS/Drop-Gen", 1),
                          "P": ("", 0)},
             ["fax@telefax.test", "scan{k}@copier.test"], ["Fax from +49 30 {n}", "Telefax ({n} Seiten)"],
             ["fax_{k}.js", "Telefax.pdf .js"], "text/javascript"),
    Campaign(8, 5, .16, {"C": ("Win.Trojan.Agent-9875321-0", 0), "I": ("Troj/Agent-BKLM", 2),
                         "P": ("Generic.dx!abcd", 1)},
             ["hr@career.test", "bewerbung{k}@career.test", "chen.wei@example.org"],
             ["Bewerbung als Mechaniker", "Application {n}", "简历 {n}", "Резюме"],
             ["cv_{k}.pdf.exe", "Lebenslauf.exe", "简历.exe"], "application/x-dosexec"),
    Campaign(2, 3, .03, {"C": ("Html.Phishing.Bank-314", 0), "I": ("Mal/Phish-A", 0), "P": ("", 0)},
             ["security@bank-login.test"], ["Your account was locked", "Ihr Konto wurde gesperrt 🔒"],
             ["statement.html"], "text/html"),
    Campaign(60, 61, .0008, {"C": ("Eicar-Test-Signature", 0), "I": ("EICAR-AV-Test", 0),
                            "P": ("EICAR test file", 0)},
             ["scanner-test@example.org"], ["Test of the scanners"], ["eicar.com"], "text/plain"),
]
OUTAGE = (5, 13.2, 15.7)    # days before the last, from and to which hour the service did not answer
SLOW = (12, 8.5, 11.5)      # when the disk was slow


def digits(number, count):
    """As the ids of deliveries are written: src/pipeline/id.c."""
    return "".join("0123456789abcdefghijklmnopqrstuv"[number >> 5 * place & 31]
                   for place in reversed(range(count)))


class Month:
    """Logs of `days` whole days in the local zone, the last of them `last`."""

    def __init__(self, last, days=30, mails=1200, seed=7):
        self.last, self.days, self.mails = last, days, mails
        self.dice = random.Random(seed)
        self.failures = 0           # of the service, in a row
        self.tried = 0              # when it was asked last while it was left alone
        self.errors = []            # lines of qmvc.error

    def write(self, directory):
        """qmvc.log, qmvc.rep and qmvc.error; returns the mails of each date."""
        written = {}
        with open(directory / "qmvc.log", "w") as log, open(directory / "qmvc.rep", "w") as rep:
            for before in reversed(range(self.days)):
                date = self.last - datetime.timedelta(before)
                written[date] = []
                for mail, record in self.day(date, before):
                    log.write(log_lines.line(mail) + "\n")
                    rep.write(record)
                    written[date].append(mail)
        (directory / "qmvc.error").write_text("".join(self.errors))
        return written

    def chance(self, probability):
        return self.dice.random() < probability

    def filled(self, text):
        """A number for {n}, and one of a few for {k}."""
        return text.replace("{n}", str(self.dice.randrange(2, 9000))).replace("{k}", str(self.dice.randrange(1, 10)))

    def times(self, date, count, hours, whole_day=True):
        """Moments of a day, in order: milliseconds since the epoch."""
        midnight = datetime.datetime.combine(date, datetime.time())
        for hour in sorted(self.dice.choices(range(24), hours, k=count)):
            # An hour that summer time leaves out becomes the one behind it.
            at = midnight + datetime.timedelta(hours=hour, seconds=self.dice.random() * 3600)
            yield int(at.astimezone().timestamp() * 1000), at.hour + at.minute / 60

    def day(self, date, before):
        """(mail, its record or "") of a day, in the order of time."""
        weekend = date.weekday() >= 5
        size = self.mails * (QUIET if weekend else 1) * self.dice.uniform(.88, 1.12)
        size *= 1 + .1 * (date.weekday() == 0)
        mails = []
        for at, hour in self.times(date, round(size), WEEKEND if weekend else HOURS):
            mails.append((at, hour, None))
        for campaign in CAMPAIGNS:
            day = campaign.first - before
            if 0 <= day < campaign.days:
                worst = 1 if campaign.days > 5 else (.5, 1, .7, .4, .2)[day]
                count = self.mails * campaign.share * worst * self.dice.uniform(.8, 1.2)
                hours = [1 if 6 <= h <= 18 else .15 for h in range(24)]
                whole = int(count) + self.chance(count % 1)
                mails += [(at, hour, campaign) for at, hour in self.times(date, whole, hours)]
        for at, hour, campaign in sorted(mails, key=lambda m: m[0]):
            yield self.infected(at, hour, before, campaign) if campaign else self.usual(at, hour, before)

    def recipient(self):
        return RECIPIENTS[min(int(self.dice.expovariate(.25)), len(RECIPIENTS) - 1)] + "@example.org"

    def usual(self, at, hour, before):
        """A mail without a virus."""
        lot = self.dice.random() * 1000
        for condition, action, rule, file, kind, sender, subjects, share in NUISANCES:
            lot -= share
            if lot < 0:
                found = (condition, action, rule, self.filled(file), kind)
                return self.mail(at, hour, before, self.filled(sender), self.dice.choice(subjects), found)
        friends = FRIENDS[:-1] if self.chance(.5) else FRIENDS
        sender, _, subjects = self.dice.choices(friends, [weight for _, weight, _ in friends])[0]
        if self.chance(.3):
            sender = "%s.%s@%s" % (self.dice.choice("abcdefghijklmnoprstvw"),
                                   self.dice.choice(["lang", "silva", "kim", "dupont", "weber", "nagy"]),
                                   self.dice.choice(FIRMS))
            subjects = ["Re: Meeting", "Contract {n}", "Re: Re: Question", "Fwd: Timetable", "Invoice {n}"]
        if self.chance(.01):
            sender, subjects = "", ["Undelivered Mail Returned to Sender", "failure notice"]
        return self.mail(at, hour, before, sender, self.dice.choice(subjects), None)

    def infected(self, at, hour, before, campaign):
        day = campaign.first - before
        names = {i: name for i, (name, from_day) in campaign.names.items() if name and day >= from_day}
        file = self.filled(self.dice.choice(campaign.files))
        return self.mail(at, hour, before, self.filled(self.dice.choice(campaign.senders)),
                         self.dice.choice(campaign.subjects), None, names, file, campaign.type)

    def latency(self, initial, size, slow):
        median, spread, each_mb = {"C": (5500, .7, 60e3), "I": (42e3, .5, 90e3), "P": (220e3, .3, 150e3)}[initial]
        return int((self.dice.lognormvariate(0, spread) * median + size / 2 ** 20 * each_mb) * slow) + 1

    def service_is_down(self, at):
        """Its verdict while it does not answer: the third failure in a row opens the breaker, then it
        is asked once a minute."""
        if self.failures >= 3 and at - self.tried < 60000:
            return Scan("I", "error", 0, breaker="left")
        self.failures += 1
        self.tried = at
        return Scan("I", "timeout", 30_000_000 + self.dice.randrange(9000), split=(30_000_000, 0, 0),
                    breaker="opened" if self.failures == 3 else "")

    def scan(self, initial, at, size, slow, down, name):
        if initial == "I" and down:
            return self.service_is_down(at)
        self.failures *= initial != "I"
        us = self.latency(initial, size, slow)
        waiting = int(us * {"C": .03, "I": .05, "P": .55}[initial])
        sending = 0 if initial == "P" else int(us * .12)
        turn = self.dice.randrange(40, 9000) if slow > 1 or self.chance(.02) else 0
        verdict = "infected" if name else "clean"
        if not name and self.chance({"C": .0004, "I": .0006, "P": .003}[initial]):
            verdict, us = self.dice.choice([("error", us), ("timeout", 30_000_000)])
            waiting = min(waiting, us)
        if verdict == "timeout":
            waiting, sending = 2000, 1000
        return Scan(initial, verdict, us, name, (waiting, sending, us - waiting - sending), turn)

    def scans(self, at, hour, before, size, names):
        slow = self.dice.uniform(4, 12) if before == SLOW[0] and SLOW[1] <= hour < SLOW[2] else 1
        down = before == OUTAGE[0] and OUTAGE[1] <= hour < OUTAGE[2]
        scans = [self.scan(i, at, size, slow, down, names.get(i, "")) for i in SCANNERS]
        if names and self.chance(.6):    # quitasap: who is still at work when one has found something
            first = min(s.us for s in scans if s.virus) if any(s.virus for s in scans) else 0
            for scan in scans:
                if first and scan.us > first * 1.2 and not scan.breaker:
                    scan.verdict, scan.virus, scan.us = "cancelled", "", first
                    scan.split = (min(scan.split[0], first), 0, max(0, first - scan.split[0]))
        return scans, slow

    def mail(self, at, hour, before, sender, subject, found, names=None, file="", kind=""):
        size = min(int(self.dice.lognormvariate(9.3, 1.5)) + 900, 40 << 20)
        skip = found and found[1] in ("block", "keep") and self.chance(.7)   # quitasap: no scanner starts
        scans, slow = ([], 1) if skip else self.scans(at, hour, before, size, names or {})
        met = [found[0]] if found else []
        met += ["virus"] if any(s.virus for s in scans) else []
        action = found[1] if found else "keep" if met else "pass"
        stages = dict(zip(STAGES, (self.dice.lognormvariate(4.5 + size / 2e7, .5), self.dice.lognormvariate(5, .6),
                                   self.dice.lognormvariate(7.5, .5) if size > 9000 else 0,
                                   self.dice.lognormvariate(4.2, .5), 0, 0)))
        stages = {name: int(us * slow) for name, us in stages.items()}
        stages["scan"] = max((s.us + s.turn for s in scans), default=0)
        stages["save"] = int(self.dice.lognormvariate(8, .6) * slow) if action in ("keep", "inspect") else 0
        if scans and not met and self.failed(scans):
            action = "defer"
        mail = log_lines.Mail(at, digits(at, 9) + digits(self.dice.getrandbits(55), 11), sender,
                              self.recipient(), size, action,
                              sum(stages.values()) + self.dice.randrange(60, 400), met,
                              2 if met == ["errors"] else 0, scans, {k: us for k, us in stages.items() if us},
                              self.filled(subject))
        self.complain(mail)
        return mail, self.record(mail, found, file, kind) if met else ""

    @staticmethod
    def failed(scans):
        """ClamAV's word is needed; without the others mail goes on (onfail=ignore)."""
        return any(s.initial == "C" and s.verdict in ("error", "timeout") for s in scans)

    def complain(self, mail):
        for scan in mail.scans:
            if scan.verdict in ("error", "timeout"):
                why = "no answer within 30 s" if scan.verdict == "timeout" else "the connection was closed"
                why = "left alone, since it could not be reached" if scan.breaker == "left" else why
                self.errors.append("%s %s scanner %s (%s): %s: %s\n" % (
                    log_lines.moment(mail.ms), mail.id, scan.initial, SCANNERS[scan.initial],
                    scan.verdict, why))

    @staticmethod
    def record(mail, found, file, kind):
        """As it stands in qmvc.rep."""
        fields = [("Id", mail.id), ("Version", "1"), ("Time", log_lines.moment(mail.ms)),
                  ("Sender", mail.sender or "<>"), ("Recipient", mail.recipient), ("Subject", mail.subject),
                  ("Size", mail.size), ("Action", mail.action), ("Decided", mail.met[0])]
        if found:
            condition, _, rule, where, its_type = found
            detail = "date" if condition == "errors" else where
            rule = "2" if condition == "errors" else rule
            fields.append(("Condition", "%s:%s%s" % (condition, rule and " " + rule, detail and " (%s)" % detail)))
            fields += [("File", where), ("Type", its_type)] if where else []
        for name in dict.fromkeys(s.virus for s in mail.scans if s.virus):
            fields += [("Condition", "virus: %s (%s)" % (name, file)), ("Virus", name), ("File", file),
                       ("Type", kind)]
        for scan in mail.scans:
            fields.append(("Scanner", "%s %s %s ms%s (%s)" % (
                scan.initial, scan.verdict, log_lines.ms(scan.us), scan.virus and " " + scan.virus,
                SCANNERS[scan.initial])))
        return "".join("%s: %s\n" % (name, str(text).replace("\\", "\\x5C")) for name, text in fields) + "\n"


def write(home, month, language="en"):
    """The directories of a home with these logs in it. Returns the mails of each date."""
    for name in ("control", "log", "scanners"):
        (home / name).mkdir()
    (home / "control" / "language").write_text(language + "\n")
    (home / "control" / "scanners").write_text("".join(
        "scanner%s;%s;%s;\n" % (initial, initial, name) for initial, name in SCANNERS.items()))
    for initial, (engine, patterns, age) in ENGINES.items():
        made = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(age)
        says = "printf '%%s\\t%%s\\n' engine '%s' patterns %s date %s" % (
            engine, patterns, made.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for name, body in (("av_scanner", "exit 1"), ("check_scanner", says)):
            path = home / "scanners" / (name + initial)
            path.write_text("#!/bin/sh\n" + body + "\n")
            path.chmod(0o700)
    return month.write(home / "log")


def report(home, programs):
    """Runs what cron runs each night; days that are not counted yet are counted by one run. Returns
    the name of the program that failed, or None."""
    environment = dict(os.environ, QMVC_HOME=str(home), QMVC_SCANNERS=str(home / "scanners"))
    for command in (["qmvclog2html", "-m"], ["virulator", "-m", "-s"], ["qmvcmonth"]):
        done = subprocess.run([programs / command[0], *command[1:]], env=environment,
                              stdout=subprocess.DEVNULL)
        if done.returncode not in (0, 1):   # 1: something needs care
            return command[0]
    return None
