"""A running site, and who can ask it."""

import http.client
import json
import re
import socket
import time
from typing import NamedTuple

from itemsite.tests.clone import cookie_name, cookies_of

HANGS_SECONDS = 12
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer(NamedTuple):
    status: int | None  # None: there was none
    headers: list
    body: bytes
    seconds: float
    error: str = ""

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def cookies(self):
        return dict(cookie.split(";")[0].split("=", 1) for cookie in self.all("Set-Cookie"))

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Site:
    """A running site, the connection to its database, and who can ask."""

    def __init__(self, host, database, keys, people):
        self.host = host
        self.database = database
        self.keys = keys  # "rw" and "ro"
        self.people = people  # passwords by name
        self.port = host.rpartition(":")[2]
        self._sessions = {}

    def send(self, request, *, method="GET", half_close=False):
        address, port = self.host.split(":")
        start, status, headers, body, error = time.monotonic(), None, [], b"", ""
        with socket.create_connection((address, int(port)), HANGS_SECONDS) as client:
            try:
                client.sendall(request)
                if half_close:
                    client.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it may have answered all the same
            response = http.client.HTTPResponse(client, method=method)
            try:
                response.begin()
                status, headers = response.status, response.getheaders()
                body = response.read()
            except TimeoutError:
                error = "hangs"
            except (OSError, http.client.HTTPException) as problem:
                error = type(problem).__name__
        return Answer(status, headers, body, time.monotonic() - start, error)

    def request(self, method, path, headers, body=None):
        headers = {"Host": self.host, "Connection": "close"} | headers
        if body is not None or method in ("POST", "PATCH", "PUT"):
            headers["Content-Length"] = str(len(body or b""))
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1", "replace") + (body or b"")

    def csrf(self):
        """Return a CSRF cookie and a form's token."""
        page = self.send(self.request("GET", "/accounts/login/", {"Accept": "text/html"}))
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)[1].decode()
        return page.cookies[cookie_name("csrf", self.port)], token

    def session(self, name):
        """Return the session's and the CSRF cookie of somebody who signed in."""
        if name not in self._sessions:
            cookie, token = self.csrf()
            account = {"admin": "boss"}.get(name, name.rstrip("2"))
            form = f"csrfmiddlewaretoken={token}&username={account}&password={self.people[account]}"
            headers = FORM | {"Cookie": cookies_of(self.port, csrf=cookie)}
            sign_in = self.request("POST", "/accounts/login/", headers, form.encode())
            cookies = self.send(sign_in).cookies
            self._sessions[name] = (
                cookies[cookie_name("session", self.port)],
                cookies.get(cookie_name("csrf", self.port), cookie),
            )
        return self._sessions[name]

    def as_person(self, path, name="admin"):
        session, csrf = self.session(name)
        cookies = cookies_of(self.port, session=session, csrf=csrf)
        headers = {"Accept": "text/html", "Cookie": cookies}
        return self.send(self.request("GET", path, headers))

    def add_item(self, name):
        sql = "INSERT INTO items_item (name, description) VALUES (%s, 'keep') RETURNING id"
        return self.database.execute(sql, [name]).fetchone()[0]

    def item(self, pk):
        sql = "SELECT name, description FROM items_item WHERE id = %s"
        return self.database.execute(sql, [pk]).fetchone()

    def count(self):
        return self.database.execute("SELECT count(*) FROM items_item").fetchone()[0]

    def digest(self, last):
        """Return what tells whether any item up to this one changed."""
        sql = "SELECT md5(string_agg(item::text, '~' ORDER BY id)) FROM items_item AS item"
        return self.database.execute(f"{sql} WHERE id <= %s", [last]).fetchone()[0]
