"""The scan engines, each a table of what it prints and of its exit codes, as documented: what
engine.py plays and test_plugins.py expects. To add an engine, add NAME.py with a dict ENGINE:

program     the path at which the plug-in looks for it, or a name that it finds in PATH
files       paths that have to be there as well (configuration, libraries), {path: text}; may be left out
arguments   what it has to be called with; {dir} is the directory, {scratch} a scratch directory
environment variables that it has to be given; may be left out
set         variables that the plug-in itself wants; may be left out
account     how it shows that it has looked at every file: lines, count, code (see plugin.sh)
clean       a scene: {"out": lines, "err": lines, "code": n}; lines as engine.py explains, e.g. "{1}: X"
fewer       a scene: all is well, but one file too few was looked at; unless account is code
codes       {exit code: what it means with the output of `clean`}: clean, infected, suspicious, error
scenes      {title: scene with "say"}: what the plug-in has to print, a list of "KIND PART NAME" with
            "-" for a part that is not told; or "error"
versions    a scene of the call that asks for the version, "arguments", and what check_NAME has to
            "say": its lines, blanks for tabs; "exit" when it is not 0; "files" that are there
            then, "programs": {path: scene}; "program" when another one than the engine's is
            asked last; a list of these; {root} is the directory that all paths are below, {bin} PATH,
            {probe} a scratch directory with the EICAR test file
update      {"program": path, "arguments": [...]}, or None when no command is known

The worked example of doc/adding-an-engine.md is one more, with its plug-in in "script".
"""
import importlib
import pathlib
import pkgutil
import re

ENGINES = {m.name: importlib.import_module("engines." + m.name).ENGINE
           for m in pkgutil.iter_modules(__path__)}


def example():
    """The engine of the page: its table, and its plug-in."""
    page = pathlib.Path(__file__).resolve().parents[3] / "doc" / "adding-an-engine.md"
    blocks = dict(re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", page.read_text()))
    names = {}
    exec(compile(blocks["python"], page, "exec"), names)
    return {**names["ENGINE"], "script": blocks["sh"]}


ENGINES["fastscan"] = example()
