"""A chart of change sets per day, as numbers for an SVG of fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 560, 120  # units of the SVG
GAP = 8  # between two bars
SMALLEST = 2  # height of a bar that is not zero


@dataclass(frozen=True)
class Bar:
    day: date
    count: int
    x: int
    width: int
    height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height


def bars(counts: Sequence[tuple[date, int]]) -> list[Bar]:
    most = max((count for _day, count in counts), default=0) or 1
    step = WIDTH // max(1, len(counts))
    return [
        Bar(day, count, place * step, step - GAP, count and max(SMALLEST, count * HEIGHT // most))
        for place, (day, count) in enumerate(counts)
    ]
