"""The figures that are wanted, and whether they were reached: nobody's judgement but this."""

from dataclasses import dataclass

from bench.results import Results

RATIOS = (  # work, rival, and itemsite's requests per second in those of the rival
    ("JSON list of 100", "tutorial", 3.5),
    ("JSON list of 100", "empty view", 0.7),
    ("JSON list of 1,000", "tutorial", 8),
    ("JSON create", "tutorial", 2),
    ("page of 50 rows", "tutorial", 1.5),
    ("page of 50 rows", "ListView", 4),
)
PAGE_GROWTH = 1.5  # p95 at a size in that at the smallest
SEARCH_P95_MS = 50  # in PostgreSQL
CLOSE_P95_MS = 500
WORKER_MEGABYTES = 90
SAME_MEMORY = 1.05  # after, in before: what the allocator's arenas come and go by


@dataclass(frozen=True)
class Verdict:
    work: str
    wanted: str
    reached: str  # the figure, or figures by size
    is_reached: bool


def verdicts(results: Results) -> list[Verdict]:
    return [*_ratio_verdicts(results), *_latency_verdicts(results), *_memory_verdicts(results)]


def _ratio_verdicts(results: Results) -> list[Verdict]:
    """Judge each work by its worst size."""
    found = []
    for work, rival, wanted in RATIOS:
        ratios = [results.ratio(size, work, rival) for size in results.sizes]
        shown = " / ".join(f"{ratio:.2f}" for ratio in ratios)
        found.append(
            Verdict(f"{work}, against {rival}", f"{wanted} x", shown, min(ratios) >= wanted)
        )
    return found


def _latency_verdicts(results: Results) -> list[Verdict]:
    growths = [results.worst_growth(size) for size in results.sizes]
    close = [results.worst_close_p95(size) for size in results.sizes]
    search = results.worst_search_p95()
    return [
        Verdict(
            f"any list page, p95 in that at {results.sizes[0]:,} items",
            f"at most {PAGE_GROWTH} x",
            " / ".join(f"{growth:.2f}" for growth in growths),
            max(growths) <= PAGE_GROWTH,
        ),
        Verdict(
            f"a search at {results.sizes[-1]:,} items, p95 in PostgreSQL",
            f"under {SEARCH_P95_MS} ms",
            f"{search:.1f} ms",
            search < SEARCH_P95_MS,
        ),
        Verdict(
            "close matches, p95",
            f"under {CLOSE_P95_MS} ms",
            " / ".join(f"{milliseconds:.0f}" for milliseconds in close) + " ms",
            max(close) < CLOSE_P95_MS,
        ),
    ]


def _memory_verdicts(results: Results) -> list[Verdict]:
    before, after = results.memory.before_megabytes, results.memory.after_megabytes
    return [
        Verdict(
            f"memory of a worker after {results.memory.requests:,} requests",
            f"under {WORKER_MEGABYTES} MB",
            f"{after:.1f} MB",
            after < WORKER_MEGABYTES,
        ),
        Verdict(
            "the same, in that before them",
            f"at most {SAME_MEMORY} x",
            f"{after / before:.2f}",
            after / before <= SAME_MEMORY,
        ),
    ]
