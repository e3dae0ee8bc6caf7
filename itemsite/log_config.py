"""The log on standard error: a line for each event, with the id of its request."""

from typing import Any

LINE = "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"


def log_config(level: str) -> dict[str, Any]:
    """Return the setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": LINE}, "bare": {"format": "%(message)s"}},
        "filters": {"request": {"()": "itemsite.log_filter.RequestLogFilter"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["request"],
            },
            "bare": {"class": "logging.StreamHandler", "formatter": "bare"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            "itemsite.requests": {"handlers": ["bare"], "level": "INFO", "propagate": False},
        },
    }
