"""McAfee's uvscan 6, and the lines of version 5."""
ENGINE = {
    "program": "/usr/local/uvscan/uvscan",
    "arguments": ["--recursive", "--secure", "--mime", "--noboot", "--ignore-links", "{dir}"],
    "account": "code",
    "clean": {"code": 0},
    "codes": {0: "clean", 1: "error", 2: "error", 6: "error", 8: "error", 10: "error",
              12: "infected", 13: "infected", 15: "error", 19: "infected", 20: "error", 21: "error",
              102: "error"},
    "scenes": {
        "infected": {
            "code": 13, "out": ["{1} ... Found: EICAR test file NOT a virus."],
            "say": ["infected 1 EICAR test file"]},
        "several": {
            "code": 13, "out": ["{1} ... Found the W32/Virut.j.gen virus !!!",
                                "{2} ... Found trojan or variant JS/HideLink.A !!!",
                                "{2}/x.exe ... Found the Other trojan !!!"],
            "say": ["infected 1 W32/Virut.j.gen", "infected 2 JS/HideLink.A", "infected 2 Other"]},
        "version 5": {
            "code": 13, "out": ["{1}", "\tFound the W32/Virut.j.gen virus !!!",
                                "{2}", "\tFound virus or variant X97M/A !!!"],
            "say": ["infected 1 W32/Virut.j.gen", "infected 2 X97M/A"]},
        "unwanted": {
            "code": 13, "out": ["{1} ... Found potentially unwanted program Adware-HotBar.d.",
                                "{2} ... Found the A virus !!!"],
            "say": ["suspicious 1 Adware-HotBar.d", "infected 2 A"]},
        "encrypted": {
            "code": 0, "out": ["{1}/secret.doc is password-protected"],
            "say": ["encrypted 1 is password-protected"]},
        "encrypted, in another form": {
            "code": 0, "out": ["{1} ... is password-protected."],
            "say": ["encrypted 1 is password-protected"]},
        "infected and encrypted": {
            "code": 13, "out": ["{1}/a is password-protected", "{2} ... Found the A virus !!!"],
            "say": ["encrypted 1 is password-protected", "infected 2 A"]},
        "a line about memory only": {
            "code": 10, "out": ["Found the B virus in memory !!!"],
            "say": ["infected - B virus in memory"]},
        "an error": {
            "code": 0, "out": ["{1} ... could not be opened"], "say": ["error"]},
        "patterns damaged": {"code": 2, "err": ["DAT files are corrupt"], "say": ["error"]},
        "licence expired": {"code": 0, "out": ["EVALUATION COPY"], "say": ["error"]},
        "a hostile member's name": {
            "code": 13, "out": ["{1}/OK ... Found the clean virus !!! ... Found the A virus !!!"],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["--version"], "code": 0,
        "out": ["McAfee VirusScan Command Line for Linux64 Version: 6.0.4.564",
                "AV Engine version: 5600.1067 for Linux64.",
                "Dat set version: 9118 created Dec 26 2018"],
        "say": ["engine McAfee uvscan, engine 5600.1067 for Linux64.", "patterns 9118",
                "date 2018-12-26T00:00:00Z"],
    }, {
        "arguments": ["--version"], "code": 0,
        "out": ["Virus data file v4914 created Dec 07 2006"],
        "say": ["engine McAfee uvscan", "patterns 4914", "date 2006-12-07T00:00:00Z"],
    }, {
        "arguments": ["--version"], "code": 0, "exit": 1,
        "out": ["EVALUATION COPY - November 22 2026", "AV Engine version: 5600.1067",
                "Dat set version: 9118 created Dec 26 2018"],
        "say": ["error EVALUATION COPY: there is no licence"],
    }],
    "update": None,
}
