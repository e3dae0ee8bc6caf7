"""The sentence of each code that the reader and the rules of the import give.

A code comes with what its sentence names: {"code": "too_long", "limit": 200000}.
"""

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext_lazy

from items.spreadsheets.row_problems import SENTENCES as OF_STAGING

# The whole file cannot be read
FILES = {
    "empty": gettext_lazy("This file is empty."),
    "picture": gettext_lazy(
        "This is a picture (%(kind)s), not a spreadsheet. Send the spreadsheet itself."
    ),
    "compressed": gettext_lazy(
        "This file is compressed (%(kind)s). Unpack it and send the spreadsheet that is in it."
    ),
    "document": gettext_lazy(
        "This is a document (%(kind)s), not a spreadsheet. Send the spreadsheet itself, or copy the"
        " table and paste it."
    ),
    "database": gettext_lazy(
        "This is a database (%(kind)s), not a spreadsheet. Export the table as CSV."
    ),
    "media": gettext_lazy(
        "This is sound or video (%(kind)s), not a spreadsheet. Send the spreadsheet itself."
    ),
    "program": gettext_lazy("This is a program, not a spreadsheet. Send the spreadsheet itself."),
    "binary": gettext_lazy(
        "This is neither a spreadsheet nor a text. Send an Excel, OpenDocument or CSV file."
    ),
    "numbers": gettext_lazy(
        "This is a file of Apple Numbers. Export it as Excel or CSV and send that file."
    ),
    "web_page": gettext_lazy(
        "This is a web page (HTML), whatever its name says. Open it in Excel or LibreOffice, save"
        " it as .xlsx and send that file."
    ),
    "xml_workbook": gettext_lazy(
        "This is a workbook in the XML of Excel 2003. Open it in Excel or LibreOffice, save it as"
        " .xlsx and send that file."
    ),
    "password": gettext_lazy(
        "This workbook is protected by a password. Save it without one and send it again."
    ),
    "workbook_damaged": gettext_lazy(
        "This workbook is damaged and cannot be read. Open it, save it again and send that file."
    ),
    "too_large": gettext_lazy(
        "This file is too large to be read, or a cell lies far outside its table. Delete what is"
        " outside the table, or split the file, and send it again."
    ),
    "unreadable": gettext_lazy("This file cannot be read. Save it as CSV and send that file."),
    "no_separator": gettext_lazy(
        "Cells cannot be separated by “%(separator)s”. Choose one character."
    ),
    "no_such_sheet": gettext_lazy("This workbook has no sheet “%(sheet)s”."),
    "no_header_line": gettext_lazy(
        "Line %(line)s cannot name the columns. Choose one of the first lines."
    ),
    "unknown_columns": gettext_lazy(
        "The list has no column for %(columns)s. Remove it, or choose to keep or to leave out other"
        " columns."
    ),
    "json_syntax": ngettext_lazy(
        "This JSON is damaged: it cannot be read after %(after)s object.",
        "This JSON is damaged: it cannot be read after %(after)s objects.",
        "after",
    ),
    "no_name": gettext_lazy(
        "None of these JSON objects has a key “name” or “id”; they have %(keys)s."
    ),
}

# A row cannot be read
ROWS = {
    "open_quote": gettext_lazy(
        'A quote (") opens here and is not closed. Remove it, or write it twice.'
    ),
    "bad_quote": gettext_lazy(
        'A quote (") stands in the middle of a quoted cell. Write quotes within a cell twice.'
    ),
    "too_long": gettext_lazy("This line has more than %(limit)s characters."),
    "too_few_cells": ngettext_lazy(
        "This line has %(cells)s cell, but there are %(columns)s columns.",
        "This line has %(cells)s cells, but there are %(columns)s columns.",
        "cells",
    ),
    "too_many_cells": ngettext_lazy(
        "This line has %(cells)s cells, but there is %(columns)s column.",
        "This line has %(cells)s cells, but there are %(columns)s columns.",
        "columns",
    ),
    "null_character": gettext_lazy("Null characters are not allowed."),
    "not_utf8": gettext_lazy("Some letters are damaged: they are not UTF-8. Write them again."),
    "not_in_encoding": gettext_lazy("Some letters do not exist in %(encoding)s. Write them again."),
    "half_character": gettext_lazy(
        "Half a character (a lone surrogate) is not allowed. Remove it."
    ),
    "not_json": gettext_lazy("This line is not JSON."),
    "not_object": gettext_lazy('This is not a JSON object. Write {"name": "..."}.'),
    "not_string": gettext_lazy("This is not a string. Write the text in quotes."),
}

# How the file was read
REMARKS = {
    "sheet": gettext_lazy("This workbook has %(sheets)s sheets. “%(sheet)s” was read."),
    "title": gettext_lazy(
        "Line %(line)s is above the column names and was read as a title: %(text)s"
    ),
    "no_header": gettext_lazy(
        "There is no line of column names, so the first column was read as names. If line 1 names"
        " the columns, say so."
    ),
    "columns_kept": gettext_lazy("Other columns are kept as lines of the description: %(columns)s"),
    "columns_left_out": gettext_lazy("Other columns are left out: %(columns)s"),
    "too_many_columns": gettext_lazy(
        "%(count)s other columns are left out: only %(limit)s can be kept in a description."
    ),
    "column_twice": gettext_lazy("Several columns are called “%(column)s”. The first one counts."),
    "no_rows": gettext_lazy("There are no rows: nothing to import."),
    "sum_line": gettext_lazy("Line %(line)s looks like a total."),
}

SENTENCES = FILES | ROWS | REMARKS | OF_STAGING


class _Grouped(int):
    """A number that is written with separators of thousands."""

    def __str__(self) -> str:
        return number_format(int(self), use_l10n=True, force_grouping=True)


def sentence(facts: dict) -> str:
    """Return the sentence of a code, in the reader's language."""
    return str(SENTENCES[facts["code"]] % {key: _shown(key, facts[key]) for key in facts})


def _shown(key: str, value: object) -> object:
    if isinstance(value, list):
        return ", ".join(gettext("“%(text)s”") % {"text": text} for text in value)
    return _Grouped(value) if isinstance(value, int) and key not in ("line", "item") else value
