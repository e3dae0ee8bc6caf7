"""The id of the request under way, for its answer, its errors and the log."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
