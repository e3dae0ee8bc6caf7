"""Records of a text of cells, each with the line where it begins.

Strict CSV, as RFC 4180 has it. A record that breaks its rules costs its first line only: reading
goes on in the next, so that a quote which is never closed does not swallow the rest of the file.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator

LONGEST = 200_000  # characters of a record
READ_AGAIN = 20_000_000  # characters that damaged records may cost; beyond them each line is one
SHOWN = 2_000  # characters of a damaged line
TOO_LONG = "record too long"
ONE_COLUMN = "\ud800"  # as separator: no text contains it

Record = tuple[int, list[str], dict | None]  # line, cells, fault


class Records:
    def __init__(
        self, lines: Iterable[str], separator: str, line: int = 1, is_clipboard: bool = False
    ) -> None:
        self._lines = iter(lines)
        self._separator = separator or ONE_COLUMN
        self._line = line
        self._is_clipboard = is_clipboard
        self._taken: list[str] = []  # lines of the present record
        self._again: deque[str] = deque()  # lines of a damaged record, but for its first
        self._read_again = 0

    def __iter__(self) -> Iterator[Record]:
        taken = self._taken
        while True:
            reader = csv.reader(self._noted(), delimiter=self._separator, strict=True)
            try:
                for cells in reader:
                    yield self._line, cells, None
                    self._line += len(taken)
                    taken.clear()
                return
            except (csv.Error, _TooLong) as error:
                fault = _fault(str(error), len(taken))
            yield self._line, *self._damaged(fault)
            self._go_back()

    def _noted(self) -> Iterator[str]:
        """Yield lines and note them, until their record is too long."""
        taken, again, lines = self._taken, self._again, self._lines
        size = 0
        while (text := again.popleft() if again else next(lines, None)) is not None:
            size = size + len(text) if taken else len(text)
            taken.append(text)
            if size > LONGEST or (self._read_again > READ_AGAIN and taken[1:]):
                raise _TooLong(TOO_LONG)
            yield text

    def _damaged(self, fault: dict) -> tuple[list[str], dict | None]:
        first = self._taken[0].rstrip("\r\n")
        # Excel copies a cell that begins with a quote as it is, unless it has several lines.
        if self._is_clipboard and self._separator == "\t" and len(first) < LONGEST:
            return first.split(self._separator), None
        return first[:SHOWN].split(self._separator), fault

    def _go_back(self) -> None:
        rest = self._taken[1:]
        self._read_again += sum(map(len, rest))
        self._again.extendleft(reversed(rest))
        self._taken.clear()
        self._line += 1


class _TooLong(Exception):
    pass


def _fault(error: str, lines: int) -> dict:
    is_long = error == TOO_LONG or "field limit" in error
    if error == "unexpected end of data" or (is_long and lines > 1):
        return {"code": "open_quote"}
    return {"code": "too_long", "limit": LONGEST} if is_long else {"code": "bad_quote"}
