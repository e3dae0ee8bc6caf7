"""A connection that is given up when PostgreSQL does not answer.

PostgreSQL ends a statement at its statement_timeout itself. One that hangs, with its disk for
example, does not, and the network still works: nothing else would notice.
"""

from typing import Any

import psycopg
from gevent import Timeout

from items.database.snapshot_cache import is_gevent

GRACE_SECONDS = 2  # after PostgreSQL's own limit


class NoAnswer(psycopg.OperationalError):
    """PostgreSQL did not answer in time; what it was told to do may have been done."""


class PooledConnection(psycopg.Connection):
    answer_seconds: float | None = None

    def limit_answers(self, statement_seconds: float) -> None:
        """Wait a little longer than so many seconds, 0: for ever; without gevent always."""
        self.answer_seconds = statement_seconds + GRACE_SECONDS if statement_seconds else None

    def wait(self, *args: Any, **options: Any) -> Any:
        if self.answer_seconds is None or not is_gevent():
            return super().wait(*args, **options)
        try:
            with Timeout(self.answer_seconds, NoAnswer("PostgreSQL does not answer")):
                return super().wait(*args, **options)
        except NoAnswer:
            self.close()  # the answer could still come
            raise
