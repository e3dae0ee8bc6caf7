"""What an import may do, and what a person chose for the rows that are left out otherwise."""

from typing import NamedTuple


class Rights(NamedTuple):
    may_add: bool
    may_change: bool


class Choices(NamedTuple):
    """What becomes of a group of rows."""

    close: str = "leave"  # or add, or change: the item that looks alike becomes what the row says
    repeated: str = "leave"  # or add
    total: str = "add"  # or leave: the last line, if it looks like a sum of the others


LEAVE_OUT = Choices()
