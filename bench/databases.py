"""A database for each server, with the same rows, in itemsite's private PostgreSQL."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg

from itemsite import embedded

WORDS = """
    adapter apron basket battery bench blanket board book bottle bowl box brush bucket bulb cable
    café-chair candle card case charger clamp clock cloth cord crate cup curtain cushion desk drill
    envelope fan file flask folder fork frame funnel glove glue hammer heater helmet hinge hook
    jar kettle key knife label ladder lamp lens lock magnet map mirror mug nail needle notebook
    paint pan paper pen pillow plate plug pot printer rack rope ruler saw scale scissors screen
    shelf spoon stamp stapler stool straße-sign switch table tape tent tool towel tray vase wire
""".split()
QUALITIES = "blue broken cheap clean green heavy large light new old red round small spare".split()
PEOPLE = "Ada Jörg Maximilian Zoë".split()
PLACES = "attic cellar garage hall kitchen office shed store studio van workshop yard".split()


def rows(count: int) -> Iterator[tuple[str, str]]:
    """Give names of about 20 characters and descriptions of 60 to 100, always the same ones."""
    chance = random.Random(count)
    for number in range(1, count + 1):
        quality, thing, place = map(chance.choice, (QUALITIES, WORDS, PLACES))
        other, person = map(chance.choice, (WORDS, PEOPLE))
        name = f"{quality} {thing} {number}".capitalize()
        where = f"Kept in the {place} beside the {other}, bought in {chance.randrange(1990, 2026)},"
        yield name, f"{where} counted by {person} in May."


class Database:
    def __init__(self, name: str, table: str) -> None:
        self.name = name
        self.table = table

    @property
    def url(self) -> str:
        host = quote(str(embedded.socket_folder()), safe="")
        return f"postgresql://{embedded.NAME}@{host}/{self.name}"

    @property
    def asyncpg_url(self) -> str:
        return f"postgresql+asyncpg://{embedded.NAME}@/{self.name}?host={embedded.socket_folder()}"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def fill(self, count: int) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            with cursor.copy(f"COPY {self.table} (name, description) FROM STDIN") as copy:
                for row in rows(count):
                    copy.write_row(row)
            cursor.execute(f"VACUUM (ANALYZE) {self.table}")

    def count_rows(self) -> int:
        with self.connect() as connection:
            return connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0]


@contextmanager
def created(*databases: Database) -> Iterator[None]:
    """Make the databases anew, and drop them at the end."""
    with embedded.connect_as_superuser() as connection:
        for database in databases:
            connection.execute(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {database.name} OWNER {embedded.NAME}")
        try:
            yield
        finally:
            for database in databases:
                connection.execute(f"DROP DATABASE {database.name} WITH (FORCE)")


def server_version() -> str:
    with embedded.connect_as_superuser() as connection:
        return connection.info.parameter_status("server_version")


def postmaster() -> int:
    """Return the process whose children do PostgreSQL's work."""
    return int((embedded.home() / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
