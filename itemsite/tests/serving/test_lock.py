"""What production installs: requirements.txt, of which bin/lock makes requirements.lock."""

import re
import subprocess
import sys

from itemsite.embedded.binaries import PROJECT

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


def test_asks_for_all_that_it_imports():
    """Tests run with more than is installed for production, which must do without."""
    code = """
import sys
from importlib.metadata import packages_distributions
import itemsite.serving.worker, items.admin, itemsite.urls
tops = {name.partition(".")[0] for name in sys.modules}
print(*{one for top, some in packages_distributions().items() if top in tops for one in some})
"""
    django = "import itemsite.wsgi"  # sets it up, as gunicorn does
    command = [sys.executable, "-c", django + code]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)

    imported = {re.sub("[-_.]+", "-", name).lower() for name in ended.stdout.split()}
    beside = {"pip", "setuptools"}  # of every environment, and imported by nobody here
    assert {"django", "gunicorn", "packaging"} <= imported
    assert imported - beside <= pins((PROJECT / "requirements.lock").read_text()).keys()
