"""Kaspersky Endpoint Security for Linux: kesl-control, whose exit code is 0 whatever it has found."""


def counters(scanned="{count}", detected=0, errors=0, protected=0, skipped=0):
    return ["Scanned objects                     : %s" % scanned,
            "Total detected objects              : %s" % detected,
            "Scan errors                         : %s" % errors,
            "Password-protected objects          : %s" % protected,
            "Skipped                             : %s" % skipped]


FOUND = ["infected - unnamed, 1 detected"]
ENGINE = {
    "program": "/opt/kaspersky/kesl/bin/kesl-control",
    "arguments": ["--scan-file", "{dir}", "--action", "Skip"],
    "account": "count",
    "clean": {"code": 0, "out": counters()},
    "fewer": {"code": 0, "out": counters(3)},
    "codes": {0: "clean", **{code: "error" for code in (1, 2, 64, 65, 66, 67, 68, 128)}},
    "scenes": {
        "infected": {"code": 0, "out": counters(detected=1), "say": FOUND},
        "several": {
            "code": 0, "out": counters(detected=12), "say": ["infected - unnamed, 12 detected"]},
        "infected, and an exit code that is an error": {
            "code": 65, "out": counters(detected=1), "say": [*FOUND, "error"]},
        "an error, and exit code 0": {"code": 0, "out": counters(errors=1), "say": ["error"]},
        "encrypted": {
            "code": 0, "out": counters(protected=2),
            "say": ["encrypted - 2 protected by a password"]},
        "encrypted and infected": {
            "code": 0, "out": counters(protected=1, detected=1),
            "say": [*FOUND, "encrypted - 1 protected by a password"]},
        "skipped": {"code": 0, "out": counters(skipped=1), "say": ["error"]},
        "suspicious": {"code": 0, "out": counters(detected=1), "say": FOUND},
        **{"nothing said of " + line.split("  ")[0].lower(): {
            "code": 0, "out": [other for other in counters() if other != line], "say": ["error"]}
            for line in counters()},
        "no number": {"code": 0, "out": counters(detected="none"), "say": ["error"]},
        "half a number": {"code": 0, "out": counters(detected="0 of 1"), "say": ["error"]},
        "an error that no counter tells": {
            "code": 0, "out": counters(), "err": ["Cannot connect to the service"],
            "say": ["error"]},
        "nothing scanned": {"code": 0, "out": counters(0), "say": ["error"]},
        "licence expired": {"code": 67, "err": ["The license has expired"], "say": ["error"]},
        "a hostile member's name": {
            "code": 0, "out": ["{1}/Total detected objects : 0", *counters(detected=1)],
            "say": FOUND},
    },
    "versions": [{
        "arguments": ["-L", "--query"], "code": 77,
        "when": {
            "-S": {"code": 0, "out": ["Name: Kaspersky Endpoint Security", "Version: 11.2.0.4528"]},
            "--get-stat": {"code": 0,
                           "out": ["Current AV databases date: 2026-11-22 09:00:00"]},
            "-L": {"code": 0, "out": ["Key status                    : Valid"]}},
        "say": ["engine Kaspersky Endpoint Security 11.2.0.4528", "patterns 2026-11-22 09:00:00",
                "date 2026-11-22T09:00:00Z"],
    }, {
        "arguments": ["-L", "--query"], "code": 77,
        "when": {
            "-S": {"code": 0, "out": ["something else"]},
            "--get-stat": {"code": 1},
            "-L": {"code": 0, "out": ["Key status                    : Expired"]}},
        "exit": 1,
        "say": ["engine Kaspersky Endpoint Security", "error licence: Expired"],
    }],
    "update": {"program": "/opt/kaspersky/kesl/bin/kesl-control",
               "arguments": ["--start-task", "6"]},
}
