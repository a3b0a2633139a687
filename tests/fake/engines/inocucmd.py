"""InoculateIT 4.0: inocucmd."""
ENGINE = {
    "program": "inocucmd",
    "arguments": ["-SEC", "-NEX", "{dir}/"],
    "environment": {"CAIGLBL0000": "{bin}"},
    "account": "code",
    "clean": {"code": 0},
    "codes": {0: "clean", 1: "error", 2: "error", 3: "error", 4: "error", 99: "error",
              100: "infected", 101: "error"},
    "scenes": {
        "infected": {
            "code": 100, "out": ["[{1}] was infected by virus [EICAR test string]"],
            "say": ["infected 1 EICAR test string"]},
        "several": {
            "code": 100, "out": ["[{1}:SLIDER10.EXE] was infected by virus [Win95/Slider 1.0.Trojan]",
                                 "[{dir}//0002] was infected by virus [A]"],
            "say": ["infected 1 Win95/Slider 1.0.Trojan", "infected 2 A"]},
        "a relative path": {
            "code": 100, "out": ["[././w95.arj:SLIDER10.EXE] was infected by virus [A]"],
            "say": ["infected - A"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": ["[{1}] was infected by virus [A]"], "say": ["infected 1 A"]},
        "encrypted": {
            "code": 0, "out": ["[{1}] is encrypted"], "say": ["error"]},
        "refuses its patterns": {
            "code": 0, "out": ["Error during Initialization. Please check configuration."],
            "say": ["error"]},
        "licence expired": {"code": 2, "out": ["licence expired"], "say": ["error"]},
        "a hostile member's name": {
            "code": 100, "out": ["[{1}:OK] was infected by virus [no]] was infected by virus [A]"],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": ["-SEC", "-NEX", "{probe}/"], "code": 100,
        "out": ["[{1}] was infected by virus [EICAR test string]"],
        "say": ["engine InoculateIT inocucmd"],
    }, {
        "arguments": ["-SEC", "-NEX", "{probe}/"], "code": 0, "exit": 1,
        "say": ["error the EICAR test file was not found: "],
    }],
    "update": {"program": "update_signature", "arguments": []},
}
