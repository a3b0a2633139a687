"""
A strict reader of OpenMetrics 1.0 text (the OpenMetrics specification, "Text format"), for what we
write: it fails on what a lenient one would let pass.
"""
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?!$)|$)')
SUFFIXES = {"counter": {"_total"}, "gauge": {""}, "histogram": {"_bucket", "_count", "_sum"}}


def read_labels(text):
    labels, at = {}, 0
    while text and at < len(text):
        match = LABEL.match(text, at)
        assert match, text[at:]
        assert match[1] not in labels, text
        labels[match[1]] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[2])
        at = match.end()
    return labels


def check_histogram(name, samples):
    """Buckets ascend and count up to +Inf, which is _count; _sum is there."""
    groups = {}
    for (suffix, labels), value in samples.items():
        rest = tuple(l for l in labels if l[0] != "le")
        groups.setdefault(rest, {"_bucket": []})
        if suffix == "_bucket":
            groups[rest]["_bucket"].append((dict(labels)["le"], value))
        else:
            groups[rest][suffix] = value
    for group in groups.values():
        bounds = [float(bound) for bound, _ in group["_bucket"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, name
        for bound, _ in group["_bucket"]:
            assert bound == "+Inf" or repr(float(bound)) == bound, "not canonical: " + bound
        counts = [count for _, count in group["_bucket"]]
        assert counts == sorted(counts) and counts[-1] == group["_count"], name
        assert group["_sum"] >= 0


def parse(text):
    """{(sample name, frozenset of labels): value}, after every rule has been checked."""
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1
    families, family = {}, None
    for line in text[:-len("# EOF\n")].split("\n")[:-1]:
        assert line == line.strip() and line, repr(line)
        assert all(c == "\\" or c.isprintable() for c in line), repr(line)
        if line.startswith("# "):
            _, kind, name, rest = line.split(" ", 3)
            assert NAME.match(name) and kind in ("TYPE", "UNIT", "HELP"), line
            if family is None or family["name"] != name:
                assert name not in families, "comes twice: " + name
                family = families[name] = {"name": name, "samples": {}}
            assert not family["samples"] and kind not in family, line
            family[kind] = rest
            if kind == "TYPE":
                assert rest in SUFFIXES, line
            if kind == "UNIT":
                assert name.endswith("_" + rest), line
            continue
        match = SAMPLE.match(line)
        assert match and family, line
        name, labels, value = match[1], read_labels(match[2]), float(match[3])
        assert name.startswith(family["name"]), line
        suffix = name[len(family["name"]):]
        assert suffix in SUFFIXES[family["TYPE"]], line
        assert ("le" in labels) == (suffix == "_bucket"), line
        key = (suffix, tuple(labels.items()))
        assert key not in family["samples"] and value >= 0, line
        family["samples"][key] = value
    samples = {}
    for name, family in families.items():
        assert family["TYPE"] and family["HELP"], name
        if family["TYPE"] == "histogram":
            check_histogram(name, family["samples"])
        for (suffix, labels), value in family["samples"].items():
            samples[name + suffix, frozenset(labels)] = value
    return samples
