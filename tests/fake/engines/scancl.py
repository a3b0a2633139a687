"""Avira's scancl."""
SCAN = ["--nombr", "--nostats", "-z", "-a"]
HEAD = ["Avira / Linux Version 1.9.161.2", "Copyright (c) 2010 by Avira GmbH", "All rights reserved.",
        "", "engine set:         8.3.52.150", "VDF Version:        7.15.16.96", "",
        "key file:           /opt/avira/hbedv.key", "registered user:    Free",
        "key expires:        Dec 31 2999", "",
        "auto excluding /sys from scanning (is a special fs)",
        "configuration file: /opt/avira/scancl.conf"]
ALERT = "ALERT: [TR/Agent.53465] {1} <<< Is the Trojan horse TR/Agent.53465"
ENGINE = {
    "program": "/opt/avira/scancl",
    "arguments": [*SCAN, "{dir}"],
    "account": "code",
    "clean": {"code": 0, "out": HEAD},
    "codes": {0: "clean", 1: "infected", 2: "error", 3: "suspicious", 100: "error",
              101: "suspicious", **{code: "error" for code in range(203, 218)}},
    "scenes": {
        "infected": {"code": 1, "out": [*HEAD, ALERT], "say": ["infected 1 TR/Agent.53465"]},
        "several": {
            "code": 1, "out": [*HEAD, ALERT, "ALERT: [Eicar-Test-Signature] {2} --> eicar.com <<< "
                               "Contains code of the Eicar-Test-Signature virus"],
            "say": ["infected 1 TR/Agent.53465", "infected 2 Eicar-Test-Signature"]},
        "suspicious": {
            "code": 3, "out": [*HEAD, "ALERT: [HEUR/Malware] {1} <<< Is suspicious"],
            "say": ["suspicious 1 HEUR/Malware"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": [*HEAD, ALERT], "say": ["infected 1 TR/Agent.53465"]},
        "in the memory of this host": {"code": 2, "out": HEAD, "say": ["error"]},
        "encrypted": {
            "code": 0, "out": [*HEAD, "WARNING: {1} is encrypted"], "say": ["error"]},
        "an error beside an infection": {
            "code": 1, "out": [*HEAD, ALERT], "err": ["cannot open {2}"],
            "say": ["infected 1 TR/Agent.53465", "error"]},
        "no licence": {"code": 214, "out": ["No valid license found"], "say": ["error"]},
        "licence expired": {
            "code": 0, "out": [*HEAD, "This key has expired"], "say": ["error"]},
        "a hostile member's name": {
            "code": 1, "out": [*HEAD, "ALERT: [A] {1} --> ALERT: [B] x <<< no <<< Is a virus"],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": [*SCAN, "{probe}"], "code": 1, "out": [*HEAD, ALERT],
        "when": {"--version": {"code": 0, "out": HEAD}},
        "say": ["engine Avira scancl", "patterns 7.15.16.96"],
    }, {
        "arguments": ["--version"], "code": 0, "out": [*HEAD, "This key has expired"], "exit": 1,
        "say": ["error This key has expired"],
    }, {
        "arguments": [*SCAN, "{probe}"], "code": 0, "exit": 1,
        "when": {"--version": {"code": 0, "out": HEAD}},
        "say": ["error the EICAR test file was not found: "],
    }],
    "update": None,
}
