"""ClamAV's clamdscan, asked about each file; test_scanners_real.py runs the real one."""
from engines.clamscan import ENGINE as CLAMSCAN

PING = {"--ping": {"code": 0, "out": ["PONG"]},
        "--version": {"code": 0, "out": ["ClamAV 1.4.6/27000/Sun Nov 22 09:00:00 2026"]}}
PROBE = ["--fdpass", "--stdout", "--no-summary", "{scratch}/encrypted.zip", "{scratch}/oversized"]
ENGINE = {
    **CLAMSCAN,
    "program": "/usr/bin/clamdscan",
    "arguments": ["--fdpass", "--stdout", "--no-summary", "--verbose",
                  "--file-list={scratch}/list"],
    "codes": {0: "clean", 1: "error", 2: "error", 21: "error"},
    "versions": [{
        "arguments": PROBE, "code": 1,
        "when": PING,
        "out": ["/x/encrypted.zip: Heuristics.Encrypted.Zip FOUND",
                "/x/oversized: Heuristics.Limits.Exceeded.MaxFileSize FOUND"],
        "say": ["engine ClamAV 1.4.6", "patterns 27000", "date 2026-11-22T09:00:00Z"],
    }, {
        "arguments": PROBE, "code": 0, "when": PING, "out": ["{each}: OK"],
        "say": ["engine ClamAV 1.4.6", "patterns 27000", "date 2026-11-22T09:00:00Z",
                "warning encrypted content is clean for clamd; in clamd.conf: AlertEncrypted yes",
                "warning too large content is clean for clamd; in clamd.conf: AlertExceedsMax yes"],
    }, {
        "arguments": ["--ping", "1:1"], "code": 0, "out": ["ClamAV 1.4.6"],
        "when": {"--ping": {"code": 21, "out": ["PING timeout exceeded; No response from clamd"]}},
        "exit": 1,
        "say": ["error clamd does not answer: PING timeout exceeded; No response from clamd"],
    }],
    "scenes": {
        **CLAMSCAN["scenes"],
        "no daemon": {
            "code": 2,
            "err": ["ERROR: Could not connect to clamd on LocalSocket /x: No such file or directory"],
            "say": ["error"]},
        "the daemon has gone": {
            "code": 2, "out": ["{0}: OK", "ERROR: Communication error"], "say": ["error"]},
        "excluded, and clean all the same": {
            "code": 0, "out": ["{1}: Excluded", "{each}: OK"], "say": ["error"]},
        "one OK for the directory": {"code": 0, "out": ["{dir}: OK"], "say": ["error"]},
        "a path that clamd may not see": {
            "code": 2, "out": ["{1}: File path check failure: Permission denied. ERROR",
                               "{rest}: OK"], "say": ["error"]},
    },
}
