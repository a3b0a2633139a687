"""Trend Micro's vscan; the form of the summary's numbers is not documented."""
HEAD = ["Virus Scanner v3.1, VSAPI v5.500-0829", "\tPattern version 329", "\tPattern number 46849",
        "Directory {dir}", "\t{each}"]


def summary(scan, infected):
    return ["Searched : 1", "Scan : %s" % scan, "Infected : %s" % infected]


FOUND = "*** Found virus Eicar_test_file in file {1}"
ENGINE = {
    "program": "/etc/iscan/vscan",
    "arguments": ["-za", "-a", "-r", "{dir}"],
    "environment": {"LD_LIBRARY_PATH": "{root}/etc/iscan/lib"},
    "account": "count",
    "clean": {"code": 0, "out": HEAD + summary("{count}", 0)},
    "fewer": {"code": 0, "out": HEAD + summary(3, 0)},
    "codes": {0: "clean", 1: "error", 2: "error"},
    "scenes": {
        "infected": {
            "code": 1, "out": [*HEAD, FOUND, *summary("{count}", 1)],
            "say": ["infected 1 Eicar_test_file"]},
        "several, and exit code 0": {
            "code": 0, "out": [*HEAD, FOUND, "*** Found virus WORM_A.B in file {2}/x.exe",
                               *summary("{count}", 2)],
            "say": ["infected 1 Eicar_test_file", "infected 2 WORM_A.B"]},
        "two, and exit code 2": {
            "code": 2, "out": [*HEAD, FOUND, *summary("{count}", 2)],
            "say": ["infected 1 Eicar_test_file", "infected - unnamed, by the summary"]},
        "told by the summary only": {
            "code": 0, "out": HEAD + summary("{count}", 2),
            "say": ["infected - unnamed, by the summary"]},
        "no summary": {"code": 0, "out": HEAD, "say": ["error"]},
        "half a summary": {
            "code": 0, "out": [*HEAD, "Searched : 1", "Scan : {count}"], "say": ["error"]},
        "a summary without numbers": {
            "code": 0, "out": HEAD + summary("?", "?"), "say": ["error"]},
        "nothing infected of nothing told": {
            "code": 0, "out": [*HEAD, "Infected : 0"], "say": ["error"]},
        "encrypted": {
            "code": 0, "out": [*HEAD, "{1} is encrypted", *summary("{count}", 0)],
            "say": ["encrypted 1  is encrypted"]},
        **{text: {"code": 0, "out": [text, *summary("{count}", 0)], "say": ["error"]} for text in (
            "read pattern failed", "invalid pattern file", "pattern file not found",
            "incorrect pattern format", "read error", "out of memory")},
        "licence expired": {
            "code": 0, "out": ["the licence has expired", *summary("{count}", 0)], "say": ["error"]},
        "a hostile member's name": {
            "code": 1, "out": [*HEAD, "\t{1}/read error Infected : 0",
                               "*** Found virus A in file {1}/OK in file {2}",
                               *summary("{count}", 1)],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["-v"], "code": 0, "out": HEAD[:3],
        "say": ["engine Trend Micro Virus Scanner v3.1, VSAPI v5.500-0829", "patterns 329"],
    }],
    "update": None,
}
