"""The sentence of each code that the reader and the rules of the import give.

A code comes with what its sentence names: {"code": "too_long", "limit": 200000}.
"""

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

# The whole file cannot be read
FILES = {
    "empty": _("This file is empty."),
    "picture": _("This is a picture (%(kind)s), not a spreadsheet. Send the spreadsheet itself."),
    "compressed": _(
        "This file is compressed (%(kind)s). Unpack it and send the spreadsheet that is in it."
    ),
    "document": _(
        "This is a document (%(kind)s), not a spreadsheet. Send the spreadsheet itself, or copy the"
        " table and paste it."
    ),
    "database": _("This is a database (%(kind)s), not a spreadsheet. Export the table as CSV."),
    "media": _(
        "This is sound or video (%(kind)s), not a spreadsheet. Send the spreadsheet itself."
    ),
    "program": _("This is a program, not a spreadsheet. Send the spreadsheet itself."),
    "binary": _(
        "This is neither a spreadsheet nor a text. Send an Excel, OpenDocument or CSV file."
    ),
    "numbers": _("This is a file of Apple Numbers. Export it as Excel or CSV and send that file."),
    "web_page": _(
        "This is a web page (HTML), whatever its name says. Open it in Excel or LibreOffice, save"
        " it as .xlsx and send that file."
    ),
    "xml_workbook": _(
        "This is a workbook in the XML of Excel 2003. Open it in Excel or LibreOffice, save it as"
        " .xlsx and send that file."
    ),
    "password": _(
        "This workbook is protected by a password. Save it without one and send it again."
    ),
    "workbook_damaged": _(
        "This workbook is damaged and cannot be read. Open it, save it again and send that file."
    ),
    "too_large": _(
        "This file is too large to be read, or a cell lies far outside its table. Delete what is"
        " outside the table, or split the file, and send it again."
    ),
    "unreadable": _("This file cannot be read. Save it as CSV and send that file."),
    "no_separator": _("Cells cannot be separated by “%(separator)s”. Choose one character."),
    "no_such_sheet": _("This workbook has no sheet “%(sheet)s”."),
    "no_header_line": _("Line %(line)s cannot name the columns. Choose one of the first lines."),
    "unknown_columns": _(
        "The list has no column for %(columns)s. Remove it, or choose to keep or to leave out other"
        " columns."
    ),
    "json_syntax": ngettext_lazy(
        "This JSON is damaged: it cannot be read after %(after)s object.",
        "This JSON is damaged: it cannot be read after %(after)s objects.",
        "after",
    ),
    "no_name": _("None of these JSON objects has a key “name” or “id”; they have %(keys)s."),
}

# A row cannot be read
ROWS = {
    "open_quote": _('A quote (") opens here and is not closed. Remove it, or write it twice.'),
    "bad_quote": _(
        'A quote (") stands in the middle of a quoted cell. Write quotes within a cell twice.'
    ),
    "too_long": _("This line has more than %(limit)s characters."),
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
    "null_character": _("Null characters are not allowed."),
    "not_utf8": _("Some letters are damaged: they are not UTF-8. Write them again."),
    "not_in_encoding": _("Some letters do not exist in %(encoding)s. Write them again."),
    "half_character": _("Half a character (a lone surrogate) is not allowed. Remove it."),
    "not_json": _("This line is not JSON."),
    "not_object": _('This is not a JSON object. Write {"name": "..."}.'),
    "not_string": _("This is not a string. Write the text in quotes."),
}

# How the file was read
REMARKS = {
    "sheet": _("This workbook has %(sheets)s sheets. “%(sheet)s” was read."),
    "title": _("Line %(line)s is above the column names and was read as a title: %(text)s"),
    "no_header": _(
        "There is no line of column names, so the first column was read as names. If line 1 names"
        " the columns, say so."
    ),
    "columns_kept": _("Other columns are kept as lines of the description: %(columns)s"),
    "columns_left_out": _("Other columns are left out: %(columns)s"),
    "too_many_columns": _(
        "%(count)s other columns are left out: only %(limit)s can be kept in a description."
    ),
    "column_twice": _("Several columns are called “%(column)s”. The first one counts."),
    "no_rows": _("There are no rows: nothing to import."),
    "sum_line": _("Line %(line)s looks like a total."),
}

SENTENCES = FILES | ROWS | REMARKS


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
    return _Grouped(value) if isinstance(value, int) and key != "line" else value
