"""What a search costs in PostgreSQL itself, by its own log of each statement's duration."""

import re
import statistics
import sys
from urllib.parse import urlencode

from bench import databases
from bench.databases import Database
from bench.load import HTML
from bench.processes import Server
from bench.progress import say
from bench.servers import ITEMSITE
from bench.texts import COMMON_WORD, RARE_WORD

WORDS = (  # 3 letters and more; parts of words, accents, several at once
    *("box", "jar", "ook", "zoe", "cafe", "lamp", "keyboard", COMMON_WORD, RARE_WORD),
    *("steel box", "shelf kitchen", "lent to jorg"),
)
SEARCHES = 40  # of each word; one more comes before, to warm the caches
DURATION = re.compile(rb"duration: ([\d.]+) ms")  # of a parse, a bind, an execute or a statement


def measure(database: Database) -> dict[str, list[float]]:
    """Return for each word how long PostgreSQL worked for its page, in milliseconds, each time."""
    with database.logging_statements(), ITEMSITE.running(database) as server:
        found = {}
        for word in WORDS:
            found[word] = [_milliseconds(server, word) for _ in range(SEARCHES + 1)][1:]
            say(f"search for {word}: p95 in PostgreSQL {p95(found[word]):.1f} ms")
    return found


def p95(figures: list[float]) -> float:
    return statistics.quantiles(figures, n=20, method="inclusive")[-1]


def _milliseconds(server: Server, word: str) -> float:
    """Search once, in a list that is not kept; PostgreSQL writes its log before it answers."""
    databases.commit_something()
    with open(databases.server_log(), "rb") as log:
        log.seek(0, 2)
        with server.get(f"/items/?{urlencode({'q': word})}", HTML) as answer:
            answer.read()
        durations = DURATION.findall(log.read())
    return sum(map(float, durations)) or sys.exit("bench: PostgreSQL logged no durations.")
