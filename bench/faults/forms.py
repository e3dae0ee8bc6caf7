"""People who send forms in a browser, and the text that they typed."""

import re
import time
from concurrent.futures import Executor
from typing import NamedTuple
from urllib.parse import urlencode

from bench.faults.ledger import CUT, Attempt, Ledger
from itemsite.tests.clone import Server, cookie_name

TOKEN = "t" * 32
HTML = {"Accept": "text/html"}


class Form(NamedTuple):
    path: str
    fields: dict[str, str]
    text: str = ""  # that a person typed


def prepared_forms(server: Server) -> list[Form]:
    """Return a form of each kind that writes, each about an item that no ledger knows."""
    new, edited, deleted, chosen = (f"form {kind}" for kind in ("new", "edit", "delete", "choose"))
    ids = [_new_item(server, name) for name in (edited, deleted, chosen)]
    choose = f"/items/delete/?id={ids[2]}"
    page = server.insist("GET", choose, **HTML)[2].decode()
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', page)[1]
    typed = "typed for a long time"
    return [
        Form("/items/new/", {"name": new, "description": typed}, typed),
        Form(
            f"/items/{ids[0]}/edit/",
            {"name": edited, "description": typed, "version": "1"},
            typed,
        ),
        Form(f"/items/{ids[1]}/delete/", {"version": "1"}),
        Form(choose, {"confirmed": confirmed}),
    ]


def _new_item(server: Server, name: str) -> int:
    return server.insist("POST", "/items/", {"name": name})[2]["id"]


def send_all(people: Executor, ledger: Ledger, forms: list[Form]) -> list:
    """Send them at once; each result tells whether the typed text came back or was saved."""
    return [people.submit(_send, ledger, form) for form in forms]


def _send(ledger: Ledger, form: Form) -> bool:
    status, page = post(ledger, "form", form.path, form.fields)
    return status == 302 or form.text in page


def post(ledger: Ledger, kind: str, path: str, fields: dict[str, str]) -> tuple[int, str]:
    """Send a form as a browser does: a page for an answer, of which 302 is a good one."""
    headers = {
        **HTML,
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{cookie_name('csrf', ledger.server.port)}={TOKEN}",
    }
    body = urlencode({"csrfmiddlewaretoken": TOKEN} | fields)
    begun, status, page = time.monotonic(), CUT, ""
    try:
        status, _, content = ledger.server.request("POST", path, body, **headers)
        page = content.decode()
    finally:
        ledger.attempts.append(Attempt(kind, begun, time.monotonic(), status))
    return status, page
