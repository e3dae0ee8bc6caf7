"""Make .venv and install requirements-dev.txt; do nothing when that is done.

Called by bin/serve and bin/test with the system's Python, so it uses the
standard library alone. Runs at once wait for each other.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"  # what is installed, written last
UNUSABLE = '"$`\\'  # characters of a path that PostgreSQL's programs hand to a shell as they are
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


def main() -> None:
    if set(str(ROOT)) & set(UNUSABLE) or not str(ROOT).isprintable():
        sys.exit(
            f"itemsite: {ROOT!a}: PostgreSQL cannot live below a path with {UNUSABLE}. Move it."
        )
    try:
        lock = open(ROOT / ".venv.lock", "w")
    except OSError as error:
        sys.exit(f"itemsite: cannot write in {ROOT}: {error.strerror}. Clone it where you may.")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("itemsite: waiting for the other installation to end", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    if STAMP.exists() and STAMP.read_text() == _wanted():
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:  # Debian packs them apart
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"itemsite: this Python has no venv module. On Debian or Ubuntu run:"
            f" apt install python{version}-venv"
        )
    import venv

    print("itemsite: installing into .venv (once, and again when requirements change)", flush=True)
    moves_with_us = _moves_with_us()
    STAMP.unlink(missing_ok=True)
    venv.create(VENV, with_pip=True, clear=not moves_with_us)
    install = [VENV / "bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
    if subprocess.call([*install, "-r", REQUIREMENTS[-1]], cwd=ROOT) != 0:
        sys.exit("itemsite: pip could not install the requirements; its message is above.")
    STAMP.write_text(_wanted())


def _wanted() -> str:
    """Name what must be installed: this folder, this Python, these requirements."""
    digest = hashlib.sha256()
    for path in REQUIREMENTS:
        digest.update(path.read_bytes())
    return f"{_home()}\n{digest.hexdigest()}\n"


def _home() -> str:
    return f"{ROOT}\n{os.path.realpath(sys.executable)} {sys.version}"


def _moves_with_us() -> bool:
    """Tell whether .venv was made here by this Python, so that pip may just add to it."""
    return STAMP.exists() and STAMP.read_text().startswith(_home())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
