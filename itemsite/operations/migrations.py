"""Which migrations of this version a database lacks; /readyz and the doctor both ask."""

from functools import cache

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]  # app and name
APPLIED = "SELECT app, name FROM django_migrations"


@cache
def on_disk() -> dict[Key, Migration]:
    """Return every migration of this version."""
    return MigrationLoader(None, ignore_no_migrations=True).disk_migrations


def replaced_by(migration: Migration) -> set[Key]:
    return {(app, name) for app, name in migration.replaces}


def find_pending(applied: set[Key]) -> list[Key]:
    """Return what is not applied; a squashed one is, once all that it replaces are."""
    lacking = on_disk().keys() - applied
    return sorted(
        key for key in lacking if not (old := replaced_by(on_disk()[key])) or not old <= applied
    )
