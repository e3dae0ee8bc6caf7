"""Every way in, for everyone who may try it: the answers of pages, JSON, admin and commands.

A way that is new in the URLs or among the commands fails here until rights_table.py has its row.
"""

import io
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve
from django.utils import timezone

from items.changes.bulk_delete import Choice, fingerprint
from items.models import ApiKey, ChangeSet, Item
from items.spreadsheets import uploads
from items.spreadsheets.staging import Rights
from items.tests.changes.history import next_transaction
from itemsite.tests.hostile.rights_table import COMMANDS, FORMS, JSON, PAGES

pytestmark = pytest.mark.django_db
WRITES = re.compile('INSERT INTO|UPDATE "|DELETE FROM|TRUNCATE')
OF_NO_CONSEQUENCE = re.compile('"django_session"|"last_used_at"|items_tally')


@pytest.fixture
def people():
    """Return everyone, by the name of their column."""
    readers, editors = Group.objects.get(name="Readers"), Group.objects.get(name="Editors")
    people = {
        name: User.objects.create_user(name, is_staff=name in ("staff", "clerk"))
        for name in ("account", "reader", "editor", "staff", "clerk")
    }
    people["reader"].groups.add(readers)
    people["editor"].groups.add(editors)
    people["clerk"].groups.add(editors)
    return people | {"root": User.objects.create_superuser("root")}


@pytest.fixture
def things(people):
    """Return what the addresses name."""
    key = ApiKey(user=people["editor"], name="to revoke")
    key.issue()
    item, deleted = (Item.objects.create(name=name) for name in ("Book", "Pen"))
    deleted_id, _ = deleted.pk, deleted.delete()
    return {
        "item": item.id,
        "deleted": deleted_id,
        "cs": ChangeSet.objects.latest("id").pk,
        "confirmed": fingerprint(Choice(None, (item.id,))),
        "key": key.id,
        "upload": visitors_upload(),
        "user": people["account"].id,
        "group": Group.objects.get(name="Readers").id,
        "type": ContentType.objects.get_for_model(Item).id,
    }


def visitors_upload():
    """Return the number of a preview, which everyone may open who has its address."""
    with NamedTemporaryFile() as file:
        Path(file.name).write_text("name\nBook\n")
        upload = uploads.keep(Path(file.name), "list.csv", AnonymousUser())
        uploads.read_and_stage(upload, Path(file.name), Rights(True, True))
    return upload.pk


def cookies_of(user):
    client = Client()
    client.force_login(user)
    return {name: cookie.value for name, cookie in client.cookies.items()}


def outcome(client, method, path, body, content_type):
    """Return the status, or login for a way to the form; and undo what was done."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        next_transaction()
        last = ChangeSet.objects.latest("id").pk
        response = client.generic(method, path, body, content_type)
        nameless = ChangeSet.objects.filter(pk__gt=last, way="database")
        assert not nameless, f"{method} {path} writes items outside of recorded()"
        transaction.set_rollback(True)
    status = response.status_code
    leads_to_form = status == 302 and "login/?" in response["Location"]
    if status >= 400 or leads_to_form or method in ("GET", "HEAD"):
        assert not [query for query in queries if writes(query["sql"])], (method, path)
    return "login" if leads_to_form else str(status)


def writes(sql):
    return WRITES.search(sql) and not OF_NO_CONSEQUENCE.search(sql)


def as_it_is(table, answer):
    """Return the table with the answers that are given."""
    heading, *rows = table.strip("\n").splitlines()
    columns = list(re.finditer(r"\w+", heading))
    lines = [heading]
    for row in rows:
        line = row[: columns[0].start()]
        for column in columns:
            line = line.ljust(column.start())
            line += answer(column[0], *row.split()[:2]).rjust(len(column[0]))
        lines.append(line)
    return "\n" + "\n".join(lines) + "\n"


def test_pages(people, things, settings):
    settings.VISITORS_MAY = visitors_may = []
    cookies = {name: cookies_of(user) for name, user in people.items()}

    def answer(column, method, path):
        visitors_may[:] = ["view"] if column == "visitor" else []
        client = Client(headers={"Accept": "text/html"})
        client.cookies.load(cookies.get(column, {}))
        form = {name: value.format(**things) for name, value in FORMS.get(path, {}).items()}
        form_type = "application/x-www-form-urlencoded"
        return outcome(client, method, path.format(**things), urlencode(form), form_type)

    assert as_it_is(PAGES, answer) == PAGES


def test_json(people, things, settings):
    settings.VISITORS_MAY = visitors_may = []
    headers = {name: {"Authorization": f"Bearer {key}"} for name, key in keys_of(people).items()}
    session = cookies_of(people["root"])

    def answer(column, method, path):
        visitors_may[:] = ["view"] if column == "visitor" else []
        client = Client(headers=headers.get(column))
        client.cookies.load(session if column == "cookie" else {})
        fields = "{}" if path.endswith("/undo/") else '{"name": "x"}'
        body = f"[{fields}]" if method.endswith("[]") else fields
        path = path.format(no=2**40, **things)
        return outcome(client, method.removesuffix("[]"), path, body, "application/json")

    assert as_it_is(JSON, answer) == JSON


def keys_of(people):
    """Return the keys, by the name of their column; made by the command, as scripts' are."""
    closed = User.objects.create_user("closed")
    closed.groups.add(Group.objects.get(name="Editors"))
    keys = {
        "account": make_key("account"),
        "reader": make_key("reader"),
        "editor": make_key("editor"),
        "looks": make_key("editor", "--read-only"),
        "expired": make_key("clerk"),
        "revoked": make_key("root"),
        "closed": make_key("closed"),
    }
    ApiKey.objects.filter(user=people["clerk"]).update(expires_at=timezone.now())
    ApiKey.objects.filter(user=people["root"]).revoke()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return keys


def make_key(user, *options):
    printed = io.StringIO()
    name = f"key {ApiKey.objects.count()}"
    call_command(
        "create_api_key", name, "--user", user, *options, stdout=printed, stderr=io.StringIO()
    )
    return printed.getvalue().strip()


def routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")  # as in a match's route
        yield from (
            [route] if isinstance(pattern, URLPattern) else routes(pattern.url_patterns, route)
        )


def test_every_address_has_its_row():
    paths = re.findall(r"^\S+ +(/[^\s?]*)", PAGES + JSON, re.MULTILINE)

    paths = [path.replace("{upload}", str(UUID(int=0))) for path in paths]
    rows = {resolve(re.sub(r"{\w+}", "1", path)).route for path in paths}

    assert rows == set(routes(get_resolver().url_patterns))


def test_every_command_has_its_row():
    ours = {name for name, app in get_commands().items() if app in ("items", "itemsite")}

    assert ours == set(COMMANDS)
