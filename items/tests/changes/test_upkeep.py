"""The history can be pruned, and names and texts taken out of it for good."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from items.changes import upkeep
from items.changes.history import read_beginning, read_changes, read_deletion, read_item_history
from items.changes.recording import Author
from items.changes.restore import NoVersion, restore_version
from items.changes.undo import NoChangeSet, undo
from items.changes.upkeep import prune
from items.models import Change, ChangeSet, Item
from items.tests.changes.history import ADA, BOB, add, delete_all, last_set, made_by, rename, sql

pytestmark = pytest.mark.django_db
SECRET = "Zanzibar's password"


def run(*words):
    """Return what a command prints, first to the output, then as a warning."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, words), stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def everything():
    """Return all rows of both tables as one text."""
    return str(
        sql(
            "SELECT item::text FROM items_change AS item"
            " UNION ALL SELECT item::text FROM items_changeset AS item"
        )()
    )


# Prune


@pytest.fixture
def old_sets():
    """Return the ids of seven old change sets and three new ones."""
    made = [made_by(ADA, add(f"Book {n}")) for n in range(7)]
    ChangeSet.objects.update(made_at=timezone.now() - timedelta(days=400))
    return made, [made_by(BOB, rename(f"Book {n}", f"Tome {n}")) for n in range(3)]


def test_prunes_what_is_old_and_no_item(old_sets):
    old, new = old_sets
    last_made_at = ChangeSet.objects.get(pk=old[-1]).made_at
    before = set(Item.objects.values_list("id", "name", "version"))

    out, _ = run("prune_history", "--older-than", "365d")

    assert "Deleted 7 change sets" in out
    assert set(Item.objects.values_list("id", "name", "version")) == before
    assert list(ChangeSet.objects.order_by("id").values_list("id", "way")) == [
        (old[-1], "start"),
        *((pk, "json") for pk in new),
    ]
    assert Change.objects.count() == 3
    assert read_beginning() == last_made_at
    with pytest.raises(NoChangeSet):
        undo(old[0], ADA)
    history = read_item_history(Item.objects.order_by("id").first().pk, limit=9)
    assert [change.kind for change in history.changes] == ["c"]
    assert history.was_there_before == last_made_at
    assert undo(new[0], ADA).changed == 1


def test_pruning_that_is_killed_goes_on(old_sets, monkeypatch):
    monkeypatch.setattr(upkeep, "PRUNED_AT_ONCE", 2)
    half = prune(timezone.now() - timedelta(days=365))

    counts = [next(half), next(half)]
    half.close()
    rest = list(prune(timezone.now() - timedelta(days=365)))

    assert (counts, rest) == ([2, 2], [2, 1])
    assert ChangeSet.objects.filter(way="start").count() == 1
    assert ChangeSet.objects.count() == 4


def test_an_age_that_is_none_is_refused():
    with pytest.raises(CommandError, match="--older-than"):
        call_command("prune_history", "--older-than", "a year")


# Erase


@pytest.fixture
def secret():
    """Return an item whose second version contains a secret, which the third one replaced."""
    made_by(ADA, add("Book"))
    item = Item.objects.get()
    made_by(ADA, lambda: Item.objects.update(description=SECRET))
    made_by(BOB, lambda: Item.objects.update(description="x"))
    return item


def test_erases_a_text_from_the_history(secret):
    out, err = run("erase_history", secret.pk, 3)

    assert out == f"Erased what version 3 of item {secret.pk} replaced: description.\n"
    assert err == ""
    assert SECRET not in everything()
    replaced, written, _ = read_item_history(secret.pk, limit=9).changes
    assert [(each.old, each.new, each.is_erased) for each in replaced.fields] == [(None, "x", True)]
    assert [(each.old, each.new, each.is_erased) for each in written.fields] == [("", None, True)]


def test_an_undo_keeps_what_was_erased_and_does_the_rest(secret):
    add("Pen")()
    both = made_by(BOB, lambda: Item.objects.update(description="y"))
    run("erase_history", secret.pk, 4)

    told = undo(both, ADA)

    assert (told.changed, told.kept_count) == (1, 1)
    assert [(kept.item_id, kept.is_erased) for kept in told.kept] == [(secret.pk, True)]
    assert Item.objects.get(pk=secret.pk).description == "y"
    with pytest.raises(NoVersion):
        restore_version(secret.pk, 3, ADA)
    restore_version(secret.pk, 1, ADA)


def test_tells_where_the_text_still_is(secret):
    undo(last_set().pk, ADA)

    _, err = run("erase_history", secret.pk, 3)
    made_by(BOB, lambda: Item.objects.update(description="x"))
    _, later = run("erase_history", secret.pk, 5)

    assert err == "The item still contains one of these texts.\n"
    assert later == ""
    assert SECRET not in everything()


def test_tells_which_versions_replaced_it_too(secret):
    undo(last_set().pk, ADA)
    made_by(BOB, lambda: Item.objects.update(description="x"))

    _, err = run("erase_history", secret.pk, 3)

    assert err == "One of these texts was also replaced by version 5.\n"


def test_a_deleted_item_that_is_erased_has_no_name(secret):
    deleted = made_by(ADA, delete_all)

    run("erase_history", secret.pk, 4)

    deletion = read_deletion(secret.pk)
    [change], _ = read_changes(deleted, limit=9)
    told = undo(deleted, ADA)
    assert deletion.is_erased
    assert change.name is None
    assert (told.taken_back, told.kept[0].name, told.kept[0].is_erased) == (0, None, True)


@pytest.mark.parametrize("version", [1, 9])
def test_what_replaced_no_text_cannot_be_erased(secret, version):
    with pytest.raises(CommandError, match="replaced no text"):
        run("erase_history", secret.pk, version)


# Forget


def test_forgets_a_person_and_keeps_what_they_did(monkeypatch):
    monkeypatch.setattr(upkeep, "FORGOTTEN_AT_ONCE", 2)
    ada = User.objects.create_user("ada")
    author = ADA._replace(user_id=ada.pk, detail="ada's key")
    people = [author, BOB, author._replace(who="ada b."), author]
    sets = [made_by(who, add("Book")) for who in people]
    ada.delete()
    assert "ada" in everything()

    out, _ = run("forget_person", "ada")

    assert out == "ada is forgotten in 2 change sets.\n"
    assert [row.who for row in ChangeSet.objects.filter(pk__in=sets).order_by("id")] == [
        "",
        "bob",
        "ada b.",
        "",
    ]
    assert "ada's" not in str(ChangeSet.objects.filter(who="").values_list("detail"))
    assert undo(sets[0], BOB).removed == 1


@pytest.mark.parametrize("name", ["", "\udcff"])
def test_forgets_nobody_without_a_name(name):
    made_by(Author("command", detail="tidy"), add("Book"))

    with pytest.raises(CommandError, match="is not the name of a person"):
        run("forget_person", name)

    assert last_set().detail == "tidy"


def test_forgets_the_earlier_names_of_an_account():
    ada = User.objects.create_user("ada")
    made_by(ADA._replace(user_id=ada.pk, who="augusta", detail="augusta's key"), add("Book"))

    run("forget_person", "ada")

    assert "augusta" not in everything()


# Undo


def test_the_command_takes_back_a_change_set():
    made = made_by(ADA, add("Book", "Pen"))
    made_by(BOB, rename("Pen", "Cup"))

    dry, _ = run("undo", made, "--dry-run")
    assert Item.objects.count() == 2
    out, _ = run("undo", made)

    assert out.startswith(dry)
    assert "Removed: 1." in dry
    assert "since: 1." in dry
    assert (last_set().way, last_set().detail, last_set().undoes_id) == ("command", "undo", made)
    with pytest.raises(CommandError, match="There is no change set"):
        run("undo", made + 1000)
