"""How long a request waits for PostgreSQL, and the plans of its slow statements."""

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

EXPLAINED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)
LITERAL = re.compile(r"'(?:[^']|'')*'")


class Statements:
    """Wraps the statements of a request; for connection.execute_wrapper()."""

    def __init__(self) -> None:
        self.number = 0
        self.seconds = 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict
    ) -> Any:
        began = time.perf_counter()
        try:
            result = execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - began
            self.number += 1
            self.seconds += seconds
        if settings.SLOW_QUERY_MS and seconds * 1000 >= settings.SLOW_QUERY_MS:
            plan = "" if many else _plan(context["connection"], sql, params)
            log.warning("Slow statement, %d ms: %s\n%s", seconds * 1000, sql, plan)
        return result


def _plan(connection: BaseDatabaseWrapper, sql: str, params: Any) -> str:
    """Return the plan of a statement without the values in it, which can be secret."""
    if not EXPLAINED.match(sql):
        return ""
    with suppress(DatabaseError), transaction.atomic(), connection.create_cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return LITERAL.sub("'...'", "\n".join(line for (line,) in cursor.fetchall()))
    return ""
