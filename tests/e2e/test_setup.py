"""
qmvc-setup: a home made from nothing, filled in, left alone the second time, and cleared of what only
running mail needs; for root and for a user. In a directory that every user may enter.
"""
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import tempfile

import pytest

import dot_qmail
import mails
from conftest import BUILD, LIBEXEC, QMVC, SOURCE

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="has to be root to become others")
SETUP = BUILD / "src/programs/qmvc-setup"


class Host:
    def __init__(self, root):
        self.root, self.home = root, root / "qmvc"
        for name in ("bin", "libexec"):
            (root / name).mkdir()
        for program in (QMVC, BUILD / "src/programs/scanners", SETUP):
            shutil.copy(program, root / "bin")
            (root / "bin" / program.name).chmod(0o755)
        for helper in ("qmvc-open", "qmvc-clamav"):
            shutil.copy(LIBEXEC / helper, root / "libexec")
        shutil.copytree(SOURCE / "control", root / "shipped/control",
                        ignore=shutil.ignore_patterns("meson.build"))
        (root / "scanners").mkdir()
        self.engine("toy")
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "QMVC_HOME": str(self.home),
                            "QMVC_SHIPPED": str(root / "shipped"), "QMVC_PROGRAMS": str(root / "bin"),
                            "QMVC_LIBEXEC": str(root / "libexec"), "QMVC_SCANNERS": str(root / "scanners")}

    def engine(self, name):
        for verb, says in (("av", ""), ("check", "version\\tToy 1.0\\npatterns\\t7\\t2026-11-22\\n")):
            path = self.root / "scanners" / ("%s_%s" % (verb, name))
            path.write_text("#!/bin/sh\nprintf '%s'\n" % says)
            path.chmod(0o755)

    def setup(self, *options, user=None, home=None):
        become = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        return subprocess.run([self.root / "bin/qmvc-setup", *options], capture_output=True, text=True,
                              env=dict(self.environment, HOME=str(home or "/root")), timeout=60, cwd="/",
                              **become)

    def tree(self):
        """Every path with mode, owner and content."""
        found = {}
        for path in sorted(self.home.rglob("*")):
            if path.parts[len(self.home.parts)] in ("tmp", "run", "log", "save"):
                continue
            status = path.lstat()
            found[str(path.relative_to(self.home))] = (
                stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid,
                path.read_bytes() if path.is_file() else None)
        return found


@pytest.fixture
def host():
    root = pathlib.Path(tempfile.mkdtemp(prefix="qmvc-setup-"))
    root.chmod(0o755)
    yield Host(root)
    shutil.rmtree(root)


def test_home(host):
    done = host.setup("-o", "nobody")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "|%s/bin/qmvc\n" % host.root in done.stdout and "other-mtas.md" in done.stdout
    tree = host.tree()
    nobody = pwd.getpwnam("nobody")
    assert stat.S_IMODE(host.home.stat().st_mode) == 0o711 and host.home.stat().st_uid == nobody.pw_uid
    assert tree["users"][:3] == (0o1733, 0, 0)
    assert tree["control"][:3] == (0o755, 0, 0)
    for sample in (SOURCE / "control").iterdir():
        if sample.name not in ("meson.build", "scanners"):
            assert tree["control/" + sample.name] == (0o644, 0, 0, sample.read_bytes())
    assert any(b"toy" in line for line in tree["control/scanners"][3].splitlines())
    # It filters: the mail of nobody, who owns it, as it stands.
    (host.home / "control/filters").write_text("subject=y;block\nvirus=n\n")
    (host.home / "control/badsubjects").write_text("cheap pills\n")
    maildir = host.root / "queue"
    maildir.mkdir()
    env = dot_qmail.environment("bob@example.net", "alice@example.org", home="/", base=host.environment)
    line = ["|setpriv --reuid nobody --regid nogroup --clear-groups %s/bin/qmvc" % host.root]
    for subject, code in ((b"cheap pills", 99), (b"Minutes", 0)):
        done = dot_qmail.deliver(mails.plain(subject=subject), line, env, "/", maildir)
        assert done.command_codes == [code], done.text


def test_check_by_root(host):
    """What is in order for root may not be for nobody: a log that is root's, here."""
    host.setup("-o", "nobody")
    (host.home / "control/filters").write_text("filename=y\n")
    os.chown(host.home / "log", 0, 0)
    environment = {**host.environment, "HOME": "/"}
    for become, code, says in (({}, 0, "warning this is root, and mail is filtered as others: su -s /bin/sh nobody -c"),
                               ({"user": "nobody", "group": "nogroup", "extra_groups": []}, 2, "PROBLEM state directory")):
        done = subprocess.run([host.root / "bin/qmvc", "-t"], env=environment, capture_output=True, text=True, **become)
        assert done.returncode == code and says in done.stdout, done.stdout
        assert ("this is root" in done.stdout) == (not become)


def test_twice_changes_nothing(host):
    host.setup("-o", "nobody")
    (host.home / "control/filters").write_text("mine\n")
    (host.home / "control/badsubjects").unlink()
    (host.home / "control/scanners").write_text("mine too\n")
    before = host.tree()
    host.setup("-o", "nobody")
    after = host.tree()
    assert after.pop("control/badsubjects")     # what is missing comes back
    assert after == before


def test_dry_run(host):
    done = host.setup("-n", "-o", "nobody")
    assert done.returncode == 0 and str(host.home) in done.stdout
    assert not host.home.exists()
    assert host.setup("-n", "-o", "nobody", user="nobody").returncode == 0


def test_group(host):
    host.setup("-o", "nobody", "-g", "mail")
    mail = host.home.stat().st_gid
    assert stat.S_IMODE(host.home.stat().st_mode) == 0o710 and mail != 0
    tree = host.tree()
    assert tree["control"][:3] == (0o750, 0, mail)
    assert tree["control/filters"][:3] == tree["control/scanners"][:3] == (0o640, 0, mail)


def test_no_scanner(host):
    for path in (host.root / "scanners").iterdir():
        path.unlink()
    done = host.setup("-o", "nobody")
    assert done.returncode in (0, 1)
    assert (host.home / "control/scanners").exists()


def test_user(host):
    home = host.root / "nobody"
    home.mkdir()
    shutil.chown(home, "nobody")
    done = host.setup("-u", user="nobody", home=home)
    assert done.returncode in (0, 1), done.stderr
    assert "|%s/bin/qmvc -u\n" % host.root in done.stdout
    assert stat.S_IMODE((home / "qmvc").stat().st_mode) == 0o700
    assert (home / "qmvc/control/filters").read_bytes() == (SOURCE / "control/filters").read_bytes()
    # With a home of the host's, that one's rules count.
    shutil.rmtree(home / "qmvc")
    host.setup("-o", "nobody")
    host.setup("-u", user="nobody", home=home)
    assert list((home / "qmvc/control").iterdir()) == []
    assert host.setup("-u").returncode == 2


def test_remove(host):
    host.setup("-o", "nobody")
    for name in ("tmp", "run", "log", "save"):
        (host.home / name).mkdir(exist_ok=True)
        (host.home / name / "file").touch()
    control = host.tree()
    done = host.setup("-r")
    assert done.returncode == 0
    assert not (host.home / "tmp").exists() and not (host.home / "run").exists()
    assert (host.home / "log/file").exists() and (host.home / "save/file").exists()
    assert host.tree() == control


@pytest.mark.parametrize("options, word", [
    (["-o", "no-such-user"], "no-such-user"), (["-o", "nobody", "-g", "no-such-group"], "no-such-group"),
    (["-x"], "-x"), (["--nonsense"], "--nonsense"), (["-o"], "-o"), (["alias"], "alias")])
def test_refuses(host, options, word):
    done = host.setup(*options)
    assert done.returncode == 2 and done.stderr.startswith("qmvc-setup: ") and word in done.stderr
    assert not host.home.exists()


def test_not_root(host):
    done = host.setup("-o", "nobody", user="nobody")
    assert done.returncode == 2 and "root" in done.stderr


def test_what_is_in_the_way(host):
    host.home.symlink_to("/tmp")
    done = host.setup("-o", "nobody")
    assert done.returncode == 2 and str(host.home) in done.stderr
