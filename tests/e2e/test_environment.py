"""What goes wrong around the mail ends in 111, names the thing, and loses nothing."""
import os
import subprocess

import pytest

import mails

KEEP = "virus=y;keep;;quitasap"


def only_root():
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")


@pytest.mark.parametrize("line,word", [
    ("virus=y;blok", "blok"), ("virsu=y;block", "virsu"), ("virus=maybe", "maybe"),
    ("virus=y;block;notify=q", "q"), ("virus=y;block;;quitsoon", "quitsoon"),
    ("virus=y;inspect;;quitasap", "quitasap")])
def test_bad_filters_line(profile, clamd, line, word):
    profile.filters("subject=n", line).scanners("clamd:%s;C;ClamAV;" % clamd.socket)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111]
    assert "filters:2:" in result.text and word in result.text


@pytest.mark.parametrize("name,filters,content,word", [
    ("scanners", KEEP, "clamd:/x;C;a\nclamd:/y;C;b", "C"),
    ("scanners", KEEP, "icap:h/s;I;x", "icap://"),
    ("scanners", KEEP, "clamd:/x;C;n;;timeout=soon", "soon"),
    ("limits", "overlimit=y;block", "depth=deep", "deep"),
    ("badloadertypes", "loadertype=y", "magic:4d5", "4d5"),
    ("badsubjects", "subject=y", "/un(closed/", "un(closed"),
    ("mailheaders", "errors=y", "colour=r", "colour"),
    ("badbodytexts", "bodytext=y", "|:", "|")])
def test_bad_control_file(profile, name, filters, content, word):
    profile.filters(filters).control(name, content)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111], result.text
    assert name + ":" in result.text and word in result.text


def test_virus_without_scanner(profile):
    profile.filters(KEEP)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "scanner" in result.text


def test_no_filters_file(profile):
    (profile.home / "control" / "filters").unlink()
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "filters" in result.text


def test_unreadable_profile(profile):
    """A directory where a file should be: nobody can read that, root neither."""
    (profile.home / "control" / "filters").unlink()
    (profile.home / "control" / "filters").mkdir()
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "filters" in result.text


def test_wrong_option(profile):
    profile.options = "-q"
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "q" in result.text


def test_no_envelope(profile):
    result = subprocess.run([profile.command], input=mails.plain(), env=profile.environment,
                            capture_output=True)
    assert result.returncode == 111 and b"SENDER" in result.stdout


def test_missing_helper(profile):
    profile.environment["QMVC_LIBEXEC"] = "/nonexistent"
    profile.filters("mimetype=y;block").control("badmimetypes", "application/x-dosexec")
    result = profile.deliver(mails.multipart(mails.part(b"\0\1\2\3")))
    assert result.command_codes == [111] and "qmvc-open" in result.text


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KB that is really full when it is full."""
    only_root()
    mount = tmp_path / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", mount]).returncode:
        pytest.skip("cannot mount a tmpfs here")
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def test_full_disk_for_kept_mail(profile, small_disk):
    (profile.home / "save").symlink_to(small_disk)
    profile.filters("subject=y;keep").control("badsubjects", "Hello")
    result = profile.deliver(mails.plain(b"x" * 400000))
    assert result.command_codes == [111], result.text
    assert list(small_disk.iterdir()) == [], "half a copy was left"
    assert profile.last()["action"] == "defer"


def test_full_disk_for_the_log(profile, small_disk):
    filler = os.open(small_disk / "filler", os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError):
        while True:
            os.write(filler, b"x" * 4096)
    os.close(filler)
    (profile.home / "log").symlink_to(small_disk)
    profile.filters("subject=y;block").control("badsubjects", "Hello")
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "qmvc." in result.text, result.text


def test_read_only_log(profile, small_disk):
    (profile.home / "log").symlink_to(small_disk)
    profile.filters("subject=n")
    assert profile.deliver(mails.plain()).command_codes == [0]
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "qmvc.log" in result.text


def test_file_size_limit(profile):
    """SIGXFSZ is no verdict: an error that names the log, and no half line in it."""
    result = profile.deliver(mails.plain(), lines=["|ulimit -f 0; exec %s" % profile.command])
    assert result.command_codes == [111] and "qmvc.log" in result.text, result.text
    assert profile.log() == []


def test_nobody_reads_what_is_said(profile):
    """A closed pipe on stdout must not change the exit code."""
    result = profile.deliver(mails.plain(), lines=[
        "|(%s; echo $? >&2) | exec <&-; exit 0" % profile.command])
    assert result.text.strip().endswith("0"), result.text
    assert len(profile.log()) == 1


def test_log_that_is_no_file(profile):
    (profile.home / "log").mkdir()
    os.mkfifo(profile.home / "log" / "qmvc.log")
    result = profile.deliver(mails.plain(), timeout=20)
    assert result.command_codes == [111] and "qmvc.log" in result.text


def test_log_that_is_a_link(profile, tmp_path):
    (profile.home / "log").mkdir()
    (tmp_path / "elsewhere").write_text("")
    (profile.home / "log" / "qmvc.log").symlink_to(tmp_path / "elsewhere")
    assert profile.deliver(mails.plain()).command_codes == [111]
    assert (tmp_path / "elsewhere").read_text() == ""


def test_home_that_is_not_there(profile):
    profile.environment["QMVC_HOME"] = "/nonexistent/qmvc"
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "/nonexistent/qmvc" in result.text


def test_user_sees_why_even_without_a_log(profile):
    """-u prints an id; where nothing could be written into ~/qmvc, also why not."""
    profile.options = "-u"
    log = profile.user_home / "qmvc" / "log"
    log.mkdir(parents=True)
    for directory in (profile.user_home / "qmvc", log):
        directory.chmod(0o700)
    profile.filters("subject=maybe")
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and result.text.strip().endswith(": deferred")
    assert "maybe" in (log / "qmvc.error").read_text()
    (log / "qmvc.error").unlink()
    (log / "qmvc.error").mkdir()
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "qmvc.error" in result.text
    assert "maybe" not in result.text
    log.chmod(0o777)
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111] and "others may write" in result.text


def test_few_descriptors(profile, clamd):
    """At any limit of descriptors: the right answer or 111, never a wrong one."""
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;timeout=10" % clamd.socket)
    codes = {}
    # Below eight the leak checker of a sanitizer build fails by itself.
    for limit in range(8 if os.environ.get("ASAN_OPTIONS") else 4, 24):
        result = profile.deliver(mails.eicar_mails()["base64"],
                                 lines=["|ulimit -n %d; exec %s" % (limit, profile.command)])
        codes[limit] = result.command_codes[0]
    assert set(codes.values()) <= {99, 111, 127}, codes
    assert codes[23] == 99


def test_little_memory(profile, clamd):
    if os.environ.get("ASAN_OPTIONS"):
        pytest.skip("address space limits and AddressSanitizer do not go together")
    profile.filters(KEEP).scanners("clamd:%s;C;ClamAV;;timeout=10" % clamd.socket)
    for kilobytes in range(4000, 30000, 2000):
        result = profile.deliver(mails.eicar_mails()["base64"],
                                 lines=["|ulimit -v %d; %s" % (kilobytes, profile.command)])
        assert result.command_codes[0] in (99, 111, 127, 126, 137, 139, 134), (kilobytes, result.text)
