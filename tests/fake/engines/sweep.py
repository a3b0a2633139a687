"""Sophos Anti-Virus 3 and 4: sweep, of which no update command is known."""
from engines.savscan import ENGINE as SAVSCAN

ENGINE = {**SAVSCAN, "program": "/usr/local/bin/sweep", "update": None}
