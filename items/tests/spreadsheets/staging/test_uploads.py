"""Uploads between preview and click: kept in the database, and deleted again."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from items.models import Staged, Upload, UploadChunk
from items.spreadsheets import uploads
from items.spreadsheets.reading import Refused
from items.spreadsheets.staging import UploadGone
from items.tests.spreadsheets.staging.rows import ALL

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


@pytest.fixture
def ada():
    return User.objects.create_user("ada")


@pytest.fixture
def keep(tmp_path):
    def keep(user=VISITOR, content=b"name\nBook\n"):
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        return uploads.keep(path, "list.csv", user)

    return keep


def test_a_file_is_kept_in_chunks_and_comes_back(keep):
    content = bytes(range(256)) * 10_000

    upload = keep(content=content)

    assert UploadChunk.objects.count() == 3
    with uploads.file_of(upload) as path:
        assert path.read_bytes() == content
    assert not path.exists()


def test_a_kept_file_is_read_and_staged_again_with_other_choices(keep):
    upload = keep(content=b"name,shelf\nBook,3\n")

    with uploads.file_of(upload) as path:
        upload.options = {"other_columns": "keep"}
        assert uploads.read_and_stage(upload, path, ALL) == {"new": 1}
        kept = Staged.objects.get().description
        upload.options = {"other_columns": "leave"}
        uploads.read_and_stage(upload, path, ALL)

    assert (kept, Staged.objects.get().description) == ("shelf: 3", None)
    assert Upload.objects.get().about["read"]["other_columns"] == ["shelf"]


def test_what_cannot_be_read_leaves_what_was_staged(keep):
    upload = keep()
    with uploads.file_of(upload) as path:
        uploads.read_and_stage(upload, path, ALL)
        upload.options = {"separator": "::"}
        with pytest.raises(Refused):
            uploads.read_and_stage(upload, path, ALL)

    assert Staged.objects.count() == 1


def test_an_upload_is_its_owners_and_a_visitors_is_that_of_who_has_the_address(keep, ada):
    of_ada, of_visitor = keep(ada), keep()
    bob = User.objects.create_user("bob")

    assert uploads.find(of_ada.pk, ada) == of_ada
    assert uploads.find(of_ada.pk, bob) is None
    assert uploads.find(of_ada.pk, VISITOR) is None
    assert uploads.find(of_visitor.pk, bob) == of_visitor


def test_the_next_upload_sweeps_old_ones_with_all_their_rows(keep):
    old = keep()
    with uploads.file_of(old) as path:
        uploads.read_and_stage(old, path, ALL)
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=25))

    new = keep()

    assert list(Upload.objects.all()) == [new]
    assert not Staged.objects.exists()
    assert UploadChunk.objects.count() == 1


def test_five_of_an_owner_are_kept(keep, ada):
    kept = [keep(ada).pk for _ in range(7)]
    visitors = [keep().pk for _ in range(7)]

    assert set(Upload.objects.values_list("pk", flat=True)) == {*kept[2:], *visitors}


def test_a_discarded_upload_is_gone(keep):
    uploads.discard(keep())

    assert not Upload.objects.exists()
    assert not UploadChunk.objects.exists()


def test_what_was_discarded_while_it_was_read_stays_gone(keep):
    upload = keep()

    with uploads.file_of(upload) as path:
        uploads.discard(Upload.objects.get())
        with pytest.raises(UploadGone):
            uploads.read_and_stage(upload, path, ALL)

    assert not Upload.objects.exists()
    assert not Staged.objects.exists()
