"""Items as a plain dictionary, changed beside the database in every way that SQL has.

Each content of an item has a token. A change set remembers the tokens it found and left, which is
all that an undo needs to know, so this says what the undo in SQL must do.
"""

from dataclasses import dataclass, field
from itertools import count

from django.db import connection, transaction
from hypothesis.strategies import integers, lists, sampled_from, tuples

from items.changes.recording import recorded
from items.changes.undo import undo
from items.models import Item
from items.tests.changes.history import ADA, BOB, contents, last_set, next_transaction, sql

TEXTS = sampled_from(["a", "b", "c"])
PLACES = integers(0, 5)

RENAMES = {
    "update": "UPDATE items_item SET name = %(text)s WHERE id = %(id)s",
    "merge": """
        MERGE INTO items_item USING (VALUES (%(id)s)) AS given (given_id) ON id = given_id
        WHEN MATCHED THEN UPDATE SET name = %(text)s
    """,
    "on conflict": """
        INSERT INTO items_item (id, name) VALUES (%(id)s, %(text)s)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name
    """,
}
ADDS = {
    "insert": "INSERT INTO items_item (name) VALUES (%(text)s)",
    "merge": """
        MERGE INTO items_item USING (VALUES (%(text)s)) AS given (text) ON FALSE
        WHEN NOT MATCHED THEN INSERT (name) VALUES (text)
    """,
}
DELETES = {
    "delete": "DELETE FROM items_item WHERE id = %(id)s",
    "merge": """
        MERGE INTO items_item USING (VALUES (%(id)s)) AS given (given_id) ON id = given_id
        WHEN MATCHED THEN DELETE
    """,
}
EMPTIES = {
    "delete all": "DELETE FROM items_item",
    "truncate": "TRUNCATE items_item RESTART IDENTITY",
}

OPERATIONS = (
    tuples(sampled_from(["rename"]), sampled_from(sorted(RENAMES)), PLACES, TEXTS)
    | tuples(sampled_from(["describe"]), sampled_from(["update"]), PLACES, TEXTS)
    | tuples(sampled_from(["add"]), sampled_from([*sorted(ADDS), "copy"]), PLACES, TEXTS)
    | tuples(sampled_from(["delete"]), sampled_from(sorted(DELETES)), PLACES, TEXTS)
    | tuples(sampled_from(["empty"]), sampled_from(sorted(EMPTIES)), PLACES, TEXTS)
    | tuples(sampled_from(["roll back"]), sampled_from(sorted(EMPTIES)), PLACES, TEXTS)
)
TRANSACTIONS = lists(OPERATIONS, min_size=1, max_size=3)


@dataclass
class Found:
    """What a change set did to an item: tokens and contents before, the token after."""

    token: int
    content: tuple[str, str] | None
    first: str  # kind of its first and last change
    last: str = ""
    left: int = 0


@dataclass
class World:
    items: dict[int, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[int, int] = field(default_factory=dict)  # also of those that are deleted
    sets: dict[int, dict[int, Found]] = field(default_factory=dict)  # by id, oldest first
    bodies: dict[tuple[int, int], tuple] = field(default_factory=dict)  # by item and version
    versions: dict[int, int] = field(default_factory=dict)  # the highest that was seen
    _next_token: count = field(default_factory=lambda: count(1))
    _did: dict[int, Found] = field(default_factory=dict)  # by the change set under way

    def write(self, operations, author=ADA):
        """Do this in the database and here, as one change set, if anything changes."""
        before, self._did = last_set().pk, {}
        with recorded(author):
            for name, how, place, text in operations:
                getattr(self, f"_{name.replace(' ', '_')}")(how, place, text)
        next_transaction()
        assert (last_set().pk > before) == bool(self._did)
        if self._did:
            self.sets[last_set().pk] = self._did
        self.check()

    def undo(self, pk, author=BOB):
        """Take back a change set in both; compare what was done, and return the new one's id."""
        free, back, kept = [], 0, []
        for item, found in self.sets[pk].items():
            if found.first == "a" and found.last == "d":
                continue
            now = self.tokens[item]
            if now == found.left:
                free.append((item, found))
            elif now == found.token:
                back += 1
            else:
                kept.append(item)
        dry, told = undo(pk, author, dry_run=True), undo(pk, author)
        next_transaction()
        self._did = {}
        for item, found in free:
            self._change(item, found.content)
            self.tokens[item] = self._did[item].left = found.token
        for each in (dry, told):
            assert (each.taken_back, each.already_back) == (len(free), back)
            assert sorted(row.item_id for row in each.kept) == sorted(kept)
        if free:
            self.sets[told.change_set_id] = self._did
        self.check()
        return told.change_set_id if free else None

    def check(self):
        """Compare the items; no version ever has two contents, and versions only rise."""
        now = {pk: (name, description) for pk, name, description, _, _ in contents()}
        assert now == self.items
        columns = ("id", "version", "name", "description", "created_at", "updated_at")
        for pk, version, *body in Item.objects.values_list(*columns):
            assert self.bodies.setdefault((pk, version), tuple(body)) == tuple(body)
            assert version >= self.versions.get(pk, 0)
            self.versions[pk] = version

    def _change(self, pk, content):
        kind = "d" if content is None else "c" if pk in self.items else "a"
        did = self._did.setdefault(
            pk, Found(self.tokens.get(pk, 0), self.items.get(pk), first=kind)
        )
        did.last, did.left = kind, next(self._next_token)
        self.tokens[pk] = did.left
        if content is None:
            del self.items[pk]
        else:
            self.items[pk] = content

    def _pick(self, place):
        ids = sorted(self.items)
        return ids[place % len(ids)] if ids else None

    def _rename(self, how, place, text):
        pk = self._pick(place)
        if pk is None:
            return
        sql(RENAMES[how], {"id": pk, "text": text})()
        if self.items[pk][0] != text:
            self._change(pk, (text, self.items[pk][1]))

    def _describe(self, how, place, text):
        sql("UPDATE items_item SET description = %s", [text])()
        for pk, (name, description) in sorted(self.items.items()):
            if description != text:
                self._change(pk, (name, text))

    def _add(self, how, place, text):
        if how == "copy":
            with connection.cursor() as cursor:
                with cursor.copy("COPY items_item (name) FROM STDIN") as rows:
                    rows.write_row([text])
        else:
            sql(ADDS[how], {"text": text})()
        self._change(max(Item.objects.values_list("pk", flat=True)), (text, ""))

    def _delete(self, how, place, text):
        pk = self._pick(place)
        if pk is not None:
            sql(DELETES[how], {"id": pk})()
            self._change(pk, None)

    def _empty(self, how, place, text):
        sql(EMPTIES[how])()
        for pk in sorted(self.items):
            self._change(pk, None)

    def _roll_back(self, how, place, text):
        with transaction.atomic():
            sql(EMPTIES[how])()
            Item.objects.create(name=text)
            transaction.set_rollback(True)
