"""PostgreSQL that is locked, read-only or away: no address answers 500, and reading works.

In a file of its own: after each of these pytest-django empties all tables.
"""

import re
from functools import partial
from urllib.parse import urlencode

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from items.management.commands import import_items
from items.models import ApiKey, ChangeSet, Item
from itemsite import readiness
from itemsite.tests.faults.faults import HTML, READ_ONLY, RIGHT, beside
from itemsite.tests.hostile.rights_table import FORMS, JSON, PAGES
from itemsite.tests.hostile.test_rights_table import visitors_upload

pytestmark = pytest.mark.django_db(transaction=True)
READING = ("GET", "HEAD")


@pytest.fixture
def things(root):
    """Return what the addresses of rights_table.py name."""
    key = ApiKey(user=root, name="to revoke")
    key.issue()
    item, deleted = (Item.objects.create(name=name) for name in ("Book", "Pen"))
    deleted_id, _ = deleted.pk, deleted.delete()
    return {
        "item": item.pk,
        "deleted": deleted_id,
        "no": 2**40,
        "cs": ChangeSet.objects.earliest("id").pk,
        "confirmed": "1-1-1",
        "key": key.pk,
        "upload": visitors_upload(),
        "user": User.objects.create_user("account").pk,
        "group": Group.objects.create(name="A group").pk,
        "type": 1,
    }


def rows(table):
    """Return method and path of each row; signing out would end the session of the others."""
    calls = [row.split()[:2] for row in table.strip("\n").splitlines()[1:]]
    return [(method, path) for method, path in calls if "logout" not in path]


def answers(client, things, methods=None):
    """Yield every call of a page and of a script, and its answer."""
    for method, path in rows(PAGES):
        form = {name: value.format(**things) for name, value in FORMS.get(path, {}).items()}
        kind = "application/x-www-form-urlencoded"
        path = path.format(**things)
        if method in (methods or method):
            answer = client.generic(method, path, urlencode(form), kind, headers=HTML)
            yield f"{method} {path}", answer
    for method, path in rows(JSON):
        fields = "{}" if path.endswith("/undo/") else '{"name": "x"}'
        body = f"[{fields}]" if method.endswith("[]") else fields
        path, method = path.format(**things), method.removesuffix("[]")
        if method in (methods or method):
            yield f"{method} {path}", client.generic(method, path, body, "application/json")


@pytest.mark.long
def test_no_address_fails_while_the_table_is_locked(client, things):
    with beside() as other:
        other.execute("LOCK TABLE items_item IN ACCESS EXCLUSIVE MODE")

        statuses = {call: answer.status_code for call, answer in answers(client, things)}

    assert not [call for call, status in statuses.items() if status == 500]
    assert statuses["GET /items/"] == statuses["POST /items/"] == 503
    assert statuses[f"GET /items/delete/?id={things['item']}"] == 503
    assert statuses["GET /items.csv"] == 503
    assert statuses["POST /admin/items/item/add/"] == 503


@pytest.mark.long
def test_in_a_read_only_database_all_reading_works(client, root, things, connect):
    used, unused = (ApiKey(user=root, name=name).issue() for name in ("used", "unused"))
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {used}"
    usual = {call: answer.status_code for call, answer in answers(client, things, READING)}
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {unused}"  # its use would be noted
    connect("-c default_transaction_read_only=on")

    found = dict(answers(client, things))

    statuses = {call: answer.status_code for call, answer in found.items()}
    assert not [call for call, status in statuses.items() if status == 500]
    counted = {call for call in usual if "/accounts/link/" in call}  # wrong links are counted
    assert {**usual} == {call: statuses[call] for call in usual} | {c: usual[c] for c in counted}
    posted = found[f"PUT /items/{things['item']}/"]
    assert posted.status_code == 503
    assert READ_ONLY in posted.json()["detail"]


def test_in_a_read_only_database_a_wrong_key_is_refused_as_ever(client, connect):
    connect("-c default_transaction_read_only=on")

    response = client.get("/items/", headers={"Authorization": "Bearer itemsite_wrong"})

    assert response.status_code == 401


def test_in_a_read_only_database_a_session_of_an_earlier_key_is_kept(client, settings, connect):
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key" * 6
    connect("-c default_transaction_read_only=on")

    kept = [client.get("/accounts/", headers=HTML) for _ in range(2)]
    connect("-c lock_timeout=20ms")
    renewed = client.get("/accounts/", headers=HTML)

    assert [response.status_code for response in (*kept, renewed)] == [200, 200, 200]
    assert {response.cookies[settings.SESSION_COOKIE_NAME].value for response in kept} == {session}
    assert renewed.cookies[settings.SESSION_COOKIE_NAME].value != session


def test_in_a_read_only_database_a_session_of_an_earlier_password_has_ended(client, root, connect):
    root.set_password("another correct horse")
    root.save()
    connect("-c default_transaction_read_only=on")

    reading = client.get("/items/", headers=HTML)
    account = client.get("/accounts/", headers=HTML)

    assert (reading.status_code, account.status_code) == (200, 302)


def test_in_a_read_only_database_nobody_can_sign_in_and_is_told(root, connect):
    connect("-c default_transaction_read_only=on")

    fields = {"username": "root", "password": RIGHT}
    response = Client(raise_request_exception=False).post("/accounts/login/", fields, headers=HTML)

    assertContains(response, "the database is read-only at the moment", status_code=503)
    assertContains(response, 'value="root"', status_code=503)
    assert RIGHT not in response.text


def test_a_sign_in_while_its_table_is_locked_asks_for_the_password_again(root):
    fields = {"username": "root", "password": RIGHT}
    with beside() as other:
        other.execute("LOCK TABLE auth_user IN ACCESS EXCLUSIVE MODE")

        response = Client(raise_request_exception=False).post(
            "/accounts/login/", fields, headers=HTML
        )

    assertContains(response, "You cannot sign in right now", status_code=503)
    assertNotContains(response, "saved", status_code=503)
    assert int(response["Retry-After"]) > 0
    focused = [tag for tag in re.findall("<input[^>]*>", response.text) if "autofocus" in tag]
    assert ["password" in tag for tag in focused] == [True]


@pytest.mark.parametrize("step", ["_with_bar", "run_import", "report"])
def test_an_import_whose_connection_breaks_is_a_sentence(step, monkeypatch, tmp_path):
    """While rows are sent, before they are written, before the commit."""
    (tmp_path / "list.csv").write_text("name\nBook\n")
    real = getattr(import_items, step)

    def broken(*arguments, **options):
        with beside() as other:
            pid = connection.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return real(*arguments, **options)

    monkeypatch.setattr(import_items, step, broken)

    with pytest.raises(CommandError, match="the connection to the database broke") as raised:
        call_command("import_items", str(tmp_path / "list.csv"))

    assert raised.value.returncode == 3
    assert not Item.objects.exists()


@pytest.fixture
def read_only_database():
    """Return a function that sets the database for new sessions, or resets it."""

    def make(value):
        name = connection.settings_dict["NAME"]
        connect = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        with connect as other:
            other.execute("SET default_transaction_read_only = off")
            other.execute(f'ALTER DATABASE "{name}" {value}')

    yield make
    make("RESET default_transaction_read_only")


def test_a_database_that_can_be_written_again_is(client, things, connect, read_only_database):
    read_only_database("SET default_transaction_read_only = on")
    connect("")
    sessions = connection.pool.max_size
    change = partial(client.patch, f"/items/{things['item']}/", '{"name": "x"}', "application/json")

    refused = change().status_code
    read_only_database("RESET default_transaction_read_only")
    statuses = [change().status_code for _ in range(sessions + 1)]

    assert refused == 503
    assert statuses[-1] == 200


def test_a_probe_finds_that_the_database_can_be_written_again(client, connect, read_only_database):
    read_only_database("SET default_transaction_read_only = on")
    connect("")

    before = readiness._ask()
    read_only_database("RESET default_transaction_read_only")
    after = [readiness._ask() for _ in range(connection.pool.max_size + 1)]

    assert before == ["read-only"]
    assert after[-1] == []
