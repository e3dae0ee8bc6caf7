"""Work that takes long, told line by line in a page that stays open until the work is done.

What is done within a second needs no such page. Whoever closes the page earlier ends the work.
"""

import logging
from collections.abc import Callable, Iterator
from socket import socket

from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy, override
from gevent import Greenlet, spawn
from gevent.queue import Empty, Queue

from items.database.faults import fault_of, told
from items.database.snapshot_cache import is_gevent
from items.http.problems import Problem
from items.spreadsheets.spool import ClientLeft, has_left

log = logging.getLogger(__name__)

QUICK_SECONDS = 1
BEAT_SECONDS = 1  # between two signs of life, for the proxy, and two looks whether the client left
STEPS_HERE = "<!-- steps -->"
LOGGED = gettext_lazy("Something went wrong, and it was logged. Go back and look what was saved.")

Tell = Callable[[str], object]
Work = Callable[[Tell], str]  # returns the address to go on to; or raises Problem


class SeeOther(HttpResponseRedirect):
    status_code = 303


def run(
    request: HttpRequest, work: Work, *, heading: str, back_url: str, cells: str = ""
) -> HttpResponseBase:
    """Do the work; go on to the address that it returns. Raise its Problem if it is quick.

    A page that ends with an error has the pasted cells again.
    """
    if not is_gevent():
        return SeeOther(work(_tell_nobody))
    connection.close()  # the work has its own
    lines: Queue = Queue()
    running = spawn(_run, work, lines.put, get_language())
    running.join(QUICK_SECONDS)
    if running.ready():
        return SeeOther(_result(running))
    context = {"heading": heading, "back_url": back_url}
    page = render_to_string("items/imports/progress.html", context, request)
    client = request.META.get("gunicorn.socket")
    failed = {"back_url": back_url, "cells": cells, "csrf_token": get_token(request)}
    response = StreamingHttpResponse(_page(page, running, _lines(running, lines, client), failed))
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # for nginx: each line is shown at once
    return response


def _tell_nobody(line: str) -> None:
    pass


def _run(work: Work, tell: Tell, language: str) -> str | Exception:
    """Return an error instead of raising it: gevent would only print it."""
    try:
        with override(language):
            return work(tell)
    except Exception as error:
        return error
    finally:
        connection.close()


def _result(running: Greenlet) -> str:
    result = running.get()
    if isinstance(result, Exception):
        raise result
    return result


def _lines(running: Greenlet, lines: Queue, client: socket | None) -> Iterator[str]:
    """Yield what the work tells until its end; an empty line while it says nothing."""
    while not (running.ready() and lines.empty()):
        try:
            yield lines.get(timeout=BEAT_SECONDS)
        except Empty:
            if client and has_left(client):
                raise ClientLeft from None
            yield ""


def _page(page: str, running: Greenlet, lines: Iterator[str], failed: dict) -> Iterator[str]:
    before, after = page.split(STEPS_HERE)
    try:
        yield before
        for line in lines:
            yield _step({"line": line}) if line else "\n"
        yield _end(running, failed)
        yield after
    finally:
        running.kill(ClientLeft)  # an Exception: the pool counts on it in who waits for it


def _end(running: Greenlet, failed: dict) -> str:
    try:
        return _step({"address": _result(running)})
    except Problem as problem:
        return _step({"problem": problem.detail, **failed})
    except Exception as error:
        log.exception("An import failed while its page was shown")
        fault = fault_of(error)
        why = told(fault, is_write=True) if fault else LOGGED
        return _step({"problem": why, **failed})


def _step(context: dict) -> str:
    return render_to_string("items/imports/_step.html", context)
