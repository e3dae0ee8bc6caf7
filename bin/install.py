"""Create .venv and install a requirements file, unless that is already done.

bin/serve and bin/test call it with the system's Python, so it only uses the standard library.
Simultaneous runs wait for each other.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"  # lists what is installed; written last
UNUSABLE = '"$`\\'  # characters that PostgreSQL's programs do not quote for the shell
NAME = re.compile(r"^\w[\w.-]*", re.MULTILINE)  # of a requirement
IS_INSTALLED = "import sys, importlib.metadata as m; [m.version(name) for name in sys.argv[1:]]"
PIP_SOURCES = (
    "PIP_CACHE_DIR PIP_CERT PIP_CLIENT_CERT PIP_CONFIG_FILE PIP_DEFAULT_TIMEOUT PIP_EXTRA_INDEX_URL"
    " PIP_FIND_LINKS PIP_INDEX_URL PIP_NO_CACHE_DIR PIP_NO_INDEX PIP_PROXY PIP_RETRIES"
    " PIP_TRUSTED_HOST"
).split()
# Each includes the one before it.
REQUIREMENTS = ["requirements.txt", "requirements-serve.txt", "requirements-dev.txt"]


def main(last: str) -> None:
    if set(str(ROOT)) & set(UNUSABLE) or not str(ROOT).isprintable():
        sys.exit(
            f"itemsite: PostgreSQL cannot run in {ROOT!a}: the path contains one of {UNUSABLE} or"
            " an unprintable character. Move the project to another folder."
        )
    try:
        lock = open(ROOT / ".venv.lock", "w")
    except OSError as error:
        sys.exit(
            f"itemsite: cannot write in {ROOT}: {error.strerror}. Clone it into a folder of yours."
        )
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("itemsite: waiting for the other installation to end", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    wanted = _digests(REQUIREMENTS[: REQUIREMENTS.index(last) + 1])
    installed = _installed()
    if installed[: len(wanted)] == wanted:
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:  # separate packages on Debian
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"itemsite: this Python has no venv module. On Debian or Ubuntu run:"
            f" apt install python{version}-venv"
        )
    import venv

    print("itemsite: installing into .venv (once, and again when requirements change)", flush=True)
    if VENV.exists() and not installed:
        print("itemsite: the .venv here was not made by this Python and script: replacing it")
    STAMP.unlink(missing_ok=True)
    venv.create(VENV, with_pip=True, clear=not installed)  # keep a complete one
    python = [VENV / "bin/python", "-I"]
    install = [*python, "-m", "pip", "install", "--no-user", "--disable-pip-version-check"]
    if subprocess.call([*install, "-r", last], cwd=ROOT, env=_environment()) != 0:
        sys.exit("itemsite: pip could not install the requirements; its message is above.")
    parts = REQUIREMENTS[: len(wanted)]
    names = [name for part in parts for name in NAME.findall((ROOT / part).read_text())]
    if subprocess.call([*python, "-c", IS_INSTALLED, *names], stderr=subprocess.DEVNULL) != 0:
        sys.exit(
            "itemsite: pip installed into another folder. Look for target, prefix or root in:"
            " .venv/bin/pip config list"
        )
    STAMP.write_text(_home() + "\n".join(wanted))


def _environment() -> dict[str, str]:
    """Return the environment without what would make pip install elsewhere or otherwise."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON")) or name in PIP_SOURCES
    }


def _digests(names: list[str]) -> list[str]:
    return [hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names]


def _installed() -> list[str]:
    """Return the digests of the requirements installed by this Python."""
    stamp = STAMP.read_text() if STAMP.exists() else ""
    return stamp.removeprefix(_home()).split() if stamp.startswith(_home()) else []


def _home() -> str:
    return f"{ROOT}\n{os.path.realpath(sys.executable)} {sys.version}\n"


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
