"""The rows and links of a list's page, and items for it."""

import re

from items.models import Item


def names(response):
    return re.findall(r'<a href="/items/\d+/[^"#]*">(.*?)</a>', response.content.decode())


def link(response, rel):
    found = re.search(rf'<a rel="{rel}" href="(.*?)"', response.content.decode())
    return found and found[1]


def make_items(count):
    Item.objects.bulk_create(Item(name=f"item {n}") for n in range(count))
