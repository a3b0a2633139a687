"""F-Secure's fsav 5 to 11."""
REPORT = ["--virus-action1=report", "--suspected-action1=report", "--riskware-action1=report"]
ENGINE = {
    "program": "/opt/f-secure/fsav/bin/fsav",
    "arguments": ["--archive=yes", "--mime=yes", "--dumb=yes", "--auto=yes", "--list=no", *REPORT,
                  "{dir}"],
    "account": "count",
    "clean": {"code": 0, "out": ["{count} files scanned"]},
    "fewer": {"code": 0, "out": ["1 file scanned"]},
    "codes": {0: "clean", 1: "error", 2: "error", 3: "infected", 4: "suspicious", 5: "error",
              6: "infected", 7: "error", 8: "suspicious", 9: "error", 130: "error"},
    "scenes": {
        "infected": {
            "code": 3, "out": ["{1}: Infected: EICAR_Test_File [Libra]", "{count} files scanned",
                               "1 file infected"],
            "say": ["infected 1 EICAR_Test_File"]},
        "several": {
            "code": 3, "out": ["{1}: Infected: EICAR_Test_File [Libra]",
                               "{1}: Infected: EICAR-Test-File [AVP]",
                               "[{2}] eicar.com: Infected: EICAR-Test-File [AVP]",
                               "{count} files scanned", "2 files infected"],
            "say": ["infected 1 EICAR_Test_File", "infected 1 EICAR-Test-File",
                    "infected 2 EICAR-Test-File"]},
        "riskware": {
            "code": 4, "out": ["{1}: Riskware: Gen:Application.LoadMoney.1 (6, 1, 1) [Aquarius]",
                               "{count} files scanned"],
            "say": ["suspicious 1 Gen:Application.LoadMoney.1 (6, 1, 1)"]},
        "suspected": {
            "code": 8, "out": ["{1}: Suspected: Heur.1 [Aquarius]", "{count} files scanned"],
            "say": ["suspicious 1 Heur.1"]},
        "encrypted": {
            "code": 9, "out": ["{count} files scanned"],
            "err": ["{1}: ERROR: The archive is encrypted"],
            "say": ["encrypted 1 The archive is encrypted"]},
        "a broken archive": {
            "code": 9, "out": ["{count} files scanned"],
            "err": ["{1}: ERROR: The archive is corrupted"],
            "say": ["limit 1 The archive is corrupted"]},
        "an error, told on the other channel only": {
            "code": 0, "out": ["{count} files scanned"],
            "err": ["{1}: ERROR: Could not open the file"], "say": ["error"]},
        "an error beside an infection": {
            "code": 3, "out": ["{1}: Infected: EICAR_Test_File [Libra]", "{count} files scanned"],
            "err": ["{2}: ERROR: Could not open the file"],
            "say": ["infected 1 EICAR_Test_File", "error"]},
        "licence expired": {
            "code": 1, "err": ["The evaluation period has expired"], "say": ["error"]},
        "a member's name that plays the last line": {
            "code": 3, "out": ["[{1}] x", "99 files scanned: Infected: Bad [AVP]", "1 file scanned"],
            "say": ["infected - Bad", "error"]},
        "bytes that are no text": {
            "code": 3, "out": ["{1}: Infected: EI\0C\x1bA\x7fR [Libra]", "{count} files scanned"],
            "say": ["infected 1 EI?C?A?R"]},
        "a hostile member's name": {
            "code": 3, "out": ["[{1}] OK: Infected: FOUND [Clean]: Infected: Bad [AVP]",
                               "{count} files scanned"],
            "say": ["infected 1 Bad"]},
    },
    "versions": [{
        "arguments": ["--version"], "code": 0,
        "out": ["F-Secure Linux Security version 11.10 build 68", "",
                "Database version: 2018-12-21_08"],
        "say": ["engine F-Secure Linux Security version 11.10 build 68",
                "patterns 2018-12-21_08", "date 2018-12-21T00:00:00Z"],
    }],
    "update": {"program": "/opt/f-secure/fsav/bin/dbupdate", "arguments": []},
}
