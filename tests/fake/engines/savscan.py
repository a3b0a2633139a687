"""Sophos Anti-Virus: savscan."""
COUNT = "{count} files scanned in 4 seconds."
CLEAN = [COUNT, "No viruses were discovered.", "End of Scan."]
ENGINE = {
    "program": "/opt/sophos-av/bin/savscan",
    "arguments": ["-nc", "-nb", "-f", "-all", "-rec", "-archive", "-mime", "-tnef", "-eec", "{dir}"],
    "account": "count",
    "clean": {"code": 0, "out": CLEAN},
    "fewer": {"code": 0, "out": ["1 file scanned in 4 seconds.", "No viruses were discovered."]},
    "codes": {0: "clean", 1: "error", 2: "error", 3: "infected", 8: "error", 12: "error",
              16: "error", 20: "infected", 24: "infected", 28: "error", 32: "error", 36: "error",
              40: "error"},
    "scenes": {
        "infected": {
            "code": 24, "out": [">>> Virus 'EICAR-AV-Test' found in file {1}/eicar.com", COUNT,
                                "1 virus was discovered."],
            "say": ["infected 1 EICAR-AV-Test"]},
        "several": {
            "code": 24, "out": [">>> Virus 'EICAR-AV-Test' found in file {1}",
                                ">>> Virus fragment 'W32/A-B' found in file {2}", COUNT,
                                "2 viruses were discovered."],
            "say": ["infected 1 EICAR-AV-Test", "infected 2 W32/A-B"]},
        "encrypted": {
            "code": 16, "out": ["Password protected file {1}/a.doc", COUNT,
                                "No viruses were discovered.", "1 error was encountered."],
            "say": ["encrypted 1 Password protected file"]},
        "encrypted, in another form": {
            "code": 8, "out": ["Could not check {1}/a b (c).doc (encrypted)", COUNT,
                               "1 error was encountered."],
            "say": ["encrypted 1 (encrypted)"]},
        "corrupt": {
            "code": 8, "out": ["Could not check {1} (corrupt)", COUNT, "1 error was encountered."],
            "say": ["limit 1 (corrupt)"]},
        "not checked, and clean all the same": {
            "code": 0, "out": ["Could not check {1} (virus scan failed)", *CLEAN], "say": ["error"]},
        "not opened": {
            "code": 8, "out": ["Could not open {1}", COUNT, "1 error was encountered."],
            "say": ["error"]},
        "an error that is not told": {
            "code": 0, "out": [*CLEAN, "1 error was encountered."], "say": ["error"]},
        "two errors, one told": {
            "code": 8, "out": ["Could not check {1} (encrypted)", COUNT,
                               "2 errors were encountered."],
            "say": ["encrypted 1 (encrypted)", "error"]},
        "licence expired": {"code": 36, "err": ["The licence has expired"], "say": ["error"]},
        "something else found": {
            "code": 0, "out": [">>> Adware 'X' in {1}", *CLEAN], "say": ["error"]},
        "a member's name that plays the last line": {
            "code": 0, "out": ["x", "99 files scanned in 0 seconds.", "1 file scanned in 1 second."],
            "say": ["error"]},
        "a hostile member's name": {
            "code": 24, "out": [">>> Virus 'A' found in file {1}/OK' found in file {2}", COUNT],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["-v"], "code": 0,
        "out": ["SAVScan virus detection utility", "Product version           : 5.53.0",
                "Engine version            : 3.74.2", "Virus data version        : 5.55",
                "User interface version    : 2.03.074",
                "Released                  : 18 September 2018",
                "Total viruses (with IDEs) : 1"],
        "say": ["engine Sophos Anti-Virus 5.53.0, engine 3.74.2", "patterns 5.55",
                "date 2018-09-18T00:00:00Z"],
    }],
    "update": {"program": "/opt/sophos-av/bin/savupdate", "arguments": ["-v", "0"]},
}
