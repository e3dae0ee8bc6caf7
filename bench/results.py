"""All measurements, the questions that the page of results asks of them, and the targets."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.latency import CLOSE_MATCHES, LISTS, SEARCHES, VIEWS, Samples, View, p95
from bench.load import Run
from bench.rows import ROWS, Row, Runs
from bench.setup.servers import TUTORIAL

IMPORT_SIZE = 100_000  # items
NOISE = 1.1  # up to here, now / before may be noise


@dataclass
class Results:
    programs: list[str]  # now, perhaps before, tutorial
    sizes: list[int]  # items, rising
    rounds: int
    seconds: int  # of a run
    runs: Runs = field(default_factory=dict)
    samples: Samples = field(default_factory=dict)
    import_rates: dict[str, float] = field(default_factory=dict)  # items/s by program

    @property
    def sites(self) -> list[str]:
        return [program for program in self.programs if program != TUTORIAL.name]

    @property
    def rows(self) -> list[tuple[Row, int]]:
        """Return the rows that were measured, each with its size."""
        pairs = [(row, size) for row in ROWS for size in self.sizes]
        return [(row, size) for row, size in pairs if (size, row.name, "now") in self.runs]

    def speeds(self, row: Row, size: int, site: str) -> list[float]:
        """Return requests per second of itemsite / of the tutorial's stack, round by round."""
        ours, theirs = self.runs[size, row.name, site], self.runs[size, row.name, TUTORIAL.name]
        pairs = zip(ours, theirs, strict=True)
        return [mine.requests_per_second / other.requests_per_second for mine, other in pairs]

    def cost_changes(self, row: Row, size: int) -> list[float]:
        """Return CPU per request now / before, round by round."""
        now, before = self.runs[size, row.name, "now"], self.runs[size, row.name, "before"]
        return [mine.cpu_us / other.cpu_us for mine, other in zip(now, before, strict=True)]

    def latency_changes(self, view: View, size: int) -> list[float]:
        """Return milliseconds now / before, pair by pair."""
        now, before = (self.samples[size, view.name, name] for name in ("now", "before"))
        pairs = zip(now, before, strict=True)
        return [mine.milliseconds / other.milliseconds for mine, other in pairs]

    def growth(self, view: View, size: int, site: str) -> float:
        """Return the p95 of a view at this size / at the smallest."""
        return self.p95(view, size, site) / self.p95(view, self.sizes[0], site)

    def p95(self, view: View, size: int, site: str, figure: str = "milliseconds") -> float:
        return p95(self.samples[size, view.name, site], figure)

    def megabytes(self, program: str) -> float:
        """Return the most memory that a worker ever had."""
        return max(run.worker_megabytes for rounds in self._rows_of(program) for run in rounds)

    def memory_growth(self, program: str) -> float:
        """Return the greatest growth of a worker's memory within a row."""
        return max(
            rounds[-1].worker_megabytes / rounds[0].worker_megabytes
            for rounds in self._rows_of(program)
        )

    def _rows_of(self, program: str) -> list[list[Run]]:
        return [rounds for (*_, name), rounds in self.runs.items() if name == program]


@dataclass(frozen=True)
class Verdict:
    work: str
    wanted: str
    figures: dict[str, list[float]]  # by program; of every size, where there are several
    is_reached: bool  # now, by the worst figure


def verdicts(results: Results) -> list[Verdict]:
    """Compare each figure that has a target with it."""
    found = []
    for row in (row for row in ROWS if row.wanted):
        figures = {
            site: [statistics.median(results.speeds(row, size, site)) for size in results.sizes]
            for site in results.sites
        }
        is_reached = min(figures["now"]) >= row.wanted
        found.append(Verdict(row.name, f"at least {row.wanted} x", figures, is_reached))
    for work, most, unit, figure in _limits(results):
        figures = {site: [figure(site)] for site in results.sites}
        is_reached = figures["now"][0] <= most
        found.append(Verdict(work, f"at most {most} {unit}", figures, is_reached))
    return found


def _limits(results: Results) -> list[tuple[str, float, str, Callable[[str], float]]]:
    """Return works, the most that is wanted of each, its unit, and the worst figure of a site."""
    smallest, largest = results.sizes[0], results.sizes[-1]
    long_lists = [
        (
            f"any list page, p95 at {largest:,} items / at {smallest:,}",
            *(1.5, "x"),
            lambda site: max(results.growth(view, largest, site) for view in LISTS),
        ),
        (
            f"search at {largest:,} items, p95 in PostgreSQL",
            *(50, "ms"),
            lambda site: max(results.p95(view, largest, site, "postgres_ms") for view in SEARCHES),
        ),
        (
            f"close matches at {largest:,} items, p95",
            *(500, "ms"),
            lambda site: max(results.p95(view, largest, site) for view in CLOSE_MATCHES),
        ),
    ]
    memory = ("memory of the largest worker", 90, "MB", results.megabytes)
    return [*(long_lists if largest > smallest else []), memory]


def changes(results: Results) -> dict[tuple[str, int], list[float]]:
    """Return now / before by name and size: CPU of each row, latency of each view."""
    if "before" not in results.sites:
        return {}
    found = {(row.name, size): results.cost_changes(row, size) for row, size in results.rows}
    for view in VIEWS:
        for size in results.sizes:
            found[view.name, size] = results.latency_changes(view, size)
    return found


def is_more(changes: list[float]) -> bool:
    """Tell whether now is more than before, beyond noise: the median, and most of the pairs."""
    share = sum(change > 1 for change in changes) / len(changes)
    return statistics.median(changes) > NOISE and share >= 0.75
