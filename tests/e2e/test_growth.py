"""Memory grows no faster than the mail, whatever is in it (bench/growth.py shows time as well)."""
import os

import pytest

import dot_qmail
from conftest import QMVC
from growing import CASES, MB, run

# What the program and its libraries take without any mail, and members of archives up to
# CONTENT_POOL_MEMORY (src/message/content.h).
BASE, POOL = 8 * MB, 16 * MB

LARGE = [case for case, (unit, _, _) in CASES.items() if unit == "MB" and case != "unpacks to"]
LARGE += ["parts", "tar members"]


@pytest.fixture
def watched(profile, tmp_path):
    if os.environ.get("ASAN_OPTIONS"):
        pytest.skip("a sanitizer's build has memory of its own")
    profile.filters("bodytext=y", "filename=y", "mimetype=y", "loadertype=y")
    for name in ("badbodytexts", "badfilenames", "badmimetypes", "badloadertypes"):
        profile.control(name, "nothing of the kind")
    environment = dot_qmail.environment("bob@example.net", "a@example.org", home=profile.user_home,
                                        base=profile.environment)

    def largest(case):
        path = tmp_path / "mail"
        _, values, make = CASES[case]
        path.write_bytes(make(values[-1]))
        done = run([str(QMVC)], path, environment)
        assert done.code == 0 and "met" not in profile.last(), profile.last()
        assert done.helper_peak <= 512 * MB
        return path.stat().st_size, done
    return largest


@pytest.mark.parametrize("case", LARGE)
def test_twice_the_mail(watched, case):
    """The mail is mapped, what it holds is decoded once, and all of that is counted."""
    size, done = watched(case)
    assert size > 10 * MB and (done.helper_peak > 0) == (case != "text")
    assert done.peak <= 2 * size + BASE, "%d bytes for a mail of %d" % (done.peak, size)


@pytest.mark.parametrize("case", [case for case in CASES if case not in LARGE])
def test_what_is_unpacked_does_not_stay_in_memory(watched, case):
    """200 MB out of a mail of 1.4 MB: the first 16 MB are kept in memory, the rest is in files."""
    size, done = watched(case)
    assert done.own <= 2 * size + BASE + POOL, "%d bytes for a mail of %d" % (done.own, size)
