"""How each server is started: itemsite as bin/serve does, its peers as their users would."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.databases import Database
from bench.processes import ROOT, Server, running
from itemsite.embedded import cluster

WORKERS = 2  # of each server, as itemsite has
EMPTY_PORT = "21377"  # below those that the system gives to clients
SECRET_KEY = "-" * 50
OURS = Path(sys.executable)
THEIRS = ROOT / "bench" / ".venv" / "bin"
PEERS = ROOT / "bench" / "peers"


@dataclass(frozen=True, eq=False)  # each is one of its kind, so it can be a key
class Program:
    name: str
    table: str
    folder: Path
    make_tables: list[str | Path]  # a command
    serve: list[str | Path]  # a command that tells its address
    variables: Callable[[Database], dict[str, str]]

    def database(self, size: int) -> Database:
        return Database(f"bench_{self.name.replace(' ', '_')}_{size}".lower(), self.table)

    def run(self, command: list[str | Path], database: Database) -> None:
        variables = os.environ | self.variables(database)
        subprocess.run(command, cwd=self.folder, env=variables, check=True)

    def prepare(self, database: Database) -> None:
        self.run(self.make_tables, database)

    def running(self, database: Database) -> AbstractContextManager[Server]:
        return running(self.name, self.serve, self.folder, database, **self.variables(database))


def _site_variables(database: Database) -> dict[str, str]:
    return {"DATABASE_URL": database.url, "SECRET_KEY": SECRET_KEY, "HTTPS": "0", "PORT": "0"}


def _plain_django_variables(database: Database) -> dict[str, str]:
    return {
        "DB_NAME": database.name,
        "DB_USER": cluster.NAME,
        "DB_HOST": str(cluster.socket_folder()),
        "SECRET_KEY": SECRET_KEY,
    }


ITEMSITE = Program(
    name="itemsite",
    table="items_item",
    folder=ROOT,
    make_tables=[OURS, "manage.py", "migrate", "--verbosity=0"],
    serve=[OURS, "-m", "itemsite.serving.serve"],  # as bin/serve does
    variables=_site_variables,
)
EMPTY = Program(
    name="empty view",
    table=ITEMSITE.table,  # it asks nothing of it
    folder=ROOT,
    make_tables=ITEMSITE.make_tables,
    serve=[OURS, "-m", "gunicorn", "bench.empty"],
    variables=lambda database: _site_variables(database) | {"PORT": EMPTY_PORT},
)
TUTORIAL = Program(
    name="tutorial",
    table="item",
    folder=PEERS / "tutorial",
    make_tables=[THEIRS / "python", "main.py"],
    # Without a log of requests, as itemsite writes none either.
    serve=[THEIRS / "uvicorn", "main:app", f"--workers={WORKERS}", "--port=0", "--no-access-log"],
    variables=lambda database: {"DATABASE_URL": database.asyncpg_url},
)
PLAIN_DJANGO = Program(
    name="plain Django",
    table="catalog_item",
    folder=PEERS / "plain_django",
    make_tables=[THEIRS / "python", "manage.py", "migrate", "--verbosity=0"],
    serve=[
        *(THEIRS / "gunicorn", "project.wsgi", "--bind=127.0.0.1:0"),
        *(f"--workers={WORKERS}", "--threads=4"),
    ],
    variables=_plain_django_variables,
)
