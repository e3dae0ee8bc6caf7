"""Everything that was measured, and the questions that the page of results asks of it."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench import queries
from bench.load import Run
from bench.memory import Memory
from bench.pages import CLOSE_VIEWS, VIEWS, PageRuns
from bench.side_by_side import Comparison


@dataclass
class Results:
    sizes: list[int]  # items, rising
    rounds: int
    seconds: int  # of a run
    works: dict[int, Comparison] = field(default_factory=dict)  # by size
    pages: PageRuns = field(default_factory=dict)
    searches: dict[str, list[float]] = field(default_factory=dict)  # ms, by words; largest size
    memory: Memory | None = None
    bulk_size: int = 0
    bulk_seconds: dict[str, list[float]] = field(default_factory=dict)  # by program
    fill_seconds: dict[int, float] = field(default_factory=dict)  # of itemsite's table, by size

    def ratios(self, size: int, work: str, rival: str) -> list[float]:
        """Return by how much itemsite was quicker than the rival, round by round."""
        ours, theirs = (self.works[size].runs[work, name] for name in ("itemsite", rival))
        pairs = zip(ours, theirs, strict=True)
        return [mine.requests_per_second / other.requests_per_second for mine, other in pairs]

    def ratio(self, size: int, work: str, rival: str) -> float:
        return statistics.median(self.ratios(size, work, rival))

    def cpu_ratio(self, size: int, work: str, rival: str) -> float:
        """Return the rival's CPU for a request, PostgreSQL's included, divided by itemsite's."""
        ours, theirs = (self.works[size].runs[work, name] for name in ("itemsite", rival))
        return _cpu_microseconds(theirs) / _cpu_microseconds(ours)

    def page_p95(self, size: int, view: str) -> float:
        return median(self.pages[size, view], "p95_ms")

    def page_growth(self, size: int, view: str) -> float:
        """Return a page's p95 at this size, divided by the same at the smallest."""
        return self.page_p95(size, view) / self.page_p95(self.sizes[0], view)

    def worst_growth(self, size: int) -> float:
        return max(self.page_growth(size, view.name) for view in VIEWS)

    def worst_close_p95(self, size: int) -> float:
        return max(self.page_p95(size, view.name) for view in CLOSE_VIEWS)

    def worst_search_p95(self) -> float:
        return max(map(queries.p95, self.searches.values()))


def median(runs: Iterable[Run], figure: str) -> float:
    return statistics.median(getattr(run, figure) for run in runs)


def _cpu_microseconds(runs: list[Run]) -> float:
    return median(runs, "web_microseconds") + median(runs, "postgres_microseconds")
