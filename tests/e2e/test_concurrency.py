"""Four scanners at once, and the losers cancelled as soon as the answer is known.

Order is shown by what the scanners themselves write down; no wall-clock figure is asserted but the
sum of sleeps that one after the other would take, many times over.
"""
import mails
from conftest import processes_with

SLEEPS = {"A": "0.05", "B": "0.1", "C": "0.2", "D": "0.4"}


def scanners(plugin, tmp_path, infected=None, sleeps=None, together=False):
    """With `together` each waits for all four to have started: one after the other would never end."""
    lines = []
    barrier = "until [ $(grep -c start '%s/order') = 4 ]; do sleep 0.01; done" % tmp_path
    for initial, seconds in (sleeps or SLEEPS).items():
        finding = "printf 'infected\\tFake-Virus\\t0000\\n'; exit 1" if initial == infected else "exit 0"
        path = plugin('echo "start %s" >>"%s/order"; %s; sleep %s; echo "end %s" >>"%s/order"; %s' % (
            initial, tmp_path, barrier if together else ":", seconds, initial, tmp_path, finding))
        lines.append("%s;%s;Fake %s;;timeout=30" % (path, initial, initial))
    return lines


def test_all_run_at_once(profile, plugin, tmp_path):
    profile.filters("virus=y;keep").scanners(*scanners(plugin, tmp_path, together=True))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [0], result.text
    order = (tmp_path / "order").read_text().splitlines()
    assert sorted(order[:4]) == ["start A", "start B", "start C", "start D"], order
    entry = profile.last()
    times = {i: float(entry["scan." + i].split(":")[1]) for i in SLEEPS}
    assert all(entry["scan." + i].startswith("clean:") for i in SLEEPS)
    assert all(times[i] >= 1000 * float(SLEEPS[i]) for i in SLEEPS)
    assert float(entry["time.scan"]) < sum(times.values()), "not one after the other"


def test_quitasap_cancels_the_rest(profile, plugin, tmp_path):
    """The losers sleep far longer than the test may take: only a cancel can end them."""
    profile.filters("virus=y;keep;;quitasap")
    profile.scanners(*scanners(plugin, tmp_path, infected="A", together=True,
                               sleeps={"A": "0.05", "B": "25", "C": "26", "D": "27"}))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [99], result.text
    entry = profile.last()
    assert entry["scan.A"].startswith("infected:")
    for initial in "BCD":
        verdict, milliseconds = entry["scan." + initial].split(":")
        assert verdict == "cancelled" and float(milliseconds) > 0, entry
    assert (tmp_path / "order").read_text().count("end") == 1
    assert processes_with(tmp_path / "scanner4") == []


def test_quitasap_with_bounce_all_finish(profile, plugin, tmp_path):
    """A bounce yields to what any of them meets: who is cancelled does not tell."""
    profile.filters("virus=y;bounce;;quitasap")
    profile.scanners(*scanners(plugin, tmp_path, infected="A"))
    assert profile.deliver(mails.plain()).command_codes == [100]
    entry = profile.last()
    assert [entry["scan." + i].split(":")[0] for i in "ABCD"] == ["infected"] + ["clean"] * 3


def test_without_quitasap_all_finish(profile, plugin, tmp_path):
    profile.filters("virus=y;keep")
    profile.scanners(*scanners(plugin, tmp_path, infected="A"))
    assert profile.deliver(mails.plain()).command_codes == [99]
    entry = profile.last()
    assert [entry["scan." + i].split(":")[0] for i in "ABCD"] == ["infected"] + ["clean"] * 3


def test_one_after_the_other(profile, plugin, tmp_path):
    profile.filters("virus=y;keep;;quitasap")
    profile.scanners("mode=sequential", *scanners(plugin, tmp_path, infected="B"))
    assert profile.deliver(mails.plain()).command_codes == [99]
    assert (tmp_path / "order").read_text().split("\n")[:4] == [
        "start A", "end A", "start B", "end B"]
    entry = profile.last()
    assert entry["scan.A"].startswith("clean:") and entry["scan.B"].startswith("infected:")
    assert "start C" not in (tmp_path / "order").read_text()


def test_whitelisted_names_do_not_count(profile, plugin, tmp_path):
    profile.filters("virus=y;keep;;quitasap").control("whitelist", "Fake-*")
    profile.scanners(*scanners(plugin, tmp_path, infected="A"))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [0], result.text
