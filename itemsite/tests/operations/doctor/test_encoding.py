"""Databases that were created with the wrong encoding or locale."""

import psycopg
import pytest
from django.db import connection, connections

from items.database.checks import check_database
from itemsite.tests.database_url import database_url

pytestmark = pytest.mark.django_db
WRONG = {
    "no encoding": ("ENCODING 'SQL_ASCII' LOCALE 'C'", "items.E007", "uses SQL_ASCII"),
    "no locale": ("ENCODING 'UTF8' LOCALE 'C'", "items.W001", "search for Ä does not find ä"),
}


@pytest.fixture
def administrator():
    with psycopg.connect(database_url("postgres"), autocommit=True) as administrator:
        yield administrator


@pytest.mark.parametrize(("options", "number", "text"), WRONG.values(), ids=WRONG)
def test_the_hint_mends_it_in_one_round(administrator, monkeypatch, options, number, text):
    name = f"{connection.settings_dict['NAME']} other"
    about = connections["default"].get_connection_params() | {"dbname": name}
    monkeypatch.setattr(connections["default"], "get_connection_params", lambda: about)
    administrator.execute(f'CREATE DATABASE "{name}" {options} TEMPLATE template0')
    try:
        [found] = [each for each in check_database(None, ["default"]) if each.id == number]
        orders = found.hint.partition("run: ")[2].split(";")[:2]
        for order in orders:
            administrator.execute(order)
        left = check_database(None, ["default"])
    finally:
        administrator.execute(f'DROP DATABASE IF EXISTS "{name}"')

    assert text in found.msg
    assert not [each for each in left if each.id in ("items.E007", "items.W001")]
