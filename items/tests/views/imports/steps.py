"""What a person does on the pages of /items/import/."""

from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile

from items.models import Item

HTML = {"Accept": "text/html"}
LIST = "name,description\nBook,Thin\nPen,\nTable,Oval\nBook,Thin\nCHAIR,\n,nobody\n"


def send(client, content=LIST, name="list.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post("/items/import/", {"file": file, "cells": ""}, headers=HTML)


def preview_of(client, *args, **options):
    response = send(client, *args, **options)
    assert response.status_code == 303, response.text
    return response["Location"]


def read_differently(client, address, **choices):
    return client.post(f"{address}read/", choices, follow=True)


def the_list():
    return list(Item.objects.order_by("id").values_list("name", "description"))


def user_who_may(*actions):
    user = User.objects.create_user(f"may {actions}")
    names = [f"{action}_item" for action in actions]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user
