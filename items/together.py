"""What several requests want of PostgreSQL at the same moment, done once for all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import OperationalError, connection
from gevent import monkey, sleep
from gevent.event import AsyncResult

WAIT_SECONDS = 0.1  # for what is under way; PostgreSQL takes a hundredth of it, or it hangs
THINGS_MAX = 100  # at once

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def is_gevent() -> bool:
    """Tell whether requests run side by side in one thread, as under gunicorn."""
    return monkey.is_module_patched("threading")


def _result(result: Result | Exception) -> Result:
    if isinstance(result, Exception):
        raise result
    return result


@dataclass(frozen=True)
class Go(Generic[Thing, Result]):
    """Things that are done together, and what came of each."""

    things: list[Thing]
    results: AsyncResult = field(default_factory=AsyncResult)

    def result(self, place: int) -> Result:
        return _result(self.results.get()[place])


class Together(Generic[Thing, Result]):
    """Gathers, in one worker process, what comes while the go before is under way.

    `do_all` gets the things of several requests and returns as many results in their order; one
    that is an exception is raised for its request alone. It must end, for all of them wait.
    """

    def __init__(self, do_all: Callable[[list[Thing]], Sequence[Result | Exception]]) -> None:
        self._do_all = do_all
        self._next: Go[Thing, Result] | None = None  # may still be joined
        self._under_way: Go[Thing, Result] | None = None

    def do(self, thing: Thing) -> Result:
        """Return the result of a thing, which is begun after this call.

        Raise what do_all raises, or OperationalError if the request that did it was cut off.
        """
        if not is_gevent():
            return _result(self._do_all([thing])[0])
        go = self._next
        if go is None or len(go.things) == THINGS_MAX:
            return self._lead(Go([thing]))
        go.things.append(thing)
        connection.close()  # who does it may need one
        return go.result(len(go.things) - 1)

    def _lead(self, go: Go[Thing, Result]) -> Result:
        self._next = go
        try:
            self._gather(go)
            go.results.set(self._do_all(go.things))
        except Exception as error:
            go.results.set_exception(error)
        except BaseException:
            go.results.set_exception(OperationalError("The request that did this was cut off."))
            raise
        return go.result(0)

    def _gather(self, go: Go[Thing, Result]) -> None:
        """Let others join: who is here already, and who comes while the go before is under way."""
        try:
            sleep(0)
            if self._under_way:
                self._under_way.results.wait(WAIT_SECONDS)
        finally:
            if self._next is go:
                self._next = None
            self._under_way = go
