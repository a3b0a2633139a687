"""A real clamd in trouble: reloading, stopped, killed, restarted, while mail goes through it.

A stall and a death are told apart: who is stalled is waited for until the time is over, who is dead has
failed at once. Whatever happens, no mail passes that was not scanned, and none is stopped for it.
"""
import concurrent.futures
import pathlib
import signal
import socket
import subprocess

import pytest

import dot_qmail
import mails
from conftest import QMVC, Clamd, wait_until

KEEP = "virus=y;block;;quitasap"
INFECTED = mails.multipart(mails.part(mails.EICAR))


@pytest.fixture
def own_clamd(tmp_path):
    """A clamd that a test may mistreat. own_clamd(SETTING=...) starts it."""
    made = []

    def start(**settings):
        directory = tmp_path / ("clamd%d" % len(made))
        directory.mkdir()
        made.append(Clamd(directory, **settings))
        return made[-1]

    yield start
    for server in made:
        if server.process and server.process.poll() is None:
            server.process.send_signal(signal.SIGCONT)
        server.stop()


def use(profile, server, options="timeout=30"):
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;%s" % (server.socket, options))


def command(server, text):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(server.socket))
        s.sendall(b"z" + text + b"\0")
        return s.recv(100)


def forget_failures(profile):
    """Nothing is left alone."""
    for state in (profile.home / "run").glob("scanner.*"):
        state.unlink(missing_ok=True)


def many_signatures(server, count):
    with open(server.database / "many.hdb", "w") as out:
        for i in range(count):
            out.write("%032x:%d:Generated.%d\n" % (i * 0x9e3779b97f4a7c15 + 1, i % 60000 + 100, i))


def check(profile):
    """What `qmvc -t` says; its exit code."""
    done = subprocess.run([QMVC, "-t"], env=profile.environment, capture_output=True, text=True,
                          timeout=60)
    return done.returncode, done.stdout + done.stderr


def under_reloads(profile, server, deliver):
    """Calls deliver() again and again while the signatures are loaded three times."""
    def reloads():
        return server.log.read_text().count("Database correctly reloaded")

    turns = 0
    while turns < 6 or reloads() < 3:
        if turns % 2 == 0:
            assert command(server, b"RELOAD") == b"RELOADING\0"
        deliver()
        turns += 1
        assert turns < 2000


def test_reloading_beside_its_work(profile, own_clamd):
    server = own_clamd(ConcurrentDatabaseReload="yes")
    many_signatures(server, 150000)
    server.start()
    use(profile, server)

    def deliver():
        assert profile.deliver(mails.plain()).command_codes == [0], profile.last()
        assert profile.deliver(INFECTED).command_codes == [99], profile.last()
        assert profile.last()["virus.C"].startswith("Eicar")

    under_reloads(profile, server, deliver)


def test_reloading_instead_of_its_work(profile, own_clamd):
    """It waits then until its idle threads have gone, which takes up to IdleTimeout, and answers nobody: a
    mail's time may be over just when that is, or before. The mail may wait, but is not to blame."""
    server = own_clamd(ConcurrentDatabaseReload="no", IdleTimeout=1)
    many_signatures(server, 50000)
    server.start()
    use(profile, server, "timeout=1")

    def deliver():
        assert profile.deliver(mails.plain()).command_codes in ([0], [111]), profile.last()
        assert profile.deliver(INFECTED).command_codes in ([99], [111]), profile.last()
        forget_failures(profile)

    under_reloads(profile, server, deliver)
    wait_until(server.answers)
    assert profile.deliver(mails.plain()).command_codes == [0], profile.last()
    assert profile.deliver(INFECTED).command_codes == [99], profile.last()


def test_stopped(profile, own_clamd):
    """It takes connections and says nothing: a timeout, not an error. It is asked by every mail, for a
    mail can make it look like this; see below."""
    server = own_clamd().start()
    use(profile, server, "timeout=1")
    assert profile.deliver(mails.plain()).command_codes == [0]
    server.process.send_signal(signal.SIGSTOP)
    for _ in range(4):
        result = profile.deliver(mails.plain())
        assert result.command_codes == [111]
        assert profile.last()["scan.C"].startswith("timeout:")
        assert "nor any sign of life" in result.text
    server.process.send_signal(signal.SIGCONT)
    code, said = check(profile)
    assert code == 0, said
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.deliver(INFECTED).command_codes == [99]


def test_queue_filled_by_one_mail(profile, own_clamd):
    """clamd takes no more questions while its queue is full, not even PING. One mail of slow parts can
    fill a short one; that must not make the filter leave clamd alone with the mail of others."""
    server = own_clamd(MaxThreads=2, MaxQueue=4, PCREMatchLimit=2000000000,
                       PCRERecMatchLimit=2000000000, MaxScanTime=0)
    (server.database / "slow.ldb").write_text(
        "Test.Slow;Engine:81-255,Target:0;0&1;534c4f57534c4f57;0/(?:x+x+)+y/\n")
    server.start()
    use(profile, server, "timeout=1")
    parts = [mails.part(b"SLOWSLOW %d " % i + b"x" * 40 + b"zy") for i in range(16)]
    result = profile.deliver(mails.multipart(*parts))
    server.process.kill()  # it would not end before its work is done
    server.process.wait()
    assert result.command_codes == [111]
    assert "nor any sign of life" in result.text
    assert list((profile.home / "run").glob("scanner.*")) == []


def connections(server):
    """How many clients its socket has, taken or not: their ends carry its path."""
    return pathlib.Path("/proc/net/unix").read_text().count(" %s\n" % server.socket)


def test_killed_under_a_mail(profile, own_clamd):
    """Stopped it would be waited for; killed it has failed at once, with all the time left."""
    server = own_clamd().start()
    profile.filters(KEEP).scanners("deadline=300", "clamd:%s;C;ClamAV;;timeout=300" % server.socket)
    server.process.send_signal(signal.SIGSTOP)
    before = connections(server)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(profile.deliver, mails.plain())
        wait_until(lambda: connections(server) > before)
        assert not waiting.done()
        server.process.kill()
        server.process.wait()
        result = waiting.result()
    assert result.command_codes == [111]
    assert profile.last()["scan.C"].startswith("error:"), "it was waited for"


def test_restarted(profile, own_clamd):
    """Killed and started again and again under mail: deferred or right, and right when it is back."""
    server = own_clamd().start()
    use(profile, server)
    queues = [profile.queue / str(i) for i in range(4)]
    for queue in queues:
        queue.mkdir()
    over = []

    def keep_delivering(number):
        lines = ["|" + profile.command, "./Maildir/"]
        seen = []
        while not over:
            for message, right in ((mails.plain(), 0), (INFECTED, 99)):
                env = dot_qmail.environment("bob@example.net", "a@example.org",
                                            home=profile.user_home, base=profile.environment)
                done = dot_qmail.deliver(message, lines, env, str(profile.user_home),
                                         queues[number], 60)
                seen.append((right, done.command_codes[0], done.text))
        return seen

    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [pool.submit(keep_delivering, i) for i in range(len(queues))]
        try:
            for turn in range(4):
                wanted = len(profile.log()) + 6
                wait_until(lambda: len(profile.log()) >= wanted)
                server.process.send_signal(signal.SIGTERM if turn % 2 else signal.SIGKILL)
                server.process.wait()
                server.socket.unlink(missing_ok=True)
                server.start()
                forget_failures(profile)
        finally:
            over.append(True)
        seen = [entry for run in runs for entry in run.result()]
    assert {code for right, code, _ in seen if right == 0} <= {0, 111}, seen
    assert {code for right, code, _ in seen if right == 99} <= {99, 111}, seen
    assert [c for _, c, _ in seen].count(111) < len(seen)
    forget_failures(profile)
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.deliver(INFECTED).command_codes == [99]
