"""ESET's odscan, which tells names to its own log only."""
SCAN = ["--scan", "--profile=@In-depth scan", "--readonly", "--ignore-exclusions"]
LICENCE = "/opt/eset/efs/sbin/lic"
ENGINE = {
    "program": "/opt/eset/efs/bin/odscan",
    "arguments": [*SCAN, "{dir}"],
    "account": "code",
    "clean": {"code": 0},
    "codes": {0: "clean", 1: "infected", 10: "error", 50: "infected", 100: "error"},
    "scenes": {
        "infected": {"code": 50, "out": ["{1}"], "say": ["infected - unnamed, exit code 50"]},
        "several": {
            "code": 50, "out": ["{1}", "{2}"], "say": ["infected - unnamed, exit code 50"]},
        "cleaned all the same": {"code": 1, "say": ["infected - unnamed, exit code 1"]},
        "encrypted, or whatever it could not scan": {"code": 10, "say": ["error"]},
        "a profile that it does not know": {
            "code": 100, "err": ["Cannot process data into canonical form"], "say": ["error"]},
        "an error, and the exit code says clean": {
            "code": 0, "err": ["Cannot process data into canonical form"], "say": ["error"]},
        "an error beside an infection": {
            "code": 50, "err": ["Cannot open file"],
            "say": ["infected - unnamed, exit code 50", "error"]},
        "licence expired": {"code": 100, "err": ["The license has expired"], "say": ["error"]},
    },
    "versions": [{
        "arguments": [*SCAN, "{probe}"], "code": 50, "say": ["engine ESET odscan"],
        "programs": {LICENCE: {"code": 0, "out": ["Status: Activated"]}},
    }, {
        "arguments": [*SCAN, "{probe}"], "code": 50, "say": ["engine ESET odscan"],
    }, {
        "arguments": [*SCAN, "{probe}"], "code": 0, "exit": 1,
        "say": ["engine ESET odscan", "error the EICAR test file was not found: "],
    }],
    "update": {"program": "/opt/eset/efs/bin/upd", "arguments": ["--update", "--accept-license"]},
}
