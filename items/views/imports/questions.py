"""What a person decides about rows of a preview, before the click."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from items.models import Upload
from items.spreadsheets.staging import Choices, Rights, total_line
from items.views.imports.upload import number

ALLOWED = {"close": ("leave", "add", "change"), "repeated": ("leave", "add")}
ALLOWED["total"] = ("add", "leave")


class Option(NamedTuple):
    value: str
    label: str
    rows: int = 0  # that are imported besides those that need no decision


class Question(NamedTuple):
    name: str
    legend: str
    options: list[Option]
    value: str

    @property
    def rows(self) -> int:
        return next(option.rows for option in self.options if option.value == self.value)


def read_choices(form: Mapping[str, str]) -> Choices:
    chosen = {name: form.get(name, "") for name in ALLOWED}
    return Choices(
        **{n: value if value in ALLOWED[n] else ALLOWED[n][0] for n, value in chosen.items()}
    )


def questions(upload: Upload, rights: Rights, choices: Choices) -> list[Question]:
    """Return those that have an answer other than to leave the rows out."""
    found = []
    for question in (_close(upload, rights), _repeated(upload, rights), _total(upload)):
        if len(question.options) > 1:
            chosen = getattr(choices, question.name)
            values = [option.value for option in question.options]
            found.append(question._replace(value=chosen if chosen in values else values[0]))
    return found


def _close(upload: Upload, rights: Rights) -> Question:
    count = upload.counts.get("close", 0)
    legend = ngettext(
        "%(number)s row is similar to an item or another row:",
        "%(number)s rows are similar to items or other rows:",
        count,
    ) % {"number": number(count)}
    options = [Option("leave", ngettext("Leave it out", "Leave them out", count))]
    if count and rights.may_add:
        options.append(Option("add", ngettext("Add it", "Add them", count), count))
    if changing := _offered(upload, "change") if rights.may_change else 0:
        options.append(Option("change", _change_label(changing, count), changing))
    return Question("close", legend, options, "leave")


def _change_label(changing: int, count: int) -> str:
    """Name the number if a row cannot change its item, because others want to."""
    if changing == count:
        return ngettext("Change that item", "Change those items", count)
    return ngettext(
        "Change those items: %(number)s row, the others are left out",
        "Change those items: %(number)s rows, the others are left out",
        changing,
    ) % {"number": number(changing)}


def _repeated(upload: Upload, rights: Rights) -> Question:
    count = upload.counts.get("repeated", 0)
    legend = ngettext(
        "%(number)s row repeats another:", "%(number)s rows repeat others:", count
    ) % {"number": number(count)}
    options = [Option("leave", ngettext("Leave it out", "Leave them out", count))]
    if addable := _offered(upload, "repeated") if rights.may_add else 0:
        options.append(Option("add", ngettext("Add it", "Add them", count), addable))
    return Question("repeated", legend, options, "leave")


def _total(upload: Upload) -> Question:
    line = total_line(upload)
    options = [Option("add", gettext("Import it"))]
    if _offered(upload, "total"):
        label = ngettext("Leave it out", "Leave them out", 1)
        options.append(Option("leave", label, -1))
    legend = gettext("Line %(line)s looks like a total:") % {"line": line}
    return Question("total", legend, options, "add")


def _offered(upload: Upload, choice: str) -> int:
    """Return how many rows a choice concerns, as they were counted when they were staged."""
    return upload.about.get("offers", {}).get(choice, 0)
