"""requirements.lock is what the image installs; bin/lock writes it."""

import re

from itemsite.programs import PROJECT

PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)


def pins(text):
    return {re.sub("[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def test_locks_what_is_required():
    required = pins((PROJECT / "requirements.txt").read_text())
    locked = pins((PROJECT / "requirements.lock").read_text())

    assert len(required) > 5
    assert required.items() <= locked.items()


def test_knows_every_file_by_its_hash():
    lock = (PROJECT / "requirements.lock").read_text()
    entries = [entry for entry in re.split(r"\n(?=\w)", lock) if not entry.startswith("#")]

    assert len(entries) == len(pins(lock))
    assert all(" --hash=sha256:" in entry for entry in entries)
    assert "http" not in lock  # where it comes from is for pip's own settings to say
