"""Create and configure the data directory of the private PostgreSQL."""

import os
import pwd
import shutil
import time
from pathlib import Path

from itemsite.embedded import binaries
from itemsite.embedded.binaries import EmbeddedPostgresError

NAME = "itemsite"  # of the database and of the ordinary role that owns it
SUPERUSER = "postgres"
PORT = 5432  # only names the socket file


def make(folder: Path) -> None:
    """Create the data directory under a temporary name, then rename it."""
    for left_over in folder.glob("new-*"):
        # Of a killed start: its initdb can still be writing. The next start removes the rest.
        shutil.rmtree(left_over, ignore_errors=True)
    new = folder / f"new-{os.getpid()}-{time.time_ns()}"
    new.mkdir(mode=0o700)
    binaries.give_to_account(new)
    locale = ["--locale=C.UTF-8"]  # with plain C, pg_trgm ignores letters outside ASCII
    if binaries.major_version() >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--encoding=UTF8", "--data-checksums", "--auth=peer", f"--username={SUPERUSER}"]
    made = binaries.run("initdb", "-D", new, *locale, *options)
    if made.returncode != 0:
        shutil.rmtree(new)
        raise EmbeddedPostgresError(f"initdb failed in {folder}:\n{made.stdout}")
    new.rename(folder / "data")


def check_major_version(data: Path) -> None:
    if not (data / "PG_VERSION").exists():
        raise EmbeddedPostgresError(
            f"{data} is no complete data directory. Move it away; the next start creates a new one."
        )
    made_by, have = int((data / "PG_VERSION").read_text()), binaries.major_version()
    if made_by != have:
        raise EmbeddedPostgresError(
            f"{data} was created by PostgreSQL {made_by}, but {binaries.find()} is version {have}."
            f" To use it unchanged, set PG_BIN=/path/to/postgresql/{made_by}/bin. To upgrade, save"
            f" it with pg_dump, move the folder away, start again and restore."
        )


def configure(data: Path, socket_folder: Path) -> None:
    """Write the configuration and the access rules at each start, so that a moved clone works."""
    sockets = str(socket_folder).replace("'", "''").replace('"', '""')
    people = {pwd.getpwuid(os.getuid()).pw_name, binaries.account().pw_name}
    replace(
        data / "postgresql.conf",
        f"""listen_addresses = ''
port = {PORT}
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
""",
    )
    replace(data / "pg_hba.conf", f"local all all peer map={NAME}\n")
    maps = [f'{NAME} "{person}" {role}\n' for person in people for role in (NAME, SUPERUSER)]
    replace(data / "pg_ident.conf", "".join(maps))


def replace(path: Path, text: str) -> None:
    """Write a file in the server's folder, without following symbolic links."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(new, flags, 0o600), "w") as file:
        binaries.give_to_account(file.fileno())
        file.write(text)
    new.rename(path)
