"""The pages of an upload while an import of it is running."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.asserts import assertContains

from items.models import Upload
from items.tests.at_once import apart
from items.tests.views.imports.steps import HTML, preview_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("hang_up"),
    pytest.mark.long,
]


def test_a_file_that_is_imported_for_long_is_not_read_again(client):
    address = preview_of(client, "name\nBook\n")

    def read_again():
        return Client().post(f"{address}read/", headers=HTML)

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Upload.objects.select_for_update().get()
        response = pool.submit(apart, read_again).result()

    assertContains(response, "read or imported already. Wait", status_code=409)
    assertContains(response, "Import 1 row", status_code=409)
