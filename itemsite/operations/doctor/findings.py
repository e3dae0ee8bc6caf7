"""A finding: what is wrong, how bad it is, and the line that mends it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from itemsite.embedded.binaries import PROJECT

Severity = Literal["fault", "warning", "note"]
EXIT_STATUS = {"note": 0, "warning": 1, "fault": 2}


@dataclass(frozen=True)
class Finding:
    severity: Severity
    what: str
    mend: str  # a line to copy, as far as there is one
    check: str = ""  # the name of the function that found it


def fault(what: str, mend: str) -> Finding:
    """Something does not work, or data are at risk."""
    return Finding("fault", what, mend)


def warning(what: str, mend: str) -> Finding:
    """It works, but not as it should, or not for long."""
    return Finding("warning", what, mend)


def note(what: str, mend: str) -> Finding:
    """Good to know; nothing is wrong."""
    return Finding("note", what, mend)


def manage(arguments: str) -> str:
    """Return the line that runs a command of this site."""
    python = Path(sys.executable)
    inside = python.is_relative_to(PROJECT)
    return f"{python.relative_to(PROJECT) if inside else 'python'} manage.py {arguments}"


def exit_status(findings: list[Finding]) -> int:
    return max((EXIT_STATUS[finding.severity] for finding in findings), default=0)
