"""What a person does on the pages of the history."""

from items.models import ChangeSet
from items.tests.forms import form_of

HTML = {"Accept": "text/html"}


def save(client, item, **fields):
    page = client.get(f"/items/{item.pk}/edit/", headers=HTML)
    return client.post(f"/items/{item.pk}/edit/", form_of(page) | fields, follow=True, headers=HTML)


def last_change_set():
    return ChangeSet.objects.latest("id").pk
