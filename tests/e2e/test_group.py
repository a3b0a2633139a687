"""group=: scanners under another uid read the work tree, and `qmvc -t` says where they cannot."""
import grp
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

import mails
from conftest import Profile

GROUP = "nogroup"


@pytest.fixture
def shared():
    """A home that another uid may get to: pytest's own directories are closed to all."""
    if os.geteuid() != 0:
        pytest.skip("only root becomes another uid")
    top = pathlib.Path(tempfile.mkdtemp(prefix="qmvc-group."))
    top.chmod(0o755)
    (top / "queue").mkdir()
    (top / "home").mkdir(mode=0o700)
    yield Profile(top / "home", top / "queue")
    shutil.rmtree(top)


def reader(top):
    """A plug-in whose engine runs under another uid, and reads what it is given."""
    path = top / "reader"
    path.write_text("""#!/bin/sh
exec setpriv --reuid 65534 --regid %d --clear-groups sh -c '
	cat "$1"/0000 > /dev/null || exit 2
	! grep -q EICAR "$1"/* || { printf "infected\\tFake\\t0000\\n"; exit 1; }' sh "$1"
""" % grp.getgrnam(GROUP).gr_gid)
    path.chmod(0o755)
    return path


def check(profile):
    done = subprocess.run([profile.command, "-t"], env=profile.environment, capture_output=True,
                          text=True)
    return done.returncode, done.stdout


def open_to_group(path):
    os.chown(path, -1, grp.getgrnam(GROUP).gr_gid)
    path.chmod(0o710)


def test_group(shared):
    home = shared.home
    shared.filters("virus=y;keep")
    shared.scanners("%s;R;Reader;;group=%s" % (reader(home.parent), GROUP))
    for directory in (home, home / "tmp"):
        assert shared.deliver(mails.plain()).command_codes == [111], "it cannot read, so it is an error"
        code, said = check(shared)
        assert "warning group=%s: cannot pass %s: chgrp" % (GROUP, directory) in said, said
        open_to_group(directory)
    code, said = check(shared)
    assert code == 0 and "cannot pass" not in said, said
    assert shared.deliver(mails.plain()).command_codes == [0], shared.last()
    assert shared.deliver(mails.multipart(mails.part(mails.EICAR))).command_codes == [99]
    shared.scanners("%s;R;Reader;;" % reader(home.parent))
    assert shared.deliver(mails.plain()).command_codes == [111], "without group= nobody else reads"
    assert shared.leftovers() == []


def test_two_groups(shared):
    shared.filters("virus=y;keep")
    path = reader(shared.home.parent)
    shared.scanners("%s;R;Reader;;group=%s" % (path, GROUP), "%s;S;Second;;group=root" % path)
    assert check(shared)[0] == 2
    result = shared.deliver(mails.plain())
    assert result.command_codes == [111] and "one only" in result.text
