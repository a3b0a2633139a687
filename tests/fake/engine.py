"""Plays the program of a scan engine: prints what its documentation says, and exits as it would.

	engine.py SCENARIO [ARGUMENT...]

SCENARIO is a JSON file with one play for each name the engine's programs have; see play(). What the
program was given (arguments, standard input, environment) is kept beside it, in SCENARIO.given.
"""
import json
import os
import pathlib
import signal
import sys
import time


def parts_of(arguments):
    """The files to scan: those of the directory that was named, or the ones that were."""
    for argument in reversed(arguments):
        name = argument.partition("=")[2] if argument.startswith("--file-list=") else argument
        path = pathlib.Path(name)
        if name != argument:
            return [pathlib.Path(line) for line in path.read_text().splitlines()]
        if path.is_absolute() and path.is_dir():
            return sorted(path.iterdir())
    return [pathlib.Path(a) for a in arguments if a.startswith("/")]


def text_of(lines, parts):
    """The lines with {0}, {1} ... for the parts, {dir}, {count}; a line with {each} is said of every
    part, one with {rest} of every part that no other line names."""
    made = []
    named = {i for line in lines for i in range(len(parts)) if "{%d}" % i in line}
    for line in lines:
        of = range(len(parts)) if "{each}" in line else None
        if "{rest}" in line:
            of = [i for i in range(len(parts)) if i not in named]
        for i in [None] if of is None else of:
            said = line.replace("{count}", str(len(parts)))
            said = said.replace("{dir}", str(parts[0].parent) if parts else "?")
            if i is not None:
                said = said.replace("{each}", str(parts[i])).replace("{rest}", str(parts[i]))
            for k, part in enumerate(parts):
                said = said.replace("{%d}" % k, str(part))
            made.append(said)
    return "".join(line + "\n" for line in made).encode("latin-1")


def tamper(how, parts):
    """What protection on access, or a careless engine, does to the files."""
    part = parts[-1]
    if how == "delete":
        part.unlink()
    elif how == "chmod":
        part.chmod(0)
    elif how == "modify":
        data = bytearray(part.read_bytes())
        data[0] ^= 1
        time.sleep(0.02)  # the clock of the file system is a coarse one
        part.write_bytes(data)
    elif how == "create":
        before = part.parent.stat()
        (part.parent / "report.txt").write_text("x")
        for path in (part.parent / "report.txt", part.parent):
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def play(scene, arguments):
    """A scene: out, err: lines; raw: bytes put before the lines, as latin-1; cut: without the last
    newline; code; signal; tamper: see there; hang: as a child does that keeps the output open; child:
    such a one is left; flood: so many bytes before all else."""
    parts = parts_of(arguments)
    out = text_of(scene.get("out", []), parts)
    err = text_of(scene.get("err", []), parts)
    if "tamper" in scene:
        tamper(scene["tamper"], parts)
    if scene.get("flood"):
        lines = (b"%09d nothing that anybody knows, and more\n" % i
                 for i in range(scene["flood"] // 50))
        out = b"".join(lines) + out
    out = scene.get("raw", "").encode("latin-1") + out
    if scene.get("cut"):
        out = out[:-1]
    sys.stdout.buffer.write(out)
    sys.stdout.flush()
    sys.stderr.buffer.write(err)
    sys.stderr.flush()
    if scene.get("hang"):
        if os.fork() == 0:
            os.setsid()
        while True:
            signal.pause()
    if scene.get("child") and os.fork() == 0:
        signal.pause()
    if "signal" in scene:
        os.kill(os.getpid(), scene["signal"])
    os._exit(scene["code"])


def main():
    path = pathlib.Path(sys.argv[1])
    arguments = sys.argv[2:]
    scene = json.loads(path.read_text())
    given = {"arguments": arguments, "stdin": sys.stdin.read(), "environment": dict(os.environ)}
    path.with_suffix(".given").write_text(json.dumps(given))
    for start, other in scene.get("when", {}).items():
        if arguments[:1] == [start]:
            scene = other
            break
    play(scene, arguments)


if __name__ == "__main__":
    main()
