"""ClamAV's clamscan; test_scanners_real.py runs the real one."""
LINES = ["{rest}: OK"]
ENGINE = {
    "program": "/usr/bin/clamscan",
    "arguments": ["-r", "--stdout", "--no-summary", "--alert-encrypted=yes",
                  "--alert-exceeds-max=yes", "--allmatch=yes", "--tempdir={scratch}", "{dir}"],
    "account": "lines",
    "clean": {"code": 0, "out": ["{0}: Empty file", *LINES]},
    "fewer": {"code": 0, "out": ["{0}: OK", "{1}: OK", "{2}: OK"]},
    "codes": {0: "clean", 1: "error", 2: "error", 40: "error"},
    "scenes": {
        "infected": {
            "code": 1, "out": ["{1}: Win.Test.EICAR_HDB-1 FOUND", *LINES],
            "say": ["infected 1 Win.Test.EICAR_HDB-1"]},
        "several": {
            "code": 1, "out": ["{1}: Win.Test.EICAR_HDB-1 FOUND", "{1}: Other.UNOFFICIAL FOUND",
                               "{2}: Third FOUND", *LINES],
            "say": ["infected 1 Win.Test.EICAR_HDB-1", "infected 1 Other.UNOFFICIAL",
                    "infected 2 Third"]},
        "encrypted": {
            "code": 1, "out": ["{1}: Heuristics.Encrypted.Zip FOUND", *LINES],
            "say": ["encrypted 1 Heuristics.Encrypted.Zip"]},
        "beyond a limit": {
            "code": 1, "out": ["{1}: Heuristics.Limits.Exceeded.MaxFileSize FOUND", *LINES],
            "say": ["limit 1 Heuristics.Limits.Exceeded.MaxFileSize"]},
        "a limit without a name": {
            "code": 1, "out": ["{1}: (null) FOUND", *LINES], "say": ["limit 1 (null)"]},
        "suspicious": {
            "code": 1, "out": ["{1}: Heuristics.Phishing.Email FOUND", "{2}: PUA.Win.Tool FOUND",
                               *LINES],
            "say": ["suspicious 1 Heuristics.Phishing.Email", "suspicious 2 PUA.Win.Tool"]},
        "unreadable": {
            "code": 2, "out": ["{1}: Access denied", *LINES], "say": ["error"]},
        "unreadable, and clean all the same": {
            "code": 0, "out": ["{1}: Access denied. ERROR", "{1}: OK", *LINES], "say": ["error"]},
        "a broken part": {
            "code": 2, "out": ["{1}: Can't parse data ERROR", *LINES],
            "say": ["limit 1 Can't parse data ERROR"]},
        "infected beside an error": {
            "code": 1, "out": ["{1}: Virus FOUND", "{2}: Access denied", *LINES],
            "say": ["infected 1 Virus", "error"]},
        "no signatures": {
            "code": 2, "out": ["ERROR: Can't open file or directory"],
            "err": ["LibClamAV Error: cli_loaddbdir: No supported database files found in /x"],
            "say": ["error"]},
        "old signatures": {
            "code": 0, "out": ["{each}: OK"],
            "err": ["LibClamAV Warning: ****************************************",
                    "LibClamAV Warning: ***  The virus database is older than 7 days!  ***"],
            "say": []},
        "no memory": {"code": 2, "out": ["ERROR: Can't allocate memory"], "say": ["error"]},
        "names like answers": {
            "code": 1, "out": ["{1}: x: OK FOUND", "{2}: FOUND FOUND", *LINES],
            "say": ["infected 1 x: OK", "infected 2 FOUND"]},
        "an answer about another file": {
            "code": 0, "out": ["{each}: OK", "{0}0: OK"], "say": ["error"]},
        "a link": {"code": 0, "out": ["{1}: Symbolic link", *LINES], "say": ["error"]},
        "excluded": {"code": 0, "out": ["{1}: Excluded", *LINES], "say": ["error"]},
        "OK, but not exactly": {"code": 0, "out": ["{1}: OK?", *LINES], "say": ["error"]},
    },
    "versions": [{
        "arguments": ["--database={root}/var/lib/clamav", "--version"], "code": 0,
        "files": {"/var/lib/clamav/daily.cvd": ""},
        "out": ["ClamAV 1.4.6/27000/Sun Nov 22 09:00:00 2026"],
        "say": ["engine ClamAV 1.4.6", "patterns 27000", "date 2026-11-22T09:00:00Z"],
    }, {
        "arguments": ["--database={root}/var/lib/clamav", "--version"], "code": 0,
        "files": {"/var/lib/clamav/own.ndb": ""},
        "out": ["ClamAV 1.4.6"], "say": ["engine ClamAV 1.4.6"],
    }, {
        "arguments": ["--database={root}/var/lib/clamav", "--version"], "code": 0,
        "out": ["ClamAV 1.4.6"], "exit": 1,
        "say": ["engine ClamAV 1.4.6", "error no signatures in {root}/var/lib/clamav: run freshclam"],
    }],
    "update": {"program": "/usr/bin/freshclam", "arguments": ["--stdout"]},
}
