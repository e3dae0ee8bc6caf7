"""Every way in, for everyone who may try it: the answers of pages, JSON, admin and commands.

A way that is new in the URLs or among the commands fails here until it has its row.
"""

import io
import re
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve
from django.utils import timezone

from items.changes.bulk_delete import Choice, fingerprint
from items.models import ApiKey, ChangeSet, Item
from items.tests.changes.history import next_transaction

pytestmark = pytest.mark.django_db

# Visitors may nothing, but in the column "visitor", where they may view. "account" has no group,
# "staff" no rights, "clerk" is staff among the editors, "root" a superuser. "login" leads to a
# form for signing in; 302 in the other rows is what happens after the act. A form with text is not
# led away: its 403 shows the text again.
PAGES = """
                                            stranger visitor account reader editor staff clerk root
GET  /                                           302     302     302    302    302   302   302  302
GET  /items/                                   login     200     403    200    200   403   200  200
GET  /items/new/                               login   login     403    403    200   403   200  200
POST /items/new/                                 403     403     403    403    302   403   302  302
GET  /items/similar/                           login     200     403    200    200   403   200  200
GET  /items/delete/?id={item}                  login   login     403    403    200   403   200  200
POST /items/delete/?id={item}                  login   login     403    403    302   403   302  302
GET  /items/{item}/                            login     200     403    200    200   403   200  200
GET  /items/{item}/edit/                       login   login     403    403    200   403   200  200
POST /items/{item}/edit/                         403     403     403    403    302   403   302  302
GET  /items/{item}/delete/                     login   login     403    403    200   403   200  200
POST /items/{item}/delete/                     login   login     403    403    302   403   302  302
POST /items/{item}/restore/                    login   login     403    403    404   403   404  404
GET  /changes/                                 login     200     403    200    200   403   200  200
GET  /changes/{cs}/                            login     200     403    200    200   403   200  200
GET  /changes/{cs}/undo/                       login   login     403    403    200   403   200  200
POST /changes/{cs}/undo/                       login   login     403    403    302   403   302  302
POST /language/                                  302     302     302    302    302   302   302  302
GET  /docs/                                      200     200     200    200    200   200   200  200
GET  /openapi.json                               200     200     200    200    200   200   200  200
POST /theme/                                     302     302     302    302    302   302   302  302
GET  /accounts/login/                            200     200     200    200    200   200   200  200
POST /accounts/logout/                           302     302     302    302    302   302   302  302
GET  /accounts/keys/                           login   login     200    200    200   200   200  200
POST /accounts/keys/                           login   login     200    200    200   200   200  200
POST /accounts/keys/{key}/revoke/              login   login     404    404    302   404   404  404
GET  /admin/                                   login   login   login  login  login   200   200  200
GET  /admin/login/                               200     200     200    200    200   302   302  302
POST /admin/logout/                              302     302     302    302    302   302   302  302
GET  /admin/password_change/                   login   login   login  login  login   200   200  200
GET  /admin/password_change/done/              login   login   login  login  login   200   200  200
GET  /admin/autocomplete/                      login   login   login  login  login   403   403  403
GET  /admin/jsi18n/                            login   login   login  login  login   200   200  200
GET  /admin/r/{type}/{item}/                   login   login   login  login  login   302   302  302
GET  /admin/items/                             login   login   login  login  login   404   200  200
GET  /admin/nothing/                           login   login   login  login  login   404   404  404
GET  /admin/items/item/                        login   login   login  login  login   403   200  200
POST /admin/items/item/                        login   login   login  login  login   403   302  302
GET  /admin/items/item/add/                    login   login   login  login  login   403   200  200
POST /admin/items/item/add/                    login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/                 login   login   login  login  login   302   302  302
GET  /admin/items/item/{item}/change/          login   login   login  login  login   403   200  200
POST /admin/items/item/{item}/change/          login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/delete/          login   login   login  login  login   403   200  200
POST /admin/items/item/{item}/delete/          login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/history/         login   login   login  login  login   302   302  302
GET  /admin/items/apikey/                      login   login   login  login  login   403   403  200
POST /admin/items/apikey/                      login   login   login  login  login   403   403  302
GET  /admin/items/apikey/add/                  login   login   login  login  login   403   403  403
GET  /admin/items/apikey/{key}/                login   login   login  login  login   302   302  302
GET  /admin/items/apikey/{key}/change/         login   login   login  login  login   403   403  200
GET  /admin/items/apikey/{key}/delete/         login   login   login  login  login   403   403  200
POST /admin/items/apikey/{key}/delete/         login   login   login  login  login   403   403  302
GET  /admin/items/apikey/{key}/history/        login   login   login  login  login   403   403  200
GET  /admin/auth/group/                        login   login   login  login  login   403   403  200
GET  /admin/auth/group/add/                    login   login   login  login  login   403   403  200
POST /admin/auth/group/add/                    login   login   login  login  login   403   403  302
GET  /admin/auth/group/{group}/                login   login   login  login  login   302   302  302
GET  /admin/auth/group/{group}/change/         login   login   login  login  login   403   403  200
GET  /admin/auth/group/{group}/delete/         login   login   login  login  login   403   403  200
POST /admin/auth/group/{group}/delete/         login   login   login  login  login   403   403  302
GET  /admin/auth/group/{group}/history/        login   login   login  login  login   403   403  200
GET  /admin/auth/user/                         login   login   login  login  login   403   403  200
GET  /admin/auth/user/add/                     login   login   login  login  login   403   403  200
POST /admin/auth/user/add/                     login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/                  login   login   login  login  login   302   302  302
GET  /admin/auth/user/{user}/change/           login   login   login  login  login   403   403  200
GET  /admin/auth/user/{user}/password/         login   login   login  login  login   403   403  200
POST /admin/auth/user/{user}/password/         login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/delete/           login   login   login  login  login   403   403  200
POST /admin/auth/user/{user}/delete/           login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/history/          login   login   login  login  login   403   403  200
"""

# A script without a key, with the cookie of root's session, and with keys. "looks" is an editor's
# read-only key, "closed" the key of an account that is not active. {cs} is a change set; {no}
# is no number of anything.
JSON = """
                          stranger visitor cookie account reader editor looks expired revoked closed
HEAD   /items/                 401     200    401     403    200    200   200     401     401    401
GET    /items/                 401     200    401     403    200    200   200     401     401    401
POST   /items/                 401     401    401     403    403    201   403     401     401    401
POST[] /items/                 401     401    401     403    403    201   403     401     401    401
PUT    /items/                 405     405    405     405    405    405   405     405     405    405
PATCH  /items/                 405     405    405     405    405    405   405     405     405    405
DELETE /items/                 405     405    405     405    405    405   405     405     405    405
HEAD   /items/{item}/          401     200    401     403    200    200   200     401     401    401
GET    /items/{item}/          401     200    401     403    200    200   200     401     401    401
POST   /items/{item}/          405     405    405     405    405    405   405     405     405    405
PUT    /items/{item}/          401     401    401     403    403    200   403     401     401    401
PATCH  /items/{item}/          401     401    401     403    403    200   403     401     401    401
DELETE /items/{item}/          401     401    401     403    403    204   403     401     401    401
GET    /items/{deleted}/       401     410    401     403    410    410   410     401     401    401
DELETE /items/{deleted}/       401     401    401     403    403    410   403     401     401    401
GET    /items/{no}/            401     404    401     403    404    404   404     401     401    401
DELETE /items/{no}/            401     401    401     403    403    404   403     401     401    401
HEAD   /changes/               401     200    401     403    200    200   200     401     401    401
GET    /changes/               401     200    401     403    200    200   200     401     401    401
POST   /changes/               405     405    405     405    405    405   405     405     405    405
GET    /changes/?user=1        401     401    401     403    200    200   200     401     401    401
HEAD   /changes/{cs}/          401     200    401     403    200    200   200     401     401    401
GET    /changes/{cs}/          401     200    401     403    200    200   200     401     401    401
DELETE /changes/{cs}/          405     405    405     405    405    405   405     405     405    405
GET    /changes/{no}/          401     404    401     403    404    404   404     401     401    401
GET    /changes/{cs}/undo/     405     405    405     405    405    405   405     405     405    405
POST   /changes/{cs}/undo/     401     401    401     403    403    200   403     401     401    401
POST   /changes/{no}/undo/     401     401    401     403    403    404   403     401     401    401
GET    /items/new/           login   login    200   login  login  login login   login   login  login
GET    /accounts/keys/       login   login    200   login  login  login login   login   login  login
GET    /admin/               login   login    200   login  login  login login   login   login  login
"""

# Who may run a command holds the password of the database and may do everything.
COMMANDS = {
    "import_items": "whoever may reach the database",
    "undo": "whoever may reach the database",
    "prune_history": "whoever may reach the database",
    "erase_history": "whoever may reach the database",
    "forget_person": "whoever may reach the database",
    "create_api_key": "whoever may reach the database; the key may what its account may",
}

FORMS = {
    "/items/new/": {"name": "x"},
    "/items/delete/?id={item}": {"confirmed": "{confirmed}"},
    "/items/{item}/edit/": {"name": "x", "version": "1"},
    "/items/{item}/delete/": {"version": "1"},
    "/language/": {"language": "de"},
    "/theme/": {"theme": "dark"},
    "/accounts/keys/": {"name": "x", "expires": "30d"},
    "/admin/items/item/": {"action": "delete_selected", "_selected_action": "{item}", "post": "y"},
    "/admin/items/item/add/": {"name": "x"},
    "/admin/items/item/{item}/change/": {"name": "x"},
    "/admin/items/item/{item}/delete/": {"post": "yes"},
    "/admin/items/apikey/": {"action": "revoke", "_selected_action": "{key}"},
    "/admin/items/apikey/{key}/delete/": {"post": "yes"},
    "/admin/auth/group/add/": {"name": "x"},
    "/admin/auth/group/{group}/delete/": {"post": "yes"},
    "/admin/auth/user/add/": {
        "username": "x",
        "usable_password": "true",
        "password1": "long-enough-1",
        "password2": "long-enough-1",
    },
    "/admin/auth/user/{user}/password/": {
        "usable_password": "true",
        "password1": "long-enough-1",
        "password2": "long-enough-1",
    },
    "/admin/auth/user/{user}/delete/": {"post": "yes"},
}
WRITES = re.compile('INSERT INTO|UPDATE "|DELETE FROM|TRUNCATE')
OF_NO_CONSEQUENCE = re.compile('"django_session"|"last_used_at"')


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
        "user": people["account"].id,
        "group": Group.objects.get(name="Readers").id,
        "type": ContentType.objects.get_for_model(Item).id,
    }


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

    rows = {resolve(re.sub(r"{\w+}", "1", path)).route for path in paths}

    assert rows == set(routes(get_resolver().url_patterns))


def test_every_command_has_its_row():
    ours = {name for name, app in get_commands().items() if app in ("items", "itemsite")}

    assert ours == set(COMMANDS)
