"""Avast's scan."""
LINES = ["{rest}\t[OK]"]
STATUS = "/usr/bin/avast"
ENGINE = {
    "program": "/usr/bin/scan",
    "arguments": ["-abfu", "{dir}"],
    "account": "lines",
    "clean": {"code": 0, "out": LINES},
    "fewer": {"code": 0, "out": ["{0}\t[OK]", "{1}\t[OK]", "{2}\t[OK]"]},
    "codes": {0: "clean", 1: "infected", 2: "error"},
    "scenes": {
        "infected": {
            "code": 1, "out": ["{1}\tEICAR Test-NOT virus!!!", *LINES],
            "say": ["infected 1 EICAR Test-NOT virus!!!"]},
        "several": {
            "code": 1, "out": ["{1}|>eicar.com\tEICAR Test-NOT virus!!!", "{1}\t[OK]",
                               "{2}\tWin32:A-B [Trj]", *LINES],
            "say": ["infected 1 EICAR Test-NOT virus!!!", "infected 2 Win32:A-B [Trj]"]},
        "suspicious": {
            "code": 1, "out": ["{1}\tWin32:A [PUP]", *LINES], "say": ["infected 1 Win32:A [PUP]"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": ["{1}\tWin32:A", *LINES], "say": ["infected 1 Win32:A"]},
        "infected, by its exit code only": {
            "code": 1, "out": ["{each}\t[OK]"], "say": ["infected - unnamed, exit code 1"]},
        "a member is clean, and nothing said of the file": {
            "code": 0, "out": ["{1}|>a\t[OK]", *LINES], "say": ["error"]},
        "encrypted": {
            "code": 0, "out": ["{1}|>a\tArchive is password protected", *LINES],
            "say": ["encrypted 1 Archive is password protected"]},
        "encrypted, in brackets": {
            "code": 2, "out": ["{1}\t[Archive is password protected]", *LINES],
            "say": ["encrypted 1 [Archive is password protected]", "error"]},
        "a decompression bomb": {
            "code": 0, "out": ["{1}\t[The file is a decompression bomb]", *LINES],
            "say": ["limit 1 [The file is a decompression bomb]"]},
        "an error of one file": {
            "code": 0, "out": ["{1}\tError 13 Permission denied", *LINES], "say": ["error"]},
        "OK, but not exactly": {"code": 0, "out": ["{1}\t[OK] ", *LINES], "say": ["error"]},
        "a line of another form": {
            "code": 0, "out": ["{each}\t[OK]", "{1}: OK"], "say": ["error"]},
        "no service": {"code": 2, "err": ["Cannot connect to /run/avast/scan.sock"], "say": ["error"]},
        "licence expired": {
            "code": 2, "err": ["{1}: License expired"], "say": ["error"]},
        "a hostile member's name": {
            "code": 1, "out": ["{1}|>x\t[OK]\tWin32:A", "{1}\t[OK]", *LINES],
            "say": ["infected 1 Win32:A"]},
    },
    "versions": [{
        "arguments": ["-V"], "code": 1, "out": ["{1}\tEICAR Test-NOT virus!!!", "{0}\t[OK]"],
        "when": {"-v": {"code": 0, "out": ["3.0.3"]}, "-V": {"code": 0, "out": ["18121999"]}},
        "programs": {STATUS: {"code": 0, "out": ["License valid"]}},
        "say": ["engine Avast 3.0.3", "patterns 18121999"],
    }, {
        "arguments": ["-V"], "code": 1, "out": ["{1}\tEICAR Test-NOT virus!!!", "{0}\t[OK]"],
        "when": {"-v": {"code": 0, "out": ["3.0.3"]}, "-V": {"code": 0, "out": ["18121999"]}},
        "say": ["engine Avast 3.0.3", "patterns 18121999"],
    }, {
        "arguments": ["status"], "program": STATUS, "code": 0, "out": ["License expired"],
        "programs": {"/usr/bin/scan": {"code": 0}}, "exit": 1, "say": ["error License expired"],
    }],
    "update": {"program": "/usr/lib/avast/avast.setup", "arguments": []},
}
