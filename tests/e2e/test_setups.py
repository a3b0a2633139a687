"""
doc/setups.md, as it is written: its files are laid out below a temporary directory, its commands are
run, and mail is routed through them the way qmail does. Only the places of things are put in.
"""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import dot_qmail
import mails
from conftest import BUILD, FAKE_QUEUE, QMVC, SOURCE, Profile, logfmt

PAGE = SOURCE / "doc" / "setups.md"
PLAINMAIL = BUILD / "src" / "programs" / "plainmail"
PROGRAM = "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$0.args\"; cat >>\"$0.mail\"\n"


def sections():
    """{title: its text}"""
    parts = re.split(r"^## (.*)\n", PAGE.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def blocks(text):
    """(path or "", lines) for each indented block; the path stands above it."""
    for path, block in re.findall(r"(?:^`(/[^`]*)`:\n\n)?((?:^    .*\n|^\n(?=    ))+)", text, re.M):
        yield path, [line[4:] for line in block.rstrip().splitlines()]


class World(Profile):
    """A host below `root`: its users are the directories in /home, and alias."""

    def __init__(self, directory, clamd, *titles):
        self.root = directory / "root"
        (directory / "queue").mkdir()
        (self.root / "var").mkdir(parents=True)
        super().__init__(self.root / "var/qmvc", directory / "queue")
        shutil.rmtree(self.home)
        self.places = {"/usr/local/bin/qmvc": QMVC, "/usr/local/share/qmvc": SOURCE,
                       "/run/clamav/clamd.ctl": clamd.socket, "/var/qm": self.root / "var" / "qm",
                       "/home/": str(self.root / "home") + "/"}
        for program in ("var/qmail/bin/forward", "home/vpopmail/bin/vdelivermail"):
            self.write("/" + program, PROGRAM).chmod(0o755)
        (self.root / "var/qmail/alias").mkdir()
        self.lay_out("First of all", *titles)

    def lay_out(self, *titles):
        for title in titles:
            for path, lines in blocks(sections()[title]):
                if path:
                    self.write(path, "\n".join(lines) + "\n")
                for line in lines if not path else []:
                    if line.startswith("# "):
                        self.as_root(line[2:])

    def placed(self, text):
        """With the places of this world; all at once, since one may stand within another."""
        return re.sub("|".join(sorted(map(re.escape, self.places), key=len, reverse=True)),
                      lambda match: str(self.places[match[0]]), text)

    def write(self, path, text):
        file = pathlib.Path(self.placed(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.placed(text))
        return file

    def as_root(self, command):
        """Everybody is us."""
        command = re.sub(r"-o \w+ -g \w+ ", "", self.placed(command))
        subprocess.run(["/bin/sh", "-c", "umask 022; " + command], check=True)

    def lines(self, path):
        file = self.root / path
        return file.read_text().splitlines() if file.exists() else []

    def user_of(self, qmail, local):
        """(user, home, extension, dash): users/assign, then the longest name in /home, then alias."""
        wild = [l.split(":") for l in self.lines("var/%s/users/assign" % qmail) if l[0] == "+"]
        for name, user, _, _, home, dash, pre, _ in sorted(wild, key=lambda l: -len(l[0])):
            if local.lower().startswith(name[1:]):
                return user, pathlib.Path(home), pre + local[len(name) - 1:], dash
        for end in range(len(local), 0, -1):
            home = self.root / "home" / local[:end]
            if local[end:end + 1] in ("", "-") and home.is_dir():
                return local[:end], home, local[end + 1:], local[end:end + 1]
        return "alias", self.root / "var/qmail/alias", local, "-"

    def route(self, recipient, qmail):
        """What qmail-send and qmail-lspawn make of an address: (prepended, user, home, ext, dash)."""
        local, _, host = recipient.rpartition("@")
        for line in self.lines("var/%s/control/virtualdomains" % qmail):
            domain, _, prepend = line.partition(":")
            if domain in (host, ""):
                return (prepend, *self.user_of(qmail, prepend + "-" + local))
        return (None, *self.user_of(qmail, local))

    def send(self, message, recipient, qmail="qmail", sender="alice@example.org", uid=None):
        prepend, user, home, ext, dash = self.route(recipient, qmail)
        words = ext.lower().replace(".", ":").split("-")
        names = [dash + ext.lower().replace(".", ":")] + (
            [dash + "-".join(words[:n] + ["default"]) for n in range(len(words) - 1, -1, -1)]
            if dash else [])
        file = next(home / (".qmail" + n) for n in names if (home / (".qmail" + n)).exists())
        default = "-".join(ext.split("-")[file.name.count("-") - 1:])
        after = ext.split("-")
        env = dot_qmail.environment(
            recipient, sender, user=user, home=home, prepend=prepend, base=self.environment,
            extra={"EXT": ext, **{"EXT%d" % n: "-".join(after[n - 1:]) for n in (2, 3, 4)}})
        env.pop("DEFAULT")
        if file.name.endswith("default"):
            env["DEFAULT"] = default
        lines = file.read_text().splitlines()
        if uid is not None:
            lines = [l.replace("|", "|exec setpriv --reuid %d --regid %d --clear-groups " % (uid, uid), 1)
                     if l[0] == "|" else l for l in lines]
        return dot_qmail.deliver(message, lines, env, str(home), self.queue)

    def entry(self, state):
        return logfmt(self.state("qmvc.log", self.root / state).splitlines()[-1])

    def check(self, home, options=""):
        """`qmvc -t` with these options, as the user who lives there."""
        return subprocess.run("%s -t %s" % (self.command, self.placed(options)), shell=True,
                              env=dict(self.environment, HOME=str(self.root / home)),
                              capture_output=True, text=True)


@pytest.fixture
def world(tmp_path, clamd):
    return lambda *titles: World(tmp_path, clamd, *titles)


VIRUS = mails.eicar_mails()["base64"]
TESTED = {}


def section(title):
    """Marks the test of a section."""
    TESTED[title] = True
    return title


def modes(path):
    return {p.name: p.stat().st_mode & 0o7777 for p in [path, *path.iterdir()] if p.is_dir()}


def own(path):
    """The user's own state is his alone."""
    found = modes(path)
    assert all(found[name] == 0o700 for name in ("tmp", "log", "save", "run")), found
    return found


FIRST = section("First of all")
HOST = section("One profile for the host")


def test_host(world):
    host = world(HOST)
    assert host.check("var/qmail/alias").returncode == 0, host.check("var/qmail/alias").stdout
    result = host.send(mails.plain(), "nobody-at-all@example.net")
    assert result.code == 0 and result.files == ["./Maildir/"], result.text
    result = host.send(VIRUS, "nobody@example.net")
    assert result.command_codes == [99] and result.files == []
    assert host.entry("var/qmvc")["met"] == "virus" and len(host.saved()) == 1
    assert own(host.home) and modes(host.home)["users"] == 0o1733
    assert host.send(mails.plain(), "alice@example.net").files == ["./Maildir/"]


def test_host_and_its_users(world, clamd):
    """Another user id: its state is its own, below users/."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be somebody else")
    host = world(HOST)
    for path in [clamd.directory, *host.root.parents]:       # this run's own directories, nobody else's
        if "qmvc-" in str(path):
            path.chmod(path.stat().st_mode | 0o111)
    result = host.send(mails.plain(), "alice@example.net", uid=65534)
    assert result.code == 0 and result.files == ["./Maildir/"], result.text
    assert own(host.home / "users" / "65534")["65534"] == 0o700
    assert not (host.home / "log").exists()


OWN = section("A user's own profile")


def test_own_profile(world):
    host = world(OWN)
    assert host.check("home/alice", "-u").returncode == 0, host.check("home/alice", "-u").stdout
    before = tree(host)
    offer = mails.plain(subject=b"A SPECIAL offer")
    result = host.send(offer, "alice@example.net", sender="carol@example.org")
    state = host.root / "home/alice/qmvc"
    entry = host.entry("home/alice/qmvc")
    assert result.command_codes == [99] and result.text == "qmvc %s\n" % entry["id"]
    ((notice, _, to),) = host.queued()
    assert to == ["alice@example.net"]
    assert b"\nSubject: Thrown away: A SPECIAL offer\n" in notice and b"carol@example.org wrote" in notice
    assert host.send(VIRUS, "alice@example.net").command_codes == [99], "the administrator's scanners"
    assert len(list((state / "save").iterdir())) == 1
    named = mails.multipart(mails.part(b"x", b"a.exe"))
    assert host.send(named, "alice@example.net").command_codes == [99], "and his file names"
    assert host.send(mails.plain(), "alice@example.net").files == ["./Maildir/"]
    assert own(state) and tree(host) == before


def tree(host, *but):
    """Everything outside of ~/qmvc and the mails queued: names, sizes, times."""
    return {str(p): (p.lstat().st_size, p.lstat().st_mtime_ns) for p in host.root.rglob("*")
            if "/home/alice/qmvc" not in str(p) and p.name != "outbox"
            and host.outbox not in p.parents}


VIRTUAL = section("Virtual domains")


def test_a_local_address_in_a_virtual_domain(world):
    """qmvc-filters(5): one made of $LOCAL and $HOST would get the prefix twice."""
    host = world(VIRTUAL)
    filters = host.root / "home/webco/qmvc/control/filters"
    for written, sent in (("$USER-spam@localhost", "webco-spam@localhost"),
                          ("$LOCAL-spam@$HOST", "webco-info-spam@example.com")):
        filters.write_text("virus=y;block;forward=%s\n" % written)
        host.send(VIRUS, "info@example.com")
        assert host.queued()[-1][2] == [sent]
    assert host.route("webco-info-spam@example.com", "qmail")[3] == "webco-info-spam"
    assert host.route("webco-spam@localhost", "qmail")[1:4:2] == ("webco", "spam")


def test_virtual_domain(world):
    host = world(VIRTUAL)
    assert host.check("home/webco", "-u").returncode == 0
    assert host.send(mails.plain(), "Some.Body@example.com").files == ["./Maildir/"]
    assert host.send(mails.plain(), "info@example.com").files == ["./Info/"]
    assert host.entry("home/webco/qmvc")["to"] == "info@example.com"
    assert host.send(VIRUS, "sales-eu@example.com").command_codes == [99]
    assert host.entry("home/webco/qmvc")["to"] == "sales-eu@example.com"
    assert [to for _, _, to in host.queued()] == [["sales-eu@example.com"]], "as it was written"
    assert own(host.root / "home/webco/qmvc") and not (host.home / "log").exists()


USERS = section("qmail-users")


def test_qmail_users(world):
    host = world(USERS)
    (host.root / "home/maria").mkdir(exist_ok=True)
    assert host.send(mails.plain(), "info@example.org").files == ["./Maildir/"]
    assert host.entry("home/maria/qmvc")["to"] == "info@example.org"
    assert host.send(VIRUS, "maria@example.org").command_codes == [99]
    assert host.entry("home/maria/qmvc")["to"] == "maria@example.org"
    assert own(host.root / "home/maria/qmvc")["qmvc"] == 0o700 and not (host.home / "log").exists()


VPOPMAIL = section("vpopmail")


def test_vpopmail(world):
    host = world(VPOPMAIL)
    assert host.check("home/vpopmail/domains/example.edu", "-nu -c /home/vpopmail/qmvc").returncode == 0
    given = host.root / "home/vpopmail/bin"
    for domain in ("example.net", "example.edu"):
        result = host.send(mails.plain(), "Info@" + domain)
        assert result.command_codes == [0, 0], result.text
        state = "home/vpopmail/domains/%s/qmvc" % domain
        entry = host.entry(state)
        assert entry["to"] == "Info@" + domain
        assert entry["scan.C"].startswith("clean")
        assert host.send(VIRUS, "x@" + domain).command_codes == [99], "not for vdelivermail"
        assert own(host.root / state)["qmvc"] == 0o700
        assert len(list((host.root / state / "save").iterdir())) == 1
    assert (given / "vdelivermail.args").read_text() == " bounce-no-mailbox\n" * 2
    assert (given / "vdelivermail.mail").read_bytes().count(mails.plain()) == 2
    assert not (host.home / "log").exists()
    assert sorted(p.name for p in (host.root / "home/vpopmail/qmvc").iterdir()) == ["control"]


AS_TEXT = section("Mail as text")


def test_mail_as_text(world):
    host = world()
    host.places["/usr/local/bin/plainmail"] = "%s -q %s" % (PLAINMAIL, host.root / "var/qmail")
    host.lay_out(AS_TEXT)
    # What qmvc runs has nothing of our environment.
    host.write("/var/qmail/bin/qmail-queue", "#!/bin/sh\nQMVC_TEST_QUEUE=%s exec %s\n"
               % (host.outbox, FAKE_QUEUE)).chmod(0o755)
    page = mails.html(b"<p>Some <b>words</b></p>")
    assert host.send(page, "alice@example.net").files == ["./Maildir/"]
    assert host.send(page, "bob@example.net").command_codes == [99]
    for (text, _, to), who in zip(host.queued(), ("alice", "bob"), strict=True):
        assert to == [who + "@phone.example.com"]
        assert text.startswith(b"Delivered-To: %s@example.net\n" % who.encode())
        assert text.endswith(b"\n\nSome words\n") and b"<p>" not in text
    assert host.send(VIRUS, "bob@example.net").command_codes == [99]
    assert len(host.queued()) == 2 and host.entry("home/bob/qmvc")["met"] == "bodytext,virus"


OUTGOING = section("Outgoing mail")


def test_outgoing(world):
    host = world(OUTGOING)
    forward = host.root / "var/qmail/bin/forward"
    assert host.send(mails.plain(), "Bob-X@far.example", "qmail2").command_codes == [0, 0]
    assert forward.with_suffix(".args").read_text() == "Bob-X@far.example\n"
    assert forward.with_suffix(".mail").read_bytes().endswith(mails.plain())
    assert host.entry("home/outgoing/qmvc")["to"] == "Bob-X@far.example"
    assert host.send(VIRUS, "bob@far.example", "qmail2").command_codes == [99]
    assert [to for _, _, to in host.queued()] == [["postmaster@example.com"]]
    assert len(forward.with_suffix(".args").read_text().splitlines()) == 1


def test_every_section_is_tested():
    assert list(sections()) == list(TESTED)


# --- what -u promises -------------------------------------------------------------


WRITES = re.compile(r"\b(mkdir|rename|unlink|rmdir|link|symlink|mknod|chmod|chown|truncate|utime)"
                    r"|O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)")


def written_paths(trace):
    """The paths that a traced program made, changed or opened for writing."""
    for line in trace.read_text(errors="replace").splitlines():
        call = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if not call or not WRITES.search(line) or re.search(r"\) += -1 E", line):
            continue
        for directory, path in re.findall(r"(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?\"([^\"]*)\"", call[2]):
            yield os.path.normpath(os.path.join(directory or "/", path))


@pytest.mark.parametrize("options", ["-u", "-nuv-", "-uv-"])
def test_nothing_is_written_outside(world, tmp_path, options):
    """Under -u, by no process that reads the mail: whatever it is, and whatever becomes of it."""
    host = world(OWN)
    trace = tmp_path / "trace"
    home = host.root / "home/alice"
    large = mails.multipart(mails.part(b"z" * 3000000, b"z.bin"), subject=b"special offer")
    state = home / "qmvc"
    (state / "control/noscantypes").write_text("image/png\n")
    (state / "control/filters").write_text("subject=y;inspect\nfilename=y;keep;notify=rs,"
                                           "forward=g@i.test\nvirus=y;keep;;quitasap\n")
    host.user_home = home
    host.environment["ASAN_OPTIONS"] = "detect_leaks=0"     # nobody may trace who traces himself
    lines = ["|strace -f -qq -y -s 4096 -e trace=%%file -o %s %s %s" % (trace, host.command, options)]
    for message, code in ((mails.plain(), 0), (VIRUS, 99), (large, 0),
                          (mails.multipart(mails.part(b"x", b"a.exe")), 99)):
        result = host.deliver(message, recipient="alice@example.net", user="alice", lines=lines)
        assert result.command_codes == [code], result.text
        paths = list(written_paths(trace))
        assert str(state / "log/qmvc.log") in paths, "the trace is read rightly"
        outside = [p for p in paths if not p.startswith((str(state) + "/", str(host.outbox), "/dev/null"))]
        assert [p for p in outside if p != str(state)] == []


def test_state_is_refused_when_others_may_write_it(world):
    host = world(OWN)
    state = host.root / "home/alice/qmvc"
    state.chmod(0o777)
    result = host.send(mails.plain(), "alice@example.net")
    assert result.command_codes == [111] and "others may write" in result.text
