"""Dr.Web for UNIX: drweb-ctl, whose exit code is 0 whatever it has found."""


def summary(scanned="{count}", errors=0, threats=0):
    return ["Scanned objects: %s, scan errors: %s, threats found: %s, threats neutralized: 0."
            % (scanned, errors, threats), "Scanned 0.07 KB in 0.08 s with speed 0.80 KB/s."]


EICAR = "EICAR Test File (NOT a Virus!)"
ENGINE = {
    "program": "/opt/drweb.com/bin/drweb-ctl",
    "arguments": ["scan", "{dir}"],
    "account": "count",
    "clean": {"code": 0, "out": summary()},
    "fewer": {"code": 0, "out": summary(3)},
    "codes": {0: "clean", **{code: "error" for code in range(1, 32)}},
    "scenes": {
        "infected": {
            "code": 0, "out": ["{1} - infected with " + EICAR, *summary(threats=1)],
            "say": ["infected 1 " + EICAR]},
        "several": {
            "code": 0, "out": ["{1} - infected with " + EICAR,
                               "{2}/x.exe - infected with Trojan.A", *summary(9, threats=2)],
            "say": ["infected 1 " + EICAR, "infected 2 Trojan.A"]},
        "infected, by the summary only": {
            "code": 0, "out": summary(threats=2), "say": ["infected - unnamed, 2 threats found"]},
        "infected, and an exit code that is an error": {
            "code": 9, "out": ["{1} - infected with A", *summary(threats=1)],
            "say": ["infected 1 A", "error"]},
        "suspicious": {
            "code": 0, "out": ["{1} - probably infected with DLOADER.Trojan", *summary(threats=1)],
            "say": ["error", "infected - unnamed, 1 threats found"]},
        "an error, and exit code 0": {"code": 0, "out": summary(errors=1), "say": ["error"]},
        "an error, and its line": {
            "code": 0, "out": ["{1} - Read error", *summary(errors=1)], "say": ["error"]},
        "encrypted": {
            "code": 0, "out": ["{1} - Password protected", *summary(errors=1)],
            "say": ["encrypted 1 Password protected"]},
        "encrypted, and an error that is not told": {
            "code": 0, "out": ["{1} - Password protected", *summary(errors=2)],
            "say": ["encrypted 1 Password protected", "error"]},
        "beyond a limit": {
            "code": 0, "out": ["{1} - File size too big", "{2} - Archive nesting level limit reached",
                               *summary(errors=2)],
            "say": ["limit 1 File size too big", "limit 2 Archive nesting level limit reached"]},
        "a line for every file": {
            "code": 0, "out": ["{each} - Ok", *summary()], "say": []},
        "Ok, but not exactly": {"code": 0, "out": ["{1} - Okay", *summary()], "say": ["error"]},
        "a summary of another form": {
            "code": 0, "out": ["Scanned objects: {count}, threats found: 0."], "say": ["error"]},
        "licence expired": {"code": 9, "err": ["The license has expired"], "say": ["error"]},
        "a member's name of two lines": {
            "code": 0, "out": ["{1} - infected with A", "{2}/a", "b - infected with B",
                               *summary(threats=2)],
            "say": ["infected 1 A", "infected - unnamed, 2 threats found"]},
        "a hostile member's name": {
            "code": 0, "out": ["{1}/a - Ok - infected with A", "{2}/b - Ok - Password protected",
                               *summary(errors=1, threats=1)],
            "say": ["infected 1 A", "encrypted 2 Password protected"]},
        "a member's name that plays the summary": {
            "code": 0, "out": ["{1}/x", *summary(99), " - Read error", *summary(errors=1)],
            "say": ["error"]},
    },
    "versions": [{
        "arguments": ["baseinfo"], "code": 0,
        "out": ["Core engine version: 7.00.47.04280",
                "Virus database timestamp: 2020-Aug-11 18:40:16", "Virus records: 9118543"],
        "say": ["engine Dr.Web, engine 7.00.47.04280", "patterns 2020-Aug-11 18:40:16",
                "date 2020-08-11T18:40:16Z"],
    }],
    "update": None,
}
