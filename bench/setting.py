"""What the benchmarks share: where things are, the mails, running one program, what a table needs.

Not a program. Importing it makes the end-to-end tests' modules importable (their clamd, their mails).
"""
import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent
sys.path.insert(0, str(SOURCE / "tests" / "e2e"))
sys.dont_write_bytecode = True
os.environ.setdefault("QMVC_SOURCE", str(SOURCE))

MKCORPUS = SOURCE / ".." / "shared" / "mkcorpus.py"
NULL = os.open(os.devnull, os.O_RDWR)
EVERYTHING = ("errors=y;inspect\nsubject=y;block\nbodytext=y;block\nfilename=y;inspect\n"
              "mimetype=y;inspect\nloadertype=y;inspect\noverlimit=y;keep\n")


def arguments(docstring, rounds, quick_rounds=1):
    """The parser of a benchmark: --rounds and --quick, whose --help is the docstring."""
    parser = argparse.ArgumentParser(description=docstring,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("QMVC_BUILD", SOURCE / "build")),
                        help="a build directory (QMVC_BUILD, or build)")
    parser.add_argument("--rounds", type=int, help="default %d" % rounds)
    parser.add_argument("--quick", action="store_true", help="next to nothing: does it still run?")
    parse = parser.parse_args

    def parsed():
        chosen = parse()
        chosen.rounds = chosen.rounds or (quick_rounds if chosen.quick else rounds)
        chosen.build = chosen.build.resolve()
        os.environ["QMVC_BUILD"] = str(chosen.build)    # before the tests' modules are imported
        return chosen

    parser.parse_args = parsed
    return parser


@dataclasses.dataclass
class Run:
    code: int       # the exit code; 128 and the signal's number
    wall: float     # milliseconds
    cpu: float      # milliseconds, those of its children included


def spawn(argv, env, stdin=NULL, stdout=NULL, stderr=NULL):
    actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate((stdin, stdout, stderr))]
    return os.posix_spawnp(argv[0], argv, env, file_actions=actions)


def run(argv, env, path=os.devnull, stdout=NULL):
    """One program from its start to its end; posix_spawn(3) costs no copy of this interpreter."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        started = time.perf_counter()
        _, status, usage = os.wait4(spawn(argv, env, fd, stdout), 0)
        wall = time.perf_counter() - started
    finally:
        os.close(fd)
    code = os.waitstatus_to_exitcode(status)
    return Run(code if code >= 0 else 128 - code, wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000)


class Mails:
    """mkcorpus.py's mails, or those of a directory, with the kinds of its manifest.json."""

    def __init__(self, directory, made_in, count=400):
        if directory is None:
            if not MKCORPUS.exists():
                sys.exit("%s is not there: name a directory of *.eml" % MKCORPUS)
            directory = made_in / "mails"
            subprocess.run([sys.executable, str(MKCORPUS), str(directory), "--n", str(count)], check=True,
                           stdout=subprocess.DEVNULL)
        self.paths = sorted(directory.glob("*.eml"))
        if not self.paths:
            sys.exit("no *.eml in %s" % directory)
        manifest = directory / "manifest.json"
        self.kinds = {row[0]: row[1] for row in json.loads(manifest.read_text())} if manifest.exists() else {}

    def kind(self, path):
        return self.kinds.get(path.name, "")


def profile(home, scanners=(), filters=EVERYTHING + "virus=y;block;;quitasap\n", **files):
    """A profile with all conditions on, which find nothing in ordinary mail."""
    control = home / "control"
    control.mkdir(parents=True, exist_ok=True)
    for sample in (SOURCE / "control").iterdir():
        (control / sample.name).write_bytes(sample.read_bytes())
    files = {"filters": filters, "mailheaders": "from=r\n", "badsubjects": "no such subject\n",
             "badbodytexts": "no such text\n", **files}
    if scanners:
        files["scanners"] = "".join(line + "\n" for line in scanners)
    for name, text in files.items():
        (control / name).write_text(text)
    return home


def environment(home, build):
    import dot_qmail
    return dot_qmail.environment("bob@example.net", "a@example.org", home=home, base={
        "PATH": "/usr/bin:/bin", "QMVC_HOME": str(home), "QMVC_LIBEXEC": str(build / "src/helpers"),
        "QMVC_SCANNERS": str(SOURCE / "scanners"), "QMVC_SHIPPED": str(SOURCE)})


def qmvc(build):
    return [str(build / "src" / "programs" / "qmvc")]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def medians(rounds):
    """Of lists of equal length, one a round: the medians at each place."""
    return [statistics.median(values) for values in zip(*rounds)]


def missing(what, package):
    print("%-22s not installed: apt-get install --no-install-recommends %s" % (what, package), flush=True)
