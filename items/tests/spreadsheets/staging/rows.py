"""Rows as the reader gives them, without the reader."""

from items.models import Upload
from items.models.item import WRITABLE
from items.spreadsheets.staging import Rights, read_rows, stage
from items.spreadsheets.staging.rows import STATUSES

ALL = Rights(may_add=True, may_change=True)
ESCAPES = {ord("\\"): "\\\\", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def copy_text(rows):
    """Return dictionaries as COPY text; a key that is missing is NULL."""
    columns = ("id", *WRITABLE, "extra", "problem")
    lines = []
    for place, row in enumerate(rows, start=2):
        cells = [row.get(column) for column in columns]
        texts = ["\\N" if cell is None else str(cell).translate(ESCAPES) for cell in cells]
        lines.append("\t".join([str(row.get("line", place)), *texts]))
    return "".join(f"{line}\n" for line in lines).encode()


def staged(*rows, rights=ALL, is_text=True, **options):
    """Stage rows and return their upload, which is saved."""
    upload = Upload.objects.create(file_name="items.csv", options=options)
    return staged_again(upload, *rows, rights=rights, is_text=is_text)


def staged_again(upload, *rows, rights=ALL, is_text=True):
    upload.about = {"is_text": is_text, "says": [], "read": {}}
    stage(upload, [copy_text(rows)], rights)
    return upload


def told(upload):
    """Return every row as its status and what it is about."""
    rows = [row for status in STATUSES for row in read_rows(upload.pk, status, limit=1000)]
    return [(row.status, row.item or row.twin_item or row.twin_line) for row in sorted(rows)]


def judged(*rows, **options):
    return told(staged(*rows, **options))
