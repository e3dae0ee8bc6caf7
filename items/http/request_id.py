"""The id of the current request, for its answer, its errors and the log."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
