"""Whoever is left behind by a delivery: it becomes our child (conftest.py), and so is seen."""
import contextlib
import os
import pathlib
import signal
import time

from conftest import e2e


def children():
    return set(pathlib.Path("/proc/self/task/%d/children" % os.getpid()).read_text().split())


def left_alive(before, stays=lambda: ()):
    """The processes that are still there a second after the delivery. The dead are reaped.

    stays: the numbers of those that are to stay."""
    deadline = time.monotonic() + 1
    while True:
        alive = children() - before
        for pid in sorted(alive):
            if os.waitpid(int(pid), os.WNOHANG)[0]:
                alive.discard(pid)
        alive -= {str(pid) for pid in stays()}
        if not alive or time.monotonic() > deadline:
            return sorted(alive)
        time.sleep(0.01)


def end_residents(profile):
    """At once."""
    for pid in e2e.pids_with(b"qmvc-clamav\0-", profile.home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    e2e.wait_until(lambda: not e2e.pids_with(b"qmvc-clamav\0-", profile.home))
