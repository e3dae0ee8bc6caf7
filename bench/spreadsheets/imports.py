"""Imports: by the command against psql's \\copy into the same table, and by the browser's form."""

import csv
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import xlsxwriter

from bench.load import repeating
from bench.setup import servers, texts
from bench.setup.databases import Database
from bench.setup.servers import NOW, Server
from bench.spreadsheets.cost import Cost, cost_of, from_now, psql

CSV = "FORMAT csv, HEADER, FORCE_NOT_NULL (description)"  # an empty cell is an empty text
COPY = rf"\copy items_item (name, description) FROM '{{}}' ({CSV})"
EMPTY = "TRUNCATE items_item, items_change, items_changeset RESTART IDENTITY"
STAMPS = "SELECT count(*), max(updated_at), max(version) FROM items_item"
OTHERS_PER_SECOND = 20
ROWS = 10_000  # of a file against a large list
KINDS = ("unchanged", "changed", "new", "mixed")
FORM = "multipart/form-data; boundary=end"


def by_copy(database: Database, file: Path) -> Cost:
    psql(database, EMPTY)
    return cost_of(lambda: psql(database, COPY.format(file)))


def by_command(database: Database, file: Path) -> tuple[Cost, Cost]:
    """Return the cost of an import into the empty table, and that of the same file again."""
    psql(database, EMPTY)
    first = cost_of(lambda: _command(database, file))
    stamps = _one(database, STAMPS)
    again = cost_of(lambda: _command(database, file))
    assert _one(database, STAMPS) == stamps
    return first, again


def _command(database: Database, file: Path) -> None:
    program = [NOW.folder / ".venv" / "bin" / "python", "manage.py", "import_items", file]
    environment = NOW.environment(database, workers=1)
    left_out = 1  # some rows of the list repeat others, or are close to them
    done = subprocess.run(program, cwd=NOW.folder, env=environment, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, left_out)


def _one(database: Database, sql: str) -> tuple:
    with database.connect() as connection:
        return connection.execute(sql).fetchone()


def write_against(database: Database, folder: Path) -> dict[str, Path]:
    """Write a file of each kind against the items of a list; its new names are in no other."""
    mark = token_hex(4)
    with database.connect() as connection:
        known = connection.execute(
            "SELECT min(id), name, min(description) FROM items_item"
            f" GROUP BY name HAVING count(*) = 1 ORDER BY md5(name) LIMIT {ROWS}"
        ).fetchall()
    files = {}
    for kind in KINDS:
        files[kind] = folder / f"{kind}.csv"
        with open(files[kind], "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "name", "description"])
            for place, (pk, name, description) in enumerate(known):
                of_row = KINDS[place % 3] if kind == "mixed" else kind
                rows.writerow(
                    {
                        "unchanged": (pk, name, description),
                        "changed": (pk, name, f"{description} Counted again."),
                        "new": ("", f"Brand-new thing {mark} {kind} {place}", description),
                    }[of_row]
                )
    return files


def write_large(folder: Path) -> dict[str, Path]:
    """Write a CSV file of almost 50 MB, and a workbook of 300,000 rows."""
    files = {
        "CSV of 49 MB": folder / "large.csv",
        "workbook of 300,000 rows": folder / "large.xlsx",
    }
    with open(files["CSV of 49 MB"], "w", encoding="utf-8") as file:
        file.write("name,description\n")
        for number in range(490_000):
            file.write(f"Large {number:07},{'counted and looked through; ' * 3}\n")
    book = xlsxwriter.Workbook(files["workbook of 300,000 rows"], {"constant_memory": True})
    sheet = book.add_worksheet()
    for number in range(300_000):
        sheet.write_row(number, 0, (f"Row {number}", "counted") if number else ("name", "text"))
    book.close()
    return files


class Browser:
    """One visitor who sends a file by the form, and clicks."""

    def __init__(self, server: Server) -> None:
        self.host = urlsplit(server.address).netloc
        self.cookie = self.token = ""
        self.get("/items/import/")

    def get(self, path: str) -> str:
        connection = HTTPConnection(self.host)
        connection.request("GET", path, headers={"Accept": "text/html", "Cookie": self.cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        if cookie := answer.headers["Set-Cookie"]:
            self.cookie = cookie.split(";")[0]
        if token := re.search('name="csrfmiddlewaretoken" value="(.*?)"', page):
            self.token = token[1]
        connection.close()
        return page

    def preview(self, file: Path) -> str:
        """Send a file; return the address of its preview."""
        return self._post("/items/import/", {f'"file"; filename="{file.name}"': file.read_bytes()})

    def click(self, address: str) -> None:
        self._post(address, {})

    def _post(self, path: str, parts: dict[str, bytes]) -> str:
        parts = {'"csrfmiddlewaretoken"': self.token.encode()} | parts
        body = b"".join(
            b"--end\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n"
            % (name.encode(), content)
            for name, content in parts.items()
        )
        headers = {"Accept": "text/html", "Content-Type": FORM, "Cookie": self.cookie}
        connection = HTTPConnection(self.host)
        connection.request("POST", path, body + b"--end--\r\n", headers)
        answer = connection.getresponse()
        address = _next(answer)
        connection.close()
        return address


def _next(answer: HTTPResponse) -> str:
    page = answer.read().decode()
    if answer.status == 303:
        return answer.headers["Location"]
    found = re.search('href="([^"]*)" data-next', page)
    assert found, (answer.status, page[-500:])
    return found[1]


def preview_and_click(server: Server, file: Path) -> tuple[float, float]:
    """Return the seconds of a preview, and those of the click."""
    browser = Browser(server)
    started = time.perf_counter()
    address = browser.preview(file)
    browser.get(address)
    previewed = time.perf_counter()
    browser.click(address)
    browser.get(address)
    return previewed - started, time.perf_counter() - previewed


@contextmanager
def others_reading(server: Server) -> Iterator[list[float]]:
    """Read a list page again and again meanwhile; give the milliseconds of each."""
    waits: list[float] = []

    def read() -> None:
        started = time.perf_counter()
        with server.get(f"/items/?q={texts.RARE_WORD}", "text/html") as answer:
            answer.read()
        waits.append((time.perf_counter() - started) * 1000)

    read()
    waits.clear()
    with repeating(read, OTHERS_PER_SECOND):
        yield waits


def beside_others(server: Server, work: Callable[[], object]) -> dict[str, float]:
    """Return seconds, growth of the worker, and how long others wait meanwhile and before."""
    with others_reading(server) as before:
        time.sleep(5)
    grown = from_now(servers.largest_process(server.pid))
    started = time.perf_counter()
    with others_reading(server) as waits:
        work()
    return {
        "seconds": time.perf_counter() - started,
        "worker, MB": grown(),
        "p95 before, ms": _percentile(before, 95),
        "p95, ms": _percentile(waits, 95),
        "p99, ms": _percentile(waits, 99),
    }


def _percentile(milliseconds: list[float], percent: int) -> float:
    return statistics.quantiles(milliseconds, n=100, method="inclusive")[percent - 1]
