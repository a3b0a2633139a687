"""Every archive of the corpus, each in a mail of its own: what is made of it is in archive_corpus.tsv.

A line has how it ended, the number of members of all layers, and the file. "clean" means that nothing
stood in the way: a text beside the archives has no members and is clean too.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess

import mails
from conftest import QMVC, wait_until

TABLE = pathlib.Path(__file__).with_name("archive_corpus.tsv")
SANITIZED = "ASAN_OPTIONS" in os.environ
LIMITS = ("bytes=50M", "members=1000")
# libarchive goes round in these, until their time is up.
ENDLESS = {"libarchive/test_read_format_xar_doublelink.xar"}

WORDS = {"encrypted": "encrypted", "could not be opened within the limits": "overlimit",
         "nested deeper than limits allow": "overlimit", "more members than limits allow": "overlimit",
         "more unpacked bytes than limits allow": "overlimit",
         "packed more tightly than limits allow": "overlimit",
         "takes longer to open than limits allow": "overlimit", "damaged": "damaged",
         "packed in a way that cannot be read": "unsupported"}


def explained(profile, path):
    """(outcome, members), or what went wrong."""
    mail = mails.multipart(mails.part(path.read_bytes(), name=b"a.bin"))
    done = subprocess.run([QMVC, "-x", "--json"], input=mail, capture_output=True, timeout=60,
                          env=dict(profile.environment, HOME=str(profile.user_home)))
    if done.returncode or done.stderr:
        return done.stderr.decode(errors="replace"), done.returncode
    told = json.loads(done.stdout)
    members = [p for p in told["parts"] if p["origin"] == "member"]
    words = {WORDS[r] for p in told["parts"] for r in p["remarks"] if r in WORDS}
    met = {c["name"] for c in told["conditions"] if c["met"]}
    if words & {"encrypted", "overlimit"} != met:
        return "met %s, but the parts say %s" % (sorted(met), sorted(words)), len(members)
    return "+".join(sorted(words)) or "clean", len(members)


def read_table():
    table = {}
    for line in TABLE.read_text().splitlines():
        outcome, members, name = line.split("\t")
        table[name] = outcome, int(members)
    return table


def test_corpus(profile, corpus):
    profile.filters("encrypted=y;keep", "filename=y;inspect").control("badfilenames", "nothing")
    root, table = corpus / "archives", read_table()
    files = {str(p.relative_to(root)): p for p in sorted(root.rglob("*")) if p.is_file()}
    assert set(files) == set(table), set(files) ^ set(table)
    profile.control("limits", "seconds=1", *LIMITS)
    got = {name: explained(profile, files[name]) for name in ENDLESS}
    profile.control("limits", "seconds=30", *LIMITS)
    names = [name for name in files if name not in ENDLESS][::5 if SANITIZED else 1]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        got.update(zip(names, pool.map(lambda name: explained(profile, files[name]), names)))
    wrong = ["%s\t%d\t%s" % (*got[name], name) for name in got if got[name] != table[name]]
    assert not wrong, "these are different now:\n" + "\n".join(wrong)
    assert profile.leftovers() == []
    wait_until(lambda: not [p for p in pathlib.Path("/proc").glob("[0-9]*/environ")
                            if holds(p, profile.home)])


def holds(environ, home):
    try:
        return os.fsencode(str(home)) in environ.read_bytes()
    except OSError:
        return False
