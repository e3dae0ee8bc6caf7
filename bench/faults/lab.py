"""What the experiments start: a PostgreSQL and a site of their own, in a temporary folder."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bench.faults.postgres import Postgres, free_port, running
from bench.setup.servers import ROOT
from itemsite.embedded import binaries
from itemsite.tests.clone import Clone, Server

WORKERS = 2
SERVE = (sys.executable, "-m", "itemsite.serving.serve")
GUNICORN = (sys.executable, "-m", "gunicorn")
OPEN = {  # for gunicorn, as bin/serve on a laptop
    "HTTPS": "0",
    "VISITORS_MAY": "view,add,change,delete",
    "VISITOR_WRITES_PER_MINUTE": "0",
}


class Lab:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)  # the account of PostgreSQL has to reach its data
        (folder / "site").mkdir()
        self.clone = Clone(folder / "site")
        self._numbers = count(1)
        self._template = self._make_template()

    def close(self) -> None:
        self.clone.remove()

    def _make_template(self) -> Postgres:
        """Create a database with all tables, which each experiment copies."""
        template = Postgres(self.new_folder("template"))
        template.create()
        try:
            with self.serving(template.url):
                pass
            with template.connect() as connection:
                connection.execute("VACUUM ANALYZE")
        finally:
            binaries.run("pg_ctl", "stop", "-D", template.folder, "-m", "fast", "-w")
        return template

    def new_folder(self, name: str) -> Path:
        """Create a folder that belongs to PostgreSQL's account."""
        folder = self.own_folder(name)
        folder.chmod(0o700)
        binaries.give_to_account(folder)
        return folder

    def own_folder(self, name: str) -> Path:
        folder = self.folder / f"{name}-{next(self._numbers)}"
        folder.mkdir()
        return folder

    def new_postgres(self, folder: Path | None = None) -> Postgres:
        """Return a server, not started, with the tables of the site."""
        return self._template.copy(folder or self.folder / f"postgres-{next(self._numbers)}")

    @contextmanager
    def postgres(self, **settings: str) -> Iterator[Postgres]:
        with running(self.new_postgres(), **settings) as postgres:
            yield postgres
        shutil.rmtree(postgres.folder)

    @contextmanager
    def serving(
        self, url: str, command: Sequence[str] = SERVE, **variables: str
    ) -> Iterator[Server]:
        server = self.start_site(url, command, **variables)
        try:
            yield server.wait_for_address()
        finally:
            if server.process.poll() is None:
                server.stop()

    def start_site(
        self, url: str, command: Sequence[str] = SERVE, cwd: Path | None = None, **variables: str
    ) -> Server:
        environment = {
            "DATABASE_URL": url,
            "PORT": str(free_port()),
            "WEB_CONCURRENCY": str(WORKERS),
            "SECRET_KEY": "-" * 50,
            "PYTHONPATH": str(ROOT),  # for weaker.py
        }
        environment = self.clone.environment(**environment | variables)
        server = Server(command, cwd or self.clone.folder, environment)
        server.port = int(environment["PORT"])
        return server

    @contextmanager
    def site(
        self, weaker: str = "", command: Sequence[str] = SERVE, **variables: str
    ) -> Iterator[tuple[Server, Postgres]]:
        """Start both; `weaker` names what the site has to do without."""
        if weaker:
            variables |= {"WEAKER": weaker, "DJANGO_SETTINGS_MODULE": "bench.faults.weaker"}
        with self.postgres() as postgres:
            with self.serving(postgres.url, command, **variables) as server:
                yield server, postgres
