"""How a file was read, and the selects that read it differently."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from items.models import Upload
from items.models.item import WRITABLE
from items.spreadsheets.reading import ENCODINGS
from items.views.imports.rows import label_of

HEADER_LINES = 10  # that a person can choose
ENCODING_LABELS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (BE)",
    "iso8859-15": "ISO 8859-15",
    "iso8859-2": "ISO 8859-2",
    "cp850": "DOS 850",
    "cp437": "DOS 437",
    "koi8-r": "KOI8-R",
    "shift_jis": "Shift JIS",
    "euc_jp": "EUC-JP",
    "euc_kr": "EUC-KR",
    "gb18030": "GB 18030",
    "big5": "Big5",
}
SEPARATOR_LABELS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
    "": gettext_lazy("none: there is one column"),
}
OTHER_COLUMNS_LABELS = {
    "keep": gettext_lazy("Keep as lines of the description"),
    "leave": gettext_lazy("Leave out"),
}
IDS_LABELS = {
    "leave": gettext_lazy("Leave out: they are the ids of another list"),
    "use": gettext_lazy("Use: they are the ids of this list"),
}
UNKNOWN_IDS_LABELS = {
    "leave": gettext_lazy("Leave these rows out"),
    "add": gettext_lazy("Add them as new items"),
}
SHAPE = ("encoding", "separator", "sheet", "header")  # what a column is depends on these

Label = str | Promise


class Select(NamedTuple):
    name: str
    label: Label
    options: Mapping[str, Label]
    value: str
    short: Label = ""  # in a sentence, if not as beside the select

    @property
    def shown(self) -> Label:
        return self.options[self.value]


def selects(upload: Upload) -> list[Select]:
    read = upload.about.get("read", {})
    found = [*_of_text(upload, read), *_of_table(upload, read), *_of_ids(upload)]
    return [select for select in found if len(select.options) > 1]


def told(found: list[Select]) -> list[Select]:
    """Return those whose values say how the file was read; others have sentences of their own."""
    unsaid = ("other_columns", "ids", "unknown_ids")
    with_value = [select for select in found if select.value and select.name not in unsaid]
    return [select._replace(short=select.short or select.label) for select in with_value]


def _of_text(upload: Upload, read: dict) -> list[Select]:
    found = []
    is_pasted = upload.options.get("door") == "paste"  # its letters are as they were shown
    if (encoding := read.get("encoding")) and not is_pasted:
        labels = {
            name: ENCODING_LABELS.get(name, name.replace("cp", "Windows-")) for name in ENCODINGS
        }
        labels.setdefault(encoding, _label_of_encoding(encoding))
        found.append(Select("encoding", gettext("Encoding"), labels, encoding))
    if (separator := read.get("separator")) is not None:
        separators = {**SEPARATOR_LABELS}
        separators.setdefault(separator, separator)
        found.append(Select("separator", gettext("Separator"), separators, separator))
    return found


def _label_of_encoding(name: str) -> str:
    return ENCODING_LABELS.get(name) or name.replace("cp", "Windows-")


def _of_table(upload: Upload, read: dict) -> list[Select]:
    found = []
    if sheet := read.get("sheet"):
        sheets = {name: name for name in read["sheets"]}
        found.append(Select("sheet", gettext("Sheet"), sheets, sheet))
    if "header_line" in read:
        if read["kind"] not in ("json", "ndjson"):  # whose objects name their fields themselves
            found.append(_of_header(read))
        found += [_of_column(upload, read, field) for field in ("id", *WRITABLE)]
    if read.get("other_columns"):
        value = upload.options.get("other_columns", "keep")
        found.append(Select("other_columns", gettext("Other columns"), OTHER_COLUMNS_LABELS, value))
    return found


def _of_header(read: dict) -> Select:
    line = read["header_line"] or 0
    lines = {str(n): gettext("Line %(line)s") % {"line": n} for n in range(1, HEADER_LINES + 1)}
    labels = {"absent": gettext("No line"), **lines, str(line): lines.get(str(line), str(line))}
    labels.pop("0", None)
    return Select("header", gettext("Column names"), labels, str(line or "absent"))


def _of_column(upload: Upload, read: dict, field: str) -> Select:
    heads = read["heads"]
    options = {"": gettext("No column"), **{str(index): head for index, head in enumerate(heads)}}
    head = read["columns"].get(field)
    index = upload.options.get("columns", {}).get(field)
    if index is None and head in heads:
        index = heads.index(head)
    value = "" if head is None or index is None else str(index)
    label = "id" if field == "id" else label_of(field)
    column = gettext("Column of “%(field)s”") % {"field": label}
    return Select(f"column_{field}", column, options, value, label)


def _of_ids(upload: Upload) -> list[Select]:
    said = {each["code"] for each in upload.about.get("says", [])}
    found = []
    if "ids_of_another_list" in said or "ids" in upload.options:
        value = upload.options.get("ids", "leave")
        found.append(Select("ids", gettext("Numbers in the column id"), IDS_LABELS, value))
    if said & {"unknown_ids", "unknown_ids_added"}:
        value = upload.options.get("unknown_ids", "leave")
        label = gettext("Rows whose id does not exist here")
        found.append(Select("unknown_ids", label, UNKNOWN_IDS_LABELS, value))
    return found


def chosen_options(upload: Upload, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the upload's options with what a person chose in the selects.

    What was shown and not changed stays open, so that the reader finds it out again.
    """
    changed = {
        select.name: form[select.name]
        for select in selects(upload)
        if form.get(select.name, select.value) in select.options
        and form.get(select.name, select.value) != select.value
    }
    options = dict(upload.options)
    if "sheet" in changed:
        options.pop("header", None)
    if changed.keys() & set(SHAPE):
        options.pop("columns", None)
        changed = {name: value for name, value in changed.items() if "column_" not in name}
    for name, value in changed.items():
        if name.startswith("column_"):
            index = int(value) if value else None
            options["columns"] = {**options.get("columns", {}), name.removeprefix("column_"): index}
        else:
            options[name] = int(value) if name == "header" and value != "absent" else value
    return options
