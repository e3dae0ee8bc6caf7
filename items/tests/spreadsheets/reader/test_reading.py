"""The reader is a process: it ends, whatever happens, and its memory is not the worker's."""

import os
import subprocess
import sys

import pytest
import xlsxwriter

from items.spreadsheets import reading
from items.spreadsheets.problems import SENTENCES, sentence
from items.spreadsheets.reading import Refused, read, reader_options
from items.tests.spreadsheets.cases.make_large import write_workbook
from items.tests.spreadsheets.reader.reading import read_file


@pytest.fixture
def long_list(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("name\n" + "some name\n" * 200_000)
    return path


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_blocks_are_small(long_list):
    with read(long_list, reader_options()) as found:
        sizes = [len(block) for block in found.blocks()]

    assert len(sizes) > 10
    assert max(sizes) == 64 * 1024


def test_no_process_is_left_if_the_rows_are_not_wanted(long_list):
    with read(long_list, reader_options()) as found:
        process = found._process._process
        next(found.blocks())
        assert is_alive(process.pid)

    assert not is_alive(process.pid)


def test_no_process_is_left_after_an_error(long_list):
    found = read(long_list, reader_options())
    with pytest.raises(KeyError), found:
        raise KeyError

    assert not is_alive(found._process._process.pid)


def test_cell_of_nearly_200_000_characters(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"name,notes\nA,{'x' * 199_900}\n")

    found = read_file(path)

    assert found.faults() == {}
    assert len(found.rows[0]["description"]) == 199_900


def test_killed_reader_is_a_refusal(long_list):
    with read(long_list, reader_options()) as found:
        found._process._process.kill()

        with pytest.raises(Refused, match="too large"):
            list(found.blocks())


def test_failure_of_the_reader_is_a_refusal_and_logged(tmp_path, caplog):
    with pytest.raises(Refused, match="cannot be read"):
        read_file(tmp_path / "absent.csv")

    assert "FileNotFoundError" in caplog.text


def test_reader_imports_no_django_and_gets_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "secret")
    seen = {}
    popen = subprocess.Popen
    monkeypatch.setattr(
        reading.subprocess,
        "Popen",
        lambda *args, **named: seen.update(named) or popen(*args, **named),
    )
    (tmp_path / "list.csv").write_text("name\nA\n")
    read_file(tmp_path / "list.csv")
    code = "import sys, items.spreadsheets.reader.program as p; print(*sys.modules)"

    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout

    assert "DATABASE_URL" not in seen["env"]
    assert not {"django", "python_calamine", "zipfile"} & set(modules.split())


def test_every_code_has_a_sentence_that_can_be_filled():
    names = ("kind", "columns", "keys", "text", "sheet", "encoding", "separator", "column", "value")
    numbers = (
        "line",
        "lines",
        "cells",
        "limit",
        "max",
        "length",
        "count",
        "sheets",
        "after",
        "item",
        "of",
    )
    facts = dict.fromkeys(names, "x") | dict.fromkeys(numbers, 2000)

    for code in SENTENCES:
        if code in ("too_few_cells", "too_many_cells"):
            facts |= {"columns": 3}
        assert sentence({"code": code} | facts)


@pytest.mark.long
def test_workbook_that_fills_the_memory(tmp_path):
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
    pieces = [cell, *[b"x" * 1_000_000] * 450, b"</t></is></c></row>"]
    write_workbook(tmp_path / "cell.xlsx", pieces)

    with pytest.raises(Refused, match="too large"):
        read_file(tmp_path / "cell.xlsx")


@pytest.mark.long
def test_large_workbook(tmp_path):
    path = tmp_path / "large.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["name", "notes"])
        for line in range(1, 100_000):
            sheet.write_row(line, 0, [f"Item {line}", "some notes"])

    found = read_file(path)

    assert found.rows[-1]["name"] == "Item 99999"
