"""ESET's cls."""
SCAN = ["--clean-mode=none", "--no-quarantine"]
LICENCE = "/opt/eset/efs/sbin/lic"
START = "Scan started at:   Tue Jan  1 01:32:57 2019"


def line(part, result, info=""):
    return 'name="%s", result="%s", action="retained", info="%s"' % (part, result, info)


ENGINE = {
    "program": "/opt/eset/efs/sbin/cls/cls",
    "arguments": [*SCAN, "{dir}"],
    "account": "code",
    "clean": {"code": 0, "out": [START]},
    "codes": {0: "clean", 1: "infected", 10: "error", 50: "infected", 100: "error"},
    "scenes": {
        "infected": {
            "code": 50, "out": [START, line("{1}", "Win32/TrojanDownloader.Wauchos.A trojan")],
            "say": ["infected 1 Win32/TrojanDownloader.Wauchos.A trojan"]},
        "several": {
            "code": 50, "out": [START, line("{1}", "Win32/A trojan"),
                                line("{2} ZIP x.exe", "a variant of Win32/B worm")],
            "say": ["infected 1 Win32/A trojan", "infected 2 a variant of Win32/B worm"]},
        "suspicious": {
            "code": 50, "out": [line("{1}", "Win32/A potentially unwanted application")],
            "say": ["infected 1 Win32/A potentially unwanted application"]},
        "cleaned all the same": {
            "code": 1, "out": [line("{1}", "Win32/A trojan")], "say": ["infected 1 Win32/A trojan"]},
        "a name that looks like an error": {
            "code": 50, "out": [line("{1}", "Win32/Failed.Password trojan")],
            "say": ["infected 1 Win32/Failed.Password trojan"]},
        "infected, and the exit code says clean": {
            "code": 0, "out": [line("{1}", "Win32/A trojan")], "say": ["infected 1 Win32/A trojan"]},
        "encrypted": {
            "code": 10, "out": [line("{1}", "", "archive is password-protected")],
            "say": ["encrypted 1 archive is password-protected"]},
        "encrypted, in another form": {
            "code": 10, "out": [line("{1}", "password-protected file")],
            "say": ["encrypted 1 password-protected file"]},
        "not scanned": {"code": 10, "out": [line("{1}", "", "error reading")], "say": ["error"]},
        "not scanned, and nobody says why": {
            "code": 0, "out": [line("{1}", "")], "say": ["error"]},
        "an error": {"code": 100, "err": ["cannot load the modules"], "say": ["error"]},
        "licence expired": {"code": 100, "err": ["The license has expired"], "say": ["error"]},
        "a member's name of two lines": {
            "code": 50, "out": [line("{1}", "A"), *line("{2} ZIP a\nb", "B").split("\n")],
            "say": ["infected 1 A", "infected - B"]},
        "a hostile member's name": {
            "code": 50, "out": [line('{1} ZIP ", result="", action="", info="', "A")],
            "say": ["infected 1 A"]},
    },
    "versions": [{
        "arguments": [*SCAN, "{probe}"], "code": 50, "out": [line("{1}", "Eicar test file")],
        "when": {"--version": {"code": 0, "out": ["cls (esets) 4.0.96"]}},
        "programs": {LICENCE: {"code": 0, "out": ["Status: Activated"]}},
        "say": ["engine ESET cls (esets) 4.0.96"],
    }, {
        "arguments": ["-s"], "program": LICENCE, "code": 0, "out": ["Status: Not activated"],
        "programs": {"/opt/eset/efs/sbin/cls/cls": {"code": 0}}, "exit": 1,
        "say": ["error licence: Not activated"],
    }],
    "update": {"program": "/opt/eset/efs/bin/upd", "arguments": ["--update", "--accept-license"]},
}
