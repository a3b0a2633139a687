"""Profiles: -u, -c, -v and their order of search; state homes; what -u promises."""
import os
import shutil
import subprocess

import pytest

import mails
from conftest import SOURCE, logfmt


def user_profile(profile, *filters):
    control = profile.user_home / "qmvc" / "control"
    control.mkdir(parents=True)
    (profile.user_home / "qmvc").chmod(0o700)
    (control / "filters").write_text("\n".join(filters) + "\n")
    return profile.user_home / "qmvc"


def test_user_profile_takes_precedence_file_by_file(profile):
    profile.filters("subject=n").control("badsubjects", "Hello")
    home = user_profile(profile, "subject=y;block")
    assert profile.deliver(mails.plain()).command_codes == [0]
    profile.options = "-u"
    assert profile.deliver(mails.plain()).command_codes == [99]      # default's badsubjects
    (home / "control" / "badsubjects").write_text("Other\n")
    assert profile.deliver(mails.plain()).command_codes == [0]


def test_privacy(profile):
    """Under -u nothing is written outside, and only an id is printed."""
    home = user_profile(profile, "subject=y;keep")
    profile.control("badsubjects", "Secret")
    profile.options = "-u"
    before = sorted(str(p) for p in profile.home.rglob("*"))
    result = profile.deliver(mails.plain(subject=b"Secret plan"))
    assert result.command_codes == [99]
    assert sorted(str(p) for p in profile.home.rglob("*")) == before
    entry = logfmt((home / "log" / "qmvc.log").read_text())
    assert result.text.strip() == "qmvc " + entry["id"]
    assert len(list((home / "save").iterdir())) == 1
    for name in ("log", "save", "tmp"):
        assert (home / name).stat().st_mode & 0o777 == 0o700


def test_user_home_is_made(profile):
    profile.options = "-u"
    profile.filters("subject=n")
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert (profile.user_home / "qmvc").stat().st_mode & 0o777 == 0o700
    assert (profile.user_home / "qmvc" / "log" / "qmvc.log").exists()


def test_shared_profile(profile, tmp_path):
    base = tmp_path / "shared"
    (base / "control").mkdir(parents=True)
    (base / "control" / "filters").write_text("subject=y;block\n")
    profile.control("badsubjects", "Hello")
    user_profile(profile, "subject=y;bounce")
    profile.options = "-c %s" % base
    assert profile.deliver(mails.plain()).command_codes == [99]
    profile.options = "-nu -c %s -v-" % base
    profile.control("noscantypes", "text/plain")
    assert profile.deliver(mails.plain()).command_codes == [99], "BASEDIR comes before ~/qmvc"


@pytest.mark.parametrize("options", ["-u", ""])
def test_what_is_made_is_private(profile, options):
    """Directories 0700 and files 0600, whatever the umask qmail was started with."""
    home = user_profile(profile, "subject=y;keep;forward=g@i.test,notify=r")
    profile.filters("subject=y;keep;forward=g@i.test,notify=r").control("badsubjects", "Hello")
    state = home if options else profile.home
    given = set(state.rglob("*"))
    result = profile.deliver(mails.plain(), lines=["|umask 0; %s %s" % (profile.command, options)])
    assert result.command_codes == [99] and len(profile.queued()) == 2
    made = [p for p in state.rglob("*") if p not in given]
    assert {p.name for p in made} >= {"tmp", "log", "save", "run", "key", "qmvc.rep", "message"}
    for path in made:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_each_file_is_looked_for_by_itself(profile, tmp_path):
    """BASEDIR, then ~/qmvc, then the default; control files and templates alike."""
    base, own = tmp_path / "shared", user_profile(profile, "subject=n")
    places = {"shared": base, "own": own, "default": profile.home}
    for path in places.values():
        (path / "control").mkdir(parents=True, exist_ok=True)
        (path / "tpl" / "en").mkdir(parents=True, exist_ok=True)
    profile.options = "-u -c %s" % base
    (base / "control" / "filters").write_text("subject=y;block;notify=r\n")
    (profile.home / "control" / "badsubjects").write_text("default\n")
    for number, (place, path) in enumerate(reversed(places.items())):
        (path / "control" / "badsubjects").write_text(place + "\n")
        (path / "tpl" / "en" / "notify-recipient").write_text("Subject: by %s\n\ntext\n" % place)
        for subject in places:
            result = profile.deliver(mails.plain(subject=subject.encode()))
            assert result.command_codes == [99 if subject == place else 0], (subject, place)
        ((notice, _, _),) = profile.queued()[number:]
        assert b"\nSubject: by %s\n" % place.encode() in notice


def test_a_file_that_cannot_be_read_is_not_passed_over(profile):
    """The next place would be somebody else's rules."""
    home = user_profile(profile, "subject=n")
    profile.options = "-u"
    profile.filters("subject=y;block").control("badsubjects", "Hello")
    (home / "control" / "filters").chmod(0o666)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111]
    (home / "control" / "filters").unlink()
    (home / "control" / "filters").mkdir()
    assert profile.deliver(mails.plain()).command_codes == [111]


@pytest.mark.parametrize("options,user,prepend,want", [
    ("-v-", "vdom", "vdom", "info@vdom.test"), ("-uv-", "vdom", "vdom", "info@vdom.test"),
    ("-v other", "vdom", "other", "info@vdom.test"), ("-v-", "bob", "other", "other-info@vdom.test"),
    ("", "vdom", "vdom", "vdom-info@vdom.test")])
def test_prepend(profile, options, user, prepend, want):
    profile.options = options
    result = profile.deliver(mails.plain(), recipient="info@vdom.test", user=user, prepend=prepend)
    assert result.command_codes == [0], result.text
    home = profile.user_home / "qmvc" if "u" in options else profile.home
    assert logfmt((home / "log" / "qmvc.log").read_text())["to"] == want


def test_another_uid_has_a_state_of_its_own(profile, tmp_path):
    """The usual trap: a default profile that belongs to alias, called for somebody else."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv")
    for path in [profile.home, *profile.home.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    for path in profile.home.parents:       # this run's own directories, nobody else's
        if "qmvc-" in str(path):
            path.chmod(path.stat().st_mode | 0o111)
    users = profile.home / "users"
    users.mkdir()
    users.chmod(0o1733)
    profile.filters("subject=n")
    profile.user_home.chmod(0o755)
    result = profile.deliver(mails.plain(), lines=[
        "|exec setpriv --reuid 65534 --regid 65534 --clear-groups %s" % profile.command])
    assert result.command_codes == [0], result.text
    log = users / "65534" / "log" / "qmvc.log"
    assert log.exists() and (users / "65534").stat().st_mode & 0o777 == 0o700
    assert log.stat().st_uid == 65534 and not (profile.home / "log").exists()


def test_the_shipped_samples_work(profile, clamd):
    """The profile as installed, with no more than clamd's socket put in."""
    shutil.rmtree(profile.home / "control")
    shutil.copytree(SOURCE / "control", profile.home / "control",
                    ignore=shutil.ignore_patterns("meson.build"))
    profile.scanners("clamd:%s;C;ClamAV daemon;;timeout=30" % clamd.socket)
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.deliver(mails.eicar_mails()["base64"]).command_codes == [99]
    assert profile.deliver(mails.multipart(mails.part(b"x", name=b"a.jpg.exe"))).command_codes == [99]


def check(profile, *options):
    env = dict(profile.environment, HOME=str(profile.user_home))
    return subprocess.run([profile.command, "-t", *options], env=env, capture_output=True, text=True)


def test_check_says_it_is_in_order(profile, clamd):
    profile.filters("virus=y;keep;;quitasap").scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    done = check(profile)
    assert done.returncode == 0, done.stdout
    assert "ClamAV" in done.stdout and "depth" in done.stdout


def test_check_names_every_problem(profile, tmp_path):
    profile.filters("virus=y;keep").scanners("clamd:%s;C;ClamAV;" % (tmp_path / "nobody"))
    profile.control("badsubjects", "/un(closed/").control("limits", "depth=deep")
    done = check(profile)
    assert done.returncode == 2
    for word in ("nobody", "un(closed", "deep"):
        assert word in done.stdout, done.stdout
