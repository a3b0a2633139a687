#!/usr/bin/python3
"""
The floors of src/, and a few rules that a compiler cannot know.

    floors.py SOURCE-ROOT

reads SOURCE-ROOT/src/FLOORS and every C file below src/ and tests/, and prints each break of a rule
as FILE:LINE: what is wrong. Exit 1 when there was one. The rules:

  * A file includes its own folder, base, and what its line in FLOORS allows; that line allows
    nothing on the same floor or above, except as the table says for neighbours it names.
  * Each third-party library has its one folder; a header that shows its types is private there.
  * The environment is read in control/envelope.c and control/profile.c.
  * Nothing below programs and helpers ends the process.
  * A file of more than 450 lines says why: a comment with "long because:". A test, which is a list
    of cases, may have 750.
"""
import pathlib
import re
import sys

LONGEST, LONGEST_TEST = 450, 750

# Header (as included) -> the only folder that may.
THIRD_PARTY = {
    'uv.h': 'loop',
    'pcre2.h': 'conditions',
    'magic.h': 'helpers',
    'archive.h': 'helpers',
    'archive_entry.h': 'helpers',
    'clamav.h': 'helpers',
    'ytnef.h': 'helpers',
    'seccomp.h': 'helpers',
    'linux/landlock.h': 'helpers',
    'nettle/hmac.h': 'react',
    'zstd.h': 'report',
    'sqlite3.h': 'report',
    'libxml/HTMLparser.h': 'plain',
    'libxml/parser.h': 'plain',
}
GETENV_ALLOWED = {'control/envelope.c', 'control/profile.c', 'control/terminal.c'}
EXIT_ALLOWED = {'programs', 'helpers'}
# The forks between us and a daemon end; what they are forked from does not.
EXIT_ALLOWED_FILES = {'loop/detach.c'}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
GETENV = re.compile(r'\b(?:secure_)?getenv\s*\(|\benviron\b')
EXIT = re.compile(r'\b(?:_exit|_Exit|exit|quick_exit|abort)\s*\(')
# Comments, strings and characters; what is between them is code.
NO_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_lines(text):
    """The lines with comments and strings blanked, so that a word in them is not taken for code."""
    blank = NO_CODE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)
    return blank.split('\n')


class Lint:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.src = self.root / 'src'
        self.faults = []
        self.number, self.allowed = {}, {}

    def fault(self, path, line, what):
        self.faults.append(f'{path.relative_to(self.root)}:{line}: {what}')

    def read_table(self):
        path = self.src / 'FLOORS'
        for line, text in enumerate(path.read_text().splitlines(), 1):
            words = text.split('#')[0].split()
            if not words:
                continue
            number, folder, *others = words
            if folder in self.allowed:
                self.fault(path, line, f"'{folder}' stands here twice")
            self.number[folder] = int(number)
            self.allowed[folder] = set(others)
            for other in others:
                if other not in self.number:
                    self.fault(path, line, f"'{folder}' may include '{other}', "
                                           'which does not stand above this line')
                elif self.number[other] > int(number):
                    self.fault(path, line, f"'{folder}' may include '{other}', which is above it")

    def check_include(self, path, line, quoted, system):
        folder = path.relative_to(self.src).parts[0]
        if system or (quoted in THIRD_PARTY):
            owner = THIRD_PARTY.get(system or quoted)
            if owner and owner != folder:
                self.fault(path, line, f"<{system or quoted}> belongs to {owner}/")
            return
        if quoted == 'config.h':
            return
        if '/' not in quoted:  # beside the file itself
            quoted = f'{path.parent.relative_to(self.src)}/{quoted}'
        target = quoted.split('/')[0]
        if not (self.src / quoted).is_file():
            self.fault(path, line, f'"{quoted}" is not there')
        elif target not in self.allowed[folder] | {folder, 'base'}:
            self.fault(path, line, f'{folder}/ may not include {target}/ (src/FLOORS)')
        elif target != folder and quoted in self.private:
            self.fault(path, line, f'"{quoted}" shows third-party types and is private')

    def includes(self, path):
        for line, text in enumerate(path.read_text(errors='replace').splitlines(), 1):
            match = INCLUDE.match(text)
            if match:
                yield line, match.group(1), match.group(2)

    def check_code(self, path):
        inside = path.relative_to(self.src)
        for line, text in enumerate(code_lines(path.read_text(errors='replace')), 1):
            if GETENV.search(text) and str(inside) not in GETENV_ALLOWED:
                self.fault(path, line, 'the environment is read in control/ only')
            if (EXIT.search(text) and inside.parts[0] not in EXIT_ALLOWED and
                    str(inside) not in EXIT_ALLOWED_FILES):
                self.fault(path, line, 'a process is ended in programs/ and helpers/ only')

    def check_length(self, path, longest):
        text = path.read_text(errors='replace')
        lines = text.count('\n')
        if lines > longest and 'long because:' not in text:
            self.fault(path, lines, f'more than {longest} lines, and no "long because:"')

    def run(self):
        self.read_table()
        files = sorted(p for p in self.src.rglob('*') if p.suffix in ('.c', '.h'))
        self.private = {
            str(p.relative_to(self.src)) for p in files if p.suffix == '.h'
            and any((s or q) in THIRD_PARTY for _, q, s in self.includes(p))}
        for path in files:
            if path.relative_to(self.src).parts[0] not in self.allowed:
                self.fault(path, 1, 'its folder does not stand in src/FLOORS')
                continue
            for line, quoted, system in self.includes(path):
                self.check_include(path, line, quoted, system)
            self.check_code(path)
            self.check_length(path, LONGEST)
        tests = sorted(p for p in (self.root / 'tests').rglob('*') if p.suffix in ('.c', '.h'))
        for path in tests:
            self.check_length(path, LONGEST_TEST)
        return self.faults


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: floors.py SOURCE-ROOT')
    faults = Lint(sys.argv[1]).run()
    print('\n'.join(faults))
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
