"""Chromium as the machine has it, and what may not happen in a page."""

import os
import shutil
from collections.abc import Iterable

from playwright.sync_api import BrowserContext, ConsoleMessage, Response

WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome")
NAMES = ("chromium-headless-shell", *WITH_WINDOWS)  # the first takes a third of the CPU
NOT_THERE = (
    "Chromium is not installed, so no page was tried in a browser."
    " Run: apt install chromium; or name one: CHROMIUM=/path/to/chrome"
)
STATUS_IN_CONSOLE = "Failed to load resource: the server responded with a status of"


def find_chromium(names: Iterable[str] = NAMES) -> str | None:
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, names)), None)


def note_faults(context: BrowserContext, faults: list[str]) -> None:
    """Add to `faults` whatever goes wrong in the pages of a context, from now on.

    What a Content-Security-Policy forbids is an error in the console. A page, and the answer to
    a form, may have a status of 400 or more, which the console tells too; what it loads may not.
    """

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(STATUS_IN_CONSOLE):
            faults.append(f"{message.type} in the console: {message.text}")

    def on_response(response: Response) -> None:
        asked = response.request
        is_loaded = asked.resource_type != "document" and asked.method == "GET"
        if response.status >= 400 and is_loaded:
            faults.append(f"{response.status} for {response.url}")

    context.on("console", on_console)
    context.on("weberror", lambda raised: faults.append(f"uncaught in a script: {raised.error}"))
    context.on("response", on_response)
