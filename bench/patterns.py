#!/usr/bin/python3
"""Sixteen hundred patterns over a text of 1 MB: the condition `bodytext`, grep -F -f and ripgrep.

    bench/patterns.py [--rounds N] [--patterns N]

The patterns are strings of 8 to 24 letters, none of which is in the text (words in lines of 72). Each is
run with all patterns and with one, in turns; medians in milliseconds, and the difference, which is what
the patterns cost: reading their file, building, and searching. For qmvc that is a mail with the text as
its body; nothing is built before or kept. ignorecase is a separate row, as grep -i and rg -i are.
"""
import pathlib
import random
import shutil
import statistics
import sys
import tempfile

import setting

SIZE = 1000 * 1000
PEERS = ("grep", ["grep", "-cF"], "grep"), ("rg", ["rg", "-cF"], "ripgrep")
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def text():
    rnd = random.Random(7)
    words = ["".join(rnd.choices(LETTERS, weights=range(26, 0, -1), k=rnd.randint(2, 11))) for _ in range(3000)]
    flat = " ".join(rnd.choices(words, k=SIZE // 6))
    return "".join(flat[i:i + 72] + "\n" for i in range(0, len(flat), 72))[:SIZE].encode()


def patterns(count, body):
    rnd = random.Random(8)
    found = []
    while len(found) < count:
        word = "".join(rnd.choices(LETTERS, weights=range(26, 0, -1), k=rnd.randint(8, 24)))
        if word.encode() not in body:
            found.append(word)
    return "".join(word + "\n" for word in found)


def main():
    parser = setting.arguments(__doc__, 21, 2)
    parser.add_argument("--patterns", type=int, default=1600)
    chosen = parser.parse_args()
    import mails
    with tempfile.TemporaryDirectory(prefix="qmvc-bench.") as directory:
        directory = pathlib.Path(directory)
        body = text()
        mail, plain = directory / "mail", directory / "text"
        mail.write_bytes(mails.plain(body))
        plain.write_bytes(body)
        turns = {}
        for count in (chosen.patterns, 1):
            lines = patterns(count, body)
            listed = directory / ("patterns.%d" % count)
            listed.write_text(lines)
            for option, flag in (("", []), (" -i", ["-i"])):
                home = setting.profile(directory / ("home%d%s" % (count, option.strip())), badbodytexts=lines,
                                       filters="bodytext=y;block;;%s\n" % ("ignorecase" if flag else ""))
                turns["qmvc" + option, count] = (setting.qmvc(chosen.build),
                                                 setting.environment(home, chosen.build), mail, 0)
                for name, argv, package in PEERS:
                    if shutil.which(name):
                        turns[name + option, count] = ([*argv, *flag, "-f", str(listed), str(plain)], {
                            "PATH": "/usr/bin:/bin", "LC_ALL": "C"}, "/dev/null", 1)
                    elif count == 1 and not flag:
                        setting.missing(name, package)
        runs = {key: [] for key in turns}
        for turn in range(chosen.rounds + 1):
            for key, (argv, env, path, code) in turns.items():
                done = setting.run(argv, env, path)
                if done.code != code:
                    sys.exit("%s with %d patterns: exit code %d" % (*key, done.code))
                if turn > 0:
                    runs[key].append((done.wall, done.cpu))
        print("%-10s %28s %19s %19s   (median of %d)" % (
            "", "%d patterns" % chosen.patterns, "one", "difference", chosen.rounds))
        print("%-10s %18s" % ("", "ms") + " %9s" * 5 % ("CPU ms", "ms", "CPU ms", "ms", "CPU ms"))
        for name in dict.fromkeys(name for name, _ in turns):
            many, one = setting.medians(runs[name, chosen.patterns]), setting.medians(runs[name, 1])
            pairs = list(zip(runs[name, chosen.patterns], runs[name, 1]))
            difference = [statistics.median(a[i] - b[i] for a, b in pairs) for i in (0, 1)]
            print("%-10s %18.2f" % (name, many[0]) + " %9.2f" * 5 % (many[1], *one, *difference), flush=True)


if __name__ == "__main__":
    main()
