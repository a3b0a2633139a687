"""The program scanners: what it finds and says, what it writes, what it leaves alone.

Engines are real (clamd, libclamav, clamscan) or plug-ins made here, in a directory of their own; -s
keeps the machine's own daemons out of it."""
import os
import re
import shutil
import socket
import stat
import subprocess
import time

import pytest

import dot_qmail
import mails
from conftest import SOURCE
from tools import PROGRAMS, Fsavd, OfficialClamd, Tools

DAY = 86400


def stamp(days_ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days_ago * DAY - 60))


@pytest.fixture
def tools(profile, tmp_path):
    return Tools(profile, tmp_path / "plugins")


def lines_of(text):
    """What a control file says: the lines that are no comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


# --- finding ---

def test_find_clamd(tools, clamd, signatures):
    """The daemon is used; the same engine by other doors stands there as a comment that says why."""
    tools.facts("clamscan", engine="ClamAV 1.4.6", patterns="27000", date=stamp(0))
    done = tools.find("clamd:%s" % clamd.socket, "libclamav:%s" % signatures)
    assert done.returncode == 0
    assert lines_of(done.stdout) == ["clamd:%s;C;ClamAV daemon;;timeout=30" % clamd.socket]
    assert re.search(r"(?m)^# ClamAV 1\.", done.stdout)
    for line in ("#libclamav:%s;L;" % signatures, "#clamscan;S;"):
        above = done.stdout[:done.stdout.index("\n" + line)].splitlines()[-1]
        assert above.startswith("# The same engine as C by another door")
    assert not tools.file.exists()


def test_find_orders_and_counts(tools):
    """Cheap ones first, four at most, initials different, whatever the order of the directory."""
    for name in ("uvscan", "savscan", "odscan", "zz", "scan"):
        tools.facts(name, engine="Engine of %s" % name)
    text = tools.find().stdout
    active = [line.split(";") for line in lines_of(text)]
    assert [fields[0] for fields in active] == ["odscan", "scan", "savscan", "uvscan"]
    spare = re.findall(r"(?m)^#(zz;.*)", text)
    assert len(spare) == 1 and "# A fifth one" in text
    initials = [fields[1] for fields in active] + [spare[0].split(";")[1]]
    assert len(set(initials)) == 5


def test_initials_differ(tools):
    for name in ("savscan", "a1", "a2", "a3", "1"):
        tools.facts(name, engine="E")
    tools.facts("prefix", engine="E")
    text = tools.find().stdout
    initials = re.findall(r"(?m)^#?[a-z0-9]+;([A-Z0-9]+);", text)
    assert len(initials) == 6 and len(set(initials)) == 6


def test_find_says_what_cannot_be_used(tools, tmp_path):
    tools.facts("savscan", engine="Sophos", error="the licence has ended")
    tools.plugin("uvscan")
    tools.plugin("bad;name", "printf 'engine\\tx\\n'")
    done = tools.find("clamd:%s/nobody" % tmp_path)
    assert done.returncode == 1 and lines_of(done.stdout) == []
    assert "# savscan: the licence has ended" in done.stdout
    assert "# clamd:%s/nobody: cannot connect" % tmp_path in done.stdout
    assert "# Nothing tells if it works" in done.stdout and "\n#uvscan;" in done.stdout
    assert "bad" not in done.stdout


def test_hostile_check(tools):
    """What a plug-in prints becomes no line of the control file."""
    tools.plugin("savscan", "printf 'engine\\tX\\rclamd:/evil;E;\\033[2J\\npatterns\\t1\\n;\\n'")
    done = tools.find()
    assert [line.split(";")[0] for line in lines_of(done.stdout)] == ["savscan"]
    assert "\033" not in done.stdout and "\r" not in done.stdout


def test_named_nonsense(tools):
    done = tools.find("nonsense:/x")
    assert done.returncode == 2 and "nonsense:/x" in done.stderr


def test_find_a_daemon_that_reads_files(tools, tmp_path):
    """Before there is a state directory, and with one; and the same engine's program is not asked too."""
    place = "fsavd:%s/fsavd" % tmp_path
    server = Fsavd(tmp_path / "fsavd")
    tools.facts("fsav", engine="F-Secure 11.10")
    for _ in range(2):
        done = tools.find(place, options=["-w"])
        assert done.returncode == 0
        assert lines_of(tools.file.read_text()) == ["%s;F;F-Secure daemon;;timeout=30" % place]
        assert "patterns 2026-11-20_03 of 2026-11-20" in tools.file.read_text()
        tools.profile.filters("virus=y;keep")
        assert tools.profile.deliver(mails.plain()).command_codes == [0], tools.profile.last()
        assert tools.profile.deliver(mails.multipart(mails.part(mails.EICAR))).command_codes == [99]
        code, rows = tools.rows()
        assert code == 0 and rows[0]["patterns"] == "2026-11-20_03"
    server.listener.close()


def test_find_icap(tools, clamd, c_icap):
    """c-icap is one more door to clamd: used where clamd itself is not, and it finds what clamd finds."""
    place = "icap://127.0.0.1:%d" % c_icap.port
    text = tools.find(place, "clamd:%s" % clamd.socket).stdout
    assert [line.split(";")[:2] for line in lines_of(text)] == [["clamd:%s" % clamd.socket, "C"]]
    assert "# The same engine as C by another door" in text and "\n#%s;N;" % place in text
    assert tools.find(place, options=["-w"]).returncode == 0
    assert [line.split(";")[:2] for line in lines_of(tools.file.read_text())] == [[place, "N"]]
    tools.profile.filters("virus=y;keep")
    assert tools.profile.deliver(mails.plain()).command_codes == [0], tools.profile.last()
    assert tools.profile.deliver(mails.multipart(mails.part(mails.EICAR))).command_codes == [99]
    code, rows = tools.rows()
    assert code == 0 and "C-ICAP" in rows[0]["version"] and rows[0]["state"] == "ok"


# --- writing ---

def test_write(tools, clamd):
    """What is written is what is printed, and is a profile that works; the old file is kept."""
    place = "clamd:%s" % clamd.socket
    tools.facts("uvscan", engine="McAfee")
    printed = tools.find(place).stdout
    done = tools.find(place, options=["-w"])
    assert done.returncode == 0 and str(tools.file) in done.stdout
    assert tools.file.read_text() == printed
    assert stat.S_IMODE(tools.file.stat().st_mode) == 0o644
    tools.profile.filters("virus=y;keep;;quitasap")
    assert tools.profile.deliver(mails.multipart(mails.part(mails.EICAR))).command_codes == [99]
    assert tools.profile.deliver(mails.plain()).command_codes == [0]
    for n, old in ((1, printed), (2, "# mine\n")):
        tools.file.write_text(old)
        tools.file.chmod(0o640)
        done = tools.find(place, options=["-w"])
        kept = tools.file.with_name("scanners.old.%d" % n)
        assert str(kept) in done.stdout and kept.read_text() == old
        assert stat.S_IMODE(tools.file.stat().st_mode) == 0o640
    assert sorted(p.name for p in tools.file.parent.iterdir()) == [
        "filters", "scanners", "scanners.old.1", "scanners.old.2"]


def test_nothing_found_is_not_written(tools):
    tools.file.write_text("# mine\n")
    done = tools.find(options=["-w"])
    assert done.returncode == 1 and "nothing is written" in done.stderr
    assert [p.name for p in tools.file.parent.iterdir() if "scanners" in p.name] == ["scanners"]
    assert tools.file.read_text() == "# mine\n"


def test_write_through_a_link(tools, tmp_path):
    """A control file kept elsewhere stays there."""
    tools.facts("uvscan", engine="McAfee")
    (tmp_path / "etc").mkdir()
    target = tmp_path / "etc" / "scanners"
    target.write_text("# mine\n")
    tools.file.symlink_to(target)
    assert tools.find(options=["-w"]).returncode == 0
    assert tools.file.is_symlink() and lines_of(target.read_text())[0].startswith("uvscan;")
    assert (tmp_path / "etc" / "scanners.old.1").read_text() == "# mine\n"


def test_write_for_a_user(tools):
    tools.facts("uvscan", engine="McAfee")
    assert tools.find(options=["-wu"]).returncode == 0
    own = tools.profile.user_home / "qmvc"
    assert lines_of((own / "control" / "scanners").read_text())
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert not tools.file.exists()


def test_write_that_cannot_be(tools):
    """The directory takes no file: an error, and the old one is as it was."""
    tools.facts("uvscan", engine="McAfee")
    tools.file.write_text("# mine\n")
    limited = "ulimit -f 0; exec %s -w -s clamd:/nonexistent" % (PROGRAMS / "scanners")
    env = dict(tools.profile.environment, HOME=str(tools.profile.user_home))
    done = subprocess.run(["sh", "-c", "trap '' XFSZ; " + limited], env=env, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 2 and "cannot write" in done.stderr
    assert tools.file.read_text() == "# mine\n"
    assert [p.name for p in tools.file.parent.iterdir() if "scanners" in p.name] == ["scanners"]


# --- the table ---

def test_list_real_engines(tools, clamd, signatures):
    shutil.copytree(SOURCE / "scanners", tools.plugins, dirs_exist_ok=True)
    tools.profile.scanners("clamd:%s;C;ClamAV daemon;;" % clamd.socket,
                           "libclamav:%s;L;ClamAV built in;;timeout=60" % signatures)
    code, rows = tools.rows()
    assert code == 0
    assert [(r["initial"], r["state"], r["usable"]) for r in rows] == [
        ("C", "ok", True), ("L", "ok", True)]
    assert all(re.fullmatch(r"ClamAV 1\.\d+\.\d+", r["version"]) for r in rows)
    assert rows[0]["address"] == str(clamd.socket)
    text = tools.run("scanners", "-l").stdout
    assert re.search(r"(?m)^C  clamd      ClamAV 1\.\d+\.\d+  -         -    ok$", text)
    if not os.path.exists("/var/lib/clamav/daily.cvd"):
        tools.profile.scanners("clamscan;S;ClamAV command line;;")
        code, rows = tools.rows()
        assert (code, rows[0]["state"], rows[0]["usable"]) == (1, "no patterns", False)


def test_list_states(tools, tmp_path):
    made = stamp(1)
    tools.facts("fsav", engine="F-Secure 11.10", patterns="2026-11-22_01", date=made)
    tools.facts("uvscan", engine="McAfee", patterns="1", date=stamp(9))
    tools.facts("savscan", engine="Sophos", error="no licence", warning="w" * 190)
    tools.plugin("other")
    tools.profile.scanners("fsav;F;F-Secure;;", "uvscan;M;McAfee;;", "savscan;P;Sophos;;",
                           "other;O;Other;;")
    code, rows = tools.rows()
    assert code == 1
    assert [(r["initial"], r["state"], r["usable"], r["age_days"]) for r in rows] == [
        ("F", "ok", True, 1), ("M", "old patterns", True, 9), ("P", "no patterns", False, None),
        ("O", "untested", True, None)]
    assert rows[2]["errors"] == ["no licence"]
    assert rows[0]["patterns_date"] == made[:-1] + ".000Z"
    tools.profile.scanners("clamd:%s/nobody;N;Nobody;;" % tmp_path, "fsav;F;F-Secure;;")
    code, rows = tools.rows()
    assert code == 1 and [r["state"] for r in rows] == ["not reached", "ok"]
    tools.profile.scanners("fsav;F;F-Secure;;", "uvscan;M;McAfee;;", "other;O;Other;;")
    assert tools.rows()[0] == 0


def test_list_official_signatures(tools, tmp_path):
    """Version and date of the patterns, from the words of clamd; the date is in local time."""
    made = time.time() - 2 * DAY - 60
    tools.profile.environment["TZ"] = "XYZ5"    # five hours west of Greenwich, summer and winter
    OfficialClamd(tmp_path / "new", 27002, time.gmtime(made - 5 * 3600))
    OfficialClamd(tmp_path / "old", 27040, time.gmtime(made - 5 * 3600 - 38 * DAY))
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(made))
    tools.profile.scanners("clamd:%s/new;N;New;;" % tmp_path, "clamd:%s/old;O;Old;;" % tmp_path)
    code, rows = tools.rows()
    assert code == 0
    assert [(r["version"], r["patterns"], r["age_days"], r["state"]) for r in rows] == [
        ("ClamAV 1.4.6", "27002", 2, "ok"), ("ClamAV 1.4.6", "27040", 40, "old patterns")]
    assert rows[0]["patterns_date"] == stamp
    assert "the patterns are 40 days old" in rows[1]["warnings"]
    tools.profile.filters("virus=y;keep")
    code, said = check(tools.profile)
    assert "New (%s/new): ClamAV 1.4.6, patterns 27002 of %s, 2 days old" % (
        tmp_path, stamp[:10]) in said
    assert "warning Old (%s/old): the patterns are 40 days old" % tmp_path in said


def test_find_without_help(tools):
    """What this machine has is not known here; but what is printed is a control file."""
    done = tools.run("scanners", timeout=300)
    assert done.returncode in (0, 1)
    assert len(lines_of(done.stdout)) <= 4 and bool(lines_of(done.stdout)) == (done.returncode == 0)


def test_list_fits_80_columns(tools):
    long = "An engine with a very long name, version 1.2.3.4.5.6.7.8"
    tools.facts("a-plug-in-with-a-long-name", engine=long, patterns="9" * 40, date=stamp(5000),
                warning="word " * 30, error="something went wrong " * 5)
    tools.profile.scanners("a-plug-in-with-a-long-name;LONGEST;Name;;",
                           "/nonexistent;X;Nobody;;", "clamd:/nonexistent/socket;C;Nobody;;")
    done = tools.run("scanners", "-l")
    assert done.returncode == 1
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "something went wrong" in " ".join(done.stdout.split())


def test_list_all(tools, clamd):
    tools.facts("fsav", engine="F-Secure 11.10")
    tools.facts("uvscan", engine="McAfee", error="not installed")
    tools.profile.scanners("fsav;F;F-Secure;;")
    code, rows = tools.rows("-a", "-s", "clamd:%s" % clamd.socket)
    assert code == 0, "what is not configured does not count"
    assert [(r["initial"], r["engine"], r["configured"]) for r in rows] == [
        ("F", "fsav", True), (None, "clamd:%s" % clamd.socket, False), (None, "uvscan", False)]


def test_list_profile_errors(tools):
    assert tools.run("scanners", "-l").returncode == 2
    tools.profile.scanners("fsav;F;F-Secure;;nonsense=1")
    done = tools.run("scanners", "-l")
    assert done.returncode == 2 and "nonsense" in done.stderr
    assert tools.run("scanners", "-l", "-w").returncode == 2
    assert tools.run("scanners", "-a").returncode == 2
    assert tools.run("scanners", "what").returncode == 2
    assert tools.run("scanners", "-c", "/nonexistent").returncode == 2
    assert tools.run("scanners", "-h").returncode == 0


# --- the circuit breaker ---

def leave_alone(profile, engine, ago=0):
    """As after the third failure, just now: the pause is as long as a pause can be."""
    (profile.home / "run").mkdir(mode=0o700, exist_ok=True)
    (profile.home / "run" / "scanner.C").write_text("3 %d %s\n" % (time.time() - ago, engine))


def check(profile):
    env = dict(profile.environment, HOME=str(profile.user_home))
    done = subprocess.run([profile.command, "-t"], env=env, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_breaker_is_shown(tools, tmp_path):
    """After three mails that could not reach it. To look at it changes nothing."""
    profile, engine = tools.profile, "clamd:%s/nobody" % tmp_path
    profile.filters("virus=y;keep").scanners("%s;C;ClamAV;;timeout=20" % engine)
    for count in (1, 2, 3):
        assert profile.deliver(mails.plain()).command_codes == [111]
        assert profile.log()[-1].get("breaker.C") == ("opened" if count == 3 else None)
        assert "not reached %d times in a row" % count in check(profile)[1]
    leave_alone(profile, engine)
    code, said = check(profile)
    assert code == 2
    assert re.search(r"mail leaves it alone until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said)
    leave_alone(profile, engine)
    code, rows = tools.rows()
    assert code == 1 and rows[0]["state"] == "left alone" and "until" in rows[0]["left_alone"]
    leave_alone(profile, engine)
    assert "left alone" in tools.run("scanners", "-l").stdout
    leave_alone(profile, engine)
    assert profile.deliver(mails.plain()).command_codes == [111]
    assert "left alone for a while" in profile.state("qmvc.log") + profile.state("qmvc.error")
    assert profile.log()[-1]["breaker.C"] == "left" and "split.C" not in profile.log()[-1]


def test_breaker_closes(tools, clamd):
    """One that works again: `scanners -l` tells that mail leaves it alone, `qmvc -t` ends that."""
    profile, engine = tools.profile, "clamd:%s" % clamd.socket
    profile.filters("virus=y;keep").scanners("%s;C;ClamAV;;timeout=20" % engine)
    assert profile.deliver(mails.plain()).command_codes == [0]
    for _ in range(2):
        leave_alone(profile, engine)
        code, rows = tools.rows()
        assert code == 1 and rows[0]["state"] == "left alone" and rows[0]["errors"] == []
    leave_alone(profile, engine)
    assert profile.deliver(mails.plain()).command_codes == [111]
    code, said = check(profile)
    assert code == 0 and "and can be again" in said
    assert tools.rows()[0] == 0
    assert profile.deliver(mails.plain()).command_codes == [0]


def test_one_mail_tries(tools, tmp_path):
    """The pause is over, and eight mails come at once: one waits for an answer, and none follows it."""
    profile, engine = tools.profile, "clamd:%s/mute" % tmp_path
    profile.filters("virus=y;keep").scanners("%s;C;ClamAV;;timeout=3" % engine)
    message = tmp_path / "message"
    message.write_bytes(mails.plain())
    env = dot_qmail.environment("bob@example.net", "alice@example.org", home=profile.user_home,
                                base=profile.environment)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen(64)
        leave_alone(profile, engine, ago=61)
        runs = [subprocess.Popen([profile.command], stdin=open(message, "rb"), env=env,
                                 stdout=subprocess.DEVNULL) for _ in range(8)]
        assert [run.wait(60) for run in runs] == [111] * 8
    words = [entry["error"] for entry in profile.log()]
    assert len(words) == 8
    assert sum("left alone for a while" in text for text in words) == 7, words
    assert sum(entry.get("breaker.C") == "left" for entry in profile.log()) == 7
