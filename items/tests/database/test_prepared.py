"""What a connection keeps of statements, to prepare those that come again."""

from uuid import UUID

import pytest
from django.db import connection

from items.models import Item, UploadChunk


@pytest.mark.django_db
def test_long_values_are_not_kept():
    Item.objects.create(name="Book", description="x" * 10_000)
    UploadChunk(upload_id=UUID(int=1), place=0, content=bytes(1_000_000)).save(force_insert=True)

    kept = connection.connection._prepared._counts
    assert kept
    assert max(len(query) for query, _ in kept) < 20_000
