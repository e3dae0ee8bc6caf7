"""What the doctor finds in a broken set-up, with the line that mends it."""

from itemsite.operations.doctor import examine


def found(checks, *arguments):
    """Return the severity, the name of the check and the whole text of each finding."""
    findings = [finding for check in checks for finding in examine.run(check, *arguments)]
    return [(f.severity, f.check, f"{f.what}\n{f.mend}") for f in findings if f.severity != "note"]


def assert_found(findings, expected):
    severity, check, *texts = expected
    assert [f for f in findings if f[:2] == (severity, check) and all(t in f[2] for t in texts)], (
        findings
    )
