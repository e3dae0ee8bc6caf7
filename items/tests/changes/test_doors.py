"""Every door is recorded: who, through what, and what it did, as one change set.

test_rights_table.py goes through every address, and finds one that forgot to say who writes.
"""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from items.changes.recording import Author
from items.models import ApiKey, ChangeSet, Item
from items.tests.api.calls import send
from items.tests.changes.history import add, changed_by
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def page_new(client, item, tmp_path):
    client.post("/items/new/", form_of(client.get("/items/new/", headers=HTML)) | {"name": "Cup"})


def page_new_without_key(client, item, tmp_path):
    client.post("/items/new/", {"name": "Cup"})


def page_edit(client, item, tmp_path):
    client.post(f"/items/{item.pk}/edit/", {"name": "Tome", "version": "1"})


def page_delete(client, item, tmp_path):
    client.post(f"/items/{item.pk}/delete/", {"version": "1"})


def page_delete_many(client, item, tmp_path):
    form = form_of(client.get("/items/delete/?all=1", headers=HTML))
    client.post("/items/delete/?all=1", form)


def json_post(client, item, tmp_path, **headers):
    send(client, "POST", "/items/", {"name": "Cup"}, **headers)


def json_post_once(client, item, tmp_path, **headers):
    for _ in range(2):
        send(client, "POST", "/items/", {"name": "Cup"}, **headers, **{"Idempotency-Key": "k"})


def json_array(client, item, tmp_path, **headers):
    send(client, "POST", "/items/", [{"name": "Cup"}, {"name": "Pen"}], **headers)


def json_put(client, item, tmp_path, **headers):
    send(client, "PUT", f"/items/{item.pk}/", {"name": "Tome"}, **headers)


def json_patch(client, item, tmp_path, **headers):
    send(client, "PATCH", f"/items/{item.pk}/", {"name": "Tome"}, **headers)


def json_delete(client, item, tmp_path, **headers):
    send(client, "DELETE", f"/items/{item.pk}/", "", **headers)


def admin_add(client, item, tmp_path):
    client.post("/admin/items/item/add/", {"name": "Cup"})


def admin_change(client, item, tmp_path):
    client.post(f"/admin/items/item/{item.pk}/change/", {"name": "Tome"})


def admin_delete(client, item, tmp_path):
    client.post(f"/admin/items/item/{item.pk}/delete/", {"post": "yes"})


def admin_action(client, item, tmp_path):
    form = {"action": "delete_selected", "_selected_action": item.pk, "post": "yes"}
    client.post("/admin/items/item/", form)


def import_command(client, item, tmp_path):
    file = tmp_path / "my list.csv"
    file.write_text("name\nCup\nPen\n")
    call_command("import_items", str(file), verbosity=0)


ADDED, CHANGED, DELETED, TWO_ADDED = (1, 0, 0), (0, 1, 0), (0, 0, 1), (2, 0, 0)
BY_PEOPLE = [
    (page_new, ADDED),
    (page_new_without_key, ADDED),
    (page_edit, CHANGED),
    (page_delete, DELETED),
    (page_delete_many, DELETED),
    (admin_add, ADDED),
    (admin_change, CHANGED),
    (admin_delete, DELETED),
    (admin_action, DELETED),
]
BY_SCRIPTS = [
    (json_post, ADDED),
    (json_post_once, ADDED),
    (json_array, TWO_ADDED),
    (json_put, CHANGED),
    (json_patch, CHANGED),
    (json_delete, DELETED),
]


@pytest.fixture
def item():
    changed_by(Author("command"), add("Book"))
    return Item.objects.get()


def the_only_change_set():
    """Return way, user, name, detail and numbers of the change set after the fixture's."""
    [made] = ChangeSet.objects.exclude(way__in=["start", "command"])
    return made.way, made.user_id, made.who, made.detail, (made.added, made.changed, made.deleted)


@pytest.mark.parametrize(("door", "numbers"), BY_PEOPLE)
def test_a_door_for_people_is_recorded_with_the_user(admin_client, item, door, numbers, tmp_path):
    admin = User.objects.get()

    door(admin_client, item, tmp_path)

    way = door.__name__.partition("_")[0]
    assert the_only_change_set() == (way, admin.pk, "admin", "", numbers)


@pytest.mark.parametrize(("door", "numbers"), BY_SCRIPTS)
def test_a_door_for_scripts_is_recorded_with_the_key(client, item, door, numbers, tmp_path):
    user = User.objects.create_superuser("ada")
    secret = ApiKey(user=user, name="nightly <job>").issue()

    door(client, item, tmp_path, Authorization=f"Bearer {secret}")

    assert the_only_change_set() == ("json", user.pk, "ada", "nightly <job>", numbers)


@pytest.mark.parametrize(("door", "numbers"), [*BY_PEOPLE[:5], *BY_SCRIPTS])
def test_visitors_have_no_name(client, item, door, numbers, tmp_path):
    door(client, item, tmp_path)

    way = door.__name__.partition("_")[0]
    assert the_only_change_set() == (way, 0, "", "", numbers)


def test_scripts_are_not_the_user_who_is_signed_in(admin_client, item, tmp_path):
    json_patch(admin_client, item, tmp_path)

    assert the_only_change_set() == ("json", 0, "", "", CHANGED)


def test_an_import_is_recorded_with_its_file(client, item, tmp_path):
    import_command(client, item, tmp_path)

    assert the_only_change_set() == ("import", 0, "", "my list.csv", TWO_ADDED)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/items/{pk}/edit/", {"name": "Book", "description": "", "version": "1"}),
        ("/items/new/", {"name": ""}),
        ("/items/{pk}/delete/", {"version": "7"}),
        ("/admin/items/item/{pk}/change/", {"name": "Book", "description": ""}),
        ("/admin/items/item/{pk}/change/", {"name": ""}),
    ],
)
def test_a_form_that_changes_nothing_is_not_recorded(admin_client, item, path, form):
    before = ChangeSet.objects.count()

    admin_client.post(path.format(pk=item.pk), form)

    assert ChangeSet.objects.count() == before


def test_a_user_who_is_deleted_keeps_the_name_in_the_history(admin_client, item, tmp_path):
    page_edit(admin_client, item, tmp_path)

    User.objects.all().delete()

    assert the_only_change_set()[2] == "admin"
