"""The statements of an import that are made from the fields, whole: the files in sql/.

After a wanted change write them again, then read the diff:
WRITE_SQL=1 bin/test -n 0 items/tests/spreadsheets/staging/test_sql.py
"""

import os
from pathlib import Path

import pytest
import sqlparse

from items.spreadsheets.staging import click_sql, comparison_sql, rules_sql

FOLDER = Path(__file__).with_name("sql")
STATEMENTS = {
    "1-raw": rules_sql.RAW,
    "2-judge": rules_sql.JUDGE,
    "3-count-emptied": rules_sql.COUNT_EMPTIED,
    "4-compare": comparison_sql.COMPARE,
    "5-choose": click_sql.CHOOSE,
    "6-choose-close": click_sql.CHOOSE_CLOSE,
    "7-find-outdated-new": click_sql.FIND_OUTDATED_NEW,
    "8-change": click_sql.CHANGE,
    "9-add": click_sql.ADD,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_what_the_file_says(name):
    sql = sqlparse.format(STATEMENTS[name], reindent=True, strip_whitespace=True) + ";\n"
    file = FOLDER / f"{name}.sql"
    if "WRITE_SQL" in os.environ:
        file.write_text(sql)

    assert sql == file.read_text()


def test_every_file_is_of_a_statement():
    assert {file.stem for file in FOLDER.glob("*.sql")} == set(STATEMENTS)
