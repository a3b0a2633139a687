"""Sophos Protection for Linux: avscanner."""
SCAN = ["--scan-archives", "--log-level", "warn"]
ENGINE = {
    "program": "/opt/sophos-spl/plugins/av/bin/avscanner",
    "arguments": ["{dir}", *SCAN],
    "account": "code",
    "clean": {"code": 0},
    "codes": {0: "clean", 2: "error", 8: "error", 16: "encrypted", 24: "infected", 36: "error",
              40: "error", 41: "error"},
    "scenes": {
        "infected": {
            "code": 24, "out": ['[12:00:00] WARN   Detected "{1}" is infected with EICAR-AV-Test '
                                "(On Demand)"],
            "say": ["infected 1 EICAR-AV-Test"]},
        "several": {
            "code": 24, "out": ['WARN Detected "{1}/eicar.com" is infected with EICAR-AV-Test '
                                "(On Demand)",
                                'WARN Detected "{2}" is infected with Troj/A-B (On Demand)'],
            "say": ["infected 1 EICAR-AV-Test", "infected 2 Troj/A-B"]},
        "a line of another form": {
            "code": 24, "out": ["WARN Detected Troj/A"], "say": ["infected - Troj/A"]},
        "infected, by its exit code only": {
            "code": 24, "say": ["infected - unnamed, exit code 24"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": ['WARN Detected "{1}" is infected with A'], "say": ["infected 1 A"]},
        "encrypted": {
            "code": 16, "err": ["ERROR Failed to scan {1}/a as b.xlsx as it is password protected"],
            "say": ["encrypted 1 it is password protected"]},
        "corrupt": {
            "code": 16, "err": ["ERROR Failed to scan {1} as it is corrupted"],
            "say": ["limit 1 it is corrupted"]},
        "not scanned for another reason": {
            "code": 36, "err": ["ERROR Failed to scan {1} as it could not be read"],
            "say": ["error"]},
        "encrypted, by its exit code only": {
            "code": 16, "say": ["encrypted - protected by a password, exit code 16"]},
        "suspicious": {
            "code": 24, "out": ['WARN Detected "{1}" is infected with ML/PE-A (On Demand)'],
            "say": ["infected 1 ML/PE-A"]},
        "an error beside an infection": {
            "code": 24, "out": ['WARN Detected "{1}" is infected with A', "ERROR Failed to scan {2}"],
            "say": ["infected 1 A", "error"]},
        "an error that the exit code does not tell": {
            "code": 0, "err": ["ERROR Failed to scan {1}"], "say": ["error"]},
        "found and taken away": {
            "code": 24, "tamper": "delete", "out": ['WARN Detected "{1}" is infected with A'],
            "say": ["infected 1 A", "error"]},
        "licence expired": {"code": 36, "err": ["ERROR The license has expired"], "say": ["error"]},
        "a hostile member's name": {
            "code": 24, "out": ['WARN Detected "{1}/OK" is infected with no" is infected with A'],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["{probe}", *SCAN], "code": 24,
        "out": ['WARN Detected "{1}" is infected with EICAR-AV-Test (On Demand)'],
        "say": ["engine Sophos Protection for Linux"],
    }],
    "update": None,
}
