"""The fixtures of the end-to-end tests serve here too: the built programs, a profile, a real clamd."""
import ctypes
import importlib.util
import pathlib
import sys

import pytest

END_TO_END = pathlib.Path(__file__).parents[1] / "e2e"
sys.path.insert(0, str(END_TO_END))

_spec = importlib.util.spec_from_file_location("e2e_conftest", END_TO_END / "conftest.py")
e2e = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(e2e)

BUILD, SOURCE = e2e.BUILD, e2e.SOURCE  # for what the tests import from there
pytest_configure, pytest_unconfigure = e2e.pytest_configure, e2e.pytest_unconfigure
clamd, signatures, plugin, profile = e2e.clamd, e2e.signatures, e2e.plugin, e2e.profile

PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture(autouse=True, scope="module")
def subreaper():
    """Whoever is left behind by a delivery becomes our child, and so is seen."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
