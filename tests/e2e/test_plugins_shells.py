"""The plug-ins are POSIX shell and awk: every shell and awk that are here say the same."""
import shutil

import pytest

from plugin_bench import UNKNOWN_CODE, bench, each  # noqa: F401

SHELLS = {"dash": ["dash", "mawk"], "bash": ["bash --posix", "gawk"], "ksh": ["ksh", "original-awk"],
          "busybox": ["busybox sh", "busybox awk"]}


@each
@pytest.mark.parametrize("shell", SHELLS)
def test_shells_and_awks(bench, shell):
    """Every shell and awk that are here say the same."""
    shell, awk = (words.split() for words in SHELLS[shell])
    programs = [shutil.which(shell[0]), shutil.which(awk[0])]
    if None in programs:
        pytest.skip("not here: %s, %s" % (shell[0], awk[0]))
    bench.shell = [programs[0], *shell[1:]]
    (bench.bin / "awk").unlink()
    (bench.bin / "awk").write_text('#!/bin/sh\nexec %s "$@"\n' % " ".join([programs[1], *awk[1:]]))
    (bench.bin / "awk").chmod(0o755)
    assert bench.scan(bench.table["clean"]) == set()
    several = next(s for title, s in bench.table["scenes"].items() if title.startswith("several"))
    assert bench.scan(several) == set(several["say"])
    assert bench.scan({"code": UNKNOWN_CODE}) == {"error"}
