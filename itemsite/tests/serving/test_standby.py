"""A hot standby: everything can be read, and every write says why it cannot be done.

Several hosts in DATABASE_URL, as libpq writes them: the one that can write is found.
"""

import re
from contextlib import ExitStack
from urllib.parse import quote, urlencode

import pytest

from itemsite.tests.clone import Clone, cookies_of

pytestmark = pytest.mark.long
READ_ONLY = "The database is read-only at the moment."
HTML = {"Accept": "text/html"}
SIGN_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(username="admin"))
print(next(iter(client.cookies.values())).value)
"""
READS = ["/", "/items/", "/items/?q=book", "/items/1/", "/items.csv", "/items.xlsx", "/items/new/"]
READS += ["/items/1/edit/", "/items/import/", "/items/delete/?id=1", "/changes/", "/changes/2/"]
READS += ["/changes/2/undo/", "/accounts/keys/", "/docs/", "/admin/", "/admin/items/item/"]


@pytest.fixture(scope="module")
def key(clone):
    """Return a key that was never used; the list has an item."""
    server = clone.serve().wait_for_address()
    server.request("POST", "/items/", {"name": "Book"})
    server.stop()
    return clone.manage("create_api_key", "reader", "--user", "admin").stdout.strip()


@pytest.fixture(scope="module")
def session(clone, key):
    return clone.manage("shell", "--no-imports", "-c", SIGN_IN).stdout.strip()


@pytest.fixture
def standby(clone, key, session):
    """Give the site whose PostgreSQL is a standby."""
    signal = clone.home / "data/standby.signal"
    signal.touch()
    server = clone.serve().wait_for_address()
    yield server
    server.stop()
    signal.unlink()


def test_on_a_standby_everything_can_be_read(standby, key, session):
    bearer = {"Authorization": f"Bearer {key}"}
    cookie = {"Cookie": cookies_of(standby.port, session=session)}

    by_visitor = {path: standby.request("GET", path, **HTML)[0] for path in READS}
    by_user = {path: standby.request("GET", path, **HTML, **cookie)[0] for path in READS}
    by_key = [standby.request("GET", path, **bearer)[0] for path in ("/items/", "/items/1/") * 2]
    readiness = standby.request("GET", "/readyz")

    assert set(by_visitor.values()) == {200, 302}
    assert {path for path, status in by_user.items() if status != 200} == {"/"}
    assert by_key == [200] * 4
    assert (readiness[0], readiness[2]["reasons"]) == (503, ["read-only"])


def test_on_a_standby_writes_say_why_not(standby, key):
    bearer = {"Authorization": f"Bearer {key}"}
    fields = {"name": "Pen"}

    by_script = [
        standby.request("POST", "/items/", fields, **headers) for headers in ({}, bearer)
    ] + [standby.request(method, "/items/1/", fields) for method in ("PUT", "PATCH", "DELETE")]
    file = standby.request("POST", "/items/import/", "name\nPen\n")
    by_page = _send(standby, "/items/new/", {"name": "My long text"})
    sign_in = _send(standby, "/accounts/login/", {"username": "admin", "password": "wrong"})

    assert [answer[0] for answer in by_script] == [503] * 5
    assert all(READ_ONLY in answer[2]["detail"] for answer in [*by_script, file])
    for status, _, page in (by_page, sign_in):
        assert status == 503
        assert b"the database is read-only at the moment" in page.lower()
    assert b'value="My long text"' in by_page[2]
    assert "Traceback" not in standby.output


def test_of_several_hosts_the_one_that_can_write_is_found(standby, clone, tmp_path):
    primary = Clone(tmp_path)
    sockets = [f"{quote(str(site.socket_folder), safe='')}:5432" for site in (clone, primary)]
    hosts = ",".join(["127.0.0.1:1", *sockets])
    url = f"postgresql://itemsite@{hosts}/itemsite?target_session_attrs=read-write"
    with ExitStack() as stack:
        stack.callback(primary.remove)
        stack.callback(primary.serve().wait_for_address().stop)
        site = clone.serve(DATABASE_URL=url).wait_for_address()
        stack.callback(site.stop)

        added = site.request("POST", "/items/", {"name": "Pen"})
        ready = site.request("GET", "/readyz")

    assert added[0] == 201
    assert ready[0] == 200


def _send(server, address, fields):
    _, headers, page = server.request("GET", address, **HTML)
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)[1].decode()
    form = urlencode(fields | {"csrfmiddlewaretoken": token})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
    return server.request("POST", address, form, **kind, **cookie, **HTML)
