"""Tell what the doctor found, as text or as JSON."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from itemsite.operations.doctor.findings import Finding, exit_status, fault

WORST = ("ok", "warning", "fault")  # by the exit status
STOPPED = "Every command and the site itself stop here. Correct it, then ask again."


def as_json(findings: list[Finding]) -> str:
    status = WORST[exit_status(findings)]
    return json.dumps({"status": status, "findings": list(map(asdict, findings))}, indent=2)


def as_text(findings: list[Finding]) -> str:
    """Return two lines for each finding, and how many there are."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity.upper():8} {finding.what}")
        if finding.mend:
            lines.append(f"      -> {finding.mend}")
    counts = Counter(finding.severity for finding in findings)
    lines.append(f"faults: {counts['fault']}, warnings: {counts['warning']}")
    return "\n".join(lines)


@contextmanager
def explained(arguments: list[str]) -> Iterator[None]:
    """Make a finding of the sentence that ends a process, where it is the doctor's."""
    try:
        yield
    except SystemExit as error:
        if not isinstance(error.code, str):
            raise
        found = fault(error.code.removeprefix("itemsite: "), STOPPED)
        findings = [Finding(found.severity, found.what, found.mend, "start")]
        print((as_json if "--json" in arguments else as_text)(findings))
        sys.exit(exit_status(findings))
