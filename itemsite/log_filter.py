"""What is added to the log, and what is kept out of it."""

import logging
import re

from items.database.faults import fault_of
from items.http.request_id import request_id

# Whoever has the link of an invitation can choose the account's password.
LINK = re.compile(r"(/accounts/+link/)[^\s?\"']+")


def without_token(text: str) -> str:
    return LINK.sub(r"\1...", text)


class RequestLogFilter(logging.Filter):
    """Add the request id; shorten the records of expected errors: no database, a foreign Host."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if record.name == "django.security.DisallowedHost":  # anybody can send one
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        text = told = without_token(record.getMessage())
        error = record.exc_info and record.exc_info[1]
        if error and (getattr(record, "status_code", 500) < 500 or fault_of(error)):
            told = f"{text}: {str(error).strip()!r}"
            record.exc_info = record.exc_text = None
        if told != record.getMessage():
            record.msg, record.args = told, None
        return True
