"""The plug-ins, with stand-ins for their engines, as qmvc and scanners(8) run them."""
import re

import mails
from conftest import processes_with
from plugin_bench import NAMES, Bench, bench, each  # noqa: F401
from tools import Tools


def command(bench, kind):
    """The shell command that runs a plug-in in the environment of the test."""
    environment = {"PATH": "%s:$PATH" % bench.bin, "QMVC_ROOT": bench.root,
                   **bench.table.get("set", {})}
    words = ['%s="%s"' % item for item in environment.items()]
    return '%s exec "%s/%s_%s" "$@"' % (" ".join(words), bench.plugins, kind, bench.name)


def wrapper(bench, plugin):
    """What an administrator would write: the plug-in with an environment of his own."""
    return plugin(command(bench, "av"))


@each
def test_hangs(bench, profile, plugin):
    """Through qmvc: a scanner that neither ends nor closes its output, a child of it neither."""
    bench.install({**bench.table["clean"], "hang": True})
    profile.filters("virus=y;keep;;quitasap").scanners(
        "%s;P;Plug-in;;timeout=1" % wrapper(bench, plugin))
    result = profile.deliver(mails.plain())
    assert result.command_codes == [111], result.text
    assert profile.last()["scan.P"].startswith("timeout:")
    assert processes_with(bench.root) == []


@each
def test_leaves_a_child(bench, profile, plugin):
    """An engine that starts its daemon, which keeps the output open, has answered nevertheless."""
    bench.install({**bench.table["clean"], "child": True})
    profile.filters("virus=y;keep;;quitasap").scanners("%s;P;Plug-in;" % wrapper(bench, plugin))
    assert profile.deliver(mails.plain()).command_codes == [0]
    assert profile.last()["scan.P"].startswith("clean:")
    assert processes_with(bench.root) == []


@each
def test_delivery(bench, profile, plugin):
    """Through qmvc: clean goes through, infected is kept, anything else is tried again."""
    profile.filters("virus=y;keep;;quitasap").scanners("%s;P;Plug-in;" % wrapper(bench, plugin))
    message = mails.multipart(mails.part(b"x"), mails.part(b"y"))
    for scene, code, verdict in ((bench.table["clean"], 0, "clean"),
                                 (bench.table["scenes"]["infected"], 99, "infected"),
                                 ({"code": 77}, 111, "error")):
        bench.install(scene)
        result = profile.deliver(message)
        assert result.command_codes == [code], result.text
        assert profile.last()["scan.P"].split(":")[0] == verdict


def test_scanners_program(tmp_path, profile):
    """On a host with every engine, scanners(8) takes the cheapest of four makers and names the rest."""
    tools = Tools(profile, tmp_path / "plugins")
    for name in NAMES:
        (tmp_path / name).mkdir()
        bench = Bench(tmp_path / name, name)
        scene = bench.table["versions"][0]
        bench.write(scene.get("files", {}))
        for program, other in {**scene.get("programs", {}), bench.table["program"]: scene}.items():
            bench.install(other, program)
        tools.plugin(name, command(bench, "check"))
    text = tools.find().stdout
    lines = [line for line in text.splitlines() if re.match(r"#?[a-z0-9-]+;", line)]
    active = [line.split(";")[0] for line in lines if line[0] != "#"]
    assert active == ["clamdscan", "fsav", "avscanner", "odscan"]
    others = {line[1:].split(";")[0] for line in lines if line[0] == "#"}
    assert others == set(NAMES) - set(active)
    for name in others & {"cls", "sweep", "savscan", "clamscan"}:
        above = text[:text.index("\n#%s;" % name)].splitlines()[-1]
        assert "The same engine as" in above, name
