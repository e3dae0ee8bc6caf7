"""Every text has its translation, and no page holds one that cannot have any.

It needs no program of GNU gettext; docs/code.md says how they write the catalogues.
"""

import ast
import gettext
import re

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
TEMPLATES = sorted(
    path for kind in ("html", "txt") for path in settings.BASE_DIR.glob(f"templates/**/*.{kind}")
)
MODULES = sorted(
    path for app in ("items", "itemsite") for path in settings.BASE_DIR.glob(f"{app}/**/*.py")
)
MARK = re.compile(r"(n?p?gettext)(_lazy)?")
TEMPLATE_MARK = re.compile(r"(n?p?gettext\(u['\"].*?['\"](?:, count)?\)) ")
NAMES = {"itemsite", "theme"}  # the latter begins a class
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|<[^>]+>")


def calls(source):
    """Return the texts that are marked in Python, as a catalogue has them: (context, text)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and MARK.fullmatch(getattr(node.func, "id", "")):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if "pgettext" in node.func.id:
                yield texts[0], texts[1]
            elif texts:
                yield None, texts[0]


def marked():
    for path in MODULES:
        yield from calls(path.read_text())
    for path in TEMPLATES:
        yield from calls("\n".join(TEMPLATE_MARK.findall(templatize(path.read_text()))))


def compiled(language):
    """Return what the site reads: a text's translations, by context and text."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES/django.mo"
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    texts = {}
    for key, translation in catalogue.items():
        whole = key[0] if isinstance(key, tuple) else key
        context, _, text = whole.rpartition("\x04")
        texts.setdefault((context or None, text), []).append(translation)
    texts.pop((None, ""))  # the head
    return texts


def entries(language):
    """Return the entries of the file that people edit, without its head: their flags and fields."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES/django.po"
    for block in path.read_text().strip().split("\n\n")[1:]:
        fields, field = {"flags": ""}, ""
        for line in block.splitlines():
            if line.startswith("#,"):
                fields["flags"] += line
            elif not line.startswith("#"):
                name, quoted = re.fullmatch(r'(?:(\S+) )?(".*")', line).groups()
                field = name or field
                fields[field] = fields.get(field, "") + ast.literal_eval(quoted)
        yield fields


def translations(fields):
    """Return what an entry's text became; nothing while that is empty or a guess."""
    texts = [text for field, text in fields.items() if field.startswith("msgstr")]
    return [] if "fuzzy" in fields["flags"] or "" in texts else texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    assert set(marked()) == set(compiled(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    written = {
        (fields.get("msgctxt"), fields["msgid"]): translations(fields)
        for fields in entries(language)
        if translations(fields)
    }

    assert compiled(language) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_placeholders_and_tags(language):
    for fields in entries(language):
        one = set(PLACEHOLDER.findall(fields["msgid"]))
        many = set(PLACEHOLDER.findall(fields.get("msgid_plural", fields["msgid"])))
        for translation in translations(fields):
            assert one & many <= set(PLACEHOLDER.findall(translation)) <= one | many


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_holds_a_bare_text(path):
    source = path.read_text()
    for hidden in (
        r"{% blocktranslate.*?{% endblocktranslate %}",
        r"{%.*?%}|{{.*?}}|{#.*?#}",
        r"<(code|kbd)\b.*?</\1>",
    ):
        source = re.sub(hidden, "", source, flags=re.DOTALL)
    shown = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', source)
    shown += re.split(r"<[^>]*>", source)

    assert set(re.findall(r"[^\W\d_]{2,}", " ".join(shown))) <= NAMES
