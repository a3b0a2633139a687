"""eTrust Antivirus 6 and 7: inocmd32."""
ENGINE = {
    "program": "/opt/CA/ino/bin/inocmd32",
    "set": {"CAIGLBL0000": "/opt/CA"},
    "files": {"/opt/CA/ino/config/InoDist.ini": ""},
    "arguments": ["-NEX", "-ARC", "-MOD", "reviewer", "-SPM", "h", "{dir}"],
    "environment": {"CAIGLBL0000": "{root}/opt/CA",
                    "LD_LIBRARY_PATH": "{root}/opt/CA/ino/config:{root}/opt/CA/ino/lib"},
    "account": "code",
    "clean": {"code": 0},
    "codes": {0: "clean", 1: "error", 2: "error", 100: "error", 101: "infected"},
    "scenes": {
        "infected": {
            "code": 101, "out": ["File: {1} is infected by virus: EICAR test string"],
            "say": ["infected 1 EICAR test string"]},
        "several": {
            "code": 101, "out": ["File: {1}<m.ext> is infected by virus: Win32/A",
                                 "File: {2} is infected by virus: Win32/B"],
            "say": ["infected 1 Win32/A", "infected 2 Win32/B"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": ["File: {1} is infected by virus: A"], "say": ["infected 1 A"]},
        "encrypted": {
            "code": 0, "out": ["File: {1} is encrypted"], "say": ["error"]},
        "refuses its patterns": {
            "code": 0, "out": ["Error during Initialization. Please check configuration."],
            "say": ["error"]},
        "licence expired": {"code": 0, "out": ["The license has expired."], "say": ["error"]},
        "a hostile member's name": {
            "code": 101, "out": ["File: {1}<OK is infected by virus: no> is infected by virus: A"],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["-NEX", "-ARC", "-MOD", "reviewer", "-SPM", "h", "{probe}"], "code": 101,
        "out": ["File: {1} is infected by virus: EICAR test string"],
        "say": ["engine eTrust Antivirus inocmd32"],
    }],
    "update": {"program": "/opt/CA/ino/config/InoDist", "arguments": ["-cfg", "InoDist.ini"]},
}
