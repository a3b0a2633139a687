"""Our reading of mails against what other mail readers extract from them.

consensus.json lists, for each mail of the corpus, the leaves (CRLF to LF, trailing newlines off,
SHA-256) that at least four of eight parsers agree on; the score is how many of them we give. The
parsers at hand (GMime, Python's email) are asked as well. mime_dump does the reading.
"""
import collections
import email
import hashlib
import json
import subprocess
import sys

import pytest

from conftest import BUILD, CORPUS

MIME_DUMP = BUILD / "tests" / "tools" / "mime_dump"
GOAL = 0.97

# Every mail in which an agreed leaf is missing, and why that is meant to be so.
EXPLAINED = {
    "james-mime4j/testmsgs/basic-plain-with-bad-header-separator.msg":
        "header and body are separated by a line with a blank in it; six parsers pass over the "
        "first paragraph as if it were header, we give it as part of the body: the larger of the "
        "two, so that nothing that somebody shows goes unseen",
}

# The ambiguous mails whose hidden EICAR no part of the principal reading has, and why: the
# principal reading follows the majority, the others are for further readings to find.
AMBIGUOUS = {
    "z03": "no EICAR in it",
    "a07": "first word counts: 7bit", "a12": "no such encoding", "a22": "folded into another field",
    "a23": "not that field's name", "a24": "not that field's name", "a30": "no encoding given",
    "a32": "first type counts: text/plain", "a37": "first type counts: text/plain",
    "b30": "preamble", "b38": "a bare CR ends no line", "b70": "a delimiter with junk is text",
    "d01a": "first boundary counts", "d02a": "first type counts",
    "d03b": "Content-Disposition has no boundary", "d04b": "the quoted boundary has a semicolon",
    "d05a": "the plain boundary counts", "d06a": "the plain boundary counts",
    "d07a": "a boundary is no encoded word", "d08a": "a leading blank belongs to the boundary",
    "d09b": "a quoted pair is resolved", "d30a": "the first blank line ends the header",
    "d33": "the outer boundary ends the inner one",
    "c06": "padding ends base64", "c14": "three characters of the data are missing",
    "c36": "two equal signs are one and a soft line break", "c39": "NULs stay in the text",
    "e19": "an mbox is not taken apart",
    "t01": "UTF-16, for the text rules", "t03": "UTF-7, for the text rules", "t05": "EBCDIC",
}


def normalised(content):
    """The hash of a leaf as consensus.json has it."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def our_leaves(path, directory):
    """The decoded leaves of the mail at `path`."""
    for old in directory.iterdir():
        old.unlink()
    subprocess.run([MIME_DUMP, path, directory], check=True, timeout=60, capture_output=True)
    return [leaf.read_bytes() for leaf in directory.iterdir()]


@pytest.fixture(scope="module")
def consensus():
    path = CORPUS / "expected" / "consensus.json"
    if not path.exists():
        pytest.skip("no %s (set QMVC_CORPUS)" % path)
    return json.loads(path.read_text())["mails"]


@pytest.fixture(scope="module")
def ours(consensus, tmp_path_factory):
    """For each mail the hashes of our leaves."""
    directory = tmp_path_factory.mktemp("leaves")
    return {mail: {normalised(leaf) for leaf in our_leaves(CORPUS / "mail" / mail, directory)}
            for mail in consensus}


def report(capsys, text):
    with capsys.disabled():
        print("\n" + text)


def test_consensus(consensus, ours, capsys):
    agreed = found = 0
    differing = {}
    for mail, expected in consensus.items():
        hashes = {leaf["sha256_norm"] for leaf in expected["agree"]}
        agreed += len(hashes)
        found += len(hashes & ours[mail])
        if not hashes <= ours[mail]:
            differing[mail] = len(hashes - ours[mail])
    report(capsys, "consensus: %d of %d leaves, %.2f %%" % (found, agreed, 100 * found / agreed))
    assert found / agreed >= GOAL
    unexplained = {mail: count for mail, count in differing.items() if mail not in EXPLAINED}
    assert not unexplained
    assert not set(EXPLAINED) - set(differing), "explained, but no longer differing"


def agreement(oracle, consensus, ours):
    """How many leaves `oracle` gives, how many of them we give too, and the mails that differ."""
    given = shared = 0
    differing = collections.Counter()
    for mail in consensus:
        try:
            leaves = oracle((CORPUS / "mail" / mail).read_bytes())
        except (ValueError, LookupError, AttributeError, AssertionError):
            continue  # Python's email gives up on some
        hashes = {normalised(leaf) for leaf in leaves if leaf.strip()}
        given += len(hashes)
        shared += len(hashes & ours[mail])
        if not hashes <= ours[mail]:
            differing[mail] = len(hashes - ours[mail])
    return given, shared, differing


def assert_agreement(name, goal, result, capsys):
    given, shared, differing = result
    report(capsys, "%s: %d of %d leaves, %.2f %%; most differing: %s" % (
        name, shared, given, 100 * shared / given, differing.most_common(3)))
    assert shared / given >= goal


def python_leaves(mail):
    return [part.get_payload(decode=True) or b""
            for part in email.message_from_bytes(mail).walk() if not part.is_multipart()]


def test_python(consensus, ours, capsys):
    assert_agreement("Python's email", 0.93, agreement(python_leaves, consensus, ours), capsys)


def gmime_leaves(gmime):
    gmime.init()

    def walk(node):
        if isinstance(node, gmime.Multipart):
            for i in range(node.get_count()):
                yield from walk(node.get_part(i))
        elif isinstance(node, gmime.MessagePart):
            message = node.get_message()
            if message:
                yield from walk(message.get_mime_part())
        elif isinstance(node, gmime.Part) and node.get_content():
            stream = gmime.StreamMem.new()
            node.get_content().write_to_stream(stream)
            yield bytes(stream.get_byte_array())

    def leaves(mail):
        parser = gmime.Parser.new_with_stream(gmime.StreamMem.new_with_buffer(mail))
        message = parser.construct_message(None)
        return list(walk(message.get_mime_part())) if message else []

    return leaves


def test_gmime(consensus, ours, capsys):
    gi = pytest.importorskip("gi", reason="Debian packages python3-gi, gir1.2-gmime-3.0")
    try:
        gi.require_version("GMime", "3.0")
    except ValueError as missing:
        pytest.skip("%s (Debian package gir1.2-gmime-3.0)" % missing)
    from gi.repository import GMime
    assert_agreement("GMime", 0.95, agreement(gmime_leaves(GMime), consensus, ours), capsys)


def test_ambiguous(tmp_path, capsys):
    """Mails that hide EICAR from one reader or another: what the principal reading gives."""
    generator = CORPUS.parent / "mkambig.py"
    if not generator.exists():
        pytest.skip("no %s" % generator)
    mails, leaves = tmp_path / "mails", tmp_path / "leaves"
    leaves.mkdir()
    subprocess.run([sys.executable, generator, mails], check=True, capture_output=True, timeout=60)
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7" + b"CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    exact, contained, missing = 0, 0, set()
    names = [item["id"] for item in json.loads((mails / "index.json").read_text())]
    for name in names:
        found = our_leaves(mails / (name + ".eml"), leaves)
        exact += any(normalised(leaf) == normalised(eicar) for leaf in found)
        if any(eicar in leaf for leaf in found):
            contained += 1
        else:
            missing.add(name)
    report(capsys, "ambiguous mails: %d, EICAR exactly in %d, contained in %d" % (
        len(names), exact, contained))
    assert missing == set(AMBIGUOUS)
