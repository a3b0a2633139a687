#!/usr/bin/python3
"""floors.py finds each break of a rule in a made-up tree, and nothing in one that keeps them."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import floors  # noqa: E402

TABLE = '0 base\n1 loop\n1 control\n2 message control\n3 scan loop message\n5 programs scan\n5 helpers\n'
GOOD = {
    'src/FLOORS': TABLE,
    'src/base/slice.h': '',
    'src/loop/loop.h': '',
    'src/loop/private.h': '#include <uv.h>\n',
    'src/loop/loop.c': '#include "loop/private.h"\n#include "base/slice.h"\n#include <uv.h>\n',
    'src/control/envelope.c': '#include "config.h"\nchar *f(void) { return getenv("HOME"); }\n',
    'src/control/control.h': '',
    'src/message/message.h': '#include "control/control.h"\n',
    'src/scan/scan.c': '#include "message/message.h"\n#include <stdlib.h>\n'
                       '/* never exit(1), never\n getenv("X") */\nint exit_code(int x);\n'
                       'const char *text = "exit(1)";\n',
    'src/programs/qmvc.c': '#include "scan/scan.h"\nint main(void) { exit(1); }\n',
    'src/scan/scan.h': '',
    'tests/unit/test_long.c': '/* long because: many cases */\n' + 'x\n' * 800,
}


class Floors(unittest.TestCase):
    def faults(self, **changed):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **changed.get('files', {})}.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return floors.Lint(root).run()

    def found(self, name, text, where, what):
        faults = self.faults(files={name: text})
        self.assertEqual(len(faults), 1, faults)
        self.assertTrue(faults[0].startswith(where + ':'), faults)
        self.assertIn(what, faults[0])

    def test_good(self):
        self.assertEqual(self.faults(), [])

    def test_upward(self):
        self.found('src/loop/a.c', '\n#include "scan/scan.h"\n', 'src/loop/a.c:2', 'may not include')

    def test_sideways(self):
        self.found('src/control/a.c', '#include "loop/loop.h"\n', 'src/control/a.c:1',
                   'may not include loop/')

    def test_below_but_not_in_the_table(self):
        self.found('src/programs/a.c', '#  include  "loop/loop.h"\n', 'src/programs/a.c:1',
                   'may not include loop/')

    def test_base_includes_nothing(self):
        self.found('src/base/a.h', '#include "loop/loop.h"\n', 'src/base/a.h:1', 'may not')

    def test_missing(self):
        self.found('src/loop/a.c', '#include "base/none.h"\n', 'src/loop/a.c:1', 'is not there')

    def test_beside(self):
        self.assertEqual(self.faults(files={'src/loop/a.c': '#include "loop.h"\n'}), [])
        self.found('src/scan/a.c', '#include "loop.h"\n', 'src/scan/a.c:1', 'is not there')

    def test_unknown_folder(self):
        self.found('src/other/a.c', '', 'src/other/a.c:1', 'FLOORS')

    def test_third_party(self):
        for header in ('uv.h', 'pcre2.h', 'magic.h', 'archive.h', 'clamav.h', 'seccomp.h'):
            self.found('src/scan/a.c', f'#include <{header}>\n', 'src/scan/a.c:1', 'belongs to')
        self.found('src/scan/a.c', '#include "uv.h"\n', 'src/scan/a.c:1', 'belongs to')

    def test_private_header(self):
        self.found('src/scan/a.c', '#include "loop/private.h"\n', 'src/scan/a.c:1', 'private')

    def test_environment(self):
        for call in ('getenv("X")', 'secure_getenv ("X")', 'environ'):
            self.found('src/scan/a.c', f'int x = {call};\n', 'src/scan/a.c:1', 'environment')
        self.found('src/programs/a.c', 'getenv("X");\n', 'src/programs/a.c:1', 'environment')

    def test_exit(self):
        for call in ('exit(1)', '_exit (1)', 'abort()'):
            self.found('src/scan/a.c', f'/* a\n*/ {call};\n', 'src/scan/a.c:2', 'process')

    def test_long(self):
        self.found('src/base/a.c', 'x\n' * 451, 'src/base/a.c:451', 'long because')
        self.found('tests/a.c', 'x\n' * 751, 'tests/a.c:751', 'long because')
        self.assertEqual(self.faults(files={
            'src/base/a.c': 'x\n' * 450, 'tests/a.c': 'x\n' * 750,
            'src/loop/a.c': '/* long because: a table */\n' + 'x\n' * 450}), [])

    def test_table(self):
        self.found('src/FLOORS', TABLE.replace('1 loop', '1 loop message'), 'src/FLOORS:2',
                   'does not stand above')
        self.found('src/FLOORS', TABLE + '1 late scan\n', 'src/FLOORS:8', 'above it')
        self.found('src/FLOORS', TABLE + '3 scan loop message\n', 'src/FLOORS:8', 'twice')


if __name__ == '__main__':
    unittest.main()
