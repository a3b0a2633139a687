"""Each delivery with its k-th allocation, or its k-th system call, failed, for every k.

Whatever fails, the mail gets the verdict that it gets otherwise, or has to wait (111); and then it
is said why, no half copy is kept, no file is left in tmp, no process lives on, and every log is whole.
No guard is without his copy of a mail that was stopped, and who is told is told by a whole mail.

QMVC_FAULT_STRIDE=1 tries every k; otherwise some are left out, so that it ends within a minute.
QMVC_FAULT_AT=k tries that one alone and shows where it was. A sanitizer also tells of what an error
path forgets to free.
"""
import email
import email.policy
import errno
import os
import pathlib
import shutil
import signal

import pytest

from conftest import e2e
from deliveries import DELIVERIES
from processes import children, end_residents, left_alive

LIBRARIES = e2e.BUILD / "tests" / "fault"
SANITIZED = "ASAN_OPTIONS" in os.environ
STRIDE = int(os.environ.get("QMVC_FAULT_STRIDE", "0"))
ONLY_AT = int(os.environ.get("QMVC_FAULT_AT", "0"))
POINTS_MAX = 5000
SLOW_SECONDS = 2

# Where a system call may be interrupted although nobody asked for it; then it is made again.
INTERRUPTIBLE = ("read __read_chk write recv recvmsg sendmsg flock epoll_pwait epoll_wait "
                 "waitpid")
# When these fail there may be something left that nobody can take away.
REMOVING = {"unlink", "unlinkat", "rmdir"}
# libuv makes one pipe for its signals and aborts when that fails. loop_new() has just seen that
# there are descriptors; nothing has been done yet, and qmail makes 111 of it.
LIBUV_ABORTS = {"pipe2"}


class Point:
    """One run with one fault: what failed, how it ended, and what is wrong with that."""

    def __init__(self, result, report, where):
        self.code, self.text, self.where = result.command_codes[0], result.text, where
        self.fired = report.exists()
        first = report.read_text().splitlines()[0] if self.fired and report.stat().st_size else ""
        self.what, _, self.argument = first.partition(" ")
        self.trace = report.read_text() if self.fired else ""
        self.problems = []
        self.aborted = self.code == 128 + signal.SIGABRT and self.what in LIBUV_ABORTS
        if self.aborted:
            self.code = 111

    def check(self, condition, words):
        if not condition:
            self.problems.append("%s, %s %s: exit %d: %s\n    said: %s" % (
                self.where, self.what, self.argument, self.code, words, self.text.strip()[-900:]))


def forget(profile, begins="cold"):
    """Every run begins without state, so that the making of the directories is tried as well."""
    run = profile.home / "run"
    resident = sorted(run.glob("clamav.*")) if run.exists() else []
    if resident and begins == "cold":
        end_residents(profile)
    for path in profile.outbox.iterdir():
        path.unlink()
    for name in ("tmp", "log", "save") + (() if resident and begins == "warm" else ("run",)):
        shutil.rmtree(profile.home / name, ignore_errors=True)
    for path in set(run.glob("*")) | set(run.glob(".*")):
        if path in resident:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def check_saved(point, profile, delivery, message):
    copies = profile.saved()
    expected = 0 if point.code == 111 else delivery.saves
    point.check(len(copies) == expected, "%d copies saved: %s" % (len(copies), copies))
    for copy in copies:
        whole = not copy.name.startswith(".") and (copy / "message").read_bytes() == message
        point.check(whole, "the copy of the message is not whole: %s" % copy)
        result = (copy / "result").read_text(errors="surrogateescape")
        point.check(result.endswith("\n\n") and "Condition: " in result, "half a result: " + result)


def check_logs(point, profile, delivery):
    log, records = profile.state("qmvc.log"), profile.state("qmvc.rep")
    point.check(not log or log.endswith("\n"), "half a log line: " + log)
    point.check(not records or records.endswith("\n\n"), "half a record: " + records)
    lines = [e2e.logfmt(line) for line in log.splitlines()]
    if point.code == 111:
        point.check(all(l["exit"] == "111" and l.get("error") for l in lines), "wrong log: " + log)
    else:
        point.check(len(lines) == 1 and lines[0]["exit"] == str(point.code), "no log line: " + log)
    if point.code in (99, 100) and lines and lines[0]["action"] != "trash":
        point.check("Action: " in records, "no record")


def check_sent(point, profile, delivery, message):
    """A forward has to go out; of a notice the loss is told in qmvc.error, if that can be written."""
    sent = {}
    for mail, sender, (recipient,) in profile.queued():
        point.check(sender == "" and recipient not in sent, "sent twice to " + recipient)
        sent[recipient] = mail
    forwards = {r for r, mail in sent.items() if r in delivery.forwards}
    point.check(set(sent) <= delivery.forwards | delivery.tells, "sent to %s" % sorted(sent))
    point.check(all(sent[r].endswith(message) for r in forwards), "a forwarded copy is not whole")
    if point.code != 111:
        point.check(forwards == delivery.forwards, "not forwarded to all: %s" % sorted(forwards))
    else:
        point.check(not set(sent) & delivery.tells, "told of a mail that waits: %s" % sorted(sent))
    for recipient in set(sent) & delivery.tells:
        mail = email.message_from_bytes(sent[recipient], policy=email.policy.strict)
        point.check(not mail.defects and sent[recipient].endswith(b"\n") and mail["Subject"],
                    "half a notice to " + recipient)
    if point.code == 99 and point.what == "renameat":
        point.check("/sent" in profile.state("qmvc.error"), "nobody says what was not remembered")
    missing = delivery.tells - set(sent)
    if point.code == 99 and missing:
        point.check(len(profile.state("qmvc.error").splitlines()) >= 1,
                    "nobody says that nobody told %s" % sorted(missing))


def check_words(point):
    """Who has to wait is told why, unless it was just this that failed."""
    if point.code != 111 or point.aborted or (point.what == "write" and point.argument == "1"):
        return
    _, found, why = point.text.partition("deferred: ")
    why = why if found else point.text.partition("qmvc: ")[2]
    point.check(len(why.strip()) > 3, "no reason given")


def judge(point, profile, delivery, message, before):
    point.check(point.code in (delivery.code, 111), "wrong verdict")
    point.check("Sanitizer" not in point.text and "runtime error" not in point.text, "sanitizer")
    check_words(point)
    check_saved(point, profile, delivery, message)
    check_logs(point, profile, delivery)
    check_sent(point, profile, delivery, message)
    left = profile.leftovers()
    point.check(not left or point.what in REMOVING, "left in tmp: %s" % left)
    point.check(not left_alive(before, profile.residents), "a process is left")


def check_retry(point, profile, delivery, message):
    """The next try sends what is missing, and nothing twice unless it could not be remembered."""
    profile.command = str(e2e.QMVC)
    code = profile.deliver(delivery.message).command_codes[0]
    point.check(code == delivery.code, "the next try ends with %d" % code)
    sent = [recipient for _, _, (recipient,) in profile.queued()]
    point.check(set(sent) == delivery.forwards | delivery.tells, "after the next try: %s" % sent)
    remembers = point.what not in ("renameat", "fsync", "open64", "openat64", "fcntl64")
    point.check(not remembers or len(sent) == len(set(sent)), "the next try sent twice: %s" % sent)


def run(profile, delivery, where, library, at, environment):
    report = profile.home.parent / "fault"
    report.unlink(missing_ok=True)
    forget(profile, delivery.begins)
    words = dict(environment, LD_PRELOAD=library, FAULT_AT=at, FAULT_REPORT=report)
    profile.command = " ".join("%s='%s'" % item for item in words.items()) + " " + str(e2e.QMVC)
    before = children()
    message = b"Received: (qmail 4711 invoked by uid 1002); 22 Nov 2026 12:00:00 -0000\n" + \
        delivery.message
    result = profile.deliver(delivery.message)
    point = Point(result, report, where + " k=%d" % at)
    if result.seconds > SLOW_SECONDS:
        print("%s took %.1f s: %s %s" % (point.where, result.seconds, point.what, point.text.strip()))
    judge(point, profile, delivery, message, before)
    if point.code == 111 and (delivery.forwards or delivery.tells):
        check_retry(point, profile, delivery, message)
    return point


def sweep(profile, name, library, stride, environment=None, exact=False):
    """Fails the k-th call for k = 1, 1 + stride, ... until none is left to fail."""
    delivery, environment = DELIVERIES[name], dict(environment or {})
    stride *= 8 if name.startswith("many") else 1
    where = "%s %s" % (name, errno.errorcode.get(environment.get("FAULT_ERRNO"), "malloc"))
    if SANITIZED:
        profile.environment["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
    if ONLY_AT:
        environment["FAULT_TRACE"] = "1"
    problems, tried, deferred = [], 0, 0
    for at in range(ONLY_AT or 1, POINTS_MAX, STRIDE or stride):
        point = run(profile, delivery, where, LIBRARIES / library, at, environment)
        if exact:
            point.check(point.code == delivery.code, "not tried again")
        if ONLY_AT:
            print(point.trace, point.text)
        if not point.fired:
            point.check(point.code == delivery.code, "nothing failed")
        problems += point.problems
        if ONLY_AT or not point.fired:
            break
        tried, deferred = tried + 1, deferred + (point.code == 111)
        assert len(problems) < 200, "\n".join(problems)
    else:
        problems.append("no end after %d points" % POINTS_MAX)
    forget(profile)
    print("%s: %d points tried up to the %d-th, %d deferred" % (where, tried, at - 1, deferred))
    assert not problems, "\n" + "\n".join(problems)


@pytest.fixture
def prepared(request, profile, clamd, signatures, plugin):
    name = request.node.callspec.params["name"]
    DELIVERIES[name].prepare(profile, clamd, signatures, plugin)
    return profile


@pytest.mark.parametrize("name", DELIVERIES)
def test_allocations(prepared, name):
    sweep(prepared, name, "fail_alloc.so", 9 if SANITIZED else 2)


@pytest.mark.parametrize("error", ["EIO", "ENOMEM", "EMFILE", "ENOSPC"])
@pytest.mark.parametrize("name", DELIVERIES)
def test_system_calls(prepared, name, error):
    stride = {"EIO": 3, "EMFILE": 7}.get(error, 11) * (4 if SANITIZED else 1)
    sweep(prepared, name, "fail_call.so", stride, {"FAULT_ERRNO": getattr(errno, error)})


@pytest.mark.parametrize("name", DELIVERIES)
def test_interrupted(prepared, name):
    """EINTR is no failure: the call is made again, and the mail gets its verdict."""
    sweep(prepared, name, "fail_call.so", 9 if SANITIZED else 3, exact=True, environment={
        "FAULT_ERRNO": errno.EINTR, "FAULT_CALLS": " %s " % INTERRUPTIBLE})
