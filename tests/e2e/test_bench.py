"""The benchmarks still run: each with next to nothing to do, and only around what is installed."""
import os
import subprocess
import sys

import pytest

from conftest import BUILD, SOURCE

QUICK = {
    "latency.py": ["--no-peers"], "throughput.py": ["--no-peers"], "startup.py": [],
    "patterns.py": ["--patterns", "100"],
    "concurrency.py": [], "growth.py": ["size", "scanners"], "unpacking.py": [],
    "load.py": ["--seconds", "1", "--at-once", "3"],
}


@pytest.mark.parametrize("script", QUICK)
def test_still_runs(script, tmp_path):
    mails = SOURCE / ".." / "shared" / "mkcorpus.py"
    if script in ("latency.py", "throughput.py", "load.py") and not mails.exists():
        pytest.skip("no mkcorpus.py to make mails with")
    done = subprocess.run(
        [sys.executable, str(SOURCE / "bench" / script), "--quick", *QUICK[script]], text=True,
        env={**os.environ, "QMVC_BUILD": str(BUILD), "TMPDIR": str(tmp_path)}, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    assert "qmvc" in done.stdout
    assert list(tmp_path.iterdir()) == [], "left by " + script
